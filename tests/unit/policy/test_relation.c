/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the broker computes from the course of a case: each relation along a
 * course made of real statements, before anything was stated of it, and where
 * the agreement names it in another way. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "coursemake.h"
#include "relation.h"

enum { ABSENT = 1, IN_FORCE = 2, LIFTED = 3 }; /* codes of ACT_RESTRICT */

static const uint8_t item[32] = {1}, other[32] = {2};

/* --- what is asked of it --- */

static char *values[ACT_PHASES + 1];

static struct agreement_attribute
attribute(const char *name, enum attribute_type type, size_t values_n)
{
    struct agreement_attribute x = {.type = type,
        .values = values,
        .values_n = values_n,
        .by_broker = true};

    x.name = (char *)(uintptr_t)name;
    x.max = type == ATTRIBUTE_YES_NO ? 1 : (uint32_t)values_n - 1;
    return x;
}

static void
give(size_t i, const char *name)
{
    values[i] = (char *)(uintptr_t)name;
}

/* A choice of all that R can be. */
static struct agreement_attribute
choice(enum relation r)
{
    unsigned n = 0;

    while (relation_value_name(r, n) != NULL) {
        give(n, relation_value_name(r, n));
        n++;
    }
    return attribute(relation_name(r), ATTRIBUTE_CHOICE, n);
}

static struct relation_question
question(const char *sender, const char *recipient, const uint8_t *reply_to)
{
    return (struct relation_question){.course = coursemake,
        .sender = slice_str(sender),
        .recipient = slice_str(recipient),
        .reply_to = reply_to,
        .seconds = NOW};
}

enum { NO = 0, YES = 1, UNKNOWN = -1 };

static int
ask(enum relation r, const struct relation_question *q)
{
    const struct agreement_attribute x =
        attribute(relation_name(r), ATTRIBUTE_YES_NO, 0);
    struct value v = relation_value(&x, q);

    if (v.state == VALUE_UNKNOWN) {
        assert_int_equal(v.v, 0);
        return UNKNOWN;
    }
    assert_int_equal(v.state, VALUE_KNOWN);
    return (int)v.v;
}

static void
assert_asked(
    enum relation r, const char *sender, const char *recipient, int expected)
{
    const struct relation_question q = question(sender, recipient, NULL);

    assert_int_equal(ask(r, &q), expected);
}

static void
assert_chosen(enum relation r, const uint8_t *reply_to, const char *expected)
{
    const struct agreement_attribute x = choice(r);
    const struct relation_question q = question("a", "b", reply_to);
    struct value v = relation_value(&x, &q);

    if (expected == NULL) {
        assert_int_equal(v.state, VALUE_UNKNOWN);
        return;
    }
    assert_int_equal(v.state, VALUE_KNOWN);
    assert_string_equal(agreement_value_name(&x, v.v), expected);
}

/* --- tests --- */

static void
names_are_known_and_no_others(void **s)
{
    static const char *const names[] = {"fase", "in-casus", "eensluidend",
        "aangewezen", "afzender-aangewezen", "ontvanger-aangewezen",
        "bevoegd-gezag-akkoord", "embargo", "derde-toegelaten", "derdenregel",
        "vetoronde-afgerond", "veto"};
    enum { N = sizeof names / sizeof *names };

    (void)s;
    assert_int_equal(N + 1, RELATIONS);
    for (unsigned i = 0; i < N; i++) {
        assert_int_not_equal(relation_by_name(names[i]), RELATION_NONE);
        assert_string_equal(
            relation_name(relation_by_name(names[i])), names[i]);
    }
    assert_int_equal(relation_by_name("fase-"), RELATION_NONE);
    assert_int_equal(relation_by_name(""), RELATION_NONE);
    assert_int_equal(relation_by_name("gemeente-aangewezen"), RELATION_NONE);
    assert_null(relation_name(RELATION_NONE));
    assert_null(relation_name((enum relation)RELATIONS));
    assert_null(relation_value_name(RELATION_NONE, 0));
    assert_null(relation_value_name(RELATION_VETO, 0));
    assert_string_equal(relation_value_name(RELATION_PHASE, 12), "vernietigd");
    assert_null(relation_value_name(RELATION_PHASE, ACT_PHASES));
}

