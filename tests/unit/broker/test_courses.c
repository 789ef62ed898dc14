/* SPDX-License-Identifier: EUPL-1.2
 *
 * The course of a case in core: what it does not have is refused and leaves no
 * trace, what it says decides what is shared, and nothing of it is lost. */
#include "casetest.h"

#include "courses.h"

enum { DAY = 86400 };

/* --- what is recorded --- */

static void
a_case_goes_its_course(void **state)
{
    struct casetest t;
    const struct course *c;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CLOSED);
    struct entry e;
    harness_entry(t.h, t.index, &e);
    assert_memory_equal(e.u.stated.agreement, t.h->agreement, 32);
    ok(store_begin(&t.h->core->txn, t.h->store, false));
    ok(courses_get(t.h->core, casetest_handle, &c));
    assert_non_null(c);
    assert_int_equal(c->phase, ACT_PHASE_CLOSED);
    assert_int_equal(c->acts, harness_count(t.h, ENTRY_STATED));
    store_abort(&t.h->core->txn);
}

static void
an_entry_says_in_which_role_it_was_stated(void **state)
{
    static const struct {
        enum casetest_who who;
        unsigned as;
    } list[] = {{GEM, 1}, {POL, 3}, {BURG, 3}};
    struct casetest t;
    struct entry e;

    casetest_begin(&t, *state);
    for (size_t i = 0; i < 3; i++) {
        struct statement s = casetest_said(&t, list[i].who, ACT_HOLD);
        assert_int_equal(casetest_send(&t, list[i].who, &s), 0);
        harness_entry(t.h, t.index, &e);
        assert_int_equal(e.u.stated.as, list[i].as);
        assert_int_equal(e.u.stated.of, 3);
    }
}

static void
what_the_course_does_not_have_leaves_no_trace(void **state)
{
    struct casetest t;
    struct statement s;

    casetest_begin(&t, *state);
    s = casetest_said(&t, POL, ACT_VOTE); /* nothing is weighed */
    casetest_refused(&t, POL, &s);
    s = casetest_said(&t, GEM, ACT_CLOSE); /* no case, and not by gemeente */
    casetest_refused(&t, GEM, &s);
    casetest_state(&t, GEM, ACT_REPORT);
    s = casetest_said(&t, POL, ACT_REPORT); /* once */
    casetest_refused(&t, POL, &s);
    casetest_state(&t, GEM, ACT_BRING);
    casetest_state(&t, GEM, ACT_WEIGH);
    s = casetest_said(&t, GEM, ACT_VOTE); /* no weigher */
    casetest_refused(&t, GEM, &s);
    casetest_state(&t, POL, ACT_VOTE);
    s = casetest_said(&t, POL, ACT_VOTE);
    s.code = 2; /* twice */
    casetest_refused(&t, POL, &s);
    assert_int_equal(harness_count(t.h, ENTRY_STATED), 4);
    assert_int_equal(t.h->core->rejected, 0);
}

static void
a_date_that_has_passed_is_refused(void **state)
{
    struct casetest t;

    casetest_begin(&t, *state);
    struct statement s = casetest_said(&t, POL, ACT_CONSENT);
    s.made -= 40 * DAY;
    s.until -= 40 * DAY;
    casetest_refused(&t, POL, &s);
}

static void
the_same_again_gets_the_same_receipt(void **state)
{
    struct casetest t;

    casetest_begin(&t, *state);
    struct statement s = casetest_said(&t, GEM, ACT_REPORT);
    assert_int_equal(casetest_send(&t, GEM, &s), 0);
    uint64_t index = t.index;
    casetest_state(&t, GEM, ACT_BRING);
    /* the course would not have it any more */
    assert_int_equal(casetest_send(&t, GEM, &s), 0);
    assert_int_equal(t.index, index);
    assert_int_equal(harness_count(t.h, ENTRY_STATED), 2);
}

