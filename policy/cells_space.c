/* SPDX-License-Identifier: EUPL-1.2
 *
 * Joining vocabularies by name, and finding for each value of each dimension
 * the rules that admit it. */
#include "cells_space.h"

#include <stdlib.h>
#include <string.h>

enum { WEEK = 7 * 24 * 60 };

static enum dhk_err
add_name(struct cells_names *names, size_t which, const char *name, size_t i)
{
    size_t at = 0;

    while (at < names->n && (names->index[which][at] != CELLS_NONE ||
                                strcmp(names->name[at], name) != 0)) {
        at++;
    }
    if (at == CELLS_VALUES) {
        return DHK_LIMIT;
    }
    if (at == names->n) {
        names->name[at] = name;
        names->index[0][at] = names->index[1][at] = CELLS_NONE;
        names->n++;
    }
    names->index[which][at] = (uint16_t)i;
    return DHK_OK;
}

static enum dhk_err
join_names(struct cells_space *s, size_t which)
{
    const struct agreement *a = s->of[which];
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < a->parties_n && rc == DHK_OK; i++) {
        rc = add_name(&s->parties, which, a->parties[i], i);
    }
    for (size_t i = 0; i < a->purposes_n && rc == DHK_OK; i++) {
        rc = add_name(&s->purposes, which, a->purposes[i].name, i);
    }
    for (size_t i = 0; i < a->grounds_n && rc == DHK_OK; i++) {
        rc = add_name(&s->grounds, which, a->grounds[i].name, i);
    }
    for (size_t i = 0; i < a->kinds_n && rc == DHK_OK; i++) {
        rc = add_name(&s->kinds, which, a->kinds[i].name, i);
    }
    return rc;
}

/* The windows of both that hold from MINUTE on. */
static enum dhk_err
add_windows(struct cells_space *s, unsigned minute)
{
    uint32_t held[2] = {0, 0};

    for (size_t w = 0; w < 2; w++) {
        held[w] = s->of[w] == NULL ? 0 : agreement_windows_at(s->of[w], minute);
    }
    for (size_t i = 0; i < s->windows_n; i++) {
        if (s->windows[0][i] == held[0] && s->windows[1][i] == held[1]) {
            return DHK_OK;
        }
    }
    if (s->windows_n == CELLS_VALUES) {
        return DHK_LIMIT;
    }
    s->windows[0][s->windows_n] = held[0];
    s->windows[1][s->windows_n] = held[1];
    s->windows_n++;
    return DHK_OK;
}

static enum dhk_err
add_spans(struct cells_space *s, const struct agreement_window *window)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < window->spans_n && rc == DHK_OK; i++) {
        rc = add_windows(s, window->spans[i].from);
        if (rc == DHK_OK) {
            rc = add_windows(s, window->spans[i].until % WEEK);
        }
    }
    return rc;
}

/* What holds changes only where a span begins or ends. */
static enum dhk_err
join_windows(struct cells_space *s)
{
    enum dhk_err rc = add_windows(s, 0);

    for (size_t w = 0; w < 2; w++) {
        size_t n = s->of[w] == NULL ? 0 : s->of[w]->windows_n;

        for (size_t i = 0; i < n && rc == DHK_OK; i++) {
            rc = add_spans(s, &s->of[w]->windows[i]);
        }
    }
    return rc;
}

enum dhk_err
cells_space_join(struct cells_space *s, const struct agreement *first,
    const struct agreement *second)
{
    enum dhk_err rc;

    memset(s, 0, sizeof *s);
    s->of[0] = first;
    s->of[1] = second;
    rc = join_names(s, 0);
    if (rc == DHK_OK && second != NULL) {
        rc = join_names(s, 1);
    }
    return rc != DHK_OK ? rc : join_windows(s);
}

static enum dhk_err
add_rules(struct cells_space *s, size_t which)
{
    const struct agreement *a = s->of[which];
    uint16_t kind = s->kinds.index[which][s->kind];

    s->place[which] =
        arena_alloc(s->arena, a->rules_n, sizeof *s->place[which]);
    if (s->place[which] == NULL) {
        return DHK_NOMEM;
    }
    for (size_t i = 0; i < a->rules_n; i++) {
        s->place[which][i] = CELLS_NONE;
        if (kind != CELLS_NONE && admits_kind(a, &a->rules[i], kind)) {
            s->place[which][i] = (uint16_t)s->rules_n;
            s->rules[s->rules_n].which = (uint8_t)which;
            s->rules[s->rules_n++].rule = (uint16_t)i;
        }
    }
    return DHK_OK;
}

