/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of baselines share: one that must load, and its proof of an
 * agreement that must load, too. */
#ifndef TEST_BASELINED_H
#define TEST_BASELINED_H

#include "baseline.h"
#include "loaded.h"

/* Prints them, so that a failure tells why. */
void baselined_show(const struct findings *f);
/* The caller calls baseline_destroy(). */
struct baseline *baselined_load(const char *text);
/* The proof of the agreement TEXT against "baseline b version 1; RULES". */
struct baseline_proof baselined_prove(const char *text, const char *rules);
/* How many violations that finds. */
size_t baselined_found(const char *text, const char *rules);

#endif
