/* SPDX-License-Identifier: EUPL-1.2
 *
 * Hashes, stored nodes and single proofs. Descents are loops over a stack of
 * at most one entry a level, so that no number from outside drives recursion.
 */
#include "merkle.h"

#include <string.h>

/* SHA256_Init() and its kind, which OpenSSL 3 would rather have replaced by
 * EVP: that looks the hash up and allocates for every 65 bytes of a node, four
 * times as much work as hashing them. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "limits.h"

/* Half of the leaves [lo, hi), or all of them. */
struct range {
    uint64_t lo;
    uint64_t hi;
};

/* The sibling subtrees met on the way down, the root's children first. */
struct ranges {
    size_t n;
    struct range at[MERKLE_LEVELS];
};

/* Position of the highest bit plus one; 0 for 0. */
static unsigned
bit_length(uint64_t v)
{
    return v == 0 ? 0 : 64 - (unsigned)__builtin_clzll(v);
}

static unsigned
ones(uint64_t v)
{
    return (unsigned)__builtin_popcountll(v);
}

static bool
is_power_of_two(uint64_t v)
{
    return v != 0 && (v & (v - 1)) == 0;
}

/* The largest power of two less than N, which is at least 2. */
static uint64_t
split(uint64_t n)
{
    must(n >= 2);
    return (uint64_t)1 << (bit_length(n - 1) - 1);
}

void
merkle_empty(uint8_t out[MERKLE_HASH])
{
    SHA256_CTX ctx;
    must(SHA256_Init(&ctx) == 1 && SHA256_Final(out, &ctx) == 1);
}

void
merkle_leaf(uint8_t out[MERKLE_HASH], struct slice entry)
{
    static const uint8_t prefix = 0;
    SHA256_CTX ctx;
    must(SHA256_Init(&ctx) == 1 && SHA256_Update(&ctx, &prefix, 1) == 1);
    must(entry.n == 0 || SHA256_Update(&ctx, entry.p, entry.n) == 1);
    must(SHA256_Final(out, &ctx) == 1);
}

void
merkle_node(uint8_t out[MERKLE_HASH], const uint8_t left[MERKLE_HASH],
    const uint8_t right[MERKLE_HASH])
{
    /* 65 bytes are always two blocks, padded as FIPS 180-4 has it: half of the
     * work is saved by leaving the general way out */
    enum { BLOCK = 64, BITS = 8 * (1 + 2 * MERKLE_HASH) };
    uint8_t block[2 * BLOCK] = {1};
    SHA256_CTX ctx;
    memcpy(block + 1, left, MERKLE_HASH);
    memcpy(block + 1 + MERKLE_HASH, right, MERKLE_HASH);
    block[1 + 2 * MERKLE_HASH] = 0x80;
    block[2 * BLOCK - 2] = BITS >> 8;
    block[2 * BLOCK - 1] = BITS & 0xff;
    must(SHA256_Init(&ctx) == 1);
    SHA256_Transform(&ctx, block);
    SHA256_Transform(&ctx, block + BLOCK);
    for (size_t i = 0; i < MERKLE_HASH / 4; i++)
        bytes_put_u32(out + 4 * i, ctx.h[i]);
}

uint64_t
merkle_stored_index(unsigned level, uint64_t index)
{
    /* Before its last leaf come that many leaves and what they completed;
     * the leaf completes one node a level on its way up to LEVEL. */
    uint64_t last = ((index + 1) << level) - 1;
    return merkle_stored_count(last) + level;
}

uint64_t
merkle_stored_count(uint64_t size)
{
    return 2 * size - ones(size);
}

static enum dhk_err
read_node(uint8_t out[MERKLE_HASH], unsigned level, uint64_t index,
    const struct merkle_reader *r)
{
    return r->read(r->ctx, merkle_stored_index(level, index), out);
}

