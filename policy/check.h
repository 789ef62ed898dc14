/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: whether the rules make sense together. Each fault that
 * is found here is one that its authors cannot have meant. */
#ifndef POLICY_CHECK_H
#define POLICY_CHECK_H

#include "resolve.h"

/* Adds findings; the agreement is resolved and has its classes. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err check_agreement(struct resolver *r);

/* What looking at every cell of the request space finds: permits without
 * effect, rules that change nothing, obligations that contradict each other,
 * and a space with too many cells. Sets a->cells_n and which rules are guards.
 * DHK_NOMEM. */
DHK_MUST_USE enum dhk_err check_effects(struct resolver *r);

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
