/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a recipient may hold the fields of a share, by its own copy of the
 * agreement: with the attributes that the sender opened to it, the facts and
 * windows that the broker states, and every other value left open, so that
 * what no assignment of those permits is refused. Pure. */
#ifndef CLIENTS_ENTITLED_H
#define CLIENTS_ENTITLED_H

#include "agreement.h"
#include "answer.h"
#include "entry.h"
#include "share.h"

struct entitled_question {
    const struct share *share;
    const struct entry_share *entry;
    const struct agreement *by;       /* that the signal was made under */
    const struct agreement *in_force; /* the same, or a later one: both must
                                         permit */
    const struct slice *approved; /* the partners whose approvals came with it,
                                     verified, each once */
    size_t approved_n;
};
/* ANSWER_TAKEN, or why not, with a static sentence. ANSWER_NONE: openings or
 * approvals were left out or added, which anybody on the way can do. */
enum answer_outcome entitled_check(
    const struct entitled_question *q, uint64_t *detail, const char **why);

#endif
