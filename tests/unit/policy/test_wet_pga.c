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

struct small {
    const char *rule; /* NULL: it holds */
    const char *from, *to;
    const char *kind, *fields; /* of the signal */
    const char *attributes;    /* and their declarations */
    const char *conditions, *share;
};

#define YES_NO(name) "attribute " name " : yes-no;\n"
#define FASE                                                                   \
    "attribute fase : choice weging, betrekken, overleg, plan, uitvoering, "   \
    "afgesloten, afgewezen;\n"
#define RULE "attribute derdenregel : choice afwezig, opgeheven, van-kracht;\n"

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
        "ziek"},
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
    {"B25", "burgemeester", "nctv", "ambtsbericht-duiding", "kern c", "", "",
        "kern"},
    {"B25", "burgemeester", "nctv", "ambtsbericht-duiding", "kern c", RULE,
        "derdenregel is van-kracht", "kern"},
    {NULL, "burgemeester", "nctv", "ambtsbericht-duiding", "kern c", RULE,
        "derdenregel is opgeheven", "kern"},
    {"B26", "politie", "gemeente", "s", "x", FASE, "fase is not plan", "x"},
    {NULL, "politie", "gemeente", "s", "x", FASE, "fase is plan", "x"},
    {"B27", "gemeente", "derdenloket", "s", "x", YES_NO("toelating-loopt"),
        "toelating-loopt is yes", "x"},
    {"B28", "gemeente", "derde", "s", "x", YES_NO("derde-toegelaten"),
        "derde-toegelaten is yes", "x"},
    {NULL, "gemeente", "derde", "s", "x",
        YES_NO("derde-toegelaten") YES_NO("toelating-loopt"),
        "derde-toegelaten is yes and toelating-loopt is yes", "x"},
    {"B29", "derde", "gemeente", "s", "x", "", "", "x"},
    {"B30", "politie", "om", "aanmelding-politie", "feit f", "", "", "feit"},
    {NULL, "politie", "om", "aanmelding-politie", "feit f",
        YES_NO("bevoegd-gezag-akkoord"), "bevoegd-gezag-akkoord is yes",
        "feit"},
    {"B31", "politie", "om", "inbreng-politie", "feit f",
        YES_NO("bevoegd-gezag-akkoord") YES_NO("om-aangewezen"),
        "bevoegd-gezag-akkoord is yes and om-aangewezen is yes", "feit"},
    {NULL, "politie", "om", "inbreng-politie", "feit f",
        YES_NO("bevoegd-gezag-akkoord") YES_NO("om-aangewezen")
            YES_NO("geheimhouding-vermeld"),
        "bevoegd-gezag-akkoord is yes and om-aangewezen is yes and "
        "geheimhouding-vermeld is yes",
        "feit"},
    {"B32", "gemeente", "gemeente-elders", "s", "x", "", "", "x"},
    {"B33", "gemeente", "gemeente-elders", "s", "feit f",
        YES_NO("vetoronde-afgerond"), "vetoronde-afgerond is yes", "feit"},
    {"B34", "gemeente", "gemeente-elders", "s", "vonnis g",
        YES_NO("vetoronde-afgerond") YES_NO("politie-veto"),
        "vetoronde-afgerond is yes and politie-veto is no", "vonnis"},
    {NULL, "gemeente", "gemeente-elders", "s", "feit f",
        YES_NO("vetoronde-afgerond") YES_NO("politie-veto"),
        "vetoronde-afgerond is yes and politie-veto is no", "feit"},
    {"B40", "politie", "gemeente", "inbreng", "x", "", "", "x"},
    {"B41", "om", "politie", "inbreng-om", "x", "", "", "x"},
    {"B42", "rvdk", "om", "inbreng-rvdk", "x", "", "", "x"},
    {"B43", "reclassering", "college", "inbreng-reclassering", "x", "", "",
        "x"},
    {"B44", "college", "reclassering", "inbreng-college", "x", "", "", "x"},
    {"B45", "gemeente", "rvdk", "inbreng", "x", YES_NO("gemeente-aangewezen"),
        "gemeente-aangewezen is yes", "x"},
    {NULL, "gemeente", "rvdk", "inbreng", "x", YES_NO("rvdk-aangewezen"),
        "rvdk-aangewezen is yes", "x"},
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
    assert_int_equal(rules, 32);
    loaded_free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            each_rule_refuses_what_is_at_odds_with_it_and_nothing_else),
        cmocka_unit_test(each_rule_of_the_baseline_is_tried),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
