/* SPDX-License-Identifier: EUPL-1.2
 *
 * Comma-separated values as RFC 4180 has them: lines end with CR LF, a cell
 * with a comma, quote or line break stands in quotes. */
#ifndef CLIENTS_CSV_H
#define CLIENTS_CSV_H

#include <stddef.h>
#include <stdio.h>

/* One line of N cells; NULL is an empty one. Errors are those of OUT. */
void csv_line(FILE *out, const char *const *cells, size_t n);

#endif
