/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which shares were delivered for a card, by the hash of their entries, with
 * which a recipient answers. Kept in memory alone: a table of hashes in the
 * store would touch a page of its own for each share. It may name shares that
 * have ended since, and may lack some that an earlier process delivered: who
 * asks compares with the store, and looks there once when nothing is known. */
#ifndef BROKER_FLIGHT_H
#define BROKER_FLIGHT_H

#include "mailbox.h"

struct flight_slot {
    uint64_t prefix; /* of the hash */
    uint64_t index;  /* of the entry; 0: the slot is free */
};
struct flight {
    struct flight_slot *slot; /* a power of two, at most half of them taken */
    size_t n, slots;
    bool filled; /* with what may have been delivered before */
};

/* The share with entry INDEX and hash LEAF is delivered; T reads. */
DHK_MUST_USE enum dhk_err flight_note(struct flight *f, struct store_txn *t,
    const uint8_t leaf[32], uint64_t index);
/* The open share of card N with LEAF, as mailbox_get() gives it. DHK_NOTFOUND:
 * there is none, or it was not delivered. */
DHK_MUST_USE enum dhk_err flight_find(struct flight *f, struct store_txn *t,
    uint64_t n, const uint8_t leaf[32], struct mailbox_share *out);
/* It is answered. */
void flight_end(struct flight *f, const uint8_t leaf[32], uint64_t index);
void flight_clear(struct flight *f);

#endif
