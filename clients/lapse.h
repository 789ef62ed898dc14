/* SPDX-License-Identifier: EUPL-1.2
 *
 * Numbers of an outbox that the application keeps: its last rows may be lost
 * with the process, and with them the numbers that signals already went out
 * under. A number never stands on two different things: numbers are reserved,
 * durably, before they are used, and who finds a reservation goes on behind it.
 * Rows of the outbox. */
#ifndef CLIENTS_LAPSE_H
#define CLIENTS_LAPSE_H

#include "store.h"

struct lapse {
    uint64_t sequence, signal; /* reserved up to and with these */
};

/* When the outbox is opened: goes on behind what an earlier process reserved,
 * if it did not say lapse_end(). */
DHK_MUST_USE enum dhk_err lapse_find(struct store_txn *t);
/* Reserves what T needs beyond what NOW has; NOW equals *NEXT when nothing was
 * needed. Else *NEXT holds once it is durable, which it must be before the
 * numbers in use by T are. */
DHK_MUST_USE enum dhk_err lapse_reserve(
    struct lapse *next, const struct lapse *now, struct store_txn *t);
bool lapse_equal(const struct lapse *a, const struct lapse *b);
/* Nothing is lost: all is durable with T. */
DHK_MUST_USE enum dhk_err lapse_end(struct store_txn *t);

#endif
