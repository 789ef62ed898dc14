/* SPDX-License-Identifier: EUPL-1.2
 *
 * The course of a case for tests, made by statements that it must take. Those
 * who weigh are a and b. */
#ifndef TEST_COURSEMAKE_H
#define TEST_COURSEMAKE_H

#include "course.h"

enum { DAY = 86400, NOW = 1000000 };

extern struct course *coursemake; /* between the two; for cmocka */
int coursemake_begin(void **state);
int coursemake_end(void **state);

/* At NOW; a term that it has and that is not given ends a day later. */
void coursemake_state(const char *partner, struct statement s);
/* By both who weigh. */
void coursemake_both(struct statement s);
void coursemake_act(const char *partner, enum act what);
void coursemake_about(const char *partner, enum act what,
    const uint8_t signal[32], unsigned code);
/* Voted on and unanimous: a and b are members. */
void coursemake_case(void);
void coursemake_designate(const char *partner);
void coursemake_admit(const char *desk);

#endif
