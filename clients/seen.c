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
    WORD = 64,
    WORDS = 16, /* how many of a sender's shares are told apart: 1,024 */
    WINDOW = WORDS * WORD,
    NUMBERS = 3 + WORDS,
    ROW = NUMBERS * NUMBER,
};
#define LAPSE "lapse"

/* Of one sender: its highest share, in which lapse that came, and which before
 * it are accounted for. Bit i of WORD w is share highest - (64 w + i). */
struct span {
    uint64_t highest, lapse;
    uint64_t older; /* before the window, and never accounted for */
    uint64_t word[WORDS];
};

static void
span_begin(struct span *s)
{
    *s = (struct span){.highest = 0};
    memset(s->word, 0xff, sizeof s->word); /* there is nothing before 1 */
}

static enum dhk_err
get_span(struct store_txn *t, struct slice sender, struct span *s)
{
    struct slice found;
    struct cursor c;
    enum dhk_err rc = store_get(t, INBOX_SENDERS, sender, &found);

    span_begin(s);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    cursor_init(&c, found);
    s->highest = cursor_u64(&c);
    s->lapse = cursor_u64(&c);
    s->older = cursor_u64(&c);
    for (size_t i = 0; i < WORDS; i++)
        s->word[i] = cursor_u64(&c);
    return cursor_end(&c);
}

static enum dhk_err
put_span(struct store_txn *t, struct slice sender, const struct span *s)
{
    uint8_t mem[ROW];

    bytes_put_u64(mem, s->highest);
    bytes_put_u64(mem + NUMBER, s->lapse);
    bytes_put_u64(mem + 2 * NUMBER, s->older);
    for (size_t i = 0; i < WORDS; i++)
        bytes_put_u64(mem + (3 + i) * NUMBER, s->word[i]);
    return store_put(t, INBOX_SENDERS, sender, slice_of(mem, sizeof mem));
}

static uint64_t
holes_in(uint64_t word)
{
    uint64_t n = 0;

    for (uint64_t holes = ~word; holes != 0; holes &= holes - 1)
        n++;
    return n;
}

static uint64_t
missing(const struct span *s)
{
    uint64_t n = s->older;

    for (size_t i = 0; i < WORDS; i++)
        n += holes_in(s->word[i]);
    return n;
}

/* What is I shares before the highest is accounted for; I < WINDOW. */
static bool
has(const struct span *s, uint64_t i)
{
    return (s->word[i / WORD] >> i % WORD & 1) != 0;
}

/* All words as one number, shifted by one to FILL; what falls out is old. */
static void
shift_one(struct span *s, bool fill)
{
    s->older += !has(s, WINDOW - 1);
    for (size_t i = WORDS - 1; i > 0; i--)
        s->word[i] = s->word[i] << 1 | s->word[i - 1] >> (WORD - 1);
    s->word[0] = s->word[0] << 1 | fill;
}

/* Share NTH comes above all that came of its sender. What lies between may
 * have come before the lapse. */
static void
raise(struct span *s, uint64_t nth, uint64_t lapse)
{
    uint64_t step = nth - s->highest;
    bool fill = s->lapse != lapse;

    if (step > WINDOW && !fill) /* that far the window is not told apart */
        s->older += step - WINDOW;
    for (uint64_t i = 1; i < step && i < WINDOW; i++)
        shift_one(s, fill);
    shift_one(s, true);
    s->highest = nth;
    s->lapse = lapse;
}

static void
account(struct span *s, uint64_t nth, uint64_t lapse)
{
    uint64_t before = s->highest - nth;

    if (nth > s->highest)
        raise(s, nth, lapse);
    else if (before >= WINDOW)
        s->older -= s->older > 0;
    else
        s->word[before / WORD] |= (uint64_t)1 << before % WORD;
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

enum dhk_err
seen_account(
    struct store_txn *t, struct slice sender, uint64_t nth, uint64_t *left)
{
    struct span s;
    uint64_t lapse;
    enum dhk_err rc = get_span(t, sender, &s);

    if (rc == DHK_OK)
        rc = get_lapse(t, &lapse);
    if (rc != DHK_OK)
        return rc;
    account(&s, nth, lapse);
    if (left != NULL)
        *left = missing(&s);
    return put_span(t, sender, &s);
}

enum dhk_err
seen_hole(struct store_txn *t, struct slice sender, uint64_t after,
    uint64_t until, uint64_t *nth)
{
    struct span s;
    enum dhk_err rc = get_span(t, sender, &s);

    for (*nth = after + 1; rc == DHK_OK && *nth < until; ++*nth) {
        if (*nth > s.highest)
            return DHK_OK;
        if (s.highest - *nth >= WINDOW)
            *nth = s.highest - WINDOW;
        else if (!has(&s, s.highest - *nth))
            return DHK_OK;
    }
    return rc == DHK_OK ? DHK_NOTFOUND : rc;
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
    rc = m->nth == 0 ? DHK_OK
                     : seen_account(t, m->sender, m->nth, &out->missing);
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
