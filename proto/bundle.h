/* SPDX-License-Identifier: EUPL-1.2
 *
 * Many envelopes under one signature of the sender's card, and the statement
 * of that signature, which travels on with every share.
 *
 *   bundle    = [ 1, card:bin32, signature:bin64, [ envelope:bin ... ] ]
 *   signature = Ed25519(card.sign, "driehoek/v1/bundle", card, id_1 .. id_n)
 *               (two parts: card, and the ids joined)
 *   statement = [ card:bin32, ids:bin32*n, signature:bin64 ]
 * 1 to LIMIT_BUNDLE envelopes, no id twice. */
#ifndef PROTO_BUNDLE_H
#define PROTO_BUNDLE_H

#include "share.h"

struct bundle_statement {
    uint8_t card[32];
    struct slice ids; /* 32 * n */
    uint8_t signature[KEY_SIGNATURE];
};

struct bundle {
    struct slice bytes;
    struct bundle_statement statement;   /* ids point to id_mem: do not copy
                                            a struct bundle */
    struct slice envelope[LIMIT_BUNDLE]; /* encoded */
    size_t n;
    uint8_t id_mem[LIMIT_BUNDLE * ENVELOPE_ID];
};

/* Joins N encoded envelopes (ids: 32 * N bytes) under a signature. */
DHK_MUST_USE enum dhk_err bundle_encode(struct sink *out,
    const uint8_t card[32], const struct slice *envelopes, size_t n,
    const uint8_t *ids, const struct sign_secret *sk);
/* Decodes down to the headers' ids; every header must name the bundle's card.
 * The signature is not checked yet, nor the envelopes' openings decoded. */
DHK_MUST_USE enum dhk_err bundle_decode(
    struct bundle *out, struct slice bytes, struct diag *diag);
/* The same for a bundle that was decoded before, by whoever kept its IDS then:
 * no header is read. DHK_FORMAT: not as many envelopes as ids, or damaged. */
DHK_MUST_USE enum dhk_err bundle_split(
    struct bundle *out, struct slice bytes, struct slice ids);
DHK_MUST_USE enum dhk_err bundle_verify(
    const struct bundle_statement *st, const struct sign_public *pk);
/* The same, but what MEMO holds is not verified again: a statement comes with
 * every share of its bundle. MEMO starts zeroed and holds the last one that
 * did verify, whole. */
struct bundle_verified {
    struct sign_public pk;
    size_t n; /* ids; 0: none yet */
    uint8_t card[32];
    uint8_t signature[KEY_SIGNATURE];
    uint8_t ids[LIMIT_BUNDLE * ENVELOPE_ID];
};
DHK_MUST_USE enum dhk_err bundle_verify_once(struct bundle_verified *memo,
    const struct bundle_statement *st, const struct sign_public *pk);
void bundle_statement_encode(
    struct sink *out, const struct bundle_statement *st);
void bundle_statement_decode(struct bundle_statement *out, struct cursor *c);

#endif
