/* SPDX-License-Identifier: EUPL-1.2
 *
 * A sender's word that it keeps the outcomes that it was told. Wire form,
 * canonical msgpack:
 *
 *   confirmation = [ body:bin, signature:bin64 ]
 *   body         = [ 1, origin:str, card:bin32, cursor:uint ]
 *   signature    = Ed25519(card.sign, label "driehoek/v1/confirmation", body)
 *
 * cursor is that of the OUTCOMES it is about: a ledger index, up to which the
 * card needs to hear nothing again. Said once more, at whatever time, it says
 * what is so already. */
#ifndef PROTO_CONFIRMATION_H
#define PROTO_CONFIRMATION_H

#include "seal.h"
#include "limits.h"

struct confirmation {
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    struct slice origin;
    uint8_t card[32]; /* whose signature it is, and whose outcomes */
    uint64_t cursor;
};

/* Encodes and signs C (body and signature are not read) into OUT. */
DHK_MUST_USE enum dhk_err confirmation_issue(struct sink *out,
    const struct confirmation *c, const struct sign_secret *sk);
/* Decodes; slices borrow from BYTES. The signature is NOT yet checked. */
DHK_MUST_USE enum dhk_err confirmation_decode(
    struct confirmation *out, struct slice bytes, struct diag *diag);
DHK_MUST_USE enum dhk_err confirmation_verify(
    const struct confirmation *c, const struct sign_public *pk);

#endif
