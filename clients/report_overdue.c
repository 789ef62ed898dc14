/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report on terms: what should have been destroyed and was not, and what
 * went on after a case had ended. */
#include "report_families.h"

#include <string.h>

#include "terms.h"

enum { MS = 1000 };

static const struct report_column overdue_columns[] = {REPORT_CASE_COLUMN,
    {"partner", {"DEELNEMER", "PARTNER"}, 0},
    {"state", {"STAND", "STATE"}, REPORT_COLUMN_WORD},
    {"last", {"LAATST VERWERKT", "LAST PROCESSED"}, REPORT_COLUMN_TIME},
    {"term", {"TERMIJN", "TERM"}, REPORT_COLUMN_TIME},
    {"overdue_days", {"DAGEN TE LAAT", "DAYS OVERDUE"}, REPORT_COLUMN_RIGHT},
    {"held_until", {"AANGEHOUDEN TOT", "HELD UNTIL"}, REPORT_COLUMN_TIME},
    {"held_by", {"DOOR", "BY"}, 0}};

struct overdue {
    uint64_t in_time, overdue, rejected, past_date, held, destroyed;
};

/* What is the matter at NOW with a link that is still there, in a word, and
 * counted; NULL: nothing. */
static const char *
state_of(struct report *r, struct overdue *n, const struct evidence_case *c,
    const struct terms *t, int64_t now)
{
    bool rejected;

    if (t->last == 0 || terms_link_end(t) > now) {
        bool held = t->held_until != 0 && t->last != 0 && t->held_until > now &&
                    (terms_later(t->last, TERMS_YEARS) <= now ||
                        (t->due != 0 && t->due <= now));
        n->held += held;
        n->in_time += !held;
        return held ? "held" : NULL;
    }
    if (t->due == 0 || t->due > now) {
        n->overdue++;
        return "overdue";
    }
    rejected = report_course(r, c)->phase == ACT_PHASE_REJECTED;
    n->rejected += rejected;
    n->past_date += !rejected;
    return rejected ? "rejected" : "past its date";
}

/* One partner's part in a case. */
static void
put_term(struct report *r, struct overdue *n, const struct evidence_case *c,
    const char *partner)
{
    struct terms t;
    int64_t now = report_seconds(r), term;
    const char *state;
    json_t *row;

    if (report_destroyed(r, c, partner) != NULL) {
        n->destroyed++;
        return;
    }
    terms_of_case(&t, r->e, c->handle, partner, now);
    state = state_of(r, n, c, &t, now);
    if (state == NULL)
        return;
    term = terms_later(t.last, TERMS_YEARS);
    if (t.due != 0 && t.due < term)
        term = t.due;
    row = report_row(&r->table[0]);
    report_put_hex(row, "case", c->handle, sizeof c->handle);
    json_build_text(row, "partner", partner);
    json_build_text(row, "state", state);
    report_put_seconds(row, "last", t.last);
    report_put_seconds(row, "term", term);
    report_put_days(
        row, "overdue_days", (uint64_t)term * MS, (uint64_t)now * MS);
    report_put_seconds(row, "held_until", t.held_until);
    report_put_text(row, "held_by", t.held_by);
}

/* --- what went on after the end --- */

static const struct report_column after_columns[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_PURPOSE, REPORT_CASE_COLUMN,
    {"phase", {"FASE", "PHASE"}, 0},
    {"ended_entry", {"GEËINDIGD IN BOEKING", "ENDED AT ENTRY"},
        REPORT_COLUMN_RIGHT}};

/* That it ended is told afterwards, and the person has rights then, too. */
static bool
is_of_the_end(const struct evidence_share *s)
{
    static const char *const kinds[] = {
        "afwijzing", "afsluiting", "terugkoppeling"};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(s->kind, kinds[i]) == 0)
            return true;
    }
    return strcmp(s->purpose, "rechten") == 0 ||
           strcmp(s->purpose, "verslag") == 0;
}

static bool
has_ended(enum act_phase p)
{
    return p == ACT_PHASE_REJECTED || p == ACT_PHASE_CLOSED ||
           p == ACT_PHASE_DESTROYED;
}

static void
put_after(struct report *r, const struct evidence_case *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        json_t *row;
        if (!has_ended(s->phase) || is_of_the_end(s) ||
            (r->ask->until != 0 && s->time >= (uint64_t)r->ask->until * MS) ||
            !report_has_party(r, s->from, s->to))
            continue;
        row = report_row(&r->table[1]);
        report_put_share(row, s);
        json_build_text(row, "purpose", s->purpose);
        json_build_text(row, "phase", act_phase_name(s->phase));
        report_put_index(row, "ended_entry", report_course(r, c)->closed);
    }
}

