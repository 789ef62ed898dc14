/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions with filters to a whole core with a ledger of several segments:
 * no partner gets what it may not see, whatever it asks; pages resume where
 * they ended; and the index comes after the ledger, through restarts, full
 * stores and lost blocks, without changing any answer. */
#include "harness.h"

#include "random_ledger.h"
#include "table.h"

enum { ENTRIES = 2 * INDEX_SEGMENT + 700, QUERIES = 60 };

struct world {
    struct harness *h;
    struct random_ledger random;
    struct chance chance;
};

/* Appends random entries as batches of core's own. */
static void
append(struct world *w, uint64_t entries)
{
    struct core *c = w->h->core;

    for (uint64_t end = c->ledger.size + entries; c->ledger.size < end;) {
        core_tick(c);
        for (uint64_t stop = c->ledger.size + 200; c->ledger.size < stop;)
            ok(random_ledger_event(&w->random, &c->ledger, c->txn));
        c->dirty = true;
        harness_batch(w->h);
        ok(w->h->last);
        harness_forget(w->h);
    }
}

static int
world_new(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    void *h;

    harness_new(&h);
    w->h = h;
    w->chance.state = 21;
    random_ledger_init(&w->random, 17, 200, true);
    w->random.now = w->h->wall;
    append(w, ENTRIES);
    *state = w;
    return 0;
}

static int
world_end(void **state)
{
    struct world *w = *state;
    void *h = w->h;

    w->h->damaged = true; /* nobody signed its entries */
    random_ledger_end(&w->random);
    free(w);
    return harness_end(&h);
}

/* --- asking --- */

struct answer_ {
    uint64_t *index;
    size_t n, pages;
    uint64_t entry;
};

static size_t
draw(struct world *w, size_t n)
{
    return (size_t)chance_below(&w->chance, n);
}

static void
make_query(struct world *w, struct query *q)
{
    static const char *const outcomes[] = {"accepted", "refused", "taken",
        "returned", "expired", "withdrawn", "denied"};
    unsigned set = (unsigned)draw(w, 256);

    *q = (struct query){.origin = slice_str(HARNESS_ORIGIN),
        .purpose = QUERY_COURT,
        .what = QUERY_LIST};
    if ((set & 1) != 0 && draw(w, 3) == 0)
        q->partner = slice_str(random_partner[draw(w, RANDOM_PARTNERS)]);
    if ((set & 2) != 0)
        q->sender = slice_str(random_partner[draw(w, RANDOM_PARTNERS)]);
    if ((set & 4) != 0)
        q->recipient = slice_str(random_partner[draw(w, RANDOM_PARTNERS)]);
    if ((set & 8) != 0)
        q->kind = slice_str(random_kind[draw(w, RANDOM_WORDS)]);
    if ((set & 16) != 0 && draw(w, 2) == 0)
        q->share_purpose = slice_str(random_purpose[draw(w, RANDOM_WORDS)]);
    if ((set & 32) != 0 && draw(w, 2) == 0)
        q->rule = slice_str(random_rule[draw(w, RANDOM_WORDS)]);
    if ((set & 64) != 0 && draw(w, 2) == 0)
        q->outcome = slice_str(outcomes[draw(w, 7)]);
    q->has_case = (set & 128) != 0 && draw(w, 4) == 0;
    if (q->has_case)
        random_case(q->case_handle, draw(w, 220));
}

static void
send_page(struct harness_node *n, const struct query *q, struct answer_ *a,
    uint64_t cursor)
{
    uint8_t mem[1024];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    ok(query_issue(&out, q, n->partner->secret.sign));
    struct command c = {.type = COMMAND_QUERY,
        .number = 1,
        .bytes = sink_done(&out),
        .has_entry = cursor != 0,
        .entry = a->entry,
        .a = cursor};
    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
}

/* All pages of Q into A. Whatever core sends is no page larger than the
 * protocol allows, and each goes on behind the one before. */
