/* SPDX-License-Identifier: EUPL-1.2
 *
 * Charts that several reports have, of the shares that were asked for. */
#include "report_families.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "replay_rows.h"
#include "smallcells.h"

enum {
    NAMES = 128,
    DAY_S = 24 * 60 * 60,
    DAYS_SHOWN = 31,
    WEEKS_SHOWN = 26,
    MONTHS_SHOWN = 48,
    LABEL = 24,
};

/* Names in the order in which they came. */
struct names {
    const char *of[NAMES];
    size_t n;
};

/* The place of NAME, which is added; NAMES when there is no room. */
static size_t
place(struct names *names, const char *name)
{
    size_t i = 0;

    while (i < names->n && names->of[i] != name)
        i++;
    if (i == names->n && i < NAMES)
        names->of[names->n++] = name;
    return i;
}

static int
compare_names(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void
sort(struct names *names)
{
    qsort(names->of, names->n, sizeof names->of[0], compare_names);
}

static void
put_rows(struct report_chart *c, const struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        report_chart_row(c, i, names->of[i]);
}

/* --- who to whom --- */

/* Figures below k, and what would tell them, are not drawn. */
static void
hide_small(const struct report *r, struct report_chart *c)
{
    size_t rows = c->rows_n + 1;
    size_t columns = c->columns_n + 1;
    uint64_t *value = calloc(rows * columns, sizeof *value);
    bool *hidden = calloc(rows * columns, sizeof *hidden);
    struct smallcells s = {
        rows, columns, value, hidden, r->ask->smallest, true};

    if (value == NULL || hidden == NULL)
        exit(5);
    for (size_t i = 0; i < c->rows_n; i++) {
        for (size_t k = 0; k < c->columns_n; k++) {
            uint64_t v = (uint64_t)*report_chart_at(c, i, k);
            value[i * columns + k] = v;
            value[i * columns + c->columns_n] += v;
            value[c->rows_n * columns + k] += v;
            value[rows * columns - 1] += v;
        }
    }
    if (smallcells_hide(&s) != DHK_OK)
        exit(5);
    for (size_t i = 0; i < c->rows_n; i++) {
        for (size_t k = 0; k < c->columns_n; k++) {
            if (hidden[i * columns + k])
                *report_chart_at(c, i, k) = (double)NAN;
        }
    }
    free(value);
    free(hidden);
}

static void
draw_matrix(struct report *r, bool small)
{
    struct names from = {.n = 0};
    struct names to = {.n = 0};
    struct report_chart *c;

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        if (!report_has_share(r, s))
            continue;
        (void)place(&from, s->from);
        (void)place(&to, s->to);
    }
    sort(&from);
    sort(&to);
    c = report_chart(r, "matrix", REPORT_CHART_MATRIX,
        small ? (struct report_words){"Verstrekkingen: per rij de zender, per "
                                      "kolom de ontvanger (?: verborgen)",
                    "Transfers: a row for each sender, a column for each "
                    "recipient (?: hidden)"}
              : (struct report_words){"Verstrekkingen: per rij de zender, per "
                                      "kolom de ontvanger",
                    "Transfers: a row for each sender, a column for each "
                    "recipient"},
        from.n, to.n);
    put_rows(c, &from);
    for (size_t i = 0; i < to.n; i++)
        report_chart_column(c, i, to.of[i]);
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        size_t row;
        size_t column;
        if (!report_has_share(r, s))
            continue;
        row = place(&from, s->from);
        column = place(&to, s->to);
        if (row < from.n && column < to.n)
            *report_chart_at(c, row, column) += 1;
    }
    if (small)
        hide_small(r, c);
}

void
report_charts_matrix(struct report *r)
{
    draw_matrix(r, false);
}

void
report_charts_small_matrix(struct report *r)
{
    draw_matrix(r, true);
}

/* --- over time --- */

enum step { STEP_DAY, STEP_WEEK, STEP_MONTH, STEP_YEAR };

static void
label_of(char out[LABEL], int64_t seconds, enum step step)
{
    char text[21];

    if (step == STEP_WEEK) {
        replay_rows_week(out, seconds / DAY_S);
        return;
    }
    clock_text(text, seconds);
    text[step == STEP_DAY ? 10 : step == STEP_MONTH ? 7 : 4] = '\0';
    memcpy(out, text, strlen(text) + 1);
}

