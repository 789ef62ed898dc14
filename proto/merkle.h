/* SPDX-License-Identifier: EUPL-1.2
 *
 * The tree of RFC 9162 (2.1) with SHA-256: hashes, roots, and proofs, made
 * from stored nodes and verified without them. Nothing here allocates, keeps
 * or trusts anything; where nodes are stored is the reader's affair. Proofs
 * are plain concatenated hashes. The only user of libcrypto. */
#ifndef PROTO_MERKLE_H
#define PROTO_MERKLE_H

#include "bytes.h"
#include "err.h"

enum { MERKLE_HASH = 32, MERKLE_LEVELS = 64 };
#define MERKLE_SIZE_MAX ((uint64_t)INT64_MAX) /* leaves; others use int64 */

/* What a checkpoint says of a tree. */
struct merkle_head {
    uint64_t size;
    uint8_t root[MERKLE_HASH];
};

/* Reads one stored node (see merkle_stored_index). Errors are passed on. */
struct merkle_reader {
    enum dhk_err (*read)(void *ctx, uint64_t stored, uint8_t hash[MERKLE_HASH]);
    void *ctx;
};

/* --- hashes --- */
void merkle_empty(uint8_t out[MERKLE_HASH]);
void merkle_leaf(uint8_t out[MERKLE_HASH], struct slice entry);
/* OUT may be LEFT or RIGHT. */
void merkle_node(uint8_t out[MERKLE_HASH], const uint8_t left[MERKLE_HASH],
    const uint8_t right[MERKLE_HASH]);

/* --- stored nodes ---
 * Perfect nodes never change and are numbered in the order in which appending
 * makes them: each leaf, then the nodes that it completes. The node (LEVEL,
 * INDEX) covers the leaves from INDEX << LEVEL to (INDEX + 1) << LEVEL, the
 * latter at most MERKLE_SIZE_MAX + 1. As StoredHashIndex of Go's tlog. */
uint64_t merkle_stored_index(unsigned level, uint64_t index);
/* Number of nodes stored for SIZE leaves; the next node gets this number. */
uint64_t merkle_stored_count(uint64_t size);

/* Nodes to store, numbered FIRST, FIRST + 1, ... */
struct merkle_nodes {
    uint64_t first;
    size_t n;
    uint8_t hash[MERKLE_LEVELS][MERKLE_HASH];
};
/* The nodes that LEAF adds to a tree of SIZE leaves. DHK_LIMIT: full. */
DHK_MUST_USE enum dhk_err merkle_append(struct merkle_nodes *out, uint64_t size,
    const uint8_t leaf[MERKLE_HASH], const struct merkle_reader *r);
DHK_MUST_USE enum dhk_err merkle_root(
    uint8_t out[MERKLE_HASH], uint64_t size, const struct merkle_reader *r);
/* The hash of the subtree that covers the leaves LO..HI-1, which must occur in
 * some tree: LO is a multiple of the least power of two >= HI - LO > 0. */
DHK_MUST_USE enum dhk_err merkle_range(uint8_t out[MERKLE_HASH], uint64_t lo,
    uint64_t hi, const struct merkle_reader *r);

/* --- the right edge ---
 * Enough to append and to tell the root: for who reads every entry, and for
 * appending without reading. hash[i] counts when bit i of size is set; zeroed
 * memory is the empty tree. */
struct merkle_frontier {
    uint64_t size;
    uint8_t hash[MERKLE_LEVELS][MERKLE_HASH];
};
void merkle_frontier_init(struct merkle_frontier *f);
DHK_MUST_USE enum dhk_err merkle_frontier_load(
    struct merkle_frontier *f, uint64_t size, const struct merkle_reader *r);
/* NODES gets what is to be stored; may be NULL. DHK_LIMIT: full. */
DHK_MUST_USE enum dhk_err merkle_frontier_append(struct merkle_frontier *f,
    const uint8_t leaf[MERKLE_HASH], struct merkle_nodes *nodes);
void merkle_frontier_root(
    uint8_t out[MERKLE_HASH], const struct merkle_frontier *f);

/* --- proofs ---
 * Provers append hashes to OUT: at most LIMIT_PROOF below 2^62 leaves, one
 * more for consistency of larger trees. Verifiers demand the exact length that
 * the numbers imply: DHK_FORMAT for any other, or for numbers that make no
 * sense; DHK_LIMIT over MERKLE_SIZE_MAX; DHK_AUTH when the hashes do not lead
 * to the root. */

/* Sibling hashes, the leaf's first. DHK_NOTFOUND unless INDEX < SIZE. */
DHK_MUST_USE enum dhk_err merkle_inclusion_prove(struct sink *out,
    uint64_t index, uint64_t size, const struct merkle_reader *r);
DHK_MUST_USE enum dhk_err merkle_inclusion_verify(
    const struct merkle_head *head, uint64_t index,
    const uint8_t leaf[MERKLE_HASH], struct slice proof);
/* That the tree of SIZE leaves begins with that of OLD. Empty when OLD is 0
 * (as tlog-witness has it) or SIZE. DHK_STATE when OLD > SIZE. */
DHK_MUST_USE enum dhk_err merkle_consistency_prove(struct sink *out,
    uint64_t old, uint64_t size, const struct merkle_reader *r);
DHK_MUST_USE enum dhk_err merkle_consistency_verify(
    const struct merkle_head *old, const struct merkle_head *head,
    struct slice proof);

/* --- multi-proofs ---
 * Many leaves under one root. Descend the tree from the root, left before
 * right, down to the single leaves; whatever subtree holds none of the wanted
 * leaves gives its hash to the proof and is not entered. At most
 * LIMIT_MULTIPROOF hashes. */
struct merkle_multi {
    uint64_t size;         /* of the tree */
    const uint64_t *index; /* N, strictly ascending, N > 0 */
    size_t n;
    const uint8_t *leaves; /* N hashes, MERKLE_HASH bytes each */
    struct slice proof;
};
/* Of M only size, index and n are read. DHK_FORMAT: indexes out of order or
 * range; DHK_LIMIT: too many hashes. */
DHK_MUST_USE enum dhk_err merkle_multi_prove(struct sink *out,
    const struct merkle_multi *m, const struct merkle_reader *r);
DHK_MUST_USE enum dhk_err merkle_multi_verify(
    const struct merkle_multi *m, const uint8_t root[MERKLE_HASH]);
/* The inclusion proof of leaf number I of M (of index m->index[I]), as
 * merkle_inclusion_prove makes it. Worth as much as M: verify that first. */
DHK_MUST_USE enum dhk_err merkle_multi_path(
    struct sink *out, const struct merkle_multi *m, size_t i);

#endif
