/* SPDX-License-Identifier: EUPL-1.2
 *
 * Deciding by both; see both.h. */
#include "both.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether the kind carries the attribute of that dimension in agreement W. */
static bool
is_carried(const struct diff *d, size_t w, size_t dimension)
{
    bool carried = false;

    for (size_t v = 1; v < cells_values(d->cells, dimension); v++) {
        carried = carried || cells_value_index(d->cells, w, dimension, v) >= 0;
    }
    return carried;
}

struct request
both_request(const struct diff *d, size_t kind, size_t w, const size_t *values,
    size_t dimensions)
{
    int index = cells_kind_index(d->cells, w, kind);
    struct request req = {.kind = index < 0 ? UINT16_MAX : (uint16_t)index};
    uint16_t *const plain[] = {
        &req.sender, &req.recipient, &req.purpose, &req.ground};

    for (size_t i = 0; i < dimensions; i++) {
        int64_t v = cells_value_index(d->cells, w, i, values[i]);
        const struct agreement *a = d->of[w];
        int at = -1;

        if (i < CELLS_WINDOWS) {
            *plain[i] = v < 0 ? UINT16_MAX : (uint16_t)v;
        } else if (i == CELLS_WINDOWS) {
            req.windows = (uint32_t)v;
        }
        if (i < CELLS_ATTRIBUTE || !is_carried(d, w, i)) {
            continue;
        }
        for (size_t k = 0; k < a->kinds[index].attributes_n; k++) {
            const struct agreement_attribute *of =
                &a->attributes[a->kinds[index].attributes[k]];

            at = strcmp(of->name, cells_attribute_name(d->cells, i)) == 0
                     ? (int)k
                     : at;
        }
        if (at >= 0 && (v >= 0 || values[i] == 0)) {
            req.attribute[at] =
                (struct value){values[i] == 0 ? VALUE_UNKNOWN : VALUE_KNOWN,
                    values[i] == 0 ? 0 : (uint32_t)v};
        } else if (at >= 0) {
            req.attribute[at].state = VALUE_HIDDEN;
        }
    }
    return req;
}

static void
add_names(char *out, size_t cap, const struct agreement *a, uint64_t parties)
{
    char *list[LIMIT_PARTIES];
    size_t n = 0;

    for (size_t i = 0; i < a->parties_n; i++) {
        if ((parties >> i & 1) != 0) {
            list[n++] = a->parties[i];
        }
    }
    for (size_t i = 0; i < n; i++) { /* in the order of the alphabet */
        for (size_t j = i + 1; j < n; j++) {
            if (strcmp(list[j], list[i]) < 0) {
                char *x = list[i];

                list[i] = list[j];
                list[j] = x;
            }
        }
        (void)snprintf(out + strlen(out), cap - strlen(out), "%s,", list[i]);
    }
}

static int
ascending(const void *a, const void *b)
{
    return strcmp(a, b);
}

void
both_duties(
    char *out, size_t cap, const struct agreement *a, const struct duties *d)
{
    char approvals[DUTY_APPROVALS_MAX][512] = {""};

    (void)snprintf(out, cap, "%d %u %d %u %d %d onward:", d->has_at_most,
        d->at_most, d->has_at_least, d->at_least, d->log, d->onward_limited);
    add_names(out, cap, a, d->onward_limited ? d->onward_to : 0);
    (void)snprintf(out + strlen(out), cap - strlen(out), " notify:");
    add_names(out, cap, a, d->notify);
    for (size_t i = 0; i < d->approvals_n; i++) {
        (void)snprintf(
            approvals[i], sizeof approvals[i], " %u of ", d->approval[i].count);
        add_names(approvals[i], sizeof approvals[i], a, d->approval[i].of);
    }
    qsort(approvals, d->approvals_n, sizeof approvals[0], ascending);
    for (size_t i = 0; i < d->approvals_n; i++) {
        (void)snprintf(
            out + strlen(out), cap - strlen(out), "%s", approvals[i]);
    }
}

void
both_fields(char *out, size_t cap, const struct agreement *a,
    const struct request *req, uint32_t fields)
{
    for (size_t f = 0; fields != 0 && f < a->kinds[req->kind].fields_n; f++) {
        if ((fields >> f & 1) != 0) {
            (void)snprintf(out + strlen(out), cap - strlen(out), "%s ",
                a->kinds[req->kind].fields[f].name);
        }
    }
}

/* Of the fields that W gives, what the other does not. */
static uint32_t
alone(const struct both *x, const struct diff *d, const struct request *req,
    size_t w)
{
    uint32_t only = x->decision[w].fields;
    const struct agreement *mine = d->of[w];
    const struct agreement *other = d->of[!w];

    for (size_t f = 0; f < LIMIT_FIELDS && only != 0; f++) {
        int g = (only >> f & 1) == 0 || x->decision[!w].fields == 0
                    ? -1
                    : agreement_field(&other->kinds[req[!w].kind],
                          slice_str(mine->kinds[req[w].kind].fields[f].name));

        if (g >= 0 && (x->decision[!w].fields >> g & 1) != 0) {
            only &= ~(UINT32_C(1) << f);
        }
    }
    return only;
}

void
both_decide(struct both *x, const struct diff *d, size_t kind,
    const size_t *values, size_t dimensions)
{
    struct request req[2];

    memset(x, 0, sizeof *x);
    for (size_t w = 0; w < 2; w++) {
        req[w] = both_request(d, kind, w, values, dimensions);
        evaluate(&x->decision[w], d->of[w], &req[w]);
    }
    for (size_t w = 0; w < 2; w++) {
        both_fields(x->fields[w], sizeof x->fields[w], d->of[w], &req[w],
            alone(x, d, req, w));
        if (x->decision[w].verdict != VERDICT_DENY) {
            both_duties(x->duties[w], sizeof x->duties[w], d->of[w],
                &x->decision[w].duties);
        }
    }
    x->changed = x->fields[0][0] != '\0' || x->fields[1][0] != '\0' ||
                 strcmp(x->duties[0], x->duties[1]) != 0;
}