/* First and last second of the shares asked for; false: there are none. */
static bool
span_of(const struct report *r, int64_t span[2])
{
    bool any = false;

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        if (!report_has_share(r, s))
            continue;
        span[1] = (int64_t)(s->time / 1000);
        if (!any)
            span[0] = span[1];
        any = true;
    }
    return any;
}

static enum step
step_of(const int64_t span[2])
{
    int64_t days = (span[1] - span[0]) / DAY_S + 1;

    return days <= DAYS_SHOWN          ? STEP_DAY
           : days <= WEEKS_SHOWN * 7   ? STEP_WEEK
           : days <= MONTHS_SHOWN * 31 ? STEP_MONTH
                                       : STEP_YEAR;
}

struct labels { /* every moment from the first to the last */
    char of[NAMES][LABEL];
    size_t n;
};

static void
put_labels(struct labels *labels, const int64_t span[2], enum step step)
{
    for (int64_t day = span[0] / DAY_S;
         day <= span[1] / DAY_S && labels->n < NAMES; day++) {
        label_of(labels->of[labels->n], day * DAY_S, step);
        if (labels->n == 0 ||
            strcmp(labels->of[labels->n - 1], labels->of[labels->n]) != 0)
            labels->n++;
    }
}

static size_t
series_of(const struct evidence_share *s)
{
    if (s->end == EVIDENCE_OPEN)
        return 1;
    return s->end == EVIDENCE_ANSWERED && s->answer == ANSWER_TAKEN ? 0 : 2;
}

void
report_charts_time(struct report *r)
{
    int64_t span[2] = {0, 0};
    bool any = span_of(r, span);
    enum step step = step_of(span);
    struct labels labels = {.n = 0};
    char label[LABEL];
    struct report_chart *c;
    size_t at = 0;

    if (any)
        put_labels(&labels, span, step);
    c = report_chart(r, "over_time", REPORT_CHART_COLUMNS,
        (struct report_words){
            "Verstrekkingen in de tijd", "Transfers over time"},
        labels.n, 3);
    report_chart_series(c, 0, (struct report_words){"ontvangen", "received"});
    report_chart_series(
        c, 1, (struct report_words){"onderweg", "on their way"});
    report_chart_series(c, 2,
        (struct report_words){"geweigerd, verlopen, teruggestuurd of "
                              "ingetrokken",
            "refused, expired, returned or withdrawn"});
    for (size_t i = 0; i < labels.n; i++)
        report_chart_row(c, i, labels.of[i]);
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        if (!report_has_share(r, s))
            continue;
        label_of(label, (int64_t)(s->time / 1000), step);
        while (at + 1 < labels.n && strcmp(labels.of[at], label) != 0)
            at++; /* shares come in the order of time */
        *report_chart_at(c, at, series_of(s)) += 1;
    }
}

/* --- withheld and refused --- */

static void
draw_withheld(struct report *r)
{
    struct names kinds = {.n = 0};
    struct report_chart *c;

    for (size_t i = 0; i < r->e->shares_n; i++) {
        if (report_has_share(r, &r->e->shares[i]))
            (void)place(&kinds, r->e->shares[i].kind);
    }
    sort(&kinds);
    c = report_chart(r, "withheld", REPORT_CHART_BARS,
        (struct report_words){"Velden met een waarde, per soort signaal",
            "Fields with a value, by kind of signal"},
        kinds.n, 3);
    report_chart_series(c, 0, (struct report_words){"gedeeld", "shared"});
    report_chart_series(c, 1,
        (struct report_words){
            "achter door het convenant", "withheld by the agreement"});
    report_chart_series(c, 2,
        (struct report_words){
            "achter door de zender", "withheld by the sender"});
    put_rows(c, &kinds);
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        size_t row = place(&kinds, s->kind);
        uint32_t present;
        uint32_t vetoed = 0;
        if (row >= kinds.n || !report_has_share(r, s) ||
            !evidence_present(&present, s))
            continue;
        if (s->is_decided)
            vetoed = present & s->permitted & ~s->wrapped;
        *report_chart_at(c, row, 0) += __builtin_popcount(s->fields);
        *report_chart_at(c, row, 1) +=
            __builtin_popcount(present & ~s->fields & ~vetoed);
        *report_chart_at(c, row, 2) += __builtin_popcount(vetoed);
    }
}

/* For each sender what was refused by the broker, and by recipients; with C
 * NULL only the names are found. */
