/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which rules admit each value of a dimension; values that the same rules admit
 * fall together once and for all. */
#include "cells_space.h"

#include <string.h>

/* The question that stands for a name or a value; false: it has none there. */
static bool
admits_here(const struct cells_space *s, size_t d, size_t value, size_t r)
{
    static const enum admits_asked asked[] = {
        ADMITS_SENDER, ADMITS_RECIPIENT, ADMITS_PURPOSE, ADMITS_GROUND};
    const struct cells_names *const names[] = {
        &s->parties, &s->parties, &s->purposes, &s->grounds};
    const struct rule *rule = cells_space_rule(s, r);
    size_t w = s->rules[r].which;
    const struct cells_axis *axis = &s->axis[d];

    if (d < CELLS_WINDOWS) {
        uint16_t i = names[d]->index[w][value];

        return i != CELLS_NONE && admits_value(rule, asked[d], 0, i);
    }
    if (d == CELLS_WINDOWS) {
        return admits_windows(rule, s->windows[w][value]);
    }
    if (axis->of[w] == NULL) {
        return true; /* not carried there: no condition of the rule is on it */
    }
    if (value == 0) {
        return admits_value(rule, ADMITS_UNKNOWN, axis->attribute[w], 0);
    }
    return axis->first[w][value] >= 0 &&
           admits_value(rule, ADMITS_VALUE, axis->attribute[w],
               (uint32_t)axis->first[w][value]);
}

/* Whether agreement W has the value. */
static bool
has_value(const struct cells_space *s, size_t w, size_t d, size_t v)
{
    const struct cells_names *const names[] = {
        &s->parties, &s->parties, &s->purposes, &s->grounds};

    if (s->of[w] == NULL || d == CELLS_WINDOWS) {
        return true;
    }
    return d < CELLS_WINDOWS ? names[d]->index[w][v] != CELLS_NONE
                             : v == 0 || s->axis[d].first[w][v] >= 0;
}

static bool
is_known_to_both(const struct cells_space *s, size_t d, size_t v)
{
    return has_value(s, 0, d, v) && has_value(s, 1, d, v);
}

/* Adds the value, which the rules of ROW admit, to its class. */
static void
classify(struct cells_space *s, size_t d, size_t v, const uint64_t *row)
{
    struct cells_axis *axis = &s->axis[d];
    size_t bytes = s->words * sizeof *row;
    size_t i = 0;
    struct cells_class *class;

    while (i < axis->classes_n &&
           memcmp(&axis->rows[i * s->words], row, bytes) != 0) {
        i++;
    }
    class = &axis->classes[i];
    if (i == axis->classes_n) {
        memcpy(&axis->rows[i * s->words], row, bytes);
        class->value = (uint16_t)v;
        axis->classes_n++;
    } else if (!is_known_to_both(s, d, class->value) &&
               is_known_to_both(s, d, v)) {
        class->value = (uint16_t)v;
    }
    class->set.bits[v / 64] |= UINT64_C(1) << v % 64;
    class->weight += axis->weight[v];
    for (size_t w = 0; w < s->words; w++) {
        axis->tell[w] |= row[w] ^ axis->rows[w];
    }
}

/* The rules that admit the value. */
static void
fill_row(uint64_t *row, const struct cells_space *s, size_t d, size_t v)
{
    memset(row, 0, s->words * sizeof *row);
    for (size_t r = 0; r < s->rules_n; r++) {
        if (admits_here(s, d, v, r)) {
            row[r / 64] |= UINT64_C(1) << r % 64;
        }
    }
}

enum dhk_err
cells_space_classes(struct cells_space *s, size_t d)
{
    struct cells_axis *axis = &s->axis[d];
    uint64_t *row = arena_alloc(s->arena, s->words, sizeof *row);

    axis->classes_n = 0;
    axis->classes = arena_alloc(s->arena, axis->n, sizeof *axis->classes);
    axis->rows = arena_alloc(s->arena, axis->n * s->words, sizeof *axis->rows);
    axis->tell = arena_alloc(s->arena, s->words, sizeof *axis->tell);
    if (axis->rows == NULL || axis->classes == NULL || axis->tell == NULL ||
        row == NULL) {
        return DHK_NOMEM;
    }
    for (size_t v = 0; v < axis->n; v++) {
        fill_row(row, s, d, v);
        classify(s, d, v, row);
    }
    return DHK_OK;
}
