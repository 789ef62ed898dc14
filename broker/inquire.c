/* SPDX-License-Identifier: EUPL-1.2 */
#include "inquire.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "covert.h"
#include "pick.h"
#include "seals.h"
#include "sight.h"

enum {
    PAGE_ENTRIES = 500,
    PAGE_BYTES = 700 * 1024,
    PAGE_SCAN = 50000, /* entries looked at for one page, ... */
    PAGE_MS = 80,      /* ... and time: long reads pin pages of the store */
    PAGE_LOOK = 64,    /* how often the time is looked at */
    PAGE_STRIDE = 64 * INDEX_SEGMENT, /* ... and in how many entries, if none
                                         of them is looked at */
};

static bool
is_auditor(const struct core *c, const struct force_card *card)
{
    const struct roster_partner *r =
        force_partner(&c->force, slice_str(card->card.partner), c->now);

    return r != NULL && r->role == ROSTER_AUDITOR;
}

/* --- the question --- */

static enum command_error
check_query(const struct core *c, const struct peer *p, struct query *q,
    struct slice bytes)
{
    const struct force_card *card = force_card_by_number(&c->force, p->card);
    struct diag diag;

    if (bytes.n > AWAIT_QUERY || query_decode(q, bytes, &diag) != DHK_OK)
        return COMMAND_ERROR_MALFORMED;
    if (!slice_equal(q->origin, slice_str(c->cfg.origin)) ||
        !key_equal(q->card, card->card.id, CARD_ID) ||
        !key_equal(q->nonce, p->nonce, sizeof p->nonce) ||
        query_verify(q, &card->card.sign) != DHK_OK)
        return COMMAND_ERROR_AUTH;
    /* another partner's list is for auditors */
    if (q->what == QUERY_ANSWER && !is_auditor(c, card) &&
        !slice_equal(q->partner, slice_str(card->card.partner)))
        return COMMAND_ERROR_ROLE;
    return COMMAND_ERROR_NONE;
}

/* Before the answer is begun, seals cover what it is about. */
static enum command_error
cover(struct core *c, const struct query *q)
{
    enum dhk_err rc =
        q->what == QUERY_ANSWER ? seals_cover(c, q->partner, q->until) : DHK_OK;

    if (rc == DHK_OK)
        return COMMAND_ERROR_NONE;
    if (rc == DHK_NOTFOUND)
        return COMMAND_ERROR_NOTFOUND;
    return rc == DHK_LIMIT ? COMMAND_ERROR_MALFORMED : COMMAND_ERROR_BUSY;
}

/* A later page belongs to the very query that stands in entry INDEX. */
static bool
is_same_query(struct core *c, const struct query *q, uint64_t index)
{
    return ledger_entry(c->txn, index, &c->entry) == DHK_OK &&
           c->entry.kind == ENTRY_QUERIED &&
           slice_equal(c->entry.u.queried.body, q->body);
}

static enum dhk_err
write_queried(struct core *c, const struct peer *p, const struct query *q,
    uint64_t *index)
{
    struct entry *e = &c->entry;
    const struct force_card *card = force_card_by_number(&c->force, p->card);

    memset(e, 0, sizeof *e);
    e->kind = ENTRY_QUERIED;
    e->u.queried.asker = slice_str(card->card.partner);
    e->u.queried.body = q->body;
    memcpy(e->u.queried.signature, q->signature, KEY_SIGNATURE);
    enum dhk_err rc = core_append(c, e, index);
    if (rc != DHK_OK || q->what != QUERY_SUBJECT)
        return rc;
    struct covert_asked asked = {.query = q, .entry = *index, .time = e->time};
    if (!is_auditor(c, card))
        asked.asker = slice_str(card->card.partner);
    rc = covert_hold(c, &asked);
    core_fail(c, rc);
    return rc;
}

