/* SPDX-License-Identifier: EUPL-1.2
 *
 * The narrow storage interface of broker and node: ordered tables of bytes
 * under transactions. LMDB implements it (store.c, the only includer of
 * lmdb.h); another store can take its place, so no LMDB type is here.
 *
 * After any failed commit or write (DHK_IO) the outcome is unknown and the
 * store refuses everything more (DHK_STATE): stop acknowledging, exit, open
 * again. LMDB itself would go on after EIO as if nothing had happened. */
#ifndef HOST_STORE_H
#define HOST_STORE_H

#include "bytes.h"
#include "err.h"

struct store;
struct store_txn;

struct store_options {
    const char *const *tables; /* names; a table is meant by its index */
    size_t tables_n;           /* at most 32 */
    size_t map_bytes;          /* most that it may grow to; configuration */
    bool read_only;
    /* Read only, beside the process that holds the lock: takes none, makes
     * nothing. Keep its transactions short, too. When nobody holds it, and
     * after a crash, it is opened for writing first, for a moment: LMDB gets
     * what the journal has. All tables are named then, too. */
    bool beside;
    /* Read only, of files that nobody else has open: a copy. Makes nothing and
     * leaves nothing. */
    bool snapshot;
    /* Commits become durable with store_sync(), at the latest with the eighth;
     * until then all transactions of this process see them. For whom a power
     * cut, or a kill, may take the last of them: all after some point. */
    bool lazy;
    /* What is made durable is so by one write to a journal beside LMDB's file,
     * of about this many bytes (64 KiB..256 MiB); LMDB gets the changes of many
     * transactions at once. Whoever opens the store after a crash finds all
     * that was durable. 0: without one. */
    size_t journal_bytes;
};

/* Opens the directory DIR (made 0700 when missing, files 0600) and holds an
 * exclusive lock on it: a second opener, in this or another process, gets
 * DHK_EXISTS; who opens it beside does when the other, for ten seconds, does
 * not let LMDB have what only the journal has. DHK_FORMAT: its file is none of
 * ours, or was cut short. DHK_VERSION. DHK_IO: errno tells. */
DHK_MUST_USE enum dhk_err store_open(
    struct store **out, const char *dir, const struct store_options *o);
void store_close(struct store **s);
/* Writes the store in DIR, which nobody may have open (DHK_EXISTS), anew with
 * nothing but its rows, and overwrites the old file and the journal: of what
 * was deleted before no byte is left in any. A crash leaves the one or the
 * other. DHK_NOTFOUND: there is none. DHK_STATE: it was not closed in order,
 * and must be opened once. */
DHK_MUST_USE enum dhk_err store_scrub(const char *dir);
/* Bytes up to the last page that was ever used (freed ones among them are
 * used again), and the most that there may be. */
void store_room(const struct store *s, uint64_t *used, uint64_t *limit);

/* One write transaction at a time; readers see the last commit. Keep reads
 * under 100 ms: a long one pins pages. In a lazy store, and one with a journal,
 * a reader of this process that begins while another writes sees that, too, and
 * must end before it: a commit or an abort with such a reader is an error of
 * the program. */
DHK_MUST_USE enum dhk_err store_begin(
    struct store_txn **out, struct store *s, bool write);
/* Durable (fdatasync) when it returns DHK_OK, except in a lazy store. Ends *T
 * whatever it returns.
 * DHK_LIMIT: the map or disk is full, nothing was written, go on with reads
 * (and with writes once there is room). DHK_IO: fatal, see above. */
DHK_MUST_USE enum dhk_err store_commit(struct store_txn **t);
/* The same, but in a store with a journal it waits for no disk: durable with
 * the next commit or store_sync(), at the latest with the eighth. Until then a
 * power cut may take it; a kill takes nothing. For what happens again when it
 * is gone, and rests on no word to others. DHK_IO: also that those before it,
 * which were not durable, are lost. */
DHK_MUST_USE enum dhk_err store_commit_late(struct store_txn **t);
void store_abort(struct store_txn **t);
/* Makes durable what a lazy store, or store_commit_late(), has committed; no
 * transaction may be open. An error breaks the store: those commits are lost.
 */