const struct rule *
cells_space_rule(const struct cells_space *s, size_t r)
{
    return &s->of[s->rules[r].which]->rules[s->rules[r].rule];
}

static enum dhk_err
find_rules(struct cells_space *s)
{
    size_t most = s->of[0]->rules_n;

    if (s->of[1] != NULL) {
        most += s->of[1]->rules_n;
    }
    s->rules = arena_alloc(s->arena, most, sizeof *s->rules);
    s->words = most / 64 + 1;
    s->permits = arena_alloc(s->arena, s->words, sizeof *s->permits);
    if (s->rules == NULL || s->permits == NULL) {
        return DHK_NOMEM;
    }
    s->rules_n = 0;
    if (add_rules(s, 0) != DHK_OK ||
        (s->of[1] != NULL && add_rules(s, 1) != DHK_OK)) {
        return DHK_NOMEM;
    }
    s->words = s->rules_n / 64 + 1;
    for (size_t r = 0; r < s->rules_n; r++) {
        if (cells_space_rule(s, r)->type == RULE_PERMIT) {
            s->permits[r / 64] |= UINT64_C(1) << r % 64;
        }
    }
    return DHK_OK;
}

/* Adds the attribute, the K-th of the kind there, to an axis of its own or to
 * that of the other agreement with its name and type. */
static void
add_attribute(struct cells_space *s, size_t which, size_t k)
{
    const struct agreement *a = s->of[which];
    const struct agreement_kind *kind =
        &a->kinds[s->kinds.index[which][s->kind]];
    uint16_t index = kind->attributes[k];
    const struct agreement_attribute *at = &a->attributes[index];
    size_t d = CELLS_ATTRIBUTE;
    struct cells_axis *axis;

    for (; d < s->axes_n; d++) {
        const struct agreement_attribute *other = s->axis[d].of[0];

        if (s->axis[d].of[which] == NULL && other != NULL &&
            other->type == at->type && strcmp(other->name, at->name) == 0) {
            break;
        }
    }
    axis = &s->axis[d];
    if (d == s->axes_n) {
        memset(axis, 0, sizeof *axis);
        s->axes_n++;
    }
    axis->of[which] = at;
    axis->attribute[which] = index;
    axis->position[which] = (uint8_t)k;
}

static enum dhk_err
add_value(struct cells_axis *axis, size_t which, uint32_t v)
{
    const char *name = agreement_value_name(axis->of[which], v);
    size_t at = 1;

    for (; at < axis->n; at++) {
        int64_t other = axis->first[0][at];

        if (axis->first[which][at] < 0 &&
            strcmp(agreement_value_name(axis->of[0], (uint32_t)other), name) ==
                0) {
            break;
        }
    }
    if (at == CELLS_VALUES) {
        return DHK_LIMIT;
    }
    if (at == axis->n) {
        axis->first[0][at] = axis->first[1][at] = -1;
        axis->weight[at] = 1;
        axis->n++;
    }
    axis->first[which][at] = v;
    return DHK_OK;
}

static enum dhk_err
add_values(struct cells_axis *axis)
{
    enum dhk_err rc = DHK_OK;

    for (size_t w = 0; w < 2; w++) {
        uint32_t n = axis->of[w] == NULL ? 0 : axis->of[w]->max + 1;

        for (uint32_t v = 0; v < n && rc == DHK_OK; v++) {
            rc = add_value(axis, w, v);
        }
    }
    return rc;
}

static int
ascending(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Where an interval of a number may begin, and one past the last number. */
struct edges {
    uint64_t *at;
    size_t n;
};

static void
add_edges(struct edges *edges, const struct rule *rule, uint16_t attribute)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (atom->type == ATOM_RANGE && atom->attribute == attribute) {
            edges->at[edges->n++] = atom->low;
            edges->at[edges->n++] = (uint64_t)atom->high + 1;
        }
    }
}

static enum dhk_err
find_edges(
    struct cells_space *s, const struct cells_axis *axis, struct edges *edges)
{
    size_t most = 4;

