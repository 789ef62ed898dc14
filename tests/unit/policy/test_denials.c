/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the shipped agreement keeps back, and from whom: field by field as the
 * sharing rules name it as withheld, and the denials that stand under them. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "relation.h"
#include "voorbeeldstad.h"

#define CONVENANT CONVENANTEN "/voorbeeldstad.convenant"

enum { WORD = 128 };

static struct agreement *a;

static int
load(void **state)
{
    (void)state;
    a = loaded_file(CONVENANT);
    return 0;
}

static int
unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

/* Copies word I of WORDS; false when there are fewer. */
static bool
word(char out[WORD], const char *words, size_t i)
{
    size_t n = 0;

    for (;;) {
        words += strspn(words, " ");
        n = strcspn(words, " ");
        if (n == 0) {
            return false;
        }
        if (i-- == 0) {
            break;
        }
        words += n;
    }
    assert_true(n < WORD);
    memcpy(out, words, n);
    out[n] = '\0';
    return true;
}

/* The conditions of a row with the first value of each: what loaded_request()
 * reads. */
static void
ask(char *out, size_t cap, const struct row *r, const char *from,
    const char *to)
{
    size_t n = (size_t)snprintf(
        out, cap, "%s %s %s %s %s", from, to, r->kind, r->purpose, r->ground);
    char condition[WORD];

    for (size_t i = 0; word(condition, r->conditions, i); i++) {
        condition[strcspn(condition, "|")] = '\0';
        n += (size_t)snprintf(out + n, cap - n, " %s", condition);
    }
    assert_true(n < cap);
}

typedef void (*visitor)(
    const struct row *r, const char *request, const void *arg);

/* Every pair of the row. */
static size_t
visit_pairs(const struct row *r, visitor visit, const void *arg)
{
    char from[WORD];
    char to[WORD];
    char request[512];
    size_t visits = 0;

    for (size_t i = 0; word(from, r->from, i); i++) {
        for (size_t j = 0; word(to, r->to, j); j++) {
            if (strcmp(from, to) != 0) {
                ask(request, sizeof request, r, from, to);
                visit(r, request, arg);
                visits++;
            }
        }
    }
    return visits;
}

static void
lacks_the_field(const struct row *r, const char *request, const void *arg)
{
    const struct withheld *w = arg;
    struct decision got = loaded_decide(a, request);
    struct request req = loaded_request(a, request);
    uint32_t field = loaded_fields(a, req.kind, w->field);
    bool named = false;

    (void)r;
    assert_int_not_equal(got.verdict, VERDICT_DENY);
    assert_int_equal(got.fields & field, 0);
    if (w->rule == NULL) { /* by each permit of its own */
        assert_int_equal(got.withheld & field, field);
        return;
    }
    assert_int_equal(
        (w->rule[0] == 'N' ? got.never : got.withheld) & field, field);
    assert_true(evaluate_rule_applies(a, loaded_rule(a, w->rule), &req));
    for (size_t k = 0; k < got.rules_n; k++) {
        named = named || got.rules[k] == loaded_rule(a, w->rule);
    }
    assert_true(named);
}

static void
what_a_rule_withholds_is_kept_back_from_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < voorbeeldstad_withheld_n; i++) {
        const struct withheld *w = &voorbeeldstad_withheld[i];
        size_t visits = 0;

        for (size_t k = 0; k < voorbeeldstad_rows_n; k++) {
            const struct row *r = &voorbeeldstad_rows[k];

            if (r->number == w->number && strcmp(r->kind, w->kind) == 0) {
                visits += visit_pairs(r, lacks_the_field, w);
            }
        }
        assert_true(visits > 0);
    }
}

static void
is_delivered(const struct row *r, const char *request, const void *arg)
{
    struct request req = loaded_request(a, request);
    struct decision got = loaded_decide(a, request);
    uint32_t fields = loaded_fields(a, req.kind, r->fields);

    (void)arg;
    assert_int_equal(
        got.verdict, r->approval[0] != '\0' ? VERDICT_PENDING : VERDICT_PERMIT);
    assert_int_equal(got.fields & fields, fields);
}

