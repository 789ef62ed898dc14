/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sign, verify, hash, seal and open; each with the domain label of its use.
 * A label is hashed or signed length-prefixed before everything else, and so
 * is every variable part: no bytes made for one use verify for another. */
#ifndef PROTO_SEAL_H
#define PROTO_SEAL_H

#include "key.h"

enum {
    SEAL_HASH = 32, /* BLAKE2b-256 or SHA-256 */
    SEAL_KEY = 32,
    SEAL_SUM = 16,
    SEAL_TAG = 16, /* bytes a sealed text is longer than its plaintext */
    SEAL_SIGN_MAX = 16384, /* label, parts and their lengths together */
};

/* BLAKE2b-256 (RFC 7693) of u32be(len) || bytes, for LABEL and each part. */
void seal_hash(uint8_t out[SEAL_HASH], const char *label,
    const struct slice *parts, size_t n);
/* The same, keyed with 32 bytes. */
void seal_keyed_hash(uint8_t out[SEAL_HASH], const uint8_t key[SEAL_KEY],
    const char *label, const struct slice *parts, size_t n);
/* Poly1305 (RFC 8439) of IN under a key that is used often: for who wants to
 * know again what it wrote, where nobody else ever sees a sum or the key. Five
 * times as fast as a hash. */
void seal_sum(
    uint8_t out[SEAL_SUM], const uint8_t key[SEAL_KEY], struct slice in);
/* Plain SHA-256 (FIPS 180-4), for texts (agreement, roster). */
void seal_sha256(uint8_t out[SEAL_HASH], struct slice in);
/* Plain SHA-512, for SSHSIG. */
void seal_sha512(uint8_t out[64], struct slice in);

/* Ed25519 over u32be(len label) || label || message, message being the parts
 * each prefixed with its u32be length. At most SEAL_SIGN_MAX bytes: to sign
 * more is a programmer's error, to verify more yields DHK_LIMIT; whatever may
 * be longer is signed by its hash. */
void seal_sign(uint8_t sig[KEY_SIGNATURE], const char *label,
    const struct slice *parts, size_t n, const struct sign_secret *sk);
DHK_MUST_USE enum dhk_err seal_verify(const uint8_t sig[KEY_SIGNATURE],
    const char *label, const struct slice *parts, size_t n,
    const struct sign_public *pk);
/* Ed25519 over exactly MESSAGE: for standards that fix the bytes (signed
 * notes, SSHSIG). */
void seal_sign_raw(uint8_t sig[KEY_SIGNATURE], struct slice message,
    const struct sign_secret *sk);
DHK_MUST_USE enum dhk_err seal_verify_raw(const uint8_t sig[KEY_SIGNATURE],
    struct slice message, const struct sign_public *pk);

/* X25519; DHK_AUTH when the result is all zero. The caller wipes OUT. */
DHK_MUST_USE enum dhk_err seal_dh(uint8_t out[SEAL_KEY],
    const struct dh_secret *sk, const struct dh_public *pk);

/* ChaCha20-Poly1305 (RFC 8439) with an all-zero nonce: KEY must be used once
 * only. OUT holds PLAIN.n + SEAL_TAG bytes. */
void seal_box(uint8_t *out, struct slice plain, struct slice aad,
    const uint8_t key[SEAL_KEY]);
/* OUT holds BOX.n - SEAL_TAG bytes. DHK_AUTH when it does not open. */
DHK_MUST_USE enum dhk_err seal_unbox(uint8_t *out, struct slice box,
    struct slice aad, const uint8_t key[SEAL_KEY]);
/* XChaCha20-Poly1305 with a random nonce, drawn from POOL, in front (24 bytes
 * more), for keys used often: a node's own store. */
void seal_locked(uint8_t *out, struct slice plain, struct slice aad,
    const uint8_t key[SEAL_KEY], struct key_pool *pool);
DHK_MUST_USE enum dhk_err seal_unlocked(uint8_t *out, struct slice box,
    struct slice aad, const uint8_t key[SEAL_KEY]);
enum { SEAL_LOCKED_EXTRA = 24 + SEAL_TAG };

#endif
