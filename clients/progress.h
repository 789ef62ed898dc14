/* SPDX-License-Identifier: EUPL-1.2
 *
 * A progress bar on standard error, when that is a terminal. */
#ifndef CLIENTS_PROGRESS_H
#define CLIENTS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool shown;
    unsigned percent; /* shown last; 101: not yet */
    uint64_t total;   /* the caller's: bytes of a file, for one */
};
void progress_start(struct progress *p);
/* DONE of TOTAL; TOTAL 0: nothing to show yet. */
void progress_to(struct progress *p, uint64_t done, uint64_t total);
/* Takes the bar away. */
void progress_end(const struct progress *p);

#endif
