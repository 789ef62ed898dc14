/* SPDX-License-Identifier: EUPL-1.2 */
#include "chain.h"

#include "limits.h"
#include "table.h"

enum { CARD_KEY = 9, PAIR_KEY = 2 + 2 * LIMIT_NAME, PAIR_VALUE = 16 };

static struct slice
card_key(uint8_t mem[CARD_KEY], uint64_t n)
{
    mem[0] = 'c';
    bytes_put_u64(mem + 1, n);
    return slice_of(mem, CARD_KEY);
}

static struct slice
pair_key(uint8_t mem[PAIR_KEY], struct slice sender, struct slice recipient)
{
    struct sink s;

    sink_init(&s, mem, PAIR_KEY);
    sink_put(&s, "p", 1);
    sink_slice(&s, sender);
    sink_put(&s, "", 1);
    sink_slice(&s, recipient);
    must(s.err == DHK_OK); /* names come from cards and agreements */
    return sink_done(&s);
}

enum dhk_err
chain_card(uint64_t *last, struct store_txn *t, uint64_t n)
{
    uint8_t mem[CARD_KEY];
    struct slice value;
    enum dhk_err rc = store_get(t, TABLE_LAST, card_key(mem, n), &value);

    *last = 0;
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc != DHK_OK || value.n != 8)
        return rc == DHK_OK ? DHK_FORMAT : rc;
    *last = bytes_get_u64(value.p);
    return DHK_OK;
}

enum dhk_err
chain_card_set(struct store_txn *t, uint64_t n, uint64_t index)
{
    uint8_t mem[CARD_KEY], value[8];

    bytes_put_u64(value, index);
    return store_put(
        t, TABLE_LAST, card_key(mem, n), slice_of(value, sizeof value));
}

enum dhk_err
chain_shares(struct chain_pair *out, struct store_txn *t, struct slice sender,
    struct slice recipient)
{
    uint8_t mem[PAIR_KEY];
    struct slice value;
    enum dhk_err rc =
        store_get(t, TABLE_LAST, pair_key(mem, sender, recipient), &value);

    *out = (struct chain_pair){.nth = 0};
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc != DHK_OK || value.n != PAIR_VALUE)
        return rc == DHK_OK ? DHK_FORMAT : rc;
    out->nth = bytes_get_u64(value.p);
    out->last = bytes_get_u64(value.p + 8);
    return DHK_OK;
}

enum dhk_err
chain_shares_set(struct store_txn *t, struct slice sender,
    struct slice recipient, const struct chain_pair *p)
{
    uint8_t mem[PAIR_KEY], value[PAIR_VALUE];

    bytes_put_u64(value, p->nth);
    bytes_put_u64(value + 8, p->last);
    return store_put(t, TABLE_LAST, pair_key(mem, sender, recipient),
        slice_of(value, sizeof value));
}
