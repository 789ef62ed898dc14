/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the outbox remembers of the withdrawal of a signal: what was asked,
 * the signed statement until the broker's receipt is there, and what each
 * recipient was told and answered. */
#ifndef CLIENTS_RECALL_H
#define CLIENTS_RECALL_H

#include "answer.h"
#include "record.h"
#include "withdrawal.h"
#include "store.h"

enum recall_state {
    RECALL_WAITING = 1, /* for a receipt: its own, the signal's, or that of
                           the signal in its place */
    RECALL_DONE,        /* receipt verified; answers may still come */
    RECALL_VOID, /* the signal, or the one in its place, went to nobody */
};
struct recall_share {
    uint64_t share;              /* ledger index of the share entry */
    uint64_t index;              /* of the entry that withdrew it */
    uint8_t leaf[32];            /* hash of that */
    bool notice;                 /* the recipient is told */
    enum answer_outcome outcome; /* of the notice; ANSWER_NONE: open */
};
struct recall {
    enum recall_state state;
    enum withdrawal_reason reason;
    uint64_t replacement;    /* number in the outbox of the signal in its place;
                                0: none */
    uint8_t replaced_by[32]; /* its id, once a statement names it */
    bool is_correction;
    size_t statement_n;
    uint8_t statement[LIMIT_WITHDRAWAL]; /* signed; empty until then */
    struct recall_share share[LIMIT_PARTIES];
    size_t n;
};

/* That of signal NUMBER; DHK_NOTFOUND. */
DHK_MUST_USE enum dhk_err recall_get(
    struct store_txn *t, uint64_t number, struct recall *out);
DHK_MUST_USE enum dhk_err recall_put(
    struct store_txn *t, uint64_t number, const struct recall *r);
/* As recall_get(), but RECALL_VOID as soon as nobody gets the signal in its
 * place, whether that was noted yet or not: what counts of a correction. */
DHK_MUST_USE enum dhk_err recall_now(
    struct store_txn *t, uint64_t number, struct recall *out);
/* Whether nobody gets the signal of RECORD, now or later. */
bool recall_is_lost(const struct record *record);
/* Whether nothing binds R to the signal in its place yet: a signed statement
 * may have left, and counts then whatever became of that signal since. */
bool recall_is_loose(const struct recall *r);
/* Nobody gets the signal in the place of that of R, which is void then, unless
 * another machine of this partner has withdrawn it. */
void recall_give_up(struct recall *r);
/* The signal REPLACEMENT is cancelled: the corrections that wait for it are
 * void, within T. */
DHK_MUST_USE enum dhk_err recall_cancel(
    struct store_txn *t, uint64_t replacement);
/* The first of a number above NUMBER. */
DHK_MUST_USE enum dhk_err recall_next(
    struct store_txn *t, uint64_t number, uint64_t *next, struct recall *out);
/* Of the share with this ledger index; NULL: not withdrawn. */
const struct recall_share *recall_share(const struct recall *r, uint64_t share);
/* "open", "deleted", "locked", "used"; "not-told" for a share that its
 * recipient never answered. */
const char *recall_share_name(const struct recall_share *s);
/* Whether nothing of R can change any more. */
bool recall_is_over(const struct recall *r);

#endif
