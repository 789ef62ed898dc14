/* SPDX-License-Identifier: EUPL-1.2
 *
 * The journal of a store: what a transaction changed, in one piece at one place
 * of a file that has all its blocks, so that a commit is one write and one
 * flush of the device. LMDB's own commit writes a page of each table wherever
 * it lies, waits, and writes and waits again for its meta page; here it comes
 * once for many transactions (store_sync()).
 *
 * A record names LMDB's last transaction (BASE) and its own place in the row
 * after it. When LMDB has committed them its number is another, and they count
 * no more: nothing has to be erased in time. A block that holds an acknowledged
 * record is not written again before that. What others sent us is among the
 * bytes of records, and old ones stay behind later ones: so that none of it can
 * look like a record, each has a mark and a sum that are keyed with random
 * bytes of this file, which nobody outside knows.
 *
 * File: a block with MAGIC | key | hash of the tables' names | hash of these;
 * then records, each from the start of a block: 16 bytes of sum of the rest |
 * u64 mark | u64 base | u64 number | u32 bytes | u32 0 | changes. A change:
 * u8 put | u8 table | u16 n | u32 m | key of n bytes | value of m bytes. */
#include "store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "seal.h"

enum {
    PATH_CAP = 4096,
    FILE_MIN = 16 * STORE_BLOCK,
    FILE_MAX = 256 * 1024 * 1024,
    REDO_KEPT = 1024 * 1024, /* memory that stays for records */
    CHANGE = 8,
    MAGIC_N = 24,
    OWN_N =
        MAGIC_N + SEAL_KEY + SEAL_HASH, /* what the first block's hash is of */
};
static const uint8_t magic[MAGIC_N] = "driehoek store journal 1";

/* --- the bytes --------------------------------------------------------- */

static void
hash_names(uint8_t out[SEAL_HASH], const struct store_options *o)
{
    struct slice names[STORE_TABLES_MAX];

    for (size_t i = 0; i < o->tables_n; i++)
        names[i] = slice_str(o->tables[i]);
    seal_hash(out, "journal tables", names, o->tables_n);
}

