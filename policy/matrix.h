/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may give what to whom: the request space projected on sender and
 * recipient. Exact, for it is made of every cell; see cells.h. A party gives
 * nothing to itself. Pure. */
#ifndef POLICY_MATRIX_H
#define POLICY_MATRIX_H

#include "boxes.h"

enum matrix_share { MATRIX_NEVER = 0, MATRIX_SOMETIMES, MATRIX_ALWAYS };

/* What is let through in some of the requests of an entry. */
struct matrix_case {
    uint32_t fields;         /* bit i = field i of the kind; never 0 */
    struct duties duties;    /* approvals in ascending order of their sets */
    const uint16_t *permits; /* that apply, in text order; with FIELDS below,
                              * those that share any of them */
    size_t permits_n;
    size_t outcome; /* private */
};

/* A kind of signal from one party to another that may hold something. A field
 * in `always` is let through whenever anything is, one in `sometimes` in some
 * of these requests only, and another one in none. That the signal has the
 * field is taken for granted. */
struct matrix_entry {
    uint16_t sender, recipient, kind;
    uint32_t always, sometimes;
    enum matrix_share approval;      /* needed for none, some, all of them */
    const struct matrix_case *cases; /* fewest fields first */
    size_t cases_n;
};

struct matrix;

/* The matrix of A, which must outlive it; by sender, recipient and kind. With
 * FIELDS, a mask for each kind, other fields are as if there were none. Then
 * *OUT owns it until matrix_destroy(). DHK_NOMEM; DHK_LIMIT, with in WHY what
 * makes too many cells: see cells.h. */
DHK_MUST_USE enum dhk_err matrix_new(struct matrix **out,
    const struct agreement *a, const uint32_t *fields, struct words *why);
void matrix_destroy(struct matrix **m);
size_t matrix_count(const struct matrix *m);
const struct matrix_entry *matrix_at(const struct matrix *m, size_t i);
/* The entry, or NULL. */
const struct matrix_entry *matrix_find(
    const struct matrix *m, uint16_t sender, uint16_t recipient, uint16_t kind);

/* When it is: the requests of case CASE of ENTRY as boxes, of which SENDER and
 * RECIPIENT are the only route; for boxes_destroy(). The values of their sets
 * are indexes of the agreement: see cells_value_index(). DHK_NOMEM. */
DHK_MUST_USE enum dhk_err matrix_boxes(struct boxes **out, struct matrix *m,
    const struct matrix_entry *entry, const struct matrix_case *one);
/* The space that the boxes lie in, made ready for the names of KIND: see
 * cells_turn(). */
DHK_MUST_USE enum dhk_err matrix_turn(
    struct cells **out, struct matrix *m, uint16_t kind);

#endif
