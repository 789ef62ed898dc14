/* SPDX-License-Identifier: EUPL-1.2
 *
 * The meaning of the language, point by point. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define KIND "signal k with fields x, y, z attributes "
#define NUMBERED                                                               \
    HEAD "attribute age : number 0 .. 120; attribute live : yes-no;\n" KIND    \
         "age, live;\n"
#define TO_B "from a to b signal k for p on g "

static struct agreement *a;

static int
unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

static void
assert_shares(const char *request, const char *names)
{
    struct request req = loaded_request(a, request);
    struct decision got = loaded_decide(a, request);

    assert_int_equal(got.verdict, VERDICT_PERMIT);
    assert_int_equal(got.reason, DENY_NONE);
    assert_int_equal(got.fields, loaded_fields(a, req.kind, names));
}

static void
assert_denied(const char *request, enum deny_reason reason)
{
    struct decision got = loaded_decide(a, request);

    assert_int_equal(got.verdict, VERDICT_DENY);
    assert_int_equal(got.reason, reason);
    assert_int_equal(got.fields, 0);
    assert_false(got.duties.log);
}

static void
what_no_rule_permits_is_denied(void **state)
{
    (void)state;
    a = loaded_text(HEAD "signal k with fields x, y;\n"
                         "permit P1 \"T\": " TO_B "share x;");
    assert_shares("a b k p g", "x");
    assert_denied("a c k p g", DENY_NO_PERMIT);
    assert_denied("b a k p g", DENY_NO_PERMIT);
    assert_denied("a b k q g", DENY_NO_PERMIT);
    assert_denied("a b k p h", DENY_NO_PERMIT);
}

static void
a_forbid_beats_a_permit_wherever_it_stands(void **state)
{
    (void)state;
    a = loaded_text(HEAD "signal k with fields x, y;\n"
                         "forbid V1 \"T\": from a to c signal any;\n"
                         "permit P1 \"T\": from a to any signal k for p, q "
                         "on g share x;\n"
                         "forbid V2 \"T\": from any to any signal k for q;");
    assert_shares("a b k p g", "x");
    assert_denied("a c k p g", DENY_FORBID);
    assert_denied("a b k q g", DENY_FORBID);
    assert_int_equal(loaded_decide(a, "a c k q g").rules[0], 0);
    assert_int_equal(loaded_decide(a, "a b k q g").rules[0], 2);
    assert_int_equal(loaded_decide(a, "a c k q g").rules_n, 1);
}

static void
fields_are_all_shares_less_all_withholds_less_all_nevers(void **state)
{
    struct decision got;

    (void)state;
    a = loaded_text(HEAD "signal k with fields w, x, y, z;\n"
                         "permit P1 \"T\": " TO_B "share w, x withhold z;\n"
                         "permit P2 \"T\": from a to b, c signal k for p on g "
                         "share y, z;\n"
                         "never N1 \"T\": share y to b, c;\n"
                         "never N2 \"T\": share w to c;");
    assert_shares("a b k p g", "w x");
    got = loaded_decide(a, "a b k p g");
    assert_int_equal(got.withheld, loaded_fields(a, 0, "z"));
    assert_int_equal(got.never, loaded_fields(a, 0, "y"));
    assert_int_equal(got.rules_n, 3);
    assert_int_equal(got.rules[0], loaded_rule(a, "P1"));
    assert_int_equal(got.rules[1], loaded_rule(a, "P2"));
    assert_int_equal(got.rules[2], loaded_rule(a, "N1"));
}

static void
a_permit_that_no_field_survives_is_a_denial(void **state)
{
    struct decision got;

    (void)state;
    a = loaded_text(
        HEAD "attribute live : yes-no; signal k with fields x, y attributes "
             "live;\n"
             "permit P1 \"T\": " TO_B "share x oblige log;\n"
             "never N1 \"T\": share x to b unless live is yes;");
    assert_shares("a b k p g live=yes", "x");
    assert_denied("a b k p g live=no", DENY_NO_FIELDS);
    got = loaded_decide(a, "a b k p g live=no");
    assert_int_equal(got.rules_n, 2);
    assert_int_equal(got.never, 1);
}

static void
an_unknown_value_never_helps_a_permit(void **state)
{
    (void)state;
    a = loaded_text(
        NUMBERED "permit P1 \"T\": " TO_B "when live is yes share x;\n"
                 "permit P2 \"T\": " TO_B "unless live is yes share y;\n"
                 "permit P3 \"T\": " TO_B "when age is not 5 share z;");
    assert_shares("a b k p g live=yes", "x");
    assert_shares("a b k p g live=no", "y");
    assert_denied("a b k p g live=unknown", DENY_NO_PERMIT);
    assert_shares("a b k p g live=no age=6", "y z");
    assert_shares("a b k p g live=no age=5", "y");
    assert_shares("a b k p g live=no age=unknown", "y");
}

static void
an_unknown_value_never_saves_from_a_forbid(void **state)
{
    (void)state;
    a = loaded_text(
        NUMBERED "permit P1 \"T\": " TO_B "share x;\n"
                 "permit P2 \"T\": from a to c signal k for p on g share x;\n"
                 "forbid V1 \"T\": from a to b signal k when live is no;\n"
                 "forbid V2 \"T\": from a to c signal k unless live is no;");
    assert_shares("a b k p g live=yes", "x");
    assert_denied("a b k p g live=no", DENY_FORBID);
    assert_denied("a b k p g live=unknown", DENY_FORBID);
    assert_shares("a c k p g live=no", "x");
    assert_denied("a c k p g live=yes", DENY_FORBID);
    assert_denied("a c k p g live=unknown", DENY_FORBID);
}

static void
an_unknown_value_never_saves_a_field_from_a_never(void **state)
{
    (void)state;
    a = loaded_text(
        NUMBERED "permit P1 \"T\": " TO_B "share x, y, z;\n"
                 "never N1 \"T\": share x to b when live is yes;\n"
                 "never N2 \"T\": share y to b unless live is yes;");
    assert_shares("a b k p g live=yes", "y z");
    assert_shares("a b k p g live=no", "x z");
    assert_shares("a b k p g live=unknown", "z");
}

static void
a_value_left_out_counts_as_unknown(void **state)
{
    (void)state;
    a = loaded_text(NUMBERED "permit P1 \"T\": " TO_B "share x;\n"
                             "forbid V1 \"T\": from a to b signal k "
                             "when live is no;");
    assert_shares("a b k p g live=yes", "x");
    assert_denied("a b k p g", DENY_FORBID);
}

static void
on_a_signal_without_the_attribute_no_condition_or_exception_holds(void **state)
{
    (void)state;
    a = loaded_text(
        HEAD "attribute live : yes-no;\n"
             "signal k with fields x attributes live; signal l with fields x;\n"
             "permit P1 \"T\": from a to b signal k, l for p on g share x;\n"
             "permit P2 \"T\": from a to c signal any for p on g "
             "when live is yes share x;\n"
             "permit P3 \"T\": from a to d signal any for p on g "
             "unless live is yes share x;\n"
             "permit P4 \"T\": from b to c signal any for p on g share x;\n"
             "forbid V1 \"T\": from any to b signal any when live is no;\n"
             "forbid V2 \"T\": from b to any signal any unless live is yes;");
    assert_denied("a b k p g live=no", DENY_FORBID);
    assert_shares("a b l p g", "x"); /* the forbid misses it */
    assert_denied("a c l p g", DENY_NO_PERMIT);
    assert_shares("a c k p g live=yes", "x");
    assert_shares("a d l p g", "x");
    assert_denied("a d k p g live=yes", DENY_NO_PERMIT);
    assert_shares("b c k p g live=yes", "x");
    assert_denied("b c l p g", DENY_FORBID); /* no exception helps */
}

