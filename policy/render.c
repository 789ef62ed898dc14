/* SPDX-License-Identifier: EUPL-1.2
 *
 * A rule as a paragraph; see render.h. Both languages stand side by side and
 * share one order of words, so that neither says less than the other. */
#include "render.h"

#include <string.h>

#include "limits.h"
#include "render_parts.h"
#include "rule.h"

struct names { /* fields of several kinds, each name once */
    const char *name[LIMIT_VOCABULARY * LIMIT_FIELDS];
    size_t n;
};

static bool
has_name(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->name[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static uint32_t
mask_of(const struct rule *rule, const uint32_t *masks, size_t kind)
{
    return (rule->kinds >> kind & 1) != 0 ? masks[kind] : 0;
}

static void
add_names(struct names *out, const struct agreement_kind *kind, uint32_t fields)
{
    for (; fields != 0; fields &= fields - 1) {
        const char *name = kind->fields[__builtin_ctz(fields)].name;

        if (!has_name(out, name)) {
            out->name[out->n++] = name;
        }
    }
}

/* Whether FIELDS are all those of KIND that NAMES has. */
static bool
is_all(const struct names *names, const struct agreement_kind *kind,
    uint32_t fields)
{
    for (size_t i = 0; i < kind->fields_n; i++) {
        if ((fields >> i & 1) == 0 && has_name(names, kind->fields[i].name)) {
            return false;
        }
    }
    return true;
}

static void
each_kind(const struct pen *pen, const struct rule *rule, const uint32_t *masks)
{
    bool begun = false;

    for (size_t k = 0; k < pen->a->kinds_n; k++) {
        uint32_t mask = mask_of(rule, masks, k);

        if (mask == 0) {
            continue;
        }
        words_add(pen->w, begun ? "; " : "");
        render_say(pen, "bij ", "in ");
        words_add(pen->w, pen->a->kinds[k].name);
        words_add(pen->w, " ");
        render_fields(pen->w, pen->a, (uint16_t)k, mask, pen->lang);
        begun = true;
    }
}

/* The names of all fields of MASKS. False: as one list they would say too much
 * of a kind in KINDS, which does not happen to what was read from a text. */
static bool
collect(struct names *out, const struct agreement *a, const struct rule *rule,
    const uint32_t *masks, uint64_t kinds)
{
    bool uniform = true;

    out->n = 0;
    for (size_t k = 0; k < a->kinds_n; k++) {
        add_names(out, &a->kinds[k], mask_of(rule, masks, k));
    }
    for (size_t k = 0; uniform && k < a->kinds_n; k++) {
        uniform = (kinds >> k & 1) == 0 ||
                  is_all(out, &a->kinds[k], mask_of(rule, masks, k));
    }
    return uniform;
}

static void
add_fields(const struct pen *pen, const struct rule *rule,
    const uint32_t *masks, uint64_t kinds)
{
    struct names names;
    bool uniform = collect(&names, pen->a, rule, masks, kinds);
    struct render_list list = {.link = RENDER_AND, .left = names.n};

    if (names.n == 0) {
        render_say(pen, "niets", "nothing");
    } else if (!uniform) {
        each_kind(pen, rule, masks);
    }
    for (size_t i = 0; uniform && i < names.n; i++) {
        render_next(pen, &list);
        words_add(pen->w, names.name[i]);
    }
    words_add(pen->w, ".");
}

static void
add_kinds(const struct pen *pen, uint64_t kinds)
{
    if (kinds == render_all(pen->a->kinds_n)) {
        render_say(
            pen, "een signaal van welke soort ook", "a signal of any kind");
        return;
    }
    render_say(pen, "een signaal van de soort ", "a signal of the kind ");
    render_set(pen, kinds, render_kind_name, RENDER_OR);
}

static size_t
count_atoms(const struct rule *rule, bool unless)
{
    size_t n = 0;

    for (size_t i = 0; i < rule->atoms_n; i++) {
        n += rule->atoms[i].unless == unless ? 1 : 0;
    }
    return n;
}

/* All of the conditions, which must hold together; or all of the exceptions,
 * of which any one is enough. */
static void
add_atoms(const struct pen *pen, const struct rule *rule, bool unless)
{
    struct render_list list = {.link = unless ? RENDER_OR : RENDER_AND,
        .left = count_atoms(rule, unless)};

    for (size_t i = 0; i < rule->atoms_n; i++) {
        if (rule->atoms[i].unless != unless) {
            continue;
        }
        render_next(pen, &list);
        if (unless) {
            render_say(pen, "als ", "if ");
        }
        render_condition(pen->w, pen->a, &rule->atoms[i], pen->lang);
    }
    words_add(pen->w, ".");
}

void
render_conditions(
    struct words *w, const struct agreement *a, size_t i, enum render_lang lang)
{
    const struct pen pen = {w, a, lang};
    const struct rule *rule = &a->rules[i];
    bool permit = rule->type == RULE_PERMIT;

    if (count_atoms(rule, false) > 0) {
        render_say(&pen,
            permit ? "Dit mag alleen als " : "Dit verbod geldt alleen als ",
            permit ? "This is allowed only if " : "This applies only if ");
        add_atoms(&pen, rule, false);
    }
    if (count_atoms(rule, true) > 0) {
        words_add(w, count_atoms(rule, false) > 0 ? " " : "");
        render_say(&pen, permit ? "Dit mag niet " : "Dit verbod geldt niet ",
            permit ? "This is not allowed " : "This does not apply ");
        add_atoms(&pen, rule, true);
    }
}

/* The purposes and grounds that a rule names; a forbid may name none. */
static void
add_use(const struct pen *pen, const struct rule *rule)
{
    bool permit = rule->type == RULE_PERMIT;
    bool purposes = permit || rule->purposes != render_all(pen->a->purposes_n);
    bool grounds = permit || rule->grounds != render_all(pen->a->grounds_n);

    if (!purposes && !grounds) {
        return;
    }
    render_say(pen, permit ? " Dit mag alleen" : " Dit verbod geldt alleen",
        permit ? " This is allowed only" : " This applies only");
    if (purposes) {
        render_say(pen, " voor het doel ", " for the purpose ");
        render_set(pen, rule->purposes, render_purpose_name, RENDER_OR);
    }
    words_add(pen->w, purposes && grounds ? "," : "");
    if (grounds) {
        render_say(pen, " op de grond ", " on the ground ");
        render_set(pen, rule->grounds, render_ground_name, RENDER_OR);
    }
    words_add(pen->w, ".");
}

static bool
withholds(const struct agreement *a, const struct rule *rule)
{
    for (size_t k = 0; k < a->kinds_n; k++) {
        if (mask_of(rule, rule->withhold, k) != 0) {
            return true;
        }
    }
    return false;
}

static void
permit_sentence(const struct pen *pen, const struct rule *rule)
{
    render_say(pen, "In ", "In ");
    add_kinds(pen, rule->kinds);
    render_say(pen, " mag ", ", ");
    render_party_set(pen, rule->senders, RENDER_EACH, RENDER_OR);
    render_say(pen, " aan ", " may give to ");
    render_party_set(pen, rule->recipients, RENDER_EACH, RENDER_OR);
    render_say(pen, " verstrekken: ", ": ");
    add_fields(pen, rule, rule->share, rule->kinds);
}

static void
withhold_sentence(const struct pen *pen, const struct rule *rule)
{
    if (!withholds(pen->a, rule)) {
        return;
    }
    render_say(pen,
        " Achterwege blijft, ook als een andere regel het toelaat: ",
        " Left out, even if another rule allows it: ");
    add_fields(pen, rule, rule->withhold, rule->kinds);
}

static void
forbid_sentence(const struct pen *pen, const struct rule *rule)
{
    render_say(pen, "Het is ", "It is forbidden for ");
    render_party_set(pen, rule->senders, RENDER_EACH, RENDER_AND);
    render_say(pen, " verboden ", " to give ");
    add_kinds(pen, rule->kinds);
    render_say(pen, " te verstrekken aan ", " to ");
    render_party_set(pen, rule->recipients, RENDER_ANY, RENDER_OR);
    words_add(pen->w, ".");
}

static void
never_sentence(const struct pen *pen, const struct rule *rule)
{
    render_say(
        pen, "Het volgende gaat nooit naar ", "The following never goes to ");
    render_party_set(pen, rule->recipients, RENDER_ANY, RENDER_OR);
    words_add(pen->w, ": ");
    add_fields(pen, rule, rule->share, render_all(pen->a->kinds_n));
}

/* What ADD adds, after a blank; nothing when it adds nothing. */
static void
add_conditions(const struct pen *pen, size_t i)
{
    if (pen->a->rules[i].atoms_n > 0) {
        words_add(pen->w, " ");
        render_conditions(pen->w, pen->a, i, pen->lang);
    }
}

static bool
has_duties(const struct duties *d)
{
    return d->has_at_most || d->has_at_least || d->onward_limited ||
           d->notify != 0 || d->log || d->approvals_n > 0;
}

void
render_rule(
    struct words *w, const struct agreement *a, size_t i, enum render_lang lang)
{
    const struct pen pen = {w, a, lang};
    const struct rule *rule = &a->rules[i];

    switch (rule->type) {
    case RULE_PERMIT:
        permit_sentence(&pen, rule);
        withhold_sentence(&pen, rule);
        add_use(&pen, rule);
        break;
    case RULE_FORBID:
        forbid_sentence(&pen, rule);
        add_use(&pen, rule);
        break;
    case RULE_NEVER:
        never_sentence(&pen, rule);
        break;
    }
    add_conditions(&pen, i);
    if (rule->type == RULE_PERMIT && has_duties(&rule->duties)) {
        words_add(w, " ");
        render_duties(w, a, &rule->duties, lang);
    }
    if (rule->because != NULL) {
        render_say(&pen, " Reden: ", " Reason: ");
        render_quote(&pen, rule->because);
        words_add(w, ".");
    }
}
