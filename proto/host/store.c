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
#include <time.h>
#include <unistd.h>

#include "file.h"

enum {
    READERS_MAX = 16,
    PATH_CAP = 4096,
    /* another process reads what this one has not had LMDB commit yet */
    BESIDE_TRIES = 500,
    BESIDE_MS = 20,
    ROW_OF_A_PAGE = 4000, /* bytes: it has one by itself */
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
    s->tables_n = o->tables_n;
    if (rc == DHK_OK && s->journal.fd >= 0)
        rc = store_journal_replay(s, txn, !is_for_reading(o));
    if (rc == DHK_OK)
        return store_translate(s, mdb_txn_commit(txn));
    if (txn != NULL)
        mdb_txn_abort(txn);
    return rc;
}

/* LMDB keeps the memory of the pages that its largest commit had changed, and
 * each that is larger adds to it, for days. What the journal lets one have,
 * when LMDB should commit, is taken here, with changes that are given up: then
 * what is used does not grow, and is there. Where it cannot be had now, it is
 * not. */
static void
take_pages(struct store *s)
{
    MDB_txn *txn = NULL;
    const size_t pages = s->journal.bytes / 2 / s->page;
    uint8_t key[12], row[ROW_OF_A_PAGE] = {0};
    int rc = mdb_txn_begin(s->env, NULL, 0, &txn);

    memset(key, 0xff, sizeof key); /* behind all rows: none is read for it */
    for (size_t i = 0; rc == MDB_SUCCESS && i < pages; i++) {
        MDB_val k = {sizeof key, key}, v = {sizeof row, row};
        bytes_put_u32(key + 8, (uint32_t)i);
        rc = mdb_put(txn, s->table[0], &k, &v, 0);
    }
    if (txn != NULL)
        mdb_txn_abort(txn);
}

/* The same, with what the journal has beyond LMDB's last commit; in one
 * transaction, for the number of that one decides what the journal is worth. */
static enum dhk_err
open_rows(struct store *s, const char *dir, const struct store_options *o)
{
    enum dhk_err rc = store_journal_open(s, dir, o);

    if (rc == DHK_OK)
        rc = open_tables(s, o);
    if (rc != DHK_OK || s->journal.fd < 0 || is_for_reading(o))
        return rc;
    rc = store_journal_turn(s);
    if (rc == DHK_OK && o->journal_bytes == 0)
        store_journal_close(s);
    if (rc == DHK_OK && o->journal_bytes > 0)
        take_pages(s);
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

static enum dhk_err
open_once(struct store **out, const char *dir, const struct store_options *o)
{
    enum dhk_err rc = DHK_NOMEM;
    *out = NULL;
    must(o->tables_n <= STORE_TABLES_MAX && o->map_bytes > 0);
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL)
        return DHK_NOMEM;
    s->lock = s->journal.fd = -1;
    s->lazy = o->lazy;
    rc = o->beside || o->snapshot ? DHK_OK : take_directory(s, dir);
    if (rc != DHK_OK || (rc = open_environment(s, dir, o)) != DHK_OK ||
        (rc = open_rows(s, dir, o)) != DHK_OK ||
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

static bool
has_journal(const char *dir)
{
    char path[PATH_CAP];

    return file_path(path, sizeof path, dir, STORE_JOURNAL) == DHK_OK &&
           access(path, F_OK) == 0;
}

/* Opens for reading what another process may be writing. What only the journal
 * has yet, LMDB must have: it is given that here when nobody has the store
 * open, and else by its owner, in a moment. */
static enum dhk_err
open_reading(struct store **out, const char *dir, const struct store_options *o)
{
    const struct timespec moment = {.tv_nsec = BESIDE_MS * 1000000L};
    struct store_options writing = {.tables = o->tables,
        .tables_n = o->tables_n,
        .map_bytes = o->map_bytes};
    uint64_t base = 0;
    enum dhk_err rc = open_once(out, dir, o);

    for (int i = 0; i < BESIDE_TRIES; i++) {
        struct store *s = *out;
        /* a journal that is being written may look damaged */
        if (rc != DHK_OK && (rc != DHK_FORMAT || !has_journal(dir)))
            return rc;
        if (rc == DHK_OK && s->journal.records == 0)
            return rc;
        if (rc == DHK_OK && base != 0 && s->journal.base != base)
            return rc; /* all is there that was when we came */
        if (rc == DHK_OK)
            base = s->journal.base;
        store_close(out);
        enum dhk_err owned = open_once(&s, dir, &writing);
        store_close(&s);
        if (owned == DHK_EXISTS)
            (void)nanosleep(&moment, NULL);
        else if (owned != DHK_OK)
            return owned;
        rc = open_once(out, dir, o);
    }
    if (rc == DHK_OK && (*out)->journal.records > 0) {
        store_close(out); /* it would not show all that is committed */
        rc = DHK_EXISTS;
    }
    return rc;
}

enum dhk_err
store_open(struct store **out, const char *dir, const struct store_options *o)
{
    return is_for_reading(o) ? open_reading(out, dir, o)
                             : open_once(out, dir, o);
}

void
store_close(struct store **s)
{
    if (*s == NULL)
        return;
    /* what fails now is lost as in a power cut */
    if (!(*s)->broken && store_settle(*s) != DHK_OK)
        (*s)->broken = true;
    if ((*s)->pending != NULL)
        mdb_txn_abort((*s)->pending);
    store_journal_close(*s);
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
