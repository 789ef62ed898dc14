/* SPDX-License-Identifier: EUPL-1.2
 *
 * Counting what requests meet; see cover.h. */
#include "cover.h"

#include <stdlib.h>
#include <string.h>

#include "compiled.h"
#include "intern.h"
#include "rule.h"

/* --- cells --- */

/* Which rules apply to the cell, as bytes. */
static void
applying(uint8_t *out, const struct cells *c, size_t rules_n)
{
    memset(out, 0, rules_n / 8 + 1);
    for (size_t i = 0; i < rules_n; i++) {
        if (cells_applies(c, 0, i)) {
            out[i / 8] |= (uint8_t)(1U << i % 8);
        }
    }
}

static enum dhk_err
walk(struct cover *c, struct intern *sets, uint8_t *set)
{
    struct cells_cell cell;

    while (cells_next(c->cells, &cell)) {
        uint64_t says;
        enum dhk_err rc;

        applying(set, c->cells, c->rules_n);
        rc = intern_number(&says, sets, set);
        if (rc == DHK_OK) {
            rc = boxes_add(c->boxes, &cell, says);
        }
        if (rc != DHK_OK) {
            return rc;
        }
    }
    return cells_end(c->cells);
}

static enum dhk_err
find_boxes(struct cover *c)
{
    struct intern *sets = intern_new(c->rules_n / 8 + 1);
    uint8_t *set = malloc(c->rules_n / 8 + 1);
    enum dhk_err rc = DHK_NOMEM;

    c->boxes = boxes_new();
    if (sets != NULL && set != NULL && c->boxes != NULL) {
        rc = walk(c, sets, set);
    }
    free(set);
    intern_destroy(&sets);
    if (rc == DHK_OK) {
        boxes_unite(c->boxes);
    }
    return rc;
}

static enum dhk_err
find_cells(struct cover *c, const struct agreement *a)
{
    size_t n = boxes_count(c->boxes);

    c->cell = calloc(n + 1, sizeof *c->cell);
    if (c->cell == NULL) {
        return DHK_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        struct decision d;

        compiled_decide_by(&d, a, &boxes_at(c->boxes, i)->request[0]);
        c->cell[i].permits = d.verdict != VERDICT_DENY;
    }
    return DHK_OK;
}

/* --- where the requests lie --- */

static bool
holds(const struct box *box, const int *value)
{
    for (size_t d = 0; d < box->dimensions; d++) {
        if (value[d] < 0 || !cells_has(&box->set[d], (size_t)value[d])) {
            return false;
        }
    }
    return true;
}

/* Marks the cell of the kind at hand, whose boxes are FROM to UNTIL, that REQ
 * lies in. */
static void
mark(struct cover *c, size_t from, size_t until, const struct request *req)
{
    int value[CELLS_DIMENSIONS] = {0};

    for (size_t d = 0; d < boxes_at(c->boxes, from)->dimensions; d++) {
        value[d] = cells_value_of(c->cells, 0, d, req);
    }
    for (size_t i = from; i < until; i++) {
        if (holds(boxes_at(c->boxes, i), value)) {
            c->cell[i].requests++;
            c->outside--;
            return;
        }
    }
}

/* Those of the kind of box FROM, which ends before UNTIL. */
static enum dhk_err
mark_kind(struct cover *c, size_t from, size_t until, const struct request *req,
    size_t n)
{
    size_t kind = boxes_at(c->boxes, from)->kind;
    enum dhk_err rc = cells_turn(c->cells, kind);

    for (size_t i = 0; i < n && rc == DHK_OK; i++) {
        if (cells_kind_index(c->cells, 0, kind) == (int)req[i].kind) {
            mark(c, from, until, &req[i]);
        }
    }
    return rc;
}

/* Boxes are in the order of their cells, so that those of a kind are
 * neighbours. */
static enum dhk_err
mark_all(struct cover *c, const struct request *req, size_t n)
{
    size_t all = boxes_count(c->boxes);
    enum dhk_err rc = DHK_OK;
    size_t until;

    c->outside = n;
    for (size_t from = 0; from < all && rc == DHK_OK; from = until) {
        until = from + 1;
        while (until < all && boxes_at(c->boxes, until)->kind ==
                                  boxes_at(c->boxes, from)->kind) {
            until++;
        }
        rc = mark_kind(c, from, until, req, n);
    }
    return rc;
}

/* --- rules and conditions --- */

