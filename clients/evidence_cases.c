/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cases: what was shared and stated of each, and the course that this makes;
 * see evidence.h. Of a partner's part of the ledger no course is made: it may
 * lack statements. */
#include "evidence_inside.h"

#include <stdlib.h>
#include <string.h>

/* --- reading --- */

static void
put_said(struct evidence_stated *out, const struct statement *said)
{
    out->what = said->what;
    out->until = said->until;
    out->made = said->made;
    out->about = said->about;
    out->has_ref = said->has_ref;
    out->code = said->code;
    memcpy(out->ref, said->ref, sizeof out->ref);
    memcpy(out->case_handle, said->case_handle, sizeof out->case_handle);
    memcpy(out->card, said->card, sizeof out->card);
}

enum dhk_err
evidence_said_of_case(
    struct evidence *e, uint64_t index, const struct entry *entry)
{
    const struct entry_stated *s = &entry->u.stated;
    const struct caselog_said in_case = {
        .index = index, .time = entry->time, .e = s};
    struct evidence_stated *list, *out;
    struct statement said;
    enum course_verdict ignored;
    enum act_phase phase;
    enum dhk_err rc = caselog_add(e->inside->cases, &in_case, &ignored, &phase);

    if (rc == DHK_OK)
        rc = statement_from_body(&said, s->body, s->signature, NULL);
    if (rc != DHK_OK)
        return rc;
    list = evidence_grow(e->stated, e->stated_n, &e->stated_cap, sizeof *list);
    if (list == NULL)
        return DHK_NOMEM;
    e->stated = list;
    out = &list[e->stated_n];
    *out = (struct evidence_stated){.index = index,
        .time = entry->time,
        .by = evidence_intern(e, s->partner),
        .all = s->all,
        .as = s->as,
        .of = s->of};
    memcpy(out->agreement, s->agreement, sizeof out->agreement);
    put_said(out, &said);
    if (said.partner.n > 0)
        out->partner = evidence_intern(e, said.partner);
    if (out->by == NULL || (said.partner.n > 0 && out->partner == NULL))
        return DHK_NOMEM;
    e->stated_n++;
    return DHK_OK;
}

/* Who stated the entry at INDEX, or NULL: it is not here. */
static const char *
stated_by(const struct evidence *e, uint64_t index)
{
    for (size_t i = e->stated_n; i-- > 0 && e->stated[i].index >= index;) {
        if (e->stated[i].index == index)
            return e->stated[i].by;
    }
    return NULL;
}

enum dhk_err
evidence_released(struct evidence *e, uint64_t index, const struct entry *entry)
{
    const struct entry_released *r = &entry->u.released;
    struct evidence_share *share = evidence_share(e, r->share);
    struct evidence_release *list, *out;

    list = evidence_grow(
        e->releases, e->releases_n, &e->releases_cap, sizeof *list);
    if (list == NULL)
        return DHK_NOMEM;
    e->releases = list;
    out = &list[e->releases_n++];
    *out = (struct evidence_release){
        .index = index, .time = entry->time, .share = r->share};
    for (size_t i = 0; i < r->n; i++) {
        const char *by = stated_by(e, r->index[i]);
        if (by != NULL)
            out->by[out->n++] = by;
    }
    if (share != NULL && share->release == 0)
        share->release = e->releases_n;
    return DHK_OK;
}

/* --- joining --- */

