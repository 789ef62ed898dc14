/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on the way that a case went, of a ledger made by hand whose answers
 * are written out here. */
#include "report_make.h"

#include <string.h>

#define OVERLEG "fase=overleg in-casus=yes noodzakelijk=yes "

static void
put_vote(const char *from, const char *to, const char *other)
{
    make_accepted(&(const struct make_signal){.from = from,
        .kind = "weegstem",
        .purpose = "weging",
        .ground = "pga-5-3",
        .fields = "oordeel",
        .attributes = "fase=weging",
        .case_byte = 0xd4});
    make_share(to, "oordeel", "P10");
    make_share(other, "oordeel", "P10");
}

/* Entries 2 to 9: two of the three votes, and a designation. */
static void
put_entry(void)
{
    put_vote("politie", "gemeente", "om");
    put_vote("om", "gemeente", "politie");
    make_accepted(&(const struct make_signal){.from = "gemeente",
        .kind = "aanwijzing",
        .purpose = "betrekken",
        .ground = "pga-5-5",
        .fields = "betrokkene rol",
        .attributes = "fase=betrekken eensluidend=yes",
        .case_byte = 0xd4});
    make_share("college", "betrokkene rol", "P16");
}

/* Entries 10 to 15: to three members, of which one is not designated; then
 * something of an earlier phase. */
static void
put_meeting(void)
{
    make_accepted(&(const struct make_signal){.from = "gemeente",
        .kind = "inbreng",
        .purpose = "duiding",
        .ground = "pga-6-1",
        .fields = "betrokkene",
        .attributes = OVERLEG "zwaarwegende-reden=no gemeente-aangewezen=yes "
                              "politie-aangewezen=yes college-aangewezen=yes",
        .case_byte = 0xd4});
    make_share("politie", "betrokkene", "P17");
    make_share("college", "betrokkene", "P17");
    make_share("om", "betrokkene", "P17");
    make_accepted(&(const struct make_signal){.from = "college",
        .kind = "verrijking",
        .purpose = "betrekken",
        .ground = "pga-5-4",
        .fields = "signaal",
        .attributes = "fase=betrekken",
        .case_byte = 0xd4});
    make_share("gemeente", "signaal", "P14");
}

/* Entries 16 to 21: police data in and out of order. */
static void
put_police(void)
{
    make_accepted(&(const struct make_signal){.from = "politie",
        .kind = "inbreng-politie",
        .purpose = "duiding",
        .ground = "pga-6-1-wpg-20",
        .fields = "politiegegevens onderzoeksgegevens",
        .attributes =
            OVERLEG "bevoegd-gezag-akkoord=yes gemeente-aangewezen=yes",
        .case_byte = 0xd4});
    make_share("gemeente", "politiegegevens onderzoeksgegevens", "P18");
    make_accepted(&(const struct make_signal){.from = "politie",
        .kind = "aanmelding-politie",
        .purpose = "weging",
        .ground = "pga-5-1-wpg-20",
        .fields = "politiegegevens",
        .attributes = "bevoegd-gezag-akkoord=no",
        .case_byte = 0xe5});
    make_share("om", "politiegegevens", "P6");
    make_accepted(&(const struct make_signal){.from = "politie",
        .kind = "politiesignaal",
        .purpose = "openbare-orde",
        .ground = "wpg-16-1-b",
        .fields = "politiegegevens",
        .attributes = "noodzaak-openbare-orde=yes",
        .case_byte = 0xe5});
    make_share("gemeente", "politiegegevens", "P5");
}

/* Entries 22 and 23. */
static void
put_access(void)
{
    make_accepted(&(const struct make_signal){.from = "gemeente",
        .kind = "inzage-bijdrage",
        .purpose = "rechten",
        .ground = "besluit-2",
        .fields = "eigen-gegevens weigeringsgrond",
        .attributes = "identiteit-vastgesteld=yes uavg-41=yes",
        .case_byte = 0xf6});
    make_share("contactpunt", "weigeringsgrond", "P39C");
}

