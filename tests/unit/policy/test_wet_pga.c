/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the statutory baseline refuses: for each of its rules a small agreement
 * that is at odds with that rule, and one that does what it asks. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "relation.h"

struct small {
    const char *rule; /* NULL: it holds */
    const char *from, *to;
    const char *kind, *fields; /* of the signal */
    const char *attributes;    /* and their declarations */
    const char *conditions, *share;
};

#define YES_NO(name) "attribute " name " : yes-no;\n"
#define BROKER(name) "attribute " name " : yes-no by broker;\n"
#define FASE                                                                   \
    "attribute fase : choice geen, melding, aanmelding, weging, afgewezen, "   \
    "casus, bekendheid, verrijking, overleg, plan, uitvoering, afgesloten, "   \
    "vernietigd by broker;\n"
#define RULE                                                                   \
    "attribute derdenregel : choice afwezig, opgeheven, van-kracht by "        \
    "broker;\n"
#define MEMBER BROKER("in-casus") BROKER("aangewezen")
#define IS_MEMBER "in-casus is yes and aangewezen is yes"

static const struct small smalls[] = {
    {"B2", "politie", "gemeente", "s", "verwijderde-gegevens f", "", "",
        "verwijderde-gegevens"},
    {"B3", "politie", "gemeente", "s", "informanten f", "", "", "informanten"},
    {"B3", "politie", "gemeente", "s", "themagegevens f", "", "",
        "themagegevens"},
    {"B4", "politie", "gemeente", "s", "onderzoeksgegevens f",
        YES_NO("overleg-vastgelegd"), "overleg-vastgelegd is yes",
        "onderzoeksgegevens"},
    {"B5", "politie", "gemeente", "s", "themagegevens-a-c f",
        YES_NO("strikt-noodzakelijk"), "strikt-noodzakelijk is yes",
        "themagegevens-a-c"},
    {NULL, "politie", "gemeente", "s", "themagegevens-a-c f",
        YES_NO("strikt-noodzakelijk") YES_NO("overleg-vastgelegd"),
        "strikt-noodzakelijk is yes and overleg-vastgelegd is yes",
        "themagegevens-a-c"},
    {"B6", "politie", "gemeente", "s", "ras special race", "", "", "ras"},
    {"B6", "politie", "gemeente", "s", "stem special politics", "", "", "stem"},
    {"B6", "politie", "gemeente", "s", "kerk special religion", "", "", "kerk"},
    {"B6", "politie", "gemeente", "s", "ziek special health", "", "", "ziek"},
    {"B6", "politie", "gemeente", "s", "straf special criminal", "", "",
        "straf"},
    {"B6", "politie", "gemeente", "s", "ziek special health",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is no",
        "ziek"},
    {NULL, "politie", "gemeente", "s", "ziek special health",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "ziek oblige approval by 1 of gemeente"},
    {NULL, "politie", "gemeente", "s", "straf special criminal",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "straf"},
    {"B12", "politie", "gemeente", "s", "ras special race",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "ras"},
    {"B12", "politie", "gemeente", "s", "stem special politics",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "stem"},
    {"B12", "politie", "gemeente", "s", "kerk special religion",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "kerk"},
    {"B12", "politie", "gemeente", "s", "ziek special health",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "ziek"},
    /* the sender alone could give it */
    {"B12", "politie", "gemeente", "s", "ziek special health",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "ziek oblige approval by 1"},
    {"B12", "politie", "gemeente", "s", "ziek special health",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "ziek oblige approval by 1 of politie, gemeente"},
    {NULL, "politie", "gemeente", "s", "ziek special health",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "ziek oblige approval by 2 of politie, gemeente"},
    {"B7", "politie", "school", "s", "feit f", "", "", "feit"},
    {"B7", "om", "wijkteam", "s", "vonnis g", "", "", "vonnis"},
    {NULL, "gemeente", "school", "s", "feit c", "", "", "feit"},
    {"B8", "gemeente", "raad", "s", "naam a", "", "", "naam"},
    {"B8", "gemeente", "raad", "s", "familie h", "", "", "familie"},
    {"B8", "gemeente", "raad", "s", "ziek special health",
        YES_NO("bijzonder-noodzakelijk"), "bijzonder-noodzakelijk is yes",
        "ziek"},
    {NULL, "gemeente", "raad", "s", "aantallen", "", "", "aantallen"},
    {"B9", "gemeente", "raad", "s", "uitsplitsing-overtuiging", "", "",
        "uitsplitsing-overtuiging"},
    {"B10", "nctv", "gemeente", "s", "persoonsduiding c", "", "",
        "persoonsduiding"},
    {"B11", "aivd", "burgemeester", "ambtsbericht", "bronnen", "", "",
        "bronnen"},
    {"B11", "burgemeester", "gemeente", "s", "document", "", "", "document"},
    {"B20", "gemeente", "media", "s", "x", "", "", "x"},
    {"B20", "politie", "europol", "s", "x", "", "", "x"},
    {"B20", "gemeente", "werkgever", "s", "x", "", "", "x"},
    {"B21", "recherchebureau", "gemeente", "s", "x", "", "", "x"},
    {"B22", "aivd", "politie", "ambtsbericht", "dreiging c", "", "",
        "dreiging"},
    {NULL, "aivd", "burgemeester", "ambtsbericht", "dreiging c", "", "",
        "dreiging"},
    {"B23", "politie", "burgemeester", "ambtsbericht", "dreiging c", "", "",
        "dreiging"},
    {"B24", "aivd", "burgemeester", "ambtsbericht-om", "dreiging c", "", "",
        "dreiging"},
    {NULL, "aivd", "om", "ambtsbericht-om", "dreiging c", "", "", "dreiging"},
    {"B25", "burgemeester", "nctv", "ambtsbericht-duiding", "kern c", MEMBER,
        IS_MEMBER, "kern"},
    {"B25", "burgemeester", "nctv", "ambtsbericht-duiding", "kern c",
        MEMBER RULE, IS_MEMBER " and derdenregel is van-kracht", "kern"},
    {NULL, "burgemeester", "nctv", "ambtsbericht-duiding", "kern c",
        MEMBER RULE, IS_MEMBER " and derdenregel is opgeheven", "kern"},
    {"B26", "politie", "gemeente", "s", "x", FASE, "fase is not plan", "x"},
    {NULL, "politie", "gemeente", "s", "x", FASE,
        "fase is one of plan, afgewezen", "x"},
    {"B28", "politie", "gemeente", "s", "x c", FASE,
        "fase is one of plan, afgewezen", "x"},
    {"B28", "politie", "gemeente", "s", "ziek special health",
        FASE YES_NO("bijzonder-noodzakelijk"),
        "fase is afgewezen and bijzonder-noodzakelijk is yes", "ziek"},
    {NULL, "politie", "gemeente", "s", "x c", FASE, "fase is plan", "x"},
    {"B27", "gemeente", "derdenloket", "s", "x", "", "", "x"},
    {"B27", "gemeente", "derde", "s", "x", BROKER("derde-toegelaten"),
        "derde-toegelaten is no", "x"},
    {NULL, "gemeente", "derde", "s", "x", BROKER("derde-toegelaten"),
        "derde-toegelaten is yes", "x"},
    {"B29", "derde", "gemeente", "s", "x", "", "", "x"},
    {"B30", "politie", "om", "aanmelding-politie", "feit f", "", "", "feit"},
    {NULL, "politie", "om", "aanmelding-politie", "feit f",
        BROKER("bevoegd-gezag-akkoord"), "bevoegd-gezag-akkoord is yes",
        "feit"},
    {"B31", "politie", "om", "inbreng-politie", "feit f",
        MEMBER BROKER("bevoegd-gezag-akkoord"),
        IS_MEMBER " and bevoegd-gezag-akkoord is yes", "feit"},
    {NULL, "politie", "om", "inbreng-politie", "feit f",
        MEMBER BROKER("bevoegd-gezag-akkoord") YES_NO("geheimhouding-vermeld"),
        IS_MEMBER " and bevoegd-gezag-akkoord is yes and "
                  "geheimhouding-vermeld is yes",
        "feit"},
    {"B32", "gemeente", "gemeente-elders", "s", "x", BROKER("veto"),
        "veto is no", "x"},
    {"B33", "gemeente", "gemeente-elders", "s", "x",
        BROKER("vetoronde-afgerond"), "vetoronde-afgerond is yes", "x"},
    {NULL, "gemeente", "gemeente-elders", "s", "feit f",
        BROKER("vetoronde-afgerond") BROKER("veto"),
        "vetoronde-afgerond is yes and veto is no", "feit"},
    {"B34", "om", "rvdk", "doorverstrekking", "feit f", MEMBER, IS_MEMBER,
        "feit"},
    {"B34", "om", "rvdk", "doorverstrekking", "feit f",
        MEMBER "attribute herkomst : choice politie, om;\n",
        IS_MEMBER " and herkomst is one of politie, om", "feit"},
    {NULL, "om", "rvdk", "doorverstrekking", "vonnis g",
        MEMBER "attribute herkomst : choice politie, om;\n",
        IS_MEMBER " and herkomst is om", "vonnis"},
    {NULL, "om", "rvdk", "doorverstrekking", "feit f",
        MEMBER BROKER("bevoegd-gezag-akkoord"),
        IS_MEMBER " and bevoegd-gezag-akkoord is yes", "feit"},
    {"B40", "politie", "gemeente", "inbreng", "x", BROKER("in-casus"),
        "in-casus is yes", "x"},
    {"B40", "om", "politie", "voortgang", "x", BROKER("in-casus"),
        "in-casus is yes", "x"},
    {"B41", "rvdk", "derdenloket", "terugkeerplan-kind", "x",
        BROKER("in-casus") BROKER("derde-toegelaten"),
        "in-casus is yes and derde-toegelaten is yes", "x"},
    {NULL, "rvdk", "derdenloket", "terugkeerplan-kind", "x",
        BROKER("in-casus") BROKER("derde-toegelaten")
            BROKER("afzender-aangewezen"),
        "in-casus is yes and derde-toegelaten is yes and afzender-aangewezen "
        "is yes",
        "x"},
    {"B42", "om", "rvdk", "aanwijzing", "rol",
        BROKER("in-casus") BROKER("eensluidend"),
        "in-casus is yes and eensluidend is yes", "rol"},
    {"B43", "om", "rvdk", "inbreng-om", "x", BROKER("aangewezen"),
        "aangewezen is yes", "x"},
    {"B43", "om", "rvdk", "inbreng-om", "x", FASE BROKER("aangewezen"),
        "aangewezen is yes and fase is overleg", "x"},
    {NULL, "om", "rvdk", "inbreng-om", "x", MEMBER, IS_MEMBER, "x"},
    {"B44", "om", "rvdk", "aanwijzing", "rol",
        BROKER("in-casus") BROKER("ontvanger-aangewezen"),
        "in-casus is yes and ontvanger-aangewezen is yes", "rol"},
    {NULL, "om", "rvdk", "aanwijzing", "rol",
        BROKER("in-casus") BROKER("ontvanger-aangewezen") BROKER("eensluidend"),
        "in-casus is yes and ontvanger-aangewezen is yes and eensluidend is "
        "yes",
        "rol"},
    {"B45", "om", "politie", "weegstem", "oordeel", "", "", "oordeel"},
    {"B45", "om", "politie", "weegstem", "oordeel", FASE,
        "fase is one of aanmelding, weging, casus", "oordeel"},
    {"B45", "om", "politie", "weegstem", "oordeel", FASE,
        "fase is one of weging, bekendheid", "oordeel"},
    {NULL, "om", "politie", "weegstem", "oordeel", FASE,
        "fase is one of weging, casus", "oordeel"},
    {"B46", "om", "rvdk", "bekendheidsvraag", "x", FASE, "fase is weging", "x"},
    {NULL, "om", "rvdk", "bekendheidsvraag", "x", FASE, "fase is bekendheid",
        "x"},
    {"B47", "rvdk", "om", "verrijking", "x", FASE, "fase is aanmelding", "x"},
    {NULL, "rvdk", "om", "verrijking", "x", FASE, "fase is weging", "x"},
};

