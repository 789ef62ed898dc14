/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who could hold a field, against brute force and a plain fixpoint. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "every.h"
#include "generated.h"
#include "who.h"

enum { ROUNDS = 40, PARTIES = 5, KINDS = 3 };

static const struct generated_shape shape = {.parties = PARTIES,
    .kinds = KINDS,
    .purposes = 2,
    .grounds = 2,
    .attributes = 2,
    .windows = 1,
    .rules = 12,
    .any = 5,
    .names = 2};

/* Per sender, recipient and kind: may the field go, and what may the recipient
 * do with it; then per origin the number of the giving, 0 for none. */
struct plain {
    bool goes[PARTIES][PARTIES][KINDS];
    uint64_t onward[PARTIES][PARTIES][KINDS];
    unsigned number[PARTIES][PARTIES][KINDS];
};

static void
see(struct plain *p, const struct agreement *a, const char *field)
{
    struct every e;

    memset(p, 0, sizeof *p);
    every_init(&e, a);
    while (every_next(&e)) {
        const struct request *r = &e.req;
        int i = agreement_field(&a->kinds[r->kind], slice_str(field));
        struct decision d;

        evaluate(&d, a, r);
        if (i < 0 || (d.fields >> i & 1) == 0 || r->sender == r->recipient) {
            continue;
        }
        p->goes[r->sender][r->recipient][r->kind] = true;
        p->onward[r->sender][r->recipient][r->kind] |=
            d.duties.onward_limited ? d.duties.onward_to : UINT64_MAX;
    }
}

/* The least number that some holder's giving to FROM yields for one to TO. */
static unsigned
number_after(const struct plain *p, size_t from, size_t to)
{
    unsigned least = 0;

    for (size_t i = 0; i < PARTIES * KINDS; i++) {
        size_t s = i / KINDS;
        size_t k = i % KINDS;
        unsigned n = p->number[s][from][k];

        if (n > 0 && (p->onward[s][from][k] >> to & 1) != 0 &&
            (least == 0 || n + 1 < least)) {
            least = n + 1;
        }
    }
    return least;
}

/* One round of the fixpoint; whether it changed anything. */
static bool
spread(struct plain *p, size_t origin, uint64_t asked)
{
    bool changed = false;

    for (size_t i = 0; i < PARTIES * PARTIES * KINDS; i++) {
        size_t s = i / KINDS / PARTIES;
        size_t r = i / KINDS % PARTIES;
        size_t k = i % KINDS;
        unsigned *n = &p->number[s][r][k];
        unsigned found = s == origin   ? (unsigned)(asked >> k & 1)
                         : r != origin ? number_after(p, s, r)
                                       : 0;

        if (p->goes[s][r][k] && found > 0 && (*n == 0 || found < *n)) {
            *n = found;
            changed = true;
        }
    }
    return changed;
}

static void
check_hop(const struct who *w, const struct plain *p, size_t i)
{
    const struct who_hop *hop = who_hop(w, i);
    const struct matrix_entry *e = hop->entry;

    assert_int_equal(hop->number, p->number[e->sender][e->recipient][e->kind]);
    if (hop->number == 1) {
        assert_null(hop->from);
        assert_int_equal(e->sender, hop->origin);
        assert_true(who_asked(w, e->kind));
        return;
    }
    assert_int_equal(hop->from->number + 1, hop->number);
    assert_int_equal(hop->from->origin, hop->origin);
    assert_int_equal(hop->from->entry->recipient, e->sender);
    assert_true(who_onward(hop->from->entry) >> e->recipient & 1);
}

static size_t
compare_origin(const struct who *w, struct plain *p, size_t origin)
{
    size_t listed = 0;
    size_t numbered = 0;
    uint64_t asked = 0;
    uint64_t known = 0;

    for (uint16_t k = 0; k < KINDS; k++) {
        asked |= (uint64_t)who_asked(w, k) << k;
    }
    memset(p->number, 0, sizeof p->number);
    while (spread(p, origin, asked)) {
    }
    for (size_t i = 0; i < PARTIES * PARTIES * KINDS; i++) {
        numbered += (&p->number[0][0][0])[i] > 0;
    }
    for (size_t i = 0; i < who_hops(w); i++) {
        uint64_t bit = UINT64_C(1) << who_hop(w, i)->entry->recipient;

        if (who_hop(w, i)->origin == origin) {
            check_hop(w, p, i);
            assert_int_equal(who_is_new(w, i), (known & bit) == 0);
            known |= bit;
            listed++;
        }
    }
    assert_int_equal(listed, numbered);
    return listed;
}

