/* SPDX-License-Identifier: EUPL-1.2
 *
 * Differences between agreements: nothing that the two decide otherwise is left
 * out, and nothing is listed that they decide alike. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "both.h"
#include "generated.h"
#include "rule.h"

static const struct generated_shape shape = {.parties = 5,
    .kinds = 3,
    .purposes = 2,
    .grounds = 2,
    .attributes = 4,
    .windows = 2,
    .rules = 7,
    .any = 15,
    .names = 3};

static struct diff *
compared(const struct agreement *a, const struct agreement *b)
{
    struct diff *d;

    assert_int_equal(diff_new(&d, a, b, NULL), DHK_OK);
    return d;
}

/* --- requests of boxes and cells --- */

static size_t
any_of(const struct cells *c, size_t dimension, const struct cells_set *set,
    uint64_t *seed)
{
    size_t v;

    do {
        v = generated_below(seed, cells_values(c, dimension));
    } while (set != NULL && !cells_has(set, v));
    return v;
}

static void
draw(size_t *values, const struct cells *c, size_t dimensions,
    const struct cells_set *set, uint64_t *seed)
{
    for (size_t i = 0; i < dimensions; i++) {
        values[i] = any_of(c, i, set == NULL ? NULL : &set[i], seed);
    }
}

static bool
is_inside(const struct box *box, size_t kind, const size_t *values)
{
    bool all = box->kind == kind;

    for (size_t i = 0; all && i < box->dimensions; i++) {
        all = cells_has(&box->set[i], values[i]);
    }
    return all;
}

static size_t
boxes_around(const struct diff *d, size_t kind, const size_t *values)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++) {
        n += is_inside(d->list[i].box, kind, values);
    }
    return n;
}

static enum diff_group
group_of(const struct both *x)
{
    enum verdict before = x->decision[0].verdict;
    enum verdict after = x->decision[1].verdict;

    if (x->fields[1][0] != '\0' ||
        (x->fields[0][0] == '\0' && before == VERDICT_PENDING &&
            after == VERDICT_PERMIT)) {
        return DIFF_WIDENED;
    }
    return x->fields[0][0] != '\0' ||
                   (before == VERDICT_PERMIT && after == VERDICT_PENDING)
               ? DIFF_NARROWED
               : DIFF_DUTIES;
}

/* Some request of the box changes as the box says. */
static void
check_box(const struct diff *d, const struct diff_box *one, uint64_t *seed)
{
    static struct both x;
    size_t values[CELLS_DIMENSIONS];
    char text[4096] = "";
    char lost[1024] = "";
    struct request req;

    assert_int_equal(cells_turn(d->cells, one->box->kind), DHK_OK);
    draw(values, d->cells, one->box->dimensions, one->box->set, seed);
    both_decide(&x, d, one->box->kind, values, one->box->dimensions);
    assert_true(x.changed);
    assert_int_equal(one->before, x.decision[0].verdict);
    assert_int_equal(one->after, x.decision[1].verdict);
    assert_int_equal(one->group, group_of(&x));
    req = both_request(d, one->box->kind, 1, values, one->box->dimensions);
    both_fields(text, sizeof text, d->of[1], &req, one->gained);
    assert_string_equal(text, x.fields[1]);
    req = both_request(d, one->box->kind, 0, values, one->box->dimensions);
    both_fields(lost, sizeof lost, d->of[0], &req, one->lost);
    assert_string_equal(lost, x.fields[0]);
    if (one->after != VERDICT_DENY &&
        (one->before == VERDICT_DENY || one->duties_differ)) {
        both_duties(text, sizeof text, d->of[1], &one->to);
        assert_string_equal(text, x.duties[1]);
    }
    if (one->duties_differ) {
        both_duties(text, sizeof text, d->of[0], &one->from);
        assert_string_equal(text, x.duties[0]);
    }
    assert_int_equal(one->duties_differ,
        one->before != VERDICT_DENY && one->after != VERDICT_DENY &&
            strcmp(x.duties[0], x.duties[1]) != 0);
    assert_int_equal(boxes_around(d, one->box->kind, values), 1);
}

