/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a share that waited for approvals was let go: by an entry that says
 * so of this very share, and by approvals of it that partners signed. Nobody
 * signs the release as a whole, and whoever passes it on knows others; so
 * whatever is wrong with it is no reason to refuse the share, only to wait.
 * Pure; who has to approve is entitled.c's to say. */
#ifndef CLIENTS_RELEASE_H
#define CLIENTS_RELEASE_H

#include "cards.h"
#include "entry.h"
#include "share.h"

struct release_question {
    const struct share *share;
    const struct entry_share *entry; /* the share's, which waits */
    const char *origin;              /* of the ledger that the roster names */
    const struct cards *cards;
};
struct release {
    struct slice approved[LIMIT_APPROVALS]; /* partners, each once; borrowed
                                               from the share */
    size_t approved_n;
    bool lacks;            /* for want of the key card of an approval: */
    uint8_t card[CARD_ID]; /* this one */
    const char *why;       /* static text; NULL: it holds */
    struct entry entry;    /* scratch */
};
/* True when it holds; else OUT says what is wrong. */
DHK_MUST_USE bool release_check(
    struct release *out, const struct release_question *q);
/* The card that signed STATED, the bytes of an entry as in struct share;
 * DHK_FORMAT: it is no such entry. SCRATCH is the caller's. */
DHK_MUST_USE enum dhk_err release_card(
    uint8_t id[CARD_ID], struct slice stated, struct entry *scratch);

#endif
