/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: whether the rules make sense together. Each fault that
 * is found here is one that its authors cannot have meant. */
#ifndef POLICY_CHECK_H
#define POLICY_CHECK_H

#include "resolve.h"

/* Adds findings; the agreement is resolved and has its classes. */
void check_agreement(struct resolver *r);

/* Errors for permits that have no effect. */
void check_effects(struct resolver *r);

/* Warnings about what is declared and plays no part. */
void check_unused(struct resolver *r);

/* Whether some values and some time suit every condition of rule I, on a signal
 * that carries all that it tests. */
bool check_conditions(const struct agreement *a, size_t i);

/* A request to which both rules apply (they may be one and the same); false
 * when there is none. */
bool check_meet(
    struct request *out, const struct agreement *a, size_t i, size_t j);

#endif
