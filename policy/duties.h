/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: joining obligations. The stricter one always stands, so
 * that the order of joining never matters. */
#ifndef POLICY_DUTIES_H
#define POLICY_DUTIES_H

#include "evaluate.h"

/* Adds MORE to OUT: least of the at most, most of the at least, onward to those
 * in both, approvals set by set. */
void duties_join(struct duties *out, const struct duties *more);

/* Adds one approval to OUT. */
void duties_join_approval(struct duties *out, const struct duty_approval *more);
/* Whether A and B say the same, approvals in the same order. */
bool duties_equal(const struct duties *a, const struct duties *b);

#endif
