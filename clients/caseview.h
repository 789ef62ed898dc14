/* SPDX-License-Identifier: EUPL-1.2
 *
 * A case for people and programs: struct dhk_case made of a casework. */
#ifndef CLIENTS_CASEVIEW_H
#define CLIENTS_CASEVIEW_H

#include "casework.h"

enum { CASEVIEW_TERMS = COURSE_TERMS + COURSE_GUESTS + 8 };

struct caseview {
    struct dhk_case pub; /* the first member */
    struct casework *work;
    struct dhk_case_act *act;
    struct dhk_case_member member[COURSE_MEMBERS];
    struct dhk_case_vote vote[COURSE_WEIGHERS];
    struct dhk_case_proposal proposal[COURSE_PROPOSALS];
    struct dhk_case_guest guest[COURSE_GUESTS];
    struct dhk_case_term term[CASEVIEW_TERMS];
    const char *by[COURSE_PROPOSALS][COURSE_WEIGHERS + 1];
    const char *missing[COURSE_PROPOSALS][COURSE_WEIGHERS + 1];
    const char *votes_missing[COURSE_WEIGHERS + 1];
    const char *agreed[COURSE_MEMBERS + 1];
    const char *destroyed[COURSE_NAMES + 1];
    char weigher[COURSE_WEIGHERS][LIMIT_NAME + 1];
    size_t weighers_n;
    char own[LIMIT_NAME + 1];
    bool is_weigher;
    int64_t now;
    char (*names)[LIMIT_NAME + 1]; /* two for each act */
    char (*days)[12]; /* one for each act: codes that are numbers */
};
/* As dhk_case_get(). */
DHK_MUST_USE enum dhk_err caseview_make(struct caseview **out,
    struct dhk_node *node, const char *handle, struct dhk_problem *problem);
void caseview_destroy(struct caseview **v);

/* Whether a vote of PARTNER's is in vote[]. */
bool caseview_has_voted(const struct caseview *v, const char *partner);
/* Fills term[] and its count (caseterms.c). */
void caseview_terms(struct caseview *v);

#endif
