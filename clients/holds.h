/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which holds stand on a case: an auditor's, which binds everybody, and this
 * partner's own. Asked of the ledger, and remembered in brokers/NAME/holds for
 * when the broker cannot be asked. */
#ifndef CLIENTS_HOLDS_H
#define CLIENTS_HOLDS_H

#include "node.h"
#include "statement.h"

enum { HOLDS_MAX = 32 };
struct holds_item {
    char by[LIMIT_NAME + 1];
    int64_t until; /* seconds since 1970 UTC */
};
struct holds {
    struct holds_item item[HOLDS_MAX]; /* one of each name */
    size_t n;
    int64_t asked; /* when the ledger was asked last; 0: never */
};

/* What stands on HANDLE by the ledger, over a session with DHK_QUERY (the
 * question is one for internal control), and by what waits to be stated; kept.
 * A hold counts unless the card that signed it is here and did not. Errors as
 * reader_open(), and DHK_LIMIT: more than are kept. */
DHK_MUST_USE enum dhk_err holds_ask(struct holds *out, struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], int timeout_ms,
    struct dhk_problem *problem);
/* The same without asking: what was heard last. */
DHK_MUST_USE enum dhk_err holds_known(struct holds *out,
    const struct dhk_node *node, const uint8_t handle[STATEMENT_CASE],
    struct dhk_problem *problem);
/* This partner holds it until UNTIL, or no more (0). */
DHK_MUST_USE enum dhk_err holds_note(const struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], int64_t until,
    struct dhk_problem *problem);
/* The one that stands longest at NOW, or NULL. */
const struct holds_item *holds_standing(const struct holds *h, int64_t now);

#endif
