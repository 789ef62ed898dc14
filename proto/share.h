/* SPDX-License-Identifier: EUPL-1.2
 *
 * A share: what of one envelope one recipient is given.
 *
 *   share = [ position:uint, index:uint, entry:bin, header:bin, recipient,
 *             [ field ... ], [ attribute ... ], release ]
 *   release = nil | [ released:bin, [ stated:bin ... ] ]
 * `position` is the signal's place in the bundle statement's ids; `entry` is
 * the share's ledger entry and `index` its place in the ledger. Openings as in
 * envelope.h. `release` is there when the share waited for approvals: the
 * ledger entry that let it go, and those with the approvals that it names. */
#ifndef PROTO_SHARE_H
#define PROTO_SHARE_H

#include "entry.h"
#include "envelope.h"

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
    bool has_release;
    struct slice released;                /* entry, kind ENTRY_RELEASED */
    struct slice stated[LIMIT_APPROVALS]; /* entries, kind ENTRY_STATED */
    size_t stated_n;                      /* at least 1 with a release */
};
void share_encode(struct sink *out, const struct share *s);
/* Structure only; digests (share_check) and signature are the next steps. */
DHK_MUST_USE enum dhk_err share_decode(
    struct share *out, struct slice bytes, struct diag *diag);
/* Every opening has the digest that the header lists; DHK_AUTH otherwise. */
DHK_MUST_USE enum dhk_err share_check(const struct share *s);
/* Bitmap of the fields that are opened in S. */
uint32_t share_fields(const struct share *s);
/* What of E recipient opening R is given: fields in FIELDS, attributes in
 * ATTRIBUTES (bitmaps by index). Position, index, entry and release are the
 * caller's to fill. */
void share_select(struct share *out, const struct envelope *e,
    const struct envelope_recipient *r, uint32_t fields, uint32_t attributes);

#endif
