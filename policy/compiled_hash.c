/* SPDX-License-Identifier: EUPL-1.2
 *
 * The hash of a vocabulary and of each kind's part of the table. Each part is
 * written into memory that grows and is hashed alone, so that a large agreement
 * needs no second table. */
#include "compiled_hash.h"

#include <stdlib.h>

#include "compiled_table.h"
#include "rule.h"

#define LABEL "driehoek/v1/compiled"

/* Beside a field's category. */
enum { REQUIRED = 0x100 };

struct out {
    uint8_t *p;
    size_t n, cap;
    bool failed;
};

static void
put(struct out *o, const void *bytes, size_t n)
{
    if (o->failed) {
        return;
    }
    if (o->cap - o->n < n) {
        size_t cap = 2 * (o->cap + n);
        uint8_t *more = realloc(o->p, cap);

        if (more == NULL) {
            o->failed = true;
            return;
        }
        o->p = more;
        o->cap = cap;
    }
    memcpy(o->p + o->n, bytes, n);
    o->n += n;
}

static void
put_u64(struct out *o, uint64_t v)
{
    uint8_t bytes[8];

    bytes_put_u64(bytes, v);
    put(o, bytes, sizeof bytes);
}

static void
put_u32(struct out *o, size_t v)
{
    uint8_t bytes[4];

    bytes_put_u32(bytes, (uint32_t)v);
    put(o, bytes, sizeof bytes);
}

/* NULL is the empty text. */
static void
put_text(struct out *o, const char *text)
{
    size_t n = text == NULL ? 0 : strlen(text);

    put_u32(o, n);
    put(o, text == NULL ? "" : text, n);
}

/* --- the vocabulary --- */

static void
put_attribute(struct out *o, const struct agreement_attribute *at)
{
    put_text(o, at->name);
    put_u32(o, (size_t)at->type);
    put_u32(o, at->values_n);
    for (size_t i = 0; i < at->values_n; i++) {
        put_text(o, at->values[i]);
    }
    put_u32(o, at->min);
    put_u32(o, at->max);
    put_u32(o, (at->by_broker ? 1U : 0) | (at->closed ? 2U : 0) |
                   (at->urgent ? 4U : 0));
}

static void
put_window(struct out *o, const struct agreement_window *w)
{
    put_text(o, w->name);
    put_u32(o, w->spans_n);
    for (size_t i = 0; i < w->spans_n; i++) {
        put_u32(o, w->spans[i].from);
        put_u32(o, w->spans[i].until);
    }
}

static void
put_named(struct out *o, const struct agreement_named *list, size_t n)
{
    put_u32(o, n);
    for (size_t i = 0; i < n; i++) {
        put_text(o, list[i].name);
    }
}

static void
put_vocabulary(struct out *o, const struct agreement *a)
{
    put_text(o, LABEL);
    put_text(o, a->timezone);
    put_u32(o, a->parties_n);
    for (size_t i = 0; i < a->parties_n; i++) {
        put_text(o, a->parties[i]);
    }
    put_named(o, a->purposes, a->purposes_n);
    put_named(o, a->grounds, a->grounds_n);
    put_u32(o, a->attributes_n);
    for (size_t i = 0; i < a->attributes_n; i++) {
        put_attribute(o, &a->attributes[i]);
    }
    put_u32(o, a->windows_n);
    for (size_t i = 0; i < a->windows_n; i++) {
        put_window(o, &a->windows[i]);
    }
    put_u32(o, a->kinds_n);
}

static void
put_kind_names(struct out *o, const struct agreement_kind *kind)
{
    put_text(o, kind->name);
    put_u32(o, kind->requires_psk ? 1 : 0);
    put_u32(o, kind->fields_n);
    for (size_t i = 0; i < kind->fields_n; i++) {
        put_text(o, kind->fields[i].name);
        put_u32(o, (size_t)kind->fields[i].category |
                       ((kind->required >> i & 1) != 0 ? REQUIRED : 0));
        put_text(o, kind->fields[i].special);
    }
    put_u32(o, kind->attributes_n);
    for (size_t i = 0; i < kind->attributes_n; i++) {
        put_u32(o, kind->attributes[i]);
    }
}

/* --- the table --- */

/* A kind of the table and all that its offsets count from. */
struct view {
    const struct agreement *a;
    const struct compiled *c;
    const struct compiled_kind *kind;
};

static void
put_duties(struct out *o, const struct view *v, uint16_t duty)
{
    const struct compiled_duties *list = compiled_at(v->c, v->c->duties);
    const struct duties *full = compiled_at(v->c, v->c->full);
    const struct compiled_duties *d = &list[duty];

    put_u32(o, d->has);
    put_u32(o, d->at_most);
    put_u32(o, d->at_least);
    put_u64(o, d->onward_to);
    put_u64(o, d->notify);
    put_u32(o, d->approvals_n);
    for (size_t i = 0; i < d->approvals_n; i++) {
        put_u32(o, full[duty].approval[i].count);
        put_u64(o, full[duty].approval[i].of);
    }
}

