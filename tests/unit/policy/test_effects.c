/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is said of rules that change nothing, obligations that contradict each
 * other, and agreements with too many cases. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "check.h"
#include "generated.h"

#define KIND                                                                   \
    HEAD "attribute shade : level low, mid, high; attribute live : yes-no;\n"  \
         "signal k with fields x, y, z attributes shade, live;\n"
#define TO_B "from a to b signal k for p on g "

static struct findings findings;

static struct agreement *
load(const char *text)
{
    struct agreement *a;
    enum dhk_err rc = agreement_load(&a, slice_str(text), &findings);

    assert_true((rc == DHK_OK) == (a != NULL));
    return a;
}

/* Whether a finding has PART. */
static bool
says(const char *part)
{
    bool found = false;

    for (size_t i = 0; i < findings.n; i++) {
        found = found || strstr(findings.list[i].text, part) != NULL;
    }
    return found;
}

static void
a_permit_that_others_cover_is_redundant(void **state)
{
    struct agreement *a =
        load(KIND "permit P1 \"T\": " TO_B "share x, y;\n"
                  "permit P2 \"T\": " TO_B "when live is yes share x;\n"
                  "permit P3 \"T\": " TO_B "when live is yes share x oblige "
                  "retain at most 10 days;\n");

    (void)state;
    assert_non_null(a);
    assert_true(says("rule P2 is redundant"));
    assert_false(says("rule P1 is redundant"));
    assert_false(says("rule P3 is redundant")); /* its duty */
    agreement_destroy(&a);
}

static void
a_forbid_is_redundant_when_another_forbids_the_same(void **state)
{
    struct agreement *a = load(
        KIND "permit P1 \"T\": " TO_B "share x, y;\n"
             "forbid V1 \"T\": from a to any signal k when shade is high;\n"
             "forbid V2 \"T\": from any to b signal k when shade is high and "
             "live is yes;\n"
             "forbid V3 \"T\": from b to any signal any;\n"
             "never N1 \"T\": share z to any;\n"
             "never N2 \"T\": share y to b unless live is yes;\n");

    (void)state;
    assert_non_null(a);
    assert_true(says("rule V2 is redundant"));
    assert_false(says("rule V1 is redundant"));
    assert_false(says("V3"));
    assert_false(says("N1"));
    assert_true(agreement_rule_is_guard(a, loaded_rule(a, "V3")));
    assert_true(agreement_rule_is_guard(a, loaded_rule(a, "N1")));
    assert_false(agreement_rule_is_guard(a, loaded_rule(a, "V1")));
    assert_false(agreement_rule_is_guard(a, loaded_rule(a, "V2")));
    assert_false(agreement_rule_is_guard(a, loaded_rule(a, "N2")));
    agreement_destroy(&a);
}

static void
obligations_contradict_only_where_something_is_permitted(void **state)
{
#define LONG                                                                   \
    "permit P1 \"T\": " TO_B                                                   \
    "when shade is high share x oblige retain at least 90 days;\n"
#define SHORT                                                                  \
    "permit P2 \"T\": " TO_B                                                   \
    "when live is yes share y oblige retain at most 30 days;\n"
    struct agreement *a =
        load(KIND LONG SHORT "forbid V1 \"T\": from any to b signal k when "
                             "shade is high and live is yes;\n");

    (void)state;
    assert_non_null(a);
    agreement_destroy(&a);
    assert_null(load(KIND LONG SHORT));
    assert_true(says(
        "retain at least 90 days (P1) and at most 30 days (P2), from a to b "
        "signal k for p on g"));
}

