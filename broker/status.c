/* SPDX-License-Identifier: EUPL-1.2
 *
 * Everything here is read when it is asked for, within the batch; nothing is
 * kept up to date for it. */
#include "status.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "enact.h"
#include "quota.h"

enum { DAY_S = 24 * 60 * 60 };

/* --- what is in force ------------------------------------------------- */

static void
fill_text(struct report_text *out, const struct force_text *t, bool holds)
{
    if (!t->known)
        return;
    out->state = t->revoked ? REPORT_REVOKED
                 : holds    ? REPORT_IN_FORCE
                            : REPORT_OUTSIDE;
    memcpy(out->sha256, t->sha256, sizeof out->sha256);
}

static void
fill_refused(struct report_text *out, const struct core_refused *r)
{
    out->refused = r->time;
    out->why = slice_str(r->why);
}

static void
fill_texts(struct report *r, const struct force *f)
{
    fill_text(&r->agreement, &f->agreement_text, f->agreement_holds);
    fill_text(&r->roster, &f->roster_text, f->roster_holds);
    if (f->agreement != NULL) {
        r->agreement.version = f->agreement->version;
        r->agreement.until = (uint64_t)f->agreement->valid_until * DAY_S;
    }
    if (f->roster != NULL) {
        r->roster.version = f->roster->version;
        r->roster.until = (uint64_t)f->roster->valid_until;
    }
}

/* --- ages ------------------------------------------------------------- */

/* When entry INDEX was written; 0 when it cannot be read. */
static uint64_t
time_of(struct core *c, uint64_t index)
{
    enum dhk_err rc = ledger_entry(c->txn, index, &c->entry);
    return rc == DHK_OK ? c->entry.time : 0;
}

/* When the oldest share of card N in the classes FROM to UNTIL was accepted. */
static uint64_t
oldest_of(struct core *c, uint64_t n, unsigned from, unsigned until)
{
    uint64_t oldest = 0;
    for (unsigned i = from; i < until; i++) {
        struct mailbox_at at;
        if (mailbox_next(c->txn, n, i, 0, &at) == DHK_OK &&
            (oldest == 0 || at.index < oldest))
            oldest = at.index;
    }
    return oldest == 0 ? 0 : time_of(c, oldest);
}

/* --- cards ------------------------------------------------------------ */

static void
fill_card(struct core *c, struct report_card *out, struct force_card *f)
{
    *out = (struct report_card){
        .partner = slice_str(f->card.partner),
        .serial = f->card.serial,
        .from = (uint64_t)f->card.from,
        .until = (uint64_t)f->card.until,
        .queue = f->open,
        .oldest = f->open > 0 ? oldest_of(c, f->number, 0, MAILBOX_CLASSES) : 0,
    };
    out->flags = (uint8_t)((f->valid ? REPORT_CARD_VALID : 0) |
                           (f->revoked != 0 ? REPORT_CARD_REVOKED : 0) |
                           (f->card.receives ? REPORT_CARD_RECEIVES : 0) |
                           (quota_shows_full(c, f) ? REPORT_CARD_FULL : 0));
    memcpy(out->id, f->card.id, CARD_ID);
}

