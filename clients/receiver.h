/* SPDX-License-Identifier: EUPL-1.2
 *
 * Taking deliveries into the inbox and sending answers. A share that does not
 * verify is answered with its code and reported; it never stands in the way
 * of the next. */
#ifndef CLIENTS_RECEIVER_H
#define CLIENTS_RECEIVER_H

#include "node.h"
#include "parcel.h"

/* As dhk_receive(), dhk_confirm() and dhk_refuse() for N shares in one
 * transaction, and dhk_answers_flush(). */
DHK_MUST_USE enum dhk_err receiver_next(struct dhk_node *node, int timeout_ms,
    struct parcel **out, struct dhk_problem *problem);
DHK_MUST_USE enum dhk_err receiver_settle(struct dhk_node *node,
    struct parcel *const *list, size_t n, enum answer_outcome outcome);
DHK_MUST_USE enum dhk_err receiver_flush(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);

/* Takes deliveries into the inbox, where they stay for receiver_next(): until
 * SHARES have come, or none for QUIET_MS. */
DHK_MUST_USE enum dhk_err receiver_fetch(struct dhk_node *node, uint64_t shares,
    int quiet_ms, struct dhk_problem *problem);

#endif