void
inquire_query(struct core *c, struct peer *p, const struct command *cmd)
{
    struct query q;
    uint64_t entry_cursor[2] = {cmd->entry, cmd->a};
    enum command_error error = check_query(c, p, &q, cmd->bytes);

    if (error == COMMAND_ERROR_NONE && !cmd->has_entry) {
        if (q.number <= p->query)
            error = COMMAND_ERROR_STATE;
        else if (c->waiting.n + c->fresh.n >= AWAIT_MAX ||
                 p->pages >= PEER_PAGES || !core_may_note(c, p->card))
            error = COMMAND_ERROR_BUSY;
        else
            error = cover(c, &q);
        if (error == COMMAND_ERROR_NONE &&
            write_queried(c, p, &q, &entry_cursor[0]) != DHK_OK)
            return;
        entry_cursor[1] = 0;
    } else if (error == COMMAND_ERROR_NONE &&
               !is_same_query(c, &q, cmd->entry)) {
        error = COMMAND_ERROR_AUTH;
    }
    if (error == COMMAND_ERROR_NONE) {
        p->query = q.number > p->query ? q.number : p->query;
        if (await_page(c, p, cmd->number, cmd->bytes, entry_cursor) != DHK_OK)
            error = COMMAND_ERROR_BUSY;
    }
    if (error == COMMAND_ERROR_NONE)
        return;
    core_error(c, p->id, cmd->number, error);
    if (error != COMMAND_ERROR_BUSY && error != COMMAND_ERROR_NOTFOUND) {
        c->rejected++;
        peer_close(c, p);
    }
}

/* --- the page --- */

struct page {
    uint64_t index[PAGE_ENTRIES];
    struct slice entry[PAGE_ENTRIES];
    size_t n, bytes;
    uint64_t size; /* of the tree */
    struct slice note;
    uint64_t from, until; /* still to look at */
    uint64_t next;        /* where the next page begins; 0: no next page */
    bool whole;           /* every entry in its place: needs no proof */
    bool own; /* at the end comes the question's own entry, whoever asked */
    struct query query;
    struct sight sight;
    struct pick pick;
    struct entry found;
    uint8_t proof[LIMIT_MULTIPROOF][MERKLE_HASH];
};

/* How many entries a proof of LIMIT_MULTIPROOF hashes covers wherever they
 * lie in the tree. */
static size_t
entries_max(uint64_t size)
{
    size_t levels = 1, n = PAGE_ENTRIES;

    while (levels < 63 && (size >> levels) != 0)
        levels++;
    return n * levels > LIMIT_MULTIPROOF ? LIMIT_MULTIPROOF / levels : n;
}

/* The entries of the time that is asked for: time in the ledger never goes
 * back. */
static enum dhk_err
narrow(struct page *pg, struct store_txn *t)
{
    const struct query *q = &pg->query;
    uint64_t first = 0, end = pg->size;
    enum dhk_err rc = DHK_OK;

    if (q->since > 0)
        rc = ledger_first_since(t, pg->size, q->since, &first);
    if (rc == DHK_OK && q->before > 0)
        rc = ledger_first_since(t, pg->size, q->before, &end);
    pg->from = first > pg->from ? first : pg->from;
    pg->until = end < pg->until ? end : pg->until;
    return rc;
}

/* The part of the ledger that the query is about. */
static enum dhk_err
set_range(struct page *pg, struct store_txn *t, const struct await *a)
{
    const struct query *q = &pg->query;

    pg->from = q->from > a->cursor ? q->from : a->cursor;
    pg->until = q->until != 0 && q->until < pg->size ? q->until : pg->size;
    pg->own = q->what == QUERY_ANSWER && pg->sight.viewer.n > 0;
    if (q->what == QUERY_ANSWER) /* the seals are behind what they cover */
        pg->until = pg->size - (pg->own ? 1 : 0);
    if (q->what == QUERY_SHOW || q->what == QUERY_PROVE)
        pg->until = q->from < pg->size ? q->from + 1 : pg->size;
    pg->whole = pg->sight.viewer.n == 0 &&
                (q->what == QUERY_FETCH || q->what == QUERY_ANSWER);
    return query_is_filtered(q) ? narrow(pg, t) : DHK_OK;
}

static bool
is_full(const struct page *pg, size_t max)
{
    return pg->n == max || pg->bytes > PAGE_BYTES;
}

static enum dhk_err
take(struct core *c, struct page *pg, uint64_t index)
{
    enum dhk_err rc = ledger_bytes(c->txn, index, &pg->entry[pg->n]);

    pg->index[pg->n] = index;
    if (rc == DHK_OK)
        pg->bytes += pg->entry[pg->n++].n;
    return rc;
}

