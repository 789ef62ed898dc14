/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports as text, JSON and CSV; see report.h. */
#include "report.h"

#include <string.h>

#include "clock.h"
#include "table.h"
#include "wrap_text.h"

enum { HEX_SHOWN = 8, LABEL = 14, WIDTH = 78, MS = 1000, COLUMNS = 24 };

/* --- a cell --- */

static void
cell_text(
    struct words *out, const struct report *r, unsigned flags, const char *text)
{
    if ((flags & REPORT_COLUMN_WORD) != 0)
        text = report_word(r, text);
    if ((flags & REPORT_COLUMN_HEX) != 0)
        words_format(out, "%.*s", HEX_SHOWN, text);
    else
        words_add(out, text);
}

void
report_cell(struct words *out, const struct report *r, unsigned flags,
    const json_t *value)
{
    if (json_is_string(value)) {
        cell_text(out, r, flags, json_string_value(value));
    } else if (json_is_integer(value)) {
        words_format(out, "%lld", (long long)json_integer_value(value));
    } else if (json_is_boolean(value)) {
        words_add(out, report_word(r, json_is_true(value) ? "yes" : "no"));
    } else if (json_is_null(value) && (flags & REPORT_COLUMN_SMALL) != 0) {
        words_add(out, report_word(r, "hidden"));
    }
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value);
         i++) {
        words_add(out, i > 0 ? ", " : "");
        report_cell(out, r, flags, json_array_get(value, i));
    }
}

void
report_fact_text(struct words *out, const struct report *r, size_t i)
{
    const json_t *value = r->fact[i].value;

    if (json_is_array(value) && json_array_size(value) == 0)
        words_add(out, report_say(r, (struct report_words){"geen", "none"}));
    else
        report_cell(out, r, r->fact[i].flags, value);
}

/* --- for people --- */

static void
print_line(FILE *out, const char *label, const char *text)
{
    (void)fprintf(out, "  %-*s", LABEL, label);
    wrap_text_print(out, text, LABEL + 2, WIDTH);
}

static void
print_ask(FILE *out, const struct report *r)
{
    const struct report_ask *ask = r->ask;
    char text[2 * SEAL_HASH + 1];

    if (ask->has_case) {
        bytes_hex(text, ask->case_handle, sizeof ask->case_handle);
        print_line(
            out, report_say(r, (struct report_words){"casus", "case"}), text);
    }
    if (ask->has_card) {
        bytes_hex(text, ask->card, sizeof ask->card);
        print_line(
            out, report_say(r, (struct report_words){"kaart", "card"}), text);
    }
    if (ask->partner != NULL)
        print_line(out, "partner", ask->partner);
    if (ask->since != 0) {
        clock_text(text, ask->since);
        print_line(
            out, report_say(r, (struct report_words){"vanaf", "since"}), text);
    }
    if (ask->until != 0) {
        clock_text(text, ask->until);
        print_line(
            out, report_say(r, (struct report_words){"tot", "until"}), text);
    }
    if (ask->purpose != NULL)
        print_line(out, report_say(r, (struct report_words){"doel", "for"}),
            report_word(r, ask->purpose));
}

static void
print_head(FILE *out, const struct report *r)
{
    char now[21];
    struct words w = {0};
    const char *text = "";

    (void)fprintf(
        out, "%s (%s)\n", report_say(r, r->spec->title), r->spec->name);
    print_line(out, report_say(r, (struct report_words){"vraag", "question"}),
        report_say(r, r->spec->question));
    print_line(
        out, report_say(r, (struct report_words){"wet", "law"}), r->spec->law);
    clock_text(now, (int64_t)(r->now / MS));
    words_format(&w,
        r->lang == RENDER_NL ? "%s, %llu boekingen, geverifieerd; stand van %s"
                             : "%s, %llu entries, verified; as it was at %s",
        r->e->origin, (unsigned long long)r->e->entries, now);
    if (words_end(&w, &text) == DHK_OK)
        print_line(out,
            report_say(r, (struct report_words){"grootboek", "ledger"}), text);
    words_done(&w);
    print_ask(out, r);
}

static enum dhk_err
print_facts(FILE *out, const struct report *r)
{
    size_t width = 0;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < r->facts_n; i++) {
        const char *title = report_say(r, r->fact[i].title);
        size_t n = wrap_text_width(title, strlen(title));
        width = n > width ? n : width;
    }
    if (r->facts_n > 0)
        (void)fputc('\n', out);
    for (size_t i = 0; rc == DHK_OK && i < r->facts_n; i++) {
        const char *title = report_say(r, r->fact[i].title);
        size_t n = wrap_text_width(title, strlen(title));
        struct words w = {0};
        const char *text = "";
        report_fact_text(&w, r, i);
        rc = words_end(&w, &text);
        (void)fprintf(out, "  %s%*s  ", title, (int)(width - n), "");
        wrap_text_print(out, text, width + 4, WIDTH);
        words_done(&w);
    }
    return rc;
}