/* Requests of everywhere are in a box just when they change; how many did. */
static size_t
check_anywhere(const struct diff *d, size_t kinds, uint64_t *seed)
{
    static struct both x;
    size_t changed = 0;

    for (size_t kind = 0; kind < kinds; kind++) {
        assert_int_equal(cells_turn(d->cells, kind), DHK_OK);
        for (int i = 0; i < 100; i++) {
            size_t values[CELLS_DIMENSIONS];
            size_t n = 0;

            while (cells_values(d->cells, n) > 0) {
                n++;
            }
            draw(values, d->cells, n, NULL, seed);
            both_decide(&x, d, kind, values, n);
            assert_int_equal(boxes_around(d, kind, values), x.changed ? 1 : 0);
            changed += x.changed;
        }
    }
    return changed;
}

/* Of every kind that both know: generated kinds have the same names. */
static size_t
check(const struct diff *d, uint64_t *seed)
{
    size_t total = 0;

    for (size_t i = 0; i < d->n; i++) {
        check_box(d, &d->list[i], seed);
        assert_true(i == 0 || d->list[i - 1].group <= d->list[i].group);
        total++;
    }
    assert_int_equal(total, d->count[0] + d->count[1] + d->count[2]);
    return check_anywhere(d, shape.kinds, seed);
}

static void
an_agreement_does_not_differ_from_itself(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 60; seed++) {
        uint64_t one = seed;
        uint64_t two = seed;
        struct agreement *a = generated_agreement(&shape, &one);
        struct agreement *b = generated_agreement(&shape, &two);
        struct diff *d = compared(a, b);

        assert_int_equal(d->n, 0);
        diff_destroy(&d);
        agreement_destroy(&a);
        agreement_destroy(&b);
    }
}

static void
boxes_hold_just_what_changes(void **state)
{
    uint64_t seed = 12;
    size_t boxes = 0;
    size_t changed = 0;

    (void)state;
    for (int round = 0; round < 40; round++) {
        struct agreement *a = generated_agreement(&shape, &seed);
        struct agreement *b = generated_agreement(&shape, &seed);
        struct diff *d = compared(a, b);

        changed += check(d, &seed);
        boxes += d->n;
        diff_destroy(&d);
        agreement_destroy(&a);
        agreement_destroy(&b);
    }
    assert_true(boxes > 500);
    assert_true(changed > 100);
}

static uint64_t
flip(uint64_t set, size_t n, uint64_t *seed)
{
    return set ^ UINT64_C(1) << generated_below(seed, n);
}

/* One change of one rule, anywhere in it. */
static void
mutate(const struct agreement *a, uint64_t *seed)
{
    struct rule *rule = &a->rules[generated_below(seed, a->rules_n)];
    size_t kind = generated_below(seed, a->kinds_n);

    switch (generated_below(seed, 9)) {
    case 0:
        rule->senders = flip(rule->senders, a->parties_n, seed);
        break;
    case 1:
        rule->recipients = flip(rule->recipients, a->parties_n, seed);
        break;
    case 2:
        rule->purposes = flip(rule->purposes, a->purposes_n, seed);
        break;
    case 3:
        rule->grounds = flip(rule->grounds, a->grounds_n, seed);
        break;
    case 4:
        rule->duties.log = !rule->duties.log;
        break;
    case 5:
        rule->duties.onward_limited = true;
        rule->duties.onward_to =
            flip(rule->duties.onward_to, a->parties_n, seed);
        break;
    case 6:
        rule->type = rule->type == RULE_FORBID ? RULE_NEVER : RULE_FORBID;
        break;
    default:
        if (rule->share != NULL) {
            rule->share[kind] = (uint32_t)flip(
                rule->share[kind], a->kinds[kind].fields_n, seed);
        }
        break;
    }
    if (rule->type != RULE_FORBID && rule->share == NULL) {
        rule->type = RULE_FORBID;
    }
}

