/* SPDX-License-Identifier: EUPL-1.2
 *
 * What has to be done about a case, and by when. */
#include "caseview.h"

#include <stdlib.h>
#include <string.h>

/* By office, or because it holds the file. */
static bool
leads(const struct caseview *v)
{
    return v->is_weigher ||
           course_is_holder(&v->work->course, slice_str(v->own));
}

static struct dhk_case_term *
add(struct caseview *v, const char *what, int64_t at, bool own)
{
    static struct dhk_case_term unused;
    size_t n = v->pub.terms_n;

    if (n == CASEVIEW_TERMS)
        return &unused;
    v->term[n] = (struct dhk_case_term){
        .what = what, .at = at, .passed = at <= v->now, .own = own};
    v->pub.terms_n++;
    return &v->term[n];
}

/* To vote; or, once their date has passed, to have it lapse. */
static bool
owes_votes(const struct caseview *v)
{
    bool passed = v->work->course.vote_by <= v->now;

    return (v->is_weigher && !caseview_has_voted(v, v->own)) ||
           (passed && leads(v));
}

static void
add_standing(struct caseview *v, const struct course_term *t)
{
    const char *whose = v->work->course.name[t->name];
    bool own = strcmp(whose, v->own) == 0;
    const char *what = t->act == ACT_CONSENT   ? "consent-ends"
                       : t->act == ACT_EMBARGO ? "embargo-review"
                                               : "refusal-review";
    struct dhk_case_term *term = add(v, what, t->until, own);

    term->partner = whose;
    term->about = t->about;
    term->code = act_code_name(t->act, t->code);
}

static void
add_guests(struct caseview *v)
{
    for (size_t i = 0; i < v->pub.guests_n; i++) {
        const struct dhk_case_guest *g = &v->guest[i];
        if (g->stands)
            add(v, "guest-ends", g->until, false)->partner = g->desk;
    }
}

/* Whoever takes part and has not agreed. */
static bool
owes_agreement(const struct caseview *v)
{
    for (size_t i = 0; v->agreed[i] != NULL; i++) {
        if (strcmp(v->agreed[i], v->own) == 0)
            return false;
    }
    return course_is_member(&v->work->course, slice_str(v->own));
}

/* Whoever took part, was shown something, or has a label of it. */
static bool
owes_destruction(const struct caseview *v)
{
    return !course_is_destroyed_by(&v->work->course, slice_str(v->own));
}

static int
by_date(const void *a, const void *b)
{
    const struct dhk_case_term *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return strcmp(x->what, y->what);
}

void
caseview_terms(struct caseview *v)
{
    const struct course *c = &v->work->course;

    if (c->phase == ACT_PHASE_WEIGHED)
        (void)add(v, "votes", c->vote_by, owes_votes(v));
    if (c->review_by != 0)
        (void)add(v, "review", c->review_by, leads(v));
    for (size_t i = 0; i < c->terms_n; i++)
        add_standing(v, &c->term[i]);
    add_guests(v);
    if (c->destroy_by != 0 &&
        (c->phase == ACT_PHASE_REJECTED || c->phase == ACT_PHASE_CLOSED))
        (void)add(v, "destruction", c->destroy_by, owes_destruction(v));
    if (c->transfer != 0)
        add(v, "transfer-round", c->transfer_by, owes_agreement(v))->partner =
            v->pub.transfer_to;
    if (c->requested != 0)
        (void)add(v, "access-request", c->requested, leads(v));
    if (c->postponed != 0)
        add(v, "notice-review", c->postponed, leads(v))->code =
            act_code_name(ACT_POSTPONE, c->postponed_code);
    if (v->pub.terms_n > 0)
        qsort(v->term, v->pub.terms_n, sizeof *v->term, by_date);
}
