/* SPDX-License-Identifier: EUPL-1.2
 *
 * What every report has; see report.h. */
#include "report_families.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"

enum { MS = 1000 };

const struct report_words report_laws = {
    "W: Wet gegevensverwerking persoonsgerichte aanpak radicalisering en "
    "terroristische activiteiten. B: het besluit bij die wet. Wpg, Bpg: Wet en "
    "Besluit politiegegevens. Wjsg: Wet justitiële en strafvorderlijke "
    "gegevens. Wiv: Wet op de inlichtingen- en veiligheidsdiensten 2017. AVG: "
    "Algemene verordening gegevensbescherming. UAVG: Uitvoeringswet AVG. Gemw: "
    "Gemeentewet. BIO2: Baseline Informatiebeveiliging Overheid.",
    "W: the Dutch act on data processing for the person-specific approach to "
    "radicalisation and terrorist activities. B: the decree under it. Wpg, "
    "Bpg: act and decree on police data. Wjsg: act on judicial data. Wiv: "
    "intelligence and security services act 2017. AVG: GDPR. UAVG: its "
    "implementation act. Gemw: municipalities act. BIO2: the government's "
    "baseline for information security."};

static const struct report_spec *const specs[] = {
    &report_shares_recipients,
    &report_subject_subject,
    &report_shares_police,
    &report_shares_om,
    &report_special_transfers,
    &report_special_representation,
    &report_flows_purposes,
    &report_flows_designations,
    &report_weighing_weighing,
    &report_approvals_approvals,
    &report_third_third,
    &report_onward_intelligence,
    &report_refusals_refusals,
    &report_refusals_recalls,
    &report_overdue_overdue,
    &report_destruction_destruction,
    &report_rights_notices,
    &report_force_in_force,
    &report_people_readers,
    &report_integrity_integrity,
    &report_yearly_yearly,
    &report_people_breach,
    &report_onward_handovers,
    &report_refusals_withheld,
    &report_overview_overview,
};

const struct report_words report_letters = {
    "Categorieën (W 4): a identificerende en contactgegevens; b "
    "burgerservicenummer; c beschrijving van de signalen; d wie ze inbracht; e "
    "nodig voor het plan; f politiegegevens; g justitiële en strafvorderlijke "
    "gegevens; h gegevens over personen om de betrokkene heen.",
    "Categories (W 4): a identifying and contact data; b citizen service "
    "number; c description of the signals; d who brought them; e necessary for "
    "the plan; f police data; g judicial data; h data on persons related to "
    "the subject."};

bool
report_has_categories(const struct report *r)
{
    bool has = false;

    for (size_t i = 0; i < r->tables_n; i++) {
        if (strcmp(r->table[i].key, "categories") == 0)
            return false; /* it has a table of them */
        for (size_t k = 0; k < r->table[i].columns_n; k++)
            has = has || strcmp(r->table[i].columns[k].key, "categories") == 0;
    }
    return has;
}

const struct report_spec *
report_spec(size_t i)
{
    return i < sizeof specs / sizeof specs[0] ? specs[i] : NULL;
}

const struct report_spec *
report_find(const char *name)
{
    for (size_t i = 0; report_spec(i) != NULL; i++) {
        if (strcmp(specs[i]->name, name) == 0)
            return specs[i];
    }
    return NULL;
}

const char *
report_say(const struct report *r, struct report_words words)
{
    return r->lang == RENDER_NL ? words.nl : words.en;
}

void
report_fact(struct report *r, const char *key, struct report_words title,
    unsigned flags, json_t *value)
{
    must(r->facts_n < REPORT_FACTS);
    r->fact[r->facts_n++] = (struct report_fact){key, title, flags, value};
}

void
report_count(
    struct report *r, const char *key, struct report_words title, uint64_t n)
{
    report_fact(r, key, title, 0, json_integer((json_int_t)n));
}

void
report_remark(struct report *r, struct report_words remark)
{
    if (remark.en[0] == '\0')
        return;
    must(r->remarks_n < REPORT_REMARKS);
    r->remark[r->remarks_n++] = remark;
}

struct report_table *
report_table(struct report *r, const char *key, struct report_words title,
    const struct report_column *columns, size_t n)
{
    struct report_table *t = &r->table[r->tables_n];

    must(r->tables_n < REPORT_TABLES);
    r->tables_n++;
    *t = (struct report_table){key, title, columns, n, json_build_array()};
    return t;
}

json_t *
report_row(struct report_table *t)
{
    json_t *row = json_build_object();

    json_build_add(t->rows, row); /* which owns it now */
    return row;
}

/* --- what is left in --- */

bool
report_has_time(const struct report *r, uint64_t ms)
{
    const struct report_ask *ask = r->ask;

    return (ask->since == 0 || ms >= (uint64_t)ask->since * MS) &&
           (ask->until == 0 || ms < (uint64_t)ask->until * MS);
}

bool
report_has_case(const struct report *r, const uint8_t handle[16])
{
    return !r->ask->has_case || memcmp(r->ask->case_handle, handle, 16) == 0;
}

bool
report_has_party(const struct report *r, const char *from, const char *to)
{
    const char *partner = r->ask->partner;

    return partner == NULL || (from != NULL && strcmp(partner, from) == 0) ||
           (to != NULL && strcmp(partner, to) == 0);
}

bool
report_has_share(const struct report *r, const struct evidence_share *s)
{
    return report_has_time(r, s->time) && report_has_case(r, s->case_handle) &&
           report_has_party(r, s->from, s->to);
}

/* --- the whole --- */

void
report_remark_part(struct report *r)
{
    static const struct report_words part = {
        "Dit is alleen wat deze partner van het grootboek mag zien; een "
        "auditor ziet alles.",
        "This is only what this partner may see of the ledger; an auditor "
        "sees all of it."};
    static const struct report_words unread = {
        "Van een convenant op dit grootboek is de tekst hier niet te lezen: "
        "namen van velden en categorieën van wat eronder ging, ontbreken.",
        "The text of an agreement of this ledger cannot be read here: names "
        "of fields and categories of what went under it are lacking."};

    if (!r->e->complete)
        report_remark(r, part);
    for (size_t i = 0; i < r->e->shares_n; i++) {
        if (r->e->shares[i].in_text == NULL) {
            report_remark(r, unread);
            return;
        }
    }
}

void
report_build(struct report *out, const struct report_spec *spec,
    const struct evidence *e, const struct verify_result *verified,
    const struct report_ask *ask)
{
    memset(out, 0, sizeof *out);
    out->spec = spec;
    out->e = e;
    out->verified = verified;
    out->ask = ask;
    out->lang = ask->lang;
    out->now = e->last_time;
    if (ask->until != 0 && (uint64_t)ask->until * MS < out->now)
        out->now = (uint64_t)ask->until * MS;
    report_remark(out, spec->missing);
    report_remark_part(out);
    spec->build(out);
    report_note_dissent(out);
}

void
report_done(struct report *r)
{
    for (size_t i = 0; i < r->facts_n; i++)
        json_decref(r->fact[i].value);
    for (size_t i = 0; i < r->tables_n; i++)
        json_decref(r->table[i].rows);
    for (size_t i = 0; i < r->charts_n; i++)
        report_chart_done(&r->chart[i]);
    free(r->course);
    memset(r, 0, sizeof *r);
}
