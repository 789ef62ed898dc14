/* SPDX-License-Identifier: EUPL-1.2
 *
 * A third party's directory: a key that others may not read, a card for who
 * admits it, and extracts that only this key opens, until the admission ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "guestfile.h"

#include "file.h"

#define ok(call) assert_int_equal((call), DHK_OK)

enum { MADE = 1767225600, UNTIL = MADE + 86400, PATH = 256 };

static char top[64];
static const uint8_t handle[GUEST_CASE] = {0xab, 0xcd};
static const uint8_t other_handle[GUEST_CASE] = {0xab, 0xce};
static const char said[] = "{\"type\":\"extract\"}";

static const char *
at(const char *name)
{
    static char path[4][PATH];
    static unsigned n;

    n = (n + 1) % 4;
    (void)snprintf(path[n], PATH, "%s/%s", top, name);
    return path[n];
}

static int
begin(void **state)
{
    (void)state;
    ok(key_init());
    (void)strcpy(top, "/tmp/guestfile.XXXXXX");
    return mkdtemp(top) == NULL;
}

static void
remove_file(const char *name)
{
    (void)unlink(at(name));
}

static int
end(void **state)
{
    static const char *const dirs[] = {"one", "two", "locked"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s/guest.key", dirs[i]);
        remove_file(name);
        (void)snprintf(name, sizeof name, "%s/guest.card", dirs[i]);
        remove_file(name);
        (void)rmdir(at(dirs[i]));
    }
    remove_file("extract");
    remove_file("altered");
    return rmdir(top);
}

static struct guest_card
new_card(const char *dir, const uint8_t of[GUEST_CASE])
{
    struct dhk_problem problem = {""};
    struct guest_card card;

    ok(guestfile_new(&card, at(dir), of, slice_of(NULL, 0), &problem));
    return card;
}

static enum dhk_err
open_(const char *dir, const char *extract, int64_t now, char *why)
{
    struct dhk_problem problem = {""};
    struct dh_secret *sk;
    struct guest_card card;
    struct slice text;
    uint8_t *mem;
    size_t n;
    enum dhk_err rc;

    ok(guestfile_load(&sk, &card, at(dir), slice_of(NULL, 0), &problem));
    rc = guestfile_open(&text, &mem, &n, at(extract), &card, sk, now, &problem);
    if (rc == DHK_OK)
        assert_true(slice_equal(text, slice_str(said)));
    else
        assert_true(problem.text[0] != '\0' && text.n == 0 && mem == NULL);
    (void)snprintf(why, 400, "%s", problem.text);
    file_free(&mem, n);
    key_dh_destroy(&sk);
    return rc;
}

static void
a_key_is_its_owners_and_a_card_is_anybodys(void **state)
{
    struct dhk_problem problem = {""};
    struct guest_card made = new_card("one", handle), read;
    struct dh_secret *sk;
    struct stat st;

    (void)state;
    assert_int_equal(stat(at("one/guest.key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    ok(guestfile_card(&read, at("one/guest.card"), &problem));
    assert_memory_equal(&read, &made, sizeof read);
    ok(guestfile_load(&sk, &read, at("one"), slice_of(NULL, 0), &problem));
    assert_memory_equal(&read, &made, sizeof read);
    key_dh_destroy(&sk);
    /* one that others may read is refused */
    assert_int_equal(chmod(at("one/guest.key"), 0644), 0);
    assert_int_equal(
        guestfile_load(&sk, &read, at("one"), slice_of(NULL, 0), &problem),
        DHK_DENIED);
    assert_null(sk);
    assert_int_equal(chmod(at("one/guest.key"), 0600), 0);
}

