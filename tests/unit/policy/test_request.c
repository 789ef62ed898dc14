/* SPDX-License-Identifier: EUPL-1.2
 *
 * A request in words: what it means, and what is said of a wrong one. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "request.h"

static const char text[] =
    HEAD "attribute age : number 0 .. 120; attribute live : yes-no;\n"
         "window work = mon-fri 08:00-18:00; window noon = mon 12:00-13:00;\n"
         "signal kind with fields x, y attributes age, live;\n"
         "permit P1 \"T\": from a to b signal kind for p on g\n"
         " when age at least 18 and during work unless live is yes share x;\n"
         "permit P2 \"T\": from a to c signal kind for q on h\n"
         " when outside noon share y;\n";

static struct agreement *a;

static int
load(void **state)
{
    (void)state;
    a = loaded_text(text);
    return 0;
}

static int
unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

static struct request
read(const char *words)
{
    struct findings findings;
    struct request req;

    memset(&req, 0xa5, sizeof req);
    assert_int_equal(
        request_read(&req, a, slice_str(words), &findings), DHK_OK);
    assert_int_equal(findings.errors, 0);
    return req;
}

/* Refused at that place, with a message that has PART. */
static void
refused(const char *words, unsigned line, unsigned column, const char *part)
{
    struct findings findings;
    struct request req;

    assert_int_equal(
        request_read(&req, a, slice_str(words), &findings), DHK_FORMAT);
    assert_true(findings.errors > 0);
    assert_true(loaded_has(&findings, part));
    assert_int_equal(findings.list[0].line, line);
    assert_int_equal(findings.list[0].column, column);
}

static void
assert_reads(const char *words, const char *line)
{
    struct request got = read(words);
    struct request want = loaded_request(a, line);

    assert_memory_equal(&got, &want, sizeof got);
}

static void
every_word_is_read_as_in_an_expect_line(void **state)
{
    (void)state;
    assert_reads("from a to b signal kind for p on g", "a b kind p g");
    assert_reads("from a to b signal kind for p on g with age is 17, "
                 "during work, live is no",
        "a b kind p g age=17 live=no work!");
    assert_reads("from d to c signal kind for q on h with age is unknown",
        "d c kind q h age=unknown");
    assert_reads("  from a to b\n  signal kind # say why\n for p on g\n",
        "a b kind p g");
    assert_reads("from a to b signal kind for p on g with during work, "
                 "during noon",
        "a b kind p g work! noon!");
}

static void
a_wrong_name_is_told_with_its_place_and_the_nearest(void **state)
{
    (void)state;
    refused("from e to b signal kind for p on g", 1, 6, "unknown party 'e'");
    refused("from a to b signal kimd for p on g", 1, 20,
        "unknown signal 'kimd'; did you mean 'kind'?");
    refused("from a to b\nsignal kind for p\non i", 3, 4, "unknown ground");
    refused("from a to b signal kind for p on g with agee is 3", 1, 41,
        "did you mean 'age'?");
    refused("from a to b signal kind for p on g with age is 300", 1, 48, "");
    refused("from a to b signal kind for p on g with during wrok", 1, 48,
        "did you mean 'work'?");
    refused("from a to b signal kind for p on g with age is 1, age is 2", 1, 51,
        "has a value already");
    refused("from a to b signal kind for p on g with during noon", 1, 1,
        "no minute of the week");
}

static void
a_wrong_form_is_told_where_it_stands(void **state)
{
    (void)state;
    refused("", 1, 1, "the request ends too early; expected 'from'");
    refused("from a to b signal kind for p", 1, 30,
        "the request ends too early; expected 'on'");
    refused("from a to b signal kind for p on g with", 1, 40, "too early");
    refused("from a too b", 1, 8, "did you mean 'to'?");
    refused("from a to b signal kind for p on g, h", 1, 35, "unexpected ','");
    refused("from a to b signal kind for p on g with age at least 3", 1, 45,
        "unexpected 'at'");
    refused("from any to b signal kind for p on g", 1, 6, "'any'");
    refused("van a naar b", 1, 1, "unexpected 'van'");
    refused("from a to b signal kind for p on g \x01", 1, 36, "");
    refused("from a to \xff", 1, 11, "");
}

static void
nothing_stands_behind_a_request(void **state)
{
    struct findings findings;
    struct request req;

    (void)state;
    refused("from a to b signal kind for p on g; expect deny: from a to c "
            "signal kind for p on g",
        1, 1, "one request is wanted");
    refused("from a to b signal kind for p on g;", 1, 1, "without ';'");
    assert_int_equal(
        request_read(&req, a,
            slice_of("from a to b signal kind for p on g\0;", 37), &findings),
        DHK_FORMAT);
    refused("from a to b signal kind for p on g\nexpect deny: from a to b", 2,
        1, "unexpected 'expect'");
}

static void
a_long_text_is_refused(void **state)
{
    char *longer = malloc(REQUEST_TEXT + 1);
    struct findings findings;
    struct request req;

    (void)state;
    assert_non_null(longer);
    memset(longer, ' ', REQUEST_TEXT + 1);
    assert_int_equal(
        request_read(&req, a, slice_of(longer, REQUEST_TEXT + 1), &findings),
        DHK_LIMIT);
    assert_int_equal(
        request_read(&req, a, slice_of(longer, REQUEST_TEXT), &findings),
        DHK_FORMAT);
    assert_true(loaded_has(&findings, "too early"));
    free(longer);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_read_as_in_an_expect_line),
        cmocka_unit_test(a_wrong_name_is_told_with_its_place_and_the_nearest),
        cmocka_unit_test(a_wrong_form_is_told_where_it_stands),
        cmocka_unit_test(nothing_stands_behind_a_request),
        cmocka_unit_test(a_long_text_is_refused),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
