/* SPDX-License-Identifier: EUPL-1.2
 *
 * Secrets never leave guarded memory but by the functions that say so. Their
 * pages are made read-only once they are filled. */
#include "key.h"

#include <string.h>

#include <sodium.h>

#include "secret.h"

_Static_assert(sizeof(struct sign_secret) == crypto_sign_ed25519_SECRETKEYBYTES,
    "libsodium's form");
_Static_assert(
    sizeof(struct dh_secret) == crypto_scalarmult_curve25519_SCALARBYTES,
    "libsodium's form");
_Static_assert(KEY_SEED == crypto_sign_ed25519_SEEDBYTES, "RFC 8032");

/* Whether points outside the main subgroup are refused: B + (0, -1), B being
 * the base point, passes where CVE-2025-69277 is not fixed. */
static bool
subgroup_is_checked(void)
{
    static const uint8_t outside[32] = {0x95, 0x99, 0x99, 0x99, 0x99, 0x99,
        0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99,
        0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99,
        0x99, 0x99};
    static const uint8_t base[32] = {0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
        0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
        0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
        0x66};
    return crypto_core_ed25519_is_valid_point(base) == 1 &&
           crypto_core_ed25519_is_valid_point(outside) == 0;
}

enum dhk_err
key_init(void)
{
    if (sodium_init() < 0)
        return DHK_IO;
    return subgroup_is_checked() ? DHK_OK : DHK_IO;
}

void
key_random(void *out, size_t n)
{
    randombytes_buf(out, n);
}

void
key_pool_draw(struct key_pool *pool, void *out, size_t n)
{
    uint8_t seed[randombytes_SEEDBYTES];

    if (n > sizeof pool->b) {
        randombytes_buf(out, n);
        return;
    }
    if (n > pool->left) {
        randombytes_buf(seed, sizeof seed);
        randombytes_buf_deterministic(pool->b, sizeof pool->b, seed);
        sodium_memzero(seed, sizeof seed);
        pool->left = sizeof pool->b;
    }
    pool->left -= n;
    memcpy(out, pool->b + pool->left, n);
    sodium_memzero(pool->b + pool->left, n);
}

void
key_wipe(void *p, size_t n)
{
    sodium_memzero(p, n);
}

bool
key_equal(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}

enum dhk_err
key_sign_new(struct sign_secret **out, struct sign_public *pk)
{
    uint8_t seed[KEY_SEED];
    randombytes_buf(seed, sizeof seed);
    enum dhk_err rc = key_sign_from_seed(out, pk, seed);
    sodium_memzero(seed, sizeof seed);
    return rc;
}

enum dhk_err
key_sign_from_seed(struct sign_secret **out, struct sign_public *pk,
    const uint8_t seed[KEY_SEED])
{
    struct sign_secret *sk = sodium_malloc(sizeof *sk);
    *out = sk;
    if (sk == NULL)
        return DHK_NOMEM;
    (void)crypto_sign_ed25519_seed_keypair(pk->b, sk->b, seed);
    (void)sodium_mprotect_readonly(sk);
    return DHK_OK;
}

void
key_sign_seed(const struct sign_secret *sk, uint8_t seed[KEY_SEED])
{
    (void)crypto_sign_ed25519_sk_to_seed(seed, sk->b);
}

void
key_sign_destroy(struct sign_secret **sk)
{
    if (sk == NULL)
        return;
    sodium_free(*sk);
    *sk = NULL;
}

enum dhk_err
key_dh_new(struct dh_secret **out, struct dh_public *pk)
{
    uint8_t seed[KEY_SEED];
    randombytes_buf(seed, sizeof seed);
    enum dhk_err rc = key_dh_from_seed(out, pk, seed);
    sodium_memzero(seed, sizeof seed);
    return rc;
}

enum dhk_err
key_dh_from_seed(
    struct dh_secret **out, struct dh_public *pk, const uint8_t seed[KEY_SEED])
{
    struct dh_secret *sk = sodium_malloc(sizeof *sk);
    *out = sk;
    if (sk == NULL)
        return DHK_NOMEM;
    for (size_t i = 0; i < KEY_SEED; i++)
        sk->b[i] = seed[i];
    (void)crypto_scalarmult_curve25519_base(pk->b, sk->b);
    (void)sodium_mprotect_readonly(sk);
    return DHK_OK;
}

void
key_dh_renew(struct dh_secret *sk, struct dh_public *pk)
{
    (void)sodium_mprotect_readwrite(sk);
    randombytes_buf(sk->b, sizeof sk->b);
    (void)crypto_scalarmult_curve25519_base(pk->b, sk->b);
    (void)sodium_mprotect_readonly(sk);
}

void
key_dh_wipe(struct dh_secret *sk)
{
    (void)sodium_mprotect_readwrite(sk);
    sodium_memzero(sk->b, sizeof sk->b);
}

void
key_dh_scalar(const struct dh_secret *sk, uint8_t out[KEY_SEED])
{
    for (size_t i = 0; i < KEY_SEED; i++)
        out[i] = sk->b[i];
}

void
key_dh_destroy(struct dh_secret **sk)
{
    if (sk == NULL)
        return;
    sodium_free(*sk);
    *sk = NULL;
}

void
key_base64(char *dst, size_t cap, const void *p, size_t n)
{
    must(cap >= sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL));
    (void)sodium_bin2base64(dst, cap, p, n, sodium_base64_VARIANT_ORIGINAL);
}

/* The number of bytes that TEXT stands for, if it is well-formed. */
static size_t
decoded_length(struct slice text)
{
    size_t n = text.n / 4 * 3;
    for (size_t i = 1; i <= 2 && i <= text.n; i++)
        if (text.p[text.n - i] == '=' && n > 0)
            n--;
    return n;
}

static bool
is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] > 0x7f)
            return false;
    return true;
}

enum dhk_err
key_unbase64(void *out, size_t cap, size_t *out_n, struct slice text)
{
    *out_n = 0;
    if (decoded_length(text) > cap)
        return DHK_LIMIT;
    /* libsodium 1.0.18 takes some bytes over 0x7f for letters, where char is
     * signed. */
    if (!is_ascii(text))
        return DHK_FORMAT;
    /* Nothing is ignored, padding is demanded, and bits left over must be
     * zero: so there is one text for each value. */
    const char *p = text.n == 0 ? "" : (const char *)text.p;
    if (sodium_base642bin(out, cap, p, text.n, NULL, out_n, NULL,
            sodium_base64_VARIANT_ORIGINAL) == 0)
        return DHK_OK;
    *out_n = 0;
    return DHK_FORMAT;
}

void *
key_secret_new(size_t n)
{
    void *p = sodium_malloc(n);
    if (p != NULL)
        sodium_memzero(p, n);
    return p;
}

void
key_secret_destroy(void **p)
{
    if (p == NULL)
        return;
    sodium_free(*p);
    *p = NULL;
}
