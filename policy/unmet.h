/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a request that no rule permits lacked: the permits that it came nearest
 * to. For explanations to the sender; decides nothing. */
#ifndef POLICY_UNMET_H
#define POLICY_UNMET_H

#include "evaluate.h"

enum { UNMET_RULES = 3 };

struct unmet_rule {
    uint16_t rule;
    bool purpose, ground; /* it is for another one */
    uint32_t attributes;  /* by position: it wants another value */
};
struct unmet {
    bool route; /* some permit is about this sender, recipient and kind */
    /* those that lack least, equally little, in text order */
    struct unmet_rule list[UNMET_RULES];
    size_t n;
};
/* Windows, and values that are HIDDEN, count as met. */
void unmet_find(
    struct unmet *out, const struct agreement *a, const struct request *req);

#endif
