/* SPDX-License-Identifier: EUPL-1.2 */
#include "quota.h"

#include "core.h"

/* When the oldest share of CARD came; now, when there is none. */
static enum dhk_err
oldest(struct core *c, const struct force_card *card, uint64_t *time)
{
    struct mailbox_at at;
    uint64_t first = 0;

    *time = c->now;
    for (unsigned i = 0; i < MAILBOX_ALL; i++) {
        enum dhk_err rc = mailbox_next(c->txn, card->number, i, 0, &at);
        if (rc == DHK_OK && (first == 0 || at.index < first))
            first = at.index;
        if (rc != DHK_OK && rc != DHK_NOTFOUND)
            return rc;
    }
    if (first == 0)
        return DHK_OK;
    enum dhk_err rc = ledger_entry(c->txn, first, &c->entry);
    if (rc == DHK_OK)
        *time = c->entry.time;
    return rc;
}

/* The store is asked only when what was known last would be too old: shares
 * that came later are younger. */
static bool
is_stale(struct core *c, struct force_card *card)
{
    uint64_t most = c->cfg.quota_age_ms;

    if (most == 0 || c->now <= card->not_before + most)
        return false;
    core_fail(c, oldest(c, card, &card->not_before));
    return c->now > card->not_before + most;
}

bool
quota_is_full(
    struct core *c, struct force_card *card, const struct mailbox_share *s)
{
    return card->open + card->pending >= c->cfg.quota ||
           card->mail_bytes + s->bytes > c->cfg.quota_bytes ||
           is_stale(c, card);
}

void
quota_add(struct force_card *card, const struct mailbox_share *s)
{
    if (s->pending)
        card->pending++;
    else
        card->open++;
    card->mail_bytes += s->bytes;
}

void
quota_remove(struct force_card *card, const struct mailbox_share *s)
{
    uint64_t *n = s->pending ? &card->pending : &card->open;

    *n -= *n > 0 ? 1 : 0;
    card->mail_bytes -=
        card->mail_bytes < s->bytes ? card->mail_bytes : s->bytes;
}
