/* SPDX-License-Identifier: EUPL-1.2
 *
 * What partners fetch of cases: the statements that they may see, the cases
 * that concern them, and what waits for their approval; and nothing else. */
#include "casetest.h"

#include "looks.h"

enum { MAX = 64 };

struct shown {
    enum command_error error;
    size_t n;
    uint64_t index[MAX];
    uint8_t handle[MAX][16];
    enum entry_kind kind[MAX];
    enum act act[MAX];
};

static void
read_pair(
    struct shown *out, enum command_get what, struct slice a, struct slice b)
{
    static struct entry e;
    struct statement s;
    size_t i = out->n++;

    assert_true(i < MAX);
    if (what == COMMAND_GET_CASES) {
        assert_int_equal(a.n, 16);
        assert_int_equal(b.n, 8);
        memcpy(out->handle[i], a.p, 16);
        out->index[i] = bytes_get_u64(b.p);
        return;
    }
    assert_int_equal(a.n, 8);
    out->index[i] = bytes_get_u64(a.p);
    ok(entry_decode(&e, b, NULL));
    out->kind[i] = e.kind;
    if (e.kind != ENTRY_STATED)
        return;
    ok(statement_from_body(&s, e.u.stated.body, e.u.stated.signature, NULL));
    out->act[i] = s.what;
}

static void
get_over(struct harness_node *n, enum command_get what, uint64_t after,
    struct shown *out)
{
    bool course = what == COMMAND_GET_COURSE;
    struct command c = {.type = COMMAND_GET,
        .number = 5,
        .what = what,
        .id = slice_of(casetest_handle, course ? 16 : 0),
        .a = after};
    struct cursor list;

    memset(out, 0, sizeof *out);
    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
    if (!harness_take(n, COMMAND_OBJECT, &c)) {
        out->error = harness_error(n);
        return;
    }
    assert_int_equal(c.what, what);
    assert_int_equal(c.list_n % 2, 0);
    command_list(&list, c.list);
    for (size_t i = 0; i < c.list_n / 2; i++) {
        struct slice a = command_list_next(&list);
        read_pair(out, what, a, command_list_next(&list));
        if (i > 0)
            assert_true(out->index[i] > out->index[i - 1]);
    }
}

static void
get(struct casetest *t, enum casetest_who who, enum command_get what,
    struct shown *out)
{
    get_over(&t->node[who], what, 0, out);
}

static bool
sees(const struct shown *s, enum act act)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->act[i] == act)
            return true;
    }
    return false;
}

/* School, which has no part in the case, in place of gemeente. */
static void
school(struct casetest *t)
{
    harness_connect(t->h, &t->node[GEM], "school", COMMAND_MODE_SEND);
}

static void
each_is_shown_what_it_may_see(void **state)
{
    struct casetest t;
    struct shown s;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    struct statement a = casetest_said(&t, BURG, ACT_ASSIGN);
    a.partner = slice_str("om");
    assert_int_equal(casetest_send(&t, BURG, &a), 0);
    casetest_state(&t, OM, ACT_EMBARGO); /* not for all members */
    get(&t, POL, COMMAND_GET_COURSE, &s);
    assert_int_equal(s.n, harness_count(t.h, ENTRY_STATED));
    get(&t, GEM, COMMAND_GET_COURSE, &s);
    assert_int_equal(s.n, harness_count(t.h, ENTRY_STATED) - 1);
    assert_false(sees(&s, ACT_EMBARGO));
    assert_true(sees(&s, ACT_VOTE));
    /* from somewhere on */
    get_over(&t.node[POL], COMMAND_GET_COURSE, t.index - 1, &s);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.index[0], t.index);
    get_over(&t.node[POL], COMMAND_GET_COURSE, t.index, &s);
    assert_int_equal(s.n, 0);
    /* its own, and what names it */
    school(&t);
    get(&t, GEM, COMMAND_GET_COURSE, &s);
    assert_int_equal(s.n, 0);
    casetest_state(&t, GEM, ACT_HOLD);
    struct statement d = casetest_said(&t, BURG, ACT_DESIGNATE);
    d.partner = slice_str("school");
    assert_int_equal(casetest_send(&t, BURG, &d), 0);
    get(&t, GEM, COMMAND_GET_COURSE, &s);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.act[0], ACT_HOLD);
    assert_int_equal(s.act[1], ACT_DESIGNATE);
}

