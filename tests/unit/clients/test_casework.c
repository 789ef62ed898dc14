/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cases at a node: what may not be stated is not signed, and what was seen is
 * there offline. */
#include "caseworktest.h"

#include "cases.h"

/* --- the course --- */

static void
a_case_begins_and_is_seen_offline(void **state)
{
    struct casework *c;

    (void)state;
    assert_int_equal(until_case(), ACT_PHASE_CASE);
    assert_int_equal(seen_phase(RING_OM, NULL), ACT_PHASE_CASE);
    /* as it was when it was seen last */
    assert_int_equal(seen_phase(RING_POLITIE, NULL), ACT_PHASE_WEIGHED);
    ok(casework_ask_all(talk(RING_POLITIE), &problem));
    dhk_disconnect(ring->partner[RING_POLITIE].node);
    c = seen(ring->partner[RING_POLITIE].node);
    assert_int_equal(c->course.phase, ACT_PHASE_CASE);
    assert_true(c->whole);
    assert_int_equal(c->n, 5);
    assert_int_equal(c->waiting, 0);
    assert_int_equal(c->act[4].index, desk.entry[4].index);
    assert_true(slice_equal(c->act[4].partner, slice_str("om")));
    assert_int_equal(c->store.whole, desk.entry[4].index);
    assert_true(c->store.asked > 0);
    casework_close(&c);
}

static void
what_did_not_change_is_not_asked_for(void **state)
{
    (void)state;
    (void)until_case();
    ok(casework_ask_all(talk(RING_POLITIE), &problem));
    size_t before = desk.questions;
    ok(casework_ask_all(talk(RING_POLITIE), &problem));
    assert_int_equal(desk.questions, before);
}

static void
a_long_course_comes_in_pages(void **state)
{
    struct casework *c;

    (void)state;
    (void)until_case();
    desk.page = 2;
    ok(casework_ask(talk(RING_POLITIE), handle, &problem));
    c = seen(ring->partner[RING_POLITIE].node);
    assert_int_equal(c->n, 5);
    casework_close(&c);
}

static void
the_weighers_are_those_of_the_agreement_here(void **state)
{
    unsigned of = 9;

    (void)state;
    assert_int_equal(casework_role(ring->partner[RING_OM].node, &of),
        ACT_BY_PARTY | ACT_BY_WEIGHER);
    assert_int_equal(of, 2);
    assert_int_equal(
        casework_role(ring->partner[RING_GEMEENTE].node, &of), ACT_BY_PARTY);
}

/* --- what may not be stated --- */

static void
what_the_course_has_not_is_not_signed(void **state)
{
    struct stating s = act(ACT_VOTE);

    (void)state;
    denied(RING_POLITIE, &s, "'vote' in phase 'geen': there is nothing");
    (void)until_case();
    denied(RING_POLITIE, &s, "'vote' in phase 'casus'");
    s = act(ACT_EMBARGO);
    s.until = days(-1);
    denied(RING_POLITIE, &s, "its date has passed");
    s.until = days(1000);
    denied(RING_POLITIE, &s, "too far away");
    s = act(ACT_LIFT);
    denied(RING_POLITIE, &s, "there is nothing that it could be about");
    /* nothing is left of it */
    struct casework *c = seen(ring->partner[RING_POLITIE].node);
    assert_int_equal(c->waiting, 0);
    casework_close(&c);
}

static void
who_does_not_see_all_is_told_what_is_certain(void **state)
{
    struct stating s = act(ACT_VOTE);
    bool whole = true;

    (void)state;
    (void)until_case();
    denied(RING_GEMEENTE, &s, "this partner may not state it");
    assert_int_equal(seen_phase(RING_GEMEENTE, &whole), ACT_PHASE_NONE);
    assert_false(whole);
    s = act(ACT_INFORM); /* who was never given the file does not hold it */
    denied(RING_GEMEENTE, &s, "this partner may not state it");
}

static void
who_held_the_file_may_hold_it_still(void **state)
{
    struct stating s = act(ACT_ASSIGN);
    uint64_t index = 0;

    (void)state;
    (void)states(RING_POLITIE, ACT_REPORT);
    (void)states(RING_POLITIE, ACT_ASSIGN);
    s.partner = "om";
    ok(casework_state(talk(RING_POLITIE), &s, &index, &problem));
    (void)states(RING_POLITIE, ACT_BRING);
    s = act(ACT_WEIGH); /* the broker knows, and says no */
    assert_int_equal(
        casework_state(talk(RING_GEMEENTE), &s, &index, &problem), DHK_DENIED);
    assert_non_null(strstr(problem.text, "the broker does not take it"));
}

static void
who_begins_to_take_part_sees_what_was_before(void **state)
{
    struct casework *c;
    struct stating request = act(ACT_REQUEST);
    uint64_t index = 0;

    (void)state;
    (void)until_case();
    request.until = days(20);
    ok(casework_state(talk(RING_GEMEENTE), &request, &index, &problem));
    c = seen(ring->partner[RING_GEMEENTE].node);
    assert_int_equal(c->n, 1);
    assert_int_equal(c->store.whole, 0);
    casework_close(&c);
    (void)states(RING_POLITIE, ACT_DESIGNATE);
    (void)states(RING_OM, ACT_DESIGNATE);
    ok(casework_ask_all(talk(RING_GEMEENTE), &problem));
    c = seen(ring->partner[RING_GEMEENTE].node);
    assert_true(c->whole);
    assert_int_equal(c->course.phase, ACT_PHASE_CASE);
    assert_int_equal(c->n, 8);
    assert_true(course_is_member(&c->course, slice_str("gemeente")));
    casework_close(&c);
}

/* --- without the broker --- */

