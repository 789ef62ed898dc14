/* SPDX-License-Identifier: EUPL-1.2
 *
 * A store written anew, row by row. LMDB leaves what was deleted in freed
 * pages and in the unused room of pages that live on; a copy that it makes
 * itself leaves out the former only. */
#include "store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

enum { PATH_CAP = 4096, ROWS_AT_ONCE = 4096, NAME_CAP = 512 };

struct scrub {
    MDB_env *from, *to;
    MDB_txn *read, *write;
    size_t rows; /* in WRITE */
};

static enum dhk_err
translate(int rc)
{
    struct store none = {.broken = false};
    return store_translate(&none, rc);
}

static enum dhk_err
open_env(MDB_env **out, const char *path, size_t map, unsigned flags)
{
    int rc = mdb_env_create(out);
    if (rc == 0 && map > 0)
        rc = mdb_env_set_mapsize(*out, map);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(*out, STORE_TABLES_MAX);
    if (rc == 0)
        rc = mdb_env_open(*out, path, flags | MDB_NOTLS, 0600);
    return translate(rc);
}

/* The next write transaction when this one has enough. */
static int
go_on(struct scrub *s)
{
    if (++s->rows < ROWS_AT_ONCE)
        return 0;
    s->rows = 0;
    int rc = mdb_txn_commit(s->write);
    s->write = NULL;
    return rc == 0 ? mdb_txn_begin(s->to, NULL, 0, &s->write) : rc;
}