static void
types_fit_or_do_not(void **s)
{
    struct agreement_attribute x;

    (void)s;
    for (unsigned r = RELATION_NONE; r <= RELATIONS; r++) {
        bool is_choice = r == RELATION_PHASE || r == RELATION_THIRD_PARTY_RULE;
        bool is_one = r != RELATION_NONE && r != RELATIONS;

        x = attribute("n", ATTRIBUTE_YES_NO, 0);
        assert_int_equal(relation_fits(r, &x), is_one && !is_choice);
        x = attribute("n", ATTRIBUTE_NUMBER, 0);
        assert_false(relation_fits(r, &x));
        if (is_choice) {
            x = choice(r);
            assert_true(relation_fits(r, &x));
            x.type = ATTRIBUTE_LEVEL;
            assert_false(relation_fits(r, &x));
        }
    }
    x = choice(RELATION_PHASE);
    x.values_n = 2; /* fewer is a choice, too */
    assert_true(relation_fits(RELATION_PHASE, &x));
    give(1, "betrekken");
    assert_false(relation_fits(RELATION_PHASE, &x));
}

static void
before_anything_was_stated_nothing_is_so(void **s)
{
    static const enum relation yes_no[] = {RELATION_IN_CASE, RELATION_UNANIMOUS,
        RELATION_DESIGNATED, RELATION_SENDER_DESIGNATED,
        RELATION_RECIPIENT_DESIGNATED, RELATION_CONSENT, RELATION_EMBARGO,
        RELATION_ADMITTED, RELATION_AGREED};
    struct course *kept = coursemake;

    (void)s;
    for (int round = 0; round < 2; round++) {
        coursemake = round == 0 ? NULL : kept;
        for (size_t i = 0; i < sizeof yes_no / sizeof *yes_no; i++) {
            assert_asked(yes_no[i], "a", "b", NO);
        }
        assert_asked(RELATION_VETO, "a", "b", UNKNOWN);
        assert_chosen(RELATION_PHASE, NULL, "geen");
        assert_chosen(RELATION_THIRD_PARTY_RULE, item, NULL);
    }
    coursemake = kept;
}

static void
the_phase_is_that_of_the_course(void **s)
{
    struct agreement_attribute x = attribute("fase", ATTRIBUTE_CHOICE, 2);
    struct relation_question q;

    (void)s;
    assert_chosen(RELATION_PHASE, NULL, "geen");
    coursemake_act("a", ACT_REPORT);
    assert_chosen(RELATION_PHASE, NULL, "melding");
    coursemake_act("a", ACT_BRING);
    assert_chosen(RELATION_PHASE, NULL, "aanmelding");
    coursemake_act("a", ACT_WEIGH);
    assert_chosen(RELATION_PHASE, NULL, "weging");
    coursemake_both(
        (struct statement){.what = ACT_VOTE, .code = 1, .has_ref = true});
    assert_chosen(RELATION_PHASE, NULL, "casus");
    coursemake_act("a", ACT_INFORM);
    assert_chosen(RELATION_PHASE, NULL, "bekendheid");
    coursemake_act("a", ACT_ENRICH);
    assert_chosen(RELATION_PHASE, NULL, "verrijking");
    coursemake_act("a", ACT_CONFER);
    assert_chosen(RELATION_PHASE, NULL, "overleg");
    coursemake_act("a", ACT_PLAN);
    assert_chosen(RELATION_PHASE, NULL, "plan");
    coursemake_act("a", ACT_EXECUTE);
    assert_chosen(RELATION_PHASE, NULL, "uitvoering");
    coursemake_both((struct statement){.what = ACT_CLOSE, .code = 1});
    assert_chosen(RELATION_PHASE, NULL, "afgesloten");
    /* an agreement that does not name it does not know it */
    give(0, "overleg");
    give(1, "weging");
    q = question("a", "b", NULL);
    assert_int_equal(relation_value(&x, &q).state, VALUE_UNKNOWN);
    give(1, "afgesloten");
    assert_int_equal(relation_value(&x, &q).state, VALUE_KNOWN);
    assert_int_equal(relation_value(&x, &q).v, 1);
}

