/* SPDX-License-Identifier: EUPL-1.2
 *
 * How reports are written: escaped, in two languages, with charts; and the
 * yearly figures, of which none below k is told. */
#include "report_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 256 * 1024 };

static char text[TEXT];

static const struct make_signal signal_of_police = {.from = "politie",
    .kind = "politiesignaal",
    .purpose = "openbare-orde",
    .ground = "wpg-16-1-b",
    .fields = "betrokkene informanten",
    .attributes = "noodzaak-openbare-orde=yes",
    .case_byte = 1};

static int
begin(void **state)
{
    (void)state;
    make_begin(true);
    make_agreed();
    make_accepted(&signal_of_police);
    /* an id is any text in quotes: what it may hold is the agreement's */
    make_share("gemeente", "betrokkene", "<b>&\"'");
    make_accepted(&signal_of_police);
    make_share("gemeente", "betrokkene", "=1+1");
    make_done();
    return 0;
}

/* What WRITE writes of report NAME. */
static const char *
written(const char *name, enum render_lang lang,
    void (*write)(FILE *out, const struct report *r))
{
    const struct report_ask ask = {.smallest = REPORT_K, .lang = lang};
    struct report report;
    FILE *out = fmemopen(text, sizeof text, "w");

    assert_non_null(out);
    make_build(&report, name, &ask);
    write(out, &report);
    report_done(&report);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void
print(FILE *out, const struct report *r)
{
    assert_int_equal(report_print(out, r), DHK_OK);
}

static void
a_page_holds_no_markup_of_the_ledgers(void **state)
{
    const char *page = written("recipients", RENDER_EN, report_html);

    (void)state;
    assert_null(strstr(page, "<b>"));
    assert_non_null(strstr(page, "&lt;b&gt;&amp;&quot;&#39;"));
    assert_non_null(strstr(page, "default-src 'none'"));
    assert_null(strstr(page, "<script"));
    assert_non_null(strstr(page, "</html>"));
}

static void
a_page_is_of_one_language(void **state)
{
    (void)state;
    assert_non_null(strstr(
        written("overview", RENDER_NL, report_html), "<html lang=\"nl\">"));
    assert_non_null(strstr(text, "Wat dit niet zegt"));
    assert_null(strstr(text, "does not tell"));
    assert_non_null(strstr(
        written("overview", RENDER_EN, report_html), "<html lang=\"en\">"));
    assert_non_null(strstr(text, "What this does not tell"));
    assert_null(strstr(text, "Verstrekkingen"));
}

static void
every_chart_is_drawn(void **state)
{
    size_t charts = 0;

    (void)state;
    (void)written("overview", RENDER_EN, report_html);
    for (const char *at = text; (at = strstr(at, "<svg ")) != NULL; at++)
        charts++;
    assert_int_equal(charts, 5);
    /* two transfers, to one recipient, of two fields of which one is shared */
    assert_non_null(strstr(text, ">politie</text>"));
    assert_null(strstr(text, "nan\""));
    assert_null(strstr(text, "inf\""));
}

/* "om 0,1,0; ..." of a chart. */
static const char *
chart_values(json_t *report, const char *key)
{
    static char out[1024];
    const json_t *charts = json_object_get(report, "charts");

    out[0] = '\0';
    for (size_t i = 0; i < json_array_size(charts); i++) {
        const json_t *c = json_array_get(charts, i);
        const json_t *rows = json_object_get(c, "rows");
        if (strcmp(json_string_value(json_object_get(c, "chart")), key) != 0)
            continue;
        for (size_t k = 0; k < json_array_size(rows); k++) {
            const json_t *v = json_array_get(json_object_get(c, "values"), k);
            size_t n = strlen(out);
            (void)snprintf(out + n, sizeof out - n, "%s%s %d,%d,%d",
                k > 0 ? "; " : "", json_string_value(json_array_get(rows, k)),
                (int)json_integer_value(json_array_get(v, 0)),
                (int)json_integer_value(json_array_get(v, 1)),
                (int)json_integer_value(json_array_get(v, 2)));
        }
    }
    return out;
}

/* To four parties, who may keep it for 30 days: one never fetched it, one had
 * it recalled, one stated that it destroyed the case, one did nothing. */
static void
charts_tell_what_is_open_and_overdue(void **state)
{
    static const char *const to[] = {"om", "gemeente", "college", "rvdk"};
    uint64_t share[4];
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    make_accepted(&signal_of_police);
    for (size_t i = 0; i < 4; i++)
        share[i] = make_share(to[i], "betrokkene", "P5");
    for (size_t i = 1; i < 4; i++)
        make_answer(share[i], ANSWER_TAKEN, 0);
    make_at(MAKE_START + 29 * MAKE_DAY);
    make_withdrawn(share[1], true, false);
    make_destroyed("college", 1);
    make_at(MAKE_START + 31 * MAKE_DAY);
    make_operator();
    make_done();
    o = make_report("overview", NULL);
    /* not fetched, recall without an answer, term passed */
    assert_string_equal(
        chart_values(o, "open"), "om 1,0,0; gemeente 0,1,1; rvdk 0,0,1");
    /* shared, withheld by the agreement, by the sender: of two fields each */
    assert_string_equal(chart_values(o, "withheld"), "politiesignaal 4,4,0");
    /* received, on their way, ended otherwise */
    assert_string_equal(chart_values(o, "over_time"), "2026-01-01 3,1,0");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

static void
csv_is_no_formula(void **state)
{
    const char *csv = written("recipients", RENDER_EN, report_csv);

    (void)state;
    assert_memory_equal(
        csv, "entry,time,from,to,kind,purpose,ground,case,", 44);
    assert_non_null(strstr(csv, ",\"'=1+1\","));
    assert_non_null(strstr(csv, ",\"<b>&\"\"'\","));
    /* the whole handle, which people see shortened */
    assert_non_null(strstr(csv, ",\"01010101010101010101010101010101\","));
}

static void
text_shortens_handles(void **state)
{
    const char *out = written("recipients", RENDER_EN, print);

    (void)state;
    assert_non_null(strstr(out, " 01010101 "));
    assert_null(strstr(out, "0101010101"));
    assert_non_null(strstr(out, "AVG 15"));
}

/* Every report of a ledger with nothing on it, in every form. */
static void
an_empty_ledger_is_reported_on(void **state)
{
    const struct report_ask ask = {.smallest = REPORT_K};

    (void)state;
    make_end();
    make_begin(true);
    make_done();
    for (size_t i = 0; report_spec(i) != NULL; i++) {
        const char *name = report_spec(i)->name;
        json_decref(make_report(name, &ask));
        (void)written(name, RENDER_NL, report_html);
        assert_null(strstr(text, "nan\""));
        (void)written(name, RENDER_NL, report_csv);
        (void)written(name, RENDER_NL, print);
    }
    make_end();
    (void)begin(NULL);
}

static void
reports_have_names_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; report_spec(i) != NULL; i++) {
        const struct report_spec *s = report_spec(i);
        assert_ptr_equal(report_find(s->name), s);
        assert_true(s->law[0] != '\0' && s->question.nl[0] != '\0' &&
                    s->question.en[0] != '\0');
        assert_int_equal(s->missing.nl[0] == '\0', s->missing.en[0] == '\0');
    }
    assert_null(report_find("recipient"));
}

