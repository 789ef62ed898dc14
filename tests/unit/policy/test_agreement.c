/* SPDX-License-Identifier: EUPL-1.2
 *
 * Loading: what is accepted and how it is kept, warnings, and texts made to
 * cost time or memory. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EXAMPLE VECTORS "/accept/convenant/zvh-voorbeeldstad.convenant"
#define TO_B "from a to b signal k for p on g "

static struct slice
find(const char *name)
{
    return slice_str(name);
}

static void
the_published_example_loads_without_error(void **state)
{
    struct agreement *a = loaded_file(EXAMPLE);

    (void)state;
    assert_string_equal(a->name, "zvh-voorbeeldstad");
    assert_int_equal(a->version, 7);
    assert_int_equal(a->valid_from, 20513);
    assert_int_equal(a->valid_until, 20878);
    assert_string_equal(a->timezone, "Europe/Amsterdam");
    assert_true(a->has_supersedes);
    assert_int_equal(a->supersedes[0], 0x3f);
    assert_int_equal(a->supersedes[31], 0x3d);
    assert_int_equal(a->parties_n, 9);
    assert_int_equal(a->purposes_n, 3);
    assert_int_equal(a->grounds_n, 4);
    assert_int_equal(a->attributes_n, 5);
    assert_int_equal(a->windows_n, 1);
    assert_int_equal(a->windows[0].spans_n, 5);
    assert_int_equal(a->kinds_n, 4);
    assert_int_equal(a->rules_n, 9);
    assert_int_equal(a->signatories_n, 3);
    assert_string_equal(agreement_rule_id(a, 8), "N2");
    assert_string_equal(agreement_rule_title(a, 8),
        "Bronnen en informanten worden nooit gedeeld");
    assert_int_equal(agreement_rule_line(a, 8), 56);
    agreement_destroy(&a);
    assert_null(a);
    agreement_destroy(&a);
}

static void
every_form_of_the_language_is_accepted(void **state)
{
    struct agreement *a =
        loaded_file(VECTORS "/accept/convenant/every-form.convenant");
    struct decision got = loaded_decide(a,
        "gemeente om melding weging wet-6 ernst=hoog soort=rood leeftijd=20 "
        "in-casus=yes bijzonder-noodzakelijk=yes kantoor!");

    (void)state;
    assert_int_equal(got.verdict, VERDICT_PENDING);
    assert_int_equal(got.duties.approvals_n, 2);
    assert_int_equal(got.duties.approval[0].count, 2);
    assert_int_equal(got.duties.approval[0].of, 0);
    assert_int_equal(got.duties.approval[1].of, 1 | 8 | 16);
    assert_int_equal(got.duties.notify, 8 | 16);
    assert_int_equal(got.duties.onward_to, 1 | 2 | 4 | 16);
    assert_int_equal(a->windows[0].spans_n, 6);
    agreement_destroy(&a);
}

static void
an_agreement_may_need_as_many_approvals_as_a_release_holds(void **state)
{
    struct agreement *a =
        loaded_file(VECTORS "/accept/convenant/thirty-two-approvals.convenant");
    struct decision got =
        loaded_decide(a, "politie gemeente melding weging wet-5");
    size_t needed = 0;

    (void)state;
    assert_int_equal(got.verdict, VERDICT_PENDING);
    for (size_t i = 0; i < got.duties.approvals_n; i++)
        needed += got.duties.approval[i].count;
    assert_int_equal(needed, LIMIT_APPROVALS);
    agreement_destroy(&a);
}

static void
names_are_found_in_their_own_class_only(void **state)
{
    struct agreement *a = loaded_file(EXAMPLE);

    (void)state;
    assert_int_equal(agreement_party(a, find("om")), 2);
    assert_int_equal(agreement_party(a, find("driehoek")), -1);
    assert_int_equal(agreement_party(a, find("o")), -1);
    assert_int_equal(agreement_party(a, find("")), -1);
    assert_int_equal(agreement_kind(a, find("dreiging")), 2);
    assert_int_equal(agreement_kind(a, find("om")), -1);
    assert_int_equal(agreement_purpose(a, find("nazorg")), 2);
    assert_int_equal(agreement_ground(a, find("wiv-66")), 3);
    assert_int_equal(agreement_ground(a, find("nazorg")), -1);
    assert_int_equal(agreement_attribute(a, find("leeftijd")), 4);
    assert_int_equal(agreement_field(&a->kinds[0], find("informant")), 5);
    assert_int_equal(agreement_field(&a->kinds[1], find("informant")), -1);
    assert_int_equal(agreement_value(&a->attributes[0], find("acuut")), 3);
    assert_int_equal(agreement_value(&a->attributes[0], find("yes")), -1);
    assert_int_equal(agreement_value(&a->attributes[1], find("yes")), 1);
    assert_int_equal(agreement_value(&a->attributes[1], find("no")), 0);
    assert_int_equal(agreement_value(&a->attributes[4], find("12")), -1);
    agreement_destroy(&a);
}

static void
categories_and_marks_are_kept(void **state)
{
    struct agreement *a = loaded_text(
        HEAD "attribute veto : yes-no by broker closed;\n"
             "attribute m : level low, high urgent;\n"
             "signal k requires psk with fields v a required, w b, x h, "
             "y special religion required, z required attributes m, veto;\n"
             "permit P1 \"T\": " TO_B "when veto is yes share v, w, x, z;");
    const struct agreement_field *fields = a->kinds[0].fields;

    (void)state;
    assert_true(a->kinds[0].requires_psk);
    assert_int_equal(fields[0].category, FIELD_A);
    assert_int_equal(fields[1].category, FIELD_B);
    assert_int_equal(fields[2].category, FIELD_H);
    assert_int_equal(fields[3].category, FIELD_SPECIAL);
    assert_string_equal(fields[3].special, "religion");
    assert_int_equal(fields[4].category, FIELD_PLAIN);
    assert_null(fields[4].special);
    assert_int_equal(a->kinds[0].required, 1 << 0 | 1 << 3 | 1 << 4);
    assert_int_equal(
        agreement_lacking(&a->kinds[0], 1 << 0 | 1 << 1), 1 << 3 | 1 << 4);
    assert_int_equal(agreement_lacking(&a->kinds[0], UINT32_MAX), 0);
    assert_true(a->attributes[0].by_broker && a->attributes[0].closed);
    assert_false(a->attributes[0].urgent);
    assert_true(a->attributes[1].urgent);
    assert_false(a->attributes[1].by_broker || a->attributes[1].closed);
    assert_int_equal(a->kinds[0].attributes[0], 1);
    assert_int_equal(a->kinds[0].attributes[1], 0);
    agreement_destroy(&a);
}

static void
every_allowed_special_category_is_accepted(void **state)
{
    struct agreement *a = loaded_text(
        HEAD "attribute bijzonder-noodzakelijk : yes-no;\n"
             "signal k with fields v special race, w special politics, "
             "x special religion, y special health, z special criminal "
             "attributes bijzonder-noodzakelijk;\n"
             "permit P1 \"T\": " TO_B
             "when bijzonder-noodzakelijk is yes share v, w, x, y, z "
             "oblige approval by 1 of c;");

    (void)state;
    assert_string_equal(a->kinds[0].fields[4].special, "criminal");
    agreement_destroy(&a);
}

static void
what_plays_no_part_is_a_warning(void **state)
{
    static const char text[] =
        HEAD "group grp = a, b; attribute n : yes-no; attribute m : yes-no;\n"
             "window w = mon 08:00 - 09:00;\n"
             "signal k with fields x required, y, u required attributes m;\n"
             "signal l with fields z;\n"
             "permit P1 \"T\": " TO_B "share x withhold u;\n"
             "forbid V1 \"T\": from a to b signal any when m is yes;";
    struct findings findings;
    struct agreement *a;

    (void)state;
    assert_int_equal(agreement_load(&a, slice_str(text), &findings), DHK_OK);
    assert_int_equal(findings.errors, 0);
    assert_true(loaded_has(&findings, "party 'd' is named by no rule"));
    assert_true(loaded_has(&findings, "group 'grp' is named by no rule"));
    assert_true(loaded_has(&findings, "purpose 'q' is named by no rule"));
    assert_true(loaded_has(&findings, "ground 'h' is named by no rule"));
    assert_true(loaded_has(&findings, "window 'w' is named by no rule"));
    assert_true(loaded_has(&findings, "no signal carries attribute 'n'"));
    assert_true(loaded_has(&findings, "no rule permits signal 'l'"));
    assert_true(loaded_has(&findings, "field 'y' is named by no rule"));
    assert_true(
        loaded_has(&findings, "field 'u' is required, and no rule shares it"));
    assert_false(loaded_has(&findings, "field 'x'"));
    assert_true(loaded_has(
        &findings, "rule V1 misses the signals that do not carry 'm': l"));
    agreement_destroy(&a);
}

static void
errors_push_warnings_out_of_the_list(void **state)
{
    char text[16384] = HEAD;
    struct findings findings;

    (void)state;
    strcat(text, "purpose ");
    for (int i = 0; i < 61; i++) {
        char more[64];

        (void)snprintf(more, sizeof more, "p%d \"T\"; purpose ", i);
        strcat(text, more);
    }
    strcat(text, "pz \"T\"; signal k with fields x;\n"
                 "permit P1 \"T\": " TO_B "share x;\n"
                 "expect deny: from a to b signal k for p on g;");
    loaded_refused(&findings, text);
    assert_int_equal(findings.n, FINDINGS_MAX);
    assert_int_equal(findings.errors, 1);
    assert_true(loaded_has(&findings, "expected deny, but P1"));
}

/* A text of COUNT times LINE after HEAD. */
static char *
repeated(const char *line, size_t count)
{
    size_t head = sizeof HEAD - 1;
    size_t n = strlen(line);
    char *text = malloc(head + count * n + 1);

    assert_non_null(text);
    memcpy(text, HEAD, head);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + head + i * n, line, n);
    }
    text[head + count * n] = '\0';
    return text;
}

