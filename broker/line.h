/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an entry is about, as lines: of a share one, of what became of shares
 * one for each of them, of an acceptance one for each signal and one for each
 * share. Filters pass and the index is made by nothing else, so that the two
 * cannot disagree. PROTOCOL.md, section 12, has the table. */
#ifndef BROKER_LINE_H
#define BROKER_LINE_H

#include "answer.h"
#include "card.h"
#include "entry.h"
#include "host/store.h"
#include "statement.h"

struct force;
struct ledger;

/* Empty, or NULL: it has none. */
struct line {
    struct slice partner[2]; /* who takes part */
    struct slice sender, recipient, kind, purpose;
    const uint8_t *case_handle; /* 16 bytes */
    uint64_t covert;            /* of a share: see entry.h */
    const struct slice *rule;
    size_t rules_n;
    struct slice outcome[2];
};

/* Memory to read what entries point to: about 10 KiB. */
struct line_reader {
    const struct force *force; /* whose a card is */
    bool hashed; /* what entries point to was compared with its leaf hash when
                    it came by itself: is not again */
    const struct ledger *ledger; /* else: see ledger_entry_behind(); or NULL */
    struct entry other;
    struct answer answer;
    struct card card;
    struct statement said;
};

/* True: enough seen. LINE and what it borrows last until it returns. */
typedef bool (*line_visit)(void *ctx, const struct line *line);

/* Shows VISIT the lines of E, entry INDEX, until one is enough. The shares of
 * an accepted entry must be on the ledger: true between batches. Errors are
 * those of the store, and DHK_FORMAT: what it points to cannot be read. */
DHK_MUST_USE enum dhk_err line_each(struct line_reader *r, struct store_txn *t,
    const struct entry *e, uint64_t index, line_visit visit, void *ctx);

/* The share entry at INDEX, or that of the notice there, into r->other; NULL:
 * there is none. */
const struct entry_share *line_share(
    struct line_reader *r, struct store_txn *t, uint64_t index);
/* Whose card it is; borrowed, empty when that is not known. */
struct slice line_partner_of_card(struct line_reader *r, const struct entry *e);
/* The answer of a delivered entry, or NULL. */
const struct answer *line_answer(
    struct line_reader *r, const struct entry_delivered *d);

#endif
