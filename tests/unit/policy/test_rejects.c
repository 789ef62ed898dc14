/* SPDX-License-Identifier: EUPL-1.2
 *
 * Texts that are refused, each with the place and the words of the finding.
 * The name of a file says what is wrong with it. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define REJECTS VECTORS "/reject/convenant/"

static const struct loaded_reject rejects[] = {
    {"above-the-largest", 13, 83, "no value of"},
    {"any-except-everybody", 13, 19, "nobody is left"},
    {"any-except-everybody-by-group", 13, 19, "nobody is left"},
    {"approval-by-more-than-there-are", 14, 41, "needs 1 to 2"},
    {"approval-by-none", 14, 41, "needs 1 to 2"},
    {"at-least-on-yes-no", 13, 68, "is a yes or no"},
    {"attribute-twice-in-signal", 11, 69, "named twice"},
    {"below-on-level", 13, 68, "is a level"},
    {"below-the-smallest", 13, 83, "no value of"},
    {"baseline-instead", 1, 1, "unexpected 'baseline'; expected 'convenant'"},
    {"bidi-override-in-comment", 15, 3, "direction of reading"},
    {"brackets", 14, 9, "'(' has no meaning"},
    {"by-broker-mistyped", 9, 37,
        "the broker computes no 'in-casuss'; did you mean 'in-casus'?"},
    {"by-broker-never-that-value", 9, 60,
        "'fase' by broker is never 'verijking'; did you mean 'verrijking'?"},
    {"by-broker-never-that-value", 9, 71,
        "'fase' by broker is never 'betrekken'"},
    {"by-broker-no-choice", 9, 37,
        "what the broker computes as 'fase' is: choice geen, melding"},
    {"by-broker-of-another-type", 9, 37,
        "what the broker computes as 'in-casus' is: yes-no"},
    {"by-broker-what-no-broker-computes", 9, 37,
        "the broker computes no 'bekend'"},
    {"byte-order-mark", 1, 1, "byte-order mark"},
    {"carriage-return", 1, 59, "carriage return"},
    {"category-i", 11, 33, "letter from a to h"},
    {"category-of-two-letters", 11, 33, "letter from a to h"},
    {"combining-mark-in-title", 5, 19, "combining mark"},
    {"comment-only", 2, 1, "ends too early"},
    {"conditions-that-exclude-each-other", 13, 92, "can never apply"},
    {"cyrillic-in-title", 5, 18, "neither Latin"},
    {"empty", 1, 1, "ends too early"},
    {"exception-that-takes-all", 13, 88, "can never apply"},
    {"expect-attribute-not-carried", 15, 77, "unknown attribute 'haast'"},
    {"expect-deny-but-permitted", 15, 1,
        "expected deny, but P1 \"Politie meldt\" shares naam, feiten"},
    {"expect-deny-by-a-never", 16, 1,
        "expected deny by N1, but P1, N1 share feiten"},
    {"expect-deny-by-another", 17, 1,
        "expected deny by V2, but V1 \"T\" denies it"},
    {"expect-impossible-windows", 16, 1, "no minute of the week"},
    {"expect-no-field-remains", 18, 1,
        "expected permit by P2, but no field remains after P2, N1, N2"},
    {"expect-other-fields", 15, 1,
        "expected permit by P1, but P1 \"Politie meldt\" shares naam, feiten"},
    {"expect-permit-but-denied", 15, 1,
        "expected permit by P1, but no rule permits it"},
    {"expect-permit-but-forbidden", 16, 1,
        "expected permit by P1, but V1 \"Niet naar de school\" denies it"},
    {"expect-permit-by-another", 16, 1,
        "expected permit by P2, but P1 \"Politie meldt\" shares naam, feiten"},
    {"expect-unknown-field", 15, 97,
        "unknown field 'nam'; did you mean 'naam'?"},
    {"expect-unknown-party", 15, 19,
        "unknown party 'politei'; did you mean 'politie'?"},
    {"expect-unknown-rule", 15, 16, "unknown rule 'V9'"},
    {"expect-value-out-of-range", 15, 89, "from 0 to 120"},
    {"expect-value-twice", 15, 91, "has a value already"},
    {"field-declared-twice", 11, 52, "declared twice"},
    {"field-of-two-categories", 12, 36, "another category"},
    {"fields-alike-in-two-signals", 12, 36, "too much like"},
    {"group-member-twice-in-a-list", 13, 34, "in the list already"},
    {"group-of-itself", 4, 15, "unknown party or group 'keten'"},
    {"group-of-unknown", 4, 15,
        "unknown party or group 'schol'; did you mean 'school'?"},
    {"hash-in-capitals", 2, 42, "64 lower-case"},
    {"hash-of-63-digits", 2, 42, "64 lower-case"},
    {"inside-and-outside-a-window", 13, 95, "can never apply"},
    {"invalid-utf-8", 5, 20, "not UTF-8"},
    {"keyword-as-name", 3, 7, "is a word of the language"},
    {"keyword-mistyped", 12, 1, "did you mean 'permit'?"},
    {"letter-with-accent-in-name", 11, 38, "outside a title"},
    {"level-of-one-value", 7, 11, "at least two values"},
    {"missing-semicolon", 6, 1, "unexpected 'ground'"},
    {"more-approvals-than-a-release-holds", 10, 8,
        "with rule P2, one share can need 33 approvals in all; 32 at most"},
    {"more-groups-of-approvers-than-a-decision-holds", 31, 8,
        "more than 8 different groups of approvers"},
    {"name-of-49-bytes", 3, 34, "longer than 48"},
    {"name-twice-in-a-list", 13, 29, "in the list already"},
    {"named-signal-without-shared-field", 14, 8, "shares no field of signal"},
    {"names-equal-after-folding", 3, 40, "too much like 'zorg'"},
    {"names-one-edit-apart", 3, 34, "too much like 'school'"},
    {"names-one-hyphen-apart", 3, 26, "too much like 'gemeente'"},
    {"never-of-a-category", 15, 30, "names its fields"},
    {"never-of-a-special-category", 15, 37, "names its fields"},
    {"never-of-unknown-field", 15, 21,
        "unknown field 'nam'; did you mean 'naam'?"},
    {"never-without-id", 15, 7, "expected a rule id"},
    {"no-rule", 1, 11, "no rule"},
    {"no-such-date", 1, 49, "no such date"},
    {"nul-byte", 15, 1, "control character"},
    {"number-out-of-range", 13, 86, "from 0 to 120"},
    {"number-without-room", 8, 36, "not above"},
    {"numbers-that-never-meet", 13, 90, "can never apply"},
    {"one-of-on-number", 13, 68, "is a number"},
    {"onward-to-unknown", 14, 44, "did you mean 'school'"},
    {"or-in-conditions", 13, 81, "unexpected 'or'"},
    {"outside-a-window-of-the-whole-week", 13, 76, "can never apply"},
    {"overlong-utf-8", 5, 20, "not UTF-8"},
    {"party-and-group-of-one-name", 4, 7, "declared twice"},
    {"party-declared-twice", 3, 40, "declared twice"},
    {"permit-emptied-by-nevers", 12, 8, "permits nothing"},
    {"permit-forbidden-by-two-together", 12, 8, "permits nothing"},
    {"permit-forbidden-wholly", 12, 8, "permits nothing"},
    {"permit-wholly-withheld", 15, 8, "rule P2 permits nothing"},
    {"permit-without-ground", 14, 3, "expected"},
    {"permit-without-purpose", 13, 43, "expected 'for'"},
    {"permit-without-share", 13, 62, "expected"},
    {"private-use-in-title", 5, 19, "private-use"},
    {"retain-at-least-over-at-most", 12, 8,
        "retain at least 90 days (P1) and at most 30 days (P1)"},
    {"retain-contradicts-another-permit", 15, 8,
        "retain at least 90 days (P1) and at most 30 days (P2), from politie "
        "to gemeente"},
    {"required-as-a-name", 6, 28, "is a word of the language"},
    {"required-before-category", 6, 42, "unexpected 'a'"},
    {"required-twice", 6, 63, "unexpected 'required'"},
    {"retain-twice", 14, 55, "already"},
    {"retain-zero-days", 14, 44, "1 to 36525"},
    {"rule-after-expect", 16, 1, "before the first expect"},
    {"rule-before-declaration", 4, 1, "before the first rule"},
    {"rule-id-of-17-bytes", 12, 8, "longer than 16"},
    {"rule-id-twice", 15, 8, "in line"},
    {"rules-257", 268, 89, "more than 256 rules"},
    {"seventeen-attributes", 28, 8, "more than 16 attributes"},
    {"seventeen-conditions", 13, 349, "more than 16"},
    {"shares-and-withholds-one-field", 12, 8, "both shares and withholds"},
    {"signal-without-the-attribute", 14, 75,
        "signal 'ander' does not carry attribute 'spoed'"},
    {"signed-by-a-group", 2, 41, "unknown party 'keten'"},
    {"signed-by-nobody-known", 2, 41,
        "unknown party 'politei'; did you mean 'politie'?"},
    {"signed-twice-by-one", 2, 50, "declared twice"},
    {"sixty-five-parties", 4, 300, "more than 64 parties"},
    {"special-biometric", 11, 41, "may not be processed"},
    {"special-genetic", 11, 41, "may not be processed"},
    {"special-sex", 11, 41, "may not be processed"},
    {"special-trade-union", 11, 41, "may not be processed"},
    {"special-unknown", 11, 41, "did you mean 'health'?"},
    {"suggestion-of-another-class-is-not-made", 14, 9,
        "unknown field 'politie'"},
    {"tab", 13, 1, "tab"},
    {"test-for-unknown", 13, 77, "cannot test for unknown"},
    {"thirty-three-fields", 11, 324, "more than 32 fields"},
    {"thirty-three-windows", 42, 31, "more than 32 windows"},
    {"timezone-with-a-path", 2, 12, "time zone"},
    {"title-of-241-bytes", 5, 16, "longer than 240"},
    {"title-over-two-lines", 5, 16, "closing quote"},
    {"truncated", 14, 3, "ends too early"},
    {"two-headers", 3, 1, "unexpected 'convenant'"},
    {"two-statements-wrong", 5, 9, "unexpected '5'"},
    {"two-urgent-attributes", 9, 11, "at most is urgent"},
    {"unknown-attribute", 13, 68,
        "unknown attribute 'ernts'; did you mean 'ernst'?"},
    {"unknown-attribute-of-signal", 11, 62, "unknown attribute 'ernest'"},
    {"unknown-field", 14, 9, "unknown field 'nam'; did you mean 'naam'?"},
    {"unknown-ground", 13, 57, "unknown ground 'wet-6'; did you mean 'wet-5'?"},
    {"unknown-party", 13, 19,
        "unknown party or group 'gemeent'; did you mean 'gemeente'?"},
    {"unknown-purpose", 13, 47,
        "unknown purpose 'wegen'; did you mean 'weging'?"},
    {"unknown-signal", 13, 35,
        "unknown signal 'meldign'; did you mean 'melding'?"},
    {"unknown-value", 13, 77,
        "unknown value of ernst 'hoogst'; did you mean 'hoog'?"},
    {"unknown-window", 13, 75,
        "unknown window 'kantor'; did you mean 'kantoor'?"},
    {"unless-approval", 15, 42, "'unless approval' is for a baseline"},
    {"unless-approval-in-a-permit", 14, 10, "says 'oblige approval by'"},
    {"unless-before-when", 13, 83, "unexpected 'when'"},
    {"upper-case-name", 3, 26, "lower case"},
    {"validity-backwards", 1, 49, "ends before it begins"},
    {"value-called-unknown", 7, 25, "meaning of its own"},
    {"value-called-yes", 7, 25, "meaning of its own"},
    {"values-alike", 7, 39, "too much like 'middel'"},
    {"version-zero", 1, 24, "counted from 1"},
    {"window-at-25-hours", 10, 36, "no such time"},
    {"window-backwards-in-days", 10, 18, "run backwards"},
    {"window-of-unknown-day", 10, 24, "a day is"},
    {"window-over-midnight", 10, 28, "two spans"},
    {"zero-width-space-in-title", 5, 19, "cannot be seen"},
    {"three-names-mistyped", 30, 19,
        "unknown party or group 'veiligthuis'; did you mean 'veilig-thuis'?"},
    {"three-names-mistyped", 30, 38,
        "unknown signal 'huiselijk-gewled'; did you mean 'huiselijk-geweld'?"},
    {"three-names-mistyped", 47, 79,
        "unknown attribute 'incasus'; did you mean 'in-casus'?"},
};
enum { REJECTS_N = sizeof rejects / sizeof rejects[0] };

static void
load(struct findings *out, const char *name)
{
    char path[512];
    struct slice text;
    struct agreement *a;

    (void)snprintf(path, sizeof path, "%s%s.convenant", REJECTS, name);
    text = loaded_bytes(path);
    assert_int_equal(agreement_load(&a, text, out), DHK_FORMAT);
    assert_null(a);
    assert_true(out->errors > 0);
    loaded_free(text);
}

static void
each_bad_text_is_refused_where_and_for_what_it_is_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < REJECTS_N; i++) {
        struct findings findings;

        load(&findings, rejects[i].name);
        loaded_is_refused(&findings, &rejects[i]);
    }
}

static void
every_bad_text_is_in_the_table(void **state)
{
    (void)state;
    loaded_are_all(REJECTS, ".convenant", rejects, REJECTS_N);
}

static void
three_mistyped_names_are_three_errors_in_the_order_of_the_text(void **state)
{
    struct findings findings;

    (void)state;
    load(&findings, "three-names-mistyped");
    assert_int_equal(findings.errors, 3);
    assert_int_equal(findings.n, 3);
    assert_int_equal(findings.list[0].column, 19);
    assert_int_equal(findings.list[1].column, 38);
    assert_int_equal(findings.list[2].line, 47);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bad_text_is_refused_where_and_for_what_it_is_bad),
        cmocka_unit_test(every_bad_text_is_in_the_table),
        cmocka_unit_test(
            three_mistyped_names_are_three_errors_in_the_order_of_the_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
