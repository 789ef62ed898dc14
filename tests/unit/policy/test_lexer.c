/* SPDX-License-Identifier: EUPL-1.2
 *
 * Tokens, their places, and the bytes that a text may not hold. */
#include "lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct findings findings;
static struct lexer lexer;

static void
start(const char *text)
{
    memset(&findings, 0, sizeof findings);
    lexer_init(&lexer, slice_str(text), &findings);
}

static void
expect_token(enum lexer_kind kind, const char *text)
{
    struct token t = lexer_next(&lexer);

    assert_int_equal(t.kind, kind);
    assert_int_equal(t.text.n, strlen(text));
    assert_memory_equal(t.text.p, text, t.text.n);
}

static void
each_kind_of_token_is_recognised(void **state)
{
    (void)state;
    start("naam in-casus2 P28 120 2026-03-01 08:30 \"Titel\" ; : , = - .. "
          "sha256:"
          "3f0c7a52b91de6608c14fa7735d2e9b04c6a1f88270be3d95e41c7f6a8092b3d");
    expect_token(LEXER_NAME, "naam");
    expect_token(LEXER_NAME, "in-casus2");
    expect_token(LEXER_RULE_ID, "P28");
    expect_token(LEXER_INT, "120");
    expect_token(LEXER_DATE, "2026-03-01");
    expect_token(LEXER_TIME, "08:30");
    expect_token(LEXER_STRING, "Titel");
    expect_token(LEXER_SEMICOLON, ";");
    expect_token(LEXER_COLON, ":");
    expect_token(LEXER_COMMA, ",");
    expect_token(LEXER_EQUALS, "=");
    expect_token(LEXER_DASH, "-");
    expect_token(LEXER_DOTS, "..");
    expect_token(LEXER_HASH,
        "3f0c7a52b91de6608c14fa7735d2e9b04c6a1f88270be3d95e41c7f6a8092b3d");
    expect_token(LEXER_END, "");
    expect_token(LEXER_END, "");
    assert_int_equal(findings.n, 0);
}

static void
tokens_need_no_blanks_between_them(void **state)
{
    (void)state;
    start("0..120;mon-fri 08:00-18:00,a:yes-no");
    expect_token(LEXER_INT, "0");
    expect_token(LEXER_DOTS, "..");
    expect_token(LEXER_INT, "120");
    expect_token(LEXER_SEMICOLON, ";");
    expect_token(LEXER_NAME, "mon-fri");
    expect_token(LEXER_TIME, "08:00");
    expect_token(LEXER_DASH, "-");
    expect_token(LEXER_TIME, "18:00");
    expect_token(LEXER_COMMA, ",");
    expect_token(LEXER_NAME, "a");
    expect_token(LEXER_COLON, ":");
    expect_token(LEXER_NAME, "yes-no");
    expect_token(LEXER_END, "");
}

static void
lines_and_columns_count_from_one_in_bytes(void **state)
{
    struct token t;

    (void)state;
    start("a  b # \xc3\xab \"\n\n  \"\xc3\xab\" c");
    t = lexer_next(&lexer);
    assert_int_equal(t.at.line * 100 + t.at.column, 101);
    t = lexer_next(&lexer);
    assert_int_equal(t.at.line * 100 + t.at.column, 104);
    t = lexer_next(&lexer);
    assert_int_equal(t.kind, LEXER_STRING);
    assert_int_equal(t.at.line * 100 + t.at.column, 303);
    t = lexer_next(&lexer);
    assert_int_equal(t.at.line * 100 + t.at.column, 308);
}

static void
numbers_dates_and_times_have_values(void **state)
{
    (void)state;
    start("4294967294 1970-01-01 2000-02-29 2036-01-01 00:00 24:00 23:59");
    assert_int_equal(lexer_next(&lexer).number, 4294967294U);
    assert_int_equal(lexer_next(&lexer).number, 0);
    assert_int_equal(lexer_next(&lexer).number, 11016);
    assert_int_equal(lexer_next(&lexer).number, 24106);
    assert_int_equal(lexer_next(&lexer).number, 0);
    assert_int_equal(lexer_next(&lexer).number, 1440);
    assert_int_equal(lexer_next(&lexer).number, 1439);
    assert_int_equal(findings.n, 0);
}

