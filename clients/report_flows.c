/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on whether a case went its way: purposes and phases, and designated
 * members. Where a case stood comes from what was stated of it, not from what
 * a sender declares. */
#include "report_families.h"

#include "relation.h"

#include <string.h>

/* --- 6: purposes --- */

static const struct report_column of_purposes[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_PURPOSE, REPORT_CASE_COLUMN,
    {"phase", {"FASE", "PHASE"}, 0}, {"phase_now", {"FASE NU", "PHASE NOW"}, 0},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};

#define IN(p) (1U << (ACT_PHASE_##p))
#define OPEN_CASE                                                              \
    (IN(CASE) | IN(KNOWN) | IN(ENRICHED) | IN(CONFERRED) | IN(PLANNED) |       \
        IN(EXECUTED))

/* In which phases articles 5 to 7 have a purpose; one that is not here is
 * bound to none. A report may come before its case, or begin one. */
static const struct {
    const char *purpose;
    unsigned phases;
} bound[] = {
    {"weging", IN(NONE) | IN(REPORTED) | IN(BROUGHT) | IN(WEIGHED)},
    {"betrekken", IN(CASE) | IN(KNOWN) | IN(ENRICHED)},
    {"duiding", IN(CONFERRED)},
    {"plan", IN(CONFERRED) | IN(PLANNED) | IN(EXECUTED)},
    {"uitvoering", IN(EXECUTED)},
    {"overdracht", OPEN_CASE},
};
/* What tells somebody that a phase has ended comes after it; anybody may report
 * at any time, a member be told of its designation and the coordinator advise
 * while it is a case, and what was brought in be passed on to who joins later.
 */
static const struct {
    const char *kind;
    unsigned phases;
} also[] = {
    {"afwijzing", IN(REJECTED)},
    {"afsluiting", IN(CLOSED)},
    {"terugkoppeling", ~0U},
    {"melding-professional", ~0U},
    {"aanwijzing", OPEN_CASE},
    {"advies-nctv", OPEN_CASE},
    {"doorverstrekking", IN(CONFERRED) | IN(PLANNED) | IN(EXECUTED)},
};

static bool
is_in_phase(const struct evidence_share *s)
{
    for (size_t i = 0; i < sizeof also / sizeof *also; i++) {
        if (strcmp(also[i].kind, s->kind) == 0 &&
            (also[i].phases >> s->phase & 1) != 0)
            return true;
    }
    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++) {
        if (strcmp(bound[i].purpose, s->purpose) == 0)
            return (bound[i].phases >> s->phase & 1) != 0;
    }
    return true;
}

/* NULL: nothing. */
static const char *
purpose_finding(const struct report *r, const struct evidence_share *s)
{
    if (s->purpose[0] == '\0' ||
        (s->text != NULL && s->text->agreement != NULL &&
            agreement_purpose(s->text->agreement, slice_str(s->purpose)) < 0))
        return "no purpose";
    return r->e->complete && !is_in_phase(s) ? "not in this phase" : NULL;
}

static void
put_purpose(struct report *r, struct report_table *t,
    const struct evidence_case *c, const struct evidence_share *s)
{
    const char *finding = purpose_finding(r, s);
    char phase[EVIDENCE_VALUE];
    json_t *row;

    if (finding == NULL)
        return;
    row = report_row(t);
    report_put_share(row, s);
    json_build_text(row, "purpose", s->purpose);
    json_build_text(row, "phase", report_phase(phase, r, s));
    json_build_text(row, "phase_now",
        r->e->complete ? act_phase_name(report_course(r, c)->phase) : "");
    json_build_text(row, "finding", finding);
}

static void
build_purposes(struct report *r)
{
    uint64_t transfers = 0, without = 0;
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Verstrekkingen die vragen oproepen",
            "Transfers that raise a question"},
        of_purposes, sizeof of_purposes / sizeof of_purposes[0]);

    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        for (size_t k = 0; k < c->n; k++) {
            const struct evidence_share *s = &r->e->shares[c->share[k]];
            if (!report_has_share(r, s))
                continue;
            transfers++;
            without += s->phase == ACT_PHASE_NONE;
            put_purpose(r, t, c, s);
        }
    }
    report_count(r, "transfers",
        (struct report_words){"Verstrekkingen", "Transfers"}, transfers);
    if (r->e->complete)
        report_count(r, "without_phase",
            (struct report_words){
                "Voordat de casus begon", "Before the case had begun"},
            without);
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
    .law = "W 5, 6, 7; AVG 5(1)b",
    .missing = {"Doelen die hier niet aan een fase van artikelen 5 tot en met "
                "7 zijn gebonden, zoals openbare-orde en rechten, passen in "
                "elke fase.",
        "Purposes that are not bound here to a phase of articles 5 to 7, such "
        "as openbare-orde and rechten, are in every phase."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_purposes};

/* --- 7: designated members --- */

static const struct report_column of_designations[] = {REPORT_ENTRY,
    REPORT_TIME, REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN,
    {"phase", {"FASE", "PHASE"}, 0},
    {"designation_entry", {"AANWIJZING IN BOEKING", "DESIGNATED AT ENTRY"},
        REPORT_COLUMN_RIGHT},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};
