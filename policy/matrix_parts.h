/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to matrix.c and matrix_cells.c: the matrix while it is made. */
#ifndef POLICY_MATRIX_PARTS_H
#define POLICY_MATRIX_PARTS_H

#include "arena.h"
#include "matrix.h"

/* What a cell lets through, and by which permits. Boxes say its index. */
struct variant {
    uint32_t fields;
    struct duties duties;
    const uint16_t *permits; /* arena */
    size_t permits_n;
    size_t outcome; /* the first variant with these fields and duties */
};

struct matrix {
    const struct agreement *a;
    const uint32_t *fields; /* by kind, or NULL; only while it is made */
    struct arena *arena;
    struct cells *cells;
    struct boxes **boxes; /* by kind; NULL: nothing is let through */
    struct variant *variant;
    size_t variants_n, variants_cap;
    size_t kind_from; /* the first variant of the kind at hand */
    struct matrix_entry *entry;
    size_t entries_n, entries_cap;
};

/* Room in *LIST for one more than N, each of SIZE; false: no memory. */
bool matrix_grow(void **list, size_t n, size_t *cap, size_t size);

/* Fills boxes and variants from every cell. DHK_NOMEM; DHK_LIMIT, with WHY. */
DHK_MUST_USE enum dhk_err matrix_walk(struct matrix *m, struct words *why);

#endif
