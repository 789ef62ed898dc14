/* SPDX-License-Identifier: EUPL-1.2
 *
 * Outcomes for earlier cards. */
#include "earlier.h"

#include "awaited.h"
#include "outbox.h"
#include "outcomes.h"
#include "reader.h"
#include "session.h"
#include "told.h"

#include "entry.h"

#include <stdlib.h>
#include <string.h>

enum {
    CARD_MS = 1000, /* for the card that signed an answer */
    AT_ONCE = 128,  /* entries in one transaction */
};

struct earlier {
    struct dhk_node *node;
    int timeout_ms;
    struct awaited_card card[NODE_CARDS_MAX];
    size_t n;
    bool over[NODE_CARDS_MAX]; /* nobody connects with it any more */
};

/* --- beside the session that there is --- */

struct beside {
    struct session *session;
    struct card card;
    struct card_secret secret;
    bool has_card;
    uint64_t confirm;
};

static void
step_aside(struct beside *b, struct dhk_node *node)
{
    *b = (struct beside){.session = node->session,
        .card = node->card,
        .secret = node->secret,
        .has_card = node->has_card,
        .confirm = node->confirm};
    node->session = NULL;
    node->secret = (struct card_secret){.sign = NULL};
    node->has_card = false;
    node->confirm = 0;
}

static void
step_back(struct beside *b, struct dhk_node *node)
{
    session_close(&node->session);
    card_secret_destroy(&node->secret);
    node->session = b->session;
    node->card = b->card;
    node->secret = b->secret;
    node->has_card = b->has_card;
    node->confirm = b->confirm;
}

/* --- with the card itself --- */

/* DHK_DENIED: the card is over, or its secrets are not here. */
static enum dhk_err
hear(struct earlier *e, const uint8_t card[CARD_ID])
{
    struct dhk_node *node = e->node;
    enum dhk_err rc = node_use_card(node, card, NULL);

    if (rc == DHK_NOTFOUND || rc == DHK_AUTH || rc == DHK_IO)
        return DHK_DENIED;
    if (rc == DHK_OK)
        rc = session_open(node, DHK_SEND, NULL);
    if (rc == DHK_OK)
        rc = session_admitted(node, e->timeout_ms);
    return rc == DHK_OK ? told_all(node, e->timeout_ms, NULL) : rc;
}

static enum dhk_err
hear_all(struct earlier *e)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < e->n && (rc == DHK_OK || rc == DHK_DENIED); i++) {
        struct beside beside;

        step_aside(&beside, e->node);
        rc = hear(e, e->card[i].id);
        step_back(&beside, e->node);
        e->over[i] = rc == DHK_DENIED;
        if (rc == DHK_OK)
            rc = awaited_heard(e->node->outbox, e->card[i].id);
    }
    return rc == DHK_DENIED ? DHK_OK : rc;
}

/* --- of the ledger --- */

struct found { /* entries that tell of outcomes */
    struct outcomes o;
    uint64_t index[AT_ONCE];
    struct slice entry[AT_ONCE];
    struct entry decoded;
};

static void
forget(struct found *f)
{
    for (size_t i = 0; i < f->o.n; i++)
        free((void *)(uintptr_t)f->entry[i].p);
    f->o = (struct outcomes){.index = f->index, .entry = f->entry};
}

/* Whether E is about a share that this outbox has: others are those of this
 * partner's other machines. */
static enum dhk_err
concerns(bool *does, struct store_txn *t, const struct entry *e)
{
    size_t n = 0;
    const uint64_t *index = outcomes_about(e, &n);
    uint64_t number;
    enum dhk_err rc = DHK_NOTFOUND;

    for (size_t i = 0; i < n && rc == DHK_NOTFOUND; i++)
        rc = outbox_get_share(t, index[i], &number);
    *does = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
keep(struct dhk_node *node, struct found *f, uint64_t index, struct slice bytes)
{
    struct store_txn *t = NULL;
    bool does = false;
    uint8_t *copy;
    enum dhk_err rc = entry_decode(&f->decoded, bytes, NULL);

    if (rc == DHK_OK)
        rc = outbox_begin(&t, node->outbox, false);
    if (rc == DHK_OK)
        rc = concerns(&does, t, &f->decoded);
    store_abort(&t);
    if (rc != DHK_OK || !does)
        return rc;
    copy = malloc(bytes.n); /* a card may have to be fetched meanwhile */
    if (copy == NULL)
        return DHK_NOMEM;
    memcpy(copy, bytes.p, bytes.n);
    f->index[f->o.n] = index;
    f->entry[f->o.n++] = slice_of(copy, bytes.n);
    return DHK_OK;
}

/* The pages prove that each is on the ledger. */
static enum dhk_err
apply(struct dhk_node *node, struct found *f)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = outcomes_fetch_cards(node, &f->o, CARD_MS);

    if (rc == DHK_OK)
        rc = outbox_begin(&t, node->outbox, true);
    if (rc == DHK_OK)
        rc = outcomes_apply(node, t, &f->o);
    if (rc == DHK_OK)
        rc = outbox_commit_now(node->outbox, &t);
    store_abort(&t);
    forget(f);
    return rc;
}

