/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether the agreement in force would decide an open share as it was decided:
 * the same fields, duties, approvals and verdict, at the time when it was
 * accepted. Reads only. */
#ifndef BROKER_REDECIDE_H
#define BROKER_REDECIDE_H

#include "mailbox.h"

struct core;
struct redecide;

struct redecide *redecide_new(struct core *c);
void redecide_destroy(struct redecide **r);
/* False when in doubt: the sender gets it back and can seal again. */
bool redecide_is_same(struct redecide *r, const struct mailbox_share *s);

#endif
