/* SPDX-License-Identifier: EUPL-1.2
 *
 * The search; see hunt.h. The field must be one that no forbid denies, no never
 * keeps and no permit withholds; and where an approval saves from the
 * baseline's rule, no permit asks for it, because all that is shared then waits
 * for it. Those others are the opponents.
 *
 * One dimension after the other gets a value that both rules let through, and
 * the opponents that do not are gone. Values that leave the same opponents as
 * one tried before, or more, need no trying. So the search is over the box of
 * two rules, and there only where others cut it; yet it finds a request if
 * there is one. */
#include "hunt.h"

#include <string.h>

#include "admits.h"
#include "classes.h"

enum {
    SENDER = 0,
    RECIPIENT,
    PURPOSE,
    GROUND,
    WINDOWS,
    ATTRIBUTES, /* the first of them */
};

/* The attribute that LEVEL is about, as rules number it. */
static uint16_t
attribute_of(const struct hunt *h, size_t level)
{
    return h->all->kinds[h->req.kind].attributes[level - ATTRIBUTES];
}

static bool
is_tested(const struct rule *rule, uint16_t attribute)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (atom->type != ATOM_WINDOW && atom->attribute == attribute) {
            return true;
        }
    }
    return false;
}

/* Choice V of an attribute. Where the baseline's rule tests it, known values
 * come first, because they make a plainer witness; else unknown does, because
 * it needs no saying. */
static struct value
value_of(const struct hunt *h, size_t level, size_t v)
{
    const struct partition *classes =
        &h->all->kinds[h->req.kind].partitions[level - ATTRIBUTES];
    bool first = !is_tested(h->against, attribute_of(h, level));
    struct value out = {.state = VALUE_UNKNOWN};

    if (v != (first ? 0 : classes->n)) {
        out.state = VALUE_KNOWN;
        out.v = classes->first[first ? v - 1 : v];
    }
    return out;
}

static bool
lets(struct hunt *h, const struct rule *rule, size_t level, size_t v)
{
    struct value value;

    h->effort -= h->effort > 0;
    switch (level) {
    case SENDER:
        return rule_has(rule->senders, v);
    case RECIPIENT:
        return rule_has(rule->recipients, v);
    case PURPOSE:
        return rule_has(rule->purposes, v);
    case GROUND:
        return rule_has(rule->grounds, v);
    case WINDOWS:
        return admits_windows(rule, h->all->window_sets[v]);
    default:
        break;
    }
    value = value_of(h, level, v);
    return admits_value(rule,
        value.state == VALUE_KNOWN ? ADMITS_VALUE : ADMITS_UNKNOWN,
        attribute_of(h, level), value.v);
}

static bool
in_box(struct hunt *h, size_t level, size_t v)
{
    return lets(h, h->permit, level, v) && lets(h, h->against, level, v);
}

static void
choose(struct hunt *h, size_t level, size_t v)
{
    switch (level) {
    case SENDER:
        h->req.sender = (uint16_t)v;
        break;
    case RECIPIENT:
        h->req.recipient = (uint16_t)v;
        break;
    case PURPOSE:
        h->req.purpose = (uint16_t)v;
        break;
    case GROUND:
        h->req.ground = (uint16_t)v;
        break;
    case WINDOWS:
        h->req.windows = h->all->window_sets[v];
        break;
    default:
        h->req.attribute[level - ATTRIBUTES] = value_of(h, level, v);
        break;
    }
}

/* Whether RULE waits for one of those whose approval saves from the baseline's
 * rule: without them there are too few to approve. */
static bool
is_approved(const struct hunt *h, const struct rule *rule)
{
    const struct agreement *a = h->all;

    if (h->against->approvers == 0) {
        return false;
    }
    for (size_t i = 0; i < rule->duties.approvals_n; i++) {
        uint64_t of = rule->duties.approval[i].of;

        for (size_t s = 0;
             rule->duties.approval[i].of == 0 && s < a->signatories_n; s++) {
            of |= UINT64_C(1) << a->signatories[s];
        }
        if (__builtin_popcountll(of & ~h->against->approvers) <
            rule->duties.approval[i].count) {
            return true;
        }
    }
    return false;
}

