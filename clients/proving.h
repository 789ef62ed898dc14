/* SPDX-License-Identifier: EUPL-1.2
 *
 * Refusals that wait for a proof: a refusal ends a share for good, and is
 * about an entry that came with the share, which nobody signs. So it is given
 * once the broker's signed checkpoint shows that this very entry is in the
 * ledger; what somebody made of it on the way is not. In memory, for one round
 * of taking deliveries: without the proof the share stays unanswered, and comes
 * again. */
#ifndef CLIENTS_PROVING_H
#define CLIENTS_PROVING_H

#include "inbox.h"

struct proving;

/* As many as the window has, so that there is room for all that come. */
enum { PROVING_MAX = 512 };
struct proving_refusal {
    struct inbox_item item;
    uint64_t index;  /* of the entry */
    uint64_t nth;    /* of its sender's shares; 0: there is no telling */
    const char *why; /* static text */
};

DHK_MUST_USE enum dhk_err proving_new(struct proving **out);
void proving_destroy(struct proving **p);
/* False: no room is left. */
bool proving_add(struct proving *p, const struct proving_refusal *r);
/* The log showed that the entry LEAF stands at INDEX; whether it did, in this
 * round. Of more than there is room for the oldest are forgotten. */
void proving_place(
    struct proving *p, const uint8_t leaf[SEAL_HASH], uint64_t index);
bool proving_is_placed(
    const struct proving *p, const uint8_t leaf[SEAL_HASH], uint64_t index);
/* Forgets all: what it is made of was not committed. */
void proving_forget(struct proving *p);
/* Asks for the proofs, keeps the answers of those that are proved, and leaves
 * the other shares unanswered; each is reported. No transaction of the inbox
 * may be open. Errors: this machine's, and DHK_STATE: a checkpoint contradicts
 * another one. */
DHK_MUST_USE enum dhk_err proving_ask(
    struct dhk_node *node, struct dhk_problem *problem);

#endif
