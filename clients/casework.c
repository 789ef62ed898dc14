/* SPDX-License-Identifier: EUPL-1.2 */
#include "casework.h"

#include "agreement.h"
#include "casefetch.h"
#include "cases.h"
#include "entry.h"
#include "session.h"
#include "statingqueue.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

enum { MS = 1000, QUEUED_MAX = 256 };

/* --- roles --- */

unsigned
casework_role(const struct dhk_node *node, unsigned *of)
{
    const struct agreement *a =
        node->trust == NULL ? NULL : trust_agreement(node->trust);

    return casefetch_role(a, slice_str(node->name), of);
}

void
casework_said(struct course_said *out, const struct dhk_node *node,
    const struct statement *s, int64_t time)
{
    const uint8_t *hash =
        node->trust == NULL ? NULL : trust_agreement_hash(node->trust);

    *out = (struct course_said){.s = s,
        .partner = slice_str(node->name),
        .index = INT64_MAX,
        .time = (uint64_t)time * MS};
    out->as = casework_role(node, &out->of);
    if (hash != NULL)
        memcpy(out->agreement, hash, sizeof out->agreement);
}

/* By what the broker shows: weighers, the holder and members see all that can
 * matter to what they state themselves. */
static bool
sees_all(const struct dhk_node *node, const struct course *c)
{
    unsigned of;
    struct slice own = slice_str(node->name);

    return (casework_role(node, &of) & ACT_BY_WEIGHER) != 0 ||
           course_takes_part(c, own);
}

/* --- replay --- */

static void
apply(struct casework *c, const struct entry_stated *e, struct casework_act *a)
{
    struct course_said said = {.s = &a->said,
        .partner = a->partner,
        .as = e->as,
        .of = e->of,
        .index = a->index,
        .time = (uint64_t)a->time * MS};

    memcpy(said.agreement, e->agreement, sizeof said.agreement);
    a->verdict = course_apply(&c->course, &said);
}

static enum dhk_err
replay_entry(struct casework *c, const struct casestore_entry *kept)
{
    struct casework_act *a = &c->act[c->n];
    struct entry *e = malloc(sizeof *e);
    enum dhk_err rc = e == NULL ? DHK_NOMEM : DHK_OK;

    if (rc == DHK_OK)
        rc = entry_decode(e, slice_of(kept->bytes, kept->n), NULL);
    if (rc == DHK_OK && e->kind != ENTRY_STATED)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = statement_from_body(
            &a->said, e->u.stated.body, e->u.stated.signature, NULL);
    if (rc == DHK_OK) {
        a->index = kept->index;
        a->time = (int64_t)(e->time / MS);
        a->partner = e->u.stated.partner;
        apply(c, &e->u.stated, a);
        c->n++;
    }
    free(e);
    return rc;
}

/* What waits is not on the ledger, and may be refused there. */
static void
replay_waiting(struct casework *c, const struct dhk_node *node)
{
    struct course_said said;

    c->ahead = c->course;
    for (size_t i = 0; i < c->waiting; i++) {
        struct casework_act *a = &c->act[c->n + i];

        casework_said(&said, node, &c->queued[i].said, c->queued[i].said.made);
        *a = (struct casework_act){.time = c->queued[i].said.made,
            .partner = said.partner,
            .said = c->queued[i].said,
            .verdict = course_apply(&c->ahead, &said)};
    }
    c->n += c->waiting;
}

