/* SPDX-License-Identifier: EUPL-1.2
 *
 * Expect lines for requests, as an author would write them. Pure. */
#ifndef POLICY_SUGGEST_H
#define POLICY_SUGGEST_H

#include "evaluate.h"
#include "words.h"

/* Adds the expect line that says what A decides on REQ, and ends in a line
 * feed. REQ is one that evaluate() can decide. */
void suggest_expect(
    struct words *out, const struct agreement *a, const struct request *req);
/* Adds the request on one line, as "from p to q signal s for t on g with ernst
 * is hoog, during nacht". */
void suggest_request(
    struct words *out, const struct agreement *a, const struct request *req);

#endif