static void
a_never_with_an_exception_applies_where_the_attribute_is_missing(void **state)
{
    (void)state;
    a = loaded_text(
        HEAD "attribute live : yes-no;\n"
             "signal k with fields x, y attributes live;\n"
             "signal l with fields x, y;\n"
             "permit P1 \"T\": from a to b signal k, l for p on g "
             "share x, y;\n"
             "never N1 \"T\": share x to any unless live is yes;\n");
    assert_shares("a b k p g live=yes", "x y");
    assert_shares("a b l p g", "y");
}

static void
a_never_is_not_named_for_a_signal_without_its_fields(void **state)
{
    struct request req;

    (void)state;
    a = loaded_text(HEAD "signal k with fields x; signal l with fields x, y;\n"
                         "permit P1 \"T\": from a to b signal k, l for p on g "
                         "share x;\n"
                         "never N1 \"T\": share y to any;");
    assert_int_equal(loaded_decide(a, "a b k p g").rules_n, 1);
    assert_int_equal(loaded_decide(a, "a b l p g").rules_n, 2);
    req = loaded_request(a, "a b k p g");
    assert_false(evaluate_rule_applies(a, 1, &req));
}

static void
a_retention_of_one_exact_term_is_no_contradiction(void **state)
{
    struct decision got;

    (void)state;
    a = loaded_text(HEAD "signal k with fields x;\n"
                         "permit P1 \"T\": " TO_B "share x oblige retain at "
                         "least 30 days and retain at most 30 days;");
    got = loaded_decide(a, "a b k p g");
    assert_int_equal(got.duties.at_least, got.duties.at_most);
}

