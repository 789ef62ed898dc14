/* SPDX-License-Identifier: EUPL-1.2 */
#include "quota.h"

#include <stdio.h>

#include "core.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

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

static uint64_t
shares_of(const struct force_card *card)
{
    return card->open + card->pending;
}

bool
quota_is_full(
    struct core *c, struct force_card *card, const struct mailbox_share *s)
{
    return shares_of(card) >= c->cfg.quota ||
           card->mail_bytes + s->bytes > c->cfg.quota_bytes ||
           is_stale(c, card);
}

/* Whether a quarter of it is free: less would be full again at once. */
static bool
has_room(const struct core *c, const struct force_card *card)
{
    return shares_of(card) * 4 <= c->cfg.quota * 3 &&
           card->mail_bytes <= c->cfg.quota_bytes / 4 * 3;
}

void
quota_note(struct core *c, struct force_card *card,
    const struct mailbox_share *s, bool refused)
{
    char line[LIMIT_NAME + 160];
    uint64_t shares = shares_of(card) + (refused ? 0 : 1);
    uint64_t bytes = card->mail_bytes + (refused ? 0 : s->bytes);

    if (!refused && has_room(c, card))
        card->full = false;
    if (card->full || (!refused && shares < c->cfg.quota))
        return;
    card->full = true;
    (void)snprintf(line, sizeof line,
        "partner=%s shares=%llu bytes=%llu quota-shares=%llu quota-bytes=%llu "
        "quota-age-days=%llu",
        card->card.partner, (unsigned long long)shares,
        (unsigned long long)bytes, (unsigned long long)c->cfg.quota,
        (unsigned long long)c->cfg.quota_bytes,
        (unsigned long long)(c->cfg.quota_age_ms / DAY_MS));
    c->out.log(c->out.ctx, "mailbox-full", line);
}

bool
quota_shows_full(struct core *c, struct force_card *card)
{
    return shares_of(card) >= c->cfg.quota || is_stale(c, card) ||
           (card->full && card->mail_bytes > c->cfg.quota_bytes / 4 * 3);
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
