/* SPDX-License-Identifier: EUPL-1.2
 *
 * The static files of C2SP tlog-tiles: their paths, their widths, the form of
 * an entry bundle, and the tree as tiles of 256 hashes. Works for every log of
 * that specification, not for ours alone.
 *
 *   tile/<L>/<N>[.p/<W>]        hashes of level L: roots of 256^L entries each
 *   tile/entries/<N>[.p/<W>]    256 entries: u16be length, bytes */
#ifndef PROTO_TILES_H
#define PROTO_TILES_H

#include "bytes.h"
#include "err.h"
#include "merkle.h"

enum {
    TILES_WIDTH = 256,
    TILES_LEVELS = 8,        /* 256^8 is more than MERKLE_SIZE_MAX */
    TILES_ENTRIES = 64,      /* as a level: the entry bundles */
    TILES_ENTRY_MAX = 65535, /* bytes of an entry */
    TILES_BYTES = TILES_WIDTH * MERKLE_HASH,
    TILES_BUNDLE_MAX = TILES_WIDTH * (2 + TILES_ENTRY_MAX),
    TILES_PATH = 64, /* bytes of every path, with its NUL */
};

/* One file. */
struct tiles_at {
    unsigned level; /* below TILES_LEVELS, or TILES_ENTRIES */
    uint64_t n;     /* of those of this level */
    unsigned width; /* hashes or entries in it, 1 to 256; 256: a full one */
};

/* OUT of TILES_PATH bytes. AT must be one that a tree can have. */
void tiles_path(char *out, const struct tiles_at *at);
/* The one path of a file. DHK_FORMAT: it is of none; also of levels and
 * numbers that no tree reaches. */
DHK_MUST_USE enum dhk_err tiles_path_parse(
    struct tiles_at *out, struct slice path);
/* Of a tree of SIZE entries: its full tiles at LEVEL (bundles: as level 0),
 * and the width of the partial one after them, 0 when there is none. */
uint64_t tiles_full(uint64_t size, unsigned level);
unsigned tiles_width(uint64_t size, unsigned level);
/* File N of LEVEL in that tree, full or partial; false: it has none. */
bool tiles_find(
    struct tiles_at *out, uint64_t size, unsigned level, uint64_t n);

/* --- entry bundles --- */
/* DHK_LIMIT: OUT is full, or the entry is longer than TILES_ENTRY_MAX. */
DHK_MUST_USE enum dhk_err tiles_bundle_put(
    struct sink *out, struct slice entry);
/* The next entry of the bundle that C reads; cursor_end() after the last. */
struct slice tiles_bundle_next(struct cursor *c);

/* --- the tree --- */
/* Gets each tile when it is complete; HASHES are at->width of them. An error
 * ends the work and is passed on. */
struct tiles_out {
    enum dhk_err (*tile)(
        void *ctx, const struct tiles_at *at, const uint8_t *hashes);
    void *ctx;
};
/* The right edge: of each level the hashes that are in no full tile yet.
 * Zeroed memory is the empty tree. */
struct tiles_tree {
    uint64_t size;
    uint8_t hash[TILES_LEVELS][TILES_WIDTH][MERKLE_HASH];
};
void tiles_tree_init(struct tiles_tree *t);
/* The tree of SIZE entries from its partial tiles, which GIVE gives, AT->width
 * hashes each. DHK_LIMIT: over MERKLE_SIZE_MAX. Worth what the root says. */
DHK_MUST_USE enum dhk_err tiles_tree_load(struct tiles_tree *t, uint64_t size,
    enum dhk_err (*give)(void *ctx, const struct tiles_at *at, uint8_t *hashes),
    void *ctx);
/* OUT gets the full tiles that LEAF completes, those of level 0 first.
 * DHK_LIMIT: the tree is full. */
DHK_MUST_USE enum dhk_err tiles_tree_append(struct tiles_tree *t,
    const uint8_t leaf[MERKLE_HASH], const struct tiles_out *out);
/* OUT gets the partial tiles. */
DHK_MUST_USE enum dhk_err tiles_tree_rest(
    const struct tiles_tree *t, const struct tiles_out *out);
void tiles_tree_root(uint8_t out[MERKLE_HASH], const struct tiles_tree *t);
void tiles_tree_frontier(
    struct merkle_frontier *out, const struct tiles_tree *t);

#endif
