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

enum { CELLS_NAMED = 12 }; /* rules in a message */

/* One dimension of the walk: the classes of its values, united as far as the
 * possible rules allow, one of which is taken. */
struct level {
    uint64_t *possible;        /* rules that admit all that was taken above */
    size_t united_n;           /* 0: not cut yet */
    size_t taken;              /* of them */
    uint16_t of[CELLS_VALUES]; /* by class: united into */
    uint16_t first[CELLS_VALUES]; /* by united: the class that shows it */
    double weight;                /* requests of what is taken */
    double requests;              /* of all that was taken down to here */
    bool whole;                   /* what is taken is the whole dimension */
};

struct cells {
    struct cells_space space;
    struct level level[CELLS_DIMENSIONS + 1]; /* the last: what applies */
    uint8_t order[CELLS_DIMENSIONS];          /* by level: its dimension */
    struct cells_set set[CELLS_DIMENSIONS];
    struct request request[2];
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

static const struct cells_axis *
axis_of(const struct cells *c, size_t depth)
{
    return &c->space.axis[c->order[depth]];
}

/* The first of the united whose values the possible rules admit as they do
 * class I. */
static size_t
find_united(const struct cells *c, size_t depth, size_t i)
{
    const struct level *l = &c->level[depth];
    size_t words = c->space.words;
    const uint64_t *rows = axis_of(c, depth)->rows;
    size_t u = 0;

    for (; u < l->united_n; u++) {
        uint64_t differ = 0;

        for (size_t w = 0; w < words; w++) {
            differ |= (rows[i * words + w] ^ rows[l->first[u] * words + w]) &
                      l->possible[w];
        }
        if (differ == 0) {
            break;
        }
    }
    return u;
}

/* Whether the possible rules tell any values of the dimension apart. */
static bool
is_told_apart(const struct cells *c, size_t depth)
{
    uint64_t tell = 0;

    for (size_t w = 0; w < c->space.words; w++) {
        tell |= c->level[depth].possible[w] & axis_of(c, depth)->tell[w];
    }
    return tell != 0;
}

/* Cuts the dimension as far as the possible rules tell its values apart. */
static void
cut(struct cells *c, size_t depth)
{
    struct level *l = &c->level[depth];
    size_t classes = axis_of(c, depth)->classes_n;

    l->united_n = 0;
    l->taken = 0;
    if (!is_told_apart(c, depth)) {
        memset(l->of, 0, classes * sizeof l->of[0]);
        l->first[0] = 0;
        l->united_n = 1;
        return;
    }
    for (size_t i = 0; i < classes; i++) {
        size_t u = find_united(c, depth, i);

        l->of[i] = (uint16_t)u;
        if (u == l->united_n) {
            l->first[l->united_n++] = (uint16_t)i;
        }
    }
}

/* Sets the dimension of the requests to one value of what is taken: one that
 * both agreements know, if there is any. */
static void
put_value(struct cells *c, size_t w, size_t depth)
{
    const struct level *l = &c->level[depth];
    const struct cells_axis *axis = axis_of(c, depth);
    size_t d = c->order[depth];
    size_t v = axis->classes[l->first[l->taken]].value;
    struct request *req = &c->request[w];
    uint16_t *const places[] = {
        &req->sender, &req->recipient, &req->purpose, &req->ground};

    if (d < CELLS_WINDOWS) {
        int64_t i = cells_value_index(c, w, d, v);

        *places[d] = i < 0 ? UINT16_MAX : (uint16_t)i;
    } else if (d == CELLS_WINDOWS) {
        req->windows = c->space.windows[w][v];
    } else if (axis->of[w] != NULL) {
        struct value *value = &req->attribute[axis->position[w]];
        int64_t first = axis->first[w][v];

        value->state = v == 0      ? VALUE_UNKNOWN
                       : first < 0 ? VALUE_HIDDEN
                                   : VALUE_KNOWN;
        value->v = v == 0 ? 0 : (uint32_t)first;
    }
}

/* What the united classes that are taken hold. */
static void
gather(struct cells *c, size_t depth)
{
    struct level *l = &c->level[depth];
    const struct cells_axis *axis = axis_of(c, depth);
    struct cells_set *set = &c->set[c->order[depth]];

    memset(set, 0, sizeof *set);
    l->weight = 0;
    for (size_t i = l->first[l->taken]; i < axis->classes_n; i++) {
        if (l->of[i] != l->taken) {
            continue;
        }
        for (size_t b = 0; b < CELLS_VALUES / 64; b++) {
            set->bits[b] |= axis->classes[i].set.bits[b];
        }
        l->weight += axis->classes[i].weight;
    }
    l->whole = l->united_n == 1;
    for (size_t w = 0; w < 2 && c->space.of[w] != NULL; w++) {
        put_value(c, w, depth);
    }
}

/* Takes what is next; false when no permit is possible with it. */
static bool
take(struct cells *c, size_t depth)
{
    struct level *l = &c->level[depth];
    size_t words = c->space.words;
    const uint64_t *row = &axis_of(c, depth)->rows[l->first[l->taken] * words];
    uint64_t *below = c->level[depth + 1].possible;

    for (size_t w = 0; w < words; w++) {
        below[w] = l->possible[w] & row[w];
    }
    if (!has_permit(c, below)) {
        return false;
    }
    if (l->united_n > 1 || !l->whole) {
        gather(c, depth);
    }
    l->requests = l->weight * (depth == 0 ? 1 : c->level[depth - 1].requests);
    return true;
}

/* Nothing is known of the requests but their kind. */
static void
clear_requests(struct cells *c)
{
    for (size_t d = 0; d < CELLS_DIMENSIONS; d++) {
        c->level[d].whole = false;
    }
    memset(c->request, 0, sizeof c->request);
    for (size_t w = 0; w < 2 && c->space.of[w] != NULL; w++) {
        c->request[w].kind = c->space.kinds.index[w][c->kind];
    }
}

/* Attributes with many classes come last: what comes last turns fastest. */
static void
put_in_order(struct cells *c)
{
    for (size_t d = 0; d < c->space.axes_n; d++) {
        size_t i = d;

        while (i > CELLS_ATTRIBUTE && d > CELLS_ATTRIBUTE &&
               axis_of(c, i - 1)->classes_n > c->space.axis[d].classes_n) {
            c->order[i] = c->order[i - 1];
            i--;
        }
        c->order[i] = (uint8_t)d;
    }
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
            clear_requests(c);
            put_in_order(c);
            cut(c, 0);
            return true;
        }
        c->kind++;
    }
    return false;
}