static void
each_rule_that_has_a_flow_gives_what_it_says(void **state)
{
    bool seen[42] = {false};

    (void)state;
    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        const struct row *r = &voorbeeldstad_rows[i];

        assert_true(visit_pairs(r, is_delivered, NULL) > 0);
        seen[r->number] = true;
    }
    for (size_t n = 2; n < 40; n++) {
        assert_int_equal(seen[n], n != 37);
    }
}

/* A field that has no letter identifies nobody, or is what the rule names. */
static void
each_field_is_of_a_category_that_its_rule_names(void **state)
{
    static const char letters[] = "-abcdefghs";

    (void)state;
    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        const struct row *r = &voorbeeldstad_rows[i];
        const struct agreement_kind *kind =
            &a->kinds[agreement_kind(a, slice_str(r->kind))];
        char name[WORD];

        for (size_t k = 0; word(name, r->fields, k); k++) {
            int f = agreement_field(kind, slice_str(name));
            char letter = letters[kind->fields[f].category];

            if (letter != '-' && strchr(r->letters, letter) == NULL) {
                fail_msg("rule %d: %s is %c", r->number, name, letter);
            }
        }
    }
}

static void
is_denied_when_closed(const struct row *r, const char *request, const void *arg)
{
    const char *at = strstr(request, " fase=");
    char closed[640];
    struct decision got;

    (void)r;
    if (at == NULL) {
        return;
    }
    at += strlen(" fase=");
    snprintf(closed, sizeof closed, "%.*s%s%s", (int)(at - request), request,
        (const char *)arg, at + strcspn(at, " "));
    got = loaded_decide(a, closed);
    assert_int_equal(got.reason, DENY_FORBID);
    assert_int_equal(got.rules[0], loaded_rule(a, "V11"));
}

static void
nothing_goes_to_a_case_that_is_closed_or_rejected(void **state)
{
    (void)state;
    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        const struct row *r = &voorbeeldstad_rows[i];

        if (r->number != 11) { /* which says that it is rejected */
            (void)visit_pairs(r, is_denied_when_closed, "afgesloten");
            (void)visit_pairs(r, is_denied_when_closed, "afgewezen");
            (void)visit_pairs(r, is_denied_when_closed, "vernietigd");
            (void)visit_pairs(r, is_denied_when_closed, "unknown");
        }
    }
}

/* An incidental third party has no account: it is the process director's desk
 * that takes part, and it gets and gives nothing else. */
static void
a_third_party_sees_its_extract_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        const struct row *r = &voorbeeldstad_rows[i];

        if (strstr(r->to, "derdenloket") != NULL) {
            assert_true(r->number == 24 || r->number == 34);
            assert_non_null(strstr(r->conditions, "derde-toegelaten=yes"));
            assert_non_null(strstr(r->conditions, "afzender-aangewezen=yes"));
        }
        if (strstr(r->from, "derdenloket") != NULL) {
            assert_int_equal(r->number, 25);
        }
    }
}

static void
an_embargo_ends_all_but_votes_closing_and_rights(void **state)
{
    static const char goes_on[] = " weegstem afwijzing afsluiting "
                                  "inzage-raadpleging inzage-bijdrage ";

    (void)state;
    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        const struct row *r = &voorbeeldstad_rows[i];
        char kind[66];

        snprintf(kind, sizeof kind, " %s ", r->kind);
        if (strstr(r->conditions, "fase=") != NULL ||
            strstr(r->conditions, "aangewezen=yes") != NULL) {
            assert_int_equal(strstr(r->conditions, "embargo=no") == NULL,
                strstr(goes_on, kind) != NULL);
        }
    }
}

