/* SPDX-License-Identifier: EUPL-1.2
 *
 * What else lies under tile/: partial tiles of smaller trees, which must be the
 * beginning of what is there now, and what a killed export left. */
#include "tilesfsck.h"

#include <stdlib.h>
#include <string.h>

struct run {
    struct tilesdir *d;
    struct tilesfsck_result *result;
    struct tilesfsck_fault *fault;
    uint8_t *mem; /* of the file at hand */
};

/* The file of the checkpoint's tree that AT is a beginning of; false: AT is
 * beyond that tree. *IS_IT: AT is that very file. */
static bool
current(struct tiles_at *out, bool *is_it, const struct run *r,
    const struct tiles_at *at)
{
    bool found = tiles_find(out, r->result->head.size, at->level, at->n);
    *is_it = at->width == out->width;
    return found && at->width <= out->width;
}

/* How many bytes the first WIDTH entries of a bundle take. */
static size_t
entries_bytes(struct slice bundle, unsigned width)
{
    struct cursor c;
    cursor_init(&c, bundle);
    for (unsigned i = 0; i < width; i++)
        (void)tiles_bundle_next(&c);
    return c.err == DHK_OK ? cursor_at(&c) : SIZE_MAX;
}

/* That the older file NAME is the beginning of the one NOW. */
static enum dhk_err
check_older(struct run *r, const char *name, const struct tiles_at *at,
    const struct tiles_at *now)
{
    char current_name[TILES_PATH];
    struct slice there, whole;
    enum dhk_err rc = tilesdir_read(r->d, &there, name, TILES_BUNDLE_MAX);
    if (rc == DHK_OK && there.n > 0)
        memcpy(r->mem, there.p, there.n);
    size_t n = there.n, wanted = (size_t)at->width * MERKLE_HASH;
    tiles_path(current_name, now);
    if (rc == DHK_OK)
        rc = tilesdir_read(r->d, &whole, current_name, TILES_BUNDLE_MAX);
    if (rc != DHK_OK)
        return tilesfsck_fault_is(r->fault, rc, name, dhk_strerror(rc));
    if (at->level == TILES_ENTRIES)
        wanted = entries_bytes(whole, at->width);
    if (n == wanted && n <= whole.n && memcmp(r->mem, whole.p, n) == 0) {
        r->result->older++;
        return DHK_OK;
    }
    return tilesfsck_fault_is(r->fault, DHK_AUTH, name,
        "is not the beginning of the fuller one: the ledger was another when "
        "it was exported, or the file was altered");
}

static enum dhk_err
check_file(void *ctx, const char *name)
{
    struct run *r = ctx;
    struct tiles_at at, now;
    bool is_it = false;
    if (tilesdir_is_unfinished(name)) {
        r->result->beyond++;
        return DHK_OK;
    }
    if (tiles_path_parse(&at, slice_str(name)) != DHK_OK)
        return tilesfsck_fault_is(
            r->fault, DHK_AUTH, name, "is no file of an exported ledger");
    if (!current(&now, &is_it, r, &at)) {
        r->result->beyond++;
        return DHK_OK;
    }
    return is_it ? DHK_OK : check_older(r, name, &at, &now);
}

enum dhk_err
tilesfsck_files(struct tilesdir *d, struct tilesfsck_result *result,
    struct tilesfsck_fault *fault)
{
    struct run r = {.d = d, .result = result, .fault = fault};
    r.mem = malloc(TILES_BUNDLE_MAX);
    if (r.mem == NULL)
        return DHK_NOMEM;
    enum dhk_err rc = tilesdir_walk(d, "tile", check_file, &r);
    free(r.mem);
    if (rc != DHK_OK && fault->text[0] == '\0')
        (void)tilesfsck_fault_is(fault, rc, "tile", dhk_strerror(rc));
    return rc;
}
