/* SPDX-License-Identifier: EUPL-1.2
 *
 * Courses: whatever is stated in whatever order, nothing is out of bounds,
 * phases come in their order, nobody is a member without designation or office,
 * what is refused changes nothing, and the same statements make the same
 * course. A run that tries nothing in some phase fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "course.h"
#include "fuzz_again.h"

enum { STEP = 9, STEPS = 2000, NOW = 1772000000, DAY = 86400 };

struct step { /* one statement, with what it borrows */
    struct statement s;
    struct course_said said;
    char who[3], partner[3];
};

/* One of four, or of more names than a course can hold. */
static void
name(char out[3], uint8_t b)
{
    unsigned n = b < 160 ? b % 4U : b;

    out[0] = (char)('a' + n % 26);
    out[1] = (char)('a' + n / 26);
    out[2] = '\0';
}

/* One that there is, or one of a few that there are not. */
static enum act
act_of(uint8_t b)
{
    unsigned n = b % 48, a = 0;

    while (a <= ACT_MAX && (act_rule(a)->name == NULL || n-- > 0))
        a++;
    return (enum act)(a <= ACT_MAX ? a : b % (ACT_MAX + 2U));
}

/* The first three of the four weigh; or anything. */
static void
read_role(struct course_said *out, const char *who, const uint8_t b[2])
{
    bool weighs = who[0] < 'd' && who[1] == 'a';

    out->as = weighs ? ACT_BY_PARTY | ACT_BY_WEIGHER : ACT_BY_PARTY;
    out->of = 3;
    if (b[0] >= 192) {
        out->as = b[0] % 4;
        out->of = b[0] / 4 % 16 + 2U;
    }
    memset(out->agreement, b[1] % 64 == 63, sizeof out->agreement);
}

/* A statement of bytes B, at TIME in seconds: with what its act must have, by
 * whomever, under whatever agreement. */
static void
read_step(struct step *x, const uint8_t b[STEP], int64_t time, uint64_t index)
{
    const enum act act = act_of(b[0]);
    const struct act_rule *r = act_rule(act);

    memset(x, 0, sizeof *x);
    name(x->who, b[1]);
    name(x->partner, b[2]);
    x->s.what = act;
    x->s.made = time + (int64_t)b[3] * DAY;
    if ((r->has & ACT_HAS_UNTIL) != 0)
        x->s.until = time + (b[4] % 16 == 15 ? -1 : b[4] % 9 + 1) *
                                (int64_t)r->days * DAY / 8;
    if ((r->has & ACT_HAS_PARTNER) != 0)
        x->s.partner = slice_str(x->partner);
    if ((r->has & (ACT_HAS_ABOUT | ACT_MAY_HAVE_ABOUT)) != 0)
        x->s.about = b[4] / 16;
    x->s.has_ref = (r->has & (ACT_HAS_REF | ACT_MAY_HAVE_REF)) != 0;
    if (x->s.has_ref) {
        x->s.ref[0] = b[5];
        x->s.ref[31] = b[6] / 64;
    }
    x->s.code = r->codes == 0 ? 0 : 1U + b[6] % r->codes;
    x->said = (struct course_said){.s = &x->s,
        .partner = slice_str(x->who),
        .index = index,
        .time = (uint64_t)time * 1000};
    read_role(&x->said, x->who, b + 7);
}

/* --- what must hold ---------------------------------------------------------
 */

static bool
is_over(enum act_phase p)
{
    return p == ACT_PHASE_REJECTED || p == ACT_PHASE_CLOSED ||
           p == ACT_PHASE_DESTROYED;
}

static void
check_order(const struct course *a, const struct course *b)
{
    bool again =
        b->phase == ACT_PHASE_CONFERRED &&
        (a->phase == ACT_PHASE_PLANNED || a->phase == ACT_PHASE_EXECUTED);

    must(b->phase < ACT_PHASES);
    must(b->phase >= a->phase || again);
    if (b->phase == ACT_PHASE_DESTROYED)
        must(is_over(a->phase));
    if (is_over(a->phase))
        must(b->phase == a->phase || b->phase == ACT_PHASE_DESTROYED);
    if (a->phase == ACT_PHASE_REJECTED)
        must(!course_is_case(b) && b->members_n == 0);
    if (course_is_case(b) && !course_is_case(a))
        must(a->phase == ACT_PHASE_WEIGHED && course_is_unanimous(b));
    must(!is_over(b->phase) || (b->closed != 0 && b->proposals_n == 0 &&
                                   b->transfer == 0 && b->review_by == 0));
}

