/* SPDX-License-Identifier: EUPL-1.2
 *
 * A level of tiles is eight levels of the tree: of 256 hashes only their root
 * goes up, and what lies between is computed when it is needed. */
#include "tiles.h"

#include <stdio.h>

#include "text.h"

enum { LEVEL_BITS = 8, GROUP = 1000 };

/* --- paths --- */

/* Three digits a folder, all but the last after an x. */
static void
put_number(struct sink *s, uint64_t n)
{
    uint64_t unit = 1;
    char group[8];
    while (n / unit >= GROUP)
        unit *= GROUP;
    for (; unit > 0; unit /= GROUP) {
        (void)snprintf(group, sizeof group, unit > 1 ? "x%03u/" : "%03u",
            (unsigned)(n / unit % GROUP));
        sink_slice(s, slice_str(group));
    }
}

void
tiles_path(char *out, const struct tiles_at *at)
{
    struct sink s;
    must(at->level < TILES_LEVELS || at->level == TILES_ENTRIES);
    must(at->width > 0 && at->width <= TILES_WIDTH);
    sink_init(&s, out, TILES_PATH);
    sink_slice(&s, slice_str("tile/"));
    if (at->level == TILES_ENTRIES)
        sink_slice(&s, slice_str("entries"));
    else
        text_put_uint(&s, at->level);
    sink_u8(&s, '/');
    put_number(&s, at->n);
    if (at->width < TILES_WIDTH) {
        sink_slice(&s, slice_str(".p/"));
        text_put_uint(&s, at->width);
    }
    sink_u8(&s, '\0');
    must(s.err == DHK_OK);
}

/* How many entries lie under one hash of LEVEL, as a shift. */
static unsigned
shift_of(unsigned level)
{
    return level == TILES_ENTRIES ? 0 : LEVEL_BITS * level;
}

/* The bytes up to the next slash, which is cut off too; all if there is
 * none. */
static struct slice
cut(struct slice *rest)
{
    const uint8_t *slash = rest->n == 0 ? NULL : memchr(rest->p, '/', rest->n);
    size_t n = slash == NULL ? rest->n : (size_t)(slash - rest->p);
    struct slice part = slice_of(rest->p, n);
    size_t skip = slash == NULL ? n : n + 1;
    if (skip > 0)
        *rest = slice_of(rest->p + skip, rest->n - skip);
    return part;
}

static bool
parse_number(uint64_t *n, struct slice *rest)
{
    unsigned digits = 0;
    struct slice group;
    *n = 0;
    do {
        group = cut(rest);
        bool more = text_skip(&group, "x");
        if (!more && group.n > 3) /* "003.p" */
            group.n = 3;
        if (group.n != 3 || text_digits(&digits, group) != DHK_OK ||
            *n > MERKLE_SIZE_MAX / GROUP)
            return false;
        *n = *n * GROUP + digits;
        if (!more)
            return true;
    } while (rest->n > 0);
    return false;
}

/* Reads loosely; that the path is the one of what was read, tiles_path() will
 * tell. */
static bool
parse(struct tiles_at *out, struct slice path)
{
    struct slice rest = path, level;
    uint64_t v = 0;
    if (!text_skip(&rest, "tile/"))
        return false;
    level = cut(&rest);
    out->level = TILES_ENTRIES;
    if (!text_is(level, "entries")) {
        if (text_uint(&v, level, TILES_LEVELS - 1) != DHK_OK)
            return false;
        out->level = (unsigned)v;
    }
    if (!parse_number(&out->n, &rest))
        return false;
    out->width = TILES_WIDTH;
    if (rest.n == 0)
        return true;
    if (text_uint(&v, rest, TILES_WIDTH - 1) != DHK_OK || v == 0)
        return false;
    out->width = (unsigned)v;
    return true;
}

/* Whether a tree may reach the last hash of the file. */
static bool
is_reached(const struct tiles_at *at)
{
    uint64_t hashes = MERKLE_SIZE_MAX >> shift_of(at->level);
    return at->n <= hashes / TILES_WIDTH &&
           at->n * TILES_WIDTH + at->width <= hashes;
}

enum dhk_err
tiles_path_parse(struct tiles_at *out, struct slice path)
{
    struct tiles_at at = {.level = 0};
    char again[TILES_PATH];
    *out = at;
    if (path.n >= TILES_PATH || !parse(&at, path) || !is_reached(&at))
        return DHK_FORMAT;
    tiles_path(again, &at);
    if (!text_is(path, again))
        return DHK_FORMAT;
    *out = at;
    return DHK_OK;
}

uint64_t
tiles_full(uint64_t size, unsigned level)
{
    return size >> shift_of(level) >> LEVEL_BITS;
}

