/* SPDX-License-Identifier: EUPL-1.2
 *
 * One request decided by two agreements, and what comes out compared by name:
 * independent of how differences are found. */
#ifndef TEST_BOTH_H
#define TEST_BOTH_H

#include "diff.h"

struct both {
    struct decision decision[2];
    char fields[2][1024]; /* that one side alone gives */
    char duties[2][4096]; /* all of them, the same text for the same */
    bool changed;
};

/* The request with those VALUES, by dimension, of D's space; the kind is at
 * hand. */
void both_decide(struct both *x, const struct diff *d, size_t kind,
    const size_t *values, size_t dimensions);

/* The same request to agreement W. */
struct request both_request(const struct diff *d, size_t kind, size_t w,
    const size_t *values, size_t dimensions);
/* Adds the names of those fields of REQ's kind to OUT, which ends in NUL. */
void both_fields(char *out, size_t cap, const struct agreement *a,
    const struct request *req, uint32_t fields);

/* Everything about the obligations, by name: the same text for the same. */
void both_duties(
    char *out, size_t cap, const struct agreement *a, const struct duties *d);

#endif
