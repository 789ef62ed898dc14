/* SPDX-License-Identifier: EUPL-1.2
 *
 * Aligned tables for people. The only user of libsmartcols. */
#ifndef CLIENTS_TABLE_H
#define CLIENTS_TABLE_H

#include "err.h"

#include <stdio.h>

struct table;

enum { TABLE_LEFT = 0, TABLE_RIGHT = 1, TABLE_WRAP = 2 };
struct table_column {
    const char *title;
    unsigned flags;
};

/* A table with these columns, whose titles must outlive it. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err table_new(
    struct table **out, const struct table_column *columns, size_t n);
void table_destroy(struct table **t);
/* One row: a text for each column, NULL for none; all are copied. */
DHK_MUST_USE enum dhk_err table_row(struct table *t, const char *const *cells);
/* In full; on a terminal that is too narrow, a last column with TABLE_WRAP is
 * broken at blanks or goes below its row. */
DHK_MUST_USE enum dhk_err table_print(struct table *t, FILE *out);

#endif
