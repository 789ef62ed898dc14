/* SPDX-License-Identifier: EUPL-1.2
 *
 * Taking outcomes over a session. */
#include "told.h"

#include "fetch.h"
#include "outbox.h"
#include "outcomes.h"
#include "session.h"
#include "trust.h"

#include "confirmation.h"

#include <string.h>

enum {
    SLICE_MS = 1000, /* for a card */
    PROOF_MS = 5000, /* for a head that covers an entry */
    /* behind an answer of the broker: what it has to tell has come before that,
     * or follows at once */
    BEHIND_MS = 50,
};

enum dhk_err
told_take(struct dhk_node *node, struct store_txn *t, const struct command *c,
    struct dhk_problem *problem)
{
    struct outcomes o;
    enum dhk_err rc = outcomes_copy(&o, c);

    if (rc == DHK_FORMAT)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = outcomes_fetch_cards(node, &o, SLICE_MS);
    if (rc == DHK_OK)
        rc = outcomes_prove(node, &o, PROOF_MS);
    /* a card, or a proof, could not be had: not confirmed, so that it is told
     * again */
    if (rc == DHK_NOTFOUND) {
        outcomes_free(&o);
        return DHK_OK;
    }
    if (rc == DHK_OK)
        rc = outcomes_apply(node, t, &o);
    if (rc == DHK_OK)
        node->confirm = o.cursor;
    outcomes_free(&o);
    return rc == DHK_OK
               ? rc
               : problem_set(problem, rc, "outcomes: %s", dhk_strerror(rc));
}

void
told_confirm(struct dhk_node *node)
{
    struct confirmation said = {
        .origin = slice_str(trust_roster(node->trust)->origin),
        .cursor = node->confirm};
    struct command c = {.type = COMMAND_CONFIRM};
    uint8_t mem[LIMIT_CONFIRMATION];
    struct sink out;

    if (node->confirm == 0 || !outbox_is_synced(node->outbox))
        return;
    node->confirm = 0;
    memcpy(said.card, node->card.id, sizeof said.card);
    sink_init(&out, mem, sizeof mem);
    /* made up, and no index of any ledger: nothing was kept under it */
    if (confirmation_issue(&out, &said, node->secret.sign) != DHK_OK)
        return;
    c.bytes = sink_done(&out);
    /* lost: the broker tells again, and it changes nothing */
    if (session_send(node->session, &c, NULL, 0, NULL) != DHK_OK)
        session_lost(node->session);
}

/* Keeps what C says, then confirms it. DHK_NOTFOUND: a card, or a proof, is not
 * shown. */
static enum dhk_err
take_one(
    struct dhk_node *node, const struct command *c, struct dhk_problem *problem)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = outbox_begin(&t, node->outbox, true);

    node->confirm = 0;
    if (rc == DHK_OK)
        rc = told_take(node, t, c, problem);
    if (rc == DHK_OK && node->confirm == 0)
        rc = problem_set(problem, DHK_NOTFOUND,
            "the broker does not show what an outcome rests on");
    if (rc == DHK_OK)
        rc = outbox_commit_now(node->outbox, &t);
    else
        store_abort(&t);
    if (rc == DHK_OK)
        told_confirm(node);
    node->confirm = 0;
    return rc;
}

/* The next OUTCOMES message into *C, *ANY; else none is to come. */
static enum dhk_err
next_message(struct dhk_node *node, struct command *c, bool *any,
    struct dhk_problem *problem)
{
    enum dhk_err rc = fetch_newest_head(node, SLICE_MS, problem);

    if (rc != DHK_OK)
        return rc;
    rc = session_next(node->session, c, BEHIND_MS);
    while (rc == DHK_OK && c->type != COMMAND_OUTCOMES)
        rc = session_next(node->session, c, 0);
    *any = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
told_all(struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    uint64_t until = clock_monotonic_ms(node->clock) +
                     (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    struct command c;
    bool any = true;
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && any) {
        rc = next_message(node, &c, &any, problem);
        if (rc == DHK_OK && any && clock_monotonic_ms(node->clock) >= until)
            rc = problem_set(problem, DHK_NOTFOUND,
                "not all that the broker has to tell could be taken in time");
        if (rc == DHK_OK && any)
            rc = take_one(node, &c, problem);
    }
    return rc;
}
