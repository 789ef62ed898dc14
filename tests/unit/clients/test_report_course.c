/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on what was stated of cases beside their way: third parties, the
 * third-party rule, refusals and their review, vetoes, destruction, the data
 * subject, readers. Of ledgers made by hand whose answers are written out here.
 */
#include "report_make.h"

#include <stdio.h>
#include <string.h>

enum { CASE = 0xa1, OTHER = 0xb2 };

static int
begin(void **state)
{
    (void)state;
    make_begin(true);
    make_agreed();
    return 0;
}

static int
end(void **state)
{
    (void)state;
    make_end();
    return 0;
}

static uint64_t
put(const char *from, const char *to, const char *kind, const char *purpose,
    const char *fields)
{
    static const char *const grounds[][2] = {{"duiding", "pga-6-1"},
        {"overdracht", "pga-7"}, {"openbare-orde", "wiv-62"},
        {"rechten", "besluit-2"}, {"weging", "pga-5-1"}};
    struct make_signal s = {.from = from,
        .kind = kind,
        .purpose = purpose,
        .ground = "pga-6-1",
        .fields = fields,
        .case_byte = CASE};

    for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++) {
        if (strcmp(grounds[i][0], purpose) == 0)
            s.ground = grounds[i][1];
    }
    make_accepted(&s);
    return make_share(to, fields, "P17");
}

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
    put("gemeente", "derdenloket", "extract-derde", "duiding",
        "betrokkene");    /* 11: nobody was admitted */
    make_by_all(&school); /* 12 to 14 */
    prison.code = 4;
    prison.ref_byte = 0x22;
    make_by_all(&prison); /* 15 to 17 */
    share = put("gemeente", "derdenloket", "extract-derde", "duiding",
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
    source = put("aivd", "burgemeester", "ambtsbericht", "openbare-orde",
        "dreiging"); /* 3 */
    put("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 5: nothing was stated */
    restrict_(source, 2);
    put("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 8: in force */
    restrict_(source, 3);
    put("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 11: lifted first */
    other = put("aivd", "burgemeester", "ambtsbericht", "openbare-orde",
        "dreiging"); /* 13 */
    restrict_(other, 1);
    put("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 16: the stricter of the two */
    restrict_(other, 2);
    put("burgemeester", "gemeente", "ambtsbericht-duiding", "duiding",
        "kern"); /* 19 */
    put("gemeente", "politie", "ambtsbericht-duiding", "duiding",
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
    question =
        put("gemeente", "college", "inbreng", "duiding", "betrokkene"); /* 12 */
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
    waits =
        put("gemeente", "politie", "inbreng", "duiding", "betrokkene"); /* 17 */
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
    item = put("politie", "gemeente", "inbreng-politie", "duiding",
        "politiegegevens"); /* 11 */
    put("gemeente", "gemeente-elders", "overdracht", "overdracht",
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
    put("gemeente", "gemeente-elders", "overdracht", "overdracht",
        "betrokkene"); /* 20 */
    make_facts("veto=yes");
    put("gemeente", "gemeente-elders", "overdracht", "overdracht",
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
    put("gemeente", "politie", "inbreng", "duiding", "betrokkene"); /* 13 */
    make_by_all(&(const struct make_said){
        .what = ACT_CLOSE, .case_byte = CASE, .days = 10, .code = 1});
    put("gemeente", "college", "inbreng", "duiding", "betrokkene"); /* 18 */
    put("gemeente", "college", "afsluiting", "uitvoering",
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
    words = put("gemeente", "politie", "inbreng", "duiding", "plangegevens");
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
    put("politie", "gemeente", "politiesignaal", "openbare-orde", "betrokkene");
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
    put("school", "gemeente", "melding-professional", "weging", "betrokkene");
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

/* --- how it is written --- */

static const char *
written(const char *name, enum render_lang lang,
    void (*write)(FILE *out, const struct report *r))
{
    static char text[64 * 1024];
    const struct report_ask ask = {.smallest = REPORT_K, .lang = lang};
    struct report report;
    FILE *out = fmemopen(text, sizeof text, "w");

    assert_non_null(out);
    make_build(&report, name, &ask);
    write(out, &report);
    report_done(&report);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void
print(FILE *out, const struct report *r)
{
    assert_int_equal(report_print(out, r), DHK_OK);
}

static void
words_are_in_the_readers_language(void **state)
{
    (void)state;
    make_accepted(&(const struct make_signal){.from = "gemeente",
        .kind = "aanmelding-gemeente",
        .purpose = "weging",
        .ground = "pga-5-1",
        .fields = "geloof afkomst gezondheid",
        .case_byte = CASE});
    make_share("politie", "geloof afkomst gezondheid", "P7B");
    make_stated(&(const struct make_said){.by = "politie",
        .what = ACT_REFUSE,
        .case_byte = CASE,
        .days = 10,
        .code = 3});
    make_done();
    assert_non_null(strstr(written("special-categories", RENDER_NL, print),
        "godsdienst of levensovertuiging, ras of etnische afkomst, "
        "gezondheid"));
    assert_non_null(
        strstr(written("special-categories", RENDER_NL, report_html),
            "ras of etnische afkomst"));
    assert_non_null(strstr(written("special-categories", RENDER_EN, print),
        "religion, race, health"));
    assert_non_null(strstr(
        written("special-categories", RENDER_NL, report_csv), "religion race"));
    assert_non_null(strstr(
        written("refusals", RENDER_NL, print), "veiligheid van een bron"));
    assert_non_null(
        strstr(written("refusals", RENDER_EN, print), "safety-of-source"));
}

static void
has_a_dutch_word(const struct report *r, const char *name)
{
    /* "school" is both, and a code may be a number */
    if (name != NULL && strcmp(name, "school") != 0 &&
        strcmp(report_word(r, name), name) == 0)
        fail_msg("no Dutch word for '%s'", name);
}

/* Whatever stands in a cell of ours has a Dutch word: names of codes do. */
static void
every_code_has_a_dutch_word(void **state)
{
    static const char *const findings[] = {"admitted", "answered", "be denied",
        "broker", "by office", "case closed", "declared only", "designated",
        "desk", "destroyed", "did not go", "dismissed", "dissent", "expired",
        "go", "held", "holder", "in force", "in order", "in the case",
        "in-force", "integrity", "kept back by the sender", "lacking",
        "last processing", "lifted", "lifted first", "maybe be denied",
        "never had it", "no", "no approval", "no consultation", "no motivation",
        "no purpose", "no role", "no rule", "no signal", "no term",
        "not agreed", "not asked", "not designated", "not in this phase",
        "not lifted", "not stated", "not told", "overdue", "own entries",
        "past its date", "processed afterwards", "recipient", "refuse",
        "rejected", "renewed", "returned", "reviewed late", "runs", "sender",
        "subject", "the entry itself", "to-decide", "told", "unanimous",
        "vetoed item", "voter", "waits", "weighty reason declared",
        "while held", "withdrawn", "yes"};
    struct report r = {.lang = RENDER_NL};

    (void)state;
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++)
        has_a_dutch_word(&r, findings[i]);
    for (unsigned act = 1; act <= ACT_MAX; act++) {
        for (unsigned code = 1; code <= act_rule(act)->codes; code++)
            has_a_dutch_word(&r, act_code_name(act, code));
    }
    assert_string_equal(report_word(&r, "absent"), "afwezig");
    assert_string_equal(report_word(&r, "youth-care"), "jeugdzorg");
    r.lang = RENDER_EN;
    assert_string_equal(report_word(&r, "absent"), "absent");
}

static void
csv_tells_of_a_dissent(void **state)
{
    const char *csv;

    (void)state;
    make_stated(&(const struct make_said){
        .by = "om", .case_byte = CASE, .what = ACT_BRING});
    make_stated(&(const struct make_said){
        .by = "om", .case_byte = CASE, .what = ACT_WEIGH, .days = 5});
    make_stated(&(const struct make_said){.by = "om",
        .what = ACT_VOTE,
        .case_byte = CASE,
        .code = 2,
        .ref_byte = 1});
    put("politie", "gemeente", "politiesignaal", "openbare-orde", "betrokkene");
    make_done();
    csv = written("recipients", RENDER_NL, report_csv);
    assert_non_null(strstr(csv, ",recalled,dissent\r\n"));
    assert_non_null(strstr(csv, ",\"no\",\"om\"\r\n"));
    assert_non_null(strstr(
        written("recipients", RENDER_NL, print), "Tegenstem in casus, van"));
    assert_non_null(
        strstr(written("recipients", RENDER_NL, report_html), "a1a1a1a1 om"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(third_parties_are_told_with_their_admission),
        TEST(an_admission_ends_by_its_date_and_with_the_case),
        TEST(the_third_party_rule_is_followed),
        TEST(refusals_that_are_to_be_reviewed_come_first),
        TEST(vetoes_and_agreement_to_a_transfer_are_told),
        TEST(what_ended_and_is_still_there_is_overdue),
        TEST(notice_is_withheld_with_a_reason_for_a_time),
        TEST(told_ends_it),
        TEST(a_dissent_waits_while_notice_is_withheld),
        TEST(who_takes_part_has_a_role),
        TEST(yearly_figures_count_cases_once),
        TEST(words_are_in_the_readers_language),
        TEST(every_code_has_a_dutch_word),
        TEST(csv_tells_of_a_dissent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
