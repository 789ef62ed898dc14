/* SPDX-License-Identifier: EUPL-1.2
 *
 * Hiding small figures: what is shown never tells a hidden one. */
#include "smallcells.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CELLS = 64 };

static bool hidden[CELLS];

/* "1.1" of ROWS x COLUMNS: a dot is shown, a one hidden, a space between
 * rows. */
static const char *
hide(const uint64_t *value, size_t rows, size_t columns, bool totals)
{
    static char out[2 * CELLS];
    size_t n = 0;
    struct smallcells s = {rows, columns, value, hidden, 5, totals};

    assert_int_equal(smallcells_hide(&s), DHK_OK);
    for (size_t i = 0; i < rows; i++) {
        for (size_t k = 0; k < columns; k++)
            out[n++] = hidden[i * columns + k] ? '1' : '.';
        out[n++] = i + 1 == rows ? '\0' : ' ';
    }
    return out;
}

static void
what_is_large_is_shown(void **state)
{
    static const uint64_t value[] = {5, 7, 12};

    (void)state;
    assert_string_equal(hide(value, 3, 1, false), ". . .");
}

static void
one_small_figure_hides_the_next_smallest(void **state)
{
    static const uint64_t value[] = {4, 20, 9, 33};

    (void)state;
    assert_string_equal(hide(value, 4, 1, false), "1 . 1 .");
}

static void
two_small_ones_hide_one_another(void **state)
{
    static const uint64_t value[] = {4, 20, 2, 26};

    (void)state;
    assert_string_equal(hide(value, 4, 1, false), "1 . 1 .");
}

/* Both are hidden and sum to nothing: then each is nothing. */
static void
zeros_that_their_sum_tells_hide_more(void **state)
{
    static const uint64_t value[] = {0, 20, 0, 30, 50};

    (void)state;
    assert_string_equal(hide(value, 5, 1, false), "1 1 1 . .");
}

static void
a_lone_figure_hides_its_total(void **state)
{
    static const uint64_t value[] = {3, 3};

    (void)state;
    assert_string_equal(hide(value, 2, 1, false), "1 1");
}

/* With sums of rows too, a hidden cell needs three others: a rectangle. */
static void
a_small_figure_in_a_table_hides_a_rectangle(void **state)
{
    static const uint64_t value[] = {
        3, 10, 20, 33, 11, 12, 30, 53, 40, 50, 60, 150, 54, 72, 110, 236};

    (void)state;
    assert_string_equal(hide(value, 4, 4, true), "11.. 11.. .... ....");
}

/* Two figures in a row and two in a column with one in common: one of each is
 * told by what is left of its line. */
static void
a_corner_is_no_rectangle(void **state)
{
    static const uint64_t value[] = {
        3, 4, 20, 27, 2, 12, 30, 44, 40, 50, 60, 150, 45, 66, 110, 221};
    size_t n = 0;

    (void)state;
    (void)hide(value, 4, 4, true);
    for (size_t i = 0; i < 16; i++)
        n += hidden[i];
    assert_true(n >= 4);
    assert_true(hidden[0] && hidden[1] && hidden[4] && hidden[5]);
}

/* Whatever the figures are, no small one is told; and every small one hidden.
 */
static void
no_small_figure_is_ever_told(void **state)
{
    uint64_t value[CELLS];
    unsigned random = 1;

    (void)state;
    for (size_t turn = 0; turn < 300; turn++) {
        size_t rows = 2 + turn % 5;
        size_t columns = 2 + turn / 5 % 5;
        struct smallcells s = {rows, columns, value, hidden, 5, true};
        memset(value, 0, sizeof value);
        for (size_t i = 0; i + 1 < rows; i++) {
            for (size_t k = 0; k + 1 < columns; k++) {
                random = random * 1103515245U + 12345U;
                uint64_t v = (random >> 16) % 13;
                value[i * columns + k] = v;
                value[i * columns + columns - 1] += v;
                value[(rows - 1) * columns + k] += v;
                value[rows * columns - 1] += v;
            }
        }
        assert_int_equal(smallcells_hide(&s), DHK_OK);
        bool all = true;
        for (size_t i = 0; i < rows * columns; i++)
            all = all && hidden[i];
        for (size_t i = 0; i < rows * columns; i++) {
            bool told = true;
            assert_true(hidden[i] || value[i] >= 5);
            assert_int_equal(
                smallcells_is_told(&told, &s, i / columns, i % columns),
                DHK_OK);
            if (hidden[i] && value[i] < 5 && !all)
                assert_false(told);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_large_is_shown),
        cmocka_unit_test(one_small_figure_hides_the_next_smallest),
        cmocka_unit_test(two_small_ones_hide_one_another),
        cmocka_unit_test(zeros_that_their_sum_tells_hide_more),
        cmocka_unit_test(a_lone_figure_hides_its_total),
        cmocka_unit_test(a_small_figure_in_a_table_hides_a_rectangle),
        cmocka_unit_test(a_corner_is_no_rectangle),
        cmocka_unit_test(no_small_figure_is_ever_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
