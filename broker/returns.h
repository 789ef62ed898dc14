/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that must not be delivered any more because something came into force
 * or ended: they go back to their senders, a part in each batch. What a batch
 * did not do, or could not commit, is still due after it; until all is done
 * nothing is delivered. */
#ifndef BROKER_RETURNS_H
#define BROKER_RETURNS_H

#include "bytes.h"

struct core;

struct returns { /* what a batch did of it */
    uint64_t at;
    bool redone, mailed, stale;
};

/* Cards may have become valid or invalid. Ends sessions, too. */
void returns_cards_changed(struct core *c);
/* Another agreement, or none, is in force. */
void returns_agreement_changed(struct core *c);
/* Returns a part of what is due. */
void returns_some(struct core *c, struct returns *r);
/* The batch of R was committed. */
void returns_noted(struct core *c, const struct returns *r);

#endif
