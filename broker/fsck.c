/* SPDX-License-Identifier: EUPL-1.2
 *
 * The order of the checks, and their transactions: each is ended after some
 * tens of milliseconds, for an old one pins the pages that a running broker
 * would use again. The next one may see more entries; those are read first, so
 * that what a row is compared with is always as old as the row. */
#include "fsck_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/clock.h"

enum { TURN_MS = 50, STEPS = 32, KEY_MAX = 511 };

static const struct fsck_check *const checks[] = {
    &fsck_notes,
    &fsck_cards,
    &fsck_texts,
    &fsck_force,
    &fsck_numbers,
    &fsck_mail,
    &fsck_bundles,
    &fsck_gates,
    &fsck_notices,
    &fsck_withdrawn,
    &fsck_cases,
    &fsck_chain,
    &fsck_cosigned,
    &fsck_index,
};
enum { CHECKS = sizeof checks / sizeof checks[0] };

const char *
fsck_table_name(enum table table)
{
    static const char *const names[TABLES] = TABLE_NAMES;

    return names[table];
}

void
fsck_at(struct fsck *f, enum table table, struct slice key, uint64_t index)
{
    struct fsck_place *p = f->place;
    const char *name = fsck_table_name(table);

    memcpy(p->table, name, strlen(name) + 1);
    p->key_n = key.n < sizeof p->key ? key.n : sizeof p->key;
    if (p->key_n > 0)
        memcpy(p->key, key.p, p->key_n);
    p->has_entry = index != FSCK_NO_ENTRY;
    p->entry = p->has_entry ? index : 0;
}

enum dhk_err
fsck_bad(struct fsck *f, const char *what, ...)
{
    va_list ap;

    if (f->result->bad)
        return DHK_FORMAT;
    f->result->bad = true;
    f->result->fault = *f->place;
    va_start(ap, what);
    (void)vsnprintf(f->result->what, sizeof f->result->what, what, ap);
    va_end(ap);
    return DHK_FORMAT;
}

enum dhk_err
fsck_rc(struct fsck *f, enum dhk_err rc)
{
    if (rc == DHK_OK || rc == DHK_IO || rc == DHK_NOMEM || rc == DHK_STATE)
        return rc;
    return fsck_bad(f, "cannot be read (any more)");
}

enum dhk_err
fsck_get(
    struct fsck *f, enum table table, struct slice key, struct slice *value)
{
    enum dhk_err rc = store_get(f->txn, table, key, value);

    if (rc != DHK_NOTFOUND)
        return rc;
    uint64_t index = f->place->has_entry ? f->place->entry : FSCK_NO_ENTRY;
    fsck_at(f, table, key, index);
    return fsck_bad(f, "is missing");
}

enum fsck_state
fsck_state(const struct fsck *f, uint64_t index)
{
    return index < f->size ? (enum fsck_state)f->state[index] : FSCK_NOTHING;
}

enum dhk_err
fsck_other(struct fsck *f, uint64_t index, enum entry_kind kind)
{
    if (index >= f->of)
        return fsck_bad(f, "names entry %llu, which is not on the ledger",
            (unsigned long long)index);
    if (!f->has_other || f->other_index != index) {
        f->has_other = false;
        enum dhk_err rc = ledger_entry(f->txn, index, &f->other);
        if (rc != DHK_OK)
            return fsck_rc(f, rc);
        f->has_other = true;
        f->other_index = index;
    }
    if (kind == ENTRY_NONE || f->other.kind == kind)
        return DHK_OK;
    return fsck_bad(f, "names entry %llu, which is of another kind",
        (unsigned long long)index);
}

/* --- transactions ------------------------------------------------------- */

static void
turn_end(struct fsck *f)
{
    store_abort(&f->txn);
    f->has_other = false; /* it borrowed */
}

