/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on the way that a case went: purposes in its phases, members, votes,
 * agreement of the authority. Of ledgers made by hand whose answers are written
 * out here. */
#include "report_make.h"

#include <string.h>

enum { CASE = 0xd4 };

static void
put_vote(const char *from, const char *to, const char *other, unsigned code)
{
    make_accepted(&(const struct make_signal){.from = from,
        .kind = "weegstem",
        .purpose = "weging",
        .ground = "pga-5-3",
        .fields = "oordeel",
        .case_byte = CASE});
    make_share(to, "oordeel", "P10");
    uint64_t share = make_share(other, "oordeel", "P10");
    make_stated(&(const struct make_said){.by = from,
        .what = ACT_VOTE,
        .case_byte = CASE,
        .code = code,
        .ref_share = share});
}

static uint64_t
put_inbreng(const char *to)
{
    make_accepted(&(const struct make_signal){.from = "gemeente",
        .kind = "inbreng",
        .purpose = "duiding",
        .ground = "pga-6-1",
        .fields = "betrokkene",
        .attributes = "noodzakelijk=yes",
        .case_byte = CASE});
    return make_share(to, "betrokkene", "P17");
}

static void
step(enum act what)
{
    make_stated(&(const struct make_said){
        .by = "gemeente", .what = what, .case_byte = CASE});
}

/* Entries 2 to 15: brought, weighed, and voted for; then, before the meeting,
 * something that belongs there (17). */
static void
put_weighing(void)
{
    step(ACT_BRING); /* 2 */
    make_stated(&(const struct make_said){
        .by = "om", .what = ACT_WEIGH, .case_byte = CASE, .days = 14}); /* 3 */
    put_vote("politie", "gemeente", "om", 1);
    put_vote("om", "gemeente", "politie", 1);
    put_vote("gemeente", "om", "politie", 1); /* 12 to 15 */
    put_inbreng("politie");                   /* 17 */
}

/* Entries 18 to 37: the meeting, in which the college takes part, leaves, and
 * takes part again. */
static void
put_meeting(void)
{
    step(ACT_INFORM);
    step(ACT_ENRICH);
    make_by_all(&(const struct make_said){.what = ACT_DESIGNATE,
        .case_byte = CASE,
        .partner = "college",
        .code = 3});        /* 20 to 22 */
    step(ACT_CONFER);       /* 23 */
    put_inbreng("politie"); /* 25 */
    put_inbreng("college"); /* 27 */
    put_inbreng("rvdk");    /* 29 */
    make_stated(&(const struct make_said){
        .by = "college", .what = ACT_LEAVE, .case_byte = CASE}); /* 30 */
    put_inbreng("college");                                      /* 32 */
    make_by_all(&(const struct make_said){.what = ACT_DESIGNATE,
        .case_byte = CASE,
        .partner = "college",
        .code = 4});        /* 33 to 35 */
    put_inbreng("college"); /* 37 */
}

static int
begin(void **state)
{
    (void)state;
    make_begin(true);
    make_agreed();
    put_weighing();
    put_meeting();
    make_done();
    return 0;
}

static void
a_purpose_of_another_phase_is_found(void **state)
{
    json_t *o = make_report("purposes", NULL);

    (void)state;
    assert_string_equal(make_rows(o, "transfers",
                            "entry from to purpose phase phase_now "
                            "finding"),
        "17 gemeente politie duiding casus overleg not in this phase");
    assert_string_equal(make_fact(o, "transfers"), "12");
    assert_string_equal(make_fact(o, "without_phase"), "0");
    json_decref(o);
}

/* What is not bound to a phase is in all of them; a case of which nothing was
 * stated has none. */
