/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is to be destroyed at this node now: cases, when their course ends or,
 * for who takes no part in them, the retention of all that was taken of them;
 * and shares that are kept too long, of cases that go on. */
#ifndef CLIENTS_DUE_H
#define CLIENTS_DUE_H

#include "retention.h"

struct due {
    char handle[33];
    bool whole; /* the case; else of what was taken that which has passed */
};
/* By what this node knows of the courses, and TAKEN, which thread_read_taken()
 * made, at NOW (seconds); in malloc()ed memory that the caller free()s. */
DHK_MUST_USE enum dhk_err due_list(struct due **list, size_t *n,
    struct dhk_node *node, const struct thread *taken, int64_t now,
    struct dhk_problem *problem);

#endif