static bool
has_voted(const struct course *c, uint8_t n)
{
    for (uint8_t i = 0; i < c->votes_n; i++) {
        if (c->vote[i].name == n)
            return true;
    }
    return false;
}

static void
check_new_member(
    const struct course *c, const struct course_member *m, const struct step *x)
{
    if (x->s.what == ACT_VOTE)
        must(m->role == 0 && (m->name == c->holder || has_voted(c, m->name)));
    else
        must(x->s.what == ACT_DESIGNATE && m->role == x->s.code &&
             slice_equal(x->s.partner, slice_str(c->name[m->name])));
    must(m->from == x->said.index && m->until == 0);
}

static void
check_members(
    const struct course *a, const struct course *b, const struct step *x)
{
    must(b->members_n <= COURSE_MEMBERS && b->members_n >= a->members_n);
    for (uint8_t i = 0; i < b->members_n; i++) {
        const struct course_member *m = &b->member[i];
        must(m->name < b->names_n);
        must((b->part[m->name / 64] >> m->name % 64 & 1) != 0);
        if (i >= a->members_n)
            check_new_member(b, m, x);
        for (uint8_t k = 0; k < i; k++)
            must(b->member[k].name != m->name || b->member[k].until != 0);
    }
    must(b->members_n == 0 || b->phase >= ACT_PHASE_CASE);
}

static void
check_proposals(const struct course *c)
{
    must(c->proposals_n <= COURSE_PROPOSALS);
    for (uint8_t i = 0; i < c->proposals_n; i++) {
        const struct course_proposal *p = &c->proposal[i];
        must(act_rule(p->act)->all && p->by_n > 0 && p->by_n < c->under_of);
        must(p->partner < c->names_n || p->partner == COURSE_NAMES);
        for (uint8_t k = 0; k < p->by_n; k++)
            must(p->by[k] < c->names_n && memchr(p->by, p->by[k], k) == NULL);
    }
}

static void
check_rest(const struct course *c)
{
    must(c->names_n <= COURSE_NAMES && c->votes_n <= COURSE_WEIGHERS);
    must(c->guests_n <= COURSE_GUESTS && c->terms_n <= COURSE_TERMS &&
         c->items_n <= COURSE_ITEMS);
    must(c->holder < c->names_n || c->holder == COURSE_NAMES);
    must((c->holder == COURSE_NAMES) == (c->phase == ACT_PHASE_NONE));
    must((c->destroyed[0] & ~c->part[0]) == 0 &&
         (c->destroyed[1] & ~c->part[1]) == 0);
    for (uint8_t i = 0; i < c->guests_n; i++)
        must(c->guest[i].desk < c->names_n);
    for (uint8_t i = 0; i < c->terms_n; i++)
        must(c->term[i].name < c->names_n && c->term[i].until > 0);
    must((c->requested == 0) == (c->requested_by == COURSE_NAMES));
}

/* --- walking -----------------------------------------------------------------
 */

static bool
take(struct course *c, const struct step *x)
{
    static struct course before;
    char why[COURSE_WHY];

    before = *c;
    enum course_verdict v = course_check(c, &x->said);
    must(v < COURSE_VERDICTS);
    must(course_apply(c, &x->said) == v);
    course_why(why, v, x->s.what, c->phase);
    must((why[0] == '\0') == (v == COURSE_OK));
    if (v != COURSE_OK) {
        must(memcmp(&before, c, sizeof before) == 0);
        return false;
    }
    check_order(&before, c);
    check_members(&before, c, x);
    check_proposals(c);
    check_rest(c);
    return true;
}

/* How a case may go on; the first byte of the input says which way, and how
 * far: to every phase. */
