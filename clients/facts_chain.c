/* SPDX-License-Identifier: EUPL-1.2
 *
 * What makes a missing entry visible: each accepted or refused entry names the
 * one before of the same card, each share its number and the share before of
 * the same two partners. Who may see one of a chain may see all of it, so that
 * a partial file is checked as strictly as a complete one. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

enum dhk_err
facts_chain_card(struct facts *f, const uint8_t card[CARD_ID], uint64_t before,
    uint64_t index)
{
    struct facts_linked *l = NULL;
    for (size_t i = f->linked_n; l == NULL && i-- > 0;) {
        if (memcmp(f->linked[i].card, card, CARD_ID) == 0)
            l = &f->linked[i];
    }
    if (l == NULL) {
        void *linked = facts_grow(
            f->linked, f->linked_n, &f->linked_cap, sizeof *f->linked);
        if (linked == NULL)
            return DHK_NOMEM;
        f->linked = linked;
        l = &f->linked[f->linked_n++];
        memcpy(l->card, card, CARD_ID);
        l->last = 0;
    }
    if (l->last != before)
        return facts_no(f, DHK_AUTH,
            "the entry before it of the same card is not the one that it "
            "names: one was left out");
    l->last = index;
    return DHK_OK;
}

static struct facts_pair *
find_pair(enum dhk_err *rc, struct facts *f, const struct entry_share *s)
{
    uint32_t sender;
    uint32_t recipient;
    *rc = facts_name(&sender, f, s->sender);
    if (*rc == DHK_OK)
        *rc = facts_name(&recipient, f, s->recipient);
    if (*rc != DHK_OK)
        return NULL;
    for (size_t i = 0; i < f->pairs_n; i++) {
        if (f->pairs[i].sender == sender && f->pairs[i].recipient == recipient)
            return &f->pairs[i];
    }
    void *pairs =
        facts_grow(f->pairs, f->pairs_n, &f->pairs_cap, sizeof *f->pairs);
    if (pairs == NULL) {
        *rc = DHK_NOMEM;
        return NULL;
    }
    f->pairs = pairs;
    f->pairs[f->pairs_n] =
        (struct facts_pair){.sender = sender, .recipient = recipient};
    return &f->pairs[f->pairs_n++];
}

enum dhk_err
facts_chain_share(struct facts *f, const struct entry_share *s, uint64_t index)
{
    enum dhk_err rc;
    struct facts_pair *p = find_pair(&rc, f, s);
    if (p == NULL)
        return rc;
    if (s->before != p->last || s->nth != p->nth + 1)
        return facts_no(f, DHK_AUTH,
            "the share before it between the same two is not the one that it "
            "names: one was left out");
    p->last = index;
    p->nth++;
    return DHK_OK;
}
