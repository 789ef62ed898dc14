/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether the agreement in force would decide an open share as it was decided:
 * the same fields, duties, approvals and verdict, in the windows of when it was
 * accepted, and as its case stands now. Reads only. */
#ifndef BROKER_REDECIDE_H
#define BROKER_REDECIDE_H

#include "mailbox.h"

struct core;
struct redecide;

struct redecide *redecide_new(struct core *c);
void redecide_destroy(struct redecide **r);
/* False when in doubt: the sender gets it back and can seal again. */
bool redecide_is_same(struct redecide *r, const struct mailbox_share *s);
/* NONE when it is the same; else what a sender is told that changed. */
enum entry_code redecide_code(
    struct redecide *r, const struct mailbox_share *s);

#endif