static void
what_is_no_token_is_said_at_its_place(void **state)
{
    static const struct {
        const char *text, *says;
        unsigned column;
    } cases[] = {
        {"a (b", "'(' has no meaning here", 3},
        {"a .b", "'.' has no meaning here", 3},
        {"ab Politie", "written in lower case", 4},
        {"pOlitie", "lower-case letters, digits and hyphens", 2},
        {"a_b", "lower-case letters, digits and hyphens", 2},
        {"a 1b", "begins with a letter", 3},
        {"a 007", "no leading zero", 3},
        {"a 4294967295", "too large", 3},
        {"a 99999999999999999999999999", "too large", 3},
        {"a 2026-02-29", "no such date", 3},
        {"a 1969-12-31", "no such date", 3},
        {"a 2026-13-01", "no such date", 3},
        {"a 24:01", "no such time", 3},
        {"a 10:60", "no such time", 3},
        {"a \"open\n\"", "no closing quote", 3},
        {"a \"\"", "title is empty", 3},
        {"a sha256:12", "64 lower-case hex digits", 3},
        {"a \xc3\xab", "U+00EB stands outside", 3},
        {"a ABCDEFGHIJKLMNOPQ", "longer than 16 bytes", 3},
        {"a abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi",
            "longer than 48 bytes", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start(cases[i].text);
        while (lexer_next(&lexer).kind != LEXER_END) {
        }
        if (findings.n == 0 ||
            strstr(findings.list[0].text, cases[i].says) == NULL) {
            fail_msg("%s: no '%s'", cases[i].text, cases[i].says);
        }
        assert_int_equal(findings.list[0].column, cases[i].column);
        assert_int_equal(findings.list[0].line, 1);
    }
}

static void
the_longest_name_and_title_are_accepted(void **state)
{
    char title[2 + LIMIT_TITLE + 1];

    (void)state;
    memset(title, 'x', sizeof title);
    title[0] = '"';
    title[LIMIT_TITLE + 1] = '"';
    title[LIMIT_TITLE + 2] = '\0';
    start(title);
    assert_int_equal(lexer_next(&lexer).text.n, LIMIT_TITLE);
    assert_int_equal(findings.n, 0);
    start("abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh "
          "ABCDEFGHIJKLMNOP");
    assert_int_equal(lexer_next(&lexer).text.n, LIMIT_NAME);
    assert_int_equal(lexer_next(&lexer).text.n, LIMIT_RULE_ID);
    assert_int_equal(findings.n, 0);
}

static bool
is_clean(const char *bytes, size_t n)
{
    memset(&findings, 0, sizeof findings);
    return lexer_is_clean(slice_of(bytes, n), &findings);
}

static void
bytes_that_a_reader_does_not_see_are_refused(void **state)
{
    static const struct {
        const char *bytes, *says;
    } cases[] = {
        {"\t", "tab"},
        {"\r\n", "carriage return"},
        {"\xef\xbb\xbf", "byte-order mark"},
        {"\x01", "control character"},
        {"\x7f", "control character"},
        {"\xc2\x85", "control character"},
        {"\xe2\x80\xae", "direction of reading"},
        {"\xe2\x81\xa6", "direction of reading"},
        {"\xe2\x80\x8f", "direction of reading"},
        {"\xe2\x80\x8b", "cannot be seen"},
        {"\xe2\x81\xa0", "cannot be seen"},
        {"\xc2\xad", "cannot be seen"},
        {"\xee\x80\x80", "private-use"},
        {"\xf3\xb0\x80\x80", "private-use"},
        {"e\xcc\x81", "combining mark"},
        {"\xd0\xb0", "neither Latin"},     /* Cyrillic a */
        {"\xc2\xa0", "neither Latin"},     /* no-break space */
        {"\xe2\x80\xa8", "neither Latin"}, /* line separator */
        {"\xc7\x83", "neither Latin"},     /* click that looks like ! */
        {"\xef\xbc\xa1", "neither Latin"}, /* wide A */
        {"\xff", "not UTF-8"},
        {"\xc3", "not UTF-8"},
        {"\xc0\x80", "not UTF-8"},
        {"\xed\xa0\x80", "not UTF-8"},
        {"\xf5\x80\x80\x80", "not UTF-8"},
        {"\x80", "not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(is_clean(cases[i].bytes, strlen(cases[i].bytes)));
        if (strstr(findings.list[0].text, cases[i].says) == NULL) {
            fail_msg("case %zu says: %s", i, findings.list[0].text);
        }
    }
    assert_false(is_clean("a\0b", 3));
}

static void
the_place_of_a_hidden_byte_is_said(void **state)
{
    (void)state;
    assert_false(is_clean("ab\n\xc3\xab\r", 6));
    assert_int_equal(findings.n, 1);
    assert_int_equal(findings.list[0].line, 2);
    assert_int_equal(findings.list[0].column, 3);
}

static void
latin_titles_are_clean(void **state)
{
    static const char text[] =
        "\"Justiti\xc3\xable gegevens \xe2\x80\x93 \xc2\xa7 5, "
        "\xe2\x80\x9eZvh\xe2\x80\x9d \xe2\x82\xac 1\xe2\x80\xa6\" # \xc5\x99";

    (void)state;
    assert_true(is_clean(text, sizeof text - 1));
    assert_true(is_clean("", 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_token_is_recognised),
        cmocka_unit_test(tokens_need_no_blanks_between_them),
        cmocka_unit_test(lines_and_columns_count_from_one_in_bytes),
        cmocka_unit_test(numbers_dates_and_times_have_values),
        cmocka_unit_test(what_is_no_token_is_said_at_its_place),
        cmocka_unit_test(the_longest_name_and_title_are_accepted),
        cmocka_unit_test(bytes_that_a_reader_does_not_see_are_refused),
        cmocka_unit_test(the_place_of_a_hidden_byte_is_said),
        cmocka_unit_test(latin_titles_are_clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