    for (size_t r = 0; r < s->rules_n; r++) {
        most += 2 * cells_space_rule(s, r)->atoms_n;
    }
    edges->n = 0;
    edges->at = arena_alloc(s->arena, most, sizeof *edges->at);
    if (edges->at == NULL) {
        return DHK_NOMEM;
    }
    for (size_t w = 0; w < 2; w++) {
        if (axis->of[w] != NULL) {
            edges->at[edges->n++] = axis->of[w]->min;
            edges->at[edges->n++] = (uint64_t)axis->of[w]->max + 1;
        }
    }
    for (size_t r = 0; r < s->rules_n; r++) {
        size_t w = s->rules[r].which;

        if (axis->of[w] != NULL) {
            add_edges(edges, cells_space_rule(s, r), axis->attribute[w]);
        }
    }
    qsort(edges->at, edges->n, sizeof *edges->at, ascending);
    return DHK_OK;
}

static bool
is_number_of(const struct agreement_attribute *at, uint64_t v)
{
    return at != NULL && v >= at->min && v <= at->max;
}

/* One value for each stretch of numbers between two edges. */
static enum dhk_err
add_intervals(struct cells_space *s, struct cells_axis *axis)
{
    struct edges edges;
    enum dhk_err rc = find_edges(s, axis, &edges);

    for (size_t i = 0; i + 1 < edges.n && rc == DHK_OK; i++) {
        uint64_t v = edges.at[i];
        bool in[2];

        for (size_t w = 0; w < 2; w++) {
            in[w] = is_number_of(axis->of[w], v);
        }
        if (v == edges.at[i + 1] || (!in[0] && !in[1])) {
            continue;
        }
        if (axis->n == CELLS_VALUES) {
            return DHK_LIMIT;
        }
        for (size_t w = 0; w < 2; w++) {
            axis->first[w][axis->n] = in[w] ? (int64_t)v : -1;
        }
        axis->weight[axis->n++] = (double)(edges.at[i + 1] - v);
    }
    return rc;
}

static enum dhk_err
find_attributes(struct cells_space *s)
{
    enum dhk_err rc = DHK_OK;

    for (size_t w = 0; w < 2; w++) {
        uint16_t kind = s->kinds.index[w][s->kind];
        size_t n = s->of[w] == NULL || kind == CELLS_NONE
                       ? 0
                       : s->of[w]->kinds[kind].attributes_n;

        for (size_t k = 0; k < n; k++) {
            add_attribute(s, w, k);
        }
    }
    for (size_t d = CELLS_ATTRIBUTE; d < s->axes_n && rc == DHK_OK; d++) {
        struct cells_axis *axis = &s->axis[d];
        const struct agreement_attribute *at =
            axis->of[0] != NULL ? axis->of[0] : axis->of[1];

        axis->n = 1; /* unknown */
        axis->weight[0] = 1;
        axis->first[0][0] = axis->first[1][0] = -1;
        rc = at->type == ATTRIBUTE_NUMBER ? add_intervals(s, axis)
                                          : add_values(axis);
    }
    return rc;
}

/* The dimensions that every kind has. */
static void
find_fixed(struct cells_space *s)
{
    const size_t sizes[CELLS_FIXED] = {
        s->parties.n, s->parties.n, s->purposes.n, s->grounds.n, s->windows_n};

    s->axes_n = CELLS_FIXED;
    for (size_t d = 0; d < CELLS_FIXED; d++) {
        s->axis[d].n = sizes[d];
        for (size_t v = 0; v < sizes[d]; v++) {
            s->axis[d].weight[v] = 1;
        }
    }
}

enum dhk_err
cells_space_kind(struct cells_space *s, size_t kind)
{
    enum dhk_err rc;

    arena_destroy(&s->arena);
    s->arena = arena_new();
    s->kind = kind;
    find_fixed(s);
    rc = s->arena == NULL ? DHK_NOMEM : find_rules(s);
    if (rc == DHK_OK) {
        rc = find_attributes(s);
    }
    for (size_t d = 0; d < s->axes_n && rc == DHK_OK; d++) {
        rc = cells_space_classes(s, d);
    }
    return rc;
}

void
cells_space_done(struct cells_space *s)
{
    arena_destroy(&s->arena);
}
