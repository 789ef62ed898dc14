/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether an approval saves from a rule of a baseline, by trying every set of
 * parties. */
#ifndef TEST_APPROVED_H
#define TEST_APPROVED_H

#include "rule.h"

/* Whether RULE does not apply because one that it names, and not SENDER, is in
 * every set of parties that is enough for DUTIES. Those may name a fourth party
 * of A that there is not, as generated ones do. */
bool approved_saves(const struct agreement *a, const struct rule *rule,
    const struct duties *duties, uint16_t sender);

#endif
