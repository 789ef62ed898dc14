/* SPDX-License-Identifier: EUPL-1.2
 *
 * Directories of tiles for tests, of a log that exists for the test only. */
#ifndef UNIT_CLIENTS_TILES_MADE_H
#define UNIT_CLIENTS_TILES_MADE_H

#include <fcntl.h>
#include <sys/stat.h>

#include "../broker/scratch.h"

#include "tilesfsck.h"
#include "tileswriter.h"

#include "file.h"

#define TILES_ORIGIN "ledger.example.org/1"

struct tiles_log {
    struct sign_secret *sk;
    struct sign_public pk;
};

/* Entry INDEX, of 1 to 40 bytes. */
static inline struct slice
tiles_entry(uint8_t mem[64], uint64_t index)
{
    memset(mem, (int)(index % 251), 64);
    bytes_put_u64(mem, index);
    return slice_of(mem, index % 40 + 1);
}

static inline struct slice
tiles_note(uint8_t mem[LIMIT_CHECKPOINT], const struct tiles_log *log,
    const struct tiles_tree *t)
{
    struct checkpoint cp = {.origin = TILES_ORIGIN, .size = t->size};
    struct sink s;
    tiles_tree_root(cp.root, t);
    sink_init(&s, mem, LIMIT_CHECKPOINT);
    must(checkpoint_sign(&s, &cp, log->sk, &log->pk) == DHK_OK);
    return sink_done(&s);
}

/* The checkpoint that is there; false: none. */
static inline bool
tiles_head(struct checkpoint *out, struct tilesdir *d)
{
    struct slice note;
    enum dhk_err rc = tilesdir_read(d, &note, "checkpoint", LIMIT_CHECKPOINT);
    return rc == DHK_OK && checkpoint_open(out, note, NULL, NULL) == DHK_OK;
}

/* Exports up to SIZE entries to DIR; what a real export does with its broker
 * left out. */
static inline enum dhk_err
tiles_export(const char *dir, const struct tiles_log *log, uint64_t size)
{
    uint8_t entry[64], note[LIMIT_CHECKPOINT];
    struct dhk_problem problem = {""};
    struct tilesdir *d = NULL;
    struct tileswriter *w = NULL;
    struct checkpoint cp;
    enum dhk_err rc = tilesdir_open(&d, dir, true, &problem);
    if (rc == DHK_OK)
        rc = tileswriter_new(&w, d, tiles_head(&cp, d) ? &cp : NULL, &problem);
    if (rc == DHK_OK)
        rc = tileswriter_take_over(w, &problem);
    while (rc == DHK_OK && tileswriter_tree(w)->size < size)
        rc = tileswriter_append(
            w, tiles_entry(entry, tileswriter_tree(w)->size), &problem);
    if (rc == DHK_OK)
        rc = tileswriter_finish(
            w, tiles_note(note, log, tileswriter_tree(w)), &problem);
    tileswriter_destroy(&w);
    tilesdir_close(&d);
    return rc;
}

static inline enum dhk_err
tiles_fsck(const char *dir, struct tilesfsck_result *result,
    struct tilesfsck_fault *fault)
{
    struct dhk_problem problem = {""};
    const struct tilesfsck_progress none = {NULL, NULL};
    struct tilesdir *d = NULL;
    must(tilesdir_open(&d, dir, false, &problem) == DHK_OK);
    enum dhk_err rc = tilesfsck_tree(d, result, fault, &none);
    tilesdir_close(&d);
    return rc;
}

/* The path of NAME in DIR, until the next call. */
static inline const char *
tiles_file(const char *dir, const char *name)
{
    static char path[512];
    must(file_path(path, sizeof path, dir, name) == DHK_OK);
    return path;
}

#endif
