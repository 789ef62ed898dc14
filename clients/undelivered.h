/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that ended without their recipient: by which outcomes that is, and
 * what each of them means, in words for people. */
#ifndef CLIENTS_UNDELIVERED_H
#define CLIENTS_UNDELIVERED_H

#include "driehoek.h"

#include <stdio.h>

/* Why the recipient of O did not get its share and never will, as the end of
 * "NOT delivered to gemeente: "; NULL: it got it, or still may. The text is
 * static. */
const char *undelivered_why(const struct dhk_outcome *o);
/* Why no recipient of S got it and none will: the outcome that they have in
 * common, else "undelivered"; NULL: somebody got it, or still may. The text
 * lives as long as S. */
const char *undelivered_by_all(const struct dhk_sent *s);
/* A line for each recipient of S that never gets it: who, and why. */
void undelivered_print(FILE *out, const struct dhk_sent *s);

/* The outcomes by which shares of a list ended without their recipient, to be
 * explained once below it. All zero: none yet. */
struct undelivered_legend {
    unsigned seen;
};
void undelivered_see(struct undelivered_legend *l, const struct dhk_sent *s);
/* A line for each of those outcomes. */
void undelivered_explain(FILE *out, const struct undelivered_legend *l);

#endif
