/* SPDX-License-Identifier: EUPL-1.2
 *
 * Keeps the index behind the ledger: some of it after each batch, in
 * transactions of its own, so that no message fails for it. */
#ifndef BROKER_CATCHUP_H
#define BROKER_CATCHUP_H

#include "err.h"

#include <stdbool.h>

struct core;

/* Works for some milliseconds. A full store is no error: what is not indexed is
 * looked at one by one. */
DHK_MUST_USE enum dhk_err catchup_turn(struct core *c);
/* Whether there is more to do, now. */
bool catchup_is_due(const struct core *c);

#endif
