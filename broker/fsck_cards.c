/* SPDX-License-Identifier: EUPL-1.2
 *
 * Key cards: each card's row holds the card of its entry, and the revocation
 * that followed it. */
#include "fsck_impl.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES_MIN = 64 };

/* --- the cards by id: open addressing, at most half of the places taken --- */

static size_t *
place_of(const struct fsck *f, const uint8_t id[CARD_ID])
{
    size_t at = (size_t)bytes_get_u64(id) & (f->places - 1);

    while (f->place_of_card[at] != 0 &&
           memcmp(f->card[f->place_of_card[at] - 1].id, id, CARD_ID) != 0)
        at = (at + 1) & (f->places - 1);
    return &f->place_of_card[at];
}

struct fsck_card *
fsck_card(const struct fsck *f, const uint8_t id[CARD_ID])
{
    size_t at = f->places == 0 ? 0 : *place_of(f, id);

    return at == 0 ? NULL : &f->card[at - 1];
}

struct fsck_card *
fsck_card_by_number(const struct fsck *f, uint64_t number)
{
    size_t lo = 0, hi = f->cards_n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->card[mid].number == number)
            return &f->card[mid];
        if (f->card[mid].number < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

static enum dhk_err
make_places(struct fsck *f)
{
    if (2 * (f->cards_n + 1) <= f->places)
        return DHK_OK;
    size_t n = f->places == 0 ? PLACES_MIN : 2 * f->places;
    size_t *more = calloc(n, sizeof *more);
    if (more == NULL)
        return DHK_NOMEM;
    free(f->place_of_card);
    f->place_of_card = more;
    f->places = n;
    for (size_t i = 0; f->card != NULL && i < f->cards_n; i++)
        *place_of(f, f->card[i].id) = i + 1;
    return DHK_OK;
}

static enum dhk_err
remember(struct fsck *f, const struct fsck_card *c)
{
    if (f->card == NULL || f->cards_n == f->cards_cap) {
        size_t cap = f->cards_cap == 0 ? 64 : 2 * f->cards_cap;
        struct fsck_card *more = realloc(f->card, cap * sizeof *more);
        if (more == NULL)
            return DHK_NOMEM;
        f->card = more;
        f->cards_cap = cap;
    }
    enum dhk_err rc = make_places(f);
    if (rc != DHK_OK)
        return rc;
    f->card[f->cards_n] = *c;
    *place_of(f, c->id) = ++f->cards_n;
    return DHK_OK;
}

/* --- entries ------------------------------------------------------------ */

static enum dhk_err
add_card(struct fsck *f, uint64_t index)
{
    struct card card;
    struct diag diag;
    struct fsck_card c = {.number = index};

    if (card_decode(&card, f->entry.u.card.card, &diag) != DHK_OK)
        return fsck_bad(f, "holds no key card");
    memcpy(c.id, card.id, sizeof c.id);
    memcpy(c.partner, card.partner, sizeof c.partner);
    c.sign = card.sign;
    c.witness = card.witness;
    if (fsck_card(f, c.id) != NULL)
        return fsck_bad(f, "holds a card that is on the ledger already");
    f->state[index] = FSCK_CARD;
    return remember(f, &c);
}

static enum dhk_err
on_entry(struct fsck *f, uint64_t index)
{
    if (f->entry.kind == ENTRY_CARD)
        return add_card(f, index);
    if (f->entry.kind != ENTRY_REVOKED_CARD)
        return DHK_OK;
    struct fsck_card *c = fsck_card(f, f->entry.u.revoked.id);
    if (c == NULL || c->revoked != 0)
        return fsck_bad(f, "revokes no card of the ledger");
    c->revoked = index;
    return DHK_OK;
}

/* --- rows: N -> u64 revoked | card -----------------------------------------
 */

static enum dhk_err
compare(struct fsck *f, uint64_t number, struct slice value)
{
    const struct fsck_card *c = fsck_card_by_number(f, number);

    if (c == NULL)
        return fsck_bad(f, "is of no card of the ledger");
    enum dhk_err rc = fsck_other(f, number, ENTRY_CARD);
    if (rc != DHK_OK)
        return rc;
    if (value.n < 8 ||
        !slice_equal(slice_of(value.p + 8, value.n - 8), f->other.u.card.card))
        return fsck_bad(f, "is not the card of its entry");
    if (bytes_get_u64(value.p) != c->revoked)
        return fsck_bad(f, "differs from the ledger in its revocation");
    return DHK_OK;
}

static enum dhk_err
on_row(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    (void)table;
    if (key.n != 8)
        return fsck_bad(f, "has a key of another length");
    fsck_at(f, TABLE_CARD, key, bytes_get_u64(key.p));
    return compare(f, bytes_get_u64(key.p), value);
}

static enum dhk_err
on_state(struct fsck *f, uint64_t index)
{
    uint8_t key[8];
    struct slice value;

    if (fsck_state(f, index) != FSCK_CARD)
        return DHK_OK;
    bytes_put_u64(key, index);
    return fsck_get(f, TABLE_CARD, slice_of(key, 8), &value);
}

const struct fsck_check fsck_cards = {.name = "cards",
    .entry = on_entry,
    .row = on_row,
    .table = {TABLE_CARD},
    .tables_n = 1,
    .state = on_state,
    .derived = true};
