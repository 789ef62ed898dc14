/* SPDX-License-Identifier: EUPL-1.2
 *
 * The request space of one agreement, or of two side by side, cut into cells:
 * boxes on which every rule of them is constant. One decision in a cell is a
 * proof for every request in it, so that each analysis which looks at all
 * cells is exact. Two values of a dimension fall together when the same rules,
 * of those that are still possible, admit them. What no permit can reach is
 * left out: default deny. See Fisler et al., "Verification and Change-Impact
 * Analysis of Access-Control Policies", ICSE 2005, for what such a partition
 * can answer; here it needs no decision diagram, for every rule is one box.
 *
 * The vocabularies of two agreements are joined by name: a value that one of
 * them does not have is a value of the space all the same, which that one
 * denies. */
#ifndef POLICY_CELLS_H
#define POLICY_CELLS_H

#include "evaluate.h"
#include "words.h"

enum {
    /* values of one dimension that can be told apart: two vocabularies of 64
     * names, or the intervals of a number */
    CELLS_VALUES = 256,
    /* dimensions of a kind before its attributes */
    CELLS_FIXED = 5,
    CELLS_DIMENSIONS = CELLS_FIXED + 2 * LIMIT_ATTRIBUTES,
    /* cells of a space that can be walked */
    CELLS_MAX = 10000000,
};
enum cells_dimension {
    CELLS_SENDER = 0,
    CELLS_RECIPIENT,
    CELLS_PURPOSE,
    CELLS_GROUND,
    CELLS_WINDOWS,   /* the windows that hold */
    CELLS_ATTRIBUTE, /* the first of the kind's attributes; its value 0 is
                      * unknown */
};

/* A set of values of one dimension. */
struct cells_set {
    uint64_t bits[CELLS_VALUES / 64];
};
bool cells_has(const struct cells_set *set, size_t value);
size_t cells_count(const struct cells_set *set);

struct cells_cell {
    size_t kind; /* of the space: see cells_kind_name() */
    size_t dimensions;
    const struct cells_set *set; /* by dimension; borrowed, until the next */
    /* one of its requests, to each agreement; a name that one lacks is
     * UINT16_MAX, a value HIDDEN: it denies them. Borrowed likewise. */
    const struct request *request;
    double requests; /* how many requests it holds */
};

/* A space and a walk through it. */
struct cells;

/* The space of FIRST, and of SECOND unless that is NULL; both must outlive it.
 * Then *OUT owns it until cells_destroy(). Errors: DHK_NOMEM; DHK_LIMIT when a
 * dimension has more than CELLS_VALUES values. */
DHK_MUST_USE enum dhk_err cells_new(struct cells **out,
    const struct agreement *first, const struct agreement *second);
void cells_destroy(struct cells **c);

/* The next cell; false after the last, or when something went wrong. */
bool cells_next(struct cells *c, struct cells_cell *cell);
/* After the walk: DHK_OK when every cell was seen. DHK_LIMIT: there are more
 * than CELLS_MAX, or one dimension of a kind has more than CELLS_VALUES values;
 * DHK_NOMEM. */
DHK_MUST_USE enum dhk_err cells_end(const struct cells *c);
/* Back to before the first cell. */
void cells_rewind(struct cells *c);
/* Makes KIND the one that the names below are about, and ends the walk. As
 * cells_new(); DHK_NOTFOUND: there is no such kind. */
DHK_MUST_USE enum dhk_err cells_turn(struct cells *c, size_t kind);
/* After DHK_LIMIT: adds why, as "in signal x more than 10000000 cases are told
 * apart by rules P1, P2, V3". */
void cells_interacting(const struct cells *c, struct words *out);

/* Of the last cell: whether rule I of agreement WHICH (0 or 1) applies. */
bool cells_applies(const struct cells *c, size_t which, size_t i);

/* Lists those rules into OUT, which has room for all of that agreement, in the
 * order of the text; their number. */
size_t cells_applying(const struct cells *c, size_t which, uint16_t *out);

/* What the numbers of a cell mean; for the kind of the last cell, or of
 * cells_turn(). */
size_t cells_values(const struct cells *c, size_t dimension);
const char *cells_kind_name(const struct cells *c, size_t kind);
/* Index of that kind in agreement WHICH, or -1. */
int cells_kind_index(const struct cells *c, size_t which, size_t kind);
/* Name of an attribute's dimension. */
const char *cells_attribute_name(const struct cells *c, size_t dimension);
/* Adds what VALUE of DIMENSION is called: a party, "hoog", "12..17",
 * "unknown"; for windows the names of those that hold, or "no window". */
void cells_value_name(
    const struct cells *c, struct words *out, size_t dimension, size_t value);
/* Whether VALUE of DIMENSION is an interval of numbers, and which. */
bool cells_value_range(const struct cells *c, size_t dimension, size_t value,
    int64_t *first, int64_t *last);
/* Index of that value in agreement WHICH, as struct request has it; -1: it has
 * none. Of windows the bitmask, of a number the smallest of the interval; not
 * for unknown. */
int64_t cells_value_index(
    const struct cells *c, size_t which, size_t dimension, size_t value);
/* The same the other way round: the value that REQ, a request of that kind to
 * agreement WHICH, has; -1: none of the space. */
int cells_value_of(const struct cells *c, size_t which, size_t dimension,
    const struct request *req);

#endif
