/* SPDX-License-Identifier: EUPL-1.2
 *
 * The durable outbox of one broker, in brokers/NAME/outbox: signals with their
 * content locked, sealed bundles until they have a receipt, counters. What is
 * sealed and the numbers that it used become durable together, so that a
 * number never stands on two different things. */
#ifndef CLIENTS_OUTBOX_H
#define CLIENTS_OUTBOX_H

#include "record.h"
#include "node.h"
#include "draft.h"
#include "store.h"

struct outbox;
enum { OUTBOX_FLIGHTS = 32 };

/* A sealed bundle that waits for its receipt. */
struct outbox_flight {
    uint64_t bundle;  /* 0: free */
    uint64_t request; /* number of the PUSH; 0: to be sent */
    uint64_t sent_ms; /* monotonic, when sent; or not before, when not */
};

/* DHK_EXISTS: another process has it open. */
DHK_MUST_USE enum dhk_err outbox_open(
    struct outbox **out, struct dhk_node *node);
/* For reading, beside a process that works with it. DHK_NOTFOUND: nothing was
 * sent yet. Not while NODE itself has it open. */
DHK_MUST_USE enum dhk_err outbox_peek(
    struct outbox **out, const struct dhk_node *node);
void outbox_close(struct outbox **o);
DHK_MUST_USE enum dhk_err outbox_begin(
    struct store_txn **t, struct outbox *o, bool write);
/* As store_commit(). Where the application keeps the outbox, durable only with
 * outbox_sync(); but no number in use is forgotten, whatever happens. */
DHK_MUST_USE enum dhk_err outbox_commit(struct outbox *o, struct store_txn **t);
/* Of what the broker tells again as long as it is not confirmed, or sent again:
 * durable with the next commit or outbox_sync(). */
DHK_MUST_USE enum dhk_err outbox_commit_late(
    struct outbox *o, struct store_txn **t);
/* As outbox_commit(), and durable. */
DHK_MUST_USE enum dhk_err outbox_commit_now(
    struct outbox *o, struct store_txn **t);
/* Makes durable what was committed; no transaction may be open. */
DHK_MUST_USE enum dhk_err outbox_sync(struct outbox *o);
/* The same, for those who look at the outbox from beside, when there is nothing
 * else to do; at most once in a while by NOW_MS, monotonic. */
DHK_MUST_USE enum dhk_err outbox_rest(struct outbox *o, uint64_t now_ms);
bool outbox_is_synced(const struct outbox *o);
/* Of OUTBOX_FLIGHTS; those from before the process began are among them. */
struct outbox_flight *outbox_flights(struct outbox *o);
/* How many of them are taken. */
size_t outbox_flying(const struct outbox *o);
/* BUNDLE is durable and to be sent; there must be a free place. */
void outbox_fly(struct outbox *o, uint64_t bundle);
/* The card that the oldest of them is signed with; DHK_NOTFOUND: none flies. */
DHK_MUST_USE enum dhk_err outbox_card(struct outbox *o, uint8_t card[32]);
/* Reads them anew, all to be sent. */
DHK_MUST_USE enum dhk_err outbox_reload(struct outbox *o);
/* The session's epoch that the flights were sent in. */
unsigned *outbox_epoch(struct outbox *o);

/* --- signals --- */
/* Adds the content of S; its number is the highest so far. The record is the
 * caller's to put, and the number to queue unless it is sealed at once. */
DHK_MUST_USE enum dhk_err outbox_add(struct outbox *o, struct store_txn *t,
    const struct dhk_signal *s, uint64_t *number);
DHK_MUST_USE enum dhk_err outbox_get(
    struct store_txn *t, uint64_t number, struct record *r);
DHK_MUST_USE enum dhk_err outbox_put(
    struct store_txn *t, uint64_t number, const struct record *r);
/* The first with a number above NUMBER. */
DHK_MUST_USE enum dhk_err outbox_next(
    struct store_txn *t, uint64_t number, uint64_t *next, struct record *r);
DHK_MUST_USE enum dhk_err outbox_content(struct outbox *o, struct store_txn *t,
    uint64_t number, struct dhk_signal **s);