/* One rule alone, to ask the evaluator about its route or one condition. */
struct alone {
    struct agreement a;
    struct rule rule;
    const struct rule *of;
};

static bool
applies(struct alone *alone, size_t from, size_t n, const struct request *req)
{
    alone->rule.atoms = alone->of->atoms + from;
    alone->rule.atoms_n = n;
    return evaluate_rule_applies(&alone->a, 0, req);
}

static bool
has_part(enum rule_type type, const struct decision *d)
{
    switch (type) {
    case RULE_PERMIT:
        return d->verdict != VERDICT_DENY;
    case RULE_FORBID:
        return true;
    case RULE_NEVER:
        break;
    }
    return d->reason != DENY_FORBID;
}

static void
meet(struct cover_rule *out, struct alone *alone, const struct request *req,
    const struct decision *d)
{
    size_t failing = 0;
    size_t failed = 0;

    if (!applies(alone, 0, 0, req)) {
        return;
    }
    for (size_t k = 0; k < alone->of->atoms_n && failing < 2; k++) {
        if (!applies(alone, k, 1, req)) {
            failing++;
            failed = k;
        }
    }
    if (failing == 1) {
        out->failed |= UINT64_C(1) << failed;
    } else if (failing == 0) {
        out->met |= (UINT64_C(1) << alone->of->atoms_n) - 1;
        out->requests += has_part(alone->of->type, d);
    }
}

static void
count_rule(struct cover *c, const struct rule *rule, const struct cover_rule *r)
{
    c->rules.of++;
    c->rules.covered += r->requests > 0;
    if (rule->type == RULE_PERMIT) {
        c->permits.of++;
        c->permits.covered += r->requests > 0;
    }
    c->conditions.of += 2 * r->conditions;
    c->conditions.covered += (size_t)__builtin_popcountll(r->met) +
                             (size_t)__builtin_popcountll(r->failed);
}

static enum dhk_err
meet_all(struct cover *c, const struct agreement *a, const struct request *req,
    size_t n)
{
    struct decision *d = calloc(n + 1, sizeof *d);

    c->rule = calloc(a->rules_n + 1, sizeof *c->rule);
    if (d == NULL || c->rule == NULL) {
        free(d);
        return DHK_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        compiled_decide_by(&d[i], a, &req[i]);
    }
    for (size_t r = 0; r < a->rules_n; r++) {
        struct alone alone = {.a = *a, .rule = a->rules[r], .of = &a->rules[r]};

        alone.a.rules = &alone.rule;
        alone.a.rules_n = 1;
        c->rule[r].conditions = a->rules[r].atoms_n;
        c->rule[r].permits = a->rules[r].type == RULE_PERMIT;
        for (size_t i = 0; i < n; i++) {
            meet(&c->rule[r], &alone, &req[i], &d[i]);
        }
        count_rule(c, &a->rules[r], &c->rule[r]);
    }
    free(d);
    return DHK_OK;
}

static void
count_cells(struct cover *c)
{
    for (size_t i = 0; i < boxes_count(c->boxes); i++) {
        struct cover_count *count =
            c->cell[i].permits ? &c->permitted : &c->denied;

        count->of++;
        count->covered += c->cell[i].requests > 0;
    }
}

enum dhk_err
cover_new(struct cover **out, const struct agreement *a,
    const struct request *req, size_t n)
{
    struct cover *c = calloc(1, sizeof *c);
    enum dhk_err rc = DHK_NOMEM;

    *out = c;
    if (c != NULL) {
        c->rules_n = a->rules_n;
        rc = cells_new(&c->cells, a, NULL);
    }
    if (rc == DHK_OK) {
        rc = find_boxes(c);
    }
    if (rc == DHK_OK) {
        rc = find_cells(c, a);
    }
    if (rc == DHK_OK) {
        rc = mark_all(c, req, n);
    }
    if (rc == DHK_OK) {
        rc = meet_all(c, a, req, n);
    }
    if (rc == DHK_OK) {
        count_cells(c);
    } else {
        cover_destroy(out);
    }
    return rc;
}

void
cover_destroy(struct cover **c)
{
    if (*c == NULL) {
        return;
    }
    boxes_destroy(&(*c)->boxes);
    cells_destroy(&(*c)->cells);
    free((*c)->cell);
    free((*c)->rule);
    free(*c);
    *c = NULL;
}

unsigned
cover_percent(const struct cover_count *count)
{
    return count->of == 0 ? 100 : (unsigned)(100 * count->covered / count->of);
}
