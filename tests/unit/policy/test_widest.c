/* SPDX-License-Identifier: EUPL-1.2
 *
 * Classes of values, what is opened to a recipient, and the widest outcome
 * when values are hidden: compared with trying every value there is. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TO_B "from a to b signal k for p on g "

static const char text[] = HEAD
    "attribute age : number 0 .. 99;\n"
    "attribute shade : level low, mid, high, top by broker;\n"
    "attribute colour : choice red, green, blue, grey closed;\n"
    "attribute live : yes-no;\n"
    "window office = mon - fri 08:00 - 18:00;\n"
    "window noon = mon - sun 12:00 - 13:00;\n"
    "signal k with fields s, t, u, v, w, x, y, z "
    "attributes age, shade, colour, live;\n"
    "signal l with fields x attributes age;\n"
    "permit P1 \"T\": " TO_B "when age at least 18 and age below 65 share s;\n"
    "permit P2 \"T\": " TO_B "when age is not 40 and shade at least high "
    "share t;\n"
    "permit P3 \"T\": " TO_B "when colour is one of red, blue "
    "unless shade is low share u withhold v;\n"
    "permit P4 \"T\": " TO_B "when during office share v, w "
    "oblige approval by 1;\n"
    "permit P5 \"T\": from a to c signal k, l for p on g share x;\n"
    "forbid V1 \"T\": "
    "from a to b signal k when during noon and "
    "shade is top;\n"
    "never N1 \"T\": share s to b when colour is grey;\n";

static struct agreement *a;

static int
load(void **state)
{
    (void)state;
    a = loaded_recorded(text);
    return 0;
}

static int
unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

static struct value
known(uint32_t v)
{
    return (struct value){.state = VALUE_KNOWN, .v = v};
}

static void
numbers_fall_into_the_intervals_between_thresholds(void **state)
{
    static const struct {
        uint32_t value, class_, first;
    } cases[] = {
        {0, 1, 0},
        {17, 1, 0},
        {18, 2, 18},
        {39, 2, 18},
        {40, 3, 40},
        {41, 4, 41},
        {64, 4, 41},
        {65, 5, 65},
        {99, 5, 65},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct value v;

        assert_int_equal(
            evaluate_class(a, 0, 0, known(cases[i].value)), cases[i].class_);
        assert_int_equal(
            evaluate_representative(&v, a, 0, 0, cases[i].class_), DHK_OK);
        assert_int_equal(v.state, VALUE_KNOWN);
        assert_int_equal(v.v, cases[i].first);
    }
}

static void
values_that_no_rule_tells_apart_are_one_class(void **state)
{
    (void)state;
    /* colour: red and blue; green; grey */
    assert_int_equal(evaluate_class(a, 0, 2, known(0)), 1);
    assert_int_equal(evaluate_class(a, 0, 2, known(1)), 2);
    assert_int_equal(evaluate_class(a, 0, 2, known(2)), 1);
    assert_int_equal(evaluate_class(a, 0, 2, known(3)), 3);
    /* live is tested by nothing, age not for the signal l */
    assert_int_equal(evaluate_class(a, 0, 3, known(0)), 1);
    assert_int_equal(evaluate_class(a, 0, 3, known(1)), 1);
    assert_int_equal(evaluate_class(a, 1, 0, known(0)), 1);
    assert_int_equal(evaluate_class(a, 1, 0, known(99)), 1);
}

static void
what_has_no_class_is_unknown_or_refused(void **state)
{
    struct value v = {.state = VALUE_HIDDEN};

    (void)state;
    assert_int_equal(evaluate_class(a, 0, 0, v), 0);
    v.state = VALUE_UNKNOWN;
    assert_int_equal(evaluate_class(a, 0, 0, v), 0);
    v.state = VALUE_NA;
    assert_int_equal(evaluate_class(a, 0, 0, v), 0);
    assert_int_equal(evaluate_class(a, 0, 0, known(100)), 0);
    assert_int_equal(evaluate_class(a, 0, 2, known(4)), 0);
    assert_int_equal(evaluate_class(a, 0, 4, known(0)), 0);
    assert_int_equal(evaluate_class(a, 2, 0, known(0)), 0);
    assert_int_equal(evaluate_representative(&v, a, 0, 0, 0), DHK_OK);
    assert_int_equal(v.state, VALUE_UNKNOWN);
    assert_int_equal(evaluate_representative(&v, a, 0, 0, 6), DHK_NOTFOUND);
    assert_int_equal(v.state, VALUE_UNKNOWN);
    assert_int_equal(evaluate_representative(&v, a, 0, 4, 1), DHK_NOTFOUND);
    assert_int_equal(evaluate_representative(&v, a, 9, 0, 1), DHK_NOTFOUND);
}

