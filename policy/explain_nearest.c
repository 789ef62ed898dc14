/* SPDX-License-Identifier: EUPL-1.2
 *
 * A permit is a box: what it lacks is, dimension by dimension, whether the box
 * holds what the request has, and if not, what it does hold. See explain.h. */
#include "explain_nearest.h"

#include <string.h>

#include "admits.h"
#include "classes.h"

enum { CHOICES_MAX = 4096 }; /* tried, of what would do instead */

/* --- what one permit lacks --- */

struct looking {
    const struct agreement *a;
    const struct request *req;
    const struct rule *rule;
    struct explain_nearest *out;
};

static struct explain_differ *
differ(struct looking *l, enum explain_dimension of)
{
    struct explain_differ *d = &l->out->differ[l->out->n++];

    memset(d, 0, sizeof *d);
    d->of = of;
    return d;
}

/* Of names: SET is what the rule admits. False: nothing would do. */
static bool
look_names(
    struct looking *l, enum explain_dimension of, uint64_t set, uint16_t has)
{
    if (rule_has(set, has)) {
        return true;
    }
    if (set == 0) {
        return false;
    }
    differ(l, of)->set = set;
    return true;
}

/* The intervals of a number, which the agreement cuts into classes, that the
 * rule admits. */
static void
add_ranges(struct explain_differ *d, const struct looking *l, size_t k)
{
    const struct agreement_kind *kind = &l->a->kinds[l->req->kind];
    const struct partition *classes = &kind->partitions[k];
    uint32_t last = l->a->attributes[kind->attributes[k]].max;

    for (size_t c = 0; c < classes->n; c++) {
        uint32_t low = classes->first[c];
        uint32_t high = c + 1 < classes->n ? classes->first[c + 1] - 1 : last;

        if (!admits_value(l->rule, ADMITS_VALUE, kind->attributes[k], low)) {
            continue;
        }
        if (d->ranges_n > 0 && d->range[d->ranges_n - 1].high + 1 == low) {
            d->range[d->ranges_n - 1].high = high;
        } else if (d->ranges_n < EXPLAIN_RANGES) {
            d->range[d->ranges_n++] = (struct explain_range){low, high};
        }
    }
}

static uint64_t
admitted_values(const struct looking *l, uint16_t attribute)
{
    uint64_t set = 0;

    for (uint32_t v = 0; v <= l->a->attributes[attribute].max; v++) {
        if (admits_value(l->rule, ADMITS_VALUE, attribute, v)) {
            set |= UINT64_C(1) << v;
        }
    }
    return set;
}

static bool
look_attribute(struct looking *l, size_t k)
{
    uint16_t attribute = l->a->kinds[l->req->kind].attributes[k];
    struct value v = l->req->attribute[k];
    bool known = v.state == VALUE_KNOWN;
    struct explain_differ *d;

    if (admits_value(l->rule, known ? ADMITS_VALUE : ADMITS_UNKNOWN, attribute,
            known ? v.v : 0)) {
        return true;
    }
    d = differ(l, EXPLAIN_ATTRIBUTE);
    d->attribute = (uint16_t)k;
    if (l->a->attributes[attribute].type == ATTRIBUTE_NUMBER) {
        add_ranges(d, l, k);
        return d->ranges_n > 0;
    }
    d->set = admitted_values(l, attribute);
    return d->set != 0;
}

/* Whether some minute of the week is as the rule has it. */
static bool
has_minute(const struct looking *l)
{
    for (size_t i = 0; i < l->a->window_sets_n; i++) {
        if (admits_windows(l->rule, l->a->window_sets[i])) {
            return true;
        }
    }
    return false;
}

static bool
look_windows(struct looking *l)
{
    struct explain_differ *d;

    if (admits_windows(l->rule, l->req->windows)) {
        return true;
    }
    if (!has_minute(l)) {
        return false;
    }
    d = differ(l, EXPLAIN_WINDOWS);
    for (size_t k = 0; k < l->rule->atoms_n; k++) {
        const struct atom *atom = &l->rule->atoms[k];

        if (atom->type != ATOM_WINDOW) {
            continue;
        }
        if (atom->negate == atom->unless) {
            d->during |= UINT32_C(1) << atom->attribute;
        } else {
            d->outside |= UINT32_C(1) << atom->attribute;
        }
    }
    return true;
}

/* What would have to differ for rule I to apply; false when it never can, for
 * this kind, and for this sender unless ANY_SENDER. */
static bool
look_at(struct explain_nearest *out, const struct agreement *a, size_t i,
    const struct request *req, bool any_sender)
{
    const struct rule *rule = &a->rules[i];
    struct looking l = {a, req, rule, out};
    bool own = rule_has(rule->senders, req->sender);
    uint64_t recipients = rule->recipients;
    bool possible;

    out->rule = (uint16_t)i;
    out->n = 0;
    if (rule->type != RULE_PERMIT || !admits_kind(a, rule, req->kind) ||
        (!own && !any_sender)) {
        return false;
    }
    if (own) {
        recipients &= ~(UINT64_C(1) << req->sender); /* nobody sends itself */
    }
    if (rule_has(rule->recipients, req->recipient)) {
        recipients = rule->recipients;
    }
    possible = look_names(&l, EXPLAIN_SENDER, rule->senders, req->sender) &&
               look_names(&l, EXPLAIN_RECIPIENT, recipients, req->recipient) &&
               look_names(&l, EXPLAIN_PURPOSE, rule->purposes, req->purpose) &&
               look_names(&l, EXPLAIN_GROUND, rule->grounds, req->ground) &&
               look_windows(&l);
    for (size_t k = 0; possible && k < a->kinds[req->kind].attributes_n; k++) {
        possible = look_attribute(&l, k);
    }
    return possible;
}