static void
ask(struct harness_node *n, struct query *q, struct answer_ *a)
{
    struct command c;
    struct cursor indexes;
    uint64_t cursor = 0;

    q->number = ++n->queries;
    memcpy(q->card, n->partner->card.id, CARD_ID);
    memcpy(q->nonce, n->nonce, sizeof q->nonce);
    a->n = a->pages = 0;
    do {
        harness_forget(n->h);
        send_page(n, q, a, cursor);
        assert_true(harness_take(n, COMMAND_PAGE, &c));
        assert_true(!c.has_entry || c.entry > cursor);
        a->entry = c.a;
        cursor = c.has_entry ? c.entry : 0;
        command_list(&indexes, c.indexes);
        for (size_t i = 0; i < c.list_n; i++) {
            a->index[a->n] = command_index_next(&indexes);
            assert_true(a->n == 0 || a->index[a->n] > a->index[a->n - 1]);
            a->n++;
        }
        a->pages++;
    } while (cursor != 0);
}

static void
new_answer(struct world *w, struct answer_ *a)
{
    *a = (struct answer_){
        .index = calloc(w->h->core->ledger.size + 2000, sizeof *a->index)};
    assert_non_null(a->index);
}

static bool
is_own(const struct random_about *about, const char *viewer)
{
    for (int i = 0; i < 2; i++)
        if (about->seen[i] >= 0 &&
            strcmp(random_partner[about->seen[i]], viewer) == 0)
            return true;
    return about->all;
}

/* --- tests --- */

static void
no_filter_shows_a_partner_what_it_may_not_see(void **state)
{
    struct world *w = *state;
    static const char *const asking[] = {"om", "gemeente", "school"};
    uint64_t first = w->random.first, end = first + w->random.about_n;
    struct answer_ a;
    size_t shown = 0;

    new_answer(w, &a);
    for (size_t k = 0; k < sizeof asking / sizeof asking[0]; k++) {
        struct harness_node n;
        harness_connect(w->h, &n, asking[k], COMMAND_MODE_QUERY);
        for (int i = 0; i < QUERIES; i++) {
            struct query q;
            make_query(w, &q);
            ask(&n, &q, &a);
            for (size_t j = 0; j < a.n; j++) {
                if (a.index[j] < first || a.index[j] >= end)
                    continue;
                shown++;
                assert_true(is_own(
                    random_ledger_about(&w->random, a.index[j]), asking[k]));
            }
        }
    }
    assert_true(shown > 1000);
    free(a.index);
}

/* What a question by an auditor gives now, to be compared with later. */
static void
take_answers(struct world *w, struct answer_ *list, size_t n)
{
    struct harness_node node;
    struct query q;

    w->chance.state = 33;
    harness_connect(w->h, &node, "toezicht", COMMAND_MODE_QUERY);
    for (size_t i = 0; i < n; i++) {
        make_query(w, &q);
        q.until = w->random.first + w->random.about_n;
        if (list[i].index == NULL)
            new_answer(w, &list[i]);
        ask(&node, &q, &list[i]);
    }
}

enum { KEPT = 25 };
static void
expect_answers(struct world *w, const struct answer_ *before)
{
    struct answer_ now[KEPT] = {{.n = 0}};

    take_answers(w, now, KEPT);
    for (size_t i = 0; i < KEPT; i++) {
        assert_int_equal(now[i].n, before[i].n);
        assert_memory_equal(
            now[i].index, before[i].index, now[i].n * sizeof *now[i].index);
        free(now[i].index);
    }
}

static void
lose_blocks(struct world *w)
{
    struct store_txn *t;
    struct slice key, value;
    const struct slice start = slice_of("\0", 1);

    ok(store_begin(&t, w->h->store, true));
    while (store_seek(t, TABLE_INDEX, start, &key, &value) == DHK_OK) {
        uint8_t copy[8];
        memcpy(copy, key.p, 8);
        ok(store_delete(t, TABLE_INDEX, slice_of(copy, 8)));
    }
    ok(store_commit(&t));
}

