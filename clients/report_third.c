/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report on incidental third parties: who was admitted, what was handed to
 * whom, and whether each admission has ended. */
#include "report_families.h"

#include <string.h>

static const struct report_column of_handed[] = {REPORT_ENTRY, REPORT_TIME,
    {"desk", {"LOKET", "DESK"}, 0},
    {"guest", {"DERDE", "THIRD PARTY"}, REPORT_COLUMN_HEX},
    {"expertise", {"DESKUNDIGHEID", "EXPERTISE"}, REPORT_COLUMN_WORD},
    REPORT_CASE_COLUMN,
    {"share", {"UIT BOEKING", "FROM ENTRY"}, REPORT_COLUMN_RIGHT}, REPORT_KIND,
    REPORT_CATEGORIES, REPORT_SPECIAL, REPORT_FIELDS,
    {"until", {"TOELATING TOT", "ADMITTED UNTIL"}, REPORT_COLUMN_TIME},
    {"state", {"TOELATING", "ADMISSION"}, REPORT_COLUMN_WORD}};
static const struct report_column of_admissions[] = {REPORT_CASE_COLUMN,
    {"guest", {"DERDE", "THIRD PARTY"}, REPORT_COLUMN_HEX},
    {"expertise", {"DESKUNDIGHEID", "EXPERTISE"}, REPORT_COLUMN_WORD},
    {"desk", {"LOKET", "DESK"}, 0},
    {"admitted_entry", {"TOEGELATEN IN BOEKING", "ADMITTED AT ENTRY"},
        REPORT_COLUMN_RIGHT},
    {"until", {"TOT", "UNTIL"}, REPORT_COLUMN_TIME},
    {"state", {"STAND", "STATE"}, REPORT_COLUMN_WORD},
    {"dismissed_entry", {"BEËINDIGD IN BOEKING", "DISMISSED AT ENTRY"},
        REPORT_COLUMN_RIGHT},
    {"handed", {"GEGEVEN", "HANDED"}, REPORT_COLUMN_RIGHT}};
static const struct report_column of_desk[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN, REPORT_CATEGORIES,
    REPORT_FIELDS, REPORT_RULES, REPORT_OUTCOME,
    {"admitted", {"TOEGELATEN", "ADMITTED"}, REPORT_COLUMN_WORD},
    {"retain_days", {"BEWAREN (DAGEN)", "RETAIN (DAYS)"}, REPORT_COLUMN_RIGHT}};

/* Whether the admission runs at the report's time, or how it ended. */
static const char *
state_of(const struct report *r, const struct course *c,
    const struct course_guest *g)
{
    if (g->dismissed != 0)
        return "dismissed";
    if (g->until <= report_seconds(r))
        return "expired";
    return course_is_case(c) ? "runs" : "case closed";
}

static const struct course_guest *
guest_of(const struct course *c, const struct evidence_stated *handed)
{
    for (uint8_t i = c->guests_n; i-- > 0;) {
        if (memcmp(c->guest[i].card, handed->ref, sizeof handed->ref) == 0 &&
            c->guest[i].from < handed->index)
            return &c->guest[i];
    }
    return NULL;
}

static void
put_guest(struct report *r, json_t *row, const struct course *c,
    const struct course_guest *g)
{
    if (g == NULL) {
        json_build_null(row, "expertise");
        json_build_null(row, "until");
        json_build_null(row, "state");
        return;
    }
    report_put_code(row, "expertise", ACT_ADMIT, g->code);
    report_put_seconds(row, "until", g->until);
    json_build_text(row, "state", state_of(r, c, g));
}

static void
put_handed(struct report *r, const struct evidence_case *c,
    const struct evidence_stated *s)
{
    const struct course *course = report_course(r, c);
    const struct evidence_share *share = evidence_share_at(r->e, s->about);
    json_t *row = report_row(&r->table[0]);

    json_build_uint(row, "entry", s->index);
    report_put_time(row, "time", s->time);
    json_build_text(row, "desk", s->by);
    report_put_hex(row, "guest", s->ref, sizeof s->ref);
    report_put_hex(row, "case", c->handle, sizeof c->handle);
    json_build_uint(row, "share", s->about);
    put_guest(r, row, course, guest_of(course, s));
    if (share == NULL)
        return;
    json_build_text(row, "kind", share->kind);
    report_put_categories(row, share, share->fields);
    report_put_fields(row, "fields", share, share->fields);
}

