/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares whose case changed after they were decided: before one is delivered it
 * is decided again, and goes back to its sender when that gives another
 * decision. What was delivered before is not sent again then, but left to be
 * answered, or to expire. */
#ifndef BROKER_STALE_H
#define BROKER_STALE_H

#include "mailbox.h"

struct core;
struct redecide;

/* Found while delivering, which writes nothing: each is the first of its
 * mailbox and class; what lies behind it waits. */
enum { STALE_MAX = 64 };
struct stale {
    struct {
        uint64_t index, recipient; /* as in struct mailbox_share */
    } share[STALE_MAX];
    size_t n;
};

/* Whether S, whose entry is E, must not be delivered (any more). R, of core C,
 * may be NULL: then it is made when it is needed. */
DHK_MUST_USE enum dhk_err stale_look(struct core *c, struct redecide **r,
    const struct mailbox_share *s, const struct entry *e, bool *stale);
/* S is: it is returned in the next batch, and what lies behind goes on. False
 * when there are too many already. */
DHK_MUST_USE bool stale_note(struct core *c, const struct mailbox_share *s);
/* Returns what was noted, and what else is stale among the shares behind each,
 * a bounded number of them. */
void stale_return(struct core *c);
/* That batch was committed. */
void stale_returned(struct core *c);

#endif