/* The fields that opponent I takes when it applies. */
static uint32_t
taken(const struct hunt *h, size_t i)
{
    const struct rule *rule = &h->all->rules[i];

    switch (rule->type) {
    case RULE_FORBID:
        return UINT32_MAX;
    case RULE_NEVER:
        return rule->share[h->req.kind];
    case RULE_PERMIT:
        break;
    }
    if (is_approved(h, rule)) {
        return UINT32_MAX;
    }
    return rule->withhold[h->req.kind];
}

/* Of the rules FIRST + i for each bit i of SET, those that let V through. */
static uint64_t
filter_word(struct hunt *h, uint64_t set, size_t first, size_t level, size_t v)
{
    uint64_t out = 0;

    for (; set != 0; set &= set - 1) {
        size_t i = (size_t)__builtin_ctzll(set);

        if (lets(h, &h->all->rules[first + i], level, v)) {
            out |= UINT64_C(1) << i;
        }
    }
    return out;
}

static struct opponents
filter(struct hunt *h, size_t level, size_t v)
{
    struct opponents out;

    for (size_t w = 0; w < LIMIT_RULES / 64; w++) {
        out.bits[w] =
            filter_word(h, h->level[level].left.bits[w], 64 * w, level, v);
    }
    return out;
}

static bool
is_within(const struct opponents *few, const struct opponents *many)
{
    for (size_t w = 0; w < LIMIT_RULES / 64; w++) {
        if ((few->bits[w] & ~many->bits[w]) != 0) {
            return false;
        }
    }
    return true;
}

/* Whether a choice was tried that left no other opponents than these. */
static bool
is_in_vain(struct hunt_level *level, const struct opponents *left)
{
    for (size_t i = 0; i < level->tried_n; i++) {
        if (is_within(&level->tried[i], left)) {
            return true;
        }
    }
    if (level->tried_n < HUNT_TRIED) {
        level->tried[level->tried_n++] = *left;
    }
    return false;
}

/* Whether a field may remain: opponents that no later choice can stop take
 * theirs. */
static bool
has_hope(const struct hunt *h, size_t level, const struct opponents *left)
{
    uint32_t fields = h->fields;

    for (size_t i = 0; i < h->own_n && fields != 0; i++) {
        if (rule_has(left->bits[i / 64], i % 64) && h->last[i] <= level) {
            fields &= ~taken(h, i);
        }
    }
    return fields != 0;
}

/* Makes the next choice on the level; false when there is none. */
static bool
advance(struct hunt *h, size_t n, struct opponents *left)
{
    struct hunt_level *level = &h->level[n];

    while (level->next < level->values && h->effort > 0) {
        size_t v = level->next++;

        if (!in_box(h, n, v)) {
            continue;
        }
        *left = filter(h, n, v);
        if (!is_in_vain(level, left) && has_hope(h, n, left)) {
            choose(h, n, v);
            return true;
        }
    }
    return false;
}

static void
enter(struct hunt *h, size_t n, const struct opponents *left)
{
    h->level[n].left = *left;
    h->level[n].next = 0;
    h->level[n].tried_n = 0;
}

static bool
search(struct hunt *h, const struct opponents *opponents)
{
    struct opponents left;
    size_t n = 0;

    enter(h, 0, opponents);
    for (;;) {
        bool chosen = advance(h, n, &left);

        if (!chosen && n == 0) {
            return false;
        }
        n = chosen ? n + 1 : n - 1;
        if (n == h->levels_n) {
            return true;
        }
        if (chosen) {
            enter(h, n, &left);
        }
    }
}

static void
measure(struct hunt *h)
{
    const struct agreement *a = h->all;
    const struct agreement_kind *kind = &a->kinds[h->req.kind];

    h->level[SENDER].values = a->parties_n;
    h->level[RECIPIENT].values = a->parties_n;
    h->level[PURPOSE].values = a->purposes_n;
    h->level[GROUND].values = a->grounds_n;
    h->level[WINDOWS].values = a->window_sets_n;
    for (size_t k = 0; k < kind->attributes_n; k++) {
        h->level[ATTRIBUTES + k].values = kind->partitions[k].n + 1;
    }
    h->levels_n = ATTRIBUTES + kind->attributes_n;
}

static bool
has_window_test(const struct rule *rule)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        if (rule->atoms[k].type == ATOM_WINDOW) {
            return true;
        }
    }
    return false;
}

