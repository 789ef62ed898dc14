/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing HTML; see html.h. */
#include "html.h"

#include <string.h>

void
html_put(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            (void)fputs("&amp;", out);
            break;
        case '<':
            (void)fputs("&lt;", out);
            break;
        case '>':
            (void)fputs("&gt;", out);
            break;
        case '"':
            (void)fputs("&quot;", out);
            break;
        case '\'':
            (void)fputs("&#39;", out);
            break;
        default:
            (void)fputc(*text, out);
        }
    }
}

void
html_element(FILE *out, const char *tag, const char *text)
{
    (void)fprintf(out, "<%s>", tag);
    html_put(out, text);
    (void)fprintf(out, "</%.*s>", (int)strcspn(tag, " "), tag);
}
