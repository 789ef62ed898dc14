/* SPDX-License-Identifier: EUPL-1.2
 *
 * The store's rows: reading and changing them in a transaction. Room on the
 * disk is taken before it is needed: LMDB calls a short write EIO, so a disk
 * that fills up while it writes could not be told from a broken one. */
#include "store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* room kept ahead of the last page: a part of the map within these bounds */
enum { AHEAD_MIN = 256 * 1024, AHEAD_MAX = 16 * 1024 * 1024, AHEAD_PART = 64 };
/* of a row that is read next, and of a line of the processor's cache */
enum { AHEAD_BYTES = 448, LINE = 64 };
/* pages that one change may copy besides its own bytes */
enum { PAGES_TOUCHED = 4, UNDO_MIN = 64 * 1024 };

static MDB_val
to_val(struct slice s)
{
    /* LMDB's interface knows no const; it does not write here */
    return (MDB_val){.mv_size = s.n, .mv_data = (void *)(uintptr_t)s.p};
}

static struct slice
from_val(const MDB_val *v)
{
    return slice_of(v->mv_data, v->mv_size);
}

/* Takes room for the first WANT bytes of the file, and some ahead. */
static enum dhk_err
reserve(struct store *s, size_t want)
{
    size_t ahead = s->map / AHEAD_PART, failed = 1;
    if (want > s->map)
        want = s->map; /* LMDB itself says when the map is full */
    if (want <= s->reserved)
        return DHK_OK;
    if (ahead < AHEAD_MIN)
        ahead = AHEAD_MIN;
    if (ahead > AHEAD_MAX)
        ahead = AHEAD_MAX;
    mdb_filehandle_t fd = -1;
    enum dhk_err rc = store_translate(s, mdb_env_get_fd(s->env, &fd));
    /* with the room ahead, or failing that without */
    for (int i = 0; rc == DHK_OK && failed != 0 && i < 2; i++) {
        size_t end = i == 0 && want + ahead < s->map ? want + ahead : want;
        off_t from = (off_t)s->reserved, n = (off_t)(end - s->reserved);
        do {
            failed = fallocate(fd, 0, from, n) != 0;
        } while (failed != 0 && errno == EINTR);
        if (failed == 0)
            s->reserved = end;
    }
    if (rc != DHK_OK || failed == 0)
        return rc;
    if (errno != EOPNOTSUPP && errno != ENOSYS)
        return store_translate(s, errno);
    s->reserved = s->map; /* this file system cannot promise */
    return DHK_OK;
}

/* Whether T may still be used for TABLE and, when writing, KEY. */
static enum dhk_err
usable(const struct store_txn *t, unsigned table)
{
    must(table < t->store->tables_n);
    if (t->store->broken)
        return DHK_STATE;
    return t->err;
}

enum dhk_err
store_get(
    struct store_txn *t, unsigned table, struct slice key, struct slice *value)
{
    MDB_val k = to_val(key), v = {0, NULL};
    *value = slice_of(NULL, 0);
    enum dhk_err rc = usable(t, table);
    if (rc != DHK_OK)
        return rc;
    if (key.n == 0 || key.n > STORE_KEY_MAX)
        return DHK_NOTFOUND;
    rc = store_translate(
        t->store, mdb_get(t->txn, t->store->table[table], &k, &v));
    if (rc == DHK_OK)
        *value = from_val(&v);
    return rc;
}

enum dhk_err
store_make_room(struct store *s, size_t *need, size_t n)
{
    *need += n + PAGES_TOUCHED * s->page;
    return reserve(s, *need);
}

/* Room for a change of N bytes by T. */
static enum dhk_err
make_room(struct store_txn *t, size_t n)
{
    t->err = store_make_room(t->store, &t->need, n);
    return t->err;
}

/* --- what a lazy transaction changed ---------------------------------- */

/* [ key || value || struct change ], the newest last */
struct change {
    unsigned table;
    bool had; /* VALUE is what was there; else nothing was */
    size_t key_n, value_n;
};

/* Memory to note a change of N bytes of key and value. */
static enum dhk_err
undo_room(struct store_undo *u, size_t n)
{
    size_t need = u->n + n + sizeof(struct change);

    if (need <= u->cap)
        return DHK_OK;
    size_t cap = need < UNDO_MIN ? UNDO_MIN : 2 * need;
    uint8_t *p = realloc(u->p, cap);
    if (p == NULL)
        return DHK_NOMEM;
    u->p = p;
    u->cap = cap;
    return DHK_OK;
}

/* That KEY, of TABLE, had OLD, or nothing. */
static enum dhk_err
note_change(
    struct store *s, unsigned table, const MDB_val *key, const MDB_val *old)
{
    const struct change c = {
        table, old != NULL, key->mv_size, old != NULL ? old->mv_size : 0};
    struct store_undo *u = &s->undo;
    enum dhk_err rc = undo_room(u, c.key_n + c.value_n);

