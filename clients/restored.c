/* SPDX-License-Identifier: EUPL-1.2 */
#include "restored.h"

#include "heads.h"
#include "session.h"

#include <string.h>

static enum dhk_err
waits(struct dhk_problem *problem)
{
    return problem_set(problem, DHK_NOTFOUND,
        "the broker's store was put back from a backup: it takes and gives "
        "nothing until a quorum of the cosigners has connected and shown what "
        "they verified last. This node has shown its head; try again later");
}

static enum dhk_err
is_closed(struct dhk_node *node, struct slice note, struct dhk_problem *problem)
{
    struct checkpoint cp = {.size = 0};
    enum dhk_err rc = heads_saw(node->heads, note, problem);

    if (rc == DHK_OK)
        rc = checkpoint_open(&cp, note, NULL, NULL);
    if (rc != DHK_OK)
        return rc;
    return problem_set(problem, DHK_DENIED,
        "this ledger was closed for good at %llu entries: the broker's store "
        "was put back from a backup that lacks what was signed. Join the one "
        "that goes on, which a newly signed roster names (driehoek join), and "
        "send again what has no receipt; this node keeps what it knows of both",
        (unsigned long long)cp.size);
}

/* SHOW the newest head; the older one of the broker is to be expected, another
 * one of the same size is not. */
static enum dhk_err
show_head(struct dhk_node *node, struct slice theirs, int timeout_ms,
    struct dhk_problem *problem)
{
    uint8_t mem[LIMIT_CHECKPOINT];
    struct slice last = heads_last_note(node->heads);
    struct command show = {.type = COMMAND_SHOW}, reply;
    enum dhk_err rc =
        theirs.n == 0 ? DHK_OK : heads_saw(node->heads, theirs, problem);

    if (rc != DHK_OK || last.n == 0 || last.n > sizeof mem)
        return rc;
    memcpy(mem, last.p, last.n);
    show.bytes = slice_of(mem, last.n);
    rc = session_request(node->session, &show, &reply, timeout_ms, problem);
    if (rc == DHK_OK && reply.type != COMMAND_ANSWERED)
        rc = problem_set(problem, DHK_FORMAT, "no answer to a head");
    return rc;
}

enum dhk_err
restored_greet(struct dhk_node *node, struct command *welcome,
    restored_hello *hello, uint64_t until, struct dhk_problem *problem)
{
    uint64_t now = clock_monotonic_ms(node->clock);
    int left = now >= until ? 0 : (int)(until - now);
    enum dhk_err rc = DHK_OK;

    if ((welcome->flags & COMMAND_FLAG_CLOSED) == 0) {
        rc = show_head(node, welcome->bytes, left, problem);
        if (rc == DHK_OK) /* ours may have been the last that was waited for */
            rc = hello(node, welcome, until, problem);
    }
    if (rc != DHK_OK || welcome->flags == 0)
        return rc;
    return (welcome->flags & COMMAND_FLAG_CLOSED) != 0
               ? is_closed(node, welcome->bytes, problem)
               : waits(problem);
}
