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
/* S is REFUSED for that, or will come into CARD's mailbox. The log is told when
 * the mailbox becomes full, and again only after something came into it while a
 * quarter of it was free. */
void quota_note(struct core *c, struct force_card *card,
    const struct mailbox_share *s, bool refused);
/* For who asks: whether CARD's mailbox is full now. Uses core's entry. */
DHK_MUST_USE bool quota_shows_full(struct core *c, struct force_card *card);
/* S comes into CARD's mailbox, or leaves it. */
void quota_add(struct force_card *card, const struct mailbox_share *s);
void quota_remove(struct force_card *card, const struct mailbox_share *s);

#endif
