/* SPDX-License-Identifier: EUPL-1.2
 *
 * Charts as SVG: no script, no font, nothing from elsewhere. Every figure is
 * written beside its shade, so that a print in black says the same. */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"

enum {
    WIDTH = 640,  /* of every chart, in units of the page */
    LABEL = 190,  /* room for the labels of rows */
    ROW = 24,     /* a row of bars */
    BOX_MAX = 56, /* a box of the matrix */
    BOX_H = 26,
    BOX_TEXT = 17, /* from its top to its figure */
    HEAD = 110,    /* room for the labels of columns, which stand */
    PLOT = 170,    /* height of the columns */
    SHOWN_LABELS = 20,
    LABEL_SHOWN = 26, /* characters */
    LEGEND_ROW = 19,
};

struct report_chart *
report_chart(struct report *r, const char *key, enum report_chart_kind kind,
    struct report_words title, size_t rows, size_t columns)
{
    struct report_chart *c = &r->chart[r->charts_n];

    must(r->charts_n < REPORT_CHARTS);
    must(kind == REPORT_CHART_MATRIX || columns <= REPORT_SERIES);
    memset(c, 0, sizeof *c);
    c->key = key;
    c->kind = kind;
    c->title = title;
    c->rows_n = rows;
    c->columns_n = columns;
    c->series_n = kind == REPORT_CHART_MATRIX ? 0 : columns;
    c->row = calloc(rows + 1, sizeof *c->row);
    c->column = calloc(columns + 1, sizeof *c->column);
    c->value = calloc(rows * columns + 1, sizeof *c->value);
    if (c->row == NULL || c->column == NULL || c->value == NULL)
        exit(5);
    r->charts_n++;
    return c;
}

void
report_chart_done(struct report_chart *c)
{
    for (size_t i = 0; i < c->rows_n; i++)
        free(c->row[i]);
    for (size_t i = 0; i < c->columns_n; i++)
        free(c->column[i]);
    free(c->row);
    free(c->column);
    free(c->value);
    memset(c, 0, sizeof *c);
}

static char *
copy(const char *text)
{
    char *out = strdup(text);

    if (out == NULL)
        exit(5);
    return out;
}

void
report_chart_series(struct report_chart *c, size_t i, struct report_words title)
{
    must(i < c->series_n);
    c->series[i] = title;
}

void
report_chart_row(struct report_chart *c, size_t i, const char *label)
{
    must(i < c->rows_n && c->row[i] == NULL);
    c->row[i] = copy(label);
}

void
report_chart_column(struct report_chart *c, size_t i, const char *label)
{
    must(i < c->columns_n && c->column[i] == NULL);
    c->column[i] = copy(label);
}

double *
report_chart_at(struct report_chart *c, size_t row, size_t column)
{
    must(row < c->rows_n && column < c->columns_n);
    return &c->value[row * c->columns_n + column];
}

/* --- drawing --- */

static const char *const shade[REPORT_SERIES] = {
    "#1f4e9c", "#e08a1e", "#d3d8df", "#7a2f4f"}; /* apart in grey as well */

struct drawing {
    FILE *out;
    const struct report *r;
    const struct report_chart *c;
    double most; /* largest value, or sum of a stack; at least 1 */
};

static double
value_at(const struct drawing *d, size_t row, size_t column)
{
    return d->c->value[row * d->c->columns_n + column];
}

