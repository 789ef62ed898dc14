/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every request that the shipped agreement can be asked, against a table
 * written by hand from the law's sharing rules. The table knows nothing of
 * permits and forbids: a line says who gets exactly what, and whatever no line
 * says gets nobody anything. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct line {
    const char *from, *to, *kind, *purpose, *ground;
    const char *conditions; /* each must hold; | is or */
    const char *fields;
    uint32_t days;      /* retention at most; 0: none */
    const char *onward; /* to whom it may go on */
};

#define REPORTED                                                               \
    "betrokkene contactgegevens feiten duiding contra-indicaties melder"

static const struct line table[] = {
    /* 2: front line to the file holder */
    {"wijkteam", "gemeente", "melding-professional", "weging", "pga-5-2",
        "feiten-gescheiden=yes contra-indicaties-vermeld=yes", REPORTED, 183,
        ""},
    /* 3: school to the file holder, with consent or documented conflict */
    {"school", "gemeente", "melding-professional", "weging", "pga-5-2",
        "feiten-gescheiden=yes contra-indicaties-vermeld=yes "
        "toestemming-of-conflict-van-plichten=yes",
        REPORTED, 183, ""},
    /* 5: police signal to the file holder: a, c, f */
    {"politie", "gemeente", "politiesignaal", "openbare-orde", "wpg-16-1-b",
        "noodzaak-openbare-orde=yes",
        "betrokkene contactgegevens signaal politiegegevens", 365, ""},
    /* 6: report by the police to both others: a, b, c, d, f */
    {"politie", "gemeente", "aanmelding-politie", "weging", "pga-5-1-wpg-20",
        "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes",
        "betrokkene contactgegevens bsn signaal aanmelder politiegegevens",
        1826, "gemeente politie om"},
    {"politie", "om", "aanmelding-politie", "weging", "pga-5-1-wpg-20",
        "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes",
        "betrokkene contactgegevens bsn signaal aanmelder politiegegevens",
        1826, "gemeente politie om"},
    /* 7: report by the municipality: a, b, c, d; special categories only
     * when necessary */
    {"gemeente", "politie", "aanmelding-gemeente", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes bijzonder-noodzakelijk=no|unknown",
        "betrokkene contactgegevens bsn signaal aanmelder", 1826,
        "gemeente politie om"},
    {"gemeente", "politie", "aanmelding-gemeente", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes bijzonder-noodzakelijk=yes",
        "betrokkene contactgegevens bsn signaal aanmelder afkomst "
        "politieke-overtuiging geloof gezondheid",
        1826, ""},
    {"gemeente", "om", "aanmelding-gemeente", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes bijzonder-noodzakelijk=no|unknown",
        "betrokkene contactgegevens bsn signaal aanmelder", 1826,
        "gemeente politie om"},
    {"gemeente", "om", "aanmelding-gemeente", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes bijzonder-noodzakelijk=yes",
        "betrokkene contactgegevens bsn signaal aanmelder afkomst "
        "politieke-overtuiging geloof gezondheid",
        1826, ""},
    /* 8: report by the prosecutor: a, c, d, g, unless a weighty reason */
    {"om", "gemeente", "aanmelding-om", "weging", "pga-5-1-wjsg-39fb",
        "zwaarwegende-reden=no",
        "betrokkene contactgegevens signaal aanmelder justitiele-gegevens",
        1826, "gemeente politie om"},
    {"om", "politie", "aanmelding-om", "weging", "pga-5-1-wjsg-39fb",
        "zwaarwegende-reden=no",
        "betrokkene contactgegevens signaal aanmelder justitiele-gegevens",
        1826, "gemeente politie om"},
    /* 28: official message to the mayor alone: threat and person */
    {"aivd", "burgemeester", "ambtsbericht", "openbare-orde", "wiv-62", "",
        "betrokkene dreiging", 0, ""},
};
enum { LINES = sizeof table / sizeof table[0] };

static struct agreement *a;

static int
load(void **state)
{
    (void)state;
    a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    return 0;
}

