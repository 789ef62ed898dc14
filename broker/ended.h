/* SPDX-License-Identifier: EUPL-1.2
 *
 * What of its shares a recipient was never to get: so it can tell one that was
 * kept from it from one that ended lawfully. */
#ifndef BROKER_ENDED_H
#define BROKER_ENDED_H

#include "command.h"
#include "err.h"

struct core;
struct peer;

/* GET ended of P: among the share of entry CMD->a, to P's partner, and the
 * CMD->b - 1 before it between the two, those that wait for approvals, ran out
 * meanwhile, went back or were withdrawn before they were answered. Nothing of
 * them but their entries, which P's partner may see. DHK_NOTFOUND: there is no
 * such share; DHK_DENIED: P does not receive. */
DHK_MUST_USE enum dhk_err ended_get(
    struct core *c, const struct peer *p, const struct command *cmd);

#endif
