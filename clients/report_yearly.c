/* SPDX-License-Identifier: EUPL-1.2
 *
 * The figures for the yearly report: no figure below k, nor one that what is
 * shown would tell. */
#include "report_families.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "smallcells.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, YEARS = 64 };

enum figure {
    FIGURE_REPORTS = 0,
    FIGURE_PRESENTED,
    FIGURE_REJECTED,
    FIGURE_OPENED,
    FIGURE_CLOSED,
    FIGURE_TRANSFERS,
    FIGURE_WITHHELD,
    FIGURE_RECALLED,
    FIGURES,
};
static const char *const keys[FIGURES] = {"reports", "presented", "rejected",
    "opened", "closed", "transfers", "with_withheld", "recalled"};

struct durations { /* days of cases closed in a year */
    uint32_t *days;
    size_t n, cap;
};
struct yearly {
    struct report *r;
    int first, last; /* years */
    size_t rows;     /* years, and the total */
    uint64_t *value; /* rows x FIGURES */
    bool *hidden;
    struct durations of[YEARS];
};

static int
year_of(uint64_t ms)
{
    char text[21];

    clock_text(text, (int64_t)(ms / 1000));
    text[4] = '\0';
    return (int)strtol(text, NULL, 10);
}

/* One more of FIGURE in the year of MS; years that are not asked for, not. */
static void
count(struct yearly *y, enum figure figure, uint64_t ms)
{
    int year = year_of(ms);

    if (year < y->first || year > y->last || !report_has_time(y->r, ms))
        return;
    y->value[(size_t)(year - y->first) * FIGURES + figure]++;
    y->value[(y->rows - 1) * FIGURES + figure]++;
}

/* --- cases whose course is on the ledger --- */

static bool
has_course(const struct evidence *e, const struct evidence_case *c)
{
    for (size_t i = 0; e->complete && i < c->stated_n; i++) {
        const struct evidence_stated *s = &e->stated[c->stated[i]];
        if (s->taken && s->what >= ACT_REPORT)
            return true;
    }
    return false;
}

/* When the first statement that brought C into PHASE was made, or 0. */
static uint64_t
reached(
    const struct yearly *y, const struct evidence_case *c, enum act_phase phase)
{
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = &y->r->e->stated[c->stated[i]];
        if (s->taken && s->phase == phase)
            return s->time;
    }
    return 0;
}

/* --- others: by what was sent --- */

/* Reports and presented persons, by signals: once each, to whomever it went.
 */
static void
count_signal(struct yearly *y, const struct evidence_share *s, bool *seen)
{
    if (s->signal == NULL)
        return;
    seen += s->signal - y->r->e->signals;
    if (*seen)
        return;
    *seen = true;
    if (strncmp(s->kind, "melding", 7) == 0)
        count(y, FIGURE_REPORTS, s->signal->time);
    else if (strncmp(s->kind, "aanmelding", 10) == 0)
        count(y, FIGURE_PRESENTED, s->signal->time);
}

static void
count_shares(struct yearly *y)
{
    const struct evidence *e = y->r->e;

    for (size_t i = 0; i < e->shares_n; i++) {
        const struct evidence_share *s = &e->shares[i];
        uint32_t present;
        count(y, FIGURE_TRANSFERS, s->time);
        if (evidence_present(&present, s) && (present & ~s->fields) != 0)
            count(y, FIGURE_WITHHELD, s->time);
    }
    for (size_t i = 0; i < e->recalls_n; i++)
        count(y, FIGURE_RECALLED, e->recalls[i].time);
}

static bool
declares(const struct evidence_share *s, const char *phase)
{
    return evidence_declares(s, REPORT_PHASE, phase);
}

static bool
is_rejected(const struct evidence_share *s)
{
    return strcmp(s->kind, "afwijzing") == 0 || declares(s, "afgewezen");
}

static bool
is_opened(const struct evidence_share *s)
{
    return declares(s, "overleg");
}

static bool
is_closed(const struct evidence_share *s)
{
    return strcmp(s->kind, "afsluiting") == 0 || declares(s, "afgesloten");
}

/* When the first share of C was such, or 0. */
static uint64_t
first_such(const struct yearly *y, const struct evidence_case *c,
    bool (*is)(const struct evidence_share *s))
{
    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &y->r->e->shares[c->share[i]];
        if (is(s))
            return s->time;
    }
    return 0;
}

/* --- durations --- */

