/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signature covers the ids, and each id is the hash of a header as
 * received: no envelope is ever encoded again in order to verify. */
#include "bundle.h"

#include <string.h>

#include "wire.h"

static const char label_bundle[] = "driehoek/v1/bundle";

enum { BUNDLE_FIELDS = 4, STATEMENT_FIELDS = 3, ENVELOPE_FIELDS = 5 };

enum dhk_err
bundle_encode(struct sink *out, const uint8_t card[32],
    const struct slice *envelopes, size_t n, const uint8_t *ids,
    const struct sign_secret *sk)
{
    uint8_t sig[KEY_SIGNATURE];
    size_t start = out->n;

    if (n == 0 || n > LIMIT_BUNDLE)
        return DHK_LIMIT;
    const struct slice parts[] = {
        slice_of(card, 32), slice_of(ids, n * ENVELOPE_ID)};
    seal_sign(sig, label_bundle, parts, 2, sk);
    wire_begin(out, BUNDLE_FIELDS);
    pack_bin(out, slice_of(card, 32));
    pack_bin(out, slice_of(sig, sizeof sig));
    pack_array(out, n);
    for (size_t i = 0; i < n; i++)
        pack_bin(out, envelopes[i]);
    if (out->err == DHK_OK && out->n - start > LIMIT_BUNDLE_BYTES)
        out->err = DHK_LIMIT;
    return out->err;
}

/* The id of the envelope in BYTES, whose header must name CARD. */
static enum dhk_err
read_id(uint8_t id[ENVELOPE_ID], const uint8_t card[32], struct slice bytes,
    struct diag *diag)
{
    struct envelope_header h;
    struct cursor c;

    cursor_init(&c, bytes);
    unpack_array_of(&c, ENVELOPE_FIELDS);
    struct slice header = unpack_bin(&c, LIMIT_HEADER);
    if (c.err != DHK_OK) {
        cursor_diag(&c, diag);
        return c.err;
    }
    enum dhk_err rc = envelope_header_parse(&h, header, diag);
    if (rc != DHK_OK)
        return rc;
    if (memcmp(h.card, card, sizeof h.card) != 0) {
        if (diag != NULL)
            *diag = (struct diag){"a header names another card", 0};
        return DHK_FORMAT;
    }
    envelope_header_id(id, &h);
    return DHK_OK;
}

static enum dhk_err
read_ids(struct bundle *b, struct diag *diag)
{
    for (size_t i = 0; i < b->n; i++) {
        uint8_t *id = b->id_mem + i * ENVELOPE_ID;
        enum dhk_err rc = read_id(id, b->statement.card, b->envelope[i], diag);
        if (rc != DHK_OK)
            return rc;
        for (size_t k = 0; k < i; k++) {
            if (memcmp(b->id_mem + k * ENVELOPE_ID, id, ENVELOPE_ID) != 0)
                continue;
            if (diag != NULL)
                *diag = (struct diag){"one signal twice in a bundle", 0};
            return DHK_FORMAT;
        }
    }
    b->statement.ids = slice_of(b->id_mem, b->n * ENVELOPE_ID);
    return DHK_OK;
}

/* All but the ids. */
static enum dhk_err
split(struct bundle *out, struct slice bytes, struct diag *diag)
{
    struct cursor c;

    memset(out, 0, sizeof *out);
    enum dhk_err rc = wire_size(bytes, LIMIT_BUNDLE_BYTES, diag);
    if (rc != DHK_OK)
        return rc;
    cursor_init(&c, bytes);
    wire_open(&c, BUNDLE_FIELDS);
    unpack_fixed(&c, out->statement.card, sizeof out->statement.card);
    unpack_fixed(&c, out->statement.signature, KEY_SIGNATURE);
    out->n = unpack_array(&c, LIMIT_BUNDLE);
    if (c.err == DHK_OK && out->n == 0)
        cursor_fail(&c, DHK_FORMAT, "a bundle of nothing");
    for (size_t i = 0; i < out->n && c.err == DHK_OK; i++)
        out->envelope[i] = unpack_bin(&c, LIMIT_BUNDLE_BYTES);
    out->bytes = bytes;
    return wire_close(&c, diag);
}

enum dhk_err
bundle_decode(struct bundle *out, struct slice bytes, struct diag *diag)
{
    enum dhk_err rc = split(out, bytes, diag);

    if (rc == DHK_OK)
        rc = read_ids(out, diag);
    if (rc != DHK_OK)
        memset(out, 0, sizeof *out);
    return rc;
}

enum dhk_err
bundle_split(struct bundle *out, struct slice bytes, struct slice ids)
{
    enum dhk_err rc = split(out, bytes, NULL);

    if (rc == DHK_OK && ids.n != out->n * ENVELOPE_ID)
        rc = DHK_FORMAT;
    if (rc != DHK_OK) {
        memset(out, 0, sizeof *out);
        return rc;
    }
    memcpy(out->id_mem, ids.p, ids.n);
    out->statement.ids = slice_of(out->id_mem, ids.n);
    return DHK_OK;
}

enum dhk_err
bundle_verify(const struct bundle_statement *st, const struct sign_public *pk)
{
    const struct slice parts[] = {slice_of(st->card, sizeof st->card), st->ids};
    return seal_verify(st->signature, label_bundle, parts, 2, pk);
}

enum dhk_err
bundle_verify_once(struct bundle_verified *memo,
    const struct bundle_statement *st, const struct sign_public *pk)
{
    size_t n = st->ids.n / ENVELOPE_ID;

    if (memo->n > 0 && memo->n == n &&
        memcmp(memo->pk.b, pk->b, KEY_BYTES) == 0 &&
        memcmp(memo->card, st->card, sizeof memo->card) == 0 &&
        memcmp(memo->signature, st->signature, KEY_SIGNATURE) == 0 &&
        slice_equal(slice_of(memo->ids, st->ids.n), st->ids))
        return DHK_OK;
    memo->n = 0;
    enum dhk_err rc = bundle_verify(st, pk);
    if (rc != DHK_OK || n > LIMIT_BUNDLE)
        return rc;
    memo->pk = *pk;
    memcpy(memo->card, st->card, sizeof memo->card);
    memcpy(memo->signature, st->signature, KEY_SIGNATURE);
    memcpy(memo->ids, st->ids.p, st->ids.n);
    memo->n = n;
    return DHK_OK;
}

void
bundle_statement_encode(struct sink *out, const struct bundle_statement *st)
{
    pack_array(out, STATEMENT_FIELDS);
    pack_bin(out, slice_of(st->card, sizeof st->card));
    pack_bin(out, st->ids);
    pack_bin(out, slice_of(st->signature, sizeof st->signature));
}

void
bundle_statement_decode(struct bundle_statement *out, struct cursor *c)
{
    unpack_array_of(c, STATEMENT_FIELDS);
    unpack_fixed(c, out->card, sizeof out->card);
    out->ids = wire_hashes(c, 1, LIMIT_BUNDLE);
    unpack_fixed(c, out->signature, sizeof out->signature);
}
