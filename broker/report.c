/* SPDX-License-Identifier: EUPL-1.2 */
#include "report.h"

#include <stdlib.h>

enum { VERSION = 5 };

const char *
report_number_name(enum report_number n)
{
    static const char *const names[REPORT_NUMBERS] = {"now", "started",
        "entries", "checkpoint", "checkpoint-time", "connections", "sessions",
        "open-shares", "oldest-share", "shares-to-approve", "oldest-to-approve",
        "waiting-replies", "rejected-messages", "commits", "commit-time",
        "commit-failed", "clock-stopped", "store-used", "store-limit",
        "restored", "heads-shown", "heads-needed", "closed-at", "quota-shares",
        "quota-bytes", "quota-age-days"};
    return n < REPORT_NUMBERS ? names[n] : "?";
}

const char *
report_event_name(enum report_event e)
{
    static const char *const names[REPORT_EVENTS] = {"accepted", "refused",
        "shared", "answered", "returned", "expired", "queried"};
    return e < REPORT_EVENTS ? names[e] : "?";
}

const char *
report_state_name(enum report_state s)
{
    static const char *const names[REPORT_STATES] = {
        "none", "in-force", "outside-validity", "revoked"};
    return s < REPORT_STATES ? names[s] : "?";
}

/* --- writing ---------------------------------------------------------- */

static void
put_text(struct sink *out, const struct report_text *t)
{
    sink_u8(out, (uint8_t)t->state);
    sink_u32(out, t->version);
    sink_put(out, t->sha256, sizeof t->sha256);
    sink_u64(out, t->until);
    sink_u64(out, t->refused);
    sink_u16(out, (uint16_t)t->why.n);
    sink_slice(out, t->why);
}

static void
put_card(struct sink *out, const struct report_card *c)
{
    sink_u8(out, (uint8_t)c->partner.n);
    sink_slice(out, c->partner);
    sink_u64(out, c->serial);
    sink_u8(out, c->flags);
    sink_u64(out, c->from);
    sink_u64(out, c->until);
    sink_u64(out, c->queue);
    sink_u64(out, c->oldest);
    sink_u64(out, c->in_flight);
    sink_u64(out, c->credit);
    sink_u64(out, c->sessions);
    sink_put(out, c->id, sizeof c->id);
}

/* Cards up to the end of OUT; returns how many. */
static size_t
put_cards(struct sink *out, const struct report_card *cards, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sink before = *out;
        put_card(out, &cards[i]);
        if (out->err != DHK_OK) {
            *out = before;
            return i;
        }
    }
    return n;
}

enum dhk_err
report_encode(struct sink *out, const struct report *r,
    const struct report_card *cards, size_t n)
{
    if (r->origin.n > LIMIT_ORIGIN || n > UINT32_MAX ||
        r->agreement.why.n > REPORT_WHY || r->roster.why.n > REPORT_WHY)
        return DHK_LIMIT;
    sink_u8(out, VERSION);
    sink_u8(out, REPORT_NUMBERS);
    for (size_t i = 0; i < REPORT_NUMBERS; i++)
        sink_u64(out, r->number[i]);
    put_text(out, &r->agreement);
    put_text(out, &r->roster);
    sink_u8(out, REPORT_EVENTS);
    for (size_t i = 0; i < REPORT_EVENTS; i++) {
        sink_u64(out, r->count[i].total);
        sink_u64(out, r->count[i].rate);
    }
    sink_u8(out, (uint8_t)r->origin.n);
    sink_slice(out, r->origin);
    size_t at = out->n;
    sink_u32(out, 0);
    sink_u32(out, 0);
    if (out->err != DHK_OK)
        return out->err;
    size_t put = put_cards(out, cards, n);
    bytes_put_u32(out->p + at, (uint32_t)(n - put) + r->cards_left);
    bytes_put_u32(out->p + at + 4, (uint32_t)put);
    return DHK_OK;
}

/* --- reading ---------------------------------------------------------- */

static bool
is_plain(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    return s.n <= REPORT_WHY;
}

static void
read_text(struct report_text *t, struct cursor *c)
{
    uint8_t state = cursor_u8(c);
    t->version = cursor_u32(c);
    struct slice hash = cursor_bytes(c, sizeof t->sha256);
    t->until = cursor_u64(c);
    t->refused = cursor_u64(c);
    t->why = cursor_bytes(c, cursor_u16(c));
    if (state >= REPORT_STATES)
        cursor_fail(c, DHK_FORMAT, "unknown state");
    if (!is_plain(t->why))
        cursor_fail(c, DHK_FORMAT, "not a reason");
    if (c->err != DHK_OK || hash.p == NULL)
        return;
    t->state = (enum report_state)state;
    memcpy(t->sha256, hash.p, hash.n);
}

