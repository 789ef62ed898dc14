/* SPDX-License-Identifier: EUPL-1.2
 *
 * Form of headers and openings, and the comparison of openings with the
 * digests that the signed header lists. Opens nothing: knows no key. */
#include "envelope.h"

#include <string.h>

#include "wire.h"

enum {
    HEADER_FIELDS = 21,
    ENVELOPE_FIELDS = 5,
    FIELD_FIELDS = 3,
    RECIPIENT_FIELDS = 5,
    ATTRIBUTE_FIELDS = 3,
    CIPHERTEXT_MIN = 64 + SEAL_TAG,
    CIPHERTEXT_MAX = LIMIT_VALUE + SEAL_TAG,
};

/* --- header ------------------------------------------------------------- */

static uint64_t
read_time(struct cursor *c)
{
    return unpack_uint(c, ENVELOPE_TIME_MAX);
}

/* Up to the agreement. */
static void
read_front(struct envelope_header *h, struct cursor *c)
{
    wire_open(c, HEADER_FIELDS);
    if (unpack_uint(c, UINT64_MAX) != ENVELOPE_SUITE)
        cursor_fail(c, DHK_VERSION, "a suite that is not known");
    h->origin = wire_origin(c);
    unpack_fixed(c, h->agreement, sizeof h->agreement);
}

static void
read_head(struct envelope_header *h, struct cursor *c)
{
    read_front(h, c);
    h->sender = unpack_name(c);
    unpack_fixed(c, h->card, sizeof h->card);
    h->kind = unpack_name(c);
    h->purpose = unpack_name(c);
    h->ground = unpack_name(c);
    unpack_fixed(c, h->case_handle, sizeof h->case_handle);
    h->is_reply = wire_maybe_fixed(c, h->reply_to, sizeof h->reply_to);
    h->created = read_time(c);
    h->expires = read_time(c);
    h->covert = read_time(c);
    unpack_fixed(c, h->actor, sizeof h->actor);
    unpack_fixed(c, h->nonce, sizeof h->nonce);
    unpack_fixed(c, h->ephemeral.b, sizeof h->ephemeral.b);
}

void
envelope_header_agreement(uint8_t agreement[32], struct slice header)
{
    struct envelope_header h;
    struct cursor c;

    cursor_init(&c, header);
    read_front(&h, &c);
    memcpy(agreement, h.agreement, sizeof h.agreement);
}

static void
name_header(struct envelope_header *h)
{
    seal_hash(h->head_hash, "driehoek/v1/head", &h->head, 1);
    envelope_header_id(h->id, h);
}

void
envelope_header_id(uint8_t id[ENVELOPE_ID], const struct envelope_header *h)
{
    seal_hash(id, "driehoek/v1/signal", &h->bytes, 1);
}

enum dhk_err
envelope_header_decode(
    struct envelope_header *out, struct slice bytes, struct diag *diag)
{
    enum dhk_err rc = envelope_header_parse(out, bytes, diag);

    if (rc == DHK_OK)
        name_header(out);
    return rc;
}

enum dhk_err
envelope_header_parse(
    struct envelope_header *out, struct slice bytes, struct diag *diag)
{
    struct cursor c;

