/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: which values of one dimension a rule lets through. A rule
 * applies to a request when it lets every dimension of it through, so that a
 * rule is a box: a set of values for each dimension, "unknown" being one of
 * the values of an attribute. */
#ifndef POLICY_ADMITS_H
#define POLICY_ADMITS_H

#include "rule.h"

enum admits_asked {
    ADMITS_SENDER = 0,
    ADMITS_RECIPIENT,
    ADMITS_PURPOSE,
    ADMITS_GROUND,
    ADMITS_UNKNOWN, /* of an attribute that the kind carries */
    ADMITS_VALUE,   /* of an attribute that the kind carries */
    ADMITS_WINDOW,  /* value: whether it holds */
};

/* Whether RULE lets VALUE through; of attribute or window WHICH. */
bool admits_value(const struct rule *rule, enum admits_asked asked,
    uint16_t which, uint32_t value);
/* Whether RULE lets a minute through in which just the windows of the bitmask
 * hold. */
bool admits_windows(const struct rule *rule, uint32_t windows);
/* Whether RULE can apply to signals of KIND: it is about them, and they carry
 * all that it demands to know. */
bool admits_kind(
    const struct agreement *a, const struct rule *rule, size_t kind);

#endif
