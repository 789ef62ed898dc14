/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on refusals, recalls, readers, keys, the ledger itself, and the
 * agreement in force, of ledgers made by hand whose answers are written out
 * here. */
#include "report_make.h"

#include <stdlib.h>
#include <string.h>

static uint8_t police_card[SEAL_HASH];

static const struct make_signal from_police = {.from = "politie",
    .kind = "politiesignaal",
    .purpose = "openbare-orde",
    .ground = "wpg-16-1-b",
    .fields = "betrokkene",
    .attributes = "noodzaak-openbare-orde=yes",
    .case_byte = 1};

static void
put_signals(void)
{
    struct make_signal again = from_police;

    make_at(MAKE_START + 1 * MAKE_DAY);
    make_accepted(&from_police);                            /* 6, number 1 */
    make_answer(make_share("gemeente", "betrokkene", "P5"), /* 7 */
        ANSWER_TAKEN, 2);                                   /* 8 */
    make_refused("politie", ENTRY_CODE_DENIED, 4);          /* 9 */
    again.code = ENTRY_CODE_QUOTA;
    make_accepted(&again); /* 10, number 2 */
    make_at(MAKE_START + 10 * MAKE_DAY);
    make_accepted(&(const struct make_signal){.from = "gemeente", /* 11 */
        .kind = "aanmelding-gemeente",
        .purpose = "weging",
        .ground = "pga-5-1",
        .fields = "betrokkene",
        .attributes = "bijzonder-noodzakelijk=no",
        .case_byte = 2});
    make_share("politie", "betrokkene", "P7");       /* 12 */
    make_share("om", "betrokkene", "P7");            /* 13 */
    make_answer(13, ANSWER_OVERSHARED, 1);           /* 14 */
    make_returned(12, ENTRY_CODE_CHANGED_AGREEMENT); /* 15 */
}

static void
put_rest(void)
{
    make_at(MAKE_START + 20 * MAKE_DAY);
    make_withdrawn(7, true, false);  /* 16 */
    make_withdrawn(12, false, true); /* 17 */
    make_at(MAKE_START + 22 * MAKE_DAY);
    make_answer(16, ANSWER_DELETED, 0);                      /* 18 */
    make_query("om", QUERY_INTERNAL, QUERY_LIST, 1);         /* 19 */
    make_query("toezicht", QUERY_COURT, QUERY_FETCH, 0);     /* 20 */
    make_query("gemeente", QUERY_LAWFULNESS, QUERY_LIST, 1); /* 21 */
    make_operator();                                         /* 22 */
}

static int
begin(void **state)
{
    (void)state;
    make_begin(true);
    make_roster();
    memcpy(police_card, make_card("politie"), sizeof police_card);
    (void)make_card("gemeente");
    (void)make_card("om");
    make_agreed();
    put_signals();
    put_rest();
    make_done();
    return 0;
}

static void
refusals_are_told_with_reason_and_age(void **state)
{
    json_t *o = make_report("refusals", NULL);

    (void)state;
    assert_string_equal(
        make_rows(o, "refusals", "entry by from to reason age_days"),
        "9 broker politie  denied 21; 10 broker politie  quota 21; "
        "15 broker gemeente politie changed-agreement 12; "
        "14 recipient gemeente om overshared 12");
    assert_string_equal(make_fact(o, "broker"), "3");
    assert_string_equal(make_fact(o, "recipient"), "1");
    assert_string_equal(make_fact(o, "sender"), "0");
    json_decref(o);
}

static void
recalls_are_told_with_their_answers(void **state)
{
    json_t *o = make_report("recalls", NULL);

    (void)state;
    assert_string_equal(
        make_rows(o, "recalls", "entry to share correction reason state days"),
        "16 gemeente 7 no incorrect deleted 2; "
        "17 politie 12 yes incorrect never had it 2");
    assert_string_equal(make_fact(o, "told"), "1");
    assert_string_equal(make_fact(o, "open"), "0");
    json_decref(o);
}

