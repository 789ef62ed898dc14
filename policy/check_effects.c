/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the rules do together, found by deciding every cell of the request space
 * with and without each rule: permits without effect, rules without which every
 * decision is the same, and obligations that contradict each other. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "duties.h"

/* What was found of a rule so far. */
struct effect {
    bool gives;   /* a permit: some of its fields are given; a forbid or never:
                   * it takes away what permits give */
    bool matters; /* some decision would be another without it */
};

struct survey {
    struct resolver *r;
    struct cells *cells;
    struct effect *effects; /* by rule */
    uint16_t *applying;     /* those of the cell at hand */
    size_t applying_n;
    size_t kind;
    bool contradicts; /* a contradiction was told already */
};

/* What a decision comes to. */
struct outcome {
    uint32_t fields;
    struct duties duties;
};

static const size_t NO_RULE = SIZE_MAX;

/* What the rules of the cell but SKIP decide. */
static void
decide(struct outcome *out, const struct survey *s, size_t skip)
{
    uint32_t share = 0;
    uint32_t keep = 0;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < s->applying_n; i++) {
        const struct rule *rule = &s->r->a->rules[s->applying[i]];

        if (s->applying[i] == skip) {
            continue;
        }
        if (rule->type == RULE_FORBID) {
            memset(out, 0, sizeof *out);
            return;
        }
        if (rule->type == RULE_NEVER) {
            keep |= rule->share[s->kind];
            continue;
        }
        share |= rule->share[s->kind];
        keep |= rule->withhold[s->kind];
        duties_join(&out->duties, &rule->duties);
    }
    out->fields = share & ~keep;
    if (out->fields == 0) {
        memset(out, 0, sizeof *out);
    }
}

static bool
is_same(const struct outcome *x, const struct outcome *y)
{
    return x->fields == y->fields && duties_equal(&x->duties, &y->duties);
}

/* What all permits of the cell share. */
static uint32_t
shared(const struct survey *s)
{
    uint32_t fields = 0;

    for (size_t i = 0; i < s->applying_n; i++) {
        const struct rule *rule = &s->r->a->rules[s->applying[i]];

        fields |= rule->type == RULE_PERMIT ? rule->share[s->kind] : 0;
    }
    return fields;
}

static bool
gives(const struct survey *s, const struct rule *rule,
    const struct outcome *whole)
{
    switch (rule->type) {
    case RULE_PERMIT:
        return (whole->fields & rule->share[s->kind]) != 0;
    case RULE_NEVER:
        return (shared(s) & rule->share[s->kind]) != 0;
    case RULE_FORBID:
        break;
    }
    return shared(s) != 0;
}

static void
look_at_rule(struct survey *s, uint16_t i, const struct outcome *whole)
{
    struct effect *effect = &s->effects[i];
    struct outcome without;

    effect->gives = effect->gives || gives(s, &s->r->a->rules[i], whole);
    if (!effect->matters) {
        decide(&without, s, i);
        effect->matters = !is_same(&without, whole);
    }
}

/* Of the permits of the cell, the one with the longest `at least`, or the
 * shortest `at most`. */
static const struct rule *
extreme(const struct survey *s, bool least)
{
    const struct rule *found = NULL;

    for (size_t i = 0; i < s->applying_n; i++) {
        const struct rule *rule = &s->r->a->rules[s->applying[i]];
        const struct duties *d = &rule->duties;

        if (rule->type != RULE_PERMIT ||
            !(least ? d->has_at_least : d->has_at_most)) {
            continue;
        }
        if (found == NULL || (least ? d->at_least > found->duties.at_least
                                    : d->at_most < found->duties.at_most)) {
            found = rule;
        }
    }
    return found;
}

static void
tell_contradiction(struct survey *s, const struct request *req)
{
    const struct agreement *a = s->r->a;
    const struct rule *least = extreme(s, true);
    const struct rule *most = extreme(s, false);

    s->contradicts = true;
    findings_error(s->r->findings, most->at,
        "retain at least %u days (%s) and at most %u days (%s), from %s to %s "
        "signal %s for %s on %s",
        least->duties.at_least, least->id, most->duties.at_most, most->id,
        a->parties[req->sender], a->parties[req->recipient],
        a->kinds[req->kind].name, a->purposes[req->purpose].name,
        a->grounds[req->ground].name);
}

static void
look_at_cell(struct survey *s, const struct cells_cell *cell)
{
    struct outcome whole;

    s->kind = cell->request[0].kind;
    s->applying_n = cells_applying(s->cells, 0, s->applying);
    decide(&whole, s, NO_RULE);
    for (size_t i = 0; i < s->applying_n; i++) {
        look_at_rule(s, s->applying[i], &whole);
    }
    if (!s->contradicts && whole.duties.has_at_least &&
        whole.duties.has_at_most &&
        whole.duties.at_least > whole.duties.at_most) {
        tell_contradiction(s, &cell->request[0]);
    }
}

/* Counts the cells; an error when there are too many. */
static enum dhk_err
count(struct survey *s)
{
    struct cells_cell cell;
    struct words words = {0};
    const char *said;
    enum dhk_err rc;

    while (cells_next(s->cells, &cell)) {
        s->r->a->cells_n++;
    }
    rc = cells_end(s->cells);
    if (rc == DHK_LIMIT) {
        cells_interacting(s->cells, &words);
        rc = words_end(&words, &said);
        findings_error(s->r->findings, (struct place){1, 1},
            "%s: make their conditions fewer", said);
        words_done(&words);
    }
    return rc;
}

static void
tell(const struct survey *s, size_t i)
{
    struct rule *rule = &s->r->a->rules[i];
    const struct effect *effect = &s->effects[i];

    rule->guard = rule->type != RULE_PERMIT && !effect->gives;
    if (rule->type == RULE_PERMIT && !effect->gives) {
        findings_error(s->r->findings, rule->at,
            "rule %s permits nothing: other rules take away all that it shares",
            rule->id);
    } else if (!effect->matters && !rule->guard) {
        findings_warning(s->r->findings, rule->at,
            "rule %s is redundant: without it every decision is the same",
            rule->id);
    }
}

enum dhk_err
check_effects(struct resolver *r)
{
    struct survey s = {.r = r};
    struct cells_cell cell;
    size_t n = r->a->rules_n;
    enum dhk_err rc = cells_new(&s.cells, r->a, NULL);

    if (rc == DHK_LIMIT) {
        findings_error(r->findings, (struct place){1, 1},
            "the windows that hold change to more than %d different sets",
            (int)CELLS_VALUES);
        return DHK_OK;
    }
    s.effects = calloc(n + 1, sizeof *s.effects);
    s.applying = calloc(n + 1, sizeof *s.applying);
    if (rc != DHK_OK || s.effects == NULL || s.applying == NULL) {
        rc = DHK_NOMEM;
        goto out;
    }
    rc = count(&s);
    if (rc != DHK_OK || r->findings->errors > 0) {
        goto out;
    }
    cells_rewind(s.cells);
    while (cells_next(s.cells, &cell)) {
        look_at_cell(&s, &cell);
    }
    rc = cells_end(s.cells);
    for (size_t i = 0; i < n && rc == DHK_OK; i++) {
        tell(&s, i);
    }
out:
    cells_destroy(&s.cells);
    free(s.effects);
    free(s.applying);
    return rc;
}
