/* SPDX-License-Identifier: EUPL-1.2 */
#include "confirms.h"

#include "core.h"
#include "mailbox.h"

enum { WAIT_MS = 1000 };

void
confirms_note(struct core *c, uint64_t card, uint64_t cursor)
{
    struct confirms *f = &c->confirms;
    size_t i = 0;

    if (cursor == 0)
        return;
    while (i < f->n && f->list[i].card != card)
        i++;
    if (i == CONFIRMS_MAX) { /* told again after the next hello */
        f->due = true;
        return;
    }
    if (f->n == 0)
        f->since = c->mono;
    if (i == f->n) {
        f->list[f->n].card = card;
        f->list[f->n++].cursor = 0;
    }
    if (cursor > f->list[i].cursor)
        f->list[i].cursor = cursor;
    f->due = f->due || f->n == CONFIRMS_MAX;
}

void
confirms_hurry(struct core *c)
{
    c->confirms.due = true;
}

void
confirms_apply(struct core *c)
{
    struct confirms *f = &c->confirms;
    bool any = false;

    if (f->n == 0 || (!c->dirty && !f->due && c->mono - f->since < WAIT_MS))
        return;
    for (size_t i = 0; i < f->n; i++) {
        core_fail(c,
            mailbox_confirm(c->txn, f->list[i].card, f->list[i].cursor, &any));
        c->dirty = c->dirty || any;
    }
    if (!c->dirty)
        confirms_done(c);
}

void
confirms_done(struct core *c)
{
    c->confirms.n = 0;
    c->confirms.due = false;
}