static void
what_a_member_vetoes_does_not_go_to_another_municipality(void **state)
{
    static const char *const said[] = {"no", "yes", "unknown"};

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        char line[256];
        struct decision got;

        snprintf(line, sizeof line,
            "gemeente gemeente-elders overdracht overdracht pga-7 in-casus=yes "
            "fase=plan band-met-gemeente=verblijf vetoronde-afgerond=%s "
            "veto=%s embargo=no",
            i / 3 == 0   ? "yes"
            : i / 3 == 1 ? "no"
                         : "unknown",
            said[i % 3]);
        got = loaded_decide(a, line);
        assert_int_equal(got.verdict, i == 0 ? VERDICT_PERMIT : VERDICT_DENY);
    }
}

/* What only a broker can know is not for a sender to say, and of a third-party
 * rule or a veto no recipient hears. */
static void
what_the_broker_computes_is_left_to_it(void **state)
{
    static const char *const closed[] = {"derdenregel", "veto"};
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < a->attributes_n; i++) {
        const struct agreement_attribute *at = &a->attributes[i];
        bool is_closed = strcmp(at->name, closed[0]) == 0 ||
                         strcmp(at->name, closed[1]) == 0;

        assert_int_equal(
            at->by_broker, relation_by_name(at->name) != RELATION_NONE);
        assert_int_equal(at->closed, is_closed);
        n += at->by_broker;
    }
    assert_int_equal(n, RELATIONS - 1);
}

/* The text with TO in the place of FROM, which must be in it. */
static char *
changed(const char *from, const char *to)
{
    struct slice text = loaded_bytes(CONVENANT);
    size_t n = text.n + strlen(to) + 1;
    char *out = calloc(1, n);
    const char *at = memmem(text.p, text.n, from, strlen(from));

    assert_non_null(out);
    assert_non_null(at);
    snprintf(out, n, "%.*s%s%s", (int)(at - (const char *)text.p),
        (const char *)text.p, to, "");
    strncat(out, at + strlen(from),
        text.n - (size_t)(at - (const char *)text.p) - strlen(from));
    loaded_free(text);
    return out;
}

static void
who_takes_no_part_cannot_be_named(void **state)
{
    static const char *const strangers[] = {"media", "verhuurder", "werkgever",
        "recherchebureau", "europol", "burger", "betrokkene", "derde",
        "jaarverslag"};

    (void)state;
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        struct findings findings;
        char line[160];
        char *text;

        snprintf(line, sizeof line,
            "from politie to gemeente, %s signal aanmelding", strangers[i]);
        text = changed("from politie to gemeente, om signal aanmelding", line);
        loaded_refused(&findings, text);
        assert_true(loaded_has(&findings, strangers[i]));
        free(text);
    }
}

static void
who_takes_part_is_known(void **state)
{
    static const char *const who[] = {"burgemeester", "politie", "om",
        "gemeente", "wijkteam", "school", "aivd", "college", "reclassering",
        "rvdk", "ggz", "gi", "derdenloket", "nctv", "lovj", "gemeente-elders",
        "contactpunt", "raad"};

    (void)state;
    assert_int_equal(a->parties_n, sizeof who / sizeof who[0]);
    for (size_t i = 0; i < a->parties_n; i++) {
        assert_string_equal(a->parties[i], who[i]);
    }
}

static void
no_field_may_be_of_a_category_that_the_law_leaves_out(void **state)
{
    static const char *const categories[] = {
        "trade-union", "genetic", "biometric", "sex"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct findings findings;
        char line[160];
        char *text;

        snprintf(line, sizeof line,
            "signal weegstem with fields lid special %s,", categories[i]);
        text = changed("signal weegstem with fields", line);
        loaded_refused(&findings, text);
        assert_true(loaded_has(&findings, categories[i]));
        free(text);
    }
}

