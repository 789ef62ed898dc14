/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that stay unanswered because a card or an agreement, without which
 * they cannot be judged, was not shown: that nobody shows it is signed by
 * nobody, so it ends nothing. In memory: which objects are missing, so that
 * each is asked for once in a round and reported once; and how many shares wait
 * for them, so that the broker sends what lies behind. */
#ifndef CLIENTS_HELD_H
#define CLIENTS_HELD_H

#include "node.h"

struct held;

enum { HELD_ID = 32, HELD_OBJECTS = 64, HELD_SHARES = 4096 };

DHK_MUST_USE enum dhk_err held_new(struct held **out);
void held_destroy(struct held **h);

/* Another round of fetching begins. */
void held_begin(struct held *h);
/* Whether object ID was not yet asked for in vain in this round. */
bool held_may_ask(const struct held *h, const uint8_t id[HELD_ID]);
/* It was asked for in vain. ANSWERED: the broker did say something; when it did
 * not, that is worth telling only when it happens again. */
void held_missing(struct held *h, const uint8_t id[HELD_ID], bool answered);
/* In this round something was shown that what is in force here does not allow:
 * perhaps that is not the newest. */
void held_turn_down(struct held *h);
bool held_was_turned_down(const struct held *h);
/* In this round the broker left a question unanswered; whether it did. */
void held_silence(struct held *h);
bool held_is_silent(const struct held *h);
/* Whether it is to be reported now that ID is missing: once. */
bool held_tell(struct held *h, const uint8_t id[HELD_ID]);

/* The share with entry LEAF waits, or does so no more. */
void held_add(struct held *h, const uint8_t leaf[32]);
void held_drop(struct held *h, const uint8_t leaf[32]);
/* A new session begins, in which those that still wait come again: what did not
 * come in the one before has ended otherwise. */
void held_session(struct held *h);
size_t held_count(const struct held *h);

#endif
