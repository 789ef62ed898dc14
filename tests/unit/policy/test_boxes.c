/* SPDX-License-Identifier: EUPL-1.2
 *
 * Uniting cells changes nothing of what they hold, and says it in words. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boxes.h"
#include "generated.h"

static const struct generated_shape shape = {.parties = 6,
    .kinds = 4,
    .purposes = 3,
    .grounds = 3,
    .attributes = 4,
    .windows = 2,
    .rules = 8,
    .any = 20,
    .names = 3};

static uint64_t
fields_of(const struct agreement *a, const struct request *req)
{
    struct decision d;

    evaluate(&d, a, req);
    return d.fields;
}

static bool
holds(const struct box *box, const struct cells_cell *cell)
{
    bool all = box->kind == cell->kind;

    for (size_t d = 0; all && d < cell->dimensions; d++) {
        for (size_t i = 0; all && i < CELLS_VALUES / 64; i++) {
            all = (cell->set[d].bits[i] & ~box->set[d].bits[i]) == 0;
        }
    }
    return all;
}

/* In how many boxes the cell lies; those must say what it says. */
static size_t
count_around(const struct boxes *b, const struct cells_cell *cell,
    const struct agreement *a)
{
    size_t around = 0;

    for (size_t i = 0; i < boxes_count(b); i++) {
        if (holds(boxes_at(b, i), cell)) {
            assert_int_equal(
                boxes_at(b, i)->says, fields_of(a, &cell->request[0]));
            around++;
        }
    }
    return around;
}

static void
every_cell_lies_in_one_box_that_says_the_same(void **state)
{
    uint64_t seed = 8;
    size_t united = 0;

    (void)state;
    for (int round = 0; round < 40; round++) {
        struct agreement *a = generated_agreement(&shape, &seed);
        struct cells_cell cell;
        struct cells *c;
        struct boxes *b;
        double requests = 0;
        double inside = 0;
        size_t cells = 0;

        assert_int_equal(cells_new(&c, a, NULL), DHK_OK);
        b = boxes_new();
        assert_non_null(b);
        while (cells < 2000 && cells_next(c, &cell)) {
            requests += cell.requests;
            assert_int_equal(
                boxes_add(b, &cell, fields_of(a, &cell.request[0])), DHK_OK);
            cells++;
        }
        boxes_unite(b);
        for (size_t i = 0; i < boxes_count(b); i++) {
            inside += boxes_at(b, i)->requests;
        }
        /* sums of numbers that may have more digits than a double */
        assert_true(inside > requests * (1 - 1e-9));
        assert_true(inside < requests * (1 + 1e-9));
        united += cells - boxes_count(b);
        cells_rewind(c);
        for (size_t i = 0; i < cells && cells_next(c, &cell); i++) {
            assert_int_equal(count_around(b, &cell, a), 1);
        }
        boxes_destroy(&b);
        cells_destroy(&c);
        agreement_destroy(&a);
    }
    assert_true(united > 1000);
}

static const char text[] = HEAD
    "attribute age : number 0 .. 99; attribute shade : level low, mid, high;\n"
    "window office = mon - fri 08:00 - 18:00;\n"
    "signal k with fields s, t attributes age, shade;\n"
    "permit P1 \"T\": from a to b, c signal k for p on g, h when age at least "
    "18 and age below 65 and shade is mid share s;\n"
    "permit P2 \"T\": from a to b, c signal k for p on g, h when age at least "
    "18 and age below 65 and shade is high share s;\n"
    "permit P3 \"T\": from any except d to d signal k for q on h when age is "
    "not 40 and during office share t;\n"
    "forbid V1 \"T\": from d to any signal any;\n";

static void
boxes_read_like_the_agreement(void **state)
{
    struct agreement *a = loaded_text(text);
    struct cells_cell cell;
    struct words words = {0};
    struct cells *c;
    struct boxes *b;
    const char *said;

    (void)state;
    assert_int_equal(cells_new(&c, a, NULL), DHK_OK);
    b = boxes_new();
    assert_non_null(b);
    while (cells_next(c, &cell)) {
        assert_int_equal(
            boxes_add(b, &cell, fields_of(a, &cell.request[0])), DHK_OK);
    }
    boxes_unite(b);
    for (size_t i = 0; i < boxes_count(b); i++) {
        assert_int_equal(boxes_describe(&words, c, boxes_at(b, i)), DHK_OK);
        words_add(&words, "\n");
    }
    assert_int_equal(words_end(&words, &said), DHK_OK);
    assert_string_equal(said,
        "from a to b, c signal k for p on any when age is 18..64 and shade is "
        "mid, high\n"
        "from any except d to d signal k for q on h when during office and "
        "age is 0..39, 41..99\n");
    words_done(&words);
    boxes_destroy(&b);
    cells_destroy(&c);
    agreement_destroy(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_lies_in_one_box_that_says_the_same),
        cmocka_unit_test(boxes_read_like_the_agreement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
