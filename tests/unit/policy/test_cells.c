/* SPDX-License-Identifier: EUPL-1.2
 *
 * The partition of the request space: every request that a permit applies to
 * lies in exactly one cell, and all requests of a cell are decided alike. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "generated.h"

static const char small[] = HEAD
    "attribute age : number 0 .. 99; attribute shade : level low, mid, high;\n"
    "attribute live : yes-no;\n"
    "window office = mon - fri 08:00 - 18:00; window noon = mon 12:00 - "
    "13:00;\n"
    "signal k with fields s, t, u attributes age, shade, live;\n"
    "signal l with fields x, y attributes age;\n"
    "permit P1 \"T\": from a, b to b, c signal k for p on g, h when age at "
    "least 18 and age below 65 share s;\n"
    "permit P2 \"T\": from a to any signal k, l for p, q on g when age is not "
    "40 share t, x;\n"
    "permit P3 \"T\": from any except d to c signal k for q on h unless shade "
    "is low share u oblige approval by 1;\n"
    "permit P4 \"T\": from a to b signal l for p on g when during office share "
    "y;\n"
    "forbid V1 \"T\": from a to any signal any when during noon and live is "
    "yes;\n"
    "never N1 \"T\": share s, t to c unless shade is high;\n";

static bool
is_alike(const struct decision *x, const struct decision *y)
{
    return memcmp(x, y, sizeof *x) == 0;
}

/* A decision whose padding is zero. */
static void
decide(
    struct decision *out, const struct agreement *a, const struct request *req)
{
    memset(out, 0, sizeof *out);
    evaluate(out, a, req);
}

/* Which value of the dimension REQ has; -1: none. */
static int
value_of(const struct cells *c, size_t d, const struct agreement_kind *kind,
    const struct agreement *a, const struct request *req)
{
    const uint32_t plain[] = {
        req->sender, req->recipient, req->purpose, req->ground, req->windows};
    struct value v = {.state = VALUE_KNOWN};
    int found = -1;

    if (d < CELLS_ATTRIBUTE) {
        v.v = plain[d];
    } else {
        size_t k = 0;

        while (strcmp(a->attributes[kind->attributes[k]].name,
                   cells_attribute_name(c, d)) != 0) {
            k++;
        }
        v = req->attribute[k];
        if (v.state != VALUE_KNOWN) {
            return 0;
        }
    }
    for (size_t i = d >= CELLS_ATTRIBUTE; i < cells_values(c, d); i++) {
        int64_t first = cells_value_index(c, 0, d, i);

        if (first == v.v ||
            (d >= CELLS_ATTRIBUTE && first >= 0 && first < v.v &&
                (found < 0 ||
                    first > cells_value_index(c, 0, d, (size_t)found)))) {
            found = (int)i;
        }
    }
    return found;
}

static bool
is_inside(const struct cells *c, const struct cells_cell *cell,
    const struct agreement *a, const struct request *req)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];

    if (cells_kind_index(c, 0, cell->kind) != (int)req->kind) {
        return false;
    }
    for (size_t d = 0; d < cell->dimensions; d++) {
        int v = value_of(c, d, kind, a, req);

        if (v < 0 || !cells_has(&cell->set[d], (size_t)v)) {
            return false;
        }
    }
    return true;
}

static bool
has_permit(const struct agreement *a, const struct request *req)
{
    bool permits;
    bool found = false;

    for (size_t i = 0; i < a->rules_n && !found; i++) {
        (void)evaluate_rule_keeps(a, i, req->kind, &permits);
        found = permits && evaluate_rule_applies(a, i, req);
    }
    return found;
}

/* Every request of `small` there is, one after the other. */
struct odometer {
    struct request req;
    size_t window;
};

static bool
turn(struct value *v, uint32_t max)
{
    if (v->state == VALUE_UNKNOWN) {
        *v = (struct value){.state = VALUE_KNOWN};
        return true;
    }
    if (v->v < max) {
        v->v++;
        return true;
    }
    *v = (struct value){.state = VALUE_UNKNOWN};
    return false;
}

static bool
turn_index(uint16_t *i, size_t n)
{
    *i = (uint16_t)((*i + 1u) % n);
    return *i != 0;
}

static bool
turn_attributes(const struct agreement *a, struct request *req)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];

    for (size_t k = 0; k < kind->attributes_n; k++) {
        if (turn(&req->attribute[k], a->attributes[kind->attributes[k]].max)) {
            return true;
        }
    }
    return false;
}

