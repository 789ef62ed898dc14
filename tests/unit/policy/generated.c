/* SPDX-License-Identifier: EUPL-1.2
 *
 * Random agreements and requests; see generated.h. */
#include "generated.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "classes.h"
#include "rule.h"

enum { WEEK = 7 * 24 * 60 };

uint32_t
generated_below(uint64_t *state, size_t n)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((*state >> 32) % n);
}

/* True N times of 1000. */
static bool
chance(uint64_t *state, uint32_t n)
{
    return generated_below(state, 1000) < n;
}

static void *
room(struct agreement *a, size_t n, size_t size)
{
    void *p = arena_alloc(a->arena, n, size);

    must(p != NULL);
    return p;
}

static char *
name(struct agreement *a, const char *class, size_t i)
{
    char *text = room(a, 16, 1);

    must((unsigned)snprintf(text, 16, "%s%zu", class, i) < 16);
    return text;
}

static char **
name_all(struct agreement *a, const char *class, size_t n)
{
    char **names = room(a, n, sizeof *names);

    for (size_t i = 0; i < n; i++) {
        names[i] = name(a, class, i);
    }
    return names;
}

static struct agreement_named *
name_titled(struct agreement *a, const char *class, size_t n)
{
    struct agreement_named *named = room(a, n, sizeof *named);

    for (size_t i = 0; i < n; i++) {
        named[i].name = named[i].title = name(a, class, i);
    }
    return named;
}