static enum dhk_err
read_queue(struct casework *c, const struct dhk_node *node)
{
    char folder[NODE_PATH];
    uint64_t number = 0;
    struct statingqueue_item *w = malloc(sizeof *w);
    enum dhk_err rc = node_path(folder, node->broker_dir, "stated");

    if (w == NULL)
        return DHK_NOMEM;
    while (rc == DHK_OK && c->waiting < QUEUED_MAX) {
        struct statingqueue_item *more;
        rc = statingqueue_next(w, folder, &number);
        if (rc != DHK_OK && rc != DHK_FORMAT)
            break;
        if (rc == DHK_FORMAT ||
            memcmp(w->said.case_handle, c->handle, STATEMENT_CASE) != 0) {
            rc = DHK_OK;
            continue;
        }
        more = reallocarray(c->queued, c->waiting + 1, sizeof *more);
        if (more == NULL) {
            rc = DHK_NOMEM;
            break;
        }
        c->queued = more;
        more[c->waiting++] = *w;
    }
    free(w);
    /* they borrow from where they lie now */
    for (size_t i = 0; i < c->waiting; i++)
        must(statement_decode(&c->queued[i].said,
                 slice_of(c->queued[i].bytes, c->queued[i].n), NULL) == DHK_OK);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
replay(struct casework *c, const struct dhk_node *node)
{
    enum dhk_err rc = read_queue(c, node);

    if (rc != DHK_OK)
        return rc;
    c->act = calloc(c->store.n + c->waiting + 1, sizeof *c->act);
    if (c->act == NULL)
        return DHK_NOMEM;
    course_begin(&c->course, c->handle);
    for (size_t i = 0; rc == DHK_OK && i < c->store.n; i++)
        rc = replay_entry(c, &c->store.entry[i]);
    if (rc != DHK_OK)
        return rc;
    c->whole = sees_all(node, &c->course);
    replay_waiting(c, node);
    return DHK_OK;
}

enum dhk_err
casework_open(struct casework **out, const struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], struct dhk_problem *problem)
{
    struct casework *c = calloc(1, sizeof *c);
    enum dhk_err rc;

    *out = NULL;
    if (c == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    memcpy(c->handle, handle, sizeof c->handle);
    bytes_hex(c->hex, handle, STATEMENT_CASE);
    if (node->broker_dir[0] == '\0')
        rc = problem_set(problem, DHK_STATE, "not joined to a broker");
    else
        rc = casestore_load(&c->store, node, handle, problem);
    if (rc == DHK_OK) {
        rc = replay(c, node);
        if (rc != DHK_OK)
            (void)problem_set(
                problem, rc, "case %s: %s", c->hex, dhk_strerror(rc));
    }
    if (rc != DHK_OK)
        casework_close(&c);
    *out = c;
    return rc;
}

void
casework_close(struct casework **c)
{
    if (*c == NULL)
        return;
    casestore_clear(&(*c)->store);
    free((*c)->act);
    free((*c)->queued);
    free(*c);
    *c = NULL;
}

/* --- asking --- */

/* A weigher is shown all from the first entry on. Others are shown more when
 * they are designated, or given the file: they ask for all again. */
static enum dhk_err
bring_up_to_date(struct casestore *s, struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], struct dhk_problem *problem)
{
    unsigned of;
    bool all = (casework_role(node, &of) & ACT_BY_WEIGHER) != 0;
    enum dhk_err rc =
        casefetch_course(s, node, handle, all ? s->whole : 0, problem);

    if (rc != DHK_OK)
        return rc;
    s->whole =
        all && s->n > 0 && s->unproved == 0 ? s->entry[s->n - 1].index : 0;
    s->asked = session_now(node);
    return DHK_OK;
}

/* A closed case is shielded from the moment that this node learns of it. */
static enum dhk_err
shield_closed(struct dhk_node *node, const uint8_t handle[STATEMENT_CASE],
    struct dhk_problem *problem)
{
    struct casework *c = NULL;
    enum dhk_err rc = casework_open(&c, node, handle, problem);

    if (c != NULL && c->course.phase == ACT_PHASE_CLOSED)
        rc = cases_shield(node, c->hex, problem);
    casework_close(&c);
    return rc;
}

/* C->last 0: the broker's list was not asked. */
static enum dhk_err
ask(struct dhk_node *node, const struct casefetch_case *c,
    struct dhk_problem *problem)
{
    struct casestore s;
    enum dhk_err rc = casestore_load(&s, node, c->handle, problem);

    if (rc == DHK_OK)
        rc = bring_up_to_date(&s, node, c->handle, problem);
    if (rc == DHK_OK && c->last != 0 && s.unproved == 0)
        s.listed = c->last;
    /* a handle that nobody stated anything about is no case yet */
    if (rc == DHK_OK && s.n > 0)
        rc = casestore_save(&s, node, c->handle, problem);
    casestore_clear(&s);
    return rc == DHK_OK ? shield_closed(node, c->handle, problem) : rc;
}