static void
without_an_agreement_nobody_has_a_role(void **state)
{
    struct casetest t;
    struct entry e;

    casetest_begin(&t, *state);
    assert_int_equal(harness_revoke_text(t.h, t.h->agreement, 1), 0);
    struct statement s = casetest_said(&t, GEM, ACT_REPORT);
    casetest_refused(&t, GEM, &s);
    casetest_state(&t, GEM, ACT_HOLD); /* anyone may */
    harness_entry(t.h, t.index, &e);
    assert_int_equal(e.u.stated.as, 0);
    assert_int_equal(e.u.stated.of, 0);
}

static void
an_auditor_takes_part_in_no_case(void **state)
{
    struct casetest t;
    struct harness_node n;

    casetest_begin(&t, *state);
    harness_connect(t.h, &n, "toezicht", COMMAND_MODE_QUERY);
    t.node[POL] = n;
    struct statement s = casetest_said(&t, POL, ACT_REPORT);
    assert_int_equal(casetest_send(&t, POL, &s), COMMAND_ERROR_ROLE);
    assert_int_equal(harness_count(t.h, ENTRY_STATED), 0);
}

/* --- what it decides: before, not; then PREPARE, and it arrives --- */

struct shared {
    const char *kind;
    enum casetest_who from, to;
    void (*prepare)(struct casetest *t);
};

static void
conferred(struct casetest *t)
{
    casetest_reach(t, ACT_PHASE_CONFERRED);
}
static void
unanimous(struct casetest *t)
{
    casetest_reach(t, ACT_PHASE_CASE);
}
static void
consented(struct casetest *t)
{
    /* the sender's own does not count */
    struct harness_signal s = casetest_signal("bij-gezag", "gemeente");
    casetest_state(t, POL, ACT_CONSENT);
    assert_int_equal(casetest_push(t, POL, &s), 0);
    casetest_state(t, OM, ACT_CONSENT);
}
static void
admitted(struct casetest *t)
{
    casetest_reach(t, ACT_PHASE_CASE);
    casetest_all(t, ACT_ADMIT);
}
static void
agreed(struct casetest *t)
{
    struct harness_signal s = casetest_signal("bij-vetoronde", "gemeente");
    casetest_reach(t, ACT_PHASE_CASE);
    casetest_state(t, BURG, ACT_TRANSFER);
    casetest_all(t, ACT_AGREE);
    assert_int_equal(casetest_push(t, POL, &s), 0);
    casetest_state(t, GEM, ACT_AGREE);
}

static const struct shared shared[] = {
    {"bij-fase", POL, GEM, conferred},
    {"bij-casus", POL, GEM, unanimous},
    {"bij-eensluidend", POL, GEM, unanimous},
    {"bij-aangewezen", POL, GEM, unanimous},
    {"bij-afzender", GEM, OM, unanimous},
    {"bij-ontvanger", POL, GEM, unanimous},
    {"bij-gezag", POL, GEM, consented},
    {"bij-derde", POL, GEM, admitted},
    {"bij-vetoronde", POL, GEM, agreed},
};

static void
is_shared_when_the_course_says_so(void **state, size_t i)
{
    const struct shared *x = &shared[i];
    struct casetest t;
    uint32_t fields = 0;
    struct harness_signal s = casetest_signal(x->kind, casetest_name[x->to]);

    casetest_begin(&t, *state);
    assert_int_equal(casetest_push(&t, x->from, &s), 0);
    x->prepare(&t);
    assert_int_equal(casetest_take(&t, x->to, &fields), 0);
    if (casetest_push(&t, x->from, &s) == 0)
        fail_msg("%s was refused", x->kind);
    assert_int_equal(casetest_take(&t, x->to, &fields), 1);
    assert_int_equal(fields, 3);
    /* of another case nothing is known */
    static const uint8_t other[16] = {1};
    s.case_handle = other;
    assert_int_equal(casetest_push(&t, x->from, &s), 0);
}
#define SHARED(name, i)                                                        \
    static void name(void **state)                                             \
    {                                                                          \
        is_shared_when_the_course_says_so(state, i);                           \
    }
