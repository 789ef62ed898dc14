/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is missing, and who waits for it. */
#include "held.h"

#include <stdlib.h>
#include <string.h>

struct object {
    uint8_t id[HELD_ID];
    uint64_t asked;  /* round; 0: never */
    unsigned silent; /* times without an answer */
    bool answered, told;
};
struct held {
    struct object object[HELD_OBJECTS];
    size_t objects_n, next; /* NEXT: to give up when all are used */
    uint64_t round;
    uint64_t silent, turned_down; /* the last round with such an object */
    uint64_t session;
    size_t n;
    struct {
        uint8_t leaf[32];
        uint64_t session; /* in which it came last */
    } share[HELD_SHARES];
};

enum dhk_err
held_new(struct held **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return DHK_NOMEM;
    (*out)->round = 1;
    return DHK_OK;
}

void
held_destroy(struct held **h)
{
    free(*h);
    *h = NULL;
}

void
held_begin(struct held *h)
{
    h->round++;
}

/* Its place, or objects_n. */
static size_t
find(const struct held *h, const uint8_t id[HELD_ID])
{
    size_t i = 0;

    while (i < h->objects_n && memcmp(h->object[i].id, id, HELD_ID) != 0)
        i++;
    return i;
}

static struct object *
find_or_add(struct held *h, const uint8_t id[HELD_ID])
{
    size_t i = find(h, id);

    if (i < h->objects_n)
        return &h->object[i];
    if (i < HELD_OBJECTS)
        h->objects_n++;
    else
        i = h->next++ % HELD_OBJECTS;
    h->object[i] = (struct object){.asked = 0};
    memcpy(h->object[i].id, id, HELD_ID);
    return &h->object[i];
}

bool
held_may_ask(const struct held *h, const uint8_t id[HELD_ID])
{
    size_t i = find(h, id);

    return i == h->objects_n || h->object[i].asked != h->round;
}

void
held_missing(struct held *h, const uint8_t id[HELD_ID], bool answered)
{
    struct object *o = find_or_add(h, id);

    o->asked = h->round;
    if (answered)
        o->answered = true;
    else
        o->silent++;
    if (!answered)
        h->silent = h->round;
}

void
held_turn_down(struct held *h)
{
    h->turned_down = h->round;
}

bool
held_was_turned_down(const struct held *h)
{
    return h->turned_down == h->round;
}

void
held_silence(struct held *h)
{
    h->silent = h->round;
}

bool
held_is_silent(const struct held *h)
{
    return h->silent == h->round;
}

bool
held_tell(struct held *h, const uint8_t id[HELD_ID])
{
    struct object *o = find_or_add(h, id);

    if (o->told || (!o->answered && o->silent == 1))
        return false;
    o->told = true;
    return true;
}

/* --- shares --- */

static size_t
find_share(const struct held *h, const uint8_t leaf[32])
{
    size_t i = 0;

    while (i < h->n && memcmp(h->share[i].leaf, leaf, 32) != 0)
        i++;
    return i;
}

void
held_add(struct held *h, const uint8_t leaf[32])
{
    size_t i = find_share(h, leaf);

    if (i == HELD_SHARES)
        return;
    memcpy(h->share[i].leaf, leaf, 32);
    h->share[i].session = h->session;
    if (i == h->n)
        h->n++;
}

void
held_drop(struct held *h, const uint8_t leaf[32])
{
    size_t i = find_share(h, leaf);

    if (i < h->n)
        h->share[i] = h->share[--h->n];
}

void
held_session(struct held *h)
{
    for (size_t i = h->n; i > 0; i--) {
        if (h->share[i - 1].session < h->session)
            h->share[i - 1] = h->share[--h->n];
    }
    h->session++;
}

size_t
held_count(const struct held *h)
{
    return h->n;
}
