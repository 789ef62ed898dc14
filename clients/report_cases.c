/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on the end of cases: terms that have passed, and what was destroyed;
 * and the answer to the person whom a case is about. */
#include "report_families.h"

#include <stdlib.h>
#include <string.h>

#include "terms.h"

enum { MS = 1000, PARTIES = 64 };

/* --- who takes part in a case --- */

struct parties {
    const char *name[PARTIES];
    size_t n;
};

static void
add_party(struct parties *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->name[i] == name)
            return;
    }
    if (p->n < PARTIES)
        p->name[p->n++] = name;
}

/* Who sent something, and who had it or may still get it. */
static void
find_parties(
    struct parties *p, const struct evidence *e, const struct evidence_case *c)
{
    p->n = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &e->shares[c->share[i]];
        add_party(p, s->from);
        if (s->end == EVIDENCE_OPEN || s->end == EVIDENCE_ANSWERED)
            add_party(p, s->to);
    }
}

/* What PARTNER stated last of the case's destruction, or NULL. */
static const struct evidence_stated *
destroyed_by(
    const struct evidence *e, const uint8_t handle[16], const char *partner)
{
    const struct evidence_stated *last = NULL;

    for (size_t i = 0; i < e->stated_n; i++) {
        const struct evidence_stated *s = &e->stated[i];
        if (s->by == partner && s->what == ACT_DESTROYED &&
            memcmp(s->case_handle, handle, 16) == 0)
            last = s;
    }
    return last;
}

static void
put_seconds(json_t *row, const char *key, int64_t s)
{
    report_put_time(row, key, s > 0 ? (uint64_t)s * MS : 0);
}

/* Terms are told as they stand then: also at a time to come. */
static int64_t
time_of(const struct report *r)
{
    return r->ask->until != 0 ? r->ask->until : (int64_t)(r->now / MS);
}

/* --- 14: overdue --- */

static const struct report_column overdue_columns[] = {REPORT_CASE_COLUMN,
    {"partner", {"DEELNEMER", "PARTNER"}, 0},
    {"state", {"STAND", "STATE"}, REPORT_COLUMN_WORD},
    {"last", {"LAATST VERWERKT", "LAST PROCESSED"}, REPORT_COLUMN_TIME},
    {"term", {"TERMIJN", "TERM"}, REPORT_COLUMN_TIME},
    {"overdue_days", {"DAGEN TE LAAT", "DAYS OVERDUE"}, REPORT_COLUMN_RIGHT},
    {"held_until", {"AANGEHOUDEN TOT", "HELD UNTIL"}, REPORT_COLUMN_TIME},
    {"held_by", {"DOOR", "BY"}, 0}};

struct overdue {
    uint64_t in_time, overdue, held, destroyed;
};

/* One partner's part in a case. */
static void
put_term(struct report *r, struct report_table *t, struct overdue *n,
    const uint8_t handle[16], const char *partner)
{
    struct terms terms;
    int64_t now = time_of(r), term;
    const char *state = "overdue";

    terms_of_case(&terms, r->e, handle, partner, now);
    term = terms_later(terms.last, TERMS_YEARS);
    if (destroyed_by(r->e, handle, partner) != NULL) {
        n->destroyed++;
        return;
    }
    if (term > now) {
        n->in_time++;
        return;
    }
    if (terms.held_until != 0)
        state = "held";
    n->held += terms.held_until != 0;
    n->overdue += terms.held_until == 0;
    json_t *row = report_row(t);
    report_put_hex(row, "case", handle, 16);
    json_build_text(row, "partner", partner);
    json_build_text(row, "state", state);
    put_seconds(row, "last", terms.last);
    put_seconds(row, "term", term);
    report_put_days(
        row, "overdue_days", (uint64_t)term * MS, (uint64_t)now * MS);
    put_seconds(row, "held_until", terms.held_until);
    if (terms.held_by != NULL)
        json_build_text(row, "held_by", terms.held_by);
    else
        json_build_null(row, "held_by");
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
    struct overdue n = {0, 0, 0, 0};
    struct parties p;
    struct report_table *t = report_table(r, "overdue",
        (struct report_words){"Voorbij de termijn en niet vernietigd",
            "Past their term and not destroyed"},
        overdue_columns, sizeof overdue_columns / sizeof overdue_columns[0]);

    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        if (!report_has_case(r, c->handle))
            continue;
        find_parties(&p, r->e, c);
        for (size_t k = 0; k < p.n; k++) {
            if (report_has_party(r, p.name[k], NULL))
                put_term(r, t, &n, c->handle, p.name[k]);
        }
    }
    report_count(r, "overdue",
        (struct report_words){
            "Te laat, per deelnemer en casus", "Overdue, by partner and case"},
        n.overdue);
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

