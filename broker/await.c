/* SPDX-License-Identifier: EUPL-1.2 */
#include "await.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "inquire.h"
#include "judge.h"
#include "object.h"
#include "receipt.h"

/* Entries of a receipt: those of one bundle, or refusals. */
enum { ENTRIES = LIMIT_BUNDLE + 1 + JUDGE_SHARES };

/* Time for pages in one batch: reading pins pages of the store, and nobody's
 * mail waits for somebody's queries. */
enum { PAGES_MS = 100 };

void
await_init(struct await_queue *q)
{
    q->first = NULL;
    q->end = &q->first;
    q->n = 0;
}

void
await_clear(struct await_queue *q)
{
    while (q->first != NULL) {
        struct await *a = q->first;
        q->first = a->next;
        free(a);
    }
    await_init(q);
}

void
await_move(struct await_queue *q, struct await_queue *from)
{
    if (from->first == NULL)
        return;
    *q->end = from->first;
    q->end = from->end;
    q->n += from->n;
    await_init(from);
}

static struct await *
push(struct core *c, const struct peer *p, uint64_t number)
{
    if (c->waiting.n + c->fresh.n >= AWAIT_MAX)
        return NULL;
    struct await *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->peer = p->id;
    a->session = p->session;
    a->number = number;
    *c->fresh.end = a;
    c->fresh.end = &a->next;
    c->fresh.n++;
    return a;
}