static void
a_hundred_thousand_rules_are_refused(void **state)
{
    char *text = repeated("permit P \"\":", 80000);
    struct findings findings;
    struct agreement *a;

    (void)state;
    loaded_refused(&findings, text);
    free(text);
    text = repeated("permit P1 \"T\": " TO_B "share x;\n", 15000);
    loaded_refused(&findings, text);
    assert_true(loaded_has(&findings, "more than 256 rules"));
    free(text);
    text = repeated("permit P1 \"T\": " TO_B "share x;\n", 100000);
    assert_int_equal(agreement_load(&a, slice_str(text), &findings), DHK_LIMIT);
    assert_null(a);
    assert_true(loaded_has(&findings, "longer than 1048576 bytes"));
    free(text);
}

static void
lists_and_brackets_without_end_are_refused(void **state)
{
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"party a, b, c, d, a, b, c, d, a, b;\n", "more than 64 parties"},
        {"((((((((((", "'(' has no meaning"},
        {"a, ", "unexpected 'a'"},
        {"x ;", "unexpected 'x'"},
        {"group g = ", "'group' is a word of the language"},
        {"signal k with fields x, y;", "more than 64 signals"},
        {"window w = mon 08:00 - 09:00;", "more than 32 windows"},
        {"expect deny: from a to b signal k for p on g;",
            "more than 2048 expect lines"},
        {"# comment\n", "no rule"},
        {"\n", "no rule"},
        {"\"title\" ", "no title is expected"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = (LIMIT_TEXT - 1000) / strlen(cases[i].line);
        char *text = repeated(cases[i].line, n);
        struct findings findings;

        loaded_refused(&findings, text);
        assert_true(loaded_has(&findings, cases[i].says));
        free(text);
    }
}

