/* SPDX-License-Identifier: EUPL-1.2
 *
 * The tree again from the entries. A tile that differs is only remembered: the
 * root tells whether it or the entries below were altered. */
#include "tilesfsck.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct tilesdir *d;
    struct tilesfsck_result *result;
    struct tilesfsck_fault *fault;
    const struct tilesfsck_progress *progress;
    struct tiles_tree tree;
    /* the first tile that is not what the entries make */
    bool differs;
    char tile[TILES_PATH];
    uint64_t hash; /* of those of its level, the first that is different */
    unsigned level;
    const char *what;
};

enum dhk_err
tilesfsck_fault_is(struct tilesfsck_fault *fault, enum dhk_err rc,
    const char *file, const char *what)
{
    (void)snprintf(fault->file, sizeof fault->file, "%s", file);
    (void)snprintf(fault->text, sizeof fault->text, "%s: %s", file, what);
    return rc;
}

static enum dhk_err
entry_fault(struct tilesfsck_fault *fault, enum dhk_err rc, const char *file,
    uint64_t entry, const char *what)
{
    fault->has_entry = true;
    fault->entry = entry;
    (void)snprintf(fault->file, sizeof fault->file, "%s", file);
    (void)snprintf(fault->text, sizeof fault->text, "%s: entry %" PRIu64 " %s",
        file, entry, what);
    return rc;
}

/* Why the file could not be read. */
static enum dhk_err
unread(struct tilesfsck_fault *fault, enum dhk_err rc, const char *file)
{
    if (rc == DHK_NOTFOUND)
        return tilesfsck_fault_is(fault, DHK_AUTH, file, "is not there");
    if (rc == DHK_LIMIT)
        return tilesfsck_fault_is(
            fault, DHK_AUTH, file, "is longer than it can be");
    return tilesfsck_fault_is(fault, rc, file, dhk_strerror(rc));
}

/* --- entries --- */

enum dhk_err
tilesfsck_bundle(struct slice *out, struct tilesdir *d,
    const struct tiles_at *at, struct tilesfsck_fault *fault)
{
    char name[TILES_PATH];
    struct cursor c;
    tiles_path(name, at);
    enum dhk_err rc = tilesdir_read(d, out, name, TILES_BUNDLE_MAX);
    if (rc != DHK_OK)
        return unread(fault, rc, name);
    cursor_init(&c, *out);
    for (unsigned i = 0; i < at->width; i++) {
        (void)tiles_bundle_next(&c);
        if (c.err != DHK_OK)
            return entry_fault(
                fault, DHK_FORMAT, name, at->n * TILES_WIDTH + i, "is cut off");
    }
    if (cursor_end(&c) != DHK_OK)
        return tilesfsck_fault_is(
            fault, DHK_FORMAT, name, "something follows its last entry");
    return DHK_OK;
}

/* --- tiles --- */

static void
note_difference(
    struct run *r, const struct tiles_at *at, uint64_t hash, const char *what)
{
    if (r->differs)
        return;
    r->differs = true;
    tiles_path(r->tile, at);
    r->hash = hash;
    r->level = at->level;
    r->what = what;
}

/* Whether the file AT holds HASHES. */
static enum dhk_err
compare_tile(void *ctx, const struct tiles_at *at, const uint8_t *hashes)
{
    struct run *r = ctx;
    char name[TILES_PATH];
    struct slice there;
    unsigned same = 0;
    tiles_path(name, at);
    enum dhk_err rc = tilesdir_read(r->d, &there, name, TILES_BYTES);
    if (rc == DHK_IO || rc == DHK_NOMEM)
        return unread(r->fault, rc, name);
    r->result->tiles++;
    size_t n = (size_t)at->width * MERKLE_HASH;
    if (rc == DHK_OK && there.n == n && memcmp(there.p, hashes, n) == 0)
        return DHK_OK;
    if (rc != DHK_OK || there.n != n) {
        note_difference(r, at, at->n * TILES_WIDTH,
            rc == DHK_NOTFOUND ? "is not there"
                               : "is not of the length that it should have");
        return DHK_OK;
    }
    while (memcmp(there.p + (size_t)same * MERKLE_HASH,
               hashes + (size_t)same * MERKLE_HASH, MERKLE_HASH) == 0)
        same++;
    note_difference(r, at, at->n * TILES_WIDTH + same, NULL);
    return DHK_OK;
}

static enum dhk_err
add_bundle(struct run *r, const struct tiles_at *at)
{
    struct tiles_out out = {compare_tile, r};
    uint8_t leaf[TILES_WIDTH][MERKLE_HASH];
    struct slice bytes;
    struct cursor c;
    enum dhk_err rc = tilesfsck_bundle(&bytes, r->d, at, r->fault);
    if (rc != DHK_OK)
        return rc;
    r->result->bundles++;
    r->result->bytes += bytes.n - 2 * (uint64_t)at->width;
    cursor_init(&c, bytes);
    for (unsigned i = 0; i < at->width; i++)
        merkle_leaf(leaf[i], tiles_bundle_next(&c));
    for (unsigned i = 0; rc == DHK_OK && i < at->width; i++)
        rc = tiles_tree_append(&r->tree, leaf[i], &out);
    if (rc == DHK_OK && r->progress->show != NULL)
        r->progress->show(r->progress->ctx, r->tree.size, r->result->head.size);
    return rc;
}

/* --- who is to blame --- */

