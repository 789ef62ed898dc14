/* SPDX-License-Identifier: EUPL-1.2
 *
 * Loading and compiling when memory runs short: each allocation fails once, and
 * each time the answer is DHK_NOMEM, with nothing left behind. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "baseline.h"
#include "compiled.h"
#include "who.h"

static size_t calls; /* until one fails; 0: none does */
static size_t live;

void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
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

void *
__wrap_realloc(void *p, size_t n)
{
    if (calls > 0 && --calls == 0) {
        return NULL;
    }
    live += p == NULL;
    return __real_realloc(p, n);
}

void *
__wrap_reallocarray(void *p, size_t n, size_t size)
{
    if (calls > 0 && --calls == 0) {
        return NULL;
    }
    live += p == NULL;
    return __real_reallocarray(p, n, size);
}

void
__wrap_free(void *p)
{
    live -= p != NULL;
    __real_free(p);
}

static bool no_map, no_protect;
static size_t mapped;

void *__real_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
/* its name where offsets in files are wide */
void *__wrap_mmap64(void *at, size_t n, int prot, int flags, int fd, off_t off);
int __real_munmap(void *at, size_t n);
int __wrap_munmap(void *at, size_t n);
int __real_mprotect(void *at, size_t n, int prot);
int __wrap_mprotect(void *at, size_t n, int prot);

void *
__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
    if (no_map) {
        return MAP_FAILED;
    }
    mapped += n;
    return __real_mmap(at, n, prot, flags, fd, off);
}

void *
__wrap_mmap64(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
    return __wrap_mmap(at, n, prot, flags, fd, off);
}

int
__wrap_munmap(void *at, size_t n)
{
    mapped -= n;
    return __real_munmap(at, n);
}

int
__wrap_mprotect(void *at, size_t n, int prot)
{
    return no_protect ? -1 : __real_mprotect(at, n, prot);
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

/* Loads a baseline that the shipped agreement does not hold to, and proves. */
static enum dhk_err
prove_against(const struct agreement *a)
{
    static struct baseline_proof proof;
    struct findings findings;
    struct baseline *b;
    enum dhk_err rc = baseline_load_rules(
        &b, slice_str("never share category b to om;"), a, &findings);

    if (rc == DHK_OK) {
        rc = baseline_prove(&proof, b, a);
    }
    if (rc == DHK_OK) {
        rc = baseline_check_statutory(&findings, a);
    }
    assert_int_equal(findings.errors, 0);
    assert_true(rc != DHK_OK || proof.found > 0);
    baseline_destroy(&b);
    return rc;
}

/* Lets each allocation of WORK fail in turn: nothing is left, and short memory
 * is all that is said. How often it failed. */
static size_t fail_each(enum dhk_err (*work)(const struct agreement *a))
{
    struct agreement *a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    enum dhk_err rc = DHK_NOMEM;
    size_t failures = 0;

    for (size_t fail_at = 1; rc != DHK_OK; fail_at++) {
        size_t before = live;

        calls = fail_at;
        rc = work(a);
        calls = 0;
        assert_true(rc == DHK_OK || rc == DHK_NOMEM);
        assert_int_equal(live, before);
        failures += rc != DHK_OK;
    }
    agreement_destroy(&a);
    return failures;
}

static void
a_proof_that_lacks_memory_is_no_proof(void **state)
{
    (void)state;
    assert_true(fail_each(prove_against) >= 8);
}

/* Asks who could hold a field, and under which conditions. */
static enum dhk_err
ask_who(const struct agreement *a)
{
    struct words why = {0};
    struct who *w;
    enum dhk_err rc = who_new(&w, a, "bsn", &why);

    if (rc == DHK_OK) {
        rc = who_follow(w);
    }
    for (size_t i = 0; rc == DHK_OK && i < who_hops(w); i++) {
        const struct matrix_entry *e = who_hop(w, i)->entry;
        struct boxes *boxes;

        rc = matrix_boxes(&boxes, who_matrix(w), e, &e->cases[0]);
        assert_true((rc == DHK_OK) == (boxes != NULL));
        boxes_destroy(&boxes);
    }
    who_destroy(&w);
    words_done(&why);
    return rc;
}

static void
a_matrix_that_lacks_memory_is_not_made(void **state)
{
    (void)state;
    assert_true(fail_each(ask_who) >= 40);
}

static void
a_table_that_cannot_be_made_or_closed_is_reported(void **state)
{
    struct agreement *a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    struct slice text = loaded_bytes(CONVENANTEN "/voorbeeldstad.convenant");
    size_t before = mapped;
    struct findings findings;
    struct agreement *other;
    struct compiled *c;

    (void)state;
    no_map = true;
    assert_int_equal(compiled_new(&c, a), DHK_NOMEM);
    assert_null(c);
    assert_int_equal(agreement_load(&other, text, &findings), DHK_NOMEM);
    assert_null(other);
    no_map = false;
    no_protect = true;
    assert_int_equal(compiled_new(&c, a), DHK_NOMEM);
    assert_null(c);
    assert_int_equal(mapped, before);
    no_protect = false;
    assert_int_equal(compiled_new(&c, a), DHK_OK);
    assert_int_equal(mapped, before + compiled_bytes(c).n);
    compiled_destroy(&c);
    assert_int_equal(mapped, before);
    loaded_free(text);
    agreement_destroy(&a);
    assert_int_equal(mapped, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_memory_is_reported_and_nothing_is_left),
        cmocka_unit_test(a_proof_that_lacks_memory_is_no_proof),
        cmocka_unit_test(a_matrix_that_lacks_memory_is_not_made),
        cmocka_unit_test(a_table_that_cannot_be_made_or_closed_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
