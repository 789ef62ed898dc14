/* SPDX-License-Identifier: EUPL-1.2 */
#include "presence.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 64 };

enum dhk_err
presence_init(struct presence *p, size_t descriptors)
{
    memset(p, 0, sizeof *p);
    p->line = calloc(descriptors, sizeof *p->line);
    if (p->line == NULL)
        return DHK_NOMEM;
    p->lines = descriptors;
    return DHK_OK;
}

void
presence_clear(struct presence *p)
{
    free(p->line);
    free(p->ended);
    memset(p, 0, sizeof *p);
}

static struct presence_line *
line_of(const struct presence *p, int fd)
{
    return fd >= 0 && (size_t)fd < p->lines ? &p->line[fd] : NULL;
}

static bool
make_room(struct presence *p)
{
    if (p->first > 0) {
        memmove(p->ended, p->ended + p->first, p->n * sizeof *p->ended);
        p->first = 0;
    }
    if (p->n < p->cap)
        return true;
    size_t cap = p->cap == 0 ? FIRST : 2 * p->cap;
    uint32_t *more = realloc(p->ended, cap * sizeof *more);
    if (more == NULL)
        return false;
    p->ended = more;
    p->cap = cap;
    return true;
}

static void
note(struct presence *p, uint32_t peer)
{
    size_t end = p->first + p->n;

    if (p->n > 0 && p->ended[end - 1] == peer)
        return; /* one of several that are read late */
    if (end == p->cap && !make_room(p))
        return;
    p->ended[p->first + p->n++] = peer;
}

void
presence_closed(struct presence *p, int fd)
{
    struct presence_line *l = line_of(p, fd);

    if (l == NULL)
        return;
    if (l->spoken)
        note(p, l->peer);
    l->open = l->spoken = false;
}

void
presence_opened(struct presence *p, int fd)
{
    struct presence_line *l = line_of(p, fd);

    presence_closed(p, fd); /* should that have gone unseen */
    if (l != NULL)
        l->open = true;
}

void
presence_spoke(struct presence *p, int fd, uint32_t peer)
{
    struct presence_line *l = line_of(p, fd);

    if (l == NULL || (l->spoken && l->peer == peer))
        return;
    if (!l->open) { /* read late */
        note(p, peer);
        return;
    }
    /* an older one had the descriptor before, and is read late */
    if (l->spoken && (int32_t)(peer - l->peer) < 0)
        return;
    if (l->spoken) /* the first one was read late */
        note(p, l->peer);
    l->peer = peer;
    l->spoken = true;
}

size_t
presence_ended(const struct presence *p)
{
    return p->n;
}

bool
presence_take(struct presence *p, uint32_t *peer)
{
    if (p->n == 0)
        return false;
    *peer = p->ended[p->first++];
    if (--p->n == 0)
        p->first = 0;
    return true;
}
