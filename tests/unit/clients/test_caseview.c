/* SPDX-License-Identifier: EUPL-1.2
 *
 * What integrators are given of cases: words in, words out; terms with who has
 * to do something, and what waits for whose signature. */
#include "casedesk.h"

#define CASE "07010203000000000000000000000000"
#define ID "abababababababababababababababababababababababababababababababab"

/* The clock of all, so many days on. */
static uint64_t days_on;

static uint64_t
moved_wall(void *ctx)
{
    (void)ctx;
    return clock_wall_ms(clock_system()) + days_on * 86400 * 1000;
}

static uint64_t
moved_monotonic(void *ctx)
{
    (void)ctx;
    return clock_monotonic_ms(clock_system());
}

static const struct clock moved = {moved_wall, moved_monotonic, NULL};

static int
begin_moved(void **state)
{
    int rc = begin(state);

    days_on = 0;
    for (int i = 0; i < RING_PARTNERS; i++)
        ring->partner[i].node->clock = &moved;
    return rc;
}

static void
states(int i, struct dhk_act act)
{
    uint64_t index = 0;

    act.case_handle = CASE;
    enum dhk_err rc = dhk_case_state(talk(i), &act, &index, &problem);
    if (rc != DHK_OK)
        fail_msg("%s: %d, %s", act.act, (int)rc, problem.text);
    assert_true(index > 0);
}

#define STATES(who, ...) states(who, (struct dhk_act){__VA_ARGS__})

static void
until_case(void)
{
    STATES(RING_POLITIE, .act = "report");
    STATES(RING_POLITIE, .act = "bring");
    STATES(RING_OM, .act = "weigh", .until = days(20));
    STATES(RING_POLITIE, .act = "vote", .code = "yes", .ref = ID);
    STATES(RING_OM, .act = "vote", .code = "yes", .ref = ID);
}

static const struct dhk_case *
seen(int i)
{
    const struct dhk_case *c = NULL;
    struct dhk_node *node = talk(i);

    ok(dhk_case_ask(node, CASE, &problem));
    ok(dhk_case_get(node, CASE, &c, &problem));
    return c;
}

static const struct dhk_case_term *
term(const struct dhk_case *c, const char *what)
{
    for (size_t i = 0; i < c->terms_n; i++) {
        if (strcmp(c->terms[i].what, what) == 0)
            return &c->terms[i];
    }
    fail_msg("no term %s", what);
    return NULL;
}

static void
words_that_say_nothing_are_no_act(void **state)
{
    static const struct dhk_act wrong[] = {
        {.case_handle = "07", .act = "report"},
        {.case_handle = CASE},
        {.case_handle = CASE, .act = "destroyed"},
        {.case_handle = CASE, .act = "zomaar"},
        {.case_handle = CASE, .act = "report", .until = 1},
        {.case_handle = CASE, .act = "report", .partner = "om"},
        {.case_handle = CASE, .act = "report", .code = "yes"},
        {.case_handle = CASE, .act = "report", .about = 7},
        {.case_handle = CASE, .act = "report", .ref = "abc"},
        {.case_handle = CASE, .act = "vote", .code = "yes"},
        {.case_handle = CASE, .act = "vote", .code = "maybe", .ref = ID},
        {.case_handle = CASE, .act = "vote", .ref = ID},
        {.case_handle = CASE, .act = "weigh"},
        {.case_handle = CASE, .act = "rhythm", .code = "0"},
        {.case_handle = CASE, .act = "rhythm", .code = "184"},
        {.case_handle = CASE, .act = "rhythm", .code = "9x"},
        {.case_handle = CASE, .act = "assign"},
        {.case_handle = CASE, .act = "assign", .partner = "niemand"},
        {.case_handle = CASE, .act = "approve"},
    };
    struct dhk_node *node = talk(RING_POLITIE);

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint64_t index = 9;
        if (dhk_case_state(node, &wrong[i], &index, &problem) != DHK_FORMAT)
            fail_msg("%zu: %s", i, problem.text);
        assert_int_equal(index, 0);
    }
    assert_int_equal(desk.stated, 0);
}