const struct report_spec report_cases_overdue = {.name = "overdue",
    .number = "14",
    .title = {"Termijnen", "Terms"},
    .question = {"Welke casussen zijn meer dan vijf jaar na de laatste "
                 "verwerking niet vernietigd, bij wie, en wat houdt ze aan?",
        "Which cases were not destroyed five years after they were last "
        "processed, at whom, and what holds them?"},
    .law = "W 9; W 6(3); B 16; Wjsg 39j; Wpg 25(1)c",
    .missing = {"Of een afgewezen melding meteen vernietigd is, en of een "
                "gesloten casus na afscherming weer geopend is: daarvoor is "
                "nog geen verklaring op het grootboek.",
        "Whether a rejected report was destroyed at once, and whether a closed "
        "case was opened again after shielding: no statement for it is on the "
        "ledger yet."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_UNTIL,
    .build = build_overdue};

/* --- 15: destruction --- */

static const struct report_column destruction_columns[] = {REPORT_CASE_COLUMN,
    {"partner", {"DEELNEMER", "PARTNER"}, 0},
    {"state", {"STAND", "STATE"}, REPORT_COLUMN_WORD},
    {"destroyed", {"VERNIETIGD", "DESTROYED"}, REPORT_COLUMN_TIME},
    REPORT_ENTRY, {"card", {"SLEUTELKAART", "KEY CARD"}, REPORT_COLUMN_HEX},
    {"last", {"LAATST VERWERKT", "LAST PROCESSED"}, REPORT_COLUMN_TIME},
    {"held_until", {"AANGEHOUDEN TOT", "HELD UNTIL"}, REPORT_COLUMN_TIME},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};

/* What is odd about a destruction, in a word. */
static const char *
finding_of(const struct report *r, const struct evidence_stated *s)
{
    struct terms then, all;

    terms_of_case(&then, r->e, s->case_handle, s->by, (int64_t)(s->time / MS));
    terms_of_case(&all, r->e, s->case_handle, s->by, time_of(r));
    if (all.last > (int64_t)(s->time / MS))
        return "processed afterwards";
    if (then.held_until != 0)
        return "while held";
    return "in order";
}

static void
put_destruction(struct report *r, struct report_table *t,
    const uint8_t handle[16], const char *partner)
{
    const struct evidence_stated *s = destroyed_by(r->e, handle, partner);
    struct terms terms;
    json_t *row = report_row(t);

    terms_of_case(&terms, r->e, handle, partner, time_of(r));
    report_put_hex(row, "case", handle, 16);
    json_build_text(row, "partner", partner);
    json_build_text(row, "state",
        s != NULL               ? "destroyed"
        : terms.held_until != 0 ? "held"
                                : "not stated");
    report_put_time(row, "destroyed", s != NULL ? s->time : 0);
    if (s != NULL) {
        json_build_uint(row, "entry", s->index);
        report_put_hex(row, "card", s->card, sizeof s->card);
        json_build_text(row, "finding", finding_of(r, s));
    } else {
        json_build_null(row, "entry");
        json_build_null(row, "card");
        json_build_null(row, "finding");
    }
    put_seconds(row, "last", terms.last);
    put_seconds(row, "held_until", terms.held_until);
}

/* Statements about cases in which nothing was shared: not of the loop over
 * those that were. */
static void
put_unshared(struct report *r, struct report_table *t)
{
    for (size_t i = 0; i < r->e->stated_n; i++) {
        const struct evidence_stated *s = &r->e->stated[i];
        if (s->what == ACT_DESTROYED &&
            report_has_case(r, s->case_handle) &&
            report_has_party(r, s->by, NULL) &&
            evidence_case(r->e, s->case_handle) == NULL &&
            destroyed_by(r->e, s->case_handle, s->by) == s)
            put_destruction(r, t, s->case_handle, s->by);
    }
}

static void
build_destruction(struct report *r)
{
    struct parties p;
    uint64_t stated = 0;
    struct report_table *t = report_table(r, "destruction",
        (struct report_words){"Wie verklaarde wat", "Who stated what"},
        destruction_columns,
        sizeof destruction_columns / sizeof destruction_columns[0]);

    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        if (!report_has_case(r, c->handle))
            continue;
        find_parties(&p, r->e, c);
        for (size_t k = 0; k < p.n; k++) {
            if (!report_has_party(r, p.name[k], NULL))
                continue;
            put_destruction(r, t, c->handle, p.name[k]);
            stated += destroyed_by(r->e, c->handle, p.name[k]) != NULL;
        }
    }
    put_unshared(r, t);
    report_count(r, "expected",
        (struct report_words){"Deelnemers, per casus", "Participants, by case"},
        json_array_size(t->rows));
    report_count(r, "stated",
        (struct report_words){
            "Waarvan vernietigd verklaard", "Of which stated destroyed"},
        stated);
}

const struct report_spec report_cases_destruction = {.name = "destruction",
    .number = "15",
    .title = {"Vernietiging", "Destruction"},
    .question = {"Welke deelnemers hebben van een casus verklaard dat hij bij "
                 "hen vernietigd is, en wanneer?",
        "Which participants stated of a case that it is destroyed at theirs, "
        "and when?"},
    .law = "W 9; W 6(3); B 16",
    .missing = {"Of het ook zo is: een deelnemer ondertekent dat, en het "
                "grootboek kan niet in zijn systemen kijken.",
        "Whether it is so: a participant signs that, and the ledger cannot "
        "look into its systems."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_UNTIL,
    .build = build_destruction};
