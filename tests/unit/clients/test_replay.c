/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading the ledger to replay it: which signals, with which shares, in which
 * week; and what cannot be replayed is counted as that. */
#include "replay_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "key.h"
#include "statement.h"

#define HEAD(parties)                                                          \
    "convenant test version 1 valid 2026-01-01 until 2027-01-01\n"             \
    "timezone \"Europe/Amsterdam\" signed by a;\n"                             \
    "party " parties ";\n"                                                     \
    "purpose p \"P\"; purpose q \"Q\"; ground g \"G\";\n"                      \
    "attribute live : yes-no;\n"                                               \
    "window night = mon-sun 00:00-06:00;\n"                                    \
    "signal k with fields x, y attributes live;\n"
static const char was[] =
    HEAD("a, b, c") "permit P1 \"T\": from a to b signal k for p on g\n"
                    " when live is yes unless during night share x;\n";
static const char then[] = HEAD(
    "a, b, c, d") "permit P1 \"T\": from a to b, c, d signal k for p on g\n"
                  " when live is yes unless during night share x, y;\n";

/* Wednesday 2026-11-25, 12:00 UTC */
#define NOON UINT64_C(1795608000000)

static struct agreement *now;
static struct replay *replay;
static struct entry entry;
static uint8_t bytes[LIMIT_ENTRY];
static struct replay_result result;
static uint8_t ids[2 * SEAL_HASH];
static const uint8_t classes[] = {2}; /* live is yes */

static struct agreement *
load(const char *text)
{
    struct findings findings;
    struct agreement *a;

    assert_int_equal(agreement_load(&a, slice_str(text), &findings), DHK_OK);
    return a;
}

static enum dhk_err
put_text(const char *text)
{
    struct ledgerfile_record record = {
        .type = LEDGERFILE_AGREEMENT, .text = slice_str(text)};

    return replay_record(replay, &record);
}

static enum dhk_err
put(uint64_t index)
{
    struct ledgerfile_record record = {
        .type = LEDGERFILE_ENTRY, .index = index};
    struct sink out;

    sink_init(&out, bytes, sizeof bytes);
    assert_int_equal(entry_encode(&out, &entry), DHK_OK);
    record.entry = sink_done(&out);
    return replay_record(replay, &record);
}

/* Two signals of a, of which the second has CODE; all fields are there. */
static void
put_accepted(uint64_t index, uint64_t time, enum entry_code code)
{
    struct entry_accepted *a = &entry.u.accepted;

    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_ACCEPTED;
    entry.time = time;
    a->sender = slice_str("a");
    seal_sha256(a->agreement, slice_str(was));
    a->ids = slice_of(ids, sizeof ids);
    a->kind[0] = slice_str("k");
    a->kinds_n = 1;
    a->n = 2;
    for (size_t i = 0; i < a->n; i++) {
        a->mark[i] = (struct entry_mark){.presence = 3,
            .seq = 1 + i,
            .classes = slice_of(classes, sizeof classes)};
    }
    a->mark[1].code = code;
    assert_int_equal(put(index), DHK_OK);
}

static void
fill_share(uint64_t accepted, uint32_t position, const char *to)
{
    struct entry_share *s = &entry.u.share;

    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_SHARE;
    entry.time = NOON;
    s->accepted = accepted;
    s->position = position;
    s->sender = slice_str("a");
    s->recipient = slice_str(to);
    s->kind = slice_str("k");
    s->purpose = slice_str("p");
    s->ground = slice_str("g");
    seal_sha256(s->agreement, slice_str(was));
    s->fields = 1;
    s->wrapped = 1;
    s->nth = 1;
}

static void
put_share(uint64_t index, uint64_t accepted, uint32_t position, const char *to)
{
    fill_share(accepted, position, to);
    assert_int_equal(put(index), DHK_OK);
}

static void
finish(void)
{
    assert_int_equal(replay_finish(replay), DHK_OK);
    replay_result(&result, replay);
}

static int
begin(void **state)
{
    struct ledgerfile_record record = {.type = LEDGERFILE_ORIGIN,
        .origin = slice_str("ledger.test/1"),
        .complete = true};

    (void)state;
    now = load(then);
    assert_int_equal(replay_new(&replay, now), DHK_OK);
    assert_int_equal(replay_record(replay, &record), DHK_OK);
    assert_int_equal(put_text(was), DHK_OK);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    replay_destroy(&replay);
    agreement_destroy(&now);
    return 0;
}

