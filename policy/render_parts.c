/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lists, sets of names, conditions; see render_parts.h and render.h. */
#include "render_parts.h"

#include "rule.h"

void
render_say(const struct pen *pen, const char *nl, const char *en)
{
    words_add(pen->w, pen->lang == RENDER_EN ? en : nl);
}

void
render_quote(const struct pen *pen, const char *text)
{
    words_add(pen->w, "\"");
    words_add(pen->w, text);
    words_add(pen->w, "\"");
}

void
render_next(const struct pen *pen, struct render_list *list)
{
    if (list->begun && list->left > 1) {
        words_add(pen->w, ", ");
    } else if (list->begun && list->link == RENDER_AND) {
        render_say(pen, " en ", " and ");
    } else if (list->begun) {
        render_say(pen, " of ", " or ");
    }
    list->begun = true;
    list->left--;
}

uint64_t
render_all(size_t n)
{
    return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

void
render_set(const struct pen *pen, uint64_t set, render_name name,
    enum render_link link)
{
    struct render_list list = {
        .link = link, .left = (size_t)__builtin_popcountll(set)};

    for (uint64_t rest = set; rest != 0; rest &= rest - 1) {
        render_next(pen, &list);
        words_add(pen->w, name(pen->a, (size_t)__builtin_ctzll(rest)));
    }
}

const char *
render_kind_name(const struct agreement *a, size_t i)
{
    return a->kinds[i].name;
}

const char *
render_purpose_name(const struct agreement *a, size_t i)
{
    return a->purposes[i].name;
}

const char *
render_ground_name(const struct agreement *a, size_t i)
{
    return a->grounds[i].name;
}

const char *
render_party_name(const struct agreement *a, size_t i)
{
    return a->parties[i];
}

void
render_party_set(const struct pen *pen, uint64_t set, enum render_scope scope,
    enum render_link link)
{
    uint64_t others = render_all(pen->a->parties_n) & ~set;

    if (set == 0) {
        render_say(pen, "geen enkele partij", "no party at all");
        return;
    }
    /* "all but" when that names fewer than half as many */
    if (2 * __builtin_popcountll(others) >= __builtin_popcountll(set)) {
        render_set(pen, set, render_party_name, link);
        return;
    }
    render_say(
        pen, scope == RENDER_ANY ? "enige partij" : "elke partij", "any party");
    if (others != 0) {
        render_say(pen, " behalve ", " except ");
        render_set(pen, others, render_party_name, RENDER_AND);
    }
}

void
render_parties(struct words *w, const struct agreement *a, uint64_t set,
    enum render_lang lang)
{
    const struct pen pen = {w, a, lang};

    render_party_set(&pen, set, RENDER_EACH, RENDER_OR);
}

void
render_fields(struct words *w, const struct agreement *a, uint16_t kind,
    uint32_t fields, enum render_lang lang)
{
    const struct pen pen = {w, a, lang};
    struct render_list list = {
        .link = RENDER_AND, .left = (size_t)__builtin_popcount(fields)};

    for (uint32_t rest = fields; rest != 0; rest &= rest - 1) {
        render_next(&pen, &list);
        words_add(w, a->kinds[kind].fields[__builtin_ctz(rest)].name);
    }
    if (fields == 0) {
        render_say(&pen, "niets", "nothing");
    }
}

static void
add_value(const struct pen *pen, const struct agreement_attribute *at, size_t v)
{
    if (at->type != ATTRIBUTE_YES_NO) {
        words_add(pen->w, at->values[v]);
    } else if (v == 1) {
        render_say(pen, "ja", "yes");
    } else {
        render_say(pen, "nee", "no");
    }
}

static void
add_values(
    const struct pen *pen, const struct agreement_attribute *at, uint64_t set)
{
    struct render_list list = {
        .link = RENDER_OR, .left = (size_t)__builtin_popcountll(set)};

    for (uint64_t rest = set; rest != 0; rest &= rest - 1) {
        render_next(pen, &list);
        add_value(pen, at, (size_t)__builtin_ctzll(rest));
    }
}

/* Whether SET is the values from some one on, or up to some one, of EVERY. */
static bool
is_upper(uint64_t set, uint64_t every)
{
    uint64_t others = every & ~set;

    return (others & (others + 1)) == 0;
}

static bool
is_lower(uint64_t set)
{
    return (set & (set + 1)) == 0;
}

/* The values of a level or choice, or yes and no, in the fewest words. */
static void
add_choice(
    const struct pen *pen, const struct agreement_attribute *at, uint64_t set)
{
    uint64_t every = render_all((size_t)at->max + 1);
    uint64_t others = every & ~set;
    bool ordered = at->type == ATTRIBUTE_LEVEL;
    bool few = (set & (set - 1)) == 0 || others == 0;

    if (set == 0) {
        render_say(pen, "geen enkele waarde", "no value at all");
    } else if (!few && ordered && is_upper(set, every)) {
        render_say(pen, "minstens ", "at least ");
        add_value(pen, at, (size_t)__builtin_ctzll(set));
    } else if (!few && ordered && is_lower(set)) {
        render_say(pen, "hoogstens ", "at most ");
        add_value(pen, at, (size_t)(63 - __builtin_clzll(set)));
    } else if (!few && (others & (others - 1)) == 0) {
        render_say(pen, "niet ", "not ");
        add_value(pen, at, (size_t)__builtin_ctzll(others));
    } else {
        add_values(pen, at, set);
    }
}

static void
add_range(const struct pen *pen, const struct agreement_attribute *at,
    const struct atom *atom)
{
    if (atom->negate) {
        render_say(pen, "niet ", "not ");
    }
    if (atom->low == atom->high) {
        words_format(pen->w, "%u", atom->low);
    } else if (atom->low == at->min) {
        render_say(pen, "hoogstens ", "at most ");
        words_format(pen->w, "%u", atom->high);
    } else if (atom->high == at->max) {
        render_say(pen, "minstens ", "at least ");
        words_format(pen->w, "%u", atom->low);
    } else {
        words_format(pen->w, "%u", atom->low);
        render_say(pen, " tot en met ", " to ");
        words_format(pen->w, "%u", atom->high);
    }
}

static void
add_window(const struct pen *pen, const struct atom *atom)
{
    render_say(pen, "het signaal ", "the signal is accepted ");
    if (atom->negate) {
        render_say(pen, "buiten ", "outside ");
    } else {
        render_say(pen, "binnen ", "during ");
    }
    words_add(pen->w, pen->a->windows[atom->attribute].name);
    render_say(pen, " wordt aanvaard", "");
}

void
render_condition(struct words *w, const struct agreement *a,
    const struct atom *atom, enum render_lang lang)
{
    const struct pen pen = {w, a, lang};
    const struct agreement_attribute *at;

    if (atom->type == ATOM_WINDOW) {
        add_window(&pen, atom);
        return;
    }
    at = &a->attributes[atom->attribute];
    words_add(w, at->name);
    render_say(&pen, " ", " is ");
    if (atom->type == ATOM_RANGE) {
        add_range(&pen, at, atom);
    } else {
        add_choice(&pen, at, atom->values);
    }
    render_say(&pen, " is", "");
}
