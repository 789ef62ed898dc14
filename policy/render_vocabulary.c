/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an agreement declares, in words; see render_parts.h. */
#include "render_parts.h"

#include <string.h>

enum { DAY = 24 * 60 };

static const char *const categories[][2] = {
    [FIELD_PLAIN] = {"", ""},
    [FIELD_A] = {"identificerende gegevens en contactgegevens",
        "identifying and contact data"},
    [FIELD_B] = {"burgerservicenummer", "citizen service number"},
    [FIELD_C] = {"omschrijving van de signalen", "description of the signals"},
    [FIELD_D] = {"wie de signalen heeft ingebracht", "who brought the signals"},
    [FIELD_E] = {"nodig voor het plan van aanpak", "needed for the plan"},
    [FIELD_F] = {"politiegegevens", "police data"},
    [FIELD_G] = {"justitiële en strafvorderlijke gegevens",
        "judicial and criminal-procedure data"},
    [FIELD_H] = {"personen met een sociale relatie tot de betrokkene",
        "persons with a social relation to the person concerned"},
};

static void
add_special(const struct pen *pen, const char *special)
{
    static const struct {
        const char *word, *nl, *en;
    } all[] = {
        {"race", "ras of etnische afkomst", "race or ethnic origin"},
        {"politics", "politieke opvattingen", "political opinions"},
        {"religion", "godsdienst of levensovertuiging",
            "religion or philosophical belief"},
        {"health", "gezondheid", "health"},
        {"criminal", "strafrechtelijke gegevens", "criminal data"},
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i].word, special) == 0) {
            render_say(pen, all[i].nl, all[i].en);
            return;
        }
    }
    words_add(pen->w, special);
}

static void
add_category(const struct pen *pen, const struct agreement_field *field)
{
    if (field->category == FIELD_SPECIAL) {
        render_say(pen, " (bijzonder: ", " (special: ");
        add_special(pen, field->special);
        words_add(pen->w, ")");
    } else if (field->category != FIELD_PLAIN) {
        words_format(pen->w, " (%c)", 'a' + (int)(field->category - FIELD_A));
    }
}

static void
add_required(const struct pen *pen, const struct agreement_kind *kind)
{
    struct render_list list = {
        .link = RENDER_AND, .left = (size_t)__builtin_popcount(kind->required)};

    if (kind->required == 0) {
        return;
    }
    render_say(pen, " Nooit zonder ", " Never without ");
    for (size_t i = 0; i < kind->fields_n; i++) {
        if ((kind->required >> i & 1) != 0) {
            render_next(pen, &list);
            words_add(pen->w, kind->fields[i].name);
        }
    }
    words_add(pen->w, ".");
}

void
render_kind(const struct pen *pen, const struct agreement_kind *kind)
{
    struct render_list fields = {.link = RENDER_AND, .left = kind->fields_n};
    struct render_list list = {.link = RENDER_AND, .left = kind->attributes_n};

    render_say(pen, "Gegevens: ", "Data: ");
    for (size_t i = 0; i < kind->fields_n; i++) {
        render_next(pen, &fields);
        words_add(pen->w, kind->fields[i].name);
        add_category(pen, &kind->fields[i]);
    }
    words_add(pen->w, ".");
    add_required(pen, kind);
    if (kind->attributes_n > 0) {
        render_say(pen, " Kenmerken: ", " Attributes: ");
        for (size_t i = 0; i < kind->attributes_n; i++) {
            render_next(pen, &list);
            words_add(pen->w, pen->a->attributes[kind->attributes[i]].name);
        }
        words_add(pen->w, ".");
    }
    if (kind->requires_psk) {
        render_say(pen, " Afzender en ontvanger delen vooraf een sleutel.",
            " Sender and recipient share a key beforehand.");
    }
}

static uint32_t
used_categories(const struct agreement *a)
{
    uint32_t used = 0;

    for (size_t k = 0; k < a->kinds_n; k++) {
        for (size_t i = 0; i < a->kinds[k].fields_n; i++) {
            used |= UINT32_C(1) << a->kinds[k].fields[i].category;
        }
    }
    return used;
}

