/* SPDX-License-Identifier: EUPL-1.2
 *
 * Fetching the mail of earlier cards. */
#include "drain.h"

#include "enroll.h"
#include "inbox.h"
#include "inbox_tables.h"
#include "receiver.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

/* after the last share that came: the broker sends no more of them than it
 * holds to be open at once, and the rest when those are answered */
enum { QUIET_MS = 500 };

/* --- cards of which the broker said that nothing waits --- */

enum { DRAINED_KEY = 8 + CARD_ID };

static struct slice
drained_key(uint8_t mem[DRAINED_KEY], const uint8_t id[CARD_ID])
{
    memcpy(mem, "drained/", 8);
    memcpy(mem + 8, id, CARD_ID);
    return slice_of(mem, DRAINED_KEY);
}

static enum dhk_err
is_drained(struct inbox *b, const uint8_t id[CARD_ID], bool *drained)
{
    uint8_t mem[DRAINED_KEY];
    struct store_txn *t = NULL;
    struct slice found;
    enum dhk_err rc = inbox_begin(&t, b, false);

    if (rc == DHK_OK)
        rc = store_get(t, INBOX_COUNTERS, drained_key(mem, id), &found);
    store_abort(&t);
    *drained = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
note_drained(struct inbox *b, const uint8_t id[CARD_ID])
{
    uint8_t mem[DRAINED_KEY];
    struct store_txn *t = NULL;
    enum dhk_err rc = inbox_begin(&t, b, true);

    if (rc == DHK_OK)
        rc = store_put(
            t, INBOX_COUNTERS, drained_key(mem, id), slice_of(NULL, 0));
    if (rc == DHK_OK)
        return store_commit(&t);
    store_abort(&t);
    return rc;
}

/* --- fetching --- */

/* Cards that may still have mail: of NODE_CARDS_MAX in LIST, how many. */
static enum dhk_err
find_earlier(struct card *list, size_t *n, struct dhk_node *node,
    struct dhk_problem *problem)
{
    size_t all = 0, kept = 0;
    int64_t now = node_now(node);
    enum dhk_err rc = enroll_cards(list, &all, node->dir, problem);

    for (size_t i = 0; rc == DHK_OK && i < all; i++) {
        const struct card *c = &list[i];
        bool drained = true;

        if (c->receives && c->from <= now && now < c->until &&
            c->serial < node->card.serial)
            rc = is_drained(node->inbox, c->id, &drained);
        if (rc == DHK_OK && !drained)
            list[kept++] = *c;
    }
    *n = rc == DHK_OK ? kept : 0;
    return rc;
}

/* With the card's own session. A card that the broker turns down has nothing
 * waiting: what did was returned to its senders. */
static enum dhk_err
drain(struct dhk_node *node, const struct card *card, int timeout_ms)
{
    enum dhk_err rc = node_use_card(node, card->id, NULL);

    session_close(&node->session);
    if (rc != DHK_OK)
        return rc; /* its secrets are elsewhere, or locked */
    rc = session_open(node, DHK_RECEIVE, NULL);
    if (rc == DHK_OK)
        rc = session_admitted(node, timeout_ms);
    /* only the broker's word that nothing waits ends it: what was fetched
     * waits until it is answered */
    if (rc == DHK_OK && session_mail(node->session) > 0)
        rc = receiver_fetch(node, session_mail(node->session), QUIET_MS, NULL);
    else if (rc == DHK_OK || rc == DHK_DENIED)
        rc = note_drained(node->inbox, card->id);
    session_close(&node->session);
    return rc;
}

enum dhk_err
drain_earlier_cards(struct dhk_node *node, unsigned modes, int timeout_ms,
    struct dhk_problem *problem)
{
    struct card *list;
    uint8_t newest[CARD_ID];
    size_t n = 0;
    enum dhk_err rc;

    if (!node->card.receives)
        return DHK_OK;
    list = calloc(NODE_CARDS_MAX, sizeof *list);
    if (list == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    memcpy(newest, node->card.id, sizeof newest);
    rc = find_earlier(list, &n, node, problem);
    for (size_t i = 0; i < n; i++) {
        if (drain(node, &list[i], timeout_ms) != DHK_OK)
            node_report(node,
                "what waits for key card %llu of this node could not be "
                "fetched now; it is tried again at the next connection",
                (unsigned long long)list[i].serial);
    }
    free(list);
    if (rc != DHK_OK || n == 0)
        return rc;
    rc = node_use_card(node, newest, problem);
    if (rc == DHK_OK)
        rc = session_open(node, modes, problem);
    return rc == DHK_OK ? session_ready(node, timeout_ms, problem) : rc;
}
