/* SPDX-License-Identifier: EUPL-1.2
 *
 * The connections that there are, by number, and who listens for which card. */
#include "peer.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "turns.h"

static size_t
place(const struct peers *ps, uint64_t id)
{
    size_t lo = 0, hi = ps->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (ps->list[mid]->id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* P, which may be ready, is so no more. */
static void
uncount(struct core *c, const struct peer *p)
{
    struct force_card *card = force_card_by_number(&c->force, p->card);

    if (p->state == PEER_READY && card != NULL && card->sessions > 0)
        card->sessions--;
}

static void
forget_at(struct core *c, size_t i)
{
    struct peers *ps = &c->peers;

    turns_unmark(c, ps->list[i]);
    uncount(c, ps->list[i]);
    free(ps->list[i]);
    ps->n--;
    memmove(
        &ps->list[i], &ps->list[i + 1], (ps->n - i) * sizeof(struct peer *));
}

/* Makes room: whoever has not said hello goes first, then the longest
 * silent. */
static void
forget_one(struct core *c)
{
    struct peers *ps = &c->peers;
    size_t oldest = 0;

    for (size_t i = 1; i < ps->n; i++) {
        const struct peer *p = ps->list[i], *q = ps->list[oldest];
        bool ready = p->state == PEER_READY, other = q->state == PEER_READY;
        if (ready != other ? other : p->seen < q->seen)
            oldest = i;
    }
    /* should it still be there, it asks again */
    core_error(c, ps->list[oldest]->id, 0, COMMAND_ERROR_STATE);
    c->out.drop(c->out.ctx, ps->list[oldest]->id);
    forget_at(c, oldest);
}

struct peer *
peer_get(struct core *c, uint64_t id, const uint8_t transport[32])
{
    struct peers *ps = &c->peers;
    size_t i = place(ps, id);

    if (i < ps->n && ps->list[i]->id == id)
        return ps->list[i];
    if (ps->n == PEER_MAX) {
        forget_one(c);
        i = place(ps, id);
    }
    if (ps->n == ps->cap) {
        size_t cap = ps->cap == 0 ? 64 : ps->cap * 2;
        struct peer **more = realloc(ps->list, cap * sizeof(struct peer *));
        if (more == NULL)
            return NULL;
        ps->list = more;
        ps->cap = cap;
    }
    struct peer *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->id = id;
    p->session = ++ps->sessions;
    memcpy(p->transport, transport, sizeof p->transport);
    memmove(
        &ps->list[i + 1], &ps->list[i], (ps->n - i) * sizeof(struct peer *));
    ps->list[i] = p;
    ps->n++;
    return p;
}

void
peer_gone(struct core *c, uint64_t id)
{
    size_t i = place(&c->peers, id);

    if (i < c->peers.n && c->peers.list[i]->id == id)
        forget_at(c, i);
}

struct peer *
peer_find(const struct core *c, uint64_t id, uint64_t session)
{
    size_t i = place(&c->peers, id);

    if (i == c->peers.n || c->peers.list[i]->id != id ||
        c->peers.list[i]->session != session)
        return NULL;
    return c->peers.list[i];
}

void
peer_clear(struct core *c)
{
    for (size_t i = 0; i < c->peers.n; i++)
        free(c->peers.list[i]);
    for (size_t i = 0; i < c->force.cards_n; i++)
        c->force.card[i]->sessions = 0;
    c->peers.n = 0;
    c->peers.work_first = c->peers.work_last = NULL;
    c->peers.work_n = 0;
}

void
peer_close(struct core *c, struct peer *p)
{
    struct peer fresh = {
        .id = p->id, .session = ++c->peers.sessions, .seen = p->seen};

    turns_unmark(c, p);
    uncount(c, p);
    memcpy(fresh.transport, p->transport, sizeof fresh.transport);
    *p = fresh;
}

static size_t
listener_of(uint32_t mode)
{
    return mode == COMMAND_MODE_RECEIVE ? 0 : 1;
}

struct peer *
peer_with(const struct core *c, uint64_t n, uint32_t mode)
{
    const struct force_card *card = force_card_by_number(&c->force, n);

    if (card == NULL)
        return NULL;
    uint64_t id = card->listener[listener_of(mode)];
    size_t i = place(&c->peers, id);
    if (i == c->peers.n)
        return NULL;
    struct peer *p = c->peers.list[i];
    return p->id == id && p->state == PEER_READY && p->card == n &&
                   (p->modes & mode) != 0
               ? p
               : NULL;
}

void
peer_listens(struct force_card *card, const struct peer *p)
{
    if ((p->modes & COMMAND_MODE_RECEIVE) != 0)
        card->listener[listener_of(COMMAND_MODE_RECEIVE)] = p->id;
    if ((p->modes & COMMAND_MODE_OUTCOMES) != 0)
        card->listener[listener_of(COMMAND_MODE_OUTCOMES)] = p->id;
}
