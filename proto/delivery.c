/* SPDX-License-Identifier: EUPL-1.2
 *
 * The whole frame is walked once before the first share is handed out, so
 * that reading it on cannot fail. */
#include "delivery.h"

#include "wire.h"

enum { DELIVERY_FIELDS = 2, GROUP_FIELDS = 2 };

void
delivery_begin(struct sink *out, size_t groups)
{
    wire_begin(out, DELIVERY_FIELDS);
    pack_array(out, groups);
}

void
delivery_group(
    struct sink *out, const struct bundle_statement *st, size_t shares)
{
    pack_array(out, GROUP_FIELDS);
    bundle_statement_encode(out, st);
    pack_array(out, shares);
}

/* At least one of what a list holds. */
static size_t
read_count(struct cursor *c, size_t max)
{
    size_t n = unpack_array(c, max);
    if (c->err == DHK_OK && n == 0)
        cursor_fail(c, DHK_FORMAT, "an empty list");
    return n;
}

static void
read_group(struct delivery *d, struct bundle_statement *out)
{
    unpack_array_of(&d->c, GROUP_FIELDS);
    bundle_statement_decode(out, &d->c);
    d->shares_left = read_count(&d->c, LIMIT_BUNDLE);
}

static void
open_frame(struct delivery *d, struct slice bytes)
{
    *d = (struct delivery){.shares_left = 0};
    cursor_init(&d->c, bytes);
    wire_open(&d->c, DELIVERY_FIELDS);
    d->groups_left = read_count(&d->c, DELIVERY_GROUPS);
}

enum dhk_err
delivery_decode(struct delivery *out, struct slice bytes, struct diag *diag)
{
    struct bundle_statement st;
    struct slice share;
    struct delivery d;

    *out = (struct delivery){.shares_left = 0};
    enum dhk_err rc = wire_size(bytes, LIMIT_MESSAGE, diag);
    if (rc != DHK_OK)
        return rc;
    open_frame(&d, bytes);
    while (delivery_group_next(&d, &st))
        while (delivery_share_next(&d, &share))
            continue;
    rc = wire_close(&d.c, diag);
    if (rc == DHK_OK)
        open_frame(out, bytes);
    return rc;
}

bool
delivery_group_next(struct delivery *d, struct bundle_statement *out)
{
    struct slice share;
    while (delivery_share_next(d, &share))
        continue;
    if (d->groups_left == 0 || d->c.err != DHK_OK)
        return false;
    d->groups_left--;
    read_group(d, out);
    return d->c.err == DHK_OK;
}

bool
delivery_share_next(struct delivery *d, struct slice *share)
{
    if (d->shares_left == 0 || d->c.err != DHK_OK)
        return false;
    d->shares_left--;
    *share = unpack_bin(&d->c, LIMIT_SHARE);
    return d->c.err == DHK_OK;
}
