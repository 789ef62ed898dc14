/* SPDX-License-Identifier: EUPL-1.2
 *
 * Form of the manifest, and whether an envelope's openings are those that its
 * manifest lists. */
#include "manifest.h"

#include <string.h>

#include "wire.h"

enum { MANIFEST_FIELDS = 6, RECIPIENT_FIELDS = 4, EXCLUSION_FIELDS = 3 };

static const char *const codes[MANIFEST_CODES] = {
    [MANIFEST_CODE_INVESTIGATION] = "investigation",
    [MANIFEST_CODE_SAFETY] = "safety",
    [MANIFEST_CODE_SECRECY] = "secrecy",
    [MANIFEST_CODE_SOURCE] = "source",
    [MANIFEST_CODE_NECESSITY] = "necessity",
    [MANIFEST_CODE_THIRD_PARTY] = "third-party",
};

const char *
manifest_code_name(enum manifest_code code)
{
    return (unsigned)code < MANIFEST_CODES ? codes[code] : NULL;
}

enum manifest_code
manifest_code_find(struct slice name)
{
    for (unsigned i = 1; i < MANIFEST_CODES; i++)
        if (slice_equal(name, slice_str(codes[i])))
            return (enum manifest_code)i;
    return MANIFEST_CODE_NONE;
}

static void
read_recipient(struct manifest *m, size_t i, struct cursor *c)
{
    struct manifest_recipient *r = &m->recipient[i];
    unpack_array_of(c, RECIPIENT_FIELDS);
    r->j = (uint16_t)unpack_uint(c, LIMIT_PARTIES - 1);
    if (c->err == DHK_OK && i > 0 && r->j <= m->recipient[i - 1].j)
        cursor_fail(c, DHK_FORMAT, "recipients do not ascend");
    r->partner = unpack_name(c);
    for (size_t k = 0; k < i; k++)
        if (slice_equal(m->recipient[k].partner, r->partner))
            cursor_fail(c, DHK_FORMAT, "a partner listed twice");
    unpack_fixed(c, r->card, sizeof r->card);
    r->fields = wire_bitmap(c, LIMIT_FIELDS);
    if (c->err == DHK_OK && r->fields == 0)
        cursor_fail(c, DHK_FORMAT, "a recipient without a field");
}

static void
read_exclusion(struct manifest_exclusion *x, struct cursor *c)
{
    unpack_array_of(c, EXCLUSION_FIELDS);
    x->partner = wire_maybe_name(c);
    x->fields = wire_bitmap(c, LIMIT_FIELDS);
    if (c->err == DHK_OK && x->partner.n == 0 && x->fields == 0)
        cursor_fail(c, DHK_FORMAT, "an exclusion of everything");
    x->code = (enum manifest_code)wire_enum(c, MANIFEST_CODES - 1);
}

static void
read_manifest(struct manifest *m, struct cursor *c)
{
    unpack_array_of(c, MANIFEST_FIELDS);
    m->seq = unpack_uint(c, INT64_MAX);
    m->presence = wire_bitmap(c, LIMIT_FIELDS);
    m->to = unpack_bool(c);
    m->has_previous = wire_maybe_fixed(c, m->previous, sizeof m->previous);
    m->recipients_n = unpack_array(c, LIMIT_PARTIES);
    for (size_t i = 0; i < m->recipients_n && c->err == DHK_OK; i++)
        read_recipient(m, i, c);
    m->exclusions_n = unpack_array(c, LIMIT_EXCLUSIONS);
    for (size_t i = 0; i < m->exclusions_n && c->err == DHK_OK; i++)
        read_exclusion(&m->exclusion[i], c);
}

enum dhk_err
manifest_decode(struct manifest *out, struct slice bytes, struct diag *diag)
{
    struct manifest m = {.seq = 0};
    struct cursor c;

    enum dhk_err rc = wire_size(bytes, LIMIT_MANIFEST, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    read_manifest(&m, &c);
    if (c.err == DHK_OK && m.seq == 0)
        cursor_fail(&c, DHK_FORMAT, "sequence number 0");
    rc = wire_close(&c, diag);
out:
    *out = rc == DHK_OK ? m : (struct manifest){.seq = 0};
    return rc;
}

void
manifest_encode(struct sink *out, const struct manifest *m)
{
    size_t start = out->n;
    pack_array(out, MANIFEST_FIELDS);
    pack_uint(out, m->seq);
    pack_uint(out, m->presence);
    pack_bool(out, m->to);
    wire_put_maybe(out, m->has_previous, m->previous, sizeof m->previous);
    pack_array(out, m->recipients_n);
    for (size_t i = 0; i < m->recipients_n; i++) {
        const struct manifest_recipient *r = &m->recipient[i];
        pack_array(out, RECIPIENT_FIELDS);
        pack_uint(out, r->j);
        pack_str(out, r->partner);
        pack_bin(out, slice_of(r->card, sizeof r->card));
        pack_uint(out, r->fields);
    }
    pack_array(out, m->exclusions_n);
    for (size_t i = 0; i < m->exclusions_n; i++) {
        pack_array(out, EXCLUSION_FIELDS);
        wire_put_maybe_name(out, m->exclusion[i].partner);
        pack_uint(out, m->exclusion[i].fields);
        pack_uint(out, (uint64_t)m->exclusion[i].code);
    }
    if (out->err == DHK_OK && out->n - start > LIMIT_MANIFEST)
        out->err = DHK_LIMIT;
}

static const char *
mismatch_fields(const struct manifest *m, const struct envelope *e)
{
    uint32_t opened = 0;
    for (size_t i = 0; i < e->fields_n; i++)
        opened |= UINT32_C(1) << e->field[i].i;
    if (opened != m->presence)
        return "field openings are not the presence bitmap";
    for (size_t i = 0; i < m->recipients_n; i++)
        if ((m->recipient[i].fields & ~m->presence) != 0)
            return "a recipient of a field that is absent";
    for (size_t i = 0; i < m->exclusions_n; i++) {
        size_t slots = e->header.field_slots.n / WIRE_HASH;
        if (slots < 32 && m->exclusion[i].fields >> slots != 0)
            return "an exclusion of a field without a slot";
    }
    return NULL;
}

static const char *
mismatch_recipients(const struct manifest *m, const struct envelope *e)
{
    if (m->recipients_n != e->recipients_n)
        return "more or fewer recipients than the manifest lists";
    for (size_t i = 0; i < m->recipients_n; i++) {
        const struct manifest_recipient *want = &m->recipient[i];
        const struct envelope_recipient *got = &e->recipient[i];
        if (want->j != got->j || !slice_equal(want->partner, got->partner) ||
            memcmp(want->card, got->card, sizeof want->card) != 0)
            return "another recipient than the manifest lists";
    }
    return NULL;
}

enum dhk_err
manifest_match(
    const struct manifest *m, const struct envelope *e, struct diag *diag)
{
    const char *why = mismatch_fields(m, e);
    if (why == NULL)
        why = mismatch_recipients(m, e);
    if (why == NULL)
        return DHK_OK;
    if (diag != NULL)
        *diag = (struct diag){why, 0};
    return DHK_FORMAT;
}
