/* SPDX-License-Identifier: EUPL-1.2
 *
 * What partners and auditors state about a case: that they destroyed what ties
 * its handle to a person, that nothing of it is to be destroyed, or that it may
 * be again. Recorded as said, once: the same statement gets the same receipt
 * and makes no other entry. Core draws no conclusion from any of them: a node
 * does, before it destroys, and whoever reads the ledger. */
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