static void
assert_count(struct replay_count n, uint64_t least, uint64_t most)
{
    assert_int_equal(n.least, least);
    assert_int_equal(n.most, most);
}

static void
every_signal_is_replayed_for_every_party(void **state)
{
    (void)state;
    put_accepted(10, NOON, ENTRY_CODE_NONE);
    put_share(11, 10, 0, "b");
    put_share(12, 10, 1, "b");
    put_accepted(13, NOON, ENTRY_CODE_DENIED);
    put_share(14, 13, 0, "b");
    finish();
    assert_string_equal(result.origin, "ledger.test/1");
    assert_true(result.complete);
    assert_int_equal(result.entries, 5);
    assert_int_equal(result.signals, 3);
    assert_int_equal(result.missing.denied, 1);
    assert_int_equal(result.counts.shares, 3);
    assert_count(result.counts.denied, 0, 0);
    assert_count(result.counts.delivered, 6, 6); /* to c, and d who is new */
    assert_count(result.counts.gained, 3 + 12, 3 + 12);
    assert_int_equal(result.rows_n, 3);
    assert_string_equal(result.row[0].to, "b");
    assert_string_equal(result.row[2].to, "d");
    assert_string_equal(result.row[0].week, "2026-W48");
    assert_int_equal(result.row[0].gained.n, 1);
    assert_string_equal(result.row[0].gained.name[0], "y");
    assert_int_equal(result.changes_n, 9);
    assert_int_equal(result.change[0].share, 11);
    assert_int_equal(result.change[1].share, 0);
}

/* --- what the broker computed --- */

#define CASE_HEAD                                                              \
    "convenant test version 1 valid 2026-01-01 until 2027-01-01\n"             \
    "timezone \"Europe/Amsterdam\" signed by a;\n"                             \
    "party a, b, c;\n"                                                         \
    "purpose p \"P\"; ground g \"G\";\n"                                       \
    "attribute in-casus : yes-no by broker;\n"                                 \
    "attribute aangewezen : yes-no by broker;\n"
static const char case_was[] =
    CASE_HEAD "signal k with fields x, y attributes in-casus;\n"
              "permit P1 \"T\": from a to b, c signal k for p on g\n"
              " when in-casus is yes share x, y;\n";
static const char case_then[] =
    CASE_HEAD "signal k with fields x, y attributes in-casus, aangewezen;\n"
              "permit P1 \"T\": from a to b, c signal k for p on g\n"
              " when in-casus is yes and aangewezen is yes share x, y;\n";

static void
state(uint64_t index, enum act what, const char *partner)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct statement said = {.origin = slice_str("ledger.test/1"),
        .what = what,
        .made = NOON / 1000,
        .code = what == ACT_VOTE || what == ACT_DESIGNATE ? 1 : 0,
        .has_ref = what == ACT_VOTE,
        .until = what == ACT_WEIGH ? NOON / 1000 + 86400 : 0,
        .partner = slice_str(partner)};
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct sink out;
    struct entry_stated *e = &entry.u.stated;

    sink_init(&out, mem, sizeof mem);
    assert_int_equal(key_sign_new(&sk, &pk), DHK_OK);
    assert_int_equal(statement_issue(&out, &said, sk), DHK_OK);
    key_sign_destroy(&sk);
    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_STATED;
    entry.time = NOON;
    assert_int_equal(statement_decode(&said, sink_done(&out), NULL), DHK_OK);
    e->partner = slice_str("a");
    e->body = said.body;
    e->as = ACT_BY_PARTY | ACT_BY_WEIGHER;
    e->of = 1;
    assert_int_equal(put(index), DHK_OK);
}

/* One signal of the case to b, with what the broker stated of it. */
static void
put_in_case(uint64_t index)
{
    static const uint8_t none[1], yes[1] = {0xc3};
    struct entry_accepted *a = &entry.u.accepted;

    put_accepted(index, NOON, ENTRY_CODE_DENIED);
    a->mark[0].classes = a->mark[1].classes = slice_of(none, sizeof none);
    seal_sha256(a->agreement, slice_str(case_was));
    assert_int_equal(put(index), DHK_OK);
    fill_share(index, 0, "b");
    seal_sha256(entry.u.share.agreement, slice_str(case_was));
    entry.u.share.fact[0] =
        (struct entry_fact){slice_str("in-casus"), slice_of(yes, sizeof yes)};
    entry.u.share.facts_n = 1;
    entry.u.share.fields = entry.u.share.wrapped = 3;
    assert_int_equal(put(index + 1), DHK_OK);
}