static void
the_signatories_are_mayor_police_and_prosecutor(void **state)
{
    (void)state;
    assert_int_equal(a->signatories_n, 3);
    assert_string_equal(a->parties[a->signatories[0]], "burgemeester");
    assert_string_equal(a->parties[a->signatories[1]], "politie");
    assert_string_equal(a->parties[a->signatories[2]], "om");
    assert_int_equal(a->valid_from, 20454);  /* 2026-01-01 */
    assert_int_equal(a->valid_until, 24106); /* 2036-01-01 */
    assert_string_equal(a->timezone, "Europe/Amsterdam");
}

/* Kinds that bring somebody into view, or add a fact to a case. The others are
 * about no person, or may say one thing or another of somebody in view. */
static const char *const required[][2] = {
    {"politiesignaal", "betrokkene signaal"},
    {"aanmelding-politie", "betrokkene signaal"},
    {"aanmelding-gemeente", "betrokkene signaal"},
    {"aanmelding-om", "betrokkene signaal"},
    {"aanmelding-deelnemer", "betrokkene signaal"},
    {"melding-professional", "betrokkene feiten"},
    {"bekendheidsvraag", "betrokkene"},
    {"aanwijzing", "betrokkene"},
    {"inbreng", "betrokkene"},
    {"inbreng-politie", "politiegegevens"},
    {"inbreng-om", "justitiele-gegevens"},
    {"doorverstrekking", "betrokkene"},
    {"extract-derde", "betrokkene"},
    {"deelopdracht", "betrokkene deelplan"},
    {"ambtsbericht", "betrokkene dreiging"},
    {"ambtsbericht-om", "betrokkene dreiging"},
    {"ambtsbericht-duiding", "kern"},
    {"afstemming-nctv", "pseudoniem casusfeiten"},
    {"terugkeer-notificatie", "betrokkene verwachte-terugkeer"},
    {"terugkeerplan-kind", "kind-naam"},
    {"overdracht", "betrokkene"},
    {"inzage-raadpleging", "betrokkene"},
};

static void
no_signal_is_without_its_individual_and_behaviour(void **state)
{
    (void)state;
    for (uint16_t k = 0; k < a->kinds_n; k++) {
        const char *fields = "";

        for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
            if (strcmp(required[i][0], a->kinds[k].name) == 0) {
                fields = required[i][1];
            }
        }
        assert_int_equal(a->kinds[k].required, loaded_fields(a, k, fields));
    }
}

static void
has_no_finding(const char *path)
{
    struct slice text = loaded_bytes(path);
    struct findings findings;
    struct agreement *other;

    assert_int_equal(agreement_load(&other, text, &findings), DHK_OK);
    assert_int_equal(findings.n, 0);
    agreement_destroy(&other);
    loaded_free(text);
}

static void
what_is_shipped_has_no_finding_at_all(void **state)
{
    (void)state;
    has_no_finding(CONVENANT);
    has_no_finding(CONVENANTEN "/minimaal.convenant");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_rule_withholds_is_kept_back_from_all),
        cmocka_unit_test(each_rule_that_has_a_flow_gives_what_it_says),
        cmocka_unit_test(each_field_is_of_a_category_that_its_rule_names),
        cmocka_unit_test(nothing_goes_to_a_case_that_is_closed_or_rejected),
        cmocka_unit_test(a_third_party_sees_its_extract_alone),
        cmocka_unit_test(an_embargo_ends_all_but_votes_closing_and_rights),
        cmocka_unit_test(
            what_a_member_vetoes_does_not_go_to_another_municipality),
        cmocka_unit_test(what_the_broker_computes_is_left_to_it),
        cmocka_unit_test(who_takes_no_part_cannot_be_named),
        cmocka_unit_test(who_takes_part_is_known),
        cmocka_unit_test(no_field_may_be_of_a_category_that_the_law_leaves_out),
        cmocka_unit_test(the_signatories_are_mayor_police_and_prosecutor),
        cmocka_unit_test(no_signal_is_without_its_individual_and_behaviour),
        cmocka_unit_test(what_is_shipped_has_no_finding_at_all),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
