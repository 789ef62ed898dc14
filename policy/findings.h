/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: collecting remarks on an agreement's text. The list has
 * a fixed size; errors push warnings out, and are counted also when they are
 * not listed. Remarks quote names of the text only, never a whole line. */
#ifndef POLICY_FINDINGS_H
#define POLICY_FINDINGS_H

#include "agreement.h"

struct place {
    unsigned line;   /* from 1 */
    unsigned column; /* from 1, in bytes */
};

void findings_error(struct findings *f, struct place at, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
void findings_warning(struct findings *f, struct place at, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
/* Whether so many errors were found that going on helps nobody. */
bool findings_is_full(const struct findings *f);
/* In the order of the text. */
void findings_sort(struct findings *f);

#endif
