/* SPDX-License-Identifier: EUPL-1.2
 *
 * A sender's withdrawal of a signal that was accepted; a correction is one
 * that names the signal in whose favour. Wire form, canonical msgpack:
 *
 *   withdrawal = [ body:bin, signature:bin64 ]
 *   body       = [ 1, origin:str, card:bin32, signal:bin32, accepted:uint,
 *                  reason:uint, nil | [ replacement:bin32, accepted:uint ],
 *                  nonce:bin16, made:uint (seconds) ]
 *   signature  = Ed25519(card.sign, label "driehoek/v1/withdrawal", body)
 *
 * accepted is the ledger index of the entry that accepted the signal. A signal
 * is withdrawn once: whatever says so again changes nothing. */
#ifndef PROTO_WITHDRAWAL_H
#define PROTO_WITHDRAWAL_H

#include "seal.h"
#include "limits.h"

/* Why. Closed list; what else there is to say stays at the node. */
enum withdrawal_reason {
    WITHDRAWAL_NONE = 0,
    WITHDRAWAL_INCORRECT = 1,       /* what it says is not so */
    WITHDRAWAL_WRONG_PERSON = 2,    /* it is about somebody else */
    WITHDRAWAL_WRONG_RECIPIENT = 3, /* it should not have gone there */
    WITHDRAWAL_NO_GROUND = 4,       /* the ground for it did not hold */
    WITHDRAWAL_OBJECTION = 5,       /* the person objected, rightly */
    WITHDRAWAL_ORDERED = 6,         /* by a court or supervisor */
    WITHDRAWAL_OUTDATED = 7,        /* it is so no longer */
};
enum { WITHDRAWAL_REASONS = 8, WITHDRAWAL_NONCE = 16 };
const char *withdrawal_reason_name(enum withdrawal_reason r);
/* WITHDRAWAL_NONE: no such name. */
enum withdrawal_reason withdrawal_reason_of(struct slice name);

struct withdrawal {
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    struct slice origin;
    uint8_t card[32];   /* whose signature it is */
    uint8_t signal[32]; /* id */
    uint64_t accepted;  /* ledger index */
    enum withdrawal_reason reason;
    bool is_correction;
    uint8_t replacement[32];       /* id */
    uint64_t replacement_accepted; /* ledger index */
    uint8_t nonce[WITHDRAWAL_NONCE];
    int64_t made; /* by the sender's clock; decides nothing */
};

/* Encodes and signs W (body and signature are not read) into OUT. */
DHK_MUST_USE enum dhk_err withdrawal_issue(
    struct sink *out, const struct withdrawal *w, const struct sign_secret *sk);
/* Decodes; slices borrow from BYTES. The signature is NOT yet checked. */
DHK_MUST_USE enum dhk_err withdrawal_decode(
    struct withdrawal *out, struct slice bytes, struct diag *diag);
/* From body and signature as a ledger entry carries them. */
DHK_MUST_USE enum dhk_err withdrawal_from_body(struct withdrawal *out,
    struct slice body, const uint8_t sig[KEY_SIGNATURE], struct diag *diag);
DHK_MUST_USE enum dhk_err withdrawal_verify(
    const struct withdrawal *w, const struct sign_public *pk);

#endif
