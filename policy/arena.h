/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: memory that is freed all at once. An agreement is built
 * of hundreds of small pieces with one life; here they cannot leak one by
 * one. */
#ifndef POLICY_ARENA_H
#define POLICY_ARENA_H

#include "bytes.h"

struct arena;

/* NULL when memory is short. */
struct arena *arena_new(void);
void arena_destroy(struct arena **arena);
/* Zeroed memory for N things of SIZE, aligned for any type; NULL when memory
 * is short. Never NULL for N = 0. */
void *arena_alloc(struct arena *arena, size_t n, size_t size);
/* S with a NUL behind it, or NULL. */
char *arena_text(struct arena *arena, struct slice s);

#endif