static enum dhk_err
turn_begin(struct fsck *f)
{
    struct slice key = slice_of(NULL, 0), value;

    f->begun = clock_monotonic_ms(clock_system());
    f->steps = 0;
    enum dhk_err rc = store_begin(&f->txn, f->store, false);
    if (rc == DHK_OK)
        rc = store_last(f->txn, TABLE_ENTRY, &key, &value);
    if (rc == DHK_NOTFOUND || (rc == DHK_OK && key.n != 8)) {
        fsck_at(f, TABLE_ENTRY, rc == DHK_OK ? key : slice_of(NULL, 0),
            FSCK_NO_ENTRY);
        return fsck_bad(f, rc == DHK_OK
                               ? "has a key of another length"
                               : "has no entry: nothing was ever begun here");
    }
    if (rc != DHK_OK)
        return rc;
    uint64_t of = bytes_get_u64(key.p) + 1;
    fsck_at(f, TABLE_ENTRY, key, of - 1);
    if (of < f->of || of > MERKLE_SIZE_MAX)
        return fsck_bad(f, "is shorter than it was a moment ago");
    f->of = of;
    return DHK_OK;
}

bool
fsck_is_old(const struct fsck *f)
{
    return clock_monotonic_ms(clock_system()) - f->begun >= TURN_MS;
}

/* The same for what is done often. */
static bool
is_late(struct fsck *f)
{
    return ++f->steps % STEPS == 0 && fsck_is_old(f);
}

static enum dhk_err
understand(struct fsck *f)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < CHECKS; i++) {
        f->result->derived = checks[i]->derived;
        if (checks[i]->entry != NULL)
            rc = checks[i]->entry(f, f->size);
    }
    if (rc == DHK_OK)
        f->result->derived = false;
    return rc;
}

/* A transaction whose entries are all known. */
static enum dhk_err
catch_up(struct fsck *f)
{
    enum dhk_err rc;

    do {
        turn_end(f);
        rc = turn_begin(f);
        if (rc == DHK_OK)
            rc = fsck_read_on(f, understand);
        if (f->options->progress != NULL)
            f->options->progress(f->options->ctx, "entries", f->size, f->of);
    } while (rc == DHK_OK && f->size < f->of);
    return rc;
}

/* --- rows --------------------------------------------------------------- */

struct rows {
    const struct fsck_check *check;
    enum table table;
    uint8_t key[KEY_MAX]; /* the last one looked at */
    size_t key_n;
    uint64_t done, of;
};

/* Rows of this transaction from the last key on. DHK_NOTFOUND: all of them. */
static enum dhk_err
some_rows(struct fsck *f, struct rows *r)
{
    struct store_scan *scan = NULL;
    struct slice key, value, from = slice_of(r->key, r->key_n);
    enum dhk_err rc = store_scan_open(&scan, f->txn, r->table, from);

    while (
        rc == DHK_OK && (rc = store_scan_next(scan, &key, &value)) == DHK_OK) {
        struct slice last = slice_of(r->key, r->key_n);
        if (r->key_n > 0 && slice_equal(key, last))
            continue;
        fsck_at(f, r->table, key, FSCK_NO_ENTRY);
        if (key.n == 0 || key.n > sizeof r->key ||
            (r->key_n > 0 && slice_compare(key, last) <= 0)) {
            rc = fsck_bad(f, "stands in the wrong place");
            break;
        }
        rc = r->check->row(f, r->table, key, value);
        memcpy(r->key, key.p, key.n);
        r->key_n = key.n;
        r->done++;
        if (rc != DHK_OK || is_late(f))
            break;
    }
    store_scan_close(&scan);
    return rc;
}

