/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on who received what: a case's, the police's, the prosecutor's, of
 * third parties, of an intelligence service, of another municipality. */
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
static void
put_counts(struct report *r, const struct report_table *t)
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
    put_counts(r, t);
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
    put_counts(r, own);
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

/* --- 10: third parties --- */

static void
build_third(struct report *r)
{
    static const struct report_column of_third[] = {REPORT_ENTRY, REPORT_TIME,
        REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN,
        REPORT_CATEGORIES, REPORT_FIELDS, REPORT_RULES, REPORT_OUTCOME,
        {"admitted", {"TOEGELATEN", "ADMITTED"}, REPORT_COLUMN_WORD},
        {"admission_runs", {"TOELATING LOOPT", "ADMISSION RUNS"},
            REPORT_COLUMN_WORD},
        {"retain_days", {"BEWAREN (DAGEN)", "RETAIN (DAYS)"},
            REPORT_COLUMN_RIGHT}};
    const char *who = r->ask->partner != NULL ? r->ask->partner : "derdenloket";
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Wat derden zagen", "What third parties saw"},
        of_third, sizeof of_third / sizeof of_third[0]);

    report_fact(r, "party", (struct report_words){"Partij", "Party"}, 0,
        json_string(who));
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        json_t *row;
        if (strcmp(s->to, who) != 0 || !report_has_share(r, s))
            continue;
        row = report_row(t);
        report_put_transfer(row, s, s->fields);
        report_put_said(row, "admitted", s, "derde-toegelaten");
        report_put_said(row, "admission_runs", s, "toelating-loopt");
    }
    put_counts(r, t);
}

const struct report_spec report_shares_third = {.name = "third-parties",
    .number = "10",
    .title = {"Derden op incidentele basis", "Incidental third parties"},
    .question = {"Wat zagen derden op incidentele basis, en is iedere "
                 "toelating geëindigd?",
        "What did incidental third parties see, and has each admission ended?"},
    .law = "W 3(3); B 11",
    .missing = {"Toelatingen met hun einddatum als getekende besluiten: hier "
                "staat wat de zender ervan verklaarde.",
        "Admissions with their end dates as signed decisions: this shows what "
        "the sender declared of them."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_third};

/* --- 11: an intelligence service's --- */

static const struct report_column of_onward[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN, REPORT_FIELDS,
    REPORT_RULES, REPORT_OUTCOME,
    {"third_party_rule", {"DERDENREGEL", "THIRD-PARTY RULE"},
        REPORT_COLUMN_WORD},
    {"source_entry", {"AMBTSBERICHT IN BOEKING", "REPORT AT ENTRY"},
        REPORT_COLUMN_RIGHT}};

/* What the service gave in the case at hand, the last to each party. */
struct given {
    const struct evidence_share *to[LIMIT_PARTIES];
    size_t n;
};

static const struct evidence_share *
given_to(const struct given *g, const char *party)
{
    for (size_t i = 0; i < g->n; i++) {
        if (g->to[i]->to == party)
            return g->to[i];
    }
    return NULL;
}

static void
give(struct given *g, const struct evidence_share *s)
{
    size_t i = 0;

    while (i < g->n && g->to[i]->to != s->to)
        i++;
    if (i < LIMIT_PARTIES)
        g->to[i] = s;
    g->n += i == g->n && i < LIMIT_PARTIES;
}

static void
put_onward(struct report_table *t, const struct evidence_share *s,
    const struct evidence_share *source)
{
    json_t *row = report_row(t);

    report_put_transfer(row, s, s->fields);
    report_put_said(row, "third_party_rule", s, "derdenregel");
    if (source != NULL)
        json_build_uint(row, "source_entry", source->index);
    else
        json_build_null(row, "source_entry");
}

static void
case_intelligence(struct report *r, const struct evidence_case *c,
    const char *service, uint64_t *declared)
{
    struct given given = {.n = 0};

    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        const struct evidence_share *source = given_to(&given, s->from);
        bool own = strcmp(s->from, service) == 0;
        char said[EVIDENCE_VALUE];
        if (own)
            give(&given, s);
        if (!report_has_time(r, s->time))
            continue;
        if (own) {
            report_put_transfer(report_row(&r->table[1]), s, s->fields);
        } else if (source != NULL ||
                   strcmp(s->kind, "ambtsbericht-duiding") == 0) {
            put_onward(&r->table[0], s, source);
            *declared +=
                evidence_attribute(said, s, "derdenregel") == EVIDENCE_SAID;
        }
    }
}

