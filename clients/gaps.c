/* SPDX-License-Identifier: EUPL-1.2
 *
 * Core counts the shares of each sender for each recipient, in their entries,
 * and each names the one before it: what a number is missing for, the ledger
 * must show. Who passes this on is not believed: the entries are proved. */
#include "gaps.h"

#include "cards.h"
#include "fetch.h"
#include "held.h"
#include "inspect.h"
#include "seen.h"
#include "session.h"

#include "delivery.h"
#include "driehoek.h"
#include "merkle.h"
#include "withdrawal.h"

#include <stdlib.h>
#include <string.h>

enum { FETCH_MS = 5000, SHARES_MAX = 256, PARTS = 4, BACK_MAX = 1024 };

/* One share of the message, as its entry says. */
struct came {
    char sender[LIMIT_NAME + 1];
    uint64_t nth, before;
};
struct gaps {
    struct dhk_node *node;
    struct store_txn *t;
    struct dhk_problem *problem;
    struct came came[SHARES_MAX];
    size_t n;
    struct entry share, end;
};

/* --- what came --- */

static void
note(struct gaps *g, struct slice share)
{
    struct came *x = &g->came[g->n];
    const struct entry_share *s = &g->share.u.share;
    struct slice entry;

    if (g->n < SHARES_MAX && inspect_read_entry(&entry, share) == DHK_OK &&
        entry_decode(&g->share, entry, NULL) == DHK_OK &&
        g->share.kind == ENTRY_SHARE &&
        slice_to_str(s->sender, x->sender, sizeof x->sender) == DHK_OK) {
        x->nth = s->nth;
        x->before = s->before;
        g->n++;
    }
}

static bool
is_here(const struct gaps *g, const char *sender, uint64_t nth)
{
    for (size_t i = 0; i < g->n; i++) {
        if (g->came[i].nth == nth && strcmp(g->came[i].sender, sender) == 0)
            return true;
    }
    return false;
}

/* Whether X is the last share of its sender in this message. */
static bool
is_last(const struct gaps *g, const struct came *x)
{
    for (size_t i = 0; i < g->n; i++) {
        if (g->came[i].nth > x->nth &&
            strcmp(g->came[i].sender, x->sender) == 0)
            return false;
    }
    return true;
}

/* The first share before X that neither came nor comes in this message. */
static enum dhk_err
first_gap(const struct gaps *g, const struct came *x, uint64_t *nth)
{
    enum dhk_err rc;

    *nth = x->nth > BACK_MAX ? x->nth - BACK_MAX - 1 : 0;
    do {
        rc = seen_hole(g->t, slice_str(x->sender), *nth, x->nth, nth);
    } while (rc == DHK_OK && is_here(g, x->sender, *nth));
    return rc;
}

/* --- what the ledger shows --- */

static enum dhk_err
prove(const struct gaps *g, struct slice entry, uint64_t index)
{
    uint8_t leaf[MERKLE_HASH];

    merkle_leaf(leaf, entry);
    return fetch_inclusion(g->node, leaf, index, FETCH_MS, g->problem);
}

/* What the broker says of one share before X. DHK_FORMAT: it does not say what
 * it should. */
static enum dhk_err
close_one(struct gaps *g, const struct came *x, const struct slice part[PARTS])
{
    const struct entry_share *s = &g->share.u.share;

    if (part[0].n != 8 || part[2].n != 8 || part[1].n > LIMIT_ENTRY ||
        entry_decode(&g->share, part[1], NULL) != DHK_OK ||
        g->share.kind != ENTRY_SHARE ||
        !slice_equal(s->sender, slice_str(x->sender)) ||
        !slice_equal(s->recipient, slice_str(g->node->name)) ||
        s->nth >= x->nth)
        return DHK_FORMAT;
    uint64_t index = bytes_get_u64(part[0].p), end = bytes_get_u64(part[2].p);
    if (end == 0 && !s->pending)
        return DHK_FORMAT;
    if (end != 0 &&
        (part[3].n > LIMIT_ENTRY ||
            entry_decode(&g->end, part[3], NULL) != DHK_OK ||
            g->end.kind == ENTRY_EXPIRED || !entry_ends_share(&g->end, index)))
        return DHK_FORMAT;
    enum dhk_err rc = prove(g, part[1], index);
    if (rc == DHK_OK && end != 0)
        rc = prove(g, part[3], end);
    return rc == DHK_OK ? seen_account(g->t, s->sender, s->nth, NULL) : rc;
}

/* LIST has N parts; a copy, for messages do not last. */
static enum dhk_err
close_all(struct gaps *g, const struct came *x, struct slice list, size_t n)
{
    struct cursor c;
    struct slice part[PARTS];
    enum dhk_err rc = n % PARTS == 0 ? DHK_OK : DHK_FORMAT;

    command_list(&c, list);
    for (size_t i = 0; rc == DHK_OK && i < n; i += PARTS) {
        for (size_t k = 0; k < PARTS; k++)
            part[k] = command_list_next(&c);
        rc = close_one(g, x, part);
    }
    return rc;
}

/* What became of N shares from entry INDEX back: REPLY's list, in *MEM, which
 * the caller frees, for messages do not last. */
static enum dhk_err
ask(struct gaps *g, uint64_t index, uint64_t n, struct command *reply,
    uint8_t **mem)
{
    struct command c = {
        .type = COMMAND_GET, .what = COMMAND_GET_ENDED, .a = index, .b = n};
    enum dhk_err rc =
        session_request(g->node->session, &c, reply, FETCH_MS, g->problem);

    *mem = NULL;
    if (rc == DHK_NOTFOUND && session_is_unanswered(g->node->session))
        held_silence(g->node->held);
    if (rc == DHK_OK &&
        (reply->type != COMMAND_OBJECT || reply->what != COMMAND_GET_ENDED))
        rc = DHK_FORMAT;
    if (rc != DHK_OK)
        return rc;
    *mem = malloc(reply->list.n + 1);
    if (*mem == NULL)
        return DHK_NOMEM;
    if (reply->list.n > 0)
        memcpy(*mem, reply->list.p, reply->list.n);
    reply->list.p = *mem;
    return DHK_OK;
}