static void
replay_case(bool complete)
{
    struct ledgerfile_record record = {.type = LEDGERFILE_ORIGIN,
        .origin = slice_str("ledger.test/1"),
        .complete = complete};

    replay_destroy(&replay);
    agreement_destroy(&now);
    now = load(case_then);
    assert_int_equal(replay_new(&replay, now), DHK_OK);
    assert_int_equal(replay_record(replay, &record), DHK_OK);
    assert_int_equal(put_text(case_was), DHK_OK);
    state(1, ACT_BRING, "");
    state(2, ACT_WEIGH, "");
    state(3, ACT_VOTE, "");
    put_in_case(10); /* b is no member yet, ... */
    state(12, ACT_DESIGNATE, "b");
    put_in_case(13); /* ... and now it is */
    finish();
}

static void
what_the_broker_would_compute_comes_from_the_course(void **state)
{
    (void)state;
    replay_case(true);
    assert_int_equal(result.signals, 2);
    assert_int_equal(result.missing.unreadable, 0);
    assert_int_equal(result.counts.shares, 2);
    assert_count(result.counts.denied, 1, 1);
    assert_count(result.counts.delivered, 0, 0); /* to c, no member */
    replay_case(false); /* a partner's own file does not tell */
    assert_count(result.counts.denied, 0, 2);
}

static void
windows_are_those_of_the_time_of_acceptance(void **state)
{
    (void)state;
    /* 23:30 UTC is 00:30 there: nothing might go, and nothing would */
    put_accepted(
        10, NOON + UINT64_C(11) * 3600000 + 1800000, ENTRY_CODE_DENIED);
    put_share(11, 10, 0, "b");
    finish();
    assert_int_equal(result.signals, 1);
    assert_count(result.counts.denied, 1, 1);
    assert_count(result.counts.delivered, 0, 0);
}

/* In the night b was denied, and would not be; at noon the sender left it
 * out. */
static void
windows_of_that_time_tell_who_was_denied(void **state)
{
    static const char always[] =
        HEAD("a, b, c") "permit P1 \"T\": from a to b, c signal k for p on g\n"
                        " when live is yes share x;\n";
    struct agreement *before = now;

    (void)state;
    replay_destroy(&replay);
    now = load(always);
    assert_int_equal(replay_new(&replay, now), DHK_OK);
    assert_int_equal(put_text(was), DHK_OK);
    put_accepted(10, NOON + UINT64_C(12) * 3600000, ENTRY_CODE_DENIED);
    put_share(11, 10, 0, "c");
    put_accepted(12, NOON, ENTRY_CODE_DENIED);
    put_share(13, 12, 0, "c");
    finish();
    assert_int_equal(result.signals, 2);
    assert_count(result.counts.delivered, 1, 1);
    assert_int_equal(result.change[0].accepted, 10);
    assert_string_equal(result.change[0].to, "b");
    replay_destroy(&replay);
    agreement_destroy(&before);
}

static void
a_week_is_of_the_new_agreements_zone(void **state)
{
    (void)state;
    /* Sunday 23:30 UTC is Monday there, in the night */
    put_accepted(10,
        NOON + UINT64_C(4) * 86400000 + UINT64_C(11) * 3600000 + 1800000,
        ENTRY_CODE_DENIED);
    put_share(11, 10, 0, "b");
    finish();
    assert_string_equal(result.row[0].week, "2026-W49");
}

static void
what_cannot_be_replayed_is_counted(void **state)
{
    (void)state;
    put_share(9, 8, 0, "b"); /* its acceptance is not here */
    put_accepted(10, NOON, ENTRY_CODE_QUOTA);
    put_share(11, 10, 0, "b");
    put_share(12, 10, 7, "b"); /* of no signal */
    put_accepted(13, NOON, ENTRY_CODE_NONE);
    put_share(14, 13, 0, "b");
    put_share(15, 10, 0, "c"); /* of an earlier bundle */
    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_REFUSED;
    entry.u.refused.sender = slice_str("a");
    entry.u.refused.code = ENTRY_CODE_CARD;
    entry.u.refused.ids = slice_of(ids, sizeof ids);
    assert_int_equal(put(16), DHK_OK);
    finish();
    assert_int_equal(result.signals, 2);
    assert_int_equal(result.missing.acceptances, 3);
    assert_int_equal(result.missing.refused, 1 + 2);
    assert_int_equal(result.missing.shares, 1); /* 13's second signal */
    assert_int_equal(result.missing.denied, 0);
    assert_int_equal(result.missing.unreadable, 0);
}

