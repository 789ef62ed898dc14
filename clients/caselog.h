/* SPDX-License-Identifier: EUPL-1.2
 *
 * The courses of all cases of a ledger, made from its STATED entries in their
 * order. What was stated is kept, and the courses of the cases that were looked
 * at last: the others are made again when they are asked for, so that memory
 * follows what was stated and not how many cases there are. */
#ifndef CLIENTS_CASELOG_H
#define CLIENTS_CASELOG_H

#include "course.h"
#include "entry.h"

struct caselog;

DHK_MUST_USE enum dhk_err caselog_new(struct caselog **out);
void caselog_destroy(struct caselog **l);
/* Adds what entry INDEX, STATED, says, of TIME (ms). *VERDICT: what the course
 * of its case makes of it; anything but COURSE_OK, and it is not added. PHASE:
 * of the case before it. DHK_FORMAT: it says nothing; DHK_NOMEM. */
struct caselog_said {
    uint64_t index, time;
    const struct entry_stated *e;
};
DHK_MUST_USE enum dhk_err caselog_add(struct caselog *l,
    const struct caselog_said *said, enum course_verdict *verdict,
    enum act_phase *phase);
/* The course of the case as it is now; *OUT NULL: nothing was stated of it.
 * Borrowed until the next call. */
DHK_MUST_USE enum dhk_err caselog_find(const struct course **out,
    struct caselog *l, const uint8_t case_handle[STATEMENT_CASE]);

#endif
