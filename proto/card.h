/* SPDX-License-Identifier: EUPL-1.2
 *
 * A key card: a partner's daily keys, signed by its identity key (which stays
 * offline). Wire form, canonical msgpack:
 *
 *   card   = [ body:bin, signature:bin64 ]
 *   body   = [ 1, partner:str, serial:uint, from:uint, until:uint (seconds),
 *              receives:bool, sign:bin32, seal:bin32, curve:bin32,
 *              witness:bin32 ]
 *   id     = BLAKE2b-256(label "driehoek/v1/card-id", body)
 *   signature = Ed25519(identity, label "driehoek/v1/card", body)
 *
 * The file form is the same bytes in base64 between the lines
 * "-----BEGIN DRIEHOEK CARD-----" and "-----END DRIEHOEK CARD-----". */
#ifndef PROTO_CARD_H
#define PROTO_CARD_H

#include "seal.h"
#include "limits.h"

enum { CARD_ID = 32, CARD_FILE_MAX = 1024 };

struct card {
    uint8_t id[CARD_ID];
    char partner[LIMIT_NAME + 1];
    uint64_t serial;
    int64_t from, until; /* seconds UTC, half-open */
    bool receives;       /* may be its partner's receiving card */
    struct sign_public sign;
    struct dh_public seal;
    struct dh_public curve;
    struct sign_public witness;
};

/* Encodes and signs CARD (its id is filled in) into OUT. */
DHK_MUST_USE enum dhk_err card_issue(
    struct sink *out, struct card *card, const struct sign_secret *identity);
/* Decodes; the signature is NOT yet checked: partner says whose key does. */
DHK_MUST_USE enum dhk_err card_decode(
    struct card *out, struct slice bytes, struct diag *diag);
/* Checks the signature of the card in BYTES with IDENTITY. */
DHK_MUST_USE enum dhk_err card_verify(
    struct slice bytes, const struct sign_public *identity);

DHK_MUST_USE enum dhk_err card_file_encode(
    struct sink *out, struct slice bytes);
/* BYTES points into MEM (cap CARD_FILE_MAX). */
DHK_MUST_USE enum dhk_err card_file_decode(struct slice *bytes,
    uint8_t mem[CARD_FILE_MAX], struct slice text, struct diag *diag);

/* The four secrets of a card as kept in one key file: 128 bytes, seeds of
 * sign, seal, curve and witness in this order. */
struct card_secret {
    struct sign_secret *sign;
    struct dh_secret *seal;
    struct dh_secret *curve;
    struct sign_secret *witness;
};
/* Fresh secrets; the public halves go into CARD. */
DHK_MUST_USE enum dhk_err card_secret_new(
    struct card_secret *out, struct card *card);
/* SEEDS: 128 bytes of guarded memory, wiped by the caller. */
void card_secret_seeds(const struct card_secret *s, uint8_t seeds[128]);
/* DHK_AUTH when the seeds are not those of CARD's public keys. */
DHK_MUST_USE enum dhk_err card_secret_load(
    struct card_secret *out, const uint8_t seeds[128], const struct card *card);
void card_secret_destroy(struct card_secret *s);

#endif
