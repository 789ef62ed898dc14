/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whose turn it is. */
#include "turns.h"

#include <string.h>

#include "core.h"

void
turns_mark(struct core *c, struct peer *p)
{
    struct peers *ps = &c->peers;

    if (p->work)
        return;
    p->work = true;
    p->work_before = ps->work_last;
    p->work_after = NULL;
    if (ps->work_last == NULL)
        ps->work_first = p;
    else
        ps->work_last->work_after = p;
    ps->work_last = p;
    ps->work_n++;
}

void
turns_unmark(struct core *c, struct peer *p)
{
    struct peers *ps = &c->peers;

    if (!p->work)
        return;
    p->work = false;
    if (p->work_before == NULL)
        ps->work_first = p->work_after;
    else
        p->work_before->work_after = p->work_after;
    if (p->work_after == NULL)
        ps->work_last = p->work_before;
    else
        p->work_after->work_before = p->work_before;
    p->work_before = p->work_after = NULL;
    ps->work_n--;
}

void
turns_wake(struct core *c, uint64_t n, uint32_t mode)
{
    struct peer *p = peer_with(c, n, mode);

    if (p != NULL)
        turns_mark(c, p);
}

void
turns_wake_all(struct core *c)
{
    for (size_t i = 0; i < c->peers.n; i++) {
        if (c->peers.list[i]->state == PEER_READY)
            turns_mark(c, c->peers.list[i]);
    }
}

void
turns_deliver_anew(struct core *c, struct peer *p)
{
    p->open = p->open_bytes = 0;
    memset(p->cursor, 0, sizeof p->cursor);
    memset(p->said, 0, sizeof p->said);
    memset(p->gap, 0, sizeof p->gap);
    turns_mark(c, p);
}

/* The cursor ends on a share that is open in P's own mailbox, and not behind
 * more of them than P may hold: whatever P says, all that comes later is
 * delivered, and what was passed over is counted, so that it is late one day.
 */
static enum dhk_err
resume(struct core *c, struct peer *p, unsigned class_, uint64_t upto)
{
    struct mailbox_at at = {.place = 0};
    struct mailbox_share s;

    while (p->open < c->cfg.window) {
        enum dhk_err rc = mailbox_next(c->txn, p->card, class_, at.place, &at);
        if (rc == DHK_NOTFOUND || at.place > upto)
            return DHK_OK;
        if (rc == DHK_OK)
            rc = mailbox_get(c->txn, at.index, &s);
        if (rc != DHK_OK)
            return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
        p->cursor[class_] = p->said[class_] = at.place;
        p->open++;
        p->open_bytes += s.bytes;
    }
    return DHK_OK;
}

void
turns_resume(
    struct core *c, struct peer *p, const uint64_t cursor[MAILBOX_CLASSES])
{
    p->progress = c->mono;
    p->counted = c->batch; /* should it fail, all this was not so */
    for (unsigned i = 0; i < MAILBOX_CLASSES; i++) {
        if ((p->modes & COMMAND_MODE_RECEIVE) != 0 && cursor[i] > 0)
            core_fail(c, resume(c, p, i, cursor[i]));
    }
    turns_mark(c, p);
}

void
turns_uncount(struct core *c)
{
    for (size_t i = 0; i < c->peers.n; i++) {
        struct peer *p = c->peers.list[i];

        if (p->state != PEER_READY || p->counted != c->batch)
            continue;
        turns_deliver_anew(c, p);
    }
}

void
turns_settled(struct core *c, const struct mailbox_share *s)
{
    struct peer *p = peer_with(c, s->recipient, COMMAND_MODE_RECEIVE);

    if (p == NULL || s->pending || p->open == 0 ||
        mailbox_place(s) > p->cursor[s->urgent ? 0 : 1])
        return;
    p->open_bytes -= p->open_bytes / p->open;
    p->open--;
    p->counted = c->batch;
    turns_mark(c, p);
}
