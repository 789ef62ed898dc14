/* SPDX-License-Identifier: EUPL-1.2
 *
 * A text that grows, for what an analysis says. Adding never fails: short
 * memory is remembered and told by words_end(). */
#ifndef POLICY_WORDS_H
#define POLICY_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

struct words {
    char *text; /* owned, ends in NUL; NULL until something was added */
    size_t n;   /* bytes, without the NUL */
    size_t cap;
    bool no_memory;
};

/* W begins as {0}; words_done() frees it, and may be called again. */
void words_done(struct words *w);
void words_add(struct words *w, const char *text);
void words_format(struct words *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds SEPARATOR unless W is empty, then TEXT. */
void words_join(struct words *w, const char *separator, const char *text);
/* What was added, "" for nothing; DHK_NOMEM when some of it was lost. */
DHK_MUST_USE enum dhk_err words_end(const struct words *w, const char **text);

#endif
