/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares are handed out in the order of their arrival and once each, whether
 * they are in memory or are read from the inbox, and are known until they are
 * given back. */
#include "fresh.h"

#include "inbox.h"
#include "ring.h"
#include "withdrawal.h"

enum { MANY = FRESH_SHARES + 88, NOTICE = 512 };

/* A parcel that is told from others by INDEX. */
static struct slice
parcel(uint8_t mem[NOTICE], uint64_t index)
{
    struct entry e = {.kind = ENTRY_WITHDRAWN, .time = 1790000000000};
    struct withdrawal w = {.signal = {1}};
    struct sink s;

    e.u.withdrawn.sender = slice_str("politie");
    sink_init(&s, mem, NOTICE);
    parcel_encode_notice(
        &s, &(struct parcel_notice){.entry = &e, .said = &w, .index = index});
    ok(s.err);
    return sink_done(&s);
}

static void
add(struct fresh *f, uint64_t arrival)
{
    uint8_t mem[NOTICE];

    fresh_add(f, arrival, parcel(mem, arrival * 10));
}

static void
comes(struct fresh *f, uint64_t arrival)
{
    struct parcel *p = fresh_take(f, arrival - 1);

    assert_non_null(p);
    assert_int_equal(p->arrival, arrival);
    assert_int_equal(p->pub.index, arrival * 10);
    assert_null(p->next);
    parcel_destroy(&p);
}

static void
what_was_committed_comes_in_its_order(void **state)
{
    struct fresh f = {.n = 0};

    (void)state;
    add(&f, 7);
    assert_null(fresh_take(&f, 6)); /* not yet */
    add(&f, 8);
    fresh_commit(&f);
    add(&f, 9);
    comes(&f, 7);
    comes(&f, 8);
    assert_null(fresh_take(&f, 8));
    fresh_commit(&f);
    comes(&f, 9);
    assert_null(fresh_take(&f, 9));
    assert_int_equal(f.n, 0);
    assert_int_equal(f.bytes, 0);
}

static void
what_was_not_committed_never_comes(void **state)
{
    struct fresh f = {.n = 0};

    (void)state;
    add(&f, 1);
    fresh_commit(&f);
    add(&f, 2);
    add(&f, 3);
    fresh_abort(&f);
    fresh_commit(&f);
    comes(&f, 1);
    assert_null(fresh_take(&f, 1));
    add(&f, 2); /* the number is taken by another one */
    fresh_commit(&f);
    comes(&f, 2);
    assert_int_equal(f.n, 0);
}

static void
nothing_is_passed_over_and_nothing_comes_twice(void **state)
{
    struct fresh f = {.n = 0};

    (void)state;
    add(&f, 3);
    add(&f, 4);
    add(&f, 6);
    fresh_commit(&f);
    assert_null(fresh_take(&f, 0)); /* 1 and 2 come first */
    assert_null(fresh_take(&f, 1));
    comes(&f, 3);
    /* 4 and 5 were read from the inbox */
    comes(&f, 6);
    assert_int_equal(f.n, 0);
    assert_int_equal(f.bytes, 0);
}

static void
memory_is_bounded(void **state)
{
    static uint8_t big[PARCEL_BYTES];
    struct fresh f = {.n = 0};

    (void)state;
    for (uint64_t i = 1; i <= MANY; i++)
        add(&f, i);
    assert_int_equal(f.n, FRESH_SHARES);
    fresh_commit(&f);
    for (uint64_t i = 1; i <= FRESH_SHARES; i++)
        comes(&f, i);
    assert_null(fresh_take(&f, FRESH_SHARES));
    f.bytes = FRESH_BYTES - 10;
    add(&f, 1);
    assert_int_equal(f.n, 0);
    f.bytes = 0;
    fresh_add(&f, 1, slice_of(big, sizeof big)); /* no parcel */
    assert_int_equal(f.n, 0);
    add(&f, 1);
    fresh_commit(&f);
    add(&f, 2);
    fresh_clear(&f);
    assert_int_equal(f.n, 0);
    assert_int_equal(f.bytes, 0);
    assert_null(fresh_take(&f, 0));
}

/* --- the inbox --- */

static void
put(struct inbox *b, struct store_txn *t, uint64_t i, uint64_t index)
{
    uint8_t mem[NOTICE];
    struct inbox_item item = {.sender = "politie"};
    struct seen_mark mark = {.counter = i, .sender = slice_str("politie")};

    bytes_put_u64(item.leaf, i);
    ok(inbox_add(b, t, &item, &mark, parcel(mem, index)));
}

