/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger_world.h"

#include <time.h>

#include "random_ledger.h"
#include "table.h"

static uint64_t started;

double
world_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

double
world_cpu(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The harness's clocks, but running. */
static uint64_t
passed(void)
{
    return clock_monotonic_ms(clock_system()) - started;
}

static uint64_t
wall(void *ctx)
{
    const struct harness *h = ctx;

    return h->wall + passed();
}

static uint64_t
monotonic(void *ctx)
{
    const struct harness *h = ctx;

    return h->mono + passed();
}

/* --- the pattern --- */

static void
draw(struct world *w, struct store *store)
{
    static struct random_ledger random;
    static struct ledger ledger;
    struct store_txn *t;
    struct diag diag;
    struct slice bytes;
    size_t at = 0;

    merkle_frontier_init(&ledger.frontier);
    random_ledger_init(&random, 1, 900, false);
    ok(store_begin(&t, store, true));
    while (ledger.size < WORLD_PATTERN)
        ok(random_ledger_event(&random, &ledger, t));
    for (w->n = 0; w->n < ledger.size && w->n < WORLD_PATTERN; w->n++) {
        ok(ledger_bytes(t, w->n, &bytes));
        must(at + bytes.n <= WORLD_PATTERN_BYTES);
        memcpy(w->mem + at, bytes.p, bytes.n);
        w->bytes[w->n] = slice_of(w->mem + at, bytes.n);
        ok(entry_decode(&w->entry[w->n], w->bytes[w->n], &diag));
        at += bytes.n;
    }
    store_abort(&t);
    random_ledger_end(&random);
}

static void
open_table(struct store **out, const char *dir, const char *name)
{
    static const char *const bare[] = {"log"};
    static const char *const all[TABLES] = TABLE_NAMES;
    char path[512];
    bool is_bare = strcmp(name, "bare") == 0;
    struct store_options o = {.tables = is_bare ? bare : all,
        .tables_n = is_bare ? 1 : (size_t)TABLES,
        .map_bytes = (size_t)8 << 30};

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    ok(store_open(out, path, &o));
}

void
world_new(struct world *w)
{
    struct store *pattern;
    void *state = NULL;

    memset(w, 0, sizeof *w);
    must(harness_new(&state) == 0);
    w->h = state;
    w->h->map_bytes = (size_t)16 << 30;
    harness_restart(w->h);
    started = clock_monotonic_ms(clock_system());
    w->h->clock.wall_ms = wall;
    w->h->clock.monotonic_ms = monotonic;
    w->entry = calloc(WORLD_PATTERN, sizeof *w->entry);
    w->bytes = calloc(WORLD_PATTERN, sizeof *w->bytes);
    w->mem = malloc(WORLD_PATTERN_BYTES);
    must(w->entry != NULL && w->bytes != NULL && w->mem != NULL);
    open_table(&pattern, w->h->dir, "pattern");
    draw(w, pattern);
    store_close(&pattern);
    open_table(&w->bare, w->h->dir, "bare");
    w->from = w->h->core->ledger.size;
}

void
world_end(struct world *w)
{
    void *state = w->h;

    w->h->damaged = true; /* nobody signed its entries */
    store_close(&w->bare);
    free(w->entry);
    free(w->bytes);
    free(w->mem);
    (void)harness_end(&state);
}

/* --- appending --- */

/* Makes E point BY entries further on, and gives it another case. */
static void
move(struct entry *e, uint64_t by)
{
    uint64_t *index = NULL;
    size_t n = 0;

    if (e->kind == ENTRY_SHARE) {
        e->u.share.accepted += by;
        bytes_put_u64(
            e->u.share.case_handle, bytes_get_u64(e->u.share.case_handle) + by);
    } else if (e->kind == ENTRY_DELIVERED) {
        index = e->u.delivered.index;
        n = e->u.delivered.n;
    } else if (e->kind == ENTRY_EXPIRED) {
        index = e->u.expired.index;
        n = e->u.expired.n;
    } else if (e->kind == ENTRY_RETURNED) {
        e->u.returned.index += by;
    } else if (e->kind == ENTRY_WITHDRAWN || e->kind == ENTRY_CORRECTED) {
        e->u.withdrawn.share += by;
    }
    for (size_t i = 0; i < n; i++)
        index[i] += index[i] == 0 ? 0 : by;
}

static void
append_one(struct world *w, struct store_txn *t)
{
    struct ledger *l = &w->h->core->ledger;
    uint64_t at = l->size - w->from, index;
    struct entry *e = &w->entry[at % w->n];

    /* the first time from the pattern to the ledger's end, then by its length
     * each time */
    move(e, at < w->n ? w->from : w->n);
    w->bytes_n += w->bytes[at % w->n].n;
    ok(ledger_append(l, t, e, wall(w->h), &index));
}

static void
catch_up(struct world *w)
{
    struct harness *h = w->h;
    struct index *ix = h->core->index;
    struct store_txn *t;

    ok(store_begin(&t, h->store, false));
    ok(index_gather(ix, t, &h->core->ledger, &h->clock, 1000));
    store_abort(&t);
    if (!index_is_ready(ix))
        return;
    ok(store_begin(&t, h->store, true));
    ok(index_store(ix, t));
    ok(store_commit(&t));
    index_stored(ix);
}

double
world_append(struct world *w, uint64_t n, uint64_t batch)
{
    double start = world_now();
    struct store_txn *t;

    for (uint64_t done = 0; done < n; done += batch) {
        ok(store_begin(&t, w->h->store, true));
        for (uint64_t i = 0; i < batch; i++)
            append_one(w, t);
        ok(store_commit(&t));
        catch_up(w);
    }
    return world_now() - start;
}

double
world_append_bare(struct world *w, uint64_t n, uint64_t batch)
{
    double start = world_now();
    struct store_txn *t;
    uint8_t key[8];

    for (uint64_t done = 0; done < n; done += batch) {
        ok(store_begin(&t, w->bare, true));
        for (uint64_t i = 0; i < batch; i++, w->bare_n++) {
            bytes_put_u64(key, w->bare_n);
            ok(store_append(
                t, 0, slice_of(key, sizeof key), w->bytes[w->bare_n % w->n]));
        }
        ok(store_commit(&t));
    }
    return world_now() - start;
}

void
world_sign(struct world *w)
{
    harness_batch(w->h);
    ok(w->h->last);
    while (core_is_busy(w->h->core))
        harness_batch(w->h);
    must(w->h->head.size == w->h->core->ledger.size);
}