static int
copy_rows(struct scrub *s, MDB_dbi from, MDB_dbi to)
{
    MDB_cursor *c = NULL;
    MDB_val key, value;
    int rc = mdb_cursor_open(s->read, from, &c);
    while (rc == 0 && (rc = mdb_cursor_get(c, &key, &value, MDB_NEXT)) == 0) {
        rc = mdb_put(s->write, to, &key, &value, MDB_APPEND);
        if (rc == 0)
            rc = go_on(s);
    }
    if (c != NULL)
        mdb_cursor_close(c);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int
copy_table(struct scrub *s, const MDB_val *name)
{
    char text[NAME_CAP];
    MDB_dbi from, to;
    if (name->mv_size >= sizeof text)
        return MDB_BAD_VALSIZE;
    memcpy(text, name->mv_data, name->mv_size);
    text[name->mv_size] = '\0';
    int rc = mdb_dbi_open(s->read, text, 0, &from);
    if (rc == 0)
        rc = mdb_dbi_open(s->write, text, MDB_CREATE, &to);
    return rc == 0 ? copy_rows(s, from, to) : rc;
}

/* What only the journal has would be lost. */
static enum dhk_err
look_at_journal(const struct scrub *s, const char *dir)
{
    struct store look = {.env = s->from, .journal = {.fd = -1}};
    const struct store_options reading = {.read_only = true};
    enum dhk_err rc = store_journal_open(&look, dir, &reading);

    if (rc == DHK_OK && look.journal.fd >= 0)
        rc = store_journal_replay(&look, s->read, false);
    store_journal_close(&look);
    if (rc == DHK_VERSION) /* there are records; their tables do not matter */
        return DHK_STATE;
    return rc == DHK_OK && look.journal.records > 0 ? DHK_STATE : rc;
}

/* The unnamed table has the names of the others. */
static int
copy_tables(struct scrub *s)
{
    MDB_cursor *c = NULL;
    MDB_val name, value;
    MDB_dbi names;
    int rc = mdb_txn_begin(s->to, NULL, 0, &s->write);
    if (rc == 0)
        rc = mdb_dbi_open(s->read, NULL, 0, &names);
    if (rc == 0)
        rc = mdb_cursor_open(s->read, names, &c);
    while (rc == 0 && (rc = mdb_cursor_get(c, &name, &value, MDB_NEXT)) == 0)
        rc = copy_table(s, &name);
    if (c != NULL)
        mdb_cursor_close(c);
    if (rc == MDB_NOTFOUND) {
        rc = mdb_txn_commit(s->write);
        s->write = NULL;
    }
    return rc;
}

static enum dhk_err
rewrite(const char *dir, const char *old, const char *new)
{
    struct scrub s = {.from = NULL};
    MDB_envinfo info;
    enum dhk_err rc = open_env(&s.from, old, 0, MDB_NOSUBDIR | MDB_NOLOCK);
    if (rc == DHK_OK)
        rc = translate(mdb_env_info(s.from, &info));
    if (rc == DHK_OK)
        rc = open_env(&s.to, new, info.me_mapsize, MDB_NOSUBDIR | MDB_NOLOCK);
    if (rc == DHK_OK)
        rc = translate(mdb_txn_begin(s.from, NULL, MDB_RDONLY, &s.read));
    if (rc == DHK_OK)
        rc = look_at_journal(&s, dir);
    if (rc == DHK_OK)
        rc = translate(copy_tables(&s));
    if (s.write != NULL)
        mdb_txn_abort(s.write);
    if (s.read != NULL)
        mdb_txn_abort(s.read);
    if (s.to != NULL)
        mdb_env_close(s.to);
    if (s.from != NULL)
        mdb_env_close(s.from);
    return rc;
}

/* What an earlier one left when it was killed: GONE may be the old store, or
 * the store itself under a second name. */
static enum dhk_err
clear(const char *old, const char *new, const char *gone)
{
    struct stat a, b;
    /* of rows that may have been deleted since */
    enum dhk_err rc = file_shred(new);
    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    if (stat(old, &a) != 0)
        return errno == ENOENT ? DHK_NOTFOUND : DHK_IO;
    if (lstat(gone, &b) != 0)
        return errno == ENOENT ? DHK_OK : DHK_IO;
    if (a.st_ino != b.st_ino)
        return file_shred(gone);
    return unlink(gone) == 0 ? DHK_OK : DHK_IO;
}

/* Gives NEW the name OLD, durably, before the old bytes go. */
static enum dhk_err
replace(const char *dir, const char *old, const char *new, const char *gone)
{
    if (link(old, gone) != 0 || rename(new, old) != 0)
        return DHK_IO;
    enum dhk_err rc = store_sync_directory(dir);
    return rc == DHK_OK ? file_shred(gone) : rc;
}

/* LMDB has all that is in it. Its name first: one that is overwritten in part
 * would be a damaged journal. What an earlier call left goes, too. */
static enum dhk_err
shred_journal(const char *dir)
{
    char path[PATH_CAP], gone[PATH_CAP];
    enum dhk_err rc = file_path(path, sizeof path, dir, STORE_JOURNAL);

    if (rc == DHK_OK)
        rc = file_path(gone, sizeof gone, dir, STORE_JOURNAL ".old");
    if (rc == DHK_OK)
        rc = file_shred(gone);
    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    if (rename(path, gone) != 0)
        return errno == ENOENT ? DHK_OK : DHK_IO;
    rc = store_sync_directory(dir);
    return rc == DHK_OK ? file_shred(gone) : rc;
}

enum dhk_err
store_scrub(const char *dir)
{
    struct store s = {.lock = -1};
    char old[PATH_CAP], new[PATH_CAP], gone[PATH_CAP];
    enum dhk_err rc = file_path(old, sizeof old, dir, "data.mdb");
    if (rc == DHK_OK)
        rc = file_path(new, sizeof new, dir, "data.new");
    if (rc == DHK_OK)
        rc = file_path(gone, sizeof gone, dir, "data.old");
    if (rc == DHK_OK)
        rc = store_lock(&s, dir);
    if (rc == DHK_OK)
        rc = clear(old, new, gone);
    if (rc == DHK_OK)
        rc = rewrite(dir, old, new);
    if (rc == DHK_OK)
        rc = shred_journal(dir);
    if (rc == DHK_OK)
        rc = replace(dir, old, new, gone);
    if (s.lock >= 0)
        (void)close(s.lock);
    return rc;
}
