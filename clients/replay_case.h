/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to replay*.c: what the broker computed of a signal, and would compute
 * under the other agreement, for one recipient, from the course of its case at
 * that time. */
#ifndef CLIENTS_REPLAY_CASE_H
#define CLIENTS_REPLAY_CASE_H

#include "course.h"
#include "entry.h"
#include "simulate.h"

struct replay_case {
    bool told;                   /* the ledger tells the courses of cases: */
    const struct course *course; /* this one; NULL: nothing was stated */
    struct slice sender, recipient;
    int64_t seconds;
    /* what the broker stated of the share to this recipient, by place of the
     * attribute; bits of STATED */
    uint32_t stated;
    const struct value *value;
};
/* What the broker stated in share S of attributes, by their places in its kind
 * of A; false: something that A does not know. */
bool replay_case_stated(struct value value[LIMIT_ATTRIBUTES], uint32_t *stated,
    const struct agreement *a, const struct entry_share *s);
/* Whether the broker computes something of the kind of S, then or NOW. */
bool replay_case_matters(
    const struct simulate_signal *s, const struct agreement *now);
/* Fills in what S says of attributes by broker. */
void replay_case_fill(struct simulate_signal *s, const struct agreement *now,
    const struct replay_case *c);

#endif
