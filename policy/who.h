/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who could ever hold a field: everybody to whom a signal with it may go, and
 * onward, everybody to whom these may give it again. Exact with regard to the
 * rules: it says what they let through, not what people do. Pure. */
#ifndef POLICY_WHO_H
#define POLICY_WHO_H

#include "matrix.h"

/* One giving of the field, and how its sender came by it. */
struct who_hop {
    const struct matrix_entry *entry;
    uint16_t origin;            /* the party that had the field to begin with */
    unsigned number;            /* 1: from the origin itself */
    const struct who_hop *from; /* the giving before it; NULL at number 1 */
};

struct who;

/* FIELD is "kind.field", or the name of a field for every kind that has it. A,
 * which must outlive *OUT; that is for who_destroy(). DHK_NOTFOUND: no kind has
 * it. Others as of matrix_new(). */
DHK_MUST_USE enum dhk_err who_new(struct who **out, const struct agreement *a,
    const char *field, struct words *why);
void who_destroy(struct who **w);

/* What the rules let through of that field: entries of every kind that has one
 * of that name, those that were asked for or not. */
struct matrix *who_matrix(const struct who *w);
/* Whether FIELD asked for that kind. */
bool who_asked(const struct who *w, uint16_t kind);
/* The field's name, without the kind. Borrowed. */
const char *who_field(const struct who *w);
/* The parties that may be given the field in a kind that was asked for. */
uint64_t who_holders(const struct who *w);

/* Follows the field from every party that may give it in a kind that was asked
 * for. A holder may give it to whom an entry goes, unless the obligations with
 * which it came forbid that; obligations bind the party that received them. A
 * giving is listed once for each origin, at its smallest number; nothing goes
 * back to the origin. By origin, then by number. Once. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err who_follow(struct who *w);
size_t who_hops(const struct who *w);
const struct who_hop *who_hop(const struct who *w, size_t i);
/* Whether that hop is the first by which its recipient comes to the field. */
bool who_is_new(const struct who *w, size_t i);
/* The parties to which the recipient of ENTRY may give on what came by it. */
uint64_t who_onward(const struct matrix_entry *entry);

#endif
