/* SPDX-License-Identifier: EUPL-1.2
 *
 * Baselines: what they say in the names of an agreement. */
#include "baselined.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "baseline.h"
#include "suggest.h"
#include "words.h"

#define SIGNAL                                                                 \
    HEAD "attribute ernst : level laag, middel, hoog;\n"                       \
         "attribute leeftijd : number 0 .. 120;\n"                             \
         "attribute nodig : yes-no;\n"                                         \
         "window dag = mon - fri 08:00 - 18:00;\n"                             \
         "signal s with fields naam a, ziekte e, rest, feit f\n"               \
         "  attributes ernst, leeftijd, nodig;\n"                              \
         "signal t with fields naam a, rest;\n"
#define PERMIT                                                                 \
    "permit P1 \"T\": from a to b signal s for p on g share naam, ziekte, "    \
    "feit"
#define OWN "party a, b, e; purpose p \"P\"; purpose q \"Q\"; ground g \"G\";\n"
#define FIELDS "signal s with fields naam a, foto;\n"

static void
no_agreement_loads_that_permits_what_the_statute_forbids(void **state)
{
    static const char text[] =
        HEAD "signal s with fields naam a, verwijderde-gegevens f;\n"
             "permit P1 \"T\": from any to any signal s for p, q on g, h\n"
             "  share naam, verwijderde-gegevens;\n"
             "forbid V1 \"T\": from c, d to any signal s;\n";
    struct findings findings;

    (void)state;
    loaded_refused(&findings, text);
    assert_int_equal(findings.errors, 1);
    assert_int_equal(findings.list[0].line, 6);
    assert_int_equal(findings.list[0].column, 8);
    assert_true(loaded_has(&findings, "rule P1 permits what baseline wet-pga"));
    assert_true(loaded_has(&findings,
        "it shares verwijderde-gegevens from a to a signal s for p on g"));
}

static void
a_violation_has_its_rule_its_permit_and_a_witness(void **state)
{
    struct agreement *a = loaded_text(SIGNAL PERMIT
        " oblige log;\n"
        "permit P2 \"T\": from c to d signal t for q on h share rest;\n");
    struct baseline *b = baselined_load(
        "baseline b version 3;\n" FIELDS "attribute nodig : yes-no;\n\n"
        "never B2 \"Namen\": share naam, foto to any unless nodig is yes;\n");
    struct baseline_proof proof;
    struct words said = {0};
    const char *text;

    (void)state;
    assert_int_equal(baseline_prove(&proof, b, a), DHK_OK);
    assert_int_equal(proof.found, 1);
    assert_int_equal(proof.rules, 1);
    assert_int_equal(proof.empty, 0);
    assert_string_equal(proof.list[0].rule, "B2");
    assert_string_equal(proof.list[0].title, "Namen");
    assert_int_equal(proof.list[0].line, 5);
    assert_int_equal(proof.list[0].column, 7);
    assert_int_equal(proof.list[0].permit, 0);
    assert_int_equal(proof.list[0].fields, loaded_fields(a, 0, "naam"));
    suggest_request(&said, a, &proof.list[0].witness);
    assert_int_equal(words_end(&said, &text), DHK_OK);
    assert_string_equal(
        text, "from a to b signal s for p on g with nodig is no");
    words_done(&said);
    baseline_destroy(&b);
    agreement_destroy(&a);
}

static void
a_permit_that_asks_what_the_baseline_asks_holds(void **state)
{
    static const char never[] =
        FIELDS "attribute nodig : yes-no;\n"
               "never B1 \"T\": share naam to any unless nodig is yes;\n";

    (void)state;
    assert_int_equal(baselined_found(SIGNAL PERMIT ";\n", never), 1);
    assert_int_equal(baselined_found(SIGNAL
                         "permit P1 \"T\": from a to b signal s for p on g\n"
                         "  when nodig is yes share naam;\n",
                         never),
        0);
    assert_int_equal(
        baselined_found(SIGNAL PERMIT
            ";\nnever N1 \"T\": share naam to any unless nodig is yes;\n",
            never),
        0);
    assert_int_equal(baselined_found(SIGNAL PERMIT
                         ";\nforbid V1 \"T\": from any to any signal s\n"
                         "  when nodig is no;\n",
                         never),
        0);
    assert_int_equal(baselined_found(SIGNAL PERMIT
                         " withhold rest;\n"
                         "permit P2 \"T\": from a to b signal s for p, q on "
                         "g share rest withhold naam;\n",
                         never),
        0);
}

