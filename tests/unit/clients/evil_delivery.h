/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker in memory that delivers one sealed signal of politie to gemeente,
 * honestly or with one thing changed. Who links it has fetch_inclusion()
 * wrapped, or a line with a ledger of its own. */
#ifndef UNIT_CLIENTS_EVIL_DELIVERY_H
#define UNIT_CLIENTS_EVIL_DELIVERY_H

#include "ring.h"

#include "delivery.h"
#include "inbox.h"
#include "sealing.h"

enum { EVIL_BYTES = 256 * 1024, EVIL_LEDGER = 64 };

/* What a test changes; all zero and NULL is honest. */
struct evil {
    const char *origin;   /* sealed for another ledger */
    const char *level;    /* of ernst; "hoog" when NULL */
    uint64_t counter;     /* 0: the next */
    uint64_t nth;         /* share of politie for gemeente; 0: the next */
    uint32_t wrapped;     /* fields sealed; 0: 7, the permitted ones */
    const char *to;       /* sealed to this partner instead of gemeente */
    bool also_om;         /* sealed to om as well, who stands behind it */
    bool other_signer;    /* the bundle is signed by om's card */
    bool other_statement; /* signed by the right card, over another id */
    bool old_card_time;   /* accepted before the card was valid */
    void (*change)(struct share *s, struct entry *e);
};
struct evil_delivery {
    struct ring *ring;
    uint64_t counter, index, nth;
    struct bundle bundle;
    struct envelope envelope;
    struct share share;
    struct entry entry;
    uint8_t id[ENVELOPE_ID];
    uint8_t sealed[EVIL_BYTES], framed[EVIL_BYTES], entry_mem[LIMIT_ENTRY],
        out[EVIL_BYTES];
    struct slice delivery;
    struct { /* what core wrote */
        uint8_t leaf[32];
        uint64_t index;
    } ledger[EVIL_LEDGER];
    size_t ledger_n;
};

/* Seals and delivers into D->delivery. */
void evil_deliver(struct evil_delivery *d, const struct evil *how);
/* The same share once more, with a second entry of its own. */
void evil_enter_again(struct evil_delivery *d);
/* What gemeente asks for before it takes D->delivery. */
void evil_fetch(struct evil_delivery *d);
/* Gives D->delivery to gemeente's inbox, durably. Refusals are proved by the
 * ledger: the entries of what was delivered, as HOW made them. */
void evil_take(struct evil_delivery *d);
/* The same with BYTES, which somebody made of it. */
void evil_take_bytes(struct evil_delivery *d, struct slice bytes);
/* What waits for a proof gets it, or not. */
void evil_prove(struct evil_delivery *d);
/* The answer that gemeente has ready to what was delivered last, and its
 * number; ANSWER_NONE: there is none. */
enum answer_outcome evil_answer(
    struct evil_delivery *d, uint64_t *number, struct inbox_item *item);

/* An honest share arrives, is handed out and confirmed. */
void evil_takes_next(struct evil_delivery *d);

/* setup and teardown: *STATE is a struct evil_delivery */
int evil_new(void **state);
int evil_end(void **state);

#endif
