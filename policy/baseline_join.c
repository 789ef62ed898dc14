/* SPDX-License-Identifier: EUPL-1.2
 *
 * Carrying the rules of a baseline over into the vocabulary of an agreement;
 * see baseline_join.h. */
#include "baseline_join.h"

#include <string.h>

#include "classes.h"

struct joiner {
    const struct baseline *b;
    const struct agreement *from; /* the baseline's own */
    struct agreement *to;
    struct arena *arena;
    uint16_t window[LIMIT_WINDOWS]; /* by window of the baseline: that of to */
};

static uint64_t
every(size_t n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

static int
party_of(const struct joiner *j, size_t i)
{
    return agreement_party(j->to, slice_str(j->from->parties[i]));
}

static int
kind_of(const struct joiner *j, size_t i)
{
    return agreement_kind(j->to, slice_str(j->from->kinds[i].name));
}

static int
purpose_of(const struct joiner *j, size_t i)
{
    return agreement_purpose(j->to, slice_str(j->from->purposes[i].name));
}

static uint64_t
carry(const struct joiner *j, uint64_t set,
    int (*name_of)(const struct joiner *j, size_t i))
{
    uint64_t out = 0;

    for (; set != 0; set &= set - 1) {
        int i = name_of(j, (size_t)__builtin_ctzll(set));

        out |= i < 0 ? 0 : UINT64_C(1) << i;
    }
    return out;
}

/* `any` is all parties of the agreement, but those excepted. */
static uint64_t
carry_parties(
    const struct joiner *j, uint64_t set, const struct syntax_set *said)
{
    if (!said->any) {
        return carry(j, set, party_of);
    }
    return every(j->to->parties_n) &
           ~carry(j, every(j->from->parties_n) & ~set, party_of);
}

/* The fields by name and category, in every signal of the agreement. */
static enum dhk_err
carry_fields(
    const struct joiner *j, struct rule *out, const struct syntax_rule *said)
{
    size_t n = j->to->kinds_n;

    out->share = arena_alloc(j->arena, n, sizeof *out->share);
    out->withhold = arena_alloc(j->arena, n, sizeof *out->withhold);
    if (out->share == NULL || out->withhold == NULL) {
        return DHK_NOMEM;
    }
    for (size_t k = 0; k < n; k++) {
        const struct agreement_kind *kind = &j->to->kinds[k];

        LIST_EACH(struct word, word, &said->share)
        {
            int i = agreement_field(kind, word->token.text);

            out->share[k] |= word->class_ != WORD_NAME
                                 ? resolve_of_category(kind, word)
                             : i < 0 ? 0
                                     : UINT32_C(1) << i;
        }
    }
    return DHK_OK;
}

static void
carry_box(const struct joiner *j, struct rule *out, const struct rule *rule,
    const struct syntax_rule *said)
{
    out->grounds = every(j->to->grounds_n);
    out->recipients = carry_parties(j, rule->recipients, &said->to);
    if (rule->type == RULE_NEVER) {
        out->senders = every(j->to->parties_n);
        out->purposes = every(j->to->purposes_n);
        for (size_t k = 0; k < j->to->kinds_n; k++) {
            out->kinds |= out->share[k] == 0 ? 0 : UINT64_C(1) << k;
        }
        return;
    }
    out->senders = carry_parties(j, rule->senders, &said->from);
    out->kinds = said->kinds.any ? every(j->to->kinds_n)
                                 : carry(j, rule->kinds, kind_of);
    out->purposes = said->purposes.n == 0
                        ? every(j->to->purposes_n)
                        : carry(j, rule->purposes, purpose_of);
}

/* Whether a known value that the baseline declares keeps the rule from
 * applying. */
static bool
is_stopped(const struct atom *atom, uint32_t v)
{
    return classes_atom_holds(atom, v) == atom->unless;
}

/* The rule applies to all values but those that stop it by name. */
static void
carry_names(const struct joiner *j, struct rule *out, struct atom atom)
{
    const struct agreement_attribute *from =
        &j->from->attributes[atom.attribute];
    int i = agreement_attribute(j->to, slice_str(from->name));
    const struct agreement_attribute *to = &j->to->attributes[i];
    uint64_t stopped = 0;

    for (uint32_t v = 0; v <= to->max; v++) {
        int own =
            from->type == ATTRIBUTE_NUMBER
                ? -1
                : agreement_value(from, slice_str(agreement_value_name(to, v)));

        if (own >= 0 && is_stopped(&atom, (uint32_t)own)) {
            stopped |= UINT64_C(1) << v;
        }
    }
    atom.type = ATOM_VALUES;
    atom.attribute = (uint16_t)i;
    atom.values = atom.unless ? stopped : every((size_t)to->max + 1) & ~stopped;
    out->atoms[out->atoms_n++] = atom;
}

/* A condition that all numbers meet, or an exception that none does, but those
 * from LOW to HIGH. */
static void
stop_range(struct rule *out, const struct atom *atom,
    const struct agreement_attribute *to, uint32_t low, uint32_t high)
{
    struct atom *new = &out->atoms[out->atoms_n];

    *new = *atom;
    new->negate = !atom->unless;
    new->low = low < to->min ? to->min : low;
    new->high = high > to->max ? to->max : high;
    out->atoms_n += new->low <= new->high;
}

/* To numbers of the agreement. Numbers mean the same in both; those beyond the
 * baseline's range, and all where it declares no numbers, do not stop the
 * rule. */
static void
carry_numbers(const struct joiner *j, struct rule *out, struct atom atom)
{
    const struct agreement_attribute *from =
        &j->from->attributes[atom.attribute];
    int i = agreement_attribute(j->to, slice_str(from->name));
    const struct agreement_attribute *to = &j->to->attributes[i];
    struct atom *carried = &out->atoms[out->atoms_n++];
    struct atom range = {
        .type = ATOM_RANGE, .unless = atom.unless, .at = atom.at};

    range.attribute = (uint16_t)i;
    *carried = range; /* of known numbers alone it says nothing */
    carried->low = to->min;
    carried->high = to->max;
    carried->negate = atom.unless;
    if (from->type != ATTRIBUTE_NUMBER) {
        return;
    }
    if (is_stopped(&atom, atom.low)) {
        stop_range(out, &range, to, atom.low, atom.high);
        return;
    }
    if (atom.low > from->min) {
        stop_range(out, &range, to, from->min, atom.low - 1);
    }
    if (atom.high < from->max) {
        stop_range(out, &range, to, atom.high + 1, from->max);
    }
}

static void
carry_atom(const struct joiner *j, struct rule *out, const struct atom *atom)
{
    int i;

    if (atom->type == ATOM_WINDOW) {
        out->atoms[out->atoms_n] = *atom;
        out->atoms[out->atoms_n++].attribute = j->window[atom->attribute];
        return;
    }
    i = agreement_attribute(
        j->to, slice_str(j->from->attributes[atom->attribute].name));
    if (i < 0) { /* carried by no signal: neither condition nor exception */
        out->kinds = atom->unless ? out->kinds : 0;
    } else if (j->to->attributes[i].type == ATTRIBUTE_NUMBER) {
        carry_numbers(j, out, *atom);
    } else {
        carry_names(j, out, *atom);
    }
}

/* What more exceptions than one name together may approve. */
static uint64_t
carry_approvers(const struct joiner *j, const struct rule *rule,
    const struct syntax_rule *said)
{
    uint64_t out = 0;

    LIST_EACH(struct syntax_atom, atom, &said->atoms)
    {
        if (atom->op == OP_APPROVAL) {
            out |= carry_parties(j, rule->approvers, &atom->set);
        }
    }
    return out;
}

static enum dhk_err
carry_rule(const struct joiner *j, struct rule *out, const struct rule *rule,
    const struct syntax_rule *said)
{
    out->type = rule->type;
    out->id = rule->id;
    out->title = rule->title;
    out->because = rule->because;
    out->at = rule->at;
    /* a range may become two, and one for the signals that lack it */
    out->atoms = arena_alloc(j->arena, 3 * rule->atoms_n, sizeof *out->atoms);
    if (out->atoms == NULL || carry_fields(j, out, said) != DHK_OK) {
        return DHK_NOMEM;
    }
    carry_box(j, out, rule, said);
    out->approvers = carry_approvers(j, rule, said);
    for (size_t k = 0; k < rule->atoms_n; k++) {
        carry_atom(j, out, &rule->atoms[k]);
    }
    if (out->senders == 0 || out->recipients == 0 || out->purposes == 0) {
        out->kinds = 0;
    }
    return DHK_OK;
}

static bool
is_same_window(
    const struct agreement_window *x, const struct agreement_window *y)
{
    return x->spans_n == y->spans_n &&
           memcmp(x->spans, y->spans, x->spans_n * sizeof *x->spans) == 0;
}

/* Windows of the same times are one; others are added. */
static enum dhk_err
carry_windows(struct joiner *j)
{
    for (size_t w = 0; w < j->from->windows_n; w++) {
        size_t i = 0;

        while (i < j->to->windows_n &&
               !is_same_window(&j->to->windows[i], &j->from->windows[w])) {
            i++;
        }
        if (i == LIMIT_WINDOWS) {
            return DHK_LIMIT;
        }
        j->to->windows[i] = j->from->windows[w];
        j->to->windows_n += i == j->to->windows_n;
        j->window[w] = (uint16_t)i;
    }
    return DHK_OK;
}

struct agreement *
baseline_vocabulary(struct arena *arena, const struct agreement *a,
    size_t rules, size_t windows)
{
    struct agreement *out = arena_alloc(arena, 1, sizeof *out);

    if (out == NULL) {
        return NULL;
    }
    *out = *a;
    out->arena = arena;
    out->table = NULL;
    out->rules_n = 0;
    out->rules = arena_alloc(arena, rules, sizeof *out->rules);
    out->kinds = arena_alloc(arena, a->kinds_n, sizeof *out->kinds);
    out->windows =
        arena_alloc(arena, a->windows_n + windows, sizeof *out->windows);
    if (out->rules == NULL || out->kinds == NULL || out->windows == NULL) {
        return NULL;
    }
    memcpy(out->kinds, a->kinds, a->kinds_n * sizeof *out->kinds);
    memcpy(out->windows, a->windows, a->windows_n * sizeof *out->windows);
    return out;
}

static enum dhk_err
join(struct joiner *j, const struct agreement *a)
{
    const struct agreement *from = j->from;
    size_t i = 0;
    enum dhk_err rc;

    j->to = baseline_vocabulary(
        j->arena, a, a->rules_n + from->rules_n, from->windows_n);
    if (j->to == NULL) {
        return DHK_NOMEM;
    }
    memcpy(j->to->rules, a->rules, a->rules_n * sizeof *a->rules);
    j->to->rules_n = a->rules_n;
    rc = carry_windows(j);
    LIST_EACH(struct syntax_rule, said, &j->b->syntax.rules)
    {
        if (rc == DHK_OK) {
            rc = carry_rule(
                j, &j->to->rules[j->to->rules_n++], &from->rules[i++], said);
        }
    }
    return rc == DHK_OK ? classes_build(j->to, j->arena) : rc;
}

enum dhk_err
baseline_join(
    struct agreement **out, const struct baseline *b, const struct agreement *a)
{
    struct joiner j = {.b = b, .from = b->own, .arena = arena_new()};
    enum dhk_err rc = j.arena == NULL ? DHK_NOMEM : join(&j, a);

    *out = NULL;
    if (rc != DHK_OK) {
        arena_destroy(&j.arena);
        return rc;
    }
    *out = j.to;
    return DHK_OK;
}
