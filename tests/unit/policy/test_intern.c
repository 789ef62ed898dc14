/* SPDX-License-Identifier: EUPL-1.2
 *
 * Records and their numbers. */
#include "intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { RECORDS = 5000 };

static void
each_record_has_one_number(void **state)
{
    struct intern *t = intern_new(2 * sizeof(uint64_t));
    uint64_t number;

    (void)state;
    assert_non_null(t);
    for (int round = 0; round < 2; round++) {
        for (uint64_t i = 0; i < RECORDS; i++) {
            /* alike in one half or the other */
            uint64_t record[2] = {i % 2 == 0 ? 7 : i, i % 2 == 0 ? i : 7};

            assert_int_equal(intern_number(&number, t, record), DHK_OK);
            assert_int_equal(number, i);
        }
        assert_int_equal(intern_count(t), RECORDS);
    }
    for (uint64_t i = 0; i < RECORDS; i++) {
        const uint64_t *record = intern_record(t, i);

        assert_int_equal(record[i % 2 == 0 ? 1 : 0], i);
    }
    intern_destroy(&t);
    assert_null(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_record_has_one_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
