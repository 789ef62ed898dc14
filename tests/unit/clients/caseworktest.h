/* SPDX-License-Identifier: EUPL-1.2
 *
 * The course of one case, as its partners state and see it. */
#ifndef UNIT_CLIENTS_CASEWORKTEST_H
#define UNIT_CLIENTS_CASEWORKTEST_H

#include "casedesk.h"

#include "casework.h"

static inline struct stating
act(enum act what)
{
    struct stating s = {.what = what};

    memcpy(s.case_handle, handle, sizeof s.case_handle);
    if (what == ACT_WEIGH || what == ACT_EMBARGO || what == ACT_CONSENT)
        s.until = days(20);
    s.code = act_rule(what)->codes > 0 ? 1 : 0;
    s.has_ref = what == ACT_VOTE;
    memset(s.ref, 9, s.has_ref ? sizeof s.ref : 0);
    if (what == ACT_DESIGNATE || what == ACT_ASSIGN)
        s.partner = "gemeente";
    return s;
}

/* Partner I states WHAT; the phase at the broker afterwards. */
static inline enum act_phase
states(int i, enum act what)
{
    struct stating s = act(what);
    struct dhk_node *node = talk(i);
    uint64_t index = 0;
    enum dhk_err rc = casework_state(node, &s, &index, &problem);

    if (rc != DHK_OK)
        fail_msg("%s: %d, %s", act_name(what), (int)rc, problem.text);
    assert_int_equal(index, desk.entry[desk.n - 1].index);
    return desk.course.phase;
}

static inline void
denied(int i, const struct stating *s, const char *why)
{
    struct dhk_node *node = talk(i);
    size_t stated = desk.stated;
    uint64_t index = 1;
    enum dhk_err rc = casework_state(node, s, &index, &problem);

    if (rc != DHK_DENIED || strstr(problem.text, why) == NULL)
        fail_msg("%d, %s", (int)rc, problem.text);
    assert_int_equal(index, 0);
    assert_int_equal(desk.stated, stated);
}

static inline enum act_phase
until_case(void)
{
    assert_int_equal(states(RING_POLITIE, ACT_REPORT), ACT_PHASE_REPORTED);
    assert_int_equal(states(RING_POLITIE, ACT_BRING), ACT_PHASE_BROUGHT);
    assert_int_equal(states(RING_OM, ACT_WEIGH), ACT_PHASE_WEIGHED);
    assert_int_equal(states(RING_POLITIE, ACT_VOTE), ACT_PHASE_WEIGHED);
    return states(RING_OM, ACT_VOTE);
}

/* What NODE has of the case. */
static inline struct casework *
seen(struct dhk_node *node)
{
    struct casework *c = NULL;

    ok(casework_open(&c, node, handle, &problem));
    return c;
}

static inline enum act_phase
seen_phase(int i, bool *whole)
{
    struct casework *c = seen(ring->partner[i].node);
    enum act_phase phase = c->course.phase;

    if (whole != NULL)
        *whole = c->whole;
    casework_close(&c);
    return phase;
}

#endif