unsigned
tiles_width(uint64_t size, unsigned level)
{
    return (unsigned)(size >> shift_of(level)) % TILES_WIDTH;
}

bool
tiles_find(struct tiles_at *out, uint64_t size, unsigned level, uint64_t n)
{
    uint64_t full = tiles_full(size, level);
    *out = (struct tiles_at){
        level, n, n < full ? TILES_WIDTH : tiles_width(size, level)};
    return n <= full && out->width > 0;
}

/* --- entry bundles --- */

enum dhk_err
tiles_bundle_put(struct sink *out, struct slice entry)
{
    if (entry.n > TILES_ENTRY_MAX)
        return DHK_LIMIT;
    sink_u16(out, (uint16_t)entry.n);
    sink_slice(out, entry);
    return out->err;
}

struct slice
tiles_bundle_next(struct cursor *c)
{
    return cursor_bytes(c, cursor_u16(c));
}

/* --- the tree --- */

void
tiles_tree_init(struct tiles_tree *t)
{
    memset(t, 0, sizeof *t);
}

enum dhk_err
tiles_tree_load(struct tiles_tree *t, uint64_t size,
    enum dhk_err (*give)(void *ctx, const struct tiles_at *at, uint8_t *hashes),
    void *ctx)
{
    enum dhk_err rc = DHK_OK;
    tiles_tree_init(t);
    if (size > MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    for (unsigned level = 0; rc == DHK_OK && level < TILES_LEVELS; level++) {
        struct tiles_at at = {
            level, tiles_full(size, level), tiles_width(size, level)};
        if (at.width > 0)
            rc = give(ctx, &at, t->hash[level][0]);
    }
    if (rc == DHK_OK)
        t->size = size;
    else
        tiles_tree_init(t);
    return rc;
}

/* Root of 2^BITS hashes; SCRATCH is overwritten. */
static void
fold(uint8_t out[MERKLE_HASH], uint8_t (*scratch)[MERKLE_HASH], unsigned bits)
{
    for (unsigned n = 1U << bits; n > 1; n /= 2)
        for (unsigned i = 0; i < n / 2; i++)
            merkle_node(scratch[i], scratch[2 * i], scratch[2 * i + 1]);
    memcpy(out, scratch[0], MERKLE_HASH);
}

enum dhk_err
tiles_tree_append(struct tiles_tree *t, const uint8_t leaf[MERKLE_HASH],
    const struct tiles_out *out)
{
    uint8_t up[MERKLE_HASH];
    if (t->size >= MERKLE_SIZE_MAX)
        return DHK_LIMIT;
    memcpy(up, leaf, sizeof up);
    for (unsigned level = 0; level < TILES_LEVELS; level++) {
        struct tiles_at at = {level, tiles_full(t->size, level), TILES_WIDTH};
        unsigned i = tiles_width(t->size, level);
        memcpy(t->hash[level][i], up, sizeof up);
        if (i + 1 < TILES_WIDTH)
            break;
        enum dhk_err rc = out->tile(out->ctx, &at, t->hash[level][0]);
        if (rc != DHK_OK)
            return rc;
        fold(up, t->hash[level], LEVEL_BITS);
    }
    t->size++;
    return DHK_OK;
}

enum dhk_err
tiles_tree_rest(const struct tiles_tree *t, const struct tiles_out *out)
{
    enum dhk_err rc = DHK_OK;
    for (unsigned level = 0; rc == DHK_OK && level < TILES_LEVELS; level++) {
        struct tiles_at at = {
            level, tiles_full(t->size, level), tiles_width(t->size, level)};
        if (at.width > 0)
            rc = out->tile(out->ctx, &at, t->hash[level][0]);
    }
    return rc;
}

void
tiles_tree_frontier(struct merkle_frontier *out, const struct tiles_tree *t)
{
    uint8_t scratch[TILES_WIDTH][MERKLE_HASH];
    merkle_frontier_init(out);
    out->size = t->size;
    for (unsigned level = 0; level < TILES_LEVELS; level++) {
        unsigned width = tiles_width(t->size, level), from = 0;
        for (unsigned bit = LEVEL_BITS; bit-- > 0;) {
            if ((width >> bit & 1) == 0)
                continue;
            memcpy(scratch, t->hash[level][from], (size_t)MERKLE_HASH << bit);
            fold(out->hash[LEVEL_BITS * level + bit], scratch, bit);
            from += 1U << bit;
        }
    }
}

void
tiles_tree_root(uint8_t out[MERKLE_HASH], const struct tiles_tree *t)
{
    struct merkle_frontier f;
    tiles_tree_frontier(&f, t);
    merkle_frontier_root(out, &f);
}