static void
only_tested_open_values_of_the_sender_are_opened(void **state)
{
    (void)state;
    assert_int_equal(evaluate_opened(a, 0, 1, 0), 1); /* age */
    assert_int_equal(evaluate_opened(a, 0, 2, 0), 0);
    assert_int_equal(evaluate_opened(a, 1, 0, 0), 0);
    assert_int_equal(evaluate_opened(a, 0, 1, 1), 0);
    assert_int_equal(evaluate_opened(a, 0, 1, 2), 0);
}

static void
only_tested_open_values_of_the_broker_are_stated(void **state)
{
    struct agreement *b = loaded_text(
        HEAD "attribute embargo : yes-no by broker closed;\n"
             "attribute fase : choice plan, overleg by broker;\n"
             "attribute in-casus : yes-no by broker;\n"
             "signal k with fields x attributes embargo, fase, in-casus;\n"
             "permit P1 \"T\": from a to b signal k for p on g\n"
             " when fase is plan unless embargo is yes share x;\n"
             "permit P2 \"T\": from a to c signal k for q on g\n"
             " when in-casus is yes unless embargo is yes share x;\n"
             "forbid V1 \"T\": from any to c signal any\n"
             " unless fase is plan;\n");

    (void)state;
    assert_int_equal(evaluate_stated(b, 0, 1, 0), 1 << 1);
    assert_int_equal(evaluate_stated(b, 0, 2, 0), 1 << 1 | 1 << 2);
    assert_int_equal(evaluate_stated(b, 1, 2, 0), 1 << 1);
    assert_int_equal(evaluate_stated(b, 1, 0, 0), 0);
    assert_int_equal(evaluate_stated(b, 0, 1, 1), 0);
    assert_int_equal(evaluate_opened(b, 0, 1, 0), 0);
    assert_int_equal(evaluate_stated(a, 0, 1, 0), 1 << 1); /* shade */
    agreement_destroy(&b);
}

/* A forbid is why only when nothing that is hidden could lift it. */
static void
of_denials_the_one_nearest_to_a_permit_is_told(void **state)
{
    struct agreement *b = loaded_text(
        HEAD "attribute embargo : yes-no by broker;\n"
             "signal k with fields x attributes embargo;\n"
             "permit P1 \"T\": from a to b signal k for p on g share x;\n"
             "forbid V1 \"T\": from any to any signal k when embargo is yes;\n"
             "forbid V2 \"T\": from a to d signal k;\n"
             "forbid V3 \"T\": from c to b signal k when embargo is no;\n");
    struct decision got;
    struct request req = loaded_request(b, "a c k p g embargo=hidden");

    (void)state;
    assert_int_equal(evaluate_widest(&got, b, &req), DHK_OK);
    assert_int_equal(got.reason, DENY_NO_PERMIT);
    assert_int_equal(got.rules_n, 0);
    req = loaded_request(b, "a d k p g embargo=hidden");
    assert_int_equal(evaluate_widest(&got, b, &req), DHK_OK);
    assert_int_equal(got.reason, DENY_FORBID);
    assert_int_equal(got.rules_n, 1);
    assert_int_equal(got.rules[0], loaded_rule(b, "V2")); /* V1 not always */
    req = loaded_request(b, "c b k p g embargo=hidden");
    assert_int_equal(evaluate_widest(&got, b, &req), DHK_OK);
    assert_int_equal(got.reason, DENY_FORBID);
    assert_int_equal(got.rules_n, 1);
    assert_int_equal(got.rules[0], loaded_rule(b, "V1")); /* V1 or V3 */
    agreement_destroy(&b);
}

