/* SPDX-License-Identifier: EUPL-1.2
 *
 * The cache: places by the first bytes of a handle, which is random; of the few
 * that a case may be in, the one that was not used for longest is given up. */
#include "courses.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "table.h"

enum { WAYS = 4, SETS = 128, KEY = STATEMENT_CASE + SEAL_HASH };

struct place {
    struct course *course; /* NULL: free */
    uint64_t used;
};
struct courses {
    struct place place[SETS][WAYS];
    uint64_t uses;
    struct entry entry; /* being read */
    uint64_t *index;    /* of the statements of one case */
    size_t n, cap;
    bool no_memory; /* for more of them */
};

enum dhk_err
courses_new(struct courses **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? DHK_NOMEM : DHK_OK;
}

void
courses_forget(struct courses *cs)
{
    for (size_t i = 0; i < SETS; i++) {
        for (size_t k = 0; k < WAYS; k++) {
            free(cs->place[i][k].course);
            cs->place[i][k].course = NULL;
        }
    }
}

void
courses_destroy(struct courses **cs)
{
    if (*cs == NULL)
        return;
    courses_forget(*cs);
    free((*cs)->index);
    free(*cs);
    *cs = NULL;
}

void
courses_role(const struct core *c, struct course_said *said)
{
    const struct agreement *a = force_agreement(&c->force);
    int party = a == NULL ? -1 : agreement_party(a, said->partner);

    said->as = party < 0 ? 0 : ACT_BY_PARTY;
    said->of = a == NULL ? 0 : (unsigned)a->signatories_n;
    memset(said->agreement, 0, sizeof said->agreement);
    if (a == NULL)
        return;
    memcpy(said->agreement, c->force.agreement_text.sha256,
        sizeof said->agreement);
    for (size_t i = 0; party >= 0 && i < a->signatories_n; i++) {
        if (a->signatories[i] == party)
            said->as |= ACT_BY_WEIGHER;
    }
}

bool
courses_is_weigher(const struct core *c, struct slice partner)
{
    struct course_said said = {.partner = partner};

    courses_role(c, &said);
    return (said.as & ACT_BY_WEIGHER) != 0;
}

/* --- from the store --- */

static bool
add_index(struct courses *cs, uint64_t index)
{
    if (cs->n == cs->cap) {
        size_t cap = cs->cap == 0 ? 64 : 2 * cs->cap;
        uint64_t *more = realloc(cs->index, cap * sizeof *more);
        cs->no_memory = more == NULL;
        if (more == NULL)
            return false;
        cs->index = more;
        cs->cap = cap;
    }
    cs->index[cs->n++] = index;
    return true;
}

struct gathering {
    struct courses *cs;
    const uint8_t *handle;
    bool damaged;
};

static bool
gather(void *ctx, struct slice key, struct slice value)
{
    struct gathering *g = ctx;

    if (key.n != KEY || value.n != 8) {
        g->damaged = true;
        return false;
    }
    return memcmp(key.p, g->handle, STATEMENT_CASE) == 0 &&
           add_index(g->cs, bytes_get_u64(value.p));
}

static int
ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

