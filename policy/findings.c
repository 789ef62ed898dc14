/* SPDX-License-Identifier: EUPL-1.2
 *
 * Collecting remarks; see findings.h. */
#include "findings.h"

#include <stdarg.h>
#include <stdio.h>

/* A free place of the list, or that of a warning when an error needs it. */
static struct finding *
place_for(struct findings *f, enum finding_severity severity)
{
    if (f->n < FINDINGS_MAX) {
        return &f->list[f->n++];
    }
    if (severity == FINDING_WARNING) {
        return NULL;
    }
    for (size_t i = FINDINGS_MAX; i-- > 0;) {
        if (f->list[i].severity == FINDING_WARNING) {
            return &f->list[i];
        }
    }
    return NULL;
}

__attribute__((format(printf, 4, 0))) static void
add(struct findings *f, enum finding_severity severity, struct place at,
    const char *format, va_list args)
{
    struct finding *new = place_for(f, severity);

    if (severity == FINDING_ERROR) {
        f->errors++;
    }
    if (new == NULL) {
        return;
    }
    new->severity = severity;
    new->line = at.line;
    new->column = at.column;
    if (vsnprintf(new->text, sizeof new->text, format, args) < 0) {
        new->text[0] = '\0';
    }
}

void
findings_error(struct findings *f, struct place at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(f, FINDING_ERROR, at, format, args);
    va_end(args);
}

void
findings_warning(struct findings *f, struct place at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(f, FINDING_WARNING, at, format, args);
    va_end(args);
}

bool
findings_is_full(const struct findings *f)
{
    return f->errors >= FINDINGS_MAX;
}

static bool
is_after(const struct finding *a, const struct finding *b)
{
    return a->line != b->line ? a->line > b->line : a->column > b->column;
}

void
findings_sort(struct findings *f)
{
    for (size_t i = 1; i < f->n; i++) {
        struct finding moved = f->list[i];
        size_t j = i;

        for (; j > 0 && is_after(&f->list[j - 1], &moved); j--) {
            f->list[j] = f->list[j - 1];
        }
        f->list[j] = moved;
    }
}
