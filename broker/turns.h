/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which connections may have something to get, by turns, and what each of them
 * holds unanswered. */
#ifndef BROKER_TURNS_H
#define BROKER_TURNS_H

#include "peer.h"

/* Share S is open no more: what P holds of it counts no longer. */
void turns_settled(struct core *c, const struct mailbox_share *s);
/* There may be something to send to P. */
void turns_mark(struct core *c, struct peer *p);
/* P's turn comes: it is marked no more. */
void turns_unmark(struct core *c, struct peer *p);
/* Whatever P may hold unanswered is delivered to it again: it may be lost. */
void turns_deliver_anew(struct core *c, struct peer *p);
/* P's turn comes. It says that it holds what is open up to CURSOR of each
 * class: that counts as delivered, and comes again only when it is late. */
void turns_resume(
    struct core *c, struct peer *p, const uint64_t cursor[MAILBOX_CLASSES]);
/* This batch failed: who was counted an answer or confirmation in it is
 * delivered and told all anew. */
void turns_uncount(struct core *c);
/* There is something new for card N. */
void turns_wake(struct core *c, uint64_t n, uint32_t mode);
/* There may be something for anybody. */
void turns_wake_all(struct core *c);

#endif
