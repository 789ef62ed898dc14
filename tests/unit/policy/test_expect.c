/* SPDX-License-Identifier: EUPL-1.2
 *
 * Expect lines of an agreement and of texts of their own: what they say, where
 * they stand, and which of them hold. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "expect.h"

static const char rules[] = HEAD
    "attribute age : number 0 .. 99;\n"
    "window office = mon - fri 08:00 - 18:00;\n"
    "signal k with fields s, t attributes age;\n"
    "permit P1 \"First\": from a to b signal k for p on g when age at least 18 "
    "share s, t;\n"
    "forbid V1 \"T\": from a to b signal k when during office;\n"
    "never N1 \"T\": share s, t to b when age is 40;\n";

static struct expect_list
read_cases(const struct agreement *a, const char *text)
{
    struct expect_list cases;
    struct findings findings;

    assert_int_equal(
        expect_read(&cases, a, slice_str(text), EXPECT_CASES, &findings),
        DHK_OK);
    assert_int_equal(findings.n, 0);
    return cases;
}

static void
a_text_of_cases_says_which_hold_and_why_not(void **state)
{
    static const char text[] =
        "# further cases\n"
        "expect permit by P1: from a to b signal k for p on g with age is 18\n"
        "  shares exactly t, s;\n"
        "  expect deny: from a to b signal k for p on g;\n"
        "expect deny: from a to b signal k for p on g with age is 18;\n"
        "expect permit by P1: from a to b signal k for p on g with age is 18\n"
        "  shares exactly s;\n"
        "expect deny by N1: from a to b signal k for p on g with age is 40;\n"
        "expect deny by V1: from a to b signal k for p on g with age is 40,\n"
        "  during office;\n"
        "expect deny by N1: from a to b signal k for p on g with age is 40,\n"
        "  during office;\n"
        "expect permit by P1: from a to b signal k for p on g with age is 17\n"
        "  shares exactly s, t;\n";
    static const struct {
        unsigned line, column;
        const char *why; /* NULL: it holds */
    } want[] = {
        {2, 1, NULL},
        {4, 3, NULL},
        {5, 1, "expected deny, but P1 \"First\" shares s, t"},
        {6, 1, "expected permit by P1, but P1 \"First\" shares s, t"},
        {8, 1, NULL},
        {9, 1, NULL},
        {11, 1, "expected deny by N1, but V1 \"T\" denies it"},
        {13, 1, "expected permit by P1, but no rule permits it"},
    };
    struct agreement *a = loaded_text(rules);
    struct expect_list cases = read_cases(a, text);

    (void)state;
    assert_int_equal(cases.n, sizeof want / sizeof want[0]);
    for (size_t i = 0; i < cases.n; i++) {
        struct words why = {0};
        const char *said;

        assert_int_equal(cases.list[i].line, want[i].line);
        assert_int_equal(cases.list[i].column, want[i].column);
        assert_int_equal(
            expect_holds(&why, a, &cases.list[i]), want[i].why == NULL);
        assert_int_equal(words_end(&why, &said), DHK_OK);
        assert_string_equal(said, want[i].why == NULL ? "" : want[i].why);
        words_done(&why);
    }
    expect_done(&cases);
    agreement_destroy(&a);
}

static void
a_text_without_cases_is_none(void **state)
{
    struct agreement *a = loaded_text(rules);
    struct expect_list cases = read_cases(a, "");

    (void)state;
    assert_int_equal(cases.n, 0);
    expect_done(&cases);
    cases = read_cases(a, "# none yet\n\n");
    assert_int_equal(cases.n, 0);
    expect_done(&cases);
    agreement_destroy(&a);
}

static void
a_faulty_text_of_cases_is_refused_where_it_is_wrong(void **state)
{
    static const struct {
        const char *text;
        unsigned line, column;
        const char *part;
    } wrong[] = {
        {"expect deny: from a to b signal k\n for p on gg;", 2, 11, "ground"},
        {"expect deny: from a to e signal k for p on g;", 1, 24, "party"},
        {"\nexpect deny by V9: from a to b signal k for p on g;", 2, 16,
            "unknown rule"},
        {"expect deny: from a to b signal k for p on g", 1, 45, "too early"},
        {"expect deny: from a to b signal k for p on g with age is 100;", 1, 58,
            "age"},
        {"party z;", 1, 1, "the end of the text or 'expect'"},
        {"convenant test version 1", 1, 1, "or 'expect'"},
        {"permit P1 \"T\": from a to b signal k for p on g share s;", 1, 1,
            "expected"},
        {"expect deny: from a to b signal k for p on g;\t", 1, 46, ""},
    };
    struct agreement *a = loaded_text(rules);

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct expect_list cases;
        struct findings f;

        assert_int_equal(
            expect_read(&cases, a, slice_str(wrong[i].text), EXPECT_CASES, &f),
            DHK_FORMAT);
        assert_true(f.errors > 0);
        assert_true(loaded_has(&f, wrong[i].part));
        assert_int_equal(f.list[0].line, wrong[i].line);
        assert_int_equal(f.list[0].column, wrong[i].column);
        assert_int_equal(cases.n, 0);
        assert_null(cases.list);
    }
    agreement_destroy(&a);
}

/* The agreement's own lines; a failing one is to be seen, not to be used. */
static void
a_draft_has_cases_that_fail(void **state)
{
    static const char text[] =
        HEAD "signal k with fields s;\n"
             "permit P1 \"T\": from a to b signal k for p on g share s;\n"
             "expect deny: from a to c signal k for p on g;\n"
             "expect deny: from a to b signal k for p on g;\n";
    struct findings f;
    struct expect_list cases;
    struct agreement *a;

    (void)state;
    loaded_refused(&f, text);
    assert_true(loaded_has(&f, "expected deny, but P1 \"T\" shares s"));
    assert_int_equal(f.errors, 1);
    assert_int_equal(agreement_draft(&a, slice_str(text), &f), DHK_OK);
    assert_int_equal(
        expect_read(&cases, a, slice_str(text), EXPECT_AGREEMENT, &f), DHK_OK);
    assert_int_equal(cases.n, 2);
    assert_true(expect_holds(NULL, a, &cases.list[0]));
    assert_false(expect_holds(NULL, a, &cases.list[1]));
    assert_int_equal(cases.list[1].line, 8);
    expect_done(&cases);
    /* expect lines alone are no agreement */
    assert_int_equal(expect_read(&cases, a,
                         slice_str("expect deny: from a to b signal k for p "
                                   "on g;"),
                         EXPECT_AGREEMENT, &f),
        DHK_FORMAT);
    agreement_destroy(&a);
    /* what a draft may have wrong are its examples only */
    assert_int_equal(
        agreement_draft(&a, slice_str(HEAD "signal k with fields s;\n"), &f),
        DHK_FORMAT);
    assert_null(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_of_cases_says_which_hold_and_why_not),
        cmocka_unit_test(a_text_without_cases_is_none),
        cmocka_unit_test(a_faulty_text_of_cases_is_refused_where_it_is_wrong),
        cmocka_unit_test(a_draft_has_cases_that_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
