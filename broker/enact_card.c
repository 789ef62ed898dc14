/* SPDX-License-Identifier: EUPL-1.2 */
#include "enact_card.h"

#include <string.h>

#include "core.h"
#include "enact.h"
#include "returns.h"

enum { DAY = 24 * 3600 };

static bool
read_card(struct enact *e, struct card *card, struct slice *bytes,
    uint8_t mem[CARD_FILE_MAX])
{
    struct diag diag = {.what = "it cannot be read"};
    enum dhk_err rc = DHK_OK;

    *bytes = e->request.file[0].bytes;
    if (bytes->n > 0 && bytes->p[0] == '-')
        rc = card_file_decode(bytes, mem, e->request.file[0].bytes, &diag);
    if (rc == DHK_OK)
        rc = card_decode(card, *bytes, &diag);
    if (rc != DHK_OK)
        enact_reply(e, ENACT_INVALID, "this is not a key card: %s", diag.what);
    return rc == DHK_OK;
}

/* No key is used twice: not by another card, not for another purpose. */
static bool
has_own_keys(struct enact *e, const struct card *card)
{
    const struct force *f = &e->core->force;

    for (size_t i = 0; i < f->cards_n; i++) {
        const struct card *other = &f->card[i]->card;
        if (memcmp(other->curve.b, card->curve.b, KEY_BYTES) != 0 &&
            memcmp(other->sign.b, card->sign.b, KEY_BYTES) != 0 &&
            memcmp(other->seal.b, card->seal.b, KEY_BYTES) != 0)
            continue;
        enact_reply(e, ENACT_REFUSED,
            "it has a key that card %llu of %s has already",
            (unsigned long long)other->serial, other->partner);
        return false;
    }
    return true;
}

/* Serials of one partner grow, so that "the newest" is plain. */
static bool
has_new_serial(struct enact *e, const struct card *card)
{
    const struct force *f = &e->core->force;

    for (size_t i = 0; i < f->cards_n; i++) {
        const struct card *other = &f->card[i]->card;
        if (strcmp(other->partner, card->partner) != 0 ||
            other->serial < card->serial)
            continue;
        enact_reply(e, ENACT_REFUSED,
            "%s has a card with serial %llu already; a new one needs a "
            "higher serial than that",
            card->partner, (unsigned long long)other->serial);
        return false;
    }
    return true;
}

static bool
is_within(
    struct enact *e, const struct card *card, const struct roster_partner *p)
{
    int64_t now = (int64_t)(e->core->now / 1000);

    if (card->from < p->valid_from || card->until > p->valid_until ||
        card->from >= card->until)
        enact_reply(e, ENACT_REFUSED,
            "the card is valid outside the days that the roster gives %s",
            card->partner);
    else if (card->until - card->from > (int64_t)p->card_days * DAY)
        enact_reply(e, ENACT_REFUSED,
            "the card is valid for more than the %u days that the roster "
            "allows",
            p->card_days);
    else if (card->until <= now)
        enact_reply(e, ENACT_REFUSED, "the card has expired");
    else
        return true;
    return false;
}

static void
put_card(struct enact *e, const struct card *card, struct slice bytes)
{
    struct core *c = e->core;
    struct entry *entry = &c->entry;
    uint64_t index;

    memset(entry, 0, sizeof *entry);
    entry->kind = ENTRY_CARD;
    entry->u.card.card = bytes;
    if (core_append(c, entry, &index) != DHK_OK)
        return;
    enum dhk_err rc = force_card_add(&c->force, c->txn, bytes, card, index);
    core_fail(c, rc);
    if (rc != DHK_OK)
        return;
    force_refresh(&c->force, c->now, true);
    returns_cards_changed(c);
    enact_reply(e, ENACT_DONE, "card %llu of %s is entry %llu",
        (unsigned long long)card->serial, card->partner,
        (unsigned long long)index);
}

void
enact_card_add(struct enact *e)
{
    const struct force *f = &e->core->force;
    struct card card;
    struct slice bytes;
    uint8_t mem[CARD_FILE_MAX];

    if (!read_card(e, &card, &bytes, mem))
        return;
    struct force_card *same = force_card(f, card.id);
    if (same != NULL) {
        if (same->revoked != 0)
            enact_reply(e, ENACT_REFUSED, "this card was revoked");
        else
            enact_reply(e, ENACT_DONE, "this card is known already");
        return;
    }
    const struct roster_partner *p =
        force_partner(f, slice_str(card.partner), e->core->now);
    if (p == NULL)
        enact_reply(e, ENACT_REFUSED,
            "the roster in force has no valid partner %s", card.partner);
    else if (card_verify(bytes, &p->identity) != DHK_OK)
        enact_reply(e, ENACT_INVALID,
            "the card is not signed with the identity key that the roster "
            "gives %s",
            card.partner);
    else if (is_within(e, &card, p) && has_own_keys(e, &card) &&
             has_new_serial(e, &card))
        put_card(e, &card, bytes);
}
