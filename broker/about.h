/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the entry is that a statement names, where an act is about a share: one
 * of the same case that is the stater's to speak of. Reads the store only. */
#ifndef BROKER_ABOUT_H
#define BROKER_ABOUT_H

#include "mailbox.h"
#include "statement.h"

struct core;

/* Whether S, by PARTNER, is about what such an act is about:
 *   approve, decline: a share that waits, whose approvals name PARTNER, which
 *                     has not approved it yet;
 *   hand:             a share that PARTNER was given, and answered with
 *                     "taken", and that was not withdrawn;
 *   restrict, veto:   a share of PARTNER's, and the id of its signal;
 *   refuse:           nothing, or a share to PARTNER;
 * all others are about nothing. DHK_NOTFOUND: it is not. Of the first two
 * *SHARE is the share. Uses core's entry. */
DHK_MUST_USE enum dhk_err about_check(struct core *c, const struct statement *s,
    struct slice partner, struct mailbox_share *share);

/* Whether share INDEX, which is pending, waits for PARTNER's approval. Uses
 * core's entry. */
DHK_MUST_USE enum dhk_err about_waits(
    struct core *c, uint64_t index, struct slice partner, bool *waits);

/* Whether approval X counts PARTNER's word; AGREEMENT is that of the share. */
struct agreement;
struct entry_approval;
bool about_counts(const struct entry_approval *x,
    const struct agreement *agreement, struct slice partner);

#endif