enum dhk_err
merkle_append(struct merkle_nodes *out, uint64_t size,
    const uint8_t leaf[MERKLE_HASH], const struct merkle_reader *r)
{
    uint8_t left[MERKLE_HASH];
    if (size >= MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    out->first = merkle_stored_count(size);
    out->n = 1;
    memcpy(out->hash[0], leaf, MERKLE_HASH);
    for (unsigned level = 0; (size >> level & 1) != 0; level++) {
        enum dhk_err rc = read_node(left, level, (size >> level) - 1, r);
        if (rc != DHK_OK)
            return rc;
        merkle_node(out->hash[level + 1], left, out->hash[level]);
        out->n++;
    }
    return DHK_OK;
}

enum dhk_err
merkle_root(
    uint8_t out[MERKLE_HASH], uint64_t size, const struct merkle_reader *r)
{
    if (size > 0)
        return merkle_range(out, 0, size, r);
    merkle_empty(out);
    return DHK_OK;
}

enum dhk_err
merkle_range(uint8_t out[MERKLE_HASH], uint64_t lo, uint64_t hi,
    const struct merkle_reader *r)
{
    uint8_t left[MERKLE_HASH];
    if (hi > MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    must(lo < hi && (lo & (((uint64_t)1 << bit_length(hi - lo - 1)) - 1)) == 0);
    /* The perfect subtrees of it, the smallest and rightmost first. */
    for (uint64_t rest = hi - lo; rest != 0; rest &= rest - 1) {
        unsigned level = (unsigned)__builtin_ctzll(rest);
        bool first = rest == hi - lo;
        uint64_t index = ((lo + rest) >> level) - 1;
        enum dhk_err rc = read_node(first ? out : left, level, index, r);
        if (rc != DHK_OK)
            return rc;
        if (!first)
            merkle_node(out, left, out);
    }
    return DHK_OK;
}

void
merkle_frontier_init(struct merkle_frontier *f)
{
    memset(f, 0, sizeof *f);
}

enum dhk_err
merkle_frontier_load(
    struct merkle_frontier *f, uint64_t size, const struct merkle_reader *r)
{
    merkle_frontier_init(f);
    if (size > MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    for (uint64_t rest = size; rest != 0; rest &= rest - 1) {
        unsigned level = (unsigned)__builtin_ctzll(rest);
        enum dhk_err rc =
            read_node(f->hash[level], level, (size >> level) - 1, r);
        if (rc != DHK_OK) {
            merkle_frontier_init(f);
            return rc;
        }
    }
    f->size = size;
    return DHK_OK;
}

enum dhk_err
merkle_frontier_append(struct merkle_frontier *f,
    const uint8_t leaf[MERKLE_HASH], struct merkle_nodes *nodes)
{
    uint8_t hash[MERKLE_HASH];
    unsigned level = 0;
    if (f->size >= MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    memcpy(hash, leaf, MERKLE_HASH);
    for (;; level++) {
        if (nodes != NULL)
            memcpy(nodes->hash[level], hash, MERKLE_HASH);
        if ((f->size >> level & 1) == 0)
            break;
        merkle_node(hash, f->hash[level], hash);
    }
    memcpy(f->hash[level], hash, MERKLE_HASH);
    if (nodes != NULL) {
        nodes->first = merkle_stored_count(f->size);
        nodes->n = level + 1;
    }
    f->size++;
    return DHK_OK;
}

void
merkle_frontier_root(uint8_t out[MERKLE_HASH], const struct merkle_frontier *f)
{
    if (f->size == 0) {
        merkle_empty(out);
        return;
    }
    unsigned level = (unsigned)__builtin_ctzll(f->size);
    memcpy(out, f->hash[level], MERKLE_HASH);
    for (level++; level < MERKLE_LEVELS; level++)
        if ((f->size >> level & 1) != 0)
            merkle_node(out, f->hash[level], out);
}

/* Narrows AT to the half that holds leaf M, and notes the other half. */
static void
descend(struct range *at, uint64_t m, struct ranges *siblings)
{
    uint64_t middle = at->lo + split(at->hi - at->lo);
    struct range left = {at->lo, middle};
    struct range right = {middle, at->hi};
    siblings->at[siblings->n++] = m < middle ? right : left;
    *at = m < middle ? left : right;
}

/* Appends the hashes of RANGES, the last and deepest first. */
static enum dhk_err
emit(struct sink *out, const struct ranges *ranges,
    const struct merkle_reader *r)
{
    uint8_t hash[MERKLE_HASH];
    for (size_t i = ranges->n; i > 0; i--) {
        const struct range *at = &ranges->at[i - 1];
        enum dhk_err rc = merkle_range(hash, at->lo, at->hi, r);
        if (rc != DHK_OK)
            return rc;
        sink_put(out, hash, sizeof hash);
    }
    return out->err;
}

enum dhk_err
merkle_inclusion_prove(struct sink *out, uint64_t index, uint64_t size,
    const struct merkle_reader *r)
{
    struct ranges siblings = {.n = 0};
    struct range at = {0, size};
    if (size > MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    if (index >= size)
        return DHK_NOTFOUND;
    while (at.hi - at.lo > 1)
        descend(&at, index, &siblings);
    return emit(out, &siblings, r);
}

enum dhk_err
merkle_consistency_prove(struct sink *out, uint64_t old, uint64_t size,
    const struct merkle_reader *r)
{
    struct ranges found = {.n = 0};
    struct range at = {0, size};
    if (size > MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    if (old > size)
        return DHK_STATE;
    if (old == 0 || old == size)
        return out->err;
    /* Down to the subtree that ends where the old tree ended. */
    while (at.hi != old)
        descend(&at, old - 1, &found);
    /* When that is the whole old tree, the verifier has its root already. */
    if (at.lo != 0)
        found.at[found.n++] = at;
    return emit(out, &found, r);
}

/* One step up both trees; see RFC 9162, 2.1.3.2 and 2.1.4.2. FN is the
 * position of the subtree at its level, SN that of the last one there. */
struct climb {
    uint64_t fn;
    uint64_t sn;
};

/* Whether the next proof hash is a left sibling. Moves up past the levels
 * that the right edge skips. */
static bool
climb_left(struct climb *c)
{
    bool left = (c->fn & 1) != 0 || c->fn == c->sn;
    while (left && c->fn != 0 && (c->fn & 1) == 0) {
        c->fn >>= 1;
        c->sn >>= 1;
    }
    c->fn >>= 1;
    c->sn >>= 1;
    return left;
}

static bool
same(const uint8_t a[MERKLE_HASH], const uint8_t b[MERKLE_HASH])
{
    return memcmp(a, b, MERKLE_HASH) == 0;
}

enum dhk_err
merkle_inclusion_verify(const struct merkle_head *head, uint64_t index,
    const uint8_t leaf[MERKLE_HASH], struct slice proof)
{
    if (head->size > MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    if (index >= head->size)
        return DHK_FORMAT;
    unsigned inner = bit_length(index ^ (head->size - 1));
    size_t hashes = inner + ones(index >> inner);
    if (proof.n != hashes * MERKLE_HASH)
        return DHK_FORMAT;

    uint8_t hash[MERKLE_HASH];
    struct climb c = {index, head->size - 1};
    memcpy(hash, leaf, sizeof hash);
    for (size_t i = 0; i < proof.n; i += MERKLE_HASH) {
        if (climb_left(&c))
            merkle_node(hash, proof.p + i, hash);
        else
            merkle_node(hash, hash, proof.p + i);
    }
    return c.sn == 0 && same(hash, head->root) ? DHK_OK : DHK_AUTH;
}

/* The number of hashes from a tree of OLD to one of SIZE leaves,
 * 0 < OLD < SIZE. */
static size_t
consistency_hashes(uint64_t old, uint64_t size)
{
    unsigned shift = (unsigned)__builtin_ctzll(old);
    unsigned top = bit_length((old - 1) ^ (size - 1));
    size_t seed = is_power_of_two(old) ? 0 : 1;
    return seed + (top - shift) + ones((old - 1) >> top);
}

/* Climbs both trees at once; 0 < old < size and the length of PROOF fits. */
static enum dhk_err
consistency_climb(const struct merkle_head *old, const struct merkle_head *head,
    struct slice proof)
{
    uint8_t first[MERKLE_HASH];
    uint8_t second[MERKLE_HASH];
    struct climb c = {old->size - 1, head->size - 1};
    size_t i = 0;
    while ((c.fn & 1) != 0) {
        c.fn >>= 1;
        c.sn >>= 1;
    }
    if (is_power_of_two(old->size)) {
        memcpy(first, old->root, sizeof first);
    } else {
        memcpy(first, proof.p, sizeof first);
        i = MERKLE_HASH;
    }
    memcpy(second, first, sizeof second);
    for (; i < proof.n; i += MERKLE_HASH) {
        if (climb_left(&c)) {
            merkle_node(first, proof.p + i, first);
            merkle_node(second, proof.p + i, second);
        } else {
            merkle_node(second, second, proof.p + i);
        }
    }
    bool good = c.sn == 0 && same(first, old->root) && same(second, head->root);
    return good ? DHK_OK : DHK_AUTH;
}

enum dhk_err
merkle_consistency_verify(const struct merkle_head *old,
    const struct merkle_head *head, struct slice proof)
{
    uint8_t empty[MERKLE_HASH];
    if (old->size > MERKLE_SIZE_MAX || head->size > MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    if (old->size > head->size)
        return DHK_FORMAT;
    bool trivial = old->size == 0 || old->size == head->size;
    size_t hashes = trivial ? 0 : consistency_hashes(old->size, head->size);
    if (proof.n != hashes * MERKLE_HASH)
        return DHK_FORMAT;
    if (!trivial)
        return consistency_climb(old, head, proof);
    merkle_empty(empty);
    if (old->size == 0 && !same(old->root, empty))
        return DHK_AUTH;
    if (old->size == head->size && !same(old->root, head->root))
        return DHK_AUTH;
    return DHK_OK;
}
