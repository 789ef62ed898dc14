/* SPDX-License-Identifier: EUPL-1.2
 *
 * The index against what random entries are about: every filter and every
 * combination gives exactly the entries that it should, whatever part of the
 * ledger has blocks, and whatever happened to them. */
#include "../sanitized.h"
#include "harness.h"
#include "pick.h"
#include "random_ledger.h"
#include "sight.h"
#include "table.h"

enum { ENTRIES = 3 * INDEX_SEGMENT + 1500, BATCH = 300, FILTERS = 8 };
enum { FEW = 10 + SANITIZED_STEP }; /* each so many-th */

struct world {
    char *dir;
    struct store *store;
    struct ledger ledger;
    struct index *index;
    struct random_ledger random;
    struct chance chance; /* of the questions */
};

static uint64_t
no_time(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct clock stopped = {
    .wall_ms = no_time, .monotonic_ms = no_time};

static void
open_world(struct world *w)
{
    static const char *const names[TABLES] = TABLE_NAMES;
    struct store_options o = {
        .tables = names, .tables_n = TABLES, .map_bytes = (size_t)1 << 30};

    ok(store_open(&w->store, w->dir, &o));
    ok(index_new(&w->index, NULL));
}

static void
append(struct world *w, uint64_t entries)
{
    struct store_txn *t;

    for (uint64_t end = w->ledger.size + entries; w->ledger.size < end;) {
        ok(store_begin(&t, w->store, true));
        for (uint64_t stop = w->ledger.size + BATCH; w->ledger.size < stop;)
            ok(random_ledger_event(&w->random, &w->ledger, t));
        ok(store_commit(&t));
    }
}

/* Gathers what there is, and stores the blocks. */
static void
catch_up(struct world *w)
{
    struct store_txn *t;

    while (
        index_is_behind(w->index, w->ledger.size) || index_is_ready(w->index)) {
        ok(store_begin(&t, w->store, false));
        ok(index_gather(w->index, t, &w->ledger, &stopped, 1));
        store_abort(&t);
        if (!index_is_ready(w->index))
            continue;
        ok(store_begin(&t, w->store, true));
        ok(index_store(w->index, t));
        ok(store_commit(&t));
        index_stored(w->index);
    }
}

static int
world_new(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    void *dir;

    scratch_new(&dir);
    w->dir = dir;
    w->chance.state = 5;
    merkle_frontier_init(&w->ledger.frontier);
    random_ledger_init(&w->random, 3, 700, true);
    open_world(w);
    append(w, ENTRIES);
    *state = w;
    return 0;
}

static int
world_end(void **state)
{
    struct world *w = *state;
    void *dir = w->dir;

    index_destroy(&w->index);
    store_close(&w->store);
    random_ledger_end(&w->random);
    free(w);
    return scratch_remove(&dir);
}

static void
reopen(struct world *w)
{
    index_destroy(&w->index);
    store_close(&w->store);
    open_world(w);
}

/* --- questions, and what the answer must be --- */

static size_t
draw(struct world *w, size_t n)
{
    return (size_t)chance_below(&w->chance, n);
}

static bool
is_named(struct slice wanted, const char *const *names, int i)
{
    return wanted.n == 0 ||
           (i >= 0 && slice_equal(wanted, slice_str(names[i])));
}

static bool
line_passes(const struct query *q, const struct random_line *line)
{
    uint8_t handle[16] = {0};
    bool rule = q->rule.n == 0, outcome = q->outcome.n == 0;

    if (line->case_ >= 0)
        random_case(handle, (uint64_t)line->case_);
    for (int i = 0; i < RANDOM_WORDS; i++)
        rule = rule || ((line->rules >> i & 1) != 0 &&
                           is_named(q->rule, random_rule, i));
    for (int i = 0; i < 2; i++)
        outcome = outcome ||
                  (line->outcome[i] != NULL &&
                      slice_equal(q->outcome, slice_str(line->outcome[i])));
    return rule && outcome &&
           (is_named(q->partner, random_partner, line->partner[0]) ||
               is_named(q->partner, random_partner, line->partner[1])) &&
           is_named(q->sender, random_partner, line->sender) &&
           is_named(q->recipient, random_partner, line->recipient) &&
           is_named(q->kind, random_kind, line->kind) &&
           is_named(q->share_purpose, random_purpose, line->purpose) &&
           (!q->has_case || memcmp(handle, q->case_handle, 16) == 0);
}

static bool
may_see(const struct random_about *about, struct slice viewer)
{
    return about->all || is_named(viewer, random_partner, about->seen[0]) ||
           is_named(viewer, random_partner, about->seen[1]);
}

/* By what was written down when the entry was made. */
static bool
should_come(const struct random_ledger *r, uint64_t index,
    const struct query *q, struct slice viewer)
{
    const struct random_about *about = random_ledger_about(r, index);

    if (!may_see(about, viewer) || about->time < q->since ||
        (q->before != 0 && about->time >= q->before))
        return false;
    for (size_t i = 0; i < about->n; i++) {
        if (line_passes(q, &r->line[about->first + i]))
            return true;
    }
    return false;
}

/* A word of LIST, or now and then one that no entry has. */
static struct slice
word(struct world *w, const char *const *list, size_t n)
{
    return slice_str(draw(w, 30) == 0 ? "nergens" : list[draw(w, n)]);
}

/* The filters of the bits of SET, of one line that there is, or of several, or
 * of none. */
static void
make_query(struct world *w, unsigned set, struct query *q)
{
    static const char *const outcomes[] = {"accepted", "refused", "taken",
        "refused-by-application", "returned", "expired", "withdrawn",
        "corrected", "denied", "quota"};
    const struct random_line *line = &w->random.line[draw(w, w->random.line_n)];

    *q = (struct query){.what = QUERY_LIST};
    for (unsigned bit = 0; bit < FILTERS; bit++) {
        bool fits = draw(w, 4) != 0;
        if ((set >> bit & 1) == 0)
            continue;
        if (bit == 0)
            q->partner = fits && line->partner[0] >= 0
                             ? slice_str(random_partner[line->partner[0]])
                             : word(w, random_partner, RANDOM_PARTNERS);
        if (bit == 1)
            q->sender = fits && line->sender >= 0
                            ? slice_str(random_partner[line->sender])
                            : word(w, random_partner, RANDOM_PARTNERS);
        if (bit == 2)
            q->recipient = fits && line->recipient >= 0
                               ? slice_str(random_partner[line->recipient])
                               : word(w, random_partner, RANDOM_PARTNERS);
        if (bit == 3)
            q->kind = fits && line->kind >= 0
                          ? slice_str(random_kind[line->kind])
                          : word(w, random_kind, RANDOM_WORDS);
        if (bit == 4)
            q->share_purpose = fits && line->purpose >= 0
                                   ? slice_str(random_purpose[line->purpose])
                                   : word(w, random_purpose, RANDOM_WORDS);
        if (bit == 5)
            q->rule = word(w, random_rule, RANDOM_WORDS);
        if (bit == 6)
            q->outcome = fits && line->outcome[0] != NULL
                             ? slice_str(line->outcome[0])
                             : word(w, outcomes, 10);
        if (bit == 7) {
            q->has_case = true;
            random_case(q->case_handle, fits && line->case_ >= 0
                                            ? (uint64_t)line->case_
                                            : draw(w, 900));
        }
    }
    if (draw(w, 4) == 0)
        q->since = random_ledger_about(&w->random, draw(w, ENTRIES))->time;
    if (draw(w, 4) == 0)
        q->before = random_ledger_about(&w->random, draw(w, ENTRIES))->time;
}

/* Compares what comes with what should, entry by entry. Returns how many came.
 */
static size_t
compare(struct world *w, struct store_txn *t, const struct query *q,
    struct slice viewer)
{
    static struct pick pick;
    static struct sight sight;
    static struct entry e;
    uint64_t at = 0, found, size = w->ledger.size;
    enum dhk_err rc;
    size_t n = 0;

    sight = (struct sight){.viewer = viewer, .query = q};
    pick_init(&pick, w->index, t, q, viewer);
    while ((rc = pick_next(&pick, at, size, &found)) == DHK_OK) {
        bool passes = false;
        for (; at < found; at++)
            assert_false(should_come(&w->random, at, q, viewer));
        ok(ledger_entry(t, at, &e));
        if (sight_may_see(&sight, t, &e))
            ok(sight_passes(&sight, t, &e, at, &passes));
        assert_int_equal(passes, should_come(&w->random, at, q, viewer));
        n += passes ? 1 : 0;
        at++;
    }
    assert_int_equal(rc, DHK_NOTFOUND);
    for (; at < size; at++)
        assert_false(should_come(&w->random, at, q, viewer));
    return n;
}

/* Every STEP-th combination of filters, by an auditor and by partners. */
static void
ask(struct world *w, unsigned step)
{
    struct store_txn *t;
    struct query q;
    size_t came = 0, asked = 0;

    ok(store_begin(&t, w->store, false));
    for (unsigned set = (unsigned)draw(w, step); set < 1U << FILTERS;
         set += step) {
        struct slice viewer = slice_of(NULL, 0);
        if (draw(w, 2) == 0)
            viewer = slice_str(random_partner[draw(w, RANDOM_PARTNERS)]);
        make_query(w, set, &q);
        asked++;
        came += compare(w, t, &q, viewer) > 0 ? 1 : 0;
    }
    store_abort(&t);
    /* most combinations of a line that there is have an entry */
    assert_true(came * 5 > asked || asked < 20);
}

static void
every_combination_of_filters_gives_what_it_should(void **state)
{
    struct world *w = *state;

    ask(w, 3 + SANITIZED_STEP); /* nothing is indexed */
    assert_int_equal(index_covers(w->index), 0);
    catch_up(w);
    assert_true(index_covers(w->index) >= 3 * INDEX_SEGMENT);
    ask(w, SANITIZED_STEP);
}

struct wanted {
    const struct term *term;
    bool has;
};

static void
match(void *ctx, const struct term *term)
{
    struct wanted *w = ctx;

    w->has = w->has || (term->field == w->term->field &&
                           slice_equal(term->value, w->term->value));
}

/* Whether entry INDEX has each of the N terms. */
static bool
has_terms(
    struct store_txn *t, uint64_t index, const struct term *term, size_t n)
{
    static struct line_reader reader;
    static struct entry e;

    ok(ledger_entry(t, index, &e));
    for (size_t i = 0; i < n; i++) {
        struct wanted w = {.term = &term[i]};
        ok(term_each(&reader, t, &e, index, match, &w));
        if (!w.has)
            return false;
    }
    return true;
}

static void
only_entries_that_have_all_the_terms_are_looked_at(void **state)
{
    static struct pick pick;
    struct world *w = *state;
    struct store_txn *t;
    struct query q;
    struct term term[TERM_FILTERS];

    catch_up(w);
    ok(store_begin(&t, w->store, false));
    for (unsigned set = 1; set < 1U << FILTERS; set += 5) {
        make_query(w, set, &q);
        size_t n = term_of_query(term, &q);
        uint64_t at = 0, found;
        pick_init(&pick, w->index, t, &q, slice_of(NULL, 0));
        for (; pick_next(&pick, at, index_covers(w->index), &found) == DHK_OK;
             at = found + 1)
            assert_true(has_terms(t, found, term, n));
    }
    store_abort(&t);
}

static void
what_was_indexed_serves_after_a_restart(void **state)
{
    struct world *w = *state;

    catch_up(w);
    reopen(w);
    ask(w, FEW); /* blocks are checked as they are used */
    assert_int_equal(index_covers(w->index), 0);
    struct store_txn *t;
    ok(store_begin(&t, w->store, false));
    ok(index_gather(w->index, t, &w->ledger, &stopped, 1));
    store_abort(&t);
    assert_false(index_is_ready(w->index)); /* none had to be made again */
    assert_true(index_covers(w->index) >= 3 * INDEX_SEGMENT);
    append(w, 2 * INDEX_SEGMENT);
    catch_up(w);
    assert_true(index_covers(w->index) >= 5 * INDEX_SEGMENT);
    ask(w, FEW);
}

/* Changes the block of SEGMENT: one bit, or takes it away. */
static void
spoil(struct world *w, uint64_t segment, size_t at, bool remove)
{
    struct store_txn *t;
    struct slice block;
    uint8_t key[8];

    bytes_put_u64(key, segment);
    ok(store_begin(&t, w->store, true));
    ok(store_get(t, TABLE_INDEX, slice_of(key, 8), &block));
    uint8_t *copy = malloc(block.n);
    memcpy(copy, block.p, block.n);
    copy[at % block.n] ^= (uint8_t)(1 << at % 8);
    if (remove)
        ok(store_delete(t, TABLE_INDEX, slice_of(key, 8)));
    else
        ok(store_put(
            t, TABLE_INDEX, slice_of(key, 8), slice_of(copy, block.n)));
    ok(store_commit(&t));
    free(copy);
}

static void
lost_and_damaged_blocks_are_made_again(void **state)
{
    struct world *w = *state;
    struct store_txn *t;

    catch_up(w);
    spoil(w, 0, 40000, false);
    spoil(w, 1, 0, true);
    reopen(w);
    ask(w, FEW); /* looks at those entries one by one */
    ok(store_begin(&t, w->store, false));
    ok(index_gather(w->index, t, &w->ledger, &stopped, 1));
    store_abort(&t);
    assert_true(index_is_ready(w->index));
    assert_int_equal(index_covers(w->index), 0);
    catch_up(w);
    assert_true(index_covers(w->index) >= 3 * INDEX_SEGMENT);
    ask(w, FEW);
    for (uint64_t i = 0; i < 3; i++)
        spoil(w, i, 0, true);
    reopen(w);
    catch_up(w);
    ask(w, FEW);
}

static void
a_block_that_was_not_committed_waits(void **state)
{
    struct world *w = *state;
    struct store_txn *t;

    ok(store_begin(&t, w->store, false));
    ok(index_gather(w->index, t, &w->ledger, &stopped, 1));
    store_abort(&t);
    assert_true(index_is_ready(w->index));
    for (int i = 0; i < 3; i++) {
        ok(store_begin(&t, w->store, true));
        ok(index_store(w->index, t));
        store_abort(&t);
        assert_true(index_is_ready(w->index));
        ask(w, FEW);
    }
    catch_up(w);
    ask(w, FEW);
}

/* An entry that cannot be read is nobody's reason to leave others out. */
static void
a_segment_with_an_unreadable_entry_is_looked_at_whole(void **state)
{
    struct world *w = *state;
    struct store_txn *t;
    uint8_t key[8];
    struct index_walk walk;
    struct term none = term_of(TERM_KIND, slice_str("nergens"));
    uint64_t found;

    bytes_put_u64(key, 5000);
    ok(store_begin(&t, w->store, true));
    ok(store_put(t, TABLE_ENTRY, slice_of(key, 8), slice_str("x")));
    ok(store_commit(&t));
    catch_up(w);
    ok(store_begin(&t, w->store, false));
    index_walk_init(&walk, w->index, t, &none);
    ok(index_walk_next(&walk, 0, w->ledger.size, &found));
    assert_int_equal(found, INDEX_SEGMENT);
    ok(index_walk_next(&walk, 5000, w->ledger.size, &found));
    assert_int_equal(found, 5000);
    ok(index_walk_next(&walk, 2 * INDEX_SEGMENT, w->ledger.size, &found));
    assert_int_equal(found, index_covers(w->index));
    assert_int_equal(
        index_walk_next(&walk, found, found, &found), DHK_NOTFOUND);
    store_abort(&t);
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, world_new, world_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(every_combination_of_filters_gives_what_it_should),
        world_test(only_entries_that_have_all_the_terms_are_looked_at),
        world_test(what_was_indexed_serves_after_a_restart),
        world_test(lost_and_damaged_blocks_are_made_again),
        world_test(a_block_that_was_not_committed_waits),
        world_test(a_segment_with_an_unreadable_entry_is_looked_at_whole),
    };

    must(key_init() == DHK_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
