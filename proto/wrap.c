/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every wrap has a key of its own, even for two recipients with one sealing
 * key: position, partner and card are part of the derivation. */
#include "wrap.h"

#include <string.h>

#include "wire.h"

enum { WRAP_FIELDS = 3 };

void
wrap_wipe(struct wrap *w)
{
    key_wipe(w, sizeof *w);
}

static size_t
slots_of(const struct envelope_header *h)
{
    return h->field_slots.n / WIRE_HASH;
}

enum dhk_err
wrap_agree(struct wrap_agreed *a, const struct dh_secret *own,
    const struct dh_public *theirs)
{
    if (a->is_set && memcmp(&a->theirs, theirs, sizeof *theirs) == 0)
        return DHK_OK;
    enum dhk_err rc = seal_dh(a->secret, own, theirs);
    a->is_set = rc == DHK_OK;
    a->theirs = *theirs;
    return rc;
}

/* The key that both sides arrive at. The caller wipes KEY. */
static void
derive_key(uint8_t key[SEAL_KEY], const struct envelope_header *h,
    const struct envelope_recipient *r, const struct wrap_keys *keys)
{
    const uint8_t j[2] = {(uint8_t)(r->j >> 8), (uint8_t)r->j};
    const struct slice parts[] = {slice_of(h->ephemeral.b, KEY_BYTES),
        slice_of(keys->seal->b, KEY_BYTES),
        slice_of(h->head_hash, sizeof h->head_hash), slice_of(j, sizeof j),
        r->partner, slice_of(r->card, sizeof r->card), keys->psk_id, keys->psk};

    seal_keyed_hash(key, keys->secret, "driehoek/v1/wrap-key", parts, 8);
}

static void
write_wrap(struct sink *out, const struct wrap *w)
{
    uint8_t keys[LIMIT_FIELDS * 32];
    struct sink joined;
    sink_init(&joined, keys, sizeof keys);
    for (unsigned i = 0; i < LIMIT_FIELDS; i++)
        if ((w->fields >> i & 1) != 0)
            sink_put(&joined, w->key[i], sizeof w->key[i]);
    pack_array(out, WRAP_FIELDS);
    pack_uint(out, w->fields);
    pack_bin(out, sink_done(&joined));
    pack_uint(out, w->counter);
    key_wipe(keys, sizeof keys);
}

enum dhk_err
wrap_seal(struct envelope_recipient *r, uint8_t mem[LIMIT_WRAP],
    const struct envelope_header *h, const struct wrap *w,
    const struct wrap_keys *keys)
{
    uint8_t plain[LIMIT_WRAP - SEAL_TAG], key[SEAL_KEY];
    struct sink s;
    enum dhk_err rc = DHK_FORMAT;

    if (w->fields == 0 || w->counter == 0)
        goto out;
    if (slots_of(h) < 32 && w->fields >> slots_of(h) != 0)
        goto out;
    derive_key(key, h, r, keys);
    sink_init(&s, plain, sizeof plain);
    write_wrap(&s, w);
    must(s.err == DHK_OK);
    seal_box(mem, sink_done(&s), h->field_slots, key);
    r->wrap = slice_of(mem, s.n + SEAL_TAG);
    rc = DHK_OK;
out:
    key_wipe(plain, sizeof plain);
    key_wipe(key, sizeof key);
    return rc;
}

static void
read_wrap(struct wrap *w, const struct envelope_header *h, struct cursor *c)
{
    unpack_array_of(c, WRAP_FIELDS);
    w->fields = wire_bitmap(c, slots_of(h));
    struct slice joined = wire_hashes(c, 1, LIMIT_FIELDS);
    struct cursor keys;
    cursor_init(&keys, joined);
    for (unsigned i = 0; i < LIMIT_FIELDS; i++) {
        if ((w->fields >> i & 1) == 0)
            continue;
        struct sink one;
        sink_init(&one, w->key[i], sizeof w->key[i]);
        sink_slice(&one, cursor_bytes(&keys, sizeof w->key[i]));
    }
    if (c->err == DHK_OK && cursor_end(&keys) != DHK_OK)
        cursor_fail(c, DHK_FORMAT, "not one key for each field");
    w->counter = unpack_uint(c, INT64_MAX);
    if (c->err == DHK_OK && w->counter == 0)
        cursor_fail(c, DHK_FORMAT, "counter 0");
}

enum dhk_err
wrap_open(struct wrap *w, const struct envelope_header *h,
    const struct envelope_recipient *r, const struct wrap_keys *keys)
{
    uint8_t plain[LIMIT_WRAP - SEAL_TAG], key[SEAL_KEY];
    struct cursor c;
    enum dhk_err rc = DHK_FORMAT;

    *w = (struct wrap){.fields = 0};
    if (r->wrap.n < SEAL_TAG || r->wrap.n > LIMIT_WRAP)
        goto out;
    derive_key(key, h, r, keys);
    rc = seal_unbox(plain, r->wrap, h->field_slots, key);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, slice_of(plain, r->wrap.n - SEAL_TAG));
    read_wrap(w, h, &c);
    rc = cursor_end(&c);
out:
    if (rc != DHK_OK)
        wrap_wipe(w);
    key_wipe(plain, sizeof plain);
    key_wipe(key, sizeof key);
    return rc;
}
