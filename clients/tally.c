/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a card has sent to whom. */
#include "tally.h"

#include <string.h>

enum { NUMBER = 8, KEY_MAX = 128 };
#define TALLY "tally/"
#define SHARES "shares/"
/* counters that no tally can tell whether they were used */
#define SKIPPED "skipped"

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

static enum dhk_err
read_tally(struct tally *tally, struct slice value)
{
    struct cursor c;

    cursor_init(&c, value);
    tally->last = cursor_u64(&c);
    tally->open = cursor_u64(&c);
    tally->lost = cursor_u64(&c);
    return cursor_end(&c);
}

static struct slice
write_tally(uint8_t mem[3 * NUMBER], const struct tally *tally)
{
    bytes_put_u64(mem, tally->last);
    bytes_put_u64(mem + NUMBER, tally->open);
    bytes_put_u64(mem + 2 * NUMBER, tally->lost);
    return slice_of(mem, (size_t)3 * NUMBER);
}

enum dhk_err
tally_get(struct store_txn *t, const uint8_t card[32], const char *partner,
    struct tally *tally)
{
    uint8_t mem[KEY_MAX];
    struct slice found;
    enum dhk_err rc =
        outbox_get_named(t, card_key(mem, TALLY, card, partner), &found);

    *tally = (struct tally){0, 0, 0};
    if (rc == DHK_NOTFOUND) {
        rc = outbox_get_count(t, SKIPPED, &tally->last);
        tally->lost = tally->last;
        return rc;
    }
    if (rc != DHK_OK)
        return rc;
    return read_tally(tally, found);
}

enum dhk_err
tally_put(struct store_txn *t, const uint8_t card[32], const char *partner,
    const struct tally *tally)
{
    uint8_t mem[KEY_MAX], value[3 * NUMBER];

    return outbox_put_named(
        t, card_key(mem, TALLY, card, partner), write_tally(value, tally));
}

/* The tally after *NAME, which is in KEY from now on; DHK_NOTFOUND. */
static enum dhk_err
next_tally(struct store_txn *t, uint8_t key[KEY_MAX], struct slice *name,
    struct tally *tally)
{
    struct slice next, found;
    enum dhk_err rc = outbox_next_named(t, *name, &next, &found);

    if (rc != DHK_OK)
        return rc;
    if (next.n > KEY_MAX || memcmp(next.p, TALLY, strlen(TALLY)) != 0)
        return DHK_NOTFOUND;
    memcpy(key, next.p, next.n);
    *name = slice_of(key, next.n);
    return read_tally(tally, found);
}

enum dhk_err
tally_skip(struct store_txn *t, uint64_t n)
{
    uint8_t key[KEY_MAX], value[3 * NUMBER];
    struct slice name = slice_str(TALLY);
    struct tally tally = {0, 0, 0};
    uint64_t skipped;
    enum dhk_err rc = outbox_get_count(t, SKIPPED, &skipped);

    if (rc == DHK_OK)
        rc = outbox_put_count(t, SKIPPED, skipped + n);
    while (rc == DHK_OK) {
        rc = next_tally(t, key, &name, &tally);
        tally.last += n;
        tally.lost += n;
        if (rc == DHK_OK)
            rc = outbox_put_named(t, name, write_tally(value, &tally));
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
tally_any_open(struct store_txn *t, bool *any)
{
    uint8_t key[KEY_MAX];
    struct slice name = slice_str(TALLY);
    struct tally tally = {0, 0, 0};
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && tally.open == 0)
        rc = next_tally(t, key, &name, &tally);
    *any = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
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

/* --- what the ledger has --- */

struct shares {
    uint64_t n, highest;
};

/* Of all cards of this node: the ledger counts those of the partner. */
static struct slice
shares_key(uint8_t mem[KEY_MAX], const char *partner)
{
    static const uint8_t any[32];

    return card_key(mem, SHARES, any, partner);
}

static enum dhk_err
get_shares(struct store_txn *t, const char *partner, struct shares *out)
{
    uint8_t mem[KEY_MAX];
    struct slice found;
    struct cursor c;
    enum dhk_err rc = outbox_get_named(t, shares_key(mem, partner), &found);

    *out = (struct shares){0, 0};
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    cursor_init(&c, found);
    out->n = cursor_u64(&c);
    out->highest = cursor_u64(&c);
    return cursor_end(&c);
}

enum dhk_err
tally_share(struct store_txn *t, const char *partner, uint64_t nth)
{
    uint8_t mem[KEY_MAX], value[2 * NUMBER];
    struct shares s;
    enum dhk_err rc = get_shares(t, partner, &s);

    if (rc != DHK_OK)
        return rc;
    bytes_put_u64(value, s.n + 1);
    bytes_put_u64(value + NUMBER, nth > s.highest ? nth : s.highest);
    return outbox_put_named(
        t, shares_key(mem, partner), slice_of(value, sizeof value));
}

/* Of all cards of this node: open and lost together. */
static enum dhk_err
sum(struct store_txn *t, const char *partner, uint64_t *out)
{
    uint8_t key[KEY_MAX];
    struct slice name = slice_str(TALLY), next, found;
    struct tally tally;
    enum dhk_err rc;
    const size_t prefix = strlen(TALLY) + 32;

    *out = 0;
    while ((rc = outbox_next_named(t, name, &next, &found)) == DHK_OK &&
           next.n <= sizeof key && memcmp(next.p, TALLY, strlen(TALLY)) == 0) {
        memcpy(key, next.p, next.n);
        name = slice_of(key, next.n);
        rc = read_tally(&tally, found);
        if (rc != DHK_OK)
            return rc;
        if (next.n >= prefix &&
            slice_equal(
                slice_of(key + prefix, next.n - prefix), slice_str(partner)))
            *out += tally.open + tally.lost;
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
tally_explains(
    struct store_txn *t, const char *partner, uint64_t missing, bool *explains)
{
    struct shares s;
    uint64_t known = 0;
    enum dhk_err rc = get_shares(t, partner, &s);

    if (rc == DHK_OK)
        rc = sum(t, partner, &known);
    *explains = s.n != s.highest || missing <= known;
    return rc;
}
