/* SPDX-License-Identifier: EUPL-1.2
 *
 * A tree in memory for the tests, beside a second opinion: the definitions of
 * RFC 9162 written down as they stand there, recursion and all. */
#ifndef UNIT_PROTO_TREE_H
#define UNIT_PROTO_TREE_H

#include <string.h>

#include "merkle.h"

enum { TREE_LEAVES = 512, TREE_NODES = 2 * TREE_LEAVES, TREE_PROOF = 16384 };

struct tree {
    uint64_t size;
    uint8_t leaf[TREE_LEAVES][MERKLE_HASH];
    size_t stored;
    uint8_t node[TREE_NODES][MERKLE_HASH];
    uint64_t fail_at; /* this read fails; UINT64_MAX: none */
};

static inline enum dhk_err
tree_read(void *ctx, uint64_t stored, uint8_t hash[MERKLE_HASH])
{
    struct tree *t = ctx;
    if (stored == t->fail_at)
        return DHK_IO;
    if (stored >= t->stored)
        return DHK_NOTFOUND;
    memcpy(hash, t->node[stored], MERKLE_HASH);
    return DHK_OK;
}

static inline struct merkle_reader
tree_reader(struct tree *t)
{
    return (struct merkle_reader){.read = tree_read, .ctx = t};
}

static inline void
tree_add(struct tree *t, const uint8_t leaf[MERKLE_HASH])
{
    struct merkle_nodes nodes;
    struct merkle_reader r = tree_reader(t);
    must(t->size < TREE_LEAVES);
    must(merkle_append(&nodes, t->size, leaf, &r) == DHK_OK);
    must(nodes.first == t->stored && t->stored + nodes.n <= TREE_NODES);
    memcpy(t->node[t->stored], nodes.hash, nodes.n * MERKLE_HASH);
    t->stored += nodes.n;
    memcpy(t->leaf[t->size++], leaf, MERKLE_HASH);
}

/* A tree of SIZE different leaves. */
static inline void
tree_grow(struct tree *t, uint64_t size)
{
    t->size = 0;
    t->stored = 0;
    t->fail_at = UINT64_MAX;
    while (t->size < size) {
        uint8_t entry[8];
        uint8_t leaf[MERKLE_HASH];
        bytes_put_u64(entry, t->size);
        merkle_leaf(leaf, slice_of(entry, sizeof entry));
        tree_add(t, leaf);
    }
}

static inline uint64_t
tree_split(uint64_t n)
{
    uint64_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

/* MTH(D[lo:hi]) of 2.1.1, lo < hi */
static inline void
tree_mth(
    const struct tree *t, uint64_t lo, uint64_t hi, uint8_t out[MERKLE_HASH])
{
    uint8_t left[MERKLE_HASH];
    uint8_t right[MERKLE_HASH];
    if (hi - lo == 1) {
        memcpy(out, t->leaf[lo], MERKLE_HASH);
        return;
    }
    uint64_t k = tree_split(hi - lo);
    tree_mth(t, lo, lo + k, left);
    tree_mth(t, lo + k, hi, right);
    merkle_node(out, left, right);
}

static inline void
tree_put_mth(const struct tree *t, uint64_t lo, uint64_t hi, struct sink *out)
{
    uint8_t hash[MERKLE_HASH];
    tree_mth(t, lo, hi, hash);
    sink_put(out, hash, sizeof hash);
}

/* PATH(m, D[lo:hi]) of 2.1.3.1 */
static inline void
tree_path(const struct tree *t, uint64_t m, uint64_t lo, uint64_t hi,
    struct sink *out)
{
    if (hi - lo == 1)
        return;
    uint64_t k = tree_split(hi - lo);
    if (m < k) {
        tree_path(t, m, lo, lo + k, out);
        tree_put_mth(t, lo + k, hi, out);
    } else {
        tree_path(t, m - k, lo + k, hi, out);
        tree_put_mth(t, lo, lo + k, out);
    }
}

/* SUBPROOF(m, D[lo:hi], b) of 2.1.4.1, b being lo == 0 */
static inline void
tree_subproof(const struct tree *t, uint64_t m, uint64_t lo, uint64_t hi,
    struct sink *out)
{
    if (m == hi - lo) {
        if (lo != 0)
            tree_put_mth(t, lo, hi, out);
        return;
    }
    uint64_t k = tree_split(hi - lo);
    if (m <= k) {
        tree_subproof(t, m, lo, lo + k, out);
        tree_put_mth(t, lo + k, hi, out);
    } else {
        tree_subproof(t, m - k, lo + k, hi, out);
        tree_put_mth(t, lo, lo + k, out);
    }
}

#endif
