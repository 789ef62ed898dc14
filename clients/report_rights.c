/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report on rights of the data subject: who is not told yet, on which
 * ground, with what motivation and for how long; requests for access. */
#include "report_families.h"

#include <string.h>

static const struct report_column of_postponed[] = {REPORT_ENTRY, REPORT_TIME,
    {"by", {"DOOR", "BY"}, 0}, REPORT_CASE_COLUMN,
    {"ground", {"GROND (UAVG 41)", "GROUND (UAVG 41)"}, REPORT_COLUMN_WORD},
    {"motivation", {"MOTIVERING IN BOEKING", "MOTIVATION AT ENTRY"},
        REPORT_COLUMN_RIGHT},
    {"review", {"HERZIENING", "REVIEW"}, REPORT_COLUMN_TIME},
    {"state", {"STAND", "STATE"}, REPORT_COLUMN_WORD},
    {"ended", {"BEËINDIGD", "ENDED"}, REPORT_COLUMN_TIME},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};
static const struct report_column of_requests[] = {REPORT_ENTRY, REPORT_TIME,
    {"by", {"DOOR", "BY"}, 0}, REPORT_CASE_COLUMN,
    {"due", {"ANTWOORD VOOR", "ANSWER DUE"}, REPORT_COLUMN_TIME},
    {"state", {"STAND", "STATE"}, REPORT_COLUMN_WORD},
    {"answered", {"BEANTWOORD", "ANSWERED"}, REPORT_COLUMN_TIME},
    {"answer", {"ANTWOORD", "ANSWER"}, REPORT_COLUMN_WORD}};
static const struct report_column of_transfers[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN, REPORT_FIELDS,
    REPORT_RULES, REPORT_OUTCOME,
    {"ground_to_refuse", {"UAVG 41 VERKLAARD", "UAVG 41 DECLARED"},
        REPORT_COLUMN_WORD},
    {"age_days", {"DAGEN OUD", "DAYS OLD"}, REPORT_COLUMN_RIGHT}};

struct counts {
    uint64_t cases, late, unmotivated, open, unanswered;
};

/* The first statement of C behind AT that is WHAT or ALSO, or NULL. */
static const struct evidence_stated *
next_of(const struct report *r, const struct evidence_case *c, size_t at,
    const enum act what[2])
{
    for (size_t i = at + 1; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s != NULL && (s->what == what[0] || s->what == what[1]))
            return s;
    }
    return NULL;
}

static json_t *
put_statement(struct report_table *t, const struct evidence_stated *s)
{
    json_t *row = report_row(t);

    json_build_uint(row, "entry", s->index);
    report_put_time(row, "time", s->time);
    json_build_text(row, "by", s->by);
    report_put_hex(row, "case", s->case_handle, sizeof s->case_handle);
    return row;
}

/* --- not told yet --- */

/* The share of C with the words of S, or NULL. */
static const struct evidence_share *
motivation_of(const struct report *r, const struct evidence_case *c,
    const struct evidence_stated *s)
{
    for (size_t i = 0; s->has_ref && i < c->n; i++) {
        const struct evidence_share *x = &r->e->shares[c->share[i]];
        if (memcmp(x->id, s->ref, sizeof x->id) == 0)
            return x;
    }
    return NULL;
}

static const char *
postponed_state(const struct report *r, const struct evidence_stated *s,
    const struct evidence_stated *end)
{
    if (end != NULL)
        return end->what == ACT_TELL ? "told" : "renewed";
    return s->until <= report_seconds(r) ? "overdue" : "in force";
}

/* What there is to say of it, in a word; a review that came late is one. */
static const char *
postponed_finding(const struct report *r, const struct evidence_stated *s,
    const struct evidence_stated *end)
{
    if (!s->has_ref)
        return "no motivation";
    if (end == NULL)
        return s->until <= report_seconds(r) ? "overdue" : "in order";
    return (int64_t)(end->time / 1000) > s->until ? "reviewed late"
                                                  : "in order";
}

static void
put_postponed(struct report *r, const struct evidence_case *c, size_t at,
    struct counts *n)
{
    static const enum act ends[2] = {ACT_POSTPONE, ACT_TELL};
    const struct evidence_stated *s = report_stated(r, c, at);
    const struct evidence_stated *end = next_of(r, c, at, ends);
    const struct evidence_share *words = motivation_of(r, c, s);
    json_t *row = put_statement(&r->table[0], s);

    report_put_code(row, "ground", ACT_POSTPONE, s->code);
    report_put_index(row, "motivation", words == NULL ? 0 : words->index);
    report_put_seconds(row, "review", s->until);
    json_build_text(row, "state", postponed_state(r, s, end));
    report_put_time(row, "ended", end == NULL ? 0 : end->time);
    json_build_text(row, "finding", postponed_finding(r, s, end));
    n->cases += end == NULL;
    n->late += end == NULL && s->until <= report_seconds(r);
    n->unmotivated += !s->has_ref;
}

