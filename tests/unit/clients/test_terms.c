/* SPDX-License-Identifier: EUPL-1.2
 *
 * Terms: five calendar years after the last processing of a case, never less
 * than four for an entry, never before a hold ends that binds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "terms.h"

static const uint8_t handle[16] = {1};
static const uint8_t other[16] = {2};

static int64_t
at(const char *text)
{
    int64_t s = 0;
    assert_true(clock_parse(&s, text));
    return s;
}

static uint64_t
ms(const char *text)
{
    return (uint64_t)at(text) * 1000;
}

static void
five_years_are_calendar_years(void **state)
{
    static const char *const pairs[][2] = {
        {"2026-11-29", "2031-11-29"},
        {"2027-02-28T23:59:59Z", "2032-02-28T23:59:59Z"},
        {"2028-02-29", "2033-03-01"}, /* no such day then */
        {"2023-03-01", "2028-03-01"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_int_equal(terms_later(at(pairs[i][0]), 5), at(pairs[i][1]));
    assert_int_equal(terms_later(at("2028-02-29"), 4), at("2032-02-29"));
}

/* One case with two shares, the last answered, then withdrawn; statements as
 * each test has them. */
struct world {
    struct evidence e;
    struct evidence_share share[3];
    struct evidence_recall recall[1];
    struct evidence_stated stated[8];
    struct evidence_case cases[1];
    size_t order[2], stated_order[8];
};

static const char politie[] = "politie", gemeente[] = "gemeente",
                  toezicht[] = "toezicht", waakhond[] = "waakhond";

static void
make(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->share[0] = (struct evidence_share){.time = ms("2020-01-01"),
        .from = politie,
        .to = gemeente,
        .end = EVIDENCE_EXPIRED,
        .end_time = ms("2020-03-01")};
    w->share[1] = (struct evidence_share){.time = ms("2020-02-01"),
        .from = politie,
        .to = gemeente,
        .end = EVIDENCE_ANSWERED,
        .end_time = ms("2020-02-02")};
    w->cases[0] = (struct evidence_case){
        .share = w->order, .n = 2, .stated = w->stated_order};
    memcpy(w->cases[0].handle, handle, 16);
    w->order[1] = 1;
    w->e = (struct evidence){.shares = w->share,
        .shares_n = 2,
        .recalls = w->recall,
        .recalls_n = 1,
        .cases = w->cases,
        .cases_n = 1,
        .stated = w->stated};
}

static void
state_(struct world *w, const char *by, enum act what, const char *until)
{
    struct evidence_stated *s = &w->stated[w->e.stated_n];
    w->stated_order[w->e.stated_n] = w->e.stated_n;
    w->cases[0].stated_n = ++w->e.stated_n;
    *s = (struct evidence_stated){.time = ms("2021-01-01"),
        .by = by,
        .all = by == toezicht || by == waakhond,
        .taken = true,
        .what = what,
        .until = until == NULL ? 0 : at(until)};
    memcpy(s->case_handle, handle, 16);
}

static void
the_last_processing_is_what_people_did(void **state)
{
    struct world w;
    struct terms t;
    (void)state;
    make(&w);
    terms_of_case(&t, &w.e, handle, NULL, at("2026-01-01"));
    assert_int_equal(t.first, at("2020-01-01"));
    assert_int_equal(t.last, at("2020-02-02")); /* that it expired is not */
    assert_int_equal(terms_link_end(&t), at("2025-02-02"));
    w.share[1].recall = 1;
    w.recall[0].time = ms("2020-05-01");
    terms_of_case(&t, &w.e, handle, NULL, at("2026-01-01"));
    assert_int_equal(t.last, at("2020-05-01"));
    w.recall[0].answer_time = ms("2020-06-01");
    terms_of_case(&t, &w.e, handle, NULL, at("2026-01-01"));
    assert_int_equal(terms_link_end(&t), at("2025-06-01"));
    terms_of_case(&t, &w.e, other, NULL, at("2026-01-01"));
    assert_int_equal(t.last, 0);
    assert_int_equal(terms_link_end(&t), 0);
}

