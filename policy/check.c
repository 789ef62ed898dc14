/* SPDX-License-Identifier: EUPL-1.2
 *
 * Faults of the rules: one that can never apply, a permit that is always
 * forbidden or shares nothing, obligations that contradict each other, and
 * conditions that miss a signal. */
#include "check.h"

#include <string.h>

#include "classes.h"
#include "duties.h"
#include "search.h"

/* How many requests are tried, over all permits, to see that each permit can
 * have an effect: about a second. */
enum { TRIES_MAX = 300000 };

/* Whether V suits every condition of the rule on the attribute. */
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

static bool
suits_windows(const struct rule *rule, uint32_t set)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (atom->type == ATOM_WINDOW && ((set >> atom->attribute & 1) != 0) !=
                                             (atom->negate == atom->unless)) {
            return false;
        }
    }
    return true;
}

/* Whether the kind carries all that the rule demands to know. */
static bool
is_carried(const struct agreement_kind *kind, const struct rule *rule)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (atom->type != ATOM_WINDOW && !atom->unless &&
            kind->position[atom->attribute] == NO_POSITION) {
            return false;
        }
    }
    return true;
}

/* Values of KIND that suit both rules. */
static bool
meet_in_kind(struct request *out, const struct agreement *a, size_t kind,
    const struct rule *x, const struct rule *y)
{
    const struct agreement_kind *of = &a->kinds[kind];
    size_t w = 0;

    if (!is_carried(of, x) || !is_carried(of, y)) {
        return false;
    }
    while (w < a->window_sets_n && !(suits_windows(x, a->window_sets[w]) &&
                                       suits_windows(y, a->window_sets[w]))) {
        w++;
    }
    if (w == a->window_sets_n) {
        return false;
    }
    out->kind = (uint16_t)kind;
    out->windows = a->window_sets[w];
    for (size_t k = 0; k < of->attributes_n; k++) {
        const struct partition *classes = &of->partitions[k];
        uint16_t attribute = of->attributes[k];
        size_t c = 0;

        while (c < classes->n && !(suits(x, attribute, classes->first[c]) &&
                                     suits(y, attribute, classes->first[c]))) {
            c++;
        }
        if (c == classes->n) {
            return false;
        }
        out->attribute[k].state = VALUE_KNOWN;
        out->attribute[k].v = classes->first[c];
    }
    return true;
}

bool
check_meet(struct request *out, const struct agreement *a, size_t i, size_t j)
{
    const struct rule *x = &a->rules[i];
    const struct rule *y = &a->rules[j];
    uint64_t senders = x->senders & y->senders;
    uint64_t recipients = x->recipients & y->recipients;
    uint64_t purposes = x->purposes & y->purposes;
    uint64_t grounds = x->grounds & y->grounds;

    memset(out, 0, sizeof *out);
    if (senders == 0 || recipients == 0 || purposes == 0 || grounds == 0) {
        return false;
    }
    out->sender = (uint16_t)__builtin_ctzll(senders);
    out->recipient = (uint16_t)__builtin_ctzll(recipients);
    out->purpose = (uint16_t)__builtin_ctzll(purposes);
    out->ground = (uint16_t)__builtin_ctzll(grounds);
    for (size_t k = 0; k < a->kinds_n; k++) {
        if ((x->kinds & y->kinds) >> k & 1 && meet_in_kind(out, a, k, x, y)) {
            return true;
        }
    }
    return false;
}

static void
check_possible(struct resolver *r, size_t i)
{
    const struct rule *rule = &r->a->rules[i];
    struct request witness;

    if (rule->kinds == 0) {
        findings_error(
            r->findings, rule->at, "rule %s concerns no signal", rule->id);
    } else if (!check_meet(&witness, r->a, i, i)) {
        findings_error(r->findings,
            rule->atoms_n > 0 ? rule->atoms[rule->atoms_n - 1].at : rule->at,
            "rule %s can never apply: its conditions exclude each other",
            rule->id);
    }
}

/* Names of the signals among KINDS that do not carry the attribute. */
static size_t
list_missed(char *text, size_t cap, const struct agreement *a, uint64_t kinds,
    uint16_t attribute)
{
    struct sink out;
    size_t n = 0;

    memset(text, 0, cap);
    sink_init(&out, text, cap - 1);
    for (size_t k = 0; k < a->kinds_n; k++) {
        if ((kinds >> k & 1) != 0 &&
            a->kinds[k].position[attribute] == NO_POSITION) {
            sink_slice(&out, slice_str(n++ == 0 ? "" : ", "));
            sink_slice(&out, slice_str(a->kinds[k].name));
        }
    }
    return n;
}

/* A forbid or never of `any` signal does nothing where the attribute of its
 * condition is not carried, and a permit's exception nothing either. */
static void
check_missed(struct resolver *r, const struct rule *rule)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];
        bool permit = rule->type == RULE_PERMIT;
        char text[160];

        if (atom->type == ATOM_WINDOW || permit != atom->unless ||
            list_missed(
                text, sizeof text, r->a, rule->kinds, atom->attribute) == 0) {
            continue;
        }
        findings_warning(r->findings, atom->at,
            permit ? "rule %s knows no exception for signals that do not carry "
                     "'%s': %s"
                   : "rule %s misses the signals that do not carry '%s': %s",
            rule->id, r->a->attributes[atom->attribute].name, text);
    }
}

