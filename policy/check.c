/* SPDX-License-Identifier: EUPL-1.2
 *
 * Faults that rules have by themselves: one that can never apply, a permit that
 * shares nothing of a signal, and conditions that miss a signal. */
#include "check.h"

#include <string.h>

#include "classes.h"

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

/* The values, of few, that suit every condition of the rule on the attribute.
 */
static uint64_t
suited(const struct rule *rule, uint16_t attribute)
{
    uint64_t left = UINT64_MAX;

    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (atom->type == ATOM_VALUES && atom->attribute == attribute) {
            left &= atom->unless ? ~atom->values : atom->values;
        }
    }
    return left;
}

/* A number that suits both rules and begins a range of OF, or follows one: the
 * smallest number that suits both, unless it is the minimum, is such for one
 * of them. */
static bool
pick_edge(uint32_t *out, const struct rule *of, const struct rule *other,
    const struct agreement_attribute *at, uint16_t attribute)
{
    for (size_t i = 0; i < 2 * of->atoms_n; i++) {
        const struct atom *atom = &of->atoms[i / 2];
        uint32_t edge = i % 2 == 0 ? atom->low : atom->high + 1;

        if (atom->type == ATOM_RANGE && atom->attribute == attribute &&
            edge >= at->min && edge <= at->max && suits(of, attribute, edge) &&
            suits(other, attribute, edge)) {
            *out = edge;
            return true;
        }
    }
    return false;
}

/* A value of the attribute that suits both rules; false when there is none. */
static bool
pick(uint32_t *out, const struct agreement *a, uint16_t attribute,
    const struct rule *const rules[2])
{
    const struct agreement_attribute *at = &a->attributes[attribute];
    uint64_t left;

    if (at->type == ATTRIBUTE_NUMBER) {
        *out = at->min;
        return (suits(rules[0], attribute, at->min) &&
                   suits(rules[1], attribute, at->min)) ||
               pick_edge(out, rules[0], rules[1], at, attribute) ||
               pick_edge(out, rules[1], rules[0], at, attribute);
    }
    left = at->max >= 63 ? UINT64_MAX : (UINT64_C(1) << (at->max + 1)) - 1;
    left &= suited(rules[0], attribute) & suited(rules[1], attribute);
    *out = left == 0 ? 0 : (uint32_t)__builtin_ctzll(left);
    return left != 0;
}

/* Adds the windows in which a request must be for the rule, and must not. */
static void
demand_windows(uint32_t *inside, uint32_t *outside, const struct rule *rule)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];
        uint32_t bit = UINT32_C(1) << (atom->attribute % LIMIT_WINDOWS);

        if (atom->type == ATOM_WINDOW && atom->negate == atom->unless) {
            *inside |= bit;
        } else if (atom->type == ATOM_WINDOW) {
            *outside |= bit;
        }
    }
}