static void
what_the_agreement_lacks_drops_out(void **state)
{
    struct baseline_proof proof;

    (void)state;
    proof = baselined_prove(SIGNAL PERMIT ";\n",
        OWN FIELDS "forbid B1 \"T\": from a, e to any signal any;\n"
                   "forbid B2 \"T\": from e to any signal any;\n"
                   "forbid B3 \"T\": from any to any except e signal any;\n"
                   "never B4 \"T\": share foto to any;\n"
                   "never B5 \"T\": share naam, foto to e, b;\n"
                   "never B6 \"T\": share naam to e;\n");
    assert_int_equal(proof.rules, 6);
    assert_int_equal(proof.empty, 3);
    assert_int_equal(proof.found, 3);
    assert_string_equal(proof.list[0].rule, "B1");
    assert_string_equal(proof.list[1].rule, "B3");
    assert_string_equal(proof.list[2].rule, "B5");
    /* absent is not all */
    proof = baselined_prove(SIGNAL PERMIT ";\n",
        OWN "purpose r \"R\"; signal u with fields naam;\n"
            "forbid B1 \"T\": from any to any signal u;\n"
            "forbid B2 \"T\": from any to any signal any for r;\n"
            "forbid B3 \"T\": from any to any signal any for q;\n"
            "forbid B4 \"T\": from any to any signal any for r, p;\n");
    assert_int_equal(proof.empty, 2);
    assert_int_equal(proof.found, 1);
    assert_string_equal(proof.list[0].rule, "B4");
}

static void
another_name_does_not_hide_a_category(void **state)
{
    struct baseline_proof proof;

    (void)state;
    proof = baselined_prove(SIGNAL PERMIT ";\n",
        "never B1 \"T\": share category f, category e to any;\n"
        "never B2 \"T\": share special race, special sex to any;\n"
        "never B3 \"T\": share category b to any;\n");
    assert_int_equal(proof.found, 1);
    assert_int_equal(proof.list[0].fields, 2 | 8);
    assert_int_equal(proof.empty, 2);
}

static void
a_condition_on_what_the_agreement_lacks_never_saves(void **state)
{
    static const char own[] = FIELDS "attribute nodig : yes-no;\n"
                                     "attribute anders : yes-no;\n";
    char text[512];

    (void)state;
    (void)snprintf(text, sizeof text,
        "%snever B1 \"T\": share naam to any when anders is yes;\n", own);
    assert_int_equal(baselined_found(SIGNAL PERMIT ";\n", text), 0);
    (void)snprintf(text, sizeof text,
        "%snever B1 \"T\": share naam to any unless anders is yes;\n", own);
    assert_int_equal(baselined_found(SIGNAL PERMIT ";\n", text), 1);
    /* nor on a signal that does not carry it */
    (void)snprintf(text, sizeof text,
        "%snever B1 \"T\": share naam to any unless nodig is yes;\n", own);
    assert_int_equal(baselined_found(SIGNAL
                         "permit P1 \"T\": from a to b signal t for p on g\n"
                         "  share naam;\n",
                         text),
        1);
}

/* The permit when ernst IS, against the never of naam CONDITION. */
static size_t
levels(const char *is, const char *declared, const char *condition)
{
    char agreement[1024];
    char rules[512];

    (void)snprintf(agreement, sizeof agreement,
        "%spermit P1 \"T\": from a to b signal s for p on g\n"
        "  when %s share naam;\n",
        SIGNAL, is);
    (void)snprintf(rules, sizeof rules,
        "%sattribute %s;\nnever B1 \"T\": share naam to any %s;\n", FIELDS,
        declared, condition);
    return baselined_found(agreement, rules);
}

