/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions without an answer. Too little sharing failed, too: nobody is to
 * have to remember what was asked. */
#include "thread.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

static bool
ends_in(const char *kind, const char *end)
{
    size_t n = strlen(kind), m = strlen(end);
    return n > m && strcmp(kind + n - m, end) == 0;
}

bool
thread_asks(const char *kind)
{
    return ends_in(kind, "vraag") || ends_in(kind, "verzoek");
}

/* Whether SENDER sent something in reply to ID. */
static bool
is_answered(const struct thread *th, const char *id, const char *sender)
{
    for (size_t i = 0; i < th->n; i++) {
        if (strcmp(th->item[i].in_reply_to, id) == 0 &&
            strcmp(th->item[i].sender, sender) == 0)
            return true;
    }
    return false;
}

struct list {
    struct thread_question *q;
    size_t n;
    thread_is_refused *is;
    void *ctx;
};

static bool
is_refused(const struct list *l, uint64_t share)
{
    return l->is != NULL && l->is(l->ctx, share);
}

static enum dhk_err
add(struct list *l, const struct thread_item *item,
    const struct thread_recipient *to)
{
    struct thread_question *more = reallocarray(l->q, l->n + 1, sizeof *more);

    if (more == NULL)
        return DHK_NOMEM;
    l->q = more;
    more[l->n++] = (struct thread_question){.item = item,
        .partner = to == NULL ? NULL : to->partner,
        .share = to == NULL ? item->index : to->index,
        .due = item->time + (int64_t)THREAD_TERM_DAYS * DAY};
    return DHK_OK;
}

static enum dhk_err
add_asked(
    struct list *l, const struct thread *th, const struct thread_item *item)
{
    enum dhk_err rc = DHK_OK;

    for (size_t k = 0; rc == DHK_OK && k < item->recipients_n; k++) {
        const struct thread_recipient *to = &item->recipient[k];
        if (to->taken && !is_answered(th, item->id, to->partner) &&
            !is_refused(l, to->index))
            rc = add(l, item, to);
    }
    return rc;
}

/* An answer of this node: its name is the sender of what it sent. */
static bool
we_answered(const struct thread *th, const struct thread_item *item)
{
    for (size_t i = 0; i < th->n; i++) {
        if (th->item[i].sent && strcmp(th->item[i].in_reply_to, item->id) == 0)
            return true;
    }
    return false;
}

enum dhk_err
thread_questions(struct thread_question **list, size_t *n,
    const struct thread *th, thread_is_refused *is, void *ctx)
{
    struct list l = {.is = is, .ctx = ctx};
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < th->n; i++) {
        const struct thread_item *item = &th->item[i];
        if (!thread_asks(item->kind))
            continue;
        if (item->sent)
            rc = add_asked(&l, th, item);
        else if (!we_answered(th, item) && !is_refused(&l, item->index))
            rc = add(&l, item, NULL);
    }
    if (rc != DHK_OK) {
        free(l.q);
        l = (struct list){.n = 0};
    }
    *list = l.q;
    *n = l.n;
    return rc;
}
