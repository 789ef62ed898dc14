/* SPDX-License-Identifier: EUPL-1.2
 *
 * `driehoekd fsck`: whether a store is whole. LMDB has no checksums, so every
 * byte that counts is computed again: each entry's leaf, each node and the
 * root; each entry is decoded; each signed note is verified; and what was
 * derived from the entries is compared with them, both ways. Reads only, in
 * short transactions, so that it may run beside the broker: what that appends
 * meanwhile is checked, too. What entries *mean* to an auditor (their actors'
 * signatures, the agreement) is for `driehoek ledger verify`. */
#ifndef BROKER_FSCK_H
#define BROKER_FSCK_H

#include "bytes.h"
#include "err.h"
#include "key.h"
#include "host/store.h"
#include "limits.h"

enum { FSCK_KEY = 128, FSCK_WHAT = 160, FSCK_CHECKS = 16 };

/* Where the check is, or what it found first. In memory of its own, it also
 * tells where a check ended that the damage killed. */
struct fsck_place {
    char table[16];
    uint8_t key[FSCK_KEY]; /* of the row, as far as it fits */
    size_t key_n;          /* 0: none in particular */
    bool has_entry;
    uint64_t entry; /* that the row is of */
};

struct fsck_count {
    const char *name; /* of the check */
    uint64_t rows;    /* that it looked at */
};

struct fsck_result {
    bool bad;
    bool derived; /* the ledger is whole; what follows from it is not */
    struct fsck_place fault;
    char what[FSCK_WHAT]; /* is wrong, a sentence */
    char origin[LIMIT_ORIGIN + 1];
    struct sign_public log_key; /* of the log, by its first entry */
    uint64_t entries, bytes;    /* on the ledger, and their length */
    uint8_t root[32];
    uint64_t keeper; /* entries in the head of keeper.head; 0: none was given */
    uint64_t tree_ms;
    struct fsck_count count[FSCK_CHECKS];
    size_t counts_n;
};

struct fsck_options {
    const char *origin;       /* that it must have; NULL: any */
    struct slice keeper_note; /* keeper.head as it was *before* the store was
                                 opened; empty: none */
    struct fsck_place *place; /* kept up to date; or NULL */
    /* how far it is, now and then; or NULL */
    void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t of);
    void *ctx;
};

/* DHK_OK: OUT tells what was found, good or bad. Else the check could not be
 * made: DHK_IO, DHK_NOMEM, DHK_STATE. */
DHK_MUST_USE enum dhk_err fsck_run(
    struct fsck_result *out, struct store *store, const struct fsck_options *o);

/* Whether rows of TABLE (an enum table) are looked at one by one. */
bool fsck_knows(unsigned table);

#endif
