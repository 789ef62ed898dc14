/* SPDX-License-Identifier: EUPL-1.2
 *
 * The courses of cases, each made from the statements that the store has of its
 * case when it is first asked for, and kept in memory for a while: derived
 * data. A course is that of the batch, with what was stated in it. */
#ifndef BROKER_COURSES_H
#define BROKER_COURSES_H

#include "course.h"

struct core;
struct courses;
struct entry;

DHK_MUST_USE enum dhk_err courses_new(struct courses **out);
void courses_destroy(struct courses **cs);
/* A batch was taken back: what was stated in it was not. */
void courses_forget(struct courses *cs);

/* The course of the case; *OUT is NULL when nothing was stated of it, and else
 * valid until the next call of a function of this file. DHK_FORMAT: the store
 * is damaged, for a course does not have what it holds. */
DHK_MUST_USE enum dhk_err courses_get(struct core *c,
    const uint8_t case_handle[STATEMENT_CASE], const struct course **out);
/* What would become of SAID, whose index is not looked at. */
DHK_MUST_USE enum dhk_err courses_check(struct core *c,
    const struct course_said *said, enum course_verdict *verdict);
/* SAID, which was checked, stands on the ledger and in TABLE_STATED. */
DHK_MUST_USE enum dhk_err courses_said(
    struct core *c, const struct course_said *said);

/* Sets what SAID->partner is by the agreement in force, how many weighers that
 * has, and its hash; zeros when there is none. */
void courses_role(const struct core *c, struct course_said *said);
bool courses_is_weigher(const struct core *c, struct slice partner);

/* The indexes of the case's statements, ascending, into *LIST, which is the
 * courses' until the next call. */
DHK_MUST_USE enum dhk_err courses_statements(struct core *c,
    const uint8_t case_handle[STATEMENT_CASE], const uint64_t **list,
    size_t *n);
/* SAID from entry INDEX, E; the statement goes to S. DHK_FORMAT: it is none. */
DHK_MUST_USE enum dhk_err courses_read(struct course_said *said,
    struct statement *s, const struct entry *e, uint64_t index);

#endif