static void
what_is_stated_offline_goes_later(void **state)
{
    struct stating s = act(ACT_BRING);
    uint64_t index = 1;
    struct casework *c;

    (void)state;
    (void)states(RING_POLITIE, ACT_REPORT);
    line.down = true;
    struct dhk_node *node = talk(RING_POLITIE);
    ok(casework_state(node, &s, &index, &problem));
    assert_int_equal(index, 0);
    c = seen(node);
    assert_int_equal(c->course.phase, ACT_PHASE_REPORTED);
    assert_int_equal(c->ahead.phase, ACT_PHASE_BROUGHT);
    assert_int_equal(c->waiting, 1);
    assert_int_equal(c->act[1].index, 0);
    casework_close(&c);
    /* twice is too often, also before it is sent */
    assert_int_equal(casework_state(node, &s, &index, &problem), DHK_DENIED);
    s = act(ACT_WEIGH);
    ok(casework_state(node, &s, &index, &problem));
    line.down = false;
    (void)talk(RING_POLITIE);
    assert_int_equal(desk.course.phase, ACT_PHASE_WEIGHED);
    c = seen(node);
    assert_int_equal(c->waiting, 0);
    casework_close(&c);
}

static void
nothing_is_guessed_of_a_case_that_nobody_saw(void **state)
{
    struct stating s = act(ACT_VOTE);
    uint64_t index = 1;

    (void)state;
    line.down = true;
    assert_int_equal(
        casework_state(talk(RING_OM), &s, &index, &problem), DHK_NOTFOUND);
    s = act(ACT_REPORT); /* a case may begin anywhere */
    ok(casework_state(talk(RING_OM), &s, &index, &problem));
}

static void
a_broker_that_does_not_answer_gets_it_again(void **state)
{
    struct stating s = act(ACT_REPORT);
    uint64_t index = 1;

    (void)state;
    desk.fault = DESK_DEAF;
    ok(casework_state(talk(RING_OM), &s, &index, &problem));
    assert_int_equal(index, 0);
    desk.fault = DESK_HONEST;
    (void)talk(RING_OM);
    assert_int_equal(desk.course.phase, ACT_PHASE_REPORTED);
}

/* An entry from before that says the same is no answer to it. */
static void
the_same_again_that_is_refused_is_told_as_that(void **state)
{
    struct stating s = act(ACT_CONSENT);
    struct dhk_node *node = talk(RING_OM);
    uint64_t index = 0, before;

    (void)state;
    ok(casework_state(node, &s, &before, &problem));
    assert_int_not_equal(before, 0);
    desk.fault = DESK_REFUSES;
    assert_int_equal(casework_state(node, &s, &index, &problem), DHK_DENIED);
    assert_int_equal(index, 0);
    assert_non_null(strstr(problem.text, "the broker does not take it"));
    desk.fault = DESK_HONEST; /* refused is not refused for good */
    ok(casework_state(node, &s, &index, &problem));
    assert_true(index >= before);
}

static void
what_the_broker_refuses_is_told_and_stops_nothing(void **state)
{
    struct stating s = act(ACT_REPORT);
    struct stating_refused r;
    struct dhk_node *node = ring->partner[RING_POLITIE].node;
    uint64_t index = 1;

    (void)state;
    line.down = true;
    ok(casework_state(talk(RING_POLITIE), &s, &index, &problem));
    s = act(ACT_CONSENT);
    ok(casework_state(node, &s, &index, &problem));
    line.down = false;
    (void)states(RING_OM, ACT_REPORT); /* was there first */
    (void)talk(RING_POLITIE);
    assert_non_null(strstr(ring->reported, "'report'"));
    assert_int_equal(desk.n, 2); /* the consent got there */
    ok(stating_refused_next(&r, node->broker_dir, 0));
    assert_int_equal(r.what, ACT_REPORT);
    assert_int_equal(strncmp(r.case_handle, "07010203", 8), 0);
    assert_int_equal(
        stating_refused_next(&r, node->broker_dir, r.number), DHK_NOTFOUND);
    ok(stating_refused_told(node->broker_dir, 1));
    assert_int_equal(
        stating_refused_next(&r, node->broker_dir, 0), DHK_NOTFOUND);
    size_t stated = desk.stated;
    (void)talk(RING_POLITIE);
    assert_int_equal(desk.stated, stated); /* and never comes again */
}

/* --- all cases --- */

static void
all_cases_are_listed_once(void **state)
{
    uint8_t(*list)[STATEMENT_CASE] = NULL;
    struct dhk_node *node;
    char fresh[33];
    size_t n = 0;

    (void)state;
    (void)states(RING_POLITIE, ACT_REPORT);
    node = ring->partner[RING_POLITIE].node;
    ok(casework_handles(&list, &n, node, &problem));
    assert_int_equal(n, 1);
    assert_memory_equal(list[0], handle, sizeof handle);
    free(list);
    ok(cases_new(fresh, node, "een ander", &problem));
    ok(casework_handles(&list, &n, node, &problem));
    assert_int_equal(n, 2);
    free(list);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
        T(a_case_begins_and_is_seen_offline),
        T(what_did_not_change_is_not_asked_for),
        T(a_long_course_comes_in_pages),
        T(the_weighers_are_those_of_the_agreement_here),
        T(what_the_course_has_not_is_not_signed),
        T(who_does_not_see_all_is_told_what_is_certain),
        T(who_held_the_file_may_hold_it_still),
        T(who_begins_to_take_part_sees_what_was_before),
        T(what_is_stated_offline_goes_later),
        T(nothing_is_guessed_of_a_case_that_nobody_saw),
        T(a_broker_that_does_not_answer_gets_it_again),
        T(what_the_broker_refuses_is_told_and_stops_nothing),
        T(the_same_again_that_is_refused_is_told_as_that),
        T(all_cases_are_listed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