/* How often the third party of G was handed something. */
static uint64_t
times_handed(const struct report *r, const struct evidence_case *c,
    const struct course *course, const struct course_guest *g)
{
    uint64_t n = 0;

    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        n += s != NULL && s->what == ACT_HAND && guest_of(course, s) == g;
    }
    return n;
}

struct counts {
    uint64_t admissions, run, handed;
};

static void
put_admissions(
    struct report *r, const struct evidence_case *c, struct counts *n)
{
    const struct course *course = report_course(r, c);

    for (uint8_t i = 0; i < course->guests_n; i++) {
        const struct course_guest *g = &course->guest[i];
        const char *state = state_of(r, course, g);
        const char *desk = report_name(course, g->desk);
        json_t *row;
        if (!report_has_party(r, desk, NULL))
            continue;
        n->admissions++;
        n->run += strcmp(state, "runs") == 0;
        row = report_row(&r->table[1]);
        report_put_hex(row, "case", c->handle, sizeof c->handle);
        report_put_hex(row, "guest", g->card, sizeof g->card);
        report_put_text(row, "desk", desk);
        json_build_uint(row, "admitted_entry", g->from);
        put_guest(r, row, course, g);
        report_put_index(row, "dismissed_entry", g->dismissed);
        json_build_uint(row, "handed", times_handed(r, c, course, g));
    }
}

/* What stands on the ledger of C for third parties. */
static void
put_case(struct report *r, const struct evidence_case *c, struct counts *n)
{
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s == NULL || s->what != ACT_HAND || !report_has_time(r, s->time) ||
            !report_has_party(r, s->by, NULL))
            continue;
        n->handed++;
        put_handed(r, c, s);
    }
    if (c->stated_n > 0)
        put_admissions(r, c, n);
}

/* What a desk of third parties was sent: it is no member itself. */
static bool
is_for_desk(const struct report *r, const struct evidence_share *s)
{
    bool admitted = (s->stood & EVIDENCE_ADMITTED) != 0 &&
                    (s->stood & EVIDENCE_TO_MEMBER) == 0;

    if (r->ask->partner != NULL)
        return strcmp(s->to, r->ask->partner) == 0;
    return admitted || strcmp(s->to, "derdenloket") == 0;
}

static void
put_for_desk(struct report *r)
{
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        json_t *row;
        if (!is_for_desk(r, s) || !report_has_share(r, s))
            continue;
        row = report_row(&r->table[2]);
        report_put_transfer(row, s, s->fields);
        if (r->e->complete)
            json_build_bool(
                row, "admitted", (s->stood & EVIDENCE_ADMITTED) != 0);
        else
            report_put_said(row, "admitted", s, "derde-toegelaten");
    }
}

static void
build_third(struct report *r)
{
    struct counts n = {0, 0, 0};

    (void)report_table(r, "handed",
        (struct report_words){
            "Wat aan derden is gegeven", "What was handed to third parties"},
        of_handed, sizeof of_handed / sizeof of_handed[0]);
    (void)report_table(r, "admissions",
        (struct report_words){"Toelatingen", "Admissions"}, of_admissions,
        sizeof of_admissions / sizeof of_admissions[0]);
    (void)report_table(r, "transfers",
        (struct report_words){"Wat hun loket ontving", "What their desk had"},
        of_desk, sizeof of_desk / sizeof of_desk[0]);
    for (size_t i = 0; i < r->e->cases_n; i++) {
        if (report_has_case(r, r->e->cases[i].handle))
            put_case(r, &r->e->cases[i], &n);
    }
    put_for_desk(r);
    report_count(r, "handed",
        (struct report_words){"Gegeven uittreksels", "Extracts handed"},
        n.handed);
    report_count(r, "admissions",
        (struct report_words){"Toelatingen", "Admissions"}, n.admissions);
    report_count(r, "running",
        (struct report_words){"Waarvan nog lopend", "Of which still running"},
        n.run);
    report_put_counts(r, &r->table[2]);
}

const struct report_spec report_third_third = {.name = "third-parties",
    .number = "10",
    .title = {"Derden op incidentele basis", "Incidental third parties"},
    .question = {"Wat zagen derden op incidentele basis, en is iedere "
                 "toelating geëindigd?",
        "What did incidental third parties see, and has each admission ended?"},
    .law = "W 3(3); B 11",
    .missing = {"Wie een derde is: het grootboek kent de sleutel van zijn "
                "kaart. Of hij het uittreksel las, ziet niemand.",
        "Who a third party is: the ledger knows the key of its card. Whether "
        "it read the extract, nobody sees."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_third};