/* Looks at entry INDEX, and takes it if it is asked for and may be seen. */
static enum dhk_err
look(struct core *c, struct page *pg, uint64_t index)
{
    bool passes = true;
    enum dhk_err rc = ledger_entry(c->txn, index, &pg->found);

    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    if (!sight_may_see(&pg->sight, c->txn, &pg->found))
        return DHK_OK;
    if (query_is_filtered(&pg->query))
        rc = sight_passes(&pg->sight, c->txn, &pg->found, index, &passes);
    return rc != DHK_OK || !passes ? rc : take(c, pg, index);
}

/* Looks at candidates from pg->from on until the page is full or time is up. */
static enum dhk_err
scan(struct core *c, struct page *pg)
{
    size_t max = pg->whole ? PAGE_ENTRIES : entries_max(pg->size), looked = 0;
    uint64_t start = clock_monotonic_ms(c->clock), found, bound;

    while (pg->from < pg->until) {
        if (is_full(pg, max) || looked >= PAGE_SCAN ||
            (looked > 0 && looked % PAGE_LOOK == 0 &&
                clock_monotonic_ms(c->clock) - start > PAGE_MS)) {
            pg->next = pg->from;
            return DHK_OK;
        }
        bound = pg->until - pg->from > PAGE_STRIDE ? pg->from + PAGE_STRIDE
                                                   : pg->until;
        enum dhk_err rc = pick_next(&pg->pick, pg->from, bound, &found);
        if (rc == DHK_OK) {
            rc = look(c, pg, found);
            looked++;
        } else if (rc == DHK_NOTFOUND) {
            found = bound - 1;
            looked = (looked / PAGE_LOOK + 1) * PAGE_LOOK;
            rc = DHK_OK;
        }
        if (rc != DHK_OK)
            return rc;
        pg->from = found + 1;
    }
    if (pg->own && is_full(pg, max))
        pg->next = pg->from;
    else if (pg->own)
        return take(c, pg, pg->size - 1);
    return DHK_OK;
}

static enum dhk_err
send_page(struct core *c, const struct await *a, struct page *pg)
{
    struct sink proof, out;
    struct command cmd = {.type = COMMAND_PAGE,
        .number = a->number,
        .a = a->entry,
        .bytes = pg->note,
        .has_entry = pg->next != 0,
        .entry = pg->next};

    sink_init(&proof, pg->proof, sizeof pg->proof);
    if (pg->n > 0 && !pg->whole) {
        enum dhk_err rc =
            ledger_prove(c->txn, &proof, pg->size, pg->index, pg->n);
        if (rc != DHK_OK)
            return rc;
    }
    cmd.proof = sink_done(&proof);
    sink_init(&out, c->scratch[0], CORE_SCRATCH);
    enum dhk_err rc =
        command_encode(&out, &cmd, pg->index, pg->n, pg->entry, pg->n);
    if (rc == DHK_OK)
        c->out.send(c->out.ctx, a->peer, sink_done(&out));
    return rc;
}

enum dhk_err
inquire_page(struct core *c, struct peer *p, const struct await *a)
{
    const struct force_card *card = force_card_by_number(&c->force, p->card);
    struct diag diag;
    struct page *pg = calloc(1, sizeof *pg);
    enum dhk_err rc = DHK_NOMEM;

    if (pg == NULL)
        goto out;
    rc = query_decode(&pg->query, slice_of(a->query, a->query_n), &diag);
    if (rc != DHK_OK)
        goto out;
    pg->sight.query = &pg->query;
    pg->sight.force = &c->force;
    rc = ledger_entry(c->txn, a->entry, &pg->found);
    if (rc != DHK_OK)
        goto out;
    pg->sight.asked = pg->found.time;
    if (!is_auditor(c, card))
        pg->sight.viewer = slice_str(card->card.partner);
    else if (pg->query.what == QUERY_ANSWER) /* as that partner sees it */
        pg->sight.viewer = pg->query.partner;
    /* the same head for every page of one query */
    pg->size = a->entry + 1;
    rc = ledger_note(&c->ledger, c->txn, &pg->size, &pg->note);
    if (rc != DHK_OK)
        goto out;
    pick_init(&pg->pick, c->index, c->txn, &pg->query, pg->sight.viewer);
    rc = set_range(pg, c->txn, a);
    if (rc == DHK_OK)
        rc = scan(c, pg);
    if (rc == DHK_OK)
        rc = send_page(c, a, pg);
out:
    free(pg);
    return rc;
}
