/* SPDX-License-Identifier: EUPL-1.2
 *
 * Breaking text at blanks. */
#include "wrap_text.h"

#include <string.h>

size_t
wrap_text_width(const char *text, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80; /* not inside one */
    return width;
}

void
wrap_text_print(FILE *out, const char *text, size_t indent, size_t width)
{
    size_t at = indent;
    while (*text != '\0') {
        size_t word = strcspn(text, " ");
        size_t columns = wrap_text_width(text, word);
        if (at > indent && at + 1 + columns > width) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            (void)fputc(' ', out);
            at++;
        }
        (void)fprintf(out, "%.*s", (int)word, text);
        at += columns;
        text += word;
        while (*text == ' ')
            text++;
    }
    (void)fputc('\n', out);
}
