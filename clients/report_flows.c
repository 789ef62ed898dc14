/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on whether a case went its way: purposes and phases, designated
 * members, votes. What a sender declared is on the ledger as the
 * class of an attribute; decisions signed by several are not yet. */
#include "report_families.h"

#include <stdio.h>
#include <string.h>

/* The place of PHASE among the phases of the share's agreement, or -1. */
static int
phase_place(const struct evidence_share *s, const char *phase)
{
    const struct agreement *a = s->text == NULL ? NULL : s->text->agreement;
    int i = a == NULL ? -1 : agreement_attribute(a, slice_str(REPORT_PHASE));

    return i < 0 ? -1 : agreement_value(&a->attributes[i], slice_str(phase));
}

/* The phase that its sender declared, "" for none that is certain. */
static const char *
phase_of(char out[EVIDENCE_VALUE], const struct evidence_share *s)
{
    if (evidence_attribute(out, s, REPORT_PHASE) != EVIDENCE_SAID ||
        phase_place(s, out) < 0)
        out[0] = '\0';
    return out;
}

/* --- 6: purposes --- */

static const struct report_column of_purposes[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_PURPOSE, REPORT_CASE_COLUMN,
    {"phase", {"FASE", "PHASE"}, 0},
    {"phase_before", {"FASE ERVOOR", "PHASE BEFORE"}, 0},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};

enum purpose_finding { FINDING_NONE = 0, FINDING_PURPOSE, FINDING_BACK };

static enum purpose_finding
purpose_finding(
    const struct evidence_share *s, const char *phase, const char *before)
{
    if (s->purpose[0] == '\0' ||
        (s->text != NULL && s->text->agreement != NULL &&
            agreement_purpose(s->text->agreement, slice_str(s->purpose)) < 0))
        return FINDING_PURPOSE;
    if (phase[0] != '\0' && before[0] != '\0' &&
        phase_place(s, phase) < phase_place(s, before))
        return FINDING_BACK;
    return FINDING_NONE;
}

static void
put_purpose(struct report_table *t, const struct evidence_share *s,
    const char *const phase[2], enum purpose_finding finding)
{
    json_t *row = report_row(t);

    report_put_share(row, s);
    json_build_text(row, "purpose", s->purpose);
    json_build_text(row, "phase", phase[0]);
    json_build_text(row, "phase_before", phase[1]);
    json_build_text(row, "finding",
        finding == FINDING_PURPOSE ? "no purpose" : "earlier phase");
}

/* Of one case: the phase before is that of the transfer before it. */
static void
case_purposes(struct report *r, struct report_table *t,
    const struct evidence_case *c, uint64_t counts[2])
{
    char before[EVIDENCE_VALUE] = "";
    char now[EVIDENCE_VALUE];

    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        const char *const phase[2] = {phase_of(now, s), before};
        enum purpose_finding finding = purpose_finding(s, now, before);
        if (report_has_share(r, s)) {
            counts[0]++;
            counts[1] += now[0] == '\0';
            if (finding != FINDING_NONE)
                put_purpose(t, s, phase, finding);
        }
        if (now[0] != '\0')
            memcpy(before, now, sizeof before);
    }
}

static void
build_purposes(struct report *r)
{
    uint64_t counts[2] = {0, 0};
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Verstrekkingen die vragen oproepen",
            "Transfers that raise a question"},
        of_purposes, sizeof of_purposes / sizeof of_purposes[0]);

    for (size_t i = 0; i < r->e->cases_n; i++)
        case_purposes(r, t, &r->e->cases[i], counts);
    report_count(r, "transfers",
        (struct report_words){"Verstrekkingen", "Transfers"}, counts[0]);
    report_count(r, "without_phase",
        (struct report_words){"Zonder verklaarde fase", "No phase declared"},
        counts[1]);
    report_count(r, "findings",
        (struct report_words){"Bevindingen", "Findings"},
        json_array_size(t->rows));
}

