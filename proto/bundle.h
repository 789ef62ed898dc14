/* SPDX-License-Identifier: EUPL-1.2
 *
 * Many envelopes under one signature of the sender's card, and the share: what
 * of an envelope one recipient is given.
 *
 *   bundle    = [ 1, card:bin32, signature:bin64, [ envelope ... ] ]
 *   signature = Ed25519(card.sign, "driehoek/v1/bundle", card, id_1 .. id_n)
 *               (two parts: card, and the ids joined)
 *   statement = [ card:bin32, ids:bin32*n, signature:bin64 ]
 *   share     = [ position:uint, header:bin, recipient, [ field ... ],
 *                 [ attribute ... ], index:uint, entry:bin ]
 *   delivery  = [ 1, [ [ statement, [ share ... ] ] ... ] ]
 * `entry` is the share's ledger entry and `index` its place in the ledger. */
#ifndef PROTO_BUNDLE_H
#define PROTO_BUNDLE_H

#include "envelope.h"

struct bundle_statement {
    uint8_t card[32];
    struct slice ids; /* 32 * n */
    uint8_t signature[KEY_SIGNATURE];
};

struct bundle {
    struct slice bytes;
    struct bundle_statement statement; /* ids point to id_mem */
    struct slice envelope[LIMIT_BUNDLE]; /* encoded */
    size_t n;
    uint8_t id_mem[LIMIT_BUNDLE * ENVELOPE_ID];
};

/* Joins N encoded envelopes (ids: 32 * N bytes) under a signature. */
DHK_MUST_USE enum dhk_err bundle_encode(struct sink *out,
    const uint8_t card[32], const struct slice *envelopes, size_t n,
    const uint8_t *ids, const struct sign_secret *sk);
/* Decodes down to the headers' ids; every header must name the bundle's card.
 * The signature is not checked yet. */
DHK_MUST_USE enum dhk_err bundle_decode(
    struct bundle *out, struct slice bytes, struct diag *diag);
DHK_MUST_USE enum dhk_err bundle_verify(
    const struct bundle_statement *st, const struct sign_public *pk);
void bundle_statement_encode(
    struct sink *out, const struct bundle_statement *st);
void bundle_statement_decode(struct bundle_statement *out, struct cursor *c);

struct share {
    size_t position; /* in the statement's ids */
    struct envelope_header header;
    struct envelope_recipient recipient;
    struct envelope_field field[LIMIT_FIELDS];
    size_t fields_n;
    struct envelope_attribute attribute[LIMIT_ATTRIBUTES];
    size_t attributes_n;
    uint64_t index;     /* in the ledger */
    struct slice entry; /* its ledger entry, kind ENTRY_SHARE */
};
void share_encode(struct sink *out, const struct share *s);
/* Structure only; digests and signature are the caller's next steps. */
DHK_MUST_USE enum dhk_err share_decode(
    struct share *out, struct slice bytes, struct diag *diag);
/* What of E recipient opening R is given: fields in FIELDS, attributes in
 * ATTRIBUTES (bitmaps by index). */
void share_select(struct share *out, const struct envelope *e,
    const struct envelope_recipient *r, uint32_t fields, uint32_t attributes);

#endif