static int
unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

/* As the table writes it. */
static const char *
value_text(const struct agreement_attribute *at, struct value v)
{
    if (v.state != VALUE_KNOWN) {
        return "unknown";
    }
    if (at->type == ATTRIBUTE_YES_NO) {
        return v.v == 1 ? "yes" : "no";
    }
    return at->values[v.v];
}

/* Whether VALUE is one of those that LIST, up to a space, separates by |. */
static bool
is_listed(const char *list, const char *value)
{
    size_t n = strlen(value);

    for (;;) {
        size_t end = strcspn(list, "| ");

        if (end == n && memcmp(list, value, n) == 0) {
            return true;
        }
        if (list[end] != '|') {
            return false;
        }
        list += end + 1;
    }
}

static bool
meets(const char *conditions, const struct request *req)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];

    while (*conditions != '\0') {
        size_t n = strcspn(conditions, "=");
        bool met = false;

        for (size_t k = 0; k < kind->attributes_n; k++) {
            const struct agreement_attribute *at =
                &a->attributes[kind->attributes[k]];

            if (strlen(at->name) == n && memcmp(at->name, conditions, n) == 0) {
                met = is_listed(
                    conditions + n + 1, value_text(at, req->attribute[k]));
            }
        }
        if (!met) {
            return false;
        }
        conditions += strcspn(conditions, " ");
        conditions += strspn(conditions, " ");
    }
    return true;
}

static const struct line *
line_for(const struct request *req, size_t *hits)
{
    for (size_t i = 0; i < LINES; i++) {
        const struct line *l = &table[i];

        if (strcmp(l->from, a->parties[req->sender]) == 0 &&
            strcmp(l->to, a->parties[req->recipient]) == 0 &&
            strcmp(l->kind, a->kinds[req->kind].name) == 0 &&
            strcmp(l->purpose, a->purposes[req->purpose].name) == 0 &&
            strcmp(l->ground, a->grounds[req->ground].name) == 0 &&
            meets(l->conditions, req)) {
            hits[i]++;
            return l;
        }
    }
    return NULL;
}

/* Next values of the attributes, unknown included; false after the last. */
static bool
next_values(struct request *req)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];

    for (size_t k = 0; k < kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &a->attributes[kind->attributes[k]];
        struct value *v = &req->attribute[k];

        /* a number would need its thresholds and their neighbours here */
        assert_int_not_equal(at->type, ATTRIBUTE_NUMBER);
        if (v->state == VALUE_UNKNOWN) {
            v->state = VALUE_KNOWN;
            v->v = 0;
            return true;
        }
        if (v->v < at->max) {
            v->v++;
            return true;
        }
        v->state = VALUE_UNKNOWN;
        v->v = 0;
    }
    return false;
}

/* Next sender, recipient, kind, purpose or ground; false after the last. */
static bool
next_route(struct request *req)
{
    uint16_t *wheel[] = {
        &req->ground, &req->purpose, &req->recipient, &req->sender, &req->kind};
    size_t n[] = {
        a->grounds_n, a->purposes_n, a->parties_n, a->parties_n, a->kinds_n};

    for (size_t i = 0; i < 5; i++) {
        if (++*wheel[i] < n[i]) {
            return true;
        }
        *wheel[i] = 0;
    }
    return false;
}

typedef void (*visitor)(const struct request *req, size_t *hits);

static size_t
visit_all(visitor visit, size_t *hits)
{
    struct request req;
    size_t requests = 0;

    memset(&req, 0, sizeof req);
    do {
        for (size_t k = 0; k < LIMIT_ATTRIBUTES; k++) {
            req.attribute[k].state =
                k < a->kinds[req.kind].attributes_n ? VALUE_UNKNOWN : VALUE_NA;
            req.attribute[k].v = 0;
        }
        do {
            visit(&req, hits);
            requests++;
        } while (next_values(&req));
    } while (next_route(&req));
    return requests;
}

