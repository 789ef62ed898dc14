/* SPDX-License-Identifier: EUPL-1.2
 *
 * Aligned tables on libsmartcols, which measures UTF-8 text by its width on
 * the screen. */
#include "table.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <unistd.h>

struct table {
    struct libscols_table *table;
    size_t columns;
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
    if (t->table == NULL)
        goto out;
    for (size_t i = 0; i < n; i++) {
        int flags = 0;
        if ((columns[i].flags & TABLE_RIGHT) != 0)
            flags |= SCOLS_FL_RIGHT;
        if ((columns[i].flags & TABLE_WRAP) != 0)
            flags |= SCOLS_FL_WRAP;
        if (scols_table_new_column(t->table, columns[i].title, 0, flags) ==
            NULL)
            goto out;
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
    if ((*t)->table != NULL)
        scols_unref_table((*t)->table);
    free(*t);
    *t = NULL;
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
    return DHK_OK;
}

enum dhk_err
table_print(struct table *t, FILE *out)
{
    if (scols_table_is_empty(t->table))
        return DHK_OK;
    if (scols_table_set_stream(t->table, out) != 0)
        return DHK_NOMEM;
    if (!isatty(fileno(out)) &&
        scols_table_set_termforce(t->table, SCOLS_TERMFORCE_NEVER) != 0)
        return DHK_NOMEM;
    if (scols_print_table(t->table) != 0)
        return DHK_IO;
    return DHK_OK;
}