static void
count_refused(
    const struct report *r, struct names *from, struct report_chart *c)
{
    for (size_t i = 0; i < r->e->refusals_n && !r->ask->has_case; i++) {
        const struct evidence_refusal *x = &r->e->refusals[i];
        size_t row = NAMES;
        if (report_has_time(r, x->time) && report_has_party(r, x->from, NULL))
            row = place(from, x->from);
        if (c != NULL && row < NAMES)
            *report_chart_at(c, row, 0) += (double)x->n;
    }
    for (size_t i = 0; i < r->e->signals_n && !r->ask->has_case; i++) {
        const struct evidence_signal *x = &r->e->signals[i];
        size_t row = NAMES;
        if (x->code != ENTRY_CODE_NONE && report_has_time(r, x->time) &&
            report_has_party(r, x->from, NULL))
            row = place(from, x->from);
        if (c != NULL && row < NAMES)
            *report_chart_at(c, row, 0) += 1;
    }
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *x = &r->e->shares[i];
        size_t row = NAMES;
        if (series_of(x) == 2 && report_has_share(r, x))
            row = place(from, x->from);
        if (c != NULL && row < NAMES)
            *report_chart_at(c, row, 1) += 1;
    }
}

void
report_charts_withheld(struct report *r)
{
    struct names from = {.n = 0};
    struct report_chart *c;

    draw_withheld(r);
    count_refused(r, &from, NULL);
    c = report_chart(r, "refused", REPORT_CHART_BARS,
        (struct report_words){
            "Wat niet aankwam, per zender", "What did not arrive, by sender"},
        from.n, 2);
    report_chart_series(c, 0,
        (struct report_words){"signalen, geweigerd door de makelaar",
            "signals refused by the broker"});
    report_chart_series(c, 1,
        (struct report_words){"verstrekkingen, geweigerd, verlopen, "
                              "teruggestuurd of ingetrokken",
            "transfers refused, expired, returned or withdrawn"});
    put_rows(c, &from);
    count_refused(r, &from, c);
}

/* --- open and overdue --- */

/* Whether its recipient stated since that it destroyed the case. */
static bool
is_destroyed(const struct report *r, const struct evidence_share *s)
{
    for (size_t i = 0; i < r->e->stated_n; i++) {
        const struct evidence_stated *x = &r->e->stated[i];
        if (x->by == s->to && x->what == ACT_DESTROYED && x->index > s->index &&
            x->time <= r->now &&
            memcmp(x->case_handle, s->case_handle, 16) == 0)
            return true;
    }
    return false;
}

static bool
is_overdue(const struct report *r, const struct evidence_share *s)
{
    return series_of(s) == 0 && s->has_at_most &&
           s->end_time + UINT64_C(1000) * DAY_S * s->at_most < r->now &&
           !is_destroyed(r, s);
}

/* As count_refused(), for each recipient. */
static void
count_open(const struct report *r, struct names *to, struct report_chart *c)
{
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        size_t row;
        if (!report_has_share(r, s) ||
            (s->end != EVIDENCE_OPEN && !is_overdue(r, s)))
            continue;
        row = place(to, s->to);
        if (c != NULL && row < NAMES)
            *report_chart_at(c, row, s->end == EVIDENCE_OPEN ? 0 : 2) += 1;
    }
    for (size_t i = 0; i < r->e->recalls_n; i++) {
        const struct evidence_recall *x = &r->e->recalls[i];
        size_t row;
        if (!x->told || x->answer != ANSWER_NONE ||
            !report_has_time(r, x->time) ||
            !report_has_party(r, x->from, x->to))
            continue;
        row = place(to, x->to);
        if (c != NULL && row < NAMES)
            *report_chart_at(c, row, 1) += 1;
    }
}

void
report_charts_open(struct report *r)
{
    struct names to = {.n = 0};
    struct report_chart *c;

    count_open(r, &to, NULL);
    c = report_chart(r, "open", REPORT_CHART_BARS,
        (struct report_words){
            "Wat openstaat, per ontvanger", "What is open, by recipient"},
        to.n, 3);
    report_chart_series(
        c, 0, (struct report_words){"nog niet opgehaald", "not fetched yet"});
    report_chart_series(c, 1,
        (struct report_words){
            "terugroeping zonder antwoord", "recall without an answer"});
    report_chart_series(c, 2,
        (struct report_words){
            "bewaartermijn voorbij", "retention term passed"});
    put_rows(c, &to);
    count_open(r, &to, c);
}
