/* SPDX-License-Identifier: EUPL-1.2
 *
 * How things stand, for the operator: names, numbers and dates only. */
#ifndef BROKER_STATUS_H
#define BROKER_STATUS_H

struct enact;

void status_reply(struct enact *e);
/* Goes on after a jump of the clock, which becomes an entry. */
void status_explain_clock(struct enact *e);

#endif
