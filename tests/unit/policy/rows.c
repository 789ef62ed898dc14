/* SPDX-License-Identifier: EUPL-1.2
 *
 * The rows in the terms of the shipped agreement; see rows.h. */
#include "rows.h"

#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "generated.h"
#include "voorbeeldstad.h"

enum { ROWS_MAX = 128, ASSIGNMENTS_MAX = 4000 };

/* A row in the terms of the agreement. */
static struct ready {
    uint64_t from, to;
    uint16_t kind, purpose, ground;
    uint32_t fields;
    uint64_t onward;
    struct duty_approval approval;
} ready[ROWS_MAX];
struct agreement *rows_agreement;
#define a rows_agreement
static uint64_t chance = 20261129;

static uint64_t
parties(const char *names)
{
    uint64_t set = 0;

    while (*names != '\0') {
        size_t n = strcspn(names, " ");
        int i = agreement_party(a, slice_of(names, n));

        assert_true(i >= 0);
        set |= UINT64_C(1) << i;
        names += n;
        names += strspn(names, " ");
    }
    return set;
}

static uint16_t
found(int i)
{
    assert_true(i >= 0);
    return (uint16_t)i;
}

int
rows_load(void **state)
{
    (void)state;
    a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    assert_true(voorbeeldstad_rows_n <= ROWS_MAX);
    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        const struct row *r = &voorbeeldstad_rows[i];
        struct ready *to = &ready[i];

        to->from = parties(r->from);
        to->to = parties(r->to);
        to->kind = found(agreement_kind(a, slice_str(r->kind)));
        to->purpose = found(agreement_purpose(a, slice_str(r->purpose)));
        to->ground = found(agreement_ground(a, slice_str(r->ground)));
        to->fields = loaded_fields(a, to->kind, r->fields);
        to->onward = r->onward == NULL ? UINT64_MAX : parties(r->onward);
        if (r->approval[0] != '\0') {
            to->approval.count = (uint16_t)(r->approval[0] - '0');
            to->approval.of = parties(r->approval + 2);
        }
    }
    return 0;
}

int
rows_unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

/* --- what the rows say --- */

static bool
is_route(const struct ready *r, const struct request *req)
{
    return r->kind == req->kind && r->purpose == req->purpose &&
           r->ground == req->ground && (r->from >> req->sender & 1) != 0 &&
           (r->to >> req->recipient & 1) != 0 && req->sender != req->recipient;
}

/* Where KIND has the attribute of that name, of N bytes. */
static int
position(uint16_t kind, const char *name, size_t n)
{
    int i = agreement_attribute(a, slice_of(name, n));

    if (i < 0 || a->kinds[kind].position[i] == NO_POSITION) {
        return -1;
    }
    return a->kinds[kind].position[i];
}

static const struct agreement_attribute *
attribute(uint16_t kind, size_t k)
{
    return &a->attributes[a->kinds[kind].attributes[k]];
}

static struct value
value_of(const struct agreement_attribute *at, const char *text, size_t n)
{
    struct value v = {.state = VALUE_KNOWN};
    char copy[64];

    assert_true(n < sizeof copy);
    memcpy(copy, text, n);
    copy[n] = '\0';
    if (at->type == ATTRIBUTE_NUMBER) {
        assert_int_equal(sscanf(copy, "%u", &v.v), 1);
    } else {
        v.v = found(agreement_value(at, slice_str(copy)));
    }
    return v;
}

/* Whether V is one of those that LIST, up to a space, separates by |. */
static bool
is_listed(
    const struct agreement_attribute *at, const char *list, struct value v)
{
    while (v.state == VALUE_KNOWN) {
        size_t end = strcspn(list, "| ");

        if (value_of(at, list, end).v == v.v) {
            return true;
        }
        if (list[end] != '|') {
            return false;
        }
        list += end + 1;
    }
    return false;
}

/* The next condition: where its attribute is, and its values. */
static bool
next_condition(const char **rest, uint16_t kind, size_t *k, const char **values)
{
    size_t n = strcspn(*rest, "=");

    if (**rest == '\0') {
        return false;
    }
    *k = found(position(kind, *rest, n));
    *values = *rest + n + 1;
    *rest += strcspn(*rest, " ");
    *rest += strspn(*rest, " ");
    return true;
}

static bool
meets(const struct row *r, const struct request *req)
{
    const char *rest = r->conditions;
    const char *values;
    size_t k;

    while (next_condition(&rest, req->kind, &k, &values)) {
        if (!is_listed(attribute(req->kind, k), values, req->attribute[k])) {
            return false;
        }
    }
    return true;
}

bool
rows_is_route(const struct request *req)
{
    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        if (is_route(&ready[i], req)) {
            return true;
        }
    }
    return false;
}

struct said
rows_say(const struct request *req)
{
    struct said out = {0, 0, UINT64_MAX, {0, 0}};

    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        const struct row *r = &voorbeeldstad_rows[i];

        if (is_route(&ready[i], req) && meets(r, req)) {
            out.fields |= ready[i].fields;
            out.onward &= ready[i].onward;
            if (ready[i].approval.count > 0) { /* no two rows have another */
                out.approval = ready[i].approval;
            }
            if (out.days == 0 || r->days < out.days) {
                out.days = r->days;
            }
        }
    }
    return out;
}

/* --- which requests --- */

/* Value I of the attribute: unknown, then each; of a number those at the edges.
 * False after the last. */
