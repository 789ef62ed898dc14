/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to explain.c: the permits that come nearest to a request. */
#ifndef POLICY_EXPLAIN_NEAREST_H
#define POLICY_EXPLAIN_NEAREST_H

#include "explain.h"

/* Fills OUT's nearest permits; none of A's permits applies to REQ. */
void explain_nearest(
    struct explain *out, const struct agreement *a, const struct request *req);

#endif