static int
begin(void **state)
{
    (void)state;
    make_begin(true);
    make_shipped();
    put_entry();
    put_meeting();
    put_police();
    put_access();
    make_done();
    return 0;
}

static int
end(void **state)
{
    (void)state;
    make_end();
    return 0;
}

static void
an_earlier_phase_is_found(void **state)
{
    json_t *o = make_report("purposes", NULL);

    (void)state;
    assert_string_equal(
        make_rows(o, "transfers", "entry from to phase phase_before finding"),
        "15 college gemeente betrekken overleg earlier phase");
    assert_string_equal(make_fact(o, "transfers"), "13");
    assert_string_equal(make_fact(o, "without_phase"), "3");
    json_decref(o);
}

static void
members_are_compared_with_their_designation(void **state)
{
    json_t *o = make_report("designations", NULL);

    (void)state;
    assert_string_equal(
        make_rows(o, "findings", "entry to declared designation_entry finding"),
        "11 politie yes - declared only; 13 om unknown - not designated; "
        "17 gemeente yes - declared only");
    assert_string_equal(
        make_rows(o, "designated", "entry to declared designation_entry"),
        "12 college yes 9");
    assert_string_equal(make_fact(o, "declared_only"), "2");
    assert_string_equal(make_fact(o, "not_designated"), "1");
    json_decref(o);
}

static void
votes_that_lack_are_named(void **state)
{
    json_t *o = make_report("weighing", NULL);

    (void)state;
    assert_string_equal(make_rows(o, "cases", "case entry votes lacking"),
        "d4 11 politie,om gemeente");
    assert_string_equal(make_fact(o, "lacking"), "1");
    json_decref(o);
}

/* A vote after the case came into the meeting, or one that was withdrawn, is
 * none. */
static void
votes_count_when_they_stood_before(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_shipped();
    put_vote("politie", "gemeente", "om"); /* 2 to 4 */
    make_withdrawn(3, true, false);
    make_withdrawn(4, true, false);
    put_vote("gemeente", "politie", "om"); /* 7 to 9 */
    put_meeting();
    put_vote("om", "gemeente", "politie");
    make_done();
    o = make_report("weighing", NULL);
    assert_string_equal(
        make_rows(o, "cases", "case votes lacking"), "d4 gemeente politie,om");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

static void
police_data_out_of_order_are_found(void **state)
{
    json_t *o = make_report("approvals", NULL);

    (void)state;
    assert_string_equal(make_rows(o, "findings",
                            "entry approval restricted consultation finding"),
        "17 yes onderzoeksgegevens not-asked no consultation; "
        "19 no - not-asked no approval");
    assert_string_equal(make_rows(o, "others", "entry approval finding"),
        "21 not-asked not asked");
    assert_string_equal(make_fact(o, "no_approval"), "1");
    assert_string_equal(make_fact(o, "no_consultation"), "1");
    json_decref(o);
}

static void
grounds_to_refuse_access_are_told(void **state)
{
    json_t *o = make_report("notices", NULL);

    (void)state;
    assert_string_equal(
        make_rows(o, "transfers", "entry to fields ground_to_refuse"),
        "23 contactpunt weigeringsgrond yes");
    assert_string_equal(make_fact(o, "refused"), "1");
    json_decref(o);
}

/* What is lacking is said plainly, in every report that lacks it. */
static void
what_is_missing_is_said(void **state)
{
    static const char *const names[] = {"purposes", "designations", "weighing",
        "approvals", "third-parties", "notices", "refusals", "readers"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *o = make_report(names[i], NULL);
        assert_true(json_array_size(json_object_get(o, "missing")) > 0);
        json_decref(o);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_earlier_phase_is_found),
        cmocka_unit_test(members_are_compared_with_their_designation),
        cmocka_unit_test(votes_that_lack_are_named),
        cmocka_unit_test(votes_count_when_they_stood_before),
        cmocka_unit_test(police_data_out_of_order_are_found),
        cmocka_unit_test(grounds_to_refuse_access_are_told),
        cmocka_unit_test(what_is_missing_is_said),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