static uint64_t
all_of(size_t n)
{
    return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

static uint64_t
some_of(const struct generated_shape *shape, size_t n, uint64_t *state)
{
    uint64_t set = 0;

    if (chance(state, shape->any * 10)) {
        return all_of(n);
    }
    for (uint32_t i = generated_below(state, shape->names) + 1; i > 0; i--) {
        set |= UINT64_C(1) << generated_below(state, n);
    }
    return chance(state, 100) ? all_of(n) & ~set : set;
}

static void
make_attribute(
    struct agreement *a, struct agreement_attribute *out, uint64_t *state)
{
    static const uint32_t most[] = {1, 120, 4095, 4096, 1000000, UINT32_MAX};

    out->type = (enum attribute_type)generated_below(state, 4);
    out->min = 0;
    if (out->type == ATTRIBUTE_YES_NO) {
        out->max = 1;
    } else if (out->type == ATTRIBUTE_NUMBER) {
        out->max = most[generated_below(state, sizeof most / sizeof most[0])];
        out->min = out->max > 100 ? generated_below(state, 100) : 0;
    } else {
        out->values_n = chance(state, 900) ? 2 + generated_below(state, 8) : 64;
        out->max = (uint32_t)out->values_n - 1;
        out->values = name_all(a, "value", out->values_n);
    }
}

/* Some of the attributes, in an order of its own. */
static void
make_kind(struct agreement *a, struct agreement_kind *kind, uint64_t *state)
{
    size_t most =
        a->attributes_n < LIMIT_ATTRIBUTES ? a->attributes_n : LIMIT_ATTRIBUTES;
    size_t wanted = generated_below(state, most + 1);

    kind->fields_n = 1 + generated_below(state, LIMIT_FIELDS);
    kind->fields = room(a, kind->fields_n, sizeof *kind->fields);
    for (size_t i = 0; i < kind->fields_n; i++) {
        kind->fields[i].name = name(a, "field", i);
    }
    kind->attributes = room(a, LIMIT_ATTRIBUTES, sizeof *kind->attributes);
    kind->position = room(a, a->attributes_n, 1);
    memset(kind->position, NO_POSITION, a->attributes_n);
    while (kind->attributes_n < wanted) {
        uint32_t i = generated_below(state, a->attributes_n);

        if (kind->position[i] == NO_POSITION) {
            kind->position[i] = (uint8_t)kind->attributes_n;
            kind->attributes[kind->attributes_n++] = (uint16_t)i;
        }
    }
}

static void
make_window(
    struct agreement *a, struct agreement_window *window, uint64_t *state)
{
    window->spans_n = 1 + generated_below(state, 3);
    window->spans = room(a, window->spans_n, sizeof *window->spans);
    for (size_t i = 0; i < window->spans_n; i++) {
        struct agreement_span *span = &window->spans[i];

        span->from = (uint16_t)generated_below(state, WEEK);
        span->until =
            (uint16_t)(span->from + 1 +
                       generated_below(state, (size_t)(WEEK - span->from)));
    }
}

static void
make_vocabulary(
    struct agreement *a, const struct generated_shape *shape, uint64_t *state)
{
    a->parties_n = shape->parties;
    a->parties = name_all(a, "party", a->parties_n);
    a->purposes_n = shape->purposes;
    a->purposes = name_titled(a, "purpose", a->purposes_n);
    a->grounds_n = shape->grounds;
    a->grounds = name_titled(a, "ground", a->grounds_n);
    a->attributes_n = shape->attributes;
    a->attributes = room(a, a->attributes_n, sizeof *a->attributes);
    for (size_t i = 0; i < a->attributes_n; i++) {
        make_attribute(a, &a->attributes[i], state);
        a->attributes[i].name = name(a, "attribute", i);
    }
    a->windows_n = shape->windows;
    a->windows = room(a, a->windows_n, sizeof *a->windows);
    for (size_t i = 0; i < a->windows_n; i++) {
        make_window(a, &a->windows[i], state);
        a->windows[i].name = name(a, "window", i);
    }
    a->kinds_n = shape->kinds;
    a->kinds = room(a, a->kinds_n, sizeof *a->kinds);
    for (size_t i = 0; i < a->kinds_n; i++) {
        make_kind(a, &a->kinds[i], state);
        a->kinds[i].name = name(a, "kind", i);
    }
}

/* On an attribute that some kind of the rule carries, mostly. */
static void
make_atom(const struct agreement *a, const struct rule *rule, struct atom *atom,
    uint64_t *state)
{
    const struct agreement_kind *kind = &a->kinds[__builtin_ctzll(rule->kinds)];
    const struct agreement_attribute *at;

    atom->unless = chance(state, 250);
    if (a->windows_n > 0 && chance(state, 150)) {
        atom->type = ATOM_WINDOW;
        atom->attribute = (uint16_t)generated_below(state, a->windows_n);
        atom->negate = chance(state, 500);
        return;
    }
    atom->attribute =
        kind->attributes_n > 0 && chance(state, 950)
            ? kind->attributes[generated_below(state, kind->attributes_n)]
            : (uint16_t)generated_below(state, a->attributes_n);
    at = &a->attributes[atom->attribute];
    if (at->type == ATTRIBUTE_NUMBER) {
        size_t span = (size_t)at->max - at->min + 1;

        atom->type = ATOM_RANGE;
        atom->negate = chance(state, 200);
        atom->low = at->min + generated_below(state, span);
        atom->high =
            atom->low + generated_below(state, (size_t)at->max - atom->low + 1);
    } else {
        atom->values = (uint64_t)generated_below(state, UINT32_MAX) << 32 |
                       generated_below(state, UINT32_MAX);
        atom->values &= all_of((size_t)at->max + 1);
    }
}

/* The sets of parties that approve are few: loading refuses more than eight. */
static void
make_duties(const struct agreement *a, struct duties *out, uint64_t *state)
{
    static const uint64_t approvers[] = {0, 1, 2, 3, 5, 7, 9, 11};

    out->has_at_most = chance(state, 400);
    out->at_most = out->has_at_most ? 1 + generated_below(state, 400) : 0;
    out->has_at_least = chance(state, 100);
    out->at_least = out->has_at_least ? 1 + generated_below(state, 30) : 0;
    out->onward_limited = chance(state, 300);
    if (out->onward_limited && chance(state, 700)) {
        out->onward_to =
            (uint64_t)generated_below(state, UINT32_MAX) & all_of(a->parties_n);
    }
    if (chance(state, 200)) {
        out->notify = UINT64_C(1) << generated_below(state, a->parties_n);
    }
    out->log = chance(state, 300);
    out->approvals_n = chance(state, 150) ? 1 + generated_below(state, 3) : 0;
    for (size_t i = 0; i < out->approvals_n; i++) {
        out->approval[i].count = (uint16_t)(1 + generated_below(state, 4));
        out->approval[i].of = approvers[generated_below(state, 8)];
    }
}

static void
make_rule(struct agreement *a, struct rule *rule,
    const struct generated_shape *shape, uint64_t *state)
{
    uint32_t dice = generated_below(state, 100);
    size_t atoms = generated_below(state, 4);

    rule->type = dice < 15 ? RULE_FORBID : dice < 25 ? RULE_NEVER : RULE_PERMIT;
    rule->senders = some_of(shape, a->parties_n, state);
    rule->recipients = some_of(shape, a->parties_n, state);
    rule->kinds = some_of(shape, a->kinds_n, state);
    rule->kinds = rule->kinds == 0 ? 1 : rule->kinds;
    rule->purposes = some_of(shape, a->purposes_n, state);
    rule->grounds = some_of(shape, a->grounds_n, state);
    if (rule->type != RULE_PERMIT) {
        atoms += 1 + generated_below(state, 2); /* else little is permitted */
    }
    rule->atoms = room(a, atoms, sizeof *rule->atoms);
    rule->atoms_n = a->attributes_n > 0 ? atoms : 0;
    for (size_t i = 0; i < rule->atoms_n; i++) {
        make_atom(a, rule, &rule->atoms[i], state);
    }
    if (rule->type == RULE_FORBID) {
        return;
    }
    rule->share = room(a, a->kinds_n, sizeof *rule->share);
    rule->withhold = room(a, a->kinds_n, sizeof *rule->withhold);
    for (size_t k = 0; k < a->kinds_n; k++) {
        uint32_t fields = (uint32_t)all_of(a->kinds[k].fields_n);

        rule->share[k] = generated_below(state, UINT32_MAX) & fields;
        if (rule->type == RULE_PERMIT && chance(state, 200)) {
            rule->withhold[k] = generated_below(state, UINT32_MAX) &
                                generated_below(state, UINT32_MAX) & fields;
        }
    }
    if (rule->type == RULE_PERMIT && chance(state, 700)) {
        make_duties(a, &rule->duties, state);
    }
}

struct agreement *
generated_agreement(const struct generated_shape *shape, uint64_t *state)
{
    struct arena *arena = arena_new();
    struct agreement *a;

    must(arena != NULL);
    a = arena_alloc(arena, 1, sizeof *a);
    must(a != NULL);
    a->arena = arena;
    make_vocabulary(a, shape, state);
    a->rules_n = shape->rules;
    a->rules = room(a, a->rules_n, sizeof *a->rules);
    for (size_t i = 0; i < a->rules_n; i++) {
        make_rule(a, &a->rules[i], shape, state);
        a->rules[i].id = a->rules[i].title = name(a, "R", i);
    }
    must(classes_build(a, arena) == DHK_OK);
    return a;
}

/* A member of SET, or now and then any of N, or none of them. */
static uint16_t
member(uint64_t set, size_t n, uint64_t *state)
{
    uint32_t skip;

    if (chance(state, 2)) {
        return (uint16_t)(n + generated_below(state, UINT16_MAX - n));
    }
    if (set == 0 || chance(state, 30)) {
        return (uint16_t)generated_below(state, n);
    }
    skip = generated_below(state, (size_t)__builtin_popcountll(set));
    while (skip-- > 0) {
        set &= set - 1;
    }
    return (uint16_t)__builtin_ctzll(set);
}

static bool
suits(const struct rule *rule, uint16_t attribute, uint32_t v)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (atom->type != ATOM_WINDOW && atom->attribute == attribute &&
            classes_atom_holds(atom, v) == atom->unless) {
            return false;
        }
    }
    return true;
}

