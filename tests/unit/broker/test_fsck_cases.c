/* SPDX-License-Identifier: EUPL-1.2
 *
 * fsck finds what is wrong with approvals, releases and cases, and says where.
 * That it has nothing to say about a good store is checked at the end of every
 * test of test_gates.c and its like. */
#include "casetest.h"

#include "casebook.h"
#include "fsck.h"
#include "table.h"

enum { ROW = 512 };

/* A share with one of two approvals, one that was let go, and what two cases
 * have. */
struct store_of {
    struct casetest t;
    uint64_t waits, approval, released, other;
};

static void
fill(struct store_of *x, struct harness *h)
{
    struct harness_signal file = casetest_signal("dossier", "gemeente");
    struct harness_signal piece = casetest_signal("stuk", "gemeente");

    casetest_begin(&x->t, h);
    harness_credit(&x->t.node[GEM], 0);
    casetest_reach(&x->t, ACT_PHASE_CASE);
    x->waits = casetest_push(&x->t, POL, &file);
    assert_int_equal(casetest_approve(&x->t, BURG, x->waits), 0);
    x->approval = x->t.index;
    x->released = casetest_push(&x->t, POL, &piece);
    assert_int_equal(casetest_approve(&x->t, OM, x->released), 0);
    struct statement s = casetest_said(&x->t, OM, ACT_REPORT);
    memset(s.case_handle, 1, sizeof s.case_handle);
    assert_int_equal(casetest_send(&x->t, OM, &s), 0);
    x->other = x->t.index;
    core_destroy(&h->core);
}

static struct slice
key_of(uint8_t mem[17], char row, uint64_t a, uint64_t b)
{
    mem[0] = (uint8_t)row;
    bytes_put_u64(mem + 1, a);
    bytes_put_u64(mem + 9, b);
    return slice_of(mem, 17);
}

/* Puts VALUE (none: nothing) at KEY, and back what was there after a look. */
static void
finds(struct harness *h, enum table table, struct slice key, struct slice value)
{
    struct fsck_options o = {.origin = HARNESS_ORIGIN};
    static struct fsck_result r;
    uint8_t mem[ROW];
    struct store_txn *t = NULL;
    struct slice was, is;

    ok(store_begin(&t, h->store, true));
    enum dhk_err had = store_get(t, table, key, &is);
    if (had == DHK_OK)
        memcpy(mem, is.p, is.n);
    was = slice_of(mem, had == DHK_OK ? is.n : 0);
    if (value.n > 0)
        ok(store_put(t, table, key, value));
    else
        ok(store_delete(t, table, key));
    ok(store_commit(&t));
    ok(fsck_run(&r, h->store, &o));
    if (!r.bad)
        fail_msg("nothing is found");
    assert_true(r.derived);
    ok(store_begin(&t, h->store, true));
    if (had == DHK_OK)
        ok(store_put(t, table, key, was));
    else
        ok(store_delete(t, table, key));
    ok(store_commit(&t));
}

static void
approvals_that_are_not_those_of_the_ledger(void **state)
{
    static struct store_of x;
    uint8_t mem[17];
    struct slice none = slice_of(NULL, 0);

    fill(&x, *state);
    /* missing */
    finds(x.t.h, TABLE_QUEUE, key_of(mem, 'a', x.waits, x.approval), none);
    /* another's */
    finds(x.t.h, TABLE_QUEUE, key_of(mem, 'a', x.waits, x.approval),
        slice_str("om"));
    /* of no approval, and of no share that is open */
    finds(x.t.h, TABLE_QUEUE, key_of(mem, 'a', x.waits, x.waits - 1),
        slice_str("om"));
    finds(x.t.h, TABLE_QUEUE, key_of(mem, 'a', x.waits - 1, x.approval),
        slice_str("burgemeester"));
    /* and nobody's */
    finds(x.t.h, TABLE_QUEUE, key_of(mem, 'a', x.waits, x.approval),
        slice_str("?"));
}

/* Share INDEX in its mailbox, which is to be changed. */
static size_t
share_row(struct harness *h, uint8_t key[9], uint8_t value[48], uint64_t index)
{
    struct store_txn *t = NULL;
    struct slice is;

    key[0] = 's';
    bytes_put_u64(key + 1, index);
    ok(store_begin(&t, h->store, false));
    ok(store_get(t, TABLE_QUEUE, slice_of(key, 9), &is));
    size_t n = is.n;
    assert_true(n <= 48);
    memcpy(value, is.p, n);
    store_abort(&t);
    return n;
}

static void
releases_that_are_not_those_of_the_ledger(void **state)
{
    static struct store_of x;
    uint8_t key[9], value[48];

    fill(&x, *state);
    size_t n = share_row(x.t.h, key, value, x.released);
    assert_int_equal(n, 48);
    struct slice row = slice_of(key, sizeof key);
    /* it waits still, or was let go by another entry */
    finds(x.t.h, TABLE_QUEUE, row, slice_of(value, 40));
    value[47]++;
    finds(x.t.h, TABLE_QUEUE, row, slice_of(value, 48));
    n = share_row(x.t.h, key, value, x.waits);
    assert_int_equal(n, 40);
    /* let go by nobody */
    value[39] &= 0xfd;
    finds(x.t.h, TABLE_QUEUE, row, slice_of(value, 40));
    bytes_put_u64(value + 40, x.other);
    finds(x.t.h, TABLE_QUEUE, row, slice_of(value, 48));
}

static void
cases_that_are_not_those_of_the_ledger(void **state)
{
    static struct store_of x;
    uint8_t mem[CASEBOOK_KEY], index[8];
    struct slice none = slice_of(NULL, 0);

    fill(&x, *state);
    /* its last statement is not found, or another one is */
    struct slice key = casebook_key(mem, none, casetest_handle);
    finds(x.t.h, TABLE_LAST, key, none);
    bytes_put_u64(index, x.approval);
    finds(x.t.h, TABLE_LAST, key, slice_of(index, 8));
    /* that of another case */
    key = casebook_key(mem, slice_str("politie"), casetest_handle);
    bytes_put_u64(index, x.other);
    finds(x.t.h, TABLE_LAST, key, slice_of(index, 8));
    /* no statement */
    bytes_put_u64(index, x.waits);
    finds(x.t.h, TABLE_LAST, key, slice_of(index, 8));
    finds(x.t.h, TABLE_LAST, key, slice_of(index, 7));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(approvals_that_are_not_those_of_the_ledger),
        harness_test(releases_that_are_not_those_of_the_ledger),
        harness_test(cases_that_are_not_those_of_the_ledger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
