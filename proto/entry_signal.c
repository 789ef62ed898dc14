/* SPDX-License-Identifier: EUPL-1.2
 *
 * Entries about bundles: accepted, refused, delivered. Each carries the
 * statement that its actor signed. */
#include "entry_kinds.h"

enum { MARK_FIELDS = 5 };

static uint64_t
read_index(struct cursor *c)
{
    return unpack_uint(c, INT64_MAX);
}

/* Kinds are named once, in the order in which the marks use them. */
static void
read_kinds(struct entry_accepted *a, struct cursor *c)
{
    a->kinds_n = unpack_array(c, LIMIT_BUNDLE);
    for (size_t i = 0; i < a->kinds_n && c->err == DHK_OK; i++) {
        a->kind[i] = unpack_name(c);
        for (size_t k = 0; k < i; k++)
            if (slice_equal(a->kind[k], a->kind[i]))
                cursor_fail(c, DHK_FORMAT, "a kind listed twice");
    }
}

/* USED: kinds that marks before this one have used. */
static void
read_mark(struct entry_accepted *a, size_t i, size_t *used, struct cursor *c)
{
    struct entry_mark *m = &a->mark[i];
    unpack_array_of(c, MARK_FIELDS);
    m->kind = (uint16_t)unpack_uint(c, LIMIT_BUNDLE);
    if (c->err == DHK_OK && (m->kind >= a->kinds_n || m->kind > *used))
        cursor_fail(c, DHK_FORMAT, "a kind that is not listed in order");
    if (c->err == DHK_OK && m->kind == *used)
        *used += 1;
    m->presence = wire_bitmap(c, LIMIT_FIELDS);
    uint64_t before = i == 0 ? 0 : a->mark[i - 1].seq;
    uint64_t step = unpack_uint(c, INT64_MAX);
    if (c->err == DHK_OK && (step == 0 || step > INT64_MAX - before))
        cursor_fail(c, DHK_FORMAT, "sequence numbers do not ascend");
    m->seq = c->err == DHK_OK ? before + step : 0;
    uint64_t code = unpack_uint(c, ENTRY_CODES - 1);
    m->code = (enum entry_code)code;
    m->classes = unpack_bin(c, LIMIT_ATTRIBUTES);
}

void
entry_signal_read_accepted(struct entry_accepted *a, struct cursor *c)
{
    size_t used = 0;
    a->sender = unpack_name(c);
    unpack_fixed(c, a->card, sizeof a->card);
    unpack_fixed(c, a->agreement, sizeof a->agreement);
    a->ids = wire_hashes(c, 1, LIMIT_BUNDLE);
    unpack_fixed(c, a->signature, sizeof a->signature);
    read_kinds(a, c);
    a->n = a->ids.n / WIRE_HASH;
    unpack_array_of(c, a->n);
    for (size_t i = 0; i < a->n && c->err == DHK_OK; i++)
        read_mark(a, i, &used, c);
    if (c->err == DHK_OK && used != a->kinds_n)
        cursor_fail(c, DHK_FORMAT, "a kind that no signal has");
    a->before = wire_maybe_index(c);
}

void
entry_signal_write_accepted(struct sink *out, const struct entry_accepted *a)
{
    uint64_t before = 0;
    pack_str(out, a->sender);
    pack_bin(out, slice_of(a->card, sizeof a->card));
    pack_bin(out, slice_of(a->agreement, sizeof a->agreement));
    pack_bin(out, a->ids);
    pack_bin(out, slice_of(a->signature, sizeof a->signature));
    pack_array(out, a->kinds_n);
    for (size_t i = 0; i < a->kinds_n; i++)
        pack_str(out, a->kind[i]);
    pack_array(out, a->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct entry_mark *m = &a->mark[i];
        pack_array(out, MARK_FIELDS);
        pack_uint(out, m->kind);
        pack_uint(out, m->presence);
        pack_uint(out, m->seq - before);
        pack_uint(out, (uint64_t)m->code);
        pack_bin(out, m->classes);
        before = m->seq;
    }
    wire_put_maybe_index(out, a->before);
}

void
entry_signal_read_refused(struct entry_refused *r, struct cursor *c)
{
    r->sender = unpack_name(c);
    unpack_fixed(c, r->card, sizeof r->card);
    unpack_fixed(c, r->agreement, sizeof r->agreement);
    r->ids = wire_hashes(c, 1, LIMIT_BUNDLE);
    unpack_fixed(c, r->signature, sizeof r->signature);
    r->code = (enum entry_code)wire_enum(c, ENTRY_CODES - 1);
    r->n = unpack_array(c, LIMIT_BUNDLE);
    if (c->err == DHK_OK && r->n != 0 && r->n != r->ids.n / WIRE_HASH)
        cursor_fail(c, DHK_FORMAT, "not one sequence number for each id");
    for (size_t i = 0; i < r->n && c->err == DHK_OK; i++)
        r->seq[i] = unpack_uint(c, INT64_MAX);
    r->before = wire_maybe_index(c);
}

void
entry_signal_write_refused(struct sink *out, const struct entry_refused *r)
{
    pack_str(out, r->sender);
    pack_bin(out, slice_of(r->card, sizeof r->card));
    pack_bin(out, slice_of(r->agreement, sizeof r->agreement));
    pack_bin(out, r->ids);
    pack_bin(out, slice_of(r->signature, sizeof r->signature));
    pack_uint(out, (uint64_t)r->code);
    pack_array(out, r->n);
    for (size_t i = 0; i < r->n; i++)
        pack_uint(out, r->seq[i]);
    wire_put_maybe_index(out, r->before);
}

void
entry_signal_read_delivered(struct entry_delivered *d, struct cursor *c)
{
    d->recipient = unpack_name(c);
    d->body = unpack_bin(c, LIMIT_ENTRY);
    unpack_fixed(c, d->signature, sizeof d->signature);
    d->n = unpack_array(c, LIMIT_ANSWER);
    if (c->err == DHK_OK && d->n == 0)
        cursor_fail(c, DHK_FORMAT, "an answer about nothing");
    for (size_t i = 0; i < d->n && c->err == DHK_OK; i++)
        d->index[i] = read_index(c);
}

void
entry_signal_write_delivered(struct sink *out, const struct entry_delivered *d)
{
    pack_str(out, d->recipient);
    pack_bin(out, d->body);
    pack_bin(out, slice_of(d->signature, sizeof d->signature));
    pack_array(out, d->n);
    for (size_t i = 0; i < d->n; i++)
        pack_uint(out, d->index[i]);
}

bool
entry_ends_share(const struct entry *e, uint64_t share)
{
    if (e->kind == ENTRY_RETURNED)
        return e->u.returned.index == share;
    if (e->kind == ENTRY_WITHDRAWN || e->kind == ENTRY_CORRECTED)
        return e->u.withdrawn.share == share && !e->u.withdrawn.notice;
    for (size_t i = 0; e->kind == ENTRY_EXPIRED && i < e->u.expired.n; i++) {
        if (e->u.expired.index[i] == share)
            return true;
    }
    return false;
}
