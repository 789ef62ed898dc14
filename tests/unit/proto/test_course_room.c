/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a course can hold: at every limit it says so and holds what it had, and
 * nobody takes the room that others need. To be run with AddressSanitizer, too.
 */
#include "coursetest.h"

static struct coursetest t;

/* "pa", "pb", ...: a partner of its own for each number. */
static const char *
partner(unsigned i)
{
    static char name[64][8];
    static unsigned next;
    char *out = name[next++ % 64];

    (void)snprintf(out, sizeof name[0], "p%c%c", (char)('a' + i / 26),
        (char)('a' + i % 26));
    return out;
}

static void
weigh_by(unsigned n)
{
    static char name[COURSE_WEIGHERS][8];

    for (unsigned i = 0; i < COURSE_WEIGHERS; i++) {
        (void)snprintf(name[i], sizeof name[i], "w%c", (char)('a' + i));
        t.weighers[i] = i < n ? name[i] : NULL;
    }
    t.agreement++;
}

static void
the_most_weighers_vote_and_propose(void **state)
{
    (void)state;
    coursetest_begin(&t);
    weigh_by(COURSE_WEIGHERS);
    coursetest_to(&t, ACT_PHASE_CASE);
    assert_int_equal(t.c.votes_n, COURSE_WEIGHERS);
    assert_int_equal(t.c.members_n, COURSE_WEIGHERS + 1);
    STATE_ALL(&t, ACT_DESIGNATE, 0);
    STATE_ALL(&t, ACT_CLOSE, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_CLOSED);
}

static void
members_come_and_go_until_there_is_no_room(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    while (t.c.members_n < COURSE_MEMBERS) {
        STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg");
        if (t.c.members_n < COURSE_MEMBERS)
            STATE(&t, "zorg", ACT_LEAVE, 0);
    }
    STATE(&t, "om", ACT_TRANSFER, .partner = "buurstad");
    STATE(&t, "zorg", ACT_AGREE, 0); /* the last bit */
    assert_true(t.c.agreed >> (COURSE_MEMBERS - 1) == 1);
    REFUSED(&t, "om", ACT_DESIGNATE, COURSE_FULL, .partner = "raad");
    STATE_ALL(&t, ACT_RELIEVE, .partner = "zorg");
    REFUSED(&t, "om", ACT_DESIGNATE, COURSE_FULL, .partner = "zorg");
    STATE(&t, "om", ACT_EMBARGO, 0); /* all else goes on */
    STATE_ALL(&t, ACT_ADMIT, .partner = "loket");
    STATE_ALL(&t, ACT_CLOSE, 0);
}

static void
an_admission_that_ended_makes_room(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    for (uint8_t i = 0; i < COURSE_GUESTS; i++)
        STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = i + 1,
            .days = i == 5 ? 3 : 30);
    REFUSED(&t, "om", ACT_ADMIT, COURSE_FULL, .partner = "loket", .ref = 99);
    STATE(&t, "om", ACT_DISMISS, .ref = 9);
    STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = 99);
    assert_int_equal(t.c.guest[8].card[0], 99);
    REFUSED(&t, "om", ACT_ADMIT, COURSE_FULL, .partner = "loket", .ref = 98);
    t.now += 3 * COURSETEST_DAY;
    STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = 98);
    assert_int_equal(t.c.guest[5].card[0], 98);
    assert_int_equal(t.c.guests_n, COURSE_GUESTS);
    STATE(&t, "om", ACT_DISMISS, .ref = 1); /* each is found as before */
    STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = 97);
    assert_int_equal(t.c.guest[0].card[0], 97);
    STATE(&t, "loket", ACT_HAND, .ref = COURSE_GUESTS);
}