SHARED(the_phase_decides, 0)
SHARED(whether_it_is_a_case_decides, 1)
SHARED(a_unanimous_vote_decides, 2)
SHARED(members_among_each_other, 3)
SHARED(from_a_member, 4)
SHARED(to_a_member, 5)
SHARED(the_competent_authority_s_consent_decides, 6)
SHARED(an_admission_decides, 7)
SHARED(the_round_of_vetoes_decides, 8)

static void
an_embargo_stops_it_and_ends(void **state)
{
    struct casetest t;
    struct harness_signal s = casetest_signal("bij-embargo", "gemeente");

    casetest_begin(&t, *state);
    assert_int_not_equal(casetest_push(&t, POL, &s), 0);
    casetest_reach(&t, ACT_PHASE_WEIGHED);
    casetest_state(&t, OM, ACT_EMBARGO);
    assert_int_equal(casetest_push(&t, POL, &s), 0);
    casetest_state(&t, OM, ACT_LIFT);
    assert_int_not_equal(casetest_push(&t, POL, &s), 0);
}

/* A signal of politie to gemeente; its share's index, and its id. */
static uint64_t
a_signal(struct casetest *t, uint8_t id[32])
{
    struct harness_signal s = casetest_signal("bericht", "gemeente");
    struct entry e;
    uint64_t index = casetest_push(t, POL, &s);

    assert_int_not_equal(index, 0);
    harness_entry(t->h, index, &e);
    memcpy(id, e.u.share.id, 32);
    return index;
}

/* The same, which runs out in two seconds. */
static uint64_t
a_short_signal(struct casetest *t)
{
    struct harness_signal s = casetest_signal("bericht", "gemeente");

    s.expires = t->h->wall / 1000 + 2;
    return casetest_push(t, POL, &s);
}

static void
the_third_party_rule_follows_the_signal(void **state)
{
    struct casetest t;
    uint8_t id[32];
    struct harness_signal s = casetest_signal("bij-derdenregel", "om");

    casetest_begin(&t, *state);
    uint64_t index = a_signal(&t, id);
    s.reply_to = id;
    assert_int_equal(casetest_push(&t, GEM, &s), 0);
    struct statement r = casetest_said(&t, POL, ACT_RESTRICT);
    r.about = index;
    r.code = 3;
    casetest_refused(&t, POL, &r); /* not that signal's id */
    memcpy(r.ref, id, sizeof r.ref);
    r.about = index - 1;
    casetest_refused(&t, POL, &r); /* no share */
    r.about = t.h->core->ledger.size + 5;
    casetest_refused(&t, POL, &r); /* nothing yet */
    r.about = index;
    memcpy(r.card, t.node[GEM].partner->card.id, sizeof r.card);
    casetest_refused(&t, GEM, &r); /* not its own signal */
    memcpy(r.card, t.node[POL].partner->card.id, sizeof r.card);
    assert_int_equal(casetest_send(&t, POL, &r), 0);
    assert_int_not_equal(casetest_push(&t, GEM, &s), 0);
    r.code = 2;
    assert_int_equal(casetest_send(&t, POL, &r), 0);
    assert_int_equal(casetest_push(&t, GEM, &s), 0);
}

/* An extract is of what was delivered and taken: not of what is open, was
 * refused, or went back. */
static void
only_what_was_taken_is_handed(void **state)
{
    struct casetest t;
    struct harness_share share;
    struct statement s;
    uint8_t id[32];

    casetest_begin(&t, *state);
    admitted(&t);
    s = casetest_said(&t, GEM, ACT_HAND);
    s.about = a_signal(&t, id);
    casetest_refused(&t, GEM, &s); /* open */
    assert_int_equal(harness_shares(&t.node[GEM], &share, 1), 1);
    harness_answer(&t.node[GEM], &share, 1, ANSWER_REFUSED_BY_APPLICATION);
    casetest_refused(&t, GEM, &s);
    s.about = a_signal(&t, id);
    assert_int_equal(harness_shares(&t.node[GEM], &share, 1), 1);
    harness_answer(&t.node[GEM], &share, 1, ANSWER_TAKEN);
    assert_int_equal(casetest_send(&t, GEM, &s), 0);
    /* taken, but it had run out before that was said */
    s.about = a_short_signal(&t);
    assert_int_equal(harness_shares(&t.node[GEM], &share, 1), 1);
    harness_turn(t.h, 3000);
    assert_int_equal(harness_count(t.h, ENTRY_EXPIRED), 1);
    harness_answer(&t.node[GEM], &share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(t.h, ENTRY_DELIVERED), 3);
    casetest_refused(&t, GEM, &s);
    s.about = a_signal(&t, id);
    assert_int_equal(harness_shares(&t.node[GEM], &share, 1), 1);
    harness_answer(&t.node[GEM], &share, 1, ANSWER_TAKEN);
    /* not by whom it was not for */
    memcpy(s.card, t.node[POL].partner->card.id, sizeof s.card);
    casetest_refused(&t, POL, &s);
}

