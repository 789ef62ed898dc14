/* SPDX-License-Identifier: EUPL-1.2
 *
 * One decision for each cell, and who and what it is about. */
#include "kindroutes.h"

#include <stdlib.h>
#include <string.h>

#include "cells.h"

enum { FIRST_CAP = 64 };

static int
order(const void *x, const void *y)
{
    const struct kindroute *a = x, *b = y;

    return a->kind != b->kind         ? a->kind - b->kind
           : a->purpose != b->purpose ? a->purpose - b->purpose
           : a->ground != b->ground   ? a->ground - b->ground
                                      : a->recipient - b->recipient;
}

static enum dhk_err
add(struct kindroutes *r, const struct kindroute *one)
{
    for (size_t i = 0; i < r->n; i++) {
        if (order(&r->list[i], one) == 0) {
            r->list[i].fields |= one->fields;
            return DHK_OK;
        }
    }
    if (r->n == r->cap) {
        size_t cap = r->cap == 0 ? FIRST_CAP : 2 * r->cap;
        struct kindroute *more = reallocarray(r->list, cap, sizeof *more);
        if (more == NULL)
            return DHK_NOMEM;
        r->list = more;
        r->cap = cap;
    }
    r->list[r->n++] = *one;
    return DHK_OK;
}

/* The values of DIMENSION that the cell holds, in the agreement's numbers. */
static size_t
values(uint16_t out[CELLS_VALUES], const struct cells *c,
    const struct cells_cell *cell, size_t dimension)
{
    size_t n = 0;

    for (size_t v = 0; v < cells_values(c, dimension); v++) {
        int64_t i = cells_has(&cell->set[dimension], v)
                        ? cells_value_index(c, 0, dimension, v)
                        : -1;
        if (i >= 0)
            out[n++] = (uint16_t)i;
    }
    return n;
}

/* Everybody of the cell but the sender, on each purpose and ground of it. */
static enum dhk_err
add_cell(struct kindroutes *r, const struct cells *c,
    const struct cells_cell *cell, uint32_t fields)
{
    uint16_t to[CELLS_VALUES], purpose[CELLS_VALUES], ground[CELLS_VALUES];
    size_t to_n = values(to, c, cell, CELLS_RECIPIENT);
    size_t purposes = values(purpose, c, cell, CELLS_PURPOSE);
    size_t grounds = values(ground, c, cell, CELLS_GROUND);
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < to_n * purposes * grounds; i++) {
        struct kindroute one = {.kind = cell->request->kind,
            .recipient = to[i % to_n],
            .purpose = purpose[i / to_n % purposes],
            .ground = ground[i / to_n / purposes],
            .fields = fields};
        rc = add(r, &one);
    }
    return rc;
}

static bool
is_of(const struct cells *c, const struct cells_cell *cell, int sender)
{
    uint16_t from[CELLS_VALUES];
    size_t n = values(from, c, cell, CELLS_SENDER);

    for (size_t i = 0; i < n; i++) {
        if (from[i] == sender)
            return true;
    }
    return false;
}

enum dhk_err
kindroutes_find(struct kindroutes *out, const struct agreement *a, int sender)
{
    struct cells *c;
    struct cells_cell cell;
    struct decision d;
    enum dhk_err rc, end;

    memset(out, 0, sizeof *out);
    if (sender < 0)
        return DHK_OK;
    rc = cells_new(&c, a, NULL);
    if (rc != DHK_OK)
        return rc;
    while (rc == DHK_OK && cells_next(c, &cell)) {
        if (!is_of(c, &cell, sender))
            continue;
        evaluate(&d, a, cell.request);
        if (d.verdict != VERDICT_DENY)
            rc = add_cell(out, c, &cell, d.fields);
    }
    end = cells_end(c);
    cells_destroy(&c);
    /* nobody gives anything to himself */
    for (size_t i = 0; i < out->n;) {
        if (out->list[i].recipient == sender)
            out->list[i] = out->list[--out->n];
        else
            i++;
    }
    if (out->n > 0)
        qsort(out->list, out->n, sizeof *out->list, order);
    return rc != DHK_OK ? rc : end;
}

void
kindroutes_done(struct kindroutes *r)
{
    free(r->list);
    memset(r, 0, sizeof *r);
}

const struct kindroute *
kindroutes_first(const struct kindroutes *r, size_t kind)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->list[i].kind == kind)
            return &r->list[i];
    }
    return NULL;
}

const struct kindroute *
kindroutes_next(const struct kindroutes *r, const struct kindroute *after)
{
    const struct kindroute *next = after;

    while (++next < r->list + r->n && next->kind == after->kind) {
        if (next->purpose != after->purpose || next->ground != after->ground)
            return next;
    }
    return NULL;
}

uint32_t
kindroutes_fields(const struct kindroutes *r, const struct kindroute *route,
    uint16_t recipient)
{
    struct kindroute one = *route;

    one.recipient = recipient;
    for (size_t i = 0; i < r->n; i++) {
        if (order(&r->list[i], &one) == 0)
            return r->list[i].fields;
    }
    return 0;
}
