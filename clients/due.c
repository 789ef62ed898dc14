/* SPDX-License-Identifier: EUPL-1.2 */
#include "due.h"

#include "cases.h"

#include <stdlib.h>
#include <string.h>

struct handles {
    char (*list)[33];
    size_t n, cap;
};

static enum dhk_err
add_handle(struct handles *h, const char *handle)
{
    for (size_t i = 0; i < h->n; i++) {
        if (strcmp(h->list[i], handle) == 0)
            return DHK_OK;
    }
    if (h->n == h->cap) {
        size_t cap = 2 * h->cap + 1;
        char(*more)[33] = reallocarray(h->list, cap, sizeof *more);
        if (more == NULL)
            return DHK_NOMEM;
        h->list = more;
        h->cap = cap;
    }
    memcpy(h->list[h->n++], handle, sizeof *h->list);
    return DHK_OK;
}

/* Who takes part in no case has no course of it, but what it took. */
static enum dhk_err
find_handles(struct handles *h, struct dhk_node *node,
    const struct thread *taken, struct dhk_problem *problem)
{
    enum dhk_err rc = dhk_case_list(node, &h->list, &h->n, problem);

    h->cap = h->n;
    for (size_t i = 0; rc == DHK_OK && i < taken->n; i++) {
        char handle[2 * STATEMENT_CASE + 1];
        bytes_hex(handle, taken->item[i].case_handle, STATEMENT_CASE);
        rc = add_handle(h, handle);
    }
    return rc;
}

static bool
is_over(const struct dhk_case *c)
{
    for (size_t i = 0; i < c->terms_n; i++) {
        const struct dhk_case_term *t = &c->terms[i];
        if (strcmp(t->what, "destruction") == 0 && t->passed && t->own)
            return true;
    }
    return false;
}

/* The term of the course or the retention, whichever ends first. Who takes part
 * keeps the case until its course ends, and each share for as long as its
 * duties say. *IS: whether OUT, of which the handle is set, is due at all. */
static enum dhk_err
decide(struct due *out, bool *is, struct dhk_node *node,
    const struct retention *r, struct dhk_problem *problem)
{
    const struct dhk_case *c = NULL;
    enum dhk_err rc = dhk_case_get(node, out->handle, &c, problem);

    if (rc != DHK_OK)
        return rc;
    out->whole = is_over(c) || (r->over && !c->takes_part);
    /* of one that was destroyed: what came since */
    if (r->n == 0 && cases_buried(node, out->handle, NULL) != 0)
        out->whole = false;
    *is = out->whole || r->passed > 0;
    dhk_case_end(&c);
    return DHK_OK;
}

enum dhk_err
due_list(struct due **list, size_t *n, struct dhk_node *node,
    const struct thread *taken, int64_t now, struct dhk_problem *problem)
{
    struct handles h = {.n = 0};
    enum dhk_err rc = find_handles(&h, node, taken, problem);
    struct due *made = rc == DHK_OK ? calloc(h.n + 1, sizeof *made) : NULL;

    *n = 0;
    if (rc == DHK_OK && made == NULL)
        rc = problem_set(problem, DHK_NOMEM, "out of memory");
    for (size_t i = 0; made != NULL && rc == DHK_OK && i < h.n; i++) {
        uint8_t bytes[STATEMENT_CASE];
        struct retention r;
        bool is = false;
        memcpy(made[*n].handle, h.list[i], sizeof made->handle);
        rc = bytes_unhex(bytes, sizeof bytes, slice_str(h.list[i]));
        retention_of(&r, taken, bytes, now);
        if (rc == DHK_OK)
            rc = decide(&made[*n], &is, node, &r, problem);
        *n += is ? 1 : 0;
    }
    free(h.list);
    *list = rc == DHK_OK ? made : NULL;
    *n = rc == DHK_OK ? *n : 0;
    if (rc != DHK_OK)
        free(made);
    return rc;
}
