/* SPDX-License-Identifier: EUPL-1.2 */
#include "catchup.h"

#include "core.h"

enum { TURN_MS = 4, FULL_PAUSE_MS = 5000 };

static enum dhk_err
gather(struct core *c)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = store_begin(&t, c->store, false);

    if (rc == DHK_OK)
        rc = index_gather(c->index, t, &c->ledger, c->clock, TURN_MS);
    store_abort(&t);
    return rc;
}

static enum dhk_err
store(struct core *c)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = store_begin(&t, c->store, true);

    if (rc == DHK_OK)
        rc = index_store(c->index, t);
    if (rc == DHK_OK)
        rc = store_commit(&t);
    else
        store_abort(&t);
    if (rc == DHK_OK)
        index_stored(c->index);
    if (rc == DHK_LIMIT) {
        c->index_pause = c->mono + FULL_PAUSE_MS;
        rc = DHK_OK;
    }
    return rc;
}

bool
catchup_is_due(const struct core *c)
{
    return (index_is_ready(c->index) && c->mono >= c->index_pause) ||
           index_is_behind(c->index, c->ledger.size);
}

enum dhk_err
catchup_turn(struct core *c)
{
    enum dhk_err rc = DHK_OK;

    if (index_is_behind(c->index, c->ledger.size))
        rc = gather(c);
    if (rc == DHK_OK && index_is_ready(c->index) && c->mono >= c->index_pause)
        rc = store(c);
    return rc;
}
