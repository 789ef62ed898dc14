/* SPDX-License-Identifier: EUPL-1.2 */
#include "covert.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "table.h"

enum { HANDLE = 16, KEY = HANDLE + 8 };

static struct slice
key_of(uint8_t key[KEY], const uint8_t handle[HANDLE], uint64_t index)
{
    memcpy(key, handle, HANDLE);
    bytes_put_u64(key + HANDLE, index);
    return slice_of(key, KEY);
}

enum dhk_err
covert_note(struct store_txn *t, const struct entry_share *s, uint64_t index)
{
    uint8_t key[KEY];

    if (s->covert == 0)
        return DHK_OK;
    return store_put(
        t, TABLE_COVERT, key_of(key, s->case_handle, index), slice_of(NULL, 0));
}

bool
covert_is_held(uint64_t covert, uint64_t time)
{
    return covert > time / 1000;
}

/* The first covert share of Q's case from *INDEX on; DHK_NOTFOUND. */
static enum dhk_err
next_covert(struct core *c, const struct query *q, uint64_t *index)
{
    uint8_t mem[KEY];
    struct slice key, value;
    enum dhk_err rc = store_seek(c->txn, TABLE_COVERT,
        key_of(mem, q->case_handle, *index), &key, &value);

    if (rc != DHK_OK)
        return rc;
    if (key.n != KEY)
        return DHK_FORMAT;
    if (memcmp(key.p, q->case_handle, HANDLE) != 0)
        return DHK_NOTFOUND;
    *index = bytes_get_u64(key.p + HANDLE);
    return DHK_OK;
}

/* Whether the share at INDEX would have been in the answer, but for its term.
 */
static enum dhk_err
is_due(struct core *c, const struct covert_asked *q, uint64_t index, bool *due)
{
    const struct entry_share *s = &c->entry.u.share;
    enum dhk_err rc = ledger_entry(c->txn, index, &c->entry);

    if (rc != DHK_OK || c->entry.kind != ENTRY_SHARE)
        return rc == DHK_OK || rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    *due = covert_is_held(s->covert, q->time) &&
           (q->asker.n == 0 || slice_equal(s->sender, q->asker) ||
               slice_equal(s->recipient, q->asker));
    return DHK_OK;
}

static enum dhk_err
append(struct core *c, struct entry_held *held)
{
    uint64_t ignored;

    memset(&c->entry, 0, sizeof c->entry);
    c->entry.kind = ENTRY_HELD;
    c->entry.u.held = *held;
    held->n = 0;
    return core_append(c, &c->entry, &ignored);
}

enum dhk_err
covert_hold(struct core *c, const struct covert_asked *q)
{
    struct entry_held held = {.query = q->entry};
    enum dhk_err rc;
    bool due;

    for (uint64_t i = 0; (rc = next_covert(c, q->query, &i)) == DHK_OK; i++) {
        rc = is_due(c, q, i, &due);
        if (rc != DHK_OK)
            return rc;
        if (due)
            held.index[held.n++] = i;
        if (held.n == ENTRY_HELD_MAX)
            rc = append(c, &held);
        if (rc != DHK_OK)
            return rc;
    }
    if (rc != DHK_NOTFOUND)
        return rc;
    return held.n > 0 ? append(c, &held) : DHK_OK;
}
