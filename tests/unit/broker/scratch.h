/* SPDX-License-Identifier: EUPL-1.2
 *
 * A directory of its own for each test, removed with all that is in it. */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"

static inline int
scratch_remove_one(
    const char *p, const struct stat *st, int flag, struct FTW *f)
{
    (void)st;
    (void)flag;
    (void)f;
    return remove(p);
}

static inline int
scratch_new(void **state)
{
    char *dir = strdup("/tmp/driehoek-test-XXXXXX");
    assert_non_null(dir);
    assert_non_null(mkdtemp(dir));
    *state = dir;
    return 0;
}

static inline int
scratch_remove(void **state)
{
    assert_int_equal(
        nftw(*state, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
    free(*state);
    return 0;
}

#define scratch_test(f)                                                        \
    cmocka_unit_test_setup_teardown(f, scratch_new, scratch_remove)
#define ok(expr) assert_int_equal((expr), DHK_OK)

#endif