static enum dhk_err
give_leaves(void *ctx, const struct tiles_at *at, uint8_t *hashes)
{
    struct run *r = ctx;
    char name[TILES_PATH];
    struct slice there;
    tiles_path(name, at);
    enum dhk_err rc = tilesdir_read(r->d, &there, name, TILES_BYTES);
    if (rc == DHK_OK && there.n != (size_t)at->width * MERKLE_HASH)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        memcpy(hashes, there.p, there.n);
    return rc;
}

static enum dhk_err
ignore_tile(void *ctx, const struct tiles_at *at, const uint8_t *hashes)
{
    (void)ctx;
    (void)at;
    (void)hashes;
    return DHK_OK;
}

/* Whether the hashes in the tiles of level 0 make the checkpoint's root. */
static bool
leaves_are_right(struct run *r)
{
    uint8_t hashes[TILES_BYTES], root[MERKLE_HASH];
    const struct tiles_out out = {ignore_tile, NULL};
    uint64_t size = r->result->head.size;
    struct tiles_at at;
    enum dhk_err rc = DHK_OK;
    tiles_tree_init(&r->tree);
    for (uint64_t n = 0; rc == DHK_OK && tiles_find(&at, size, 0, n); n++) {
        rc = give_leaves(r, &at, hashes);
        for (unsigned i = 0; rc == DHK_OK && i < at.width; i++)
            rc = tiles_tree_append(
                &r->tree, hashes + (size_t)i * MERKLE_HASH, &out);
    }
    tiles_tree_root(root, &r->tree);
    return rc == DHK_OK && memcmp(root, r->result->head.root, sizeof root) == 0;
}

/* The entry of the first hash of level 0 that differs. */
static enum dhk_err
blame_entry(struct run *r, const char *what)
{
    char name[TILES_PATH];
    struct tiles_at at;
    must(tiles_find(
        &at, r->result->head.size, TILES_ENTRIES, r->hash / TILES_WIDTH));
    tiles_path(name, &at);
    return entry_fault(r->fault, DHK_AUTH, name, r->hash, what);
}

static enum dhk_err
blame_tile(struct run *r)
{
    char what[160];
    if (r->what != NULL)
        return tilesfsck_fault_is(r->fault, DHK_AUTH, r->tile, r->what);
    (void)snprintf(what, sizeof what,
        "its hash %" PRIu64 " was altered: the entries make another, and "
        "those are what the checkpoint says",
        r->hash % TILES_WIDTH);
    return tilesfsck_fault_is(r->fault, DHK_AUTH, r->tile, what);
}

static enum dhk_err
judge(struct run *r)
{
    uint8_t root[MERKLE_HASH];
    tiles_tree_root(root, &r->tree);
    bool is_root = memcmp(root, r->result->head.root, sizeof root) == 0;
    if (is_root)
        return r->differs ? blame_tile(r) : DHK_OK;
    if (r->differs && r->level == 0 && r->what == NULL) {
        if (leaves_are_right(r))
            return blame_entry(r,
                "was altered: its hash is not the one that the tile and the "
                "checkpoint have");
        return blame_entry(r,
            "does not have the hash that its tile says, and neither makes the "
            "checkpoint's root");
    }
    if (r->differs)
        return tilesfsck_fault_is(r->fault, DHK_AUTH, r->tile,
            "is not what the entries make, nor are they what the checkpoint "
            "says");
    return tilesfsck_fault_is(r->fault, DHK_AUTH, "checkpoint",
        "its root is not the one of the entries and tiles, which fit each "
        "other");
}

/* --- all of it --- */

static enum dhk_err
read_head(struct run *r)
{
    struct slice note;
    struct diag diag = {NULL, 0};
    enum dhk_err rc =
        tilesdir_read(r->d, &note, "checkpoint", LIMIT_CHECKPOINT);
    if (rc == DHK_NOTFOUND) {
        (void)tilesfsck_fault_is(r->fault, rc, "checkpoint",
            "is not there: this is no exported ledger, or its export has not "
            "ended yet");
        return rc;
    }
    if (rc != DHK_OK)
        return unread(r->fault, rc, "checkpoint");
    rc = checkpoint_open(&r->result->head, note, NULL, &diag);
    if (rc != DHK_OK)
        return tilesfsck_fault_is(r->fault, DHK_FORMAT, "checkpoint",
            diag.what != NULL ? diag.what : dhk_strerror(rc));
    return DHK_OK;
}

static enum dhk_err
add_all(struct run *r)
{
    uint64_t size = r->result->head.size;
    struct tiles_out out = {compare_tile, r};
    struct tiles_at at;
    enum dhk_err rc = DHK_OK;
    for (uint64_t n = 0;
         rc == DHK_OK && tiles_find(&at, size, TILES_ENTRIES, n); n++)
        rc = add_bundle(r, &at);
    if (rc == DHK_OK)
        rc = tiles_tree_rest(&r->tree, &out);
    r->result->entries = r->tree.size;
    return rc;
}

enum dhk_err
tilesfsck_tree(struct tilesdir *d, struct tilesfsck_result *result,
    struct tilesfsck_fault *fault, const struct tilesfsck_progress *progress)
{
    struct run *r = calloc(1, sizeof *r);
    memset(result, 0, sizeof *result);
    memset(fault, 0, sizeof *fault);
    if (r == NULL)
        return DHK_NOMEM;
    r->d = d;
    r->result = result;
    r->fault = fault;
    r->progress = progress;
    tiles_tree_init(&r->tree);
    enum dhk_err rc = read_head(r);
    if (rc == DHK_OK)
        rc = add_all(r);
    if (rc == DHK_OK)
        rc = judge(r);
    if (rc == DHK_OK)
        rc = tilesfsck_files(d, result, fault);
    free(r);
    return rc;
}
