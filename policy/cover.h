/* SPDX-License-Identifier: EUPL-1.2
 *
 * How much of an agreement is met by a list of requests: of its tests, or of
 * what was really sent. Of rules, of conditions both ways, and of the cells of
 * the whole request space in which some permit applies; the others are denied
 * for want of a permit. A cell here is a box on which the same rules apply:
 * one request of it shows what becomes of all. Pure. */
#ifndef POLICY_COVER_H
#define POLICY_COVER_H

#include "boxes.h"

struct cover_count {
    size_t covered, of;
};
struct cover_rule {
    size_t requests; /* in which it had its part: see cover_new() */
    uint64_t met;    /* conditions that held in one of them */
    uint64_t failed; /* that alone kept the rule from applying */
    size_t conditions;
    bool permits; /* it is a permit */
};
/* A cell: boxes_at() the same place. */
struct cover_cell {
    bool permits;    /* some field is given */
    size_t requests; /* that lie in it */
};

struct cover {
    struct cells *cells;
    struct boxes *boxes;
    struct cover_cell *cell; /* by box */
    struct cover_rule *rule; /* by rule */
    size_t rules_n;
    struct cover_count rules;
    struct cover_count permits;    /* rules that are permits */
    struct cover_count conditions; /* each counts twice: met, failed */
    struct cover_count permitted;  /* cells in which some field is given */
    struct cover_count denied;     /* the other cells */
    size_t outside;                /* requests to which no permit applies */
};

/* What the N requests of REQ meet of A, which must outlive it. A permit has a
 * part in a decision when it applies and something is given, a forbid when it
 * applies, a never when it applies and nothing forbids. Then *OUT is to be
 * ended by cover_destroy(). Errors as of cells_new() and of a walk. */
DHK_MUST_USE enum dhk_err cover_new(struct cover **out,
    const struct agreement *a, const struct request *req, size_t n);
void cover_destroy(struct cover **c);

/* Per cent of COUNT, rounded down: 100 only when all are covered. */
unsigned cover_percent(const struct cover_count *count);

#endif