/* The first, the last or another value of some class. */
static uint32_t
edge(const struct agreement_attribute *at, const struct partition *classes,
    uint64_t *state)
{
    size_t c = generated_below(state, classes->n);

    switch (generated_below(state, 3)) {
    case 0:
        return classes->first[c];
    case 1:
        return c + 1 < classes->n ? classes->first[c + 1] - 1 : at->max;
    default:
        return at->min + generated_below(state, (size_t)at->max - at->min + 1);
    }
}

static struct value
make_value(const struct agreement *a, const struct rule *rule,
    const struct agreement_kind *kind, size_t k, uint64_t *state)
{
    const struct agreement_attribute *at = &a->attributes[kind->attributes[k]];
    struct value v = {.state = VALUE_KNOWN};

    if (chance(state, 60)) {
        v.state = chance(state, 900)   ? VALUE_UNKNOWN
                  : chance(state, 500) ? VALUE_NA
                                       : VALUE_HIDDEN;
        v.v = generated_below(state, 3); /* which is not to matter */
        return v;
    }
    if (chance(state, 2)) {
        v.v = at->max < UINT32_MAX ? at->max + 1 : at->min - 1;
        return v;
    }
    for (int tries = 0; tries < 6; tries++) {
        v.v = edge(at, &kind->partitions[k], state);
        if (suits(rule, kind->attributes[k], v.v)) {
            break;
        }
    }
    return v;
}

void
generated_request(
    struct request *out, const struct agreement *a, uint64_t *state)
{
    const struct rule *rule = &a->rules[generated_below(state, a->rules_n)];
    const struct agreement_kind *kind;

    memset(out, 0, sizeof *out);
    out->sender = member(rule->senders, a->parties_n, state);
    out->recipient = member(rule->recipients, a->parties_n, state);
    out->kind = member(rule->kinds, a->kinds_n, state);
    out->purpose = member(rule->purposes, a->purposes_n, state);
    out->ground = member(rule->grounds, a->grounds_n, state);
    out->windows =
        chance(state, 700)
            ? a->window_sets[generated_below(state, a->window_sets_n)]
            : generated_below(state, UINT32_MAX);
    out->windows_hidden = chance(state, 2);
    if (out->kind >= a->kinds_n) {
        return;
    }
    kind = &a->kinds[out->kind];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        out->attribute[k] = make_value(a, rule, kind, k, state);
    }
}
