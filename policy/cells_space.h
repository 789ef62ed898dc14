/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to cells.c: the joined vocabulary of two agreements, and for one
 * kind at a time which rules admit each value of each dimension. */
#ifndef POLICY_CELLS_SPACE_H
#define POLICY_CELLS_SPACE_H

#include "admits.h"
#include "arena.h"
#include "cells.h"

enum { CELLS_NONE = 0xffff };

/* Names of one class, and their indexes in either agreement. */
struct cells_names {
    size_t n;
    const char *name[CELLS_VALUES];
    uint16_t index[2][CELLS_VALUES]; /* or CELLS_NONE */
};
struct cells_class {
    struct cells_set set; /* its values */
    double weight;        /* requests */
    uint16_t value;       /* one of them, that both agreements know if any is */
};
/* A dimension of the kind at hand. */
struct cells_axis {
    size_t n; /* values */
    /* of an attribute */
    const struct agreement_attribute *of[2]; /* NULL: not carried there */
    uint16_t attribute[2];
    uint8_t position[2];
    int64_t first[2][CELLS_VALUES]; /* by value: as a request has it, the
                                     * smallest of an interval; -1: none */
    double weight[CELLS_VALUES];    /* by value: requests */
    /* values that the same rules admit fall together once and for all */
    size_t classes_n;
    struct cells_class *classes;
    uint64_t *rows; /* by class: the rules that admit it, space.words each */
    uint64_t *tell; /* the rules that admit some class and not another */
};
struct cells_rule {
    uint8_t which;
    uint16_t rule;
};

struct cells_space {
    const struct agreement *of[2]; /* the second may be NULL */
    struct cells_names parties, purposes, grounds, kinds;
    uint32_t windows[2][CELLS_VALUES]; /* by value: those that hold */
    size_t windows_n;
    /* the kind at hand */
    struct arena *arena;
    size_t kind;
    struct cells_rule *rules; /* those that can apply to it */
    size_t rules_n, words;    /* words: 64-bit words of a set of rules */
    uint16_t *place[2];       /* by rule: its index in rules, or CELLS_NONE */
    uint64_t *permits;        /* which of them are permits */
    struct cells_axis axis[CELLS_DIMENSIONS];
    size_t axes_n;
};

/* Joins the vocabularies. DHK_LIMIT, DHK_NOMEM. */
DHK_MUST_USE enum dhk_err cells_space_join(struct cells_space *s,
    const struct agreement *first, const struct agreement *second);
/* Makes KIND the one at hand. DHK_LIMIT, DHK_NOMEM. */
DHK_MUST_USE enum dhk_err cells_space_kind(struct cells_space *s, size_t kind);
/* Fills the classes of dimension D of the kind at hand. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err cells_space_classes(struct cells_space *s, size_t d);
/* Rule R of those that can apply to the kind at hand. */
const struct rule *cells_space_rule(const struct cells_space *s, size_t r);
void cells_space_done(struct cells_space *s);

/* The space that C walks through. */
const struct cells_space *cells_space_of(const struct cells *c);

#endif
