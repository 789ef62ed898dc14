/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: the values of an attribute that no rule tells apart form
 * one class. Trying one value of each class is trying them all. */
#ifndef POLICY_CLASSES_H
#define POLICY_CLASSES_H

#include "arena.h"
#include "rule.h"

struct partition {
    uint32_t *first; /* by class, from 0: its smallest value; ascending */
    size_t n;
    uint8_t *of; /* by value: its class, from 0; NULL for a number */
};

/* Fills kinds[].partitions and window_sets; the rules are resolved. Only
 * DHK_NOMEM. */
DHK_MUST_USE enum dhk_err classes_build(
    struct agreement *a, struct arena *arena);

/* Whether V meets the condition, which is not of a window. */
bool classes_atom_holds(const struct atom *atom, uint32_t v);

#endif
