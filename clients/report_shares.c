/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on who received what: a case's, the police's, the prosecutor's. */
#include "report_families.h"

#include <string.h>

enum {
    DAY_S = 24 * 60 * 60,
    FOUR_YEARS = 4 * 365 + 1, /* days */
};

static const struct report_column columns[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_PURPOSE, REPORT_GROUND,
    REPORT_CASE_COLUMN, REPORT_CATEGORIES, REPORT_SPECIAL, REPORT_FIELDS,
    REPORT_RULES, REPORT_OUTCOME, REPORT_ENDED, REPORT_RECALLED};
enum { COLUMNS_N = sizeof columns / sizeof columns[0] };

/* "gemeente, om" of those that took a share of table T. */
static void
put_recipients(struct report *r, const struct report_table *t)
{
    json_t *list = json_build_array();

    for (size_t i = 0; i < json_array_size(t->rows); i++) {
        const json_t *row = json_array_get(t->rows, i);
        const char *to = json_string_value(json_object_get(row, "to"));
        size_t k = 0;
        if (strcmp(json_string_value(json_object_get(row, "outcome")),
                "taken") != 0)
            continue;
        while (k < json_array_size(list) &&
               strcmp(json_string_value(json_array_get(list, k)), to) != 0)
            k++;
        if (k == json_array_size(list))
            json_build_add_text(list, to);
    }
    report_fact(r, "recipients",
        (struct report_words){"Hebben iets ontvangen", "Received something"}, 0,
        list);
}

/* Shares of TABLE that were taken, and others. */
void
report_put_counts(struct report *r, const struct report_table *t)
{
    size_t taken = 0;
    size_t n = json_array_size(t->rows);

    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(t->rows, i);
        taken += strcmp(json_string_value(json_object_get(row, "outcome")),
                     "taken") == 0;
    }
    report_count(r, "transfers",
        (struct report_words){"Verstrekkingen", "Transfers"}, n);
    report_count(r, "taken",
        (struct report_words){"Waarvan ontvangen", "Of which received"}, taken);
}

/* --- 1: recipients --- */

/* What the data subject may not hear of yet: not to be handed over as it is. */
static void
put_covert(struct report *r)
{
    static const struct report_words remark = {
        "Niet voor de betrokkene: hier staat ook waarvan hij nog niet mag "
        "horen. Het rapport subject laat dat weg.",
        "Not for the data subject: this has what may not be told yet as well. "
        "The report subject leaves that out."};
    uint64_t n = 0;

    for (size_t i = 0; i < r->e->shares_n; i++)
        n += report_has_share(r, &r->e->shares[i]) &&
             r->e->shares[i].covert * 1000 > r->now;
    report_count(r, "covert",
        (struct report_words){"Waarvan de betrokkene nog niet mag horen",
            "Of which the data subject may not hear yet"},
        n);
    if (n > 0)
        report_remark(r, remark);
}

static void
build_recipients(struct report *r)
{
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Verstrekkingen", "Transfers"}, columns,
        COLUMNS_N);

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        if (report_has_share(r, s))
            report_put_transfer(report_row(t), s, s->fields);
    }
    put_recipients(r, t);
    report_put_counts(r, t);
    put_covert(r);
    report_charts_time(r);
}

const struct report_spec report_shares_recipients = {.name = "recipients",
    .number = "1",
    .title = {"Ontvangers", "Recipients"},
    .question = {"Wie ontving iets over een casus, wanneer, welke categorieën, "
                 "en volgens welke regel?",
        "Who received anything about a case, when, which categories, and under "
        "which rule?"},
    .law = "AVG 15; Wpg 25(1)c",
    .missing = {"Wie als mens iets las: dat weet alleen de partner zelf.",
        "Which persons read it: only the partner itself knows."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_recipients};

/* --- 2 and 3: what the police and the prosecutor disclosed --- */

/* From when on: as asked, or four years before the report's time. */
static uint64_t
looks_back(const struct report *r)
{
    uint64_t span = UINT64_C(1000) * DAY_S * FOUR_YEARS;

    if (r->ask->since != 0)
        return (uint64_t)r->ask->since * 1000;
    return r->now > span ? r->now - span : 0;
}

static bool
is_in(const struct report *r, const struct evidence_share *s, uint64_t since)
{
    return s->time >= since && report_has_time(r, s->time) &&
           report_has_case(r, s->case_handle);
}

/* Disclosures by party WHO, and those by others of its CATEGORY of data. */
static void
build_disclosures(struct report *r, const char *who, uint32_t category)
{
    uint64_t since = looks_back(r);
    struct report_table *own = report_table(r, "transfers",
        (struct report_words){"Verstrekkingen", "Disclosures"}, columns,
        COLUMNS_N);
    struct report_table *others = report_table(r, "by_others",
        (struct report_words){"Dezelfde soort gegevens, gegeven door anderen",
            "The same sort of data, given by others"},
        columns, COLUMNS_N);

    report_fact(r, "party", (struct report_words){"Partij", "Party"}, 0,
        json_string(who));
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        if (!is_in(r, s, since))
            continue;
        if (strcmp(s->from, who) == 0)
            report_put_transfer(report_row(own), s, s->fields);
        else if ((evidence_categories(s, s->fields) & category) != 0)
            report_put_transfer(report_row(others), s, s->fields);
    }
    put_recipients(r, own);
    report_put_counts(r, own);
}

static void
build_police(struct report *r)
{
    build_disclosures(r, r->ask->partner != NULL ? r->ask->partner : "politie",
        UINT32_C(1) << (FIELD_F - FIELD_A));
}

static void
build_om(struct report *r)
{
    build_disclosures(r, r->ask->partner != NULL ? r->ask->partner : "om",
        UINT32_C(1) << (FIELD_G - FIELD_A));
}

#define SUBJECT                                                                \
    {                                                                          \
        "De band tussen een persoon en zijn casussen: die heeft alleen de "    \
        "partner (driehoek case find).",                                       \
            "The link from a person to cases: only the partner has it "        \
            "(driehoek case find)."                                            \
    }

const struct report_spec report_shares_police = {.name = "disclosures-police",
    .number = "2",
    .title = {"Verstrekkingen door de politie", "Disclosures by the police"},
    .question = {"Wat verstrekte de politie in de laatste vier jaar (over een "
                 "casus)?",
        "What did the police disclose in the last four years (about a case)?"},
    .law = "Wpg 25(1)c, 32; Bpg 6:4",
    .missing = SUBJECT,
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_police};

const struct report_spec report_shares_om = {.name = "disclosures-om",
    .number = "3",
    .title = {"Verstrekkingen door het openbaar ministerie",
        "Disclosures by the prosecution service"},
    .question = {"Wat verstrekte het openbaar ministerie in de laatste vier "
                 "jaar (over een casus)?",
        "What did the prosecution service disclose in the last four years "
        "(about a case)?"},
    .law = "Wjsg 39i, 39j",
    .missing = SUBJECT,
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_om};
