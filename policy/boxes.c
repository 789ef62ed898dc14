/* SPDX-License-Identifier: EUPL-1.2
 *
 * Uniting cells; see boxes.h. For one dimension after the other the boxes are
 * sorted by all that must be equal, so that those to unite are neighbours;
 * until a whole round unites nothing. */
#include "boxes.h"

#include <stdlib.h>
#include <string.h>

enum { BOXES_MAX = 1000000, FIRST_CAP = 64 };

/* A box and its sets behind it. */
struct entry {
    struct box box;
    size_t order; /* when it was added */
    struct cells_set set[];
};
struct boxes {
    struct entry **list; /* owned */
    size_t n, cap;
};

struct boxes *
boxes_new(void)
{
    return calloc(1, sizeof(struct boxes));
}

void
boxes_destroy(struct boxes **b)
{
    if (*b == NULL) {
        return;
    }
    for (size_t i = 0; i < (*b)->n; i++) {
        free((*b)->list[i]);
    }
    free((*b)->list);
    free(*b);
    *b = NULL;
}

static bool
grow(struct boxes *b)
{
    size_t cap = b->cap == 0 ? FIRST_CAP : 2 * b->cap;
    struct entry **list = realloc(b->list, cap * sizeof *list);

    if (list == NULL) {
        return false;
    }
    b->list = list;
    b->cap = cap;
    return true;
}

enum dhk_err
boxes_add(struct boxes *b, const struct cells_cell *cell, uint64_t says)
{
    size_t bytes = cell->dimensions * sizeof *cell->set;
    struct entry *e;

    if (b->n == BOXES_MAX) {
        return DHK_LIMIT;
    }
    if (b->n == b->cap && !grow(b)) {
        return DHK_NOMEM;
    }
    e = calloc(1, sizeof *e + bytes);
    if (e == NULL) {
        return DHK_NOMEM;
    }
    memcpy(e->set, cell->set, bytes);
    e->box = (struct box){.says = says,
        .kind = cell->kind,
        .dimensions = cell->dimensions,
        .set = e->set,
        .request = {cell->request[0], cell->request[1]},
        .requests = cell->requests};
    e->order = b->n;
    b->list[b->n++] = e;
    return DHK_OK;
}

static int
compare_numbers(uint64_t x, uint64_t y)
{
    return x < y ? -1 : x > y;
}

/* By what they say and hold, but for dimension SKIP; 0: may be united. */
static int
compare(const struct entry *x, const struct entry *y, size_t skip)
{
    int order = compare_numbers(x->box.says, y->box.says);

    if (order == 0) {
        order = compare_numbers(x->box.kind, y->box.kind);
    }
    for (size_t d = 0; order == 0 && d < x->box.dimensions; d++) {
        if (d != skip) {
            order = memcmp(&x->set[d], &y->set[d], sizeof x->set[d]);
        }
    }
    return order;
}

static int
by_rest(const void *a, const void *b, void *skip)
{
    const struct entry *const *x = a;
    const struct entry *const *y = b;
    int order = compare(*x, *y, *(size_t *)skip);

    return order != 0 ? order : compare_numbers((*x)->order, (*y)->order);
}

static int
by_order(const void *a, const void *b)
{
    const struct entry *const *x = a;
    const struct entry *const *y = b;

    return compare_numbers((*x)->order, (*y)->order);
}

/* Adds what MORE holds to INTO; they differ in dimension D only. */
static void
unite(struct entry *into, const struct entry *more, size_t d)
{
    for (size_t i = 0; i < CELLS_VALUES / 64; i++) {
        into->set[d].bits[i] |= more->set[d].bits[i];
    }
    into->box.requests += more->box.requests;
}

