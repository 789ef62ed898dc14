/* SPDX-License-Identifier: EUPL-1.2
 *
 * Baselines that ask for an approval: which obligation of an agreement is one
 * that saves. */
#include "baselined.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "baseline.h"

#define SIGNAL                                                                 \
    HEAD "attribute ernst : level laag, middel, hoog;\n"                       \
         "attribute nodig : yes-no;\n"                                         \
         "signal s with fields naam a, rest attributes ernst, nodig;\n"
#define PERMIT "permit P1 \"T\": from a to b signal s for p on g share naam"
#define FIELDS "signal s with fields naam a;\n"

/* Permits from FROM to d that oblige DUTY, against a never with EXCEPTION. */
static size_t
approvals(const char *from, const char *duty, const char *exception)
{
    char agreement[1024];
    char rules[512];

    (void)snprintf(agreement, sizeof agreement,
        "%spermit P1 \"T\": from %s to d signal s for p on g\n"
        "  share naam%s;\n",
        SIGNAL, from, duty);
    (void)snprintf(rules, sizeof rules,
        "party a, b, c, e;\n" FIELDS "never B1 \"T\": share naam to any %s;\n",
        exception);
    return baselined_found(agreement, rules);
}

static void
an_approval_saves_when_one_that_is_named_must_give_it(void **state)
{
    static const char any[] = "unless approval by any";

    (void)state;
    assert_int_equal(approvals("a", "", any), 1);
    assert_int_equal(approvals("a", " oblige log", any), 1);
    assert_int_equal(approvals("a", " oblige approval by 1 of b", any), 0);
    assert_int_equal(approvals("a", " oblige approval by 1 of b", ""), 1);
    assert_int_equal(
        approvals("a", " oblige approval by 1 of b", "unless approval by b, c"),
        0);
    assert_int_equal(
        approvals("a", " oblige approval by 1 of b, c", "unless approval by b"),
        1);
    assert_int_equal(
        approvals("a", " oblige approval by 2 of b, c", "unless approval by b"),
        0);
    assert_int_equal(
        approvals("a", " oblige approval by 1 of c and approval by 1 of b",
            "unless approval by b"),
        0);
    assert_int_equal(approvals("a", " oblige approval by 1 of b, c",
                         "unless approval by b unless approval by c"),
        0);
    /* of any signatory: a or b */
    assert_int_equal(
        approvals("c", " oblige approval by 1", "unless approval by b"), 1);
    assert_int_equal(
        approvals("c", " oblige approval by 1", "unless approval by a, b"), 0);
    /* one that the agreement lacks approves nothing; `any` is all it has */
    assert_int_equal(
        approvals("a", " oblige approval by 1 of b, c", "unless approval by e"),
        1);
    assert_int_equal(approvals("a", " oblige approval by 1 of d",
                         "unless approval by any except e"),
        0);
    assert_int_equal(approvals("a", " oblige approval by 1 of b, d",
                         "unless approval by any except b"),
        1);
}

static void
what_a_sender_approves_himself_does_not_save(void **state)
{
    static const char any[] = "unless approval by any";

    (void)state;
    assert_int_equal(approvals("a", " oblige approval by 1 of a", any), 1);
    assert_int_equal(approvals("a", " oblige approval by 1 of a, b", any), 1);
    assert_int_equal(approvals("a", " oblige approval by 2 of a, b", any), 0);
    assert_int_equal(approvals("b, c", " oblige approval by 1 of a", any), 0);
    assert_int_equal(approvals("c, a", " oblige approval by 1 of a", any), 1);
    assert_int_equal(approvals("a", " oblige approval by 1", any), 1);
    assert_int_equal(approvals("c", " oblige approval by 1", any), 0);
}

/* All that is shared waits for whatever a permit that applies asks for. */
static void
another_permit_may_ask_for_the_approval(void **state)
{
    static const char rules[] =
        FIELDS "never B1 \"T\": share naam to any unless approval by any;\n";

    (void)state;
    assert_int_equal(baselined_found(SIGNAL PERMIT
                         ";\n"
                         "permit P2 \"T\": from a to b signal s for p on g\n"
                         "  share rest oblige approval by 1 of c;\n",
                         rules),
        0);
    assert_int_equal(baselined_found(SIGNAL PERMIT
                         ";\n"
                         "permit P2 \"T\": from a to b signal s for p on g\n"
                         "  when nodig is yes\n"
                         "  share rest oblige approval by 1 of c;\n",
                         rules),
        1);
}

static void
it_is_said_that_an_approval_would_save(void **state)
{
    struct findings findings = {.n = 0};
    struct baseline_proof proof;
    struct agreement *a = loaded_text(
        SIGNAL "permit P1 \"T\": from b, a to b signal s for p on g\n"
               "  when ernst is hoog share rest, naam\n"
               "  oblige approval by 1 of a;\n");
    struct baseline *b = baselined_load(
        "baseline b version 1;\n" FIELDS "attribute ernst : level laag, hoog;\n"
        "never B1 \"T\": share naam to any\n"
        "  when ernst is hoog unless approval by any;\n");

    (void)state;
    assert_int_equal(baseline_check(&findings, &proof, b, a), DHK_OK);
    assert_int_equal(findings.errors, 1);
    assert_string_equal(findings.list[0].text,
        "rule P1 permits what baseline b forbids without another's approval "
        "(line 4, B1): it shares naam from a to b signal s for p on g with "
        "ernst is hoog");
    baseline_destroy(&b);
    agreement_destroy(&a);
}

static void
rules_alone_may_ask_for_it_too(void **state)
{
    static struct baseline_proof proof;
    struct findings findings;
    struct agreement *a = loaded_text(
        SIGNAL "group wij = c, d;\n" PERMIT " oblige approval by 1 of wij;\n");
    struct baseline *b;

    (void)state;
    assert_int_equal(
        baseline_load_rules(&b,
            slice_str("never share naam to b unless approval by wij;"
                      "never share naam to b unless approval by a, c;"),
            a, &findings),
        DHK_OK);
    assert_int_equal(baseline_prove(&proof, b, a), DHK_OK);
    assert_int_equal(proof.found, 1);
    assert_int_equal(proof.list[0].column, 46);
    baseline_destroy(&b);
    agreement_destroy(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_approval_saves_when_one_that_is_named_must_give_it),
        cmocka_unit_test(what_a_sender_approves_himself_does_not_save),
        cmocka_unit_test(another_permit_may_ask_for_the_approval),
        cmocka_unit_test(it_is_said_that_an_approval_would_save),
        cmocka_unit_test(rules_alone_may_ask_for_it_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
