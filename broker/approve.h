/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that wait for approvals. When all that its duties ask for are there
 * the share is decided again, by the course as it is now: decided as before it
 * is let go by an entry of its own, and delivered; else it goes back. One
 * refusal sends it back, too. */
#ifndef BROKER_APPROVE_H
#define BROKER_APPROVE_H

#include "mailbox.h"

struct core;

/* S, which waits, is approved by A, which about_check() was content with. */
DHK_MUST_USE enum dhk_err approve_take(struct core *c,
    const struct mailbox_share *s, const struct mailbox_approval *a);
/* S, which waits, is refused by one of those that it waited for. */
void approve_decline(struct core *c, const struct mailbox_share *s);

#endif
