/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: an agreement with the rules of a baseline beside its own.
 * What the baseline says is carried over by name:
 * - a name that the agreement lacks drops out, and a rule that names nothing
 *   else concerns nothing; `any` is all that the agreement has;
 * - a value that the baseline does not declare counts as unknown, so that a
 *   condition on it never saves;
 * - an attribute that the agreement lacks is one that no signal carries;
 * - a window keeps the times that the baseline gives it. */
#ifndef POLICY_BASELINE_JOIN_H
#define POLICY_BASELINE_JOIN_H

#include "baseline.h"
#include "resolve.h"

struct baseline {
    struct arena *arena; /* owns all of it */
    struct syntax syntax;
    struct agreement *own; /* vocabulary and rules, by its own declarations */
};

/* *OUT has the vocabulary of A, the rules of A and behind them those of B, and
 * is for agreement_destroy(); A must stay as long. A rule of B that concerns
 * nothing has no kinds. It has no compiled table. DHK_LIMIT: too many windows.
 * DHK_NOMEM. */
DHK_MUST_USE enum dhk_err baseline_join(struct agreement **out,
    const struct baseline *b, const struct agreement *a);

/* A copy of A's vocabulary in ARENA, with room for RULES rules and WINDOWS more
 * windows, whose kinds may get partitions of their own; NULL: short memory. */
struct agreement *baseline_vocabulary(struct arena *arena,
    const struct agreement *a, size_t rules, size_t windows);

#endif