/* Each operator has a field of its own, so that the fields shared tell which
 * operators hold. */
static void
numbers_are_compared_at_their_thresholds(void **state)
{
    static const struct {
        const char *request, *fields;
    } cases[] = {
        {"a b k p g age=0", "is-not at-most below-18 first"},
        {"a b k p g age=1", "is-not at-most below-18"},
        {"a b k p g age=17", "is-not at-most below-18"},
        {"a b k p g age=18", "is-18 at-most at-least"},
        {"a b k p g age=19", "is-not at-least above-18"},
        {"a b k p g age=119", "is-not at-least above-18"},
        {"a b k p g age=120", "is-not at-least above-18 last"},
    };

    (void)state;
    a = loaded_text(
        HEAD "attribute age : number 0 .. 120;\n"
             "signal k with fields is-18, is-not, at-most, at-least, below-18, "
             "above-18, first, last attributes age;\n"
             "permit P1 \"T\": " TO_B "when age is 18 share is-18;\n"
             "permit P2 \"T\": " TO_B "when age is not 18 share is-not;\n"
             "permit P3 \"T\": " TO_B "when age at most 18 share at-most;\n"
             "permit P4 \"T\": " TO_B "when age at least 18 share at-least;\n"
             "permit P5 \"T\": " TO_B "when age below 18 share below-18;\n"
             "permit P6 \"T\": " TO_B "when age above 18 share above-18;\n"
             "permit P7 \"T\": " TO_B "when age below 1 share first;\n"
             "permit P8 \"T\": " TO_B "when age above 119 share last;\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_shares(cases[i].request, cases[i].fields);
    }
    assert_denied("a b k p g age=unknown", DENY_NO_PERMIT);
}

static void
levels_and_choices_are_compared_as_declared(void **state)
{
    (void)state;
    a = loaded_text(
        HEAD "attribute level-it : level low, mid, high;\n"
             "attribute colour : choice red, green, blue;\n"
             "signal k with fields s, t, u, v, w, x attributes level-it, "
             "colour;\n"
             "permit P1 \"T\": " TO_B "when level-it at least mid share s;\n"
             "permit P2 \"T\": " TO_B "when level-it at most mid share t;\n"
             "permit P3 \"T\": " TO_B "when level-it is not mid share u;\n"
             "permit P4 \"T\": " TO_B "when level-it is one of low, high "
             "and colour is green share v;\n"
             "permit P5 \"T\": " TO_B "when colour is one of red, blue "
             "share w;\n"
             "permit P6 \"T\": " TO_B "when colour is not red share x;\n");
    assert_shares("a b k p g level-it=low", "t u");
    assert_shares("a b k p g level-it=mid", "s t");
    assert_shares("a b k p g level-it=high", "s u");
    assert_shares("a b k p g colour=red", "w");
    assert_shares("a b k p g colour=green", "x");
    assert_shares("a b k p g colour=blue", "w x");
    assert_shares("a b k p g level-it=low colour=green", "t u v x");
    assert_shares("a b k p g level-it=mid colour=green", "s t x");
}

