/* SPDX-License-Identifier: EUPL-1.2
 *
 * The proof against a baseline equals trying every request: for random
 * agreements and random rules, the same permits are found to be at odds with
 * the same rules, and each witness shows it. */
#include "generated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "approved.h"
#include "baseline.h"
#include "baseline_join.h"
#include "cells.h"
#include "classes.h"
#include "words.h"

enum { RULES = 3, PERMITS = 40 };

/* What is generated has no categories. */
static void
categorize(struct agreement *a, uint64_t *state)
{
    for (size_t k = 0; k < a->kinds_n; k++) {
        for (size_t f = 0; f < a->kinds[k].fields_n; f++) {
            a->kinds[k].fields[f].category =
                (enum field_category)generated_below(state, FIELD_SPECIAL);
        }
    }
}

static void
say_parties(struct words *w, const struct agreement *a, uint64_t *state)
{
    uint32_t dice = generated_below(state, 3);

    if (dice > 0) {
        words_add(w, dice == 1 ? "any" : "any except ");
    }
    if (dice != 1) {
        words_add(w, a->parties[generated_below(state, a->parties_n)]);
    }
}

static void
say_test(struct words *w, const struct agreement_attribute *at, uint64_t *state)
{
    static const char *const numbers[] = {
        "is", "is not", "at least", "at most"};
    uint32_t v;

    words_add(w, at->name);
    if (at->type == ATTRIBUTE_YES_NO) {
        words_add(w, generated_below(state, 2) == 0 ? " is yes" : " is no");
    } else if (at->type == ATTRIBUTE_NUMBER) {
        v = at->min + generated_below(state, (size_t)at->max - at->min + 1);
        words_format(w, " %s %u", numbers[generated_below(state, 4)], v);
    } else {
        v = generated_below(state, at->values_n);
        words_format(w, " %s value%u", numbers[generated_below(state, 2)], v);
    }
}

static void
say_conditions(struct words *w, const struct agreement *a, uint64_t *state)
{
    static const char *const before[] = {" unless ", " when "};
    uint32_t dice = generated_below(state, 6);

    if (dice == 0) {
        words_format(w, "%sduring window%u", before[generated_below(state, 2)],
            generated_below(state, a->windows_n));
    } else if (dice < 5) {
        words_add(w, before[generated_below(state, 2)]);
        say_test(
            w, &a->attributes[generated_below(state, a->attributes_n)], state);
    }
    if (generated_below(state, 2) == 0) {
        words_add(w, " unless ");
        say_test(
            w, &a->attributes[generated_below(state, a->attributes_n)], state);
    }
}

static void
say_rule(struct words *w, const struct agreement *a, uint64_t *state)
{
    if (generated_below(state, 3) > 0) {
        words_format(w, "never share field%u, category %c to ",
            generated_below(state, a->kinds[0].fields_n),
            (int)('a' + generated_below(state, 8)));
        say_parties(w, a, state);
    } else {
        words_add(w, "forbid from ");
        say_parties(w, a, state);
        words_add(w, " to ");
        say_parties(w, a, state);
        words_add(w, " signal any");
        if (generated_below(state, 2) == 0) {
            words_format(
                w, " for purpose%u", generated_below(state, a->purposes_n));
        }
    }
    say_conditions(w, a, state);
    if (generated_below(state, 3) == 0) {
        words_add(w, " unless approval by ");
        say_parties(w, a, state);
    }
    words_add(w, ";\n");
}

/* Rules that load; of those that are said some contradict themselves. */
static struct baseline *
make_rules(const struct agreement *a, uint64_t *state)
{
    for (;;) {
        struct words w = {0};
        struct findings findings;
        struct baseline *b;
        const char *text;
        enum dhk_err rc;

        for (int i = 0; i < RULES; i++) {
            say_rule(&w, a, state);
        }
        assert_int_equal(words_end(&w, &text), DHK_OK);
        rc = baseline_load_rules(&b, slice_str(text), a, &findings);
        words_done(&w);
        if (rc == DHK_OK) {
            return b;
        }
        assert_int_equal(rc, DHK_FORMAT);
    }
}

struct tried {
    const struct agreement *a;
    struct agreement *all;
    uint32_t odds[RULES][PERMITS]; /* fields by which they are at odds */
    bool met[RULES][PERMITS];      /* but for the other rules they would be */
    bool loses;                    /* some decision loses a field */
};
struct seen { /* so that the test knows it tried something */
    size_t at_odds, saved, apart, approved;
};

/* Decides by the rules of both, but those that an approval saves from. */
static void
evaluate_both(const struct tried *t, struct decision *after,
    const struct decision *before, const struct request *req)
{
    uint64_t kinds[RULES];

    for (size_t i = 0; i < RULES; i++) {
        struct rule *rule = &t->all->rules[t->a->rules_n + i];

        kinds[i] = rule->kinds;
        if (approved_saves(t->all, rule, &before->duties, req->sender)) {
            rule->kinds = 0;
        }
    }
    evaluate(after, t->all, req);
    for (size_t i = 0; i < RULES; i++) {
        t->all->rules[t->a->rules_n + i].kinds = kinds[i];
    }
}

