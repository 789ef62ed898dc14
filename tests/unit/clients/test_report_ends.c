/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on the end of cases, on the data subject, on readers and in figures,
 * from what was stated. Of ledgers made by hand whose answers are written out
 * here. */
#include "report_make.h"

#include <string.h>

enum { CASE = MAKE_CASE, OTHER = 0xb2 };

/* A report that was dropped is to go at once; a case that was closed, on its
 * date; and what came in after that is told. */
static void
what_ended_and_is_still_there_is_overdue(void **state)
{
    json_t *o;

    (void)state;
    make_stated(&(const struct make_said){
        .by = "gemeente", .what = ACT_REPORT, .case_byte = OTHER});
    make_stated(&(const struct make_said){
        .by = "gemeente", .what = ACT_DROP, .case_byte = OTHER, .code = 2});
    make_case(CASE, true); /* 4 to 11 */
    make_sent(
        "gemeente", "politie", "inbreng", "duiding", "betrokkene"); /* 13 */
    make_by_all(&(const struct make_said){
        .what = ACT_CLOSE, .case_byte = CASE, .days = 10, .code = 1});
    make_sent(
        "gemeente", "college", "inbreng", "duiding", "betrokkene"); /* 18 */
    make_sent("gemeente", "college", "afsluiting", "uitvoering",
        "afsluitbesluit"); /* 20: that is what it is for */
    make_at(MAKE_START + 20 * MAKE_DAY);
    make_destroyed("om", CASE); /* 21 */
    make_done();
    o = make_report("overdue", NULL);
    assert_string_equal(
        make_rows(o, "overdue", "case partner state term overdue_days"),
        "a1 gemeente past its date 2026-01-11T00:00:00Z 10; "
        "a1 politie past its date 2026-01-11T00:00:00Z 10; "
        "a1 college past its date 2026-01-11T00:00:00Z 10; "
        "b2 gemeente rejected 2026-01-01T00:00:00Z 20");
    assert_string_equal(
        make_rows(o, "after_end", "entry from to kind phase ended_entry"),
        "18 gemeente college inbreng afgesloten 16");
    assert_string_equal(make_fact(o, "rejected"), "1");
    assert_string_equal(make_fact(o, "past_date"), "3");
    assert_string_equal(make_fact(o, "destroyed"), "1");
    json_decref(o);
    o = make_report("destruction", NULL);
    assert_string_equal(
        make_rows(o, "destruction", "case partner part state entry finding"),
        "a1 gemeente holder not stated - -; "
        "a1 politie by office not stated - -; "
        "a1 college share not stated - -; "
        "a1 om by office destroyed 21 in order; "
        "b2 gemeente holder not stated - -");
    json_decref(o);
}

static void
notice_is_withheld_with_a_reason_for_a_time(void **state)
{
    struct make_said x = {.by = "gemeente",
        .what = ACT_POSTPONE,
        .case_byte = CASE,
        .days = 30,
        .code = 4};
    struct report_ask subject = {
        .has_case = true, .smallest = REPORT_K, .lang = RENDER_EN};
    uint64_t words;
    json_t *o;

    (void)state;
    make_case(CASE, true); /* 2 to 9 */
    words =
        make_sent("gemeente", "politie", "inbreng", "duiding", "plangegevens");
    x.ref_share = words;
    make_stated(&x); /* 12 */
    make_at(MAKE_START + 40 * MAKE_DAY);
    x.ref_share = 0;
    make_stated(&x); /* 13: late, and with no words */
    make_stated(&(const struct make_said){.by = "contactpunt",
        .what = ACT_REQUEST,
        .case_byte = CASE,
        .days = 30}); /* 14 */
    make_stated(&(const struct make_said){.by = "contactpunt",
        .what = ACT_ANSWER,
        .case_byte = CASE,
        .code = 2}); /* 15 */
    make_stated(&(const struct make_said){.by = "contactpunt",
        .what = ACT_REQUEST,
        .case_byte = CASE,
        .days = 30}); /* 16 */
    make_at(MAKE_START + 75 * MAKE_DAY);
    make_operator();
    make_done();
    o = make_report("notices", NULL);
    assert_string_equal(
        make_rows(o, "postponed", "entry by ground motivation state finding"),
        "12 gemeente criminal-law 11 renewed reviewed late; "
        "13 gemeente criminal-law - overdue no motivation");
    assert_string_equal(make_rows(o, "requests", "entry state answer"),
        "14 answered granted-in-part; 16 overdue -");
    assert_string_equal(make_fact(o, "postponed"), "1");
    assert_string_equal(make_fact(o, "overdue"), "1");
    assert_string_equal(make_fact(o, "unmotivated"), "1");
    assert_string_equal(make_fact(o, "requests_late"), "1");
    json_decref(o);
    /* and while it is, an answer to the person says nothing of votes */
    memset(subject.case_handle, CASE, sizeof subject.case_handle);
    o = make_report("subject", &subject);
    assert_null(json_object_get(json_object_get(o, "facts"), "dissent"));
    json_decref(o);
}