    if (rc != DHK_OK)
        return rc;
    memcpy(u->p + u->n, key->mv_data, c.key_n);
    if (c.value_n > 0)
        memcpy(u->p + u->n + c.key_n, old->mv_data, c.value_n);
    u->n += c.key_n + c.value_n;
    memcpy(u->p + u->n, &c, sizeof c);
    u->n += sizeof c;
    return DHK_OK;
}

void
store_take_back(struct store *s)
{
    struct store_undo *u = &s->undo;
    enum dhk_err rc = DHK_OK;

    while (u->n > 0 && rc == DHK_OK) {
        struct change c;
        memcpy(&c, u->p + u->n - sizeof c, sizeof c);
        u->n -= sizeof c + c.key_n + c.value_n;
        MDB_val k = {c.key_n, u->p + u->n};
        MDB_val v = {c.value_n, u->p + u->n + c.key_n};
        MDB_dbi table = s->table[c.table];
        rc = store_translate(s, c.had ? mdb_put(s->pending, table, &k, &v, 0)
                                      : mdb_del(s->pending, table, &k, NULL));
    }
    s->broken = s->broken || rc != DHK_OK;
}

/* As mdb_put(), and notes what was there before. */
static enum dhk_err
put_noted(
    struct store_txn *t, unsigned table, MDB_val *k, MDB_val *v, unsigned flags)
{
    struct store *s = t->store;
    MDB_val now = *v;
    /* before the change: one that cannot be noted could not be taken back */
    enum dhk_err err = undo_room(&s->undo, k->mv_size);

    if (err != DHK_OK)
        return err;
    int rc = mdb_put(t->txn, s->table[table], k, &now, flags | MDB_NOOVERWRITE);
    if (rc == MDB_SUCCESS)
        return note_change(s, table, k, NULL);
    if (rc != MDB_KEYEXIST || (flags & MDB_NOOVERWRITE) != 0)
        return store_translate(s, rc);
    err = note_change(s, table, k, &now);
    if (err == DHK_OK)
        err = store_translate(s, mdb_put(t->txn, s->table[table], k, v, 0));
    return err;
}

static enum dhk_err
delete_noted(struct store_txn *t, unsigned table, MDB_val *k)
{
    struct store *s = t->store;
    MDB_val old;
    enum dhk_err rc =
        store_translate(s, mdb_get(t->txn, s->table[table], k, &old));

    if (rc == DHK_OK)
        rc = note_change(s, table, k, &old);
    return rc == DHK_OK
               ? store_translate(s, mdb_del(t->txn, s->table[table], k, NULL))
               : rc;
}

/* --- changing --------------------------------------------------------- */

/* Before it is made: KEY and VALUE may be of a row that it moves. */
static enum dhk_err
note_in_journal(struct store_txn *t, unsigned table, struct slice key,
    const struct slice *value)
{
    if (t->store->journal.fd < 0)
        return DHK_OK;
    t->err = store_journal_note(t->store, table, key, value);
    return t->err;
}

static enum dhk_err
put(struct store_txn *t, unsigned table, struct slice key, struct slice value,
    unsigned flags)
{
    MDB_val k = to_val(key), v = to_val(value);
    enum dhk_err rc = usable(t, table);
    must(t->write);
    if (rc != DHK_OK)
        return rc;
    if (key.n == 0 || key.n > STORE_KEY_MAX)
        return DHK_LIMIT;
    size_t noted = t->store->journal.redo_n;
    if ((rc = make_room(t, key.n + value.n)) != DHK_OK ||
        (rc = note_in_journal(t, table, key, &value)) != DHK_OK)
        return rc;
    rc = t->shared && t->store->lazy
             ? put_noted(t, table, &k, &v, flags)
             : store_translate(t->store,
                   mdb_put(t->txn, t->store->table[table], &k, &v, flags));
    if (rc != DHK_OK)
        t->store->journal.redo_n = noted;
    if (rc != DHK_OK && rc != DHK_EXISTS)
        t->err = rc;
    return rc;
}

enum dhk_err
store_put(
    struct store_txn *t, unsigned table, struct slice key, struct slice value)
{
    return put(t, table, key, value, 0);
}

enum dhk_err
store_append(
    struct store_txn *t, unsigned table, struct slice key, struct slice value)
{
    return put(t, table, key, value, MDB_APPEND | MDB_NOOVERWRITE);
}

