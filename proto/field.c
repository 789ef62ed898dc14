/* SPDX-License-Identifier: EUPL-1.2
 *
 * Padding as ISO/IEC 7816-4, to powers of two: a length tells one of nine
 * sizes and nothing else. Both directions share the derivations below. */
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

/* Smallest block that holds N bytes and the mark. */
static size_t
padded_size(size_t n)
{
    size_t block = FIELD_BLOCK_MIN;
    while (block < n + 1)
        block *= 2;
    return block;
}

size_t
field_ciphertext_size(size_t n)
{
    return n > LIMIT_VALUE ? 0 : padded_size(n) + SEAL_TAG;
}

void
field_key(uint8_t key[32], const uint8_t seed[32], uint16_t i)
{
    const struct number16 number = number16(i);
    const struct slice part = slice_of(number.b, sizeof number.b);
    seal_keyed_hash(key, seed, "driehoek/v1/field-key", &part, 1);
}

static void
commit(uint8_t out[32], const struct envelope_header *h, uint16_t i,
    const uint8_t key[32])
{
    const struct number16 number = number16(i);
    const struct slice parts[] = {slice_of(h->nonce, sizeof h->nonce),
        slice_of(number.b, sizeof number.b)};
    seal_keyed_hash(out, key, "driehoek/v1/key-commit", parts, 2);
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
    uint8_t plain[LIMIT_VALUE + 1], aad[AAD];
    if (value.n > LIMIT_VALUE)
        return DHK_LIMIT;
    if (!is_value(value))
        return DHK_FORMAT;
    size_t size = padded_size(value.n);
    memset(plain, 0, size);
    if (value.n > 0)
        memcpy(plain, value.p, value.n);
    plain[value.n] = 0x80;

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

/* Length of the value in the N bytes of P, or N when they are not a value and
 * its only padding. */
static size_t
unpad(const uint8_t *p, size_t n)
{
    size_t end = n;
    while (end > 0 && p[end - 1] == 0)
        end--;
    if (end == 0 || p[end - 1] != 0x80)
        return n;
    /* a larger block than needed would be a second form, and a channel */
    return padded_size(end - 1) == n ? end - 1 : n;
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
    size_t n = unpad(out, size);
    rc = DHK_FORMAT;
    if (n == size || !is_value(slice_of(out, n)))
        goto out;
    *value = slice_of(out, n);
    rc = DHK_OK;
out:
    if (rc != DHK_OK)
        key_wipe(out, f->ciphertext.n);
    return rc;
}