static void
values_are_those_of_the_name(void **state)
{
    static const char other[] = "ernst : level licht, laag, hoog";
    static const char age[] = "leeftijd : number 10 .. 100";

    (void)state;
    assert_int_equal(levels("ernst is laag", other, "when ernst is hoog"), 0);
    assert_int_equal(levels("ernst is hoog", other, "when ernst is hoog"), 1);
    assert_int_equal(
        levels("ernst is laag", other, "when ernst at least laag"), 1);
    assert_int_equal(
        levels("ernst is laag", other, "when ernst at least hoog"), 0);
    /* one that the baseline does not know counts as unknown */
    assert_int_equal(levels("ernst is middel", other, "when ernst is hoog"), 1);
    assert_int_equal(
        levels("ernst is middel", other, "unless ernst at least laag"), 1);
    assert_int_equal(
        levels("ernst is laag", other, "unless ernst at least laag"), 0);
    assert_int_equal(
        levels("ernst is hoog", "ernst : number 0 .. 9", "unless ernst is 1"),
        1);
    assert_int_equal(levels("leeftijd below 18", age, "when leeftijd above 17"),
        1); /* below 10 */
    assert_int_equal(levels("leeftijd at least 10 and leeftijd below 18", age,
                         "when leeftijd above 17"),
        0);
    assert_int_equal(levels("leeftijd at least 10 and leeftijd below 18", age,
                         "when leeftijd is 18"),
        0);
    assert_int_equal(levels("leeftijd at least 10 and leeftijd at most 18", age,
                         "when leeftijd is 18"),
        1);
    assert_int_equal(
        levels("leeftijd is 100", age, "unless leeftijd is not 18"), 0);
    assert_int_equal(
        levels("leeftijd is 18", age, "unless leeftijd is not 18"), 1);
    assert_int_equal(
        levels("leeftijd is 101", age, "unless leeftijd is not 18"), 1);
    assert_int_equal(
        levels("leeftijd is 18", "leeftijd : yes-no", "unless leeftijd is yes"),
        1);
    assert_int_equal(
        levels("nodig is yes", "nodig : choice ja, nee", "unless nodig is ja"),
        1);
}

static void
a_window_keeps_the_times_of_the_baseline(void **state)
{
    static const char own[] =
        FIELDS "window dag = mon - fri 09:00 - 17:00;\n"
               "never B1 \"T\": share naam to any unless during dag;\n";
    static const char same[] =
        FIELDS "window kantoor = mon - fri 08:00 - 18:00;\n"
               "never B1 \"T\": share naam to any unless during kantoor;\n";
    static const char permit[] =
        SIGNAL "permit P1 \"T\": from a to b signal s for p on g\n"
               "  when during dag share naam;\n";

    struct baseline_proof proof;

    (void)state;
    assert_int_equal(baselined_found(permit, own), 1); /* at 08:30 */
    proof = baselined_prove(permit,
        FIELDS "window dag = mon - fri 09:00 - 17:00;\n"
               "never B1 \"T\": share naam to any when during dag;\n");
    assert_int_equal(proof.found, 1);
    assert_int_equal(proof.list[0].witness.windows, 1); /* its own alone */
    assert_int_equal(baselined_found(permit, same), 0);
}

static void
expect_lines_are_run_where_they_mean_something(void **state)
{
    struct baseline_proof proof;

    (void)state;
    proof = baselined_prove(SIGNAL PERMIT ";\n",
        OWN FIELDS "attribute nodig : yes-no; signal u with fields naam a;\n"
                   "never B1 \"T\": share foto to any;\n"
                   "expect deny: from a to b signal s for p on g;\n"
                   "expect deny: from a to b signal s for q on g;\n"
                   "expect deny: from e to b signal s for p on g;\n"
                   "expect deny: from a to b signal u for p on g;\n");
    assert_int_equal(proof.expects, 4);
    assert_int_equal(proof.expects_skipped, 2);
    assert_int_equal(proof.found, 1);
    assert_string_equal(proof.list[0].rule, "");
    assert_int_equal(proof.list[0].line, 6);
    assert_int_equal(proof.list[0].fields, 1 | 2 | 8);
}