static void
an_agreement_that_is_not_here_is_counted(void **state)
{
    struct ledgerfile_record record = {
        .type = LEDGERFILE_ORIGIN, .origin = slice_str("ledger.test/1")};

    (void)state;
    replay_destroy(&replay);
    assert_int_equal(replay_new(&replay, now), DHK_OK);
    assert_int_equal(replay_record(replay, &record), DHK_OK);
    assert_int_equal(put_text("convenant"), DHK_OK); /* nobody can read it */
    put_accepted(10, NOON, ENTRY_CODE_NONE);
    put_share(11, 10, 0, "b");
    finish();
    assert_int_equal(result.signals, 0);
    assert_int_equal(result.missing.agreements, 2);
    assert_false(result.complete);
}

/* Entries that a lying log could have made. */
static void
entries_that_do_not_fit_are_counted(void **state)
{
    (void)state;
    put_accepted(10, NOON, ENTRY_CODE_NONE);
    put_share(11, 10, 0, "z"); /* no such party */
    fill_share(10, 1, "b");
    entry.u.share.purpose = slice_str("z");
    assert_int_equal(put(12), DHK_OK);
    put_accepted(13, NOON, ENTRY_CODE_NONE);
    put_share(14, 13, 0, "b");
    fill_share(13, 0, "c");
    entry.u.share.purpose = slice_str("q"); /* another than to b */
    assert_int_equal(put(15), DHK_OK);
    fill_share(13, 1, "b");
    entry.u.share.wrapped = 5;
    entry.u.share.fields = 5; /* a field that is not there */
    assert_int_equal(put(16), DHK_OK);
    finish();
    assert_int_equal(result.signals, 0);
    assert_int_equal(result.missing.unreadable, 4);
    assert_int_equal(result.rows_n, 0);
}

static void
bytes_that_are_no_entry_end_it(void **state)
{
    struct ledgerfile_record record = {
        .type = LEDGERFILE_ENTRY, .entry = slice_str("nonsense")};

    (void)state;
    assert_int_equal(replay_record(replay, &record), DHK_FORMAT);
}

static void
assert_week(const char *date, const char *week)
{
    char text[REPLAY_WEEK];
    int64_t seconds;

    assert_true(clock_parse(&seconds, date));
    replay_rows_week(text, seconds / (24 * 60 * 60));
    assert_string_equal(text, week);
}

static void
weeks_are_those_of_iso_8601(void **state)
{
    (void)state;
    assert_week("1970-01-01", "1970-W01");
    assert_week("2020-12-31", "2020-W53");
    assert_week("2021-01-03", "2020-W53");
    assert_week("2021-01-04", "2021-W01");
    assert_week("2024-12-29", "2024-W52");
    assert_week("2024-12-30", "2025-W01");
    assert_week("2026-11-29", "2026-W48");
    assert_week("2026-11-30", "2026-W49");
    assert_week("2027-01-01", "2026-W53");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_the_broker_would_compute_comes_from_the_course, begin, end),
        cmocka_unit_test_setup_teardown(
            every_signal_is_replayed_for_every_party, begin, end),
        cmocka_unit_test_setup_teardown(
            windows_are_those_of_the_time_of_acceptance, begin, end),
        cmocka_unit_test_setup_teardown(
            windows_of_that_time_tell_who_was_denied, begin, end),
        cmocka_unit_test_setup_teardown(
            a_week_is_of_the_new_agreements_zone, begin, end),
        cmocka_unit_test_setup_teardown(
            what_cannot_be_replayed_is_counted, begin, end),
        cmocka_unit_test_setup_teardown(
            an_agreement_that_is_not_here_is_counted, begin, end),
        cmocka_unit_test_setup_teardown(
            entries_that_do_not_fit_are_counted, begin, end),
        cmocka_unit_test_setup_teardown(
            bytes_that_are_no_entry_end_it, begin, end),
        cmocka_unit_test(weeks_are_those_of_iso_8601),
    };

    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
