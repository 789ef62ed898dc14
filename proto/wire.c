/* SPDX-License-Identifier: EUPL-1.2
 *
 * Small pieces; each of them refuses every form but one. */
#include "wire.h"

#include <string.h>

#include "checkpoint.h"
#include "limits.h"

void
wire_begin(struct sink *out, size_t n)
{
    pack_array(out, n);
    pack_uint(out, WIRE_VERSION);
}

void
wire_open(struct cursor *c, size_t n)
{
    size_t got = unpack_array(c, LIMIT_ELEMENTS);
    uint64_t version = unpack_uint(c, UINT64_MAX);
    if (c->err == DHK_OK && version != WIRE_VERSION)
        cursor_fail(c, DHK_VERSION, "another version of the format");
    if (c->err == DHK_OK && got != n)
        cursor_fail(c, DHK_FORMAT, "wrong number of elements");
}

enum dhk_err
wire_close(const struct cursor *c, struct diag *diag)
{
    enum dhk_err rc = cursor_end(c);
    if (rc != DHK_OK)
        cursor_diag(c, diag);
    return rc;
}

enum dhk_err
wire_size(struct slice bytes, size_t max, struct diag *diag)
{
    if (bytes.n <= max)
        return DHK_OK;
    if (diag != NULL)
        *diag = (struct diag){"longer than its limit", max};
    return DHK_LIMIT;
}

void
wire_sign(struct sink *out, const char *label, const struct sink *body,
    const struct sign_secret *sk)
{
    uint8_t sig[KEY_SIGNATURE];
    struct slice part = sink_done(body);
    if (body->err != DHK_OK) {
        if (out->err == DHK_OK)
            out->err = body->err;
        return;
    }
    seal_sign(sig, label, &part, 1, sk);
    pack_array(out, 2);
    pack_bin(out, part);
    pack_bin(out, slice_of(sig, sizeof sig));
}

enum dhk_err
wire_split(struct slice *body, uint8_t sig[KEY_SIGNATURE], struct slice bytes,
    size_t max, struct diag *diag)
{
    struct cursor c;
    *body = slice_of(NULL, 0);
    enum dhk_err rc = wire_size(bytes, max, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    unpack_array_of(&c, 2);
    struct slice got = unpack_bin(&c, max);
    unpack_fixed(&c, sig, KEY_SIGNATURE);
    rc = wire_close(&c, diag);
    if (rc == DHK_OK)
        *body = got;
out:
    return rc;
}

struct slice
wire_origin(struct cursor *c)
{
    struct slice got = unpack_str(c, LIMIT_ORIGIN);
    if (c->err == DHK_OK && checkpoint_is_name(got))
        return got;
    cursor_fail(c, DHK_FORMAT, "not an origin");
    return slice_of(NULL, 0);
}

struct slice
wire_hashes(struct cursor *c, size_t min, size_t max)
{
    struct slice got = unpack_bin(c, SIZE_MAX);
    if (c->err == DHK_OK && got.n % WIRE_HASH != 0)
        cursor_fail(c, DHK_FORMAT, "not whole hashes");
    if (c->err == DHK_OK && got.n / WIRE_HASH < min)
        cursor_fail(c, DHK_FORMAT, "too few hashes");
    if (c->err == DHK_OK && got.n / WIRE_HASH > max)
        cursor_fail(c, DHK_LIMIT, "too many hashes");
    return c->err == DHK_OK ? got : slice_of(NULL, 0);
}

bool
wire_maybe_fixed(struct cursor *c, void *dst, size_t n)
{
    if (unpack_nil(c)) {
        memset(dst, 0, n);
        return false;
    }
    unpack_fixed(c, dst, n);
    return c->err == DHK_OK;
}

void
wire_put_maybe(struct sink *out, bool has, const void *p, size_t n)
{
    if (has)
        pack_bin(out, slice_of(p, n));
    else
        pack_nil(out);
}

struct slice
wire_maybe_name(struct cursor *c)
{
    return unpack_nil(c) ? slice_of(NULL, 0) : unpack_name(c);
}

uint64_t
wire_maybe_index(struct cursor *c)
{
    if (unpack_nil(c))
        return 0;
    uint64_t index = unpack_uint(c, INT64_MAX);
    if (c->err == DHK_OK && index == 0)
        cursor_fail(c, DHK_FORMAT, "the beginning, where an entry is meant");
    return index;
}

void
wire_put_maybe_index(struct sink *out, uint64_t index)
{
    if (index == 0)
        pack_nil(out);
    else
        pack_uint(out, index);
}

void
wire_put_maybe_name(struct sink *out, struct slice name)
{
    if (name.n > 0)
        pack_str(out, name);
    else
        pack_nil(out);
}

unsigned
wire_enum(struct cursor *c, unsigned max)
{
    uint64_t v = unpack_uint(c, UINT64_MAX);
    if (c->err == DHK_OK && (v == 0 || v > max))
        cursor_fail(c, DHK_FORMAT, "a code that does not exist");
    return c->err == DHK_OK ? (unsigned)v : 0;
}

struct slice
wire_text(struct cursor *c, size_t max)
{
    struct slice got = unpack_str(c, max);
    if (c->err == DHK_OK && got.n == 0)
        cursor_fail(c, DHK_FORMAT, "an empty text");
    return got;
}

struct slice
wire_value(struct cursor *c)
{
    struct slice before = c->left;
    switch (unpack_peek(c)) {
    case PACK_NIL:
        (void)unpack_nil(c);
        break;
    case PACK_BOOL:
        (void)unpack_bool(c);
        break;
    case PACK_UINT:
        (void)unpack_uint(c, UINT32_MAX);
        break;
    case PACK_STR:
        (void)wire_text(c, LIMIT_NAME);
        break;
    case PACK_NONE:
    case PACK_BIN:
    case PACK_ARRAY:
        cursor_fail(c, DHK_FORMAT, "not a value of an attribute");
        break;
    }
    if (c->err != DHK_OK)
        return slice_of(NULL, 0);
    return slice_of(before.p, before.n - c->left.n);
}

uint32_t
wire_bitmap(struct cursor *c, size_t bits)
{
    uint64_t v = unpack_uint(c, UINT32_MAX);
    if (bits < 32 && v >> bits != 0)
        cursor_fail(c, DHK_FORMAT, "a bit for what does not exist");
    return c->err == DHK_OK ? (uint32_t)v : 0;
}
