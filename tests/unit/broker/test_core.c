/* SPDX-License-Identifier: EUPL-1.2
 *
 * The way of a signal through core: pushed, decided, stored, delivered,
 * answered, accounted; and that each step happens once. */
#include "harness.h"

static void
a_signal_goes_all_the_way(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[8];
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, 8), 1);
    assert_true(share[0].opens);
    assert_int_equal(share[0].fields, 15);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_true(harness_take(&gemeente, COMMAND_ANSWERED, &c));
    assert_int_equal(c.a, 1);
    assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c));
    assert_int_equal(c.list_n, 1);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_signal_goes_all_the_way, harness_new, harness_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