static void
the_longest_text_is_accepted_and_one_byte_more_is_not(void **state)
{
    static const char text[] =
        HEAD "signal k with fields x;\npermit P1 \"T\": " TO_B "share x;\n";
    char *bytes = malloc(LIMIT_TEXT + 1);
    struct findings findings;
    struct agreement *a;

    (void)state;
    assert_non_null(bytes);
    memset(bytes, ' ', LIMIT_TEXT + 1);
    memcpy(bytes, text, sizeof text - 1);
    assert_int_equal(
        agreement_load(&a, slice_of(bytes, LIMIT_TEXT), &findings), DHK_OK);
    agreement_destroy(&a);
    assert_int_equal(
        agreement_load(&a, slice_of(bytes, LIMIT_TEXT + 1), &findings),
        DHK_LIMIT);
    assert_null(a);
    free(bytes);
}

static void
every_truncation_is_refused_or_a_whole_agreement(void **state)
{
    struct slice text = loaded_bytes(EXAMPLE);
    size_t accepted = 0;

    (void)state;
    for (size_t n = 0; n < text.n; n++) {
        struct findings findings;
        struct agreement *a;
        enum dhk_err rc = agreement_load(&a, slice_of(text.p, n), &findings);

        assert_int_equal(rc == DHK_OK, findings.errors == 0);
        if (rc == DHK_OK) {
            accepted++;
            /* a text ends behind a sentence, or the blanks after it */
            assert_true(n > 0 && strchr("; \n", text.p[n - 1]) != NULL);
            agreement_destroy(&a);
        }
    }
    assert_true(accepted > 9);
    loaded_free(text);
}

