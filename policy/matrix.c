/* SPDX-License-Identifier: EUPL-1.2
 *
 * The projection; see matrix.h. For each kind the cells are united to boxes as
 * long as the same permits let the same through; only then they are looked at
 * route by route, for there are far fewer of them. */
#include "matrix_parts.h"

#include <stdlib.h>
#include <string.h>

/* A route's cases while they are found. */
struct route {
    size_t *variant; /* of the kind, that occur on the route */
    size_t n;
};

static int
by_fields(const void *x, const void *y)
{
    const struct matrix_case *a = x;
    const struct matrix_case *b = y;
    int order = __builtin_popcount(a->fields) - __builtin_popcount(b->fields);

    return order != 0 ? order : (a->outcome > b->outcome) * 2 - 1;
}

/* Adds the permits of V to those of ONE, both in text order. */
static enum dhk_err
join_permits(struct matrix *m, struct matrix_case *one, const struct variant *v)
{
    uint16_t *joined =
        arena_alloc(m->arena, one->permits_n + v->permits_n, sizeof *joined);
    size_t n = 0;
    size_t i = 0;
    size_t j = 0;

    if (joined == NULL) {
        return DHK_NOMEM;
    }
    while (i < one->permits_n || j < v->permits_n) {
        bool left = j == v->permits_n ||
                    (i < one->permits_n && one->permits[i] <= v->permits[j]);
        uint16_t next = left ? one->permits[i] : v->permits[j];

        i += i < one->permits_n && one->permits[i] == next;
        j += j < v->permits_n && v->permits[j] == next;
        joined[n++] = next;
    }
    one->permits = joined;
    one->permits_n = n;
    return DHK_OK;
}

static enum dhk_err
add_case(struct matrix *m, struct matrix_entry *e, struct matrix_case *cases,
    const struct variant *v)
{
    size_t i = 0;

    while (i < e->cases_n && cases[i].outcome != v->outcome) {
        i++;
    }
    if (i < e->cases_n) {
        return join_permits(m, &cases[i], v);
    }
    cases[e->cases_n++] = (struct matrix_case){.fields = v->fields,
        .duties = v->duties,
        .permits = v->permits,
        .permits_n = v->permits_n,
        .outcome = v->outcome};
    return DHK_OK;
}

/* What all cases of E say together. */
static void
sum_up(struct matrix_entry *e)
{
    uint32_t all = UINT32_MAX;
    uint32_t some = 0;
    size_t waits = 0;

    for (size_t i = 0; i < e->cases_n; i++) {
        all &= e->cases[i].fields;
        some |= e->cases[i].fields;
        waits += e->cases[i].duties.approvals_n > 0;
    }
    e->always = all;
    e->sometimes = some & ~all;
    e->approval = waits == 0            ? MATRIX_NEVER
                  : waits == e->cases_n ? MATRIX_ALWAYS
                                        : MATRIX_SOMETIMES;
}

static enum dhk_err
add_entry(
    struct matrix *m, const struct matrix_entry *key, const struct route *route)
{
    struct matrix_case *cases = arena_alloc(m->arena, route->n, sizeof *cases);
    struct matrix_entry *e;
    enum dhk_err rc = DHK_OK;

    if (cases == NULL || !matrix_grow((void **)&m->entry, m->entries_n,
                             &m->entries_cap, sizeof *m->entry)) {
        return DHK_NOMEM;
    }
    e = &m->entry[m->entries_n++];
    *e = *key;
    for (size_t i = 0; i < route->n && rc == DHK_OK; i++) {
        rc = add_case(m, e, cases, &m->variant[route->variant[i]]);
    }
    qsort(cases, e->cases_n, sizeof *cases, by_fields);
    e->cases = cases;
    sum_up(e);
    return rc;
}

static bool
is_on_route(const struct box *box, const struct matrix_entry *e)
{
    return cells_has(&box->set[CELLS_SENDER], e->sender) &&
           cells_has(&box->set[CELLS_RECIPIENT], e->recipient);
}

/* The variants that occur on the route of KEY; each once, for their boxes are
 * mostly one. */
static void
find_route(
    struct route *route, const struct boxes *b, const struct matrix_entry *key)
{
    route->n = 0;
    for (size_t i = 0; i < boxes_count(b); i++) {
        const struct box *box = boxes_at(b, i);
        size_t at = 0;

        if (!is_on_route(box, key)) {
            continue;
        }
        while (at < route->n && route->variant[at] != box->says) {
            at++;
        }
        if (at == route->n) {
            route->variant[route->n++] = (size_t)box->says;
        }
    }
}

static enum dhk_err
add_kind(struct matrix *m, uint16_t kind)
{
    const struct boxes *b = m->boxes[kind];
    struct route route = {
        .variant = calloc(m->variants_n + 1, sizeof *route.variant)};
    enum dhk_err rc = route.variant == NULL ? DHK_NOMEM : DHK_OK;

    for (size_t i = 0; i < m->a->parties_n * m->a->parties_n; i++) {
        struct matrix_entry key = {.sender = (uint16_t)(i / m->a->parties_n),
            .recipient = (uint16_t)(i % m->a->parties_n),
            .kind = kind};

        if (rc != DHK_OK || key.sender == key.recipient) {
            continue;
        }
        find_route(&route, b, &key);
        if (route.n > 0) {
            rc = add_entry(m, &key, &route);
        }
    }
    free(route.variant);
    return rc;
}

