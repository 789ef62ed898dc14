/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may get what of one sender, at most: for each kind, purpose and ground,
 * whatever the attributes are. Exact, by a walk through the cells of the
 * agreement; trying every value of every attribute takes too long. */
#ifndef CLIENTS_KINDROUTES_H
#define CLIENTS_KINDROUTES_H

#include "evaluate.h"

struct kindroute { /* somebody may get something */
    uint16_t kind, purpose, ground, recipient;
    uint32_t fields; /* at most; never 0 */
};
struct kindroutes {
    struct kindroute *list; /* by kind, purpose, ground and recipient */
    size_t n, cap;
};

/* Fills OUT for SENDER (-1: nobody, and nothing is open); kindroutes_done() in
 * any case. DHK_NOMEM; DHK_LIMIT: the rules tell too many cases apart. */
DHK_MUST_USE enum dhk_err kindroutes_find(
    struct kindroutes *out, const struct agreement *a, int sender);
void kindroutes_done(struct kindroutes *r);

/* The first of KIND, or NULL; the next on another purpose or ground. */
const struct kindroute *kindroutes_first(
    const struct kindroutes *r, size_t kind);
const struct kindroute *kindroutes_next(
    const struct kindroutes *r, const struct kindroute *after);
/* What RECIPIENT may get on the purpose and ground of ROUTE; 0: nothing. */
uint32_t kindroutes_fields(const struct kindroutes *r,
    const struct kindroute *route, uint16_t recipient);

#endif
