/* SPDX-License-Identifier: EUPL-1.2
 *
 * Multi-proofs: prover and verifiers share one walk over the tree. Its shape
 * follows from the size and the indexes alone, which are checked first, so
 * the proof is read as a plain sequence of hashes. */
#include "merkle.h"

#include <string.h>

#include "limits.h"

enum {
    /* each level leaves at most a join and a right half behind */
    TASKS_MAX = 2 * MERKLE_LEVELS + 1,
    HASHES_MAX = MERKLE_LEVELS + 1,
};

/* A subtree to come: its leaves [lo, hi), and the wanted ones [from, to) in
 * the list of indexes. */
struct task {
    uint64_t lo;
    uint64_t hi;
    size_t from;
    size_t to;
    bool join; /* its halves are done */
};

struct walk {
    const uint64_t *index;
    size_t n;
    struct task tasks[TASKS_MAX];
};

enum step {
    STEP_END,
    STEP_OUTSIDE, /* a subtree without wanted leaves: one hash of the proof */
    STEP_LEAF,    /* wanted leaf number `from` */
    STEP_JOIN,    /* the two subtrees before make this one */
};

/* The first position in [from, to) whose index is at least LEAST. */
static size_t
lower_bound(const uint64_t *index, size_t from, size_t to, uint64_t least)
{
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (index[middle] < least)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void
walk_start(struct walk *w, const struct merkle_multi *m)
{
    w->index = m->index;
    w->n = 1;
    w->tasks[0] = (struct task){0, m->size, 0, m->n, false};
}

/* Where the right half begins: the left one has the largest power of two of
 * leaves that is less than all. */
static uint64_t
middle_of(const struct task *at)
{
    unsigned bits = 64 - (unsigned)__builtin_clzll(at->hi - at->lo - 1);
    return at->lo + ((uint64_t)1 << (bits - 1));
}

/* Replaces AT by its halves, the left one to be taken first, and their
 * join. */
static void
walk_split(struct walk *w, struct task at)
{
    uint64_t middle = middle_of(&at);
    size_t cut = lower_bound(w->index, at.from, at.to, middle);
    must(w->n + 3 <= TASKS_MAX);
    w->tasks[w->n++] = (struct task){at.lo, at.hi, at.from, at.to, true};
    w->tasks[w->n++] = (struct task){middle, at.hi, cut, at.to, false};
    w->tasks[w->n++] = (struct task){at.lo, middle, at.from, cut, false};
}

static enum step
walk_next(struct walk *w, struct task *at)
{
    while (w->n > 0) {
        *at = w->tasks[--w->n];
        if (at->join)
            return STEP_JOIN;
        if (at->from == at->to)
            return STEP_OUTSIDE;
        if (at->hi - at->lo == 1)
            return STEP_LEAF;
        walk_split(w, *at);
    }
    return STEP_END;
}

static enum dhk_err
check_indexes(const struct merkle_multi *m)
{
    if (m->size > MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    if (m->n == 0 || m->index[m->n - 1] >= m->size)
        return DHK_FORMAT;
    for (size_t i = 1; i < m->n; i++)
        if (m->index[i - 1] >= m->index[i])
            return DHK_FORMAT;
    return DHK_OK;
}

enum dhk_err
merkle_multi_prove(struct sink *out, const struct merkle_multi *m,
    const struct merkle_reader *r)
{
    uint8_t hash[MERKLE_HASH];
    struct walk w;
    struct task at;
    enum step step;
    size_t emitted = 0;
    enum dhk_err rc = check_indexes(m);
    if (rc != DHK_OK)
        return rc;
    walk_start(&w, m);
    while ((step = walk_next(&w, &at)) != STEP_END) {
        if (step != STEP_OUTSIDE)
            continue;
        if (++emitted > LIMIT_MULTIPROOF)
            return DHK_LIMIT;
        rc = merkle_range(hash, at.lo, at.hi, r);
        if (rc != DHK_OK)
            return rc;
        sink_put(out, hash, sizeof hash);
    }
    return out->err;
}

/* What the hashes of a multi-proof lead to. */
struct outcome {
    uint8_t root[MERKLE_HASH];
    struct sink *path; /* of leaf number `want`, unless NULL */
    size_t want;
};

/* Combines the two hashes on top of STACK (the right one is last); appends
 * the sibling to the path when one of them holds the leaf that it is for. */
static void
join(struct outcome *o, uint8_t (*top)[MERKLE_HASH], const struct task *at,
    const uint64_t *index)
{
    if (o->path != NULL && o->want >= at->from && o->want < at->to) {
        bool in_left = index[o->want] < middle_of(at);
        sink_put(o->path, top[in_left ? 1 : 0], MERKLE_HASH);
    }
    merkle_node(top[0], top[0], top[1]);
}

static enum dhk_err
combine(struct outcome *o, const struct merkle_multi *m)
{
    uint8_t stack[HASHES_MAX][MERKLE_HASH];
    size_t n = 0;
    struct walk w;
    struct task at;
    struct cursor proof;
    enum step step;
    cursor_init(&proof, m->proof);
    walk_start(&w, m);
    while ((step = walk_next(&w, &at)) != STEP_END) {
        if (step == STEP_JOIN) {
            must(n >= 2 && n <= HASHES_MAX);
            n--;
            join(o, &stack[n - 1], &at, m->index);
            continue;
        }
        struct slice hash =
            step == STEP_OUTSIDE
                ? cursor_bytes(&proof, MERKLE_HASH)
                : slice_of(m->leaves + at.from * MERKLE_HASH, MERKLE_HASH);
        if (hash.n != MERKLE_HASH)
            return DHK_FORMAT;
        must(n < HASHES_MAX);
        memcpy(stack[n++], hash.p, MERKLE_HASH);
    }
    must(n == 1);
    memcpy(o->root, stack[0], MERKLE_HASH);
    return cursor_end(&proof);
}

enum dhk_err
merkle_multi_verify(
    const struct merkle_multi *m, const uint8_t root[MERKLE_HASH])
{
    struct outcome o = {.path = NULL};
    enum dhk_err rc = check_indexes(m);
    if (rc != DHK_OK)
        return rc;
    if (m->proof.n > (size_t)LIMIT_MULTIPROOF * MERKLE_HASH)
        return DHK_LIMIT;
    rc = combine(&o, m);
    if (rc != DHK_OK)
        return rc;
    return memcmp(o.root, root, MERKLE_HASH) == 0 ? DHK_OK : DHK_AUTH;
}

enum dhk_err
merkle_multi_path(struct sink *out, const struct merkle_multi *m, size_t i)
{
    struct outcome o = {.path = out, .want = i};
    enum dhk_err rc = check_indexes(m);
    if (rc != DHK_OK)
        return rc;
    if (i >= m->n)
        return DHK_NOTFOUND;
    rc = combine(&o, m);
    return rc != DHK_OK ? rc : out->err;
}
