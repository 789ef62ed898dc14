/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a node fetches from its broker, each verified before it counts: texts
 * by their signatures, cards by the roster, checkpoints by consistency. */
#ifndef CLIENTS_FETCH_H
#define CLIENTS_FETCH_H

#include "command.h"
#include "checkpoint.h"
#include "node.h"

/* What the broker says is in force; a copy, for messages do not last. */
struct fetch_news {
    bool has_agreement, has_roster;
    uint8_t agreement[32], roster[32];
    uint8_t note[LIMIT_CHECKPOINT];
    size_t note_n;
};
DHK_MUST_USE enum dhk_err fetch_news_of(
    struct fetch_news *out, const struct command *welcome);

/* Brings roster, agreement and cards up to date and demands consistency with
 * the last checkpoint. Errors as dhk_connect(). */
DHK_MUST_USE enum dhk_err fetch_in_force(struct dhk_node *node,
    const struct fetch_news *news, int timeout_ms, struct dhk_problem *problem);
/* The same without knowing what is in force now. */
DHK_MUST_USE enum dhk_err fetch_newest(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);

/* A card by its id into NODE->cards. DHK_NOTFOUND: it was not shown, by
 * silence, by a word that nobody signs, or by another or damaged card;
 * DHK_AUTH, DHK_DENIED: not one that the roster here allows, or its signature
 * is damaged. */
DHK_MUST_USE enum dhk_err fetch_card(struct dhk_node *node,
    const uint8_t id[CARD_ID], int timeout_ms, struct dhk_problem *problem);
/* The same for the card that signed an entry, which is judged when this is
 * DHK_OK: the card is here, or is not one that counts. DHK_NOTFOUND: it was not
 * shown, so that nothing is known of the entry, which must come again; reported
 * once. Else DHK_NOMEM, DHK_IO. */
DHK_MUST_USE enum dhk_err fetch_signer(
    struct dhk_node *node, const uint8_t id[CARD_ID], int timeout_ms);
/* Everybody's receiving card; those that do not verify are left out. */
DHK_MUST_USE enum dhk_err fetch_cards(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);
/* An agreement older than the one in force, by its hash. */
DHK_MUST_USE enum dhk_err fetch_agreement(struct dhk_node *node,
    const uint8_t hash[32], int timeout_ms, struct dhk_problem *problem);
/* Proves the newest checkpoint that was seen; see heads.h. */
DHK_MUST_USE enum dhk_err fetch_consistency(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);

/* The newest head of the log, proved like that. */
DHK_MUST_USE enum dhk_err fetch_newest_head(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);

/* That the entry with hash LEAF is entry INDEX of the ledger, by a checkpoint
 * with the log's signature. DHK_NOTFOUND: the broker does not say so, or says
 * nothing (session_is_unanswered()); DHK_AUTH, DHK_FORMAT, DHK_LIMIT: what it
 * shows does not prove it; DHK_STATE: the checkpoint contradicts another. */
DHK_MUST_USE enum dhk_err fetch_inclusion(struct dhk_node *node,
    const uint8_t leaf[32], uint64_t index, int timeout_ms,
    struct dhk_problem *problem);

#endif
