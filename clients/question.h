/* SPDX-License-Identifier: EUPL-1.2
 *
 * A question to the ledger as applications see it (driehoek.h): reader.h with
 * its entries decoded, names of fields looked up, and what a share withheld
 * taken from its accepted entry. */
#ifndef CLIENTS_QUESTION_H
#define CLIENTS_QUESTION_H

#include "entry.h"
#include "err.h"
#include "driehoek.h"

struct agreement;

/* See dhk_query_open(), dhk_query_next(), dhk_query_proof(). */
DHK_MUST_USE enum dhk_err question_open(struct dhk_query **out,
    struct dhk_node *node, const struct dhk_question *question, int timeout_ms,
    struct dhk_problem *problem);
DHK_MUST_USE enum dhk_err question_next(struct dhk_query *q,
    const struct dhk_entry **out, struct dhk_problem *problem);
DHK_MUST_USE enum dhk_err question_proof(
    const struct dhk_query *q, char **text);
void question_close(struct dhk_query **q);

/* DHK_FORMAT: PURPOSE is none of the closed list. */
DHK_MUST_USE enum dhk_err question_purpose(
    enum dhk_purpose purpose, struct dhk_problem *problem);
/* The entry that came last, and the accepted entry that came last with its
 * index; NULL before the first. */
const struct entry *question_entry(const struct dhk_query *q);
const struct entry_accepted *question_accepted(
    const struct dhk_query *q, uint64_t *index);
/* The agreement with HASH, fetched when NODE is connected; NULL: not to be
 * had. Borrowed, see trust_agreement_by_hash(). */
const struct agreement *question_agreement(
    struct dhk_node *node, const uint8_t hash[32]);

#endif
