/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: numbers for records of one size, the same for the same
 * bytes, from 0 on. Padding inside a record must be zero. */
#ifndef POLICY_INTERN_H
#define POLICY_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct intern;

/* For records of SIZE bytes; NULL when memory is short. */
struct intern *intern_new(size_t size);
void intern_destroy(struct intern **t);
/* The number of RECORD. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err intern_number(
    uint64_t *out, struct intern *t, const void *record);
/* How many different records there are, and one of them; until the next
 * intern_number(). */
size_t intern_count(const struct intern *t);
const void *intern_record(const struct intern *t, uint64_t number);

#endif
