/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a person is told who looks at one broker of a node and means another. */
#ifndef CLIENTS_ELSEWHERE_H
#define CLIENTS_ELSEWHERE_H

#include "cli.h"

/* Says that NODE's outbox has no signal WORD, its number or its id: where the
 * id was sent, that numbers are per broker, or, after LEAD, just WORD. Reads
 * the other brokers' outboxes, beside whoever works with them. */
void elsewhere_say(const struct cli *cli, const struct dhk_node *node,
    const char *lead, const char *word);
/* A line on standard output about the other brokers, when there are any. */
void elsewhere_print(const struct dhk_node *node);

#endif