/* At an earlier time the recall was open. */
static void
a_recall_without_an_answer_is_open(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    make_accepted(&from_police);
    make_answer(
        make_share("gemeente", "betrokkene", "P5"), ANSWER_TAKEN, 0); /* 3 */
    make_withdrawn(3, true, false);
    make_at(MAKE_START + 3 * MAKE_DAY);
    make_operator();
    make_done();
    o = make_report("recalls", NULL);
    assert_string_equal(
        make_rows(o, "recalls", "state answered days"), "open - 3");
    assert_string_equal(make_fact(o, "open"), "1");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

static void
readers_are_told_with_purpose_and_role(void **state)
{
    struct report_ask ask = {
        .has_case = true, .smallest = REPORT_K, .lang = RENDER_EN};
    json_t *o = make_report("readers", NULL);

    (void)state;
    assert_string_equal(make_rows(o, "questions", "entry asker for asked role"),
        "19 om internal list no role; 20 toezicht court fetch auditor; "
        "21 gemeente lawfulness list in the case");
    assert_string_equal(make_fact(o, "no_role"), "1");
    assert_string_equal(make_rows(o, "by_asker", "asker for questions"),
        "om internal 1; toezicht court 1; gemeente lawfulness 1");
    json_decref(o);
    memset(ask.case_handle, 2, sizeof ask.case_handle);
    o = make_report("readers", &ask);
    /* who fetches all reads about every case */
    assert_string_equal(make_rows(o, "questions", "entry"), "20");
    json_decref(o);
}

static void
what_a_key_touched_is_told(void **state)
{
    struct report_ask ask = {
        .has_card = true, .smallest = REPORT_K, .lang = RENDER_EN};
    json_t *o;

    (void)state;
    memcpy(ask.card, police_card, sizeof police_card);
    o = make_report("breach", &ask);
    assert_string_equal(make_rows(o, "touched", "entry what from to"),
        "7 sent politie gemeente; 12 received gemeente politie; "
        "16 recalled politie gemeente");
    assert_string_equal(make_fact(o, "cases_touched"), "2");
    assert_string_equal(make_fact(o, "recipients"), "gemeente,politie");
    assert_string_equal(make_rows(o, "cards", "partner revoked"), "politie -");
    json_decref(o);
    ask.since = (int64_t)(MAKE_START / 1000) + 5 * 86400;
    ask.until = ask.since + 10 * 86400;
    o = make_report("breach", &ask);
    assert_string_equal(make_rows(o, "touched", "entry"), "12");
    assert_string_equal(make_fact(o, "cases_touched"), "1");
    json_decref(o);
}

static void
the_ledger_itself_is_told_of(void **state)
{
    struct report_ask ask = {.smallest = REPORT_K,
        .lang = RENDER_EN,
        .since = (int64_t)(MAKE_START / 1000) + 5 * 86400};
    json_t *o = make_report("integrity", NULL);

    (void)state;
    assert_string_equal(make_fact(o, "complete"), "yes");
    assert_string_equal(make_fact(o, "entries"), "23");
    assert_string_equal(make_fact(o, "not_here"), "0");
    assert_string_equal(make_fact(o, "clock_jumps"), "1");
    /* two by gemeente's word, and none by the ledger */
    assert_string_equal(make_fact(o, "missed_by_recipients"), "0");
    assert_string_equal(make_fact(o, "longest_silence_s"), "864000");
    assert_string_equal(make_rows(o, "denied", "from reason signals"),
        "politie denied 1; politie quota 1");
    json_decref(o);
    o = make_report("integrity", &ask);
    assert_string_equal(make_fact(o, "entries"), "12");
    assert_string_equal(make_fact(o, "first"), "11");
    assert_string_equal(make_fact(o, "last"), "22");
    assert_string_equal(make_rows(o, "denied", "from"), "");
    json_decref(o);
}

static void
a_number_that_is_missing_is_counted(void **state)
{
    json_t *o = make_report("integrity", NULL);
    const char *rows = make_rows(o, "numbers", "from first last seen missing");

    (void)state; /* by card, whose ids are random */
    assert_non_null(strstr(rows, "politie 1 4 3 1"));
    assert_non_null(strstr(rows, "gemeente 1 1 1 0"));
    json_decref(o);
}

/* --- the agreement in force --- */

#define BEGIN(version)                                                         \
    "convenant proef version " version " valid 2026-01-01 until 2027-01-01\n"  \
    "timezone \"Europe/Amsterdam\""
#define WORDS                                                                  \
    " signed by a; party a, b, c; purpose p \"P\"; ground g \"G\";\n"          \
    "attribute live : yes-no; signal k with fields x, y attributes live;\n"
static const char first[] =
    BEGIN("1") WORDS "permit P1 \"T\": from a to b, c signal k for p on g\n"
                     " when live is yes share x, y;\n";
static char second[1024];

/* Two shares under the first version, one of them of field x only; the second
 * gives c nothing and b no y. */
static void
put_versions(void)
{
    const struct make_signal signal = {.from = "a",
        .kind = "k",
        .purpose = "p",
        .ground = "g",
        .fields = "x y",
        .attributes = "live=yes",
        .case_byte = 1};
    struct make_signal less = signal;
    uint8_t hash[SEAL_HASH];
    char hex[65];

    less.fields = "x";
    make_agreement(first, 1); /* 1 */
    make_accepted(&signal);
    make_share("b", "x y", "P1"); /* 3 */
    make_share("c", "x y", "P1"); /* 4 */
    make_accepted(&less);
    make_share("b", "x", "P1"); /* 6 */
    make_at(MAKE_START + 5 * MAKE_DAY);
    seal_sha256(hash, slice_str(first));
    bytes_hex(hex, hash, sizeof hash);
    (void)snprintf(second, sizeof second,
        BEGIN("2") " supersedes sha256:%s" WORDS
                   "permit P1 \"T\": from a to b signal k for p on g\n"
                   " when live is yes share x;\n",
        hex);
    make_agreement(second, 2); /* 7 */
    make_accepted(&less);
    make_share("b", "x", "P1"); /* 9 */
}

static void
the_version_in_force_and_what_it_changed(void **state)
{
    struct report_ask ask = {.smallest = REPORT_K,
        .lang = RENDER_EN,
        .until = (int64_t)(MAKE_START / 1000) + 86400};
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    put_versions();
    make_done();
    o = make_report("in-force", NULL);
    assert_string_equal(make_fact(o, "in_force"), "proef 2");
    assert_string_equal(make_fact(o, "before"), "proef 1");
    assert_string_equal(make_fact(o, "signed_by"), "om,politie");
    assert_string_equal(
        make_rows(o, "versions", "entry version transfers until"),
        "1 1 3 2026-01-06T00:00:00Z; 7 2 1 -");
    assert_string_equal(make_rows(o, "affected", "entry to would_be lost"),
        "3 b go y; 4 c be denied x,y");
    assert_string_equal(make_fact(o, "untold"), "0");
    assert_true(json_array_size(json_object_get(o, "changes")) > 0);
    assert_null(strstr(make_rows(o, "changes", "change"), "wider"));
    json_decref(o);
    o = make_report("in-force", &ask); /* the day before */
    assert_string_equal(make_fact(o, "in_force"), "proef 1");
    assert_string_equal(make_fact(o, "before"), "none");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

static void
nothing_is_in_force_after_a_revocation(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreement(first, 1);
    make_at(MAKE_START + MAKE_DAY);
    make_revoked(first, "om");
    make_done();
    o = make_report("in-force", NULL);
    assert_string_equal(make_fact(o, "in_force"), "none");
    assert_string_equal(make_rows(o, "versions", "version until revoked_by"),
        "1 2026-01-02T00:00:00Z om");
    json_decref(o);
    make_end();
    make_begin(true);
    make_agreement(first, 1);
    make_at(MAKE_START + MAKE_DAY);
    make_revoked(first, "om");
    make_at(MAKE_START + 2 * MAKE_DAY);
    make_agreement(first, 1);
    make_done();
    o = make_report("in-force", NULL);
    assert_string_equal(make_fact(o, "in_force"), "proef 1");
    assert_string_equal(make_rows(o, "versions", "until revoked_by"),
        "2026-01-02T00:00:00Z om; - -");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_are_told_with_reason_and_age),
        cmocka_unit_test(recalls_are_told_with_their_answers),
        cmocka_unit_test(a_recall_without_an_answer_is_open),
        cmocka_unit_test(readers_are_told_with_purpose_and_role),
        cmocka_unit_test(what_a_key_touched_is_told),
        cmocka_unit_test(the_ledger_itself_is_told_of),
        cmocka_unit_test(a_number_that_is_missing_is_counted),
        cmocka_unit_test(the_version_in_force_and_what_it_changed),
        cmocka_unit_test(nothing_is_in_force_after_a_revocation),
    };

    return cmocka_run_group_tests(tests, begin, make_tear_down);
}