static const struct report_column of_members[] = {REPORT_CASE_COLUMN,
    {"partner", {"DEELNEMER", "MEMBER"}, 0},
    {"role", {"ROL", "ROLE"}, REPORT_COLUMN_WORD},
    {"from_entry", {"VANAF BOEKING", "FROM ENTRY"}, REPORT_COLUMN_RIGHT},
    {"until_entry", {"TOT BOEKING", "UNTIL ENTRY"}, REPORT_COLUMN_RIGHT}};

/* Whether only a member may have S: it is of the meeting, or its agreement
 * asks for that. */
static bool
needs_designation(const struct evidence_share *s)
{
    static const enum relation of_recipient[] = {
        RELATION_DESIGNATED, RELATION_RECIPIENT_DESIGNATED};
    char value[EVIDENCE_VALUE];

    for (size_t i = 0; i < sizeof of_recipient / sizeof *of_recipient; i++) {
        enum evidence_said said =
            evidence_attribute(value, s, relation_name(of_recipient[i]));
        if (said == EVIDENCE_SAID || said == EVIDENCE_UNKNOWN)
            return true;
    }
    return report_is_of_meeting(s);
}

/* The entry by which S's recipient was a member then; 0: it was none. */
static uint64_t
designated_at(const struct course *c, const struct evidence_share *s)
{
    uint8_t name = course_name(c, slice_str(s->to));

    for (uint8_t i = 0; i < c->members_n; i++) {
        const struct course_member *m = &c->member[i];
        if (m->name == name && m->from < s->index &&
            (m->until == 0 || m->until > s->index))
            return m->from;
    }
    return 0;
}

struct designations {
    uint64_t transfers, not_designated, admitted;
};

static void
put_designated(struct report *r, const struct evidence_case *c,
    const struct evidence_share *s, struct designations *n)
{
    bool member = (s->stood & EVIDENCE_TO_MEMBER) != 0;
    bool admitted = !member && (s->stood & EVIDENCE_ADMITTED) != 0;
    const char *finding = "not designated";
    char phase[EVIDENCE_VALUE];
    json_t *row;

    if (!r->e->complete)
        finding = "not told";
    else if (member || admitted)
        finding = member ? "designated" : "admitted";
    n->transfers++;
    n->admitted += admitted;
    n->not_designated += r->e->complete && !member && !admitted;
    row = report_row(&r->table[member || admitted ? 1 : 0]);
    report_put_share(row, s);
    json_build_text(row, "phase", report_phase(phase, r, s));
    report_put_index(row, "designation_entry",
        member ? designated_at(report_course(r, c), s) : 0);
    json_build_text(row, "finding", finding);
}

static void
put_members(struct report *r, const struct evidence_case *c)
{
    const struct course *course = report_course(r, c);

    for (uint8_t i = 0; i < course->members_n; i++) {
        const struct course_member *m = &course->member[i];
        const char *name = report_name(course, m->name);
        json_t *row;
        if (!report_has_party(r, name, NULL))
            continue;
        row = report_row(&r->table[2]);
        report_put_hex(row, "case", c->handle, sizeof c->handle);
        report_put_text(row, "partner", name);
        json_build_text(row, "role",
            m->role == 0 ? "by office" : act_code_name(ACT_DESIGNATE, m->role));
        json_build_uint(row, "from_entry", m->from);
        report_put_index(row, "until_entry", m->until);
    }
}

static void
build_designations(struct report *r)
{
    enum { COLUMNS = sizeof of_designations / sizeof of_designations[0] };
    struct designations n = {0, 0, 0};

    (void)report_table(r, "findings",
        (struct report_words){"Zonder aanwijzing", "Without designation"},
        of_designations, COLUMNS);
    (void)report_table(r, "designated",
        (struct report_words){"Aan wie was aangewezen of toegelaten",
            "To those designated or admitted"},
        of_designations, COLUMNS);
    (void)report_table(r, "members",
        (struct report_words){"Wie aan welke casus deelnam", "Who took part"},
        of_members, sizeof of_members / sizeof of_members[0]);
    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        for (size_t k = 0; k < c->n; k++) {
            const struct evidence_share *s = &r->e->shares[c->share[k]];
            if (report_has_share(r, s) && needs_designation(s))
                put_designated(r, c, s, &n);
        }
        if (report_has_case(r, c->handle) && r->e->complete)
            put_members(r, c);
    }
    report_count(r, "transfers",
        (struct report_words){"Verstrekkingen waarvoor een aanwijzing nodig is",
            "Transfers that need a designation"},
        n.transfers);
    report_count(r, "not_designated",
        (struct report_words){"Niet aangewezen", "Not designated"},
        n.not_designated);
    report_count(r, "admitted",
        (struct report_words){"Aan het loket van een toegelaten derde",
            "For an admitted third "
            "party"},
        n.admitted);
}

const struct report_spec report_flows_designations = {.name = "designations",
    .number = "7",
    .title = {"Aangewezen deelnemers", "Designated members"},
    .question = {"Wat ging naar een organisatie die op dat moment niet in die "
                 "casus was aangewezen?",
        "What went to an organisation that was not designated for that case at "
        "that moment?"},
    .law = "W 5(5)",
    .missing = {"Wat voor de weging, het betrekken en de overdracht ging, "
                "vraagt geen aanwijzing en staat hier niet.",
        "What went for weighing, for finding out who is needed and for a "
        "transfer needs no designation, and is not here."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_designations};
