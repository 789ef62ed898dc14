/* SPDX-License-Identifier: EUPL-1.2 */
#include "caseview.h"

#include "agreement.h"
#include "session.h"
#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
name_of(const struct caseview *v, uint8_t name)
{
    const struct course *c = &v->work->course;
    return name < c->names_n ? c->name[name] : NULL;
}

/* When entry INDEX was made; 0: it is not here. */
static int64_t
time_of(const struct caseview *v, uint64_t index)
{
    for (size_t i = 0; i < v->work->n; i++) {
        if (v->work->act[i].index == index && index != 0)
            return v->work->act[i].time;
    }
    return 0;
}

static void
find_weighers(struct caseview *v, const struct dhk_node *node)
{
    const struct agreement *a =
        node->trust == NULL ? NULL : trust_agreement(node->trust);

    for (size_t i = 0; a != NULL && i < a->signatories_n && i < COURSE_WEIGHERS;
         i++) {
        const char *name = a->parties[a->signatories[i]];
        (void)snprintf(
            v->weigher[v->weighers_n++], sizeof v->weigher[0], "%s", name);
        v->is_weigher = v->is_weigher || strcmp(name, v->own) == 0;
    }
}

/* --- acts --- */

static enum dhk_err
fill_act(struct caseview *v, size_t i)
{
    const struct casework_act *a = &v->work->act[i];
    struct dhk_case_act *out = &v->act[i];
    enum dhk_err rc =
        slice_to_str(a->partner, v->names[2 * i], sizeof v->names[0]);

    if (rc == DHK_OK)
        rc = slice_to_str(
            a->said.partner, v->names[2 * i + 1], sizeof v->names[0]);
    *out = (struct dhk_case_act){.index = a->index,
        .time = a->time,
        .partner = v->names[2 * i],
        .act = act_name(a->said.what),
        .until = a->said.until,
        .named = a->said.partner.n > 0 ? v->names[2 * i + 1] : NULL,
        .about = a->said.about,
        .code = act_code_name(a->said.what, a->said.code),
        .placed = a->verdict == COURSE_OK,
        .missing = a->said.what == ACT_LAPSE && a->verdict == COURSE_OK
                       ? v->votes_missing
                       : NULL};
    if (a->said.has_ref)
        bytes_hex(out->ref, a->said.ref, sizeof a->said.ref);
    if (out->code == NULL && a->said.code != 0) {
        (void)snprintf(v->days[i], sizeof v->days[0], "%u", a->said.code);
        out->code = v->days[i];
    }
    return rc;
}

static enum dhk_err
fill_acts(struct caseview *v)
{
    size_t n = v->work->n;
    enum dhk_err rc = DHK_OK;

    v->act = calloc(n + 1, sizeof *v->act);
    v->names = calloc(2 * n + 1, sizeof *v->names);
    v->days = calloc(n + 1, sizeof *v->days);
    if (v->act == NULL || v->names == NULL || v->days == NULL)
        return DHK_NOMEM;
    for (size_t i = 0; rc == DHK_OK && i < n; i++)
        rc = fill_act(v, i);
    v->pub.acts = v->act;
    v->pub.acts_n = n;
    return rc;
}

/* --- who --- */

static void
fill_members(struct caseview *v)
{
    const struct course *c = &v->work->course;

    for (size_t i = 0; i < c->members_n; i++) {
        const struct course_member *m = &c->member[i];
        v->member[i] = (struct dhk_case_member){.partner = name_of(v, m->name),
            .role =
                m->role == 0 ? "office" : act_code_name(ACT_DESIGNATE, m->role),
            .since = time_of(v, m->from),
            .until = m->until == 0 ? 0 : time_of(v, m->until)};
        if (m->until == 0 && (c->agreed >> i & 1) != 0 && c->transfer != 0) {
            size_t k = 0;
            while (v->agreed[k] != NULL)
                k++;
            v->agreed[k] = v->member[i].partner;
        }
    }
    v->pub.members = v->member;
    v->pub.members_n = c->members_n;
}

bool
caseview_has_voted(const struct caseview *v, const char *partner)
{
    for (size_t i = 0; i < v->pub.votes_n; i++) {
        const char *by = v->vote[i].partner;
        if (by != NULL && strcmp(by, partner) == 0)
            return true;
    }
    return false;
}

static void
fill_votes_missing(struct caseview *v)
{
    const struct course *c = &v->work->course;
    bool lacks = c->phase == ACT_PHASE_WEIGHED || c->lapsed;
    size_t n = 0;

    for (size_t i = 0; lacks && i < v->weighers_n; i++) {
        if (!caseview_has_voted(v, v->weigher[i]))
            v->votes_missing[n++] = v->weigher[i];
    }
    v->pub.votes_missing = v->votes_missing;
    v->pub.lapsed = c->lapsed;
}

static void
fill_votes(struct caseview *v)
{
    const struct course *c = &v->work->course;

    for (size_t i = 0; i < c->votes_n; i++) {
        v->vote[i] =
            (struct dhk_case_vote){.partner = name_of(v, c->vote[i].name),
                .yes = c->vote[i].yes,
                .time = time_of(v, c->vote[i].index)};
        for (size_t k = 0; k < v->pub.acts_n; k++) {
            if (v->act[k].index == c->vote[i].index)
                memcpy(v->vote[i].signal, v->act[k].ref, 65);
        }
    }
    v->pub.votes = v->vote;
    v->pub.votes_n = c->votes_n;
    fill_votes_missing(v);
}

