/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to matrixpage_html.c and matrixpage_kinds.c: the page that is being
 * written, and what both write on it. */
#ifndef CLIENTS_MATRIXPAGE_HTML_H
#define CLIENTS_MATRIXPAGE_HTML_H

#include "matrixpage.h"

struct sheet {
    FILE *out;
    struct matrixpage *p;
    const struct agreement *a;
    size_t *group; /* by entry: which description of its kind it has, from 1 */
    char **text;   /* by kind each description, then NULL; owned, and all of
                    * text_n places may hold one */
    size_t text_n;
};

void matrixpage_raw(const struct sheet *s, const char *text);
void matrixpage_tell(const struct sheet *s, const char *nl, const char *en);
void matrixpage_element(
    const struct sheet *s, const char *tag, const char *nl, const char *en);
void matrixpage_names(const struct sheet *s, uint16_t kind, uint32_t fields);
/* Where the description of entry I is. */
void matrixpage_anchor(const struct sheet *s, size_t i);

/* Finds the groups of entries that have one description. */
DHK_MUST_USE enum dhk_err matrixpage_group(struct sheet *s);
/* Every description, by kind. */
void matrixpage_kinds(const struct sheet *s);

#endif
