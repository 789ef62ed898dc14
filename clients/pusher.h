/* SPDX-License-Identifier: EUPL-1.2
 *
 * Taking signals into the outbox. When the connection can take them they are
 * sealed in the same transaction: one wait for the disk less, and nothing is
 * read back. Otherwise they are queued, and sender.c seals them later. */
#ifndef CLIENTS_PUSHER_H
#define CLIENTS_PUSHER_H

#include "preview.h"

/* Decides S by the agreement in force; BRIEF as in preview.h. DHK_STATE: none
 * is; else as preview_make(). */
DHK_MUST_USE enum dhk_err pusher_preview(struct dhk_node *node,
    const struct dhk_signal *s, bool brief, struct preview **out,
    struct dhk_problem *problem);

struct recall;
struct pusher_list {
    const struct dhk_signal *const *signal;
    size_t n;
    uint64_t *number; /* out: N of them */
    size_t failed;    /* out: which one was wrong */
    /* the signal whose place the first of them takes, and how; or NULL */
    uint64_t corrects;
    const struct recall *wish;
};
/* All of L, durably, or none. */
DHK_MUST_USE enum dhk_err pusher_push(
    struct dhk_node *node, struct pusher_list *l, struct dhk_problem *problem);

#endif
