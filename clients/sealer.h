/* SPDX-License-Identifier: EUPL-1.2
 *
 * From signals to a sealed bundle. A queued signal is previewed again by the
 * agreement in force; what would be shared otherwise than was shown when
 * it was pushed is not sealed but put up for review. */
#ifndef CLIENTS_SEALER_H
#define CLIENTS_SEALER_H

#include "outbox.h"
#include "preview.h"

struct sealer;

/* The node's, made when first needed; about 1 MiB. */
DHK_MUST_USE enum dhk_err sealer_of(struct sealer **out, struct dhk_node *node);
void sealer_destroy(struct sealer **s);

struct sealer_result {
    uint64_t bundle; /* 0: nothing was sealed */
    size_t n;        /* signals in it */
    size_t reviews;  /* put up for review, or expired meanwhile */
    size_t stuck;    /* stay queued: no recipient has a key card now */
};
/* Seals what fits one bundle, within T: numbers, records and bytes become
 * durable together when the caller commits. DHK_STATE: no agreement in
 * force. */
DHK_MUST_USE enum dhk_err sealer_bundle(struct sealer_result *out,
    struct sealer *s, struct dhk_node *node, struct store_txn *t,
    struct dhk_problem *problem);

/* The same for signals that were previewed just now and stand in no queue.
 * Begin, add, end; each within T. */
struct sealer_fresh {
    uint64_t number;
    const struct record *record;
    const struct preview *preview;
};
DHK_MUST_USE enum dhk_err sealer_begin(
    struct sealer *s, const struct dhk_node *node, struct store_txn *t);
/* DHK_LIMIT: the bundle is full; end it and begin another. DHK_DENIED: cannot
 * be sealed now (nobody can receive it): to the queue with it. */
DHK_MUST_USE enum dhk_err sealer_add(struct sealer *s, struct dhk_node *node,
    struct store_txn *t, const struct sealer_fresh *fresh);
/* *BUNDLE: 0 when nothing was added. */
DHK_MUST_USE enum dhk_err sealer_end(struct sealer *s, struct dhk_node *node,
    struct store_txn *t, uint64_t *bundle);

/* What a preview promises: which partner gets which fields, by name. */
void sealer_promise(uint8_t out[32], const struct preview *p);

#endif
