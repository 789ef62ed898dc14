/* SPDX-License-Identifier: EUPL-1.2
 *
 * The reference evaluator: every rule is looked at, one after the other, in
 * the plainest way. Whatever is made faster later must equal it. */
#include "evaluate.h"

#include <string.h>

#include "classes.h"
#include "duties.h"
#include "rule.h"

static enum rule_truth
truth(const struct agreement *a, const struct atom *atom,
    const struct request *req)
{
    uint8_t position;

    if (atom->type == ATOM_WINDOW) {
        return rule_has(req->windows, atom->attribute) != atom->negate
                   ? RULE_TRUE
                   : RULE_FALSE;
    }
    position = a->kinds[req->kind].position[atom->attribute];
    if (position == NO_POSITION) {
        return RULE_FALSE; /* n/a: neither condition nor exception */
    }
    if (req->attribute[position].state != VALUE_KNOWN) {
        return RULE_UNKNOWN;
    }
    return classes_atom_holds(atom, req->attribute[position].v) ? RULE_TRUE
                                                                : RULE_FALSE;
}

/* Unknown never helps a permit and never saves from a forbid or never. */
static bool
lets_through(
    const struct rule *rule, const struct atom *atom, enum rule_truth found)
{
    if (found == RULE_UNKNOWN) {
        return rule->type != RULE_PERMIT;
    }
    return (found == RULE_TRUE) != atom->unless;
}

bool
evaluate_rule_applies(
    const struct agreement *a, size_t i, const struct request *req)
{
    const struct rule *rule = &a->rules[i];

    if (!rule_is_about(rule, req->sender, req->recipient, req->kind) ||
        !rule_has(rule->purposes, req->purpose) ||
        !rule_has(rule->grounds, req->ground)) {
        return false;
    }
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (!lets_through(rule, atom, truth(a, atom, req))) {
            return false;
        }
    }
    return true;
}

uint32_t
evaluate_rule_keeps(
    const struct agreement *a, size_t i, uint16_t kind, bool *permits)
{
    const struct rule *rule = &a->rules[i];

    *permits = rule->type == RULE_PERMIT;
    if (rule->type == RULE_NEVER) {
        return rule->share[kind];
    }
    return *permits ? rule->withhold[kind] : 0;
}

static bool
is_in_range(const struct agreement_attribute *at, struct value v)
{
    return v.v >= at->min && v.v <= at->max;
}

/* Whether REQ names things of the agreement, and every value is one that this
 * evaluator may look at. */
static bool
is_decidable(const struct agreement *a, const struct request *req)
{
    const struct agreement_kind *kind;

    if (req->sender >= a->parties_n || req->recipient >= a->parties_n ||
        req->kind >= a->kinds_n || req->purpose >= a->purposes_n ||
        req->ground >= a->grounds_n || req->windows_hidden) {
        return false;
    }
    kind = &a->kinds[req->kind];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        struct value v = req->attribute[k];

        if (v.state == VALUE_HIDDEN ||
            (v.state == VALUE_KNOWN &&
                !is_in_range(&a->attributes[kind->attributes[k]], v))) {
            return false;
        }
    }
    return true;
}

static void
name_rule(struct decision *out, size_t i)
{
    if (out->rules_n < LIMIT_RULES_USED) {
        out->rules[out->rules_n++] = (uint16_t)i;
    }
}

/* Whether a forbid applies; the first is named. */
static bool
is_forbidden(
    struct decision *out, const struct agreement *a, const struct request *req)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        if (a->rules[i].type == RULE_FORBID &&
            evaluate_rule_applies(a, i, req)) {
            out->reason = DENY_FORBID;
            name_rule(out, i);
            return true;
        }
    }
    return false;
}

/* Joins every permit that applies; whether there is one. */
static bool
is_permitted(
    struct decision *out, const struct agreement *a, const struct request *req)
{
    bool any = false;

    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];

        if (rule->type != RULE_PERMIT || !evaluate_rule_applies(a, i, req)) {
            continue;
        }
        any = true;
        name_rule(out, i);
        out->fields |= rule->share[req->kind];
        out->withheld |= rule->withhold[req->kind];
        duties_join(&out->duties, &rule->duties);
    }
    return any;
}