/* Names of the declared attributes, with commas. */
static void
put_names(char *out, size_t cap, const char *declarations)
{
    size_t n = 0;

    for (const char *at = declarations;
         (at = strstr(at, "attribute ")) != NULL;) {
        at += strlen("attribute ");
        n += (size_t)snprintf(out + n, cap - n, "%s%.*s",
            n == 0 ? " attributes " : ", ", (int)strcspn(at, " "), at);
    }
    assert_true(n < cap);
}

static void
put_text(char *out, size_t cap, const struct small *s)
{
    char names[256] = "";
    int n;

    put_names(names, sizeof names, s->attributes);
    n = snprintf(out, cap,
        "convenant klein version 1 valid 2026-01-01 until 2027-01-01\n"
        "timezone \"Europe/Amsterdam\" signed by %s;\nparty %s, %s;\n"
        "purpose p \"P\"; ground g \"G\";\n%ssignal %s with fields %s%s;\n"
        "permit P1 \"T\": from %s to %s signal %s for p on g%s%s share %s;",
        s->from, s->from, s->to, s->attributes, s->kind, s->fields, names,
        s->from, s->to, s->kind, s->conditions[0] == '\0' ? "" : " when ",
        s->conditions, s->share);
    assert_true(n > 0 && (size_t)n < cap);
}