static void
add_duration(struct yearly *y, uint64_t from, uint64_t until)
{
    int year = year_of(until);
    struct durations *d;
    uint32_t *list;

    if (year < y->first || year > y->last)
        return;
    for (size_t k = 0; k < 2; k++) { /* of the year, and of all */
        d = &y->of[k == 0 ? (size_t)(year - y->first) : y->rows - 1];
        list = d->days;
        if (d->n == d->cap) {
            d->cap = d->cap == 0 ? 64 : 2 * d->cap;
            list = reallocarray(d->days, d->cap, sizeof *list);
            if (list == NULL)
                exit(5);
        }
        d->days = list;
        d->days[d->n++] = (uint32_t)((until - from) / DAY_MS);
    }
}

struct milestones { /* of one case, ms; 0: it did not come so far */
    uint64_t begun, reported, brought, rejected, opened, closed;
};

static void
find_milestones(
    struct milestones *m, const struct yearly *y, const struct evidence_case *c)
{
    const struct evidence *e = y->r->e;

    *m = (struct milestones){
        .begun = c->n == 0 ? UINT64_MAX : e->shares[c->share[0]].time};
    if (has_course(e, c)) {
        m->reported = reached(y, c, ACT_PHASE_REPORTED);
        m->brought = reached(y, c, ACT_PHASE_BROUGHT);
        m->rejected = reached(y, c, ACT_PHASE_REJECTED);
        m->opened = reached(y, c, ACT_PHASE_CASE);
        m->closed = reached(y, c, ACT_PHASE_CLOSED);
        if (m->reported == 0)
            m->reported = m->brought; /* it began so */
        if (m->reported != 0 && m->reported < m->begun)
            m->begun = m->reported;
        return;
    }
    m->rejected = first_such(y, c, is_rejected);
    m->opened = first_such(y, c, is_opened);
    m->closed = first_such(y, c, is_closed);
}

static void
count_case(struct yearly *y, const struct evidence_case *c)
{
    struct milestones m;

    find_milestones(&m, y, c);
    if (m.reported != 0)
        count(y, FIGURE_REPORTS, m.reported);
    if (m.brought != 0)
        count(y, FIGURE_PRESENTED, m.brought);
    if (m.rejected != 0)
        count(y, FIGURE_REJECTED, m.rejected);
    if (m.opened != 0)
        count(y, FIGURE_OPENED, m.opened);
    if (m.closed == 0)
        return;
    count(y, FIGURE_CLOSED, m.closed);
    if (report_has_time(y->r, m.closed))
        add_duration(y, m.begun, m.closed);
}

static void
count_cases(struct yearly *y)
{
    const struct evidence *e = y->r->e;
    bool *seen = calloc(e->signals_n + 1, sizeof *seen);

    if (seen == NULL)
        exit(5);
    for (size_t i = 0; i < e->cases_n; i++) {
        const struct evidence_case *c = &e->cases[i];
        count_case(y, c);
        for (size_t k = 0; !has_course(e, c) && k < c->n; k++)
            count_signal(y, &e->shares[c->share[k]], seen);
    }
    free(seen);
}

static int
compare_days(const void *x, const void *y)
{
    const uint32_t *a = x, *b = y;

    return (*a > *b) - (*a < *b);
}

/* The median, rounded down; of fewer than k cases it is not told. */
static json_t *
median(const struct yearly *y, struct durations *d, bool hidden)
{
    if (d->n == 0 || d->n < y->r->ask->smallest || hidden)
        return json_null();
    qsort(d->days, d->n, sizeof d->days[0], compare_days);
    return json_integer(
        (d->days[(d->n - 1) / 2] + (json_int_t)d->days[d->n / 2]) / 2);
}

/* --- the table --- */

static void
put_year(struct yearly *y, struct report_table *t, size_t i)
{
    json_t *row = report_row(t);
    char year[16];

    if (i + 1 == y->rows)
        json_build_text(row, "year",
            report_say(y->r, (struct report_words){"totaal", "total"}));
    else {
        (void)snprintf(year, sizeof year, "%d", y->first + (int)i);
        json_build_text(row, "year", year);
    }
    for (size_t k = 0; k < FIGURES; k++) {
        if (y->hidden[i * FIGURES + k])
            json_build_null(row, keys[k]);
        else
            json_build_uint(row, keys[k], y->value[i * FIGURES + k]);
    }
    json_build_put(row, "median_days",
        median(y, &y->of[i], y->hidden[i * FIGURES + FIGURE_CLOSED]));
}

