/* SPDX-License-Identifier: EUPL-1.2
 *
 * Boxes in words; see render_box.h. Value 0 of an attribute is "unknown", the
 * others are in the order of the text, or ascending. */
#include "render_box.h"

#include "render_parts.h"

/* The values of one dimension, and which of them are at hand. */
struct pick {
    const struct cells *c;
    size_t dimension;
    const struct cells_set *set;
    size_t values;
    const struct agreement_attribute *at;
};

static const struct agreement_attribute *
attribute_of(const struct agreement *a, const char *name)
{
    int i = agreement_attribute(a, slice_str(name));

    must(i >= 0);
    return &a->attributes[i];
}

/* Whether just the values FROM..UNTIL-1 of those that are known are in. */
static bool
is_run(const struct pick *p, size_t from, size_t until)
{
    for (size_t v = 1; v < p->values; v++) {
        if (cells_has(p->set, v) != (v >= from && v < until)) {
            return false;
        }
    }
    return true;
}

static size_t
first_of(const struct pick *p)
{
    size_t v = 1;

    while (v < p->values && !cells_has(p->set, v)) {
        v++;
    }
    return v;
}

/* The first value from V on that is not in. */
static size_t
run_end(const struct pick *p, size_t v)
{
    while (v < p->values && cells_has(p->set, v)) {
        v++;
    }
    return v;
}

static void
add_name(const struct pen *pen, const struct pick *p, size_t v)
{
    if (p->at->type == ATTRIBUTE_YES_NO) {
        int64_t yes = cells_value_index(p->c, 0, p->dimension, v);

        render_say(pen, yes == 1 ? "ja" : "nee", yes == 1 ? "yes" : "no");
    } else {
        cells_value_name(p->c, pen->w, p->dimension, v);
    }
}

/* The numbers from value V to UNTIL - 1, which follow one another. */
static void
add_numbers(const struct pen *pen, const struct pick *p, size_t v, size_t until)
{
    int64_t first = 0;
    int64_t last = 0;
    int64_t ignored;

    (void)cells_value_range(p->c, p->dimension, v, &first, &ignored);
    (void)cells_value_range(p->c, p->dimension, until - 1, &ignored, &last);
    if (first == last) {
        words_format(pen->w, "%lld", (long long)first);
    } else if (until == p->values) {
        render_say(pen, "minstens ", "at least ");
        words_format(pen->w, "%lld", (long long)first);
    } else if (v == 1) {
        render_say(pen, "hoogstens ", "at most ");
        words_format(pen->w, "%lld", (long long)last);
    } else {
        words_format(pen->w, "%lld", (long long)first);
        render_say(pen, " tot en met ", " to ");
        words_format(pen->w, "%lld", (long long)last);
    }
}

/* How many things will be listed: of numbers, runs. */
static size_t
count_listed(const struct pick *p)
{
    size_t n = cells_has(p->set, 0);
    size_t v = first_of(p);

    while (v < p->values) {
        size_t until = p->at->type == ATTRIBUTE_NUMBER ? run_end(p, v) : v + 1;

        n++;
        for (v = until; v < p->values && !cells_has(p->set, v);) {
            v++;
        }
    }
    return n;
}

static void
list_values(const struct pen *pen, const struct pick *p)
{
    struct render_list list = {.link = RENDER_OR, .left = count_listed(p)};
    size_t v = first_of(p);

    while (v < p->values) {
        size_t until = p->at->type == ATTRIBUTE_NUMBER ? run_end(p, v) : v + 1;

        render_next(pen, &list);
        if (p->at->type == ATTRIBUTE_NUMBER) {
            add_numbers(pen, p, v, until);
        } else {
            add_name(pen, p, v);
        }
        for (v = until; v < p->values && !cells_has(p->set, v);) {
            v++;
        }
    }
    if (cells_has(p->set, 0)) {
        render_next(pen, &list);
        render_say(pen, "onbekend", "unknown");
    }
}

static void
add_values(const struct pen *pen, const struct pick *p)
{
    size_t first = first_of(p);
    size_t until = run_end(p, first);
    bool run = is_run(p, first, until) && until - first > 1;
    bool ordered = p->at->type == ATTRIBUTE_LEVEL;

    if (run && until - first == p->values - 1) { /* all that is known */
        render_say(pen, "bekend", "known");
    } else if (run && ordered && until == p->values) {
        render_say(pen, "minstens ", "at least ");
        add_name(pen, p, first);
    } else if (run && ordered && first == 1) {
        render_say(pen, "hoogstens ", "at most ");
        add_name(pen, p, until - 1);
    } else {
        list_values(pen, p);
        return;
    }
    if (cells_has(p->set, 0)) {
        render_say(pen, " of onbekend", " or unknown");
    }
}

