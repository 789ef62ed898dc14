/* SPDX-License-Identifier: EUPL-1.2
 *
 * A baseline of any text, and rules of any text in the words of an agreement:
 * what loads is proved, and each witness must show what it is said to. */
#include <string.h>

#include "baseline.h"
#include "baseline_join.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "convenant x version 1 valid 2026-01-01 until 2027-01-01\n"
    "timezone \"Europe/Amsterdam\" signed by politie;\n"
    "party politie, gemeente, school; group wij = politie, gemeente;\n"
    "purpose weging \"W\"; purpose nazorg \"N\"; ground wet \"W\";\n"
    "attribute ernst : level laag, middel, hoog;\n"
    "attribute leeftijd : number 0 .. 120;\n"
    "attribute bijzonder-noodzakelijk : yes-no;\n"
    "window dag = mon - fri 08:00 - 18:00;\n"
    "signal melding with fields naam a, bsn b, ziekte special health, rest\n"
    "  attributes ernst, leeftijd, bijzonder-noodzakelijk;\n"
    "signal bericht with fields naam a, feit f attributes ernst;\n"
    "permit P1 \"T\": from politie to any signal melding for weging on wet\n"
    "  when ernst at least middel share naam, bsn;\n"
    "permit P2 \"T\": from any to wij signal melding, bericht for weging,\n"
    "  nazorg on wet when during dag share naam, rest, feit;\n"
    "permit P3 \"T\": from school to gemeente signal melding for nazorg on "
    "wet\n"
    "  when leeftijd below 18 and bijzonder-noodzakelijk is yes\n"
    "  share ziekte withhold bsn oblige approval by 2 of wij, school;\n"
    "forbid V1 \"T\": from any to school signal melding when ernst is hoog;\n"
    "never N1 \"T\": share bsn to school\n"
    "  unless bijzonder-noodzakelijk is yes;\n";

static void
check_violation(const struct agreement *a, const struct agreement *all,
    const struct baseline_violation *v, bool expected)
{
    struct decision before;
    struct decision after;

    evaluate(&before, a, &v->witness);
    evaluate(&after, all, &v->witness);
    must(v->fields != 0 && (v->fields & ~before.fields) == 0);
    must(evaluate_rule_applies(a, v->permit, &v->witness));
    must(expected || (v->fields & after.fields) == 0);
}

static void
prove(const struct baseline *b, const struct agreement *a)
{
    static struct baseline_proof proof;
    struct agreement *all;

    must(baseline_join(&all, b, a) == DHK_OK);
    must(baseline_prove(&proof, b, a) == DHK_OK);
    must(proof.n <= proof.found && proof.rules == all->rules_n - a->rules_n);
    for (size_t i = 0; i < proof.n; i++) {
        bool expected =
            proof.list[i].rule[0] == '\0' && baseline_name(b)[0] != '\0';

        check_violation(a, all, &proof.list[i], expected);
    }
    agreement_destroy(&all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct findings findings;
    static struct agreement *a;
    struct baseline *b;

    must(a != NULL || agreement_load(&a, slice_str(text), &findings) == DHK_OK);
    if (baseline_load(&b, slice_of(data, size), &findings) == DHK_OK) {
        must(baseline_name(b)[0] != '\0');
        prove(b, a);
        baseline_destroy(&b);
    }
    must(b == NULL);
    if (baseline_load_rules(&b, slice_of(data, size), a, &findings) == DHK_OK) {
        prove(b, a);
        baseline_destroy(&b);
    }
    must(b == NULL);
    return 0;
}
