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
        s->index > p->cursor[s->urgent ? 0 : 1])
        return;
    p->open_bytes -= p->open_bytes / p->open;
    p->open--;
    p->counted = c->batch;
    turns_mark(c, p);
}
