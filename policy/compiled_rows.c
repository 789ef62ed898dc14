/* SPDX-License-Identifier: EUPL-1.2
 *
 * Filling rows; see compiled_rows.h. What a condition means is asked where the
 * reference evaluator asks it. */
#include "compiled_rows.h"

struct question {
    enum compiled_asked asked;
    uint16_t which;
    uint32_t value;
};

static bool
has_bit(uint64_t set, size_t i)
{
    return i < 64 && (set >> i & 1) != 0;
}

/* As evaluate.c has it: unknown never helps a permit and never saves from a
 * forbid or never. */
static bool
lets_through(
    const struct rule *rule, const struct atom *atom, const struct question *q)
{
    if ((atom->type == ATOM_WINDOW) != (q->asked == COMPILED_WINDOW) ||
        atom->attribute != q->which) {
        return true; /* of another dimension */
    }
    if (q->asked == COMPILED_UNKNOWN) {
        return rule->type != RULE_PERMIT;
    }
    if (q->asked == COMPILED_WINDOW) {
        return ((q->value != 0) != atom->negate) != atom->unless;
    }
    return classes_atom_holds(atom, q->value) != atom->unless;
}

static bool
answer(const struct rule *rule, const struct question *q)
{
    switch (q->asked) {
    case COMPILED_SENDER:
        return has_bit(rule->senders, q->value);
    case COMPILED_RECIPIENT:
        return has_bit(rule->recipients, q->value);
    case COMPILED_PURPOSE:
        return has_bit(rule->purposes, q->value);
    case COMPILED_GROUND:
        return has_bit(rule->grounds, q->value);
    case COMPILED_UNKNOWN:
    case COMPILED_VALUE:
    case COMPILED_WINDOW:
        break;
    }
    for (size_t k = 0; k < rule->atoms_n; k++) {
        if (!lets_through(rule, &rule->atoms[k], q)) {
            return false;
        }
    }
    return true;
}

/* Adds rule R to row I. */
static void
add(const struct compiled_rows *rows, size_t i, size_t r)
{
    rows->row[i * rows->words + r / 64] |= UINT64_C(1) << r % 64;
}

void
compiled_rows_fill(const struct compiled_rows *rows, size_t i,
    enum compiled_asked asked, uint16_t which, uint32_t value)
{
    struct question q = {.asked = asked, .which = which, .value = value};

    for (size_t r = 0; r < rows->rules_n; r++) {
        if (answer(&rows->a->rules[rows->rules[r].index], &q)) {
            add(rows, i, r);
        }
    }
}

/* The smallest number above V at which a condition on the attribute may begin
 * or cease to hold. */
static uint64_t
next_edge(const struct rule *rule, uint16_t attribute, uint32_t v)
{
    uint64_t edge = UINT64_MAX;

    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];
        uint64_t own = UINT64_MAX;

        if (atom->type != ATOM_RANGE || atom->attribute != attribute) {
            continue;
        }
        if (v < atom->low) {
            own = atom->low;
        } else if (v <= atom->high) {
            own = (uint64_t)atom->high + 1;
        }
        edge = own < edge ? own : edge;
    }
    return edge;
}

/* Adds rule R to the rows of the classes of a number that it lets through. It
 * is asked again only where its own conditions change: classes can be thousands
 * and conditions sixteen, in each of 256 rules for each of 64 kinds. */
static void
add_to_intervals(const struct compiled_rows *rows, size_t r, uint16_t attribute,
    const struct partition *classes)
{
    const struct rule *rule = &rows->a->rules[rows->rules[r].index];
    struct question q = {.asked = COMPILED_VALUE, .which = attribute};
    uint64_t edge = 0;
    bool passes = false;

    for (size_t c = 0; c < classes->n; c++) {
        q.value = classes->first[c];
        if (q.value >= edge) {
            passes = answer(rule, &q);
            edge = next_edge(rule, attribute, q.value);
        }
        if (passes) {
            add(rows, c + 1, r);
        }
    }
}

void
compiled_rows_classes(const struct compiled_rows *rows, uint16_t attribute,
    const struct partition *classes)
{
    compiled_rows_fill(rows, 0, COMPILED_UNKNOWN, attribute, 0);
    if (classes->of == NULL) { /* a number */
        for (size_t r = 0; r < rows->rules_n; r++) {
            add_to_intervals(rows, r, attribute, classes);
        }
        return;
    }
    for (size_t c = 0; c < classes->n; c++) {
        compiled_rows_fill(
            rows, c + 1, COMPILED_VALUE, attribute, classes->first[c]);
    }
}
