/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report on votes: whether what is in the meeting was judged unanimously,
 * by all who had to. */
#include "report_families.h"

#include <string.h>

static const struct report_column columns[] = {REPORT_CASE_COLUMN,
    {"phase", {"FASE", "PHASE"}, 0},
    {"entry", {"EERSTE BOEKING IN OVERLEG", "FIRST ENTRY IN MEETING"},
        REPORT_COLUMN_RIGHT},
    REPORT_TIME, {"yes", {"VOOR", "YES"}, 0}, {"no", {"TEGEN", "NO"}, 0},
    {"lacking", {"ONTBREKEN", "LACKING"}, 0},
    {"no_signal", {"STEM ZONDER SIGNAAL", "VOTE WITHOUT SIGNAL"}, 0},
    {"vote_by", {"STEMMEN VOOR", "VOTES DUE"}, REPORT_COLUMN_TIME},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};

/* The first share of C that is of the meeting, or NULL. */
static const struct evidence_share *
first_of_meeting(const struct report *r, const struct evidence_case *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        if (report_is_of_meeting(s) && report_has_time(r, s->time))
            return s;
    }
    return NULL;
}

/* Whether the sealed vote that V names went out before it. */
static bool
has_signal(const struct report *r, const struct evidence_case *c,
    const struct evidence_stated *v)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        if (s->index < v->index && s->from == v->by && s->recall == 0 &&
            memcmp(s->id, v->ref, sizeof s->id) == 0)
            return true;
    }
    return false;
}

struct votes {
    json_t *yes, *no, *lacking, *no_signal;
    uint64_t before; /* votes later than the first share of the meeting are
                        too late; 0: there is none */
};

static bool
has_voted(const struct votes *v, const char *who)
{
    for (size_t k = 0; k < 2; k++) {
        const json_t *list = k == 0 ? v->yes : v->no;
        for (size_t i = 0; i < json_array_size(list); i++) {
            if (strcmp(json_string_value(json_array_get(list, i)), who) == 0)
                return true;
        }
    }
    return false;
}

/* Those that sign the agreement that was in force at TIME. */
static void
put_lacking(struct report *r, struct votes *v, uint64_t time)
{
    const struct evidence_text *t = evidence_in_force(r->e, time);
    const struct agreement *a = t == NULL ? NULL : t->agreement;

    for (size_t i = 0; a != NULL && i < a->signatories_n; i++) {
        const char *who = a->parties[a->signatories[i]];
        if (!has_voted(v, who))
            json_build_add_text(v->lacking, who);
    }
}

/* Whether who made statement AT of C voted again, under another agreement: the
 * later vote counts. */
static bool
is_voted_again(const struct report *r, const struct evidence_case *c, size_t at)
{
    for (size_t i = at + 1; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s != NULL && s->what == ACT_VOTE &&
            s->by == report_stated(r, c, at)->by)
            return true;
    }
    return false;
}

static void
read_votes(struct report *r, const struct evidence_case *c, struct votes *v)
{
    uint64_t time = r->now;

    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s == NULL || (s->what != ACT_WEIGH && s->what != ACT_VOTE &&
                             s->what != ACT_LAPSE))
            continue;
        time = s->time;
        if (s->what != ACT_VOTE || (v->before != 0 && s->index > v->before) ||
            is_voted_again(r, c, i))
            continue;
        json_build_add_text(evidence_is_dissent(s) ? v->no : v->yes, s->by);
        if (!has_signal(r, c, s))
            json_build_add_text(v->no_signal, s->by);
    }
    put_lacking(r, v, time);
}

static const char *
finding_of(
    const struct report *r, const struct votes *v, const struct course *c)
{
    if (json_array_size(v->no) > 0)
        return "dissent";
    if (json_array_size(v->lacking) == 0)
        return json_array_size(v->no_signal) > 0 ? "no signal" : "unanimous";
    if (v->before == 0 && c->lapsed)
        return "lapsed";
    if (v->before == 0 && c->phase == ACT_PHASE_WEIGHED &&
        report_seconds(r) < c->vote_by)
        return "to-decide";
    return "lacking";
}

