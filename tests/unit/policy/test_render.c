/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rules as sentences: right, whole, and never the same for two that differ. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "generated.h"
#include "render.h"
#include "rule.h"

#define KINDS                                                                  \
    "attribute age : number 0 .. 120; attribute live : yes-no;\n"              \
    "attribute ernst : level laag, middel, hoog, acuut;\n"                     \
    "attribute kleur : choice rood, wit, blauw, geel;\n"                       \
    "window dag = mon-fri 08:00-18:00;\n"                                      \
    "signal k with fields x, y, z attributes age, live, ernst, kleur;\n"       \
    "signal l with fields x, w attributes age, live, ernst, kleur;\n"
#define FIRST HEAD KINDS "permit P \"T\": from a to b signal k for p on g "

static struct agreement *a;

static int
unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

static const char *
text_of(struct words *w)
{
    const char *text;

    assert_int_equal(words_end(w, &text), DHK_OK);
    return text;
}

/* Rule ID of TEXT reads so. */
static void
assert_reads(const char *text, const char *id, const char *nl, const char *en)
{
    const char *wanted[] = {nl, en};

    a = loaded_text(text);
    for (int lang = RENDER_NL; lang <= (int)RENDER_EN; lang++) {
        struct words w = {0};

        render_rule(&w, a, loaded_rule(a, id), (enum render_lang)lang);
        assert_string_equal(text_of(&w), wanted[lang]);
        words_done(&w);
    }
    agreement_destroy(&a);
}

/* Those conditions of a permit read so, after "als". */
static void
assert_condition(const char *conditions, const char *nl, const char *en)
{
    char text[2048];
    char dutch[256];
    char english[256];

    (void)snprintf(text, sizeof text, FIRST "%s share x;", conditions);
    (void)snprintf(dutch, sizeof dutch, "Dit mag %s.", nl);
    (void)snprintf(english, sizeof english, "This is %s.", en);
    a = loaded_text(text);
    for (int lang = RENDER_NL; lang <= (int)RENDER_EN; lang++) {
        struct words w = {0};

        render_conditions(&w, a, 0, (enum render_lang)lang);
        assert_string_equal(text_of(&w), lang == 0 ? dutch : english);
        words_done(&w);
    }
    agreement_destroy(&a);
}

/* A permit with those obligations has these sentences of them. */
static void
assert_duties(const char *duties, const char *nl, const char *en)
{
    char text[2048];

    (void)snprintf(text, sizeof text, FIRST "share x oblige %s;", duties);
    a = loaded_text(text);
    for (int lang = RENDER_NL; lang <= (int)RENDER_EN; lang++) {
        struct words w = {0};

        render_duties(&w, a, &a->rules[0].duties, (enum render_lang)lang);
        assert_string_equal(text_of(&w), lang == 0 ? nl : en);
        words_done(&w);
    }
    agreement_destroy(&a);
}

static void
a_permit_reads_as_a_paragraph(void **state)
{
    (void)state;
    assert_reads(FIRST "share x withhold y;", "P",
        "In een signaal van de soort k mag a aan b verstrekken: x. "
        "Achterwege blijft, ook als een andere regel het toelaat: y. "
        "Dit mag alleen voor het doel p, op de grond g.",
        "In a signal of the kind k, a may give to b: x. "
        "Left out, even if another rule allows it: y. "
        "This is allowed only for the purpose p, on the ground g.");
    assert_reads(HEAD KINDS
        "permit P \"T\": from any except d to a, b signal k, l\n"
        "for p, q on g, h when live is yes and age at least 18\n"
        "unless ernst is laag unless kleur is wit\n"
        "share x, y, w oblige retain at most 5 days and log;",
        "P",
        "In een signaal van welke soort ook mag elke partij behalve d aan a of "
        "b verstrekken: x, y en w. Dit mag alleen voor het doel p of q, op de "
        "grond g of h. Dit mag alleen als live ja is en age minstens 18 is. "
        "Dit mag niet als ernst laag is of als kleur wit is. De ontvanger "
        "bewaart de gegevens hoogstens 5 dagen en legt elk gebruik vast.",
        "In a signal of any kind, any party except d may give to a or b: x, y "
        "and w. This is allowed only for the purpose p or q, on the ground g "
        "or h. This is allowed only if live is yes and age is at least 18. "
        "This is not allowed if ernst is laag or if kleur is wit. The "
        "recipient keeps the data for at most 5 days and records every use.");
}

