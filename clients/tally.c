/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a card has sent to whom. */
#include "tally.h"

#include <string.h>

enum { NUMBER = 8, KEY_MAX = 128 };

/* "PREFIX/" || card || partner */
static struct slice
card_key(uint8_t mem[KEY_MAX], const char *prefix, const uint8_t card[32],
    const char *partner)
{
    struct sink out;

    sink_init(&out, mem, KEY_MAX);
    sink_slice(&out, slice_str(prefix));
    sink_put(&out, card, 32);
    sink_slice(&out, slice_str(partner));
    return sink_done(&out);
}

enum dhk_err
tally_get_previous(
    struct store_txn *t, const uint8_t card[32], uint8_t id[32], bool *has)
{
    uint8_t mem[KEY_MAX];
    struct slice found;
    enum dhk_err rc =
        outbox_get_named(t, card_key(mem, "previous/", card, ""), &found);

    *has = rc == DHK_OK && found.n == 32;
    if (*has)
        memcpy(id, found.p, 32);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
tally_put_previous(
    struct store_txn *t, const uint8_t card[32], const uint8_t id[32])
{
    uint8_t mem[KEY_MAX];

    return outbox_put_named(
        t, card_key(mem, "previous/", card, ""), slice_of(id, 32));
}

enum dhk_err
tally_get(struct store_txn *t, const uint8_t card[32], const char *partner,
    struct tally *tally)
{
    uint8_t mem[KEY_MAX];
    struct slice found;
    struct cursor c;
    enum dhk_err rc =
        outbox_get_named(t, card_key(mem, "tally/", card, partner), &found);

    *tally = (struct tally){0, 0, 0};
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc != DHK_OK)
        return rc;
    cursor_init(&c, found);
    tally->last = cursor_u64(&c);
    tally->open = cursor_u64(&c);
    tally->lost = cursor_u64(&c);
    return cursor_end(&c);
}

enum dhk_err
tally_put(struct store_txn *t, const uint8_t card[32], const char *partner,
    const struct tally *tally)
{
    uint8_t mem[KEY_MAX], value[3 * NUMBER];

    bytes_put_u64(value, tally->last);
    bytes_put_u64(value + NUMBER, tally->open);
    bytes_put_u64(value + 2 * NUMBER, tally->lost);
    return outbox_put_named(t, card_key(mem, "tally/", card, partner),
        slice_of(value, sizeof value));
}

enum dhk_err
tally_settle(
    struct store_txn *t, const uint8_t card[32], const char *partner, bool lost)
{
    struct tally tally;
    enum dhk_err rc = tally_get(t, card, partner, &tally);

    if (rc != DHK_OK)
        return rc;
    tally.open -= tally.open > 0;
    tally.lost += lost;
    return tally_put(t, card, partner, &tally);
}
