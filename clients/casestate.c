/* SPDX-License-Identifier: EUPL-1.2
 *
 * Stating an act: checked here before anything is signed. */
#include "casework.h"

#include "session.h"
#include "statingqueue.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

static void
as_statement(struct statement *out, const struct stating *said, int64_t now)
{
    *out = (struct statement){.what = said->what,
        .until = said->until,
        .made = now,
        .about = said->about,
        .has_ref = said->has_ref,
        .code = said->code};
    memcpy(out->case_handle, said->case_handle, sizeof out->case_handle);
    if (said->partner != NULL)
        out->partner = slice_str(said->partner);
    if (said->has_ref)
        memcpy(out->ref, said->ref, sizeof out->ref);
}

/* Whoever holds the file, or takes part, was shown how that began: it stated
 * that itself, or was named. */
static bool
may_take_part(const struct casework *c, const struct dhk_node *node)
{
    struct slice own = slice_str(node->name);

    for (size_t i = 0; i < c->n; i++) {
        const struct casework_act *a = &c->act[i];
        unsigned what = a->said.what;
        bool begins = what == ACT_REPORT || what == ACT_BRING;
        bool names = what == ACT_ASSIGN || what == ACT_DESIGNATE;
        if ((begins && slice_equal(a->partner, own)) ||
            (names && slice_equal(a->said.partner, own)))
            return true;
    }
    return false;
}

enum course_verdict
casework_check(const struct casework *c, const struct dhk_node *node,
    const struct stating *said)
{
    const struct act_rule *r = act_rule(said->what);
    int64_t now = session_now(node);
    struct course_said what;
    struct statement s;

    as_statement(&s, said, now);
    casework_said(&what, node, &s, now);
    enum course_verdict v = course_check(&c->ahead, &what);
    if (c->whole || v == COURSE_OK || v == COURSE_TERM || r->name == NULL)
        return v;
    unsigned may = what.as | ACT_BY_ANYONE;
    if (may_take_part(c, node))
        may |= ACT_BY_HOLDER | ACT_BY_MEMBER;
    return (r->by & may) == 0 ? COURSE_ROLE : COURSE_OK;
}

static enum dhk_err
denied(const struct casework *c, const struct stating *said,
    enum course_verdict v, struct dhk_problem *problem)
{
    char why[COURSE_WHY];

    course_why(why, v, said->what, c->ahead.phase);
    return problem_set(problem, DHK_DENIED, "%s", why);
}

static enum dhk_err
check(struct dhk_node *node, const struct stating *said,
    struct dhk_problem *problem)
{
    struct casework *c = NULL;
    bool ready = node->session != NULL && session_is_ready(node->session);
    enum dhk_err rc = DHK_OK;

    if (ready)
        rc = casework_ask(node, said->case_handle, problem);
    if (rc == DHK_OK)
        rc = casework_open(&c, node, said->case_handle, problem);
    if (rc != DHK_OK)
        return rc;
    enum course_verdict v = casework_check(c, node, said);
    if (!ready && c->store.asked == 0 && c->waiting == 0 && v == COURSE_PHASE)
        rc = problem_set(problem, DHK_NOTFOUND,
            "the broker cannot be asked, and nothing of this case was seen "
            "here");
    else if (v != COURSE_OK)
        rc = denied(c, said, v, problem);
    casework_close(&c);
    return rc;
}

static bool
is_same(const struct statement *s, const struct stating *said)
{
    struct slice partner =
        said->partner == NULL ? slice_of(NULL, 0) : slice_str(said->partner);

    return s->what == said->what && s->until == said->until &&
           s->code == said->code && s->about == said->about &&
           slice_equal(s->partner, partner) && s->has_ref == said->has_ref &&
           (!said->has_ref || memcmp(s->ref, said->ref, sizeof s->ref) == 0);
}

/* The entry of the newest statement of ours that says SAID; 0: none. */
static uint64_t
find(const struct casework *c, const struct dhk_node *node,
    const struct stating *said)
{
    for (size_t i = c->n - c->waiting; i-- > 0;) {
        const struct casework_act *a = &c->act[i];
        if (is_same(&a->said, said) &&
            slice_equal(a->partner, slice_str(node->name)))
            return a->index;
    }
    return 0;
}

/* The last number that a refused statement has; 0: none was refused. */
static enum dhk_err
last_refused(const struct dhk_node *node, uint64_t *number)
{
    struct stating_refused r;
    enum dhk_err rc;

    *number = 0;
    while ((rc = stating_refused_next(&r, node->broker_dir, *number)) == DHK_OK)
        *number = r.number;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* Whether one that says SAID was refused behind number AFTER. An entry of
 * before that says the same does not make up for it. */
static enum dhk_err
was_refused(bool *refused, const struct dhk_node *node,
    const struct stating *said, uint64_t after)
{
    char folder[NODE_PATH];
    struct statingqueue_item *w = malloc(sizeof *w);
    enum dhk_err rc =
        w == NULL ? DHK_NOMEM : node_path(folder, node->broker_dir, "refused");

    *refused = false;
    while (rc == DHK_OK && !*refused) {
        rc = statingqueue_next(w, folder, &after);
        *refused = rc == DHK_OK &&
                   memcmp(w->said.case_handle, said->case_handle,
                       sizeof said->case_handle) == 0 &&
                   is_same(&w->said, said);
        if (rc == DHK_FORMAT)
            rc = DHK_OK;
    }
    free(w);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* What became of SAID, which does not wait any more. REFUSED: the broker does
 * not take it. */
static enum dhk_err
look_up(struct dhk_node *node, const struct stating *said, bool refused,
    uint64_t *index, struct dhk_problem *problem)
{
    struct casework *c = NULL;
    char why[COURSE_WHY];
    enum dhk_err rc = casework_ask(node, said->case_handle, problem);

    if (rc == DHK_OK)
        rc = casework_open(&c, node, said->case_handle, problem);
    if (rc != DHK_OK)
        return rc;
    *index = refused ? 0 : find(c, node, said);
    if (*index == 0) {
        enum course_verdict v = casework_check(c, node, said);
        course_why(why, v, said->what, c->ahead.phase);
        rc = problem_set(problem, DHK_DENIED, "the broker does not take it: %s",
            v == COURSE_OK ? "the course of the case does not have that, or "
                             "what it names is not there"
                           : why);
    }
    casework_close(&c);
    return rc;
}

enum dhk_err
casework_state(struct dhk_node *node, const struct stating *said,
    uint64_t *index, struct dhk_problem *problem)
{
    size_t waiting = 1;
    uint64_t before = 0;
    bool refused = false;
    enum dhk_err rc = node->trust == NULL || trust_roster(node->trust) == NULL
                          ? problem_set(problem, DHK_STATE,
                                "this node has no roster yet: driehoek join")
                          : check(node, said, problem);

    *index = 0;
    if (rc == DHK_OK)
        rc = last_refused(node, &before);
    if (rc == DHK_OK)
        rc = stating_keep(node, node->broker_dir,
            trust_roster(node->trust)->origin, said, problem);
    if (rc != DHK_OK || node->session == NULL ||
        !session_is_ready(node->session))
        return rc;
    rc = stating_send(node, &waiting, problem);
    if (rc == DHK_NOTFOUND || (rc == DHK_OK && waiting > 0))
        return DHK_OK; /* it is kept, and goes with whatever connects next */
    if (rc == DHK_OK)
        rc = was_refused(&refused, node, said, before);
    return rc == DHK_OK ? look_up(node, said, refused, index, problem) : rc;
}
