/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on rights of the data subject: requests and grounds to refuse. */
#include "report_families.h"

#include <string.h>

static const struct report_column columns[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN, REPORT_FIELDS,
    REPORT_RULES, REPORT_OUTCOME,
    {"ground_to_refuse", {"UAVG 41 VERKLAARD", "UAVG 41 DECLARED"},
        REPORT_COLUMN_WORD},
    {"age_days", {"DAGEN OUD", "DAYS OLD"}, REPORT_COLUMN_RIGHT}};

static void
build_notices(struct report *r)
{
    uint64_t requests = 0;
    uint64_t refused = 0;
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Verzoeken en bijdragen erop",
            "Requests and contributions to them"},
        columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        bool asks = strcmp(s->kind, "inzage-raadpleging") == 0;
        json_t *row;
        if ((!asks && strcmp(s->kind, "inzage-bijdrage") != 0) ||
            !report_has_share(r, s))
            continue;
        requests += asks;
        refused += evidence_declares(s, "uavg-41", "yes");
        row = report_row(t);
        report_put_transfer(row, s, s->fields);
        report_put_said(row, "ground_to_refuse", s, "uavg-41");
        report_put_days(row, "age_days", s->time, r->now);
    }
    report_count(r, "consultations",
        (struct report_words){
            "Raadplegingen over een verzoek", "Consultations on a request"},
        requests);
    report_count(r, "refused",
        (struct report_words){"Bijdragen met een grond om te weigeren",
            "Contributions with a ground to refuse"},
        refused);
}

const struct report_spec report_rights_notices = {.name = "notices",
    .number = "16",
    .title = {"Bericht aan de betrokkene", "Notice to the data subject"},
    .question = {"In welke casussen is bericht of inzage uitgesteld of "
                 "geweigerd: gemotiveerd, nog geldig, en wanneer bezien?",
        "In which cases was notice or access withheld: with a motivation, "
        "still valid, and reviewed when?"},
    .law = "W 11; B 4(3); AVG 14; UAVG 41",
    .missing = {"Het uitstel van het bericht van artikel 14 AVG met zijn "
                "motivering, geldigheid en herziening: daarvoor is nog geen "
                "verklaring op het grootboek. Hier staan de verzoeken om "
                "inzage "
                "die erlangs gingen, en of een deelnemer een grond van artikel "
                "41 UAVG verklaarde.",
        "The withholding of the notice of AVG article 14 with its motivation, "
        "validity and review: no statement for it is on the ledger yet. This "
        "shows the access requests that passed along it, and whether a "
        "participant declared a ground of UAVG article 41."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_notices};