/* Unites what differs in dimension D only; whether there was any. */
static bool
unite_along(struct boxes *b, size_t d)
{
    size_t kept = 0;
    size_t before = b->n;

    qsort_r(b->list, b->n, sizeof *b->list, by_rest, &d);
    for (size_t i = 0; i < b->n; i++) {
        struct entry *e = b->list[i];

        if (kept > 0 && d < e->box.dimensions &&
            compare(b->list[kept - 1], e, d) == 0) {
            unite(b->list[kept - 1], e, d);
            free(e);
        } else {
            b->list[kept++] = e;
        }
    }
    b->n = kept;
    return kept < before;
}

void
boxes_unite(struct boxes *b)
{
    bool more = b->n > 1;

    while (more) {
        more = false;
        /* attributes first: routes are what people read first */
        for (size_t d = CELLS_DIMENSIONS; d-- > 0;) {
            more = unite_along(b, d) || more;
        }
    }
    if (b->n > 1) {
        qsort(b->list, b->n, sizeof *b->list, by_order);
    }
}

size_t
boxes_count(const struct boxes *b)
{
    return b->n;
}

const struct box *
boxes_at(const struct boxes *b, size_t i)
{
    return &b->list[i]->box;
}

size_t
boxes_stretch(struct words *out, const struct cells *c, size_t dimension,
    const struct cells_set *set, size_t v)
{
    bool wanted = cells_has(set, v);
    int64_t first;
    int64_t last;
    int64_t from;
    int64_t to;

    (void)cells_value_range(c, dimension, v, &first, &last);
    for (v++;
         v < cells_values(c, dimension) && cells_has(set, v) == wanted &&
         cells_value_range(c, dimension, v, &from, &to) && from == last + 1;
         v++) {
        last = to;
    }
    words_format(out, "%lld", (long long)first);
    if (last != first) {
        words_format(out, "..%lld", (long long)last);
    }
    return v;
}

/* Adds the names of the values for which cells_has() is WANTED. */
static void
list_values(struct words *out, const struct cells *c, size_t dimension,
    const struct cells_set *set, bool wanted)
{
    const char *comma = "";
    size_t v = 0;
    int64_t first;
    int64_t last;

    while (v < cells_values(c, dimension)) {
        if (cells_has(set, v) != wanted) {
            v++;
            continue;
        }
        words_add(out, comma);
        comma = ", ";
        if (cells_value_range(c, dimension, v, &first, &last)) {
            v = boxes_stretch(out, c, dimension, set, v);
        } else {
            cells_value_name(c, out, dimension, v++);
        }
    }
}

void
boxes_set_name(struct words *out, const struct cells *c, size_t dimension,
    const struct cells_set *set)
{
    size_t held = cells_count(set);
    size_t all = cells_values(c, dimension);

    if (held == all) {
        words_add(out, "any");
    } else if (dimension < CELLS_WINDOWS && 3 * (all - held) < all) {
        words_add(out, "any except ");
        list_values(out, c, dimension, set, false);
    } else {
        list_values(out, c, dimension, set, true);
    }
}

enum dhk_err
boxes_describe(struct words *out, struct cells *c, const struct box *box)
{
    static const char *const lead[] = {"from ", " to ", " for ", " on "};
    const char *and = " when ";
    enum dhk_err rc = cells_turn(c, box->kind);

    for (size_t d = 0; d < box->dimensions && rc == DHK_OK; d++) {
        bool all = cells_count(&box->set[d]) == cells_values(c, d);

        if (d == CELLS_PURPOSE) {
            words_format(out, " signal %s", cells_kind_name(c, box->kind));
        }
        if (d >= CELLS_WINDOWS && all) {
            continue;
        }
        words_add(out, d < CELLS_WINDOWS ? lead[d] : and);
        if (d == CELLS_WINDOWS) {
            words_add(out, "during ");
        } else if (d > CELLS_WINDOWS) {
            words_format(out, "%s is ", cells_attribute_name(c, d));
        }
        boxes_set_name(out, c, d, &box->set[d]);
        and = d < CELLS_WINDOWS ? and : " and ";
    }
    return rc;
}
