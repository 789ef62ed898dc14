/* SPDX-License-Identifier: EUPL-1.2
 *
 * How alike names are: suggestions, and names that are refused together. */
#include "names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agreement.h"

static unsigned
distance(const char *a, const char *b)
{
    unsigned there = names_distance(slice_str(a), slice_str(b));

    assert_int_equal(there, names_distance(slice_str(b), slice_str(a)));
    return there;
}

static void
distance_counts_edits_and_swaps(void **state)
{
    (void)state;
    assert_int_equal(distance("", ""), 0);
    assert_int_equal(distance("", "abc"), 3);
    assert_int_equal(distance("politie", "politie"), 0);
    assert_int_equal(distance("politie", "poltie"), 1);
    assert_int_equal(distance("politie", "poiltie"), 1);
    assert_int_equal(distance("geweld", "gewled"), 1);
    assert_int_equal(distance("kitten", "sitting"), 3);
    assert_int_equal(distance("ab", "ba"), 1);
    assert_int_equal(
        distance("abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh",
            "bbcdefghijabcdefghijabcdefghijabcdefghijabcdefgi"),
        2);
}

static const char *
nearest(const char *typed)
{
    static const char *const names[] = {
        "gemeente", "politie", "om", "veilig-thuis", "school"};

    return agreement_nearest(
        slice_str(typed), names, sizeof names / sizeof names[0]);
}

static void
a_mistyped_name_gets_the_nearest_suggestion(void **state)
{
    (void)state;
    assert_string_equal(nearest("veiligthuis"), "veilig-thuis");
    assert_string_equal(nearest("polite"), "politie");
    assert_string_equal(nearest("shcool"), "school");
    assert_string_equal(nearest("mo"), "om");
    assert_string_equal(nearest("politie"), "politie");
}

static void
a_far_name_gets_no_suggestion(void **state)
{
    (void)state;
    assert_null(nearest("reclassering"));
    assert_null(nearest("x"));
    assert_null(nearest("zz"));
    assert_null(nearest(""));
    assert_null(agreement_nearest(slice_str("om"), NULL, 0));
    assert_null(
        nearest("politiepolitiepolitiepolitiepolitiepolitiepolitiepolitie"));
}

static bool
alike(const char *a, const char *b)
{
    bool there = names_is_confusable(slice_str(a), slice_str(b));

    assert_int_equal(there, names_is_confusable(slice_str(b), slice_str(a)));
    return there;
}

static void
names_that_a_reader_takes_for_one_another_are_confusable(void **state)
{
    (void)state;
    assert_true(alike("veiligthuis", "veilig-thuis"));
    assert_true(alike("ouder", "ouders"));
    assert_true(alike("moeder", "broeder") == false);
    assert_true(alike("dossier", "dosiser"));
    assert_true(alike("politie", "politia"));
    assert_true(alike("om", "0m"));
    assert_true(alike("l1", "ll"));
    assert_true(alike("modern", "modem"));
    assert_true(alike("b0", "bo"));
}

static void
sensible_names_are_not_confusable(void **state)
{
    (void)state;
    assert_false(alike("laag", "laat")); /* short */
    assert_false(alike("wpg-16", "wpg-19"));
    assert_false(alike("artikel-5-1", "artikel-5-2"));
    assert_false(alike("artikel-5", "artikel-52"));
    assert_false(alike("aanmelding-om", "aanmelding-ggz"));
    assert_false(alike("school", "school-naam"));
    assert_false(alike("feiten", "duiding"));
    assert_true(alike("artikel-1", "artikel-l"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(a_mistyped_name_gets_the_nearest_suggestion),
        cmocka_unit_test(a_far_name_gets_no_suggestion),
        cmocka_unit_test(
            names_that_a_reader_takes_for_one_another_are_confusable),
        cmocka_unit_test(sensible_names_are_not_confusable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
