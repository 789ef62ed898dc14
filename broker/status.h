/* SPDX-License-Identifier: EUPL-1.2
 *
 * How things stand, for the operator: names, numbers and dates only. */
#ifndef BROKER_STATUS_H
#define BROKER_STATUS_H

#include <stdbool.h>

struct enact;

/* Replies when the request is a question, or explains a jump of the clock (the
 * explanation becomes an entry); false: it is another. */
bool status_control(struct enact *e);

#endif
