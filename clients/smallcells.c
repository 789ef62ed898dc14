/* SPDX-License-Identifier: EUPL-1.2
 *
 * A hidden figure is told by sums alone when, in the graph of rows and columns
 * that hidden cells join, it lies on no cycle; what being 0 or more adds, is
 * found by narrowing bounds until they rest. */
#include "smallcells.h"

#include <stdlib.h>
#include <string.h>

struct audit {
    const struct smallcells *s;
    int64_t *low, *high; /* bounds of every cell */
    size_t *root;        /* of rows, then columns */
};

static size_t
at(const struct smallcells *s, size_t row, size_t column)
{
    return row * s->columns + column;
}

/* --- cycles --- */

static size_t
find(size_t *root, size_t i)
{
    while (root[i] != i)
        i = root[i] = root[root[i]];
    return i;
}

/* Whether the ends of a hidden cell are joined by others. */
static bool
is_on_cycle(struct audit *a, size_t row, size_t column)
{
    const struct smallcells *s = a->s;

    for (size_t i = 0; i < s->rows + s->columns; i++)
        a->root[i] = i;
    for (size_t i = 0; i < s->rows; i++) {
        for (size_t k = 0; k < s->columns; k++) {
            if (s->hidden[at(s, i, k)] && (i != row || k != column))
                a->root[find(a->root, i)] = find(a->root, s->rows + k);
        }
    }
    return find(a->root, row) == find(a->root, s->rows + column);
}

/* Without sums of rows, a cell is told when no other of its column is hidden.
 */
static bool
has_company(const struct smallcells *s, size_t row, size_t column)
{
    for (size_t i = 0; i < s->rows; i++) {
        if (i != row && s->hidden[at(s, i, column)])
            return true;
    }
    return false;
}

/* --- bounds --- */

struct line { /* cells i*step from first; the last is the sum of the others */
    size_t first, step, n;
};

/* Narrows the bounds of a line's cells; returns whether any changed. */
static bool
narrow(struct audit *a, const struct line *line)
{
    int64_t low = 0; /* of the sum of all, the total with a minus */
    int64_t high = 0;
    bool changed = false;

    for (size_t i = 0; i < line->n; i++) {
        size_t c = line->first + i * line->step;
        bool total = i + 1 == line->n;
        low += total ? -a->high[c] : a->low[c];
        high += total ? -a->low[c] : a->high[c];
    }
    /* low <= 0 <= high, and each cell makes up for the rest */
    for (size_t i = 0; i < line->n; i++) {
        size_t c = line->first + i * line->step;
        bool total = i + 1 == line->n;
        int64_t rest_low = low - (total ? -a->high[c] : a->low[c]);
        int64_t rest_high = high - (total ? -a->low[c] : a->high[c]);
        int64_t least = total ? rest_low : -rest_high;
        int64_t most = total ? rest_high : -rest_low;
        if (least > a->low[c]) {
            a->low[c] = least;
            changed = true;
        }
        if (most < a->high[c]) {
            a->high[c] = most;
            changed = true;
        }
        if (changed)
            return true; /* the sums are old: again */
    }
    return false;
}

static void
find_bounds(struct audit *a)
{
    const struct smallcells *s = a->s;
    int64_t most = 1;
    bool changed = true;

    for (size_t i = 0; i < s->rows * s->columns; i++)
        most += (int64_t)s->value[i];
    for (size_t i = 0; i < s->rows * s->columns; i++) {
        a->low[i] = s->hidden[i] ? 0 : (int64_t)s->value[i];
        a->high[i] = s->hidden[i] ? most : (int64_t)s->value[i];
    }
    /* bounds only narrow, and a step of one at least: a limit all the same */
    for (size_t rounds = 0; changed && rounds < 100000; rounds++) {
        changed = false;
        for (size_t k = 0; k < s->columns && !changed; k++)
            changed = narrow(a, &(const struct line){k, s->columns, s->rows});
        for (size_t i = 0; s->has_row_totals && i < s->rows && !changed; i++)
            changed =
                narrow(a, &(const struct line){i * s->columns, 1, s->columns});
    }
}

/* --- both --- */

static bool
is_told(struct audit *a, size_t row, size_t column)
{
    const struct smallcells *s = a->s;
    size_t c = at(s, row, column);
    bool joined = s->has_row_totals ? is_on_cycle(a, row, column)
                                    : has_company(s, row, column);

    return !joined || a->low[c] == a->high[c];
}