static const struct report_column kind_columns[] = {
    {"kind", {"SOORT", "KIND"}, 0},
    {"rule", {"TERMIJN VANAF", "TERM COUNTED FROM"}, REPORT_COLUMN_WORD},
    {"years", {"JAREN", "YEARS"}, REPORT_COLUMN_RIGHT},
    {"entries", {"BOEKINGEN", "ENTRIES"}, REPORT_COLUMN_RIGHT}};

/* How long entries are kept, by kind. */
static void
put_kinds(struct report *r)
{
    static const char *const rules[] = {[TERMS_OF_CASE] = "last processing",
        [TERMS_OF_ENTRY] = "the entry itself",
        [TERMS_OF_LEDGER] = "no term"};
    struct report_table *t = report_table(r, "kinds",
        (struct report_words){
            "Hoe lang boekingen blijven", "How long entries are kept"},
        kind_columns, sizeof kind_columns / sizeof kind_columns[0]);

    for (unsigned k = 1; k < VERIFY_KINDS; k++) {
        enum terms_rule rule = terms_rule((enum entry_kind)k);
        if (r->e->kinds[k] == 0)
            continue;
        json_t *row = report_row(t);
        json_build_text(row, "kind", entry_kind_name((enum entry_kind)k));
        json_build_text(row, "rule", rules[rule]);
        if (rule == TERMS_OF_LEDGER)
            json_build_null(row, "years");
        else
            json_build_uint(row, "years", TERMS_YEARS);
        json_build_uint(row, "entries", r->e->kinds[k]);
    }
}

static void
build_overdue(struct report *r)
{
    struct overdue n = {0, 0, 0, 0, 0, 0};

    (void)report_table(r, "overdue",
        (struct report_words){"Voorbij de termijn en niet vernietigd",
            "Past their term and not destroyed"},
        overdue_columns, sizeof overdue_columns / sizeof overdue_columns[0]);
    (void)report_table(r, "after_end",
        (struct report_words){"Wat na afsluiting of afwijzing nog ging",
            "What went after a case was closed or rejected"},
        after_columns, sizeof after_columns / sizeof after_columns[0]);

    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        struct report_parties p;
        if (!report_has_case(r, c->handle))
            continue;
        report_parties(&p, r, c);
        for (size_t k = 0; k < p.n; k++) {
            if (report_has_party(r, p.name[k], NULL))
                put_term(r, &n, c, p.name[k]);
        }
        put_after(r, c);
    }
    report_count(r, "overdue",
        (struct report_words){
            "Te laat, per deelnemer en casus", "Overdue, by partner and case"},
        n.overdue);
    report_count(r, "rejected",
        (struct report_words){
            "Afgewezen en niet vernietigd", "Rejected and not destroyed"},
        n.rejected);
    report_count(r, "past_date",
        (struct report_words){"Gesloten, voorbij de datum van vernietiging",
            "Closed, past the date of destruction"},
        n.past_date);
    report_count(r, "after_end",
        (struct report_words){"Verstrekt na afsluiting of afwijzing",
            "Shared after closing or rejection"},
        json_array_size(r->table[1].rows));
    report_count(r, "held",
        (struct report_words){
            "Aangehouden na de termijn", "Held beyond the term"},
        n.held);
    report_count(r, "in_time",
        (struct report_words){"Binnen de termijn", "Within the term"},
        n.in_time);
    report_count(r, "destroyed",
        (struct report_words){"Vernietigd verklaard", "Stated destroyed"},
        n.destroyed);
    put_kinds(r);
}

const struct report_spec report_overdue_overdue = {.name = "overdue",
    .number = "14",
    .title = {"Termijnen", "Terms"},
    .question = {"Welke casussen zijn niet op tijd vernietigd, bij wie, en wat "
                 "houdt ze aan; en wat ging nog na afsluiting?",
        "Which cases were not destroyed in time, at whom, and what holds them; "
        "and what went after closing?"},
    .law = "W 9; W 6(3); B 16; Wjsg 39j; Wpg 25(1)c",
    .missing = {"Wat een deelnemer buiten dit stelsel bewaart.",
        "What a participant keeps outside this system."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_UNTIL,
    .build = build_overdue};
