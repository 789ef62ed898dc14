/* SPDX-License-Identifier: EUPL-1.2
 *
 * The store on LMDB 0.9.24: a commit is two device flushes, no flag that
 * weakens them is ever set (no NOSYNC, NOMETASYNC, WRITEMAP), and DUPSORT and
 * nested transactions, whose faults were mended after 0.9.24, are not used.
 * The first error that is not "full" breaks the store for good. */
#include "store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

enum {
    READERS_MAX = 16,
    PATH_CAP = 4096,
    LAZY_COMMITS = 8,
    READERS_EVERY = 256, /* write transactions */
};

enum dhk_err
store_translate(struct store *s, int rc)
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

enum dhk_err
store_lock(struct store *s, const char *dir)
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

/* A file that ends before the last page in use was cut short: whoever touches
 * what is missing gets a SIGBUS. LMDB alone may leave pages at the end
 * unwritten; but where the file system can promise room, each commit has made
 * the file long enough beforehand. */
static enum dhk_err
check_length(struct store *s)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    mdb_filehandle_t fd = -1;
    enum dhk_err rc = store_translate(s, mdb_env_info(s->env, &info));

    if (rc == DHK_OK)
        rc = store_translate(s, mdb_env_stat(s->env, &stat));
    if (rc == DHK_OK)
        rc = store_translate(s, mdb_env_get_fd(s->env, &fd));
    if (rc != DHK_OK)
        return rc;
    if (fstat(fd, &st) != 0)
        return DHK_IO;
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1) != 0)
        return DHK_OK; /* it cannot, or the file is open to be read only */
    return (uint64_t)st.st_size / stat.ms_psize > info.me_last_pgno
               ? DHK_OK
               : DHK_FORMAT;
}

static enum dhk_err
take_directory(struct store *s, const char *dir)
{
    enum dhk_err rc = file_mkdir(dir);
    return rc == DHK_OK ? store_lock(s, dir) : rc;
}

static bool
is_for_reading(const struct store_options *o)
{
    return o->read_only || o->beside || o->snapshot;
}

static enum dhk_err
open_environment(
    struct store *s, const char *dir, const struct store_options *o)
{
    enum dhk_err rc;
    s->page = (size_t)sysconf(_SC_PAGESIZE);
    s->map = (o->map_bytes + s->page - 1) / s->page * s->page;
    unsigned flags = MDB_NOTLS | (is_for_reading(o) ? MDB_RDONLY : 0U) |
                     (o->snapshot ? MDB_NOLOCK : 0U);
    int dead = 0;
    if ((rc = store_translate(s, mdb_env_create(&s->env))) != DHK_OK ||
        (rc = store_translate(s, mdb_env_set_mapsize(s->env, s->map))) !=
            DHK_OK ||
        (rc = store_translate(
             s, mdb_env_set_maxdbs(s->env, STORE_TABLES_MAX))) != DHK_OK ||
        (rc = store_translate(
             s, mdb_env_set_maxreaders(s->env, READERS_MAX))) != DHK_OK)
        return rc;
    int opened = mdb_env_open(s->env, dir, flags, 0600);
    if (opened == MDB_INVALID)
        return DHK_FORMAT;
    if (opened == MDB_VERSION_MISMATCH)
        return DHK_VERSION;
    if ((rc = store_translate(s, opened)) != DHK_OK ||
        (rc = check_length(s)) != DHK_OK)
        return rc;
    if (o->snapshot)
        return DHK_OK;
    /* slots of readers that were killed would pin old pages for ever */
    return store_translate(s, mdb_reader_check(s->env, &dead));
}

static enum dhk_err
open_tables(struct store *s, const struct store_options *o)
{
    enum dhk_err rc;
    MDB_txn *txn = NULL;
    unsigned flags = is_for_reading(o) ? 0U : MDB_CREATE;
    rc = store_translate(s,
        mdb_txn_begin(s->env, NULL, is_for_reading(o) ? MDB_RDONLY : 0U, &txn));
    for (size_t i = 0; rc == DHK_OK && i < o->tables_n; i++)
        rc = store_translate(
            s, mdb_dbi_open(txn, o->tables[i], flags, &s->table[i]));
    if (rc == DHK_OK) {
        s->tables_n = o->tables_n;
        return store_translate(s, mdb_txn_commit(txn));
    }
    if (txn != NULL)
        mdb_txn_abort(txn);
    return rc;
}