#ifndef GENERATED_FEW
static void
too_many_cases_are_refused_and_the_rules_named(void **state)
{
    static const char *const names[] = {
        "aarde", "berg", "citroen", "duin", "eend", "fluit", "gracht", "haven"};
    static char text[64 * 1024];
    size_t n = 0;

    (void)state;
#define ADD(...) (n += (size_t)snprintf(text + n, sizeof text - n, __VA_ARGS__))
    ADD("%s", HEAD);
    for (int i = 0; i < 8; i++) {
        ADD("attribute %s : number 0 .. 99;\n", names[i]);
    }
    ADD("signal k with fields x attributes aarde");
    for (int i = 1; i < 8; i++) {
        ADD(", %s", names[i]);
    }
    ADD(";\npermit P0 \"T\": " TO_B "share x;\n");
    for (int i = 0; i < 64; i++) {
        ADD("permit P%d \"T\": " TO_B "when %s is %d share x oblige "
            "retain at most %d days;\n",
            i + 1, names[i % 8], 10 * (i / 8), i + 1);
    }
#undef ADD
    assert_true(n < sizeof text - 1);
    assert_null(load(text));
    assert_true(says(
        "in signal k more than 10000000 cases are told apart by rules P1, P2"));
}
#endif

static const struct generated_shape shape = {.parties = 5,
    .kinds = 3,
    .purposes = 3,
    .grounds = 2,
    .attributes = 3,
    .windows = 1,
    .rules = 9,
    .any = 40,
    .names = 3};

/* A without rule SKIP; shares everything else. */
static struct agreement
without(const struct agreement *a, size_t skip, struct rule *rules)
{
    struct agreement less = *a;

    memcpy(rules, a->rules, skip * sizeof *rules);
    memcpy(&rules[skip], &a->rules[skip + 1],
        (a->rules_n - skip - 1) * sizeof *rules);
    less.rules = rules;
    less.rules_n = a->rules_n - 1;
    return less;
}

/* Whether some request is decided otherwise by the other agreement. */
static bool
differ(const struct agreement *a, const struct agreement *b)
{
    struct cells_cell cell;
    struct cells *c;
    bool found = false;

    assert_int_equal(cells_new(&c, a, b), DHK_OK);
    while (!found && cells_next(c, &cell)) {
        struct decision x;
        struct decision y;

        evaluate(&x, a, &cell.request[0]);
        evaluate(&y, b, &cell.request[1]);
        found = x.verdict != y.verdict || x.fields != y.fields ||
                memcmp(&x.duties, &y.duties, sizeof x.duties) != 0;
    }
    cells_destroy(&c);
    return found;
}

/* Makes rule 1 say a part of what rule 0 says. */
static void
repeat_rule(struct agreement *a)
{
    char *id = a->rules[1].id;

    a->rules[1] = a->rules[0];
    a->rules[1].id = a->rules[1].title = id;
    a->rules[1].purposes &= 3;
}

static void
what_is_said_of_random_rules_is_so(void **state)
{
    uint64_t seed = 21;
    struct rule rules[16];
    size_t redundant = 0;
    size_t needed = 0;

    (void)state;
    for (int round = 0; round < SANITIZED_ROUNDS(200); round++) {
        struct agreement *a = generated_agreement(&shape, &seed);
        struct resolver r = {.a = a, .findings = &findings};

        if (round % 4 == 0) {
            repeat_rule(a);
        }
        memset(&findings, 0, sizeof findings);
        assert_int_equal(check_effects(&r), DHK_OK);
        for (size_t i = 0; i < a->rules_n; i++) {
            struct agreement less = without(a, i, rules);
            char said[2][40];
            bool idle;

            (void)snprintf(said[0], sizeof said[0], "rule R%zu is redund", i);
            (void)snprintf(said[1], sizeof said[1], "rule R%zu permits no", i);
            idle = says(said[0]);
            redundant += idle;
            if (says(said[1])) {
                continue; /* its withhold or its duties may matter */
            }
            idle = idle || agreement_rule_is_guard(a, i);
            assert_int_equal(differ(a, &less), !idle);
            needed += !idle;
        }
        agreement_destroy(&a);
    }
    assert_true(redundant > SANITIZED_ROUNDS(10));
    assert_true(needed > SANITIZED_ROUNDS(100));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_permit_that_others_cover_is_redundant),
        cmocka_unit_test(a_forbid_is_redundant_when_another_forbids_the_same),
        cmocka_unit_test(
            obligations_contradict_only_where_something_is_permitted),
#ifndef GENERATED_FEW /* ten million cells */
        cmocka_unit_test(too_many_cases_are_refused_and_the_rules_named),
#endif
        cmocka_unit_test(what_is_said_of_random_rules_is_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
