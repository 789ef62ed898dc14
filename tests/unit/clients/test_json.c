/* SPDX-License-Identifier: EUPL-1.2
 *
 * Strict JSON: what is refused and where, and the places of names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"

static enum dhk_err
first(struct json_item *item, const char *text, size_t n, const char **what)
{
    struct json_reader r = {.text = slice_of(text, n)};
    return json_read_next(item, &r, what);
}

struct refusal {
    const char *text;
    unsigned line, column; /* 0: not looked at */
};

static void
what_is_not_strict_json_is_refused_with_its_place(void **state)
{
    static const struct refusal refusals[] = {
        {"{\"a\": 1, \"a\": 2}", 1, 11},
        {"{\"a\": {\"b\": 1,\n \"b\": 2}}", 2, 4},
        {"{\"a\": 1,}", 1, 0},
        {"{\"a\": 1", 1, 0},
        {"{\n \"a\" 1}", 2, 0},
        {"{'a': 1}", 1, 0},
        {"{\"a\": NaN}", 1, 0},
        {"{\"a\": 01}", 1, 0},
        {"{\"a\": 99999999999999999999}", 1, 0},
        {"{\"a\": \"\\u0000\"}", 1, 0},
        {"{\"a\": \"\xff\"}", 1, 0},
        {"{\"a\": \"\xed\xa0\x80\"}", 1, 0},
        {"{\"a\": \"\t\"}", 1, 0},
        {"nonsense", 1, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *r = &refusals[i];
        struct json_item item;
        const char *what = NULL;
        if (first(&item, r->text, strlen(r->text), &what) != DHK_FORMAT)
            fail_msg("not refused: %s", r->text);
        assert_non_null(what);
        assert_null(item.value);
        assert_int_equal(item.place.line, r->line);
        if (r->column > 0)
            assert_true(item.place.column >= r->column);
    }
}

static void
a_message_never_quotes_the_input(void **state)
{
    static const char text[] = "{\"naam\": \"Ruben\" \"Ruben\"}";
    struct json_item item;
    const char *what = NULL;
    (void)state;
    assert_int_equal(first(&item, text, sizeof text - 1, &what), DHK_FORMAT);
    assert_null(strstr(what, "Ruben"));
}

static void
each_value_begins_on_a_line_of_its_own(void **state)
{
    static const char text[] = "\n{\"a\": 1}\n\n{\"a\":\n 2}\n{\"a\": 3} {}\n";
    struct json_reader r = {.text = slice_of(text, sizeof text - 1)};
    struct json_item item;
    const char *what = NULL;
    (void)state;
    static const unsigned lines[] = {2, 4, 6};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(json_read_next(&item, &r, &what), DHK_OK);
        assert_int_equal(item.place.line, lines[i]);
        assert_int_equal(
            json_integer_value(json_object_get(item.value, "a")), i + 1);
        json_read_done(&item);
    }
    assert_int_equal(json_read_next(&item, &r, &what), DHK_FORMAT);
    assert_int_equal(item.place.line, 6);
    assert_int_equal(item.place.column, 10);
}

/* Not at the end of a file of a thousand lines. */
static void
a_value_that_never_ends_is_told_by_its_beginning(void **state)
{
    static const char open[] = "{\"a\": 1}\n {\"a\":\n{\"a\": 3}\n";
    static const char run_on[] = "{\"a\": 1}\n{\"a\":\n{}\n{\"a\": 3}\n";
    struct json_reader r = {.text = slice_of(open, sizeof open - 1)};
    struct json_item item;
    const char *what = NULL;
    (void)state;
    assert_int_equal(json_read_next(&item, &r, &what), DHK_OK);
    json_read_done(&item);
    assert_int_equal(json_read_next(&item, &r, &what), DHK_FORMAT);
    assert_int_equal(item.place.line, 2);
    assert_int_equal(item.place.column, 2);
    r = (struct json_reader){.text = slice_of(run_on, sizeof run_on - 1)};
    assert_int_equal(json_read_next(&item, &r, &what), DHK_OK);
    json_read_done(&item);
    assert_int_equal(json_read_next(&item, &r, &what), DHK_FORMAT);
    assert_int_equal(item.place.line, 4);
    assert_int_equal(item.begins, 2);
}

static void
an_empty_text_has_no_value(void **state)
{
    struct json_item item;
    const char *what = NULL;
    (void)state;
    assert_int_equal(first(&item, " \n\t ", 4, &what), DHK_NOTFOUND);
    assert_int_equal(first(&item, "", 0, &what), DHK_NOTFOUND);
}

static void
names_are_found_where_they_stand(void **state)
{
    static const char text[] = "\n\n  {\"kind\": \"fields\",\n"
                               "   \"fields\": {\n"
                               "     \"naam\": \"kind \\\" naam\",\n"
                               "     \"feit\": \"x\"},\n"
                               "   \"to\": [\"gemente\"]}";
    struct json_item item;
    const char *what = NULL;
    (void)state;
    assert_int_equal(first(&item, text, sizeof text - 1, &what), DHK_OK);
    struct json_place at = json_read_place(&item, NULL, "kind");
    assert_int_equal(at.line, 3);
    assert_int_equal(at.column, 4);
    at = json_read_place(&item, "fields", "feit");
    assert_int_equal(at.line, 6);
    assert_int_equal(at.column, 6);
    /* not a member of the object itself: where it begins */
    at = json_read_place(&item, NULL, "feit");
    assert_int_equal(at.line, 3);
    assert_int_equal(at.column, 3);
    at = json_read_word(&item, "gemente");
    assert_int_equal(at.line, 7);
    assert_int_equal(at.column, 11);
    /* a field's value is never what a message is about */
    at = json_read_word(&item, "x");
    assert_int_equal(at.line, 3);
    json_read_done(&item);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_strict_json_is_refused_with_its_place),
        cmocka_unit_test(a_message_never_quotes_the_input),
        cmocka_unit_test(each_value_begins_on_a_line_of_its_own),
        cmocka_unit_test(a_value_that_never_ends_is_told_by_its_beginning),
        cmocka_unit_test(an_empty_text_has_no_value),
        cmocka_unit_test(names_are_found_where_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
