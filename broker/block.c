/* SPDX-License-Identifier: EUPL-1.2 */
#include "block.h"

#include <stdlib.h>
#include <string.h>

#include "seal.h"

enum {
    /* another one whenever entries get other terms: line.c, sight.c, term.c */
    VERSION = 1,
    SUM = SEAL_HASH,
    HEAD = SUM + 1 + 1 + 4,
    ITEM = 4 + 4,
    STEP_MAX = 3, /* bytes of one step: places have 16 bits */
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
};

uint32_t
block_hash(const struct term *term)
{
    /* FNV-1a, folded: what collides costs time, nothing else */
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)term->field;

    h *= UINT64_C(0x100000001b3);
    for (size_t i = 0; i < term->value.n; i++)
        h = (h ^ term->value.p[i]) * UINT64_C(0x100000001b3);
    return (uint32_t)(h ^ h >> 32);
}

static void
sum(uint8_t out[SUM], struct slice block, uint64_t segment)
{
    uint8_t number[8];
    struct slice part[2] = {slice_of(number, sizeof number),
        slice_of(block.p + SUM, block.n - SUM)};

    bytes_put_u64(number, segment);
    seal_hash(out, "driehoek/index-block", part, 2);
}

/* Sorts by one digit of the hash and keeps the order of what is equal. */
static void
sort_by(uint64_t *to, const uint64_t *from, size_t n, unsigned shift)
{
    size_t begin[DIGITS] = {0}, at = 0;

    for (size_t i = 0; i < n; i++)
        begin[from[i] >> shift & (DIGITS - 1)]++;
    for (size_t d = 0; d < DIGITS; d++) {
        size_t count = begin[d];
        begin[d] = at;
        at += count;
    }
    for (size_t i = 0; i < n; i++)
        to[begin[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

static enum dhk_err
sort(uint64_t *pair, size_t n)
{
    uint64_t *other = malloc((n + 1) * sizeof *other);

    if (other == NULL)
        return DHK_NOMEM;
    sort_by(other, pair, n, BLOCK_PLACE_BITS);
    sort_by(pair, other, n, BLOCK_PLACE_BITS + DIGIT_BITS);
    sort_by(other, pair, n, BLOCK_PLACE_BITS + 2 * DIGIT_BITS);
    memcpy(pair, other, n * sizeof *pair);
    free(other);
    return DHK_OK;
}

static uint32_t
hash_of(uint64_t pair)
{
    return (uint32_t)(pair >> BLOCK_PLACE_BITS);
}

static uint32_t
place_of(uint64_t pair)
{
    return (uint32_t)(pair & ((1U << BLOCK_PLACE_BITS) - 1));
}

static size_t
put_step(uint8_t *to, uint32_t step)
{
    size_t n = 0;

    for (; step >= 0x80; step >>= 7)
        to[n++] = (uint8_t)(step | 0x80);
    to[n++] = (uint8_t)step;
    return n;
}

static size_t
count_terms(const uint64_t *pair, size_t n)
{
    size_t terms = n > 0 ? 1 : 0;

    for (size_t i = 1; i < n; i++)
        terms += hash_of(pair[i]) != hash_of(pair[i - 1]) ? 1 : 0;
    return terms;
}

/* Writes items and lists of sorted pairs behind the head; returns the end. */
static uint8_t *
put_lists(uint8_t *block, size_t terms, const uint64_t *pair, size_t n)
{
    uint8_t *item = block + HEAD, *lists = item + terms * ITEM, *at = lists;

    for (size_t i = 0; i < n; i++) {
        bool is_new = i == 0 || hash_of(pair[i]) != hash_of(pair[i - 1]);
        if (is_new)
            at += put_step(at, place_of(pair[i]));
        else if (pair[i] != pair[i - 1])
            at += put_step(at, place_of(pair[i]) - place_of(pair[i - 1]));
        if (i + 1 < n && hash_of(pair[i + 1]) == hash_of(pair[i]))
            continue;
        bytes_put_u32(item, hash_of(pair[i]));
        bytes_put_u32(item + 4, (uint32_t)(at - lists));
        item += ITEM;
    }
    return at;
}

static enum dhk_err
make(uint8_t **out, size_t *out_n, uint64_t segment, const uint64_t *pair,
    size_t n, bool whole)
{
    size_t terms = count_terms(pair, n);
    uint8_t *block = malloc(HEAD + terms * ITEM + n * STEP_MAX);

    *out = block;
    if (block == NULL)
        return DHK_NOMEM;
    block[SUM] = VERSION;
    block[SUM + 1] = whole ? 1 : 0;
    bytes_put_u32(block + SUM + 2, (uint32_t)terms);
    *out_n = (size_t)(put_lists(block, terms, pair, n) - block);
    sum(block, slice_of(block, *out_n), segment);
    return DHK_OK;
}

enum dhk_err
block_make(
    uint8_t **out, size_t *out_n, uint64_t segment, uint64_t *pair, size_t n)
{
    enum dhk_err rc = sort(pair, n);

    *out = NULL;
    return rc != DHK_OK ? rc : make(out, out_n, segment, pair, n, false);
}

enum dhk_err
block_make_whole(uint8_t **out, size_t *out_n, uint64_t segment)
{
    return make(out, out_n, segment, NULL, 0, true);
}

bool
block_is_good(struct slice block, uint64_t segment)
{
    uint8_t again[SUM];

    if (block.n < HEAD || block.p[SUM] != VERSION)
        return false;
    sum(again, block, segment);
    return memcmp(again, block.p, SUM) == 0;
}

/* The first of N items that is not below HASH. */
static size_t
lower_bound(const uint8_t *items, size_t n, uint32_t hash)
{
    size_t lo = 0;

    while (n > 0) {
        size_t half = n / 2;
        if (bytes_get_u32(items + (lo + half) * ITEM) < hash) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return lo;
}

bool
block_find(struct slice block, uint32_t hash, struct slice *list)
{
    *list = slice_of(NULL, 0);
    if (block.n < HEAD || block.p[SUM] != VERSION || block.p[SUM + 1] != 0)
        return false;
    size_t n = bytes_get_u32(block.p + SUM + 2);
    if (n > (block.n - HEAD) / ITEM)
        return false;
    const uint8_t *items = block.p + HEAD, *lists = items + n * ITEM;
    size_t i = lower_bound(items, n, hash);
    if (i == n || bytes_get_u32(items + i * ITEM) != hash)
        return true;
    size_t from = i == 0 ? 0 : bytes_get_u32(items + i * ITEM - 4);
    size_t end = bytes_get_u32(items + i * ITEM + 4);
    if (from >= end || end > block.n - HEAD - n * ITEM)
        return false;
    *list = slice_of(lists + from, end - from);
    return true;
}

bool
block_next(struct slice *list, uint32_t *place, bool first)
{
    uint32_t step = 0;

    for (unsigned shift = 0; list->n > 0 && shift < 7 * STEP_MAX; shift += 7) {
        uint8_t byte = *list->p;
        list->p++;
        list->n--;
        step |= (uint32_t)(byte & 0x7f) << shift;
        if (byte >= 0x80)
            continue;
        *place = first ? step : *place + step;
        return true;
    }
    *list = slice_of(NULL, 0);
    return false;
}
