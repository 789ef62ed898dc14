/* SPDX-License-Identifier: EUPL-1.2
 *
 * The senders' numbers: every signal of an accepted or refused bundle is noted
 * under its card and number, and nothing else is. */
#include "fsck_impl.h"

#include <string.h>

#include "judge.h"

enum { NUMBER_KEY = 17, NUMBER_VALUE = 40, ID = 32 };

struct signals { /* what both kinds of entries have */
    const uint8_t *card;
    struct slice ids;
    size_t n;
    bool has_seq;
};

static bool
read_bundle(struct signals *out, const struct entry *e)
{
    if (e->kind == ENTRY_ACCEPTED)
        *out = (struct signals){.card = e->u.accepted.card,
            .ids = e->u.accepted.ids,
            .n = e->u.accepted.n,
            .has_seq = true};
    else if (e->kind == ENTRY_REFUSED)
        *out = (struct signals){.card = e->u.refused.card,
            .ids = e->u.refused.ids,
            .n = e->u.refused.ids.n / ID,
            .has_seq = e->u.refused.n > 0};
    return e->kind == ENTRY_ACCEPTED || e->kind == ENTRY_REFUSED;
}

static uint64_t
seq_of(const struct entry *e, size_t i)
{
    return e->kind == ENTRY_ACCEPTED ? e->u.accepted.mark[i].seq
                                     : e->u.refused.seq[i];
}

/* --- entries ------------------------------------------------------------ */

/* Why it was refused tells where it is noted. */
static uint8_t
slot_of(const struct entry *e, size_t i)
{
    enum entry_code code = e->kind == ENTRY_ACCEPTED
                               ? e->u.accepted.mark[i].code
                               : e->u.refused.code;

    return code == ENTRY_CODE_SEQUENCE ? JUDGE_CONFLICT
           : code == ENTRY_CODE_ORIGIN ? JUDGE_FOREIGN
                                       : JUDGE_FIRST;
}

static enum dhk_err
on_entry(struct fsck *f, uint64_t index)
{
    struct signals b;
    struct slice value;
    uint8_t key[NUMBER_KEY];
    enum dhk_err rc = DHK_OK;

    if (!read_bundle(&b, &f->entry) || !b.has_seq)
        return DHK_OK;
    const struct fsck_card *c = fsck_card(f, b.card);
    if (c == NULL)
        return fsck_bad(f, "is signed by a card that is not on the ledger");
    bytes_put_u64(key, c->number);
    for (size_t i = 0; rc == DHK_OK && i < b.n; i++) {
        bytes_put_u64(key + 8, seq_of(&f->entry, i));
        key[16] = slot_of(&f->entry, i);
        rc = fsck_get(f, TABLE_NUMBER, slice_of(key, sizeof key), &value);
        if (rc == DHK_OK &&
            (value.n != NUMBER_VALUE || bytes_get_u64(value.p) != index ||
                memcmp(value.p + 8, b.ids.p + i * ID, ID) != 0)) {
            fsck_at(f, TABLE_NUMBER, slice_of(key, sizeof key), index);
            rc = fsck_bad(f, "is not the signal of this entry");
        }
    }
    return rc;
}

/* --- rows: N | number | slot -> entry | id ---------------------------------
 */

static enum dhk_err
find_signal(struct fsck *f, const struct signals *b, struct slice key,
    const uint8_t id[ID])
{
    uint64_t seq = bytes_get_u64(key.p + 8);

    for (size_t i = 0; i < b->n; i++) {
        if (memcmp(b->ids.p + i * ID, id, ID) != 0)
            continue;
        return (!b->has_seq || seq_of(&f->other, i) == seq) &&
                       slot_of(&f->other, i) == key.p[16]
                   ? DHK_OK
                   : fsck_bad(f, "has another number in its entry");
    }
    return fsck_bad(f, "its entry has no such signal");
}

static enum dhk_err
on_row(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    struct signals b = {.card = NULL};

    (void)table;
    if (key.n != NUMBER_KEY || key.p[16] > JUDGE_FOREIGN)
        return fsck_bad(f, "has a key of another form");
    if (value.n != NUMBER_VALUE)
        return fsck_bad(f, "has another length");
    uint64_t index = bytes_get_u64(value.p);
    fsck_at(f, TABLE_NUMBER, key, index);
    const struct fsck_card *c = fsck_card_by_number(f, bytes_get_u64(key.p));
    if (c == NULL)
        return fsck_bad(f, "is of no card of the ledger");
    enum dhk_err rc = fsck_other(f, index, ENTRY_NONE);
    if (rc != DHK_OK)
        return rc;
    if (!read_bundle(&b, &f->other) || memcmp(b.card, c->id, CARD_ID) != 0)
        return fsck_bad(f, "its entry is no bundle of this card");
    return find_signal(f, &b, key, value.p + 8);
}

const struct fsck_check fsck_numbers = {.name = "numbers",
    .entry = on_entry,
    .row = on_row,
    .table = {TABLE_NUMBER},
    .tables_n = 1,
    .derived = true};
