/* SPDX-License-Identifier: EUPL-1.2
 *
 * A recipient's signed answer: what became of shares from one sender, and of
 * what that withdrew.
 *
 *   answer = [ body:bin, signature:bin64 ]
 *   body   = [ 1, origin:str, card:bin32, sender:name,
 *              [ [ entry-hash:bin32, outcome:uint, detail:uint ] ... ] ]
 *   signature = Ed25519(recipient card.sign, "driehoek/v1/answer", body)
 * entry-hash is the Merkle leaf hash of the ledger entry, share or withdrawn;
 * no hash twice. 1 to LIMIT_ANSWER items, detail below 2^32: so that the
 * delivered entry that carries the body always fits. */
#ifndef PROTO_ANSWER_H
#define PROTO_ANSWER_H

#include "seal.h"
#include "limits.h"

enum answer_outcome {
    ANSWER_NONE = 0,
    ANSWER_TAKEN = 1, /* detail: how many counters are missing before it */
    ANSWER_UNDECRYPTABLE = 2,     /* the wrap or a field does not open */
    ANSWER_OVERSHARED = 3,        /* detail: bitmap of the fields too many */
    ANSWER_MALFORMED = 4,         /* its slots are not the agreement's */
    ANSWER_BAD_SIGNATURE = 5,     /* not given any more: others can do it */
    ANSWER_UNKNOWN_CARD = 6,      /* no valid card of the sender */
    ANSWER_UNKNOWN_AGREEMENT = 7, /* not given any more: nothing proves it */
    ANSWER_BAD_COMMITMENT = 8,    /* key commitment of a field does not hold */
    ANSWER_REPLAYED = 9,          /* counter seen before with another signal */
    ANSWER_WRONG_LEDGER = 10,     /* made for another broker */
    ANSWER_BAD_ENTRY = 11,        /* the broker's entry contradicts the share */
    ANSWER_REFUSED_BY_APPLICATION = 12,
    /* what was done about a withdrawn signal; to its notice only */
    ANSWER_DELETED = 13,
    ANSWER_LOCKED = 14, /* kept, and used for nothing any more */
    ANSWER_USED = 15,   /* it had been used already */
};
enum { ANSWER_OUTCOMES = 16 };
const char *answer_outcome_name(enum answer_outcome o); /* "taken", ... */
/* Whether O answers a notice of withdrawal, not a share. */
bool answer_is_of_notice(enum answer_outcome o);

struct answer_item {
    uint8_t entry_hash[32];
    enum answer_outcome outcome;
    uint64_t detail;
};
struct answer {
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    struct slice origin, sender;
    uint8_t card[32];
    struct answer_item item[LIMIT_ANSWER];
    size_t items_n;
};
/* Signs ORIGIN, CARD, SENDER and items of A into OUT. */
DHK_MUST_USE enum dhk_err answer_issue(
    struct sink *out, const struct answer *a, const struct sign_secret *sk);
/* Signature not checked. */
DHK_MUST_USE enum dhk_err answer_decode(
    struct answer *out, struct slice bytes, struct diag *diag);
/* From body and signature as a ledger entry carries them. */
DHK_MUST_USE enum dhk_err answer_from_body(struct answer *out,
    struct slice body, const uint8_t sig[KEY_SIGNATURE], struct diag *diag);
DHK_MUST_USE enum dhk_err answer_verify(
    const struct answer *a, const struct sign_public *pk);

#endif
