/* SPDX-License-Identifier: EUPL-1.2
 *
 * Key cards of the partners, each verified against the identity key that the
 * roster gives its partner before it is kept. Pure: the session fetches. */
#ifndef CLIENTS_CARDS_H
#define CLIENTS_CARDS_H

#include "card.h"
#include "roster.h"

struct cards;

enum { CARDS_MAX = 65536 };

DHK_MUST_USE enum dhk_err cards_new(struct cards **out);
void cards_destroy(struct cards **c);
/* Forgets all, e.g. when another roster is in force. */
void cards_clear(struct cards *c);

/* Decodes BYTES and verifies it: partner in ROSTER, signature of its identity
 * key, validity within what the roster allows. */
DHK_MUST_USE enum dhk_err cards_check(
    struct card *out, struct slice bytes, const struct roster *roster);
/* Checks and keeps. RECEIVING: it is its partner's receiving card now. */
DHK_MUST_USE enum dhk_err cards_take(struct cards *c, struct slice bytes,
    const struct roster *roster, bool receiving);
/* Forgets which cards are receiving ones; the cards stay. */
void cards_renew(struct cards *c);

/* Borrowed until the next cards_take() or cards_clear(). */
const struct card *cards_by_id(
    const struct cards *c, const uint8_t id[CARD_ID]);
/* PARTNER's receiving card, or NULL. */
const struct card *cards_receiving(const struct cards *c, struct slice partner);

#endif
