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

/* A search from one origin. */
struct search {
    uint16_t origin;
    size_t *first;  /* by route, sender first: its entries begin there */
    uint64_t *open; /* by party: to whom it was found to be able to give */
};

/* Lists all givings from SENDER to RECIPIENT. Each is listed once: there is
 * room. */
static void
take(struct who *w, const struct search *s, size_t sender, size_t recipient,
    const struct who_hop *from)
{
    const size_t *first = &s->first[sender * w->a->parties_n + recipient];

    for (size_t i = first[0]; i < first[1]; i++) {
        const struct matrix_entry *e = matrix_at(w->matrix, i);

        if (from != NULL || who_asked(w, e->kind)) {
            w->hop[w->hops_n++] = (struct who_hop){
                e, s->origin, from == NULL ? 1 : from->number + 1, from};
        }
    }
}

/* Lists what the recipient of FROM may do with the field, beyond what it was
 * found to be able to do before. */
static void
pass_on(struct who *w, struct search *s, const struct who_hop *from)
{
    uint16_t holder = from->entry->recipient;
    uint64_t more = who_onward(from->entry) & ~s->open[holder] &
                    ~(UINT64_C(1) << s->origin);

    s->open[holder] |= more;
    for (size_t p = 0; p < w->a->parties_n; p++) {
        if ((more >> p & 1) != 0) {
            take(w, s, holder, p, from);
        }
    }
}

static void
follow_from(struct who *w, struct search *s, uint16_t origin)
{
    size_t begin = w->hops_n;

    s->origin = origin;
    memset(s->open, 0, w->a->parties_n * sizeof *s->open);
    for (size_t p = 0; p < w->a->parties_n; p++) {
        take(w, s, origin, p, NULL);
    }
    for (size_t at = begin; at < w->hops_n; at++) {
        pass_on(w, s, &w->hop[at]);
    }
}

/* Entries come by sender and recipient. */
static void
index_routes(const struct who *w, size_t *first)
{
    size_t i = 0;

    for (size_t route = 0; route < w->a->parties_n * w->a->parties_n; route++) {
        first[route] = i;
        while (i < matrix_count(w->matrix) &&
               matrix_at(w->matrix, i)->sender * w->a->parties_n +
                       matrix_at(w->matrix, i)->recipient ==
                   route) {
            i++;
        }
        first[route + 1] = i;
    }
}

enum dhk_err
who_follow(struct who *w)
{
    size_t n = w->a->parties_n;
    struct search s = {.first = calloc(n * n + 1, sizeof *s.first),
        .open = calloc(n, sizeof *s.open)};
    enum dhk_err rc = DHK_NOMEM;

    /* at once, for hops point at one another; each entry once an origin */
    w->hop = calloc(n * matrix_count(w->matrix) + 1, sizeof *w->hop);
    if (w->hop == NULL || s.first == NULL || s.open == NULL) {
        goto out;
    }
    index_routes(w, s.first);
    for (size_t p = 0; p < n; p++) {
        follow_from(w, &s, (uint16_t)p);
    }
    rc = DHK_OK;
out:
    free(s.first);
    free(s.open);
    return rc;
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