const struct report_spec report_flows_purposes = {.name = "purposes",
    .number = "6",
    .title = {"Doelen en fasen", "Purposes and phases"},
    .question = {"Welke verstrekkingen hebben geen doel van het convenant, of "
                 "een doel dat niet bij de fase van de casus past?",
        "Which transfers have no purpose of the agreement, or one that is not "
        "in the case's phase?"},
    .law = "W 5, 6; AVG 5(1)b",
    .missing = {"De fase van een casus als getekend besluit: hier staat welke "
                "fase de zender verklaarde, en of een eerdere fase volgt op "
                "een latere in dezelfde casus. Dat doel en verklaarde fase bij "
                "elkaar horen, is bij iedere boeking opnieuw nagerekend.",
        "A case's phase as a signed decision: this shows the phase that the "
        "sender declared, and where an earlier phase follows a later one in "
        "the same case. That purpose and declared phase belong together was "
        "decided again for every entry."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_purposes};

/* --- 7: designated members --- */

static const struct report_column of_designations[] = {REPORT_ENTRY,
    REPORT_TIME, REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN,
    {"declared", {"VERKLAARD", "DECLARED"}, REPORT_COLUMN_WORD},
    {"designation_entry", {"AANWIJZING IN BOEKING", "DESIGNATED AT ENTRY"},
        REPORT_COLUMN_RIGHT},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};

/* The last designation of each party in the case at hand. */
struct designations {
    const struct evidence_share *of[LIMIT_PARTIES];
    size_t n;
};

static const struct evidence_share **
designation(struct designations *all, const char *party)
{
    size_t i = 0;

    while (i < all->n && all->of[i]->to != party)
        i++;
    return i < LIMIT_PARTIES ? &all->of[i] : NULL;
}

static void
designate(struct designations *all, const struct evidence_share *s)
{
    const struct evidence_share **at = designation(all, s->to);

    if (at == NULL)
        return;
    all->n += at == &all->of[all->n];
    *at = s;
}

static const struct evidence_share *
designated_by(struct designations *all, const char *party)
{
    const struct evidence_share **at = designation(all, party);

    return at == NULL || at == &all->of[all->n] ? NULL : *at;
}

static const char *
designation_finding(
    enum evidence_said said, bool declared, const struct evidence_share *by)
{
    if (said == EVIDENCE_UNTOLD)
        return "not told";
    if (!declared)
        return "not designated";
    return by == NULL ? "declared only" : "designated";
}

static void
put_designated(struct report *r, const struct evidence_share *s,
    const struct evidence_share *by, uint64_t counts[3])
{
    char name[LIMIT_NAME + 16];
    char value[EVIDENCE_VALUE];
    enum evidence_said said;
    bool declared;
    json_t *row;

    (void)snprintf(name, sizeof name, "%s-aangewezen", s->to);
    said = evidence_attribute(value, s, name);
    if (said == EVIDENCE_NOT_ASKED)
        return;
    declared = said == EVIDENCE_SAID && strcmp(value, "yes") == 0;
    counts[0]++;
    counts[1] += declared && by == NULL;
    counts[2] += !declared && said != EVIDENCE_UNTOLD;
    row = report_row(&r->table[declared && by != NULL ? 1 : 0]);
    report_put_share(row, s);
    report_put_said(row, "declared", s, name);
    if (by != NULL)
        json_build_uint(row, "designation_entry", by->index);
    else
        json_build_null(row, "designation_entry");
    json_build_text(row, "finding", designation_finding(said, declared, by));
}

static void
case_designations(
    struct report *r, const struct evidence_case *c, uint64_t counts[3])
{
    struct designations all = {.n = 0};

    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        if (strcmp(s->kind, "aanwijzing") == 0)
            designate(&all, s);
        else if (report_has_share(r, s))
            put_designated(r, s, designated_by(&all, s->to), counts);
    }
}

static void
build_designations(struct report *r)
{
    enum { COLUMNS = sizeof of_designations / sizeof of_designations[0] };
    uint64_t counts[3] = {0, 0, 0};

    (void)report_table(r, "findings",
        (struct report_words){"Zonder aanwijzing op het grootboek",
            "With no designation on the ledger"},
        of_designations, COLUMNS);
    (void)report_table(r, "designated",
        (struct report_words){"Aan wie was aangewezen", "To those designated"},
        of_designations, COLUMNS);
    for (size_t i = 0; i < r->e->cases_n; i++)
        case_designations(r, &r->e->cases[i], counts);
    report_count(r, "transfers",
        (struct report_words){"Verstrekkingen waarvoor een aanwijzing nodig is",
            "Transfers that need a designation"},
        counts[0]);
    report_count(r, "declared_only",
        (struct report_words){"Verklaard, zonder aanwijzing op het grootboek",
            "Declared, with no designation on the ledger"},
        counts[1]);
    report_count(r, "not_designated",
        (struct report_words){"Niet aangewezen", "Not designated"}, counts[2]);
}