static void
told_ends_it(void **state)
{
    json_t *o;

    (void)state;
    make_case(CASE, false);
    make_stated(&(const struct make_said){.by = "om",
        .what = ACT_POSTPONE,
        .case_byte = CASE,
        .days = 30,
        .code = 1,
        .ref_byte = 0x77});
    make_stated(&(const struct make_said){
        .by = "om", .what = ACT_TELL, .case_byte = CASE});
    make_done();
    o = make_report("notices", NULL);
    assert_string_equal(
        make_rows(o, "postponed", "state finding"), "told in order");
    assert_string_equal(make_fact(o, "postponed"), "0");
    json_decref(o);
}

/* A vote against: told to the person with what was shared, when it is to hear
 * of the case at all. */
static void
a_dissent_waits_while_notice_is_withheld(void **state)
{
    struct report_ask subject = {
        .has_case = true, .smallest = REPORT_K, .lang = RENDER_EN};
    struct make_said x = {
        .by = "om", .case_byte = CASE, .what = ACT_BRING, .days = 0};
    json_t *o;

    (void)state;
    make_sent(
        "politie", "gemeente", "politiesignaal", "openbare-orde", "betrokkene");
    make_stated(&x);
    x.what = ACT_WEIGH;
    x.days = 5;
    make_stated(&x);
    make_stated(&(const struct make_said){.by = "om",
        .what = ACT_VOTE,
        .case_byte = CASE,
        .code = 2,
        .ref_byte = 1});
    x.what = ACT_POSTPONE;
    x.days = 10;
    x.code = 1;
    make_stated(&x);
    make_at(MAKE_START + 1 * MAKE_DAY);
    make_stated(&(const struct make_said){
        .by = "om", .what = ACT_TELL, .case_byte = CASE});
    make_done();
    memset(subject.case_handle, CASE, sizeof subject.case_handle);
    subject.until = (int64_t)(MAKE_START / 1000) + 3600;
    o = make_report("subject", &subject);
    assert_string_equal(make_fact(o, "transfers"), "1");
    assert_null(json_object_get(json_object_get(o, "facts"), "dissent"));
    json_decref(o);
    subject.until = 0;
    o = make_report("subject", &subject);
    assert_string_equal(make_fact(o, "dissent"), "a1a1a1a1 om");
    json_decref(o);
}

