/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sets of requests in as few boxes as is easily done: cells that say the same
 * are united wherever they differ in one dimension only (as decision tables
 * are simplified: Calvanese et al., "Semantics and Analysis of DMN Decision
 * Tables", BPM 2016). What they hold together never changes. */
#ifndef POLICY_BOXES_H
#define POLICY_BOXES_H

#include "cells.h"

struct box {
    uint64_t says; /* boxes that say the same may be united */
    size_t kind;
    size_t dimensions;
    const struct cells_set *set; /* by dimension */
    struct request request[2];   /* one of its requests: see cells.h */
    double requests;
};
/* A list of boxes over one space. */
struct boxes;

/* For boxes_destroy(); NULL when memory is short. */
struct boxes *boxes_new(void);
void boxes_destroy(struct boxes **b);
/* Adds the cell, which says SAYS. DHK_NOMEM, or DHK_LIMIT for more than a
 * million. */
DHK_MUST_USE enum dhk_err boxes_add(
    struct boxes *b, const struct cells_cell *cell, uint64_t says);
/* Unites. Call it once, after the last boxes_add(); then boxes are in the order
 * in which their first cells were added. */
void boxes_unite(struct boxes *b);
size_t boxes_count(const struct boxes *b);
const struct box *boxes_at(const struct boxes *b, size_t i);

/* Adds "12..17": the numbers from value V of DIMENSION on, as long as the next
 * follow at once and are in SET as V is, or are not in it as V is not. Returns
 * the value after them. */
size_t boxes_stretch(struct words *out, const struct cells *c, size_t dimension,
    const struct cells_set *set, size_t v);
/* Adds the set as names: "politie, om", "any", "any except school", for numbers
 * "0..17, 65..99". The cells must be at the kind of the set. */
void boxes_set_name(struct words *out, const struct cells *c, size_t dimension,
    const struct cells_set *set);
/* Adds "from politie to om signal x for p on g when ernst is hoog, acuut and
 * during kantooruren", leaving out what is not restricted. Makes the box's kind
 * the one at hand, which ends a walk. DHK_NOMEM, DHK_LIMIT as in cells.h. */
DHK_MUST_USE enum dhk_err boxes_describe(
    struct words *out, struct cells *c, const struct box *box);

#endif
