/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the store knows of withdrawn signals: which they are, the notices that
 * wait for an answer, by the partner that they are for (any card of it may
 * answer), and the shares that ended without an answer. Who still holds one of
 * those shows by answering it late; nobody else learns that there was one. */
#ifndef BROKER_NOTICES_H
#define BROKER_NOTICES_H

#include "mailbox.h"

struct notice {
    uint64_t index;  /* of its entry */
    uint64_t by;     /* N of the card whose session withdrew the signal */
    uint64_t sender; /* N of the card that signed the signal */
};
DHK_MUST_USE enum dhk_err notices_add(
    struct store_txn *t, struct slice partner, const struct notice *n);
/* The open notice to PARTNER whose entry has the leaf hash LEAF. */
DHK_MUST_USE enum dhk_err notices_find(struct store_txn *t,
    struct slice partner, const uint8_t leaf[32], struct notice *out);
/* The first open notice to PARTNER after index AFTER. */
DHK_MUST_USE enum dhk_err notices_next(struct store_txn *t,
    struct slice partner, uint64_t after, struct notice *out);
/* It is answered. */
DHK_MUST_USE enum dhk_err notices_close(
    struct store_txn *t, struct slice partner, const struct notice *n);

/* The share of entry INDEX ended by entry END (0: it ran out, and was not to),
 * and PARTNER, its recipient, has not answered it. */
DHK_MUST_USE enum dhk_err notices_unanswered(
    struct store_txn *t, struct slice partner, uint64_t index, uint64_t end);
/* Such a share of PARTNER, by leaf hash: its INDEX; its END,
 * which may be NULL.
 * DHK_NOTFOUND: it is open, or was answered. */
DHK_MUST_USE enum dhk_err notices_late(struct store_txn *t,
    struct slice partner, const uint8_t leaf[32], uint64_t *index,
    uint64_t *end);
/* It is answered after all. */
DHK_MUST_USE enum dhk_err notices_answered(
    struct store_txn *t, struct slice partner, const uint8_t leaf[32]);

/* The signal at POSITION of the bundle accepted by entry ACCEPTED is withdrawn
 * by the N entries from FIRST on. */
struct notices_span {
    uint64_t first, n;
};
DHK_MUST_USE enum dhk_err notices_withdraw(struct store_txn *t,
    uint64_t accepted, uint64_t position, const struct notices_span *span);
/* DHK_NOTFOUND: it is not. */
DHK_MUST_USE enum dhk_err notices_withdrawn(struct store_txn *t,
    uint64_t accepted, uint64_t position, struct notices_span *out);

#endif
