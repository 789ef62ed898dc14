/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is in force: roster, agreement, key cards, and what was revoked. The
 * store holds it; this is its image in memory, made again from the store
 * after an abort. Texts and cards come in through enact.c only. */
#ifndef BROKER_FORCE_H
#define BROKER_FORCE_H

#include "agreement.h"
#include "card.h"
#include "compiled_hash.h"
#include "flight.h"
#include "host/clock.h"
#include "host/store.h"
#include "ledger.h"
#include "roster.h"

struct force_card {
    struct card card;
    uint64_t number;  /* ledger index of its entry */
    uint64_t revoked; /* ledger index of its revocation, or 0 */
    bool valid;       /* by roster, dates, signature and revocations */
    bool verified;    /* signed by `identity` */
    struct sign_public identity;
    uint64_t open;       /* shares in its mailbox that can be delivered */
    uint64_t pending;    /* those that wait for an approval */
    uint64_t mail_bytes; /* of the envelopes of both */
    uint64_t not_before; /* ms: none of them came before */
    bool full;           /* the log was told that its mailbox is: quota.c's */
    /* by class: up to this place everything was sent to it, by this process */
    uint64_t sent[MAILBOX_CLASSES];
    uint64_t noted;  /* monotonic ms up to which core_may_note() has counted */
    uint64_t looked; /* the same for looks.h, in its parts of a second */
    /* the connection that receives, and the one that hears outcomes, for it;
     * peer.c's to set and to check */
    uint64_t listener[2];
    struct flight flight;
    size_t sessions; /* ready connections of it; peer.c's, too */
    uint16_t bytes_n;
    uint8_t bytes[LIMIT_CARD];
};

struct force_text { /* what was put in force last */
    bool known;
    bool revoked;
    uint8_t sha256[32];
    uint64_t entry; /* that put it in force; when revoked, that revoked it */
};

struct force {
    struct force_text agreement_text, roster_text;
    struct agreement *agreement; /* of agreement_text, also when not in force */
    struct roster *roster;
    bool agreement_holds, roster_holds; /* in force now */
    /* this program finds a fault in the agreement that another version did not:
     * it is never in force */
    bool agreement_refused;
    /* whether the agreement's dates allow the minute DATED_AT: its time zone
     * is read from a file */
    bool dated;
    uint64_t dated_at;
    struct force_card **card; /* by ascending number */
    size_t cards_n, cards_cap;
    /* the same by id, which is a hash: open addressing over a power of two of
     * places, at most half of them taken */
    struct force_card **place;
    size_t places;
    /* by party of the agreement: its roster entry and receiving card */
    struct force_card *receiving[LIMIT_PARTIES];
    uint64_t next; /* ms: nothing changes by itself before */
};

/* Reads everything from the store. DHK_FORMAT: the store is damaged. */
DHK_MUST_USE enum dhk_err force_load(struct force *f, struct store_txn *t);
void force_clear(struct force *f);

/* What holds at NOW (ms). Cheap when nothing can have changed since the last
 * call. Returns whether the cards that are valid changed. */
bool force_refresh(struct force *f, uint64_t now, bool anyway);

/* NULL when none is in force. */
const struct agreement *force_agreement(const struct force *f);
const struct roster *force_roster(const struct force *f);
/* The partner in the roster in force and within its dates, or NULL. */
const struct roster_partner *force_partner(
    const struct force *f, struct slice name, uint64_t now);
/* By id or number; NULL when unknown. Valid until the next force_load(). */
struct force_card *force_card(const struct force *f, const uint8_t id[CARD_ID]);
struct force_card *force_card_by_number(const struct force *f, uint64_t number);
/* The partner's receiving card: of the valid ones that may receive that with
 * the highest serial. NULL when there is none. */
struct force_card *force_receiving(const struct force *f, struct slice name);

/* A text by its hash; borrowed from T. */
DHK_MUST_USE enum dhk_err force_text(
    struct store_txn *t, const uint8_t sha256[32], struct slice *text);
/* The compiled hash that the agreement had when it came in force, and noting
 * it. DHK_NOTFOUND: it never did. */
DHK_MUST_USE enum dhk_err force_compiled(struct store_txn *t,
    const uint8_t sha256[32], uint8_t compiled[COMPILED_HASH]);
DHK_MUST_USE enum dhk_err force_compiled_set(struct store_txn *t,
    const uint8_t sha256[32], const uint8_t compiled[COMPILED_HASH]);
/* Whether F's agreement means here what it meant then. */
DHK_MUST_USE enum dhk_err force_means_same(
    bool *same, const struct force *f, struct store_txn *t);
/* The I-th signature of a text; DHK_NOTFOUND after the last. */
DHK_MUST_USE enum dhk_err force_signature(struct store_txn *t,
    const uint8_t sha256[32], size_t i, struct slice *principal,
    struct slice *armor);

/* Adds a card that enact.c checked, to store and memory. */
DHK_MUST_USE enum dhk_err force_card_add(struct force *f, struct store_txn *t,
    struct slice bytes, const struct card *card, uint64_t number);
/* Notes a card's revocation by entry INDEX. */
DHK_MUST_USE enum dhk_err force_card_revoke(
    struct store_txn *t, struct force_card *c, uint64_t index);

#endif
