/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cases as this node knows them: what was seen of their courses, replayed with
 * the same code as core's, and what waits to be stated. Works without a
 * connection; casework_ask() brings it up to date. */
#ifndef CLIENTS_CASEWORK_H
#define CLIENTS_CASEWORK_H

#include "casestore.h"
#include "course.h"
#include "stating.h"

struct statingqueue_item;

/* One statement about a case. */
struct casework_act {
    uint64_t index;              /* 0: it waits to be sent */
    int64_t time;                /* by the broker; of what waits: when made */
    struct slice partner;        /* who states it */
    struct statement said;       /* slices borrow from the casework */
    enum course_verdict verdict; /* not COURSE_OK: without what was not seen,
                                    it cannot be placed, and is not applied */
};
struct casework {
    uint8_t handle[STATEMENT_CASE];
    char hex[2 * STATEMENT_CASE + 1];
    struct casestore store;
    struct course course; /* of what the ledger has */
    struct course ahead;  /* with what waits here, too */
    /* This partner is shown all that members are, and what it was not shown
     * changes nothing that it is asked about here. */
    bool whole;
    struct casework_act *act; /* in ledger order, what waits last */
    size_t n;
    size_t waiting;
    struct statingqueue_item *queued; /* of those; owned */
};

/* What is known of HANDLE; nothing is fine. Errors as casestore_load(). The
 * caller ends *OUT with casework_close(). */
DHK_MUST_USE enum dhk_err casework_open(struct casework **out,
    const struct dhk_node *node, const uint8_t handle[STATEMENT_CASE],
    struct dhk_problem *problem);
void casework_close(struct casework **c);

/* Asks the broker for the course of HANDLE, over a session that is ready, and
 * keeps it. Errors as casefetch_course(). */
DHK_MUST_USE enum dhk_err casework_ask(struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], struct dhk_problem *problem);
/* The same for every case that this partner takes part in and that changed. */
DHK_MUST_USE enum dhk_err casework_ask_all(
    struct dhk_node *node, struct dhk_problem *problem);
/* The handles of all cases of which something is kept or waits or a label is
 * known, in malloc()ed memory; none twice. */
DHK_MUST_USE enum dhk_err casework_handles(uint8_t (**list)[STATEMENT_CASE],
    size_t *n, struct dhk_node *node, struct dhk_problem *problem);

/* What this partner is by the agreement in force here: ACT_BY_PARTY,
 * ACT_BY_WEIGHER; *OF is the number of weighers. 0, 0: none is in force. */
unsigned casework_role(const struct dhk_node *node, unsigned *of);
/* S, which borrows what it borrows, as this partner would state it at TIME. */
void casework_said(struct course_said *out, const struct dhk_node *node,
    const struct statement *s, int64_t time);
/* What would become of SAID by what is known here. What this partner cannot
 * know without seeing all of the course is left to the broker. */
enum course_verdict casework_check(const struct casework *c,
    const struct dhk_node *node, const struct stating *said);
/* Checks, signs, keeps and, when a session is ready, sends SAID; *INDEX is its
 * entry, 0 while it waits. DHK_DENIED: the course does not have it; PROBLEM has
 * the rule, and nothing was signed unless the broker was the one to say so.
 * DHK_NOTFOUND: nothing is known of the case and the broker cannot be asked. */
DHK_MUST_USE enum dhk_err casework_state(struct dhk_node *node,
    const struct stating *said, uint64_t *index, struct dhk_problem *problem);

#endif
