/* SPDX-License-Identifier: EUPL-1.2
 *
 * The matrix as CSV and JSON, for programs. */
#include "matrixpage.h"

#include <string.h>

/* --- JSON ----------------------------------------------------------------- */

json_t *
matrixpage_fields_json(
    const struct matrixpage *p, uint16_t kind, uint32_t fields)
{
    const struct agreement_kind *k = &p->file->agreement->kinds[kind];
    json_t *list = json_build_array();
    for (; fields != 0; fields &= fields - 1)
        json_build_add_text(list, k->fields[__builtin_ctz(fields)].name);
    return list;
}

static json_t *
parties_json(const struct agreement *a, uint64_t set)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < a->parties_n; i++) {
        if ((set >> i & 1) != 0)
            json_build_add_text(list, a->parties[i]);
    }
    return list;
}

static json_t *
duties_json(const struct agreement *a, const struct duties *d)
{
    json_t *o = json_build_object();
    json_t *approvals = json_build_array();
    if (d->has_at_most)
        json_build_uint(o, "retain_at_most_days", d->at_most);
    if (d->has_at_least)
        json_build_uint(o, "retain_at_least_days", d->at_least);
    if (d->onward_limited)
        json_build_put(o, "onward_only_to", parties_json(a, d->onward_to));
    json_build_put(o, "notify", parties_json(a, d->notify));
    json_build_bool(o, "log", d->log);
    for (size_t i = 0; i < d->approvals_n; i++) {
        json_t *one = json_build_object();
        json_build_uint(one, "count", d->approval[i].count);
        if (d->approval[i].of != 0)
            json_build_put(one, "of", parties_json(a, d->approval[i].of));
        json_build_add(approvals, one);
    }
    json_build_put(o, "approvals", approvals);
    return o;
}

static void
value_json(json_t *list, const struct cells *c, size_t d, size_t v)
{
    int64_t first;
    int64_t last;
    struct words w = {0};
    const char *text;
    if (cells_value_range(c, d, v, &first, &last)) {
        json_t *range = json_build_array();
        json_build_add(range, json_integer(first));
        json_build_add(range, json_integer(last));
        json_build_add(list, range);
        return;
    }
    cells_value_name(c, &w, d, v);
    if (words_end(&w, &text) == DHK_OK)
        json_build_add_text(list, text);
    words_done(&w);
}

static json_t *
set_json(const struct cells *c, const struct box *box, size_t d)
{
    json_t *list = json_build_array();
    for (size_t v = 0; v < cells_values(c, d); v++) {
        if (cells_has(&box->set[d], v))
            value_json(list, c, d, v);
    }
    return list;
}

/* Only what the box restricts is among its attributes and windows. */
static json_t *
box_json(const struct cells *c, const struct box *box)
{
    json_t *o = json_build_object();
    json_t *when = json_build_object();
    json_build_put(o, "purposes", set_json(c, box, CELLS_PURPOSE));
    json_build_put(o, "grounds", set_json(c, box, CELLS_GROUND));
    for (size_t d = CELLS_WINDOWS; d < box->dimensions; d++) {
        if (cells_count(&box->set[d]) == cells_values(c, d))
            continue;
        json_build_put(d == CELLS_WINDOWS ? o : when,
            d == CELLS_WINDOWS ? "windows" : cells_attribute_name(c, d),
            set_json(c, box, d));
    }
    json_build_put(o, "attributes", when);
    return o;
}

static json_t *
boxes_json(struct matrixpage *p, const struct matrix_entry *e,
    const struct matrix_case *one)
{
    json_t *list = json_build_array();
    struct boxes *boxes = NULL;
    struct cells *c;
    enum dhk_err rc = matrix_boxes(&boxes, p->matrix, e, one);
    if (rc == DHK_OK)
        rc = matrix_turn(&c, p->matrix, e->kind);
    for (size_t i = 0; rc == DHK_OK && i < boxes_count(boxes); i++)
        json_build_add(list, box_json(c, boxes_at(boxes, i)));
    boxes_destroy(&boxes);
    p->rc = p->rc == DHK_OK ? rc : p->rc;
    return list;
}

json_t *
matrixpage_case_json(struct matrixpage *p, const struct matrix_entry *e,
    const struct matrix_case *one)
{
    const struct agreement *a = p->file->agreement;
    json_t *o = json_build_object();
    json_t *rules = json_build_array();
    for (size_t i = 0; i < one->permits_n; i++)
        json_build_add_text(rules, agreement_rule_id(a, one->permits[i]));
    json_build_put(
        o, "fields", matrixpage_fields_json(p, e->kind, one->fields));
    json_build_put(o, "rules", rules);
    json_build_put(o, "duties", duties_json(a, &one->duties));
    json_build_put(o, "boxes", boxes_json(p, e, one));
    return o;
}

static json_t *
entry_json(struct matrixpage *p, const struct matrix_entry *e)
{
    const struct agreement *a = p->file->agreement;
    json_t *o = json_build_object();
    json_t *cases = json_build_array();
    json_build_text(o, "from", a->parties[e->sender]);
    json_build_text(o, "to", a->parties[e->recipient]);
    json_build_text(o, "kind", a->kinds[e->kind].name);
    json_build_put(o, "always", matrixpage_fields_json(p, e->kind, e->always));
    json_build_put(
        o, "sometimes", matrixpage_fields_json(p, e->kind, e->sometimes));
    json_build_put(
        o, "never", matrixpage_fields_json(p, e->kind, matrixpage_kept(p, e)));
    json_build_text(o, "approval", matrixpage_share(p, e->approval, true));
    for (size_t i = 0; i < e->cases_n; i++)
        json_build_add(cases, matrixpage_case_json(p, e, &e->cases[i]));
    json_build_put(o, "cases", cases);
    return o;
}

