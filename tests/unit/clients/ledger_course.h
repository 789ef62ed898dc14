/* SPDX-License-Identifier: EUPL-1.2
 *
 * Ledgers of cases for tests, made entry by entry: four weighers, other
 * parties, an agreement whose rules test what the broker computes and ask for
 * approvals. The caller says what core writes, true or not; statements and
 * answers are signed as they should be. */
#ifndef UNIT_CLIENTS_LEDGER_COURSE_H
#define UNIT_CLIENTS_LEDGER_COURSE_H

#include "ledger_make.h"
#include "statement.h"

/* The first three weigh. */
enum { BURGER, AGENT, JURIST, COLLEGE, HULP, LEDGER_PARTIES };
enum { LEDGER_TERM = 30 * 86400 };

struct ledger_course;

struct ledger_course *ledger_course_new(bool partial);
/* Ends it; OUT as ledger_make() has it. */
void ledger_course_end(struct ledger_course **c, struct ledger_made *out);

/* A statement by WHO about the case, signed and recorded as core would. SAID:
 * what, until, partner, about, ref, code; the rest is filled in. Returns its
 * index. */
uint64_t ledger_state(
    struct ledger_course *c, int who, const struct statement *said);
/* The same of one that has nothing but WHAT and, where it has one, CODE and a
 * term. */
uint64_t ledger_act(
    struct ledger_course *c, int who, enum act what, unsigned code);
/* From a report to the unanimous judgement, by all weighers. */
void ledger_judge(struct ledger_course *c);
/* All weighers designate WHO. */
void ledger_designate(struct ledger_course *c, int who);
/* The next statement is recorded with another role, number of weighers,
 * agreement, time of its card or signature. */
enum ledger_lie {
    LIE_NONE,
    LIE_AS,
    LIE_OF,
    LIE_AGREEMENT,
    LIE_CARD_TIME,
    LIE_SIGNATURE,
};
void ledger_lie(struct ledger_course *c, enum ledger_lie lie);
/* Time passes. */
void ledger_later(struct ledger_course *c, uint64_t seconds);
/* Another case from here on; one of that number. */
void ledger_other_case(struct ledger_course *c);
void ledger_case(struct ledger_course *c, uint32_t number);

struct ledger_fact {
    const char *name;
    const char *value; /* "yes", "no", a name; NULL: unknown */
};
struct ledger_share {
    int from, to;
    const char *kind;
    const char *rule;
    uint32_t fields;            /* 0: 1 */
    struct ledger_fact fact[4]; /* what core states; name NULL: no more */
    unsigned count;             /* approvals that it waits for; 0: none */
    int of[LEDGER_PARTIES];     /* of these; ... */
    size_t of_n;
    bool at_once;   /* it does not say that it waits */
    uint8_t id[32]; /* is set */
};
/* A signal, accepted, and its share; returns the share's index. */
uint64_t ledger_put_share(struct ledger_course *c, struct ledger_share *s);
/* The recipient takes it. */
void ledger_take_share(struct ledger_course *c, uint64_t share);
void ledger_release(
    struct ledger_course *c, uint64_t share, const uint64_t *stated, size_t n);
void ledger_return(
    struct ledger_course *c, uint64_t share, enum entry_code code);
void ledger_expire(struct ledger_course *c, uint64_t share);

#endif
