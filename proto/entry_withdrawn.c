/* SPDX-License-Identifier: EUPL-1.2
 *
 * The end of a share by its sender's will: the signed statement, and whether
 * the recipient is told. */
#include "entry_kinds.h"
#include "withdrawal.h"

void
entry_withdrawn_read(
    struct entry_withdrawn *w, enum entry_kind kind, struct cursor *c)
{
    struct withdrawal said;

    w->share = unpack_uint(c, INT64_MAX);
    w->sender = unpack_name(c);
    w->recipient = unpack_name(c);
    w->notice = unpack_bool(c);
    w->body = unpack_bin(c, LIMIT_WITHDRAWAL);
    unpack_fixed(c, w->signature, sizeof w->signature);
    if (c->err != DHK_OK)
        return;
    if (withdrawal_from_body(&said, w->body, w->signature, NULL) != DHK_OK)
        cursor_fail(c, DHK_FORMAT, "not a withdrawal");
    else if (said.is_correction != (kind == ENTRY_CORRECTED))
        cursor_fail(c, DHK_FORMAT, "a withdrawal of the other kind");
}

void
entry_withdrawn_write(struct sink *out, const struct entry_withdrawn *w)
{
    pack_uint(out, w->share);
    pack_str(out, w->sender);
    pack_str(out, w->recipient);
    pack_bool(out, w->notice);
    pack_bin(out, w->body);
    pack_bin(out, slice_of(w->signature, sizeof w->signature));
}
