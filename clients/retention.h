/* SPDX-License-Identifier: EUPL-1.2
 *
 * How long this node may keep what it took: the duty `retain at most N days`,
 * which travels with each share and binds its recipient, whether or not it
 * takes part in the case. Counted from when the broker accepted the share. */
#ifndef CLIENTS_RETENTION_H
#define CLIENTS_RETENTION_H

#include "thread.h"

/* Of one case, what was taken at this node's broker and is still known here. */
struct retention {
    size_t n;       /* shares */
    size_t passed;  /* of which are kept too long */
    int64_t next;   /* when the first of them ends, seconds; 0: none does */
    uint64_t share; /* entry of that one */
    bool over;      /* all of them have passed */
};
/* The shares of HANDLE in TAKEN, which thread_read_taken() made, at NOW. */
void retention_of(struct retention *out, const struct thread *taken,
    const uint8_t handle[STATEMENT_CASE], int64_t now);
/* Whether ITEM was taken and is kept too long at NOW. */
bool retention_is_over(const struct thread_item *item, int64_t now);

#endif
