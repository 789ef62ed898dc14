/* SPDX-License-Identifier: EUPL-1.2
 *
 * Counting what a replay says; see replay_rows.h. */
#include "replay_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "facts.h"

enum { DAY = 24 * 60 * 60 };

void
replay_rows_week(char out[REPLAY_WEEK], int64_t day)
{
    /* 1970-01-01 was a Thursday; a week is of the year of its Thursday */
    int64_t from_monday = ((day + 3) % 7 + 7) % 7;
    int64_t thursday = day - from_monday + 3;
    int64_t first = 0;
    char text[21];
    char january[16];

    clock_text(text, thursday * DAY);
    (void)snprintf(january, sizeof january, "%.4s-01-01", text);
    (void)clock_parse(&first, january);
    (void)snprintf(out, REPLAY_WEEK, "%.4s-W%02d", text,
        (int)((thursday - first / DAY) / 7 + 1) % 100);
}

static int
compare(const struct replay_row *x, const struct replay_row *y)
{
    int order = strcmp(x->week, y->week);

    if (order == 0)
        order = strcmp(x->from, y->from);
    if (order == 0)
        order = strcmp(x->to, y->to);
    return order != 0 ? order : strcmp(x->kind, y->kind);
}

/* Where the row is, or would be. */
static size_t
place_of(const struct replay_rows *r, const struct replay_row *row)
{
    size_t low = 0;
    size_t high = r->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(&r->list[middle], row) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The rows are in order at all times. */
static struct replay_row *
row_of(struct replay_rows *r, const char *week, const struct replay_change *c)
{
    struct replay_row row = {.from = c->from, .to = c->to, .kind = c->kind};
    struct replay_row *list;
    size_t at;

    (void)snprintf(row.week, sizeof row.week, "%s", week);
    at = place_of(r, &row);
    if (at < r->n && compare(&r->list[at], &row) == 0)
        return &r->list[at];
    list = facts_grow(r->list, r->n, &r->cap, sizeof *list);
    if (list == NULL)
        return NULL;
    r->list = list;
    memmove(&r->list[at + 1], &r->list[at], (r->n - at) * sizeof *r->list);
    r->list[at] = row;
    r->n++;
    return &r->list[at];
}

static void
add_fields(struct replay_fields *out, const struct agreement_kind *kind,
    uint32_t fields)
{
    for (; kind != NULL && fields != 0; fields &= fields - 1) {
        const char *name = kind->fields[__builtin_ctz(fields)].name;
        size_t i = 0;

        while (i < out->n && strcmp(out->name[i], name) != 0)
            i++;
        if (i == out->n && out->n < REPLAY_FIELDS)
            out->name[out->n++] = name;
    }
}

static void
count(struct replay_count *c, uint64_t least, uint64_t most)
{
    c->least += least;
    c->most += most;
}

static void
add_counts(struct replay_counts *n, const struct replay_change *c, bool shared)
{
    const struct simulate_outcome *o = &c->outcome;

    n->shares += shared;
    if (shared)
        count(&n->denied, !o->may_get, o->may_not);
    else
        count(&n->delivered, !o->may_not, o->may_get);
    if (shared && !c->pending)
        count(&n->waiting, !o->may_not && !o->may_wait_not, o->may_wait);
    if (shared && c->pending)
        count(&n->released, !o->may_not && !o->may_wait, o->may_wait_not);
    count(&n->lost, (uint64_t)__builtin_popcount(o->lost_least),
        (uint64_t)__builtin_popcount(o->lost_most));
    count(&n->gained, (uint64_t)__builtin_popcount(o->gained_least),
        (uint64_t)__builtin_popcount(o->gained_most));
}

static bool
is_change(const struct replay_change *c, bool shared)
{
    const struct simulate_outcome *o = &c->outcome;

    return (shared ? o->may_not : o->may_get) || o->lost_most != 0 ||
           o->gained_most != 0 || (shared && !c->pending && o->may_wait) ||
           (shared && c->pending && o->may_wait_not);
}

static enum dhk_err
keep_change(struct replay_rows *r, const struct replay_change *c)
{
    struct replay_change *list =
        facts_grow(r->changes, r->changes_n, &r->changes_cap, sizeof *list);

    if (list == NULL)
        return DHK_NOMEM;
    r->changes = list;
    r->changes[r->changes_n++] = *c;
    return DHK_OK;
}

enum dhk_err
replay_rows_add(struct replay_rows *r, const char *week,
    const struct replay_change *c, bool shared)
{
    bool change = is_change(c, shared);
    struct replay_row *row;

    if (!change && !shared)
        return DHK_OK; /* it did not go, and would not */
    row = row_of(r, week, c);
    if (row == NULL)
        return DHK_NOMEM;
    add_counts(&row->counts, c, shared);
    add_counts(&r->counts, c, shared);
    add_fields(&row->lost, c->was, c->outcome.lost_most);
    add_fields(&row->gained, c->now, c->outcome.gained_most);
    return change ? keep_change(r, c) : DHK_OK;
}

void
replay_rows_done(struct replay_rows *r)
{
    free(r->list);
    free(r->changes);
    memset(r, 0, sizeof *r);
}
