/* SPDX-License-Identifier: EUPL-1.2 */
#include "nextshare.h"

#include "gaps.h"
#include "inbox.h"
#include "session.h"

enum { STALE_MS = 1000 };

enum dhk_err
nextshare_begin(struct dhk_node *node)
{
    struct inbox_sending *s = inbox_sending(node->inbox);

    if (s->handed_ms == 0 ||
        clock_monotonic_ms(node->clock) < s->handed_ms + STALE_MS)
        return DHK_OK;
    return inbox_age(node->inbox);
}

static bool
may_be_withdrawn(const struct dhk_node *node, const struct parcel *p)
{
    return p->pub.notice == NULL && inbox_is_stale(node->inbox, p) &&
           node->session != NULL &&
           (session_modes(node->session) & DHK_RECEIVE) != 0 &&
           session_is_ready(node->session);
}

static enum dhk_err
answer(struct dhk_node *node, struct parcel **p)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = inbox_begin(&t, node->inbox, true);

    if (rc == DHK_OK)
        rc = inbox_settle(t, (*p)->arrival, ANSWER_TAKEN);
    if (rc == DHK_OK)
        rc = store_commit(&t);
    store_abort(&t);
    if (rc != DHK_OK)
        return rc;
    node_report(node,
        "a share from %s (ledger entry %llu) was withdrawn while it waited "
        "here: it is not handed out, and the notice follows",
        (*p)->pub.sender, (unsigned long long)(*p)->pub.index);
    inbox_sending(node->inbox)->unsent++;
    inbox_drop(node->inbox, p);
    return DHK_OK;
}

enum dhk_err
nextshare_take(
    struct dhk_node *node, struct parcel **out, struct dhk_problem *problem)
{
    bool withdrawn = true;
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && withdrawn) {
        withdrawn = false;
        rc = inbox_next(node->inbox, out);
        if (rc == DHK_OK && may_be_withdrawn(node, *out))
            rc = gaps_withdrawn(node, &(*out)->pub, &withdrawn, problem);
        if (rc == DHK_OK && withdrawn)
            rc = answer(node, out);
    }
    if (rc == DHK_OK)
        inbox_sending(node->inbox)->handed_ms = clock_monotonic_ms(node->clock);
    else if (*out != NULL)
        inbox_release(node->inbox, out);
    return rc == DHK_OK || rc == DHK_NOTFOUND || rc == DHK_STATE
               ? rc
               : problem_set(problem, rc, "inbox: %s", dhk_strerror(rc));
}
