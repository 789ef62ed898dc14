/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker in memory that takes politie's sealed bundles: it makes the entries
 * of an honest receipt, which a test may change, and outcomes. */
#ifndef UNIT_CLIENTS_EVIL_RECEIPT_H
#define UNIT_CLIENTS_EVIL_RECEIPT_H

#include "ring.h"

#include "answer.h"
#include "outbox.h"
#include "receipts.h"
#include "sealqueue.h"

enum { RECEIPT_SHARES = 8 };

struct evil_receipt {
    struct ring *ring;
    struct dhk_node *node; /* politie's */
    struct sealer *sealer;
    uint64_t bundle_number, numbers[LIMIT_BUNDLE];
    size_t n;
    uint64_t first;                    /* index of the first entry */
    uint8_t bytes[LIMIT_BUNDLE_BYTES]; /* of the bundle */
    struct bundle bundle;
    struct record record[LIMIT_BUNDLE];
    struct entry accepted, share[RECEIPT_SHARES];
    size_t shares_n;
    uint8_t mem[1 + RECEIPT_SHARES][LIMIT_ENTRY];
    uint64_t index[1 + RECEIPT_SHARES];
    struct slice entry[1 + RECEIPT_SHARES];
};

/* Pushes a signal of LEVEL; its number. */
uint64_t receipt_push(struct evil_receipt *e, const char *level);
/* Seals one bundle, durably, and makes the honest entries for it: an accepted
 * one with index 100 and the shares after it. */
void receipt_seal(struct evil_receipt *e);
/* Makes the honest entries, from index FIRST on, for BUNDLE, which stays. */
void receipt_read(struct evil_receipt *e, struct slice bundle, uint64_t first);
/* Encodes the entries; how many. */
size_t receipt_write(struct evil_receipt *e);
/* Applies what the entries are now to the records, which are loaded first. */
enum dhk_err receipt_apply(struct evil_receipt *e, struct dhk_problem *problem);
/* Keeps what receipt_apply() made of the records. */
void receipt_keep(struct evil_receipt *e);
/* The bytes of gemeente's answer to the first share, as a ledger entry with
 * index 200, for outcomes_apply(). SIGNER's card signs it. */
struct slice receipt_answer(struct evil_receipt *e, uint8_t mem[LIMIT_ENTRY],
    enum answer_outcome outcome, uint64_t detail, size_t signer);
/* The same of another recipient's, with ITEM's outcome and detail. */
struct slice receipt_answer_of(struct evil_receipt *e, uint8_t mem[LIMIT_ENTRY],
    size_t recipient, const struct answer_item *item, size_t signer);

int receipt_new(void **state);
int receipt_end(void **state);

#endif