static void
a_key_is_not_overwritten(void **state)
{
    struct dhk_problem problem = {""};
    struct guest_card card, before;

    (void)state;
    ok(guestfile_card(&before, at("one/guest.card"), &problem));
    assert_int_equal(
        guestfile_new(&card, at("one"), handle, slice_of(NULL, 0), &problem),
        DHK_EXISTS);
    ok(guestfile_card(&card, at("one/guest.card"), &problem));
    assert_memory_equal(&card, &before, sizeof card);
    /* nor a card, and then no key is left that nobody knows of */
    (void)new_card("two", other_handle);
    assert_int_equal(unlink(at("two/guest.key")), 0);
    assert_int_equal(
        guestfile_new(&card, at("two"), handle, slice_of(NULL, 0), &problem),
        DHK_EXISTS);
    assert_int_equal(access(at("two/guest.key"), F_OK), -1);
    assert_int_equal(unlink(at("two/guest.card")), 0);
}

static void
a_passphrase_locks_it(void **state)
{
    struct dhk_problem problem = {""};
    struct guest_card made, read;
    struct dh_secret *sk;
    bool wrapped;

    (void)state;
    ok(guestfile_new(
        &made, at("locked"), handle, slice_str("correct horse"), &problem));
    ok(guestfile_is_wrapped(&wrapped, at("locked"), &problem));
    assert_true(wrapped);
    ok(guestfile_is_wrapped(&wrapped, at("one"), &problem));
    assert_false(wrapped);
    assert_int_equal(
        guestfile_load(&sk, &read, at("locked"), slice_str("wrong"), &problem),
        DHK_AUTH);
    assert_null(sk);
    ok(guestfile_load(
        &sk, &read, at("locked"), slice_str("correct horse"), &problem));
    assert_memory_equal(&read, &made, sizeof read);
    key_dh_destroy(&sk);
}

static void
an_extract_opens_with_its_key_until_the_end(void **state)
{
    struct dhk_problem problem = {""};
    struct guest_card card;
    struct guest_extract x = {.origin = slice_str("ledger.test/1"),
        .desk = slice_str("derdenloket"),
        .until = UNTIL,
        .made = MADE,
        .share = 4,
        .handed = 9};
    struct stat st;
    char why[400];

    (void)state;
    (void)new_card("two", handle); /* of the same case, another key */
    ok(guestfile_card(&card, at("one/guest.card"), &problem));
    ok(guestfile_seal(at("extract"), &x, &card, slice_str(said), &problem));
    assert_int_equal(stat(at("extract"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(
        guestfile_seal(at("extract"), &x, &card, slice_str(said), &problem),
        DHK_EXISTS);
    ok(open_("one", "extract", MADE, why));
    assert_int_equal(open_("two", "extract", MADE, why), DHK_AUTH);
    assert_non_null(strstr(why, "another card or case"));
    assert_int_equal(open_("one", "extract", UNTIL, why), DHK_DENIED);
    assert_non_null(strstr(why, "ended on 2026-01-02"));
    assert_int_equal(open_("one", "one/guest.card", MADE, why), DHK_FORMAT);
    assert_int_equal(open_("one", "none", MADE, why), DHK_IO);
}

static void
an_altered_extract_is_refused(void **state)
{
    uint8_t *bytes;
    size_t n;
    char why[400];

    (void)state;
    ok(file_read(&bytes, &n, at("extract"), GUEST_EXTRACT_MAX));
    for (size_t i = 0; i < n; i += 7) {
        bytes[i] ^= 0x20;
        ok(file_write(at("altered"), slice_of(bytes, n), 0600));
        assert_int_not_equal(open_("one", "altered", MADE, why), DHK_OK);
        bytes[i] ^= 0x20;
    }
    file_free(&bytes, n);
}

static void
what_is_no_card_is_told(void **state)
{
    struct dhk_problem problem = {""};
    struct guest_card card;

    (void)state;
    assert_int_equal(
        guestfile_card(&card, at("extract"), &problem), DHK_FORMAT);
    assert_non_null(strstr(problem.text, "is no guest card"));
    assert_int_equal(guestfile_card(&card, at("none"), &problem), DHK_IO);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_its_owners_and_a_card_is_anybodys),
        cmocka_unit_test(a_key_is_not_overwritten),
        cmocka_unit_test(a_passphrase_locks_it),
        cmocka_unit_test(an_extract_opens_with_its_key_until_the_end),
        cmocka_unit_test(an_altered_extract_is_refused),
        cmocka_unit_test(what_is_no_card_is_told),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
