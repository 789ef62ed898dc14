/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a partner states about a case as a whole. Wire form, canonical msgpack:
 *
 *   statement = [ body:bin, signature:bin64 ]
 *   body      = [ 1, origin:str, card:bin32, case:bin16, what:uint,
 *                 until:uint (seconds; 0: none), made:uint (seconds),
 *                 partner:name|nil, about:uint|nil (a ledger index),
 *                 ref:bin32|nil (a signal's id, a third party's card's),
 *                 code:uint (0: none) ]
 *   signature = Ed25519(card.sign, label "driehoek/v1/statement", body)
 *
 * What each act has of these, and which codes, is in act.c. A term ends after
 * it was made, at most act_rule()->days later. Of holds the newest hold or
 * release of a partner is the one that counts. */
#ifndef PROTO_STATEMENT_H
#define PROTO_STATEMENT_H

#include "act.h"
#include "limits.h"
#include "seal.h"

enum { STATEMENT_CASE = 16 };

struct statement {
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    struct slice origin;
    uint8_t card[32]; /* whose signature it is */
    uint8_t case_handle[STATEMENT_CASE];
    enum act what;
    int64_t until;        /* 0: none */
    int64_t made;         /* by the partner's clock; bounds until, no more */
    struct slice partner; /* empty: none */
    uint64_t about;       /* 0: none */
    bool has_ref;
    uint8_t ref[32]; /* zeros: none */
    unsigned code;   /* 0: none */
};

/* Encodes and signs S (body and signature are not read) into OUT. DHK_FORMAT:
 * nobody could read it; nothing is written. */
DHK_MUST_USE enum dhk_err statement_issue(
    struct sink *out, const struct statement *s, const struct sign_secret *sk);
/* Decodes; slices borrow from BYTES. The signature is NOT yet checked. */
DHK_MUST_USE enum dhk_err statement_decode(
    struct statement *out, struct slice bytes, struct diag *diag);
/* From body and signature as a ledger entry carries them. */
DHK_MUST_USE enum dhk_err statement_from_body(struct statement *out,
    struct slice body, const uint8_t sig[KEY_SIGNATURE], struct diag *diag);
/* DHK_AUTH: it is not PK's. */
DHK_MUST_USE enum dhk_err statement_verify(
    const struct statement *s, const struct sign_public *pk);

#endif