/* A new file's name must survive a power cut, too. */
enum dhk_err
store_sync_directory(const char *dir)
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
    must(o->tables_n <= STORE_TABLES_MAX && o->map_bytes > 0);
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL)
        return DHK_NOMEM;
    s->lock = -1;
    s->lazy = o->lazy;
    rc = o->beside || o->snapshot ? DHK_OK : take_directory(s, dir);
    if (rc != DHK_OK || (rc = open_environment(s, dir, o)) != DHK_OK ||
        (rc = open_tables(s, o)) != DHK_OK ||
        (rc = is_for_reading(o) ? DHK_OK : store_sync_directory(dir)) != DHK_OK)
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
    /* what fails now is lost as in a power cut */
    if (!(*s)->broken && store_sync(*s) != DHK_OK)
        (*s)->broken = true;
    if ((*s)->pending != NULL)
        mdb_txn_abort((*s)->pending);
    if ((*s)->env != NULL)
        mdb_env_close((*s)->env);
    free((*s)->undo.p);
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

/* The transaction of LMDB for T: the pending one, which shows what is not
 * durable yet, or one of its own. */
static enum dhk_err
begin(struct store_txn *t)
{
    struct store *s = t->store;

    if (s->lazy && t->write && s->pending == NULL) {
        enum dhk_err rc =
            store_translate(s, mdb_txn_begin(s->env, NULL, 0, &s->pending));
        if (rc != DHK_OK)
            return rc;
        s->pending_n = 0;
        s->pending_need = 0;
    }
    t->shared = s->lazy && s->pending != NULL;
    if (!t->shared)
        return store_translate(s,
            mdb_txn_begin(s->env, NULL, t->write ? 0U : MDB_RDONLY, &t->txn));
    t->txn = s->pending;
    s->sharing++;
    if (t->write)
        s->undo.n = 0;
    return DHK_OK;
}

/* A reader of another process (a tool that looks at the file) that was killed
 * pins every page that is given up after it began: its slot is taken back. */
static enum dhk_err
forget_dead_readers(struct store *s)
{
    int dead = 0;

    if (++s->begun < READERS_EVERY)
        return DHK_OK;
    s->begun = 0;
    return store_translate(s, mdb_reader_check(s->env, &dead));
}

enum dhk_err
store_begin(struct store_txn **out, struct store *s, bool write)
{
    *out = NULL;
    if (s->broken || (write && s->writing))
        return DHK_STATE;
    if (write && forget_dead_readers(s) != DHK_OK)
        return DHK_IO;
    struct store_txn *t = calloc(1, sizeof *t);
    if (t == NULL)
        return DHK_NOMEM;
    t->store = s;
    t->write = write;
    enum dhk_err rc = begin(t);
    if (rc != DHK_OK) {
        free(t);
        return rc;
    }
    MDB_envinfo info;
    (void)mdb_env_info(s->env, &info); /* fails without an environment only */
    t->need = (info.me_last_pgno + 1) * s->page;
    if (t->shared && t->need < s->pending_need)
        t->need = s->pending_need;
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
    if ((*t)->shared)
        (*t)->store->sharing--;
    free(*t);
    *t = NULL;
}

void
store_abort(struct store_txn **t)
{
    if (*t == NULL)
        return;
    if (!(*t)->shared)
        mdb_txn_abort((*t)->txn);
    else if ((*t)->write)
        store_take_back((*t)->store);
    forget(t);
}

/* After "full", whether LMDB itself gave up: it does when the meta page, not
 * a data page, could not be written. Then the outcome is unknown. */
static enum dhk_err
after_full(struct store *s)
{
    MDB_txn *probe = NULL;
    enum dhk_err rc =
        store_translate(s, mdb_txn_begin(s->env, NULL, 0, &probe));
    if (probe != NULL)
        mdb_txn_abort(probe);
    return rc == DHK_OK ? DHK_LIMIT : rc;
}

enum dhk_err
store_sync(struct store *s)
{
    must(s->sharing == 0);
    if (s->broken)
        return DHK_STATE;
    if (s->pending == NULL)
        return DHK_OK;
    enum dhk_err rc = store_translate(s, mdb_txn_commit(s->pending));
    s->pending = NULL;
    /* what was committed before is gone, too */
    s->broken = s->broken || rc != DHK_OK;
    return rc;
}

bool
store_is_synced(const struct store *s)
{
    return s->pending == NULL || s->pending_n == 0;
}

static enum dhk_err
commit_shared(struct store_txn **t)
{
    struct store *s = (*t)->store;

    if ((*t)->write) {
        s->pending_need = (*t)->need;
        s->pending_n++;
    }
    forget(t);
    return s->sharing == 0 && s->pending_n >= LAZY_COMMITS ? store_sync(s)
                                                           : DHK_OK;
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
    if ((*t)->shared)
        return commit_shared(t);
    rc = store_translate(s, mdb_txn_commit((*t)->txn));
    forget(t);
    return rc == DHK_LIMIT && write ? after_full(s) : rc;
}