static void
votes_are_due_from_who_has_not_voted(void **state)
{
    const struct dhk_case *c;

    (void)state;
    STATES(RING_POLITIE, .act = "bring");
    STATES(RING_POLITIE, .act = "weigh", .until = days(20));
    STATES(RING_POLITIE, .act = "vote", .code = "no", .ref = ID);
    c = seen(RING_POLITIE);
    assert_string_equal(c->phase, "weging");
    assert_false(term(c, "votes")->own);
    assert_false(term(c, "votes")->passed);
    assert_int_equal(c->votes_n, 1);
    assert_false(c->votes[0].yes);
    assert_string_equal(c->votes[0].partner, "politie");
    assert_string_equal(c->votes[0].signal, ID);
    assert_true(c->votes[0].time > 0);
    dhk_case_end(&c);
    assert_null(c);
    c = seen(RING_OM);
    assert_true(term(c, "votes")->own);
    dhk_case_end(&c);
    STATES(RING_OM, .act = "vote", .code = "yes", .ref = ID);
    c = seen(RING_OM);
    assert_string_equal(c->phase, "afgewezen");
    assert_false(c->is_case);
    assert_true(term(c, "destruction")->own);
    assert_true(term(c, "destruction")->passed); /* at once */
    assert_null(c->votes_missing[0]);
    assert_false(c->lapsed);
    dhk_case_end(&c);
}

static void
votes_that_do_not_come_are_told(void **state)
{
    const struct dhk_case *c;

    (void)state;
    STATES(RING_POLITIE, .act = "bring");
    STATES(RING_POLITIE, .act = "weigh", .until = days(1));
    STATES(RING_POLITIE, .act = "vote", .code = "yes", .ref = ID);
    c = seen(RING_POLITIE);
    assert_string_equal(c->votes_missing[0], "om");
    assert_null(c->votes_missing[1]);
    assert_false(term(c, "votes")->own);
    dhk_case_end(&c);
    days_on = 2;
    c = seen(RING_POLITIE);
    assert_true(term(c, "votes")->passed);
    assert_true(term(c, "votes")->own); /* to have it lapse */
    assert_false(c->lapsed);
    dhk_case_end(&c);
    STATES(RING_POLITIE, .act = "lapse");
    c = seen(RING_OM);
    assert_string_equal(c->phase, "afgewezen");
    assert_true(c->lapsed);
    assert_string_equal(c->votes_missing[0], "om");
    assert_null(c->votes_missing[1]);
    assert_string_equal(c->acts[3].act, "lapse");
    assert_string_equal(c->acts[3].missing[0], "om");
    assert_null(c->acts[2].missing);
    assert_true(term(c, "destruction")->passed);
    dhk_case_end(&c);
}

static void
a_proposal_says_who_is_missing(void **state)
{
    const struct dhk_case *c;

    (void)state;
    until_case();
    STATES(
        RING_OM, .act = "designate", .partner = "gemeente", .code = "executor");
    c = seen(RING_POLITIE);
    assert_int_equal(c->proposals_n, 1);
    const struct dhk_case_proposal *p = &c->proposals[0];
    assert_string_equal(p->act, "designate");
    assert_string_equal(p->named, "gemeente");
    assert_string_equal(p->code, "executor");
    assert_string_equal(p->by[0], "om");
    assert_null(p->by[1]);
    assert_string_equal(p->missing[0], "politie");
    assert_null(p->missing[1]);
    assert_false(p->own);
    assert_int_equal(p->number, desk.entry[5].index);
    dhk_case_end(&c);
    STATES(RING_POLITIE, .act = "designate", .partner = "gemeente",
        .code = "executor");
    c = seen(RING_GEMEENTE);
    assert_int_equal(c->proposals_n, 0);
    assert_true(c->whole);
    assert_int_equal(c->members_n, 3);
    assert_string_equal(c->members[2].partner, "gemeente");
    assert_string_equal(c->members[2].role, "executor");
    assert_string_equal(c->members[0].role, "office");
    assert_true(c->members[2].since > 0);
    assert_int_equal(c->members[2].until, 0);
    dhk_case_end(&c);
}

