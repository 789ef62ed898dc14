/* SPDX-License-Identifier: EUPL-1.2
 *
 * A partner's own revocation of one of its key cards: made offline with its
 * identity key, for one ledger, brought in by the broker's operator and kept
 * on the ledger as it is. (What a signatory revokes is a text with an SSHSIG:
 * quorum.h.) Wire form, canonical msgpack:
 *
 *   revocation = [ body:bin, signature:bin64 ]
 *   body       = [ 1, origin:str, card:bin32, partner:name,
 *                  made:uint (seconds) ]
 *   signature  = Ed25519(identity, label "driehoek/v1/card-revocation", body)
 *
 * The file form is the same bytes in base64 between the lines
 * "-----BEGIN DRIEHOEK REVOCATION-----" and
 * "-----END DRIEHOEK REVOCATION-----". */
#ifndef PROTO_REVOCATION_H
#define PROTO_REVOCATION_H

#include "card.h"

enum { REVOCATION_FILE_MAX = 1024 };

struct revocation {
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    struct slice origin;   /* of the ledger that it is for */
    uint8_t card[CARD_ID]; /* which is revoked */
    struct slice partner;  /* whose card it is, and whose signature */
    int64_t made;          /* by the partner's clock; decides nothing */
};

/* Encodes and signs R (body and signature are not read) into OUT. */
DHK_MUST_USE enum dhk_err revocation_issue(struct sink *out,
    const struct revocation *r, const struct sign_secret *identity);
/* Decodes; slices borrow from BYTES. The signature is NOT yet checked: partner
 * says whose key does. */
DHK_MUST_USE enum dhk_err revocation_decode(
    struct revocation *out, struct slice bytes, struct diag *diag);
DHK_MUST_USE enum dhk_err revocation_verify(
    const struct revocation *r, const struct sign_public *identity);

/* Whether TEXT begins like the file form. */
bool revocation_is_file(struct slice text);
DHK_MUST_USE enum dhk_err revocation_file_encode(
    struct sink *out, struct slice bytes);
/* BYTES points into MEM (cap REVOCATION_FILE_MAX). */
DHK_MUST_USE enum dhk_err revocation_file_decode(struct slice *bytes,
    uint8_t mem[REVOCATION_FILE_MAX], struct slice text, struct diag *diag);

#endif