/* Whether some choice on the level that is in the box stops RULE. */
static bool
can_stop(struct hunt *h, size_t level, const struct rule *rule)
{
    const struct rule *p = h->permit;
    const struct rule *b = h->against;

    switch (level) {
    case SENDER:
        return (p->senders & b->senders & ~rule->senders) != 0;
    case RECIPIENT:
        return (p->recipients & b->recipients & ~rule->recipients) != 0;
    case PURPOSE:
        return (p->purposes & b->purposes & ~rule->purposes) != 0;
    case GROUND:
        return (p->grounds & b->grounds & ~rule->grounds) != 0;
    default:
        break;
    }
    if (level == WINDOWS ? !has_window_test(rule)
                         : !is_tested(rule, attribute_of(h, level))) {
        return false;
    }
    for (size_t v = 0; v < h->level[level].values; v++) {
        if (!lets(h, rule, level, v) && in_box(h, level, v)) {
            return true;
        }
    }
    return false;
}

/* Whether no request meets both rules; the sets before WINDOWS do overlap. */
static bool
is_empty_box(struct hunt *h)
{
    for (size_t n = WINDOWS; n < h->levels_n; n++) {
        size_t v = 0;

        while (v < h->level[n].values && !in_box(h, n, v)) {
            v++;
        }
        if (v == h->level[n].values) {
            return true;
        }
    }
    return false;
}

/* The last level with such a choice; the first when there is none. */
static uint8_t
last_stop(struct hunt *h, const struct rule *rule)
{
    size_t n = h->levels_n - 1;

    while (n > 0 && !can_stop(h, n, rule)) {
        n--;
    }
    return (uint8_t)n;
}

/* The rules of the agreement that may take the fields from the permit. */
static struct opponents
find_opponents(struct hunt *h)
{
    struct opponents out = {{0}};

    for (size_t i = 0; i < h->own_n; i++) {
        const struct rule *rule = &h->all->rules[i];

        if (rule == h->permit || !admits_kind(h->all, rule, h->req.kind) ||
            (taken(h, i) & h->fields) == 0) {
            continue;
        }
        out.bits[i / 64] |= UINT64_C(1) << i % 64;
        h->last[i] = last_stop(h, rule);
    }
    return out;
}

/* Whether the permit shares fields of KIND against the baseline's rule. */
static bool
is_violated_for(struct hunt *h, size_t kind)
{
    const struct rule *permit = h->permit;
    const struct rule *against = h->against;
    struct opponents opponents;

    memset(&h->req, 0, sizeof h->req);
    h->req.kind = (uint16_t)kind;
    h->fields = permit->share[kind] & ~permit->withhold[kind];
    if (against->type == RULE_NEVER) {
        h->fields &= against->share[kind];
    }
    if (h->fields == 0 || !admits_kind(h->all, permit, kind) ||
        !admits_kind(h->all, against, kind)) {
        return false;
    }
    measure(h);
    if (is_empty_box(h)) {
        return false;
    }
    opponents = find_opponents(h);
    return search(h, &opponents);
}

/* Whether there is a request within the box of the two rules. */
static bool
is_violated(struct hunt *h)
{
    const struct rule *permit = h->permit;
    const struct rule *against = h->against;
    uint64_t kinds = permit->kinds & against->kinds;

    if ((permit->senders & against->senders) == 0 ||
        (permit->recipients & against->recipients) == 0 ||
        (permit->purposes & against->purposes) == 0 ||
        (permit->grounds & against->grounds) == 0 || is_approved(h, permit)) {
        return false;
    }
    for (; kinds != 0; kinds &= kinds - 1) {
        if (is_violated_for(h, (size_t)__builtin_ctzll(kinds))) {
            return true;
        }
    }
    return false;
}

/* Nobody's own approval counts, so whose does differs by sender. */
static bool
is_violated_by_some(struct hunt *h, const struct rule *against)
{
    uint64_t senders = h->permit->senders & against->senders;
    struct rule one = *against;
    bool found = false;

    for (; senders != 0 && !found; senders &= senders - 1) {
        one.senders = senders & (~senders + 1);
        one.approvers = against->approvers & ~one.senders;
        h->against = &one;
        found = is_violated(h);
    }
    h->against = against;
    return found;
}

bool
hunt_run(struct hunt *h)
{
    return h->against->approvers == 0 ? is_violated(h)
                                      : is_violated_by_some(h, h->against);
}
