/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker whose program has become stricter than the one that put the
 * agreement in force: it shares nothing by it, and can still read it. */
#include "findings.h"
#include "harness.h"

static bool stricter;

enum dhk_err __wrap_baseline_check_statutory(
    struct findings *findings, const struct agreement *a);
enum dhk_err
__wrap_baseline_check_statutory(
    struct findings *findings, const struct agreement *a)
{
    (void)a;
    if (stricter)
        findings_error(findings, (struct place){1, 1}, "not lawful any more");
    return DHK_OK;
}

static int
begin(void **state)
{
    stricter = false;
    return harness_new(state);
}

static void
an_agreement_that_is_refused_at_a_start_is_not_in_force(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    stricter = true;
    harness_restart(h);
    assert_null(force_agreement(&h->core->force));
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 0);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_not_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_agreement(h, 7, NULL, NULL), 4);
}

static void
what_was_decided_by_it_can_still_be_read(void **state)
{
    struct harness *h = *state;
    uint8_t hash[32];

    memcpy(hash, h->agreement, sizeof hash);
    assert_int_equal(harness_agreement(h, 7, NULL, NULL), 0);
    stricter = true;
    harness_restart(h);
    assert_int_equal(store_begin(&h->core->txn, h->core->store, false), DHK_OK);
    assert_non_null(core_agreement(h->core, hash));
    assert_non_null(core_agreement(h->core, h->agreement));
    store_abort(&h->core->txn);
    assert_null(force_agreement(&h->core->force));
}

static void
it_is_in_force_again_with_a_program_that_takes_it(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;

    stricter = true;
    harness_restart(h);
    assert_null(force_agreement(&h->core->force));
    stricter = false;
    harness_restart(h);
    assert_non_null(force_agreement(&h->core->force));
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, harness_end)
    const struct CMUnitTest tests[] = {
        TEST(an_agreement_that_is_refused_at_a_start_is_not_in_force),
        TEST(what_was_decided_by_it_can_still_be_read),
        TEST(it_is_in_force_again_with_a_program_that_takes_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