bool
render_categories(const struct pen *pen)
{
    uint32_t used = used_categories(pen->a);
    bool begun = false;

    for (unsigned c = FIELD_A; c <= (unsigned)FIELD_H; c++) {
        if ((used >> c & 1) == 0) {
            continue;
        }
        if (!begun) {
            render_say(pen,
                "De letter achter een gegeven is de wettelijke categorie: ",
                "The letter after a piece of data is its statutory category: ");
        }
        words_add(pen->w, begun ? "; " : "");
        words_format(pen->w, "%c ", 'a' + (int)(c - FIELD_A));
        render_say(pen, categories[c][RENDER_NL], categories[c][RENDER_EN]);
        begun = true;
    }
    words_add(pen->w, begun ? "." : "");
    if ((used >> FIELD_SPECIAL & 1) != 0) {
        words_add(pen->w, begun ? " " : "");
        render_say(pen,
            "‘Bijzonder’ is een bijzonder of strafrechtelijk "
            "persoonsgegeven.",
            "‘Special’ is a special category of personal data, or criminal "
            "data.");
        begun = true;
    }
    return begun;
}

static void
add_values(const struct pen *pen, const struct agreement_attribute *at)
{
    struct render_list list = {.link = RENDER_OR, .left = at->values_n};

    for (size_t i = 0; i < at->values_n; i++) {
        render_next(pen, &list);
        words_add(pen->w, at->values[i]);
    }
}

void
render_attribute(const struct pen *pen, const struct agreement_attribute *at)
{
    switch (at->type) {
    case ATTRIBUTE_YES_NO:
        render_say(pen, "Ja of nee.", "Yes or no.");
        break;
    case ATTRIBUTE_LEVEL:
        render_say(pen, "Van laag naar hoog: ", "From low to high: ");
        add_values(pen, at);
        words_add(pen->w, ".");
        break;
    case ATTRIBUTE_CHOICE:
        render_say(pen, "Een van: ", "One of: ");
        add_values(pen, at);
        words_add(pen->w, ".");
        break;
    case ATTRIBUTE_NUMBER:
        render_say(pen, "Een getal van ", "A number from ");
        words_format(pen->w, "%u", at->min);
        render_say(pen, " tot en met ", " to ");
        words_format(pen->w, "%u.", at->max);
        break;
    }
    if (at->by_broker) {
        render_say(
            pen, " De broker stelt het vast.", " The broker establishes it.");
    } else {
        render_say(
            pen, " De afzender verklaart het.", " The sender declares it.");
    }
    if (at->closed) {
        render_say(pen, " Ontvangers zien de waarde niet.",
            " Recipients do not see the value.");
    }
    if (at->urgent) {
        render_say(pen, " Een signaal met een hogere waarde gaat voor.",
            " A signal with a higher value is served first.");
    }
}

static const char *
day_name(const struct pen *pen, unsigned day)
{
    static const char *const days[][2] = {
        {"maandag", "Monday"},
        {"dinsdag", "Tuesday"},
        {"woensdag", "Wednesday"},
        {"donderdag", "Thursday"},
        {"vrijdag", "Friday"},
        {"zaterdag", "Saturday"},
        {"zondag", "Sunday"},
    };

    return days[day % 7][pen->lang];
}

static void
add_time(const struct pen *pen, unsigned minute)
{
    words_format(pen->w, pen->lang == RENDER_EN ? "%02u:%02u" : "%u.%02u",
        minute / 60, minute % 60);
}

/* Whether B is A, N days later. */
static bool
is_same_span(
    const struct agreement_span *a, const struct agreement_span *b, size_t days)
{
    return b->from == a->from + days * DAY && b->until == a->until + days * DAY;
}

void
render_window(const struct pen *pen, const struct agreement_window *window)
{
    size_t n;

    for (size_t i = 0; i < window->spans_n; i += n) {
        const struct agreement_span *span = &window->spans[i];
        unsigned day = span->from / DAY;

        for (n = 1; i + n < window->spans_n &&
                    is_same_span(span, &window->spans[i + n], n);
             n++) {
        }
        words_add(pen->w, i > 0 ? "; " : "");
        words_add(pen->w, day_name(pen, day));
        if (n > 1) {
            render_say(pen, " tot en met ", " to ");
            words_add(pen->w, day_name(pen, day + (unsigned)n - 1));
        }
        render_say(pen, " van ", " from ");
        add_time(pen, span->from % DAY);
        render_say(pen, " tot ", " to ");
        add_time(pen, span->until - day * DAY);
        render_say(pen, " uur", "");
    }
    words_add(pen->w, ".");
}
