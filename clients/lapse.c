/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reserving numbers. */
#include "lapse.h"

#include "outbox.h"
#include "tally.h"

enum { NUMBER = 8, AHEAD = 1024 };
#define RESERVED "reserved" /* sequence || signal */

enum dhk_err
lapse_find(struct store_txn *t)
{
    uint64_t sequence, signal;
    struct slice found;
    enum dhk_err rc = outbox_get_named(t, slice_str(RESERVED), &found);

    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc == DHK_OK && found.n != (size_t)2 * NUMBER)
        rc = DHK_FORMAT;
    if (rc != DHK_OK)
        return rc;
    const struct lapse l = {
        bytes_get_u64(found.p), bytes_get_u64(found.p + NUMBER)};
    rc = outbox_get_count(t, "sequence", &sequence);
    if (rc == DHK_OK)
        rc = outbox_get_count(t, "signal", &signal);
    if (rc == DHK_OK && l.sequence > sequence)
        rc = tally_skip(t, l.sequence - sequence);
    if (rc == DHK_OK && l.sequence > sequence)
        rc = outbox_put_count(t, "sequence", l.sequence);
    if (rc == DHK_OK && l.signal > signal)
        rc = outbox_put_count(t, "signal", l.signal);
    return rc == DHK_OK ? lapse_end(t) : rc;
}

enum dhk_err
lapse_reserve(struct lapse *next, const struct lapse *now, struct store_txn *t)
{
    uint8_t mem[2 * NUMBER];
    uint64_t sequence, signal;
    enum dhk_err rc = outbox_get_count(t, "sequence", &sequence);

    if (rc == DHK_OK)
        rc = outbox_get_count(t, "signal", &signal);
    if (rc != DHK_OK)
        return rc;
    *next = *now;
    if (now->signal != 0 && sequence <= now->sequence && signal <= now->signal)
        return DHK_OK;
    *next = (struct lapse){sequence + AHEAD, signal + AHEAD};
    bytes_put_u64(mem, next->sequence);
    bytes_put_u64(mem + NUMBER, next->signal);
    return outbox_put_named(t, slice_str(RESERVED), slice_of(mem, sizeof mem));
}

bool
lapse_equal(const struct lapse *a, const struct lapse *b)
{
    return a->sequence == b->sequence && a->signal == b->signal;
}

enum dhk_err
lapse_end(struct store_txn *t)
{
    return outbox_drop_named(t, slice_str(RESERVED));
}