static void
build_intelligence(struct report *r)
{
    const char *service = r->ask->partner != NULL ? r->ask->partner : "aivd";
    uint64_t declared = 0;
    struct report_table *onward = report_table(r, "onward",
        (struct report_words){
            "Verder gegeven door wie het ontving, in dezelfde "
            "casus",
            "Given on by those who received it, in the same case"},
        of_onward, sizeof of_onward / sizeof of_onward[0]);

    (void)report_table(r, "from_service",
        (struct report_words){"Van de dienst", "From the service"}, columns,
        COLUMNS_N);
    report_fact(r, "party", (struct report_words){"Dienst", "Service"}, 0,
        json_string(service));
    for (size_t i = 0; i < r->e->cases_n; i++) {
        if (report_has_case(r, r->e->cases[i].handle))
            case_intelligence(r, &r->e->cases[i], service, &declared);
    }
    report_count(r, "onward",
        (struct report_words){"Verder gegeven", "Given on"},
        json_array_size(onward->rows));
    report_count(r, "rule_declared",
        (struct report_words){"Waarbij de zender verklaarde hoe het met de "
                              "derdenregel stond",
            "Where the sender declared the state of the third-party rule"},
        declared);
}

const struct report_spec report_shares_intelligence = {.name = "intelligence",
    .number = "11",
    .title = {"Van een inlichtingendienst", "From an intelligence service"},
    .question = {"Is iets van een inlichtingendienst verder gegeven, en was de "
                 "derdenregel eerst opgeheven?",
        "Was anything of an intelligence service given on, and had the "
        "third-party rule been lifted first?"},
    .law = "Wiv 65",
    .missing = {"De opheffing zelf, getekend door de dienst: hier staat wat de "
                "zender verklaarde. Of een veld inhoud van de dienst bevat, "
                "ziet niemand tussen zender en ontvanger; daarom staat hier al "
                "wat ontvangers van de dienst daarna in die casus gaven.",
        "The lifting itself, signed by the service: this shows what the sender "
        "declared. Whether a field holds what came from the service, nobody "
        "between sender and recipient sees; so this shows all that recipients "
        "of the service gave in that case afterwards."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_intelligence};

/* --- to another municipality --- */

static void
build_handovers(struct report *r)
{
    static const struct report_column of_handover[] = {REPORT_ENTRY,
        REPORT_TIME, REPORT_FROM, REPORT_TO, REPORT_CASE_COLUMN, REPORT_FIELDS,
        {"left_out", {"EROUIT GELATEN", "LEFT OUT"}, 0}, REPORT_RULES,
        REPORT_OUTCOME,
        {"veto_round", {"VETORONDE AFGEROND", "VETO ROUND DONE"},
            REPORT_COLUMN_WORD},
        {"police_veto", {"VETO POLITIE", "POLICE VETO"}, REPORT_COLUMN_WORD},
        {"om_veto", {"VETO OM", "OM VETO"}, REPORT_COLUMN_WORD},
        {"tie", {"BAND", "TIE"}, REPORT_COLUMN_WORD}};
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Overdrachten", "Handovers"}, of_handover,
        sizeof of_handover / sizeof of_handover[0]);

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        uint32_t present;
        json_t *row;
        if (strcmp(s->kind, "overdracht") != 0 || !report_has_share(r, s))
            continue;
        row = report_row(t);
        report_put_transfer(row, s, s->fields);
        if (evidence_present(&present, s))
            report_put_fields(row, "left_out", s, present & ~s->fields);
        else
            json_build_null(row, "left_out");
        report_put_said(row, "veto_round", s, "vetoronde-afgerond");
        report_put_said(row, "police_veto", s, "politie-veto");
        report_put_said(row, "om_veto", s, "om-veto");
        report_put_said(row, "tie", s, "band-met-gemeente");
    }
    put_counts(r, t);
}

const struct report_spec report_shares_handovers = {.name = "handovers",
    .number = "",
    .title = {"Overdrachten aan een andere gemeente",
        "Handovers to another municipality"},
    .question = {"Wat is aan een andere gemeente overgedragen, en bleef "
                 "achterwege wat een deelnemer tegenhield?",
        "What was handed over to another municipality, and was what a "
        "participant vetoed left out?"},
    .law = "W 7",
    .missing = {"De veto's als getekende besluiten: hier staat wat de zender "
                "ervan verklaarde.",
        "The vetoes as signed decisions: this shows what the sender declared "
        "of them."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_handovers};