static enum dhk_err
close_gap(struct gaps *g, const struct came *x, uint64_t n)
{
    struct command reply;
    uint8_t *mem;
    enum dhk_err rc = ask(g, x->before, n, &reply, &mem);

    if (rc == DHK_OK)
        rc = close_all(g, x, reply.list, reply.list_n);
    free(mem);
    return rc;
}

/* Who does not answer, or shows no proof, explains nothing. */
static enum dhk_err
as_said(enum dhk_err rc)
{
    return rc == DHK_NOMEM || rc == DHK_IO || rc == DHK_STATE ? rc : DHK_OK;
}

static enum dhk_err
look(struct gaps *g, const struct came *x)
{
    uint64_t nth;
    enum dhk_err rc = is_last(g, x) ? first_gap(g, x, &nth) : DHK_NOTFOUND;

    if (rc == DHK_OK && !held_is_silent(g->node->held))
        rc = close_gap(g, x, x->nth - nth);
    return as_said(rc);
}

enum dhk_err
gaps_close(struct dhk_node *node, struct store_txn *t, struct slice bytes,
    struct dhk_problem *problem)
{
    struct bundle_statement st;
    struct delivery d;
    struct slice share;
    struct gaps *g;
    enum dhk_err rc = DHK_OK;

    if (delivery_decode(&d, bytes, NULL) != DHK_OK)
        return DHK_OK; /* told where it is taken */
    g = calloc(1, sizeof *g);
    if (g == NULL)
        return DHK_NOMEM;
    g->node = node;
    g->t = t;
    g->problem = problem;
    while (delivery_group_next(&d, &st)) {
        while (delivery_share_next(&d, &share))
            note(g, share);
    }
    for (size_t i = 0; rc == DHK_OK && i < g->n; i++)
        rc = look(g, &g->came[i]);
    free(g);
    return rc;
}

/* --- what waited in the inbox --- */

/* Whether PART is that share and what took it back. */
static bool
is_withdrawn(
    struct gaps *g, const struct dhk_share *s, const struct slice part[PARTS])
{
    const struct entry_share *e = &g->share.u.share;
    char id[sizeof s->id];

    if (part[0].n != 8 || bytes_get_u64(part[0].p) != s->index ||
        part[2].n != 8 || part[1].n > LIMIT_ENTRY || part[3].n > LIMIT_ENTRY ||
        entry_decode(&g->share, part[1], NULL) != DHK_OK ||
        g->share.kind != ENTRY_SHARE ||
        entry_decode(&g->end, part[3], NULL) != DHK_OK ||
        (g->end.kind != ENTRY_WITHDRAWN && g->end.kind != ENTRY_CORRECTED))
        return false;
    bytes_hex(id, e->id, sizeof e->id);
    return strcmp(id, s->id) == 0 &&
           slice_equal(e->sender, slice_str(s->sender)) &&
           slice_equal(e->recipient, slice_str(g->node->name)) &&
           entry_ends_share(&g->end, s->index);
}

/* The sender itself must have said so. */
static enum dhk_err
check_statement(const struct gaps *g, const struct dhk_share *s)
{
    const struct entry_withdrawn *e = &g->end.u.withdrawn;
    struct withdrawal said;

    if (withdrawal_from_body(&said, e->body, e->signature, NULL) != DHK_OK ||
        memcmp(said.signal, g->share.u.share.id, sizeof said.signal) != 0)
        return DHK_FORMAT;
    enum dhk_err rc = fetch_signer(g->node, said.card, FETCH_MS);
    const struct card *card = cards_by_id(g->node->cards, said.card);
    if (rc != DHK_OK || card == NULL || strcmp(card->partner, s->sender) != 0)
        return rc != DHK_OK ? rc : DHK_AUTH;
    return withdrawal_verify(&said, &card->sign);
}

static enum dhk_err
find_withdrawal(struct gaps *g, const struct dhk_share *s, struct slice list)
{
    struct cursor c;
    struct slice part[PARTS];

    command_list(&c, list);
    for (size_t k = 0; k < PARTS; k++)
        part[k] = command_list_next(&c);
    if (!is_withdrawn(g, s, part))
        return DHK_NOTFOUND;
    enum dhk_err rc = check_statement(g, s);
    if (rc == DHK_OK)
        rc = prove(g, part[1], s->index);
    return rc == DHK_OK ? prove(g, part[3], bytes_get_u64(part[2].p)) : rc;
}

enum dhk_err
gaps_withdrawn(struct dhk_node *node, const struct dhk_share *s,
    bool *withdrawn, struct dhk_problem *problem)
{
    struct gaps *g;
    struct command reply;
    uint8_t *mem;

    *withdrawn = false;
    if (held_is_silent(node->held))
        return DHK_OK;
    g = calloc(1, sizeof *g);
    if (g == NULL)
        return DHK_NOMEM;
    g->node = node;
    g->problem = problem;
    enum dhk_err rc = ask(g, s->index, 1, &reply, &mem);
    if (rc == DHK_OK)
        rc = reply.list_n == PARTS ? find_withdrawal(g, s, reply.list)
                                   : DHK_NOTFOUND;
    free(mem);
    free(g);
    *withdrawn = rc == DHK_OK;
    return as_said(rc);
}