/* --- what would be decided then --- */

struct trying {
    const struct agreement *a;
    const struct rule *rule;
    struct request req;
};

static bool
choose_windows(struct trying *t, size_t choice)
{
    for (size_t i = 0; i < t->a->window_sets_n; i++) {
        if (admits_windows(t->rule, t->a->window_sets[i]) && choice-- == 0) {
            t->req.windows = t->a->window_sets[i];
            return true;
        }
    }
    return false;
}

static bool
choose_attribute(struct trying *t, uint16_t k, size_t choice)
{
    const struct agreement_kind *kind = &t->a->kinds[t->req.kind];
    const struct partition *classes = &kind->partitions[k];

    for (size_t c = 0; c < classes->n; c++) {
        uint32_t v = classes->first[c];

        if (admits_value(t->rule, ADMITS_VALUE, kind->attributes[k], v) &&
            choice-- == 0) {
            t->req.attribute[k].state = VALUE_KNOWN;
            t->req.attribute[k].v = v;
            return true;
        }
    }
    return false;
}

static bool
choose_name(struct trying *t, const struct explain_differ *d, size_t choice)
{
    uint16_t *const place[] = {
        &t->req.sender, &t->req.recipient, &t->req.purpose, &t->req.ground};

    for (uint16_t i = 0; i < 64; i++) {
        if (rule_has(d->set, i) && choice-- == 0) {
            *place[d->of] = i;
            return true;
        }
    }
    return false;
}

/* Takes one of the values that would do, by number, values that no rule tells
 * apart being one; false: there are no more. */
static bool
choose(struct trying *t, const struct explain_differ *d, size_t choice)
{
    if (d->of == EXPLAIN_WINDOWS) {
        return choose_windows(t, choice);
    }
    return d->of == EXPLAIN_ATTRIBUTE
               ? choose_attribute(t, d->attribute, choice)
               : choose_name(t, d, choice);
}

/* The next combination; false after the last. */
static bool
next_combination(
    struct trying *t, const struct explain_nearest *near, size_t *choice)
{
    for (size_t i = 0; i < near->n; i++) {
        if (choose(t, &near->differ[i], ++choice[i])) {
            return true;
        }
        choice[i] = 0;
        (void)choose(t, &near->differ[i], 0);
    }
    return false;
}

static void
look_further(struct explain_nearest *near, const struct agreement *a,
    const struct request *req)
{
    struct trying t = {a, &a->rules[near->rule], *req};
    size_t choice[EXPLAIN_DIFFERS] = {0};
    size_t tried = 0;
    size_t denied = 0;
    struct decision d;

    for (size_t i = 0; i < near->n; i++) {
        (void)choose(&t, &near->differ[i], 0);
    }
    do {
        evaluate(&d, a, &t.req);
        tried++;
        denied += d.verdict == VERDICT_DENY;
        if (d.reason == DENY_FORBID && !near->has_forbid) {
            near->has_forbid = true;
            near->forbid = d.rules[0];
        }
    } while (tried < CHOICES_MAX && next_combination(&t, near, choice));
    near->then = denied == 0       ? EXPLAIN_THEN_PERMITTED
                 : denied == tried ? EXPLAIN_THEN_DENIED
                                   : EXPLAIN_THEN_DEPENDS;
    if (tried == CHOICES_MAX) {
        near->then = EXPLAIN_THEN_DEPENDS; /* not all was tried */
    }
}

/* --- which are nearest --- */

static bool
has_permit(const struct agreement *a, const struct request *req)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];

        if (rule->type == RULE_PERMIT && rule_has(rule->senders, req->sender) &&
            admits_kind(a, rule, req->kind)) {
            return true;
        }
    }
    return false;
}

/* Keeps NEAR when it lacks no more than those there, and instead of them when
 * it lacks less. */
static void
keep(struct explain *out, const struct explain_nearest *near)
{
    size_t least = out->nearest_n == 0 ? SIZE_MAX : out->nearest[0].n;

    if (near->n > least) {
        return;
    }
    if (near->n < least) {
        out->nearest_n = 0;
        out->nearest_more = 0;
    }
    if (out->nearest_n < EXPLAIN_NEAREST) {
        out->nearest[out->nearest_n++] = *near;
    } else {
        out->nearest_more++;
    }
}

void
explain_nearest(
    struct explain *out, const struct agreement *a, const struct request *req)
{
    struct explain_nearest near;

    memset(&near, 0, sizeof near);
    out->sender_has_none = !has_permit(a, req);
    for (size_t i = 0; i < a->rules_n; i++) {
        if (look_at(&near, a, i, req, out->sender_has_none)) {
            keep(out, &near);
        }
    }
    for (size_t i = 0; i < out->nearest_n; i++) {
        look_further(&out->nearest[i], a, req);
    }
}
