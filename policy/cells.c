/* SPDX-License-Identifier: EUPL-1.2
 *
 * The walk: dimension by dimension, values that the rules which are still
 * possible do not tell apart are taken together; where no permit is possible
 * any more nothing below is looked at. It keeps one level for each dimension
 * and never recurses. */
#include "cells.h"

#include <stdlib.h>
#include <string.h>

#include "cells_space.h"

/* One dimension of the walk: its values in classes, one of which is taken. */
struct level {
    uint64_t *possible; /* rules that admit all that was taken above */
    size_t classes_n;   /* 0: not cut yet */
    size_t taken;       /* class */
    uint16_t class[CELLS_VALUES]; /* by value */
    uint16_t value[CELLS_VALUES]; /* by class: one of its values */
    double weight;                /* requests of the class that is taken */
};

struct cells {
    struct cells_space space;
    struct level level[CELLS_DIMENSIONS + 1]; /* the last: what applies */
    struct cells_set set[CELLS_DIMENSIONS];
    uint64_t *memory; /* owned: of the levels' possible */
    size_t memory_words;
    size_t depth; /* the level to cut or to go on with */
    size_t kind;  /* at hand, or the number of kinds: at the end */
    size_t seen;
    bool inside; /* a kind is at hand */
    enum dhk_err rc;
};

const struct cells_space *
cells_space_of(const struct cells *c)
{
    return &c->space;
}

bool
cells_has(const struct cells_set *set, size_t value)
{
    return value < CELLS_VALUES && (set->bits[value / 64] >> value % 64 & 1);
}

size_t
cells_count(const struct cells_set *set)
{
    size_t n = 0;

    for (size_t i = 0; i < CELLS_VALUES / 64; i++) {
        n += (size_t)__builtin_popcountll(set->bits[i]);
    }
    return n;
}

enum dhk_err
cells_new(struct cells **out, const struct agreement *first,
    const struct agreement *second)
{
    struct cells *c = calloc(1, sizeof *c);
    enum dhk_err rc = DHK_NOMEM;
    size_t rules;

    if (c == NULL) {
        goto out;
    }
    rc = cells_space_join(&c->space, first, second);
    if (rc != DHK_OK) {
        goto out;
    }
    rules = first->rules_n + (second == NULL ? 0 : second->rules_n);
    c->memory_words = rules / 64 + 1;
    c->memory =
        calloc(c->memory_words * (CELLS_DIMENSIONS + 1), sizeof *c->memory);
    rc = c->memory == NULL ? DHK_NOMEM : DHK_OK;
out:
    if (rc != DHK_OK) {
        cells_destroy(&c);
    } else {
        cells_rewind(c);
    }
    *out = c;
    return rc;
}

void
cells_destroy(struct cells **c)
{
    if (*c != NULL) {
        cells_space_done(&(*c)->space);
        free((*c)->memory);
        free(*c);
        *c = NULL;
    }
}

void
cells_rewind(struct cells *c)
{
    for (size_t d = 0; d <= CELLS_DIMENSIONS; d++) {
        c->level[d].possible = &c->memory[d * c->memory_words];
    }
    c->depth = 0;
    c->kind = 0;
    c->seen = 0;
    c->inside = false;
    c->rc = DHK_OK;
}

enum dhk_err
cells_turn(struct cells *c, size_t kind)
{
    c->inside = false;
    c->kind = c->space.kinds.n;
    return kind < c->space.kinds.n ? cells_space_kind(&c->space, kind)
                                   : DHK_NOTFOUND;
}

static bool
has_permit(const struct cells *c, const uint64_t *rules)
{
    for (size_t w = 0; w < c->space.words; w++) {
        if ((rules[w] & c->space.permits[w]) != 0) {
            return true;
        }
    }
    return false;
}

/* The first class whose values the possible rules admit as they do V. */
static size_t
class_of(const struct level *l, const struct cells_space *s,
    const struct cells_axis *axis, size_t v)
{
    size_t class = 0;

    for (; class < l->classes_n; class ++) {
        const uint64_t *x = &axis->rows[v * s->words];
        const uint64_t *y = &axis->rows[l->value[class] * s->words];
        uint64_t differ = 0;

        for (size_t w = 0; w < s->words; w++) {
            differ |= (x[w] ^ y[w]) & l->possible[w];
        }
        if (differ == 0) {
            break;
        }
    }
    return class;
}

/* Whether agreement W has a value there. */
static bool
has_value(const struct cells *c, size_t w, size_t d, size_t v)
{
    return d >= CELLS_ATTRIBUTE ? v == 0 || c->space.axis[d].first[w][v] >= 0
                                : cells_value_index(c, w, d, v) >= 0;
}

/* A class is best shown by a value that both agreements know. */
static bool
is_better(const struct cells *c, size_t d, size_t v, size_t than)
{
    int gain = 0;

    for (size_t w = 0; w < 2; w++) {
        if (c->space.of[w] != NULL) {
            gain += has_value(c, w, d, v) - has_value(c, w, d, than);
        }
    }
    return gain > 0;
}

/* Cuts the values of the level's dimension into classes. */
static void
cut(struct cells *c, size_t d)
{
    struct level *l = &c->level[d];
    const struct cells_axis *axis = &c->space.axis[d];

    l->classes_n = 0;
    l->taken = 0;
    for (size_t v = 0; v < axis->n; v++) {
        size_t class = class_of(l, &c->space, axis, v);

        l->class[v] = (uint16_t) class;
        if (class == l->classes_n) {
            l->value[class] = (uint16_t)v;
            l->classes_n++;
        } else if (is_better(c, d, v, l->value[class])) {
            l->value[class] = (uint16_t)v;
        }
    }
}

