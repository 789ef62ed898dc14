/* SPDX-License-Identifier: EUPL-1.2
 *
 * Why a request is decided as it is, rule by rule. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain.h"

#define KIND                                                                   \
    HEAD "attribute age : number 0 .. 120; attribute live : yes-no;\n"         \
         "attribute ernst : level laag, middel, hoog;\n"                       \
         "window work = mon-fri 08:00-18:00;\n"                                \
         "signal k with fields x, y, z attributes age, live, ernst;\n"

static struct agreement *a;
static struct explain *got;

static int
begin(void **state)
{
    (void)state;
    got = malloc(sizeof *got);
    assert_non_null(got);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    free(got);
    agreement_destroy(&a);
    return 0;
}

static void
explain(const char *line)
{
    struct request req = loaded_request(a, line);

    memset(got, 0xa5, sizeof *got);
    explain_request(got, a, &req);
}

/* The ids of RULES, as "P1 P2". */
static const char *
ids(const struct explain_rules *rules)
{
    static char text[256];
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < rules->n; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s",
            i > 0 ? " " : "", agreement_rule_id(a, rules->rule[i]));
    }
    assert_int_equal(rules->more, 0);
    return text;
}

static void
assert_field(size_t i, enum explain_fate fate, const char *by)
{
    assert_int_equal(got->field[i].fate, fate);
    assert_string_equal(ids(&got->field[i].by), by);
}

static void
each_field_has_who_gave_or_took_it(void **state)
{
    (void)state;
    a = loaded_text(HEAD
        "signal k with fields v, w, x, y, z;\n"
        "permit P1 \"T\": from a to b signal k for p on g share v, w\n"
        " withhold x;\n"
        "permit P2 \"T\": from a to b signal k for p, q on g share v, x, y;\n"
        "never N1 \"T\": share x, y to b;\n");
    explain("a b k p g");
    assert_int_equal(got->fields_n, 5);
    assert_string_equal(ids(&got->permits), "P1 P2");
    assert_string_equal(ids(&got->nevers), "N1");
    assert_string_equal(ids(&got->forbids), "");
    assert_field(0, EXPLAIN_SHARED, "P1 P2");
    assert_field(1, EXPLAIN_SHARED, "P1");
    assert_field(2, EXPLAIN_NEVER, "N1");
    assert_field(3, EXPLAIN_NEVER, "N1");
    assert_field(4, EXPLAIN_NOT_SHARED, "");
    assert_int_equal(got->nearest_n, 0);
    explain("a b k q g");
    assert_field(0, EXPLAIN_SHARED, "P2");
    assert_field(1, EXPLAIN_NOT_SHARED, "");
    agreement_destroy(&a);
    a = loaded_text(HEAD
        "signal k with fields v, x;\n"
        "permit P1 \"T\": from a to b signal k for p on g share v withhold x;\n"
        "permit P2 \"T\": from a to b signal k for p, q on g share x;\n");
    explain("a b k p g");
    assert_field(1, EXPLAIN_WITHHELD, "P1");
}

static void
a_forbid_is_told_with_what_it_stands_before(void **state)
{
    (void)state;
    a = loaded_text(
        KIND "permit P1 \"T\": from a to b, c signal k for p on g share x;\n"
             "forbid V1 \"T\": from a to c signal k when live is yes;\n"
             "forbid V2 \"T\": from a to c signal k when age above 3\n"
             " because \"R\";\n");
    explain("a c k p g live=yes age=5");
    assert_int_equal(got->decision.reason, DENY_FORBID);
    assert_string_equal(ids(&got->forbids), "V1 V2");
    assert_string_equal(ids(&got->permits), "P1");
    assert_field(0, EXPLAIN_DENIED, "V1 V2");
    assert_field(2, EXPLAIN_DENIED, "V1 V2");
    assert_null(explain_because(a, got->forbids.rule[0]));
    assert_string_equal(explain_because(a, got->forbids.rule[1]), "R");
    assert_int_equal(got->nearest_n, 0);
    assert_int_equal(got->duties_n, 0);
    /* forbidden, and not permitted either */
    explain("a c k q g live=yes age=5");
    assert_string_equal(ids(&got->permits), "");
    assert_int_equal(got->nearest_n, 1);
    assert_int_equal(got->nearest[0].then, EXPLAIN_THEN_DENIED);
    assert_true(got->nearest[0].has_forbid);
}