/* --- yearly figures --- */

static void
put_report(uint8_t case_byte)
{
    make_accepted(&(const struct make_signal){.from = "school",
        .kind = "melding-professional",
        .purpose = "weging",
        .ground = "pga-5-2",
        .fields = "betrokkene",
        .case_byte = case_byte});
    make_share("gemeente", "betrokkene", "P3");
}

static void
put_phase(
    uint8_t case_byte, const char *kind, const char *fields, const char *facts)
{
    make_facts(facts);
    make_accepted(&(const struct make_signal){.from = "gemeente",
        .kind = kind,
        .purpose = "duiding",
        .ground = "pga-6-1",
        .fields = fields,
        .case_byte = case_byte});
    make_share("politie", fields, "P17");
    make_facts(NULL);
}

/* 2026: four reports, three cases opened on day 10 and closed on days 20, 30
 * and 40. 2027: one report, one rejection. */
static void
put_years(void)
{
    for (uint8_t i = 1; i <= 4; i++)
        put_report(i);
    make_at(MAKE_START + 10 * MAKE_DAY);
    for (uint8_t i = 1; i <= 3; i++)
        put_phase(i, "inbreng", "betrokkene", "fase=overleg");
    for (uint8_t i = 1; i <= 3; i++) {
        make_at(MAKE_START + (10 + i * UINT64_C(10)) * MAKE_DAY);
        put_phase(i, "afsluiting", "afsluitbesluit", "fase=uitvoering");
    }
    make_at(MAKE_START + 400 * MAKE_DAY);
    put_report(9);
    put_phase(9, "afwijzing", "status", "fase=afgewezen");
}

static void
yearly_figures_hide_what_is_small(void **state)
{
    struct report_ask ask = {.smallest = 3, .lang = RENDER_EN};
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    put_years();
    make_done();
    o = make_report("yearly", &ask);
    /* 2027 has one report: hidden; the total would tell it, so 2026 is too */
    assert_string_equal(make_rows(o, "years", "year reports rejected opened"),
        "2026 - - -; 2027 - - -; total 5 - 3");
    assert_string_equal(
        make_rows(o, "years", "year closed median_days transfers"),
        "2026 - - -; 2027 - - -; total 3 30 12");
    assert_string_equal(make_fact(o, "smallest"), "3");
    json_decref(o);
    ask.smallest = 2; /* four reports may be told; but then one could be too */
    o = make_report("yearly", &ask);
    assert_string_equal(
        make_rows(o, "years", "reports transfers"), "- 10; - 2; 5 12");
    json_decref(o);
    ask.until = (int64_t)(MAKE_START / 1000) + 365 * 86400;
    o = make_report("yearly", &ask);
    assert_string_equal(make_rows(o, "years", "year reports median_days"),
        "2026 4 30; total 4 30");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_holds_no_markup_of_the_ledgers),
        cmocka_unit_test(a_page_is_of_one_language),
        cmocka_unit_test(every_chart_is_drawn),
        cmocka_unit_test(charts_tell_what_is_open_and_overdue),
        cmocka_unit_test(csv_is_no_formula),
        cmocka_unit_test(text_shortens_handles),
        cmocka_unit_test(an_empty_ledger_is_reported_on),
        cmocka_unit_test(reports_have_names_of_their_own),
        cmocka_unit_test(yearly_figures_hide_what_is_small),
    };

    return cmocka_run_group_tests(tests, begin, make_tear_down);
}
