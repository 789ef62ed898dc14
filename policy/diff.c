/* SPDX-License-Identifier: EUPL-1.2
 *
 * Both agreements decide one request of each cell that either permits; see
 * diff.h. Cells that change alike are united, so that what a change is has to
 * be written down in a form that is the same for both: by name. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

#include "compiled.h"
#include "intern.h"

enum { BEFORE = 0, AFTER = 1, SIDES = 2 };

/* Obligations with the parties as values of the joined space. */
struct joined_approval {
    uint16_t count;
    struct cells_set of; /* empty: the signatories */
};
struct joined_duties {
    bool has_at_most, has_at_least, onward_limited, log;
    uint32_t at_most, at_least;
    struct cells_set onward, notify;
    struct joined_approval approval[DUTY_APPROVALS_MAX];
};
/* All that a change is; its padding is zero. */
struct change {
    enum diff_group group;
    enum verdict verdict[SIDES];
    uint32_t gained, lost;
    bool duties_differ;
    struct joined_duties duties[SIDES]; /* zero when they do not matter */
};

/* What comparing needs of the kind at hand. */
struct comparing {
    struct diff *d;
    struct intern *changes;
    size_t kind; /* that the fields below are of; SIZE_MAX: none yet */
    /* by field of a side: the one of that name on the other side, or -1 */
    int other[SIDES][LIMIT_FIELDS];
    /* by party of a side: its value in the space */
    uint16_t party[SIDES][LIMIT_PARTIES];
    struct cells_cell cell;
    struct decision decision[SIDES];
};

/* --- by name --- */

static void
join_parties(struct comparing *x, size_t w)
{
    for (size_t v = 0; v < cells_values(x->d->cells, CELLS_SENDER); v++) {
        int64_t i = cells_value_index(x->d->cells, w, CELLS_SENDER, v);

        if (i >= 0) {
            x->party[w][i] = (uint16_t)v;
        }
    }
}

static void
join_fields(struct comparing *x, size_t kind)
{
    int index[SIDES];

    x->kind = kind;
    for (size_t w = 0; w < SIDES; w++) {
        index[w] = cells_kind_index(x->d->cells, w, kind);
    }
    for (size_t w = 0; w < SIDES; w++) {
        const struct agreement_kind *of =
            index[w] < 0 ? NULL : &x->d->of[w]->kinds[index[w]];

        for (size_t f = 0; of != NULL && f < of->fields_n; f++) {
            x->other[w][f] =
                index[!w] < 0 ? -1
                              : agreement_field(&x->d->of[!w]->kinds[index[!w]],
                                    slice_str(of->fields[f].name));
        }
    }
}

/* Of the fields of side W those that the other side does not give. */
static uint32_t
only_of(const struct comparing *x, size_t w)
{
    uint32_t mine = x->decision[w].fields;
    uint32_t others = x->decision[!w].fields;
    uint32_t only = 0;

    while (mine != 0) {
        int f = __builtin_ctz(mine);
        int other = x->other[w][f];

        mine &= mine - 1;
        if (other < 0 || (others >> other & 1) == 0) {
            only |= UINT32_C(1) << f;
        }
    }
    return only;
}

static void
join_set(struct cells_set *out, const struct comparing *x, size_t w,
    uint64_t parties)
{
    while (parties != 0) {
        uint16_t v = x->party[w][__builtin_ctzll(parties)];

        parties &= parties - 1;
        out->bits[v / 64] |= UINT64_C(1) << v % 64;
    }
}

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct joined_approval));
}

static void
join_duties(struct joined_duties *out, const struct comparing *x, size_t w)
{
    const struct duties *d = &x->decision[w].duties;

    memset(out, 0, sizeof *out);
    out->has_at_most = d->has_at_most;
    out->has_at_least = d->has_at_least;
    out->onward_limited = d->onward_limited;
    out->log = d->log;
    out->at_most = d->has_at_most ? d->at_most : 0;
    out->at_least = d->has_at_least ? d->at_least : 0;
    join_set(&out->onward, x, w, d->onward_limited ? d->onward_to : 0);
    join_set(&out->notify, x, w, d->notify);
    for (size_t i = 0; i < d->approvals_n; i++) {
        out->approval[i].count = d->approval[i].count;
        join_set(&out->approval[i].of, x, w, d->approval[i].of);
    }
    qsort(out->approval, DUTY_APPROVALS_MAX, sizeof out->approval[0], by_bytes);
}

/* --- one cell --- */

static bool
is_given(const struct comparing *x, size_t w)
{
    return x->decision[w].verdict != VERDICT_DENY;
}

/* Of records whose padding is zero. */
static bool
is_same(const void *x, const void *y, size_t n)
{
    return memcmp(x, y, n) == 0;
}

static enum diff_group
group_of(const struct change *c)
{
    bool eased = c->verdict[BEFORE] == VERDICT_PENDING &&
                 c->verdict[AFTER] == VERDICT_PERMIT;
    bool waits = c->verdict[BEFORE] == VERDICT_PERMIT &&
                 c->verdict[AFTER] == VERDICT_PENDING;

    if (c->gained != 0 || (eased && c->lost == 0)) {
        return DIFF_WIDENED;
    }
    return c->lost != 0 || waits ? DIFF_NARROWED : DIFF_DUTIES;
}