/* What permit P shares for REQ, and the rule at I of ALL takes. */
static uint32_t
at_odds(const struct tried *t, size_t i, size_t p, const struct request *req)
{
    const struct rule *rule = &t->all->rules[i];
    const struct rule *permit = &t->a->rules[p];
    uint32_t fields =
        rule->type == RULE_FORBID ? UINT32_MAX : rule->share[req->kind];

    if (permit->type != RULE_PERMIT || !evaluate_rule_applies(t->a, p, req) ||
        !evaluate_rule_applies(t->all, i, req)) {
        return 0;
    }
    return fields & permit->share[req->kind];
}

static void
try_request(struct tried *t, struct seen *seen, const struct request *req)
{
    struct decision before;
    struct decision after;

    evaluate(&before, t->a, req);
    if (before.reason == DENY_NO_PERMIT) {
        return; /* no permit applies that could be at odds */
    }
    evaluate_both(t, &after, &before, req);
    t->loses = t->loses || after.fields != before.fields;
    for (size_t i = 0; i < RULES; i++) {
        for (size_t p = 0; p < t->a->rules_n; p++) {
            size_t rule = t->a->rules_n + i;
            uint32_t fields = at_odds(t, rule, p, req);

            if (approved_saves(t->all, &t->all->rules[rule], &before.duties,
                    req->sender)) {
                seen->approved += (before.fields & fields) != 0;
            } else {
                t->odds[i][p] |= before.fields & fields;
            }
            t->met[i][p] = t->met[i][p] || fields != 0;
        }
    }
}

/* Every value of each class, and every set of windows, of the route in REQ. */
static void
try_values(struct tried *t, struct seen *seen, struct request *req)
{
    const struct agreement_kind *kind = &t->all->kinds[req->kind];
    size_t total = t->all->window_sets_n;

    for (size_t k = 0; k < kind->attributes_n; k++) {
        total *= kind->partitions[k].n + 1;
    }
    for (size_t i = 0; i < total; i++) {
        size_t left = i / t->all->window_sets_n;

        req->windows = t->all->window_sets[i % t->all->window_sets_n];
        for (size_t k = 0; k < kind->attributes_n; k++) {
            size_t n = kind->partitions[k].n + 1;

            assert_int_equal(evaluate_representative(&req->attribute[k], t->all,
                                 req->kind, k, (uint32_t)(left % n)),
                DHK_OK);
            left /= n;
        }
        try_request(t, seen, req);
    }
}

static void
try_all(struct tried *t, struct seen *seen)
{
    const struct agreement *a = t->a;
    size_t routes =
        a->parties_n * a->parties_n * a->purposes_n * a->grounds_n * a->kinds_n;

    for (size_t i = 0; i < routes; i++) {
        struct request req;
        size_t left = i;

        memset(&req, 0, sizeof req);
        req.sender = (uint16_t)(left % a->parties_n);
        left /= a->parties_n;
        req.recipient = (uint16_t)(left % a->parties_n);
        left /= a->parties_n;
        req.purpose = (uint16_t)(left % a->purposes_n);
        left /= a->purposes_n;
        req.ground = (uint16_t)(left % a->grounds_n);
        req.kind = (uint16_t)(left / a->grounds_n);
        try_values(t, seen, &req);
    }
}

static void
check_witness(const struct tried *t, const struct baseline_violation *v)
{
    struct decision before;
    struct decision after;

    evaluate(&before, t->a, &v->witness);
    evaluate_both(t, &after, &before, &v->witness);
    assert_int_not_equal(v->fields, 0);
    assert_int_equal(v->fields & ~before.fields, 0);
    assert_int_equal(v->fields & after.fields, 0);
    assert_true(evaluate_rule_applies(t->a, v->permit, &v->witness));
    assert_int_equal(
        v->fields & ~t->a->rules[v->permit].share[v->witness.kind], 0);
}

static bool
is_listed(const struct baseline_proof *proof, size_t i, size_t p)
{
    for (size_t n = 0; n < proof->n; n++) {
        if (proof->list[n].permit == p && proof->list[n].line == i + 1) {
            return true;
        }
    }
    return false;
}