static void
put_text(const struct drawing *d, double x, double y, const char *attributes,
    const char *text)
{
    (void)fprintf(d->out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
    html_put(d->out, text);
    (void)fputs("</text>\n", d->out);
}

/* "12", or a mark where the figure may not be told. */
static const char *
number(char out[24], double v)
{
    if (isnan(v))
        (void)snprintf(out, 24, "?");
    else
        (void)snprintf(out, 24, "%.0f", v);
    return out;
}

/* A label of a row, cut where there is no room for more. */
static void
put_label(const struct drawing *d, double y, const char *label)
{
    char text[LABEL_SHOWN + 8];
    bool cut = strlen(label) > LABEL_SHOWN; /* names are ASCII */

    (void)snprintf(text, sizeof text, "%.*s%s", LABEL_SHOWN - (cut ? 1 : 0),
        label, cut ? "\xe2\x80\xa6" : "");
    put_text(d, LABEL - 8, y, "class=\"r\"", text);
}

static void
put_rect(const struct drawing *d, double x, double y, const double size[2],
    const char *fill)
{
    (void)fprintf(d->out,
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
        "fill=\"%s\"/>\n",
        x, y, size[0], size[1], fill);
}

static void
begin_svg(const struct drawing *d, double height)
{
    (void)fprintf(d->out, "<figure>\n<figcaption>");
    html_put(d->out, report_say(d->r, d->c->title));
    (void)fprintf(d->out,
        "</figcaption>\n<svg viewBox=\"0 0 %d %.0f\" role=\"img\" "
        "aria-label=\"",
        WIDTH, height);
    html_put(d->out, report_say(d->r, d->c->title));
    (void)fputs("\">\n", d->out);
}

static double
legend_height(const struct report_chart *c)
{
    return c->series_n > 1 ? (double)c->series_n * LEGEND_ROW + 6 : 0;
}

static void
put_legend(const struct drawing *d, double y)
{
    static const double size[2] = {14, 14};

    for (size_t i = 0; i < d->c->series_n; i++) {
        const char *text = report_say(d->r, d->c->series[i]);
        put_rect(d, 0, y - 12, size, shade[i]);
        put_text(d, 20, y, "class=\"l\"", text);
        y += LEGEND_ROW;
    }
}

/* --- the matrix --- */

static void
put_box(const struct drawing *d, size_t row, size_t column, double width)
{
    double v = value_at(d, row, column);
    double x = LABEL + (double)column * width;
    double y = HEAD + (double)row * BOX_H;
    double part = isnan(v) ? 0 : v / d->most;
    const double size[2] = {width - 2, BOX_H - 2};
    char text[24];
    char fill[16];

    if (v <= 0) {
        put_rect(d, x, y, size, "#f4f4f4");
        return;
    }
    if (isnan(v)) {
        put_rect(d, x, y, size, "#e2e2e2");
        put_text(
            d, x + width / 2 - 1, y + BOX_TEXT, "class=\"n\"", number(text, v));
        return;
    }
    /* from a light to a dark blue */
    (void)snprintf(fill, sizeof fill, "#%02x%02x%02x",
        (unsigned)(214 - 183 * part), (unsigned)(226 - 148 * part),
        (unsigned)(243 - 87 * part));
    put_rect(d, x, y, size, fill);
    put_text(d, x + width / 2 - 1, y + BOX_TEXT,
        part > 0.5 ? "class=\"n\" fill=\"#fff\"" : "class=\"n\"",
        number(text, v));
}

static void
draw_matrix(const struct drawing *d)
{
    const struct report_chart *c = d->c;
    double width = c->columns_n == 0
                       ? BOX_MAX
                       : (double)(WIDTH - LABEL) / (double)c->columns_n;
    char attributes[96];

    if (width > BOX_MAX)
        width = BOX_MAX;
    begin_svg(d, HEAD + (double)c->rows_n * BOX_H + 4);
    for (size_t k = 0; k < c->columns_n; k++) {
        double x = LABEL + ((double)k + 0.5) * width + 3;
        (void)snprintf(attributes, sizeof attributes,
            "class=\"l\" transform=\"rotate(-55 %.1f %d)\"", x, HEAD - 8);
        put_text(d, x, HEAD - 8, attributes, c->column[k]);
    }
    for (size_t i = 0; i < c->rows_n; i++) {
        put_label(d, HEAD + (double)i * BOX_H + BOX_TEXT, c->row[i]);
        for (size_t k = 0; k < c->columns_n; k++)
            put_box(d, i, k, width);
    }
    (void)fputs("</svg>\n</figure>\n", d->out);
}

/* --- stacks --- */

static double
sum_of(const struct drawing *d, size_t row)
{
    double sum = 0;

    for (size_t k = 0; k < d->c->columns_n; k++) {
        double v = value_at(d, row, k);
        sum += isnan(v) ? 0 : v;
    }
    return sum;
}

static void
draw_bar(const struct drawing *d, size_t row)
{
    double x = LABEL;
    double y = 6 + (double)row * ROW;
    double room = WIDTH - LABEL - 60;
    char text[24];
    bool hidden = false;

    put_label(d, y + 14, d->c->row[row]);
    for (size_t k = 0; k < d->c->columns_n; k++) {
        double v = value_at(d, row, k);
        double size[2] = {isnan(v) ? 0 : room * v / d->most, ROW - 6};
        hidden = hidden || isnan(v);
        if (size[0] <= 0)
            continue;
        put_rect(d, x, y, size, shade[k]);
        if (size[0] > 16 && d->c->series_n > 1)
            put_text(d, x + size[0] / 2, y + 13.5,
                k % 3 == 0 ? "class=\"n\" fill=\"#fff\"" : "class=\"n\"",
                number(text, v));
        x += size[0];
    }
    put_text(d, x + 6, y + 13.5, "class=\"l\"",
        hidden ? number(text, (double)NAN) : number(text, sum_of(d, row)));
}

static void
draw_bars(const struct drawing *d)
{
    double height = (double)d->c->rows_n * ROW + 12;

    begin_svg(d, height + legend_height(d->c));
    for (size_t i = 0; i < d->c->rows_n; i++)
        draw_bar(d, i);
    if (d->c->series_n > 1)
        put_legend(d, height + 18);
    (void)fputs("</svg>\n</figure>\n", d->out);
}

static void
draw_column(const struct drawing *d, size_t row, double width)
{
    double x = 40 + (double)row * width;
    double y = PLOT + 16;
    char text[24];
    bool hidden = false;

    for (size_t k = 0; k < d->c->columns_n; k++) {
        double v = value_at(d, row, k);
        const double size[2] = {width * 0.8, isnan(v) ? 0 : PLOT * v / d->most};
        hidden = hidden || isnan(v);
        if (size[1] <= 0)
            continue;
        y -= size[1];
        put_rect(d, x + width * 0.1, y, size, shade[k]);
    }
    if ((hidden || sum_of(d, row) > 0) && width > 14)
        put_text(d, x + width / 2, y - 4, "class=\"n\"",
            number(text, hidden ? (double)NAN : sum_of(d, row)));
}

static void
draw_columns(const struct drawing *d)
{
    const struct report_chart *c = d->c;
    double width =
        c->rows_n == 0 ? 0 : (double)(WIDTH - 40) / (double)c->rows_n;
    size_t step = c->rows_n / SHOWN_LABELS + 1;
    char attributes[96];

    if (width > 90)
        width = 90;
    begin_svg(d, PLOT + 96 + legend_height(c));
    (void)fprintf(d->out,
        "<line x1=\"40\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#111\"/>\n",
        WIDTH, PLOT + 16, PLOT + 16);
    for (size_t i = 0; i < c->rows_n; i++) {
        double x = 40 + ((double)i + 0.5) * width + 4;
        draw_column(d, i, width);
        (void)snprintf(attributes, sizeof attributes,
            "class=\"r\" transform=\"rotate(-45 %.1f %d)\"", x, PLOT + 30);
        if (i % step == 0)
            put_text(d, x, PLOT + 30, attributes, c->row[i]);
    }
    if (c->series_n > 1)
        put_legend(d, PLOT + 106);
    (void)fputs("</svg>\n</figure>\n", d->out);
}

void
report_chart_svg(
    FILE *out, const struct report *r, const struct report_chart *c)
{
    struct drawing d = {out, r, c, 1};

    for (size_t i = 0; i < c->rows_n; i++) {
        double sum = sum_of(&d, i);
        if (c->kind != REPORT_CHART_MATRIX && sum > d.most)
            d.most = sum;
        for (size_t k = 0; c->kind == REPORT_CHART_MATRIX && k < c->columns_n;
             k++) {
            if (value_at(&d, i, k) > d.most)
                d.most = value_at(&d, i, k);
        }
    }
    if (c->rows_n == 0) {
        begin_svg(&d, 30);
        put_text(&d, 0, 20, "class=\"l\"",
            report_say(r, (struct report_words){"geen", "none"}));
        (void)fputs("</svg>\n</figure>\n", out);
    } else if (c->kind == REPORT_CHART_MATRIX) {
        draw_matrix(&d);
    } else if (c->kind == REPORT_CHART_BARS) {
        draw_bars(&d);
    } else {
        draw_columns(&d);
    }
}
