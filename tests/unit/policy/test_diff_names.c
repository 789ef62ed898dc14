/* SPDX-License-Identifier: EUPL-1.2
 *
 * Headers and vocabularies of two agreements side by side. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "diff_names.h"
#include "words.h"

static const char before[] =
    "convenant first version 1 valid 2026-01-01 until 2027-02-28\n"
    "timezone \"Europe/Amsterdam\" signed by a, b;\n"
    "party a, b, c; purpose p \"P\"; purpose q \"Q\";\n"
    "ground g \"Article 1\"; ground h \"H\";\n"
    "attribute age : number 0 .. 30; attribute live : yes-no by broker;\n"
    "attribute shade : level low, mid; attribute gone : yes-no;\n"
    "window office = mon - tue 08:00 - 18:00;\n"
    "window night = wed 22:00 - 24:00, thu 00:00 - 06:00;\n"
    "signal k with fields s, t a, u special health attributes age, live;\n"
    "signal l with fields x;\n"
    "permit P1 \"One\": from a to b signal k, l for p on g share s, x;\n"
    "permit P2 \"Two\": from a to c signal k for p on g share s;\n";
static const char after[] =
    "convenant second version 2 valid 2026-01-01 until 2028-02-29\n"
    "timezone \"Europe/Brussels\" signed by b, c;\n"
    "party c, b, a, d; purpose q \"Q\"; purpose p \"P\";\n"
    "ground g \"Article 2\"; ground i \"I\";\n"
    "attribute age : number 0 .. 31; attribute live : yes-no closed;\n"
    "attribute shade : choice low, mid urgent;\n"
    "window office = mon 08:00 - 17:00, tue 08:00 - 18:00;\n"
    "window night = wed - wed 22:00 - 24:00, thu 00:00 - 05:00;\n"
    "signal k requires psk with fields t b, u special health, v, s attributes "
    "age, shade;\n"
    "signal m with fields y;\n"
    "permit P1 \"One!\": from a to b signal k, m for p on g share s, y;\n"
    "permit P3 \"Three\": from a to c signal k for p on g share s;\n";

static void
list(struct words *out, const struct diff_names *names)
{
    static const char *const how[] = {"+", "-", "~"};

    for (size_t i = 0; i < names->n; i++) {
        const struct diff_name *name = &names->list[i];

        words_format(out, "%s%s %s", how[name->how],
            diff_class_name(name->class), name->name);
        if (name->of != NULL) {
            words_format(out, " of %s", name->of);
        }
        if (name->from != NULL || name->to != NULL) {
            words_format(out, ": %s > %s", name->from == NULL ? "" : name->from,
                name->to == NULL ? "" : name->to);
        }
        words_add(out, diff_name_is_remark(name) ? " (remark)\n" : "\n");
    }
}

static void
all_that_two_texts_say_otherwise_is_listed(void **state)
{
    static const char want[] =
        "~header name: first > second\n"
        "~header timezone: Europe/Amsterdam > Europe/Brussels\n"
        "~header valid: 2026-01-01 until 2027-02-28 > 2026-01-01 until "
        "2028-02-29\n"
        "~header signed by: a, b > b, c\n"
        "+party d\n"
        "~ground g: \"Article 1\" > \"Article 2\"\n"
        "-ground h: \"H\" > \n"
        "+ground i:  > \"I\"\n"
        "~attribute age: number 0 .. 30 > number 0 .. 31\n"
        "~attribute live: yes-no by broker > yes-no closed\n"
        "~attribute shade: level low, mid > choice low, mid urgent\n"
        "-attribute gone: yes-no > \n"
        "~window office: mon 08:00 - 18:00, tue 08:00 - 18:00 > mon 08:00 - "
        "17:00, tue 08:00 - 18:00\n"
        "~window night: wed 22:00 - 24:00, thu 00:00 - 06:00 > wed 22:00 - "
        "24:00, thu 00:00 - 05:00\n"
        "~signal k:  > requires psk\n"
        "-signal l\n"
        "+signal m\n"
        "~field t of k: a > b\n"
        "+field v of k\n"
        "-carried live of k\n"
        "+carried shade of k\n"
        "~rule P1: \"One\" > \"One!\" (remark)\n"
        "-rule P2: \"Two\" >  (remark)\n"
        "+rule P3:  > \"Three\" (remark)\n";
    struct agreement *a = loaded_recorded(before);
    struct agreement *b = loaded_recorded(after);
    struct diff_names names;
    struct words words = {0};
    const char *text;

    (void)state;
    assert_int_equal(diff_names_find(&names, a, b), DHK_OK);
    list(&words, &names);
    assert_int_equal(words_end(&words, &text), DHK_OK);
    assert_string_equal(text, want);
    assert_int_equal(names.remarks, 3);
    words_done(&words);
    diff_names_done(&names);
    agreement_destroy(&a);
    agreement_destroy(&b);
}

/* What requests do not show: no request has fields. */
static void
doing_without_a_field_is_wider(void **state)
{
    static const char body[] =
        "permit P1 \"T\": from a to b signal k for p on g share w;\n";
    static const struct {
        const char *fields[2], *name;
        enum diff_effect effect;
    } cases[] = {
        {{"w, x a required", "w, x a"}, "x", DIFF_WIDENS},
        {{"w, x a", "x a required, w"}, "x", DIFF_NARROWS},
        {{"w, x a required", "w"}, "x", DIFF_WIDENS},
        {{"w", "x required, w"}, "x", DIFF_NARROWS},
        {{"w, x a required", "w, x b required"}, "x", DIFF_NO_EFFECT},
        {{"w", "w, x"}, "x", DIFF_NO_EFFECT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct agreement *of[2];
        struct diff_names names;

        for (size_t w = 0; w < 2; w++) {
            char text[1024];

            (void)snprintf(text, sizeof text,
                HEAD "signal k with fields %s;\n%s", cases[i].fields[w], body);
            of[w] = loaded_text(text);
        }
        assert_int_equal(diff_names_find(&names, of[0], of[1]), DHK_OK);
        assert_int_equal(names.n, 1);
        assert_int_equal(names.list[0].class, DIFF_FIELD);
        assert_string_equal(names.list[0].name, cases[i].name);
        assert_int_equal(names.list[0].effect, cases[i].effect);
        diff_names_done(&names);
        agreement_destroy(&of[0]);
        agreement_destroy(&of[1]);
    }
}

static void
order_has_no_meaning(void **state)
{
    static const char other[] =
        "convenant first version 9 valid 2026-01-01 until 2027-02-28\n"
        "timezone \"Europe/Amsterdam\" signed by b, a;\n"
        "party c, b, a; purpose q \"Q\"; purpose p \"P\";\n"
        "ground h \"H\"; ground g \"Article 1\";\n"
        "attribute gone : yes-no; attribute shade : level low, mid;\n"
        "attribute live : yes-no by broker; attribute age : number 0 .. 30;\n"
        "window night = wed 22:00 - 24:00, thu 00:00 - 06:00;\n"
        "window office = tue 08:00 - 18:00, mon 08:00 - 12:00, mon 12:00 - "
        "18:00;\n"
        "signal l with fields x;\n"
        "signal k with fields u special health, t a, s attributes live, age;\n"
        "permit P2 \"Two\": from a to c signal k for p on g share s;\n"
        "permit P1 \"One\": from a to b signal k, l for p on g share s, x;\n";
    struct agreement *a = loaded_recorded(before);
    struct agreement *b = loaded_recorded(other);
    struct diff_names names;

    (void)state;
    assert_int_equal(diff_names_find(&names, a, b), DHK_OK);
    assert_int_equal(names.n, 0);
    diff_names_done(&names);
    agreement_destroy(&a);
    agreement_destroy(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_two_texts_say_otherwise_is_listed),
        cmocka_unit_test(doing_without_a_field_is_wider),
        cmocka_unit_test(order_has_no_meaning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
