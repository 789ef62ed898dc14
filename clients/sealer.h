/* SPDX-License-Identifier: EUPL-1.2
 *
 * From previewed signals to a sealed bundle. */
#ifndef CLIENTS_SEALER_H
#define CLIENTS_SEALER_H

#include "outbox.h"
#include "preview.h"

struct sealer;

/* The node's, made when first needed; about 1 MiB. */
DHK_MUST_USE enum dhk_err sealer_of(struct sealer **out, struct dhk_node *node);
void sealer_destroy(struct sealer **s);
/* Does what the next bundle needs and can be done before it, while nobody
 * waits. S may be NULL. */
void sealer_prepare(struct sealer *s);

/* Begin, add, end, each within T: numbers, records and bytes become durable
 * together when the caller commits. */
struct sealer_fresh {
    uint64_t number;
    const struct record *record;
    const struct preview *preview;
};
DHK_MUST_USE enum dhk_err sealer_begin(
    struct sealer *s, const struct dhk_node *node, struct store_txn *t);
/* DHK_LIMIT: the bundle is full; end it and begin another. DHK_STATE: nobody
 * can receive it now. DHK_DENIED: it cannot be sealed, e.g. because a
 * recipient's key is no key. */
DHK_MUST_USE enum dhk_err sealer_add(struct sealer *s, struct dhk_node *node,
    struct store_txn *t, const struct sealer_fresh *fresh);
/* *BUNDLE: 0 when nothing was added. */
DHK_MUST_USE enum dhk_err sealer_end(struct sealer *s, struct dhk_node *node,
    struct store_txn *t, uint64_t *bundle);

/* What a preview promises: which partner gets which fields, by name. */
void sealer_promise(uint8_t out[32], const struct preview *p);

#endif
