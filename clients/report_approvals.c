/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report on police data: agreement of the competent authority, and the
 * consultation that restricted data need. */
#include "report_families.h"

#include <string.h>

enum { POLICE_DATA = 1 << (FIELD_F - FIELD_A) };

static const struct report_column of_approvals[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN, REPORT_FIELDS,
    REPORT_RULES,
    {"approval", {"BEVOEGD GEZAG AKKOORD", "AUTHORITY AGREED"},
        REPORT_COLUMN_WORD},
    {"restricted", {"WPG 9/10/12", "WPG 9/10/12"}, 0},
    {"consultation", {"OVERLEG VASTGELEGD", "CONSULTATION RECORDED"},
        REPORT_COLUMN_WORD},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};

/* Fields of articles 9, 10 and 12 Wpg, as the shipped agreement names them. */
static uint32_t
restricted(const struct evidence_share *s)
{
    static const char *const names[] = {"onderzoeksgegevens", "themagegevens",
        "themagegevens-a-c", "informanten"};
    uint32_t found = 0;

    for (size_t i = 0; s->in_text != NULL && i < sizeof names / sizeof *names;
         i++) {
        int k = agreement_field(s->in_text, slice_str(names[i]));
        if (k >= 0)
            found |= UINT32_C(1) << k;
    }
    return found & s->fields;
}

static const char *
approval_finding(const struct evidence_share *s)
{
    char said[EVIDENCE_VALUE];

    if (evidence_attribute(said, s, "bevoegd-gezag-akkoord") == EVIDENCE_UNTOLD)
        return "not told";
    if (restricted(s) != 0 &&
        !evidence_declares(s, "overleg-vastgelegd", "yes"))
        return "no consultation";
    if (evidence_attribute(said, s, "bevoegd-gezag-akkoord") ==
        EVIDENCE_NOT_ASKED)
        return "not asked";
    return evidence_declares(s, "bevoegd-gezag-akkoord", "yes") ? "in order"
                                                                : "no approval";
}

static void
put_approval(struct report *r, const struct evidence_share *s, uint64_t n[3])
{
    const char *finding = approval_finding(s);
    bool fine =
        strcmp(finding, "in order") == 0 || strcmp(finding, "not asked") == 0;
    json_t *row = report_row(&r->table[fine ? 1 : 0]);

    report_put_transfer(row, s, s->fields);
    report_put_said(row, "approval", s, "bevoegd-gezag-akkoord");
    report_put_fields(row, "restricted", s, restricted(s));
    report_put_said(row, "consultation", s, "overleg-vastgelegd");
    json_build_text(row, "finding", finding);
    n[0] += strcmp(finding, "no approval") == 0;
    n[1] += strcmp(finding, "no consultation") == 0;
    n[2]++;
}

static void
build_approvals(struct report *r)
{
    enum { COLUMNS = sizeof of_approvals / sizeof of_approvals[0] };
    uint64_t n[3] = {0, 0, 0};

    (void)report_table(r, "findings",
        (struct report_words){
            "Verstrekkingen waaraan iets ontbreekt", "That lack something"},
        of_approvals, COLUMNS);
    (void)report_table(r, "others",
        (struct report_words){"Andere verstrekkingen van politiegegevens",
            "Other disclosures of police data"},
        of_approvals, COLUMNS);
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        if ((evidence_categories(s, s->fields) & POLICE_DATA) != 0 &&
            report_has_share(r, s))
            put_approval(r, s, n);
    }
    report_count(r, "transfers",
        (struct report_words){"Verstrekkingen", "Disclosures"}, n[2]);
    report_count(r, "no_approval",
        (struct report_words){"Zonder akkoord van het bevoegd gezag",
            "Without agreement of the competent authority"},
        n[0]);
    report_count(r, "no_consultation",
        (struct report_words){"Gegevens van Wpg 9, 10 of 12 zonder vastgelegd "
                              "overleg",
            "Data of Wpg 9, 10 or 12 without a recorded consultation"},
        n[1]);
}

const struct report_spec report_approvals_approvals = {.name = "approvals",
    .number = "9",
    .title = {"Akkoord van het bevoegd gezag", "Approval of the authority"},
    .question = {"Welke politiegegevens gingen zonder akkoord van het bevoegd "
                 "gezag, of met gegevens van Wpg 9 of 10 zonder vastgelegd "
                 "overleg?",
        "Which police data went without agreement of the competent authority, "
        "or with Wpg 9 or 10 data and no recorded consultation?"},
    .law = "Wpg 20(4); Bpg 4:5",
    .missing = {"Het akkoord en het overleg als getekende verklaring van wie "
                "ze "
                "gaf: hier staat wat de zender verklaarde. 'not asked': het "
                "convenant vraagt er voor deze soort niet om.",
        "Agreement and consultation as signed statements of those who gave "
        "them: this shows what the sender declared. 'not asked': the agreement "
        "does not ask for it of this kind."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_approvals};
