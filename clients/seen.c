/* SPDX-License-Identifier: EUPL-1.2
 *
 * Counters of senders' cards. */
#include "seen.h"

#include "inbox_tables.h"

#include <string.h>

enum {
    NUMBER = 8,
    HASH = 32,
    KEY = HASH + NUMBER,
    VALUE = 2 * HASH,
    SPAN = 3 * NUMBER,
};
#define LAPSE "lapse"

/* Highest counter of a card and how many below it were never seen; in which
 * lapse. */
struct span {
    uint64_t highest, missing, lapse;
};

static enum dhk_err
get_span(struct store_txn *t, const uint8_t card[HASH], struct span *s)
{
    struct slice found;
    enum dhk_err rc = store_get(t, INBOX_CARDS, slice_of(card, HASH), &found);

    *s = (struct span){0, 0, 0};
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc == DHK_OK && found.n != SPAN)
        rc = DHK_FORMAT;
    if (rc != DHK_OK)
        return rc;
    s->highest = bytes_get_u64(found.p);
    s->missing = bytes_get_u64(found.p + NUMBER);
    s->lapse = bytes_get_u64(found.p + 2 * NUMBER);
    return DHK_OK;
}

static enum dhk_err
put_span(struct store_txn *t, const uint8_t card[HASH], const struct span *s)
{
    uint8_t mem[SPAN];

    bytes_put_u64(mem, s->highest);
    bytes_put_u64(mem + NUMBER, s->missing);
    bytes_put_u64(mem + 2 * NUMBER, s->lapse);
    return store_put(
        t, INBOX_CARDS, slice_of(card, HASH), slice_of(mem, sizeof mem));
}

/* How often rows may have been lost. */
static enum dhk_err
get_lapse(struct store_txn *t, uint64_t *lapse)
{
    struct slice found;
    enum dhk_err rc = store_get(t, INBOX_COUNTERS, slice_str(LAPSE), &found);

    *lapse = rc == DHK_OK && found.n == NUMBER ? bytes_get_u64(found.p) : 0;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
seen_lapse(struct store_txn *t)
{
    uint8_t mem[NUMBER];
    uint64_t lapse;
    enum dhk_err rc = get_lapse(t, &lapse);

    if (rc != DHK_OK)
        return rc;
    bytes_put_u64(mem, lapse + 1);
    return store_put(
        t, INBOX_COUNTERS, slice_str(LAPSE), slice_of(mem, sizeof mem));
}

/* M comes above all that came of its card. */
static void
raise(struct span *s, const struct seen_mark *m, uint64_t lapse,
    struct seen_found *out)
{
    /* what lies between may have come before the lapse */
    if (s->lapse == lapse)
        s->missing += m->counter - s->highest - 1;
    s->lapse = lapse;
    s->highest = m->counter;
    out->missing = s->missing;
}

static struct slice
seen_key(uint8_t mem[KEY], const uint8_t card[HASH], uint64_t counter)
{
    memcpy(mem, card, HASH);
    bytes_put_u64(mem + HASH, counter);
    return slice_of(mem, KEY);
}

/* What stands under the counter of M: M itself, or something else. */
static enum dhk_err
read_seen(struct seen_found *out, const struct seen_mark *m, struct slice row)
{
    if (row.n != VALUE &&
        (row.n != VALUE + 1 || row.p[VALUE] >= ANSWER_OUTCOMES))
        return DHK_FORMAT;
    out->before =
        row.n == VALUE ? ANSWER_TAKEN : (enum answer_outcome)row.p[VALUE];
    memcpy(out->leaf, row.p + HASH, HASH);
    out->what = memcmp(row.p, m->id, HASH) == 0 ? SEEN_AGAIN : SEEN_REPLAYED;
    return DHK_OK;
}

static enum dhk_err
count(struct store_txn *t, const struct seen_mark *m, struct seen_found *out)
{
    struct span s;
    uint64_t lapse;
    enum dhk_err rc = get_span(t, m->card, &s);

    if (rc == DHK_OK)
        rc = get_lapse(t, &lapse);
    if (rc != DHK_OK)
        return rc;
    if (m->counter > s.highest)
        raise(&s, m, lapse, out);
    else
        s.missing -= s.missing > 0;
    return put_span(t, m->card, &s);
}

enum dhk_err
seen_count(
    struct store_txn *t, const struct seen_mark *m, struct seen_found *out)
{
    uint8_t mem[KEY], value[VALUE];
    struct slice key = seen_key(mem, m->card, m->counter), found;
    enum dhk_err rc = store_get(t, INBOX_SEEN, key, &found);

    *out = (struct seen_found){.what = SEEN_FRESH, .before = ANSWER_NONE};
    if (rc == DHK_OK)
        return read_seen(out, m, found);
    if (rc != DHK_NOTFOUND)
        return rc;
    rc = m->counter == 0 ? DHK_OK : count(t, m, out);
    memcpy(value, m->id, HASH);
    memcpy(value + HASH, m->leaf, HASH);
    return rc == DHK_OK
               ? store_put(t, INBOX_SEEN, key, slice_of(value, sizeof value))
               : rc;
}

enum dhk_err
seen_outcome(struct store_txn *t, const uint8_t card[32], uint64_t counter,
    enum answer_outcome outcome)
{
    uint8_t mem[KEY], value[VALUE + 1];
    struct slice key = seen_key(mem, card, counter), found;
    enum dhk_err rc = store_get(t, INBOX_SEEN, key, &found);

    if (rc != DHK_OK || found.n < VALUE)
        return rc == DHK_OK || rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    memcpy(value, found.p, VALUE);
    value[VALUE] = (uint8_t)outcome;
    return store_put(t, INBOX_SEEN, key, slice_of(value, sizeof value));
}