static enum dhk_err
begin(struct audit *a, const struct smallcells *s)
{
    size_t n = s->rows * s->columns;

    a->s = s;
    a->low = calloc(n + 1, sizeof *a->low);
    a->high = calloc(n + 1, sizeof *a->high);
    a->root = calloc(s->rows + s->columns + 1, sizeof *a->root);
    return a->low == NULL || a->high == NULL || a->root == NULL ? DHK_NOMEM
                                                                : DHK_OK;
}

static void
end(struct audit *a)
{
    free(a->low);
    free(a->high);
    free(a->root);
}

enum dhk_err
smallcells_is_told(
    bool *out, const struct smallcells *s, size_t row, size_t column)
{
    struct audit a;
    enum dhk_err rc = begin(&a, s);

    *out = true;
    if (rc == DHK_OK) {
        find_bounds(&a);
        *out = is_told(&a, row, column);
    }
    end(&a);
    return rc;
}

/* --- hiding more --- */

static bool
is_total(const struct smallcells *s, size_t row, size_t column)
{
    return row + 1 == s->rows ||
           (s->has_row_totals && column + 1 == s->columns);
}

/* What hiding a cell costs: nothing when it is hidden, and a total most. */
static uint64_t
cost_of(const struct smallcells *s, size_t row, size_t column)
{
    if (s->hidden[at(s, row, column)])
        return 0;
    return s->value[at(s, row, column)] + 1 +
           (is_total(s, row, column) ? UINT64_C(1) << 40 : 0);
}

struct choice {
    uint64_t cost; /* UINT64_MAX: none yet */
    size_t row, column;
};

static void
choose(struct choice *best, uint64_t cost, size_t row, size_t column)
{
    if (cost == 0 || cost >= best->cost)
        return;
    *best = (struct choice){cost, row, column};
}

/* Of the corners opposite to a cell, that of the rectangle which costs least;
 * without sums of rows, the cell of its column. */
static struct choice
opposite(const struct smallcells *s, size_t row, size_t column)
{
    struct choice best = {UINT64_MAX, 0, 0};

    for (size_t i = 0; i < s->rows; i++) {
        if (!s->has_row_totals)
            choose(&best, cost_of(s, i, column), i, column);
        for (size_t k = 0; s->has_row_totals && k < s->columns; k++) {
            if (i != row && k != column)
                choose(&best,
                    cost_of(s, i, k) + cost_of(s, i, column) +
                        cost_of(s, row, k),
                    i, k);
        }
    }
    return best;
}

/* Hides what keeps that cell from being told; false: all is hidden. */
static bool
hide_more(struct smallcells *s, size_t row, size_t column)
{
    struct choice best = opposite(s, row, column);

    for (size_t i = 0; best.cost == UINT64_MAX && i < s->rows; i++) {
        for (size_t k = 0; k < s->columns; k++)
            choose(&best, cost_of(s, i, k), i, k);
        if (best.cost != UINT64_MAX) { /* of other lines: that one alone */
            s->hidden[at(s, best.row, best.column)] = true;
            return true;
        }
    }
    if (best.cost == UINT64_MAX)
        return false;
    s->hidden[at(s, best.row, best.column)] = true;
    s->hidden[at(s, best.row, column)] = true;
    if (s->has_row_totals)
        s->hidden[at(s, row, best.column)] = true;
    return true;
}

/* Looks for one that is told and hides more; false: no more to be done. */
static bool
improve(struct smallcells *s, struct audit *a)
{
    find_bounds(a);
    for (size_t i = 0; i < s->rows; i++) {
        for (size_t k = 0; k < s->columns; k++) {
            if (s->hidden[at(s, i, k)] && s->value[at(s, i, k)] < s->k &&
                is_told(a, i, k) && hide_more(s, i, k))
                return true;
        }
    }
    return false;
}

enum dhk_err
smallcells_hide(struct smallcells *s)
{
    struct audit a;
    enum dhk_err rc = begin(&a, s);

    for (size_t i = 0; i < s->rows * s->columns; i++)
        s->hidden[i] = rc != DHK_OK || s->value[i] < s->k;
    while (rc == DHK_OK && improve(s, &a)) {
    }
    end(&a);
    return rc;
}
