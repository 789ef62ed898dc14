/* SPDX-License-Identifier: EUPL-1.2
 *
 * Obligations in words; see render.h. */
#include "render_parts.h"

static void
add_days(const struct pen *pen, const char *nl, const char *en, uint32_t days)
{
    render_say(pen, nl, en);
    words_format(pen->w, " %u", days);
    if (days == 1) {
        render_say(pen, " dag", " day");
    } else {
        render_say(pen, " dagen", " days");
    }
}

static void
add_retention(
    const struct pen *pen, const struct duties *d, struct render_list *list)
{
    render_next(pen, list);
    render_say(pen, "bewaart de gegevens ", "keeps the data ");
    if (d->has_at_least) {
        add_days(pen, "minstens", "for at least", d->at_least);
    }
    if (d->has_at_least && d->has_at_most) {
        render_say(pen, " en ", " and ");
    }
    if (d->has_at_most) {
        add_days(pen, "hoogstens", "for at most", d->at_most);
    }
}

static void
add_onward(
    const struct pen *pen, const struct duties *d, struct render_list *list)
{
    bool named = list->begun; /* the data were named before */

    render_next(pen, list);
    render_say(pen, named ? "geeft ze " : "geeft de gegevens ",
        named ? "passes it on " : "passes the data on ");
    if (d->onward_to == 0) {
        render_say(pen, "aan niemand door", "to nobody");
        return;
    }
    render_say(pen, "alleen door aan ", "only to ");
    render_party_set(pen, d->onward_to, RENDER_EACH, RENDER_OR);
}

/* What the recipient does, in one sentence. */
static void
add_recipient(const struct pen *pen, const struct duties *d)
{
    bool retention = d->has_at_least || d->has_at_most;
    struct render_list list = {.link = RENDER_AND,
        .left = (size_t)retention + (size_t)d->onward_limited + (size_t)d->log};

    render_say(pen, "De ontvanger ", "The recipient ");
    if (retention) {
        add_retention(pen, d, &list);
    }
    if (d->onward_limited) {
        add_onward(pen, d, &list);
    }
    if (d->log) {
        render_next(pen, &list);
        render_say(pen, "legt elk gebruik vast", "records every use");
    }
    words_add(pen->w, ".");
}

static void
add_approval(const struct pen *pen, const struct duty_approval *approval)
{
    render_say(pen, "Vóór de aflevering is goedkeuring nodig van minstens ",
        "Before delivery, approval is needed of at least ");
    words_format(pen->w, "%u", approval->count);
    render_say(pen, " van ", " of ");
    if (approval->of == 0) {
        render_say(pen, "de ondertekenaars", "the signatories");
    } else {
        render_set(pen, approval->of, render_party_name, RENDER_AND);
    }
    words_add(pen->w, ".");
}

static void
add_notify(const struct pen *pen, const struct duties *d)
{
    render_say(pen, "Bericht van de verstrekking gaat naar ",
        "Notice of the transfer goes to ");
    render_set(pen, d->notify, render_party_name, RENDER_AND);
    words_add(pen->w, ".");
}

void
render_duties(struct words *w, const struct agreement *a,
    const struct duties *duties, enum render_lang lang)
{
    const struct pen pen = {w, a, lang};
    const char *gap = "";

    if (duties->has_at_least || duties->has_at_most || duties->onward_limited ||
        duties->log) {
        add_recipient(&pen, duties);
        gap = " ";
    }
    for (size_t i = 0; i < duties->approvals_n; i++) {
        words_add(w, gap);
        add_approval(&pen, &duties->approval[i]);
        gap = " ";
    }
    if (duties->notify != 0) {
        words_add(w, gap);
        add_notify(&pen, duties);
    }
}
