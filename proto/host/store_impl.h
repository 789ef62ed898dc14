/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of the store share: not for others. */
#ifndef HOST_STORE_IMPL_H
#define HOST_STORE_IMPL_H

#include "seal.h"
#include "store.h"

#include <lmdb.h>

enum { STORE_TABLES_MAX = 32, STORE_KEY_MAX = 511 };

/* What a transaction of a lazy store changed, to take it back by itself: the
 * one of LMDB holds those before it, too. */
struct store_undo {
    uint8_t *p;
    size_t n, cap;
};

/* The journal of a store that has one: store_journal.c. */
struct store_journal {
    int fd;           /* -1: there is none */
    uint64_t base;    /* LMDB's transaction that its records follow */
    uint64_t records; /* durable ones since then */
    size_t at;        /* where in the file the next one goes */
    uint64_t mark;    /* what each record begins with */
    uint8_t key[32];
    bool other_tables; /* it was made for others than the store has now */
    bool writes;       /* it is ours, and LMDB has had what was in it */
    size_t bytes;      /* of the file */
    uint8_t names[32]; /* hash of the tables' names */
    uint8_t *redo;     /* the next record */
    size_t redo_n, redo_cap;
    size_t begun;  /* where in it the transaction that writes begins */
    unsigned late; /* transactions before that, which are in the file at AT, as
                      the record that will hold the next one, too, but which the
                      disk was not waited for */
    size_t need;   /* of the file, for what is made again */
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
    unsigned begun;   /* write transactions since readers were looked at */
    MDB_txn *pending; /* of commits that are not durable, or only in the
                         journal, yet; or NULL */
    size_t pending_from, pending_need, pending_n;
    size_t sharing; /* transactions that use it now */
    struct store_undo undo;
    struct store_journal journal;
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
/* Room for a change of N bytes by who would need the first *NEED bytes of the
 * file before it, had all gone to its end; and after it. */
DHK_MUST_USE enum dhk_err store_make_room(
    struct store *s, size_t *need, size_t n);
/* Lazy: takes back what the transaction being written changed; a failure breaks
 * the store. */
void store_take_back(struct store *s);

/* Blocks of a journal, and the places in the head of a record. */
enum {
    STORE_BLOCK = 4096,
    STORE_RECORD_MARK_AT = SEAL_SUM,
    STORE_RECORD_BASE_AT = STORE_RECORD_MARK_AT + 8,
    STORE_RECORD_NUMBER_AT = STORE_RECORD_BASE_AT + 8,
    STORE_RECORD_BYTES_AT = STORE_RECORD_NUMBER_AT + 8,
    STORE_RECORD_HEAD = STORE_RECORD_BYTES_AT + 8,
};
size_t store_whole_blocks(size_t n);
/* N bytes from AT on; DHK_FORMAT: FD ends before. */
DHK_MUST_USE enum dhk_err store_read_at(
    int fd, uint8_t *p, size_t n, size_t at);

/* Opens DIR's journal, made when O wants one for writing; J.fd stays -1 when
 * there is none. DHK_FORMAT: it is none of ours, or damaged. */
DHK_MUST_USE enum dhk_err store_journal_open(
    struct store *s, const char *dir, const struct store_options *o);
void store_journal_close(struct store *s);
/* Makes in TXN all changes again that LMDB has not committed; or counts the
 * records only, when TXN is for reading. DHK_FORMAT: the journal is damaged, or
 * LMDB's file older. */
DHK_MUST_USE enum dhk_err store_journal_replay(
    struct store *s, MDB_txn *txn, bool writes);
/* A record: each transaction begun, or given up, each change noted (VALUE NULL:
 * KEY is gone), made durable. store_journal_write(): DHK_LIMIT when the disk is
 * full, then nothing happened. */
void store_journal_begin(struct store *s);
DHK_MUST_USE enum dhk_err store_journal_note(struct store *s, unsigned table,
    struct slice key, const struct slice *value);
void store_journal_give_up(struct store *s);
bool store_journal_is_empty(const struct store *s);
/* Nothing was noted since it was begun. */
bool store_journal_is_same(const struct store *s);
bool store_journal_fits(const struct store *s);
DHK_MUST_USE enum dhk_err store_journal_write(struct store *s);
/* The same without waiting for the disk: the next one is written in its place,
 * with what it holds. When that fails, those before it are lost. */
DHK_MUST_USE enum dhk_err store_journal_write_late(struct store *s);
/* What was written late is durable, and a record as the others. */
DHK_MUST_USE enum dhk_err store_journal_flush(struct store *s);
/* Whether LMDB should commit soon. */
bool store_journal_is_long(const struct store *s);
/* LMDB has committed: the next record is the first again. */
DHK_MUST_USE enum dhk_err store_journal_turn(struct store *s);

#endif