static void
refusals_leave_room_for_embargo_and_consent(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    for (unsigned who = 0; who < 4; who++) {
        for (unsigned i = 0; i < COURSE_OWN_REFUSALS; i++)
            STATE(&t, partner(who), ACT_REFUSE, .about = i + 1);
        REFUSED(&t, partner(who), ACT_REFUSE, COURSE_FULL, .about = 99);
        STATE(&t, partner(who), ACT_REFUSE, .about = 1); /* a new term */
    }
    assert_int_equal(t.c.terms_n, COURSE_REFUSALS);
    REFUSED(&t, "zorg", ACT_REFUSE, COURSE_FULL, 0);
    weigh_by(COURSE_WEIGHERS);
    for (unsigned i = 0; i < COURSE_WEIGHERS; i++) {
        STATE(&t, t.weighers[i], ACT_EMBARGO, 0);
        STATE(&t, t.weighers[i], ACT_CONSENT, 0);
    }
    assert_int_equal(t.c.terms_n, COURSE_TERMS);
    STATE(&t, t.weighers[3], ACT_EMBARGO, 0);
    t.weighers[0] = "one-more";
    REFUSED(&t, "one-more", ACT_EMBARGO, COURSE_FULL, 0);
    REFUSED(&t, "one-more", ACT_CONSENT, COURSE_FULL, 0);
    STATE(&t, partner(2), ACT_LIFT, 0);
    STATE(&t, "one-more", ACT_EMBARGO, 0);
    STATE(&t, "zorg", ACT_REFUSE, 0);
}

static enum course_verdict
item(enum act act, unsigned n)
{
    struct statement s = coursetest_statement(&t, act, NULL);

    s.ref[0] = (uint8_t)n;
    s.ref[31] = (uint8_t)(n >> 8);
    return coursetest_put(&t, "aivd", &s, false);
}

static void
third_party_rules_leave_room_for_vetoes(void **state)
{
    unsigned n;
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "om", ACT_TRANSFER, 0);
    for (n = 0; n < COURSE_RESTRICTIONS; n++)
        assert_int_equal(item(ACT_RESTRICT, n), COURSE_OK);
    assert_int_equal(item(ACT_RESTRICT, n), COURSE_FULL);
    for (n = 0; n < COURSE_RESTRICTIONS; n++)
        assert_int_equal(item(ACT_RESTRICT, n), COURSE_OK);
    for (n = 0; n < COURSE_ITEMS - COURSE_RESTRICTIONS; n++)
        assert_int_equal(item(ACT_VETO, n), COURSE_OK);
    assert_int_equal(item(ACT_VETO, n), COURSE_FULL);
    assert_int_equal(item(ACT_VETO, 0), COURSE_TWICE);
    assert_int_equal(t.c.items_n, COURSE_ITEMS);
    STATE_ALL(&t, ACT_CLOSE, 0);
}

static void
names_of_others_leave_room_for_weighers(void **state)
{
    unsigned n = 0;
    (void)state;
    coursetest_at(&t, ACT_PHASE_BROUGHT);
    while (t.c.names_n < COURSE_NAMES - COURSE_WEIGHERS_NAMES)
        STATE(&t, partner(n++), ACT_REQUEST, 0);
    REFUSED(&t, "one-more", ACT_REQUEST, COURSE_FULL, 0);
    REFUSED(&t, "one-more", ACT_RESTRICT, COURSE_FULL, 0);
    STATE(&t, partner(0), ACT_REQUEST, 0); /* has its name there */
    /* what is kept of nobody needs none */
    STATE(&t, "one-more", ACT_DESTROYED, 0);
    STATE(&t, "one-more", ACT_HOLD, 0);
    STATE(&t, "one-more", ACT_RELEASE, 0);
    STATE(&t, "one-more", ACT_APPROVE, .about = 4);
    STATE(&t, "one-more", ACT_DECLINE, .about = 4);
    REFUSED(&t, "gemeente", ACT_ASSIGN, COURSE_FULL, .partner = "one-more");
    STATE(&t, "gemeente", ACT_WEIGH, 0);
    STATE_ALL(&t, ACT_VOTE, 0);
    while (t.c.names_n < COURSE_NAMES)
        STATE(&t, "om", ACT_TRANSFER, .partner = partner(n++));
    REFUSED(&t, "om", ACT_TRANSFER, COURSE_FULL, .partner = "one-more");
    REFUSED(&t, "om", ACT_DESIGNATE, COURSE_FULL, .partner = "one-more");
    t.agreement++;
    t.weighers[0] = "one-more";
    REFUSED(&t, "one-more", ACT_EMBARGO, COURSE_FULL, 0);
    t.weighers[0] = "burgemeester";
    STATE(&t, partner(0), ACT_REFUSE, 0);
    STATE_ALL(&t, ACT_DESIGNATE, .partner = partner(n - 1));
    STATE_ALL(&t, ACT_CLOSE, 0);
    STATE_ALL(&t, ACT_DESTROYED, 0);
    STATE(&t, "gemeente", ACT_DESTROYED, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_CLOSED);
    STATE(&t, partner(n - 1), ACT_DESTROYED, 0);
    assert_true(course_is_destroyed_by(&t.c, slice_str(partner(n - 1))));
    assert_int_equal(t.c.phase, ACT_PHASE_DESTROYED);
}

