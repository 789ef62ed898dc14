/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of courses on the ledger share: how one ends, and the shares
 * that they are about. */
#ifndef UNIT_CLIENTS_COURSETEST_H
#define UNIT_CLIENTS_COURSETEST_H

#include "ledger_course.h"

#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "ledger_forge.h"

typedef struct ledger_course course;

static inline enum dhk_err
end(course *c, struct verify_result *result, struct verify_fault *fault)
{
    struct ledger_made made;

    ledger_course_end(&c, &made);
    enum dhk_err rc = ledger_verify(&made, NULL, result, fault);
    free(made.bytes);
    return rc;
}

static inline struct verify_result
holds(course *c)
{
    struct verify_result result;
    struct verify_fault fault;

    if (end(c, &result, &fault) != DHK_OK)
        fail_msg("%s", fault.text);
    return result;
}

static inline void
is_found(course *c, const char *why)
{
    struct verify_result result;
    struct verify_fault fault;

    if (end(c, &result, &fault) == DHK_OK)
        fail_msg("nobody noticed: %s", why);
    if (strstr(fault.text, why) == NULL)
        fail_msg("'%s' instead of '%s'", fault.text, why);
}

#define NO_SUCH_ACT "an act that the course does not have"

static inline course *
begun(void)
{
    course *c = ledger_course_new(false);

    ledger_judge(c);
    return c;
}

/* --- the shares that tests share --- */

static inline struct ledger_share
to_member(void)
{
    return (struct ledger_share){.from = AGENT,
        .to = HULP,
        .kind = "bijdrage",
        .rule = "P1",
        .fact = {{"aangewezen", "yes"}}};
}

static inline struct ledger_share
for_two(void)
{
    return (struct ledger_share){.from = JURIST,
        .to = HULP,
        .kind = "bericht",
        .rule = "P2",
        .count = 2,
        .of = {BURGER, AGENT},
        .of_n = 2};
}

static inline struct ledger_share
for_one(void)
{
    return (struct ledger_share){.from = JURIST,
        .to = COLLEGE,
        .kind = "vraag",
        .rule = "P3",
        .fact = {{"bevoegd-gezag-akkoord", "yes"}},
        .count = 1,
        .of = {BURGER, AGENT},
        .of_n = 2};
}

static inline uint64_t
word(course *c, int who, enum act what, uint64_t share)
{
    const struct statement said = {
        .what = what, .about = share, .code = what == ACT_DECLINE ? 1 : 0};

    return ledger_state(c, who, &said);
}

/* Both approve SHARE, and it is let go. */
static inline void
both_approve(course *c, uint64_t share)
{
    uint64_t stated[2] = {word(c, BURGER, ACT_APPROVE, share),
        word(c, AGENT, ACT_APPROVE, share)};

    ledger_release(c, share, stated, 2);
}

#endif
