/* SPDX-License-Identifier: EUPL-1.2 */
#include "flight.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIRST = 64, /* slots */
    /* looked at in each class of a mailbox for what an earlier process may
     * have delivered: the largest window */
    FILL = 4096,
};

/* The slot of this share, or the free one where it would be. */
static struct flight_slot *
slot_of(const struct flight *f, uint64_t prefix, uint64_t index)
{
    size_t at = (size_t)prefix & (f->slots - 1);

    while (f->slot[at].index != 0 &&
           (f->slot[at].prefix != prefix || f->slot[at].index != index))
        at = (at + 1) & (f->slots - 1);
    return &f->slot[at];
}

static enum dhk_err
grow(struct flight *f, size_t slots)
{
    struct flight old = *f;

    f->slot = calloc(slots, sizeof *f->slot);
    if (f->slot == NULL) {
        f->slot = old.slot;
        return DHK_NOMEM;
    }
    f->slots = slots;
    for (size_t i = 0; i < old.slots; i++) {
        if (old.slot[i].index != 0)
            *slot_of(f, old.slot[i].prefix, old.slot[i].index) = old.slot[i];
    }
    free(old.slot);
    return DHK_OK;
}

/* Forgets what is not open any more; its slots are sorted anew. */
static enum dhk_err
purge(struct flight *f, struct store_txn *t)
{
    struct mailbox_share s;

    for (size_t i = 0; i < f->slots; i++) {
        if (f->slot[i].index == 0)
            continue;
        enum dhk_err rc = mailbox_get(t, f->slot[i].index, &s);
        if (rc != DHK_OK && rc != DHK_NOTFOUND)
            return rc;
        if (rc == DHK_NOTFOUND) {
            f->slot[i].index = 0;
            f->n--;
        }
    }
    return grow(f, f->slots);
}

static enum dhk_err
make_room(struct flight *f, struct store_txn *t)
{
    enum dhk_err rc = DHK_OK;

    if (2 * (f->n + 1) <= f->slots)
        return DHK_OK;
    if (f->slots > 0)
        rc = purge(f, t);
    if (rc == DHK_OK && 4 * (f->n + 1) > f->slots)
        rc = grow(f, f->slots == 0 ? FIRST : 2 * f->slots);
    return rc;
}

enum dhk_err
flight_note(struct flight *f, struct store_txn *t, const uint8_t leaf[32],
    uint64_t index)
{
    uint64_t prefix = bytes_get_u64(leaf);
    enum dhk_err rc = make_room(f, t);

    if (rc != DHK_OK)
        return rc;
    struct flight_slot *s = slot_of(f, prefix, index);
    f->n += s->index == 0 ? 1 : 0;
    *s = (struct flight_slot){prefix, index};
    return DHK_OK;
}

/* What may have been delivered before there was this memory: the first of
 * each class. */
static enum dhk_err
fill(struct flight *f, struct store_txn *t, uint64_t n)
{
    uint8_t leaf[32];

    for (unsigned class_ = 0; class_ < MAILBOX_CLASSES; class_++) {
        struct mailbox_at at = {.place = 0};
        for (size_t i = 0; i < FILL; i++) {
            enum dhk_err rc = mailbox_next(t, n, class_, at.place, &at);
            if (rc == DHK_NOTFOUND)
                break;
            if (rc == DHK_OK)
                rc = ledger_leaf(t, at.index, leaf);
            if (rc == DHK_OK)
                rc = flight_note(f, t, leaf, at.index);
            if (rc != DHK_OK)
                return rc;
        }
    }
    f->filled = true;
    return DHK_OK;
}

/* Whether the open share INDEX is card N's and has LEAF. */
static enum dhk_err
look(struct store_txn *t, uint64_t index, uint64_t n, const uint8_t leaf[32],
    struct mailbox_share *out)
{
    uint8_t real[32];
    enum dhk_err rc = mailbox_get(t, index, out);

    if (rc == DHK_OK)
        rc = ledger_leaf(t, index, real);
    if (rc != DHK_OK)
        return rc;
    return out->recipient == n && !out->pending &&
                   memcmp(real, leaf, sizeof real) == 0
               ? DHK_OK
               : DHK_NOTFOUND;
}

static enum dhk_err
find(const struct flight *f, struct store_txn *t, uint64_t n,
    const uint8_t leaf[32], struct mailbox_share *out)
{
    uint64_t prefix = bytes_get_u64(leaf);
    enum dhk_err rc = DHK_NOTFOUND;

    for (size_t at = (size_t)prefix; f->slots > 0 && rc == DHK_NOTFOUND; at++) {
        const struct flight_slot *s = &f->slot[at & (f->slots - 1)];
        if (s->index == 0)
            break;
        if (s->prefix == prefix)
            rc = look(t, s->index, n, leaf, out);
    }
    return rc;
}

enum dhk_err
flight_find(struct flight *f, struct store_txn *t, uint64_t n,
    const uint8_t leaf[32], struct mailbox_share *out)
{
    enum dhk_err rc = find(f, t, n, leaf, out);

    if (rc != DHK_NOTFOUND || f->filled)
        return rc;
    rc = fill(f, t, n);
    return rc == DHK_OK ? find(f, t, n, leaf, out) : rc;
}

/* The slots behind one that becomes free may belong before it. */
void
flight_end(struct flight *f, const uint8_t leaf[32], uint64_t index)
{
    uint64_t prefix = bytes_get_u64(leaf);

    if (f->slots == 0)
        return;
    struct flight_slot *s = slot_of(f, prefix, index);
    if (s->index == 0)
        return;
    s->index = 0;
    f->n--;
    for (size_t at = (size_t)(s - f->slot) + 1;; at++) {
        struct flight_slot *next = &f->slot[at & (f->slots - 1)];
        struct flight_slot moved = *next;
        if (moved.index == 0)
            return;
        next->index = 0;
        *slot_of(f, moved.prefix, moved.index) = moved;
    }
}

void
flight_clear(struct flight *f)
{
    free(f->slot);
    memset(f, 0, sizeof *f);
}