static enum dhk_err
print_row(struct table *t, const struct report *r,
    const struct report_table *of, const json_t *row)
{
    struct words cell[COLUMNS];
    const char *cells[COLUMNS];
    enum dhk_err rc = DHK_OK;

    memset(cell, 0, sizeof cell);
    for (size_t i = 0; i < of->columns_n; i++) {
        report_cell(&cell[i], r, of->columns[i].flags,
            json_object_get(row, of->columns[i].key));
        if (words_end(&cell[i], &cells[i]) != DHK_OK)
            rc = DHK_NOMEM;
    }
    if (rc == DHK_OK)
        rc = table_row(t, cells);
    for (size_t i = 0; i < of->columns_n; i++)
        words_done(&cell[i]);
    return rc;
}

static enum dhk_err
print_table(FILE *out, const struct report *r, const struct report_table *of)
{
    struct table_column columns[COLUMNS];
    struct table *t = NULL;
    size_t n = json_array_size(of->rows);
    enum dhk_err rc;

    must(of->columns_n > 0 && of->columns_n <= COLUMNS);
    (void)fprintf(out, "\n%s\n", report_say(r, of->title));
    if (n == 0) {
        (void)fprintf(out, "  %s\n",
            report_say(r, (struct report_words){"geen", "none"}));
        return DHK_OK;
    }
    for (size_t i = 0; i < of->columns_n; i++) {
        columns[i].title = report_say(r, of->columns[i].title);
        columns[i].flags = (of->columns[i].flags & REPORT_COLUMN_RIGHT) != 0
                               ? TABLE_RIGHT
                               : TABLE_LEFT;
    }
    if (columns[of->columns_n - 1].flags == TABLE_LEFT)
        columns[of->columns_n - 1].flags = TABLE_WRAP;
    rc = table_new(&t, columns, of->columns_n);
    for (size_t i = 0; rc == DHK_OK && i < n; i++)
        rc = print_row(t, r, of, json_array_get(of->rows, i));
    if (rc == DHK_OK)
        rc = table_print(t, out);
    table_destroy(&t);
    return rc;
}

enum dhk_err
report_print(FILE *out, const struct report *r)
{
    enum dhk_err rc;

    print_head(out, r);
    rc = print_facts(out, r);
    for (size_t i = 0; rc == DHK_OK && i < r->tables_n; i++)
        rc = print_table(out, r, &r->table[i]);
    if (r->remarks_n > 0)
        (void)fprintf(out, "\n%s\n",
            report_say(r, (struct report_words){
                              "Wat dit niet zegt", "What this does not tell"}));
    for (size_t i = 0; i < r->remarks_n; i++) {
        (void)fputs("  - ", out);
        wrap_text_print(out, report_say(r, r->remark[i]), 4, WIDTH);
    }
    if (report_has_categories(r)) {
        (void)fputc('\n', out);
        wrap_text_print(out, report_say(r, report_letters), 0, WIDTH);
    }
    return rc;
}

/* --- CSV --- */

static void
put_csv(FILE *out, const char *text)
{
    (void)fputc('"', out);
    /* a spreadsheet would take these for the beginning of a formula */
    if (text[0] != '\0' && strchr("=+-@", text[0]) != NULL)
        (void)fputc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            (void)fputc('"', out);
        (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}

static void
put_csv_cell(FILE *out, const json_t *value)
{
    struct words w = {0};
    const char *text = "";
    char number[32];

    for (size_t i = 0; json_is_array(value) && i < json_array_size(value);
         i++) {
        const json_t *item = json_array_get(value, i);
        (void)snprintf(
            number, sizeof number, "%lld", (long long)json_integer_value(item));
        words_join(
            &w, " ", json_is_string(item) ? json_string_value(item) : number);
    }
    if (json_is_string(value))
        words_add(&w, json_string_value(value));
    else if (json_is_boolean(value))
        words_add(&w, json_is_true(value) ? "yes" : "no");
    if (json_is_integer(value))
        (void)fprintf(out, "%lld", (long long)json_integer_value(value));
    else if (words_end(&w, &text) == DHK_OK && text[0] != '\0')
        put_csv(out, text);
    words_done(&w);
}

/* Tables of cases tell of each who voted against it. */
static bool
has_cases(const struct report_table *t)
{
    for (size_t i = 0; i < t->columns_n; i++) {
        if (strcmp(t->columns[i].key, "case") == 0)
            return true;
    }
    return false;
}

void
report_csv(FILE *out, const struct report *r)
{
    const struct report_table *t = &r->table[0];

    for (size_t i = 0; i < t->columns_n; i++)
        (void)fprintf(out, "%s%s", i > 0 ? "," : "", t->columns[i].key);
    (void)fputs(has_cases(t) ? ",dissent\r\n" : "\r\n", out);
    for (size_t n = 0; n < json_array_size(t->rows); n++) {
        const json_t *row = json_array_get(t->rows, n);
        for (size_t i = 0; i < t->columns_n; i++) {
            (void)fputs(i > 0 ? "," : "", out);
            put_csv_cell(out, json_object_get(row, t->columns[i].key));
        }
        if (has_cases(t)) {
            (void)fputc(',', out);
            put_csv_cell(out, json_object_get(row, "dissent"));
        }
        (void)fputs("\r\n", out);
    }
}
