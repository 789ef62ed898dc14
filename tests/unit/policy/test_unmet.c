/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a request lacked that no rule permits. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unmet.h"

#define KIND                                                                   \
    HEAD                                                                       \
        "attribute age : number 0 .. 120; attribute live : yes-no;\n"          \
        "attribute other : yes-no;\n"                                          \
        "signal k with fields x, y, z attributes age, live;\n"                 \
        "signal l with fields x attributes other;\n"                           \
        "permit L1 \"T\": from a to d signal l for p on g when other is yes\n" \
        " share x;\n"
enum { AGE = 1, LIVE = 2 };

static struct agreement *a;

static int
unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

static struct unmet
find(const char *line)
{
    struct request req = loaded_request(a, line);
    struct unmet got;

    assert_int_equal(loaded_decide(a, line).verdict, VERDICT_DENY);
    unmet_find(&got, a, &req);
    return got;
}

static void
assert_lacks(const struct unmet_rule *r, const char *id, bool purpose,
    bool ground, uint32_t attributes)
{
    assert_int_equal(r->rule, loaded_rule(a, id));
    assert_int_equal(r->purpose, purpose);
    assert_int_equal(r->ground, ground);
    assert_int_equal(r->attributes, attributes);
}

static void
a_route_without_a_permit_is_told(void **state)
{
    (void)state;
    a = loaded_text(KIND "permit P1 \"T\": from a to b signal k for p on g\n"
                         " share x;\n"
                         "forbid V1 \"T\": from a to c signal k;");
    assert_false(find("a d k p g age=1 live=yes").route);
    assert_false(find("b a k p g age=1 live=yes").route);
    assert_int_equal(find("a d k p g age=1 live=yes").n, 0);
    assert_true(find("a b k q g age=1 live=yes").route);
}

static void
purpose_ground_and_values_are_told_apart(void **state)
{
    struct unmet got;

    (void)state;
    a = loaded_text(KIND "permit P1 \"T\": from a to b signal k for p on g\n"
                         " when age at least 18 unless live is yes share x;");
    got = find("a b k q g age=20 live=no");
    assert_int_equal(got.n, 1);
    assert_lacks(&got.list[0], "P1", true, false, 0);
    got = find("a b k p h age=20 live=no");
    assert_lacks(&got.list[0], "P1", false, true, 0);
    got = find("a b k p g age=17 live=no");
    assert_lacks(&got.list[0], "P1", false, false, AGE);
    got = find("a b k p g age=20 live=yes");
    assert_lacks(&got.list[0], "P1", false, false, LIVE);
    /* unknown never helps */
    got = find("a b k p g age=20 live=unknown");
    assert_lacks(&got.list[0], "P1", false, false, LIVE);
    got = find("a b k q h age=3 live=yes");
    assert_lacks(&got.list[0], "P1", true, true, AGE | LIVE);
}

static void
the_nearest_rules_are_told(void **state)
{
    struct unmet got;

    (void)state;
    a = loaded_text(KIND "permit P1 \"T\": from a to b signal k for q on h\n"
                         " share x;\n"
                         "permit P2 \"T\": from a to b signal k for q on g\n"
                         " share x;\n"
                         "permit P3 \"T\": from a to b signal k for p on h\n"
                         " share x;\n"
                         "permit P4 \"T\": from a to b signal k for p on h\n"
                         " when age at least 5 share x;");
    got = find("a b k p g age=9 live=no");
    assert_int_equal(got.n, 3);
    assert_lacks(&got.list[0], "P2", true, false, 0);
    assert_lacks(&got.list[1], "P3", false, true, 0);
    assert_lacks(&got.list[2], "P4", false, true, 0);
    got = find("a b k p g age=1 live=no");
    assert_int_equal(got.n, 2); /* P4 lacks more */
}

static void
what_the_broker_knows_counts_as_met(void **state)
{
    struct unmet got;
    struct request req;

    (void)state;
    a = loaded_text(KIND "permit P1 \"T\": from a to b signal k for p on g\n"
                         " when age at least 18 share x;");
    req = loaded_request(a, "a b k q g age=hidden live=no");
    unmet_find(&got, a, &req);
    assert_lacks(&got.list[0], "P1", true, false, 0);
    req = loaded_request(a, "a b k p g age=hidden live=no");
    unmet_find(&got, a, &req);
    assert_true(got.route);
    assert_int_equal(got.n, 0);
}

static void
a_rule_that_no_value_could_meet_is_not_named(void **state)
{
    struct unmet got;

    (void)state;
    a = loaded_text(KIND "permit P1 \"T\": from a to d signal any for p on g\n"
                         " when other is yes share x;\n"
                         "permit P2 \"T\": from a to d signal k for q on h\n"
                         " when live is yes share x;");
    got = find("a d k p g age=1 live=no");
    assert_int_equal(got.n, 1);
    assert_lacks(&got.list[0], "P2", true, true, LIVE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_route_without_a_permit_is_told, unload),
        cmocka_unit_test_teardown(
            purpose_ground_and_values_are_told_apart, unload),
        cmocka_unit_test_teardown(the_nearest_rules_are_told, unload),
        cmocka_unit_test_teardown(what_the_broker_knows_counts_as_met, unload),
        cmocka_unit_test_teardown(
            a_rule_that_no_value_could_meet_is_not_named, unload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
