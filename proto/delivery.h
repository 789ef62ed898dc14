/* SPDX-License-Identifier: EUPL-1.2
 *
 * A delivery: shares for one recipient, grouped by the bundle they came in.
 *
 *   delivery = [ 1, [ [ statement, [ share:bin ... ] ] ... ] ]
 *
 * Writing: delivery_begin(out, groups), and for each group
 * delivery_group(out, statement, shares) followed by that many shares, each
 * between pack_bin_begin() and pack_bin_end().
 * Reading: delivery_decode() checks the whole frame, then
 *   while (delivery_group_next(&d, &statement))
 *       while (delivery_share_next(&d, &share_bytes)) ... share_decode() */
#ifndef PROTO_DELIVERY_H
#define PROTO_DELIVERY_H

#include "bundle.h"

enum { DELIVERY_GROUPS = 1024 };

struct delivery { /* borrows the bytes */
    struct cursor c;
    size_t groups_left;
    size_t shares_left; /* of the group read last */
};

void delivery_begin(struct sink *out, size_t groups);
void delivery_group(
    struct sink *out, const struct bundle_statement *st, size_t shares);

/* At least one group, at least one share in each; shares are not looked into,
 * so that one bad share does not spoil the others. */
DHK_MUST_USE enum dhk_err delivery_decode(
    struct delivery *out, struct slice bytes, struct diag *diag);
/* Skips shares of the group before that were not read. */
bool delivery_group_next(struct delivery *d, struct bundle_statement *out);
bool delivery_share_next(struct delivery *d, struct slice *share);

#endif
