/* SPDX-License-Identifier: EUPL-1.2
 *
 * Hiding small figures in a table with totals, so that none can be told: those
 * below k, and as many others as it takes that no hidden one can be computed
 * from what is shown. Pure. */
#ifndef CLIENTS_SMALLCELLS_H
#define CLIENTS_SMALLCELLS_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smallcells {
    size_t rows, columns;  /* with totals, which come last */
    const uint64_t *value; /* rows x columns */
    bool *hidden;          /* rows x columns; filled in */
    uint64_t k;            /* no figure below it is shown */
    bool has_row_totals;   /* the last column is the sum of the others */
};
/* The last row is the sum of the others, always. DHK_NOMEM: all is hidden. */
DHK_MUST_USE enum dhk_err smallcells_hide(struct smallcells *s);
/* Whether what is shown tells the hidden figure at ROW and COLUMN, by any
 * reckoning with sums and with figures being 0 or more. */
DHK_MUST_USE enum dhk_err smallcells_is_told(
    bool *out, const struct smallcells *s, size_t row, size_t column);

#endif