static void
put_table(struct yearly *y)
{
    enum { HIDES = REPORT_COLUMN_RIGHT | REPORT_COLUMN_SMALL };
    static const struct report_column columns[] = {
        {"year", {"JAAR", "YEAR"}, 0},
        {"reports", {"MELDINGEN", "REPORTS"}, HIDES},
        {"presented", {"AANMELDINGEN", "PRESENTED"}, HIDES},
        {"rejected", {"AFGEWEZEN", "REJECTED"}, HIDES},
        {"opened", {"GEOPEND", "OPENED"}, HIDES},
        {"closed", {"AFGESLOTEN", "CLOSED"}, HIDES},
        {"median_days", {"MEDIAAN DAGEN", "MEDIAN DAYS"}, HIDES},
        {"transfers", {"VERSTREKKINGEN", "TRANSFERS"}, HIDES},
        {"with_withheld", {"MET ACHTERGEBLEVEN", "WITH WITHHELD"}, HIDES},
        {"recalled", {"TERUGGEROEPEN", "RECALLED"}, HIDES}};
    struct report_table *t = report_table(y->r, "years",
        (struct report_words){"Cijfers per jaar", "Figures by year"}, columns,
        sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < y->rows; i++)
        put_year(y, t, i);
}

static void
put_chart(struct yearly *y)
{
    struct report_chart *c = report_chart(y->r, "by_year", REPORT_CHART_COLUMNS,
        (struct report_words){"Verstrekkingen per jaar", "Transfers by year"},
        y->rows - 1, 1);
    char year[16];

    report_chart_series(
        c, 0, (struct report_words){"verstrekkingen", "transfers"});
    for (size_t i = 0; i + 1 < y->rows; i++) {
        size_t at = i * FIGURES + FIGURE_TRANSFERS;
        (void)snprintf(year, sizeof year, "%d", y->first + (int)i);
        report_chart_row(c, i, year);
        *report_chart_at(c, i, 0) =
            y->hidden[at] ? (double)NAN : (double)y->value[at];
    }
}

static void
build_yearly(struct report *r)
{
    struct yearly *y = calloc(1, sizeof *y);

    if (y == NULL)
        exit(5);
    y->r = r;
    y->first = year_of(r->e->first_time);
    y->last = year_of(r->e->last_time);
    if (r->ask->since != 0 &&
        year_of((uint64_t)r->ask->since * 1000) > y->first)
        y->first = year_of((uint64_t)r->ask->since * 1000);
    if (r->ask->until != 0 &&
        year_of((uint64_t)(r->ask->until - 1) * 1000) < y->last)
        y->last = year_of((uint64_t)(r->ask->until - 1) * 1000);
    if (y->last < y->first)
        y->last = y->first;
    if (y->last - y->first > YEARS - 2)
        y->first = y->last - (YEARS - 2);
    y->rows = (size_t)(y->last - y->first) + 2;
    y->value = calloc(y->rows * FIGURES, sizeof *y->value);
    y->hidden = calloc(y->rows * FIGURES, sizeof *y->hidden);
    if (y->value == NULL || y->hidden == NULL)
        exit(5);
    count_shares(y);
    count_cases(y);
    struct smallcells s = {
        y->rows, FIGURES, y->value, y->hidden, r->ask->smallest, false};
    if (smallcells_hide(&s) != DHK_OK)
        exit(5);
    report_count(r, "smallest",
        (struct report_words){
            "Kleinste getal dat wordt genoemd", "Smallest figure that is told"},
        r->ask->smallest);
    put_table(y);
    put_chart(y);
    report_charts_small_matrix(r);
    for (size_t i = 0; i < y->rows; i++)
        free(y->of[i].days);
    free(y->value);
    free(y->hidden);
    free(y);
}

const struct report_spec report_yearly_yearly = {.name = "yearly",
    .number = "20",
    .title = {"Cijfers voor het jaarverslag", "Figures for the yearly report"},
    .question = {"Hoeveel meldingen, aanmeldingen, afwijzingen, geopende en "
                 "gesloten casussen, hoe lang duurden zij, en hoe bruikbaar "
                 "waren de gegevens?",
        "How many reports, presented, rejected, opened and closed cases, how "
        "long did they take, and how useful were the data?"},
    .law = "W 18; Gemw 180",
    .missing = {"Hoe bruikbaar de gegevens waren: daarvoor is nog geen "
                "verklaring op het grootboek. Een casus is geopend als de drie "
                "eensluidend oordeelden. Waarvan niets is verklaard, telt mee "
                "door de signalen die gingen. Jaren zijn in UTC. 'verborgen': "
                "minder dan het kleinste getal, of verborgen omdat zo'n getal "
                "anders uit te rekenen was.",
        "How useful the data were: no statement for it is on the ledger yet. A "
        "case is opened when the three judged unanimously. One of which "
        "nothing was stated counts by the signals that went. Years are UTC. "
        "'hidden': below the smallest figure, or hidden because such a figure "
        "could be computed otherwise."},
    .takes = REPORT_TIMES | REPORT_SMALLEST,
    .build = build_yearly};