static void
a_case_begins_with_a_unanimous_judgement(void **s)
{
    (void)s;
    coursemake_act("a", ACT_BRING);
    coursemake_act("a", ACT_WEIGH);
    coursemake_state(
        "a", (struct statement){.what = ACT_VOTE, .code = 1, .has_ref = true});
    assert_asked(RELATION_IN_CASE, "a", "b", NO);
    assert_asked(RELATION_UNANIMOUS, "a", "b", NO);
    coursemake_state(
        "b", (struct statement){.what = ACT_VOTE, .code = 1, .has_ref = true});
    assert_asked(RELATION_IN_CASE, "a", "b", YES);
    assert_asked(RELATION_UNANIMOUS, "a", "b", YES);
    coursemake_both((struct statement){.what = ACT_CLOSE, .code = 1});
    assert_asked(RELATION_IN_CASE, "a", "b", NO);
    assert_asked(RELATION_UNANIMOUS, "a", "b", YES); /* it was */
}

static void
designation_is_of_each_end(void **s)
{
    static const struct {
        const char *sender, *recipient;
        int both, sender_is, recipient_is;
    } of[] = {
        {"a", "b", YES, YES, YES},
        {"a", "c", NO, YES, NO},
        {"c", "a", NO, NO, YES},
        {"c", "d", NO, NO, NO},
    };

    (void)s;
    coursemake_case();
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        assert_asked(
            RELATION_DESIGNATED, of[i].sender, of[i].recipient, of[i].both);
        assert_asked(RELATION_SENDER_DESIGNATED, of[i].sender, of[i].recipient,
            of[i].sender_is);
        assert_asked(RELATION_RECIPIENT_DESIGNATED, of[i].sender,
            of[i].recipient, of[i].recipient_is);
    }
    coursemake_designate("c");
    assert_asked(RELATION_DESIGNATED, "a", "c", YES);
    coursemake_act("c", ACT_LEAVE);
    assert_asked(RELATION_DESIGNATED, "a", "c", NO);
}

static void
consent_is_anothers_and_ends(void **s)
{
    struct relation_question q;

    (void)s;
    coursemake_act("a", ACT_CONSENT);
    assert_asked(RELATION_CONSENT, "c", "b", YES);
    assert_asked(RELATION_CONSENT, "a", "b", NO); /* not its own */
    q = question("c", "b", NULL);
    q.seconds = NOW + DAY;
    assert_int_equal(ask(RELATION_CONSENT, &q), NO);
    coursemake_act("a", ACT_REVOKE);
    assert_asked(RELATION_CONSENT, "c", "b", NO);
}

static void
an_embargo_stands_until_it_is_lifted(void **s)
{
    struct relation_question q;

    (void)s;
    coursemake_case();
    coursemake_state("b", (struct statement){.what = ACT_EMBARGO, .code = 1});
    assert_asked(RELATION_EMBARGO, "a", "b", YES);
    q = question("a", "b", NULL);
    q.seconds = NOW + 100 * DAY; /* also when it should have been reviewed */
    assert_int_equal(ask(RELATION_EMBARGO, &q), YES);
    coursemake_act("b", ACT_LIFT);
    assert_asked(RELATION_EMBARGO, "a", "b", NO);
}

static void
a_third_party_is_admitted_at_its_desk_until_then(void **s)
{
    struct relation_question q;

    (void)s;
    coursemake_case();
    coursemake_admit("d");
    assert_asked(RELATION_ADMITTED, "a", "d", YES);
    assert_asked(RELATION_ADMITTED, "d", "a", YES);
    assert_asked(RELATION_ADMITTED, "a", "c", NO);
    q = question("a", "d", NULL);
    q.seconds = NOW + DAY;
    assert_int_equal(ask(RELATION_ADMITTED, &q), NO);
}

static void
the_third_party_rule_is_of_what_is_answered(void **s)
{
    (void)s;
    coursemake_about("c", ACT_RESTRICT, item, IN_FORCE);
    assert_chosen(RELATION_THIRD_PARTY_RULE, item, "van-kracht");
    assert_chosen(RELATION_THIRD_PARTY_RULE, other, NULL);
    assert_chosen(RELATION_THIRD_PARTY_RULE, NULL, NULL);
    coursemake_about("c", ACT_RESTRICT, item, LIFTED);
    assert_chosen(RELATION_THIRD_PARTY_RULE, item, "opgeheven");
    coursemake_about("c", ACT_RESTRICT, other, ABSENT);
    assert_chosen(RELATION_THIRD_PARTY_RULE, other, "afwezig");
}

