/* SPDX-License-Identifier: EUPL-1.2
 *
 * An exported ledger, verified from its files alone, in two stages: the tree
 * (every tile and the root, made again from the entry bundles; works for every
 * log of C2SP tlog-tiles), and the signatures (verify.h). Believes no file. */
#ifndef CLIENTS_TILESFSCK_H
#define CLIENTS_TILESFSCK_H

#include "checkpoint.h"
#include "tilescosigned.h"
#include "tilesdir.h"
#include "verify.h"

struct tilesfsck_result {
    struct checkpoint head;  /* its form; the signature is the second stage's */
    uint64_t entries, bytes; /* that were hashed */
    uint64_t bundles, tiles; /* files of the checkpoint's tree */
    uint64_t older;          /* partial ones of smaller trees, right as well */
    uint64_t beyond;         /* files that the checkpoint does not cover yet,
                                and unfinished ones */
};
struct tilesfsck_fault {
    char file[TILES_PATH + 192]; /* the first bad one; empty: none */
    bool has_entry;              /* `entry` is the first bad one in it */
    uint64_t entry;
    char text[720]; /* a sentence; no value of a field is ever in one */
};
struct tilesfsck_progress {
    void (*show)(void *ctx, uint64_t done, uint64_t total); /* may be NULL */
    void *ctx;
};

/* DHK_OK: the checkpoint's root is that of the entries, and every tile is
 * theirs. DHK_NOTFOUND (no export is there), DHK_AUTH (something does not fit:
 * FAULT), DHK_FORMAT (malformed: FAULT), DHK_IO, DHK_NOMEM. */
DHK_MUST_USE enum dhk_err tilesfsck_tree(struct tilesdir *d,
    struct tilesfsck_result *result, struct tilesfsck_fault *fault,
    const struct tilesfsck_progress *progress);

/* After that: the log's signature on the checkpoint and on those that were
 * cosigned, the signatories' on the texts, each actor's on its entry, that
 * entries refer to what is there, and who cosigned. Errors of verify.h. */
struct tilesfsck_signed {
    struct verify_result ledger;
    struct tilescosigned cosigned;
};
struct tilesfsck_verify {
    const struct verify_input *input;
    struct tilesfsck_progress progress;
};
DHK_MUST_USE enum dhk_err tilesfsck_signatures(struct tilesdir *d,
    const struct tilesfsck_verify *how, struct tilesfsck_signed *result,
    struct tilesfsck_fault *fault);

/* Private to tilesfsck*.c. */
enum dhk_err tilesfsck_fault_is(struct tilesfsck_fault *fault, enum dhk_err rc,
    const char *file, const char *what);
/* The bundle AT; of its entries the form is right. */
DHK_MUST_USE enum dhk_err tilesfsck_bundle(struct slice *out,
    struct tilesdir *d, const struct tiles_at *at,
    struct tilesfsck_fault *fault);
/* tilesfsck_files.c: all other files under tile/. */
DHK_MUST_USE enum dhk_err tilesfsck_files(struct tilesdir *d,
    struct tilesfsck_result *result, struct tilesfsck_fault *fault);

#endif