static void
every_time_is_in_exactly_its_windows(void **state)
{
    (void)state;
    a = loaded_text(
        HEAD "window office = mon - fri 08:00 - 18:00, sat 10:00 - 12:00;\n"
             "window night = mon-sun 00:00 - 06:00, mon-sun 22:00 - 24:00;\n"
             "signal k with fields x, y;\n"
             "permit P1 \"T\": " TO_B "when during office share x;\n"
             "permit P2 \"T\": " TO_B "when outside night share y;");
    assert_int_equal(agreement_windows_at(a, 0), 2);
    assert_int_equal(agreement_windows_at(a, 359), 2);
    assert_int_equal(agreement_windows_at(a, 360), 0);
    assert_int_equal(agreement_windows_at(a, 479), 0);
    assert_int_equal(agreement_windows_at(a, 480), 1);
    assert_int_equal(agreement_windows_at(a, 1079), 1);
    assert_int_equal(agreement_windows_at(a, 1080), 0);
    assert_int_equal(agreement_windows_at(a, 5 * 1440 + 600), 1);
    assert_int_equal(agreement_windows_at(a, 6 * 1440 + 600), 0);
    assert_int_equal(agreement_windows_at(a, 10079), 2);
    assert_shares("a b k p g office!", "x y");
    assert_shares("a b k p g", "y");
    assert_denied("a b k p g night!", DENY_NO_PERMIT);
    assert_int_equal(a->window_sets_n, 3);
}

static void
a_window_may_be_the_whole_week(void **state)
{
    (void)state;
    a = loaded_text(
        HEAD "window always = mon - sun 00:00 - 24:00;\n"
             "signal k with fields x;\n"
             "permit P1 \"T\": " TO_B "when during always share x;");
    assert_int_equal(a->window_sets_n, 1);
    assert_int_equal(agreement_windows_at(a, 0), 1);
    assert_int_equal(agreement_windows_at(a, 10079), 1);
    assert_shares("a b k p g always!", "x");
}

static void
duties_join_to_the_strictest(void **state)
{
    struct duties got;

    (void)state;
    a = loaded_text(
        HEAD "signal k with fields x, y;\n"
             "permit P1 \"T\": " TO_B "share x oblige retain at most 90 days "
             "and retain at least 10 days and onward only to b, c "
             "and notify c;\n"
             "permit P2 \"T\": " TO_B "share y oblige retain at most 30 days "
             "and retain at least 20 days and onward only to c, d and log "
             "and notify d;\n"
             "permit P3 \"T\": from a to c signal k for p on g share y "
             "oblige no onward;\n"
             "permit P4 \"T\": from a to c signal k for p on g share x "
             "oblige onward only to any;");
    got = loaded_decide(a, "a b k p g").duties;
    assert_true(got.has_at_most && got.has_at_least && got.log);
    assert_int_equal(got.at_most, 30);
    assert_int_equal(got.at_least, 20);
    assert_true(got.onward_limited);
    assert_int_equal(got.onward_to, 1 << 2);
    assert_int_equal(got.notify, 1 << 2 | 1 << 3);
    got = loaded_decide(a, "a c k p g").duties;
    assert_true(got.onward_limited);
    assert_int_equal(got.onward_to, 0);
    assert_false(got.has_at_most || got.has_at_least || got.log);
}

