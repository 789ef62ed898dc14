/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a person is told who looks at one broker of a node and means another. */
#ifndef CLIENTS_ELSEWHERE_H
#define CLIENTS_ELSEWHERE_H

#include "cli.h"

/* The signal of NODE's outbox that WORD, its number or its id, names; it lives
 * until the next look at the outbox. NULL: the command ends with *EXIT, and it
 * is said where the id was sent, that numbers are per broker, or, after LEAD,
 * just WORD. Reads the other brokers' outboxes for that, beside whoever works
 * with them. */
const struct dhk_sent *elsewhere_find(const struct cli *cli,
    struct dhk_node *node, const char *lead, const char *word,
    enum cli_exit *exit);
/* A line on standard output about the other brokers, when there are any. */
void elsewhere_print(const struct dhk_node *node);

#endif