/* Returns how many hops there are. */
static size_t
compare(const struct agreement *a, const char *field, const char *name)
{
    struct words why = {0};
    uint64_t holders = 0;
    size_t hops = 0;
    struct plain p;
    struct who *w;
    enum dhk_err rc = who_new(&w, a, field, &why);

    if (rc == DHK_NOTFOUND) {
        return 0;
    }
    assert_int_equal(rc, DHK_OK);
    assert_string_equal(who_field(w), name);
    see(&p, a, name);
    for (uint16_t i = 0; i < PARTIES * PARTIES * KINDS; i++) {
        uint16_t s = (uint16_t)(i / KINDS / PARTIES);
        uint16_t r = (uint16_t)(i / KINDS % PARTIES);
        uint16_t k = (uint16_t)(i % KINDS);
        const struct matrix_entry *e = matrix_find(who_matrix(w), s, r, k);

        assert_int_equal(e != NULL, p.goes[s][r][k]);
        holders |= (uint64_t)(e != NULL && who_asked(w, k)) << r;
    }
    assert_int_equal(who_holders(w), holders);
    assert_int_equal(who_follow(w), DHK_OK);
    for (size_t origin = 0; origin < PARTIES; origin++) {
        hops += compare_origin(w, &p, origin);
    }
    assert_int_equal(who_hops(w), hops);
    who_destroy(&w);
    return hops;
}

static void
it_follows_a_field_as_a_plain_fixpoint_does(void **state)
{
    uint64_t seed = 31;
    size_t hops = 0;

    (void)state;
    for (int round = 0; round < SANITIZED_ROUNDS(ROUNDS); round++) {
        struct agreement *a = generated_agreement(&shape, &seed);

        for (unsigned i = 0; i < 4; i++) {
            char field[32];
            char name[16];

            (void)snprintf(name, sizeof name, "field%u", i);
            hops += compare(a, name, name);
            (void)snprintf(field, sizeof field, "kind%u.%s",
                generated_below(&seed, KINDS), name);
            hops += compare(a, field, name);
        }
        agreement_destroy(&a);
    }
    assert_true(hops > SANITIZED_ROUNDS(2000));
}

static const char text[] = HEAD
    "signal k with fields s, t; signal l with fields s; signal m with fields "
    "s;\n"
    "permit P1 \"T\": from a to b signal k for p on g share s, t;\n"
    "permit P2 \"T\": from b to c signal l for p on g share s oblige onward "
    "only to a;\n"
    "permit P3 \"T\": from c to d signal m for p on g share s;\n"
    "permit P4 \"T\": from a to c signal m for q on g share s oblige no "
    "onward;\n";

static void
obligations_stop_a_field_where_they_bind(void **state)
{
    struct agreement *a = loaded_text(text);
    struct words why = {0};
    struct who *w;
    const struct who_hop *hop;

    (void)state;
    assert_int_equal(who_new(&w, a, "k.s", &why), DHK_OK);
    assert_int_equal(who_holders(w), 1 << 1);
    assert_int_equal(who_follow(w), DHK_OK);
    /* a to b, b to c, but not c to d: c may pass it on to a only */
    assert_int_equal(who_hops(w), 2);
    hop = who_hop(w, 1);
    assert_int_equal(hop->entry->recipient, 2);
    assert_int_equal(hop->number, 2);
    assert_ptr_equal(hop->from, who_hop(w, 0));
    who_destroy(&w);
    assert_int_equal(who_new(&w, a, "s", &why), DHK_OK);
    assert_int_equal(who_holders(w), 1 << 1 | 1 << 2 | 1 << 3);
    who_destroy(&w);
    agreement_destroy(&a);
}

static void
a_field_that_no_kind_has_is_not_found(void **state)
{
    static const char *const wrong[] = {"u", "k.u", "l.t", "x.s", ".s", "k."};
    struct agreement *a = loaded_text(text);
    struct words why = {0};
    struct who *w;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(who_new(&w, a, wrong[i], &why), DHK_NOTFOUND);
        assert_null(w);
    }
    agreement_destroy(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_follows_a_field_as_a_plain_fixpoint_does),
        cmocka_unit_test(obligations_stop_a_field_where_they_bind),
        cmocka_unit_test(a_field_that_no_kind_has_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