static void
each_rule_refuses_what_is_at_odds_with_it_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof smalls / sizeof smalls[0]; i++) {
        const struct small *s = &smalls[i];
        struct findings findings;
        char text[2048];
        char said[16];

        put_text(text, sizeof text, s);
        if (s->rule == NULL) {
            struct agreement *a = loaded_text(text);

            agreement_destroy(&a);
            continue;
        }
        snprintf(said, sizeof said, ", %s)", s->rule);
        loaded_refused(&findings, text);
        assert_true(loaded_has(&findings, said));
    }
}

static void
each_rule_of_the_baseline_is_tried(void **state)
{
    struct slice text = loaded_bytes(CONVENANTEN "/wet-pga.baseline");
    const char *at = (const char *)text.p;
    const char *end = at + text.n;
    size_t rules = 0;

    (void)state;
    while ((at = memmem(at, (size_t)(end - at), " B", 2)) != NULL) {
        size_t n = strcspn(at + 1, " ");
        bool tried = n == 2 && at[2] == '1'; /* the language refuses it */

        at++;
        if (at[1] < '0' || at[1] > '9' || at[n + 1] != '"') {
            continue;
        }
        for (size_t i = 0; i < sizeof smalls / sizeof smalls[0]; i++) {
            const char *rule = smalls[i].rule;

            tried = tried || (rule != NULL && strlen(rule) == n &&
                                 memcmp(rule, at, n) == 0);
        }
        rules++;
        if (!tried) {
            fail_msg("%.*s is not tried", (int)n, at);
        }
    }
    assert_int_equal(rules, 35);
    loaded_free(text);
}