/* The content is needed no more; fine when it is gone. */
DHK_MUST_USE enum dhk_err outbox_forget_content(
    struct store_txn *t, uint64_t number);

/* --- the queue of signals to seal --- */
DHK_MUST_USE enum dhk_err outbox_queue(struct store_txn *t, uint64_t number);
DHK_MUST_USE enum dhk_err outbox_unqueue(struct store_txn *t, uint64_t number);
/* Whether a signal waits for its receipt, sealed or not. */
DHK_MUST_USE enum dhk_err outbox_waits(struct outbox *o, bool *any);
DHK_MUST_USE enum dhk_err outbox_queued(
    struct store_txn *t, uint64_t number, uint64_t *next);

/* --- sealed bundles --- */
DHK_MUST_USE enum dhk_err outbox_keep_bundle(struct store_txn *t,
    uint64_t bundle, const uint64_t *numbers, size_t n, struct slice bytes);
/* NUMBERS of LIMIT_BUNDLE; BYTES borrows until the end of T. */
DHK_MUST_USE enum dhk_err outbox_bundle(struct store_txn *t, uint64_t bundle,
    uint64_t *numbers, size_t *n, struct slice *bytes);
DHK_MUST_USE enum dhk_err outbox_drop_bundle(
    struct store_txn *t, uint64_t bundle);
/* The tlog-proof of a bundle's first entry. */
DHK_MUST_USE enum dhk_err outbox_put_proof(
    struct store_txn *t, uint64_t bundle, struct slice text);
DHK_MUST_USE enum dhk_err outbox_get_proof(
    struct store_txn *t, uint64_t bundle, struct slice *text);

/* --- share entries of ours --- */
DHK_MUST_USE enum dhk_err outbox_put_share(
    struct store_txn *t, uint64_t index, uint64_t number);
DHK_MUST_USE enum dhk_err outbox_get_share(
    struct store_txn *t, uint64_t index, uint64_t *number);

/* The verified entry about the outcome of a share that came before the receipt
 * which names the share: the broker delivers as soon as it has committed. */
DHK_MUST_USE enum dhk_err outbox_put_early(
    struct store_txn *t, uint64_t index, struct slice entry);
DHK_MUST_USE enum dhk_err outbox_get_early(
    struct store_txn *t, uint64_t index, struct slice *entry);
DHK_MUST_USE enum dhk_err outbox_drop_early(
    struct store_txn *t, uint64_t index);

/* --- withdrawals of signals, as recall.h has them --- */
DHK_MUST_USE enum dhk_err outbox_get_recall(
    struct store_txn *t, uint64_t number, struct slice *value);
DHK_MUST_USE enum dhk_err outbox_put_recall(
    struct store_txn *t, uint64_t number, struct slice value);
DHK_MUST_USE enum dhk_err outbox_next_recall(
    struct store_txn *t, uint64_t number, uint64_t *next, struct slice *value);

/* --- counters, by name --- */
DHK_MUST_USE enum dhk_err outbox_next_count(
    struct store_txn *t, const char *name, uint64_t *value);
/* 0 when it was never counted. */
DHK_MUST_USE enum dhk_err outbox_get_count(
    struct store_txn *t, const char *name, uint64_t *value);
DHK_MUST_USE enum dhk_err outbox_put_count(
    struct store_txn *t, const char *name, uint64_t value);
/* Other small values by NAME, e.g. of tally.h. */
DHK_MUST_USE enum dhk_err outbox_get_named(
    struct store_txn *t, struct slice name, struct slice *value);
DHK_MUST_USE enum dhk_err outbox_put_named(
    struct store_txn *t, struct slice name, struct slice value);
/* Fine when it is gone. */
DHK_MUST_USE enum dhk_err outbox_drop_named(
    struct store_txn *t, struct slice name);
/* The first with a name behind AFTER. */
DHK_MUST_USE enum dhk_err outbox_next_named(struct store_txn *t,
    struct slice after, struct slice *name, struct slice *value);

#endif
