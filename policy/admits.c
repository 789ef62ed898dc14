/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a rule lets through; see admits.h. What a condition means is asked where
 * the reference evaluator asks it. */
#include "admits.h"

#include "classes.h"

struct question {
    enum admits_asked asked;
    uint16_t which;
    uint32_t value;
};

/* As evaluate.c has it: unknown never helps a permit and never saves from a
 * forbid or never. */
static bool
lets_through(
    const struct rule *rule, const struct atom *atom, const struct question *q)
{
    if ((atom->type == ATOM_WINDOW) != (q->asked == ADMITS_WINDOW) ||
        atom->attribute != q->which) {
        return true; /* of another dimension */
    }
    if (q->asked == ADMITS_UNKNOWN) {
        return rule->type != RULE_PERMIT;
    }
    if (q->asked == ADMITS_WINDOW) {
        return ((q->value != 0) != atom->negate) != atom->unless;
    }
    return classes_atom_holds(atom, q->value) != atom->unless;
}

bool
admits_value(const struct rule *rule, enum admits_asked asked, uint16_t which,
    uint32_t value)
{
    struct question q = {.asked = asked, .which = which, .value = value};

    switch (asked) {
    case ADMITS_SENDER:
        return rule_has(rule->senders, value);
    case ADMITS_RECIPIENT:
        return rule_has(rule->recipients, value);
    case ADMITS_PURPOSE:
        return rule_has(rule->purposes, value);
    case ADMITS_GROUND:
        return rule_has(rule->grounds, value);
    case ADMITS_UNKNOWN:
    case ADMITS_VALUE:
    case ADMITS_WINDOW:
        break;
    }
    for (size_t k = 0; k < rule->atoms_n; k++) {
        if (!lets_through(rule, &rule->atoms[k], &q)) {
            return false;
        }
    }
    return true;
}

bool
admits_windows(const struct rule *rule, uint32_t windows)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (atom->type == ATOM_WINDOW && (rule_has(windows, atom->attribute) !=
                                             atom->negate) == atom->unless) {
            return false;
        }
    }
    return true;
}

bool
admits_kind(const struct agreement *a, const struct rule *rule, size_t kind)
{
    if (!rule_has(rule->kinds, kind)) {
        return false;
    }
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (atom->type != ATOM_WINDOW && !atom->unless &&
            a->kinds[kind].position[atom->attribute] == NO_POSITION) {
            return false;
        }
    }
    return true;
}
