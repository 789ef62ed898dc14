/* SPDX-License-Identifier: EUPL-1.2
 *
 * Connecting for a case, with what became of signals that were sent. */
#include "cmd_case.h"

#include "node.h"
#include "outbox.h"
#include "told.h"

/* Whether this node has sent anything that could have an outcome. */
static bool
has_sent(const struct dhk_node *node)
{
    struct outbox *o = NULL;
    bool has = outbox_peek(&o, node) != DHK_NOTFOUND;

    outbox_close(&o);
    return has;
}

enum dhk_err
cmd_case_connect(struct dhk_node *node, unsigned modes, int timeout_ms,
    struct dhk_problem *problem)
{
    enum dhk_err rc = DHK_EXISTS;

    if (has_sent(node))
        rc = dhk_connect(node, modes | DHK_SEND, timeout_ms, problem);
    if (rc == DHK_OK)
        rc = told_all(node, timeout_ms, problem);
    /* who looks at the outbox from here on, looks from beside */
    outbox_close(&node->outbox);
    if (rc != DHK_EXISTS)
        return rc;
    *problem = (struct dhk_problem){""};
    return dhk_connect(node, modes, timeout_ms, problem);
}