static void
what_is_forbidden_reads_as_a_paragraph(void **state)
{
    (void)state;
    assert_reads(FIRST
        "share x; forbid V \"T\": from a, b to any except b signal k\n"
        "for q when live is no unless during dag because \"De wet\";",
        "V",
        "Het is a en b verboden een signaal van de soort k te verstrekken aan "
        "enige partij behalve b. Dit verbod geldt alleen voor het doel q. Dit "
        "verbod geldt alleen als live nee is. Dit verbod geldt niet als het "
        "signaal binnen dag wordt aanvaard. Reden: \"De wet\".",
        "It is forbidden for a and b to give a signal of the kind k to any "
        "party except b. This applies only for the purpose q. This applies "
        "only if live is no. This does not apply if the signal is accepted "
        "during dag. Reason: \"De wet\".");
    assert_reads(FIRST
        "share x; never N \"T\": share y, w to any unless live is yes;",
        "N",
        "Het volgende gaat nooit naar enige partij: y en w. Dit verbod geldt "
        "niet als live ja is.",
        "The following never goes to any party: y and w. This does not apply "
        "if live is yes.");
}

static void
each_condition_has_its_words(void **state)
{
    static const char *const rows[][3] = {
        {"live is no", "live nee is", "live is no"},
        {"live is not no", "live ja is", "live is yes"},
        {"age below 18", "age hoogstens 17 is", "age is at most 17"},
        {"age above 17", "age minstens 18 is", "age is at least 18"},
        {"age is 18", "age 18 is", "age is 18"},
        {"age is not 18", "age niet 18 is", "age is not 18"},
        {"ernst is laag", "ernst laag is", "ernst is laag"},
        {"ernst at least hoog", "ernst minstens hoog is",
            "ernst is at least hoog"},
        {"ernst at most middel", "ernst hoogstens middel is",
            "ernst is at most middel"},
        {"ernst is not middel", "ernst niet middel is", "ernst is not middel"},
        {"ernst is one of laag, hoog", "ernst laag of hoog is",
            "ernst is laag or hoog"},
        {"kleur is not rood", "kleur niet rood is", "kleur is not rood"},
        {"kleur is one of rood, wit", "kleur rood of wit is",
            "kleur is rood or wit"},
        {"outside dag", "het signaal buiten dag wordt aanvaard",
            "the signal is accepted outside dag"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        char nl[256];
        char en[256];

        (void)snprintf(text, sizeof text, "when %s", rows[i][0]);
        (void)snprintf(nl, sizeof nl, "alleen als %s", rows[i][1]);
        (void)snprintf(en, sizeof en, "allowed only if %s", rows[i][2]);
        assert_condition(text, nl, en);
        (void)snprintf(text, sizeof text, "unless %s", rows[i][0]);
        (void)snprintf(nl, sizeof nl, "niet als %s", rows[i][1]);
        (void)snprintf(en, sizeof en, "not allowed if %s", rows[i][2]);
        assert_condition(text, nl, en);
    }
}

static void
several_conditions_are_one_sentence(void **state)
{
    (void)state;
    assert_condition("when live is yes and age at least 9 and during dag",
        "alleen als live ja is, age minstens 9 is en het signaal binnen dag "
        "wordt aanvaard",
        "allowed only if live is yes, age is at least 9 and the signal is "
        "accepted during dag");
    assert_condition("unless live is yes unless age is 3 unless outside dag",
        "niet als live ja is, als age 3 is of als het signaal buiten dag "
        "wordt aanvaard",
        "not allowed if live is yes, if age is 3 or if the signal is accepted "
        "outside dag");
}

static void
each_obligation_has_its_words(void **state)
{
    (void)state;
    assert_duties("retain at least 1 days and retain at most 30 days\n"
                  "and no onward and log",
        "De ontvanger bewaart de gegevens minstens 1 dag en hoogstens 30 "
        "dagen, geeft ze aan niemand door en legt elk gebruik vast.",
        "The recipient keeps the data for at least 1 day and for at most 30 "
        "days, passes it on to nobody and records every use.");
    assert_duties("onward only to a, d",
        "De ontvanger geeft de gegevens alleen door aan a of d.",
        "The recipient passes the data on only to a or d.");
    assert_duties("approval by 2 of a, b, c and approval by 1 and notify d",
        "Vóór de aflevering is goedkeuring nodig van minstens 2 van a, b en "
        "c. Vóór de aflevering is goedkeuring nodig van minstens 1 van de "
        "ondertekenaars. Bericht van de verstrekking gaat naar d.",
        "Before delivery, approval is needed of at least 2 of a, b and c. "
        "Before delivery, approval is needed of at least 1 of the "
        "signatories. Notice of the transfer goes to d.");
}

/* --- rules that differ -----------------------------------------------------
 */

static void
flip(uint64_t *set, size_t n, uint64_t *state)
{
    *set ^= UINT64_C(1) << generated_below(state, n);
}

static bool
change_atom(struct rule *rule, uint64_t *state)
{
    struct atom *atom;

    if (rule->atoms_n == 0) {
        return false;
    }
    atom = &rule->atoms[generated_below(state, rule->atoms_n)];
    switch (generated_below(state, 4)) {
    case 0:
        atom->unless = !atom->unless;
        return true;
    case 1:
        atom->negate = !atom->negate;
        return atom->type != ATOM_VALUES;
    case 2: /* a range has no set, and its attribute more than 64 values */
        if (atom->type == ATOM_VALUES)
            flip(&atom->values, a->attributes[atom->attribute].max + 1, state);
        return atom->type == ATOM_VALUES;
    default:
        if (atom->type != ATOM_RANGE) {
            return false;
        }
        atom->high = atom->high < a->attributes[atom->attribute].max
                         ? atom->high + 1
                         : atom->high - 1;
        return true;
    }
}

static bool
change_duty(struct duties *d, uint64_t *state)
{
    switch (generated_below(state, 6)) {
    case 0:
        d->has_at_most = true;
        d->at_most += 1;
        return true;
    case 1:
        d->has_at_least = true;
        d->at_least += 1;
        return true;
    case 2:
        d->onward_limited = true;
        flip(&d->onward_to, a->parties_n, state);
        return true;
    case 3:
        flip(&d->notify, a->parties_n, state);
        return true;
    case 4:
        d->log = !d->log;
        return true;
    default:
        d->approval[d->approvals_n].count = 1;
        flip(&d->approval[d->approvals_n++].of, a->parties_n, state);
        return true;
    }
}

static bool
change_fields(struct rule *rule, uint64_t *state)
{
    size_t k = generated_below(state, a->kinds_n);
    uint32_t *masks = rule->type == RULE_PERMIT && generated_below(state, 2) > 0
                          ? rule->withhold
                          : rule->share;

    masks[k] ^= UINT32_C(1) << generated_below(state, a->kinds[k].fields_n);
    return (rule->kinds >> k & 1) != 0 && rule->type != RULE_FORBID;
}

/* One change that a decision can depend on; false: it was none. */
static bool
change(struct rule *rule, uint64_t *state)
{
    bool never = rule->type == RULE_NEVER;

    switch (generated_below(state, 8)) {
    case 0:
        flip(&rule->senders, a->parties_n, state);
        return !never;
    case 1:
        flip(&rule->recipients, a->parties_n, state);
        return true;
    case 2:
        flip(&rule->kinds, a->kinds_n, state);
        return !never;
    case 3:
        flip(&rule->purposes, a->purposes_n, state);
        return !never;
    case 4:
        flip(&rule->grounds, a->grounds_n, state);
        return !never;
    case 5:
        return change_fields(rule, state);
    case 6:
        return change_atom(rule, state);
    default:
        return rule->type == RULE_PERMIT && change_duty(&rule->duties, state);
    }
}

struct kept { /* a rule as it was */
    struct rule rule;
    struct atom atoms[LIMIT_ATOMS];
    uint32_t share[LIMIT_VOCABULARY], withhold[LIMIT_VOCABULARY];
};

static void
keep(struct kept *out, const struct rule *rule)
{
    out->rule = *rule;
    memcpy(out->atoms, rule->atoms, rule->atoms_n * sizeof *rule->atoms);
    memcpy(out->share, rule->share, a->kinds_n * sizeof *rule->share);
    memcpy(out->withhold, rule->withhold, a->kinds_n * sizeof *rule->withhold);
}

static void
restore(struct rule *rule, const struct kept *kept)
{
    *rule = kept->rule;
    memcpy(rule->atoms, kept->atoms, rule->atoms_n * sizeof *rule->atoms);
    memcpy(rule->share, kept->share, a->kinds_n * sizeof *rule->share);
    memcpy(rule->withhold, kept->withhold, a->kinds_n * sizeof *rule->withhold);
}

static void
assert_differ(const struct kept *before, size_t i)
{
    struct kept after;

    keep(&after, &a->rules[i]);
    for (int lang = RENDER_NL; lang <= (int)RENDER_EN; lang++) {
        struct words old = {0};
        struct words new = {0};

        render_rule(&new, a, i, (enum render_lang)lang);
        restore(&a->rules[i], before);
        render_rule(&old, a, i, (enum render_lang)lang);
        restore(&a->rules[i], &after);
        assert_string_not_equal(text_of(&old), text_of(&new));
        words_done(&old);
        words_done(&new);
    }
}

/* One change, or two in a row, to a rule of A. */
static void
change_at_random(uint64_t *state)
{
    size_t i = generated_below(state, a->rules_n);
    struct kept first;
    struct kept before;

    keep(&first, &a->rules[i]);
    for (int n = 0; n < 2; n++) {
        keep(&before, &a->rules[i]);
        if (!change(&a->rules[i], state)) {
            restore(&a->rules[i], &before);
            continue;
        }
        assert_differ(&before, i);
    }
    restore(&a->rules[i], &first);
}

static void
rules_that_differ_never_read_the_same(void **state)
{
    uint64_t seed = 1;

    (void)state;
    a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    for (int i = 0; i < 20000; i++) {
        change_at_random(&seed);
    }
    agreement_destroy(&a);
    a = loaded_text(
        HEAD KINDS "permit P \"T\": from any except d to a, b signal k, l\n"
                   "for p, q on g, h when live is yes and age at least 18\n"
                   "and during dag unless ernst is laag unless kleur is wit\n"
                   "share x, y, w oblige retain at most 5 days and log;\n"
                   "forbid V \"T\": from any to a signal any for p when\n"
                   "age is not 3 unless outside dag;\n"
                   "never N \"T\": share x, z to c when live is no;");
    for (int i = 0; i < 20000; i++) {
        change_at_random(&seed);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_permit_reads_as_a_paragraph, unload),
        cmocka_unit_test_teardown(
            what_is_forbidden_reads_as_a_paragraph, unload),
        cmocka_unit_test_teardown(each_condition_has_its_words, unload),
        cmocka_unit_test_teardown(several_conditions_are_one_sentence, unload),
        cmocka_unit_test_teardown(each_obligation_has_its_words, unload),
        cmocka_unit_test_teardown(
            rules_that_differ_never_read_the_same, unload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