static uint64_t
parties(const char *names)
{
    uint64_t set = 0;

    while (*names != '\0') {
        size_t n = strcspn(names, " ");
        int i = agreement_party(a, slice_of(names, n));

        assert_true(i >= 0);
        set |= UINT64_C(1) << i;
        names += n;
        names += strspn(names, " ");
    }
    return set;
}

static void
compare_with_table(const struct request *req, size_t *hits)
{
    const struct line *l = line_for(req, hits);
    struct decision got;

    evaluate(&got, a, req);
    if (l == NULL) {
        if (got.verdict != VERDICT_DENY) {
            fail_msg("%s gives %s signal %s, which no line says",
                a->parties[req->sender], a->parties[req->recipient],
                a->kinds[req->kind].name);
        }
        assert_int_equal(got.fields, 0);
        return;
    }
    assert_int_equal(got.verdict, VERDICT_PERMIT);
    assert_int_equal(got.reason, DENY_NONE);
    assert_int_equal(got.fields, loaded_fields(a, req->kind, l->fields));
    assert_int_equal(got.duties.has_at_most, l->days > 0);
    assert_int_equal(got.duties.at_most, l->days);
    assert_true(got.duties.onward_limited);
    assert_int_equal(got.duties.onward_to, parties(l->onward));
    assert_true(got.duties.log);
}

static void
every_request_is_decided_as_the_table_says(void **state)
{
    size_t hits[LINES] = {0};
    size_t requests = visit_all(compare_with_table, hits);

    (void)state;
    print_message("%zu requests\n", requests);
    assert_int_equal(
        requests, 7 * 7 * 2 * 6 * (5 * 3 + 5 * 9 + 5 * 9 + 5 * 3 + 5 * 27 + 5));
    for (size_t i = 0; i < LINES; i++) {
        if (hits[i] == 0) {
            fail_msg("line %zu of the table says nothing", i);
        }
    }
}

static void
compare_with_widest(const struct request *req, size_t *hits)
{
    struct decision one;
    struct decision widest;

    evaluate(&one, a, req);
    assert_int_equal(evaluate_widest(&widest, a, req), DHK_OK);
    assert_memory_equal(&one, &widest, sizeof one);
    (*hits)++;
}

static void
with_nothing_hidden_the_widest_decision_is_the_decision(void **state)
{
    size_t hits = 0;
    size_t requests;

    (void)state;
    requests = visit_all(compare_with_widest, &hits);
    assert_int_equal(requests, hits);
}

static void
compare_with_classes(const struct request *req, size_t *hits)
{
    struct request other = *req;
    struct decision one;
    struct decision two;

    for (size_t k = 0; k < a->kinds[req->kind].attributes_n; k++) {
        uint32_t class_ = evaluate_class(a, req->kind, k, req->attribute[k]);

        assert_int_equal(evaluate_representative(
                             &other.attribute[k], a, req->kind, k, class_),
            DHK_OK);
        assert_int_equal(
            evaluate_class(a, req->kind, k, other.attribute[k]), class_);
    }
    evaluate(&one, a, req);
    evaluate(&two, a, &other);
    assert_memory_equal(&one, &two, sizeof one);
    (*hits)++;
}

static void
the_classes_of_the_values_decide_as_the_values(void **state)
{
    size_t hits = 0;
    size_t requests;

    (void)state;
    requests = visit_all(compare_with_classes, &hits);
    assert_int_equal(requests, hits);
}

