/* SPDX-License-Identifier: EUPL-1.2
 *
 * The store on LMDB 0.9.24: a commit is two device flushes, no flag that
 * weakens them is ever set (no NOSYNC, NOMETASYNC, WRITEMAP), and DUPSORT and
 * nested transactions, whose faults were mended after 0.9.24, are not used.
 * The first error that is not "full" breaks the store for good. Room on the
 * disk is taken before it is needed: LMDB calls a short write EIO, so a disk
 * that fills up while it writes could not be told from a broken one. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "file.h"

enum { TABLES_MAX = 32, READERS_MAX = 16, KEY_MAX = 511, PATH_CAP = 4096 };

/* room kept ahead of the last page: a part of the map within these bounds */
enum { AHEAD_MIN = 256 * 1024, AHEAD_MAX = 16 * 1024 * 1024, AHEAD_PART = 64 };
/* pages that one change may copy besides its own bytes */
enum { PAGES_TOUCHED = 4 };

struct store {
    MDB_env *env;
    MDB_dbi table[TABLES_MAX];
    size_t tables_n;
    int lock; /* held with flock() */
    size_t map, page;
    size_t reserved; /* bytes of the file that the disk has room for */
    bool broken;     /* an I/O error was seen: nothing more is believed */
    bool writing;    /* a second writer would wait for itself */
};

struct store_txn {
    struct store *store;
    MDB_txn *txn;
    bool write;
    size_t need; /* most bytes of the file after it, had all gone to its end */
    enum dhk_err err; /* of a failed write; commit returns it */
};

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

/* RC of LMDB as ours; notes what breaks the store. */
static enum dhk_err
translate(struct store *s, int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return DHK_OK;
    case MDB_NOTFOUND:
        return DHK_NOTFOUND;
    case MDB_KEYEXIST:
        return DHK_EXISTS;
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case MDB_READERS_FULL:
    case MDB_BAD_VALSIZE:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return DHK_LIMIT;
    case ENOMEM:
        return DHK_NOMEM;
    default:
        s->broken = true;
        errno = rc > 0 ? rc : EIO;
        return DHK_IO;
    }
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
    enum dhk_err rc = translate(s, mdb_env_get_fd(s->env, &fd));
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
        return translate(s, errno);
    s->reserved = s->map; /* this file system cannot promise */
    return DHK_OK;
}

static enum dhk_err
take_lock(struct store *s, const char *dir)
{
    char path[PATH_CAP];
    enum dhk_err rc = file_path(path, sizeof path, dir, "store.lock");
    if (rc != DHK_OK)
        return rc;
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->lock < 0)
        return DHK_IO;
    if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
        return DHK_OK;
    return errno == EWOULDBLOCK ? DHK_EXISTS : DHK_IO;
}

static enum dhk_err
open_environment(
    struct store *s, const char *dir, const struct store_options *o)
{
    enum dhk_err rc;
    s->page = (size_t)sysconf(_SC_PAGESIZE);
    s->map = (o->map_bytes + s->page - 1) / s->page * s->page;
    unsigned flags = MDB_NOTLS | (o->read_only ? MDB_RDONLY : 0U);
    int dead = 0;
    if ((rc = translate(s, mdb_env_create(&s->env))) != DHK_OK ||
        (rc = translate(s, mdb_env_set_mapsize(s->env, s->map))) != DHK_OK ||
        (rc = translate(s, mdb_env_set_maxdbs(s->env, TABLES_MAX))) != DHK_OK ||
        (rc = translate(s, mdb_env_set_maxreaders(s->env, READERS_MAX))) !=
            DHK_OK)
        return rc;
    int opened = mdb_env_open(s->env, dir, flags, 0600);
    if (opened == MDB_INVALID)
        return DHK_FORMAT;
    if (opened == MDB_VERSION_MISMATCH)
        return DHK_VERSION;
    if ((rc = translate(s, opened)) != DHK_OK)
        return rc;
    /* slots of readers that were killed would pin old pages for ever */
    return translate(s, mdb_reader_check(s->env, &dead));
}

static enum dhk_err
open_tables(struct store *s, const struct store_options *o)
{
    enum dhk_err rc;
    MDB_txn *txn = NULL;
    unsigned flags = o->read_only ? 0U : MDB_CREATE;
    rc = translate(
        s, mdb_txn_begin(s->env, NULL, o->read_only ? MDB_RDONLY : 0U, &txn));
    for (size_t i = 0; rc == DHK_OK && i < o->tables_n; i++)
        rc = translate(s, mdb_dbi_open(txn, o->tables[i], flags, &s->table[i]));
    if (rc == DHK_OK) {
        s->tables_n = o->tables_n;
        return translate(s, mdb_txn_commit(txn));
    }
    if (txn != NULL)
        mdb_txn_abort(txn);
    return rc;
}

/* A new file's name must survive a power cut, too. */
static enum dhk_err
sync_directory(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return DHK_IO;
    int failed = fsync(fd);
    (void)close(fd);
    return failed == 0 ? DHK_OK : DHK_IO;
}

