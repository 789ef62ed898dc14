/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signals that their sender withdraws or corrects: every share of one ends, an
 * entry for each; who answered it gets a notice, kept until its signed answer
 * is on the ledger. Whoever never had a share learns nothing. */
#ifndef BROKER_WITHDRAW_H
#define BROKER_WITHDRAW_H

#include "command.h"

struct core;
struct peer;

/* The WITHDRAW message CMD of P. A signal that is withdrawn already is
 * answered with the same receipt, whatever this one says. */
void withdraw_take(struct core *c, struct peer *p, const struct command *cmd);
/* Share SHARE, which had ended without an answer, is answered after all: its
 * recipient holds it, and is told if it was withdrawn. */
DHK_MUST_USE enum dhk_err withdraw_late(struct core *c, uint64_t share);

/* Sends P, which receives, the notices that it has not noted; reads only. */
DHK_MUST_USE enum dhk_err withdraw_tell(struct core *c, struct peer *p);
/* Again what was not noted for long. */
void withdraw_tell_again(struct core *c, struct peer *p);
/* The NOTED message CMD of P. */
void withdraw_noted(struct core *c, struct peer *p, const struct command *cmd);

#endif
