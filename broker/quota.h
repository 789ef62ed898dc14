/* SPDX-License-Identifier: EUPL-1.2
 *
 * How much may wait for one card: shares, bytes of their envelopes, and how
 * long the oldest may have waited. Pending shares count like the others. */
#ifndef BROKER_QUOTA_H
#define BROKER_QUOTA_H

#include "force.h"
#include "mailbox.h"

struct core;

/* Whether the mailbox of CARD has no room for S, which is not yet in it. Uses
 * core's entry. */
DHK_MUST_USE bool quota_is_full(
    struct core *c, struct force_card *card, const struct mailbox_share *s);
/* S comes into CARD's mailbox, or leaves it. */
void quota_add(struct force_card *card, const struct mailbox_share *s);
void quota_remove(struct force_card *card, const struct mailbox_share *s);

#endif
