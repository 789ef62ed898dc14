/* SPDX-License-Identifier: EUPL-1.2
 *
 * Bundle before tile, tile before checkpoint: whoever finds one of them finds
 * what it is made from. */
#include "tileswriter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"

struct tileswriter {
    struct tilesdir *d;
    struct tiles_tree tree;
    uint8_t *mem;
    struct sink bundle; /* the entries after the last full one, in mem */
    struct dhk_problem *problem; /* of the call at hand */
};

static enum dhk_err
damaged(struct tileswriter *w, const char *name, const char *what)
{
    return problem_set(w->problem, DHK_FORMAT,
        "%s/%s: %s; 'driehoek ledger fsck' tells more, and what does not fit "
        "has to be removed",
        tilesdir_name(w->d), name, what);
}

static enum dhk_err
of_file(struct tileswriter *w, enum dhk_err rc, const char *name)
{
    char path[TILES_PATH + NODE_PATH];
    if (rc == DHK_OK)
        return rc;
    if (rc == DHK_EXISTS)
        return problem_set(w->problem, rc,
            "%s/%s is there already, with other bytes: what was exported is "
            "never written over. Compare the two, or export to an empty "
            "directory",
            tilesdir_name(w->d), name);
    (void)snprintf(path, sizeof path, "%s/%s", tilesdir_name(w->d), name);
    return problem_file(w->problem, rc, path);
}

/* --- the right edge --- */

static enum dhk_err
give_tile(void *ctx, const struct tiles_at *at, uint8_t *hashes)
{
    struct tileswriter *w = ctx;
    char name[TILES_PATH];
    struct slice bytes;
    tiles_path(name, at);
    enum dhk_err rc = tilesdir_read(w->d, &bytes, name, TILES_BYTES);
    if (rc == DHK_NOTFOUND)
        return damaged(w, name, "is not there");
    if (rc == DHK_IO || rc == DHK_NOMEM)
        return of_file(w, rc, name);
    if (rc != DHK_OK || bytes.n != (size_t)at->width * MERKLE_HASH)
        return damaged(w, name, "is not of the length that it should have");
    memcpy(hashes, bytes.p, bytes.n);
    return DHK_OK;
}

/* Entry after entry of the bundle NAME, of AT->width; those that are in the
 * tree must be those of its hashes, the others are added. */
static enum dhk_err
take_bundle(struct tileswriter *w, const char *name, const struct tiles_at *at,
    struct slice bytes)
{
    struct cursor c;
    uint8_t leaf[MERKLE_HASH];
    unsigned known = tiles_width(w->tree.size, 0);
    cursor_init(&c, bytes);
    for (unsigned i = 0; i < at->width; i++) {
        merkle_leaf(leaf, tiles_bundle_next(&c));
        if (c.err != DHK_OK)
            break;
        if (i < known && memcmp(leaf, w->tree.hash[0][i], sizeof leaf) != 0)
            return damaged(w, name, "does not hold the entries of its tile");
    }
    if (cursor_end(&c) != DHK_OK)
        return damaged(w, name, "is no bundle of entries");
    return DHK_OK;
}

/* The partial bundle of the checkpoint, which the full one begins with. */
static enum dhk_err
load_bundle(struct tileswriter *w)
{
    char name[TILES_PATH];
    struct slice bytes;
    struct tiles_at at;
    uint64_t size = w->tree.size;
    if (!tiles_find(&at, size, TILES_ENTRIES, tiles_full(size, 0)))
        return DHK_OK;
    tiles_path(name, &at);
    enum dhk_err rc = tilesdir_read(w->d, &bytes, name, TILES_BUNDLE_MAX);
    if (rc == DHK_NOTFOUND)
        return damaged(w, name, "is not there");
    if (rc == DHK_FORMAT || rc == DHK_LIMIT)
        return damaged(w, name, "is no bundle of entries");
    if (rc != DHK_OK)
        return of_file(w, rc, name);
    rc = take_bundle(w, name, &at, bytes);
    if (rc == DHK_OK)
        sink_slice(&w->bundle, bytes);
    return rc == DHK_OK ? w->bundle.err : rc;
}

static enum dhk_err
load(struct tileswriter *w, const struct checkpoint *cp)
{
    uint8_t root[MERKLE_HASH];
    enum dhk_err rc = tiles_tree_load(&w->tree, cp->size, give_tile, w);
    if (rc != DHK_OK)
        return rc;
    tiles_tree_root(root, &w->tree);
    if (memcmp(root, cp->root, sizeof root) != 0)
        return damaged(
            w, "checkpoint", "its root is not the one of the tiles beside it");
    return load_bundle(w);
}

enum dhk_err
tileswriter_new(struct tileswriter **out, struct tilesdir *d,
    const struct checkpoint *cp, struct dhk_problem *problem)
{
    struct tileswriter *w = calloc(1, sizeof *w);
    enum dhk_err rc = DHK_OK;
    *out = NULL;
    if (w != NULL)
        w->mem = malloc(TILES_BUNDLE_MAX);
    if (w == NULL || w->mem == NULL) {
        tileswriter_destroy(&w);
        return problem_set(problem, DHK_NOMEM, "out of memory");
    }
    w->d = d;
    w->problem = problem;
    tiles_tree_init(&w->tree);
    sink_init(&w->bundle, w->mem, TILES_BUNDLE_MAX);
    if (cp != NULL)
        rc = load(w, cp);
    if (rc != DHK_OK)
        tileswriter_destroy(&w);
    *out = w;
    return rc;
}