static void
a_veto_keeps_the_item(void **state)
{
    struct casetest t;
    uint8_t id[32];
    struct harness_signal s = casetest_signal("bij-veto", "om");

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t index = a_signal(&t, id);
    assert_int_equal(casetest_push(&t, GEM, &s), 0); /* replies to nothing */
    s.reply_to = id;
    assert_int_not_equal(casetest_push(&t, GEM, &s), 0);
    casetest_state(&t, BURG, ACT_TRANSFER);
    struct statement v = casetest_said(&t, POL, ACT_VETO);
    v.about = index;
    memcpy(v.ref, id, sizeof v.ref);
    assert_int_equal(casetest_send(&t, POL, &v), 0);
    assert_int_equal(casetest_push(&t, GEM, &s), 0);
}

/* Values differ between the recipients of one signal. */
static void
each_recipient_gets_what_it_may(void **state)
{
    struct casetest t;
    uint32_t fields = 0;
    struct entry e;
    struct harness_signal s = casetest_signal("bijdrage", "gemeente");

    s.to[1] = "om";
    s.presence = 7;
    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    struct statement a = casetest_said(&t, BURG, ACT_ASSIGN);
    a.partner = slice_str("om"); /* who holds the file cannot be relieved */
    assert_int_equal(casetest_send(&t, BURG, &a), 0);
    struct statement r = casetest_said(&t, BURG, ACT_RELIEVE);
    for (enum casetest_who i = BURG; i <= OM; i++) {
        memcpy(r.card, t.node[i].partner->card.id, sizeof r.card);
        assert_int_equal(casetest_send(&t, i, &r), 0);
    }
    uint64_t index = casetest_push(&t, POL, &s);
    assert_int_equal(casetest_take(&t, GEM, &fields), 1);
    assert_int_equal(fields, 1); /* of a case */
    assert_int_equal(casetest_take(&t, OM, &fields), 1);
    assert_int_equal(fields, 7); /* of a member */
    /* what the broker stated: not what is closed */
    for (uint64_t i = index; i < index + 2; i++) {
        harness_entry(t.h, i, &e);
        bool om = slice_equal(e.u.share.recipient, slice_str("om"));
        assert_int_equal(e.u.share.facts_n, 2);
        assert_true(
            slice_equal(e.u.share.fact[0].attribute, slice_str("in-casus")));
        assert_true(slice_equal(e.u.share.fact[0].value, slice_of("\xc3", 1)));
        assert_true(
            slice_equal(e.u.share.fact[1].attribute, slice_str("aangewezen")));
        assert_true(slice_equal(
            e.u.share.fact[1].value, slice_of(om ? "\xc3" : "\xc2", 1)));
    }
    harness_entry(t.h, index - 1, &e);
    assert_int_equal(e.kind, ENTRY_ACCEPTED);
    assert_int_equal(e.u.accepted.mark[0].classes.n, 4);
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(e.u.accepted.mark[0].classes.p[i], 0);
}

/* --- memory and store --- */

