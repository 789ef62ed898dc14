/* SPDX-License-Identifier: EUPL-1.2
 *
 * Key cards of the partners, in a sorted list. */
#include "cards.h"

#include <stdlib.h>
#include <string.h>

struct item {
    struct card card;
    bool receiving;
};
struct cards {
    struct item *list; /* by ascending id */
    size_t n, cap;
};

enum { DAY = 86400, FIRST = 64 };

enum dhk_err
cards_new(struct cards **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? DHK_NOMEM : DHK_OK;
}

void
cards_destroy(struct cards **c)
{
    if (*c == NULL)
        return;
    free((*c)->list);
    free(*c);
    *c = NULL;
}

void
cards_clear(struct cards *c)
{
    c->n = 0;
}

void
cards_renew(struct cards *c)
{
    for (size_t i = 0; i < c->n; i++)
        c->list[i].receiving = false;
}

enum dhk_err
cards_check(struct card *out, struct slice bytes, const struct roster *roster)
{
    struct card card;
    const struct roster_partner *p;
    enum dhk_err rc = card_decode(&card, bytes, NULL);

    if (rc != DHK_OK)
        return rc;
    p = roster_find(roster, slice_str(card.partner));
    if (p == NULL)
        return DHK_DENIED;
    rc = card_verify(bytes, &p->identity);
    if (rc != DHK_OK)
        return rc;
    if (card.until - card.from > (int64_t)p->card_days * DAY ||
        card.from >= p->valid_until || card.until <= p->valid_from)
        return DHK_DENIED;
    *out = card;
    return DHK_OK;
}

/* Place of the first card whose id is not below ID. */
static size_t
place(const struct cards *c, const uint8_t id[CARD_ID])
{
    size_t low = 0, high = c->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(c->list[middle].card.id, id, CARD_ID) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
is_at(const struct cards *c, size_t i, const uint8_t id[CARD_ID])
{
    return i < c->n && memcmp(c->list[i].card.id, id, CARD_ID) == 0;
}

static enum dhk_err
make_room(struct cards *c)
{
    size_t cap = c->cap == 0 ? FIRST : c->cap * 2;
    struct item *list;

    if (c->n < c->cap)
        return DHK_OK;
    if (c->n >= CARDS_MAX)
        return DHK_LIMIT;
    list = realloc(c->list, cap * sizeof *list);
    if (list == NULL)
        return DHK_NOMEM;
    c->list = list;
    c->cap = cap;
    return DHK_OK;
}

enum dhk_err
cards_take(struct cards *c, struct slice bytes, const struct roster *roster,
    bool receiving)
{
    struct card card;
    size_t i;
    enum dhk_err rc = cards_check(&card, bytes, roster);

    if (rc != DHK_OK)
        return rc;
    i = place(c, card.id);
    if (!is_at(c, i, card.id)) {
        rc = make_room(c);
        if (rc != DHK_OK)
            return rc;
        memmove(c->list + i + 1, c->list + i, (c->n - i) * sizeof *c->list);
        c->n++;
        c->list[i] = (struct item){card, false};
    }
    if (receiving)
        c->list[i].receiving = card.receives;
    return DHK_OK;
}

const struct card *
cards_by_id(const struct cards *c, const uint8_t id[CARD_ID])
{
    size_t i = place(c, id);

    return is_at(c, i, id) ? &c->list[i].card : NULL;
}

const struct card *
cards_receiving(const struct cards *c, struct slice partner)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct item *item = &c->list[i];

        if (item->receiving &&
            slice_equal(slice_str(item->card.partner), partner))
            return &item->card;
    }
    return NULL;
}