enum dhk_err
casework_ask(struct dhk_node *node, const uint8_t handle[STATEMENT_CASE],
    struct dhk_problem *problem)
{
    struct casefetch_case one = {.last = 0};

    memcpy(one.handle, handle, sizeof one.handle);
    return ask(node, &one, problem);
}

static enum dhk_err
is_older(bool *older, const struct dhk_node *node,
    const struct casefetch_case *c, struct dhk_problem *problem)
{
    struct casestore s;
    enum dhk_err rc = casestore_load(&s, node, c->handle, problem);

    *older = s.listed < c->last;
    casestore_clear(&s);
    return rc;
}

enum dhk_err
casework_ask_all(struct dhk_node *node, struct dhk_problem *problem)
{
    struct casefetch_case *list = NULL;
    size_t n = 0;
    bool older = false;
    enum dhk_err first = DHK_OK, rc = casefetch_cases(&list, &n, node, problem);

    /* one that is not to be believed stands in no other's way */
    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        rc = is_older(&older, node, &list[i], problem);
        if (rc == DHK_OK && older)
            rc = ask(node, &list[i], problem);
        if (rc == DHK_AUTH || rc == DHK_FORMAT) {
            first = rc;
            rc = DHK_OK;
        }
    }
    free(list);
    return rc == DHK_OK ? first : rc;
}

/* --- which cases there are --- */

struct handles {
    uint8_t (*list)[STATEMENT_CASE];
    size_t n;
};

static enum dhk_err
add_handle(struct handles *h, const uint8_t handle[STATEMENT_CASE])
{
    uint8_t(*more)[STATEMENT_CASE];

    for (size_t i = 0; i < h->n; i++) {
        if (memcmp(h->list[i], handle, STATEMENT_CASE) == 0)
            return DHK_OK;
    }
    more = reallocarray(h->list, h->n + 1, sizeof *h->list);
    if (more == NULL)
        return DHK_NOMEM;
    h->list = more;
    memcpy(more[h->n++], handle, STATEMENT_CASE);
    return DHK_OK;
}

static enum dhk_err
add_labelled(
    struct handles *h, struct dhk_node *node, struct dhk_problem *problem)
{
    struct cases_item *list = NULL;
    uint8_t handle[STATEMENT_CASE];
    size_t n = 0;
    enum dhk_err rc = cases_list(&list, &n, node, false, problem);

    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        rc = bytes_unhex(handle, sizeof handle, slice_str(list[i].handle));
        if (rc == DHK_OK)
            rc = add_handle(h, handle);
        else if (rc == DHK_FORMAT)
            rc = DHK_OK;
    }
    cases_free(&list, n);
    return rc;
}

static enum dhk_err
add_waiting(struct handles *h, const struct dhk_node *node)
{
    char folder[NODE_PATH];
    uint64_t number = 0;
    struct statingqueue_item *w = malloc(sizeof *w);
    enum dhk_err next = DHK_OK,
                 rc = w == NULL ? DHK_NOMEM
                                : node_path(folder, node->broker_dir, "stated");

    while (rc == DHK_OK) {
        next = statingqueue_next(w, folder, &number);
        if (next != DHK_OK && next != DHK_FORMAT)
            break;
        if (next == DHK_OK && w->said.what > ACT_RELEASE)
            rc = add_handle(h, w->said.case_handle);
    }
    free(w);
    return rc == DHK_OK && next != DHK_NOTFOUND ? next : rc;
}

enum dhk_err
casework_handles(uint8_t (**list)[STATEMENT_CASE], size_t *n,
    struct dhk_node *node, struct dhk_problem *problem)
{
    struct handles h = {.n = 0};
    enum dhk_err rc = casestore_handles(&h.list, &h.n, node, problem);

    if (rc == DHK_OK)
        rc = add_waiting(&h, node);
    if (rc == DHK_OK)
        rc = add_labelled(&h, node, problem);
    if (rc != DHK_OK) {
        free(h.list);
        h = (struct handles){.n = 0};
    }
    *list = h.list;
    *n = h.n;
    return rc;
}
