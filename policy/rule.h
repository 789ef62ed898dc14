/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: a rule with every name looked up. A rule is one box: a
 * set of values for each dimension of a request. */
#ifndef POLICY_RULE_H
#define POLICY_RULE_H

#include "evaluate.h"
#include "findings.h"
#include "syntax.h"

enum atom_type {
    ATOM_VALUES = 0, /* bit v of values */
    ATOM_RANGE,      /* low <= v <= high, of a number */
    ATOM_WINDOW,     /* window index of holds */
};

/* One condition. On an attribute that the kind does not carry it is false. */
struct atom {
    enum atom_type type;
    bool unless;        /* an exception, else a condition */
    bool negate;        /* outside the range, or outside the window */
    uint16_t attribute; /* or window */
    uint64_t values;
    uint32_t low, high;
    struct place at;
};

struct rule {
    enum rule_type type;
    char *id;
    char *title;
    char *because; /* of a forbid; NULL: not said */
    struct place at;
    uint64_t senders, recipients, kinds, purposes, grounds; /* bit sets */
    uint32_t *share;    /* by kind: the fields that it shares or never shares */
    uint32_t *withhold; /* by kind */
    struct atom *atoms;
    size_t atoms_n;
    struct duties duties;
    /* of a baseline's rule: it does not apply when one of these, and not the
     * sender alone, must approve; 0: that saves nobody */
    uint64_t approvers;
    bool guard; /* see agreement_rule_is_guard() */
};

/* Whether the set has I; no set has 64 or more. */
static inline bool
rule_has(uint64_t set, size_t i)
{
    return i < 64 && (set >> i & 1) != 0;
}

/* Whether the rule is about such signals between the two, whatever they hold.
 */
static inline bool
rule_is_about(
    const struct rule *rule, size_t sender, size_t recipient, size_t kind)
{
    return rule_has(rule->senders, sender) &&
           rule_has(rule->recipients, recipient) && rule_has(rule->kinds, kind);
}

enum rule_truth { RULE_FALSE = 0, RULE_UNKNOWN, RULE_TRUE };

#endif
