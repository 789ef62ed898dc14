/* SPDX-License-Identifier: EUPL-1.2
 *
 * Courses for the tests: an agreement of three weighers (burgemeester, politie,
 * om) and other parties, a clock, and statements that say what is asked of
 * them. */
#ifndef UNIT_PROTO_COURSETEST_H
#define UNIT_PROTO_COURSETEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "course.h"

enum { COURSETEST_NOW = 1772000000, COURSETEST_DAY = 86400 };

struct coursetest {
    struct course c;
    int64_t now;       /* seconds, by the broker */
    uint64_t index;    /* of the last entry */
    uint8_t agreement; /* each byte of the hash of the one in force */
    const char *weighers[COURSE_WEIGHERS + 1]; /* up to a NULL */
};

/* What is said beside act and partner; zeros: the act's own choice. */
struct coursetest_say {
    const char *partner;
    uint64_t about;
    uint8_t ref;  /* each byte */
    int days;     /* of a term; 0: 10 */
    int64_t made; /* 0: now */
    unsigned code;
    bool stranger; /* of no agreement */
};

static inline void
coursetest_begin(struct coursetest *t)
{
    static const uint8_t handle[STATEMENT_CASE] = {7};

    *t = (struct coursetest){.now = COURSETEST_NOW,
        .index = 100,
        .agreement = 1,
        .weighers = {"burgemeester", "politie", "om"}};
    course_begin(&t->c, handle);
}

static inline unsigned
coursetest_weighers(const struct coursetest *t)
{
    unsigned n = 0;

    while (t->weighers[n] != NULL)
        n++;
    return n;
}

static inline bool
coursetest_is_weigher(const struct coursetest *t, const char *who)
{
    for (unsigned i = 0; t->weighers[i] != NULL; i++) {
        if (strcmp(t->weighers[i], who) == 0)
            return true;
    }
    return false;
}

/* A statement of ACT with all that it must have. */
static inline struct statement
coursetest_statement(
    const struct coursetest *t, enum act act, const struct coursetest_say *say)
{
    static const struct coursetest_say nothing;
    const struct coursetest_say *x = say != NULL ? say : &nothing;
    unsigned has = act_rule(act)->has;
    struct statement s = {.what = act, .made = x->made != 0 ? x->made : t->now};

    if ((has & ACT_HAS_UNTIL) != 0)
        s.until =
            t->now + (x->days != 0 ? x->days : 10) * (int64_t)COURSETEST_DAY;
    if ((has & ACT_HAS_PARTNER) != 0)
        s.partner = slice_str(x->partner != NULL ? x->partner : "reclassering");
    if ((has & (ACT_HAS_ABOUT | ACT_MAY_HAVE_ABOUT)) != 0)
        s.about = x->about;
    if ((has & (ACT_HAS_REF | ACT_MAY_HAVE_REF)) != 0) {
        s.has_ref = true;
        memset(s.ref, x->ref, sizeof s.ref);
    }
    if (act_rule(act)->codes != 0)
        s.code = x->code != 0 ? x->code : 1;
    return s;
}

/* WHO says S; checked first, and what was refused changes nothing. */
static inline enum course_verdict
coursetest_put(struct coursetest *t, const char *who, const struct statement *s,
    bool stranger)
{
    static struct course before;
    struct course_said said = {.s = s,
        .partner = slice_str(who),
        .as = ACT_BY_PARTY,
        .of = coursetest_weighers(t),
        .index = t->index + 1,
        .time = (uint64_t)t->now * 1000 + 999};

    memset(said.agreement, t->agreement, sizeof said.agreement);
    if (coursetest_is_weigher(t, who))
        said.as |= ACT_BY_WEIGHER;
    if (stranger)
        said.as = 0;
    before = t->c;
    enum course_verdict v = course_check(&t->c, &said);
    assert_memory_equal(&before, &t->c, sizeof before);
    assert_int_equal(course_apply(&t->c, &said), v);
    if (v != COURSE_OK) {
        assert_memory_equal(&before, &t->c, sizeof before);
        return v;
    }
    t->index++;
    assert_int_equal(t->c.last, t->index);
    assert_int_equal(t->c.acts, before.acts + 1);
    return v;
}

static inline enum course_verdict
coursetest_try(struct coursetest *t, const char *who, enum act act,
    const struct coursetest_say *say)
{
    struct statement s = coursetest_statement(t, act, say);

    return coursetest_put(t, who, &s, say != NULL && say->stranger);
}

/* All weighers one after the other, the last in the list last. */
static inline enum course_verdict
coursetest_all(
    struct coursetest *t, enum act act, const struct coursetest_say *say)
{
    enum course_verdict v = COURSE_OK;

    for (unsigned i = 0; t->weighers[i] != NULL && v == COURSE_OK; i++)
        v = coursetest_try(t, t->weighers[i], act, say);
    return v;
}

#define SAY(...) (&(const struct coursetest_say){__VA_ARGS__})
/* They must be taken. */
#define STATE(t, who, act, ...)                                                \
    assert_int_equal(coursetest_try(t, who, act, SAY(__VA_ARGS__)), COURSE_OK)
#define STATE_ALL(t, act, ...)                                                 \
    assert_int_equal(coursetest_all(t, act, SAY(__VA_ARGS__)), COURSE_OK)
#define REFUSED(t, who, act, verdict, ...)                                     \
    assert_int_equal(coursetest_try(t, who, act, SAY(__VA_ARGS__)), verdict)

/* From nothing to PHASE: gemeente brings it and holds the file. */
static inline void
coursetest_to(struct coursetest *t, enum act_phase phase)
{
    static const enum act moves[] = {
        ACT_INFORM, ACT_ENRICH, ACT_CONFER, ACT_PLAN, ACT_EXECUTE};

    if (phase >= ACT_PHASE_REPORTED)
        STATE(t, "gemeente", ACT_REPORT, 0);
    if (phase >= ACT_PHASE_BROUGHT)
        STATE(t, "gemeente", ACT_BRING, 0);
    if (phase >= ACT_PHASE_WEIGHED)
        STATE(t, "gemeente", ACT_WEIGH, 0);
    if (phase == ACT_PHASE_REJECTED)
        STATE_ALL(t, ACT_VOTE, .code = 2);
    else if (phase >= ACT_PHASE_CASE)
        STATE_ALL(t, ACT_VOTE, .code = 1);
    for (int i = 0; i < 5 && phase <= ACT_PHASE_EXECUTED &&
                    i < (int)phase - ACT_PHASE_CASE;
         i++)
        STATE(t, "politie", moves[i], 0);
    if (phase >= ACT_PHASE_CLOSED)
        STATE_ALL(t, ACT_CLOSE, .days = 1000);
    if (phase == ACT_PHASE_DESTROYED) {
        STATE(t, "burgemeester", ACT_DESTROYED, 0);
        STATE(t, "politie", ACT_DESTROYED, 0);
        STATE(t, "om", ACT_DESTROYED, 0);
        STATE(t, "gemeente", ACT_DESTROYED, 0);
    }
    assert_int_equal(t->c.phase, phase);
}

static inline void
coursetest_at(struct coursetest *t, enum act_phase phase)
{
    coursetest_begin(t);
    coursetest_to(t, phase);
}

static inline struct slice
coursetest_slice(const char *s)
{
    return slice_str(s);
}

#endif
