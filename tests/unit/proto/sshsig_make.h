/* SPDX-License-Identifier: EUPL-1.2
 *
 * Hand-made SSHSIG signatures for tests: those of a FIDO key, which needs
 * hardware otherwise, and those that no honest program would make. */
#ifndef UNIT_PROTO_SSHSIG_MAKE_H
#define UNIT_PROTO_SSHSIG_MAKE_H

#include <string.h>

#include "seal.h"
#include "sshsig.h"
#include "text.h"
#include "vector.h"

#define MAKE_SK "sk-ssh-ed25519@openssh.com"

/* How to make a signature; zero is the honest way of an ed25519 key. */
struct make {
    const struct sign_secret *sk;
    const struct sign_public *pk;
    const char *namespace_;  /* NULL: driehoek-convenant */
    const char *application; /* not NULL: a FIDO key */
    const char *reserved;    /* not NULL: put there */
    const char *hash;        /* the name written; NULL: sha512 */
    const char *type_in_signature;
    uint32_t version; /* 0: 1 */
    uint8_t flags;
    bool reserved_unsigned;
    bool trailing_in_blob, trailing_in_signature, trailing_in_key;
};

static inline void
make_string(struct sink *s, struct slice v)
{
    sink_u32(s, (uint32_t)v.n);
    sink_slice(s, v);
}

static inline void
make_cstring(struct sink *s, const char *v)
{
    make_string(s, slice_str(v));
}

/* The public key in SSH wire form. */
static inline struct slice
make_key(uint8_t mem[256], const struct make *how)
{
    struct sink s;
    sink_init(&s, mem, 256);
    make_cstring(&s, how->application != NULL ? MAKE_SK : "ssh-ed25519");
    make_string(&s, slice_of(how->pk->b, KEY_BYTES));
    if (how->application != NULL)
        make_cstring(&s, how->application);
    if (how->trailing_in_key)
        sink_u8(&s, 0);
    return sink_done(&s);
}

static inline void
make_raw(uint8_t sig[KEY_SIGNATURE], const struct make *how, struct slice text)
{
    uint8_t mem[512], hash[64], sk_mem[128];
    struct sink s, sk;
    const char *name = how->hash == NULL ? "sha512" : how->hash;
    sink_init(&s, mem, sizeof mem);
    sink_slice(&s, slice_str("SSHSIG"));
    make_cstring(
        &s, how->namespace_ == NULL ? "driehoek-convenant" : how->namespace_);
    bool reserved = how->reserved != NULL && !how->reserved_unsigned;
    make_cstring(&s, reserved ? how->reserved : "");
    make_cstring(&s, name);
    bool small = strcmp(name, "sha256") == 0;
    if (small)
        seal_sha256(hash, text);
    else
        seal_sha512(hash, text);
    make_string(&s, slice_of(hash, small ? 32 : 64));
    struct slice over = sink_done(&s);
    if (how->application != NULL) {
        sink_init(&sk, sk_mem, sizeof sk_mem);
        seal_sha256(hash, slice_str(how->application));
        sink_put(&sk, hash, 32);
        sink_u8(&sk, how->flags);
        sink_u32(&sk, 41);
        seal_sha256(hash, over);
        sink_put(&sk, hash, 32);
        over = sink_done(&sk);
    }
    seal_sign_raw(sig, over, how->sk);
}

/* The blob before it is armored. */
static inline struct slice
make_blob(uint8_t mem[512], const struct make *how, struct slice text)
{
    uint8_t key[256], part[256], sig[KEY_SIGNATURE];
    struct sink s, inner;
    make_raw(sig, how, text);
    sink_init(&inner, part, sizeof part);
    const char *type = how->application != NULL ? MAKE_SK : "ssh-ed25519";
    make_cstring(
        &inner, how->type_in_signature != NULL ? how->type_in_signature : type);
    make_string(&inner, slice_of(sig, sizeof sig));
    if (how->application != NULL) {
        sink_u8(&inner, how->flags);
        sink_u32(&inner, 41);
    }
    if (how->trailing_in_signature)
        sink_u8(&inner, 0);
    sink_init(&s, mem, 512);
    sink_slice(&s, slice_str("SSHSIG"));
    sink_u32(&s, how->version == 0 ? 1 : how->version);
    make_string(&s, make_key(key, how));
    make_cstring(
        &s, how->namespace_ == NULL ? "driehoek-convenant" : how->namespace_);
    make_cstring(&s, how->reserved == NULL ? "" : how->reserved);
    make_cstring(&s, how->hash == NULL ? "sha512" : how->hash);
    make_string(&s, sink_done(&inner));
    if (how->trailing_in_blob)
        sink_u8(&s, 0);
    must(s.err == DHK_OK);
    return sink_done(&s);
}

static inline struct slice
make_armor(uint8_t mem[2048], struct slice blob)
{
    struct sink s;
    sink_init(&s, mem, 2048);
    text_armor(&s, "SSH SIGNATURE", blob);
    return sink_done(&s);
}

/* A line of allowed_signers for the key of HOW, with its newline. */
static inline void
make_signer(struct sink *out, const char *principal, const char *options,
    const struct make *how)
{
    uint8_t mem[256];
    char base64[512];
    struct slice key = make_key(mem, how);
    key_base64(base64, sizeof base64, key.p, key.n);
    sink_slice(out, slice_str(principal));
    sink_slice(out, slice_str(" "));
    sink_slice(out, slice_str(options));
    sink_slice(out, slice_str(options[0] == '\0' ? "" : " "));
    sink_slice(
        out, slice_str(how->application != NULL ? MAKE_SK : "ssh-ed25519"));
    sink_slice(out, slice_str(" "));
    sink_slice(out, slice_str(base64));
    sink_slice(out, slice_str(" a comment\n"));
}

#endif
