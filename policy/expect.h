/* SPDX-License-Identifier: EUPL-1.2
 *
 * Expect lines: the examples that an agreement's authors sign with it, and
 * further ones in texts of their own. Those of the agreement are decided each
 * time that it is loaded; one that comes out otherwise refuses the text. Pure.
 */
#ifndef POLICY_EXPECT_H
#define POLICY_EXPECT_H

#include "evaluate.h"
#include "words.h"

struct resolver; /* resolve.h: private to policy/ */
struct syntax_test;

/* One line: what is asked, and what is to come of it. */
struct expect_case {
    struct request req;
    bool permit;
    int by;                /* the rule that it names, or -1 */
    uint32_t fields;       /* shared exactly; 0 of a denial */
    unsigned line, column; /* where it begins */
};
struct expect_list {
    struct expect_case *list; /* owned */
    size_t n;
};
enum expect_text {
    EXPECT_AGREEMENT = 0, /* that agreement's own text */
    EXPECT_CASES,         /* expect lines alone */
};

/* Reads the expect lines of TEXT, which is WHAT, with the names of A, into OUT
 * for expect_done(). DHK_FORMAT: see FINDINGS; DHK_LIMIT: TEXT is longer than
 * LIMIT_TEXT, which FINDINGS says too; DHK_NOMEM. */
DHK_MUST_USE enum dhk_err expect_read(struct expect_list *out,
    const struct agreement *a, struct slice text, enum expect_text what,
    struct findings *findings);
void expect_done(struct expect_list *list);

/* Whether A decides the case as it says. If not, adds why to WHY, which may be
 * NULL: "expected deny, but P1 "..." shares f". A permit that waits for
 * approval counts as a permit: the line is about who may get what. */
bool expect_holds(
    struct words *why, const struct agreement *a, const struct expect_case *c);

/* While loading: adds an error for every expect line that fails. */
void expect_run(struct resolver *r);
/* The request of the line TEST; false after a finding. */
bool expect_request(
    struct resolver *r, struct request *req, const struct syntax_test *test);

#endif
