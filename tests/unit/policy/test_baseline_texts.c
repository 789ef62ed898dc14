/* SPDX-License-Identifier: EUPL-1.2
 *
 * Texts of baselines: those that are refused, each with the place and the words
 * of the finding, and those that load. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "baseline.h"

#define REJECTS VECTORS "/reject/baseline/"

static const struct loaded_reject rejects[] = {
    {"approval-by-a-number", 3, 52, "unexpected '1'; expected"},
    {"approval-by-unknown-party", 3, 52, "unknown party or group 'gemeent'"},
    {"category-i", 3, 30, "letter from a to h"},
    {"conditions-that-exclude-each-other", 4, 7, "exclude each other"},
    {"convenant", 1, 1, "unexpected 'convenant'; expected 'baseline'"},
    {"declaration-after-rule", 4, 1, "before the first rule"},
    {"empty", 1, 1, "ends too early"},
    {"expect-deny-by", 5, 1, "expects that it is denied"},
    {"expect-permit", 5, 1, "expects that it is denied"},
    {"expect-unknown-party", 5, 19, "unknown party 'polite'; did you mean"},
    {"no-fields-declared", 2, 21, "unknown field 'naam'"},
    {"no-rule", 1, 10, "there is no rule"},
    {"permit", 3, 8, "a baseline permits nothing"},
    {"rule-id-twice", 4, 7, "in line 3 already"},
    {"rule-without-id", 3, 7, "unexpected 'share'"},
    {"signal-without-the-attribute", 4, 67, "does not carry attribute"},
    {"signed", 1, 25, "unexpected 'signed'"},
    {"special-unknown", 3, 29, "unknown special category 'healthy'; did you"},
    {"unknown-attribute", 3, 38, "unknown attribute 'ernst'"},
    {"unknown-field", 3, 21, "unknown field 'nam'; did you mean 'naam'?"},
    {"unknown-party", 3, 29, "unknown party or group 'polite'; did you mean"},
    {"unknown-purpose", 3, 47, "unknown purpose 'wegen'; did you mean"},
    {"unknown-signal", 3, 39, "unknown signal 'meldin'; did you mean"},
    {"when-approval", 3, 38, "cannot be a name"},
    {"version-zero", 1, 23, "counted from 1"},
};
enum { REJECTS_N = sizeof rejects / sizeof rejects[0] };

static void
each_bad_text_is_refused_where_and_for_what_it_is_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < REJECTS_N; i++) {
        struct findings findings;
        struct baseline *b;
        struct slice text;
        char path[512];

        (void)snprintf(
            path, sizeof path, "%s%s.baseline", REJECTS, rejects[i].name);
        text = loaded_bytes(path);
        assert_int_equal(baseline_load(&b, text, &findings), DHK_FORMAT);
        assert_null(b);
        loaded_free(text);
        loaded_is_refused(&findings, &rejects[i]);
    }
}

static void
every_bad_text_is_in_the_table(void **state)
{
    (void)state;
    loaded_are_all(REJECTS, ".baseline", rejects, REJECTS_N);
}

static void
the_statutory_baseline_loads(void **state)
{
    struct slice text = loaded_bytes(CONVENANTEN "/wet-pga.baseline");
    struct findings findings;
    struct baseline *b;

    (void)state;
    assert_true(slice_equal(text, baseline_statutory()));
    assert_int_equal(baseline_load(&b, text, &findings), DHK_OK);
    assert_string_equal(baseline_name(b), "wet-pga");
    assert_true(baseline_version(b) >= 1);
    baseline_destroy(&b);
    loaded_free(text);
}

static void
every_form_loads_and_no_truncated_text_does_harm(void **state)
{
    struct slice text =
        loaded_bytes(VECTORS "/accept/baseline/every-form.baseline");
    struct findings findings;
    struct baseline *b;

    (void)state;
    assert_int_equal(baseline_load(&b, text, &findings), DHK_OK);
    assert_string_equal(baseline_name(b), "vorm");
    assert_int_equal(baseline_version(b), 2);
    baseline_destroy(&b);
    for (size_t n = 0; n < text.n; n++) {
        enum dhk_err rc = baseline_load(&b, slice_of(text.p, n), &findings);

        assert_true((rc == DHK_OK) == (b != NULL));
        assert_true((rc == DHK_OK) == (findings.errors == 0));
        baseline_destroy(&b);
    }
    loaded_free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bad_text_is_refused_where_and_for_what_it_is_bad),
        cmocka_unit_test(every_bad_text_is_in_the_table),
        cmocka_unit_test(the_statutory_baseline_loads),
        cmocka_unit_test(every_form_loads_and_no_truncated_text_does_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
