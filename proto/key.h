/* SPDX-License-Identifier: EUPL-1.2
 *
 * Keys, one type per use; text forms; constant-time equality; wiping. With
 * keyfile.c and seal.c the only user of sodium.h. Secrets live in guarded,
 * locked memory (sodium_malloc) and are wiped when destroyed. */
#ifndef PROTO_KEY_H
#define PROTO_KEY_H

#include "bytes.h"
#include "err.h"

enum {
    KEY_BYTES = 32,     /* every public key */
    KEY_SIGNATURE = 64, /* Ed25519 */
    KEY_SEED = 32,      /* every secret, as kept in files */
    KEY_VKEY_MAX = 256, /* text form of a note verifier key */
    KEY_B64 = 45,       /* base64 of 32 bytes with a NUL */
};

struct sign_public { /* Ed25519, RFC 8032 */
    uint8_t b[KEY_BYTES];
};
struct dh_public { /* X25519, RFC 7748; sealing or CURVE */
    uint8_t b[KEY_BYTES];
};
struct sign_secret; /* opaque, in guarded memory */
struct dh_secret;

/* Must be called once by every program before any other function of proto.
 * DHK_IO when the random source or the patched libsodium is missing: it runs
 * a test of the small-subgroup check that CVE-2025-69277 lacks. */
DHK_MUST_USE enum dhk_err key_init(void);
void key_random(void *out, size_t n);
void key_wipe(void *p, size_t n);
/* Random bytes for one piece of work: a key from the kernel, expanded with
 * ChaCha20 (randombytes_buf_deterministic), for a system call for each salt is
 * dear. Starts zeroed; key_wipe() it at the end of the work, and never keep it
 * over a fork. What was drawn is wiped from it. */
struct key_pool {
    size_t left;
    uint8_t b[4096];
};
void key_pool_draw(struct key_pool *pool, void *out, size_t n);
/* Constant time. */
bool key_equal(const void *a, const void *b, size_t n);

DHK_MUST_USE enum dhk_err key_sign_new(
    struct sign_secret **out, struct sign_public *pk);
DHK_MUST_USE enum dhk_err key_sign_from_seed(struct sign_secret **out,
    struct sign_public *pk, const uint8_t seed[KEY_SEED]);
/* Copies the seed out, for a key file; the caller wipes it. */
void key_sign_seed(const struct sign_secret *sk, uint8_t seed[KEY_SEED]);
void key_sign_destroy(struct sign_secret **sk);

DHK_MUST_USE enum dhk_err key_dh_new(
    struct dh_secret **out, struct dh_public *pk);
DHK_MUST_USE enum dhk_err key_dh_from_seed(
    struct dh_secret **out, struct dh_public *pk, const uint8_t seed[KEY_SEED]);
/* The scalar itself, e.g. for the CURVE option of a socket; caller wipes. */
void key_dh_scalar(const struct dh_secret *sk, uint8_t out[KEY_SEED]);
/* Makes SK another pair, in the memory that it has. After key_dh_wipe() it is
 * of no use until then. */
void key_dh_renew(struct dh_secret *sk, struct dh_public *pk);
void key_dh_wipe(struct dh_secret *sk);
void key_dh_destroy(struct dh_secret **sk);

/* Standard base64 with padding, one encoding only. DST of key_base64_text:
 * 4 * ((N + 2) / 3) + 1 bytes. Decoding refuses every non-canonical form;
 * *OUT_N gets the length, at most CAP. */
void key_base64(char *dst, size_t cap, const void *p, size_t n);
DHK_MUST_USE enum dhk_err key_unbase64(
    void *out, size_t cap, size_t *out_n, struct slice text);

/* Guarded memory for secrets that are not keys (passphrases, file secrets). */
void *key_secret_new(size_t n);
void key_secret_destroy(void **p);

#endif
