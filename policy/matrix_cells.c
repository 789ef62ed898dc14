/* SPDX-License-Identifier: EUPL-1.2
 *
 * What each cell lets through, and by which permits; see matrix.h. */
#include "matrix_parts.h"

#include <stdlib.h>
#include <string.h>

#include "compiled.h"
#include "duties.h"
#include "rule.h"

enum { FIRST_CAP = 64 };

bool
matrix_grow(void **list, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap == 0 ? FIRST_CAP : 2 * *cap;
    void *grown;

    if (n < *cap) {
        return true;
    }
    grown = reallocarray(*list, more, size);
    if (grown != NULL) {
        *list = grown;
        *cap = more;
    }
    return grown != NULL;
}

static int
by_set(const void *x, const void *y)
{
    const struct duty_approval *a = x;
    const struct duty_approval *b = y;

    return a->of < b->of ? -1 : a->of > b->of;
}

/* Whether rule I is a permit that applies to the cell that was seen last, of
 * KIND, and shares any of the fields. */
static bool
permits(const struct matrix *m, uint16_t kind, size_t i)
{
    const struct rule *rule = &m->a->rules[i];

    return rule->type == RULE_PERMIT && cells_applies(m->cells, 0, i) &&
           (m->fields == NULL || (rule->share[kind] & m->fields[kind]) != 0);
}

static enum dhk_err
list_permits(struct matrix *m, uint16_t kind, struct variant *v)
{
    uint16_t *list;
    size_t n = 0;

    for (size_t i = 0; i < m->a->rules_n; i++) {
        n += permits(m, kind, i);
    }
    list = arena_alloc(m->arena, n, sizeof *list);
    if (list == NULL) {
        return DHK_NOMEM;
    }
    for (size_t i = 0; i < m->a->rules_n; i++) {
        if (permits(m, kind, i)) {
            list[v->permits_n++] = (uint16_t)i;
        }
    }
    v->permits = list;
    return DHK_OK;
}

/* Whether the cell that was seen last has the permits of V. */
static bool
has_permits(const struct matrix *m, uint16_t kind, const struct variant *v)
{
    size_t at = 0;

    for (size_t i = 0; i < m->a->rules_n; i++) {
        if (!permits(m, kind, i)) {
            continue;
        }
        if (at == v->permits_n || v->permits[at] != i) {
            return false;
        }
        at++;
    }
    return at == v->permits_n;
}

static bool
is_alike(const struct variant *v, const struct decision *d)
{
    return v->fields == d->fields && duties_equal(&v->duties, &d->duties);
}

/* The variant of the cell that was seen last and decided so. */
static enum dhk_err
find_variant(
    size_t *out, struct matrix *m, uint16_t kind, const struct decision *d)
{
    struct variant *v;
    size_t outcome = m->variants_n;

    for (size_t i = m->kind_from; i < m->variants_n; i++) {
        if (!is_alike(&m->variant[i], d)) {
            continue;
        }
        if (has_permits(m, kind, &m->variant[i])) {
            *out = i;
            return DHK_OK;
        }
        outcome = m->variant[i].outcome;
    }
    if (!matrix_grow((void **)&m->variant, m->variants_n, &m->variants_cap,
            sizeof *m->variant)) {
        return DHK_NOMEM;
    }
    *out = m->variants_n;
    v = &m->variant[m->variants_n++];
    *v = (struct variant){
        .fields = d->fields, .duties = d->duties, .outcome = outcome};
    return list_permits(m, kind, v);
}

static enum dhk_err
add_cell(struct matrix *m, const struct cells_cell *cell)
{
    struct decision d;
    uint16_t kind = cell->request[0].kind;
    struct boxes **boxes = &m->boxes[kind];
    size_t variant;
    enum dhk_err rc;

    compiled_decide_by(&d, m->a, &cell->request[0]);
    if (m->fields != NULL) {
        d.fields &= m->fields[kind];
    }
    if (d.fields == 0) {
        return DHK_OK;
    }
    qsort(d.duties.approval, d.duties.approvals_n, sizeof *d.duties.approval,
        by_set);
    if (*boxes == NULL) {
        m->kind_from = m->variants_n;
        *boxes = boxes_new();
        if (*boxes == NULL) {
            return DHK_NOMEM;
        }
    }
    rc = find_variant(&variant, m, kind, &d);
    return rc == DHK_OK ? boxes_add(*boxes, cell, variant) : rc;
}

enum dhk_err
matrix_walk(struct matrix *m, struct words *why)
{
    struct cells_cell cell;
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && cells_next(m->cells, &cell)) {
        rc = add_cell(m, &cell);
    }
    if (rc == DHK_OK) {
        rc = cells_end(m->cells);
    }
    if (rc == DHK_LIMIT) {
        cells_interacting(m->cells, why);
    }
    for (size_t k = 0; k < m->a->kinds_n && rc == DHK_OK; k++) {
        if (m->boxes[k] != NULL) {
            boxes_unite(m->boxes[k]);
        }
    }
    return rc;
}
