/* SPDX-License-Identifier: EUPL-1.2 */
#include "csv.h"

#include <string.h>

static void
put_cell(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        (void)fputs(text, out);
        return;
    }
    (void)putc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            (void)putc('"', out);
        (void)putc(*text, out);
    }
    (void)putc('"', out);
}

void
csv_line(FILE *out, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            (void)putc(',', out);
        put_cell(out, cells[i] == NULL ? "" : cells[i]);
    }
    (void)fputs("\r\n", out);
}
