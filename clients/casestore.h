/* SPDX-License-Identifier: EUPL-1.2
 *
 * What this node has seen and verified of the course of each case: the STATED
 * entries, in brokers/NAME/courses/HANDLE, locked with the node's store key.
 * They only ever become more. */
#ifndef CLIENTS_CASESTORE_H
#define CLIENTS_CASESTORE_H

#include "node.h"
#include "statement.h"

enum { CASESTORE_ENTRIES = 4096 };

struct casestore_entry {
    uint64_t index;
    uint8_t *bytes; /* owned */
    size_t n;
};
struct casestore {
    int64_t asked;   /* when the broker was asked last, seconds; 0: never */
    uint64_t whole;  /* all up to this index is here; 0: not all may be */
    uint64_t listed; /* as the broker's list of cases was at this statement, it
                        was asked for; 0: not by that list */
    size_t unproved; /* that the broker showed and nobody vouches for */
    struct casestore_entry *entry; /* by ascending index */
    size_t n, cap;
};

/* What is kept of HANDLE; nothing is fine. DHK_AUTH, DHK_FORMAT: the file is
 * damaged. The caller calls casestore_clear() in any case. */
DHK_MUST_USE enum dhk_err casestore_load(struct casestore *out,
    const struct dhk_node *node, const uint8_t handle[STATEMENT_CASE],
    struct dhk_problem *problem);
DHK_MUST_USE enum dhk_err casestore_save(const struct casestore *s,
    const struct dhk_node *node, const uint8_t handle[STATEMENT_CASE],
    struct dhk_problem *problem);
/* Copies BYTES, entry INDEX, into S. DHK_EXISTS: it is there; DHK_AUTH: another
 * one is; DHK_LIMIT: more than a case may have. */
DHK_MUST_USE enum dhk_err casestore_add(
    struct casestore *s, uint64_t index, struct slice bytes);
void casestore_clear(struct casestore *s);

/* Overwrites and removes what is kept of HANDLE; fine when there is nothing. */
DHK_MUST_USE enum dhk_err casestore_forget(const struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], struct dhk_problem *problem);
/* The handles of which something is kept, in malloc()ed memory. */
DHK_MUST_USE enum dhk_err casestore_handles(uint8_t (**list)[STATEMENT_CASE],
    size_t *n, const struct dhk_node *node, struct dhk_problem *problem);

#endif
