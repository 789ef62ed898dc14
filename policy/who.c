/* SPDX-License-Identifier: EUPL-1.2
 *
 * A matrix of one field, and a search through it breadth first; see who.h. */
#include "who.h"

#include <stdlib.h>
#include <string.h>

struct who {
    const struct agreement *a;
    struct matrix *matrix;
    const char *field; /* of the agreement */
    uint64_t asked;    /* kinds */
    struct who_hop *hop;
    size_t hops_n;
};

/* The field of KIND of that name, as a mask. */
static uint32_t
mask_of(const struct agreement_kind *kind, struct slice name)
{
    int i = agreement_field(kind, name);

    return i < 0 ? 0 : UINT32_C(1) << i;
}

/* Finds what FIELD names: the kinds asked for, and the field. */
static bool
find_field(struct who *w, const char *field)
{
    const char *dot = strchr(field, '.');
    struct slice name = slice_str(dot == NULL ? field : dot + 1);
    int only = dot == NULL ? -1
                           : agreement_kind(
                                 w->a, slice_of(field, (size_t)(dot - field)));

    for (size_t k = 0; k < w->a->kinds_n; k++) {
        const struct agreement_kind *kind = &w->a->kinds[k];

        if (mask_of(kind, name) != 0 && (dot == NULL || (int)k == only)) {
            w->asked |= UINT64_C(1) << k;
            w->field = kind->fields[agreement_field(kind, name)].name;
        }
    }
    return w->asked != 0;
}

enum dhk_err
who_new(struct who **out, const struct agreement *a, const char *field,
    struct words *why)
{
    struct who *w = calloc(1, sizeof *w);
    uint32_t *fields = calloc(a->kinds_n + 1, sizeof *fields);
    enum dhk_err rc = DHK_NOMEM;

    if (w == NULL || fields == NULL) {
        goto out;
    }
    w->a = a;
    rc = DHK_NOTFOUND;
    if (!find_field(w, field)) {
        goto out;
    }
    for (size_t k = 0; k < a->kinds_n; k++) {
        fields[k] = mask_of(&a->kinds[k], slice_str(w->field));
    }
    rc = matrix_new(&w->matrix, a, fields, why);
out:
    free(fields);
    if (rc != DHK_OK) {
        who_destroy(&w);
    }
    *out = w;
    return rc;
}

void
who_destroy(struct who **w)
{
    if (*w != NULL) {
        matrix_destroy(&(*w)->matrix);
        free((*w)->hop);
        free(*w);
        *w = NULL;
    }
}

struct matrix *
who_matrix(const struct who *w)
{
    return w->matrix;
}

bool
who_asked(const struct who *w, uint16_t kind)
{
    return (w->asked >> kind & 1) != 0;
}

const char *
who_field(const struct who *w)
{
    return w->field;
}

uint64_t
who_holders(const struct who *w)
{
    uint64_t holders = 0;

    for (size_t i = 0; i < matrix_count(w->matrix); i++) {
        const struct matrix_entry *e = matrix_at(w->matrix, i);

        if (who_asked(w, e->kind)) {
            holders |= UINT64_C(1) << e->recipient;
        }
    }
    return holders;
}

uint64_t
who_onward(const struct matrix_entry *entry)
{
    uint64_t onward = 0;

    for (size_t i = 0; i < entry->cases_n; i++) {
        const struct duties *d = &entry->cases[i].duties;

        onward |= d->onward_limited ? d->onward_to : UINT64_MAX;
    }
    return onward;
}

/* Lists the I-th entry as a giving, unless it was for this origin. SEEN has by
 * entry the origin for which it was listed last, plus 1. */
static void
take(struct who *w, uint16_t *seen, size_t i, const struct who_hop *hop)
{
    if (seen[i] != hop->origin + 1) {
        seen[i] = (uint16_t)(hop->origin + 1);
        w->hop[w->hops_n++] = *hop;
    }
}

/* Lists what the recipient of hop AT may do with the field. */
static void
pass_on(struct who *w, uint16_t *seen, size_t at)
{
    const struct who_hop *from = &w->hop[at];
    uint64_t onward = who_onward(from->entry);

    for (size_t i = 0; i < matrix_count(w->matrix); i++) {
        const struct matrix_entry *e = matrix_at(w->matrix, i);
        const struct who_hop next = {e, from->origin, from->number + 1, from};

        if (e->sender == from->entry->recipient &&
            e->recipient != from->origin && (onward >> e->recipient & 1) != 0) {
            take(w, seen, i, &next);
        }
    }
}

static void
follow_from(struct who *w, uint16_t *seen, uint16_t origin)
{
    size_t begin = w->hops_n;

    for (size_t i = 0; i < matrix_count(w->matrix); i++) {
        const struct matrix_entry *e = matrix_at(w->matrix, i);
        const struct who_hop first = {e, origin, 1, NULL};

        if (e->sender == origin && who_asked(w, e->kind)) {
            take(w, seen, i, &first);
        }
    }
    for (size_t at = begin; at < w->hops_n; at++) {
        pass_on(w, seen, at);
    }
}

enum dhk_err
who_follow(struct who *w)
{
    size_t n = matrix_count(w->matrix);
    uint16_t *seen = calloc(n + 1, sizeof *seen);

    /* at once, for hops point at one another; each entry once an origin */
    w->hop = calloc(w->a->parties_n * n + 1, sizeof *w->hop);
    if (w->hop == NULL || seen == NULL) {
        free(seen);
        return DHK_NOMEM;
    }
    for (size_t p = 0; p < w->a->parties_n; p++) {
        follow_from(w, seen, (uint16_t)p);
    }
    free(seen);
    return DHK_OK;
}

size_t
who_hops(const struct who *w)
{
    return w->hops_n;
}

const struct who_hop *
who_hop(const struct who *w, size_t i)
{
    return &w->hop[i];
}

bool
who_is_new(const struct who *w, size_t i)
{
    const struct who_hop *hop = &w->hop[i];

    for (size_t k = i; k-- > 0 && w->hop[k].origin == hop->origin;) {
        if (w->hop[k].entry->recipient == hop->entry->recipient) {
            return false;
        }
    }
    return true;
}
