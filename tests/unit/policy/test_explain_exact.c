/* SPDX-License-Identifier: EUPL-1.2
 *
 * Over random agreements: an explanation accounts for every field and
 * obligation, and what it says would have to differ is exactly what makes the
 * permit apply. */
#include "generated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "duties.h"
#include "explain.h"
#include "rule.h"

static struct agreement *a;
static struct explain *got;

static int
begin(void **state)
{
    (void)state;
    got = malloc(sizeof *got);
    assert_non_null(got);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    free(got);
    agreement_destroy(&a);
    return 0;
}

static const struct generated_shape shapes[] = {
    {3, 2, 2, 2, 3, 1, 6, 40, 2},
    {8, 4, 5, 4, 6, 2, 40, 20, 3},
    {64, 3, 64, 64, 20, 5, 200, 30, 8},
    {5, 2, 3, 3, 5, 32, 60, 30, 2},
};
enum { AGREEMENTS = 60, REQUESTS = 200 };

static bool
names(const struct explain_rules *rules, size_t i)
{
    for (size_t k = 0; k < rules->n; k++) {
        if (rules->rule[k] == i) {
            return true;
        }
    }
    return false;
}

static size_t
count(const struct explain_rules *rules)
{
    assert_true(rules->more == 0 || rules->n == EXPLAIN_RULES);
    return rules->n + rules->more;
}

/* Each field once, by rules that really do it, all of them. */
static void
check_fields(const struct request *req)
{
    const struct decision *d = &got->decision;

    assert_int_equal(got->fields_n, a->kinds[req->kind].fields_n);
    for (size_t f = 0; f < got->fields_n; f++) {
        const struct explain_field *field = &got->field[f];
        enum rule_type type =
            field->fate == EXPLAIN_NEVER ? RULE_NEVER : RULE_PERMIT;
        size_t origins = 0;

        assert_int_equal(
            d->fields >> f & 1, field->fate == EXPLAIN_SHARED ? 1 : 0);
        assert_int_equal(field->fate == EXPLAIN_DENIED,
            d->reason == DENY_FORBID || d->reason == DENY_NO_PERMIT);
        if (field->fate == EXPLAIN_DENIED) {
            continue;
        }
        for (size_t i = 0; i < a->rules_n; i++) {
            const struct rule *rule = &a->rules[i];
            const uint32_t *of =
                field->fate == EXPLAIN_WITHHELD ? rule->withhold : rule->share;

            origins += rule->type == type && of != NULL &&
                       evaluate_rule_applies(a, i, req) &&
                       (of[req->kind] >> f & 1) != 0;
        }
        assert_int_equal(origins, count(&field->by));
        assert_int_equal(origins > 0, field->fate > EXPLAIN_NOT_SHARED);
    }
}

static void
check_duties(const struct request *req)
{
    struct duties joined;

    memset(&joined, 0, sizeof joined);
    for (size_t i = 0; i < got->duties_n; i++) {
        const struct explain_duty *duty = &got->duty[i];

        duties_join(&joined, &duty->only);
        assert_true(count(&duty->by) > 0);
        for (size_t k = 0; k < duty->by.n; k++) {
            assert_int_equal(a->rules[duty->by.rule[k]].type, RULE_PERMIT);
            assert_true(evaluate_rule_applies(a, duty->by.rule[k], req));
        }
    }
    assert_true(duties_equal(&joined, &got->decision.duties));
}

static bool
would_do(const struct explain_differ *d, uint32_t v)
{
    for (size_t i = 0; i < d->ranges_n; i++) {
        if (v >= d->range[i].low && v <= d->range[i].high) {
            return true;
        }
    }
    return d->ranges_n == 0 && v < 64 && (d->set >> v & 1) != 0;
}

static uint32_t
member(uint64_t set, uint64_t *seed)
{
    uint32_t skip = generated_below(seed, (size_t)__builtin_popcountll(set));

    while (skip-- > 0) {
        set &= set - 1;
    }
    return (uint32_t)__builtin_ctzll(set);
}

