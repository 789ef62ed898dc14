/* SPDX-License-Identifier: EUPL-1.2 */
#include "pick.h"

void
pick_init(struct pick *p, const struct index *ix, struct store_txn *t,
    const struct query *q, struct slice viewer)
{
    struct term term[TERM_FILTERS];
    const struct term seen = term_of(TERM_SEEN, viewer),
                      all = term_of(TERM_ALL, slice_of(NULL, 0));
    size_t n = query_is_filtered(q) ? term_of_query(term, q) : 0;

    p->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct pick_group *g = &p->group[p->n++];
        g->n = 1;
        index_walk_init(&g->walk[0], ix, t, &term[i]);
    }
    if (viewer.n == 0)
        return;
    struct pick_group *g = &p->group[p->n++];
    g->n = 2;
    index_walk_init(&g->walk[0], ix, t, &seen);
    index_walk_init(&g->walk[1], ix, t, &all);
}

static enum dhk_err
group_next(struct pick_group *g, uint64_t from, uint64_t until, uint64_t *found)
{
    enum dhk_err got = DHK_NOTFOUND;

    for (size_t i = 0; i < g->n; i++) {
        uint64_t at;
        enum dhk_err rc = index_walk_next(&g->walk[i], from, until, &at);
        if (rc == DHK_NOTFOUND)
            continue;
        if (rc != DHK_OK)
            return rc;
        /* the next walk must come before this */
        *found = until = at;
        got = DHK_OK;
    }
    return got;
}

enum dhk_err
pick_next(struct pick *p, uint64_t from, uint64_t until, uint64_t *found)
{
    size_t agree = 0, i = 0;

    if (from >= until)
        return DHK_NOTFOUND;
    while (agree < p->n) {
        uint64_t at = from;
        enum dhk_err rc = group_next(&p->group[i], from, until, &at);
        if (rc != DHK_OK)
            return rc;
        agree = at == from ? agree + 1 : 1;
        from = at;
        i = (i + 1) % p->n;
    }
    *found = from;
    return DHK_OK;
}