static void
each_duty_has_the_rules_that_impose_it(void **state)
{
    (void)state;
    a = loaded_text(HEAD
        "signal k with fields v, w;\n"
        "permit P1 \"T\": from a to b signal k for p on g share v\n"
        " oblige retain at most 30 days and onward only to c, d and log\n"
        " and approval by 1 of a, b;\n"
        "permit P2 \"T\": from a to b signal k for p on g share w\n"
        " oblige retain at most 90 days and onward only to d and notify c\n"
        " and approval by 2 of a, b and retain at least 5 days;\n");
    explain("a b k p g");
    assert_int_equal(got->decision.verdict, VERDICT_PENDING);
    assert_int_equal(got->duties_n, 6);
    assert_int_equal(got->duty[0].only.at_least, 5);
    assert_string_equal(ids(&got->duty[0].by), "P2");
    assert_int_equal(got->duty[1].only.at_most, 30);
    assert_string_equal(ids(&got->duty[1].by), "P1");
    assert_int_equal(got->duty[2].only.onward_to, 8);
    assert_string_equal(ids(&got->duty[2].by), "P1 P2");
    assert_true(got->duty[3].only.log);
    assert_string_equal(ids(&got->duty[3].by), "P1");
    assert_int_equal(got->duty[4].only.approval[0].count, 2);
    assert_string_equal(ids(&got->duty[4].by), "P2");
    assert_int_equal(got->duty[5].only.notify, 4);
    assert_string_equal(ids(&got->duty[5].by), "P2");
}

static void
what_would_have_to_differ_is_named(void **state)
{
    const struct explain_differ *d;

    (void)state;
    a = loaded_text(KIND
        "permit P1 \"T\": from a to b, c signal k for p on g\n"
        " when age at least 12 and age below 18 and ernst at least middel\n"
        " and during work unless live is yes share x;\n"
        "permit P2 \"T\": from b to a signal k for q on h share x;\n"
        "forbid V1 \"T\": from a to c signal k when ernst is hoog;\n");
    explain("a b k p g age=20 live=no ernst=hoog work!");
    assert_int_equal(got->nearest_n, 1);
    assert_int_equal(got->nearest[0].n, 1);
    d = &got->nearest[0].differ[0];
    assert_int_equal(d->of, EXPLAIN_ATTRIBUTE);
    assert_int_equal(d->ranges_n, 1);
    assert_int_equal(d->range[0].low, 12);
    assert_int_equal(d->range[0].high, 17);
    assert_int_equal(got->nearest[0].then, EXPLAIN_THEN_PERMITTED);

    explain("a d k p g age=13 live=unknown ernst=laag work!");
    assert_int_equal(got->nearest[0].n, 3);
    assert_int_equal(got->nearest[0].differ[0].of, EXPLAIN_RECIPIENT);
    assert_int_equal(got->nearest[0].differ[0].set, 6);
    assert_int_equal(got->nearest[0].differ[1].set, 1); /* live is no */
    assert_int_equal(got->nearest[0].differ[2].set, 6); /* middel, hoog */
    /* forbidden for c when it is hoog */
    assert_int_equal(got->nearest[0].then, EXPLAIN_THEN_DEPENDS);
    assert_true(got->nearest[0].has_forbid);
    assert_int_equal(got->nearest[0].forbid, loaded_rule(a, "V1"));

    explain("a b k p g age=13 live=no ernst=hoog");
    d = &got->nearest[0].differ[0];
    assert_int_equal(d->of, EXPLAIN_WINDOWS);
    assert_int_equal(d->during, 1);
    assert_int_equal(d->outside, 0);

    /* a sender with no permit: another sender */
    explain("d b k q h age=13 live=no ernst=hoog");
    assert_true(got->sender_has_none);
    assert_int_equal(got->nearest[0].rule, loaded_rule(a, "P2"));
    assert_int_equal(got->nearest[0].n, 2);
    assert_int_equal(got->nearest[0].differ[0].of, EXPLAIN_SENDER);
    assert_int_equal(got->nearest[0].differ[0].set, 2);
}

static void
a_rule_that_could_never_apply_is_not_near(void **state)
{
    (void)state;
    a = loaded_text(
        KIND "signal l with fields x;\n"
             "permit P1 \"T\": from a to b signal any for p on g\n"
             " when live is yes share x;\n"
             "permit P2 \"T\": from a to b signal l for q on h share x;\n");
    explain("a b l p g");
    assert_int_equal(got->nearest_n, 1);
    assert_int_equal(got->nearest[0].rule, loaded_rule(a, "P2"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            each_field_has_who_gave_or_took_it, begin, end),
        cmocka_unit_test_setup_teardown(
            a_forbid_is_told_with_what_it_stands_before, begin, end),
        cmocka_unit_test_setup_teardown(
            each_duty_has_the_rules_that_impose_it, begin, end),
        cmocka_unit_test_setup_teardown(
            what_would_have_to_differ_is_named, begin, end),
        cmocka_unit_test_setup_teardown(
            a_rule_that_could_never_apply_is_not_near, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
