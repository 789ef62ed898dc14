/* SPDX-License-Identifier: EUPL-1.2 */
#include "confirms.h"

#include "confirmation.h"
#include "core.h"
#include "mailbox.h"
#include "turns.h"

enum { WAIT_MS = 1000 };

/* CARD has confirmed up to and with CURSOR. */
static void
note(struct core *c, uint64_t card, uint64_t cursor)
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

/* Whether the card of P signed what CMD holds, which *OUT is. */
static enum command_error
read_signed(struct confirmation *out, const struct core *c,
    const struct peer *p, const struct command *cmd)
{
    const struct force_card *card = force_card_by_number(&c->force, p->card);

    if (confirmation_decode(out, cmd->bytes, NULL) != DHK_OK)
        return COMMAND_ERROR_MALFORMED;
    if (!slice_equal(out->origin, slice_str(c->cfg.origin)) ||
        !key_equal(out->card, card->card.id, CARD_ID) ||
        confirmation_verify(out, &card->card.sign) != DHK_OK)
        return COMMAND_ERROR_AUTH;
    return COMMAND_ERROR_NONE;
}

void
confirms_take(struct core *c, struct peer *p, const struct command *cmd)
{
    struct confirmation said;
    enum command_error error = read_signed(&said, c, p, cmd);

    if (error != COMMAND_ERROR_NONE) {
        c->rejected++;
        core_error(c, p->id, 0, error); /* nobody waits for its number */
        peer_close(c, p);
        return;
    }
    /* nobody confirms what it was not told */
    uint64_t cursor = said.cursor < p->told ? said.cursor : p->told;
    note(c, p->card, cursor);
    if (cursor > p->confirmed)
        p->confirmed = cursor;
    turns_mark(c, p);
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
