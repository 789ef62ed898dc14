/* SPDX-License-Identifier: EUPL-1.2
 *
 * Thin and total wrappers of libsodium: what it can refuse is returned, what
 * it cannot refuse with our arguments is a programmer's error. */
#include "seal.h"

#include <sodium.h>
#include <string.h>

#include "secret.h"

enum { HASH_JOINED = 512 };

/* Hashes and signatures are fed the same way, so that one rule holds: every
 * variable part follows its length. */
static void
message_part(struct sink *s, struct slice part)
{
    must(part.n <= UINT32_MAX);
    sink_u32(s, (uint32_t)part.n);
    sink_slice(s, part);
}

static void
message(struct sink *s, const char *label, const struct slice *parts, size_t n)
{
    message_part(s, slice_str(label));
    for (size_t i = 0; i < n; i++)
        message_part(s, parts[i]);
}

static void
hash_part(crypto_generichash_state *st, struct slice part)
{
    uint8_t len[4];
    must(part.n <= UINT32_MAX);
    bytes_put_u32(len, (uint32_t)part.n);
    (void)crypto_generichash_update(st, len, sizeof len);
    if (part.n > 0)
        (void)crypto_generichash_update(st, part.p, part.n);
}

static void
hash_streamed(uint8_t out[SEAL_HASH], struct slice key, const char *label,
    const struct slice *parts, size_t n)
{
    crypto_generichash_state st;
    must(crypto_generichash_init(&st, key.p, key.n, SEAL_HASH) == 0);
    hash_part(&st, slice_str(label));
    for (size_t i = 0; i < n; i++)
        hash_part(&st, parts[i]);
    must(crypto_generichash_final(&st, out, SEAL_HASH) == 0);
    sodium_memzero(&st, sizeof st);
}

/* Most hashes are of few bytes: joined first, they cost a third less. */
static void
hash(uint8_t out[SEAL_HASH], struct slice key, const char *label,
    const struct slice *parts, size_t n)
{
    uint8_t mem[HASH_JOINED];
    struct sink s;
    size_t total = 4 + strlen(label);

    for (size_t i = 0; i < n; i++)
        total += 4 + parts[i].n;
    if (total > sizeof mem) {
        hash_streamed(out, key, label, parts, n);
        return;
    }
    sink_init(&s, mem, sizeof mem);
    message(&s, label, parts, n);
    must(crypto_generichash(out, SEAL_HASH, mem, s.n, key.p, key.n) == 0);
    sodium_memzero(mem, s.n);
}

void
seal_hash(uint8_t out[SEAL_HASH], const char *label, const struct slice *parts,
    size_t n)
{
    hash(out, slice_of(NULL, 0), label, parts, n);
}

void
seal_keyed_hash(uint8_t out[SEAL_HASH], const uint8_t key[SEAL_KEY],
    const char *label, const struct slice *parts, size_t n)
{
    hash(out, slice_of(key, SEAL_KEY), label, parts, n);
}

void
seal_sum(uint8_t out[SEAL_SUM], const uint8_t key[SEAL_KEY], struct slice in)
{
    (void)crypto_onetimeauth_poly1305(out, in.p, in.n, key);
}

void
seal_sha256(uint8_t out[SEAL_HASH], struct slice in)
{
    (void)crypto_hash_sha256(out, in.p, in.n);
}

void
seal_sha512(uint8_t out[64], struct slice in)
{
    (void)crypto_hash_sha512(out, in.p, in.n);
}

void
seal_sign(uint8_t sig[KEY_SIGNATURE], const char *label,
    const struct slice *parts, size_t n, const struct sign_secret *sk)
{
    uint8_t mem[SEAL_SIGN_MAX];
    struct sink s;
    sink_init(&s, mem, sizeof mem);
    message(&s, label, parts, n);
    must(s.err == DHK_OK);
    seal_sign_raw(sig, sink_done(&s), sk);
}

enum dhk_err
seal_verify(const uint8_t sig[KEY_SIGNATURE], const char *label,
    const struct slice *parts, size_t n, const struct sign_public *pk)
{
    uint8_t mem[SEAL_SIGN_MAX];
    struct sink s;
    sink_init(&s, mem, sizeof mem);
    message(&s, label, parts, n);
    if (s.err != DHK_OK)
        return s.err;
    return seal_verify_raw(sig, sink_done(&s), pk);
}

void
seal_sign_raw(
    uint8_t sig[KEY_SIGNATURE], struct slice text, const struct sign_secret *sk)
{
    must(crypto_sign_ed25519_detached(sig, NULL, text.p, text.n, sk->b) == 0);
}

enum dhk_err
seal_verify_raw(const uint8_t sig[KEY_SIGNATURE], struct slice text,
    const struct sign_public *pk)
{
    if (crypto_sign_ed25519_verify_detached(sig, text.p, text.n, pk->b) != 0)
        return DHK_AUTH;
    return DHK_OK;
}

enum dhk_err
seal_dh(uint8_t out[SEAL_KEY], const struct dh_secret *sk,
    const struct dh_public *pk)
{
    /* libsodium refuses the points that give an all-zero result */
    if (crypto_scalarmult_curve25519(out, sk->b, pk->b) == 0)
        return DHK_OK;
    sodium_memzero(out, SEAL_KEY);
    return DHK_AUTH;
}

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };
_Static_assert(SEAL_LOCKED_EXTRA == NONCE + SEAL_TAG, "room for the nonce");
_Static_assert(
    SEAL_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "Poly1305's");
_Static_assert(SEAL_TAG == crypto_aead_chacha20poly1305_ietf_ABYTES, "as well");

static const uint8_t no_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

void
seal_box(uint8_t *out, struct slice plain, struct slice aad,
    const uint8_t key[SEAL_KEY])
{
    must(crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain.p, plain.n,
             aad.p, aad.n, NULL, no_nonce, key) == 0);
}

enum dhk_err
seal_unbox(uint8_t *out, struct slice in, struct slice aad,
    const uint8_t key[SEAL_KEY])
{
    if (in.n < SEAL_TAG)
        return DHK_AUTH;
    if (crypto_aead_chacha20poly1305_ietf_decrypt(
            out, NULL, NULL, in.p, in.n, aad.p, aad.n, no_nonce, key) != 0)
        return DHK_AUTH;
    return DHK_OK;
}

void
seal_locked(uint8_t *out, struct slice plain, struct slice aad,
    const uint8_t key[SEAL_KEY], struct key_pool *pool)
{
    key_pool_draw(pool, out, NONCE);
    must(crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, plain.p,
             plain.n, aad.p, aad.n, NULL, out, key) == 0);
}

enum dhk_err
seal_unlocked(uint8_t *out, struct slice in, struct slice aad,
    const uint8_t key[SEAL_KEY])
{
    if (in.n < SEAL_LOCKED_EXTRA)
        return DHK_AUTH;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
            in.p + NONCE, in.n - NONCE, aad.p, aad.n, in.p, key) != 0)
        return DHK_AUTH;
    return DHK_OK;
}