enum dhk_err
await_extent(struct core *c, struct await_range *r)
{
    struct entry *e = &c->entry;
    enum dhk_err rc = ledger_entry(c->txn, r->from, e);

    r->n = 1;
    if (rc != DHK_OK || e->kind != ENTRY_ACCEPTED)
        return rc;
    while ((rc = ledger_entry(c->txn, r->from + r->n, e)) == DHK_OK &&
           e->kind == ENTRY_SHARE && e->u.share.accepted == r->from)
        r->n++;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
await_receipt(struct core *c, const struct peer *p, uint64_t number,
    const struct await_range *ranges, size_t n)
{
    struct await *a = push(c, p, number);

    if (a == NULL)
        return DHK_LIMIT;
    memcpy(a->range, ranges, n * sizeof ranges[0]);
    a->ranges_n = n;
    for (size_t i = 0; i < n; i++) {
        uint64_t end = ranges[i].from + ranges[i].n;
        a->need = end > a->need ? end : a->need;
    }
    return DHK_OK;
}

enum dhk_err
await_page(struct core *c, struct peer *p, uint64_t number, struct slice bytes,
    const uint64_t entry_cursor[2])
{
    if (bytes.n > AWAIT_QUERY)
        return DHK_FORMAT;
    struct await *a = p->pages < PEER_PAGES ? push(c, p, number) : NULL;
    if (a == NULL)
        return DHK_LIMIT;
    p->pages++;
    a->what = AWAIT_PAGE;
    memcpy(a->query, bytes.p, bytes.n);
    a->query_n = bytes.n;
    a->entry = entry_cursor[0];
    a->cursor = entry_cursor[1];
    a->need = a->entry + 1;
    return DHK_OK;
}

enum dhk_err
await_inclusion(struct core *c, struct peer *p, uint64_t number, uint64_t index)
{
    struct await *a = p->pages < PEER_PAGES ? push(c, p, number) : NULL;

    if (a == NULL)
        return DHK_LIMIT;
    p->pages++;
    a->what = AWAIT_INCLUSION;
    a->entry = index;
    a->need = index + 1;
    return DHK_OK;
}

/* --- the receipt --- */

struct pages {
    uint64_t index[ENTRIES];
    struct slice entry[ENTRIES];
    size_t n;
};

static enum dhk_err
gather(struct core *c, const struct await *a, struct pages *out)
{
    for (size_t i = 0; i < a->ranges_n; i++) {
        for (uint64_t k = 0; k < a->range[i].n; k++) {
            if (out->n == ENTRIES)
                return DHK_LIMIT;
            out->index[out->n] = a->range[i].from + k;
            enum dhk_err rc =
                ledger_bytes(c->txn, out->index[out->n], &out->entry[out->n]);
            if (rc != DHK_OK)
                return rc;
            out->n++;
        }
    }
    return DHK_OK;
}

static enum dhk_err
write_receipt(struct core *c, const struct await *a)
{
    struct pages *pages = calloc(1, sizeof *pages);
    uint8_t *mem = malloc((size_t)LIMIT_MULTIPROOF * MERKLE_HASH);
    struct command cmd = {.type = COMMAND_RECEIPT, .number = a->number};
    struct sink proof, body, out;
    enum dhk_err rc = DHK_NOMEM;

    if (pages == NULL || mem == NULL)
        goto out;
    rc = gather(c, a, pages);
    if (rc != DHK_OK)
        goto out;
    sink_init(&proof, mem, (size_t)LIMIT_MULTIPROOF * MERKLE_HASH);
    rc = ledger_prove(
        c->txn, &proof, c->ledger.note_size, pages->index, pages->n);
    if (rc != DHK_OK)
        goto out;
    sink_init(&body, c->scratch[0], CORE_SCRATCH);
    rc = receipt_encode(&body, ledger_note_last(&c->ledger), pages->index,
        pages->entry, pages->n, sink_done(&proof));
    if (rc != DHK_OK)
        goto out;
    cmd.bytes = sink_done(&body);
    sink_init(&out, c->scratch[1], CORE_SCRATCH);
    rc = command_encode(&out, &cmd, NULL, 0, NULL, 0);
    if (rc == DHK_OK)
        c->out.send(c->out.ctx, a->peer, sink_done(&out));
out:
    free(pages);
    free(mem);
    return rc;
}

static enum dhk_err
write_reply(struct core *c, struct peer *p, const struct await *a)
{
    switch (a->what) {
    case AWAIT_RECEIPT:
        return write_receipt(c, a);
    case AWAIT_PAGE:
        return inquire_page(c, p, a);
    case AWAIT_INCLUSION:
        break;
    }
    return object_inclusion(c, a);
}

static void
answer_one(struct core *c, const struct await *a)
{
    struct peer *p = peer_find(c, a->peer, a->session);
    enum dhk_err rc = DHK_OK;

    if (p == NULL)
        return; /* gone: it will ask again */
    p->pages -= a->what != AWAIT_RECEIPT ? 1 : 0;
    rc = write_reply(c, p, a);
    if (rc == DHK_OK)
        return;
    core_log(c, "a reply could not be made: %s",
        rc == DHK_FORMAT ? "the store is damaged" : dhk_strerror(rc));
    core_error(c, a->peer, a->number,
        rc == DHK_LIMIT    ? COMMAND_ERROR_LIMIT
        : rc == DHK_FORMAT ? COMMAND_ERROR_DAMAGED
                           : COMMAND_ERROR_BUSY);
}

void
await_drop(struct core *c, const struct await *a)
{
    struct peer *p = peer_find(c, a->peer, a->session);

    if (p != NULL)
        p->pages -= a->what != AWAIT_RECEIPT ? 1 : 0;
    core_error(c, a->peer, a->number, COMMAND_ERROR_BUSY);
}

void
await_answer(struct core *c)
{
    struct await_queue left;
    uint64_t start = clock_monotonic_ms(c->clock);

    await_init(&left);
    c->pages_wait = false;
    while (c->waiting.first != NULL) {
        struct await *a = c->waiting.first;
        c->waiting.first = a->next;
        a->next = NULL;
        bool covered = a->need <= c->ledger.note_size;
        bool late = a->what == AWAIT_PAGE && c->pages_wait;
        if (covered && !late) {
            answer_one(c, a);
            c->pages_wait = clock_monotonic_ms(c->clock) - start > PAGES_MS;
            free(a);
            continue;
        }
        *left.end = a;
        left.end = &a->next;
        left.n++;
    }
    await_init(&c->waiting);
    await_move(&c->waiting, &left);
}
