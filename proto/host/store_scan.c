/* SPDX-License-Identifier: EUPL-1.2
 *
 * The store as a whole: long walks over a table, and copies of all of it. */
#include "store_impl.h"

#include <errno.h>
#include <stdlib.h>

struct store_scan {
    struct store_txn *txn;
    MDB_cursor *cursor;
    struct slice from; /* of the first step; borrowed until then */
    bool begun;
};

enum dhk_err
store_scan_open(struct store_scan **out, struct store_txn *t, unsigned table,
    struct slice from)
{
    struct store *s = t->store;

    *out = NULL;
    must(table < s->tables_n);
    if (s->broken || t->err != DHK_OK)
        return s->broken ? DHK_STATE : t->err;
    if (from.n > STORE_KEY_MAX)
        return DHK_LIMIT;
    struct store_scan *c = calloc(1, sizeof *c);
    if (c == NULL)
        return DHK_NOMEM;
    c->txn = t;
    c->from = from;
    enum dhk_err rc = store_translate(
        s, mdb_cursor_open(t->txn, s->table[table], &c->cursor));
    if (rc != DHK_OK) {
        free(c);
        return rc;
    }
    *out = c;
    return DHK_OK;
}

enum dhk_err
store_scan_next(struct store_scan *c, struct slice *key, struct slice *value)
{
    /* LMDB's interface knows no const; it does not write here */
    MDB_val k = {c->from.n, (void *)(uintptr_t)c->from.p}, v = {0, NULL};
    MDB_cursor_op step = c->begun         ? MDB_NEXT
                         : c->from.n == 0 ? MDB_FIRST
                                          : MDB_SET_RANGE;

    *key = *value = slice_of(NULL, 0);
    c->begun = true;
    enum dhk_err rc =
        store_translate(c->txn->store, mdb_cursor_get(c->cursor, &k, &v, step));
    if (rc == DHK_OK) {
        *key = slice_of(k.mv_data, k.mv_size);
        *value = slice_of(v.mv_data, v.mv_size);
    }
    return rc;
}

void
store_scan_close(struct store_scan **c)
{
    if (*c == NULL)
        return;
    mdb_cursor_close((*c)->cursor);
    free(*c);
    *c = NULL;
}

enum dhk_err
store_count(struct store_txn *t, unsigned table, uint64_t *rows)
{
    MDB_stat stat;

    must(table < t->store->tables_n);
    enum dhk_err rc = store_translate(
        t->store, mdb_stat(t->txn, t->store->table[table], &stat));
    *rows = rc == DHK_OK ? stat.ms_entries : 0;
    return rc;
}

enum dhk_err
store_copy(const struct store *s, int fd, bool compact)
{
    if (s->broken)
        return DHK_STATE;
    int rc = mdb_env_copyfd2(s->env, fd, compact ? MDB_CP_COMPACT : 0U);
    if (rc == MDB_SUCCESS)
        return DHK_OK;
    errno = rc > 0 ? rc : EIO;
    return rc == ENOSPC || rc == EDQUOT || rc == EFBIG ? DHK_LIMIT : DHK_IO;
}
