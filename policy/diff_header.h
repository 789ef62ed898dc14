/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: the parts of an agreement's header that may differ
 * between two of them, in words. */
#ifndef POLICY_DIFF_HEADER_H
#define POLICY_DIFF_HEADER_H

#include "agreement.h"
#include "words.h"

enum { DIFF_HEADER_PARTS = 4 };

/* What part PART is called in the language of agreements. Static. */
const char *diff_header_part(size_t part);
/* Adds what part PART of A's header says. */
void diff_header_describe(
    struct words *w, const struct agreement *a, size_t part);

#endif
