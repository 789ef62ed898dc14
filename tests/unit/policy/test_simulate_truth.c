/* SPDX-License-Identifier: EUPL-1.2
 *
 * Over random agreements, whatever the values were that the ledger does not
 * have, what another agreement makes of them is among what is told. */
#include "generated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "classes.h"
#include "rule.h"
#include "simulate.h"

static struct agreement *was, *now;
static struct simulate *s;
static uint8_t classes[LIMIT_ATTRIBUTES];
static struct simulate_signal signal_;

static int
begin(void **state)
{
    (void)state;
    s = malloc(sizeof *s);
    assert_non_null(s);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    free(s);
    agreement_destroy(&was);
    agreement_destroy(&now);
    return 0;
}

/* What the ledger has of REQ. */
static void
record(const struct request *req, uint32_t presence)
{
    size_t n = was->kinds[req->kind].attributes_n;

    for (size_t k = 0; k < n; k++) {
        uint32_t class_ = evaluate_class(was, req->kind, k, req->attribute[k]);

        classes[k] = (uint8_t)class_;
    }
    signal_ = (struct simulate_signal){.was = was,
        .sender = req->sender,
        .kind = req->kind,
        .purpose = req->purpose,
        .ground = req->ground,
        .presence = presence,
        .classes = slice_of(classes, n),
        .windows_was = req->windows,
        .windows_now = req->windows};
}

static const struct generated_shape shapes[] = {
    {3, 2, 2, 2, 3, 1, 6, 40, 2},
    {8, 4, 5, 4, 5, 2, 40, 20, 3},
    {5, 2, 3, 3, 6, 3, 30, 40, 2},
    {6, 3, 4, 2, 4, 0, 24, 50, 3},
};
enum { AGREEMENTS = 80, REQUESTS = 150, TRIES = 12 };

/* Changes what some rules say; the vocabulary stays. */
static void
change(struct agreement *a, uint64_t *seed)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        struct rule *rule = &a->rules[i];

        if (generated_below(seed, 2) == 0) {
            continue;
        }
        rule->recipients ^= UINT64_C(1) << generated_below(seed, a->parties_n);
        for (size_t k = 0; k < rule->atoms_n; k++) {
            struct atom *atom = &rule->atoms[k];
            const struct agreement_attribute *at =
                &a->attributes[atom->attribute];

            if (atom->type == ATOM_VALUES) {
                atom->values ^= UINT64_C(1)
                                << generated_below(seed, (size_t)at->max + 1);
            } else if (atom->type == ATOM_RANGE) {
                atom->low = at->min + generated_below(seed,
                                          (size_t)atom->high - at->min + 1);
            }
        }
        if (rule->share != NULL) {
            rule->share[0] ^= 1;
        }
    }
    assert_int_equal(classes_build(a, a->arena), DHK_OK);
}

static bool
is_plain(const struct request *req)
{
    const struct agreement_kind *kind;

    if (req->sender >= was->parties_n || req->recipient >= was->parties_n ||
        req->kind >= was->kinds_n || req->purpose >= was->purposes_n ||
        req->ground >= was->grounds_n || req->windows_hidden ||
        req->sender == req->recipient) {
        return false;
    }
    kind = &was->kinds[req->kind];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &was->attributes[kind->attributes[k]];
        struct value v = req->attribute[k];

        if (v.state == VALUE_HIDDEN ||
            (v.state == VALUE_KNOWN && (v.v < at->min || v.v > at->max))) {
            return false;
        }
    }
    return true;
}

/* REQ in words of now, whose names are a class and an index. A value that it
 * lacks: false. Attributes that were not asked are drawn. */
static bool
translate(struct request *out, const struct request *req, uint64_t *seed)
{
    const struct agreement_kind *kind, *before = &was->kinds[req->kind];

    *out = *req;
    memset(out->attribute, 0, sizeof out->attribute);
    if (req->sender >= now->parties_n || req->recipient >= now->parties_n ||
        req->kind >= now->kinds_n || req->purpose >= now->purposes_n ||
        req->ground >= now->grounds_n) {
        return false;
    }
    kind = &now->kinds[req->kind];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        uint16_t i = kind->attributes[k];
        const struct agreement_attribute *at = &now->attributes[i];
        uint8_t p = i < was->attributes_n ? before->position[i] : NO_POSITION;
        const struct agreement_attribute *old;
        struct value v;

        if (p == NO_POSITION) {
            out->attribute[k].state =
                generated_below(seed, 5) == 0 ? VALUE_UNKNOWN : VALUE_KNOWN;
            out->attribute[k].v =
                at->min + generated_below(seed, (size_t)at->max - at->min + 1);
            continue;
        }
        v = req->attribute[p];
        old = &was->attributes[i];
        out->attribute[k] = v;
        if (v.state != VALUE_KNOWN) {
            continue;
        }
        /* "yes" and "no" are no names of other values, which are "value0" */
        if ((at->type == ATTRIBUTE_NUMBER) != (old->type == ATTRIBUTE_NUMBER) ||
            (at->type == ATTRIBUTE_YES_NO) != (old->type == ATTRIBUTE_YES_NO) ||
            v.v < at->min || v.v > at->max) {
            return false;
        }
    }
    return true;
}