static void
clear_attributes(const struct agreement *a, struct request *req)
{
    memset(req->attribute, 0, sizeof req->attribute);
    for (size_t k = 0; k < a->kinds[req->kind].attributes_n; k++) {
        req->attribute[k].state = VALUE_UNKNOWN;
    }
}

static bool
next(struct odometer *o, const struct agreement *a)
{
    struct request *req = &o->req;

    if (turn_attributes(a, req) || turn_index(&req->sender, a->parties_n) ||
        turn_index(&req->recipient, a->parties_n) ||
        turn_index(&req->purpose, a->purposes_n) ||
        turn_index(&req->ground, a->grounds_n)) {
        return true;
    }
    o->window = (o->window + 1) % a->window_sets_n;
    req->windows = a->window_sets[o->window];
    if (o->window != 0) {
        return true;
    }
    if (!turn_index(&req->kind, a->kinds_n)) {
        return false;
    }
    clear_attributes(a, req);
    return true;
}

static void
cells_hold_just_the_requests_that_a_permit_applies_to(void **state)
{
    struct agreement *a = loaded_text(small);
    struct odometer o = {.window = 0};
    struct cells_cell cell;
    struct cells *c;
    double cells = 0;
    size_t requests = 0;

    (void)state;
    o.req.windows = a->window_sets[0];
    clear_attributes(a, &o.req);
    do {
        requests += has_permit(a, &o.req);
    } while (next(&o, a));
    assert_int_equal(cells_new(&c, a, NULL), DHK_OK);
    while (cells_next(c, &cell)) {
        cells += cell.requests;
    }
    assert_int_equal(cells_end(c), DHK_OK);
    assert_true(requests > 10000);
    assert_int_equal((size_t)cells, requests);
    cells_destroy(&c);
    agreement_destroy(&a);
}

static void
each_request_lies_in_one_cell_and_is_decided_as_it(void **state)
{
    struct agreement *a = loaded_text(small);
    struct odometer o = {.window = 0};
    struct cells_cell cell;
    struct cells *c;
    size_t tried = 0;

    (void)state;
    o.req.windows = a->window_sets[0];
    clear_attributes(a, &o.req);
    assert_int_equal(cells_new(&c, a, NULL), DHK_OK);
    do {
        struct decision want;
        struct decision got;
        size_t inside = 0;

        if (tried++ % 37 != 0) {
            continue;
        }
        decide(&want, a, &o.req);
        cells_rewind(c);
        while (cells_next(c, &cell)) {
            if (is_inside(c, &cell, a, &o.req)) {
                decide(&got, a, &cell.request[0]);
                assert_true(is_alike(&want, &got));
                inside++;
            }
        }
        assert_int_equal(inside, has_permit(a, &o.req) ? 1 : 0);
    } while (next(&o, a));
    cells_destroy(&c);
    agreement_destroy(&a);
}

/* Whether agreement W has all of that request: it denies what it lacks. */
static bool
is_whole(const struct agreement *a, const struct request *req)
{
    bool whole = req->sender < a->parties_n && req->recipient < a->parties_n &&
                 req->kind < a->kinds_n && req->purpose < a->purposes_n &&
                 req->ground < a->grounds_n;

    for (size_t k = 0; whole && k < a->kinds[req->kind].attributes_n; k++) {
        whole = req->attribute[k].state != VALUE_HIDDEN;
    }
    return whole;
}

/* Some request of the cell, to agreement W; false: it lacks a value. */
static bool
draw(const struct cells *c, const struct cells_cell *cell, size_t w,
    const size_t *value, struct request *req)
{
    uint16_t *const plain[] = {
        &req->sender, &req->recipient, &req->purpose, &req->ground};
    bool all = true;

    *req = cell->request[w];
    for (size_t d = 0; d < CELLS_ATTRIBUTE; d++) {
        int64_t i = cells_value_index(c, w, d, value[d]);

        all = all && i >= 0;
        if (d == CELLS_WINDOWS) {
            req->windows = (uint32_t)i;
        } else {
            *plain[d] = i < 0 ? UINT16_MAX : (uint16_t)i;
        }
    }
    return all;
}

static size_t
any_of(const struct cells_set *set, uint64_t *seed)
{
    size_t v;

    do {
        v = generated_below(seed, CELLS_VALUES);
    } while (!cells_has(set, v));
    return v;
}

