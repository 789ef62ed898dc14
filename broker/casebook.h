/* SPDX-License-Identifier: EUPL-1.2
 *
 * What partners are shown of cases: the statements that make a course, which
 * cases there are, and what waits for their approval. They fetch it; nothing of
 * it is pushed. In TABLE_LAST: 'k' | partner | 0 | case -> index of the last
 * statement about it that concerns the partner; without a partner: of all. */
#ifndef BROKER_CASEBOOK_H
#define BROKER_CASEBOOK_H

#include "command.h"
#include "course.h"
#include "host/store.h"

struct core;
struct peer;

/* SAID was recorded: whom it concerns finds its case changed. */
DHK_MUST_USE enum dhk_err casebook_note(
    struct core *c, const struct course_said *said);
/* GET course, cases or waiting of P. DHK_DENIED: not in this mode. DHK_FORMAT:
 * an id of another length. */
DHK_MUST_USE enum dhk_err casebook_get(
    struct core *c, const struct peer *p, const struct command *cmd);

/* Whether PARTNER may see SAID, stated by everybody's auditor if ALL. COURSE is
 * that of the case, which has begun. */
bool casebook_may_see(const struct core *c, const struct course *course,
    const struct course_said *said, bool all, struct slice partner);

/* --- for fsck --- */
enum { CASEBOOK_KEY = 1 + LIMIT_NAME + 1 + STATEMENT_CASE };
struct slice casebook_key(uint8_t mem[CASEBOOK_KEY], struct slice partner,
    const uint8_t case_handle[STATEMENT_CASE]);

#endif