static void
answers_stay_the_same_through_restarts_and_lost_blocks(void **state)
{
    struct world *w = *state;
    struct answer_ before[KEPT] = {{.n = 0}};
    size_t shown = 0;

    assert_true(index_covers(w->h->core->index) >= 2 * INDEX_SEGMENT);
    take_answers(w, before, KEPT);
    harness_restart(w->h);
    expect_answers(w, before);
    lose_blocks(w);
    harness_restart(w->h);
    assert_true(index_covers(w->h->core->index) >= 2 * INDEX_SEGMENT);
    expect_answers(w, before);
    for (size_t i = 0; i < KEPT; i++) {
        shown += before[i].n;
        free(before[i].index);
    }
    assert_true(shown > 1000);
}

static void
an_aborted_batch_leaves_nothing_in_the_index(void **state)
{
    struct world *w = *state;
    struct core *c = w->h->core;
    uint64_t size = c->ledger.size;

    for (int i = 0; i < 5; i++) {
        struct random_ledger copy = w->random;
        copy.keeps = false;
        core_tick(c);
        while (c->ledger.size < size + INDEX_SEGMENT)
            ok(random_ledger_event(&copy, &c->ledger, c->txn));
        c->dirty = true;
        w->h->fail_next = true;
        harness_batch(w->h);
        ok(w->h->last);
        assert_int_equal(c->ledger.size, size);
        harness_forget(w->h);
        /* nothing is put off: what was said is not on the ledger */
        harness_turn(w->h, 6000);
    }
    append(w, 2 * INDEX_SEGMENT);
    struct answer_ before[KEPT] = {{.n = 0}};
    take_answers(w, before, KEPT);
    lose_blocks(w); /* made again from what is on the ledger now */
    harness_restart(w->h);
    expect_answers(w, before);
    for (size_t i = 0; i < KEPT; i++)
        free(before[i].index);
}

static uint64_t
hurrying(void *ctx)
{
    struct harness *h = ctx;

    return h->mono += 7;
}

/* With a clock that runs out while a page is made, or the index. */
static void
a_page_ends_in_time_and_the_next_goes_on(void **state)
{
    struct world *w = *state;
    struct harness_node n;
    struct answer_ whole, parts;
    struct query q;
    uint64_t (*steady)(void *) = w->h->clock.monotonic_ms;

    new_answer(w, &whole);
    new_answer(w, &parts);
    harness_connect(w->h, &n, "toezicht", COMMAND_MODE_QUERY);
    make_query(w, &q);
    q = (struct query){.origin = q.origin,
        .purpose = q.purpose,
        .what = QUERY_LIST,
        .until = w->random.first + w->random.about_n,
        .kind = slice_str(random_kind[1]),
        .recipient = slice_str("om")};
    ask(&n, &q, &whole);
    lose_blocks(w);
    harness_restart(w->h);
    lose_blocks(w);
    harness_connect(w->h, &n, "toezicht", COMMAND_MODE_QUERY);
    w->h->clock.monotonic_ms = hurrying;
    ask(&n, &q, &parts);
    w->h->clock.monotonic_ms = steady;
    assert_true(parts.pages > whole.pages);
    assert_int_equal(parts.n, whole.n);
    assert_memory_equal(
        parts.index, whole.index, whole.n * sizeof *whole.index);
    /* with nothing left out between two pages */
    q.kind = q.recipient = slice_of(NULL, 0);
    ask(&n, &q, &parts);
    assert_int_equal(parts.n, q.until);
    free(whole.index);
    free(parts.index);
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, world_new, world_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(no_filter_shows_a_partner_what_it_may_not_see),
        world_test(answers_stay_the_same_through_restarts_and_lost_blocks),
        world_test(an_aborted_batch_leaves_nothing_in_the_index),
        world_test(a_page_ends_in_time_and_the_next_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
