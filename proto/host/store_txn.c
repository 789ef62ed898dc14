/* SPDX-License-Identifier: EUPL-1.2
 *
 * The store's transactions. Where there is a journal, or a lazy store, those of
 * ours share one of LMDB's, the pending one, which LMDB commits once for many.
 */
#include "store_impl.h"

#include <errno.h>
#include <stdlib.h>

enum {
    LAZY_COMMITS = 8,    /* and late ones */
    READERS_EVERY = 256, /* write transactions */
    /* of the file of a store with a journal: what LMDB may need to commit
     * besides what was changed (its list of free pages), and by how much the
     * file may grow, a part of the map, before that should be done */
    SPARE_BYTES = 256 * 1024,
    GROW_MAX = 64 * 1024 * 1024,
    GROW_PART = 64,
};

/* The transaction of LMDB for T: the pending one, which shows what is not
 * durable yet, or one of its own. */
static enum dhk_err
begin(struct store_txn *t)
{
    struct store *s = t->store;
    bool keeps = s->lazy || s->journal.fd >= 0;

    if (keeps && t->write && s->pending == NULL) {
        enum dhk_err rc =
            store_translate(s, mdb_txn_begin(s->env, NULL, 0, &s->pending));
        if (rc != DHK_OK)
            return rc;
        s->pending_n = 0;
        s->pending_need = s->pending_from = 0;
    }
    t->shared = keeps && s->pending != NULL;
    if (!t->shared)
        return store_translate(s,
            mdb_txn_begin(s->env, NULL, t->write ? 0U : MDB_RDONLY, &t->txn));
    t->txn = s->pending;
    s->sharing++;
    if (t->write)
        s->undo.n = 0;
    if (t->write)
        store_journal_begin(s);
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
    if (t->shared && s->pending_from == 0)
        s->pending_from = t->need;
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

/* A pending transaction anew, with what the journal has: one that failed, or
 * that holds what is given up, cannot go on. */
static void
restore(struct store *s)
{
    must(s->sharing == 1);
    s->pending = NULL;
    store_journal_give_up(s);
    /* what is late becomes a record of its own: nothing goes in its place */
    enum dhk_err rc = s->journal.late > 0 ? store_journal_flush(s) : DHK_OK;
    if (rc == DHK_OK)
        rc = store_translate(s, mdb_txn_begin(s->env, NULL, 0, &s->pending));
    if (rc == DHK_OK)
        rc = store_journal_replay(s, s->pending, true);
    s->broken = s->broken || rc != DHK_OK;
}

static bool
is_untouched(const struct store_txn *t)
{
    return t->err == DHK_OK && store_journal_is_same(t->store);
}

void
store_abort(struct store_txn **t)
{
    if (*t == NULL)
        return;
    if (!(*t)->shared)
        mdb_txn_abort((*t)->txn);
    else if ((*t)->write && (*t)->store->lazy)
        store_take_back((*t)->store);
    else if ((*t)->write && !is_untouched(*t) && !(*t)->store->broken) {
        mdb_txn_abort((*t)->store->pending);
        restore((*t)->store);
    }
    if ((*t)->shared && (*t)->write)
        store_journal_give_up((*t)->store);
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
store_settle(struct store *s)
{
    must(s->sharing == 0);
    if (s->broken)
        return DHK_STATE;
    if (s->pending == NULL)
        return DHK_OK;
    enum dhk_err rc = store_translate(s, mdb_txn_commit(s->pending));
    s->pending = NULL;
    if (rc == DHK_OK && s->journal.fd >= 0)
        rc = store_journal_turn(s);
    /* what a lazy store had committed is gone, too */
    s->broken = s->broken || rc != DHK_OK;
    return rc;
}

static bool
is_grown(const struct store *s)
{
    size_t grow = s->map / GROW_PART < GROW_MAX ? s->map / GROW_PART : GROW_MAX;

    return s->pending_need > s->pending_from + grow;
}

bool
store_should_settle(const struct store *s)
{
    return s->journal.fd >= 0 && s->pending != NULL && s->journal.records > 0 &&
           (store_journal_is_long(s) || is_grown(s));
}

/* Whether LMDB will surely be able to commit one day what makes its file NEED
 * bytes long, and the journal has room. */
static bool
may_wait(const struct store *s, size_t need)
{
    return need + SPARE_BYTES <= s->reserved && store_journal_fits(s);
}

enum dhk_err
store_sync(struct store *s)
{
    must(s->sharing == 0);
    if (s->broken)
        return DHK_STATE;
    if (s->journal.fd < 0)
        return store_settle(s);
    if (s->pending_n > 0 && !store_journal_is_empty(s)) {
        if (!may_wait(s, s->pending_need))
            return store_settle(s);
        enum dhk_err rc = store_journal_write(s);
        s->broken = s->broken || rc != DHK_OK; /* those commits are lost */
        if (rc != DHK_OK)
            return rc;
    }
    s->pending_n = 0;
    if (s->journal.late > 0) {
        enum dhk_err rc = store_journal_flush(s);
        if (rc != DHK_OK)
            return rc;
    }
    return store_should_settle(s) ? store_settle(s) : DHK_OK;
}

bool
store_is_synced(const struct store *s)
{
    return s->pending == NULL || (s->pending_n == 0 && s->journal.late == 0);
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

/* As it would be without a journal; what that has goes along. */
static enum dhk_err
commit_all(struct store_txn **t)
{
    struct store *s = (*t)->store;

    must(s->sharing == 1); /* a reader would go on with what is freed here */
    enum dhk_err rc = store_translate(s, mdb_txn_commit(s->pending));
    if (rc == DHK_LIMIT || rc == DHK_NOMEM)
        restore(s); /* when LMDB itself gave up, it does not begin another */
    else
        s->pending = NULL;
    store_journal_give_up(s);
    forget(t);
    if (rc == DHK_OK)
        rc = store_journal_turn(s);
    return s->broken ? DHK_IO : rc;
}

static enum dhk_err
commit_journaled(struct store_txn **t, bool late)
{
    struct store *s = (*t)->store;

    if (!(*t)->write || is_untouched(*t)) {
        forget(t);
        return DHK_OK;
    }
    if (!may_wait(s, (*t)->need) || is_grown(s))
        return commit_all(t);
    late = late && s->journal.late + 1 < LAZY_COMMITS;
    enum dhk_err rc =
        late ? store_journal_write_late(s) : store_journal_write(s);
    if (rc != DHK_OK) {
        store_abort(t);
        return s->broken ? DHK_IO : rc;
    }
    s->pending_need = (*t)->need;
    forget(t);
    return DHK_OK;
}

static enum dhk_err
commit(struct store_txn **t, bool late)
{
    struct store *s = (*t)->store;
    enum dhk_err rc = s->broken ? DHK_STATE : (*t)->err;
    bool write = (*t)->write;
    if (rc != DHK_OK) {
        store_abort(t);
        return rc;
    }
    if ((*t)->shared)
        return s->lazy ? commit_shared(t) : commit_journaled(t, late);
    rc = store_translate(s, mdb_txn_commit((*t)->txn));
    forget(t);
    return rc == DHK_LIMIT && write ? after_full(s) : rc;
}

enum dhk_err
store_commit(struct store_txn **t)
{
    return commit(t, false);
}

enum dhk_err
store_commit_late(struct store_txn **t)
{
    return commit(t, true);
}
