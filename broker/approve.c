/* SPDX-License-Identifier: EUPL-1.2 */
#include "approve.h"

#include <stdlib.h>
#include <string.h>

#include "about.h"
#include "core.h"
#include "quota.h"
#include "redecide.h"
#include "settle.h"
#include "turns.h"

enum { DUTIES = 8 };

/* What is there of what the duties ask for. */
struct gate {
    const struct entry_duties *duties;
    const struct agreement *agreement;
    unsigned missing[DUTIES];
    uint64_t index[LIMIT_APPROVALS]; /* of those that were needed, ascending */
    size_t n;
};

/* Counts A where somebody is still missing. */
static void
count(struct gate *g, const struct mailbox_approval *a)
{
    bool needed = false;

    if (g->n == LIMIT_APPROVALS)
        return; /* no agreement needs more, and its entry could not name it */
    for (size_t i = 0; i < g->duties->approvals_n; i++) {
        if (g->missing[i] == 0 ||
            !about_counts(&g->duties->approval[i], g->agreement, a->partner))
            continue;
        g->missing[i]--;
        needed = true;
    }
    if (needed)
        g->index[g->n++] = a->index;
}

/* Whether nobody is missing for share INDEX, whose entry is E. */
static enum dhk_err
is_complete(
    struct core *c, uint64_t index, const struct entry *e, struct gate *g)
{
    struct mailbox_approval a = {.index = 0};
    enum dhk_err rc;
    bool complete = true;

    *g = (struct gate){.duties = &e->u.share.duties,
        .agreement = core_agreement(c, e->u.share.agreement)};
    if (g->agreement == NULL)
        return DHK_FORMAT;
    for (size_t i = 0; i < g->duties->approvals_n; i++)
        g->missing[i] = g->duties->approval[i].count;
    while ((rc = mailbox_approval(c->txn, index, a.index, &a)) == DHK_OK)
        count(g, &a);
    for (size_t i = 0; i < g->duties->approvals_n; i++)
        complete = complete && g->missing[i] == 0;
    if (rc != DHK_NOTFOUND)
        return rc;
    return complete ? DHK_OK : DHK_NOTFOUND;
}

static enum dhk_err
let_go(
    struct core *c, const struct mailbox_share *waiting, const struct gate *g)
{
    struct mailbox_share s = *waiting;
    struct force_card *card = force_card_by_number(&c->force, s.recipient);
    struct entry *e = &c->entry;
    uint64_t index;

    if (card == NULL)
        return DHK_FORMAT;
    memset(e, 0, sizeof *e);
    e->kind = ENTRY_RELEASED;
    e->u.released.share = s.index;
    memcpy(e->u.released.index, g->index, g->n * sizeof g->index[0]);
    e->u.released.n = g->n;
    enum dhk_err rc = core_append(c, e, &index);
    if (rc == DHK_OK)
        rc = mailbox_release(c->txn, &s, index);
    if (rc != DHK_OK)
        return rc;
    quota_remove(card, waiting);
    quota_add(card, &s);
    turns_wake(c, s.recipient, COMMAND_MODE_RECEIVE);
    return DHK_OK;
}

/* The course, or the agreement, as it is now may decide otherwise. */
static enum dhk_err
decide_again(
    struct core *c, const struct mailbox_share *s, const struct gate *g)
{
    struct redecide *r = redecide_new(c);

    if (r == NULL)
        return DHK_NOMEM;
    enum entry_code code = redecide_code(r, s);
    redecide_destroy(&r);
    if (code == ENTRY_CODE_NONE)
        return let_go(c, s, g);
    settle_return(c, s, code);
    return c->failed;
}

enum dhk_err
approve_take(struct core *c, const struct mailbox_share *s,
    const struct mailbox_approval *a)
{
    struct gate g;
    struct entry *e = malloc(sizeof *e);
    enum dhk_err rc = e == NULL ? DHK_NOMEM : DHK_OK;

    if (rc == DHK_OK)
        rc = mailbox_approve(c->txn, s->index, a);
    if (rc == DHK_OK)
        rc = ledger_entry(c->txn, s->index, e);
    if (rc == DHK_OK)
        rc = is_complete(c, s->index, e, &g);
    free(e);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    return decide_again(c, s, &g);
}

void
approve_decline(struct core *c, const struct mailbox_share *s)
{
    settle_return(c, s, ENTRY_CODE_DECLINED);
}