static void
who_left_sees_no_more_of_it(void **state)
{
    struct casetest t;
    struct shown s;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    struct statement a = casetest_said(&t, BURG, ACT_ASSIGN);
    a.partner = slice_str("om");
    assert_int_equal(casetest_send(&t, BURG, &a), 0);
    casetest_all(&t, ACT_RELIEVE);
    uint64_t relieved = t.index;
    casetest_state(&t, BURG, ACT_INFORM);
    get(&t, GEM, COMMAND_GET_COURSE, &s);
    assert_false(sees(&s, ACT_INFORM));
    assert_false(sees(&s, ACT_VOTE));
    assert_true(sees(&s, ACT_RELIEVE));
    assert_true(sees(&s, ACT_BRING)); /* its own */
    get(&t, GEM, COMMAND_GET_CASES, &s);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.index[0], relieved);
}

/* The end is for those to know who were there until then: each is to destroy.
 */
static void
who_was_there_at_the_end_sees_it(void **state)
{
    struct casetest t;
    struct shown s;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    struct statement a = casetest_said(&t, BURG, ACT_ASSIGN);
    a.partner = slice_str("om");
    assert_int_equal(casetest_send(&t, BURG, &a), 0);
    casetest_all(&t, ACT_CLOSE);
    get(&t, GEM, COMMAND_GET_COURSE, &s);
    assert_int_equal(s.n, harness_count(t.h, ENTRY_STATED));
    assert_true(sees(&s, ACT_CLOSE));
}

static void
an_auditor_s_hold_is_shown_to_all(void **state)
{
    struct casetest t;
    struct shown s;
    struct harness_node n;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_WEIGHED);
    n = t.node[POL];
    harness_connect(t.h, &t.node[POL], "toezicht", COMMAND_MODE_QUERY);
    casetest_state(&t, POL, ACT_HOLD);
    get(&t, POL, COMMAND_GET_COURSE, &s);
    assert_int_equal(s.error, COMMAND_ERROR_ROLE); /* it asks by query */
    t.node[POL] = n;
    school(&t);
    get(&t, GEM, COMMAND_GET_COURSE, &s);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.act[0], ACT_HOLD);
}

static void
cases_are_those_that_concern_one(void **state)
{
    struct casetest t;
    struct shown s;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t first = t.index;
    struct statement r = casetest_said(&t, POL, ACT_REPORT);
    memset(r.case_handle, 1, sizeof r.case_handle);
    assert_int_equal(casetest_send(&t, POL, &r), 0);
    get(&t, GEM, COMMAND_GET_CASES, &s);
    assert_int_equal(s.n, 1);
    assert_memory_equal(s.handle[0], casetest_handle, 16);
    assert_int_equal(s.index[0], first);
    get(&t, OM, COMMAND_GET_CASES, &s); /* who weighs has to do with all */
    assert_int_equal(s.n, 2);
    assert_memory_equal(s.handle[1], r.case_handle, 16);
    assert_int_equal(s.index[1], t.index);
    get_over(&t.node[OM], COMMAND_GET_CASES, first, &s);
    assert_int_equal(s.n, 1);
    casetest_state(&t, BURG, ACT_INFORM); /* a member hears of it */
    get_over(&t.node[GEM], COMMAND_GET_CASES, first, &s);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.index[0], t.index);
    school(&t);
    get(&t, GEM, COMMAND_GET_CASES, &s);
    assert_int_equal(s.n, 0);
    struct statement d = casetest_said(&t, BURG, ACT_DESIGNATE);
    d.partner = slice_str("school");
    assert_int_equal(casetest_send(&t, BURG, &d), 0);
    get(&t, GEM, COMMAND_GET_CASES, &s);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.index[0], t.index);
}