/* Next value of each attribute whose bit is in MASK, unknown included. */
static bool
next_value(struct request *req, unsigned mask)
{
    for (size_t k = 0; k < 4; k++) {
        struct value *v = &req->attribute[k];

        if ((mask >> k & 1) == 0) {
            continue;
        }
        if (v->state == VALUE_UNKNOWN) {
            *v = known(0);
            return true;
        }
        if (v->v < a->attributes[k].max) {
            v->v++;
            return true;
        }
        *v = (struct value){.state = VALUE_UNKNOWN};
    }
    return false;
}

struct outcome {
    uint32_t fields;
    bool permit, pending;
};

static void
add_decision(struct outcome *out, const struct request *req)
{
    struct decision one;

    evaluate(&one, a, req);
    out->fields |= one.fields;
    out->permit = out->permit || one.verdict == VERDICT_PERMIT;
    out->pending = out->pending || one.verdict == VERDICT_PENDING;
}

/* Every value that can be, at every minute that a window begins or ends. */
static struct outcome
try_all(struct request req, unsigned mask, bool windows)
{
    static const unsigned minutes[] = {0, 480, 720, 780, 1080, 7200 + 720};
    struct outcome out = {0};

    for (size_t k = 0; k < 4; k++) {
        if ((mask >> k & 1) != 0) {
            req.attribute[k] = (struct value){.state = VALUE_UNKNOWN};
        }
    }
    do {
        add_decision(&out, &req);
        for (size_t m = 0; windows && m < 6; m++) {
            req.windows = agreement_windows_at(a, minutes[m]);
            add_decision(&out, &req);
        }
    } while (next_value(&req, mask));
    return out;
}

static void
compare(const char *line, unsigned mask, bool windows)
{
    struct request req = loaded_request(a, line);
    struct outcome want = try_all(req, mask, windows);
    struct compiled *table = a->table;
    struct decision got, plain;

    for (size_t k = 0; k < 4; k++) {
        if ((mask >> k & 1) != 0) {
            req.attribute[k].state = VALUE_HIDDEN;
        }
    }
    req.windows_hidden = windows;
    assert_int_equal(evaluate_widest(&got, a, &req), DHK_OK);
    assert_int_equal(got.fields, want.fields);
    assert_int_equal(got.verdict, want.permit    ? VERDICT_PERMIT
                                  : want.pending ? VERDICT_PENDING
                                                 : VERDICT_DENY);
    assert_int_equal(got.never & got.fields, 0);
    assert_int_equal(got.withheld & got.fields, 0);
    a->table = NULL; /* the rules themselves say the same */
    assert_int_equal(evaluate_widest(&plain, a, &req), DHK_OK);
    a->table = table;
    assert_memory_equal(&plain, &got, sizeof got);
}

static void
the_widest_outcome_is_the_union_over_all_values(void **state)
{
    static const char *const lines[] = {
        "a b k p g age=40 shade=high colour=red live=yes",
        "a b k p g age=17 shade=low colour=grey live=yes",
        "a b k p g age=18 shade=top colour=blue live=no",
        "a b k p g age=64 shade=unknown colour=unknown",
        "a c k p g age=1",
        "a d k p g age=1",
        "a b k q g age=20 shade=top colour=red",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        for (unsigned mask = 0; mask < 16; mask++) {
            compare(lines[i], mask, false);
            compare(lines[i], mask, true);
        }
    }
}

static void
a_hidden_value_is_denied_by_the_plain_evaluator(void **state)
{
    (void)state;
    assert_int_equal(
        loaded_decide(a, "a c k p g age=hidden").verdict, VERDICT_DENY);
    assert_int_equal(
        loaded_decide(a, "a c k p g windows-hidden").verdict, VERDICT_DENY);
    assert_int_equal(
        loaded_decide(a, "a c k p g age=1").verdict, VERDICT_PERMIT);
}