static int
by_route(const void *x, const void *y)
{
    const struct matrix_entry *a = x;
    const struct matrix_entry *b = y;

    if (a->sender != b->sender) {
        return a->sender < b->sender ? -1 : 1;
    }
    if (a->recipient != b->recipient) {
        return a->recipient < b->recipient ? -1 : 1;
    }
    return a->kind < b->kind ? -1 : a->kind > b->kind;
}

static enum dhk_err
project(struct matrix *m)
{
    enum dhk_err rc = DHK_OK;

    for (size_t k = 0; k < m->a->kinds_n && rc == DHK_OK; k++) {
        if (m->boxes[k] != NULL) {
            rc = add_kind(m, (uint16_t)k);
        }
    }
    if (m->entries_n > 0) {
        qsort(m->entry, m->entries_n, sizeof *m->entry, by_route);
    }
    return rc;
}

enum dhk_err
matrix_new(struct matrix **out, const struct agreement *a,
    const uint32_t *fields, struct words *why)
{
    struct matrix *m = calloc(1, sizeof *m);
    enum dhk_err rc = DHK_NOMEM;

    if (m == NULL) {
        goto out;
    }
    m->a = a;
    m->fields = fields;
    m->arena = arena_new();
    m->boxes = calloc(a->kinds_n + 1, sizeof(struct boxes *));
    if (m->arena == NULL || m->boxes == NULL) {
        goto out;
    }
    rc = cells_new(&m->cells, a, NULL);
    if (rc == DHK_OK) {
        rc = matrix_walk(m, why);
    }
    if (rc == DHK_OK) {
        rc = project(m);
    }
    m->fields = NULL;
out:
    if (rc != DHK_OK) {
        matrix_destroy(&m);
    }
    *out = m;
    return rc;
}

void
matrix_destroy(struct matrix **m)
{
    if (*m == NULL) {
        return;
    }
    for (size_t k = 0; (*m)->boxes != NULL && k < (*m)->a->kinds_n; k++) {
        boxes_destroy(&(*m)->boxes[k]);
    }
    free((*m)->boxes);
    free((*m)->variant);
    free((*m)->entry);
    cells_destroy(&(*m)->cells);
    arena_destroy(&(*m)->arena);
    free(*m);
    *m = NULL;
}

size_t
matrix_count(const struct matrix *m)
{
    return m->entries_n;
}

const struct matrix_entry *
matrix_at(const struct matrix *m, size_t i)
{
    return &m->entry[i];
}

const struct matrix_entry *
matrix_find(
    const struct matrix *m, uint16_t sender, uint16_t recipient, uint16_t kind)
{
    const struct matrix_entry key = {
        .sender = sender, .recipient = recipient, .kind = kind};

    return m->entries_n == 0 ? NULL
                             : bsearch(&key, m->entry, m->entries_n,
                                   sizeof *m->entry, by_route);
}

/* A cell with what it borrows. */
struct narrowed {
    struct cells_cell cell;
    struct cells_set set[CELLS_DIMENSIONS];
    struct request request[2];
};

/* BOX as a cell that holds the route of E alone. */
static void
narrow(
    struct narrowed *out, const struct box *box, const struct matrix_entry *e)
{
    size_t routes = cells_count(&box->set[CELLS_SENDER]) *
                    cells_count(&box->set[CELLS_RECIPIENT]);
    const size_t route[] = {e->sender, e->recipient};

    memcpy(out->set, box->set, box->dimensions * sizeof *out->set);
    for (size_t d = CELLS_SENDER; d <= CELLS_RECIPIENT; d++) {
        memset(&out->set[d], 0, sizeof out->set[d]);
        out->set[d].bits[route[d] / 64] = UINT64_C(1) << route[d] % 64;
    }
    memcpy(out->request, box->request, sizeof out->request);
    out->request[0].sender = e->sender;
    out->request[0].recipient = e->recipient;
    out->cell = (struct cells_cell){.kind = box->kind,
        .dimensions = box->dimensions,
        .set = out->set,
        .request = out->request,
        .requests = box->requests / (double)routes};
}

enum dhk_err
matrix_boxes(struct boxes **out, struct matrix *m,
    const struct matrix_entry *entry, const struct matrix_case *one)
{
    const struct boxes *all = m->boxes[entry->kind];
    struct narrowed narrowed;
    enum dhk_err rc = DHK_OK;

    *out = boxes_new();
    if (*out == NULL) {
        return DHK_NOMEM;
    }
    for (size_t i = 0; i < boxes_count(all) && rc == DHK_OK; i++) {
        const struct box *box = boxes_at(all, i);

        if (m->variant[box->says].outcome == one->outcome &&
            is_on_route(box, entry)) {
            narrow(&narrowed, box, entry);
            rc = boxes_add(*out, &narrowed.cell, 0);
        }
    }
    if (rc == DHK_OK) {
        boxes_unite(*out);
    } else {
        boxes_destroy(out);
    }
    return rc;
}

enum dhk_err
matrix_turn(struct cells **out, struct matrix *m, uint16_t kind)
{
    /* the names of one agreement keep their order in its space */
    *out = m->cells;
    return cells_turn(m->cells, kind);
}