/* Other values of the same classes. */
static void
vary(struct request *req, uint64_t *seed)
{
    const struct agreement_kind *kind = &was->kinds[req->kind];

    for (size_t k = 0; k < kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &was->attributes[kind->attributes[k]];
        struct value v = req->attribute[k];
        uint32_t class_ = evaluate_class(was, req->kind, k, v);

        for (int i = 0; i < 20 && v.state == VALUE_KNOWN; i++) {
            v.v =
                at->min + generated_below(seed, (size_t)at->max - at->min + 1);
            if (evaluate_class(was, req->kind, k, v) == class_) {
                req->attribute[k] = v;
            }
        }
    }
}

static size_t certain, uncertain;

/* The outcome of these values is among those told. */
static void
check_values(const struct simulate_outcome *o, const struct request *req,
    const struct simulate_share *share, uint32_t kept, uint64_t *seed)
{
    struct request then;
    struct decision d;
    uint32_t fields = 0;
    uint32_t lost;
    uint32_t gained;

    if (translate(&then, req, seed)) {
        evaluate(&d, now, &then);
        fields = d.fields & signal_.presence & ~kept;
        if (fields != 0) {
            assert_true(
                d.verdict == VERDICT_PENDING ? o->may_wait : o->may_wait_not);
        }
    }
    lost = share->fields & ~fields;
    gained = fields & ~share->fields;
    assert_true(fields != 0 ? o->may_get : o->may_not);
    assert_int_equal(lost & o->lost_least, o->lost_least);
    assert_int_equal(lost & ~o->lost_most, 0);
    assert_int_equal(gained & o->gained_least, o->gained_least);
    assert_int_equal(gained & ~o->gained_most, 0);
}

static void
check_one(struct request *req, uint64_t *seed)
{
    struct simulate_outcome o;
    struct simulate_share share;
    struct decision d;
    uint32_t presence = generated_below(seed, UINT32_MAX);
    uint32_t veto =
        generated_below(seed, 2) == 0 ? 0 : generated_below(seed, UINT32_MAX);

    if (was->kinds[req->kind].fields_n < 32) {
        presence &= (UINT32_C(1) << was->kinds[req->kind].fields_n) - 1;
    }
    evaluate(&d, was, req);
    share.fields = d.fields & presence & ~veto;
    share.wrapped = share.fields;
    share.shared = share.fields != 0;
    share.pending = d.verdict == VERDICT_PENDING;
    record(req, presence);
    assert_int_equal(simulate_begin(s, &signal_, now), DHK_OK);
    simulate_party(&o, s, slice_str(was->parties[req->recipient]), &share);
    assert_int_equal(o.left_out, !share.shared && (d.fields & presence) != 0);
    if (o.left_out) {
        return;
    }
    assert_int_equal(o.lost_least & ~o.lost_most, 0);
    assert_int_equal(o.gained_least & ~o.gained_most, 0);
    assert_true(o.may_get || o.may_not);
    certain += o.may_get != o.may_not;
    uncertain += o.may_get && o.may_not;
    for (int i = 0; i < TRIES; i++) {
        check_values(
            &o, req, &share, d.fields & presence & ~share.wrapped, seed);
        vary(req, seed);
    }
}

/* Fields that now lacks are no bits of it: the two kinds have the same. */
static void
same_fields(void)
{
    for (size_t k = 0; k < was->kinds_n && k < now->kinds_n; k++) {
        size_t n = was->kinds[k].fields_n < now->kinds[k].fields_n
                       ? was->kinds[k].fields_n
                       : now->kinds[k].fields_n;

        was->kinds[k].fields_n = n;
        now->kinds[k].fields_n = n;
    }
}

static void
mask_shares(struct agreement *a)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        for (size_t k = 0; a->rules[i].share != NULL && k < a->kinds_n; k++) {
            size_t n = a->kinds[k].fields_n;
            uint32_t all = n < 32 ? (UINT32_C(1) << n) - 1 : UINT32_MAX;

            a->rules[i].share[k] &= all;
            a->rules[i].withhold[k] &= all;
        }
    }
}

static void
the_truth_is_among_what_is_told(void **state)
{
    uint64_t seed = 29112026;
    struct request req;

    (void)state;
    for (size_t i = 0; i < AGREEMENTS; i++) {
        const struct generated_shape *shape =
            &shapes[i / 2 % (sizeof shapes / sizeof shapes[0])];
        uint64_t again = seed;

        was = generated_agreement(shape, &seed);
        /* the same words with other rules; or others, some of them alike */
        now = generated_agreement(shape, i % 2 == 0 ? &again : &seed);
        if (i % 2 == 0) {
            change(now, &seed);
        }
        same_fields();
        mask_shares(was);
        mask_shares(now);
        for (size_t k = 0; k < REQUESTS; k++) {
            generated_request(&req, was, &seed);
            if (is_plain(&req)) {
                check_one(&req, &seed);
            }
        }
        agreement_destroy(&was);
        agreement_destroy(&now);
    }
    assert_true(certain > 500);
    assert_true(uncertain > 100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            the_truth_is_among_what_is_told, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