static void
an_approval_leaves_the_decision_pending(void **state)
{
    struct decision got;

    (void)state;
    a = loaded_text(
        HEAD "signal k with fields x, y;\n"
             "permit P1 \"T\": " TO_B "share x oblige approval by 1 of c, d "
             "and approval by 1;\n"
             "permit P2 \"T\": " TO_B "share y oblige approval by 2 of d, c;");
    got = loaded_decide(a, "a b k p g");
    assert_int_equal(got.verdict, VERDICT_PENDING);
    assert_int_equal(got.reason, DENY_NONE);
    assert_int_equal(got.fields, 3);
    assert_int_equal(got.duties.approvals_n, 2);
    assert_int_equal(got.duties.approval[0].of, 1 << 2 | 1 << 3);
    assert_int_equal(got.duties.approval[0].count, 2);
    assert_int_equal(got.duties.approval[1].of, 0);
    assert_int_equal(got.duties.approval[1].count, 1);
}

static void
what_is_not_of_the_agreement_is_denied(void **state)
{
    struct request good;
    struct request bad;
    struct decision got;

    (void)state;
    a = loaded_text(NUMBERED "permit P1 \"T\": " TO_B "share x;");
    good = loaded_request(a, "a b k p g age=1 live=yes");
    evaluate(&got, a, &good);
    assert_int_equal(got.verdict, VERDICT_PERMIT);
    for (int i = 0; i < 9; i++) {
        bad = good;
        switch (i) {
        case 0:
            bad.sender = 4;
            break;
        case 1:
            bad.recipient = 0xffff;
            break;
        case 2:
            bad.kind = 1;
            break;
        case 3:
            bad.purpose = 2;
            break;
        case 4:
            bad.ground = 64;
            break;
        case 5:
            bad.attribute[0].v = 121;
            break;
        case 6:
            bad.attribute[1].v = 2;
            break;
        case 7:
            bad.attribute[1].state = VALUE_HIDDEN;
            break;
        default:
            bad.windows_hidden = true;
            break;
        }
        evaluate(&got, a, &bad);
        assert_int_equal(got.verdict, VERDICT_DENY);
        assert_int_equal(got.fields, 0);
    }
}

static void
more_rules_than_are_listed_still_decide(void **state)
{
    char text[8192] = HEAD "signal k with fields x, y;\n";
    struct decision got;

    (void)state;
    for (int i = 0; i < LIMIT_RULES_USED + 4; i++) {
        char rule[200];

        (void)snprintf(rule, sizeof rule,
            "permit P%d \"T\": " TO_B "share %s;\n", i,
            i == LIMIT_RULES_USED + 3 ? "y" : "x");
        strcat(text, rule);
    }
    a = loaded_text(text);
    got = loaded_decide(a, "a b k p g");
    assert_int_equal(got.rules_n, LIMIT_RULES_USED);
    assert_int_equal(got.fields, 3);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, unload)
    const struct CMUnitTest tests[] = {
        TEST(what_no_rule_permits_is_denied),
        TEST(a_forbid_beats_a_permit_wherever_it_stands),
        TEST(fields_are_all_shares_less_all_withholds_less_all_nevers),
        TEST(a_permit_that_no_field_survives_is_a_denial),
        TEST(an_unknown_value_never_helps_a_permit),
        TEST(an_unknown_value_never_saves_from_a_forbid),
        TEST(an_unknown_value_never_saves_a_field_from_a_never),
        TEST(a_value_left_out_counts_as_unknown),
        TEST(on_a_signal_without_the_attribute_no_condition_or_exception_holds),
        TEST(a_never_with_an_exception_applies_where_the_attribute_is_missing),
        TEST(a_never_is_not_named_for_a_signal_without_its_fields),
        TEST(a_retention_of_one_exact_term_is_no_contradiction),
        TEST(numbers_are_compared_at_their_thresholds),
        TEST(levels_and_choices_are_compared_as_declared),
        TEST(every_time_is_in_exactly_its_windows),
        TEST(a_window_may_be_the_whole_week),
        TEST(duties_join_to_the_strictest),
        TEST(an_approval_leaves_the_decision_pending),
        TEST(what_is_not_of_the_agreement_is_denied),
        TEST(more_rules_than_are_listed_still_decide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