/* Index of card N among those of F; they are by ascending number. */
static size_t
place_of(const struct force *f, uint64_t n)
{
    size_t from = 0, to = f->cards_n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (f->card[middle]->number < n)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void
add_sessions(struct report *r, struct report_card *cards, const struct core *c)
{
    for (size_t i = 0; i < c->peers.n; i++) {
        const struct peer *p = c->peers.list[i];
        if (p->state != PEER_READY)
            continue;
        size_t at = place_of(&c->force, p->card);
        r->number[REPORT_SESSIONS]++;
        if (at == c->force.cards_n || c->force.card[at]->number != p->card)
            continue;
        cards[at].sessions++;
        cards[at].in_flight += p->open;
        cards[at].credit += p->window > p->open ? p->window - p->open : 0;
    }
}

/* Those that count first, should not all fit. */
static int
by_use(const void *a, const void *b)
{
    const struct report_card *x = a, *y = b;
    bool first = (x->flags & REPORT_CARD_VALID) != 0 || x->queue > 0;
    bool second = (y->flags & REPORT_CARD_VALID) != 0 || y->queue > 0;
    if (first != second)
        return first ? -1 : 1;
    int order = slice_compare(x->partner, y->partner);
    if (order != 0)
        return order;
    return x->serial < y->serial ? -1 : x->serial > y->serial ? 1 : 0;
}

static void
fill_cards(struct core *c, struct report *r, struct report_card *cards)
{
    size_t n = c->force.cards_n;
    for (size_t i = 0; i < n; i++) {
        const struct report_card *f = &cards[i];
        fill_card(c, &cards[i], c->force.card[i]);
        uint64_t *oldest = &r->number[REPORT_OLDEST];
        r->number[REPORT_OPEN] += f->queue;
        if (f->oldest != 0 && (*oldest == 0 || f->oldest < *oldest))
            *oldest = f->oldest;
    }
    add_sessions(r, cards, c);
    qsort(cards, n, sizeof *cards, by_use);
}

static void
fill_pending(struct core *c, uint64_t *n)
{
    for (size_t i = 0; i < c->force.cards_n; i++) {
        const struct force_card *f = c->force.card[i];
        uint64_t oldest =
            f->pending == 0
                ? 0
                : oldest_of(c, f->number, MAILBOX_PENDING, MAILBOX_PENDING + 1);
        n[REPORT_PENDING] += f->pending;
        if (oldest != 0 && (n[REPORT_PENDING_OLDEST] == 0 ||
                               oldest < n[REPORT_PENDING_OLDEST]))
            n[REPORT_PENDING_OLDEST] = oldest;
    }
}

/* --- the whole -------------------------------------------------------- */

static void
fill_numbers(struct core *c, struct report *r)
{
    const struct meter *m = &c->meter;
    uint64_t *n = r->number;
    n[REPORT_NOW] = c->now;
    n[REPORT_STARTED] = m->started;
    n[REPORT_ENTRIES] = c->ledger.size;
    n[REPORT_CHECKPOINT] = c->ledger.note_size;
    n[REPORT_CHECKPOINT_TIME] = m->signed_;
    if (m->signed_ == 0 && c->ledger.note_size > 0)
        n[REPORT_CHECKPOINT_TIME] = time_of(c, c->ledger.note_size - 1);
    n[REPORT_CONNECTIONS] = c->peers.n;
    fill_pending(c, n);
    n[REPORT_WAITING] = c->waiting.n;
    n[REPORT_REJECTED] = c->rejected;
    n[REPORT_COMMITS] = m->commits;
    n[REPORT_COMMIT_TIME] = m->committed;
    n[REPORT_COMMIT_FAILED] = m->full ? 1 : 0;
    n[REPORT_CLOCK_STOPPED] = c->clock_stopped ? 1 : 0;
    n[REPORT_RESTORED] = c->standing.restored ? 1 : 0;
    n[REPORT_CLOSED] = c->standing.closed ? c->standing.head.size : 0;
    if (c->standing.restored) {
        size_t shown, needed;
        standing_count(c, &shown, &needed);
        n[REPORT_SHOWN] = shown;
        n[REPORT_SHOWN_NEEDED] = needed;
    }
    n[REPORT_QUOTA_SHARES] = c->cfg.quota;
    n[REPORT_QUOTA_BYTES] = c->cfg.quota_bytes;
    n[REPORT_QUOTA_AGE] = c->cfg.quota_age_ms / ((uint64_t)DAY_S * 1000);
    store_room(c->store, &n[REPORT_STORE_USED], &n[REPORT_STORE_LIMIT]);
    for (size_t i = 0; i < REPORT_EVENTS; i++) {
        enum report_event e = (enum report_event)i;
        r->count[i].total = m->kept[i];
        r->count[i].rate = meter_rate(m, e, c->mono);
    }
}

static void
reply_report(struct enact *e)
{
    struct core *c = e->core;
    struct report r = {.origin = slice_str(c->cfg.origin)};
    struct sink out;
    struct report_card *cards = calloc(c->force.cards_n + 1, sizeof *cards);
    uint8_t *mem = malloc(CONTROL_REPLY_MAX);
    if (cards == NULL || mem == NULL) {
        enact_reply(e, ENACT_REFUSED, "out of memory");
    } else {
        fill_texts(&r, &c->force);
        fill_refused(&r.agreement, &c->agreement_refused);
        fill_refused(&r.roster, &c->roster_refused);
        fill_cards(c, &r, cards);
        fill_numbers(c, &r);
        /* one byte goes to the exit code */
        sink_init(&out, mem, CONTROL_REPLY_MAX - 1);
        core_fail(c, report_encode(&out, &r, cards, c->force.cards_n));
        core_reply_bytes(c, e->client, ENACT_DONE, sink_done(&out));
    }
    free(cards);
    free(mem);
}

static void
reply_health(struct enact *e)
{
    const struct core *c = e->core;
    if (c->standing.closed)
        enact_reply(e, ENACT_REFUSED,
            "this log is closed: a new one goes on (driehoekd init --after)");
    else if (c->standing.restored)
        enact_reply(e, ENACT_REFUSED,
            "the store was restored: nothing is accepted until a quorum of "
            "cosigners has shown its heads");
    else if (c->meter.full)
        enact_reply(e, ENACT_REFUSED,
            "the store is full: the last commit failed, nothing is accepted");
    else if (c->clock_stopped)
        enact_reply(e, ENACT_REFUSED,
            "the clock jumped: nothing is accepted until an operator "
            "explains it");
    else
        enact_reply(e, ENACT_DONE, "core answers and commits");
}

static void
explain_clock(struct enact *e)
{
    struct core *c = e->core;
    struct entry *entry = &c->entry;
    uint64_t index;

    if (!c->clock_stopped || standing_reads_only(c)) {
        enact_reply(e, ENACT_DONE,
            c->clock_stopped ? "nothing is written: see driehoekd status"
                             : "the clock did not jump");
        return;
    }
    memset(entry, 0, sizeof *entry);
    entry->kind = ENTRY_OPERATOR;
    entry->u.operator_code = ENTRY_OPERATOR_CLOCK;
    if (core_append(c, entry, &index) != DHK_OK)
        return;
    uint64_t wall = clock_wall_ms(c->clock);
    c->clock_behind = c->ledger.time > wall ? c->ledger.time - wall : 0;
    c->clock_stopped = false;
    enact_reply(e, ENACT_DONE, "entry %llu explains the jump; going on",
        (unsigned long long)index);
}

bool
status_control(struct enact *e)
{
    enum control_verb verb = e->request.verb;
    if (verb == CONTROL_STATUS)
        reply_report(e);
    else if (verb == CONTROL_HEALTH)
        reply_health(e);
    else if (verb == CONTROL_CLOCK)
        explain_clock(e);
    return verb == CONTROL_STATUS || verb == CONTROL_HEALTH ||
           verb == CONTROL_CLOCK;
}