/* Takes the class; false when no permit is possible with it. */
static bool
take(struct cells *c, size_t d)
{
    struct level *l = &c->level[d];
    const struct cells_space *s = &c->space;
    const uint64_t *row = &s->axis[d].rows[l->value[l->taken] * s->words];
    uint64_t *below = c->level[d + 1].possible;

    for (size_t w = 0; w < s->words; w++) {
        below[w] = l->possible[w] & row[w];
    }
    if (!has_permit(c, below)) {
        return false;
    }
    memset(&c->set[d], 0, sizeof c->set[d]);
    l->weight = 0;
    for (size_t v = 0; v < s->axis[d].n; v++) {
        if (l->class[v] == l->taken) {
            c->set[d].bits[v / 64] |= UINT64_C(1) << v % 64;
            l->weight += s->axis[d].weight[v];
        }
    }
    return true;
}

/* Makes the next kind with a permit the one at hand; false: there is none. */
static bool
enter(struct cells *c)
{
    while (c->kind < c->space.kinds.n) {
        struct level *top = &c->level[0];

        c->rc = cells_space_kind(&c->space, c->kind);
        if (c->rc != DHK_OK) {
            return false;
        }
        memset(top->possible, 0, c->space.words * sizeof *top->possible);
        for (size_t r = 0; r < c->space.rules_n; r++) {
            top->possible[r / 64] |= UINT64_C(1) << r % 64;
        }
        if (has_permit(c, top->possible)) {
            c->inside = true;
            c->depth = 0;
            cut(c, 0);
            return true;
        }
        c->kind++;
    }
    return false;
}

/* Goes on to the next class that a permit is possible with, in the level at
 * hand or above; false: the kind is over. */
static bool
advance(struct cells *c)
{
    for (;;) {
        struct level *l = &c->level[c->depth];

        for (; l->taken < l->classes_n; l->taken++) {
            if (take(c, c->depth)) {
                return true;
            }
        }
        if (c->depth == 0) {
            return false;
        }
        c->depth--;
        c->level[c->depth].taken++;
    }
}

static void
put_value(const struct cells *c, struct cells_cell *cell, size_t w, size_t d)
{
    size_t v = c->level[d].value[c->level[d].taken];
    const struct cells_axis *axis = &c->space.axis[d];
    struct request *req = &cell->request[w];
    struct value *value;

    if (d >= CELLS_ATTRIBUTE) {
        if (axis->of[w] == NULL) {
            return;
        }
        value = &req->attribute[axis->position[w]];
        value->state = v == 0                  ? VALUE_UNKNOWN
                       : axis->first[w][v] < 0 ? VALUE_HIDDEN
                                               : VALUE_KNOWN;
        value->v = v == 0 ? 0 : (uint32_t)axis->first[w][v];
        return;
    }
    if (d == CELLS_WINDOWS) {
        req->windows = c->space.windows[w][v];
    } else {
        uint16_t *const places[] = {
            &req->sender, &req->recipient, &req->purpose, &req->ground};
        int64_t i = cells_value_index(c, w, d, v);

        *places[d] = i < 0 ? UINT16_MAX : (uint16_t)i;
    }
}

static void
show(const struct cells *c, struct cells_cell *cell)
{
    memset(cell, 0, sizeof *cell);
    cell->kind = c->kind;
    cell->dimensions = c->space.axes_n;
    cell->set = c->set;
    cell->requests = 1;
    for (size_t d = 0; d < c->space.axes_n; d++) {
        cell->requests *= c->level[d].weight;
    }
    for (size_t w = 0; w < 2 && c->space.of[w] != NULL; w++) {
        cell->request[w].kind = c->space.kinds.index[w][c->kind];
        for (size_t d = 0; d < c->space.axes_n; d++) {
            put_value(c, cell, w, d);
        }
    }
}

bool
cells_next(struct cells *c, struct cells_cell *cell)
{
    if (c->rc != DHK_OK) {
        return false;
    }
    if (c->inside) {
        c->level[c->depth].taken++;
    }
    for (;;) {
        if (!c->inside && !enter(c)) {
            return false;
        }
        if (!advance(c)) {
            c->inside = false;
            c->kind++;
            continue;
        }
        if (c->depth + 1 == c->space.axes_n) {
            break;
        }
        c->depth++;
        cut(c, c->depth);
    }
    if (c->seen == CELLS_MAX) {
        c->rc = DHK_LIMIT;
        return false;
    }
    c->seen++;
    show(c, cell);
    return true;
}

enum dhk_err
cells_end(const struct cells *c)
{
    return c->rc;
}

/* Rules that were told apart last, and the kind: where the walk had got to. */
void
cells_interacting(const struct cells *c, struct words *out)
{
    const char *comma = ": rules ";

    words_format(out, "signal %s", cells_kind_name(c, c->kind));
    for (size_t r = 0; r < c->space.rules_n; r++) {
        const struct agreement *a = c->space.of[c->space.rules[r].which];
        const struct rule *rule = &a->rules[c->space.rules[r].rule];

        if ((c->level[CELLS_WINDOWS].possible[r / 64] >> r % 64 & 1) == 0 ||
            rule->atoms_n == 0) {
            continue;
        }
        words_format(out, "%s%s", comma, rule->id);
        comma = ", ";
    }
}

bool
cells_applies(const struct cells *c, size_t which, size_t i)
{
    uint16_t r = c->space.place[which][i];

    return r != CELLS_NONE &&
           (c->level[c->space.axes_n].possible[r / 64] >> r % 64 & 1) != 0;
}