static void
what_a_ledger_recorded_is_read_and_not_judged(void **state)
{
    static const char text[] =
        HEAD "signal k with fields x, verwijderde-gegevens;\n"
             "permit P1 \"T\": from a to b signal k for p on g share x, "
             "verwijderde-gegevens;\n"
             "permit P2 \"T\": from a to b signal k for p on g share x;\n"
             "forbid V1 \"T\": from a to any signal k;\n"
             "expect permit by P2: from a to b signal k for p on g shares "
             "exactly x;\n";
    struct findings findings;
    struct agreement *got;
    struct decision d;

    (void)state;
    assert_int_equal(
        agreement_load(&got, slice_str(text), &findings), DHK_FORMAT);
    if (agreement_recorded(&got, slice_str(text), &findings) != DHK_OK) {
        fail_msg("%u:%u: %s", findings.list[0].line, findings.list[0].column,
            findings.list[0].text);
    }
    assert_int_equal(findings.errors, 0);
    d = loaded_decide(got, "a b k p g");
    assert_int_equal(d.reason, DENY_FORBID);
    agreement_destroy(&got);
    /* also what no broker computes */
    got = loaded_recorded(
        HEAD "attribute eerder : number 0..9 by broker;\n"
             "signal k with fields x attributes eerder;\n"
             "permit P1 \"T\": from a to b signal k for p on g\n"
             " when eerder above 1 share x;\n");
    assert_true(got->attributes[0].by_broker);
    agreement_destroy(&got);
    /* what cannot be understood is no record of anything */
    assert_int_equal(agreement_recorded(&got,
                         slice_str(HEAD "signal k with fields x;\n"
                                        "permit P1 \"T\": from a to z signal k "
                                        "for p on g share x;\n"),
                         &findings),
        DHK_FORMAT);
    assert_null(got);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example_loads_without_error),
        cmocka_unit_test(every_form_of_the_language_is_accepted),
        cmocka_unit_test(
            an_agreement_may_need_as_many_approvals_as_a_release_holds),
        cmocka_unit_test(names_are_found_in_their_own_class_only),
        cmocka_unit_test(categories_and_marks_are_kept),
        cmocka_unit_test(every_allowed_special_category_is_accepted),
        cmocka_unit_test(what_plays_no_part_is_a_warning),
        cmocka_unit_test(errors_push_warnings_out_of_the_list),
        cmocka_unit_test(a_hundred_thousand_rules_are_refused),
        cmocka_unit_test(lists_and_brackets_without_end_are_refused),
        cmocka_unit_test(the_longest_text_is_accepted_and_one_byte_more_is_not),
        cmocka_unit_test(every_truncation_is_refused_or_a_whole_agreement),
        cmocka_unit_test(what_a_ledger_recorded_is_read_and_not_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
