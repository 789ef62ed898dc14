/* SPDX-License-Identifier: EUPL-1.2
 *
 * The share entry: enough to decide again, and the duties that travel with
 * the fields. */
#include "entry_kinds.h"

#include "envelope.h"

enum { DUTY_FIELDS = 6, APPROVALS = 8 };

/* LIST holds MAX names; returns how many were read. */
static size_t
read_names(struct slice *list, size_t max, struct cursor *c)
{
    size_t n = unpack_array(c, max);
    for (size_t i = 0; i < n && c->err == DHK_OK; i++)
        list[i] = unpack_name(c);
    return n;
}

static void
write_names(struct sink *out, const struct slice *list, size_t n)
{
    pack_array(out, n);
    for (size_t i = 0; i < n; i++)
        pack_str(out, list[i]);
}

static uint32_t
read_maybe_days(bool *has, struct cursor *c)
{
    *has = !unpack_nil(c);
    return *has ? (uint32_t)unpack_uint(c, UINT32_MAX) : 0;
}

static void
write_maybe_days(struct sink *out, bool has, uint32_t days)
{
    if (has)
        pack_uint(out, days);
    else
        pack_nil(out);
}

static void
read_approval(struct entry_approval *a, struct cursor *c)
{
    unpack_array_of(c, 2);
    a->count = (uint16_t)unpack_uint(c, UINT16_MAX);
    a->of_n = read_names(a->of, LIMIT_SIGNATORIES, c);
}

static void
read_duties(struct entry_duties *d, struct cursor *c)
{
    unpack_array_of(c, DUTY_FIELDS);
    d->at_most = read_maybe_days(&d->has_at_most, c);
    d->at_least = read_maybe_days(&d->has_at_least, c);
    d->onward_limited = !unpack_nil(c);
    if (d->onward_limited)
        d->onward_n = read_names(d->onward, LIMIT_PARTIES, c);
    d->notify_n = read_names(d->notify, LIMIT_PARTIES, c);
    d->log = unpack_bool(c);
    d->approvals_n = unpack_array(c, APPROVALS);
    for (size_t i = 0; i < d->approvals_n && c->err == DHK_OK; i++)
        read_approval(&d->approval[i], c);
}

static void
write_duties(struct sink *out, const struct entry_duties *d)
{
    pack_array(out, DUTY_FIELDS);
    write_maybe_days(out, d->has_at_most, d->at_most);
    write_maybe_days(out, d->has_at_least, d->at_least);
    if (d->onward_limited)
        write_names(out, d->onward, d->onward_n);
    else
        pack_nil(out);
    write_names(out, d->notify, d->notify_n);
    pack_bool(out, d->log);
    pack_array(out, d->approvals_n);
    for (size_t i = 0; i < d->approvals_n; i++) {
        pack_array(out, 2);
        pack_uint(out, d->approval[i].count);
        write_names(out, d->approval[i].of, d->approval[i].of_n);
    }
}

static void
read_basis(struct entry_share *s, struct cursor *c)
{
    s->rules_n = unpack_array(c, LIMIT_RULES_USED);
    for (size_t i = 0; i < s->rules_n && c->err == DHK_OK; i++)
        s->rule[i] = wire_text(c, LIMIT_RULE_ID);
    read_duties(&s->duties, c);
    s->facts_n = unpack_array(c, LIMIT_FACTS);
    for (size_t i = 0; i < s->facts_n && c->err == DHK_OK; i++) {
        unpack_array_of(c, 2);
        s->fact[i].attribute = unpack_name(c);
        s->fact[i].value = wire_value(c);
    }
    s->windows_n = read_names(s->window, ENTRY_WINDOWS, c);
}

void
entry_share_read(struct entry_share *s, struct cursor *c)
{
    s->accepted = unpack_uint(c, INT64_MAX);
    s->position = (uint32_t)unpack_uint(c, LIMIT_BUNDLE - 1);
    unpack_fixed(c, s->id, sizeof s->id);
    s->sender = unpack_name(c);
    s->recipient = unpack_name(c);
    unpack_fixed(c, s->card, sizeof s->card);
    s->kind = unpack_name(c);
    s->purpose = unpack_name(c);
    s->ground = unpack_name(c);
    unpack_fixed(c, s->case_handle, sizeof s->case_handle);
    unpack_fixed(c, s->agreement, sizeof s->agreement);
    s->fields = wire_bitmap(c, LIMIT_FIELDS);
    s->wrapped = wire_bitmap(c, LIMIT_FIELDS);
    if (c->err == DHK_OK && (s->fields == 0 || (s->fields & ~s->wrapped) != 0))
        cursor_fail(c, DHK_FORMAT, "no field, or one that is not wrapped");
    read_basis(s, c);
    s->pending = unpack_bool(c);
    s->expires = unpack_uint(c, INT64_MAX);
    s->covert = unpack_uint(c, ENVELOPE_TIME_MAX);
    s->nth = unpack_uint(c, INT64_MAX);
    s->before = wire_maybe_index(c);
    if (c->err == DHK_OK && (s->nth == 0 || (s->nth == 1) != (s->before == 0)))
        cursor_fail(c, DHK_FORMAT, "only the first share has none before it");
}

static void
write_basis(struct sink *out, const struct entry_share *s)
{
    write_names(out, s->rule, s->rules_n);
    write_duties(out, &s->duties);
    pack_array(out, s->facts_n);
    for (size_t i = 0; i < s->facts_n; i++) {
        pack_array(out, 2);
        pack_str(out, s->fact[i].attribute);
        sink_slice(out, s->fact[i].value);
    }
    write_names(out, s->window, s->windows_n);
}

void
entry_share_write(struct sink *out, const struct entry_share *s)
{
    pack_uint(out, s->accepted);
    pack_uint(out, s->position);
    pack_bin(out, slice_of(s->id, sizeof s->id));
    pack_str(out, s->sender);
    pack_str(out, s->recipient);
    pack_bin(out, slice_of(s->card, sizeof s->card));
    pack_str(out, s->kind);
    pack_str(out, s->purpose);
    pack_str(out, s->ground);
    pack_bin(out, slice_of(s->case_handle, sizeof s->case_handle));
    pack_bin(out, slice_of(s->agreement, sizeof s->agreement));
    pack_uint(out, s->fields);
    pack_uint(out, s->wrapped);
    write_basis(out, s);
    pack_bool(out, s->pending);
    pack_uint(out, s->expires);
    pack_uint(out, s->covert);
    pack_uint(out, s->nth);
    wire_put_maybe_index(out, s->before);
}