/* What the sharing rules name as withheld, and the rule that keeps it back. */
static const struct {
    const char *request, *field, *rule;
} withheld[] = {
    {"politie gemeente politiesignaal openbare-orde wpg-16-1-b "
     "noodzaak-openbare-orde=yes",
        "verwijderde-gegevens", "N1"},
    {"politie gemeente politiesignaal openbare-orde wpg-16-1-b "
     "noodzaak-openbare-orde=yes",
        "onderzoeksgegevens", "P5"},
    {"politie gemeente politiesignaal openbare-orde wpg-16-1-b "
     "noodzaak-openbare-orde=yes",
        "themagegevens", "N2"},
    {"politie gemeente politiesignaal openbare-orde wpg-16-1-b "
     "noodzaak-openbare-orde=yes",
        "informanten", "N2"},
    {"politie om aanmelding-politie weging pga-5-1-wpg-20 "
     "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes",
        "themagegevens", "P6"},
    {"politie om aanmelding-politie weging pga-5-1-wpg-20 "
     "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes",
        "informanten", "P6"},
    {"gemeente om aanmelding-gemeente weging pga-5-1 kwaliteit-getoetst=yes",
        "geloof", "N3"},
    {"gemeente om aanmelding-gemeente weging pga-5-1 kwaliteit-getoetst=yes",
        "gezondheid", "N3"},
    {"om politie aanmelding-om weging pga-5-1-wjsg-39fb zwaarwegende-reden=no",
        "gegevens-derden", "P8"},
    {"wijkteam gemeente melding-professional weging pga-5-2 "
     "feiten-gescheiden=yes contra-indicaties-vermeld=yes",
        "bsn", "P2"},
    {"wijkteam gemeente melding-professional weging pga-5-2 "
     "feiten-gescheiden=yes contra-indicaties-vermeld=yes",
        "dossier", "N4"},
    {"wijkteam gemeente melding-professional weging pga-5-2 "
     "feiten-gescheiden=yes contra-indicaties-vermeld=yes",
        "geloof", "N3"},
    {"school gemeente melding-professional weging pga-5-2 "
     "feiten-gescheiden=yes contra-indicaties-vermeld=yes "
     "toestemming-of-conflict-van-plichten=yes",
        "diagnose", "N4"},
    {"school gemeente melding-professional weging pga-5-2 "
     "feiten-gescheiden=yes contra-indicaties-vermeld=yes "
     "toestemming-of-conflict-van-plichten=yes",
        "behandeling", "P3"},
    {"school gemeente melding-professional weging pga-5-2 "
     "feiten-gescheiden=yes contra-indicaties-vermeld=yes "
     "toestemming-of-conflict-van-plichten=yes",
        "cijfers", "N4"},
    {"aivd burgemeester ambtsbericht openbare-orde wiv-62", "bronnen", "P28"},
    {"aivd burgemeester ambtsbericht openbare-orde wiv-62", "werkwijze", "N6"},
};

static void
what_is_withheld_is_withheld_by_a_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof withheld / sizeof withheld[0]; i++) {
        struct request req = loaded_request(a, withheld[i].request);
        struct decision got = loaded_decide(a, withheld[i].request);
        uint32_t field = loaded_fields(a, req.kind, withheld[i].field);
        size_t rule = loaded_rule(a, withheld[i].rule);
        uint32_t by = withheld[i].rule[0] == 'N' ? got.never : got.withheld;
        bool named = false;

        assert_int_equal(got.verdict, VERDICT_PERMIT);
        assert_int_equal(got.fields & field, 0);
        assert_int_equal(by & field, field);
        assert_true(evaluate_rule_applies(a, rule, &req));
        for (size_t k = 0; k < got.rules_n; k++) {
            named = named || got.rules[k] == rule;
        }
        assert_true(named);
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

static void
it_has_no_finding_at_all(void **state)
{
    struct slice text = loaded_bytes(CONVENANTEN "/voorbeeldstad.convenant");
    struct findings findings;
    struct agreement *other;

    (void)state;
    assert_int_equal(agreement_load(&other, text, &findings), DHK_OK);
    assert_int_equal(findings.n, 0);
    agreement_destroy(&other);
    loaded_free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_is_decided_as_the_table_says),
        cmocka_unit_test(
            with_nothing_hidden_the_widest_decision_is_the_decision),
        cmocka_unit_test(the_classes_of_the_values_decide_as_the_values),
        cmocka_unit_test(what_is_withheld_is_withheld_by_a_rule),
        cmocka_unit_test(the_signatories_are_mayor_police_and_prosecutor),
        cmocka_unit_test(it_has_no_finding_at_all),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