static enum dhk_err
read_all(struct earlier *e, struct found *f, const struct query *q,
    struct dhk_problem *problem)
{
    struct reader *r = NULL;
    struct slice bytes;
    uint64_t index;
    enum dhk_err rc = reader_open(&r, e->node, q, e->timeout_ms, problem);

    while (rc == DHK_OK &&
           (rc = reader_next(r, &index, &bytes, problem)) == DHK_OK) {
        rc = keep(e->node, f, index, bytes);
        if (rc == DHK_OK && f->o.n == AT_ONCE)
            rc = apply(e->node, f);
    }
    if (r != NULL && rc == DHK_NOTFOUND)
        rc = apply(e->node, f);
    reader_close(&r);
    return rc;
}

static enum dhk_err
ask(struct earlier *e, uint64_t from, struct dhk_problem *problem)
{
    struct dhk_node *node = e->node;
    const struct query q = {.purpose = QUERY_INTERNAL,
        .what = QUERY_LIST,
        .from = from,
        .sender = slice_str(node->name)};
    struct session *before = node->session;
    uint64_t confirm = node->confirm;
    struct found *f = calloc(1, sizeof *f);
    enum dhk_err rc = f == NULL ? DHK_NOMEM : DHK_OK;

    node->session = NULL;
    if (rc == DHK_OK) {
        forget(f);
        rc = session_open(node, DHK_QUERY, problem);
    }
    if (rc == DHK_OK)
        rc = session_ready(node, e->timeout_ms, problem);
    if (rc == DHK_OK)
        rc = read_all(e, f, &q, problem);
    if (f != NULL)
        forget(f);
    free(f);
    session_close(&node->session);
    node->session = before;
    node->confirm = confirm;
    return rc;
}

/* What the cards that are over would be told. */
static enum dhk_err
ask_ledger(struct earlier *e, struct dhk_problem *problem)
{
    uint64_t from = UINT64_MAX;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < e->n; i++) {
        if (e->over[i] && e->card[i].first != 0 && e->card[i].first < from)
            from = e->card[i].first;
    }
    if (from != UINT64_MAX)
        rc = ask(e, from, problem);
    for (size_t i = 0; rc == DHK_OK && i < e->n; i++) {
        if (e->over[i])
            rc = awaited_heard(e->node->outbox, e->card[i].id);
    }
    return rc;
}

static bool
is_grave(enum dhk_err rc)
{
    return rc == DHK_NOMEM || rc == DHK_IO || rc == DHK_STATE || rc == DHK_AUTH;
}

enum dhk_err
earlier_outcomes(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    struct dhk_problem why = {""};
    struct earlier *e = calloc(1, sizeof *e);
    enum dhk_err rc = e == NULL ? DHK_NOMEM : DHK_OK;

    if (rc == DHK_OK)
        rc = awaited_begin(node->outbox, node->card.id);
    if (rc == DHK_OK)
        rc = awaited_cards(node->outbox, e->card, &e->n, node->card.id);
    if (rc != DHK_OK) {
        free(e);
        return problem_set(problem, rc, "outbox: %s", dhk_strerror(rc));
    }
    e->node = node;
    e->timeout_ms = timeout_ms;
    if (e->n > 0)
        rc = hear_all(e);
    if (rc == DHK_OK)
        rc = ask_ledger(e, &why);
    free(e);
    if (is_grave(rc))
        return problem_set(problem, rc, "%s",
            why.text[0] != '\0' ? why.text : dhk_strerror(rc));
    if (rc != DHK_OK)
        node_report(node,
            "what became of signals that were sent with an earlier key card "
            "could not be fetched now; it is tried again at the next "
            "connection");
    return DHK_OK;
}