const struct report_spec report_flows_designations = {.name = "designations",
    .number = "7",
    .title = {"Aangewezen deelnemers", "Designated members"},
    .question = {"Wat ging naar een organisatie die op dat moment niet in die "
                 "casus was aangewezen?",
        "What went to an organisation that was not designated for that case at "
        "that moment?"},
    .law = "W 5(5)",
    .missing = {"De aanwijzing als besluit, getekend door de drie: hier staan "
                "wat de zender verklaarde en het signaal 'aanwijzing' dat de "
                "ontvanger eerder in de casus kreeg.",
        "The designation as a decision signed by the three: this shows what "
        "the sender declared, and the signal 'aanwijzing' that the recipient "
        "had in the case before."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_designations};

/* --- 8: votes --- */

static const struct report_column of_weighing[] = {REPORT_CASE_COLUMN,
    {"entry", {"EERSTE BOEKING IN OVERLEG", "FIRST ENTRY IN MEETING"},
        REPORT_COLUMN_RIGHT},
    REPORT_TIME, {"votes", {"STEMMEN VAN", "VOTES BY"}, 0},
    {"lacking", {"ONTBREKEN", "LACKING"}, 0}};

/* Whether the case was, by what its transfers declare, in the meeting. */
static bool
is_in_meeting(const struct evidence_share *s)
{
    char phase[EVIDENCE_VALUE];

    if (phase_of(phase, s)[0] == '\0')
        return false;
    return strcmp(phase, "overleg") == 0 || strcmp(phase, "plan") == 0 ||
           strcmp(phase, "uitvoering") == 0;
}

/* Bitmask of the group "driehoek", or of the signatories. */
static uint64_t
voters_of(const struct agreement *a)
{
    uint64_t voters = 0;

    for (size_t i = 0; i < a->groups_n; i++) {
        if (strcmp(a->groups[i].name, "driehoek") == 0)
            return a->groups[i].members;
    }
    for (size_t i = 0; i < a->signatories_n; i++)
        voters |= UINT64_C(1) << a->signatories[i];
    return voters;
}

static bool
has_voted(const struct report *r, const struct evidence_case *c, size_t before,
    const char *who)
{
    for (size_t i = 0; i < before; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        if (strcmp(s->kind, "weegstem") == 0 && strcmp(s->from, who) == 0 &&
            s->end != EVIDENCE_WITHDRAWN && s->recall == 0)
            return true;
    }
    return false;
}

/* Returns whether votes lack. */
static bool
put_votes(struct report *r, struct report_table *t,
    const struct evidence_case *c, size_t at)
{
    const struct evidence_share *s = &r->e->shares[c->share[at]];
    const struct agreement *a = s->text->agreement;
    uint64_t voters = voters_of(a);
    json_t *row = report_row(t);
    json_t *votes = json_build_array();
    json_t *lacking = json_build_array();

    report_put_hex(row, "case", c->handle, sizeof c->handle);
    json_build_uint(row, "entry", s->index);
    report_put_time(row, "time", s->time);
    for (size_t i = 0; i < a->parties_n; i++) {
        if ((voters >> i & 1) != 0)
            json_build_add_text(
                has_voted(r, c, at, a->parties[i]) ? votes : lacking,
                a->parties[i]);
    }
    json_build_put(row, "votes", votes);
    json_build_put(row, "lacking", lacking);
    return json_array_size(lacking) > 0;
}

static void
build_weighing(struct report *r)
{
    uint64_t lacking = 0;
    struct report_table *t = report_table(r, "cases",
        (struct report_words){"Casussen in het overleg", "Cases in meeting"},
        of_weighing, sizeof of_weighing / sizeof of_weighing[0]);

    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        size_t at = 0;
        while (at < c->n && !is_in_meeting(&r->e->shares[c->share[at]]))
            at++;
        if (at < c->n && report_has_case(r, c->handle) &&
            report_has_time(r, r->e->shares[c->share[at]].time))
            lacking += put_votes(r, t, c, at);
    }
    report_count(r, "cases",
        (struct report_words){"Casussen in het overleg", "Cases in meeting"},
        json_array_size(t->rows));
    report_count(r, "lacking",
        (struct report_words){"Waarvan niet alle stemmen ervoor op het "
                              "grootboek staan",
            "Of which not all votes stand on the ledger before"},
        lacking);
}

const struct report_spec report_flows_weighing = {.name = "weighing",
    .number = "8",
    .title = {"Weging door de drie", "Weighing by the three"},
    .question = {"Welke casussen in het overleg missen een stem van een van de "
                 "drie, of kenden een tegenstem?",
        "Which cases in the meeting lack a vote of one of the three, or had a "
        "dissent?"},
    .law = "W 5(3)",
    .missing = {"Hoe is gestemd: het oordeel is verzegeld, en alleen de drie "
                "kunnen een tegenstem lezen. Hier staat wie een weegstem "
                "zond voordat de casus in het overleg kwam.",
        "How they voted: the verdict is sealed, and only the three can read a "
        "dissent. This shows who sent a vote (weegstem) before the case came "
        "into the meeting."},
    .takes = REPORT_CASE | REPORT_TIMES,
    .build = build_weighing};