enum dhk_err
matrixpage_json(json_t **out, struct matrixpage *p)
{
    const struct agreement *a = p->file->agreement;
    json_t *list = json_build_array();
    for (size_t i = 0; i < matrix_count(p->matrix); i++) {
        const struct matrix_entry *e = matrix_at(p->matrix, i);
        if (matrixpage_shows(p, e))
            json_build_add(list, entry_json(p, e));
    }
    *out = json_build_object();
    json_build_text(*out, "name", a->name);
    json_build_uint(*out, "version", a->version);
    json_build_text(*out, "sha256", p->file->sha256);
    json_build_put(*out, "parties", parties_json(a, UINT64_MAX));
    json_build_put(*out, "matrix", list);
    return p->rc;
}

/* --- CSV ------------------------------------------------------------------ */

/* A quoted value; COMMA before it. */
static void
put_value(FILE *out, const char *comma, const char *text)
{
    (void)fprintf(out, "%s\"", comma);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            (void)fputc('"', out);
        (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}

struct conditions {
    struct words *words;
    const struct matrixpage *p;
};

static void
add_row(void *ctx, const struct matrixpage_row *row, size_t i, size_t n)
{
    const struct conditions *x = ctx;
    (void)i;
    (void)n;
    words_join(x->words, matrixpage_say(x->p, "; of ", "; or "),
        matrixpage_say(x->p, "voor ", "for "));
    words_format(x->words, "%s %s %s", row->purposes,
        matrixpage_say(x->p, "op", "on"), row->grounds);
    if (row->when[0] != '\0')
        words_format(
            x->words, " %s %s", matrixpage_say(x->p, "als", "if"), row->when);
}

/* The rules of every case of E that has FIELD, each once. */
static void
put_rules(FILE *out, struct matrixpage *p, const struct matrix_entry *e,
    uint32_t field)
{
    struct words rules = {0};
    bool listed[LIMIT_RULES] = {false};
    for (size_t i = 0; i < e->cases_n; i++) {
        const struct matrix_case *one = &e->cases[i];
        for (size_t k = 0; k < one->permits_n; k++) {
            size_t rule = one->permits[k];
            if ((one->fields & field) == 0 || listed[rule])
                continue;
            listed[rule] = true;
            words_join(
                &rules, " ", agreement_rule_id(p->file->agreement, rule));
        }
    }
    put_value(out, ",", matrixpage_words(p, &rules));
    words_done(&rules);
}

static void
put_conditions(FILE *out, struct matrixpage *p, const struct matrix_entry *e,
    uint32_t field)
{
    struct words when = {0};
    struct conditions x = {&when, p};
    for (size_t i = 0; i < e->cases_n; i++) {
        if ((e->cases[i].fields & field) != 0)
            matrixpage_rows(p, e, &e->cases[i], add_row, &x);
    }
    put_value(out, ",", matrixpage_words(p, &when));
    words_done(&when);
}

/* Whether it waits for approval where FIELD goes. */
static enum matrix_share
approval_of(const struct matrix_entry *e, uint32_t field)
{
    size_t n = 0;
    size_t waits = 0;
    for (size_t i = 0; i < e->cases_n; i++) {
        if ((e->cases[i].fields & field) == 0)
            continue;
        n++;
        waits += e->cases[i].duties.approvals_n > 0;
    }
    return waits == 0   ? MATRIX_NEVER
           : waits == n ? MATRIX_ALWAYS
                        : MATRIX_SOMETIMES;
}

static enum matrix_share
share_of(const struct matrix_entry *e, uint32_t field)
{
    if ((e->always & field) != 0)
        return MATRIX_ALWAYS;
    return (e->sometimes & field) != 0 ? MATRIX_SOMETIMES : MATRIX_NEVER;
}

static void
put_entry(FILE *out, struct matrixpage *p, const struct matrix_entry *e)
{
    const struct agreement *a = p->file->agreement;
    const struct agreement_kind *kind = &a->kinds[e->kind];
    for (size_t i = 0; i < kind->fields_n; i++) {
        uint32_t field = UINT32_C(1) << i;
        put_value(out, "", a->parties[e->sender]);
        put_value(out, ",", a->parties[e->recipient]);
        put_value(out, ",", kind->name);
        put_value(out, ",", kind->fields[i].name);
        put_value(out, ",", matrixpage_share(p, share_of(e, field), true));
        put_value(out, ",", matrixpage_share(p, approval_of(e, field), true));
        put_rules(out, p, e, field);
        put_conditions(out, p, e, field);
        (void)fputs("\r\n", out);
    }
}

enum dhk_err
matrixpage_csv(FILE *out, struct matrixpage *p)
{
    (void)fputs("from,to,kind,field,shared,approval,rules,conditions\r\n", out);
    for (size_t i = 0; i < matrix_count(p->matrix); i++) {
        const struct matrix_entry *e = matrix_at(p->matrix, i);
        if (matrixpage_shows(p, e))
            put_entry(out, p, e);
    }
    return p->rc;
}