struct begin {
    enum act act;
    uint8_t days;    /* that pass before it */
    uint8_t b[STEP]; /* but for the act */
};
static const struct begin to_the_end[] = {
    {ACT_REPORT, 0, {0, 3}},
    {ACT_BRING, 0, {0, 3}},
    {ACT_WEIGH, 0, {0, 3}},
    {ACT_VOTE, 0, {0, 0, 0, 0, 0, 1}},
    {ACT_VOTE, 0, {0, 1, 0, 0, 0, 1}},
    {ACT_VOTE, 0, {0, 2, 0, 0, 0, 1}},
    {ACT_ADMIT, 0, {0, 0, 3, 0, 1, 5}}, /* at d */
    {ACT_ADMIT, 0, {0, 1, 3, 0, 1, 5}},
    {ACT_ADMIT, 0, {0, 2, 3, 0, 1, 5}},
    {ACT_DESIGNATE, 0, {0, 0, 161}},
    {ACT_DESIGNATE, 0, {0, 1, 161}},
    {ACT_DESIGNATE, 0, {0, 2, 161}},
    {ACT_TRANSFER, 0, {0, 3, 162, 0, 1}},
    {ACT_INFORM, 0, {0, 0}},
    {ACT_ENRICH, 0, {0, 1}},
    {ACT_CONFER, 0, {0, 2}},
    {ACT_PLAN, 0, {0, 3}},
    {ACT_EXECUTE, 0, {0, 0}},
    {ACT_CLOSE, 0, {0, 0, 0, 0, 1}},
    {ACT_CLOSE, 0, {0, 1, 0, 0, 1}},
    {ACT_CLOSE, 0, {0, 2, 0, 0, 1}},
    {ACT_DESTROYED, 0, {0, 0}},
    {ACT_DESTROYED, 0, {0, 1}},
    {ACT_DESTROYED, 0, {0, 2}},
    {ACT_DESTROYED, 0, {0, 3}},
    {ACT_DESTROYED, 0, {0, 161}},
};
static const struct begin to_a_dissent[] = {
    {ACT_BRING, 0, {0, 3}},
    {ACT_WEIGH, 0, {0, 3}},
    {ACT_VOTE, 0, {0, 0, 0, 0, 0, 1}},
    {ACT_VOTE, 0, {0, 1, 0, 0, 0, 1, 1}},
    {ACT_VOTE, 0, {0, 2, 0, 0, 0, 1}},
};
static const struct begin to_a_lapse[] = {
    {ACT_BRING, 0, {0, 3}},
    {ACT_WEIGH, 0, {0, 3}},
    {ACT_VOTE, 0, {0, 0, 0, 0, 0, 1}},
    {ACT_VOTE, 0, {0, 1, 0, 0, 0, 1}},
    {ACT_LAPSE, 12, {0, 2}},
};
static const struct way {
    const struct begin *begin;
    size_t n;
} ways[] = {
    {to_the_end, sizeof to_the_end / sizeof to_the_end[0]},
    {to_a_dissent, sizeof to_a_dissent / sizeof to_a_dissent[0]},
    {to_a_lapse, sizeof to_a_lapse / sizeof to_a_lapse[0]},
};
enum { WAYS = sizeof ways / sizeof ways[0] };

/* What act_of() reads as ACT. */
static uint8_t
byte_of(enum act act)
{
    uint8_t n = 0;

    for (unsigned a = 0; a < act; a++)
        n += act_rule(a)->name != NULL;
    return n;
}

/* Takes the first statements of the way that FIRST says; how many. */
static size_t
begin_with(struct course *c, struct step *taken, int64_t *time, uint8_t first)
{
    const struct way *w = &ways[first % WAYS];
    size_t n = 0;

    for (; n < first / WAYS % (w->n + 1); n++) {
        uint8_t b[STEP];
        memcpy(b, w->begin[n].b, STEP);
        b[0] = byte_of(w->begin[n].act);
        *time += w->begin[n].days * (int64_t)DAY;
        read_step(&taken[n], b, *time, n + 1);
        must(take(c, &taken[n]));
    }
    return n;
}

/* --- whether the run went everywhere ----------------------------------------
 */

/* Phases in which something of an input was tried. */
static bool tried[ACT_PHASES];

static void
check_tried(void)
{
    bool all = true;

    for (unsigned p = 0; p < ACT_PHASES; p++) {
        if (tried[p])
            continue;
        (void)fprintf(stderr, "nothing was stated in phase %s\n",
            act_phase_name((enum act_phase)p));
        all = false;
    }
    if (!all)
        _exit(1);
}

/* One input that is tried again goes nowhere else. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    for (int i = 1; i < *argc; i++) {
        if (strncmp((*argv)[i], "-max_total_time=", 16) == 0)
            must(atexit(check_tried) == 0);
    }
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t handle[STATEMENT_CASE] = {1};
    static struct course c, again;
    static struct step taken[STEPS];
    int64_t time = NOW;
    size_t n = 0;

    course_begin(&c, handle);
    course_begin(&again, handle);
    if (size > 0)
        n = begin_with(&c, taken, &time, data[0]);
    for (size_t i = 1; i + STEP <= size && n < STEPS; i += STEP) {
        time += (int64_t)(data[i + 8] / 64) * DAY / 4;
        read_step(&taken[n], data + i, time, n + 1);
        tried[c.phase] = true;
        n += take(&c, &taken[n]);
    }
    /* what was taken is all that it takes */
    for (size_t i = 0; i < n; i++) {
        struct course_said said = taken[i].said;
        said.s = &taken[i].s;
        must(course_apply(&again, &said) == COURSE_OK);
    }
    must(memcmp(&c, &again, sizeof c) == 0);
    return 0;
}