static void
the_list_of_violations_is_bounded_and_their_number_told(void **state)
{
    struct agreement *a;
    struct baseline *b;
    static struct baseline_proof proof;
    char text[8192] = SIGNAL;
    size_t n = strlen(text);

    (void)state;
    for (int i = 1; i <= 40; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n,
            "permit P%d \"T\": from a to b signal s for p on g share naam;\n",
            i);
    }
    a = loaded_text(text);
    b = baselined_load("baseline b version 1;\n" FIELDS
                       "never B1 \"T\": share naam to any;\n");
    assert_int_equal(baseline_prove(&proof, b, a), DHK_OK);
    assert_int_equal(proof.n, BASELINE_VIOLATIONS);
    assert_int_equal(proof.found, 40);
    assert_int_equal(proof.list[BASELINE_VIOLATIONS - 1].permit, 31);
    baseline_destroy(&b);
    agreement_destroy(&a);
}

/* Rules in the names of the agreement. */
static size_t
assert_of(const struct agreement *a, const char *text)
{
    static struct baseline_proof proof;
    struct findings findings;
    struct baseline *b;
    enum dhk_err rc = baseline_load_rules(&b, slice_str(text), a, &findings);

    if (rc != DHK_OK) {
        baselined_show(&findings);
    }
    assert_int_equal(rc, DHK_OK);
    assert_int_equal(baseline_prove(&proof, b, a), DHK_OK);
    assert_string_equal(baseline_name(b), "");
    baseline_destroy(&b);
    return proof.found;
}

static void
rules_alone_are_in_the_names_of_the_agreement(void **state)
{
    struct agreement *a = loaded_text(
        HEAD "group wij = a, b; attribute nodig : yes-no;\n"
             "signal s with fields naam a, rest attributes nodig;\n"
             "permit P1 \"T\": from a to b signal s for p on g share naam;\n"
             "forbid V1 \"T\": from c to wij signal s;\n");
    struct findings findings;
    struct baseline *b;

    (void)state;
    assert_int_equal(assert_of(a, "never share naam to any except wij;"), 0);
    assert_int_equal(assert_of(a, "never share naam to wij;"), 1);
    assert_int_equal(assert_of(a, "never share category a to b;"), 1);
    assert_int_equal(
        assert_of(a, "forbid from b to any signal any; forbid from a to b "
                     "signal s for p unless nodig is yes;"),
        1);
    assert_int_equal(assert_of(a, "forbid X \"Y\": from a to c signal s;"), 0);
    assert_int_equal(baseline_load_rules(&b,
                         slice_str("never share nam to wij;"), a, &findings),
        DHK_FORMAT);
    assert_true(loaded_has(&findings, "did you mean 'naam'?"));
    assert_int_equal(
        baseline_load_rules(&b, slice_str(" "), a, &findings), DHK_FORMAT);
    assert_true(loaded_has(&findings, "there is no rule"));
    assert_int_equal(
        baseline_load_rules(&b,
            slice_str("expect deny: from a to b signal s for p on g;"), a,
            &findings),
        DHK_FORMAT);
    agreement_destroy(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            no_agreement_loads_that_permits_what_the_statute_forbids),
        cmocka_unit_test(a_violation_has_its_rule_its_permit_and_a_witness),
        cmocka_unit_test(a_permit_that_asks_what_the_baseline_asks_holds),
        cmocka_unit_test(what_the_agreement_lacks_drops_out),
        cmocka_unit_test(another_name_does_not_hide_a_category),
        cmocka_unit_test(a_condition_on_what_the_agreement_lacks_never_saves),
        cmocka_unit_test(values_are_those_of_the_name),
        cmocka_unit_test(a_window_keeps_the_times_of_the_baseline),
        cmocka_unit_test(expect_lines_are_run_where_they_mean_something),
        cmocka_unit_test(
            the_list_of_violations_is_bounded_and_their_number_told),
        cmocka_unit_test(rules_alone_are_in_the_names_of_the_agreement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