static void
terms_come_in_their_order_with_whose_they_are(void **state)
{
    const struct dhk_case *c;

    (void)state;
    until_case();
    STATES(
        RING_OM, .act = "embargo", .code = "investigation", .until = days(90));
    STATES(RING_POLITIE, .act = "consent", .until = days(300));
    STATES(RING_POLITIE, .act = "review", .until = days(30));
    STATES(RING_GEMEENTE, .act = "request", .until = days(10));
    STATES(RING_POLITIE, .act = "postpone", .code = "criminal-law",
        .until = days(60));
    STATES(RING_POLITIE, .act = "rhythm", .code = "45");
    c = seen(RING_OM);
    assert_true(c->embargo);
    assert_int_equal(c->terms_n, 5);
    for (size_t i = 1; i < c->terms_n; i++)
        assert_true(c->terms[i - 1].at <= c->terms[i].at);
    assert_string_equal(c->terms[0].what, "access-request");
    assert_true(term(c, "embargo-review")->own);
    assert_string_equal(term(c, "embargo-review")->partner, "om");
    assert_string_equal(term(c, "embargo-review")->code, "investigation");
    assert_false(term(c, "consent-ends")->own);
    assert_true(term(c, "review")->own);
    assert_string_equal(term(c, "notice-review")->code, "criminal-law");
    assert_string_equal(c->acts[c->acts_n - 1].code, "45");
    dhk_case_end(&c);
}

static void
what_waits_is_told_as_waiting(void **state)
{
    const struct dhk_act act = {.case_handle = CASE, .act = "report"};
    const struct dhk_case *c = NULL;
    struct dhk_node *node = ring->partner[RING_POLITIE].node;
    char(*list)[33] = NULL;
    size_t n = 0;
    uint64_t index = 7;

    (void)state;
    assert_int_equal(dhk_case_ask(node, NULL, &problem), DHK_STATE);
    assert_int_equal(dhk_case_get(node, "07", &c, &problem), DHK_FORMAT);
    ok(dhk_case_get(node, CASE, &c, &problem));
    assert_string_equal(c->phase, "geen");
    assert_int_equal(c->acts_n + c->terms_n + c->members_n, 0);
    assert_int_equal(c->asked, 0);
    dhk_case_end(&c);
    ok(dhk_case_state(node, &act, &index, &problem));
    assert_int_equal(index, 0);
    ok(dhk_case_get(node, CASE, &c, &problem));
    assert_int_equal(c->waiting, 1);
    assert_int_equal(c->acts_n, 1);
    assert_int_equal(c->acts[0].index, 0);
    assert_string_equal(c->acts[0].act, "report");
    assert_string_equal(c->acts[0].partner, "politie");
    assert_string_equal(c->phase, "geen");
    dhk_case_end(&c);
    ok(dhk_case_list(node, &list, &n, &problem));
    assert_int_equal(n, 1);
    assert_string_equal(list[0], CASE);
    free(list);
}

static void
shares_that_wait_are_asked_for(void **state)
{
    static uint8_t mem[LIMIT_ENTRY];
    struct dhk_case_share *list = NULL;
    struct entry *e = calloc(1, sizeof *e);
    struct sink out;
    size_t n = 9;

    (void)state;
    assert_non_null(e);
    ok(dhk_case_waiting(talk(RING_OM), &list, &n, &problem));
    assert_int_equal(n, 0);
    free(list);
    e->kind = ENTRY_SHARE;
    e->time = UINT64_C(1795000000000);
    e->u.share = (struct entry_share){.accepted = 40,
        .sender = slice_str("politie"),
        .recipient = slice_str("gemeente"),
        .kind = slice_str("melding"),
        .purpose = slice_str("weging"),
        .ground = slice_str("wet"),
        .fields = 1,
        .wrapped = 1,
        .rules_n = 1,
        .rule = {slice_str("P1")},
        .pending = true,
        .expires = 1796000000,
        .nth = 1};
    memcpy(e->u.share.case_handle, handle, sizeof handle);
    sink_init(&out, mem, sizeof mem);
    ok(entry_encode(&out, e));
    desk.waiting = sink_done(&out);
    ok(dhk_case_waiting(talk(RING_OM), &list, &n, &problem));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].index, 44);
    assert_string_equal(list[0].case_handle, CASE);
    assert_string_equal(list[0].sender, "politie");
    assert_string_equal(list[0].recipient, "gemeente");
    assert_string_equal(list[0].kind, "melding");
    assert_int_equal(list[0].expires, 1796000000);
    free(list);
    mem[3] ^= 1; /* it is no list of shares any more */
    desk.waiting.n--;
    assert_int_equal(
        dhk_case_waiting(talk(RING_OM), &list, &n, &problem), DHK_FORMAT);
    assert_null(list);
    free(e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, begin_moved, end)
        T(words_that_say_nothing_are_no_act),
        T(votes_are_due_from_who_has_not_voted),
        T(votes_that_do_not_come_are_told),
        T(a_proposal_says_who_is_missing),
        T(terms_come_in_their_order_with_whose_they_are),
        T(what_waits_is_told_as_waiting),
        T(shares_that_wait_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
