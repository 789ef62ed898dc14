/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports as JSON, and the list of them; see report.h. */
#include "report.h"

#include <math.h>
#include <string.h>

#include "words.h"
#include "wrap_text.h"

enum { LABEL = 11, WIDTH = 78 };

static json_t *
ledger_json(const struct report *r)
{
    json_t *o = json_build_object();
    char root[2 * SEAL_HASH + 1];

    json_build_text(o, "origin", r->e->origin);
    json_build_bool(o, "complete", r->e->complete);
    json_build_uint(o, "entries", r->e->entries);
    json_build_uint(o, "size", r->verified->head.size);
    bytes_hex(root, r->verified->head.root, SEAL_HASH);
    json_build_text(o, "root", root);
    json_build_time(o, "first", (int64_t)(r->e->first_time / 1000));
    json_build_time(o, "last", (int64_t)(r->e->last_time / 1000));
    return o;
}

static json_t *
asked_json(const struct report *r)
{
    const struct report_ask *ask = r->ask;
    json_t *o = json_build_object();

    if (ask->has_case)
        report_put_hex(o, "case", ask->case_handle, sizeof ask->case_handle);
    if (ask->has_card)
        report_put_hex(o, "card", ask->card, sizeof ask->card);
    if (ask->partner != NULL)
        json_build_text(o, "partner", ask->partner);
    if (ask->since != 0)
        json_build_time(o, "since", ask->since);
    if (ask->until != 0)
        json_build_time(o, "until", ask->until);
    if (ask->purpose != NULL)
        json_build_text(o, "for", ask->purpose);
    return o;
}

static json_t *
labels_json(char *const *label, size_t n)
{
    json_t *list = json_build_array();

    for (size_t i = 0; i < n; i++)
        json_build_add_text(list, label[i]);
    return list;
}

static json_t *
chart_json(const struct report *r, const struct report_chart *c)
{
    json_t *o = json_build_object();
    json_t *series = json_build_array();
    json_t *values = json_build_array();

    json_build_text(o, "chart", c->key);
    json_build_put(o, "rows", labels_json(c->row, c->rows_n));
    for (size_t i = 0; i < c->series_n; i++)
        json_build_add_text(series, report_say(r, c->series[i]));
    if (c->kind == REPORT_CHART_MATRIX) {
        json_decref(series);
        series = labels_json(c->column, c->columns_n);
    }
    json_build_put(o, "columns", series);
    for (size_t i = 0; i < c->rows_n; i++) {
        json_t *row = json_build_array();
        for (size_t k = 0; k < c->columns_n; k++) {
            double v = c->value[i * c->columns_n + k];
            json_build_add(
                row, isnan(v) ? json_null() : json_integer((json_int_t)v));
        }
        json_build_add(values, row);
    }
    json_build_put(o, "values", values);
    return o;
}

json_t *
report_json(const struct report *r)
{
    json_t *o = json_build_object();
    json_t *facts = json_build_object();
    json_t *charts = json_build_array();
    json_t *missing = json_build_array();

    json_build_text(o, "report", r->spec->name);
    json_build_text(o, "question", report_say(r, r->spec->question));
    json_build_text(o, "law", r->spec->law);
    json_build_put(o, "ledger", ledger_json(r));
    json_build_put(o, "asked", asked_json(r));
    json_build_time(o, "as_of", (int64_t)(r->now / 1000));
    for (size_t i = 0; i < r->facts_n; i++)
        json_build_put(facts, r->fact[i].key, json_incref(r->fact[i].value));
    json_build_put(o, "facts", facts);
    for (size_t i = 0; i < r->tables_n; i++)
        json_build_put(o, r->table[i].key, json_incref(r->table[i].rows));
    for (size_t i = 0; i < r->charts_n; i++)
        json_build_add(charts, chart_json(r, &r->chart[i]));
    json_build_put(o, "charts", charts);
    for (size_t i = 0; i < r->remarks_n; i++)
        json_build_add_text(missing, report_say(r, r->remark[i]));
    json_build_put(o, "missing", missing);
    return o;
}

/* --- the list --- */

static const char *
options_of(unsigned takes, size_t i)
{
    static const char *const names[] = {
        "case", "partner", "since", "until", "card", "smallest"};

    if (i >= sizeof names / sizeof *names)
        return NULL;
    return (takes >> i & 1) != 0 ? names[i] : "";
}

json_t *
report_list_json(void)
{
    json_t *list = json_build_array();

    for (size_t i = 0; report_spec(i) != NULL; i++) {
        const struct report_spec *s = report_spec(i);
        json_t *o = json_build_object();
        json_t *takes = json_build_array();
        json_build_text(o, "report", s->name);
        json_build_text(o, "number", s->number);
        json_build_text(o, "title", s->title.en);
        json_build_text(o, "titel", s->title.nl);
        json_build_text(o, "question", s->question.en);
        json_build_text(o, "vraag", s->question.nl);
        json_build_text(o, "law", s->law);
        json_build_text(o, "missing", s->missing.en);
        json_build_text(o, "ontbreekt", s->missing.nl);
        for (size_t k = 0; options_of(s->takes, k) != NULL; k++) {
            if (options_of(s->takes, k)[0] != '\0')
                json_build_add_text(takes, options_of(s->takes, k));
        }
        json_build_put(o, "options", takes);
        json_build_add(list, o);
    }
    return list;
}

static void
list_line(FILE *out, const char *label, const char *text)
{
    if (text[0] == '\0')
        return;
    (void)fprintf(out, "    %-*s", LABEL, label);
    wrap_text_print(out, text, LABEL + 4, WIDTH);
}

void
report_list(FILE *out, enum render_lang lang)
{
    bool nl = lang == RENDER_NL;

    for (size_t i = 0; report_spec(i) != NULL; i++) {
        const struct report_spec *s = report_spec(i);
        struct words options = {0};
        const char *text = "";
        for (size_t k = 0; options_of(s->takes, k) != NULL; k++) {
            if (options_of(s->takes, k)[0] != '\0')
                words_format(&options, "%s--%s", options.n > 0 ? " " : "",
                    options_of(s->takes, k));
        }
        (void)fprintf(out, "%s\n", s->name);
        list_line(out, "", nl ? s->question.nl : s->question.en);
        list_line(out, nl ? "wet" : "law", s->law);
        if (words_end(&options, &text) == DHK_OK)
            list_line(out, nl ? "opties" : "options", text);
        list_line(out, nl ? "ontbreekt" : "missing",
            nl ? s->missing.nl : s->missing.en);
        words_done(&options);
    }
    (void)fputc('\n', out);
    wrap_text_print(out, nl ? report_laws.nl : report_laws.en, 0, WIDTH);
}
