/* SPDX-License-Identifier: EUPL-1.2
 *
 * What partners and auditors state about a case: what it comes to, who takes
 * part, that they agree or refuse, that they destroyed what ties its handle to
 * a person. What the course of the case does not have is refused and leaves no
 * trace (courses.h, about.h). Recorded as said, once: the same statement gets
 * the same receipt and makes no other entry. An approval may let a share go,
 * and a refusal send it back (approve.h); of the rest core draws no conclusion
 * but what the course says. */
#ifndef BROKER_STATEMENTS_H
#define BROKER_STATEMENTS_H

#include "command.h"

struct core;
struct peer;

/* Of a session that may carry it. */
enum { STATEMENTS_MODES = COMMAND_MODE_SEND | COMMAND_MODE_QUERY };
/* STATE from P, whose session has one of these. */
void statements_take(struct core *c, struct peer *p, const struct command *cmd);

#endif
