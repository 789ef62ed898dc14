/* SPDX-License-Identifier: EUPL-1.2 */
#include "seals.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "line.h"
#include "seallist.h"
#include "table.h"

enum {
    GATHER_MS = 4,
    SEAL_MS = 8,
    LOOK = 32, /* how often the time is looked at */
    FIRST_PARTNERS = 64,
    FIRST_ROWS = 4, /* most of ten thousand partners have a few until sealed */
    DAY_MS = 24 * 3600 * 1000,
};
/* Not a partner's name: up to where everybody is sealed. */
static const char all_key[] = "0";

struct sealed { /* one partner */
    char name[LIMIT_NAME + 1];
    uint64_t last;  /* index of its last seal; 0: none */
    uint64_t until; /* where that ends */
    uint64_t first; /* index of the first row's entry */
    uint8_t salt[ENTRY_SALT];
    struct seallist_row *rows;
    size_t n, cap;
};

struct seals {
    struct sealed **partner; /* by name */
    size_t n, cap;
    uint64_t size;    /* committed entries */
    uint64_t scanned; /* of which rows were gathered */
    uint64_t all;     /* up to here everybody is sealed */
    uint64_t goal;    /* rows are gathered up to here, for seals that are due */
    uint64_t oldest;  /* ms: when the first row after ALL came; 0: none */
    uint64_t round;   /* seal everybody up to here; 0: no round is on */
    bool full;        /* somebody has as many rows as may be */
    bool broken;      /* an entry cannot be read: no more seals */
    struct line_reader *reader;
    struct entry *entry;
    struct part *part;
    struct store_txn *txn; /* while gathering */
};

enum dhk_err
seals_new(struct seals **out)
{
    struct seals *s = calloc(1, sizeof *s);

    *out = s;
    if (s == NULL)
        return DHK_NOMEM;
    s->reader = calloc(1, sizeof *s->reader);
    s->entry = malloc(sizeof *s->entry);
    s->part = malloc(sizeof *s->part);
    if (s->reader != NULL && s->entry != NULL && s->part != NULL)
        return DHK_OK;
    seals_destroy(out);
    return DHK_NOMEM;
}

static void
forget(struct seals *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->partner[i]->rows);
        free(s->partner[i]);
    }
    s->n = 0;
    s->scanned = s->all = s->goal = s->oldest = s->round = 0;
    s->full = s->broken = false;
}

void
seals_destroy(struct seals **s)
{
    if (*s == NULL)
        return;
    forget(*s);
    free((*s)->partner);
    free((*s)->reader);
    free((*s)->entry);
    free((*s)->part);
    free(*s);
    *s = NULL;
}

/* --- partners --- */

