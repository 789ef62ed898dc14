/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a burst of work has left free is given back in the quiet after it, once.
 */
#include "surplus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int __wrap_malloc_trim(size_t pad);

static unsigned trims;

int
__wrap_malloc_trim(size_t pad)
{
    assert_int_equal(pad, 0);
    trims++;
    return 1;
}

static void
it_is_given_back_once_in_the_quiet_after_work(void **state)
{
    struct surplus s = {.kept = false};

    (void)state;
    surplus_turn(&s, false, 5000); /* nothing was done yet */
    assert_int_equal(trims, 0);
    surplus_turn(&s, true, 5000);
    surplus_turn(&s, false, 5500);
    surplus_turn(&s, true, 5900); /* no quiet yet */
    surplus_turn(&s, false, 6500);
    surplus_turn(&s, false, 6899);
    assert_int_equal(trims, 0);
    surplus_turn(&s, false, 6900);
    assert_int_equal(trims, 1);
    surplus_turn(&s, false, 9000);
    assert_int_equal(trims, 1);
    surplus_turn(&s, true, 10000);
    surplus_turn(&s, false, 11000);
    assert_int_equal(trims, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_given_back_once_in_the_quiet_after_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