static void
put_rules(struct out *o, const struct view *v)
{
    const struct compiled_kind *kind = v->kind;
    const struct compiled_rule *rule = compiled_at(v->c, kind->rules);

    put_u32(o, kind->forbids_end);
    put_u32(o, kind->permits_end);
    put_u32(o, kind->rules_n);
    for (size_t i = 0; i < kind->rules_n; i++) {
        put_text(o, v->a->rules[rule[i].index].id);
        put_u32(o, rule[i].share);
        put_u32(o, rule[i].withhold);
        if (i >= kind->forbids_end && i < kind->permits_end) {
            put_duties(o, v, rule[i].duty);
        }
    }
}

static const uint64_t *
row_at(const struct view *v, uint32_t rows, size_t i)
{
    const uint64_t *row = compiled_at(v->c, rows);

    return row + i * v->kind->words;
}

static void
put_row(struct out *o, const struct view *v, uint32_t rows, size_t i)
{
    const uint64_t *row = row_at(v, rows, i);

    for (size_t w = 0; w < v->kind->words; w++) {
        put_u64(o, row[w]);
    }
}

static void
put_rows(struct out *o, const struct view *v, uint32_t rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put_row(o, v, rows, i);
    }
}

/* Row ROW begins at VALUE, unless *LAST, the one before, lets through the same
 * rules: whether a reader tells those values apart is nobody's business. */
static void
put_run(struct out *o, const struct view *v, const struct compiled_attribute *a,
    size_t *last, size_t row, uint32_t value)
{
    if (*last != 0 && memcmp(row_at(v, a->rows, *last), row_at(v, a->rows, row),
                          v->kind->words * sizeof(uint64_t)) == 0) {
        return;
    }
    put_u32(o, 1);
    put_u32(o, value);
    put_row(o, v, a->rows, row);
    *last = row;
}

/* The row of unknown; then where, going up, the rules change; then 0. */
static void
put_values(struct out *o, const struct view *v,
    const struct compiled_attribute *at, bool looked_up)
{
    size_t last = 0;

    put_u32(o, at->position);
    put_row(o, v, at->rows, 0);
    if (looked_up) {
        const uint16_t *row = compiled_at(v->c, at->lookup);

        for (uint32_t i = 0; i <= at->span; i++) {
            put_run(o, v, at, &last, row[i], at->min + i);
        }
    } else {
        const uint32_t *first = compiled_at(v->c, at->lookup);

        for (size_t i = 0; i < at->classes_n; i++) {
            put_run(o, v, at, &last, i + 1, first[i]);
        }
    }
    put_u32(o, 0);
}

/* The attribute at POSITION of the kind's list, if a rule tests it. */
static void
put_attribute_at(struct out *o, const struct view *v, size_t position)
{
    const struct compiled_kind *kind = v->kind;
    const struct compiled_attribute *list = compiled_at(v->c, kind->attributes);

    for (size_t i = 0; i < kind->searched_end; i++) {
        if (list[i].position == position) {
            put_values(o, v, &list[i], i < kind->looked_up_end);
        }
    }
}

/* By their position, whatever the order that suits the table. */
static void
put_attributes(struct out *o, const struct view *v)
{
    put_u32(o, v->kind->searched_end);
    for (size_t k = 0; k < v->kind->attributes_n; k++) {
        put_attribute_at(o, v, k);
    }
}

static void
put_windows(struct out *o, const struct view *v)
{
    const struct compiled_window *list = compiled_at(v->c, v->kind->windows);

    put_u32(o, v->kind->windows_n);
    for (size_t i = 0; i < v->kind->windows_n; i++) {
        put_u32(o, list[i].window);
        put_rows(o, v, list[i].rows, 2);
    }
}

static void
put_kind(struct out *o, const struct agreement *a, size_t i)
{
    const struct compiled_kind *kinds = compiled_at(a->table, a->table->kinds);
    struct view v = {.a = a, .c = a->table, .kind = &kinds[i]};

    put_kind_names(o, &a->kinds[i]);
    put_rules(o, &v);
    put_rows(o, &v, v.kind->senders, a->parties_n);
    put_rows(o, &v, v.kind->recipients, a->parties_n);
    put_rows(o, &v, v.kind->purposes, a->purposes_n);
    put_rows(o, &v, v.kind->grounds, a->grounds_n);
    put_attributes(o, &v);
    put_windows(o, &v);
}

enum dhk_err
compiled_hash(uint8_t out[COMPILED_HASH], const struct agreement *a,
    void (*sha256)(uint8_t out[COMPILED_HASH], struct slice bytes))
{
    struct out all = {.n = 0}, part = {.n = 0};

    put_vocabulary(&all, a);
    for (size_t i = 0; i < a->kinds_n; i++) {
        uint8_t hash[COMPILED_HASH];

        part.n = 0;
        put_kind(&part, a, i);
        if (part.failed) {
            all.failed = true;
            break;
        }
        sha256(hash, slice_of(part.p, part.n));
        put(&all, hash, sizeof hash);
    }
    if (!all.failed) {
        sha256(out, slice_of(all.p, all.n));
    }
    free(part.p);
    free(all.p);
    return all.failed ? DHK_NOMEM : DHK_OK;
}