static void
what_waits_is_shown_to_who_may_approve_it(void **state)
{
    struct casetest t;
    struct shown s;
    struct harness_signal piece = casetest_signal("stuk", "gemeente");
    struct harness_signal plan = casetest_signal("plan", "gemeente");

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CONFERRED);
    get(&t, OM, COMMAND_GET_WAITING, &s);
    assert_int_equal(s.n, 0);
    uint64_t first = casetest_push(&t, POL, &piece);
    uint64_t second = casetest_push(&t, POL, &plan);
    get(&t, OM, COMMAND_GET_WAITING, &s);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.index[0], first);
    assert_int_equal(s.kind[0], ENTRY_SHARE);
    get(&t, GEM, COMMAND_GET_WAITING, &s);
    assert_int_equal(s.n, 0);
    get(&t, BURG, COMMAND_GET_WAITING, &s);
    assert_int_equal(s.n, 2);
    get_over(&t.node[BURG], COMMAND_GET_WAITING, first, &s);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.index[0], second);
    assert_int_equal(casetest_approve(&t, BURG, second), 0);
    assert_int_equal(casetest_decline(&t, OM, first), 0);
    get(&t, BURG, COMMAND_GET_WAITING, &s);
    assert_int_equal(s.n, 0);
}

static void
what_one_has_approved_is_not_shown_again(void **state)
{
    struct casetest t;
    struct shown s;
    struct harness_signal file = casetest_signal("dossier", "gemeente");

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t index = casetest_push(&t, POL, &file);
    assert_int_equal(casetest_approve(&t, OM, index), 0);
    get(&t, OM, COMMAND_GET_WAITING, &s);
    assert_int_equal(s.n, 0);
    get(&t, BURG, COMMAND_GET_WAITING, &s);
    assert_int_equal(s.n, 1);
}

static void
a_handle_of_another_length_is_malformed(void **state)
{
    struct casetest t;
    struct command c = {
        .type = COMMAND_GET, .number = 5, .what = COMMAND_GET_COURSE};

    casetest_begin(&t, *state);
    harness_send_command(&t.node[POL], &c, NULL, 0);
    harness_batch(t.h);
    assert_int_equal(harness_error(&t.node[POL]), COMMAND_ERROR_MALFORMED);
    c.what = COMMAND_GET_CASES;
    c.id = slice_of(casetest_handle, 16);
    harness_send_command(&t.node[POL], &c, NULL, 0);
    harness_batch(t.h);
    assert_int_equal(harness_error(&t.node[POL]), COMMAND_ERROR_MALFORMED);
}

/* Of what is asked for again and again, one card gets so much, and others
 * theirs; it comes back. */
static void
what_one_card_has_looked_at_is_bounded(void **state)
{
    struct casetest t;
    struct shown s;
    unsigned n = 0;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    do {
        get(&t, GEM, COMMAND_GET_COURSE, &s);
        assert_true(n++ <= LOOKS_AT_ONCE / LOOKS_QUESTION);
    } while (s.error == 0);
    assert_int_equal(s.error, COMMAND_ERROR_BUSY);
    /* a question more is let through than fits */
    assert_true(n > LOOKS_AT_ONCE / (LOOKS_QUESTION + MAX));
    get(&t, GEM, COMMAND_GET_CASES, &s);
    assert_int_equal(s.error, COMMAND_ERROR_BUSY);
    get(&t, GEM, COMMAND_GET_WAITING, &s);
    assert_int_equal(s.error, COMMAND_ERROR_BUSY);
    get(&t, OM, COMMAND_GET_COURSE, &s);
    assert_int_equal(s.error, 0);
    harness_turn(t.h, 1000);
    get(&t, GEM, COMMAND_GET_CASES, &s);
    assert_int_equal(s.error, 0);
    assert_int_equal(s.n, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(each_is_shown_what_it_may_see),
        harness_test(who_left_sees_no_more_of_it),
        harness_test(who_was_there_at_the_end_sees_it),
        harness_test(an_auditor_s_hold_is_shown_to_all),
        harness_test(cases_are_those_that_concern_one),
        harness_test(what_waits_is_shown_to_who_may_approve_it),
        harness_test(what_one_has_approved_is_not_shown_again),
        harness_test(a_handle_of_another_length_is_malformed),
        harness_test(what_one_card_has_looked_at_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
