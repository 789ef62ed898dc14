/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a card has sent to whom: the signal before, the counter for each
 * partner, and how many of those can explain a gap that the partner sees. */
#ifndef CLIENTS_TALLY_H
#define CLIENTS_TALLY_H

#include "outbox.h"

DHK_MUST_USE enum dhk_err tally_get_previous(
    struct store_txn *t, const uint8_t card[32], uint8_t id[32], bool *has);
DHK_MUST_USE enum dhk_err tally_put_previous(
    struct store_txn *t, const uint8_t card[32], const uint8_t id[32]);
/* Per (own card, partner): the counter given last, and of those given how many
 * have no outcome yet, or never reached the partner. */
struct tally {
    uint64_t last, open, lost;
};
DHK_MUST_USE enum dhk_err tally_get(struct store_txn *t, const uint8_t card[32],
    const char *partner, struct tally *tally);
DHK_MUST_USE enum dhk_err tally_put(struct store_txn *t, const uint8_t card[32],
    const char *partner, const struct tally *tally);
/* The next N counters of every card and partner may have been used, and what
 * became of them is not known: they are not used again, and explain a gap. */
DHK_MUST_USE enum dhk_err tally_skip(struct store_txn *t, uint64_t n);
/* Whether some counter has no outcome yet. */
DHK_MUST_USE enum dhk_err tally_any_open(struct store_txn *t, bool *any);
/* One open counter of PARTNER got its outcome; LOST: it was not taken. */
DHK_MUST_USE enum dhk_err tally_settle(struct store_txn *t,
    const uint8_t card[32], const char *partner, bool lost);

/* The ledger has a share for PARTNER, the NTH of this partner for it. */
DHK_MUST_USE enum dhk_err tally_share(
    struct store_txn *t, const char *partner, uint64_t nth);
/* Whether MISSING shares of this partner for PARTNER may be some that have no
 * outcome yet, or another than taken; also when another machine of this partner
 * has sent some, of which this one knows nothing. */
DHK_MUST_USE enum dhk_err tally_explains(
    struct store_txn *t, const char *partner, uint64_t missing, bool *explains);

#endif
