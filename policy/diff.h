/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every change of meaning between two agreements, exact: each request that they
 * decide otherwise lies in one of the boxes listed, and no other request does.
 * Names are what joins the two: a field, party or value of another name is
 * another one. The reasons of a denial and the rules that permit may differ
 * without a word. Pure. */
#ifndef POLICY_DIFF_H
#define POLICY_DIFF_H

#include "boxes.h"

enum diff_group {
    DIFF_WIDENED = 0, /* some field is gained, or no approval is needed now */
    DIFF_NARROWED,    /* otherwise: some field is lost, or approval is needed */
    DIFF_DUTIES,      /* the same fields, under other obligations */
};
enum { DIFF_GROUPS = 3 };

struct diff_box {
    enum diff_group group;
    const struct box *box;
    uint32_t gained; /* fields of the kind in the new agreement */
    uint32_t lost;   /* fields of the kind in the old one */
    enum verdict before, after;
    bool duties_differ; /* both give, under other obligations */
    struct duties from; /* of the old agreement, when they differ */
    struct duties to;   /* of the new one, then and when only that gives */
};

struct diff {
    const struct agreement *of[2];
    struct cells *cells;   /* of both; owned */
    struct boxes *boxes;   /* owned */
    struct diff_box *list; /* owned; by group, widened first */
    size_t n;
    size_t count[DIFF_GROUPS];
    double requests[DIFF_GROUPS]; /* in how many requests */
};

/* Compares; both must outlive *OUT, which diff_destroy() ends. Errors as of
 * cells_new() and of a walk; NULL unless DHK_OK, and after DHK_LIMIT WHY, which
 * may be NULL, is told which rules interact. */
DHK_MUST_USE enum dhk_err diff_new(struct diff **out,
    const struct agreement *before, const struct agreement *after,
    struct words *why);
void diff_destroy(struct diff **d);

#endif