static void
a_transfer_waits_for_all_and_spares_what_is_vetoed(void **s)
{
    struct relation_question q;

    (void)s;
    coursemake_case();
    coursemake_state("a",
        (struct statement){.what = ACT_TRANSFER, .partner = slice_str("d")});
    coursemake_act("a", ACT_AGREE);
    assert_asked(RELATION_AGREED, "a", "d", NO);
    coursemake_about("b", ACT_VETO, item, 0);
    coursemake_act("b", ACT_AGREE);
    assert_asked(RELATION_AGREED, "a", "d", YES);
    assert_asked(RELATION_AGREED, "a", "c", NO); /* not to any other */
    q = question("a", "d", item);
    assert_int_equal(ask(RELATION_VETO, &q), YES);
    q.reply_to = other;
    assert_int_equal(ask(RELATION_VETO, &q), NO);
    q.reply_to = NULL;
    assert_int_equal(ask(RELATION_VETO, &q), UNKNOWN);
}

static void
what_is_no_relation_is_unknown(void **s)
{
    struct relation_question q = question("a", "b", NULL);
    struct agreement_attribute x =
        attribute("iets-anders", ATTRIBUTE_YES_NO, 0);

    (void)s;
    coursemake_case();
    q.course = coursemake;
    assert_int_equal(relation_value(&x, &q).state, VALUE_UNKNOWN);
    x = attribute("in-casus", ATTRIBUTE_NUMBER, 0);
    assert_int_equal(relation_value(&x, &q).state, VALUE_UNKNOWN);
    x = attribute("in-casus", ATTRIBUTE_YES_NO, 0);
    assert_int_equal(relation_value(&x, &q).state, VALUE_KNOWN);
    x.by_broker = false; /* a sender's word, whatever its name */
    assert_int_equal(relation_value(&x, &q).state, VALUE_UNKNOWN);
}

static void
values_of_one_signal_differ_only_where_it_is_said(void **s)
{
    (void)s;
    coursemake_case();
    coursemake_admit("d");
    coursemake_state("a",
        (struct statement){.what = ACT_TRANSFER, .partner = slice_str("d")});
    coursemake_act("a", ACT_AGREE);
    coursemake_act("b", ACT_AGREE);
    for (unsigned r = RELATION_NONE + 1; r < RELATIONS; r++) {
        static const char *const to[] = {"a", "b", "c", "d"};
        bool differ = false;

        if (relation_value_name(r, 0) != NULL) {
            assert_false(relation_is_per_recipient(r));
            continue;
        }
        for (size_t i = 0; i < 4; i++) {
            const struct relation_question q0 = question("a", to[0], item);
            const struct relation_question q = question("a", to[i], item);

            differ = differ || ask(r, &q) != ask(r, &q0);
        }
        assert_int_equal(differ, relation_is_per_recipient(r));
    }
    assert_false(relation_is_per_recipient(RELATION_NONE));
    assert_false(relation_is_per_recipient((enum relation)RELATIONS));
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, coursemake_begin, coursemake_end)
    const struct CMUnitTest tests[] = {
        TEST(names_are_known_and_no_others),
        TEST(types_fit_or_do_not),
        TEST(before_anything_was_stated_nothing_is_so),
        TEST(the_phase_is_that_of_the_course),
        TEST(a_case_begins_with_a_unanimous_judgement),
        TEST(designation_is_of_each_end),
        TEST(consent_is_anothers_and_ends),
        TEST(an_embargo_stands_until_it_is_lifted),
        TEST(a_third_party_is_admitted_at_its_desk_until_then),
        TEST(the_third_party_rule_is_of_what_is_answered),
        TEST(a_transfer_waits_for_all_and_spares_what_is_vetoed),
        TEST(what_is_no_relation_is_unknown),
        TEST(values_of_one_signal_differ_only_where_it_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