/* A value that D says would do: the ends of a range are the likeliest faults */
static uint32_t
pick(const struct explain_differ *d, uint64_t *seed)
{
    const struct explain_range *r;

    if (d->ranges_n == 0) {
        return member(d->set, seed);
    }
    r = &d->range[generated_below(seed, d->ranges_n)];
    switch (generated_below(seed, 3)) {
    case 0:
        return r->low;
    case 1:
        return r->high;
    default:
        return r->low + generated_below(seed, (size_t)r->high - r->low + 1);
    }
}

static void
apply(struct request *req, const struct explain_differ *d, uint64_t *seed)
{
    uint16_t *const place[] = {
        &req->sender, &req->recipient, &req->purpose, &req->ground};
    size_t fit = 0;

    switch (d->of) {
    case EXPLAIN_SENDER:
    case EXPLAIN_RECIPIENT:
    case EXPLAIN_PURPOSE:
    case EXPLAIN_GROUND:
        *place[d->of] = (uint16_t)pick(d, seed);
        break;
    case EXPLAIN_ATTRIBUTE:
        req->attribute[d->attribute] =
            (struct value){VALUE_KNOWN, pick(d, seed)};
        break;
    case EXPLAIN_WINDOWS:
        for (size_t i = 0; i < a->window_sets_n; i++) {
            uint32_t set = a->window_sets[i];

            if ((set & d->during) == d->during && (set & d->outside) == 0 &&
                generated_below(seed, ++fit) == 0) {
                req->windows = set;
            }
        }
        assert_true(fit > 0);
        break;
    }
}

/* All of a permit's differences make it apply; without any one of them it does
 * not, nor with a value that the explanation does not name. */
static void
check_counterfactual(const struct request *req,
    const struct explain_nearest *near, uint64_t *seed)
{
    struct request all = *req;
    struct decision then;

    assert_true(near->n > 0);
    assert_false(evaluate_rule_applies(a, near->rule, req));
    for (size_t i = 0; i < near->n; i++) {
        apply(&all, &near->differ[i], seed);
    }
    assert_true(evaluate_rule_applies(a, near->rule, &all));
    evaluate(&then, a, &all);
    if (near->then == EXPLAIN_THEN_PERMITTED) {
        assert_int_not_equal(then.verdict, VERDICT_DENY);
    } else if (near->then == EXPLAIN_THEN_DENIED) {
        assert_int_equal(then.verdict, VERDICT_DENY);
    }
    for (size_t skip = 0; skip < near->n; skip++) {
        struct request some = *req;

        for (size_t i = 0; i < near->n; i++) {
            if (i != skip) {
                apply(&some, &near->differ[i], seed);
            }
        }
        assert_false(evaluate_rule_applies(a, near->rule, &some));
    }
}

/* Of one difference of an attribute: any value at all, does it do? */
static void
check_exactness(const struct request *req, const struct explain_nearest *near,
    uint64_t *seed)
{
    const struct explain_differ *d = &near->differ[0];
    const struct agreement_attribute *at;
    struct request other = *req;
    struct value *v;

    if (near->n != 1 || d->of != EXPLAIN_ATTRIBUTE) {
        return;
    }
    at = &a->attributes[a->kinds[req->kind].attributes[d->attribute]];
    v = &other.attribute[d->attribute];
    v->state = VALUE_KNOWN;
    for (int i = 0; i < 20; i++) {
        v->v = at->min + generated_below(seed, (size_t)at->max - at->min + 1);
        assert_int_equal(
            evaluate_rule_applies(a, near->rule, &other), would_do(d, v->v));
    }
    for (size_t i = 0; i < d->ranges_n; i++) {
        v->v = d->range[i].low - 1;
        if (d->range[i].low > at->min) {
            assert_false(evaluate_rule_applies(a, near->rule, &other));
        }
        v->v = d->range[i].high + 1;
        if (d->range[i].high < at->max) {
            assert_false(evaluate_rule_applies(a, near->rule, &other));
        }
    }
}

static bool
is_permitted(const struct request *req)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        if (a->rules[i].type == RULE_PERMIT &&
            evaluate_rule_applies(a, i, req)) {
            return true;
        }
    }
    return false;
}