/* Goes on to the next class of the level at hand that a permit is possible
 * with. */
static bool
find_class(struct cells *c)
{
    struct level *l = &c->level[c->depth];

    while (l->taken < l->united_n && !take(c, c->depth)) {
        l->taken++;
    }
    return l->taken < l->united_n;
}

/* The same, in the levels above too; false: the kind is over. */
static bool
advance(struct cells *c)
{
    while (!find_class(c)) {
        if (c->depth == 0) {
            return false;
        }
        c->depth--;
        c->level[c->depth].taken++;
    }
    return true;
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
    *cell = (struct cells_cell){.kind = c->kind,
        .dimensions = c->space.axes_n,
        .set = c->set,
        .request = c->request,
        .requests = c->level[c->depth].requests};
    return true;
}

enum dhk_err
cells_end(const struct cells *c)
{
    return c->rc;
}

/* Those that were told apart where the walk had got to. */
static void
list_rules(const struct cells *c, struct words *out)
{
    const uint64_t *possible = c->level[CELLS_WINDOWS].possible;
    size_t listed = 0;
    size_t more = 0;

    for (size_t r = 0; r < c->space.rules_n; r++) {
        const struct agreement *a = c->space.of[c->space.rules[r].which];
        const struct rule *rule = &a->rules[c->space.rules[r].rule];

        if ((possible[r / 64] >> r % 64 & 1) == 0 || rule->atoms_n == 0) {
            continue;
        }
        if (listed < CELLS_NAMED) {
            words_format(out, "%s%s", listed++ == 0 ? "" : ", ", rule->id);
        } else {
            more++;
        }
    }
    if (more > 0) {
        words_format(out, " and %zu more", more);
    }
}

void
cells_interacting(const struct cells *c, struct words *out)
{
    words_format(out, "in signal %s ", cells_kind_name(c, c->kind));
    if (c->seen < CELLS_MAX) {
        words_format(out,
            "an attribute has more than %d values that rules "
            "tell apart",
            (int)CELLS_VALUES);
        return;
    }
    words_format(
        out, "more than %d cases are told apart by rules ", (int)CELLS_MAX);
    list_rules(c, out);
}

bool
cells_applies(const struct cells *c, size_t which, size_t i)
{
    uint16_t r = c->space.place[which][i];

    return r != CELLS_NONE &&
           (c->level[c->space.axes_n].possible[r / 64] >> r % 64 & 1) != 0;
}

/* Lists those of word W; N are listed already. */
static size_t
list_word(
    const struct cells *c, size_t which, size_t w, uint16_t *out, size_t n)
{
    uint64_t left = c->level[c->space.axes_n].possible[w];

    while (left != 0) {
        size_t r = w * 64 + (size_t)__builtin_ctzll(left);

        left &= left - 1;
        if (c->space.rules[r].which == which) {
            out[n++] = c->space.rules[r].rule;
        }
    }
    return n;
}

size_t
cells_applying(const struct cells *c, size_t which, uint16_t *out)
{
    size_t n = 0;

    for (size_t w = 0; w < c->space.words; w++) {
        n = list_word(c, which, w, out, n);
    }
    return n;
}