DHK_MUST_USE enum dhk_err store_sync(struct store *s);
bool store_is_synced(const struct store *s);
/* The same, and LMDB gets what only the journal has. store_sync() does so when
 * there is much of it, and who looks at the store from beside waits for it: to
 * be called now and then when there is nothing else to do. */
DHK_MUST_USE enum dhk_err store_settle(struct store *s);
/* Whether there is so much that it should be done before more is written. */
bool store_should_settle(const struct store *s);

/* DHK_NOTFOUND; *VALUE is valid until the next write or the end of T. */
DHK_MUST_USE enum dhk_err store_get(
    struct store_txn *t, unsigned table, struct slice key, struct slice *value);
/* Inserts or replaces. Keys 1..511 bytes. DHK_LIMIT when full: abort T. */
DHK_MUST_USE enum dhk_err store_put(
    struct store_txn *t, unsigned table, struct slice key, struct slice value);
/* KEY must be greater than every key of the table; DHK_EXISTS otherwise. */
DHK_MUST_USE enum dhk_err store_append(
    struct store_txn *t, unsigned table, struct slice key, struct slice value);
/* DHK_NOTFOUND when it is not there. */
DHK_MUST_USE enum dhk_err store_delete(
    struct store_txn *t, unsigned table, struct slice key);

/* Ordered walk: *KEY and *VALUE of the first key >= FROM (store_first with an
 * empty FROM: the first of all). DHK_NOTFOUND at the end. Both slices borrow
 * until the next write or the end of T; to go on, copy the key and call
 * store_after with it (strictly greater). */
DHK_MUST_USE enum dhk_err store_seek(struct store_txn *t, unsigned table,
    struct slice from, struct slice *key, struct slice *value);
DHK_MUST_USE enum dhk_err store_after(struct store_txn *t, unsigned table,
    struct slice after, struct slice *key, struct slice *value);
/* Shows VISIT one row after another from the first key >= FROM on, until it
 * returns false or there are no more (DHK_OK both): a tenth of the cost of
 * store_after() a row. Nothing may be written meanwhile. */
typedef bool (*store_visit)(void *ctx, struct slice key, struct slice value);
DHK_MUST_USE enum dhk_err store_each(struct store_txn *t, unsigned table,
    struct slice from, store_visit visit, void *ctx);
/* The last key of the table. */
DHK_MUST_USE enum dhk_err store_last(struct store_txn *t, unsigned table,
    struct slice *key, struct slice *value);
/* The last key that is < BEFORE. */
DHK_MUST_USE enum dhk_err store_before(struct store_txn *t, unsigned table,
    struct slice before, struct slice *key, struct slice *value);

/* Many rows in order, faster than store_after(): those of TABLE from the first
 * key >= FROM (empty: all). Ends before its transaction does. */
struct store_scan;
DHK_MUST_USE enum dhk_err store_scan_open(struct store_scan **out,
    struct store_txn *t, unsigned table, struct slice from);
/* DHK_NOTFOUND after the last. The slices are valid until the next write or the
 * end of the transaction. */
DHK_MUST_USE enum dhk_err store_scan_next(
    struct store_scan *c, struct slice *key, struct slice *value);
void store_scan_close(struct store_scan **c);

/* How many rows TABLE has. */
DHK_MUST_USE enum dhk_err store_count(
    struct store_txn *t, unsigned table, uint64_t *rows);

/* Writes the last commit to FD, a new file, also while another process goes on
 * with the store. COMPACT leaves out freed pages, and what was deleted with
 * them; it fails (DHK_IO) for a store that lost pages. Does not break S. Not
 * durable: fsync is the caller's. One long read: pins pages until it ends. */
DHK_MUST_USE enum dhk_err store_copy(
    const struct store *s, int fd, bool compact);
/* The file in a store's directory that such a copy takes the place of. */
#define STORE_FILE "data.mdb"
#define STORE_JOURNAL "journal"

#endif