static int
compare_shares(const void *x, const void *y, void *ctx)
{
    const struct evidence *e = ctx;
    const size_t *a = x, *b = y;
    int order = memcmp(
        e->shares[*a].case_handle, e->shares[*b].case_handle, STATEMENT_CASE);

    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static int
compare_stated(const void *x, const void *y, void *ctx)
{
    const struct evidence *e = ctx;
    const size_t *a = x, *b = y;
    int order = memcmp(
        e->stated[*a].case_handle, e->stated[*b].case_handle, STATEMENT_CASE);

    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static size_t *
in_order(size_t n, int (*compare)(const void *, const void *, void *),
    struct evidence *e)
{
    size_t *order = calloc(n + 1, sizeof *order);

    for (size_t i = 0; order != NULL && i < n; i++)
        order[i] = i;
    if (order != NULL)
        qsort_r(order, n, sizeof *order, compare, e);
    return order;
}

/* The handle of the I-th share by case; NULL: there are fewer. */
static const uint8_t *
handle_of_share(const struct evidence *e, size_t i)
{
    if (i >= e->shares_n)
        return NULL;
    must(e->shares != NULL);
    return e->shares[e->inside->shares_by_case[i]].case_handle;
}

static const uint8_t *
handle_of_stated(const struct evidence *e, size_t i)
{
    if (i >= e->stated_n)
        return NULL;
    must(e->stated != NULL);
    return e->stated[e->inside->stated_by_case[i]].case_handle;
}

/* The handle that comes first of the two; NULL: none is left. */
static const uint8_t *
first_of(const uint8_t *a, const uint8_t *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    return memcmp(a, b, STATEMENT_CASE) <= 0 ? a : b;
}

static bool
is_of(const struct evidence_case *c, const uint8_t *handle)
{
    return handle != NULL && memcmp(handle, c->handle, sizeof c->handle) == 0;
}

static void
fill_cases(struct evidence *e)
{
    size_t share = 0, stated = 0;
    const uint8_t *handle;

    while ((handle = first_of(handle_of_share(e, share),
                handle_of_stated(e, stated))) != NULL) {
        struct evidence_case *c = &e->cases[e->cases_n++];
        memcpy(c->handle, handle, sizeof c->handle);
        c->share = &e->inside->shares_by_case[share];
        c->stated = &e->inside->stated_by_case[stated];
        for (; is_of(c, handle_of_share(e, share)); share++)
            c->n++;
        for (; is_of(c, handle_of_stated(e, stated)); stated++)
            c->stated_n++;
    }
}

const struct evidence_case *
evidence_case(const struct evidence *e, const uint8_t handle[16])
{
    size_t low = 0;
    size_t high = e->cases_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(e->cases[middle].handle, handle, 16) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->cases_n && memcmp(e->cases[low].handle, handle, 16) == 0
               ? &e->cases[low]
               : NULL;
}

/* --- the course --- */

static enum course_verdict
apply(struct course *c, const struct evidence_stated *s)
{
    struct statement said = {.what = s->what,
        .until = s->until,
        .made = s->made,
        .partner = slice_str(s->partner == NULL ? "" : s->partner),
        .about = s->about,
        .has_ref = s->has_ref,
        .code = s->code};
    struct course_said x = {.s = &said,
        .partner = slice_str(s->by),
        .as = s->as,
        .of = s->of,
        .index = s->index,
        .time = s->time};

    memcpy(said.case_handle, s->case_handle, sizeof said.case_handle);
    memcpy(said.ref, s->ref, sizeof said.ref);
    memcpy(x.agreement, s->agreement, sizeof x.agreement);
    return course_apply(c, &x);
}

void
evidence_course(struct course *out, const struct evidence *e,
    const struct evidence_case *c, uint64_t time)
{
    course_begin(out, c->handle);
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = &e->stated[c->stated[i]];
        if (s->time <= time)
            (void)apply(out, s); /* what core had not, has no effect here */
    }
}

/* How the case stands at S, which comes next. */
static void
stand(struct evidence_share *s, const struct course *c)
{
    struct slice from = slice_str(s->from), to = slice_str(s->to);
    int64_t now = (int64_t)(s->time / 1000);

    s->has_course = c->acts > 0;
    s->phase = c->phase;
    s->stood =
        (course_is_member(c, from) ? (unsigned)EVIDENCE_FROM_MEMBER : 0U) |
        (course_is_member(c, to) ? (unsigned)EVIDENCE_TO_MEMBER : 0U) |
        (course_has_consent(c, from, now) ? (unsigned)EVIDENCE_CONSENT : 0U) |
        (course_has_embargo(c) ? (unsigned)EVIDENCE_EMBARGO : 0U) |
        (course_is_admitted(c, to, NULL, now) ? (unsigned)EVIDENCE_ADMITTED
                                              : 0U) |
        (course_is_agreed(c, to) ? (unsigned)EVIDENCE_AGREED : 0U);
}

/* Whether S, the last that was applied, left something to be stated too. */
static bool
is_complete(const struct course *c, const struct evidence_stated *s)
{
    if (!act_rule(s->what)->all)
        return true;
    for (uint8_t i = 0; i < c->proposals_n; i++) {
        const struct course_proposal *p = &c->proposal[i];
        if (p->act == s->what && p->code == s->code && p->until == s->until &&
            memcmp(p->ref, s->ref, sizeof p->ref) == 0 &&
            p->partner ==
                course_name(c, slice_str(s->partner == NULL ? "" : s->partner)))
            return false;
    }
    return true;
}

static void
run(struct evidence *e, struct evidence_case *c)
{
    struct course *course = &e->inside->course;
    size_t next = 0;

    course_begin(course, c->handle);
    for (size_t i = 0; i <= c->n; i++) {
        uint64_t until = i == c->n ? UINT64_MAX : e->shares[c->share[i]].index;
        for (; next < c->stated_n && e->stated[c->stated[next]].index < until;
             next++) {
            struct evidence_stated *s = &e->stated[c->stated[next]];
            s->taken = apply(course, s) == COURSE_OK;
            s->took_effect = s->taken && is_complete(course, s);
            s->phase = course->phase;
        }
        if (i < c->n)
            stand(&e->shares[c->share[i]], course);
    }
}

/* Core took what stands on a ledger of which this is a part. */
static void
believe(struct evidence *e, struct evidence_case *c)
{
    for (size_t i = 0; i < c->stated_n; i++)
        e->stated[c->stated[i]].taken = true;
}

static bool
has_dissent(const struct evidence *e, const struct evidence_case *c)
{
    for (size_t i = 0; i < c->stated_n; i++) {
        if (evidence_is_dissent(&e->stated[c->stated[i]]))
            return true;
    }
    return false;
}

bool
evidence_is_dissent(const struct evidence_stated *s)
{
    return s->taken && s->what == ACT_VOTE && s->code != 1;
}

enum dhk_err
evidence_join_cases(struct evidence *e)
{
    struct evidence_inside *inside = e->inside;

    inside->shares_by_case = in_order(e->shares_n, compare_shares, e);
    inside->stated_by_case = in_order(e->stated_n, compare_stated, e);
    e->cases = calloc(e->shares_n + e->stated_n + 1, sizeof *e->cases);
    if (inside->shares_by_case == NULL || inside->stated_by_case == NULL ||
        e->cases == NULL)
        return DHK_NOMEM;
    fill_cases(e);
    for (size_t i = 0; i < e->cases_n; i++) {
        struct evidence_case *c = &e->cases[i];
        if (!e->complete)
            believe(e, c);
        else if (c->stated_n > 0)
            run(e, c);
        c->has_dissent = has_dissent(e, c);
    }
    return DHK_OK;
}
