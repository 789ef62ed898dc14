/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on what was stated of cases beside their way: third parties, the
 * third-party rule, refusals and their review, vetoes. Of ledgers made by hand
 * whose answers are written out here. */
#include "report_make.h"

#include <string.h>

enum { CASE = MAKE_CASE };

static void
third_parties_are_told_with_their_admission(void **state)
{
    const struct make_said school = {.what = ACT_ADMIT,
        .case_byte = CASE,
        .days = 20,
        .partner = "derdenloket",
        .code = 3,
        .ref_byte = 0x11};
    struct make_said prison = school;
    uint64_t share;
    json_t *o;

    (void)state;
    make_case(CASE, true); /* 2 to 9 */
    make_sent("gemeente", "derdenloket", "extract-derde", "duiding",
        "betrokkene");    /* 11: nobody was admitted */
    make_by_all(&school); /* 12 to 14 */
    prison.code = 4;
    prison.ref_byte = 0x22;
    make_by_all(&prison); /* 15 to 17 */
    share = make_sent("gemeente", "derdenloket", "extract-derde", "duiding",
        "betrokkene"); /* 19 */
    make_stated(&(const struct make_said){.by = "derdenloket",
        .what = ACT_HAND,
        .case_byte = CASE,
        .about = share,
        .ref_byte = 0x11}); /* 20 */
    make_stated(&(const struct make_said){.by = "om",
        .what = ACT_DISMISS,
        .case_byte = CASE,
        .ref_byte = 0x22}); /* 21 */
    make_at(MAKE_START + 5 * MAKE_DAY);
    make_operator();
    make_done();
    o = make_report("third-parties", NULL);
    assert_string_equal(make_rows(o, "handed",
                            "entry desk expertise case share kind fields "
                            "state"),
        "20 derdenloket school a1 19 extract-derde betrokkene runs");
    assert_string_equal(
        make_rows(o, "admissions",
            "expertise desk admitted_entry until state dismissed_entry handed"),
        "school derdenloket 14 2026-01-21T00:00:00Z runs - 1; "
        "prison derdenloket 17 2026-01-21T00:00:00Z dismissed 21 0");
    assert_string_equal(make_rows(o, "transfers", "entry to admitted"),
        "11 derdenloket no; 19 derdenloket yes");
    assert_string_equal(make_fact(o, "running"), "1");
    json_decref(o);
}

static void
an_admission_ends_by_its_date_and_with_the_case(void **state)
{
    struct report_ask later = {.smallest = REPORT_K,
        .lang = RENDER_EN,
        .until = (int64_t)(MAKE_START / 1000) + 30 * 86400};
    json_t *o;

    (void)state;
    make_case(CASE, true);
    make_by_all(&(const struct make_said){.what = ACT_ADMIT,
        .case_byte = CASE,
        .days = 20,
        .partner = "derdenloket",
        .code = 3,
        .ref_byte = 0x11});
    make_by_all(&(const struct make_said){
        .what = ACT_CLOSE, .case_byte = CASE, .days = 100, .code = 1});
    make_done();
    o = make_report("third-parties", NULL);
    assert_string_equal(make_rows(o, "admissions", "state"), "case closed");
    json_decref(o);
    o = make_report("third-parties", &later);
    assert_string_equal(make_rows(o, "admissions", "state"), "expired");
    json_decref(o);
}

static uint64_t
restrict_(uint64_t share, unsigned code)
{
    return make_stated(&(const struct make_said){.by = "aivd",
        .what = ACT_RESTRICT,
        .case_byte = CASE,
        .about = share,
        .ref_share = share,
        .code = code});
}

