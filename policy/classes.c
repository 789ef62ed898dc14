/* SPDX-License-Identifier: EUPL-1.2
 *
 * Classes of values, and the sets of windows that can hold together. Both are
 * found once, when an agreement is loaded. */
#include "classes.h"

#include <stdlib.h>

enum { WEEK = 7 * 24 * 60 };

bool
classes_atom_holds(const struct atom *atom, uint32_t v)
{
    if (atom->type == ATOM_RANGE) {
        return (v >= atom->low && v <= atom->high) != atom->negate;
    }
    return v < 64 && (atom->values >> v & 1) != 0;
}

static bool
tests(const struct rule *rule, const struct atom *atom, size_t kind,
    uint16_t attribute)
{
    return (rule->kinds >> kind & 1) != 0 && atom->type != ATOM_WINDOW &&
           atom->attribute == attribute;
}

/* Splits every class into the values that meet the condition and those that do
 * not. Classes are numbered by their smallest value. */
static void
split(struct partition *out, uint32_t max, const struct atom *atom)
{
    uint8_t renamed[2 * LIMIT_VOCABULARY] = {0}; /* new class + 1, or 0 */

    out->n = 0;
    for (uint32_t v = 0; v <= max; v++) {
        size_t old = 2 * (size_t)out->of[v] + classes_atom_holds(atom, v);

        if (renamed[old] == 0) {
            out->first[out->n++] = v;
            renamed[old] = (uint8_t)out->n;
        }
        out->of[v] = (uint8_t)(renamed[old] - 1);
    }
}

static void
split_by_rule(struct partition *out, uint32_t max, const struct rule *rule,
    size_t kind, uint16_t attribute)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        if (tests(rule, &rule->atoms[k], kind, attribute)) {
            split(out, max, &rule->atoms[k]);
        }
    }
}

static enum dhk_err
few_values(struct partition *out, const struct agreement *a, size_t kind,
    uint16_t attribute, struct arena *arena)
{
    uint32_t max = a->attributes[attribute].max;

    out->first = arena_alloc(arena, (size_t)max + 1, sizeof *out->first);
    out->of = arena_alloc(arena, (size_t)max + 1, 1);
    if (out->first == NULL || out->of == NULL) {
        return DHK_NOMEM;
    }
    out->n = 1; /* all values, the smallest being 0 */
    for (size_t i = 0; i < a->rules_n; i++) {
        split_by_rule(out, max, &a->rules[i], kind, attribute);
    }
    return DHK_OK;
}

static int
ascending(const void *a, const void *b)
{
    const uint32_t *x = a;
    const uint32_t *y = b;

    return *x < *y ? -1 : *x > *y;
}

static size_t
without_doubles(uint32_t *list, size_t n)
{
    size_t kept = 0;

    qsort(list, n, sizeof *list, ascending);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || list[kept - 1] != list[i]) {
            list[kept++] = list[i];
        }
    }
    return kept;
}

/* How often the rule tests the attribute of the kind. */
static size_t
count_tests(const struct rule *rule, size_t kind, uint16_t attribute)
{
    size_t n = 0;

    for (size_t k = 0; k < rule->atoms_n; k++) {
        n += tests(rule, &rule->atoms[k], kind, attribute);
    }
    return n;
}

static void
cut_by_rule(struct partition *out, const struct agreement_attribute *at,
    const struct rule *rule, size_t kind, uint16_t attribute)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (tests(rule, atom, kind, attribute)) {
            out->first[out->n++] = atom->low;
            out->first[out->n++] =
                atom->high < at->max ? atom->high + 1 : at->min;
        }
    }
}

/* A class begins at the minimum, where a tested range begins, and right behind
 * where one ends. */
static enum dhk_err
intervals(struct partition *out, const struct agreement *a, size_t kind,
    uint16_t attribute, struct arena *arena)
{
    const struct agreement_attribute *at = &a->attributes[attribute];
    size_t most = 1;

    for (size_t i = 0; i < a->rules_n; i++) {
        most += 2 * count_tests(&a->rules[i], kind, attribute);
    }
    out->first = arena_alloc(arena, most, sizeof *out->first);
    if (out->first == NULL) {
        return DHK_NOMEM;
    }
    out->first[out->n++] = at->min;
    for (size_t i = 0; i < a->rules_n; i++) {
        cut_by_rule(out, at, &a->rules[i], kind, attribute);
    }
    out->n = without_doubles(out->first, out->n);
    return DHK_OK;
}

static enum dhk_err
kind_partitions(struct agreement *a, size_t kind, struct arena *arena)
{
    struct agreement_kind *of = &a->kinds[kind];

    of->partitions =
        arena_alloc(arena, of->attributes_n, sizeof *of->partitions);
    if (of->partitions == NULL) {
        return DHK_NOMEM;
    }
    for (size_t k = 0; k < of->attributes_n; k++) {
        uint16_t attribute = of->attributes[k];
        struct partition *out = &of->partitions[k];
        bool number = a->attributes[attribute].type == ATTRIBUTE_NUMBER;

        if ((number ? intervals(out, a, kind, attribute, arena)
                    : few_values(out, a, kind, attribute, arena)) != DHK_OK) {
            return DHK_NOMEM;
        }
    }
    return DHK_OK;
}

/* The set of windows changes only where a span begins or ends. */
static enum dhk_err
find_window_sets(struct agreement *a, struct arena *arena)
{
    size_t edges = 1;
    uint32_t *sets;
    size_t n = 0;

    for (size_t w = 0; w < a->windows_n; w++) {
        edges += 2 * a->windows[w].spans_n;
    }
    sets = arena_alloc(arena, edges, sizeof *sets);
    if (sets == NULL) {
        return DHK_NOMEM;
    }
    sets[n++] = 0; /* Monday 00:00 */
    for (size_t w = 0; w < a->windows_n; w++) {
        for (size_t s = 0; s < a->windows[w].spans_n; s++) {
            sets[n++] = a->windows[w].spans[s].from;
            sets[n++] = a->windows[w].spans[s].until % WEEK;
        }
    }
    n = without_doubles(sets, n);
    for (size_t i = 0; i < n; i++) {
        sets[i] = agreement_windows_at(a, sets[i]);
    }
    a->window_sets = sets;
    a->window_sets_n = without_doubles(sets, n);
    return DHK_OK;
}

enum dhk_err
classes_build(struct agreement *a, struct arena *arena)
{
    for (size_t k = 0; k < a->kinds_n; k++) {
        if (kind_partitions(a, k, arena) != DHK_OK) {
            return DHK_NOMEM;
        }
    }
    return find_window_sets(a, arena);
}