/* What senders would say of themselves is refused, whatever it is for. */
static void
what_the_broker_computes_no_sender_declares(void **state)
{
    (void)state;
    for (unsigned r = RELATION_NONE + 1; r < RELATIONS; r++) {
        const char *name = relation_name((enum relation)r);
        bool is_choice = relation_value_name((enum relation)r, 0) != NULL;
        struct findings findings;
        char text[1024];
        char said[160];

        snprintf(text, sizeof text,
            "convenant klein version 1 valid 2026-01-01 until 2027-01-01\n"
            "timezone \"Europe/Amsterdam\" signed by om;\nparty om, rvdk;\n"
            "purpose p \"P\"; ground g \"G\";\nattribute %s : %s;\n"
            "signal s with fields x attributes %s;\n"
            "permit P1 \"T\": from om to rvdk signal s for p on g\n"
            "when %s is %s share x;",
            name, is_choice ? "choice afwezig, plan" : "yes-no", name, name,
            is_choice ? "plan" : "yes");
        snprintf(said, sizeof said,
            "baseline wet-pga leaves '%s' to the broker", name);
        loaded_refused(&findings, text);
        assert_true(loaded_has(&findings, said));
        assert_int_equal(findings.errors, 1);
        assert_int_equal(findings.list[0].line, 5);
        assert_int_equal(findings.list[0].column, 11);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            each_rule_refuses_what_is_at_odds_with_it_and_nothing_else),
        cmocka_unit_test(each_rule_of_the_baseline_is_tried),
        cmocka_unit_test(what_the_broker_computes_no_sender_declares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
