/* SPDX-License-Identifier: EUPL-1.2
 *
 * The durable inbox of one broker, in brokers/NAME/inbox: verified shares
 * (locked) until they are confirmed, answers until the broker has committed
 * them, and the counters seen of every sender's card. */
#ifndef CLIENTS_INBOX_H
#define CLIENTS_INBOX_H

#include "answer.h"
#include "node.h"
#include "parcel.h"
#include "seen.h"
#include "store.h"

struct inbox;

/* DHK_EXISTS: another process has it open. */
DHK_MUST_USE enum dhk_err inbox_open(struct inbox **out, struct dhk_node *node);
void inbox_close(struct inbox **b);
/* How many shares NODE took in that the application has not ended, counted
 * beside whoever works with the inbox; not while NODE itself has it open. */
DHK_MUST_USE enum dhk_err inbox_count(const struct dhk_node *node, uint64_t *n);
DHK_MUST_USE enum dhk_err inbox_begin(
    struct store_txn **t, struct inbox *b, bool write);
/* Of a transaction in which shares were added: they can be handed out. The
 * disk is not waited for: what a power cut takes the broker delivers again, as
 * long as no answer about it was sent, which only a durable one may be. */
DHK_MUST_USE enum dhk_err inbox_commit(struct inbox *b, struct store_txn **t);

/* Makes durable what was committed so. No transaction may be open. */
DHK_MUST_USE enum dhk_err inbox_sync(struct inbox *b);
/* The same before anything is said that rests on it; not where the application
 * keeps the inbox. */
DHK_MUST_USE enum dhk_err inbox_keep(struct inbox *b);
/* The same, for those who look at the inbox from beside, when there is nothing
 * else to do. */
DHK_MUST_USE enum dhk_err inbox_rest(struct inbox *b);
bool inbox_is_synced(const struct inbox *b);
/* Random bytes for what a transaction locks. */
struct key_pool *inbox_pool(struct inbox *b);

/* --- shares --- */
/* Whether the share with this entry is here already, open or answered. */
DHK_MUST_USE enum dhk_err inbox_knows(
    struct store_txn *t, const uint8_t leaf[32], bool *known);

struct inbox_item { /* what is needed to answer */
    uint8_t leaf[32];
    char sender[LIMIT_NAME + 1];
    enum answer_outcome outcome;
    uint64_t detail;
};
/* Keeps an open share, counted under MARK, with its content; it is handed out
 * from the commit on. */
DHK_MUST_USE enum dhk_err inbox_add(struct inbox *b, struct store_txn *t,
    const struct inbox_item *item, const struct seen_mark *mark,
    struct slice parcel);
/* Keeps an answer to a share that is not handed out. */
DHK_MUST_USE enum dhk_err inbox_answer(
    struct store_txn *t, const struct inbox_item *item);
/* Ends open share ARRIVAL with OUTCOME: its content goes, the answer stays. */
DHK_MUST_USE enum dhk_err inbox_settle(
    struct store_txn *t, uint64_t arrival, enum answer_outcome outcome);
/* The next share to hand out; DHK_NOTFOUND. It belongs to the inbox until it
 * is settled or released. */
DHK_MUST_USE enum dhk_err inbox_next(struct inbox *b, struct parcel **out);
/* It is ended (settled), or comes again. */
void inbox_drop(struct inbox *b, struct parcel **p);
void inbox_release(struct inbox *b, struct parcel **p);
/* All that is there now has waited for a while, as what an earlier process left
 * has from the start. */
DHK_MUST_USE enum dhk_err inbox_age(struct inbox *b);
bool inbox_is_stale(const struct inbox *b, const struct parcel *p);
/* The parcel in the application's hands of which PUB is the public part. */
struct parcel *inbox_find(struct inbox *b, const struct dhk_share *pub);

/* --- answers --- */
/* The first answer after number *AFTER, which is set to its own. */
DHK_MUST_USE enum dhk_err inbox_next_answer(
    struct store_txn *t, uint64_t *after, struct inbox_item *item);
/* The broker has committed it. */
DHK_MUST_USE enum dhk_err inbox_answered(struct store_txn *t, uint64_t number);

/* What of the answers is on its way; kept here for the receiver. */
enum { INBOX_FLIGHTS = 8, INBOX_BATCH = 256 };
struct inbox_flight {
    uint64_t request;     /* 0: free */
    uint64_t first, last; /* numbers of the answers in it */
    uint64_t sent_ms;
};
struct inbox_sending {
    struct inbox_flight flight[INBOX_FLIGHTS];
    uint64_t cursor; /* number of the last answer sent */
    unsigned epoch;
    uint64_t credit;    /* said to the broker in this epoch */
    size_t unsent;      /* answers made since the last were sent */
    uint64_t taken;     /* shares that came, also again */
    uint64_t rested_ms; /* monotonic: inbox_rest() was called last */
    uint64_t handed_ms; /* monotonic: a share was handed out last; 0: none */
    uint64_t unfit;     /* what came and was neither kept nor answered */
};
struct inbox_sending *inbox_sending(struct inbox *b);

#endif
