/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which signal answers which: of every signal that was sent, what it replies
 * to; of every share that was taken, whose it was, of which kind and case, and
 * what it replies to. No field's value. Rows of outbox and inbox, written with
 * what they are about; those of the inbox are locked. */
#ifndef CLIENTS_THREAD_H
#define CLIENTS_THREAD_H

#include "node.h"
#include "statement.h"
#include "store.h"

/* Within T of the outbox: signal NUMBER replies to what S says, if anything. */
DHK_MUST_USE enum dhk_err thread_sent(
    struct store_txn *t, uint64_t number, const struct dhk_signal *s);
/* Fine when there is none. */
DHK_MUST_USE enum dhk_err thread_forget_sent(
    struct store_txn *t, uint64_t number);
/* Within T of the inbox: the application took S. */
DHK_MUST_USE enum dhk_err thread_taken(struct store_txn *t,
    const struct dhk_node *node, const struct dhk_share *s);
/* All that was taken of HANDLE. */
DHK_MUST_USE enum dhk_err thread_forget_taken(
    struct store_txn *t, const struct dhk_node *node, const char *handle);
/* The same of what is kept too long at NOW (seconds). */
DHK_MUST_USE enum dhk_err thread_forget_passed(struct store_txn *t,
    const struct dhk_node *node, const char *handle, int64_t now);

struct thread_recipient {
    char partner[LIMIT_NAME + 1];
    const char *outcome; /* as in struct dhk_outcome */
    uint64_t index;      /* of its share entry */
    bool taken;
};
struct thread_item {    /* one signal */
    bool sent;          /* else taken */
    uint64_t number;    /* in the outbox, of what was sent */
    uint64_t index;     /* accepted entry, or that of the share; 0: none yet */
    int64_t time;       /* pushed, or accepted by the broker; seconds */
    int64_t keep_until; /* of what was taken, by its duties; 0: no such duty, or
                           it was taken before that was kept */
    char id[65];        /* empty: not sealed yet */
    char in_reply_to[65]; /* or empty */
    char kind[LIMIT_NAME + 1];
    char sender[LIMIT_NAME + 1];
    uint8_t case_handle[STATEMENT_CASE];
    struct thread_recipient *recipient; /* of what was sent; owned */
    size_t recipients_n;
};
struct thread {
    struct thread_item *item; /* owned: sent ones first, each in their order */
    size_t n;
};
/* What was sent and taken of HANDLE, read beside whoever works with outbox and
 * inbox; NODE has neither open. The caller calls thread_clear() in any case. */
DHK_MUST_USE enum dhk_err thread_read(struct thread *out,
    const struct dhk_node *node, const uint8_t handle[STATEMENT_CASE],
    struct dhk_problem *problem);
/* Of all cases, the taken ones that ask for an answer or are one. SENT: and all
 * that was sent; else of what was sent only which signals it answers. */
DHK_MUST_USE enum dhk_err thread_read_open(struct thread *out,
    const struct dhk_node *node, bool sent, struct dhk_problem *problem);
/* All that was taken, of all cases. */
DHK_MUST_USE enum dhk_err thread_read_taken(struct thread *out,
    const struct dhk_node *node, struct dhk_problem *problem);
void thread_clear(struct thread *th);

/* Whether a signal of KIND asks for an answer. */
bool thread_asks(const char *kind);

/* A question that somebody has not answered. What asks for an answer is known
 * by its kind, whose name ends in -vraag or -verzoek. */
enum { THREAD_TERM_DAYS = 14 };
struct thread_question {
    const struct thread_item *item;
    const char *partner; /* who has not answered; NULL: this node */
    uint64_t share;      /* index of the share with the question */
    int64_t due;         /* seconds; passed: that is worth an alarm */
};
/* In malloc()ed memory; borrows from TH. IS (may be NULL) tells whether the
 * share of that entry was refused instead of answered. */
typedef bool thread_is_refused(void *ctx, uint64_t share);
DHK_MUST_USE enum dhk_err thread_questions(struct thread_question **list,
    size_t *n, const struct thread *th, thread_is_refused *is, void *ctx);

#endif
