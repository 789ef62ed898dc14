/* SPDX-License-Identifier: EUPL-1.2
 *
 * Padding to powers of two: a length tells one of nine sizes and nothing else.
 * Both directions share the derivations below. */
#include "field.h"

#include <string.h>

#include "wire.h"

enum { AAD = 32 + 2 };

struct number16 {
    uint8_t b[2];
};

static struct number16
number16(uint16_t i)
{
    return (struct number16){{(uint8_t)(i >> 8), (uint8_t)i}};
}

/* Smallest block that holds N bytes. */
static size_t
padded_size(size_t n)
{
    size_t block = FIELD_BLOCK_MIN;
    while (block < n)
        block *= 2;
    return block;
}

size_t
field_ciphertext_size(size_t n)
{
    return n > LIMIT_VALUE ? 0 : padded_size(n) + SEAL_TAG;
}

static void
commit(uint8_t out[32], const struct envelope_header *h, uint16_t i,
    const uint8_t key[32])
{
    const struct number16 number = number16(i);
    const struct slice parts[] = {slice_of(h->nonce, sizeof h->nonce),
        slice_of(number.b, sizeof number.b), slice_of(key, SEAL_KEY)};
    seal_hash(out, "driehoek/v1/key-commit", parts, 3);
}

/* The key serves one box only and its label names its use: the parts are of
 * fixed length and need no hash. */
static struct slice
make_aad(uint8_t mem[AAD], const struct envelope_header *h, uint16_t i)
{
    const struct number16 number = number16(i);
    memcpy(mem, h->head_hash, sizeof h->head_hash);
    memcpy(mem + sizeof h->head_hash, number.b, sizeof number.b);
    return slice_of(mem, AAD);
}

/* What a value may be: text, for it is written out as JSON and handed on as a
 * string that ends with NUL. */
static bool
is_value(struct slice value)
{
    return bytes_is_utf8(value) &&
           (value.n == 0 || memchr(value.p, 0, value.n) == NULL);
}

enum dhk_err
field_seal(struct envelope_field *f, uint8_t *mem,
    const struct envelope_header *h, struct slice value, const uint8_t key[32])
{
    uint8_t plain[LIMIT_VALUE], aad[AAD];
    if (value.n > LIMIT_VALUE)
        return DHK_LIMIT;
    if (!is_value(value))
        return DHK_FORMAT;
    size_t size = padded_size(value.n);
    if (value.n > 0)
        memcpy(plain, value.p, value.n);
    memset(plain + value.n, 0, size - value.n);
    commit(f->commitment, h, f->i, key);
    seal_box(mem, slice_of(plain, size), make_aad(aad, h, f->i), key);
    f->ciphertext = slice_of(mem, size + SEAL_TAG);
    key_wipe(plain, size);
    return DHK_OK;
}

bool
field_commits(const struct envelope_header *h, const struct envelope_field *f,
    const uint8_t key[32])
{
    uint8_t commitment[32];
    commit(commitment, h, f->i, key);
    return key_equal(commitment, f->commitment, sizeof commitment);
}

/* Whether the N bytes of P are a value, which becomes *VALUE, and its only
 * padding: a larger block than needed would be a second form, and a channel. */
static bool
unpad(struct slice *value, const uint8_t *p, size_t n)
{
    size_t end = n;
    while (end > 0 && p[end - 1] == 0)
        end--;
    *value = slice_of(p, end);
    return padded_size(end) == n && is_value(*value);
}

enum dhk_err
field_open(struct slice *value, uint8_t *out, const struct envelope_header *h,
    const struct envelope_field *f, const uint8_t key[32])
{
    uint8_t aad[AAD];
    enum dhk_err rc = DHK_AUTH;
    size_t size = f->ciphertext.n < SEAL_TAG ? 0 : f->ciphertext.n - SEAL_TAG;

    *value = slice_of(NULL, 0);
    if (!field_commits(h, f, key))
        goto out;
    rc = seal_unbox(out, f->ciphertext, make_aad(aad, h, f->i), key);
    if (rc != DHK_OK)
        goto out;
    if (!unpad(value, out, size))
        rc = DHK_FORMAT;
out:
    if (rc != DHK_OK) {
        *value = slice_of(NULL, 0);
        key_wipe(out, f->ciphertext.n);
    }
    return rc;
}
