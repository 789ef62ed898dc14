/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the two files of random_ledger.h share: not for others. */
#ifndef TEST_RANDOM_PARTS_H
#define TEST_RANDOM_PARTS_H

#include "random_ledger.h"

#define ORIGIN "test.voorbeeldstad.nl/ledger"

extern const struct random_line random_empty;

int random_below(struct random_ledger *r, uint64_t n);
void random_fill(struct random_ledger *r, uint8_t *p, size_t n);
struct slice random_partner_name(int i);
/* r->entry, emptied. */
struct entry *random_fresh(struct random_ledger *r, enum entry_kind kind);
/* Appends r->entry, seen by A and B, or by all. */
enum dhk_err random_put(struct random_ledger *r, bool all, int a, int b);
/* A line of the entry that was put last. */
void random_note_line(struct random_ledger *r, const struct random_line *line);

/* One entry each, or none when there is nothing that it could be about. */
enum dhk_err random_put_answer(struct random_ledger *r);
enum dhk_err random_put_refusal(struct random_ledger *r);
enum dhk_err random_put_returned(struct random_ledger *r);
enum dhk_err random_put_released(struct random_ledger *r);
enum dhk_err random_put_expired(struct random_ledger *r);
enum dhk_err random_put_withdrawn(struct random_ledger *r);
enum dhk_err random_put_queried(struct random_ledger *r);
enum dhk_err random_put_seal(struct random_ledger *r);
enum dhk_err random_put_held(struct random_ledger *r);
enum dhk_err random_put_stated(struct random_ledger *r);
enum dhk_err random_put_card(struct random_ledger *r);
enum dhk_err random_put_text(struct random_ledger *r);
enum dhk_err random_put_revoked(struct random_ledger *r);
enum dhk_err random_put_operator(struct random_ledger *r);

#endif