/* Whether another name in PLACE alone, of N but not SKIP, would do. */
static bool
is_one_name_away(struct request *req, uint16_t *place, size_t n, size_t skip)
{
    uint16_t before = *place;
    bool found = false;

    for (uint16_t i = 0; !found && i < n; i++) {
        *place = i;
        found = i != skip && is_permitted(req);
    }
    *place = before;
    return found;
}

static bool
is_one_value_away(struct request *req)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];
    uint32_t windows = req->windows;
    bool found = false;

    for (size_t i = 0; !found && i < a->window_sets_n; i++) {
        req->windows = a->window_sets[i];
        found = is_permitted(req);
    }
    req->windows = windows;
    for (size_t k = 0; k < kind->attributes_n; k++) {
        struct value before = req->attribute[k];
        uint32_t class_ = 1;

        while (!found && evaluate_representative(&req->attribute[k], a,
                             req->kind, k, class_) == DHK_OK) {
            found = is_permitted(req);
            class_++;
        }
        req->attribute[k] = before;
    }
    return found;
}

/* One difference is told when one is enough, and not when it is not. */
static void
check_nearness(const struct request *req)
{
    struct request other = *req;
    bool one;

    if (got->sender_has_none) {
        one = is_one_name_away(&other, &other.sender, a->parties_n, SIZE_MAX);
    } else {
        one =
            is_one_name_away(
                &other, &other.recipient, a->parties_n, req->sender) ||
            is_one_name_away(&other, &other.purpose, a->purposes_n, SIZE_MAX) ||
            is_one_name_away(&other, &other.ground, a->grounds_n, SIZE_MAX) ||
            is_one_value_away(&other);
    }
    assert_int_equal(one, got->nearest_n > 0 && got->nearest[0].n == 1);
}

static bool
is_explained(const struct request *req)
{
    const struct agreement_kind *kind;

    if (req->sender >= a->parties_n || req->recipient >= a->parties_n ||
        req->kind >= a->kinds_n || req->purpose >= a->purposes_n ||
        req->ground >= a->grounds_n || req->windows_hidden) {
        return false;
    }
    kind = &a->kinds[req->kind];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &a->attributes[kind->attributes[k]];
        struct value v = req->attribute[k];

        if (v.state == VALUE_HIDDEN ||
            (v.state == VALUE_KNOWN && (v.v < at->min || v.v > at->max))) {
            return false;
        }
    }
    return true;
}

static size_t nearest_seen;

static void
check_one(const struct request *req, uint64_t *seed)
{
    struct decision want;

    memset(got, 0xa5, sizeof *got);
    explain_request(got, a, req);
    evaluate(&want, a, req);
    assert_memory_equal(&got->decision, &want, sizeof want);
    if (!is_explained(req)) {
        return;
    }
    check_fields(req);
    check_duties(req);
    for (size_t i = 0; i < want.rules_n; i++) {
        assert_true(names(&got->permits, want.rules[i]) ||
                    names(&got->forbids, want.rules[i]) ||
                    names(&got->nevers, want.rules[i]) ||
                    got->permits.more + got->nevers.more > 0);
    }
    assert_true(got->permits.n == 0 || got->nearest_n == 0);
    if (got->permits.n == 0 && generated_below(seed, 8) == 0) {
        check_nearness(req);
    }
    for (size_t i = 0; i < got->nearest_n; i++) {
        assert_int_equal(got->nearest[i].n, got->nearest[0].n);
        check_counterfactual(req, &got->nearest[i], seed);
        check_exactness(req, &got->nearest[i], seed);
        nearest_seen++;
    }
}

static void
explanations_are_exact(void **state)
{
    uint64_t seed = 20261129;
    struct request req;

    (void)state;
    for (size_t i = 0; i < AGREEMENTS; i++) {
        a = generated_agreement(
            &shapes[i % (sizeof shapes / sizeof shapes[0])], &seed);
        for (size_t k = 0; k < REQUESTS; k++) {
            generated_request(&req, a, &seed);
            check_one(&req, &seed);
        }
        agreement_destroy(&a);
    }
    assert_true(nearest_seen > 500);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(explanations_are_exact, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