static void
next_is(struct inbox *b, uint64_t i)
{
    struct parcel *p = NULL;

    ok(inbox_next(b, &p));
    assert_int_equal(p->arrival, i);
    assert_int_equal(p->pub.index, i * 10);
    assert_false(p->pub.again);
}

static void
none_is_next(struct inbox *b)
{
    struct parcel *p = NULL;

    assert_int_equal(inbox_next(b, &p), DHK_NOTFOUND);
    assert_null(p);
}

static struct inbox *
open_inbox(struct ring *r)
{
    struct dhk_node *node = r->partner[RING_GEMEENTE].node;

    ok(node_inbox(node, NULL));
    return node->inbox;
}

static void
the_inbox_hands_out_from_memory_and_store_in_one_order(void **state)
{
    struct inbox *b = open_inbox(*state);
    struct store_txn *t = NULL;

    ok(inbox_begin(&t, b, true));
    for (uint64_t i = 1; i <= MANY; i++)
        put(b, t, i, i * 10);
    ok(inbox_commit(b, &t));
    for (uint64_t i = 1; i <= 100; i++)
        next_is(b, i);
    ok(inbox_begin(&t, b, true));
    for (uint64_t i = MANY + 1; i <= MANY + 10; i++)
        put(b, t, i, i * 10);
    ok(inbox_commit(b, &t));
    for (uint64_t i = 101; i <= MANY + 10; i++)
        next_is(b, i);
    none_is_next(b);
}

static void
the_inbox_hands_out_nothing_that_was_not_kept(void **state)
{
    struct inbox *b = open_inbox(*state);
    struct store_txn *t = NULL;

    ok(inbox_begin(&t, b, true));
    put(b, t, 1, 666);
    store_abort(&t);
    none_is_next(b);
    ok(inbox_begin(&t, b, true)); /* there is no number 1 yet */
    put(b, t, 1, 10);
    ok(inbox_commit(b, &t));
    next_is(b, 1);
    ok(inbox_begin(&t, b, true));
    put(b, t, 2, 20);
    ok(store_commit(&t)); /* its end is not told */
    next_is(b, 2);
    ok(inbox_begin(&t, b, true));
    put(b, t, 3, 30);
    ok(inbox_commit(b, &t));
    next_is(b, 3);
    none_is_next(b);
}

static struct parcel *
next_parcel(struct inbox *b)
{
    struct parcel *p = NULL;

    ok(inbox_next(b, &p));
    return p;
}

static void
what_is_in_hand_is_found_until_it_is_given_back(void **state)
{
    /* which of five is given back when */
    static const unsigned orders[][5] = {
        {0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 4, 0, 3, 1}, {4, 0, 1, 2, 3}};
    enum { FIVE = 5, ORDERS = 4 };
    struct inbox *b = open_inbox(*state);
    struct store_txn *t = NULL;

    ok(inbox_begin(&t, b, true));
    for (uint64_t i = 1; i <= ORDERS * (FIVE + 1); i++)
        put(b, t, i, i * 10);
    ok(inbox_commit(b, &t));
    for (size_t k = 0; k < ORDERS; k++) {
        struct parcel *p[FIVE], *more = NULL;

        for (size_t i = 0; i < FIVE; i++)
            p[i] = next_parcel(b);
        for (size_t i = 0; i < FIVE; i++) {
            const struct dhk_share *pub = &p[orders[k][i]]->pub;

            assert_ptr_equal(inbox_find(b, pub), p[orders[k][i]]);
            inbox_drop(b, &p[orders[k][i]]);
            assert_null(inbox_find(b, pub));
            if (more == NULL)
                more = next_parcel(b);
            for (size_t j = i + 1; j < FIVE; j++)
                assert_ptr_equal(
                    inbox_find(b, &p[orders[k][j]]->pub), p[orders[k][j]]);
            assert_ptr_equal(inbox_find(b, &more->pub), more);
        }
        inbox_drop(b, &more);
    }
    none_is_next(b);
}

#define ring_test(f) cmocka_unit_test_setup_teardown(f, ring_new, ring_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_committed_comes_in_its_order),
        cmocka_unit_test(what_was_not_committed_never_comes),
        cmocka_unit_test(nothing_is_passed_over_and_nothing_comes_twice),
        cmocka_unit_test(memory_is_bounded),
        ring_test(the_inbox_hands_out_from_memory_and_store_in_one_order),
        ring_test(the_inbox_hands_out_nothing_that_was_not_kept),
        ring_test(what_is_in_hand_is_found_until_it_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