static void
nobody_fills_the_proposals_alone(void **state)
{
    unsigned n;
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    for (n = 0; n < COURSE_OWN_PROPOSALS; n++)
        STATE(&t, "om", ACT_DESIGNATE, .partner = partner(n));
    REFUSED(&t, "om", ACT_DESIGNATE, COURSE_FULL, .partner = "zorg");
    STATE(&t, "om", ACT_DESIGNATE, .partner = partner(0), .code = 2);
    STATE(&t, "om", ACT_CLOSE, 0);
    STATE(&t, "om", ACT_CLOSE, .days = 99);
    STATE(&t, "politie", ACT_DESIGNATE, .partner = "zorg");
    STATE(&t, "om", ACT_DESIGNATE, .partner = "zorg");
    assert_int_equal(t.c.proposals_n, COURSE_OWN_PROPOSALS + 2);
    STATE(&t, "burgemeester", ACT_DESIGNATE, .partner = "zorg");
    assert_true(course_is_member(&t.c, slice_str("zorg")));
    t.agreement++; /* void, all of them */
    STATE(&t, "om", ACT_DESIGNATE, .partner = "raad");
    assert_int_equal(t.c.proposals_n, 1);
}

static void
all_together_fill_them(void **state)
{
    enum { MANY = COURSE_PROPOSALS / COURSE_OWN_PROPOSALS };
    (void)state;
    coursetest_begin(&t);
    weigh_by(MANY + 1);
    coursetest_to(&t, ACT_PHASE_CASE);
    for (unsigned i = 0; i < COURSE_PROPOSALS; i++)
        STATE(&t, t.weighers[i % MANY], ACT_ADMIT, .partner = "loket",
            .ref = (uint8_t)(i + 1), .days = i == 40 ? 2 : 10);
    REFUSED(&t, t.weighers[MANY], ACT_CLOSE, COURSE_FULL, 0);
    REFUSED(
        &t, t.weighers[MANY], ACT_DESIGNATE, COURSE_FULL, .partner = "zorg");
    STATE(&t, t.weighers[MANY], ACT_ADMIT, .partner = "loket", .ref = 1);
    t.now += 2 * COURSETEST_DAY; /* one has lapsed */
    STATE(&t, t.weighers[MANY], ACT_CLOSE, 0);
    assert_int_equal(t.c.proposals_n, COURSE_PROPOSALS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_weighers_vote_and_propose),
        cmocka_unit_test(members_come_and_go_until_there_is_no_room),
        cmocka_unit_test(an_admission_that_ended_makes_room),
        cmocka_unit_test(refusals_leave_room_for_embargo_and_consent),
        cmocka_unit_test(third_party_rules_leave_room_for_vetoes),
        cmocka_unit_test(names_of_others_leave_room_for_weighers),
        cmocka_unit_test(nobody_fills_the_proposals_alone),
        cmocka_unit_test(all_together_fill_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
