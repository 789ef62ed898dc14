/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report on police data: agreement of the competent authority, and the
 * consultation that restricted data need. */
#include "report_families.h"

#include <string.h>

enum { POLICE_DATA = 1 << (FIELD_F - FIELD_A) };

static const struct report_column of_approvals[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN, REPORT_FIELDS,
    REPORT_RULES, {"approved_by", {"AKKOORD VAN", "AGREED BY"}, 0},
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

/* Whether the consent that C states stood at S, of somebody else. */
static bool
is_consent_to(const struct report *r, const struct evidence_case *c, size_t at,
    const struct evidence_share *s)
{
    const struct evidence_stated *x = report_stated(r, c, at);

    if (x == NULL || x->what != ACT_CONSENT || x->index > s->index ||
        x->by == s->from || x->until <= (int64_t)(s->time / 1000))
        return false;
    for (size_t i = at + 1; i < c->stated_n; i++) {
        const struct evidence_stated *later = report_stated(r, c, i);
        if (later != NULL && later->index < s->index && later->by == x->by &&
            (later->what == ACT_REVOKE || later->what == ACT_CONSENT))
            return false; /* the newest word counts */
    }
    return true;
}

/* Who agreed to S: by a consent to the case, or by approving S itself. */
static json_t *
approved_by(const struct report *r, const struct evidence_case *c,
    const struct evidence_share *s)
{
    json_t *list = json_build_array();

    for (size_t i = 0; c != NULL && i < c->stated_n; i++) {
        if (is_consent_to(r, c, i, s))
            json_build_add_text(list, report_stated(r, c, i)->by);
    }
    if (s->release == 0)
        return list;
    for (size_t i = 0; i < r->e->releases[s->release - 1].n; i++)
        json_build_add_text(list, r->e->releases[s->release - 1].by[i]);
    return list;
}

/* Whether the kind of S asks for agreement: some disclosures need none. */
static bool
wants_approval(const struct evidence_share *s)
{
    char said[EVIDENCE_VALUE];

    return s->approvals_n > 0 || s->pending ||
           evidence_attribute(said, s, "bevoegd-gezag-akkoord") !=
               EVIDENCE_NOT_ASKED;
}

static const char *
approval_finding(const struct report *r, const struct evidence_share *s,
    const json_t *agreed)
{
    if (restricted(s) != 0 &&
        !evidence_declares(s, "overleg-vastgelegd", "yes"))
        return s->signal == NULL ? "not told" : "no consultation";
    if (json_array_size(agreed) > 0)
        return "in order";
    if (!wants_approval(s))
        return "not asked";
    if (s->pending && s->release == 0)
        return s->end == EVIDENCE_OPEN ? "waits" : "did not go";
    if (evidence_declares(s, "bevoegd-gezag-akkoord", "yes"))
        return s->facts_n > 0 ? "in order" : "declared only";
    return r->e->complete ? "no approval" : "not told";
}

static bool
is_fine(const char *finding)
{
    static const char *const fine[] = {
        "in order", "not asked", "waits", "did not go"};

    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        if (strcmp(finding, fine[i]) == 0)
            return true;
    }
    return false;
}

static void
put_approval(struct report *r, const struct evidence_share *s, uint64_t n[3])
{
    const struct evidence_case *c = evidence_case(r->e, s->case_handle);
    json_t *agreed = approved_by(r, c, s);
    const char *finding = approval_finding(r, s, agreed);
    json_t *row = report_row(&r->table[is_fine(finding) ? 1 : 0]);

    report_put_transfer(row, s, s->fields);
    json_build_put(row, "approved_by", agreed);
    report_put_fields(row, "restricted", s, restricted(s));
    report_put_said(row, "consultation", s, "overleg-vastgelegd");
    json_build_text(row, "finding", finding);
    n[0] += strcmp(finding, "no approval") == 0 ||
            strcmp(finding, "declared only") == 0;
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
    .missing = {"Het overleg over gegevens van Wpg 9 en 10 in woorden: het "
                "grootboek heeft dat de zender het vastlegde. 'not asked': het "
                "convenant vraagt voor deze soort geen akkoord.",
        "The consultation on Wpg 9 and 10 data in words: the ledger has that "
        "the sender recorded it. 'not asked': the agreement asks for no "
        "agreement of the authority for this kind."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_approvals};
