/* SPDX-License-Identifier: EUPL-1.2
 *
 * Changes in words; see diff_words.h. */
#include "diff_words.h"

static const char *
say(enum render_lang lang, const char *nl, const char *en)
{
    return lang == RENDER_NL ? nl : en;
}

/* A value that the texts have no name for, or a word of their language. */
static bool
add_known(struct words *out, const struct cells *c, size_t dimension,
    size_t value, enum render_lang lang)
{
    struct words name = {0};
    const char *text;
    bool known = false;

    cells_value_name(c, &name, dimension, value);
    if (words_end(&name, &text) != DHK_OK) {
        out->no_memory = true;
        text = "";
    }
    if (dimension >= CELLS_ATTRIBUTE && value == 0) {
        words_add(out, say(lang, "onbekend", "unknown"));
        known = true;
    } else if (dimension == CELLS_WINDOWS &&
               slice_equal(slice_str(text), slice_str("no window"))) {
        words_add(out, say(lang, "geen tijdvenster", "no window"));
        known = true;
    } else if (dimension >= CELLS_ATTRIBUTE &&
               slice_equal(slice_str(text), slice_str("yes"))) {
        words_add(out, say(lang, "ja", "yes"));
        known = true;
    } else if (dimension >= CELLS_ATTRIBUTE &&
               slice_equal(slice_str(text), slice_str("no"))) {
        words_add(out, say(lang, "nee", "no"));
        known = true;
    }
    words_done(&name);
    return known;
}

static void
add_values(struct words *out, const struct cells *c, size_t dimension,
    const struct cells_set *set, enum render_lang lang)
{
    const char *comma = "";
    size_t v = 0;
    int64_t first;
    int64_t last;

    while (v < cells_values(c, dimension)) {
        if (!cells_has(set, v)) {
            v++;
            continue;
        }
        words_add(out, comma);
        comma = ", ";
        if (cells_value_range(c, dimension, v, &first, &last)) {
            v = boxes_stretch(out, c, dimension, set, v);
            continue;
        }
        if (!add_known(out, c, dimension, v, lang)) {
            cells_value_name(c, out, dimension, v);
        }
        v++;
    }
}

/* The other values of the dimension. */
static struct cells_set
without(const struct cells *c, size_t dimension, const struct cells_set *set)
{
    struct cells_set others = {{0}};

    for (size_t v = 0; v < cells_values(c, dimension); v++) {
        if (!cells_has(set, v)) {
            others.bits[v / 64] |= UINT64_C(1) << v % 64;
        }
    }
    return others;
}

void
diff_words_set(struct words *out, const struct cells *c, size_t dimension,
    const struct cells_set *set, enum render_lang lang)
{
    size_t held = cells_count(set);
    size_t all = cells_values(c, dimension);

    if (held == all) {
        words_add(out, say(lang, "elke", "any"));
    } else if (dimension < CELLS_WINDOWS && 3 * (all - held) < all) {
        struct cells_set others = without(c, dimension, set);

        words_add(out, say(lang, "elke behalve ", "any except "));
        add_values(out, c, dimension, &others, lang);
    } else {
        add_values(out, c, dimension, set, lang);
    }
}

static void
add_condition(struct words *out, const struct diff *d, size_t dimension,
    const struct cells_set *set, enum render_lang lang)
{
    if (dimension == CELLS_WINDOWS) {
        words_add(out, say(lang, "tijdens ", "during "));
    } else {
        words_format(out, "%s is ", cells_attribute_name(d->cells, dimension));
    }
    diff_words_set(out, d->cells, dimension, set, lang);
}

enum dhk_err
diff_words_where(struct words *out, const struct diff *d, const struct box *box,
    enum render_lang lang)
{
    static const char *const lead[2][CELLS_WINDOWS] = {
        {"van ", " aan ", " voor ", " op "},
        {"from ", " to ", " for ", " on "}};
    const char *and = say(lang, " als ", " when ");
    enum dhk_err rc = cells_turn(d->cells, box->kind);

    for (size_t i = 0; i < box->dimensions && rc == DHK_OK; i++) {
        if (i == CELLS_PURPOSE) {
            words_format(out, " %s %s", say(lang, "signaal", "signal"),
                cells_kind_name(d->cells, box->kind));
        }
        if (i < CELLS_WINDOWS) {
            words_add(out, lead[lang][i]);
            diff_words_set(out, d->cells, i, &box->set[i], lang);
        } else if (cells_count(&box->set[i]) != cells_values(d->cells, i)) {
            words_add(out, and);
            and = say(lang, " en ", " and ");
            add_condition(out, d, i, &box->set[i], lang);
        }
    }
    return rc;
}

void
diff_words_verdict(
    struct words *out, const struct diff_box *box, enum render_lang lang)
{
    static const char *const nl[] = {
        "geweigerd", "toegelaten", "toegelaten na goedkeuring"};
    static const char *const en[] = {
        "denied", "permitted", "permitted after approval"};

    if (box->before == box->after) {
        return;
    }
    if (lang == RENDER_NL) {
        words_format(out, "was %s, wordt %s", nl[box->before], nl[box->after]);
    } else {
        words_format(out, "was %s, is now %s", en[box->before], en[box->after]);
    }
}

/* "Any party" is not the same in both: who that is. */
static void
add_onward(struct words *out, const struct agreement *a, uint64_t to,
    enum render_lang lang)
{
    const char *comma = say(lang, " Doorgeven aan: ", " Onward to: ");

    size_t held = (size_t)__builtin_popcountll(to);

    if (2 * (a->parties_n - held) >= held) {
        return; /* named one by one */
    }
    for (size_t i = 0; i < a->parties_n; i++) {
        if ((to >> i & 1) != 0) {
            words_format(out, "%s%s", comma, a->parties[i]);
            comma = ", ";
        }
    }
    words_add(out, ".");
}

void
diff_words_duties(struct words *out, const struct agreement *a,
    const struct duties *duties, enum render_lang lang)
{
    size_t before = out->n;

    render_duties(out, a, duties, lang);
    if (out->n == before) {
        words_add(out, say(lang, "Geen verplichtingen.", "No obligations."));
    }
    if (duties->onward_limited) {
        add_onward(out, a, duties->onward_to, lang);
    }
}