static void
a_hold_that_binds_puts_it_off(void **state)
{
    struct world w;
    struct terms t;
    int64_t now = at("2025-06-01");
    (void)state;
    make(&w);
    state_(&w, gemeente, ACT_HOLD, "2026-01-01");
    terms_of_case(&t, &w.e, handle, gemeente, now);
    assert_int_equal(terms_link_end(&t), at("2026-01-01"));
    terms_of_case(&t, &w.e, handle, politie, now); /* not its own */
    assert_int_equal(terms_link_end(&t), at("2025-02-02"));
    state_(&w, toezicht, ACT_HOLD, "2027-01-01");
    state_(&w, waakhond, ACT_HOLD, "2026-06-01");
    terms_of_case(&t, &w.e, handle, politie, now);
    assert_int_equal(terms_link_end(&t), at("2027-01-01"));
    assert_ptr_equal(t.held_by, toezicht);
    /* the newest word of each name counts; another's hold stays */
    state_(&w, toezicht, ACT_RELEASE, NULL);
    terms_of_case(&t, &w.e, handle, politie, now);
    assert_int_equal(terms_link_end(&t), at("2026-06-01"));
    assert_ptr_equal(t.held_by, waakhond);
    /* one that has ended does not bind any more */
    terms_of_case(&t, &w.e, handle, politie, at("2026-06-01"));
    assert_int_equal(t.held_until, 0);
    /* and one that was not there yet did not bind then */
    terms_of_case(&t, &w.e, handle, politie, at("2020-12-31"));
    assert_int_equal(t.held_until, 0);
    terms_of_case(&t, &w.e, other, politie, now);
    assert_int_equal(t.held_until, 0);
}

/* What a partner states of its case later is no word on its hold. */
static void
a_hold_stands_beside_other_statements(void **state)
{
    struct world w;
    struct terms t;
    (void)state;
    make(&w);
    state_(&w, gemeente, ACT_HOLD, "2026-01-01");
    state_(&w, gemeente, ACT_VOTE, NULL);
    terms_of_case(&t, &w.e, handle, gemeente, at("2025-06-01"));
    assert_int_equal(t.held_until, at("2026-01-01"));
    /* the vote is work on the case, a request of the person is not */
    assert_int_equal(t.last, at("2021-01-01"));
    w.stated[1].time = ms("2022-01-01");
    w.stated[1].what = ACT_REQUEST;
    terms_of_case(&t, &w.e, handle, gemeente, at("2025-06-01"));
    assert_int_equal(t.last, at("2020-02-02"));
}

static void
a_case_that_ended_goes_sooner(void **state)
{
    struct world w;
    struct terms t;
    (void)state;
    make(&w);
    state_(&w, gemeente, ACT_CLOSE, "2023-05-01");
    terms_of_case(&t, &w.e, handle, gemeente, at("2022-01-01"));
    assert_int_equal(terms_link_end(&t), at("2026-01-01")); /* others lack */
    w.stated[0].took_effect = true;
    terms_of_case(&t, &w.e, handle, gemeente, at("2022-01-01"));
    assert_int_equal(terms_link_end(&t), at("2023-05-01"));
    /* the entry is kept as long as if it had not been closed */
    assert_int_equal(
        terms_entry_end(ENTRY_SHARE, at("2020-01-01"), &t), at("2026-01-01"));
    w.stated[0] = (struct evidence_stated){.time = ms("2021-01-01"),
        .by = politie,
        .taken = true,
        .what = ACT_DROP,
        .phase = ACT_PHASE_REJECTED};
    terms_of_case(&t, &w.e, handle, gemeente, at("2022-01-01"));
    assert_int_equal(terms_link_end(&t), at("2021-01-01")); /* at once */
}

static void
entries_are_kept_for_their_kind(void **state)
{
    struct world w;
    struct terms t;
    int64_t time = at("2024-06-01");
    (void)state;
    make(&w);
    terms_of_case(&t, &w.e, handle, NULL, at("2024-07-01"));
    assert_int_equal(
        terms_entry_end(ENTRY_SHARE, at("2020-02-01"), &t), at("2025-02-02"));
    /* never less than four years, whatever the case is */
    assert_int_equal(terms_entry_end(ENTRY_STATED, time, &t), at("2028-06-01"));
    assert_int_equal(
        terms_entry_end(ENTRY_QUERIED, time, &t), at("2029-06-01"));
    assert_int_equal(
        terms_entry_end(ENTRY_REFUSED, time, NULL), at("2029-06-01"));
    assert_true(terms_entry_end(ENTRY_AGREEMENT, time, NULL) == INT64_MAX);
    assert_true(terms_entry_end(ENTRY_CARD, time, NULL) == INT64_MAX);
    state_(&w, toezicht, ACT_HOLD, "2029-01-01");
    terms_of_case(&t, &w.e, handle, NULL, at("2024-07-01"));
    assert_int_equal(
        terms_entry_end(ENTRY_SHARE, at("2020-02-01"), &t), at("2029-01-01"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_years_are_calendar_years),
        cmocka_unit_test(the_last_processing_is_what_people_did),
        cmocka_unit_test(a_hold_that_binds_puts_it_off),
        cmocka_unit_test(a_hold_stands_beside_other_statements),
        cmocka_unit_test(a_case_that_ended_goes_sooner),
        cmocka_unit_test(entries_are_kept_for_their_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
