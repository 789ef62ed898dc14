/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whose connection has ended, in every order in which messages are read and
 * descriptors are used again. */
#include "scratch.h"

#include "presence.h"

enum { LINES = 8, FD = 3 };

static struct presence p;

static int
set_up(void **state)
{
    (void)state;
    ok(presence_init(&p, LINES));
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    presence_clear(&p);
    return 0;
}

static void
ended(uint32_t peer)
{
    uint32_t got = 0;
    assert_true(presence_take(&p, &got));
    assert_int_equal(got, peer);
}

static void
nobody_ended(void)
{
    uint32_t got = 0;
    assert_int_equal(presence_ended(&p), 0);
    assert_false(presence_take(&p, &got));
}

static void
who_spoke_and_is_closed_has_ended_once(void **state)
{
    (void)state;
    presence_opened(&p, FD);
    presence_spoke(&p, FD, 7);
    presence_spoke(&p, FD, 7);
    nobody_ended();
    presence_closed(&p, FD);
    presence_closed(&p, FD);
    assert_int_equal(presence_ended(&p), 1);
    ended(7);
    nobody_ended();
}

static void
who_never_spoke_is_nobody(void **state)
{
    (void)state;
    presence_opened(&p, FD);
    presence_closed(&p, FD);
    presence_closed(&p, FD + 1); /* no connection */
    nobody_ended();
}

static void
a_descriptor_that_is_used_again_is_another_connection(void **state)
{
    (void)state;
    presence_opened(&p, FD);
    presence_spoke(&p, FD, 7);
    presence_closed(&p, FD);
    presence_opened(&p, FD);
    presence_spoke(&p, FD, 8);
    ended(7);
    nobody_ended();
    presence_closed(&p, FD);
    ended(8);
}

static void
one_whose_close_went_unseen_has_ended(void **state)
{
    (void)state;
    presence_opened(&p, FD);
    presence_spoke(&p, FD, 7);
    presence_opened(&p, FD);
    ended(7);
    presence_spoke(&p, FD, 8);
    nobody_ended();
}

static void
who_is_read_first_when_closed_has_ended(void **state)
{
    (void)state;
    presence_opened(&p, FD);
    presence_closed(&p, FD);
    presence_spoke(&p, FD, 7);
    presence_spoke(&p, FD, 7);
    ended(7);
    nobody_ended();
}

static void
what_is_read_late_ends_nobody_who_is_there(void **state)
{
    (void)state;
    presence_opened(&p, FD);
    presence_spoke(&p, FD, UINT32_MAX); /* the numbers begin again */
    presence_closed(&p, FD);
    presence_opened(&p, FD);
    presence_spoke(&p, FD, 0);
    for (int i = 0; i < 3; i++) {
        presence_spoke(&p, FD, UINT32_MAX);
        presence_spoke(&p, FD, 0);
    }
    ended(UINT32_MAX);
    nobody_ended();
    presence_closed(&p, FD);
    ended(0);
}

static void
who_is_first_read_on_anothers_connection_ends_when_that_speaks(void **state)
{
    (void)state;
    presence_opened(&p, FD); /* of 7 */
    presence_closed(&p, FD);
    presence_opened(&p, FD); /* of 8 */
    presence_spoke(&p, FD, 7);
    nobody_ended();
    presence_spoke(&p, FD, 8);
    ended(7);
    nobody_ended();
    presence_closed(&p, FD);
    ended(8);
}

static void
many_end_in_their_order(void **state)
{
    enum { ROUNDS = 300 };
    uint32_t next = 0, taken = 0;
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        for (int fd = 0; fd < LINES; fd++) {
            presence_opened(&p, fd);
            presence_spoke(&p, fd, next++);
        }
        for (int fd = 0; fd < LINES; fd++)
            presence_closed(&p, fd);
        for (int k = 0; k < LINES / 2; k++)
            ended(taken++);
    }
    assert_int_equal(presence_ended(&p), next - taken);
    while (taken < next)
        ended(taken++);
    nobody_ended();
}

static void
other_descriptors_are_let_be(void **state)
{
    const int others[] = {-1, LINES, 1 << 30};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        presence_opened(&p, others[i]);
        presence_spoke(&p, others[i], 7);
        presence_closed(&p, others[i]);
    }
    nobody_ended();
}

#define presence_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        presence_test(who_spoke_and_is_closed_has_ended_once),
        presence_test(who_never_spoke_is_nobody),
        presence_test(a_descriptor_that_is_used_again_is_another_connection),
        presence_test(one_whose_close_went_unseen_has_ended),
        presence_test(who_is_read_first_when_closed_has_ended),
        presence_test(what_is_read_late_ends_nobody_who_is_there),
        presence_test(
            who_is_first_read_on_anothers_connection_ends_when_that_speaks),
        presence_test(many_end_in_their_order),
        presence_test(other_descriptors_are_let_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