/* Who takes part in a case asks about its own. */
static void
who_takes_part_has_a_role(void **state)
{
    json_t *o;

    (void)state;
    make_query("politie", QUERY_INTERNAL, QUERY_LIST, CASE); /* 2 */
    make_case(CASE, true);                                   /* 3 to 10 */
    make_query("politie", QUERY_INTERNAL, QUERY_LIST, CASE); /* 11 */
    make_stated(&(const struct make_said){.by = "gemeente",
        .what = ACT_DESIGNATE,
        .case_byte = CASE,
        .partner = "college",
        .code = 1});
    make_query("college", QUERY_INTERNAL, QUERY_LIST, CASE); /* 13 */
    make_stated(&(const struct make_said){.by = "politie",
        .what = ACT_DESIGNATE,
        .case_byte = CASE,
        .partner = "college",
        .code = 1});
    make_stated(&(const struct make_said){.by = "om",
        .what = ACT_DESIGNATE,
        .case_byte = CASE,
        .partner = "college",
        .code = 1});
    make_query("college", QUERY_INTERNAL, QUERY_LIST, CASE); /* 16 */
    make_query("rvdk", QUERY_INTERNAL, QUERY_LIST, CASE);    /* 17 */
    make_done();
    o = make_report("readers", NULL);
    assert_string_equal(make_rows(o, "questions", "entry asker role"),
        "2 politie no role; 11 politie in the case; 13 college no role; "
        "16 college in the case; 17 rvdk no role");
    assert_string_equal(make_fact(o, "no_role"), "3");
    json_decref(o);
}

/* Figures come from what was stated, once for each case. */
static void
yearly_figures_count_cases_once(void **state)
{
    struct report_ask ask = {.smallest = 0, .lang = RENDER_EN};
    json_t *o;

    (void)state;
    make_stated(&(const struct make_said){
        .by = "gemeente", .what = ACT_REPORT, .case_byte = CASE});
    make_sent(
        "school", "gemeente", "melding-professional", "weging", "betrokkene");
    make_case(CASE, true);
    make_stated(&(const struct make_said){
        .by = "gemeente", .what = ACT_REPORT, .case_byte = OTHER});
    make_stated(&(const struct make_said){
        .by = "gemeente", .what = ACT_DROP, .case_byte = OTHER, .code = 2});
    make_at(MAKE_START + 40 * MAKE_DAY);
    make_by_all(&(const struct make_said){
        .what = ACT_CLOSE, .case_byte = CASE, .days = 10, .code = 1});
    make_done();
    o = make_report("yearly", &ask);
    assert_string_equal(
        make_rows(o, "years",
            "year reports presented rejected opened closed median_days"),
        "2026 2 1 1 1 1 40; total 2 1 1 1 1 40");
    json_decref(o);
}

static uint64_t
sent_on(void)
{
    return make_sent(
        "gemeente", "politie", "inbreng", "duiding", "plangegevens");
}

static void
missing_is_what_the_ledger_leaves_to_be_missed(void **state)
{
    json_t *o;

    (void)state;
    make_returned(sent_on(), ENTRY_CODE_CHANGED_CASE);
    make_expired(sent_on());
    (void)make_withdrawn(sent_on(), false, false);
    make_pending(true);
    (void)sent_on();
    make_pending(false);
    (void)sent_on(); /* kept back */
    make_answer(sent_on(), ANSWER_TAKEN, 5);
    (void)sent_on(); /* not looked for before something comes after it */
    o = make_report("integrity", NULL);
    assert_string_equal(make_fact(o, "missed_by_recipients"), "2");
    json_decref(o);
    /* the recipient's last word counts, not all of them together */
    make_answer(sent_on(), ANSWER_TAKEN, 1);
    o = make_report("integrity", NULL);
    assert_string_equal(make_fact(o, "missed_by_recipients"), "1");
    json_decref(o);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, make_set_up, make_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_ended_and_is_still_there_is_overdue),
        TEST(notice_is_withheld_with_a_reason_for_a_time),
        TEST(told_ends_it),
        TEST(a_dissent_waits_while_notice_is_withheld),
        TEST(who_takes_part_has_a_role),
        TEST(yearly_figures_count_cases_once),
        TEST(missing_is_what_the_ledger_leaves_to_be_missed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