/* What changes in the cell; false: nothing. */
static bool
compare(struct change *out, const struct comparing *x)
{
    memset(out, 0, sizeof *out);
    out->gained = only_of(x, AFTER);
    out->lost = only_of(x, BEFORE);
    for (size_t w = 0; w < SIDES; w++) {
        out->verdict[w] = x->decision[w].verdict;
        if (is_given(x, w)) {
            join_duties(&out->duties[w], x, w);
        }
    }
    out->duties_differ = is_given(x, BEFORE) && is_given(x, AFTER) &&
                         !is_same(&out->duties[BEFORE], &out->duties[AFTER],
                             sizeof out->duties[0]);
    out->group = group_of(out);
    if (!is_given(x, AFTER) || (is_given(x, BEFORE) && !out->duties_differ)) {
        memset(out->duties, 0, sizeof out->duties);
    }
    return out->gained != 0 || out->lost != 0 || out->duties_differ;
}

static enum dhk_err
look(struct comparing *x, struct change *change)
{
    uint64_t says;
    enum dhk_err rc;

    if (x->kind != x->cell.kind) {
        join_parties(x, BEFORE);
        join_parties(x, AFTER);
        join_fields(x, x->cell.kind);
    }
    for (size_t w = 0; w < SIDES; w++) {
        compiled_decide_by(&x->decision[w], x->d->of[w], &x->cell.request[w]);
    }
    if (!compare(change, x)) {
        return DHK_OK;
    }
    rc = intern_number(&says, x->changes, change);
    return rc != DHK_OK ? rc : boxes_add(x->d->boxes, &x->cell, says);
}

static enum dhk_err
look_at_all(struct comparing *x, struct change *change)
{
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && cells_next(x->d->cells, &x->cell)) {
        rc = look(x, change);
    }
    return rc == DHK_OK ? cells_end(x->d->cells) : rc;
}

/* --- the list --- */

static void
fill(struct diff_box *out, const struct diff *d, const struct intern *changes,
    size_t i)
{
    const struct box *box = boxes_at(d->boxes, i);
    const struct change *change = intern_record(changes, box->says);
    struct decision decision[SIDES];

    for (size_t w = 0; w < SIDES; w++) {
        compiled_decide_by(&decision[w], d->of[w], &box->request[w]);
    }
    *out = (struct diff_box){.group = change->group,
        .box = box,
        .gained = change->gained,
        .lost = change->lost,
        .before = change->verdict[BEFORE],
        .after = change->verdict[AFTER],
        .duties_differ = change->duties_differ,
        .from = decision[BEFORE].duties,
        .to = decision[AFTER].duties};
}

static void
add_group(struct diff *d, const struct intern *changes, enum diff_group group)
{
    for (size_t i = 0; i < boxes_count(d->boxes); i++) {
        struct diff_box *one = &d->list[d->n];

        fill(one, d, changes, i);
        if (one->group == group) {
            d->n++;
            d->count[group]++;
            d->requests[group] += one->box->requests;
        }
    }
}

static enum dhk_err
make_list(struct diff *d, const struct intern *changes)
{
    d->list = calloc(boxes_count(d->boxes) + 1, sizeof *d->list);
    if (d->list == NULL) {
        return DHK_NOMEM;
    }
    add_group(d, changes, DIFF_WIDENED);
    add_group(d, changes, DIFF_NARROWED);
    add_group(d, changes, DIFF_DUTIES);
    return DHK_OK;
}

static enum dhk_err
compare_all(struct diff *d, struct words *why)
{
    struct comparing *x = calloc(1, sizeof *x);
    struct change *change = calloc(1, sizeof *change);
    enum dhk_err rc = DHK_NOMEM;

    d->boxes = boxes_new();
    if (x != NULL && change != NULL && d->boxes != NULL) {
        x->d = d;
        x->kind = SIZE_MAX;
        x->changes = intern_new(sizeof *change);
        rc = x->changes == NULL ? DHK_NOMEM : look_at_all(x, change);
    }
    if (rc == DHK_LIMIT && why != NULL) {
        cells_interacting(d->cells, why);
    }
    if (rc == DHK_OK) {
        boxes_unite(d->boxes);
        rc = make_list(d, x->changes);
    }
    if (x != NULL) {
        intern_destroy(&x->changes);
    }
    free(change);
    free(x);
    return rc;
}

enum dhk_err
diff_new(struct diff **out, const struct agreement *before,
    const struct agreement *after, struct words *why)
{
    struct diff *d = calloc(1, sizeof *d);
    enum dhk_err rc = DHK_NOMEM;

    *out = d;
    if (d != NULL) {
        d->of[BEFORE] = before;
        d->of[AFTER] = after;
        rc = cells_new(&d->cells, before, after);
    }
    if (rc == DHK_OK) {
        rc = compare_all(d, why);
    }
    if (rc != DHK_OK) {
        diff_destroy(out);
    }
    return rc;
}

void
diff_destroy(struct diff **d)
{
    if (*d == NULL) {
        return;
    }
    boxes_destroy(&(*d)->boxes);
    cells_destroy(&(*d)->cells);
    free((*d)->list);
    free(*d);
    *d = NULL;
}