static void
the_third_party_rule_is_followed(void **state)
{
    uint64_t source, other;
    json_t *o;

    (void)state;
    source = make_sent("aivd", "burgemeester", "ambtsbericht", "openbare-orde",
        "dreiging"); /* 3 */
    make_sent("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 5: nothing was stated */
    restrict_(source, 2);
    make_sent("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 8: in force */
    restrict_(source, 3);
    make_sent("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 11: lifted first */
    other = make_sent("aivd", "burgemeester", "ambtsbericht", "openbare-orde",
        "dreiging"); /* 13 */
    restrict_(other, 1);
    make_sent("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 16: the stricter of the two */
    restrict_(other, 2);
    make_sent("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 19 */
    make_sent("gemeente", "politie", "ambtsbericht-duiding", "duiding",
        "kern"); /* 21: it had nothing of the service itself */
    make_done();
    o = make_report("intelligence", NULL);
    assert_string_equal(
        make_rows(o, "onward", "entry source_entry third_party_rule finding"),
        "5 3 - not stated; 8 3 in-force not lifted; 11 3 lifted lifted first; "
        "16 3 lifted lifted first; 19 13 in-force not lifted; "
        "21 - - not stated");
    assert_string_equal(
        make_rows(o, "from_service", "entry to third_party_rule"),
        "3 burgemeester lifted; 13 burgemeester in-force");
    assert_string_equal(make_fact(o, "not_lifted"), "4");
    json_decref(o);
}

static void
refusals_that_are_to_be_reviewed_come_first(void **state)
{
    struct make_said x = {.by = "politie",
        .what = ACT_EMBARGO,
        .case_byte = CASE,
        .days = 60,
        .code = 1};
    uint64_t question, waits;
    json_t *o;

    (void)state;
    make_case(CASE, true); /* 2 to 9 */
    make_stated(&x);       /* 10 */
    question = make_sent(
        "gemeente", "college", "inbreng", "duiding", "betrokkene"); /* 12 */
    x = (struct make_said){.by = "college",
        .what = ACT_REFUSE,
        .case_byte = CASE,
        .days = 10,
        .about = question,
        .code = 4};
    make_stated(&x); /* 13 */
    x.by = "om";
    x.about = 0;
    make_stated(&x); /* 14, which it lifts */
    make_stated(&(const struct make_said){
        .by = "om", .what = ACT_LIFT, .case_byte = CASE});
    make_pending(true);
    waits = make_sent(
        "gemeente", "politie", "inbreng", "duiding", "betrokkene"); /* 17 */
    make_pending(false);
    make_stated(&(const struct make_said){.by = "om",
        .what = ACT_DECLINE,
        .case_byte = CASE,
        .about = waits,
        .code = 2});
    make_returned(waits, ENTRY_CODE_DECLINED); /* 19 */
    make_at(MAKE_START + 30 * MAKE_DAY);
    make_operator();
    make_done();
    o = make_report("refusals", NULL);
    assert_string_equal(make_rows(o, "refusals",
                            "entry by from to reason age_days review "
                            "state"),
        "13 refuse college gemeente professional-secrecy 30 "
        "2026-01-11T00:00:00Z overdue; "
        "10 embargo politie  investigation 30 2026-03-02T00:00:00Z in force; "
        "14 refuse om  professional-secrecy 30 2026-01-11T00:00:00Z lifted; "
        "19 om gemeente politie safety-of-person 30 - -");
    assert_string_equal(make_fact(o, "overdue"), "1");
    assert_string_equal(make_fact(o, "weighty"), "3");
    json_decref(o);
}

static void
vetoes_and_agreement_to_a_transfer_are_told(void **state)
{
    static const char *const members[] = {"gemeente", "politie", "om"};
    uint64_t item;
    json_t *o;

    (void)state;
    make_case(CASE, true); /* 2 to 9 */
    item = make_sent("politie", "gemeente", "inbreng-politie", "duiding",
        "politiegegevens"); /* 11 */
    make_sent("gemeente", "gemeente-elders", "overdracht", "overdracht",
        "betrokkene"); /* 13: nobody was asked */
    make_stated(&(const struct make_said){.by = "gemeente",
        .what = ACT_TRANSFER,
        .case_byte = CASE,
        .days = 30,
        .partner = "gemeente-elders"}); /* 14 */
    make_stated(&(const struct make_said){.by = "politie",
        .what = ACT_VETO,
        .case_byte = CASE,
        .about = item,
        .ref_share = item}); /* 15 */
    for (size_t i = 0; i < 3; i++)
        make_stated(&(const struct make_said){
            .by = members[i], .what = ACT_AGREE, .case_byte = CASE});
    make_sent("gemeente", "gemeente-elders", "overdracht", "overdracht",
        "betrokkene"); /* 20 */
    make_facts("veto=yes");
    make_sent("gemeente", "gemeente-elders", "overdracht", "overdracht",
        "politiegegevens"); /* 22 */
    make_facts(NULL);
    make_done();
    o = make_report("handovers", NULL);
    assert_string_equal(
        make_rows(o, "transfers", "entry veto_round vetoes finding"),
        "13 no 0 not agreed; 20 yes 1 in order; 22 yes 1 vetoed item");
    assert_string_equal(make_rows(o, "vetoes", "entry by case share kind to"),
        "15 politie a1 11 inbreng-politie gemeente");
    assert_string_equal(make_rows(o, "asked", "entry by to due agreed"),
        "14 gemeente gemeente-elders 2026-01-31T00:00:00Z "
        "gemeente,politie,om");
    assert_string_equal(make_fact(o, "findings"), "2");
    json_decref(o);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, make_set_up, make_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(third_parties_are_told_with_their_admission),
        TEST(an_admission_ends_by_its_date_and_with_the_case),
        TEST(the_third_party_rule_is_followed),
        TEST(refusals_that_are_to_be_reviewed_come_first),
        TEST(vetoes_and_agreement_to_a_transfer_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
