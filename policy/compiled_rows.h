/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: filling the rows of a compiled agreement, each the set of
 * rules that one value of one dimension lets through. */
#ifndef POLICY_COMPILED_ROWS_H
#define POLICY_COMPILED_ROWS_H

#include "admits.h"
#include "classes.h"
#include "compiled_table.h"

/* Zeroed rows, and the rules that they are of. */
struct compiled_rows {
    const struct agreement *a;
    const struct compiled_rule *rules;
    size_t rules_n;
    size_t words;
    uint64_t *row;
};

/* Row I: the rules that let VALUE through; of attribute or window WHICH. */
void compiled_rows_fill(const struct compiled_rows *rows, size_t i,
    enum admits_asked asked, uint16_t which, uint32_t value);
/* Row 0: unknown; row c + 1: class c of the attribute. */
void compiled_rows_classes(const struct compiled_rows *rows, uint16_t attribute,
    const struct partition *classes);

#endif
