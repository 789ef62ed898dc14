/* SPDX-License-Identifier: EUPL-1.2
 *
 * Loading when memory runs short: each allocation fails once, and each time
 * the answer is DHK_NOMEM, with nothing left behind. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static size_t calls; /* until one fails; 0: none does */
static size_t live;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void __real_free(void *p);
void __wrap_free(void *p);

void *
__wrap_calloc(size_t n, size_t size)
{
    if (calls > 0 && --calls == 0) {
        return NULL;
    }
    live++;
    return __real_calloc(n, size);
}

void
__wrap_free(void *p)
{
    live -= p != NULL;
    __real_free(p);
}

static void
short_memory_is_reported_and_nothing_is_left(void **state)
{
    struct slice text = loaded_bytes(CONVENANTEN "/voorbeeldstad.convenant");
    enum dhk_err rc = DHK_NOMEM;
    size_t failures = 0;

    (void)state;
    for (size_t fail_at = 1; rc != DHK_OK; fail_at++) {
        struct findings findings;
        struct agreement *a;
        size_t before = live;

        calls = fail_at;
        rc = agreement_load(&a, text, &findings);
        calls = 0;
        if (rc != DHK_OK) {
            assert_int_equal(rc, DHK_NOMEM);
            assert_null(a);
            failures++;
        }
        agreement_destroy(&a);
        assert_int_equal(live, before);
    }
    assert_true(failures >= 4);
    loaded_free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_memory_is_reported_and_nothing_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