    *out = (struct envelope_header){.bytes = bytes};
    enum dhk_err rc = wire_size(bytes, LIMIT_HEADER, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    read_head(out, &c);
    out->head = slice_of(bytes.p, cursor_at(&c));
    out->field_slots = wire_hashes(&c, 1, LIMIT_FIELDS);
    out->recipient_slots = wire_hashes(&c, 1, LIMIT_PARTIES);
    out->attribute_slots = wire_hashes(&c, 0, LIMIT_ATTRIBUTES);
    unpack_fixed(&c, out->manifest_slot, sizeof out->manifest_slot);
    rc = wire_close(&c, diag);
out:
    if (rc != DHK_OK)
        *out = (struct envelope_header){.created = 0};
    return rc;
}

/* --- openings ----------------------------------------------------------- */

static uint16_t
read_slot(struct cursor *c, size_t max)
{
    return (uint16_t)unpack_uint(c, max - 1);
}

/* A padded value is 64, 128 .. 16384 bytes long: no other length is honest. */
static bool
is_ciphertext_size(size_t n)
{
    size_t padded = n - SEAL_TAG;
    return n >= CIPHERTEXT_MIN && n <= CIPHERTEXT_MAX &&
           (padded & (padded - 1)) == 0;
}

void
envelope_field_decode(struct envelope_field *out, struct cursor *c)
{
    unpack_array_of(c, FIELD_FIELDS);
    out->i = read_slot(c, LIMIT_FIELDS);
    unpack_fixed(c, out->commitment, sizeof out->commitment);
    out->ciphertext = unpack_bin(c, SIZE_MAX);
    if (c->err == DHK_OK && !is_ciphertext_size(out->ciphertext.n))
        cursor_fail(c, DHK_FORMAT, "ciphertext of a length that is not padded");
}

void
envelope_field_encode(struct sink *out, const struct envelope_field *f)
{
    pack_array(out, FIELD_FIELDS);
    pack_uint(out, f->i);
    pack_bin(out, slice_of(f->commitment, sizeof f->commitment));
    pack_bin(out, f->ciphertext);
}

void
envelope_recipient_decode(struct envelope_recipient *out, struct cursor *c)
{
    unpack_array_of(c, RECIPIENT_FIELDS);
    out->j = read_slot(c, LIMIT_PARTIES);
    unpack_fixed(c, out->salt, sizeof out->salt);
    out->partner = unpack_name(c);
    unpack_fixed(c, out->card, sizeof out->card);
    out->wrap = unpack_bin(c, SIZE_MAX);
    if (c->err == DHK_OK && out->wrap.n > LIMIT_WRAP)
        cursor_fail(c, DHK_LIMIT, "wrap is too long");
    if (c->err == DHK_OK && out->wrap.n <= SEAL_TAG)
        cursor_fail(c, DHK_FORMAT, "wrap is too short");
}

void
envelope_recipient_encode(struct sink *out, const struct envelope_recipient *r)
{
    pack_array(out, RECIPIENT_FIELDS);
    pack_uint(out, r->j);
    pack_bin(out, slice_of(r->salt, sizeof r->salt));
    pack_str(out, r->partner);
    pack_bin(out, slice_of(r->card, sizeof r->card));
    pack_bin(out, r->wrap);
}

void
envelope_attribute_decode(struct envelope_attribute *out, struct cursor *c)
{
    unpack_array_of(c, ATTRIBUTE_FIELDS);
    out->k = read_slot(c, LIMIT_ATTRIBUTES);
    unpack_fixed(c, out->salt, sizeof out->salt);
    out->value = wire_value(c);
}

void
envelope_attribute_encode(struct sink *out, const struct envelope_attribute *a)
{
    pack_array(out, ATTRIBUTE_FIELDS);
    pack_uint(out, a->k);
    pack_bin(out, slice_of(a->salt, sizeof a->salt));
    sink_slice(out, a->value);
}

/* --- envelope ----------------------------------------------------------- */

static void
read_manifest(struct envelope *e, struct cursor *c)
{
    e->has_manifest = !unpack_nil(c);
    if (!e->has_manifest)
        return;
    unpack_array_of(c, 2);
    unpack_fixed(c, e->manifest_salt, sizeof e->manifest_salt);
    e->manifest = unpack_bin(c, LIMIT_MANIFEST);
}

/* INDEX of the opening number I, LAST that of the one before, SLOTS what the
 * header lists. */
static void
check_order(struct cursor *c, size_t i, uint16_t index, uint16_t last,
    struct slice slots)
{
    if (c->err == DHK_OK && i > 0 && index <= last)
        cursor_fail(c, DHK_FORMAT, "openings do not ascend");
    if (c->err == DHK_OK && index >= slots.n / WIRE_HASH)
        cursor_fail(c, DHK_FORMAT, "an opening of no slot");
}

size_t
envelope_fields_decode(struct envelope_field field[LIMIT_FIELDS],
    const struct envelope_header *h, struct cursor *c)
{
    size_t n = unpack_array(c, LIMIT_FIELDS);
    for (size_t i = 0; i < n && c->err == DHK_OK; i++) {
        envelope_field_decode(&field[i], c);
        check_order(
            c, i, field[i].i, i > 0 ? field[i - 1].i : 0, h->field_slots);
    }
    return n;
}

size_t
envelope_attributes_decode(
    struct envelope_attribute attribute[LIMIT_ATTRIBUTES],
    const struct envelope_header *h, struct cursor *c)
{
    size_t n = unpack_array(c, LIMIT_ATTRIBUTES);
    for (size_t i = 0; i < n && c->err == DHK_OK; i++) {
        envelope_attribute_decode(&attribute[i], c);
        check_order(c, i, attribute[i].k, i > 0 ? attribute[i - 1].k : 0,
            h->attribute_slots);
    }
    return n;
}

static void
read_recipients(struct envelope *e, struct cursor *c)
{
    e->recipients_n = unpack_array(c, LIMIT_PARTIES);
    for (size_t i = 0; i < e->recipients_n && c->err == DHK_OK; i++) {
        envelope_recipient_decode(&e->recipient[i], c);
        check_order(c, i, e->recipient[i].j, i > 0 ? e->recipient[i - 1].j : 0,
            e->header.recipient_slots);
    }
}

enum dhk_err
envelope_decode(struct envelope *out, struct slice bytes, struct diag *diag)
{
    enum dhk_err rc = envelope_parse(out, bytes, diag);

    if (rc == DHK_OK)
        name_header(&out->header);
    return rc;
}

enum dhk_err
envelope_parse(struct envelope *out, struct slice bytes, struct diag *diag)
{
    struct cursor c;

    /* about 20 KiB: filled in place, and emptied again when it fails */
    memset(out, 0, sizeof *out);
    enum dhk_err rc = wire_size(bytes, LIMIT_BUNDLE_BYTES, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    unpack_array_of(&c, ENVELOPE_FIELDS);
    struct slice header = unpack_bin(&c, LIMIT_HEADER);
    rc = c.err;
    if (rc != DHK_OK)
        cursor_diag(&c, diag);
    else
        rc = envelope_header_parse(&out->header, header, diag);
    if (rc != DHK_OK)
        goto out;
    read_manifest(out, &c);
    out->fields_n = envelope_fields_decode(out->field, &out->header, &c);
    read_recipients(out, &c);
    out->attributes_n =
        envelope_attributes_decode(out->attribute, &out->header, &c);
    rc = wire_close(&c, diag);
    out->bytes = bytes;
out:
    if (rc != DHK_OK)
        memset(out, 0, sizeof *out);
    return rc;
}

void
envelope_fields_encode(
    struct sink *out, const struct envelope_field *field, size_t n)
{
    pack_array(out, n);
    for (size_t i = 0; i < n; i++)
        envelope_field_encode(out, &field[i]);
}

void
envelope_attributes_encode(
    struct sink *out, const struct envelope_attribute *attribute, size_t n)
{
    pack_array(out, n);
    for (size_t i = 0; i < n; i++)
        envelope_attribute_encode(out, &attribute[i]);
}

void
envelope_encode(struct sink *out, const struct envelope *e)
{
    pack_array(out, ENVELOPE_FIELDS);
    pack_bin(out, e->header.bytes);
    if (e->has_manifest) {
        pack_array(out, 2);
        pack_bin(out, slice_of(e->manifest_salt, sizeof e->manifest_salt));
        pack_bin(out, e->manifest);
    } else {
        pack_nil(out);
    }
    envelope_fields_encode(out, e->field, e->fields_n);
    pack_array(out, e->recipients_n);
    for (size_t i = 0; i < e->recipients_n; i++)
        envelope_recipient_encode(out, &e->recipient[i]);
    envelope_attributes_encode(out, e->attribute, e->attributes_n);
}

/* --- digests ------------------------------------------------------------ */

void
envelope_digest_field(
    uint8_t out[32], const uint8_t nonce[16], const struct envelope_field *f)
{
    const uint8_t i[2] = {(uint8_t)(f->i >> 8), (uint8_t)f->i};
    const struct slice parts[] = {slice_of(nonce, 16), slice_of(i, sizeof i),
        slice_of(f->commitment, sizeof f->commitment), f->ciphertext};
    seal_hash(out, "driehoek/v1/slot-field", parts, 4);
}

void
envelope_digest_recipient(uint8_t out[32], const uint8_t nonce[16],
    const struct envelope_recipient *r)
{
    const uint8_t j[2] = {(uint8_t)(r->j >> 8), (uint8_t)r->j};
    const struct slice parts[] = {slice_of(nonce, 16), slice_of(j, sizeof j),
        slice_of(r->salt, sizeof r->salt), r->partner,
        slice_of(r->card, sizeof r->card), r->wrap};
    seal_hash(out, "driehoek/v1/slot-recipient", parts, 6);
}

void
envelope_digest_attribute(uint8_t out[32], const uint8_t nonce[16],
    const struct envelope_attribute *a)
{
    const uint8_t k[2] = {(uint8_t)(a->k >> 8), (uint8_t)a->k};
    const struct slice parts[] = {slice_of(nonce, 16), slice_of(k, sizeof k),
        slice_of(a->salt, sizeof a->salt), a->value};
    seal_hash(out, "driehoek/v1/slot-attribute", parts, 4);
}

void
envelope_digest_manifest(uint8_t out[32], const uint8_t nonce[16],
    const uint8_t salt[ENVELOPE_SALT], struct slice manifest)
{
    const struct slice parts[] = {
        slice_of(nonce, 16), slice_of(salt, ENVELOPE_SALT), manifest};
    seal_hash(out, "driehoek/v1/slot-manifest", parts, 3);
}

/* Whether SLOTS lists DIGEST at INDEX. */
static enum dhk_err
compare(struct slice slots, size_t index, const uint8_t digest[WIRE_HASH])
{
    if (index >= slots.n / WIRE_HASH)
        return DHK_AUTH;
    if (memcmp(slots.p + index * WIRE_HASH, digest, WIRE_HASH) != 0)
        return DHK_AUTH;
    return DHK_OK;
}

enum dhk_err
envelope_check_field(
    const struct envelope_header *h, const struct envelope_field *f)
{
    uint8_t digest[WIRE_HASH];
    envelope_digest_field(digest, h->nonce, f);
    return compare(h->field_slots, f->i, digest);
}

enum dhk_err
envelope_check_recipient(
    const struct envelope_header *h, const struct envelope_recipient *r)
{
    uint8_t digest[WIRE_HASH];
    envelope_digest_recipient(digest, h->nonce, r);
    return compare(h->recipient_slots, r->j, digest);
}

enum dhk_err
envelope_check_attribute(
    const struct envelope_header *h, const struct envelope_attribute *a)
{
    uint8_t digest[WIRE_HASH];
    envelope_digest_attribute(digest, h->nonce, a);
    return compare(h->attribute_slots, a->k, digest);
}

static enum dhk_err
check_manifest(const struct envelope *e)
{
    uint8_t digest[WIRE_HASH];
    envelope_digest_manifest(
        digest, e->header.nonce, e->manifest_salt, e->manifest);
    return memcmp(digest, e->header.manifest_slot, WIRE_HASH) == 0 ? DHK_OK
                                                                   : DHK_AUTH;
}

enum dhk_err
envelope_check(const struct envelope *e)
{
    enum dhk_err rc = e->has_manifest ? check_manifest(e) : DHK_OK;
    for (size_t i = 0; i < e->fields_n && rc == DHK_OK; i++)
        rc = envelope_check_field(&e->header, &e->field[i]);
    for (size_t i = 0; i < e->recipients_n && rc == DHK_OK; i++)
        rc = envelope_check_recipient(&e->header, &e->recipient[i]);
    for (size_t i = 0; i < e->attributes_n && rc == DHK_OK; i++)
        rc = envelope_check_attribute(&e->header, &e->attribute[i]);
    return rc;
}