struct counts {
    uint64_t cases, in_meeting, lacking, dissent;
};

static void
put_case(struct report *r, const struct evidence_case *c, struct counts *n)
{
    const struct evidence_share *s = first_of_meeting(r, c);
    struct votes v = {.before = s == NULL ? 0 : s->index};
    const struct course *course = report_course(r, c);
    const char *finding;
    bool fine;
    json_t *row;

    v.yes = json_build_array();
    v.no = json_build_array();
    v.lacking = json_build_array();
    v.no_signal = json_build_array();
    read_votes(r, c, &v);
    finding = finding_of(r, &v, course);
    fine = strcmp(finding, "unanimous") == 0 ||
           strcmp(finding, "to-decide") == 0 || strcmp(finding, "lapsed") == 0;
    n->cases++;
    n->in_meeting += s != NULL;
    n->lacking += s != NULL && strcmp(finding, "lacking") == 0;
    n->dissent += strcmp(finding, "dissent") == 0;
    row = report_row(&r->table[fine ? 1 : 0]);
    report_put_hex(row, "case", c->handle, sizeof c->handle);
    json_build_text(row, "phase", act_phase_name(course->phase));
    report_put_index(row, "entry", v.before);
    report_put_time(row, "time", s == NULL ? 0 : s->time);
    json_build_put(row, "yes", v.yes);
    json_build_put(row, "no", v.no);
    json_build_put(row, "lacking", v.lacking);
    json_build_put(row, "no_signal", v.no_signal);
    report_put_seconds(row, "vote_by", course->vote_by);
    json_build_text(row, "finding", finding);
}

/* Whether C was to be voted on, or is in the meeting. */
static bool
is_weighed(struct report *r, const struct evidence_case *c)
{
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s != NULL && report_has_time(r, s->time) &&
            (s->what == ACT_WEIGH || s->what == ACT_VOTE))
            return true;
    }
    return first_of_meeting(r, c) != NULL;
}

static void
build_weighing(struct report *r)
{
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    struct counts n = {0, 0, 0, 0};

    (void)report_table(r, "findings",
        (struct report_words){
            "Casussen waarover iets te zeggen is", "Cases with a finding"},
        columns, COLUMNS);
    (void)report_table(r, "cases",
        (struct report_words){"Andere gewogen casussen", "Other cases weighed"},
        columns, COLUMNS);
    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        if (report_has_case(r, c->handle) && is_weighed(r, c))
            put_case(r, c, &n);
    }
    report_count(
        r, "cases", (struct report_words){"Casussen", "Cases"}, n.cases);
    report_count(r, "in_meeting",
        (struct report_words){"Waarvan in het overleg", "Of which in meeting"},
        n.in_meeting);
    report_count(r, "lacking",
        (struct report_words){"In het overleg zonder alle stemmen",
            "In meeting without all "
            "votes"},
        n.lacking);
    report_count(r, "dissents",
        (struct report_words){"Met een tegenstem", "With a dissent"},
        n.dissent);
}

const struct report_spec report_weighing_weighing = {.name = "weighing",
    .number = "8",
    .title = {"Weging door de drie", "Weighing by the three"},
    .question = {"Welke casussen in het overleg missen een stem van een van de "
                 "drie, of kenden een tegenstem?",
        "Which cases in the meeting lack a vote of one of the three, or had a "
        "dissent?"},
    .law = "W 5(3)",
    .missing = {"De scores en de motivering: die zijn verzegeld, en alleen de "
                "drie kunnen ze lezen. Hier staat hoe ieder stemde, en of het "
                "signaal dat de stem noemt ervoor op het grootboek staat.",
        "Scores and reasons: they are sealed, and only the three can read "
        "them. This shows how each voted, and whether the signal that the vote "
        "names stands on the ledger before it."},
    .takes = REPORT_CASE | REPORT_TIMES,
    .build = build_weighing};