static void
apply_nevers(
    struct decision *out, const struct agreement *a, const struct request *req)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];

        if (rule->type == RULE_NEVER && evaluate_rule_applies(a, i, req)) {
            out->never |= rule->share[req->kind];
            name_rule(out, i);
        }
    }
}

void
evaluate(
    struct decision *out, const struct agreement *a, const struct request *req)
{
    memset(out, 0, sizeof *out);
    out->verdict = VERDICT_DENY;
    out->reason = DENY_NO_PERMIT;
    if (!is_decidable(a, req) || is_forbidden(out, a, req) ||
        !is_permitted(out, a, req)) {
        return;
    }
    apply_nevers(out, a, req);
    out->fields &= ~out->withheld & ~out->never;
    if (out->fields == 0) {
        out->reason = DENY_NO_FIELDS;
        memset(&out->duties, 0, sizeof out->duties);
        return;
    }
    out->reason = DENY_NONE;
    out->verdict =
        out->duties.approvals_n > 0 ? VERDICT_PENDING : VERDICT_PERMIT;
}

/* What the rule tests and a recipient may see, by position: of what the broker
 * computes, or of what the sender declares. */
static uint32_t
shown_by(const struct agreement *a, const struct rule *rule, uint16_t kind,
    bool by_broker)
{
    uint32_t shown = 0;

    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];
        const struct agreement_attribute *at;
        uint8_t position;

        if (atom->type == ATOM_WINDOW) {
            continue;
        }
        at = &a->attributes[atom->attribute];
        position = a->kinds[kind].position[atom->attribute];
        if (position != NO_POSITION && !at->closed &&
            at->by_broker == by_broker) {
            shown |= UINT32_C(1) << position;
        }
    }
    return shown;
}

static uint32_t
shown(const struct agreement *a, uint16_t sender, uint16_t recipient,
    uint16_t kind, bool by_broker)
{
    uint32_t all = 0;

    if (kind >= a->kinds_n) {
        return 0;
    }
    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];

        if (rule_is_about(rule, sender, recipient, kind)) {
            all |= shown_by(a, rule, kind, by_broker);
        }
    }
    return all;
}

uint32_t
evaluate_opened(const struct agreement *a, uint16_t sender, uint16_t recipient,
    uint16_t kind)
{
    return shown(a, sender, recipient, kind, false);
}

uint32_t
evaluate_stated(const struct agreement *a, uint16_t sender, uint16_t recipient,
    uint16_t kind)
{
    return shown(a, sender, recipient, kind, true);
}

uint32_t
evaluate_class(
    const struct agreement *a, uint16_t kind, size_t k, struct value v)
{
    const struct agreement_attribute *at;
    const struct partition *classes;
    uint32_t class_ = 0;

    if (kind >= a->kinds_n || k >= a->kinds[kind].attributes_n ||
        v.state != VALUE_KNOWN) {
        return 0;
    }
    at = &a->attributes[a->kinds[kind].attributes[k]];
    classes = &a->kinds[kind].partitions[k];
    if (v.v < at->min || v.v > at->max) {
        return 0;
    }
    if (classes->of != NULL) {
        return classes->of[v.v] + UINT32_C(1);
    }
    while (class_ < classes->n && classes->first[class_] <= v.v) {
        class_++;
    }
    return class_;
}

enum dhk_err
evaluate_representative(struct value *out, const struct agreement *a,
    uint16_t kind, size_t k, uint32_t class_)
{
    const struct partition *classes;

    out->state = VALUE_UNKNOWN;
    out->v = 0;
    if (kind >= a->kinds_n || k >= a->kinds[kind].attributes_n) {
        return DHK_NOTFOUND;
    }
    if (class_ == 0) {
        return DHK_OK;
    }
    classes = &a->kinds[kind].partitions[k];
    if (class_ > classes->n) {
        return DHK_NOTFOUND;
    }
    out->state = VALUE_KNOWN;
    out->v = classes->first[class_ - 1];
    return DHK_OK;
}
