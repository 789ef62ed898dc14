/* SPDX-License-Identifier: EUPL-1.2
 *
 * Filling rows; see compiled_rows.h. */
#include "compiled_rows.h"

/* Adds rule R to row I. */
static void
add(const struct compiled_rows *rows, size_t i, size_t r)
{
    rows->row[i * rows->words + r / 64] |= UINT64_C(1) << r % 64;
}

void
compiled_rows_fill(const struct compiled_rows *rows, size_t i,
    enum admits_asked asked, uint16_t which, uint32_t value)
{
    for (size_t r = 0; r < rows->rules_n; r++) {
        const struct rule *rule = &rows->a->rules[rows->rules[r].index];

        if (admits_value(rule, asked, which, value)) {
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
    uint64_t edge = 0;
    bool passes = false;

    for (size_t c = 0; c < classes->n; c++) {
        uint32_t v = classes->first[c];

        if (v >= edge) {
            passes = admits_value(rule, ADMITS_VALUE, attribute, v);
            edge = next_edge(rule, attribute, v);
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
    compiled_rows_fill(rows, 0, ADMITS_UNKNOWN, attribute, 0);
    if (classes->of == NULL) { /* a number */
        for (size_t r = 0; r < rows->rules_n; r++) {
            add_to_intervals(rows, r, attribute, classes);
        }
        return;
    }
    for (size_t c = 0; c < classes->n; c++) {
        compiled_rows_fill(
            rows, c + 1, ADMITS_VALUE, attribute, classes->first[c]);
    }
}
