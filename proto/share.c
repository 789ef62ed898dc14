/* SPDX-License-Identifier: EUPL-1.2
 *
 * A share carries the sender's header as signed and a selection of the
 * openings: leaving out is all that the broker can do to it. */
#include "share.h"

#include <string.h>

#include "wire.h"

enum { SHARE_FIELDS = 8, RELEASE_FIELDS = 2 };

static void
write_release(struct sink *out, const struct share *s)
{
    if (!s->has_release) {
        pack_nil(out);
        return;
    }
    pack_array(out, RELEASE_FIELDS);
    pack_bin(out, s->released);
    pack_array(out, s->stated_n);
    for (size_t i = 0; i < s->stated_n; i++)
        pack_bin(out, s->stated[i]);
}

void
share_encode(struct sink *out, const struct share *s)
{
    pack_array(out, SHARE_FIELDS);
    pack_uint(out, s->position);
    pack_uint(out, s->index);
    pack_bin(out, s->entry);
    pack_bin(out, s->header.bytes);
    envelope_recipient_encode(out, &s->recipient);
    envelope_fields_encode(out, s->field, s->fields_n);
    envelope_attributes_encode(out, s->attribute, s->attributes_n);
    write_release(out, s);
}

static void
read_release(struct share *s, struct cursor *c)
{
    if (unpack_nil(c))
        return;
    unpack_array_of(c, RELEASE_FIELDS);
    s->has_release = true;
    s->released = unpack_bin(c, LIMIT_ENTRY);
    s->stated_n = unpack_array(c, LIMIT_APPROVALS);
    if (c->err == DHK_OK && s->stated_n == 0)
        cursor_fail(c, DHK_FORMAT, "a release that nobody approved");
    for (size_t i = 0; i < s->stated_n && c->err == DHK_OK; i++)
        s->stated[i] = unpack_bin(c, LIMIT_ENTRY);
}

static void
read_openings(struct share *s, struct cursor *c)
{
    envelope_recipient_decode(&s->recipient, c);
    if (c->err == DHK_OK &&
        s->recipient.j >= s->header.recipient_slots.n / WIRE_HASH)
        cursor_fail(c, DHK_FORMAT, "an opening of no slot");
    s->fields_n = envelope_fields_decode(s->field, &s->header, c);
    s->attributes_n = envelope_attributes_decode(s->attribute, &s->header, c);
    read_release(s, c);
}

enum dhk_err
share_decode(struct share *out, struct slice bytes, struct diag *diag)
{
    struct cursor c;

    /* about 7 KiB: filled in place, and emptied again when it fails */
    memset(out, 0, sizeof *out);
    enum dhk_err rc = wire_size(bytes, LIMIT_SHARE, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    unpack_array_of(&c, SHARE_FIELDS);
    out->position = (size_t)unpack_uint(&c, LIMIT_BUNDLE - 1);
    out->index = unpack_uint(&c, INT64_MAX);
    out->entry = unpack_bin(&c, LIMIT_ENTRY);
    struct slice header = unpack_bin(&c, LIMIT_HEADER);
    rc = c.err;
    if (rc != DHK_OK)
        cursor_diag(&c, diag);
    else
        rc = envelope_header_decode(&out->header, header, diag);
    if (rc != DHK_OK)
        goto out;
    read_openings(out, &c);
    rc = wire_close(&c, diag);
out:
    if (rc != DHK_OK)
        memset(out, 0, sizeof *out);
    return rc;
}

enum dhk_err
share_check(const struct share *s)
{
    enum dhk_err rc = envelope_check_recipient(&s->header, &s->recipient);
    for (size_t i = 0; i < s->fields_n && rc == DHK_OK; i++)
        rc = envelope_check_field(&s->header, &s->field[i]);
    for (size_t i = 0; i < s->attributes_n && rc == DHK_OK; i++)
        rc = envelope_check_attribute(&s->header, &s->attribute[i]);
    return rc;
}

uint32_t
share_fields(const struct share *s)
{
    uint32_t fields = 0;
    for (size_t i = 0; i < s->fields_n; i++)
        fields |= UINT32_C(1) << s->field[i].i;
    return fields;
}

void
share_select(struct share *out, const struct envelope *e,
    const struct envelope_recipient *r, uint32_t fields, uint32_t attributes)
{
    *out = (struct share){.header = e->header, .recipient = *r};
    for (size_t i = 0; i < e->fields_n; i++)
        if ((fields >> e->field[i].i & 1) != 0)
            out->field[out->fields_n++] = e->field[i];
    for (size_t i = 0; i < e->attributes_n; i++)
        if ((attributes >> e->attribute[i].k & 1) != 0)
            out->attribute[out->attributes_n++] = e->attribute[i];
}
