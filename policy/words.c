/* SPDX-License-Identifier: EUPL-1.2
 *
 * A text that grows; see words.h. */
#include "words.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 256 };

/* Room for N more bytes and the NUL. */
static bool
reserve(struct words *w, size_t n)
{
    size_t cap = w->cap == 0 ? FIRST_CAP : w->cap;
    char *text;

    if (w->no_memory || n >= SIZE_MAX / 4 - w->n) {
        w->no_memory = true;
        return false;
    }
    while (cap <= w->n + n) {
        cap *= 2;
    }
    if (cap == w->cap) {
        return true;
    }
    text = realloc(w->text, cap);
    w->no_memory = text == NULL;
    if (text != NULL) {
        w->text = text;
        w->cap = cap;
    }
    return text != NULL;
}

void
words_done(struct words *w)
{
    free(w->text);
    memset(w, 0, sizeof *w);
}

void
words_add(struct words *w, const char *text)
{
    size_t n = strlen(text);

    if (reserve(w, n)) {
        memcpy(w->text + w->n, text, n + 1);
        w->n += n;
    }
}

void
words_format(struct words *w, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !reserve(w, (size_t)n)) {
        w->no_memory = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(w->text + w->n, (size_t)n + 1, format, args);
    va_end(args);
    w->n += (size_t)n;
}

void
words_join(struct words *w, const char *separator, const char *text)
{
    if (w->n > 0) {
        words_add(w, separator);
    }
    words_add(w, text);
}

enum dhk_err
words_end(const struct words *w, const char **text)
{
    *text = w->text == NULL ? "" : w->text;
    return w->no_memory ? DHK_NOMEM : DHK_OK;
}
