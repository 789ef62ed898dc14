/* SPDX-License-Identifier: EUPL-1.2 */
#include "proving.h"

#include "fetch.h"
#include "held.h"
#include "seen.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

enum { FETCH_MS = 5000 };

struct place {
    uint8_t leaf[SEAL_HASH];
    uint64_t index;
};
struct proving {
    struct proving_refusal list[PROVING_MAX];
    bool proved[PROVING_MAX];
    size_t n;
    struct place place[PROVING_MAX]; /* a ring */
    size_t places_n;                 /* that were put into it */
};

enum dhk_err
proving_new(struct proving **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? DHK_NOMEM : DHK_OK;
}

void
proving_destroy(struct proving **p)
{
    free(*p);
    *p = NULL;
}

bool
proving_add(struct proving *p, const struct proving_refusal *r)
{
    if (p->n == PROVING_MAX)
        return false;
    p->proved[p->n] = false;
    p->list[p->n++] = *r;
    return true;
}

void
proving_place(struct proving *p, const uint8_t leaf[SEAL_HASH], uint64_t index)
{
    struct place *x = &p->place[p->places_n++ % PROVING_MAX];

    memcpy(x->leaf, leaf, sizeof x->leaf);
    x->index = index;
}

bool
proving_is_placed(
    const struct proving *p, const uint8_t leaf[SEAL_HASH], uint64_t index)
{
    for (size_t i = 0; i < p->places_n && i < PROVING_MAX; i++) {
        if (p->place[i].index == index &&
            memcmp(p->place[i].leaf, leaf, SEAL_HASH) == 0)
            return true;
    }
    return false;
}

void
proving_forget(struct proving *p)
{
    p->n = 0;
    p->places_n = 0;
}

/* One after the other; once the line is silent, no more is asked. */
static enum dhk_err
ask_all(struct dhk_node *node, struct dhk_problem *problem)
{
    struct proving *p = node->proving;

    for (size_t i = 0; i < p->n; i++) {
        const struct proving_refusal *r = &p->list[i];
        enum dhk_err rc =
            fetch_inclusion(node, r->item.leaf, r->index, FETCH_MS, problem);

        p->proved[i] = rc == DHK_OK;
        if (rc == DHK_NOMEM || rc == DHK_IO || rc == DHK_STATE)
            return rc;
        if (rc == DHK_NOTFOUND && node->session != NULL &&
            session_is_unanswered(node->session))
            break;
    }
    return DHK_OK;
}

static void
leave(struct dhk_node *node, const struct proving_refusal *r)
{
    const uint8_t *leaf = r->item.leaf;

    held_add(node->held, leaf);
    if (held_tell(node->held, leaf))
        node_report(node,
            "a share from %s (ledger entry %llu) waits without an answer: it "
            "is not shown that this entry is in the ledger (%02x%02x%02x%02x"
            "...), and by it the share would be refused: %s",
            r->item.sender, (unsigned long long)r->index, leaf[0], leaf[1],
            leaf[2], leaf[3], r->why);
}

static enum dhk_err
keep(
    struct dhk_node *node, struct store_txn *t, const struct proving_refusal *r)
{
    const char *name = answer_outcome_name(r->item.outcome);
    bool known;
    enum dhk_err rc = inbox_knows(t, r->item.leaf, &known);

    if (rc != DHK_OK || known) /* the same one twice */
        return rc;
    node_report(node, "refused a share from %s (%s, ledger entry %llu): %s",
        r->item.sender, name != NULL ? name : "?", (unsigned long long)r->index,
        r->why);
    held_drop(node->held, r->item.leaf);
    if (r->nth != 0)
        rc = seen_account(t, slice_str(r->item.sender), r->nth, NULL);
    return rc == DHK_OK ? inbox_answer(t, &r->item) : rc;
}

static enum dhk_err
settle(struct dhk_node *node)
{
    struct proving *p = node->proving;
    struct store_txn *t = NULL;
    enum dhk_err rc = inbox_begin(&t, node->inbox, true);

    for (size_t i = 0; rc == DHK_OK && i < p->n; i++) {
        if (p->proved[i])
            rc = keep(node, t, &p->list[i]);
        else
            leave(node, &p->list[i]);
    }
    if (rc == DHK_OK)
        return store_commit(&t);
    store_abort(&t);
    return rc;
}

enum dhk_err
proving_ask(struct dhk_node *node, struct dhk_problem *problem)
{
    enum dhk_err rc = DHK_OK;

    node->proving->places_n = 0;
    if (node->proving->n == 0)
        return rc;
    rc = ask_all(node, problem);
    if (rc == DHK_OK) {
        rc = settle(node);
        if (rc != DHK_OK)
            rc = problem_set(problem, rc, "inbox: %s", dhk_strerror(rc));
    }
    node->proving->n = 0;
    return rc;
}