static void
add_attribute(const struct pen *pen, const struct pick *p)
{
    words_add(pen->w, p->at->name);
    render_say(pen, " ", " is ");
    add_values(pen, p);
    render_say(pen, " is", "");
}

/* Whether the sets of windows that are in are just those in which window I
 * holds, or with HOLDS false does not. */
static bool
is_window(const struct pick *p, size_t i, bool holds)
{
    for (size_t v = 0; v < p->values; v++) {
        int64_t windows = cells_value_index(p->c, 0, p->dimension, v);

        if (cells_has(p->set, v) != ((windows >> i & 1) == holds)) {
            return false;
        }
    }
    return true;
}

static void
list_windows(const struct pen *pen, const struct pick *p)
{
    struct render_list list = {.link = RENDER_OR, .left = cells_count(p->set)};

    for (size_t v = 0; v < p->values; v++) {
        struct render_list both = {.link = RENDER_AND};
        uint32_t windows =
            (uint32_t)cells_value_index(p->c, 0, p->dimension, v);

        if (!cells_has(p->set, v)) {
            continue;
        }
        render_next(pen, &list);
        if (windows == 0) {
            render_say(pen, "buiten elk tijdvak", "outside every window");
            continue;
        }
        both.left = (size_t)__builtin_popcount(windows);
        render_say(pen, "alleen binnen ", "only during ");
        for (; windows != 0; windows &= windows - 1) {
            render_next(pen, &both);
            words_add(pen->w, pen->a->windows[__builtin_ctz(windows)].name);
        }
    }
}

static void
add_windows(const struct pen *pen, const struct pick *p)
{
    size_t i = 0;
    bool holds = false;

    while (i < pen->a->windows_n && !is_window(p, i, true) &&
           !is_window(p, i, false)) {
        i++;
    }
    render_say(pen, "het signaal ", "the signal is accepted ");
    if (i == pen->a->windows_n) {
        list_windows(pen, p);
    } else {
        holds = is_window(p, i, true);
        render_say(
            pen, holds ? "binnen " : "buiten ", holds ? "during " : "outside ");
        words_add(pen->w, pen->a->windows[i].name);
    }
    render_say(pen, " wordt aanvaard", "");
}

void
render_box_when(struct words *w, const struct cells *c,
    const struct agreement *a, const struct box *box, enum render_lang lang)
{
    const struct pen pen = {w, a, lang};
    bool begun = false;

    for (size_t i = 1; i <= box->dimensions - CELLS_WINDOWS; i++) {
        /* attributes first, windows last */
        size_t d = i < box->dimensions - CELLS_WINDOWS ? CELLS_WINDOWS + i
                                                       : CELLS_WINDOWS;
        struct pick pick = {c, d, &box->set[d], cells_values(c, d), NULL};

        if (cells_count(pick.set) == pick.values) {
            continue;
        }
        if (begun) {
            render_say(&pen, " en ", " and ");
        }
        begun = true;
        if (d == CELLS_WINDOWS) {
            add_windows(&pen, &pick);
        } else {
            pick.at = attribute_of(a, cells_attribute_name(c, d));
            add_attribute(&pen, &pick);
        }
    }
}

void
render_box_use(struct words *w, const struct agreement *a,
    const struct box *box, size_t dimension, enum render_lang lang)
{
    const struct pen pen = {w, a, lang};
    bool purpose = dimension == CELLS_PURPOSE;
    const struct agreement_named *named = purpose ? a->purposes : a->grounds;
    size_t n = purpose ? a->purposes_n : a->grounds_n;
    const struct cells_set *set = &box->set[dimension];
    struct render_list list = {.link = RENDER_OR, .left = cells_count(set)};

    if (n > 1 && list.left == n) {
        render_say(&pen, purpose ? "elk doel" : "elke grond",
            purpose ? "any purpose" : "any ground");
        return;
    }
    for (size_t v = 0; v < n; v++) {
        if (cells_has(set, v)) {
            render_next(&pen, &list);
            render_quote(&pen, named[v].title);
        }
    }
}