static void
rules_and_duties_of_all_assignments_are_listed(void **state)
{
    struct request req = loaded_request(
        a, "a b k p g age=20 shade=hidden colour=red windows-hidden");
    struct decision got;

    (void)state;
    assert_int_equal(evaluate_widest(&got, a, &req), DHK_OK);
    assert_int_equal(got.verdict, VERDICT_PERMIT);
    assert_int_equal(got.duties.approvals_n, 1);
    assert_int_equal(got.rules_n, 4); /* P1 to P4 */
}

static void
what_is_not_of_the_agreement_is_denied(void **state)
{
    struct request req = loaded_request(a, "a b k p g age=hidden");
    struct decision got;

    (void)state;
    req.kind = 2;
    assert_int_equal(evaluate_widest(&got, a, &req), DHK_OK);
    assert_int_equal(got.verdict, VERDICT_DENY);
    req.kind = 0;
    req.recipient = 4;
    assert_int_equal(evaluate_widest(&got, a, &req), DHK_OK);
    assert_int_equal(got.verdict, VERDICT_DENY);
    req.recipient = 1;
    req.purpose = 2;
    assert_int_equal(evaluate_widest(&got, a, &req), DHK_OK);
    assert_int_equal(got.verdict, VERDICT_DENY);
}

/* Twelve attributes of three classes and unknown: 4^12 assignments. */
static void
more_than_a_million_assignments_are_refused(void **state)
{
    char long_text[8192] = HEAD;
    struct agreement *large;
    struct request req;
    struct decision got;

    (void)state;
    for (int i = 0; i < 12; i++) {
        char line[96];

        (void)snprintf(
            line, sizeof line, "attribute n%d : number 0 .. 9;\n", i);
        strcat(long_text, line);
    }
    strcat(long_text,
        "signal k with fields x attributes n0, n1, n2, n3, n4, n5, n6, n7, "
        "n8, n9, n10, n11;\n");
    for (int i = 0; i < 12; i++) {
        char line[96];

        (void)snprintf(line, sizeof line,
            "permit P%d \"T\": " TO_B "when n%d is 5 share x;\n", i, i);
        strcat(long_text, line);
    }
    large = loaded_text(long_text);
    req = loaded_request(large, "a b k p g");
    for (size_t k = 0; k < 12; k++) {
        req.attribute[k].state = VALUE_HIDDEN;
    }
    assert_int_equal(evaluate_widest(&got, large, &req), DHK_LIMIT);
    assert_int_equal(got.verdict, VERDICT_DENY);
    req.attribute[0].state = VALUE_UNKNOWN;
    req.attribute[1].state = VALUE_UNKNOWN;
    req.attribute[2].state = VALUE_UNKNOWN;
    assert_int_equal(evaluate_widest(&got, large, &req), DHK_OK);
    assert_int_equal(got.verdict, VERDICT_PERMIT);
    /* where no rule tests them, hidden values cost nothing */
    req = loaded_request(large, "a c k p g");
    for (size_t k = 0; k < 12; k++) {
        req.attribute[k].state = VALUE_HIDDEN;
    }
    assert_int_equal(evaluate_widest(&got, large, &req), DHK_OK);
    assert_int_equal(got.verdict, VERDICT_DENY);
    agreement_destroy(&large);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_fall_into_the_intervals_between_thresholds),
        cmocka_unit_test(values_that_no_rule_tells_apart_are_one_class),
        cmocka_unit_test(what_has_no_class_is_unknown_or_refused),
        cmocka_unit_test(only_tested_open_values_of_the_sender_are_opened),
        cmocka_unit_test(only_tested_open_values_of_the_broker_are_stated),
        cmocka_unit_test(of_denials_the_one_nearest_to_a_permit_is_told),
        cmocka_unit_test(the_widest_outcome_is_the_union_over_all_values),
        cmocka_unit_test(a_hidden_value_is_denied_by_the_plain_evaluator),
        cmocka_unit_test(rules_and_duties_of_all_assignments_are_listed),
        cmocka_unit_test(what_is_not_of_the_agreement_is_denied),
        cmocka_unit_test(more_than_a_million_assignments_are_refused),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