static void
fill_guests(struct caseview *v)
{
    const struct course *c = &v->work->course;

    for (size_t i = 0; i < c->guests_n; i++) {
        const struct course_guest *g = &c->guest[i];
        v->guest[i] = (struct dhk_case_guest){.desk = name_of(v, g->desk),
            .expertise = act_code_name(ACT_ADMIT, g->code),
            .until = g->until,
            .stands =
                g->dismissed == 0 && v->now < g->until && course_is_case(c)};
        bytes_hex(v->guest[i].card, g->card, sizeof g->card);
    }
    v->pub.guests = v->guest;
    v->pub.guests_n = c->guests_n;
}

static bool
has_stated(
    const struct caseview *v, const struct course_proposal *p, const char *name)
{
    for (size_t i = 0; i < p->by_n; i++) {
        if (strcmp(name_of(v, p->by[i]), name) == 0)
            return true;
    }
    return false;
}

static void
fill_proposal(struct caseview *v, size_t i, const struct course_proposal *p)
{
    static const uint8_t none[32];
    struct dhk_case_proposal *out = &v->proposal[i];
    size_t missing = 0;

    *out = (struct dhk_case_proposal){.number = p->index,
        .act = act_name(p->act),
        .named = name_of(v, p->partner),
        .code = act_code_name(p->act, p->code),
        .until = p->until,
        .by = v->by[i],
        .missing = v->missing[i],
        .own = has_stated(v, p, v->own)};
    if (memcmp(p->ref, none, sizeof none) != 0)
        bytes_hex(out->ref, p->ref, sizeof p->ref);
    for (size_t k = 0; k < p->by_n; k++)
        v->by[i][k] = name_of(v, p->by[k]);
    for (size_t k = 0; k < v->weighers_n; k++) {
        if (!has_stated(v, p, v->weigher[k]))
            v->missing[i][missing++] = v->weigher[k];
    }
}

static int
by_number(const void *a, const void *b)
{
    const struct dhk_case_proposal *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void
fill_proposals(struct caseview *v)
{
    const struct course *c = &v->work->course;

    for (size_t i = 0; i < c->proposals_n; i++)
        fill_proposal(v, i, &c->proposal[i]);
    if (c->proposals_n > 0)
        qsort(v->proposal, c->proposals_n, sizeof *v->proposal, by_number);
    v->pub.proposals = v->proposal;
    v->pub.proposals_n = c->proposals_n;
}

static void
fill_destroyed(struct caseview *v)
{
    const struct course *c = &v->work->course;
    size_t n = 0;

    for (uint8_t i = 0; i < c->names_n; i++) {
        if ((c->destroyed[i / 64] >> i % 64 & 1) != 0)
            v->destroyed[n++] = c->name[i];
    }
    v->pub.destroyed = v->destroyed;
}

static void
fill(struct caseview *v)
{
    const struct course *c = &v->work->course;
    struct dhk_case *p = &v->pub;

    memcpy(p->case_handle, v->work->hex, sizeof p->case_handle);
    p->phase = act_phase_name(c->phase);
    p->holder = name_of(v, c->holder);
    p->is_case = course_is_case(c);
    p->embargo = course_has_embargo(c);
    p->takes_part = v->is_weigher || course_takes_part(c, slice_str(v->own));
    p->whole = v->work->whole;
    p->told = c->told;
    p->asked = v->work->store.asked;
    p->destroy_by = c->destroy_by;
    p->closed_for = act_code_name(ACT_CLOSE, c->close_code);
    p->transfer_to = c->transfer != 0 ? name_of(v, c->transfer_to) : NULL;
    p->unproved = v->work->store.unproved;
    p->waiting = v->work->waiting;
    fill_members(v);
    p->agreed = v->agreed;
    fill_votes(v);
    fill_guests(v);
    fill_proposals(v);
    fill_destroyed(v);
    caseview_terms(v);
    p->terms = v->term;
}

enum dhk_err
caseview_make(struct caseview **out, struct dhk_node *node, const char *handle,
    struct dhk_problem *problem)
{
    uint8_t bytes[STATEMENT_CASE];
    struct caseview *v = NULL;
    enum dhk_err rc = bytes_unhex(bytes, sizeof bytes, slice_str(handle));

    *out = NULL;
    if (rc != DHK_OK)
        return problem_set(problem, rc, "a case handle is 32 hex digits");
    v = calloc(1, sizeof *v);
    if (v == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    (void)snprintf(v->own, sizeof v->own, "%s", node->name);
    v->now = session_now(node);
    find_weighers(v, node);
    rc = casework_open(&v->work, node, bytes, problem);
    if (rc == DHK_OK && (rc = fill_acts(v)) != DHK_OK)
        (void)problem_set(problem, rc, "out of memory");
    if (rc == DHK_OK)
        fill(v);
    else
        caseview_destroy(&v);
    *out = v;
    return rc;
}

void
caseview_destroy(struct caseview **v)
{
    if (*v == NULL)
        return;
    casework_close(&(*v)->work);
    free((*v)->act);
    free((*v)->names);
    free((*v)->days);
    free(*v);
    *v = NULL;
}