static void
check_retention(struct resolver *r, size_t i, size_t j)
{
    const struct agreement *a = r->a;
    const struct rule *x = &a->rules[i];
    const struct rule *y = &a->rules[j];
    struct request at;

    if (!x->duties.has_at_least || !y->duties.has_at_most ||
        x->duties.at_least <= y->duties.at_most || !check_meet(&at, a, i, j)) {
        return;
    }
    findings_error(r->findings, y->at,
        "retain at least %u days (%s) and at most %u days (%s), from %s to %s "
        "signal %s for %s on %s",
        x->duties.at_least, x->id, y->duties.at_most, y->id,
        a->parties[at.sender], a->parties[at.recipient], a->kinds[at.kind].name,
        a->purposes[at.purpose].name, a->grounds[at.ground].name);
}

/* A decision has room for so many different groups of approvers. */
static void
check_approvals(struct resolver *r)
{
    uint64_t sets[DUTY_APPROVALS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < r->a->rules_n; i++) {
        const struct duties *duties = &r->a->rules[i].duties;

        for (size_t k = 0; k < duties->approvals_n; k++) {
            size_t s = 0;

            while (s < n && sets[s] != duties->approval[k].of) {
                s++;
            }
            if (s == DUTY_APPROVALS_MAX) {
                findings_error(r->findings, r->a->rules[i].at,
                    "more than %d different groups of approvers",
                    (int)DUTY_APPROVALS_MAX);
                return;
            }
            n += s == n;
            sets[s] = duties->approval[k].of;
        }
    }
}

enum dimension { SENDERS, RECIPIENTS, PURPOSES, GROUNDS };

static uint64_t
side(const struct rule *rule, enum dimension d)
{
    switch (d) {
    case SENDERS:
        return rule->senders;
    case RECIPIENTS:
        return rule->recipients;
    case PURPOSES:
        return rule->purposes;
    case GROUNDS:
        break;
    }
    return rule->grounds;
}

/* Of SET, one of each that forbids and nevers cannot tell apart. */
static uint64_t
distinct(const struct agreement *a, uint64_t set, enum dimension d)
{
    uint64_t kept = 0;

    for (size_t x = 0; x < 64; x++) {
        bool same = false;

        for (size_t y = 0; (set >> x & 1) != 0 && y < x && !same; y++) {
            same = (kept >> y & 1) != 0;
            for (size_t i = 0; i < a->rules_n && same; i++) {
                uint64_t bits = side(&a->rules[i], d);

                same = a->rules[i].type == RULE_PERMIT ||
                       (bits >> x & 1) == (bits >> y & 1);
            }
        }
        kept |= same ? 0 : set & UINT64_C(1) << x;
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
 * settled within *TRIES counts as an effect. */
static bool
has_some_effect(const struct agreement *a, size_t i,
    const struct request *route, size_t *tries)
{
    struct request req = *route;
    struct search search;

    for (size_t k = 0; k < LIMIT_ATTRIBUTES; k++) {
        req.attribute[k].state = VALUE_HIDDEN;
    }
    req.windows_hidden = true;
    if (search_begin(&search, a, &req) != DHK_OK) {
        return true;
    }
    do {
        if (*tries == 0 || has_effect(a, i, &search.req)) {
            return true;
        }
        --*tries;
    } while (search_next(&search));
    return false;
}

static uint16_t
pop(uint64_t *set)
{
    uint16_t lowest = (uint16_t)__builtin_ctzll(*set);

    *set &= *set - 1;
    return lowest;
}

/* For every kind, purpose and ground of the route. */
static bool
has_effect_on_route(
    const struct agreement *a, size_t i, struct request *route, size_t *tries)
{
    const struct rule *rule = &a->rules[i];
    uint64_t kinds = rule->kinds;

    while (kinds != 0) {
        uint64_t purposes = distinct(a, rule->purposes, PURPOSES);

        route->kind = pop(&kinds);
        route->ground = (uint16_t)__builtin_ctzll(rule->grounds);
        while (purposes != 0) {
            route->purpose = pop(&purposes);
            if (has_some_effect(a, i, route, tries)) {
                return true;
            }
        }
    }
    return false;
}

static void
check_effect(struct resolver *r, size_t i, size_t *tries)
{
    const struct rule *rule = &r->a->rules[i];
    uint64_t senders = distinct(r->a, rule->senders, SENDERS);

    while (senders != 0) {
        uint64_t recipients = distinct(r->a, rule->recipients, RECIPIENTS);
        struct request route = {.sender = pop(&senders)};

        while (recipients != 0) {
            route.recipient = pop(&recipients);
            if (has_effect_on_route(r->a, i, &route, tries)) {
                return;
            }
        }
    }
    findings_error(r->findings, rule->at,
        "rule %s permits nothing: forbids and nevers cover it wholly",
        rule->id);
}

/* Every signal that a permit names has a field to share. */
static void
check_named_kinds(struct resolver *r, const struct rule *rule)
{
    for (size_t k = 0; k < r->a->kinds_n; k++) {
        if ((rule->kinds >> k & 1) != 0 && rule->share[k] == 0 &&
            __builtin_popcountll(rule->kinds) < (int)r->a->kinds_n) {
            findings_error(r->findings, rule->at,
                "rule %s shares no field of signal '%s'", rule->id,
                r->a->kinds[k].name);
        }
    }
}

void
check_agreement(struct resolver *r)
{
    size_t tries = TRIES_MAX;

    check_approvals(r);
    for (size_t i = 0; i < r->a->rules_n; i++) {
        check_possible(r, i);
        check_missed(r, &r->a->rules[i]);
        for (size_t j = 0; j < r->a->rules_n; j++) {
            check_retention(r, i, j);
        }
        if (r->a->rules[i].type == RULE_PERMIT) {
            check_named_kinds(r, &r->a->rules[i]);
        }
    }
    for (size_t i = 0; i < r->a->rules_n && r->findings->errors == 0; i++) {
        if (r->a->rules[i].type == RULE_PERMIT) {
            check_effect(r, i, &tries);
        }
    }
    check_unused(r);
}