/* Where NAME stands, or would stand. */
static size_t
place_of(const struct seals *s, struct slice name, bool *found)
{
    size_t low = 0, high = s->n;

    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct slice other = slice_str(s->partner[middle]->name);
        size_t n = other.n < name.n ? other.n : name.n;
        int c = memcmp(other.p, name.p, n);
        c = c != 0 ? c : (other.n > name.n) - (other.n < name.n);
        if (c == 0) {
            *found = true;
            return middle;
        }
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* NAME, made when it is not there. NULL: no memory. */
static struct sealed *
partner_of(struct seals *s, struct slice name)
{
    bool found;
    size_t at = place_of(s, name, &found);

    if (found)
        return s->partner[at];
    if (s->n == s->cap) {
        size_t cap = s->cap == 0 ? FIRST_PARTNERS : 2 * s->cap;
        struct sealed **p = reallocarray(s->partner, cap, sizeof(void *));
        if (p == NULL)
            return NULL;
        s->partner = p;
        s->cap = cap;
    }
    struct sealed *new = calloc(1, sizeof *new);
    if (new == NULL)
        return NULL;
    must(slice_to_str(name, new->name, sizeof new->name) == DHK_OK);
    key_random(new->salt, sizeof new->salt);
    memmove(&s->partner[at + 1], &s->partner[at], (s->n - at) * sizeof(void *));
    s->partner[at] = new;
    s->n++;
    return new;
}

/* --- the store --- */

static enum dhk_err
read_partner(struct seals *s, struct slice key, struct slice value)
{
    if (value.n != 16)
        return DHK_FORMAT;
    if (slice_equal(key, slice_str(all_key))) {
        s->all = bytes_get_u64(value.p);
        return DHK_OK;
    }
    if (!bytes_is_name(key))
        return DHK_FORMAT;
    struct sealed *p = partner_of(s, key);
    if (p == NULL)
        return DHK_NOMEM;
    p->last = bytes_get_u64(value.p);
    p->until = bytes_get_u64(value.p + 8);
    return DHK_OK;
}

enum dhk_err
seals_load(struct core *c, struct store_txn *t)
{
    struct seals *s = c->seals;
    struct slice key, value;
    enum dhk_err rc =
        store_seek(t, TABLE_SEAL, slice_of(NULL, 0), &key, &value);

    forget(s);
    s->size = c->ledger.size;
    while (rc == DHK_OK) {
        rc = read_partner(s, key, value);
        if (rc == DHK_OK)
            rc = store_after(t, TABLE_SEAL, key, &key, &value);
    }
    s->scanned = s->all;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
write_partner(struct core *c, const char *key, uint64_t a, uint64_t b)
{
    uint8_t value[16];

    bytes_put_u64(value, a);
    bytes_put_u64(value + 8, b);
    enum dhk_err rc = store_put(
        c->txn, TABLE_SEAL, slice_str(key), slice_of(value, sizeof value));
    core_fail(c, rc);
    return rc;
}

/* --- gathering --- */

static const struct entry_share *
share_at(void *ctx, uint64_t index)
{
    struct seals *s = ctx;

    return line_share(s->reader, s->txn, index);
}

static enum dhk_err
add_row(struct sealed *p, const struct seals *s, const struct part_row *part)
{
    uint8_t blinded[SEALLIST_BLINDED];
    struct seallist_of of = {
        p->salt, s->entry->random, blinded, s->entry->kind, s->scanned};

    if (p->n == p->cap) {
        size_t cap = p->cap == 0 ? FIRST_ROWS : 2 * p->cap;
        struct seallist_row *rows = reallocarray(p->rows, cap, sizeof *rows);
        if (rows == NULL)
            return DHK_NOMEM;
        p->rows = rows;
        p->cap = cap;
    }
    if (p->n == 0)
        p->first = s->scanned;
    seallist_blind(blinded, p->salt, part->has_case ? part->case_handle : NULL);
    seallist_row(&p->rows[p->n++], &of, part);
    return DHK_OK;
}

/* The rows of the entry that comes next, for those who are not sealed yet
 * that far. */
static enum dhk_err
gather_one(struct seals *s)
{
    const struct part_reader reader = {share_at, s};
    enum dhk_err rc =
        ledger_entry_behind(s->reader->ledger, s->txn, s->scanned, s->entry);

    if (rc == DHK_OK)
        rc = part_of(s->part, s->entry, s->scanned, &reader);
    for (size_t i = 0; rc == DHK_OK && i < s->part->names_n; i++) {
        struct sealed *p = partner_of(s, slice_str(s->part->name[i]));
        if (p == NULL)
            return DHK_NOMEM;
        if (s->scanned < p->until)
            continue;
        for (size_t k = 0; rc == DHK_OK && k < s->part->rows_n; k++)
            rc = add_row(p, s, &s->part->row[k]);
        s->full = s->full || p->n >= SEALS_ENTRIES;
        if (s->oldest == 0)
            s->oldest = s->entry->time;
    }
    s->scanned += rc == DHK_OK ? 1 : 0;
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

static bool
day_is_over(const struct core *c)
{
    return c->seals->oldest > 0 && c->now >= c->seals->oldest + DAY_MS;
}

/* Rows take memory: they are gathered when seals are due, and before that only
 * up to the first, which says when the day begins. */
static uint64_t
gather_until(const struct seals *s)
{
    if (s->full || s->broken)
        return 0;
    return s->oldest == 0 || s->goal > s->size ? s->size : s->goal;
}

/* As far as it should, or until it has lasted GATHER_MS. */
static enum dhk_err
gather(struct core *c, struct store_txn *t)
{
    struct seals *s = c->seals;
    uint64_t start = clock_monotonic_ms(c->clock);
    enum dhk_err rc = DHK_OK;

    s->txn = t;
    s->reader->force = &c->force;
    s->reader->ledger = &c->ledger;
    for (size_t n = 1; rc == DHK_OK && s->scanned < gather_until(s); n++) {
        rc = gather_one(s);
        if (n % LOOK == 0 && clock_monotonic_ms(c->clock) - start >= GATHER_MS)
            break;
    }
    s->txn = NULL;
    if (rc != DHK_FORMAT)
        return rc;
    core_log(c, "entry %llu cannot be read: no more seals are made",
        (unsigned long long)s->scanned);
    s->broken = true;
    return DHK_OK;
}

enum dhk_err
seals_gather(struct core *c)
{
    struct store_txn *t = NULL;
    struct seals *s = c->seals;

    s->size = c->ledger.size;
    if (s->scanned >= s->goal && day_is_over(c) && !c->clock_stopped)
        s->goal = s->size;
    if (s->size >= s->all + SEALS_ENTRIES && s->goal < s->all + SEALS_ENTRIES)
        s->goal = s->all + SEALS_ENTRIES;
    if (s->scanned >= gather_until(s))
        return DHK_OK;
    enum dhk_err rc = store_begin(&t, c->store, false);
    if (rc == DHK_OK)
        rc = gather(c, t);
    store_abort(&t);
    return rc;
}

/* --- sealing --- */

static bool
round_is_due(const struct core *c)
{
    const struct seals *s = c->seals;

    return !c->clock_stopped &&
           (s->full || s->scanned >= s->all + SEALS_ENTRIES ||
               (day_is_over(c) && s->goal > s->all && s->scanned >= s->goal));
}

bool
seals_are_due(const struct core *c)
{
    const struct seals *s = c->seals;

    if (s->broken)
        return false;
    if (s->scanned < gather_until(s))
        return true;
    return c->mono >= c->full_until && (s->round > 0 || round_is_due(c));
}

/* P's seal up to what was gathered, which is beyond its last. */
static enum dhk_err
seal(struct core *c, struct sealed *p)
{
    struct entry *e = &c->entry;
    struct entry_seal *x = &e->u.seal;

    memset(e, 0, sizeof *e);
    e->kind = ENTRY_SEAL;
    x->partner = slice_str(p->name);
    x->from = p->until;
    x->until = c->seals->scanned;
    x->count = p->n;
    x->before = p->last;
    memcpy(x->salt, p->salt, sizeof x->salt);
    must(seallist_sort(p->rows, p->n)); /* rows of part_of() are different */
    seallist_root(x->root, p->rows, p->n);
    enum dhk_err rc = core_append(c, e, &p->last);
    if (rc == DHK_OK)
        rc = write_partner(c, p->name, p->last, x->until);
    if (rc != DHK_OK)
        return rc;
    p->until = x->until;
    free(p->rows);
    p->rows = NULL;
    p->n = p->cap = 0;
    key_random(p->salt, sizeof p->salt);
    return DHK_OK;
}

static void
end_round(struct core *c)
{
    struct seals *s = c->seals;

    if (write_partner(c, all_key, s->round, 0) != DHK_OK)
        return;
    s->all = s->round;
    s->round = 0;
    s->full = false;
    s->oldest = s->scanned > s->all ? c->now : 0;
}

void
seals_some(struct core *c)
{
    struct seals *s = c->seals;
    uint64_t start = clock_monotonic_ms(c->clock);
    size_t i = 0;

    if (c->failed != DHK_OK || c->mono < c->full_until || s->broken)
        return;
    if (s->round == 0 && round_is_due(c))
        s->round = s->scanned;
    if (s->round == 0)
        return;
    for (; i < s->n; i++) {
        struct sealed *p = s->partner[i];
        if (p->n == 0 || p->first >= s->round)
            continue;
        if (clock_monotonic_ms(c->clock) - start >= SEAL_MS ||
            seal(c, p) != DHK_OK)
            return;
    }
    end_round(c);
}

/* --- on demand --- */

/* Everybody of the roster in force has seals. */
static enum dhk_err
add_roster(struct core *c)
{
    const struct roster *r = force_roster(&c->force);

    for (size_t i = 0; r != NULL && i < r->partners_n; i++) {
        if (partner_of(c->seals, slice_str(r->partners[i].name)) == NULL)
            return DHK_NOMEM;
    }
    return DHK_OK;
}

static enum dhk_err
cover_all(struct core *c, uint64_t until, uint64_t start)
{
    struct seals *s = c->seals;
    enum dhk_err rc = add_roster(c);

    for (size_t i = 0; rc == DHK_OK && i < s->n; i++) {
        if (s->partner[i]->until >= until)
            continue;
        if (clock_monotonic_ms(c->clock) - start >= SEAL_MS)
            return DHK_STATE;
        rc = seal(c, s->partner[i]);
    }
    return rc;
}

static enum dhk_err
cover_one(struct core *c, struct slice name, uint64_t until)
{
    const struct roster *r = force_roster(&c->force);
    bool known;
    size_t at = place_of(c->seals, name, &known);
    struct sealed *p = known ? c->seals->partner[at] : NULL;

    if (!known && (r == NULL || roster_find(r, name) == NULL))
        return DHK_NOTFOUND;
    if (p == NULL)
        p = partner_of(c->seals, name);
    if (p == NULL)
        return DHK_NOMEM;
    return p->until >= until ? DHK_OK : seal(c, p);
}

enum dhk_err
seals_cover(struct core *c, struct slice name, uint64_t until)
{
    struct seals *s = c->seals;
    uint64_t start = clock_monotonic_ms(c->clock);

    if (until > s->size)
        return DHK_LIMIT;
    if (s->goal < until)
        s->goal = until;
    enum dhk_err rc = gather(c, c->txn);
    core_fail(c, rc);
    if (rc != DHK_OK)
        return rc;
    if (s->scanned < until)
        return DHK_STATE;
    rc = name.n > 0 ? cover_one(c, name, until) : cover_all(c, until, start);
    if (rc == DHK_NOMEM)
        core_fail(c, rc);
    return rc;
}