enum dhk_err
courses_statements(struct core *c, const uint8_t case_handle[STATEMENT_CASE],
    const uint64_t **list, size_t *n)
{
    struct courses *cs = c->courses;
    struct gathering g = {.cs = cs, .handle = case_handle};

    cs->n = 0;
    cs->no_memory = false;
    enum dhk_err rc = store_each(c->txn, TABLE_STATED,
        slice_of(case_handle, STATEMENT_CASE), gather, &g);
    if (rc == DHK_OK)
        rc = cs->no_memory ? DHK_NOMEM : g.damaged ? DHK_FORMAT : DHK_OK;
    if (rc == DHK_OK && cs->n > 1)
        qsort(cs->index, cs->n, sizeof *cs->index, ascending);
    *list = cs->index;
    *n = cs->n;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
courses_read(struct course_said *said, struct statement *s,
    const struct entry *e, uint64_t index)
{
    const struct entry_stated *x = &e->u.stated;

    if (e->kind != ENTRY_STATED ||
        statement_from_body(s, x->body, x->signature, NULL) != DHK_OK)
        return DHK_FORMAT;
    *said = (struct course_said){.s = s,
        .partner = x->partner,
        .as = x->as,
        .of = x->of,
        .index = index,
        .time = e->time};
    memcpy(said->agreement, x->agreement, sizeof said->agreement);
    return DHK_OK;
}

/* Makes COURSE, which has begun, from the N statements at LIST. */
static enum dhk_err
replay(struct core *c, struct course *course, const uint64_t *list, size_t n)
{
    struct entry *e = &c->courses->entry;
    struct course_said said;
    struct statement s;

    for (size_t i = 0; i < n; i++) {
        enum dhk_err rc = ledger_entry(c->txn, list[i], e);
        if (rc == DHK_OK)
            rc = courses_read(&said, &s, e, list[i]);
        if (rc == DHK_OK && course_apply(course, &said) != COURSE_OK)
            rc = DHK_FORMAT;
        if (rc != DHK_OK)
            return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    }
    return DHK_OK;
}

/* --- in memory --- */

static struct place *
set_of(struct courses *cs, const uint8_t handle[STATEMENT_CASE])
{
    return cs->place[bytes_get_u64(handle) % SETS];
}

static struct course *
find(struct courses *cs, const uint8_t handle[STATEMENT_CASE])
{
    struct place *set = set_of(cs, handle);

    for (size_t i = 0; i < WAYS; i++) {
        struct course *is = set[i].course;
        if (is == NULL || memcmp(is->case_handle, handle, STATEMENT_CASE) != 0)
            continue;
        set[i].used = ++cs->uses;
        return is;
    }
    return NULL;
}

/* A place for the case, which is given up again by free() and NULL. */
static struct place *
place_for(struct courses *cs, const uint8_t handle[STATEMENT_CASE])
{
    struct place *set = set_of(cs, handle), *best = &set[0];

    for (size_t i = 1; i < WAYS && best->course != NULL; i++) {
        if (set[i].course == NULL || set[i].used < best->used)
            best = &set[i];
    }
    if (best->course == NULL)
        best->course = malloc(sizeof *best->course);
    if (best->course == NULL)
        return NULL;
    best->used = ++cs->uses;
    course_begin(best->course, handle);
    return best;
}

enum dhk_err
courses_get(struct core *c, const uint8_t case_handle[STATEMENT_CASE],
    const struct course **out)
{
    const uint64_t *list;
    size_t n;

    *out = find(c->courses, case_handle);
    if (*out != NULL)
        return DHK_OK;
    enum dhk_err rc = courses_statements(c, case_handle, &list, &n);
    if (rc != DHK_OK || n == 0)
        return rc;
    struct place *p = place_for(c->courses, case_handle);
    if (p == NULL)
        return DHK_NOMEM;
    rc = replay(c, p->course, list, n);
    if (rc == DHK_OK) {
        *out = p->course;
    } else {
        free(p->course);
        p->course = NULL;
    }
    return rc;
}

enum dhk_err
courses_check(struct core *c, const struct course_said *said,
    enum course_verdict *verdict)
{
    const struct course *course;
    enum dhk_err rc = courses_get(c, said->s->case_handle, &course);

    if (rc != DHK_OK)
        return rc;
    if (course != NULL) {
        *verdict = course_check(course, said);
        return DHK_OK;
    }
    struct course *empty = malloc(sizeof *empty);
    if (empty == NULL)
        return DHK_NOMEM;
    course_begin(empty, said->s->case_handle);
    *verdict = course_check(empty, said);
    free(empty);
    return DHK_OK;
}

enum dhk_err
courses_said(struct core *c, const struct course_said *said)
{
    struct course *course = find(c->courses, said->s->case_handle);

    /* when it is not here it is made with SAID */
    return course == NULL || course_apply(course, said) == COURSE_OK
               ? DHK_OK
               : DHK_FORMAT;
}
