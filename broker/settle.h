/* SPDX-License-Identifier: EUPL-1.2
 *
 * How open shares end: by the recipient's signed answer, by time, by going
 * back to their sender, or by being withdrawn. Each end is a ledger entry of
 * which the sender is told. */
#ifndef BROKER_SETTLE_H
#define BROKER_SETTLE_H

#include "command.h"
#include "entry.h"
#include "mailbox.h"

struct core;
struct peer;

/* The ANSWER message CMD of P: every answer verified, new ones ledgered. An
 * answer for shares that are open no more changes nothing and counts as done,
 * so that a recipient may send it again. */
void settle_answer(struct core *c, struct peer *p, const struct command *cmd);
/* Ends S as returned for CODE. */
void settle_return(
    struct core *c, const struct mailbox_share *s, enum entry_code code);
/* Ends S, whose signal entry INDEX withdraws. */
DHK_MUST_USE enum dhk_err settle_withdrawn(
    struct core *c, const struct mailbox_share *s, uint64_t index);
/* Ends what has expired, at most a bounded number at a time. */
void settle_expired(struct core *c);
/* Looks at a bounded number of open shares after *AT, which moves on, and
 * returns those that the agreement in force would decide otherwise; all of
 * them when none is in force. Whether that was the last. */
bool settle_changed(struct core *c, uint64_t *at);
/* Returns a bounded number of shares in the mailbox of card N, which is valid
 * no more. Whether that was the last. */
bool settle_card(struct core *c, uint64_t n, enum entry_code code);

#endif
