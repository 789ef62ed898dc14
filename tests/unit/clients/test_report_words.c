/* SPDX-License-Identifier: EUPL-1.2
 *
 * Words of reports in the reader's language, and what CSV tells of a dissent.
 */
#include "report_make.h"

#include <stdio.h>
#include <string.h>

enum { CASE = MAKE_CASE };

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
        "in-force", "integrity", "kept back by the sender", "lacking", "lapsed",
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
    make_sent(
        "politie", "gemeente", "politiesignaal", "openbare-orde", "betrokkene");
    make_done();
    csv = written("recipients", RENDER_NL, report_csv);
    assert_non_null(strstr(csv, ",recalled,dissent\r\n"));
    assert_non_null(strstr(csv, ",\"no\",\"om\"\r\n"));
    assert_non_null(strstr(
        written("recipients", RENDER_NL, print), "Tegenstem in casus, van"));
    assert_non_null(
        strstr(written("recipients", RENDER_NL, report_html), "a1a1a1a1 om"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, make_set_up, make_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_are_in_the_readers_language),
        TEST(every_code_has_a_dutch_word),
        TEST(csv_tells_of_a_dissent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
