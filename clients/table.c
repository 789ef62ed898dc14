/* SPDX-License-Identifier: EUPL-1.2
 *
 * Aligned tables on libsmartcols, which measures UTF-8 text by its width on
 * the screen. Where a terminal is too narrow, the last column goes below its
 * row: broken in the middle of words nobody could read it. */
#include "table.h"

#include <libsmartcols.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "wrap_text.h"

enum { WIDTH = 80, INDENT = 6, READABLE = 34, FIRST = 32 };

struct table {
    struct libscols_table *table;
    struct libscols_column *last_column;
    const char *title; /* of that one; borrowed */
    size_t columns;
    bool wraps;
    char **last; /* what stands in the last column, by row */
    size_t rows, cap;
};

enum dhk_err
table_new(struct table **out, const struct table_column *columns, size_t n)
{
    enum dhk_err rc = DHK_NOMEM;
    struct table *t = calloc(1, sizeof *t);
    *out = NULL;
    if (t == NULL)
        return rc;
    t->columns = n;
    t->table = scols_new_table();
    if (t->table == NULL ||
        scols_table_set_termforce(t->table, SCOLS_TERMFORCE_NEVER) != 0)
        goto out;
    for (size_t i = 0; i < n; i++) {
        int flags = (columns[i].flags & TABLE_RIGHT) != 0 ? SCOLS_FL_RIGHT : 0;
        t->last_column =
            scols_table_new_column(t->table, columns[i].title, 0, flags);
        if (t->last_column == NULL)
            goto out;
        t->title = columns[i].title;
        t->wraps = (columns[i].flags & TABLE_WRAP) != 0;
    }
    *out = t;
    t = NULL;
    rc = DHK_OK;
out:
    table_destroy(&t);
    return rc;
}

void
table_destroy(struct table **t)
{
    if (*t == NULL)
        return;
    for (size_t i = 0; i < (*t)->rows; i++)
        free((*t)->last[i]);
    free((*t)->last);
    if ((*t)->table != NULL)
        scols_unref_table((*t)->table);
    free(*t);
    *t = NULL;
}

static enum dhk_err
keep_last(struct table *t, const char *cell)
{
    if (t->rows == t->cap) {
        size_t cap = t->cap == 0 ? FIRST : t->cap * 2;
        char **last = reallocarray(t->last, cap, sizeof *last);
        if (last == NULL)
            return DHK_NOMEM;
        t->last = last;
        t->cap = cap;
    }
    t->last[t->rows] = strdup(cell != NULL ? cell : "");
    if (t->last[t->rows] == NULL)
        return DHK_NOMEM;
    t->rows++;
    return DHK_OK;
}

enum dhk_err
table_row(struct table *t, const char *const *cells)
{
    struct libscols_line *line = scols_table_new_line(t->table, NULL);
    if (line == NULL)
        return DHK_NOMEM;
    for (size_t i = 0; i < t->columns; i++) {
        if (cells[i] != NULL && scols_line_set_data(line, i, cells[i]) != 0)
            return DHK_NOMEM;
    }
    return keep_last(t, cells[t->columns - 1]);
}

static size_t
width_of(FILE *out)
{
    struct winsize size;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col < 40)
        return WIDTH;
    return size.ws_col;
}

static size_t
longest_line(const char *text)
{
    size_t longest = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        size_t width = wrap_text_width(text, n);
        longest = width > longest ? width : longest;
        text += n + (text[n] == '\n' ? 1 : 0);
    }
    return longest;
}

/* The last cell of a row whose other cells take USED columns: beside them when
 * there is room for reading, else below. */
static void
print_last(FILE *out, const char *cell, size_t used, size_t at, size_t width)
{
    bool fits = at + wrap_text_width(cell, strlen(cell)) <= width;
    if (cell[0] == '\0') {
        (void)fputc('\n', out);
        return;
    }
    if (fits || at + READABLE <= width) {
        (void)fprintf(out, "%*s", (int)(at - used), "");
    } else {
        at = INDENT;
        (void)fprintf(out, "\n%*s", (int)at, "");
    }
    wrap_text_print(out, cell, at, width);
}

/* TEXT is the table without its last column: a head, then a line a row. */
static void
print_narrow(const struct table *t, FILE *out, const char *text, size_t width)
{
    size_t at = longest_line(text) + 1;
    for (size_t line = 0; *text != '\0'; line++) {
        size_t n = strcspn(text, "\n");
        size_t used = wrap_text_width(text, n);
        (void)fprintf(out, "%.*s", (int)n, text);
        text += n + (text[n] == '\n' ? 1 : 0);
        print_last(out,
            line == 0            ? t->title
            : line - 1 < t->rows ? t->last[line - 1]
                                 : "",
            used, at, width);
    }
}

enum dhk_err
table_print(struct table *t, FILE *out)
{
    char *text = NULL;
    if (scols_table_is_empty(t->table))
        return DHK_OK;
    if (scols_print_table_to_string(t->table, &text) != 0)
        return DHK_NOMEM;
    size_t width = width_of(out);
    if (!isatty(fileno(out)) || !t->wraps || longest_line(text) <= width) {
        (void)fprintf(out, "%s\n", text);
    } else {
        free(text);
        text = NULL;
        if (scols_column_set_flags(t->last_column, SCOLS_FL_HIDDEN) != 0 ||
            scols_print_table_to_string(t->table, &text) != 0)
            return DHK_NOMEM;
        print_narrow(t, out, text, width);
    }
    free(text);
    return ferror(out) != 0 ? DHK_IO : DHK_OK;
}