void
tileswriter_destroy(struct tileswriter **w)
{
    if (*w == NULL)
        return;
    free((*w)->mem);
    free(*w);
    *w = NULL;
}

const struct tiles_tree *
tileswriter_tree(const struct tileswriter *w)
{
    return &w->tree;
}

/* --- adding --- */

static enum dhk_err
put_tile(void *ctx, const struct tiles_at *at, const uint8_t *hashes)
{
    struct tileswriter *w = ctx;
    char name[TILES_PATH];
    tiles_path(name, at);
    enum dhk_err rc = tilesdir_put(
        w->d, name, slice_of(hashes, (size_t)at->width * MERKLE_HASH));
    return of_file(w, rc, name);
}

/* The bundle so far, as the file of WIDTH entries. */
static enum dhk_err
put_bundle(struct tileswriter *w, uint64_t n, unsigned width)
{
    struct tiles_at at = {TILES_ENTRIES, n, width};
    char name[TILES_PATH];
    tiles_path(name, &at);
    return of_file(w, tilesdir_put(w->d, name, sink_done(&w->bundle)), name);
}

enum dhk_err
tileswriter_append(
    struct tileswriter *w, struct slice entry, struct dhk_problem *problem)
{
    uint8_t leaf[MERKLE_HASH];
    struct tiles_out out = {put_tile, w};
    uint64_t n = tiles_full(w->tree.size, 0);
    w->problem = problem;
    enum dhk_err rc = tiles_bundle_put(&w->bundle, entry);
    if (rc != DHK_OK)
        return problem_set(problem, rc,
            "entry %" PRIu64 " is too long for an "
            "entry bundle",
            w->tree.size);
    if (tiles_width(w->tree.size + 1, 0) == 0) {
        rc = put_bundle(w, n, TILES_WIDTH);
        sink_init(&w->bundle, w->mem, TILES_BUNDLE_MAX);
    }
    merkle_leaf(leaf, entry);
    if (rc == DHK_OK)
        rc = tiles_tree_append(&w->tree, leaf, &out);
    return rc;
}

/* The full bundle AT, of which the first entries may be there already. */
static enum dhk_err
take_over_bundle(
    struct tileswriter *w, const struct tiles_at *at, struct slice bytes)
{
    char name[TILES_PATH];
    struct cursor c;
    struct dhk_problem *problem = w->problem;
    unsigned known = tiles_width(w->tree.size, 0);
    uint8_t *copy = malloc(bytes.n + 1);
    if (copy == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    if (bytes.n > 0)
        memcpy(copy, bytes.p, bytes.n); /* writing reads other files */
    tiles_path(name, at);
    enum dhk_err rc = take_bundle(w, name, at, slice_of(copy, bytes.n));
    cursor_init(&c, slice_of(copy, bytes.n));
    for (unsigned i = 0; rc == DHK_OK && i < at->width; i++) {
        struct slice entry = tiles_bundle_next(&c);
        if (i >= known)
            rc = tileswriter_append(w, entry, problem);
    }
    free(copy);
    return rc;
}

enum dhk_err
tileswriter_take_over(struct tileswriter *w, struct dhk_problem *problem)
{
    enum dhk_err rc = DHK_OK;
    w->problem = problem;
    while (rc == DHK_OK) {
        char name[TILES_PATH];
        struct slice bytes;
        struct tiles_at at = {
            TILES_ENTRIES, tiles_full(w->tree.size, 0), TILES_WIDTH};
        tiles_path(name, &at);
        rc = tilesdir_read(w->d, &bytes, name, TILES_BUNDLE_MAX);
        if (rc == DHK_NOTFOUND)
            return DHK_OK;
        rc = rc == DHK_OK ? take_over_bundle(w, &at, bytes)
                          : of_file(w, rc, name);
    }
    return rc;
}

/* --- the end --- */

static enum dhk_err
check_note(struct tileswriter *w, struct slice note)
{
    struct checkpoint cp;
    uint8_t root[MERKLE_HASH];
    enum dhk_err rc = checkpoint_open(&cp, note, NULL, NULL);
    tiles_tree_root(root, &w->tree);
    if (rc == DHK_OK && cp.size == w->tree.size &&
        memcmp(cp.root, root, sizeof root) == 0)
        return DHK_OK;
    return problem_set(w->problem, DHK_AUTH,
        "the entries that came are not those of the checkpoint");
}

enum dhk_err
tileswriter_finish(
    struct tileswriter *w, struct slice note, struct dhk_problem *problem)
{
    struct tiles_out out = {put_tile, w};
    uint64_t n = tiles_full(w->tree.size, 0);
    unsigned width = tiles_width(w->tree.size, 0);
    w->problem = problem;
    enum dhk_err rc = check_note(w, note);
    if (rc == DHK_OK && width > 0)
        rc = put_bundle(w, n, width);
    if (rc == DHK_OK)
        rc = tiles_tree_rest(&w->tree, &out);
    if (rc != DHK_OK)
        return rc;
    rc = tilesdir_publish(w->d, note);
    if (rc == DHK_OK)
        tilesdir_prune(w->d);
    return of_file(w, rc, "checkpoint");
}
