/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a person has to know without asking: terms of cases that have passed,
 * questions without an answer, statements that were not taken. Counts only. */
#ifndef CLIENTS_ALARM_H
#define CLIENTS_ALARM_H

#include "cli.h"
#include "thread.h"

struct alarm {
    struct thread thread; /* what the questions are about */
    struct thread_question *question;
    size_t n;
    size_t kept; /* shares that are kept too long; of SENT only */
};
/* Before outbox or inbox of NODE are opened. SENT: also the questions that this
 * node asked, and shares that are kept too long, for who reads the outbox
 * anyway. What cannot be read is not counted. */
void alarm_begin(struct alarm *a, const struct dhk_node *node, bool sent);
/* Asks for the courses of cases when a session is ready, and says what there
 * is to say, in one line. Ends A. */
void alarm_tell(struct alarm *a, const struct cli *cli, struct dhk_node *node);

#endif