static void
check_cell(const struct cells *c, const struct cells_cell *cell,
    const struct agreement *const both[2], uint64_t *seed)
{
    size_t value[CELLS_DIMENSIONS];

    for (size_t d = 0; d < cell->dimensions; d++) {
        value[d] = any_of(&cell->set[d], seed);
    }
    for (size_t w = 0; w < 2 && both[w] != NULL; w++) {
        struct request req;
        struct decision want;
        struct decision got;

        decide(&want, both[w], &cell->request[w]);
        for (size_t i = 0; i < both[w]->rules_n; i++) {
            if (is_whole(both[w], &cell->request[w])) {
                assert_int_equal(cells_applies(c, w, i),
                    evaluate_rule_applies(both[w], i, &cell->request[w]));
            }
        }
        if (draw(c, cell, w, value, &req)) {
            decide(&got, both[w], &req);
            assert_true(is_alike(&want, &got));
        } else {
            assert_int_equal(want.verdict, VERDICT_DENY);
        }
    }
}

static const struct generated_shape shape = {.parties = 6,
    .kinds = 4,
    .purposes = 3,
    .grounds = 3,
    .attributes = 4,
    .windows = 2,
    .rules = 10,
    .any = 20,
    .names = 3};

static void
rules_are_constant_in_every_cell_of_one_and_of_two_agreements(void **state)
{
    uint64_t seed = 4;
    size_t cells = 0;

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct agreement *a = generated_agreement(&shape, &seed);
        struct agreement *b =
            round % 2 == 0 ? NULL : generated_agreement(&shape, &seed);
        const struct agreement *const both[] = {a, b};
        struct cells_cell cell;
        struct cells *c;
        size_t n = 0;

        assert_int_equal(cells_new(&c, a, b), DHK_OK);
        while (n < 3000 && cells_next(c, &cell)) {
            check_cell(c, &cell, both, &seed);
            n++;
        }
        cells += n;
        cells_destroy(&c);
        agreement_destroy(&a);
        agreement_destroy(&b);
    }
    assert_true(cells > 20000);
}

/* What each of random requests meets in the cells. */
static void
a_request_to_two_agreements_lies_in_a_cell_when_either_permits(void **state)
{
    static const char other[] = HEAD
        "party e; attribute shade : level mid, high, top;\n"
        "attribute live : choice ja, maybe;\n"
        "signal k with fields u, s attributes shade, live;\n"
        "signal m with fields z;\n"
        "permit P1 \"T\": from a, e to c signal k for p on g when shade is "
        "one of top, mid share s;\n"
        "permit P9 \"T\": from e to a signal m for q on h share z;\n";
    struct agreement *a = loaded_text(small);
    struct agreement *b = loaded_text(other);
    struct words names = {0};
    struct cells_cell cell;
    const char *text;
    struct cells *c;
    size_t e = 0;
    bool said = false;

    (void)state;
    assert_int_equal(cells_new(&c, a, b), DHK_OK);
    while (cells_next(c, &cell)) {
        for (size_t v = 0; v < cells_values(c, CELLS_SENDER); v++) {
            if (cells_has(&cell.set[CELLS_SENDER], v)) {
                e += cells_value_index(c, 0, CELLS_SENDER, v) < 0;
            }
        }
        for (size_t d = CELLS_ATTRIBUTE; d < cell.dimensions && !said; d++) {
            words_join(&names, " ", cells_attribute_name(c, d));
            for (size_t v = 0; v < cells_values(c, d); v++) {
                words_add(&names, ",");
                cells_value_name(c, &names, d, v);
            }
        }
        said = true;
    }
    assert_int_equal(cells_end(c), DHK_OK);
    assert_true(e > 0);
    assert_int_equal(words_end(&names, &text), DHK_OK);
    assert_string_equal(text,
        "age,unknown,0..17,18..39,40,41..64,65..99 "
        "shade,unknown,low,mid,high,top live,unknown,no,yes "
        "live,unknown,ja,maybe");
    words_done(&names);
    cells_destroy(&c);
    agreement_destroy(&a);
    agreement_destroy(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_hold_just_the_requests_that_a_permit_applies_to),
        cmocka_unit_test(each_request_lies_in_one_cell_and_is_decided_as_it),
        cmocka_unit_test(
            rules_are_constant_in_every_cell_of_one_and_of_two_agreements),
        cmocka_unit_test(
            a_request_to_two_agreements_lies_in_a_cell_when_either_permits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
