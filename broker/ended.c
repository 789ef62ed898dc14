/* SPDX-License-Identifier: EUPL-1.2 */
#include "ended.h"

#include <stdlib.h>

#include "core.h"
#include "looks.h"
#include "notices.h"

enum {
    LOOKS_MAX = 1024, /* shares that are looked at for one answer */
    SHARES_MAX = 32,  /* in one answer */
    PARTS = 4,
};

struct list {
    struct core *core;
    struct slice asker;
    struct slice item[PARTS * SHARES_MAX];
    uint8_t number[2 * SHARES_MAX][8];
    size_t n; /* shares */
    uint64_t looked;
    struct entry share, end;
};

/* Share INDEX, and the entry END that ended it; 0: none is shown. */
static enum dhk_err
add(struct list *l, uint64_t index, uint64_t end)
{
    struct slice *item = &l->item[PARTS * l->n];
    uint8_t(*number)[8] = &l->number[2 * l->n];
    enum dhk_err rc = ledger_bytes_again(l->core->txn, index, &item[1]);

    bytes_put_u64(number[0], index);
    bytes_put_u64(number[1], end);
    item[0] = slice_of(number[0], 8);
    item[2] = slice_of(number[1], 8);
    item[3] = slice_of(NULL, 0);
    if (rc == DHK_OK && end != 0)
        rc = ledger_bytes_again(l->core->txn, end, &item[3]);
    l->n += rc == DHK_OK;
    return rc;
}

/* The share INDEX waits. */
static enum dhk_err
look_at_open(struct list *l, uint64_t index)
{
    struct mailbox_share s;
    enum dhk_err rc = mailbox_get(l->core->txn, index, &s);

    if (rc == DHK_OK && s.pending)
        return add(l, index, 0);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* The share INDEX. What ran out is lost to its recipient, unless it was not
 * due; and that entry names shares of others. */
static enum dhk_err
look(struct list *l, uint64_t index)
{
    struct store_txn *t = l->core->txn;
    uint8_t leaf[MERKLE_HASH];
    uint64_t late, end;
    enum dhk_err rc = ledger_leaf(t, index, leaf);

    if (rc == DHK_OK)
        rc = notices_late(t, l->asker, leaf, &late, &end);
    if (rc == DHK_NOTFOUND)
        return look_at_open(l, index);
    if (rc != DHK_OK || end == 0)
        return rc;
    rc = ledger_entry(t, end, &l->end);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    return add(l, index, l->end.kind == ENTRY_EXPIRED ? 0 : end);
}

/* From share INDEX back, at most N of them. */
static enum dhk_err
gather(struct list *l, uint64_t index, uint64_t n)
{
    const struct entry_share *s = &l->share.u.share;

    for (uint64_t i = 0; index != 0 && i < n && l->n < SHARES_MAX; i++) {
        enum dhk_err rc = ledger_entry(l->core->txn, index, &l->share);
        l->looked++;
        if (rc == DHK_OK && (l->share.kind != ENTRY_SHARE ||
                                !slice_equal(s->recipient, l->asker)))
            rc = DHK_NOTFOUND;
        if (rc == DHK_OK)
            rc = look(l, index);
        if (rc != DHK_OK)
            return rc;
        index = s->before;
    }
    return DHK_OK;
}

enum dhk_err
ended_get(struct core *c, const struct peer *p, const struct command *cmd)
{
    const struct force_card *own = force_card_by_number(&c->force, p->card);
    const struct command reply = {
        .type = COMMAND_OBJECT, .number = cmd->number, .what = cmd->what};

    if ((p->modes & COMMAND_MODE_RECEIVE) == 0)
        return DHK_DENIED;
    if (cmd->id.n != 0)
        return DHK_FORMAT;
    if (cmd->a == 0 || cmd->a >= c->ledger.size)
        return DHK_NOTFOUND;
    struct list *l = calloc(1, sizeof *l);
    if (l == NULL)
        return DHK_NOMEM;
    l->core = c;
    l->asker = slice_str(own->card.partner);
    enum dhk_err rc =
        gather(l, cmd->a, cmd->b < LOOKS_MAX ? cmd->b : LOOKS_MAX);
    if (rc == DHK_OK)
        rc = core_send_object(c, p->id, &reply, l->item, PARTS * l->n);
    looks_took(c, p->card, l->looked);
    free(l);
    return rc;
}