static void
read_card(struct report_card *out, struct cursor *c)
{
    *out = (struct report_card){.serial = 0};
    out->partner = cursor_bytes(c, cursor_u8(c));
    out->serial = cursor_u64(c);
    out->flags = cursor_u8(c);
    out->from = cursor_u64(c);
    out->until = cursor_u64(c);
    out->queue = cursor_u64(c);
    out->oldest = cursor_u64(c);
    out->in_flight = cursor_u64(c);
    out->credit = cursor_u64(c);
    out->sessions = cursor_u64(c);
    struct slice id = cursor_bytes(c, sizeof out->id);
    if (c->err == DHK_OK && (!bytes_is_name(out->partner) ||
                                (out->flags & ~REPORT_CARD_FLAGS) != 0))
        cursor_fail(c, DHK_FORMAT, "not a card");
    if (c->err == DHK_OK)
        memcpy(out->id, id.p, id.n);
}

static bool
is_origin(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    return s.n <= LIMIT_ORIGIN;
}

static void
read_head(struct report *r, struct cursor *c)
{
    if (cursor_u8(c) != VERSION)
        cursor_fail(c, DHK_VERSION, "another version");
    if (cursor_u8(c) != REPORT_NUMBERS)
        cursor_fail(c, DHK_VERSION, "other numbers");
    for (size_t i = 0; i < REPORT_NUMBERS; i++)
        r->number[i] = cursor_u64(c);
    read_text(&r->agreement, c);
    read_text(&r->roster, c);
    if (cursor_u8(c) != REPORT_EVENTS)
        cursor_fail(c, DHK_VERSION, "other events");
    for (size_t i = 0; i < REPORT_EVENTS; i++) {
        r->count[i].total = cursor_u64(c);
        r->count[i].rate = cursor_u64(c);
    }
    r->origin = cursor_bytes(c, cursor_u8(c));
    if (!is_origin(r->origin))
        cursor_fail(c, DHK_FORMAT, "not an origin");
    r->cards_left = cursor_u32(c);
    r->cards_n = cursor_u32(c);
    r->cards = c->left;
}

enum dhk_err
report_decode(struct report *out, struct slice bytes)
{
    struct cursor c;
    struct report r = {.cards_n = 0};
    struct report_card card;
    cursor_init(&c, bytes);
    read_head(&r, &c);
    for (uint32_t i = 0; i < r.cards_n && c.err == DHK_OK; i++)
        read_card(&card, &c);
    enum dhk_err rc = cursor_end(&c);
    if (rc == DHK_OK)
        *out = r;
    return rc;
}

bool
report_card(struct report_card *out, struct slice *cards)
{
    struct cursor c;
    if (cards->n == 0)
        return false;
    cursor_init(&c, *cards);
    read_card(out, &c);
    *cards = c.left;
    return c.err == DHK_OK;
}

/* --- partners --------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
    const struct report_partner *x = a, *y = b;
    return slice_compare(x->name, y->name);
}

static void
add(struct report_partner *to, const struct report_partner *p)
{
    if (p->oldest != 0 && (to->oldest == 0 || p->oldest < to->oldest))
        to->oldest = p->oldest;
    to->queue += p->queue;
    to->in_flight += p->in_flight;
    to->credit += p->credit;
    to->sessions += p->sessions;
    to->full |= p->full;
}

enum dhk_err
report_partners(struct report_partner **out, size_t *n, const struct report *r)
{
    struct slice cards = r->cards;
    struct report_card c;
    size_t all = 0, kept = 0;
    *out = NULL;
    *n = 0;
    struct report_partner *p = calloc((size_t)r->cards_n + 1, sizeof *p);
    if (p == NULL)
        return DHK_NOMEM;
    while (all < r->cards_n && report_card(&c, &cards))
        p[all++] = (struct report_partner){c.partner, c.queue, c.oldest,
            c.in_flight, c.credit, c.sessions,
            (c.flags & REPORT_CARD_FULL) != 0 ? 1 : 0};
    qsort(p, all, sizeof *p, by_name);
    for (size_t i = 0; i < all; i++) {
        if (kept > 0 && slice_equal(p[kept - 1].name, p[i].name))
            add(&p[kept - 1], &p[i]);
        else
            p[kept++] = p[i];
    }
    *out = p;
    *n = kept;
    return DHK_OK;
}
