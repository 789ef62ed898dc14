/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading a store's journal, whose form is told in store_journal.c. */
#include "store_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 16 * STORE_BLOCK };

size_t
store_whole_blocks(size_t n)
{
    return (n + STORE_BLOCK - 1) / STORE_BLOCK * STORE_BLOCK;
}

enum dhk_err
store_read_at(int fd, uint8_t *p, size_t n, size_t at)
{
    while (n > 0) {
        ssize_t done = pread(fd, p, n, (off_t)at);
        if (done == 0)
            return DHK_FORMAT;
        if (done < 0 && errno != EINTR)
            return DHK_IO;
        if (done > 0) {
            p += done;
            at += (size_t)done;
            n -= (size_t)done;
        }
    }
    return DHK_OK;
}

/* What is looked at of the file, a piece at a time: most of it is old, and
 * stores are opened often. */
struct window {
    const struct store_journal *j;
    uint8_t *p;
    size_t at, n, cap; /* of the file's bytes AT, N are in P */
};

/* The N bytes at AT, which the file has, until the next call. */
static enum dhk_err
look(struct window *w, size_t at, size_t n, const uint8_t **out)
{
    enum dhk_err rc = DHK_OK;

    if (at < w->at || at + n > w->at + w->n) {
        size_t want = n < PIECE ? PIECE : n, left = w->j->bytes - at;
        if (want > w->cap) {
            uint8_t *more = realloc(w->p, want);
            if (more == NULL)
                return DHK_NOMEM;
            w->p = more;
            w->cap = want;
        }
        w->at = at;
        w->n = want < left ? want : left;
        rc = store_read_at(w->j->fd, w->p, w->n, at);
        if (rc != DHK_OK)
            w->n = 0;
    }
    *out = w->p + (at - w->at);
    return rc;
}

struct found {
    const uint8_t *p; /* NULL: there is none */
    size_t n;         /* with its head */
};

/* The record at AT, if one is there at all, until the next look. */
static enum dhk_err
record_at(struct window *w, size_t at, struct found *out)
{
    const struct store_journal *j = w->j;
    const uint8_t *p = NULL;
    uint8_t sum[SEAL_SUM];

    *out = (struct found){NULL, 0};
    if (j->bytes - at < STORE_RECORD_HEAD)
        return DHK_OK;
    enum dhk_err rc = look(w, at, STORE_RECORD_HEAD, &p);
    if (rc != DHK_OK || bytes_get_u64(p + STORE_RECORD_MARK_AT) != j->mark)
        return rc;
    size_t bytes = bytes_get_u32(p + STORE_RECORD_BYTES_AT);
    if (bytes > j->bytes - at - STORE_RECORD_HEAD)
        return DHK_OK;
    rc = look(w, at, STORE_RECORD_HEAD + bytes, &p);
    if (rc != DHK_OK)
        return rc;
    seal_sum(sum, j->key,
        slice_of(p + SEAL_SUM, STORE_RECORD_HEAD + bytes - SEAL_SUM));
    if (memcmp(sum, p, sizeof sum) == 0)
        *out = (struct found){p, STORE_RECORD_HEAD + bytes};
    return DHK_OK;
}

static uint64_t
base_of(const uint8_t *record)
{
    return bytes_get_u64(record + STORE_RECORD_BASE_AT);
}

static uint64_t
number_of(const uint8_t *record)
{
    return bytes_get_u64(record + STORE_RECORD_NUMBER_AT);
}

/* Makes the changes of one record. The room that was taken for them is gone
 * when a power cut came before LMDB's next commit. */
static enum dhk_err
make_again(struct store *s, MDB_txn *txn, struct slice changes)
{
    struct cursor c;
    enum dhk_err rc = DHK_OK;

    cursor_init(&c, changes);
    while (rc == DHK_OK && c.left.n > 0) {
        bool is_put = cursor_u8(&c) == 1;
        uint8_t table = cursor_u8(&c);
        size_t key_n = cursor_u16(&c), value_n = cursor_u32(&c);
        struct slice key = cursor_bytes(&c, key_n);
        struct slice value = cursor_bytes(&c, value_n);
        if (c.err != DHK_OK || table >= s->tables_n)
            return DHK_FORMAT;
        MDB_val k = {key.n, (void *)(uintptr_t)key.p};
        MDB_val v = {value.n, (void *)(uintptr_t)value.p};
        MDB_dbi dbi = s->table[table];
        rc = store_make_room(s, &s->journal.need, key_n + value_n);
        if (rc == DHK_OK)
            rc = store_translate(s, is_put ? mdb_put(txn, dbi, &k, &v, 0)
                                           : mdb_del(txn, dbi, &k, NULL));
    }
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

/* Whether a record at AT or behind it counts, which none may: the first that
 * is none may be one that was being written, but then nothing came after it;
 * and LMDB's file is not older than its journal. */
static enum dhk_err
look_behind(struct window *w, size_t at)
{
    const struct store_journal *j = w->j;
    const uint8_t *p = NULL;
    struct found f = {NULL, 0};
    enum dhk_err rc = DHK_OK;

    for (; rc == DHK_OK && at < j->bytes; at += STORE_BLOCK) {
        rc = look(w, at, STORE_RECORD_HEAD, &p);
        if (rc != DHK_OK ||
            bytes_get_u64(p + STORE_RECORD_MARK_AT) != j->mark ||
            base_of(p) < j->base)
            continue;
        rc = record_at(w, at, &f);
        if (rc == DHK_OK && f.p != NULL)
            rc = DHK_FORMAT;
    }
    return rc;
}

/* Those that follow BASE, one after the other; into TXN unless it is NULL. */
static enum dhk_err
walk(struct store *s, MDB_txn *txn, struct window *w)
{
    struct store_journal *j = &s->journal;
    struct found f = {NULL, 0};
    size_t at = STORE_BLOCK;
    enum dhk_err rc = DHK_OK;

    j->records = 0;
    while (rc == DHK_OK && at < j->bytes) {
        rc = record_at(w, at, &f);
        if (rc != DHK_OK || f.p == NULL || base_of(f.p) != j->base ||
            number_of(f.p) != j->records)
            break;
        if (txn != NULL)
            rc = make_again(s, txn,
                slice_of(f.p + STORE_RECORD_HEAD, f.n - STORE_RECORD_HEAD));
        j->records++;
        at += store_whole_blocks(f.n);
    }
    j->at = at;
    return rc == DHK_OK ? look_behind(w, at) : rc;
}

enum dhk_err
store_journal_replay(struct store *s, MDB_txn *txn, bool writes)
{
    struct store_journal *j = &s->journal;
    struct window w = {.j = j};
    uint64_t used, limit;

    store_room(s, &used, &limit);
    j->need = used;
    /* of what TXN sees: the meta page in the file may be newer than what a
     * reader is shown, while it is being flushed */
    j->base = mdb_txn_id(txn) - (writes ? 1 : 0);
    enum dhk_err rc = walk(s, writes ? txn : NULL, &w);
    if (rc == DHK_OK && j->records > 0 && j->other_tables)
        rc = DHK_VERSION;
    free(w.p);
    return rc;
}
