/* SPDX-License-Identifier: EUPL-1.2
 *
 * An odometer; see every.h. */
#include "every.h"

#include <string.h>

#include "classes.h"

void
every_init(struct every *e, const struct agreement *a)
{
    memset(e, 0, sizeof *e);
    e->a = a;
    e->window = SIZE_MAX;
}

/* How many values the class has; class 0 is unknown. */
static double
count(const struct agreement_attribute *at, const struct partition *classes,
    uint32_t class)
{
    size_t n = 0;

    if (class == 0) {
        return 1;
    }
    if (classes->of == NULL) {
        double next =
            class < classes->n ? classes->first[class] : (double)at->max + 1;

        return next - classes->first[class - 1];
    }
    for (uint32_t v = at->min; v <= at->max; v++) {
        n += classes->of[v] + 1u == class;
    }
    return (double)n;
}

static void
show(struct every *e)
{
    const struct agreement_kind *kind = &e->a->kinds[e->req.kind];

    e->requests = 1;
    e->req.windows = e->a->window_sets[e->window];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        must(evaluate_representative(&e->req.attribute[k], e->a, e->req.kind, k,
                 e->class[k]) == DHK_OK);
        e->requests *= count(&e->a->attributes[kind->attributes[k]],
            &kind->partitions[k], e->class[k]);
    }
}

static bool
turn(uint16_t *i, size_t n)
{
    *i = (uint16_t)((*i + 1u) % n);
    return *i != 0;
}

static bool
turn_attributes(struct every *e)
{
    const struct agreement_kind *kind = &e->a->kinds[e->req.kind];

    for (size_t k = 0; k < kind->attributes_n; k++) {
        if (e->class[k] < kind -> partitions[k].n) {
            e->class[k]++;
            return true;
        }
        e->class[k] = 0;
    }
    return false;
}

bool
every_next(struct every *e)
{
    const struct agreement *a = e->a;
    struct request *req = &e->req;

    if (e->window == SIZE_MAX) {
        e->window = 0;
    } else if (!turn_attributes(e) && !turn(&req->sender, a->parties_n) &&
               !turn(&req->recipient, a->parties_n) &&
               !turn(&req->purpose, a->purposes_n) &&
               !turn(&req->ground, a->grounds_n)) {
        e->window = (e->window + 1) % a->window_sets_n;
        if (e->window == 0 && !turn(&req->kind, a->kinds_n)) {
            return false;
        }
        memset(req->attribute, 0, sizeof req->attribute);
    }
    show(e);
    return true;
}