static enum dhk_err
all_rows(struct fsck *f, const struct fsck_check *check, enum table table)
{
    struct rows r = {.check = check, .table = table};
    enum dhk_err rc = store_count(f->txn, table, &r.of);

    while (rc == DHK_OK && (rc = some_rows(f, &r)) == DHK_OK) {
        if (f->options->progress != NULL)
            f->options->progress(f->options->ctx, check->name, r.done,
                r.done > r.of ? r.done : r.of);
        rc = catch_up(f);
        f->result->derived = check->derived;
    }
    f->result->count[f->result->counts_n].rows += r.done;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
all_states(struct fsck *f, const struct fsck_check *check)
{
    enum dhk_err rc = DHK_OK;

    for (uint64_t i = 0; rc == DHK_OK && i < f->size; i++) {
        fsck_at(f, TABLE_ENTRY, slice_of(NULL, 0), i);
        rc = check->state(f, i);
        if (rc == DHK_OK && is_late(f)) {
            rc = catch_up(f);
            f->result->derived = check->derived;
        }
    }
    return rc;
}

static enum dhk_err
run_check(struct fsck *f, const struct fsck_check *check)
{
    struct fsck_result *out = f->result;
    enum dhk_err rc = DHK_OK;

    out->derived = check->derived;
    must(out->counts_n < FSCK_CHECKS);
    out->count[out->counts_n] = (struct fsck_count){.name = check->name};
    for (size_t i = 0; rc == DHK_OK && i < check->tables_n; i++)
        rc = all_rows(f, check, check->table[i]);
    if (rc == DHK_OK && check->state != NULL)
        rc = all_states(f, check);
    if (rc == DHK_OK && check->end != NULL)
        rc = check->end(f);
    out->counts_n++;
    return rc;
}

bool
fsck_knows(unsigned table)
{
    for (size_t i = 0; i < CHECKS; i++) {
        for (size_t k = 0; k < checks[i]->tables_n; k++)
            if ((unsigned)checks[i]->table[k] == table)
                return true;
    }
    return false;
}

/* --- the whole ---------------------------------------------------------- */

/* What the keeper signed last must be the beginning of the ledger. */
static enum dhk_err
check_keeper(struct fsck *f)
{
    struct checkpoint cp;
    uint8_t root[MERKLE_HASH];

    if (f->options->keeper_note.n == 0)
        return DHK_OK;
    (void)snprintf(f->place->table, sizeof f->place->table, "keeper.head");
    f->place->key_n = 0;
    f->place->has_entry = false;
    if (checkpoint_open(&cp, f->options->keeper_note, &f->log, NULL) != DHK_OK)
        return fsck_bad(f, "is not signed by the log of this store");
    if (cp.size > f->of)
        return fsck_bad(f,
            "%llu entries were signed, the store has %llu: it is older than "
            "the ledger it should hold",
            (unsigned long long)cp.size, (unsigned long long)f->of);
    enum dhk_err rc = ledger_root(f->txn, cp.size, root);
    if (rc != DHK_OK)
        return fsck_rc(f, rc);
    if (memcmp(root, cp.root, sizeof root) != 0)
        return fsck_bad(f, "the first %llu entries are not those signed",
            (unsigned long long)cp.size);
    f->result->keeper = cp.size;
    return DHK_OK;
}

static void
destroy(struct fsck **f)
{
    if (*f == NULL)
        return;
    turn_end(*f);
    free((*f)->state);
    free((*f)->last);
    free((*f)->card);
    free((*f)->place_of_card);
    free((*f)->text);
    free(*f);
    *f = NULL;
}

enum dhk_err
fsck_run(
    struct fsck_result *out, struct store *store, const struct fsck_options *o)
{
    struct fsck *f = calloc(1, sizeof *f);

    memset(out, 0, sizeof *out);
    if (f == NULL)
        return DHK_NOMEM;
    f->store = store;
    f->options = o;
    f->result = out;
    f->place = o->place != NULL ? o->place : &f->own_place;
    merkle_frontier_init(&f->frontier);
    enum dhk_err rc = catch_up(f);
    if (rc == DHK_OK)
        rc = check_keeper(f);
    for (size_t i = 0; rc == DHK_OK && i < CHECKS; i++) {
        rc = run_check(f, checks[i]);
        if (rc == DHK_OK)
            rc = catch_up(f);
    }
    out->entries = f->size;
    merkle_frontier_root(out->root, &f->frontier);
    destroy(&f);
    return out->bad ? DHK_OK : rc;
}