enum dhk_err
store_delete(struct store_txn *t, unsigned table, struct slice key)
{
    MDB_val k = to_val(key);
    enum dhk_err rc = usable(t, table);
    must(t->write);
    if (rc != DHK_OK)
        return rc;
    if (key.n == 0 || key.n > STORE_KEY_MAX)
        return DHK_NOTFOUND;
    size_t noted = t->store->journal.redo_n;
    if ((rc = make_room(t, 0)) != DHK_OK ||
        (rc = note_in_journal(t, table, key, NULL)) != DHK_OK)
        return rc;
    rc = t->shared && t->store->lazy
             ? delete_noted(t, table, &k)
             : store_translate(
                   t->store, mdb_del(t->txn, t->store->table[table], &k, NULL));
    if (rc != DHK_OK)
        t->store->journal.redo_n = noted;
    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        t->err = rc;
    return rc;
}

enum walk { WALK_FROM, WALK_AFTER, WALK_BEFORE, WALK_LAST };

/* Moves cursor C by HOW relative to AT; result of LMDB. */
static int
move(MDB_cursor *c, enum walk how, struct slice at, MDB_val *k, MDB_val *v)
{
    if (how == WALK_LAST)
        return mdb_cursor_get(c, k, v, MDB_LAST);
    if (at.n == 0)
        return how == WALK_BEFORE ? MDB_NOTFOUND
                                  : mdb_cursor_get(c, k, v, MDB_FIRST);
    *k = to_val(at);
    int rc = mdb_cursor_get(c, k, v, MDB_SET_RANGE);
    if (how == WALK_BEFORE)
        return rc == MDB_NOTFOUND  ? mdb_cursor_get(c, k, v, MDB_LAST)
               : rc == MDB_SUCCESS ? mdb_cursor_get(c, k, v, MDB_PREV)
                                   : rc;
    if (rc == MDB_SUCCESS && how == WALK_AFTER && slice_equal(from_val(k), at))
        return mdb_cursor_get(c, k, v, MDB_NEXT);
    return rc;
}

struct position {
    enum walk how;
    struct slice at;
};

static enum dhk_err
walk(struct store_txn *t, unsigned table, struct position where,
    struct slice *key, struct slice *value)
{
    MDB_cursor *c = NULL;
    MDB_val k = {0, NULL}, v = {0, NULL};
    *key = *value = slice_of(NULL, 0);
    enum dhk_err rc = usable(t, table);
    if (rc != DHK_OK)
        return rc;
    if (where.at.n > STORE_KEY_MAX)
        return DHK_LIMIT;
    rc = store_translate(
        t->store, mdb_cursor_open(t->txn, t->store->table[table], &c));
    if (rc != DHK_OK)
        return rc;
    rc = store_translate(t->store, move(c, where.how, where.at, &k, &v));
    mdb_cursor_close(c);
    if (rc == DHK_OK) {
        *key = from_val(&k);
        *value = from_val(&v);
    }
    return rc;
}

enum dhk_err
store_seek(struct store_txn *t, unsigned table, struct slice from,
    struct slice *key, struct slice *value)
{
    return walk(t, table, (struct position){WALK_FROM, from}, key, value);
}

enum dhk_err
store_after(struct store_txn *t, unsigned table, struct slice after,
    struct slice *key, struct slice *value)
{
    return walk(t, table, (struct position){WALK_AFTER, after}, key, value);
}

/* Has the processor fetch the row behind that of V: rows that were appended
 * lie in their page from its end towards its beginning. */
static void
fetch_ahead(const MDB_val *v)
{
    const char *p = v->mv_data;
    for (size_t i = LINE; i <= AHEAD_BYTES; i += LINE)
        __builtin_prefetch(p - i);
}

enum dhk_err
store_each(struct store_txn *t, unsigned table, struct slice from,
    store_visit visit, void *ctx)
{
    MDB_cursor *c = NULL;
    MDB_val k = {0, NULL}, v = {0, NULL};
    enum dhk_err rc = usable(t, table);
    if (rc != DHK_OK)
        return rc;
    if (from.n > STORE_KEY_MAX)
        return DHK_LIMIT;
    rc = store_translate(
        t->store, mdb_cursor_open(t->txn, t->store->table[table], &c));
    if (rc != DHK_OK)
        return rc;
    rc = store_translate(t->store, move(c, WALK_FROM, from, &k, &v));
    for (bool more = true; rc == DHK_OK && more;) {
        struct slice key = from_val(&k), value = from_val(&v);
        /* the next row is on its way while this one is looked at */
        rc = store_translate(t->store, mdb_cursor_get(c, &k, &v, MDB_NEXT));
        if (rc == DHK_OK)
            fetch_ahead(&v);
        more = visit(ctx, key, value);
    }
    mdb_cursor_close(c);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
store_last(
    struct store_txn *t, unsigned table, struct slice *key, struct slice *value)
{
    return walk(
        t, table, (struct position){WALK_LAST, slice_of(NULL, 0)}, key, value);
}

enum dhk_err
store_before(struct store_txn *t, unsigned table, struct slice before,
    struct slice *key, struct slice *value)
{
    return walk(t, table, (struct position){WALK_BEFORE, before}, key, value);
}
