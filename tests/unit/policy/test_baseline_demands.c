/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a baseline demands of the vocabulary of an agreement: what is for the
 * broker to say, and which fields no signal is without. */
#include "baselined.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define OWN "party a, b, e; purpose p \"P\"; purpose q \"Q\"; ground g \"G\";\n"

static struct baseline_proof
check(struct findings *findings, const char *rules, const char *text)
{
    struct baseline_proof proof;
    struct agreement *a = loaded_recorded(text);
    struct baseline *b = baselined_load(rules);

    assert_int_equal(baseline_check(findings, &proof, b, a), DHK_OK);
    baseline_destroy(&b);
    agreement_destroy(&a);
    return proof;
}

/* The proof with MARKS behind the type of `in-casus`, against a baseline that
 * leaves that to the broker; what it reports is in FINDINGS. */
static struct baseline_proof
prove_claim(struct findings *findings, const char *marks)
{
    char text[1024];
    static const char rules[] =
        "baseline b version 1;\n" OWN "attribute in-casus : yes-no by broker;\n"
        "attribute veto : yes-no by broker; attribute nodig : yes-no;\n"
        "signal s with fields naam a attributes in-casus, veto, nodig;\n"
        "forbid B1 \"T\": from any to any signal s\n"
        " unless in-casus is yes;\n";

    (void)snprintf(text, sizeof text,
        HEAD "attribute ernst : level laag, hoog;\n"
             "attribute in-casus : yes-no%s;\n"
             "attribute nodig : yes-no;\n"
             "signal s with fields naam a attributes ernst, in-casus, nodig;\n"
             "permit P1 \"T\": from a to b signal s for p on g\n"
             " when in-casus is yes and nodig is yes and ernst is hoog\n"
             " share naam;\n",
        marks);
    return check(findings, rules, text);
}

static void
what_the_broker_knows_is_not_for_senders_to_say(void **state)
{
    struct findings findings = {.n = 0};
    struct baseline_proof proof = prove_claim(&findings, " closed");

    (void)state;
    assert_int_equal(proof.found, 1);
    assert_int_equal(proof.n, 0);
    assert_int_equal(proof.claimed, 1 << 1);
    assert_int_equal(findings.errors, 1);
    assert_int_equal(findings.list[0].line, 6);
    assert_int_equal(findings.list[0].column, 11);
    assert_true(loaded_has(&findings,
        "baseline b leaves 'in-casus' to the broker: say 'by broker'"));
    findings.n = findings.errors = 0;
    proof = prove_claim(&findings, " by broker");
    assert_int_equal(proof.found, 0);
    assert_int_equal(proof.claimed, 0);
    assert_int_equal(findings.errors, 0);
}

static struct baseline_proof
prove_required(struct findings *findings, const char *signals)
{
    char text[1024];
    static const char rules[] =
        "baseline b version 1;\n" OWN
        "signal s with fields naam a required, feit c,\n"
        "  elders required;\n"
        "signal t with fields naam a required;\n"
        "forbid B1 \"T\": from any to e signal t;\n";

    (void)snprintf(text, sizeof text,
        HEAD "signal u with fields naam a;\n%s"
             "permit P1 \"T\": from a to b signal s, u for p on g\n"
             " share naam;\n",
        signals);
    return check(findings, rules, text);
}

/* By name, as all else: neither signal t nor field elders is in it. */
static void
what_the_baseline_requires_the_agreement_must_require(void **state)
{
    struct findings findings = {.n = 0};
    struct baseline_proof proof =
        prove_required(&findings, "signal s with fields feit c, naam a;\n");

    (void)state;
    assert_int_equal(proof.found, 1);
    assert_int_equal(proof.n, 0);
    assert_int_equal(proof.optional[0], 0);
    assert_int_equal(proof.optional[1], 1 << 1);
    assert_int_equal(findings.errors, 1);
    assert_int_equal(findings.list[0].line, 6);
    assert_int_equal(findings.list[0].column, 30);
    assert_true(loaded_has(&findings,
        "baseline b requires field 'naam' in every signal 's' (line 3): say "
        "'required' behind it"));
    findings.n = findings.errors = 0;
    proof = prove_required(
        &findings, "signal s with fields feit c required, naam a required;\n");
    assert_int_equal(proof.found, 0);
    assert_int_equal(proof.optional[1], 0);
    assert_int_equal(findings.errors, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_broker_knows_is_not_for_senders_to_say),
        cmocka_unit_test(what_the_baseline_requires_the_agreement_must_require),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
