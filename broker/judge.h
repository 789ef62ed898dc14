/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signals of a pushed bundle, one by one: number, openings, words, times,
 * cards, and what each party may have. Reads the store, writes nothing. */
#ifndef BROKER_JUDGE_H
#define BROKER_JUDGE_H

#include "bundle.h"
#include "decide.h"
#include "force.h"

struct core;
struct peer;

/* Shares of one bundle: with the accepted entry and the proof they must fit
 * one message. */
enum { JUDGE_SHARES = 480 };

/* Where a signal stands in the table of numbers. */
enum judge_slot {
    JUDGE_FIRST = 0,    /* the signal that has the number */
    JUDGE_CONFLICT = 1, /* another one with the same number: evidence */
    JUDGE_FOREIGN = 2,  /* one made for another ledger: evidence */
};

struct judge_share {
    uint16_t party;
    uint32_t fields, wrapped;
    struct force_card *card;
    struct decision decision;
};
struct judge_signal {
    struct envelope_header header;
    struct decide_signal signal;
    uint64_t seq;
    uint32_t presence;
    enum entry_code code;
    enum judge_slot slot;
    bool known;      /* came before, the same bytes */
    uint64_t before; /* its entry then */
    size_t classes_n;
    uint8_t classes[LIMIT_ATTRIBUTES];
    size_t shares_from, shares_n; /* in share[] */
};
struct judge {
    struct core *core;
    struct peer *peer;
    const struct force_card *card;
    uint64_t number; /* of the message */
    struct bundle bundle;
    struct envelope envelope; /* of the signal looked at */
    struct manifest manifest;
    struct judge_signal signal[LIMIT_BUNDLE];
    size_t known_n, accepted_n;
    struct judge_share share[JUDGE_SHARES];
    size_t shares_n;
    uint64_t full[JUDGE_SHARES]; /* shares whose mailbox is full: indexes */
    size_t full_n;
    struct decide_facts facts; /* of the share being written */
};

/* Decodes and judges the I-th envelope of J->bundle, in ascending order of I.
 * The errors concern the whole bundle: DHK_FORMAT, DHK_AUTH (a manifest that
 * was not signed, another sender's name), DHK_STATE (a third signal under one
 * number), DHK_LIMIT (too many shares). */
DHK_MUST_USE enum dhk_err judge_signal(struct judge *j, size_t i);

/* Sets what S is decided by beside its openings, when the broker computes
 * attributes of its kind. It lasts until the next call. */
DHK_MUST_USE enum dhk_err judge_relations(
    struct judge *j, struct judge_signal *s);
/* Notes that S stands in entry ENTRY. */
DHK_MUST_USE enum dhk_err judge_note(
    struct judge *j, const struct judge_signal *s, uint64_t entry);

#endif