static void
a_single_mutation_is_found(void **state)
{
    size_t found = 0;

    (void)state;
    for (uint64_t seed = 1; seed < 150; seed++) {
        uint64_t one = seed;
        uint64_t two = seed;
        struct agreement *a = generated_agreement(&shape, &one);
        struct agreement *b = generated_agreement(&shape, &two);
        struct diff *d;

        mutate(b, &two);
        d = compared(a, b);
        (void)check(d, &one);
        found += d->n > 0;
        diff_destroy(&d);
        agreement_destroy(&a);
        agreement_destroy(&b);
    }
    assert_true(found > 50); /* the others change what has no effect */
}

/* --- small texts, every request counted --- */

static const char before[] = HEAD
    "attribute age : number 0 .. 30; attribute live : yes-no;\n"
    "window office = mon - fri 08:00 - 18:00;\n"
    "signal k with fields s, t attributes age, live;\n"
    "permit P1 \"T\": from a, b to b, c signal k for p on g when age at least "
    "18 share s, t oblige retain at most 30 days;\n"
    "permit P2 \"T\": from any to d signal k for q on h when during office "
    "share s oblige approval by 1 of a;\n"
    "never N1 \"T\": share t to c when live is yes;\n";
static const char after[] =
    "convenant test version 2 valid 2026-01-01 until 2027-01-01\n"
    "timezone \"Europe/Amsterdam\" signed by a, b;\n"
    "party b, a, e, c, d; purpose q \"Q\"; purpose p \"P\";\n"
    "ground g \"G\"; ground h \"H\";\n"
    "attribute age : number 0 .. 40; attribute live : yes-no;\n"
    "attribute shade : level low, high;\n"
    "window office = mon - fri 08:00 - 17:00;\n"
    "signal k with fields u, t, s attributes live, age, shade;\n"
    "signal m with fields z;\n"
    "permit P1 \"T\": from a, b to b, c signal k for p on g when age at least "
    "16 share s, t oblige retain at most 20 days;\n"
    "permit P4 \"T\": from b to d signal k for p on h share u;\n"
    "permit P2 \"T\": from any to d signal k for q on h when during office "
    "share s oblige approval by 1 of a;\n"
    "permit P3 \"T\": from e to a signal m for q on h share z;\n"
    "never N1 \"T\": share t to c when live is yes unless shade is high;\n";

/* How many requests there are behind a value: of a number its stretch. */
static double
weight_of(const struct cells *c, size_t dimension, size_t v)
{
    int64_t first;
    int64_t last;

    return cells_value_range(c, dimension, v, &first, &last)
               ? (double)(last - first + 1)
               : 1;
}

static bool
turn(size_t *values, const struct cells *c, size_t dimensions)
{
    for (size_t i = 0; i < dimensions; i++) {
        values[i] = (values[i] + 1) % cells_values(c, i);
        if (values[i] != 0) {
            return true;
        }
    }
    return false;
}

static void
requests_of_the_boxes_are_all_that_change(void **state)
{
    static struct both x;
    struct agreement *a = loaded_text(before);
    struct agreement *b = loaded_text(after);
    struct diff *d = compared(a, b);
    double want[DIFF_GROUPS] = {0, 0, 0};

    (void)state;
    for (size_t kind = 0; kind < 2; kind++) {
        size_t values[CELLS_DIMENSIONS] = {0};
        size_t n = 0;

        assert_int_equal(cells_turn(d->cells, kind), DHK_OK);
        while (cells_values(d->cells, n) > 0) {
            n++;
        }
        do {
            double weight = 1;

            both_decide(&x, d, kind, values, n);
            for (size_t i = 0; i < n; i++) {
                weight *= weight_of(d->cells, i, values[i]);
            }
            want[group_of(&x)] += x.changed ? weight : 0;
        } while (turn(values, d->cells, n));
    }
    for (size_t g = 0; g < DIFF_GROUPS; g++) {
        assert_true(want[g] > 0);
        assert_int_equal((int64_t)d->requests[g], (int64_t)want[g]);
    }
    diff_destroy(&d);
    agreement_destroy(&a);
    agreement_destroy(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agreement_does_not_differ_from_itself),
        cmocka_unit_test(boxes_hold_just_what_changes),
        cmocka_unit_test(a_single_mutation_is_found),
        cmocka_unit_test(requests_of_the_boxes_are_all_that_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