static void
a_case_that_never_began_is_in_no_phase(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    put_inbreng("politie"); /* 3 */
    make_accepted(&(const struct make_signal){.from = "politie",
        .kind = "politiesignaal",
        .purpose = "openbare-orde",
        .ground = "wpg-16-1-b",
        .fields = "betrokkene",
        .case_byte = CASE});
    make_share("gemeente", "betrokkene", "P5"); /* 5 */
    make_done();
    o = make_report("purposes", NULL);
    assert_string_equal(make_rows(o, "transfers", "entry phase finding"),
        "3 geen not in this phase");
    assert_string_equal(make_fact(o, "without_phase"), "2");
    json_decref(o);
    o = make_report("weighing", NULL); /* and nobody voted on it */
    assert_string_equal(
        make_rows(o, "findings", "case entry yes lacking finding"),
        "d4 3 - gemeente,politie,om lacking");
    assert_string_equal(make_fact(o, "lacking"), "1");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

static void
only_members_at_that_moment_are_designated(void **state)
{
    json_t *o = make_report("designations", NULL);

    (void)state;
    assert_string_equal(
        make_rows(o, "findings", "entry to designation_entry finding"),
        "29 rvdk - not designated; 32 college - not designated");
    assert_string_equal(
        make_rows(o, "designated", "entry to designation_entry finding"),
        "17 politie 15 designated; 25 politie 15 designated; "
        "27 college 22 designated; 37 college 35 designated");
    assert_string_equal(
        make_rows(o, "members", "case partner role from_entry until_entry"),
        "d4 politie by office 15 -; d4 om by office 15 -; "
        "d4 gemeente by office 15 -; d4 college executor 22 30; "
        "d4 college adviser 35 -");
    assert_string_equal(make_fact(o, "not_designated"), "2");
    assert_string_equal(make_fact(o, "transfers"), "6");
    json_decref(o);
}

/* What a sender declares in a name alike asks for no designation: only what the
 * broker computes does. */
static void
a_declared_attribute_asks_for_no_designation(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    make_accepted(&(const struct make_signal){.from = "politie",
        .kind = "politiesignaal",
        .purpose = "openbare-orde",
        .ground = "wpg-16-1-b",
        .fields = "betrokkene",
        .attributes = "noodzaak-openbare-orde=yes gemeente-aangewezen=yes",
        .case_byte = CASE});
    make_share("gemeente", "betrokkene", "P5");
    make_facts("ontvanger-aangewezen=no");
    make_accepted(&(const struct make_signal){.from = "politie",
        .kind = "politiesignaal",
        .purpose = "openbare-orde",
        .ground = "wpg-16-1-b",
        .fields = "betrokkene",
        .case_byte = CASE});
    make_share("college", "betrokkene", "P5"); /* 5 */
    make_facts(NULL);
    make_done();
    o = make_report("designations", NULL);
    assert_string_equal(make_rows(o, "findings", "entry to finding"),
        "5 college not designated");
    assert_string_equal(make_fact(o, "transfers"), "1");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

static void
a_unanimous_case_raises_no_question(void **state)
{
    json_t *o = make_report("weighing", NULL);

    (void)state;
    assert_string_equal(make_rows(o, "findings", "case"), "");
    assert_string_equal(make_rows(o, "cases",
                            "case phase entry yes no lacking no_signal "
                            "finding"),
        "d4 overleg 17 politie,om,gemeente - - - unanimous");
    assert_string_equal(make_fact(o, "lacking"), "0");
    assert_null(json_object_get(json_object_get(o, "facts"), "dissent"));
    json_decref(o);
}

/* What the course of a case does not have, core would not have taken; a ledger
 * that has it all the same does not verify, and no report believes it. */
static void
a_statement_that_may_not_be_made_counts_for_nothing(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    step(ACT_BRING);
    make_stated(&(const struct make_said){
        .by = "gemeente", .what = ACT_WEIGH, .case_byte = CASE, .days = 14});
    put_vote("college", "gemeente", "om", 2);
    make_done();
    o = make_report("weighing", NULL);
    assert_string_equal(make_rows(o, "cases", "yes no lacking finding"),
        "- - gemeente,politie,om to-decide");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

/* That a weighing lapsed is no fault, and who did not vote is told. */
static void
a_weighing_that_lapsed_tells_who_did_not_vote(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    step(ACT_BRING);
    make_stated(&(const struct make_said){
        .by = "gemeente", .what = ACT_WEIGH, .case_byte = CASE, .days = 14});
    put_vote("politie", "gemeente", "om", 1);
    make_at(MAKE_START + 30 * MAKE_DAY);
    step(ACT_LAPSE);
    make_done();
    o = make_report("weighing", NULL);
    assert_string_equal(make_rows(o, "findings", "case"), "");
    assert_string_equal(make_rows(o, "cases", "phase yes no lacking finding"),
        "afgewezen politie - gemeente,om lapsed");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

/* A vote of which the signal was withdrawn before it, or never was, is told. */
static void
a_vote_names_its_signal(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    make_case(CASE, false); /* 2 to 6 */
    make_done();
    o = make_report("weighing", NULL);
    assert_string_equal(make_rows(o, "findings", "yes no_signal finding"),
        "gemeente,politie,om gemeente,politie,om no signal");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

/* --- dissent --- */

/* Entries 2 to 11: the prosecutor votes against; 13 goes on all the same. */
static void
put_dissent(void)
{
    step(ACT_BRING);
    make_stated(&(const struct make_said){
        .by = "gemeente", .what = ACT_WEIGH, .case_byte = CASE, .days = 14});
    put_vote("politie", "gemeente", "om", 1);
    put_vote("om", "gemeente", "politie", 2); /* 11 */
    put_inbreng("politie");                   /* 13 */
}

static void
a_dissent_is_told_in_every_report_on_the_case(void **state)
{
    struct report_ask subject = {
        .has_case = true, .smallest = REPORT_K, .lang = RENDER_EN};
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    put_dissent();
    make_done();
    o = make_report("weighing", NULL);
    assert_string_equal(
        make_rows(o, "findings", "case entry yes no lacking finding"),
        "d4 13 politie om gemeente dissent");
    assert_string_equal(make_fact(o, "dissents"), "1");
    json_decref(o);
    o = make_report("recipients", NULL);
    assert_string_equal(make_fact(o, "dissent"), "d4d4d4d4 om");
    assert_string_equal(make_rows(o, "transfers", "entry dissent"),
        "5 om; 6 om; 9 om; 10 om; 13 om");
    json_decref(o);
    memset(subject.case_handle, CASE, sizeof subject.case_handle);
    o = make_report("subject", &subject);
    assert_string_equal(make_fact(o, "dissent"), "d4d4d4d4 om");
    json_decref(o);
    subject.until = (int64_t)(MAKE_START / 1000); /* nobody had voted */
    o = make_report("recipients", &subject);
    assert_null(json_object_get(json_object_get(o, "facts"), "dissent"));
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

/* --- police data --- */

static uint64_t
put_police(const char *fields, const char *attributes)
{
    make_accepted(&(const struct make_signal){.from = "politie",
        .kind = "inbreng-politie",
        .purpose = "duiding",
        .ground = "pga-6-1-wpg-20",
        .fields = fields,
        .attributes = attributes,
        .case_byte = CASE});
    return make_share("gemeente", fields, "P18");
}

static uint64_t
consent(const char *by, enum act what)
{
    return make_stated(&(const struct make_said){.by = by,
        .what = what,
        .case_byte = CASE,
        .days = what == ACT_CONSENT ? 10 : 0});
}

static void
police_data_out_of_order_are_found(void **state)
{
    uint64_t share, approved;
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    put_police("politiegegevens", NULL); /* 3: nobody agreed */
    consent("politie", ACT_CONSENT);     /* to itself: of no use */
    put_police("politiegegevens", NULL); /* 6 */
    consent("om", ACT_CONSENT);
    put_police("politiegegevens", NULL);                        /* 9 */
    put_police("politiegegevens onderzoeksgegevens", NULL);     /* 11 */
    put_police("onderzoeksgegevens", "overleg-vastgelegd=yes"); /* 13 */
    consent("om", ACT_REVOKE);
    put_police("politiegegevens", NULL); /* 16 */
    consent("om", ACT_CONSENT);
    make_at(MAKE_START + 11 * MAKE_DAY);
    put_police("politiegegevens", NULL); /* 19: its term has passed */
    make_pending(true);
    share = put_police("politiegegevens", NULL); /* 21 */
    put_police("politiegegevens", NULL);         /* 23: waits */
    make_pending(false);
    approved = make_stated(&(const struct make_said){
        .by = "om", .what = ACT_APPROVE, .case_byte = CASE, .about = share});
    make_released(share, &approved, 1);
    make_accepted(&(const struct make_signal){.from = "politie",
        .kind = "politiesignaal",
        .purpose = "openbare-orde",
        .ground = "wpg-16-1-b",
        .fields = "politiegegevens",
        .case_byte = CASE});
    make_share("gemeente", "politiegegevens", "P5"); /* 27 */
    make_done();
    o = make_report("approvals", NULL);
    assert_string_equal(
        make_rows(o, "findings", "entry approved_by restricted finding"),
        "3 - - no approval; 6 - - no approval; "
        "11 om onderzoeksgegevens no consultation; 16 - - no approval; "
        "19 - - no approval");
    assert_string_equal(make_rows(o, "others", "entry approved_by finding"),
        "9 om in order; 13 om in order; 21 om in order; 23 - waits; "
        "27 - not asked");
    assert_string_equal(make_fact(o, "no_approval"), "4");
    assert_string_equal(make_fact(o, "no_consultation"), "1");
    json_decref(o);
    make_end();
    (void)begin(NULL);
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

/* Of a partner's part no course is made: nobody is accused by it. */
static void
a_part_of_the_ledger_accuses_nobody(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(false);
    make_agreed();
    make_facts("fase=overleg aangewezen=yes");
    put_inbreng("politie"); /* 3 */
    make_facts(NULL);
    put_police("politiegegevens", NULL);
    make_done();
    o = make_report("designations", NULL);
    assert_string_equal(make_rows(o, "findings", "entry phase finding"),
        "3 overleg not told; 5  not told");
    assert_string_equal(make_fact(o, "not_designated"), "0");
    json_decref(o);
    o = make_report("purposes", NULL);
    assert_string_equal(make_rows(o, "transfers", "entry"), "");
    json_decref(o);
    o = make_report("approvals", NULL);
    assert_string_equal(
        make_rows(o, "findings", "entry finding"), "5 not told");
    assert_string_equal(make_fact(o, "no_approval"), "0");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_purpose_of_another_phase_is_found),
        cmocka_unit_test(a_case_that_never_began_is_in_no_phase),
        cmocka_unit_test(only_members_at_that_moment_are_designated),
        cmocka_unit_test(a_declared_attribute_asks_for_no_designation),
        cmocka_unit_test(a_unanimous_case_raises_no_question),
        cmocka_unit_test(a_weighing_that_lapsed_tells_who_did_not_vote),
        cmocka_unit_test(a_statement_that_may_not_be_made_counts_for_nothing),
        cmocka_unit_test(a_vote_names_its_signal),
        cmocka_unit_test(a_dissent_is_told_in_every_report_on_the_case),
        cmocka_unit_test(police_data_out_of_order_are_found),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(a_part_of_the_ledger_accuses_nobody),
    };

    return cmocka_run_group_tests(tests, begin, make_tear_down);
}