static void
a_batch_that_was_taken_back_changes_no_course(void **state)
{
    struct casetest t;
    struct harness_signal s = casetest_signal("bij-embargo", "gemeente");

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    struct statement e = casetest_said(&t, OM, ACT_EMBARGO);
    t.h->fail_next = true;
    assert_int_equal(casetest_send(&t, OM, &e), COMMAND_ERROR_BUSY);
    t.h->core->full_until = 0;
    assert_int_not_equal(casetest_push(&t, POL, &s), 0);
    /* and of a case that nobody had spoken of */
    struct statement r = casetest_said(&t, GEM, ACT_REPORT);
    r.case_handle[0] = 9;
    t.h->fail_next = true;
    assert_int_equal(casetest_send(&t, GEM, &r), COMMAND_ERROR_BUSY);
    t.h->core->full_until = 0;
    assert_int_equal(casetest_send(&t, GEM, &r), 0);
    assert_int_equal(casetest_send(&t, OM, &e), 0);
    assert_int_equal(casetest_push(&t, POL, &s), 0);
}

static void
a_course_is_made_again_from_the_store(void **state)
{
    struct casetest t;
    struct harness_signal s = casetest_signal("bij-fase", "gemeente");

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CONFERRED);
    harness_restart(t.h);
    casetest_connect(&t);
    assert_int_not_equal(casetest_push(&t, POL, &s), 0);
    struct statement v = casetest_said(&t, POL, ACT_VOTE);
    v.made++; /* not the one that is there */
    casetest_refused(&t, POL, &v);
    casetest_state(&t, BURG, ACT_PLAN);
    assert_int_equal(casetest_push(&t, POL, &s), 0);
}

/* More cases than are kept in memory, all at once. */
static void
many_cases_do_not_disturb_each_other(void **state)
{
    enum { CASES = 700 };
    struct casetest t;
    struct harness_signal s = casetest_signal("bij-fase", "gemeente");

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CONFERRED);
    for (unsigned i = 0; i < CASES; i++) {
        struct statement r = casetest_said(&t, GEM, ACT_REPORT);
        memcpy(r.case_handle + 8, &i, sizeof i);
        r.case_handle[7] = (uint8_t)i;
        t.h->mono += 1000; /* not too fast */
        assert_int_equal(casetest_send(&t, GEM, &r), 0);
        harness_forget(t.h);
    }
    assert_int_not_equal(casetest_push(&t, POL, &s), 0);
    for (unsigned i = 0; i < CASES; i += 50) {
        struct statement r = casetest_said(&t, GEM, ACT_REPORT);
        memcpy(r.case_handle + 8, &i, sizeof i);
        r.case_handle[7] = (uint8_t)i;
        r.made++;
        casetest_refused(&t, GEM, &r);
        r = casetest_said(&t, GEM, ACT_BRING);
        memcpy(r.case_handle + 8, &i, sizeof i);
        r.case_handle[7] = (uint8_t)i;
        assert_int_equal(casetest_send(&t, GEM, &r), 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(a_case_goes_its_course),
        harness_test(an_entry_says_in_which_role_it_was_stated),
        harness_test(what_the_course_does_not_have_leaves_no_trace),
        harness_test(a_date_that_has_passed_is_refused),
        harness_test(the_same_again_gets_the_same_receipt),
        harness_test(without_an_agreement_nobody_has_a_role),
        harness_test(an_auditor_takes_part_in_no_case),
        harness_test(the_phase_decides),
        harness_test(whether_it_is_a_case_decides),
        harness_test(a_unanimous_vote_decides),
        harness_test(members_among_each_other),
        harness_test(from_a_member),
        harness_test(to_a_member),
        harness_test(the_competent_authority_s_consent_decides),
        harness_test(an_admission_decides),
        harness_test(the_round_of_vetoes_decides),
        harness_test(an_embargo_stops_it_and_ends),
        harness_test(the_third_party_rule_follows_the_signal),
        harness_test(a_veto_keeps_the_item),
        harness_test(only_what_was_taken_is_handed),
        harness_test(each_recipient_gets_what_it_may),
        harness_test(a_batch_that_was_taken_back_changes_no_course),
        harness_test(a_course_is_made_again_from_the_store),
        harness_test(many_cases_do_not_disturb_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
