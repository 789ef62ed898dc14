/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a partner states about a case as a whole. Wire form, canonical msgpack:
 *
 *   statement = [ body:bin, signature:bin64 ]
 *   body      = [ 1, origin:str, card:bin32, case:bin16, what:uint,
 *                 until:uint (seconds; 0: none), made:uint (seconds) ]
 *   signature = Ed25519(card.sign, label "driehoek/v1/statement", body)
 *
 * A hold has an end, at most five years after it was made; it can be made
 * again. The newest hold or release of a partner is the one that counts. */
#ifndef PROTO_STATEMENT_H
#define PROTO_STATEMENT_H

#include "seal.h"
#include "limits.h"

enum statement_what {
    STATEMENT_NONE = 0,
    STATEMENT_DESTROYED = 1, /* nothing here ties the handle to a person */
    STATEMENT_HOLD = 2,      /* nothing of it is to be destroyed, until then */
    STATEMENT_RELEASE = 3,   /* that hold ends */
};
enum { STATEMENT_WHATS = 4, STATEMENT_CASE = 16 };
const char *statement_what_name(enum statement_what w); /* "destroyed", ... */

/* The longest hold, from made on, in seconds. */
#define STATEMENT_HOLD_MAX (INT64_C(1830) * 86400)

struct statement {
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    struct slice origin;
    uint8_t card[32]; /* whose signature it is */
    uint8_t case_handle[STATEMENT_CASE];
    enum statement_what what;
    int64_t until; /* of a hold: after made; else 0 */
    int64_t made;  /* by the partner's clock; bounds until, no more */
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
