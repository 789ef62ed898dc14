/* SPDX-License-Identifier: EUPL-1.2 */
#include "returns.h"

#include "core.h"
#include "settle.h"
#include "stale.h"
#include "turns.h"

void
returns_cards_changed(struct core *c)
{
    peer_check_cards(c);
    c->access_due = true;
    c->mail_due = true;
}

void
returns_agreement_changed(struct core *c)
{
    c->redo_due = true;
    c->redo_at = 0;
}

/* Mail sealed to a card that is over can be read by nobody. Without a roster
 * in force all cards rest, but none is over. Whether all of it is returned. */
static bool
return_mail(struct core *c)
{
    bool done = true;

    for (size_t i = 0; done && i < c->force.cards_n; i++) {
        const struct force_card *card = c->force.card[i];
        bool over =
            card->revoked != 0 || (c->force.roster_holds && !card->valid);
        if (over && card->open + card->pending > 0)
            done = settle_card(c, card->number, ENTRY_CODE_CARD);
    }
    return done;
}

void
returns_some(struct core *c, struct returns *r)
{
    *r = (struct returns){.at = c->redo_at};
    if (c->failed != DHK_OK || c->mono < c->full_until ||
        standing_reads_only(c))
        return;
    r->redone = c->redo_due && settle_changed(c, &r->at);
    r->mailed = c->mail_due && return_mail(c);
    stale_return(c);
    r->stale = true;
}

void
returns_noted(struct core *c, const struct returns *r)
{
    c->redo_at = r->at;
    if (r->redone) {
        c->redo_due = false;
        turns_wake_all(c);
    }
    c->mail_due = c->mail_due && !r->mailed;
    if (r->stale)
        stale_returned(c);
}
