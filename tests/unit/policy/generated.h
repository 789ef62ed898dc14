/* SPDX-License-Identifier: EUPL-1.2
 *
 * Random agreements and requests, the same for the same seed. They are made
 * without a text, so that rules may be dead, many or at odds, as no text that
 * loads may be; names are a class and an index, "party0". Short memory ends the
 * program. */
#ifndef TEST_GENERATED_H
#define TEST_GENERATED_H

#include "../sanitized.h"
#include "evaluate.h"

struct generated_shape {
    size_t parties, kinds, purposes, grounds; /* 1 to 64 */
    size_t attributes;                        /* at most 64 */
    size_t windows;                           /* at most 32 */
    size_t rules;
    uint32_t any;   /* of 100 sets, how many hold everything */
    uint32_t names; /* in another set, at most */
};

/* A number below N, which is not 0. */
uint32_t generated_below(uint64_t *state, size_t n);

/* For agreement_destroy(). */
struct agreement *generated_agreement(
    const struct generated_shape *shape, uint64_t *state);

/* A request that is likely to meet some rule, at the edges of what rules can
 * tell apart; one in some has a value or a name that does not exist. */
void generated_request(
    struct request *out, const struct agreement *a, uint64_t *state);

#endif
