/* SPDX-License-Identifier: EUPL-1.2
 *
 * What was pushed, for those who ask: one signal at a time, with the outcome
 * of every share. */
#ifndef CLIENTS_SENT_H
#define CLIENTS_SENT_H

#include "node.h"

/* As dhk_sent_next(), dhk_cancel() and dhk_proof(). */
struct sent;
DHK_MUST_USE enum dhk_err sent_next(
    struct dhk_node *node, uint64_t after, const struct dhk_sent **out);
DHK_MUST_USE enum dhk_err sent_cancel(struct dhk_node *node, uint64_t number);
DHK_MUST_USE enum dhk_err sent_proof(
    struct dhk_node *node, uint64_t number, char **text);
void sent_destroy(struct sent **s);

#endif
