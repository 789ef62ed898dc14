/* SPDX-License-Identifier: EUPL-1.2
 *
 * What may leave only after the commit of the batch that it is about: answers
 * to peers and replies to the operator, in their order. Put there by
 * core_send_later() and core_reply(). */
#ifndef BROKER_LATER_H
#define BROKER_LATER_H

struct core;

/* The batch is durable: all of it leaves. */
void later_send(struct core *c);
/* The batch did not happen: peers hear "busy" instead, the operator WHY. */
void later_busy(struct core *c, const char *why);
void later_clear(struct core *c);

#endif
