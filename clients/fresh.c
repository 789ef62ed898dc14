/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares in memory, between their arrival and their being handed out. */
#include "fresh.h"

static struct parcel *
take_first(struct fresh *f, struct parcel_list *l)
{
    struct parcel *p = l->first;

    l->first = p->next;
    if (l->first == NULL)
        l->last = NULL;
    p->next = NULL;
    f->n--;
    f->bytes -= p->text_n;
    return p;
}

static void
drop_first(struct fresh *f, struct parcel_list *l)
{
    struct parcel *p = take_first(f, l);

    parcel_destroy(&p);
}

void
fresh_add(struct fresh *f, uint64_t arrival, struct slice parcel)
{
    struct parcel *p = NULL;

    if (f->n == FRESH_SHARES || parcel.n > FRESH_BYTES - f->bytes)
        return;
    if (parcel_decode(&p, parcel) != DHK_OK)
        return; /* who reads it from the inbox says so */
    p->arrival = arrival;
    parcel_append(&f->coming, p);
    f->n++;
    f->bytes += p->text_n;
}

void
fresh_commit(struct fresh *f)
{
    if (f->coming.first == NULL)
        return;
    if (f->kept.last == NULL)
        f->kept.first = f->coming.first;
    else
        f->kept.last->next = f->coming.first;
    f->kept.last = f->coming.last;
    f->coming = (struct parcel_list){NULL, NULL};
}

void
fresh_abort(struct fresh *f)
{
    while (f->coming.first != NULL)
        drop_first(f, &f->coming);
}

struct parcel *
fresh_take(struct fresh *f, uint64_t after)
{
    /* it was read from the inbox meanwhile */
    while (f->kept.first != NULL && f->kept.first->arrival <= after)
        drop_first(f, &f->kept);
    if (f->kept.first == NULL || f->kept.first->arrival != after + 1)
        return NULL;
    return take_first(f, &f->kept);
}

void
fresh_clear(struct fresh *f)
{
    fresh_abort(f);
    while (f->kept.first != NULL)
        drop_first(f, &f->kept);
}