/* --- requests --- */

static void
put_request(struct report *r, const struct evidence_case *c, size_t at,
    struct counts *n)
{
    static const enum act ends[2] = {ACT_ANSWER, ACT_ANSWER};
    const struct evidence_stated *s = report_stated(r, c, at);
    const struct evidence_stated *end = next_of(r, c, at, ends);
    bool late = end == NULL && s->until <= report_seconds(r);
    json_t *row = put_statement(&r->table[1], s);

    report_put_seconds(row, "due", s->until);
    json_build_text(row, "state",
        end != NULL ? "answered"
        : late      ? "overdue"
                    : "open");
    report_put_time(row, "answered", end == NULL ? 0 : end->time);
    report_put_code(row, "answer", ACT_ANSWER, end == NULL ? 0 : end->code);
    n->open += end == NULL;
    n->unanswered += late;
}

static void
put_statements(
    struct report *r, const struct evidence_case *c, struct counts *n)
{
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s == NULL || !report_has_time(r, s->time) ||
            !report_has_party(r, s->by, NULL))
            continue;
        if (s->what == ACT_POSTPONE)
            put_postponed(r, c, i, n);
        else if (s->what == ACT_REQUEST)
            put_request(r, c, i, n);
    }
}

static void
put_transfers(struct report *r)
{
    uint64_t refused = 0;

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        json_t *row;
        if (strcmp(s->purpose, "rechten") != 0 || !report_has_share(r, s))
            continue;
        refused += evidence_declares(s, "uavg-41", "yes");
        row = report_row(&r->table[2]);
        report_put_transfer(row, s, s->fields);
        report_put_said(row, "ground_to_refuse", s, "uavg-41");
        report_put_days(row, "age_days", s->time, r->now);
    }
    report_count(r, "refused",
        (struct report_words){"Bijdragen met een grond om te weigeren",
            "Contributions with a ground to refuse"},
        refused);
}

static void
put_counts(struct report *r, const struct counts *n)
{
    report_count(r, "postponed",
        (struct report_words){"Casussen waarin het bericht is uitgesteld",
            "Cases in which notice is withheld"},
        n->cases);
    report_count(r, "overdue",
        (struct report_words){"Waarvan de herziening te laat is",
            "Of which not reviewed in time"},
        n->late);
    report_count(r, "unmotivated",
        (struct report_words){
            "Besluiten zonder motivering", "Decisions without a motivation"},
        n->unmotivated);
    report_count(r, "requests_open",
        (struct report_words){
            "Verzoeken zonder antwoord", "Requests without an answer"},
        n->open);
    report_count(r, "requests_late",
        (struct report_words){"Waarvan te laat", "Of which late"},
        n->unanswered);
}

static void
build_notices(struct report *r)
{
    struct counts n = {0, 0, 0, 0, 0};

    (void)report_table(r, "postponed",
        (struct report_words){"Uitgesteld bericht", "Notice withheld"},
        of_postponed, sizeof of_postponed / sizeof of_postponed[0]);
    (void)report_table(r, "requests",
        (struct report_words){"Verzoeken om inzage", "Requests for access"},
        of_requests, sizeof of_requests / sizeof of_requests[0]);
    (void)report_table(r, "transfers",
        (struct report_words){"Raadplegingen en bijdragen erop",
            "Consultations and contributions to them"},
        of_transfers, sizeof of_transfers / sizeof of_transfers[0]);
    for (size_t i = 0; i < r->e->cases_n; i++) {
        if (report_has_case(r, r->e->cases[i].handle))
            put_statements(r, &r->e->cases[i], &n);
    }
    put_counts(r, &n);
    put_transfers(r);
}

const struct report_spec report_rights_notices = {.name = "notices",
    .number = "16",
    .title = {"Bericht aan de betrokkene", "Notice to the data subject"},
    .question = {"In welke casussen is bericht of inzage uitgesteld of "
                 "geweigerd: gemotiveerd, nog geldig, en wanneer bezien?",
        "In which cases was notice or access withheld: with a motivation, "
        "still valid, and reviewed when?"},
    .law = "W 11; B 4(3); AVG 14, 15; UAVG 41",
    .missing = {"De motivering in woorden: die is verzegeld in het signaal van "
                "de genoemde boeking. Of de grond nog geldt: dat beoordeelt "
                "wie hem herziet.",
        "The motivation in words: it is sealed in the signal of the entry that "
        "is named. Whether the ground is still valid: who reviews it judges."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_notices};
