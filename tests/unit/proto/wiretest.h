/* SPDX-License-Identifier: EUPL-1.2
 *
 * What every wire type must stand: golden files, truncation, flipped bits,
 * trailing bytes. A type is given by a function that decodes and encodes
 * again; then one rule covers all: refused, or the same bytes.
 *
 * With the environment variable DRIEHOEK_MAKE_VECTORS set, wiretest_keep()
 * writes the golden files under tests/vectors instead of comparing. */
#ifndef UNIT_PROTO_WIRETEST_H
#define UNIT_PROTO_WIRETEST_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "pack.h"
#include "vector.h"

enum { WIRETEST_MAX = 256 * 1024 };

typedef enum dhk_err (*wiretest_again)(struct sink *out, struct slice in);

/* --- a random source that gives the same bytes in every run ------------- */

static struct wiretest_random {
    uint8_t key[32];
    uint64_t n;
} wiretest_rng;

static inline const char *
wiretest_rng_name(void)
{
    return "wiretest";
}

static inline void
wiretest_rng_buf(void *const buf, const size_t n)
{
    uint8_t nonce[8];
    bytes_put_u64(nonce, wiretest_rng.n++);
    (void)crypto_stream_chacha20(buf, n, nonce, wiretest_rng.key);
}

static inline uint32_t
wiretest_rng_u32(void)
{
    uint8_t b[4];
    wiretest_rng_buf(b, sizeof b);
    return bytes_get_u32(b);
}

static struct randombytes_implementation wiretest_source = {
    .implementation_name = wiretest_rng_name,
    .random = wiretest_rng_u32,
    .buf = wiretest_rng_buf,
};

/* Call before key_init(): everything random comes from SEED then. */
static inline void
wiretest_deterministic(uint8_t seed)
{
    memset(&wiretest_rng, 0, sizeof wiretest_rng);
    wiretest_rng.key[0] = seed;
    must(randombytes_set_implementation(&wiretest_source) == 0);
}

static inline uint64_t
wiretest_below(uint64_t n)
{
    uint8_t b[8];
    wiretest_rng_buf(b, sizeof b);
    return n == 0 ? 0 : bytes_get_u64(b) % n;
}

/* Numbers of every length. */
static inline uint64_t
wiretest_number(void)
{
    return wiretest_below(UINT64_MAX) >> wiretest_below(64);
}

static inline void
wiretest_fill(void *p, size_t n)
{
    wiretest_rng_buf(p, n);
}

/* A name of the agreement language; CAP at least 49. */
static inline struct slice
wiretest_name(char *mem)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    size_t n = 1 + wiretest_below(48);
    for (size_t i = 0; i < n; i++)
        mem[i] = letters[wiretest_below(26)];
    return slice_of(mem, n);
}

/* --- the rule ------------------------------------------------------------ */

static inline bool
wiretest_is_same(wiretest_again again, struct slice in)
{
    static uint8_t mem[WIRETEST_MAX];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    if (again(&out, in) != DHK_OK)
        return false;
    assert_int_equal(out.err, DHK_OK);
    assert_int_equal(out.n, in.n);
    assert_memory_equal(out.p, in.p, in.n);
    return true;
}

static inline void
wiretest_accepts(wiretest_again again, struct slice in)
{
    assert_true(wiretest_is_same(again, in));
}

static inline void
wiretest_truncations(wiretest_again again, struct slice in)
{
    for (size_t n = 0; n < in.n; n++) {
        /* a copy of its own size: reading on is reading out of bounds */
        uint8_t *copy = malloc(n > 0 ? n : 1);
        must(copy != NULL);
        memcpy(copy, in.p, n);
        bool taken = wiretest_is_same(again, slice_of(copy, n));
        free(copy);
        if (taken)
            fail_msg("cut to %zu of %zu bytes and taken", n, in.n);
    }
}

static inline void
wiretest_trailing(wiretest_again again, struct slice in)
{
    static uint8_t mem[WIRETEST_MAX];
    must(in.n < sizeof mem);
    memcpy(mem, in.p, in.n);
    for (unsigned b = 0; b < 256; b++) {
        mem[in.n] = (uint8_t)b;
        assert_false(wiretest_is_same(again, slice_of(mem, in.n + 1)));
    }
}

/* Every flipped bit: refused, or another value with exactly these bytes.
 * Returns how many were taken. */
static inline size_t
wiretest_flips(wiretest_again again, struct slice in)
{
    static uint8_t mem[WIRETEST_MAX];
    size_t taken = 0;
    must(in.n <= sizeof mem);
    memcpy(mem, in.p, in.n);
    for (size_t i = 0; i < in.n * 8; i++) {
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
        taken += wiretest_is_same(again, slice_of(mem, in.n));
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    return taken;
}

/* All of the above. */
static inline void
wiretest_all(wiretest_again again, struct slice in)
{
    wiretest_accepts(again, in);
    wiretest_truncations(again, in);
    wiretest_trailing(again, in);
    (void)wiretest_flips(again, in);
}

/* --- golden files -------------------------------------------------------- */

/* WHAT is accept or reject, TYPE the folder; compares or writes. */
static inline void
wiretest_keep(
    const char *what, const char *type, const char *name, struct slice bytes)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s/%s.bin", what, type, name);
    vector_keep(path, bytes);
}

/* Reads every file of the folder: accepted and the same, or refused. */
static inline void
wiretest_folder(const char *what, const char *type, wiretest_again again)
{
    static uint8_t mem[WIRETEST_MAX];
    char folder[512], path[256];
    size_t n = 0;
    (void)snprintf(folder, sizeof folder, "%s/%s/%s", VECTORS, what, type);
    DIR *d = opendir(folder);
    if (d == NULL)
        fail_msg("no folder %s", folder);
    must(d != NULL);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(
            path, sizeof path, "%s/%s/%.180s", what, type, e->d_name);
        bool taken =
            wiretest_is_same(again, vector_read(path, mem, sizeof mem));
        if (taken != (strcmp(what, "accept") == 0))
            fail_msg("%s was %s", path, taken ? "taken" : "refused");
        n++;
    }
    (void)closedir(d);
    assert_true(n > 0);
}

/* The ways to be wrong that every type shares, made from a good one and kept
 * in reject/TYPE. VERSION_AT: offset of the version byte, 0 when there is
 * none. */
static inline void
wiretest_keep_common(const char *type, struct slice good, size_t version_at)
{
    static uint8_t mem[WIRETEST_MAX];
    must(good.n + 2 < sizeof mem);
    wiretest_keep("reject", type, "empty", slice_of("", 0));
    wiretest_keep(
        "reject", type, "one-byte-missing", slice_of(good.p, good.n - 1));
    memcpy(mem, good.p, good.n);
    mem[good.n] = 0xc0;
    wiretest_keep("reject", type, "trailing-nil", slice_of(mem, good.n + 1));
    memcpy(mem, good.p, good.n);
    mem[0] = 0x80; /* a map */
    wiretest_keep("reject", type, "a-map", slice_of(mem, good.n));
    /* the array's head in its long form */
    memcpy(mem + 3, good.p + 1, good.n - 1);
    mem[0] = 0xdc;
    mem[1] = 0;
    mem[2] = good.p[0] & 0x0f;
    if ((good.p[0] & 0xf0) == 0x90)
        wiretest_keep(
            "reject", type, "array-not-shortest", slice_of(mem, good.n + 2));
    if (version_at == 0)
        return;
    memcpy(mem, good.p, good.n);
    mem[version_at] = 2;
    wiretest_keep("reject", type, "version-2", slice_of(mem, good.n));
}

#endif
