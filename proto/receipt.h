/* SPDX-License-Identifier: EUPL-1.2
 *
 * The broker's receipt: entries of the sender's bundle (accepted and shares,
 * or refused), one Merkle multi-proof and a signed checkpoint.
 *
 *   receipt = [ 1, checkpoint:bin (note), [ index:uint ... ],
 *               [ entry:bin ... ], proof:bin32*n ]
 * Indexes strictly ascending. A signed refusal has the same form. */
#ifndef PROTO_RECEIPT_H
#define PROTO_RECEIPT_H

#include "checkpoint.h"

enum { RECEIPT_ENTRIES = 1 + LIMIT_BUNDLE * LIMIT_PARTIES };

struct receipt {
    struct slice note;
    struct checkpoint checkpoint; /* read by receipt_verify() */
    uint64_t *index;              /* owned */
    struct slice *entry;          /* owned list, borrowed bytes */
    uint8_t (*leaf)[32];          /* owned; set by receipt_verify() */
    size_t n;
    struct slice proof;
    bool verified;
};
/* DHK_LIMIT over LIMIT_MESSAGE or RECEIPT_ENTRIES. */
DHK_MUST_USE enum dhk_err receipt_encode(struct sink *out, struct slice note,
    const uint64_t *index, const struct slice *entry, size_t n,
    struct slice proof);
/* Form only; what the entries say is entry_decode()'s business. *OUT borrows
 * BYTES and is ended with receipt_destroy(). */
DHK_MUST_USE enum dhk_err receipt_decode(
    struct receipt **out, struct slice bytes, struct diag *diag);
void receipt_destroy(struct receipt **r);
/* Checks the checkpoint's signature and that every entry is in its tree:
 * DHK_AUTH when not. The origin is that of LOG's name. */
DHK_MUST_USE enum dhk_err receipt_verify(
    struct receipt *r, const struct checkpoint_vkey *log, struct diag *diag);
/* The same of a receipt whose note the caller has opened, as CP. */
DHK_MUST_USE enum dhk_err receipt_verify_in(
    struct receipt *r, const struct checkpoint *cp, struct diag *diag);
/* The C2SP tlog-proof text of the I-th entry of a verified receipt (DHK_STATE
 * for any other). */
DHK_MUST_USE enum dhk_err receipt_proof(
    struct sink *out, const struct receipt *r, size_t i);

#endif
