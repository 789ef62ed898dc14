/* SPDX-License-Identifier: EUPL-1.2
 *
 * Names of the rows: "awaited/" || card || index, big-endian; index 0 stands
 * for the card itself. "awaiting" has the card that the others are noted for.
 */
#include "awaited.h"

#include "recall.h"

#include <stdlib.h>
#include <string.h>

enum { PREFIX = 8, INDEX = 8, ROW = PREFIX + CARD_ID + INDEX };
#define NAME "awaited/"
#define OWN "awaiting"

static struct slice
row_name(uint8_t mem[ROW], const uint8_t card[CARD_ID], uint64_t index)
{
    memcpy(mem, NAME, PREFIX);
    memcpy(mem + PREFIX, card, CARD_ID);
    bytes_put_u64(mem + PREFIX + CARD_ID, index);
    return slice_of(mem, ROW);
}

static enum dhk_err
put(struct store_txn *t, const uint8_t card[CARD_ID], uint64_t index)
{
    uint8_t mem[ROW];

    return outbox_put_named(t, row_name(mem, card, index), slice_of(NULL, 0));
}

static enum dhk_err
drop(struct store_txn *t, const uint8_t card[CARD_ID], uint64_t index)
{
    uint8_t mem[ROW];

    return outbox_drop_named(t, row_name(mem, card, index));
}

/* The first row of CARD behind INDEX; DHK_NOTFOUND. */
static enum dhk_err
next(struct store_txn *t, const uint8_t card[CARD_ID], uint64_t *index)
{
    uint8_t mem[ROW];
    struct slice name, value;
    enum dhk_err rc =
        outbox_next_named(t, row_name(mem, card, *index), &name, &value);

    if (rc == DHK_OK &&
        (name.n != ROW || memcmp(name.p, mem, PREFIX + CARD_ID) != 0))
        return DHK_NOTFOUND;
    if (rc == DHK_OK)
        *index = bytes_get_u64(name.p + PREFIX + CARD_ID);
    return rc;
}

/* --- when another card takes over --- */

static enum dhk_err
note(struct store_txn *t, const struct record *r, uint64_t index)
{
    enum dhk_err rc = put(t, r->from, index);

    return rc == DHK_OK ? put(t, r->from, 0) : rc;
}

static bool
is_others(const struct record *r, const uint8_t own[CARD_ID])
{
    return memcmp(record_card(r, own), own, CARD_ID) != 0;
}

static enum dhk_err
note_shares(struct store_txn *t, const uint8_t own[CARD_ID], struct record *r)
{
    uint64_t number = 0;
    enum dhk_err rc;

    while ((rc = outbox_next(t, number, &number, r)) == DHK_OK) {
        for (size_t i = 0; rc == DHK_OK && i < r->recipients_n; i++) {
            const struct record_recipient *to = &r->recipient[i];
            if (r->state == DHK_ACCEPTED && is_others(r, own) &&
                to->index != 0 && to->end <= RECORD_PENDING)
                rc = note(t, r, to->index);
        }
        if (rc != DHK_OK)
            return rc;
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* Answers to notices are told to the sender's card, and to who withdrew. */
static enum dhk_err
note_notices(struct store_txn *t, const uint8_t own[CARD_ID], struct record *r)
{
    struct recall x;
    uint64_t number = 0;
    enum dhk_err rc;

    while ((rc = recall_next(t, number, &number, &x)) == DHK_OK) {
        rc = outbox_get(t, number, r);
        for (size_t i = 0; rc == DHK_OK && i < x.n; i++) {
            if (is_others(r, own) && x.share[i].notice &&
                x.share[i].outcome == ANSWER_NONE)
                rc = note(t, r, x.share[i].index);
        }
        if (rc != DHK_OK)
            return rc;
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
note_all(struct store_txn *t, const uint8_t own[CARD_ID])
{
    struct record *r = malloc(sizeof *r);
    enum dhk_err rc = r == NULL ? DHK_NOMEM : note_shares(t, own, r);

    if (rc == DHK_OK)
        rc = note_notices(t, own, r);
    if (rc == DHK_OK)
        rc = outbox_put_named(t, slice_str(OWN), slice_of(own, CARD_ID));
    free(r);
    return rc;
}

static enum dhk_err
is_noted(struct outbox *o, const uint8_t own[CARD_ID], bool *noted)
{
    struct store_txn *t = NULL;
    struct slice value = {NULL, 0};
    enum dhk_err rc = outbox_begin(&t, o, false);

    if (rc == DHK_OK)
        rc = outbox_get_named(t, slice_str(OWN), &value);
    *noted = rc == DHK_OK && slice_equal(value, slice_of(own, CARD_ID));
    store_abort(&t);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
awaited_begin(struct outbox *o, const uint8_t own[CARD_ID])
{
    struct store_txn *t = NULL;
    bool noted = false;
    enum dhk_err rc = is_noted(o, own, &noted);

    if (rc != DHK_OK || noted)
        return rc;
    rc = outbox_begin(&t, o, true);
    if (rc == DHK_OK)
        rc = note_all(t, own);
    if (rc == DHK_OK)
        return outbox_commit_now(o, &t);
    store_abort(&t);
    return rc;
}

enum dhk_err
awaited_ended(struct store_txn *t, const uint8_t card[CARD_ID], uint64_t index)
{
    return index == 0 ? DHK_OK : drop(t, card, index);
}

/* --- which cards --- */

/* The next card behind that of NAME, which it becomes; DHK_NOTFOUND. */
static enum dhk_err
next_card(struct store_txn *t, uint8_t mem[ROW], struct awaited_card *out)
{
    struct slice name, value;
    enum dhk_err rc = outbox_next_named(t, slice_of(mem, ROW), &name, &value);

    if (rc == DHK_OK && (name.n != ROW || memcmp(name.p, NAME, PREFIX) != 0))
        rc = DHK_NOTFOUND;
    if (rc != DHK_OK)
        return rc;
    memcpy(out->id, name.p + PREFIX, CARD_ID);
    out->first = bytes_get_u64(name.p + PREFIX + CARD_ID);
    if (out->first == 0) {
        rc = next(t, out->id, &out->first);
        rc = rc == DHK_NOTFOUND ? DHK_OK : rc;
    }
    (void)row_name(mem, out->id, UINT64_MAX);
    return rc;
}

enum dhk_err
awaited_cards(struct outbox *o, struct awaited_card *list, size_t *n,
    const uint8_t own[CARD_ID])
{
    static const uint8_t none[CARD_ID];
    uint8_t mem[ROW];
    struct store_txn *t = NULL;
    enum dhk_err rc = outbox_begin(&t, o, false);

    *n = 0;
    (void)row_name(mem, none, 0);
    while (rc == DHK_OK && *n < NODE_CARDS_MAX) {
        rc = next_card(t, mem, &list[*n]);
        if (rc == DHK_OK && memcmp(list[*n].id, own, CARD_ID) != 0)
            ++*n;
    }
    store_abort(&t);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
awaited_heard(struct outbox *o, const uint8_t card[CARD_ID])
{
    struct store_txn *t = NULL;
    uint64_t index = 0;
    enum dhk_err rc = outbox_begin(&t, o, true);

    if (rc == DHK_OK)
        rc = next(t, card, &index);
    if (rc == DHK_NOTFOUND) {
        rc = drop(t, card, 0);
        if (rc == DHK_OK)
            return outbox_commit_now(o, &t);
    }
    store_abort(&t);
    return rc;
}
