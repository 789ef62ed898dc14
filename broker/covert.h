/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that are in no answer to the person whom they are about until a date
 * that their sender said: which they are, by case; and the entry that says that
 * some were held back, before the answer is given. */
#ifndef BROKER_COVERT_H
#define BROKER_COVERT_H

#include "query.h"
#include "host/store.h"
#include "entry.h"

struct core;

/* The share S, entry INDEX, is covert; nothing to do when it is not. */
DHK_MUST_USE enum dhk_err covert_note(
    struct store_txn *t, const struct entry_share *s, uint64_t index);
/* Whether what is covert until COVERT, in seconds, is left out of an answer
 * asked for at TIME, in milliseconds. */
bool covert_is_held(uint64_t covert, uint64_t time);
/* Appends HELD entries to Q, the question for a subject in entry QUERY, made at
 * TIME: of what its asker may see, or of everything when ASKER is empty. */
struct covert_asked {
    const struct query *query;
    struct slice asker;
    uint64_t entry, time;
};
DHK_MUST_USE enum dhk_err covert_hold(
    struct core *c, const struct covert_asked *q);

#endif
