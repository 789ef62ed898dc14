/* SPDX-License-Identifier: EUPL-1.2
 *
 * What would have to differ, in words; see explain_words.h. Conditions read as
 * in a rendering of the rule, for what would do is a condition too. */
#include "explain_words.h"

#include "render_parts.h"
#include "rule.h"

static const struct agreement_attribute *
attribute_of(const struct agreement *a, const struct request *req, size_t k)
{
    return &a->attributes[a->kinds[req->kind].attributes[k]];
}

void
explain_words_value(struct words *w, const struct agreement *a,
    const struct request *req, size_t k, enum render_lang lang)
{
    const struct pen pen = {w, a, lang};
    const struct agreement_attribute *at = attribute_of(a, req, k);
    struct value v = req->attribute[k];

    if (v.state != VALUE_KNOWN) {
        render_say(&pen, "onbekend", "unknown");
    } else if (at->type == ATTRIBUTE_NUMBER) {
        words_format(w, "%u", v.v);
    } else if (at->type != ATTRIBUTE_YES_NO) {
        words_add(w, at->values[v.v]);
    } else if (v.v == 1) {
        render_say(&pen, "ja", "yes");
    } else {
        render_say(&pen, "nee", "no");
    }
}

void
explain_words_windows(struct words *w, const struct agreement *a,
    uint32_t windows, enum render_lang lang)
{
    const struct pen pen = {w, a, lang};
    const char *comma = "";

    if (windows == 0) {
        render_say(&pen, "geen venster", "no window");
    }
    for (size_t i = 0; i < a->windows_n; i++) {
        if ((windows >> i & 1) != 0) {
            words_add(w, comma);
            words_add(w, a->windows[i].name);
            comma = ", ";
        }
    }
}

static void
say_now(const struct pen *pen, const char *what)
{
    render_say(pen, " (nu ", " (now ");
    words_add(pen->w, what);
    words_add(pen->w, ")");
}

/* "het doel p of q is (nu r)" */
static void
say_names(const struct pen *pen, const struct explain_differ *d,
    render_name name, size_t has)
{
    static const char *const nl[] = {
        "de zender ", "de ontvanger ", "het doel ", "de grond "};
    static const char *const en[] = {"the sender is ", "the recipient is ",
        "the purpose is ", "the ground is "};

    render_say(pen, nl[d->of], en[d->of]);
    render_set(pen, d->set, name, RENDER_OR);
    render_say(pen, " is", "");
    say_now(pen, name(pen->a, has));
}

/* Adds the condition, with " of " before it when it is not the first. */
static void
say_condition(const struct pen *pen, const struct atom *atom, bool first)
{
    if (!first) {
        render_say(pen, " of ", " or ");
    }
    render_condition(pen->w, pen->a, atom, pen->lang);
}

static void
say_attribute(const struct pen *pen, const struct request *req,
    const struct explain_differ *d)
{
    struct atom atom = {
        .attribute = pen->a->kinds[req->kind].attributes[d->attribute],
        .values = d->set};

    if (d->ranges_n == 0) {
        say_condition(pen, &atom, true);
    }
    for (size_t i = 0; i < d->ranges_n; i++) {
        atom.type = ATOM_RANGE;
        atom.low = d->range[i].low;
        atom.high = d->range[i].high;
        say_condition(pen, &atom, i == 0);
    }
    render_say(pen, " (nu ", " (now ");
    explain_words_value(pen->w, pen->a, req, d->attribute, pen->lang);
    words_add(pen->w, ")");
}

static void
say_windows(const struct pen *pen, const struct request *req,
    const struct explain_differ *d)
{
    bool begun = false;

    for (uint16_t i = 0; i < pen->a->windows_n; i++) {
        struct atom atom = {.type = ATOM_WINDOW, .attribute = i};
        uint32_t bit = UINT32_C(1) << i;

        if (((d->during | d->outside) & bit) == 0) {
            continue;
        }
        atom.negate = (d->outside & bit) != 0;
        if (begun) {
            render_say(pen, " en ", " and ");
        }
        render_condition(pen->w, pen->a, &atom, pen->lang);
        begun = true;
    }
    render_say(pen, " (nu ", " (now ");
    explain_words_windows(pen->w, pen->a, req->windows, pen->lang);
    words_add(pen->w, ")");
}

void
explain_words_differ(struct words *w, const struct agreement *a,
    const struct request *req, const struct explain_differ *d,
    enum render_lang lang)
{
    const struct pen pen = {w, a, lang};

    switch (d->of) {
    case EXPLAIN_SENDER:
        say_names(&pen, d, render_party_name, req->sender);
        break;
    case EXPLAIN_RECIPIENT:
        say_names(&pen, d, render_party_name, req->recipient);
        break;
    case EXPLAIN_PURPOSE:
        say_names(&pen, d, render_purpose_name, req->purpose);
        break;
    case EXPLAIN_GROUND:
        say_names(&pen, d, render_ground_name, req->ground);
        break;
    case EXPLAIN_ATTRIBUTE:
        say_attribute(&pen, req, d);
        break;
    case EXPLAIN_WINDOWS:
        say_windows(&pen, req, d);
        break;
    }
}