enum dhk_err
store_open(struct store **out, const char *dir, const struct store_options *o)
{
    enum dhk_err rc = DHK_NOMEM;
    *out = NULL;
    must(o->tables_n <= TABLES_MAX && o->map_bytes > 0);
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL)
        return DHK_NOMEM;
    s->lock = -1;
    if ((rc = file_mkdir(dir)) != DHK_OK ||
        (rc = take_lock(s, dir)) != DHK_OK ||
        (rc = open_environment(s, dir, o)) != DHK_OK ||
        (rc = open_tables(s, o)) != DHK_OK ||
        (rc = o->read_only ? DHK_OK : sync_directory(dir)) != DHK_OK)
        goto out;
    *out = s;
    s = NULL;
out:
    if (s != NULL) {
        int kept = errno;
        store_close(&s);
        errno = kept;
    }
    return rc;
}

void
store_close(struct store **s)
{
    if (*s == NULL)
        return;
    if ((*s)->env != NULL)
        mdb_env_close((*s)->env);
    if ((*s)->lock >= 0)
        (void)close((*s)->lock);
    free(*s);
    *s = NULL;
}

void
store_room(const struct store *s, uint64_t *used, uint64_t *limit)
{
    MDB_envinfo info;
    (void)mdb_env_info(s->env, &info); /* fails without an environment only */
    *used = (info.me_last_pgno + 1) * s->page;
    *limit = s->map;
}

enum dhk_err
store_begin(struct store_txn **out, struct store *s, bool write)
{
    *out = NULL;
    if (s->broken || (write && s->writing))
        return DHK_STATE;
    struct store_txn *t = calloc(1, sizeof *t);
    if (t == NULL)
        return DHK_NOMEM;
    enum dhk_err rc = translate(
        s, mdb_txn_begin(s->env, NULL, write ? 0U : MDB_RDONLY, &t->txn));
    if (rc != DHK_OK) {
        free(t);
        return rc;
    }
    MDB_envinfo info;
    (void)mdb_env_info(s->env, &info); /* fails without an environment only */
    t->store = s;
    t->write = write;
    t->need = (info.me_last_pgno + 1) * s->page;
    s->writing = s->writing || write;
    *out = t;
    return DHK_OK;
}

/* Frees T without its LMDB transaction. */
static void
forget(struct store_txn **t)
{
    if ((*t)->write)
        (*t)->store->writing = false;
    free(*t);
    *t = NULL;
}

void
store_abort(struct store_txn **t)
{
    if (*t == NULL)
        return;
    mdb_txn_abort((*t)->txn);
    forget(t);
}

/* After "full", whether LMDB itself gave up: it does when the meta page, not
 * a data page, could not be written. Then the outcome is unknown. */
static enum dhk_err
after_full(struct store *s)
{
    MDB_txn *probe = NULL;
    enum dhk_err rc = translate(s, mdb_txn_begin(s->env, NULL, 0, &probe));
    if (probe != NULL)
        mdb_txn_abort(probe);
    return rc == DHK_OK ? DHK_LIMIT : rc;
}

enum dhk_err
store_commit(struct store_txn **t)
{
    struct store *s = (*t)->store;
    enum dhk_err rc = s->broken ? DHK_STATE : (*t)->err;
    bool write = (*t)->write;
    if (rc != DHK_OK) {
        store_abort(t);
        return rc;
    }
    rc = translate(s, mdb_txn_commit((*t)->txn));
    forget(t);
    return rc == DHK_LIMIT && write ? after_full(s) : rc;
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
    if (key.n == 0 || key.n > KEY_MAX)
        return DHK_NOTFOUND;
    rc = translate(t->store, mdb_get(t->txn, t->store->table[table], &k, &v));
    if (rc == DHK_OK)
        *value = from_val(&v);
    return rc;
}

/* Room for a change of N bytes by T. */
static enum dhk_err
make_room(struct store_txn *t, size_t n)
{
    t->need += n + PAGES_TOUCHED * t->store->page;
    t->err = reserve(t->store, t->need);
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
    if (key.n == 0 || key.n > KEY_MAX)
        return DHK_LIMIT;
    if ((rc = make_room(t, key.n + value.n)) != DHK_OK)
        return rc;
    rc = translate(
        t->store, mdb_put(t->txn, t->store->table[table], &k, &v, flags));
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
    if (key.n == 0 || key.n > KEY_MAX)
        return DHK_NOTFOUND;
    if ((rc = make_room(t, 0)) != DHK_OK)
        return rc;
    rc = translate(t->store, mdb_del(t->txn, t->store->table[table], &k, NULL));
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
    if (where.at.n > KEY_MAX)
        return DHK_LIMIT;
    rc = translate(
        t->store, mdb_cursor_open(t->txn, t->store->table[table], &c));
    if (rc != DHK_OK)
        return rc;
    rc = translate(t->store, move(c, where.how, where.at, &k, &v));
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