static enum dhk_err
write_all(int fd, const uint8_t *p, size_t n, size_t at)
{
    while (n > 0) {
        ssize_t done = pwrite(fd, p, n, (off_t)at);
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

/* --- its life ---------------------------------------------------------- */

/* All blocks of the file get bytes: where they lie does not change any more, so
 * that a flush has nothing else to write. */
static enum dhk_err
fill(int fd, const uint8_t first[STORE_BLOCK], size_t bytes)
{
    static const uint8_t zeros[16 * STORE_BLOCK];
    enum dhk_err rc = write_all(fd, first, STORE_BLOCK, 0);

    for (size_t at = STORE_BLOCK; rc == DHK_OK && at < bytes;) {
        size_t n = bytes - at;
        n = n < sizeof zeros ? n : sizeof zeros;
        rc = write_all(fd, zeros, n, at);
        at += n;
    }
    return rc == DHK_OK && fsync(fd) != 0 ? DHK_IO : rc;
}

/* The first block, with a key that no record was written under. */
static void
make_first(uint8_t first[STORE_BLOCK], const uint8_t names[SEAL_HASH])
{
    const struct slice own = slice_of(first, OWN_N);

    memset(first, 0, STORE_BLOCK);
    memcpy(first, magic, MAGIC_N);
    key_random(first + MAGIC_N, SEAL_KEY);
    memcpy(first + MAGIC_N + SEAL_KEY, names, SEAL_HASH);
    seal_hash(first + OWN_N, "journal", &own, 1);
}

static void
take_key(struct store_journal *j, const uint8_t first[STORE_BLOCK])
{
    uint8_t hash[SEAL_HASH];

    memcpy(j->key, first + MAGIC_N, SEAL_KEY);
    seal_keyed_hash(hash, j->key, "journal mark", NULL, 0);
    j->mark = bytes_get_u64(hash);
}

static enum dhk_err
create(const char *dir, const struct store_options *o)
{
    char path[PATH_CAP], fresh[PATH_CAP];
    uint8_t first[STORE_BLOCK], names[SEAL_HASH];
    enum dhk_err rc = file_path(path, sizeof path, dir, STORE_JOURNAL);

    if (rc == DHK_OK)
        rc = file_path(fresh, sizeof fresh, dir, STORE_JOURNAL ".new");
    if (rc != DHK_OK)
        return rc;
    hash_names(names, o);
    make_first(first, names);
    int fd =
        open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return DHK_IO;
    rc = fill(fd, first, store_whole_blocks(o->journal_bytes));
    int kept = errno;
    (void)close(fd);
    errno = kept;
    if (rc == DHK_OK && rename(fresh, path) != 0)
        rc = DHK_IO;
    return rc == DHK_OK ? store_sync_directory(dir) : rc;
}

static enum dhk_err
read_first(struct store_journal *j, const struct store_options *o)
{
    uint8_t first[STORE_BLOCK], hash[SEAL_HASH];
    const struct slice own = slice_of(first, OWN_N);
    struct stat st;
    enum dhk_err rc = store_read_at(j->fd, first, sizeof first, 0);

    if (rc != DHK_OK)
        return rc;
    if (fstat(j->fd, &st) != 0)
        return DHK_IO;
    seal_hash(hash, "journal", &own, 1);
    j->bytes = (size_t)st.st_size;
    if (st.st_size < FILE_MIN || st.st_size > FILE_MAX ||
        st.st_size % STORE_BLOCK != 0 || memcmp(first, magic, MAGIC_N) != 0 ||
        memcmp(first + OWN_N, hash, SEAL_HASH) != 0)
        return DHK_FORMAT;
    take_key(j, first);
    hash_names(j->names, o);
    j->other_tables =
        memcmp(first + MAGIC_N + SEAL_KEY, j->names, SEAL_HASH) != 0;
    return DHK_OK;
}

/* Under a new key: no record that there is counts any more. */
static enum dhk_err
renew(struct store_journal *j)
{
    uint8_t first[STORE_BLOCK];

    make_first(first, j->names);
    enum dhk_err rc = write_all(j->fd, first, STORE_BLOCK, 0);
    if (rc == DHK_OK && fdatasync(j->fd) != 0)
        rc = DHK_IO;
    if (rc != DHK_OK)
        return rc;
    take_key(j, first);
    j->other_tables = false;
    return DHK_OK;
}

enum dhk_err
store_journal_open(
    struct store *s, const char *dir, const struct store_options *o)
{
    struct store_journal *j = &s->journal;
    char path[PATH_CAP];
    bool reads = o->read_only || o->beside || o->snapshot;
    enum dhk_err rc = file_path(path, sizeof path, dir, STORE_JOURNAL);

    if (rc != DHK_OK)
        return rc;
    for (int i = 0; i < 2 && j->fd < 0; i++) {
        if (i == 1 && (o->journal_bytes == 0 || reads))
            return DHK_OK; /* it has none, and none is wanted */
        if (i == 1 && (rc = create(dir, o)) != DHK_OK)
            return rc;
        j->fd =
            open(path, (reads ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW);
        if (j->fd < 0 && errno != ENOENT)
            return DHK_IO;
    }
    return j->fd < 0 ? DHK_IO : read_first(j, o);
}

void
store_journal_close(struct store *s)
{
    struct store_journal *j = &s->journal;

    /* LMDB has all: should an older copy of its file be put in its place, the
     * journal does not speak of a newer one. When that cannot be written
     * nothing is lost */
    if (j->fd >= 0 && j->writes && !s->broken && j->records == 0) {
        enum dhk_err rc = renew(j);
        (void)rc;
    }
    if (j->fd >= 0)
        (void)close(j->fd);
    j->fd = -1;
    free(j->redo);
    j->redo = NULL;
}

/* --- writing ----------------------------------------------------------- */

static enum dhk_err
room(struct store_journal *j, size_t n)
{
    size_t need = store_whole_blocks(j->redo_n + n);

    if (need <= j->redo_cap)
        return DHK_OK;
    uint8_t *p = realloc(j->redo, 2 * need);
    if (p == NULL)
        return DHK_NOMEM;
    j->redo = p;
    j->redo_cap = 2 * need;
    return DHK_OK;
}

void
store_journal_begin(struct store *s)
{
    struct store_journal *j = &s->journal;

    if (j->redo_n < STORE_RECORD_HEAD)
        j->redo_n = STORE_RECORD_HEAD;
    j->begun = j->redo_n;
}

void
store_journal_give_up(struct store *s)
{
    s->journal.redo_n = s->journal.begun;
}

/* What one large record needed is not kept for ever. Less would do, so that a
 * failure changes nothing. */
static void
shrink(struct store_journal *j)
{
    uint8_t *p = j->redo_cap > REDO_KEPT ? realloc(j->redo, REDO_KEPT) : NULL;

    if (p == NULL)
        return;
    j->redo = p;
    j->redo_cap = REDO_KEPT;
}

bool
store_journal_is_empty(const struct store *s)
{
    return s->journal.redo_n <= STORE_RECORD_HEAD;
}

bool
store_journal_is_same(const struct store *s)
{
    return s->journal.redo_n == s->journal.begun;
}

enum dhk_err
store_journal_note(struct store *s, unsigned table, struct slice key,
    const struct slice *value)
{
    struct store_journal *j = &s->journal;
    size_t value_n = value != NULL ? value->n : 0;

    must(value_n <= UINT32_MAX && key.n <= STORE_KEY_MAX);
    enum dhk_err rc = room(j, CHANGE + key.n + value_n);
    if (rc != DHK_OK)
        return rc;
    uint8_t *p = j->redo + j->redo_n;
    p[0] = value != NULL ? 1 : 0;
    p[1] = (uint8_t)table;
    p[2] = (uint8_t)(key.n >> 8);
    p[3] = (uint8_t)key.n;
    bytes_put_u32(p + 4, (uint32_t)value_n);
    memcpy(p + CHANGE, key.p, key.n);
    if (value_n > 0)
        memcpy(p + CHANGE + key.n, value->p, value_n);
    j->redo_n += CHANGE + key.n + value_n;
    return DHK_OK;
}

bool
store_journal_fits(const struct store *s)
{
    return store_whole_blocks(s->journal.redo_n) <=
           s->journal.bytes - s->journal.at;
}

bool
store_journal_is_long(const struct store *s)
{
    return s->journal.at > s->journal.bytes / 2;
}

/* All that was noted, into the file at AT. The first block comes last: where a
 * late record stands there, the new one begins with the same bytes, so that the
 * old one counts until its head is another, also when a kill ends the writing.
 */
static enum dhk_err
write_record(struct store *s)
{
    struct store_journal *j = &s->journal;
    size_t n = j->redo_n, whole = store_whole_blocks(n);

    bytes_put_u64(j->redo + STORE_RECORD_MARK_AT, j->mark);
    bytes_put_u64(j->redo + STORE_RECORD_BASE_AT, j->base);
    bytes_put_u64(j->redo + STORE_RECORD_NUMBER_AT, j->records);
    bytes_put_u32(
        j->redo + STORE_RECORD_BYTES_AT, (uint32_t)(n - STORE_RECORD_HEAD));
    bytes_put_u32(j->redo + STORE_RECORD_BYTES_AT + 4, 0);
    seal_sum(j->redo, j->key, slice_of(j->redo + SEAL_SUM, n - SEAL_SUM));
    memset(j->redo + n, 0, whole - n);
    size_t head = j->late > 0 ? STORE_BLOCK : whole;
    if (write_all(j->fd, j->redo + head, whole - head, j->at + head) ==
            DHK_OK &&
        write_all(j->fd, j->redo, head, j->at) == DHK_OK)
        return DHK_OK;
    /* no room: nobody was told, but of what stood there */
    s->broken = s->broken || j->late > 0;
    return s->broken ? DHK_IO : store_translate(s, errno);
}

enum dhk_err
store_journal_flush(struct store *s)
{
    struct store_journal *j = &s->journal;

    if (fdatasync(j->fd) != 0) {
        s->broken = true;
        return DHK_IO;
    }
    j->at += store_whole_blocks(j->redo_n);
    j->records++;
    j->redo_n = j->begun = STORE_RECORD_HEAD;
    j->late = 0;
    return DHK_OK;
}

enum dhk_err
store_journal_write(struct store *s)
{
    enum dhk_err rc = write_record(s);

    return rc == DHK_OK ? store_journal_flush(s) : rc;
}

enum dhk_err
store_journal_write_late(struct store *s)
{
    enum dhk_err rc = write_record(s);

    if (rc == DHK_OK)
        s->journal.late++;
    return rc;
}

enum dhk_err
store_journal_turn(struct store *s)
{
    struct store_journal *j = &s->journal;
    MDB_envinfo info;
    enum dhk_err rc = store_translate(s, mdb_env_info(s->env, &info));

    if (rc != DHK_OK)
        return rc;
    must(j->records == 0 || info.me_last_txnid > j->base);
    j->base = info.me_last_txnid;
    j->records = 0;
    j->at = STORE_BLOCK;
    j->redo_n = STORE_RECORD_HEAD;
    j->late = 0;
    shrink(j);
    j->writes = true;
    rc = j->other_tables ? renew(j) : DHK_OK;
    s->broken = s->broken || rc != DHK_OK;
    return rc;
}
