/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether each permit can have an effect: some request to which it applies, no
 * forbid does, and of which a field is left. Requests that forbids and nevers
 * cannot tell apart are tried once, so that a permit without effect is found
 * by trying them all. */
#include "check.h"

#include "search.h"

/* How many requests are tried over all permits, and what beginning with
 * another route counts for: about a second in the worst case. */
enum { EFFORT_MAX = 100000, ROUTE_EFFORT = 8 };

static uint16_t
pop(uint64_t *set)
{
    uint16_t lowest = (uint16_t)__builtin_ctzll(*set);

    *set &= *set - 1;
    return lowest;
}

enum dimension { SENDERS, RECIPIENTS, PURPOSES };

static uint64_t
side(const struct rule *rule, enum dimension d)
{
    switch (d) {
    case SENDERS:
        return rule->senders;
    case RECIPIENTS:
        return rule->recipients;
    case PURPOSES:
        break;
    }
    return rule->purposes;
}

/* Whether forbids and nevers cannot tell X from Y. */
static bool
is_same(const struct agreement *a, enum dimension d, size_t x, size_t y)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        uint64_t bits = side(&a->rules[i], d);

        if (a->rules[i].type != RULE_PERMIT &&
            (bits >> x & 1) != (bits >> y & 1)) {
            return false;
        }
    }
    return true;
}

/* Of SET, one of each that forbids and nevers cannot tell apart. */
static uint64_t
distinct(const struct agreement *a, uint64_t set, enum dimension d)
{
    uint64_t kept = 0;

    while (set != 0) {
        uint16_t x = pop(&set);
        uint64_t others = kept;
        bool same = false;

        while (others != 0 && !same) {
            same = is_same(a, d, x, pop(&others));
        }
        kept |= same ? 0 : UINT64_C(1) << x;
    }
    return kept;
}

/* Whether permit I applies to REQ and leaves a field that no other rule takes
 * away. */
static bool
has_effect(const struct agreement *a, size_t i, const struct request *req)
{
    uint32_t fields = a->rules[i].share[req->kind];

    if (!evaluate_rule_applies(a, i, req)) {
        return false;
    }
    for (size_t k = 0; k < a->rules_n && fields != 0; k++) {
        if (a->rules[k].type == RULE_PERMIT ||
            !evaluate_rule_applies(a, k, req)) {
            continue;
        }
        fields &=
            a->rules[k].type == RULE_FORBID ? 0 : ~a->rules[k].share[req->kind];
    }
    return fields != 0;
}

/* The same for some values of the attributes and some windows. What is not
 * settled within *EFFORT counts as an effect. */
static bool
has_some_effect(const struct agreement *a, size_t i,
    const struct request *route, size_t *effort)
{
    struct request req = *route;
    struct search search;

    for (size_t k = 0; k < LIMIT_ATTRIBUTES; k++) {
        req.attribute[k].state = VALUE_HIDDEN;
    }
    req.windows_hidden = true;
    if (*effort <= ROUTE_EFFORT || search_begin(&search, a, &req) != DHK_OK) {
        *effort = 0;
        return true;
    }
    *effort -= ROUTE_EFFORT;
    do {
        if (*effort == 0 || has_effect(a, i, &search.req)) {
            return true;
        }
        --*effort;
    } while (search_next(&search));
    return false;
}

/* For every purpose of the route; of the grounds no forbid tells any apart. */
static bool
has_effect_for_kind(
    const struct agreement *a, size_t i, struct request *route, size_t *effort)
{
    uint64_t purposes = distinct(a, a->rules[i].purposes, PURPOSES);

    route->ground = (uint16_t)__builtin_ctzll(a->rules[i].grounds);
    while (purposes != 0) {
        route->purpose = pop(&purposes);
        if (has_some_effect(a, i, route, effort)) {
            return true;
        }
    }
    return false;
}

static bool
has_effect_on_route(
    const struct agreement *a, size_t i, struct request *route, size_t *effort)
{
    uint64_t kinds = a->rules[i].kinds;

    while (kinds != 0) {
        route->kind = pop(&kinds);
        if (has_effect_for_kind(a, i, route, effort)) {
            return true;
        }
    }
    return false;
}

static bool
has_effect_from(
    const struct agreement *a, size_t i, uint16_t sender, size_t *effort)
{
    uint64_t recipients = distinct(a, a->rules[i].recipients, RECIPIENTS);
    struct request route = {.sender = sender};

    while (recipients != 0) {
        route.recipient = pop(&recipients);
        if (has_effect_on_route(a, i, &route, effort)) {
            return true;
        }
    }
    return false;
}

static bool
has_effect_anywhere(const struct agreement *a, size_t i, size_t *effort)
{
    uint64_t senders = distinct(a, a->rules[i].senders, SENDERS);
    struct request likely;

    if (check_meet(&likely, a, i, i) && has_effect(a, i, &likely)) {
        return true;
    }
    while (senders != 0) {
        if (has_effect_from(a, i, pop(&senders), effort)) {
            return true;
        }
    }
    return false;
}

void
check_effects(struct resolver *r)
{
    size_t effort = EFFORT_MAX;

    for (size_t i = 0; i < r->a->rules_n; i++) {
        const struct rule *rule = &r->a->rules[i];

        if (rule->type != RULE_PERMIT) {
            continue;
        }
        if (!has_effect_anywhere(r->a, i, &effort)) {
            findings_error(r->findings, rule->at,
                "rule %s permits nothing: forbids and nevers cover it wholly",
                rule->id);
        }
        if (effort == 0) {
            findings_warning(r->findings, rule->at,
                "too many cases to see whether rule %s and those after it "
                "permit anything",
                rule->id);
            return;
        }
    }
}