/* A set of windows that suits both rules; false when there is none. */
static bool
pick_windows(
    uint32_t *out, const struct agreement *a, const struct rule *const rules[2])
{
    uint32_t inside = 0;
    uint32_t outside = 0;

    demand_windows(&inside, &outside, rules[0]);
    demand_windows(&inside, &outside, rules[1]);
    for (size_t w = 0; w < a->window_sets_n; w++) {
        *out = a->window_sets[w];
        if ((*out & inside) == inside && (*out & outside) == 0) {
            return true;
        }
    }
    return false;
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
pick_values(struct request *out, const struct agreement *a, size_t kind,
    const struct rule *const rules[2])
{
    const struct agreement_kind *of = &a->kinds[kind];

    if (!is_carried(of, rules[0]) || !is_carried(of, rules[1])) {
        return false;
    }
    out->kind = (uint16_t)kind;
    for (size_t k = 0; k < of->attributes_n; k++) {
        out->attribute[k].state = VALUE_KNOWN;
        if (!pick(&out->attribute[k].v, a, of->attributes[k], rules)) {
            return false;
        }
    }
    return true;
}

bool
check_meet(struct request *out, const struct agreement *a, size_t i, size_t j)
{
    const struct rule *const rules[] = {&a->rules[i], &a->rules[j]};
    uint64_t senders = rules[0]->senders & rules[1]->senders;
    uint64_t recipients = rules[0]->recipients & rules[1]->recipients;
    uint64_t purposes = rules[0]->purposes & rules[1]->purposes;
    uint64_t grounds = rules[0]->grounds & rules[1]->grounds;
    uint64_t kinds = rules[0]->kinds & rules[1]->kinds;

    memset(out, 0, sizeof *out);
    if (senders == 0 || recipients == 0 || purposes == 0 || grounds == 0 ||
        !pick_windows(&out->windows, a, rules)) {
        return false;
    }
    out->sender = (uint16_t)__builtin_ctzll(senders);
    out->recipient = (uint16_t)__builtin_ctzll(recipients);
    out->purpose = (uint16_t)__builtin_ctzll(purposes);
    out->ground = (uint16_t)__builtin_ctzll(grounds);
    while (kinds != 0) {
        if (pick_values(out, a, (size_t)__builtin_ctzll(kinds), rules)) {
            return true;
        }
        kinds &= kinds - 1;
    }
    return false;
}

bool
check_conditions(const struct agreement *a, size_t i)
{
    const struct rule *const rules[] = {&a->rules[i], &a->rules[i]};
    uint32_t found;

    for (size_t k = 0; k < a->attributes_n; k++) {
        if (!pick(&found, a, (uint16_t)k, rules)) {
            return false;
        }
    }
    return pick_windows(&found, a, rules);
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

/* The groups of approvers that rules name, and of how many of each, at most, a
 * decision can ask for approval. */
struct approvers {
    uint64_t sets[DUTY_APPROVALS_MAX];
    unsigned count[DUTY_APPROVALS_MAX];
    size_t n;
};

/* Adds the approval; false when there is no room for another group. */
static bool
add_approval(struct approvers *all, const struct duty_approval *more)
{
    size_t s = 0;

    while (s < all->n && all->sets[s] != more->of) {
        s++;
    }
    if (s == DUTY_APPROVALS_MAX) {
        return false;
    }
    if (s == all->n) {
        all->sets[all->n] = more->of;
        all->count[all->n++] = 0;
    }
    if (all->count[s] < more->count) {
        all->count[s] = more->count;
    }
    return true;
}

static unsigned
approvals(const struct approvers *all)
{
    unsigned sum = 0;

    for (size_t s = 0; s < all->n; s++) {
        sum += all->count[s];
    }
    return sum;
}

/* A decision has room for so many different groups of approvers, and the
 * release of a share for so many approvals: one that needs more would wait
 * until it expires, whoever approves. */
static void
check_approvals(struct resolver *r)
{
    struct approvers all = {.n = 0};
    bool fits = true;

    for (size_t i = 0; i < r->a->rules_n; i++) {
        const struct duties *duties = &r->a->rules[i].duties;

        for (size_t k = 0; k < duties->approvals_n; k++) {
            fits = fits && add_approval(&all, &duties->approval[k]);
        }
        if (!fits) {
            findings_error(r->findings, r->a->rules[i].at,
                "more than %d different groups of approvers",
                (int)DUTY_APPROVALS_MAX);
            return;
        }
        if (approvals(&all) > LIMIT_APPROVALS) {
            findings_error(r->findings, r->a->rules[i].at,
                "with rule %s, one share can need %u approvals in all; %d at "
                "most",
                r->a->rules[i].id, approvals(&all), (int)LIMIT_APPROVALS);
            return;
        }
    }
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

enum dhk_err
check_agreement(struct resolver *r)
{
    enum dhk_err rc = DHK_OK;

    check_approvals(r);
    for (size_t i = 0; i < r->a->rules_n && !findings_is_full(r->findings);
         i++) {
        check_possible(r, i);
        check_missed(r, &r->a->rules[i]);
        if (r->a->rules[i].type == RULE_PERMIT) {
            check_named_kinds(r, &r->a->rules[i]);
        }
    }
    if (r->findings->errors == 0) {
        rc = check_effects(r);
    }
    check_unused(r);
    return rc;
}