static bool
pick(struct value *out, const struct agreement_attribute *at, size_t i)
{
    static const uint32_t few[] = {0, 9, 10, 11, 100000};
    static const uint32_t grades[] = {1, 2, 3, 4};
    bool is_few = strcmp(at->name, "kleinste-cel") == 0;
    size_t n =
        is_few ? sizeof few / sizeof few[0] : sizeof grades / sizeof grades[0];

    out->state = i == 0 ? VALUE_UNKNOWN : VALUE_KNOWN;
    out->v = 0;
    if (i == 0) {
        return true;
    }
    if (at->type == ATTRIBUTE_NUMBER) {
        assert_true(is_few || strcmp(at->name, "informatie-juistheid") == 0);
        if (i > n) {
            return false;
        }
        out->v = is_few ? few[i - 1] : grades[i - 1];
        return true;
    }
    out->v = (uint32_t)i - 1;
    return i - 1 <= at->max;
}

static void
pick_any(struct value *out, const struct agreement_attribute *at)
{
    size_t n = 1;

    while (pick(out, at, n)) {
        n++;
    }
    (void)pick(out, at, generated_below(&chance, n));
}

/* The positions that some row of the route looks at. */
static uint32_t
that_matter(const struct request *req)
{
    uint32_t out = 0;

    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        const char *rest = voorbeeldstad_rows[i].conditions;
        const char *values;
        size_t k;

        while (is_route(&ready[i], req) &&
               next_condition(&rest, req->kind, &k, &values)) {
            out |= UINT32_C(1) << k;
        }
    }
    return out;
}

/* How many assignments of what matters there are. */
static double
assignments(const struct request *route, uint32_t matter)
{
    double out = 1;

    for (size_t k = 0; k < a->kinds[route->kind].attributes_n; k++) {
        struct value v;
        size_t n = 0;

        while (
            (matter >> k & 1) != 0 && pick(&v, attribute(route->kind, k), n)) {
            n++;
        }
        out *= n > 0 ? (double)n : 1;
    }
    return out;
}

/* A row of the route, by chance. */
static size_t
any_row(const struct request *route)
{
    size_t i;

    do {
        i = generated_below(&chance, voorbeeldstad_rows_n);
    } while (!is_route(&ready[i], route));
    return i;
}

/* As a row of the route asks, but for about one value. */
static size_t
visit_by_chance(const struct request *route, rows_visitor visit)
{
    for (size_t i = 0; i < ASSIGNMENTS_MAX; i++) {
        struct request req;

        rows_satisfy(&req, any_row(route));
        req.sender = route->sender;
        req.recipient = route->recipient;
        req.purpose = route->purpose;
        req.ground = route->ground;
        for (size_t k = 0; k < a->kinds[req.kind].attributes_n; k++) {
            if (generated_below(&chance, 10) == 0) {
                pick_any(&req.attribute[k], attribute(req.kind, k));
            }
        }
        visit(&req);
    }
    return ASSIGNMENTS_MAX;
}

/* Every assignment of what matters; the rest by chance. */
static size_t
visit_route(const struct request *route, rows_visitor visit)
{
    size_t n = a->kinds[route->kind].attributes_n;
    uint32_t matter = that_matter(route);
    size_t wheel[LIMIT_ATTRIBUTES] = {0};
    struct request req = *route;
    size_t visits = 0;
    size_t k = 0;

    if (assignments(route, matter) > ASSIGNMENTS_MAX) {
        return visit_by_chance(route, visit);
    }
    while (k < n || visits == 0) {
        for (k = 0; k < n; k++) {
            if ((matter >> k & 1) == 0) {
                pick_any(&req.attribute[k], attribute(req.kind, k));
            } else {
                assert_true(
                    pick(&req.attribute[k], attribute(req.kind, k), wheel[k]));
            }
        }
        visit(&req);
        visits++;
        for (k = 0; k < n; k++) {
            struct value v;

            if ((matter >> k & 1) != 0 &&
                pick(&v, attribute(req.kind, k), ++wheel[k])) {
                break;
            }
            wheel[k] = 0;
        }
    }
    return visits;
}

static void
carry_none(struct request *req)
{
    memset(req, 0, sizeof *req);
    for (size_t k = 0; k < LIMIT_ATTRIBUTES; k++) {
        req->attribute[k].state = VALUE_NA;
    }
}

size_t
rows_visit(rows_visitor visit)
{
    size_t visits = 0;

    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        for (size_t pair = 0; pair < a->parties_n * a->parties_n; pair++) {
            struct request req;
            size_t first = 0;

            carry_none(&req);
            req.kind = ready[i].kind;
            req.purpose = ready[i].purpose;
            req.ground = ready[i].ground;
            req.sender = (uint16_t)(pair % a->parties_n);
            req.recipient = (uint16_t)(pair / a->parties_n);
            while (first < i && !is_route(&ready[first], &req)) {
                first++;
            }
            if (first == i && is_route(&ready[i], &req)) {
                visits += visit_route(&req, visit);
            }
        }
    }
    return visits;
}

void
rows_satisfy(struct request *req, size_t i)
{
    const char *rest = voorbeeldstad_rows[i].conditions;
    const char *values;
    size_t k;

    carry_none(req);
    req->kind = ready[i].kind;
    for (k = 0; k < a->kinds[req->kind].attributes_n; k++) {
        pick_any(&req->attribute[k], attribute(req->kind, k));
    }
    while (next_condition(&rest, req->kind, &k, &values)) {
        req->attribute[k] =
            value_of(attribute(req->kind, k), values, strcspn(values, "| "));
    }
}
