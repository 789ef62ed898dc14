/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signing and sending answers. */
#include "answering.h"

#include "inbox.h"
#include "session.h"
#include "trust.h"

#include "answer.h"

#include <stdlib.h>
#include <string.h>

enum {
    RESEND_MS = 10000, /* without ANSWERED */
    ANSWER_BYTES_MAX = 4096,
};

static uint64_t
now_ms(const struct dhk_node *node)
{
    return clock_monotonic_ms(node->clock);
}

struct letter { /* one ANSWER message being written */
    struct inbox_item item[INBOX_BATCH];
    uint64_t first, last; /* their numbers */
    bool done[INBOX_BATCH];
    size_t n;
    struct slice answer[INBOX_BATCH];
    size_t answers_n;
    uint8_t mem[INBOX_BATCH][ANSWER_BYTES_MAX];
};

/* Signs one answer to the sender of item FROM, over as many of its items as
 * one may hold. */
static enum dhk_err
sign_answer(struct letter *l, size_t from, const struct dhk_node *node)
{
    struct answer a = {.origin = slice_str(trust_roster(node->trust)->origin),
        .sender = slice_str(l->item[from].sender)};
    struct sink out;
    enum dhk_err rc;

    memcpy(a.card, node->card.id, sizeof a.card);
    for (size_t i = from; i < l->n && a.items_n < LIMIT_ANSWER; i++) {
        const struct inbox_item *item = &l->item[i];
        struct answer_item *to = &a.item[a.items_n];

        if (l->done[i] || strcmp(item->sender, l->item[from].sender) != 0)
            continue;
        memcpy(to->entry_hash, item->leaf, sizeof to->entry_hash);
        to->outcome = item->outcome;
        to->detail = item->detail;
        a.items_n++;
        l->done[i] = true;
    }
    sink_init(&out, l->mem[l->answers_n], ANSWER_BYTES_MAX);
    rc = answer_issue(&out, &a, node->secret.sign);
    if (rc == DHK_OK)
        l->answer[l->answers_n++] = sink_done(&out);
    return rc;
}

/* Answers with numbers above AFTER, up to UNTIL, as many as one letter holds.
 */
static enum dhk_err
gather(struct letter *l, struct inbox *b, uint64_t after, uint64_t until)
{
    struct store_txn *t = NULL;
    uint64_t number = after;
    enum dhk_err rc = inbox_begin(&t, b, false);

    l->n = l->answers_n = 0;
    while (rc == DHK_OK && l->n < INBOX_BATCH) {
        rc = inbox_next_answer(t, &number, &l->item[l->n]);
        if (rc != DHK_OK || number > until)
            break;
        l->done[l->n] = false;
        if (l->n == 0)
            l->first = number;
        l->last = number;
        l->n++;
    }
    store_abort(&t);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
send_letter(struct letter *l, struct dhk_node *node, struct inbox_flight *f)
{
    struct command c = {.type = COMMAND_ANSWER};
    uint64_t before = f->request;
    enum dhk_err rc = inbox_keep(node->inbox); /* it is not taken back */

    for (size_t i = 0; rc == DHK_OK && i < l->n; i++) {
        if (!l->done[i])
            rc = sign_answer(l, i, node);
    }
    if (rc == DHK_OK)
        rc = session_send(
            node->session, &c, l->answer, l->answers_n, &f->request);
    if (rc == DHK_OK)
        f->sent_ms = now_ms(node);
    else
        f->request = before;
    return rc;
}

static struct inbox_flight *
free_flight(struct inbox_sending *s)
{
    for (size_t i = 0; i < INBOX_FLIGHTS; i++) {
        if (s->flight[i].request == 0)
            return &s->flight[i];
    }
    return NULL;
}

/* All answers go again. */
void
answering_forget(struct dhk_node *node)
{
    struct inbox_sending *s = inbox_sending(node->inbox);

    memset(s->flight, 0, sizeof s->flight);
    s->cursor = 0;
}

/* After a lost connection. */
void
answering_begin(struct dhk_node *node)
{
    if (inbox_sending(node->inbox)->epoch != session_epoch(node->session))
        answering_forget(node);
}

/* Sends letter F again, which got no answer for long. */
static enum dhk_err
send_again(struct dhk_node *node, struct letter *l, struct inbox_flight *f)
{
    enum dhk_err rc = gather(l, node->inbox, f->first - 1, f->last);

    return rc == DHK_OK && l->n > 0 ? send_letter(l, node, f) : rc;
}

static enum dhk_err
send_late(struct dhk_node *node, struct letter *l)
{
    struct inbox_sending *s = inbox_sending(node->inbox);
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < INBOX_FLIGHTS; i++) {
        struct inbox_flight *f = &s->flight[i];

        if (f->request != 0 && f->sent_ms + RESEND_MS < now_ms(node))
            rc = send_again(node, l, f);
    }
    return rc;
}

static enum dhk_err
send_fresh(struct dhk_node *node, struct letter *l)
{
    struct inbox *b = node->inbox;
    struct inbox_sending *s = inbox_sending(b);
    struct inbox_flight *f;
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && (f = free_flight(s)) != NULL) {
        rc = gather(l, b, s->cursor, UINT64_MAX);
        if (rc != DHK_OK || l->n == 0)
            break;
        f->first = l->first;
        f->last = l->last;
        rc = send_letter(l, node, f);
        if (rc == DHK_OK)
            s->cursor = f->last;
    }
    if (rc == DHK_OK)
        s->unsent = 0;
    return rc;
}

/* Sends what is not on its way, or has been for too long. */
enum dhk_err
answering_send(struct dhk_node *node)
{
    struct letter *l = malloc(sizeof *l);
    enum dhk_err rc = l == NULL ? DHK_NOMEM : DHK_OK;

    answering_begin(node);
    if (rc == DHK_OK)
        rc = send_late(node, l);
    if (rc == DHK_OK)
        rc = send_fresh(node, l);
    free(l);
    /* a lost connection is made again by session_ready() */
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
answering_take(struct dhk_node *node, struct store_txn *t, uint64_t request)
{
    struct inbox_sending *s = inbox_sending(node->inbox);
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < INBOX_FLIGHTS; i++) {
        struct inbox_flight *f = &s->flight[i];

        if (f->request == 0 || f->request != request)
            continue;
        for (uint64_t n = f->first; rc == DHK_OK && n <= f->last; n++)
            rc = inbox_answered(t, n);
        *f = (struct inbox_flight){0, 0, 0, 0};
    }
    return rc;
}
