/* SPDX-License-Identifier: EUPL-1.2
 *
 * Keeping the wish to withdraw a signal. */
#include "recalls.h"

#include "outbox.h"

#include <stdlib.h>

static enum dhk_err
local(struct dhk_problem *problem, enum dhk_err rc)
{
    return rc == DHK_OK
               ? rc
               : problem_set(problem, rc, "outbox: %s", dhk_strerror(rc));
}

static enum dhk_err
check_record(struct store_txn *t, uint64_t number, struct dhk_problem *problem)
{
    struct record *r = malloc(sizeof *r);
    enum dhk_err rc = r == NULL ? DHK_NOMEM : outbox_get(t, number, r);

    if (rc == DHK_NOTFOUND)
        (void)problem_set(problem, rc, "there is no signal %llu in the outbox",
            (unsigned long long)number);
    else if (rc == DHK_OK && (r->state == DHK_REVIEW ||
                                 (r->state == DHK_WAITING && r->tries == 0)))
        rc = problem_set(problem, DHK_STATE,
            "signal %llu was not sent: driehoek outbox cancel takes it out",
            (unsigned long long)number);
    else if (rc == DHK_OK &&
             (r->state == DHK_REFUSED || r->state == DHK_CANCELLED))
        rc = problem_set(problem, DHK_STATE,
            "signal %llu went to nobody: there is nothing to withdraw",
            (unsigned long long)number);
    else if (rc != DHK_OK)
        (void)local(problem, rc);
    free(r);
    return rc;
}

/* BEFORE, of signal NUMBER, is not what is wished now. */
static enum dhk_err
conflict(
    struct dhk_problem *problem, uint64_t number, const struct recall *before)
{
    const char *reason = withdrawal_reason_name(before->reason);

    if (recall_is_loose(before))
        return problem_set(problem, DHK_EXISTS,
            "signal %llu is to be corrected by signal %llu (%s) as soon as the "
            "broker has that: driehoek status sends it, driehoek outbox cancel "
            "takes it back",
            (unsigned long long)number, (unsigned long long)before->replacement,
            reason);
    return problem_set(problem, DHK_EXISTS,
        "signal %llu is withdrawn already (%s%s)", (unsigned long long)number,
        reason,
        before->replacement != 0 || before->is_correction ? ", corrected" : "");
}

enum dhk_err
recalls_wish(struct store_txn *t, uint64_t number, const struct recall *wish,
    struct dhk_problem *problem)
{
    struct recall before;
    enum dhk_err rc = check_record(t, number, problem);

    if (rc != DHK_OK)
        return rc;
    rc = recall_now(t, number, &before);
    if (rc == DHK_OK && before.state != RECALL_VOID)
        return before.reason == wish->reason &&
                       before.replacement == wish->replacement
                   ? DHK_OK
                   : conflict(problem, number, &before);
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        rc = recall_put(t, number, wish);
    return local(problem, rc);
}

enum dhk_err
recalls_withdraw(struct dhk_node *node, uint64_t number, const char *reason,
    struct dhk_problem *problem)
{
    struct recall wish = {.state = RECALL_WAITING,
        .reason = withdrawal_reason_of(slice_str(reason))};
    struct store_txn *t = NULL;
    enum dhk_err rc = node_outbox(node, problem);

    if (rc != DHK_OK)
        return rc;
    if (wish.reason == WITHDRAWAL_NONE)
        return problem_set(
            problem, DHK_FORMAT, "there is no reason %s", reason);
    rc = local(problem, outbox_begin(&t, node->outbox, true));
    if (rc == DHK_OK)
        rc = recalls_wish(t, number, &wish, problem);
    if (rc == DHK_OK)
        return local(problem, outbox_commit_now(node->outbox, &t));
    store_abort(&t);
    return rc;
}
