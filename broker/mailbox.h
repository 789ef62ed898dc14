/* SPDX-License-Identifier: EUPL-1.2
 *
 * The durable queues: open shares with the bundles that they are cut from, and
 * the outcomes that senders have not yet confirmed. A share is open from its
 * ledger entry to its outcome; then all that is kept of it goes. */
#ifndef BROKER_MAILBOX_H
#define BROKER_MAILBOX_H

#include "host/store.h"
#include "ledger.h"

struct mailbox_share {
    uint64_t index;     /* of its entry */
    uint64_t recipient; /* N of the card that it is sealed to */
    uint64_t sender;    /* N of the card that signed it */
    uint64_t accepted;  /* index of the bundle's entry */
    uint64_t expires;   /* seconds */
    uint32_t bytes;     /* of its envelope */
    uint16_t position;  /* in the bundle */
    bool urgent;
    bool pending;      /* waits for an approval: not delivered */
    uint64_t released; /* index of the entry that ended that; 0: none did */
};
/* Its place in its class: of shares that waited, from when they were let go. */
uint64_t mailbox_place(const struct mailbox_share *s);
/* What is delivered, in this order: urgent, the others; and what waits for an
 * approval. */
enum { MAILBOX_CLASSES = 2, MAILBOX_PENDING = 2, MAILBOX_ALL = 3 };

/* Keeps BUNDLE, of which SHARES shares are open. */
DHK_MUST_USE enum dhk_err mailbox_keep(struct store_txn *t, uint64_t accepted,
    struct slice bundle, uint64_t shares);
DHK_MUST_USE enum dhk_err mailbox_bundle(
    struct store_txn *t, uint64_t accepted, struct slice *bundle);

DHK_MUST_USE enum dhk_err mailbox_add(
    struct store_txn *t, const struct mailbox_share *s);
/* DHK_NOTFOUND: not open. */
DHK_MUST_USE enum dhk_err mailbox_get(
    struct store_txn *t, uint64_t index, struct mailbox_share *out);
/* Ends S, and its bundle with the last share of it. */
DHK_MUST_USE enum dhk_err mailbox_close(
    struct store_txn *t, const struct mailbox_share *s);

/* The first share of class CLASS in the mailbox of card N after place AFTER
 * (0: from the start). */
struct mailbox_at {
    uint64_t place, index;
};
DHK_MUST_USE enum dhk_err mailbox_next(struct store_txn *t, uint64_t n,
    unsigned class_, uint64_t after, struct mailbox_at *out);
/* The first of all open shares after index AFTER. */
DHK_MUST_USE enum dhk_err mailbox_walk(
    struct store_txn *t, uint64_t after, struct mailbox_share *out);
/* The open share that expires next after *S (by expiry, then index; all zero:
 * from the start), if at SECONDS or before. */
DHK_MUST_USE enum dhk_err mailbox_due(
    struct store_txn *t, uint64_t seconds, struct mailbox_share *s);

/* --- shares that wait for approvals --- */

struct mailbox_approval {
    uint64_t index;       /* of its entry */
    struct slice partner; /* valid until the next write */
};
/* Notes A about the pending share INDEX. */
DHK_MUST_USE enum dhk_err mailbox_approve(
    struct store_txn *t, uint64_t index, const struct mailbox_approval *a);
/* The first about share INDEX after entry AFTER. */
DHK_MUST_USE enum dhk_err mailbox_approval(struct store_txn *t, uint64_t index,
    uint64_t after, struct mailbox_approval *out);
/* S, which is pending, waits no more: entry RELEASED says so. Changes S. */
DHK_MUST_USE enum dhk_err mailbox_release(
    struct store_txn *t, struct mailbox_share *s, uint64_t released);

/* Tells card N of entry INDEX, until it confirms. */
DHK_MUST_USE enum dhk_err mailbox_tell(
    struct store_txn *t, uint64_t n, uint64_t index);
DHK_MUST_USE enum dhk_err mailbox_told(
    struct store_txn *t, uint64_t n, uint64_t after, uint64_t *index);
/* Forgets what card N was told up to and with CURSOR; *ANY whether there was
 * something. */
DHK_MUST_USE enum dhk_err mailbox_confirm(
    struct store_txn *t, uint64_t n, uint64_t cursor, bool *any);

/* --- for fsck: the rows as they stand ---
 * One row of TABLE_QUEUE. DHK_FORMAT: of no known form. */
enum mailbox_kind {
    MAILBOX_ROW_DUE = 1,  /* a: seconds, b: index */
    MAILBOX_ROW_LEFT,     /* a: accepted, b: open shares */
    MAILBOX_ROW_MAIL,     /* a: N(recipient), b: index, class_, place */
    MAILBOX_ROW_OUTCOME,  /* a: N(sender), b: index */
    MAILBOX_ROW_SHARE,    /* share */
    MAILBOX_ROW_APPROVAL, /* a: share, b: index, partner */
};
struct mailbox_row {
    enum mailbox_kind kind;
    uint64_t a, b;
    unsigned class_;
    uint64_t place;
    struct slice partner;
    struct mailbox_share share;
};
DHK_MUST_USE enum dhk_err mailbox_row(
    struct mailbox_row *out, struct slice key, struct slice value);
/* The class that S is delivered in. */
unsigned mailbox_class(const struct mailbox_share *s);
/* Whether the rows that lead to S are there. DHK_NOTFOUND: one is not. */
DHK_MUST_USE enum dhk_err mailbox_whole(
    struct store_txn *t, const struct mailbox_share *s);

#endif
