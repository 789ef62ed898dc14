/* SPDX-License-Identifier: EUPL-1.2
 *
 * Brute force: every request to a small agreement, but for values that its
 * classes do not tell apart. Knows nothing of cells. */
#ifndef TEST_EVERY_H
#define TEST_EVERY_H

#include "evaluate.h"

struct every {
    const struct agreement *a;
    struct request req;
    double requests; /* that it stands for */
    size_t window;   /* private */
    uint32_t class[LIMIT_ATTRIBUTES];
};

/* E begins before the first. */
void every_init(struct every *e, const struct agreement *a);
/* The next; false after the last. */
bool every_next(struct every *e);

#endif
