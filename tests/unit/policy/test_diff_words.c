/* SPDX-License-Identifier: EUPL-1.2
 *
 * Differences between agreements in words, and what is none. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "diff_words.h"

static struct diff *
compared(const struct agreement *a, const struct agreement *b)
{
    struct diff *d;

    assert_int_equal(diff_new(&d, a, b, NULL), DHK_OK);
    return d;
}

static void
add_box(struct words *out, const struct diff *d, const struct diff_box *one,
    enum render_lang lang)
{
    assert_int_equal(diff_words_where(out, d, one->box, lang), DHK_OK);
    words_add(out, "; ");
    diff_words_verdict(out, one, lang);
    words_add(out, "; ");
    if (one->duties_differ) {
        diff_words_duties(out, d->of[0], &one->from, lang);
        words_add(out, " -> ");
        diff_words_duties(out, d->of[1], &one->to, lang);
    }
    words_add(out, "\n");
}

static void
order_and_other_names_of_rules_have_no_meaning(void **state)
{
    static const char old[] = HEAD
        "signal k with fields s, t;\n"
        "permit P1 \"T\": from a to b signal k for p on g share s oblige "
        "approval by 1 of a and notify c;\n"
        "permit P2 \"T\": from a to b signal k for p, q on g share t oblige "
        "approval by 1 of c and approval by 2;\n";
    static const char new[] =
        "convenant test version 1 valid 2026-01-01 until 2027-01-01\n"
        "timezone \"Europe/Amsterdam\" signed by b, a;\n"
        "party d, c, b, a; purpose q \"Q\"; purpose p \"P\";\n"
        "ground h \"H\"; ground g \"G\";\n"
        "signal k with fields t, s;\n"
        "permit R2 \"T\": from a to b signal k for q, p on g share t oblige "
        "approval by 2 and approval by 1 of c;\n"
        "permit R1 \"T\": from a to b signal k for p on g share s oblige "
        "notify c and approval by 1 of a;\n";
    struct agreement *a = loaded_text(old);
    struct agreement *b = loaded_text(new);
    struct diff *d = compared(a, b);

    (void)state;
    assert_int_equal(d->n, 0);
    diff_destroy(&d);
    agreement_destroy(&a);
    agreement_destroy(&b);
}

static void
a_party_that_joins_widens_every_any(void **state)
{
    static const char old[] = HEAD
        "attribute age : number 0 .. 99; attribute shade : level low, mid;\n"
        "window office = mon - fri 08:00 - 18:00;\n"
        "signal k with fields s, t attributes age, shade;\n"
        "permit P1 \"T\": from a to any signal k for p on g when age at least "
        "18 and age below 65 share s oblige onward only to any;\n"
        "permit P2 \"T\": from b to c signal k for p on g unless during office "
        "share s oblige approval by 1 of a;\n";
    static const char new[] =
        "convenant test version 1 valid 2026-01-01 until 2027-01-01\n"
        "timezone \"Europe/Amsterdam\" signed by a, b;\n"
        "party a, b, c, d, e; purpose p \"P\"; purpose q \"Q\";\n"
        "ground g \"G\"; ground h \"H\";\n"
        "attribute age : number 0 .. 99; attribute shade : level low, mid;\n"
        "window office = mon - fri 08:00 - 18:00;\n"
        "signal k with fields s, t attributes age, shade;\n"
        "permit P1 \"T\": from a to any signal k for p on g when age at least "
        "18 and age below 65 share s oblige onward only to any;\n"
        "permit P2 \"T\": from b to c signal k for p on g unless during office "
        "share s;\n";
    struct agreement *a = loaded_text(old);
    struct agreement *b = loaded_text(new);
    struct diff *d = compared(a, b);
    struct words nl = {0};
    struct words en = {0};
    const char *text;

    (void)state;
    for (size_t i = 0; i < d->n; i++) {
        add_box(&nl, d, &d->list[i], RENDER_NL);
        add_box(&en, d, &d->list[i], RENDER_EN);
    }
    assert_int_equal(words_end(&en, &text), DHK_OK);
    assert_string_equal(text,
        "from a to e signal k for p on g when age is 18..64; was denied, is "
        "now permitted; \n"
        "from b to c signal k for p on g when during no window; was permitted "
        "after approval, is now permitted; Before delivery, approval is needed "
        "of at least 1 of a. -> No obligations.\n"
        "from a to any except e signal k for p on g when age is 18..64; ; The "
        "recipient passes the data on only to any party. Onward to: a, b, c, "
        "d. -> "
        "The recipient passes the data on only to any party. Onward to: a, b, "
        "c, d, e.\n");
    assert_int_equal(words_end(&nl, &text), DHK_OK);
    assert_non_null(strstr(text, "van a aan elke behalve e signaal k voor p op "
                                 "g als age is 18..64"));
    assert_non_null(strstr(text, "als tijdens geen tijdvenster; was toegelaten "
                                 "na goedkeuring, wordt toegelaten"));
    assert_int_equal(d->count[DIFF_WIDENED], 2);
    assert_int_equal(d->count[DIFF_DUTIES], 1);
    words_done(&nl);
    words_done(&en);
    diff_destroy(&d);
    agreement_destroy(&a);
    agreement_destroy(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_other_names_of_rules_have_no_meaning),
        cmocka_unit_test(a_party_that_joins_widens_every_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