/* Each pair that is found by trying is in the proof, and no other. */
static void
compare(struct seen *seen, const struct tried *t,
    const struct baseline_proof *proof)
{
    size_t pairs = 0;

    for (size_t i = 0; i < RULES; i++) {
        for (size_t p = 0; p < t->a->rules_n; p++) {
            bool listed = is_listed(proof, i, p);

            assert_true(!listed || t->odds[i][p] != 0);
            pairs += t->odds[i][p] != 0;
            seen->saved += !listed && t->met[i][p];
            seen->apart += !t->met[i][p];
        }
    }
    assert_int_equal(proof->found, pairs);
    assert_int_equal(
        proof->n, pairs < BASELINE_VIOLATIONS ? pairs : BASELINE_VIOLATIONS);
    assert_int_equal(t->loses, pairs > 0);
    for (size_t n = 0; n < proof->n; n++) {
        const struct baseline_violation *v = &proof->list[n];

        check_witness(t, v);
        assert_int_equal(v->fields & ~t->odds[v->line - 1][v->permit], 0);
    }
    seen->at_odds += pairs;
}

/* One request of each cell: a cut of the request space by other code. */
static bool
try_cells(struct tried *t, struct seen *seen)
{
    struct cells *cells;
    struct cells_cell cell;
    enum dhk_err rc = cells_new(&cells, t->all, NULL);

    if (rc == DHK_LIMIT) {
        return false; /* an attribute with more values than cells take */
    }
    assert_int_equal(rc, DHK_OK);
    while (cells_next(cells, &cell)) {
        try_request(t, seen, &cell.request[0]);
    }
    assert_int_equal(cells_end(cells), DHK_OK);
    cells_destroy(&cells);
    return true;
}

/* More that saves: every third rule, on average, becomes a forbid. */
static void
forbid_more(struct agreement *a, uint64_t *state)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        if (generated_below(state, 3) == 0) {
            a->rules[i].type = RULE_FORBID;
        }
    }
}

static void
prove_one(struct seen *seen, const struct generated_shape *shape,
    uint64_t *state, bool by_cells)
{
    static struct baseline_proof proof;
    struct agreement *a = generated_agreement(shape, state);
    struct agreement *all;
    struct baseline *b;
    struct tried t = {.a = a};
    bool whole = true;

    categorize(a, state);
    forbid_more(a, state);
    b = make_rules(a, state);
    assert_int_equal(baseline_join(&all, b, a), DHK_OK);
    t.all = all;
    assert_int_equal(all->rules_n, a->rules_n + RULES);
    if (by_cells) {
        whole = try_cells(&t, seen);
    } else {
        try_all(&t, seen);
    }
    if (whole) {
        assert_int_equal(baseline_prove(&proof, b, a), DHK_OK);
        compare(seen, &t, &proof);
    }
    agreement_destroy(&all);
    baseline_destroy(&b);
    agreement_destroy(&a);
}

static void
show(const struct seen *seen)
{
    print_message(
        "at odds %zu, saved by other rules %zu, apart %zu; approved %zu\n",
        seen->at_odds, seen->saved, seen->apart, seen->approved);
}

static void
the_proof_finds_what_trying_every_request_finds(void **unused)
{
    static const struct generated_shape shapes[] = {
        {.parties = 3,
            .kinds = 2,
            .purposes = 2,
            .grounds = 2,
            .attributes = 2,
            .windows = 1,
            .rules = 10,
            .any = 40,
            .names = 2},
        {.parties = 2,
            .kinds = 1,
            .purposes = 2,
            .grounds = 1,
            .attributes = 3,
            .windows = 2,
            .rules = 8,
            .any = 60,
            .names = 2},
        {.parties = 2,
            .kinds = 3,
            .purposes = 1,
            .grounds = 1,
            .attributes = 3,
            .windows = 1,
            .rules = 16,
            .any = 80,
            .names = 1},
    };
    uint64_t state = 20260701;
    struct seen seen = {0};

    (void)unused;
    for (int i = 0; i < SANITIZED_ROUNDS(300); i++) {
        prove_one(&seen, &shapes[i % 3], &state, false);
    }
    show(&seen);
    assert_true(seen.at_odds > SANITIZED_ROUNDS(100));
    assert_true(seen.saved > SANITIZED_ROUNDS(100));
    assert_true(seen.apart > SANITIZED_ROUNDS(100));
    assert_true(seen.approved > SANITIZED_ROUNDS(100));
}

static void
of_larger_agreements_it_finds_what_the_cells_show(void **unused)
{
    static const struct generated_shape shape = {.parties = 8,
        .kinds = 4,
        .purposes = 3,
        .grounds = 3,
        .attributes = 5,
        .windows = 2,
        .rules = PERMITS,
        .any = 30,
        .names = 3};
    uint64_t state = 7;
    struct seen seen = {0};

    (void)unused;
    for (int i = 0; i < SANITIZED_ROUNDS(60); i++) {
        prove_one(&seen, &shape, &state, true);
    }
    show(&seen);
    assert_true(seen.at_odds > SANITIZED_ROUNDS(100));
    assert_true(seen.saved > SANITIZED_ROUNDS(100));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_proof_finds_what_trying_every_request_finds),
        cmocka_unit_test(of_larger_agreements_it_finds_what_the_cells_show),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
