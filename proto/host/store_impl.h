/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of the store share: not for others. */
#ifndef HOST_STORE_IMPL_H
#define HOST_STORE_IMPL_H

#include "store.h"

#include <lmdb.h>

enum { STORE_TABLES_MAX = 32, STORE_KEY_MAX = 511 };

/* What a transaction of a lazy store changed, to take it back by itself: the
 * one of LMDB holds those before it, too. */
struct store_undo {
    uint8_t *p;
    size_t n, cap;
};

struct store {
    MDB_env *env;
    MDB_dbi table[STORE_TABLES_MAX];
    size_t tables_n;
    int lock; /* held with flock() */
    size_t map, page;
    size_t reserved; /* bytes of the file that the disk has room for */
    bool broken;     /* an I/O error was seen: nothing more is believed */
    bool writing;    /* a second writer would wait for itself */
    bool lazy;
    unsigned begun; /* write transactions since readers were looked at */
    MDB_txn *pending; /* lazy: of commits that are not durable yet, or NULL */
    size_t pending_need, pending_n;
    size_t sharing; /* transactions that use it now */
    struct store_undo undo;
};

struct store_txn {
    struct store *store;
    MDB_txn *txn;
    bool write;
    bool shared; /* TXN is the store's pending one */
    size_t need; /* most bytes of the file after it, had all gone to its end */
    enum dhk_err err; /* of a failed write; commit returns it */
};

/* Takes the lock of DIR into S->lock; DHK_EXISTS: another has it. */
enum dhk_err store_lock(struct store *s, const char *dir);
/* So that a new file's name survives a power cut, too. */
enum dhk_err store_sync_directory(const char *dir);
/* RC of LMDB as ours; notes what breaks the store. */
enum dhk_err store_translate(struct store *s, int rc);
/* Lazy: takes back what the transaction being written changed; a failure breaks
 * the store. */
void store_take_back(struct store *s);

#endif
