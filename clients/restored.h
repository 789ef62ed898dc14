/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker that says in its WELCOME that its store was put back from a backup:
 * it is shown the newest head that this node verified, and may go on once a
 * quorum of cosigners has done so; or the log is closed. */
#ifndef CLIENTS_RESTORED_H
#define CLIENTS_RESTORED_H

#include "command.h"
#include "node.h"

/* Asks and says hello, until UNTIL (monotonic ms). */
typedef enum dhk_err restored_hello(struct dhk_node *node,
    struct command *welcome, uint64_t until, struct dhk_problem *problem);
/* WELCOME has flags. DHK_OK: the head was shown, with it the broker goes on,
 * and *WELCOME is that of another hello, without flags. DHK_NOTFOUND: it waits
 * for others, or is not reached; DHK_DENIED: the log is closed; DHK_STATE: it
 * contradicts what was seen (evidence is kept). PROBLEM says so. */
DHK_MUST_USE enum dhk_err restored_greet(struct dhk_node *node,
    struct command *welcome, restored_hello *hello, uint64_t until,
    struct dhk_problem *problem);

#endif
