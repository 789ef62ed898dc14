/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the broker says of itself, compared with what was done to it. */
#include "harness.h"

enum { MINUTE = 60000 };

static struct report_partner
partner(const struct report *r, const char *name)
{
    struct report_partner *list = NULL, found = {.queue = UINT64_MAX};
    size_t n = 0;
    ok(report_partners(&list, &n, r));
    for (size_t i = 0; i < n; i++)
        if (slice_equal(list[i].name, slice_str(name)))
            found = list[i];
    free(list);
    return found;
}

static void
queues_credit_and_ages_are_those_of_what_was_pushed(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[8];
    struct report r;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_turn(h, 1000);
    uint64_t first = h->wall;
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_turn(h, 7000);
    for (int i = 0; i < 4; i++)
        assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_report(h, &r);
    struct report_partner p = partner(&r, "gemeente");
    assert_int_equal(p.queue, 5);
    assert_int_equal(p.oldest, first);
    assert_int_equal(p.sessions, 0);
    assert_int_equal(p.credit, 0);
    assert_int_equal(r.number[REPORT_OPEN], 5);
    assert_int_equal(r.number[REPORT_OLDEST], first);
    assert_int_equal(r.number[REPORT_NOW], h->wall);
    assert_int_equal(partner(&r, "politie").queue, 0);
    assert_int_equal(partner(&r, "politie").sessions, 1);

    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_credit(&gemeente, 3);
    assert_true(harness_shares(&gemeente, share, 8) >= 3);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    harness_report(h, &r);
    p = partner(&r, "gemeente");
    assert_int_equal(p.queue, 4);
    assert_true(p.oldest > first);
    assert_int_equal(p.sessions, 1);
    assert_int_equal(p.in_flight, 4);
    assert_int_equal(p.credit, 0); /* it wants three, and has more */
    harness_credit(&gemeente, 10);
    harness_report(h, &r);
    p = partner(&r, "gemeente");
    assert_int_equal(p.in_flight, 4);
    assert_int_equal(p.credit, 6);
    assert_int_equal(r.number[REPORT_SESSIONS], 2);
    assert_int_equal(r.number[REPORT_CONNECTIONS], 2);
}

static void
events_are_counted_once_and_rates_are_of_the_last_minute(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[8];
    struct harness_signal stale = harness_p5;
    struct report r;
    uint8_t other[32] = {1};

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 6; i++)
        assert_int_equal(harness_code(&politie, &harness_p5), 0);
    stale.agreement = other;
    assert_int_equal(
        harness_code(&politie, &stale), ENTRY_CODE_STALE_AGREEMENT);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, 8), 6);
    harness_answer(&gemeente, share, 4, ANSWER_TAKEN);
    harness_answer(&gemeente, share, 4, ANSWER_TAKEN); /* counts no more */
    harness_turn(h, 10000);
    harness_report(h, &r);
    assert_int_equal(r.count[REPORT_ACCEPTED].total, 6);
    assert_int_equal(r.count[REPORT_REFUSED].total, 1);
    assert_int_equal(r.count[REPORT_SHARED].total, 6);
    assert_int_equal(r.count[REPORT_ANSWERED].total, 4);
    assert_int_equal(r.count[REPORT_EXPIRED].total, 0);
    assert_int_equal(r.count[REPORT_ACCEPTED].rate, 600);
    assert_int_equal(r.count[REPORT_ANSWERED].rate, 400);
    for (int i = 0; i < 14; i++)
        harness_turn(h, 5000);
    harness_report(h, &r);
    assert_int_equal(r.count[REPORT_ACCEPTED].total, 6);
    assert_int_equal(r.count[REPORT_ACCEPTED].rate, 0);
    harness_turn(h, (uint64_t)8 * 24 * 60 * MINUTE); /* the others expire */
    harness_report(h, &r);
    assert_int_equal(r.count[REPORT_EXPIRED].total, 2);
    assert_int_equal(r.number[REPORT_OPEN], 0);
    assert_int_equal(r.number[REPORT_OLDEST], 0);
}

static void
the_checkpoint_has_a_size_and_a_time_also_after_a_restart(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct report r;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_turn(h, MINUTE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    uint64_t then = h->wall;
    harness_report(h, &r);
    uint64_t size = r.number[REPORT_ENTRIES];
    assert_int_equal(r.number[REPORT_CHECKPOINT], size);
    assert_int_equal(r.number[REPORT_CHECKPOINT_TIME], then);
    assert_int_equal(r.number[REPORT_COMMIT_TIME], then);
    assert_true(r.number[REPORT_COMMITS] > 0);
    h->wall += MINUTE;
    harness_restart(h);
    harness_report(h, &r);
    assert_int_equal(r.number[REPORT_CHECKPOINT], size);
    assert_int_equal(r.number[REPORT_CHECKPOINT_TIME], then);
    assert_int_equal(r.number[REPORT_STARTED], h->wall);
}

static void
texts_in_force_have_version_hash_and_end(void **state)
{
    struct harness *h = *state;
    struct report r;

    harness_report(h, &r);
    assert_int_equal(r.agreement.version, h->agreement_version);
    assert_memory_equal(r.agreement.sha256, h->agreement, 32);
    assert_int_equal(r.agreement.until, 2082758400); /* 2036-01-01 */
    assert_int_equal(r.roster.version, h->roster_version);
    assert_int_equal(harness_revoke_text(h, h->agreement, 1), 0);
    harness_report(h, &r);
    assert_int_equal(r.agreement.state, REPORT_REVOKED);
    assert_int_equal(r.roster.state, REPORT_IN_FORCE);
}

static void
a_full_store_and_a_jump_of_the_clock_are_ill_health(void **state)
{
    struct harness *h = *state;
    struct harness_text health = {.verb = CONTROL_HEALTH},
                        clock = {.verb = CONTROL_CLOCK};
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_signal s[20];
    struct report r;
    enum command_error e = COMMAND_ERROR_NONE;

    assert_int_equal(harness_control(h, &health), 0);
    h->wall += (uint64_t)6 * MINUTE;
    assert_int_equal(harness_control(h, &health), 1);
    harness_report(h, &r);
    assert_int_equal(r.number[REPORT_CLOCK_STOPPED], 1);
    assert_int_equal(harness_control(h, &clock), 0);
    assert_int_equal(harness_control(h, &health), 0);

    for (int i = 0; i < 20; i++)
        s[i] = harness_p6;
    h->map_bytes = (size_t)1 << 20;
    harness_restart(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 100 && e == COMMAND_ERROR_NONE; i++) {
        harness_report(h, &r);
        harness_seal(&politie, b, s, 20);
        harness_push(&politie, b);
        ok(h->last);
        e = harness_error(&politie);
    }
    assert_int_equal(e, COMMAND_ERROR_BUSY);
    uint64_t accepted = r.count[REPORT_ACCEPTED].total;
    assert_int_equal(harness_control(h, &health), 1);
    harness_report(h, &r);
    assert_int_equal(r.number[REPORT_COMMIT_FAILED], 1);
    assert_int_equal(r.number[REPORT_STORE_LIMIT], 1 << 20);
    assert_true(r.number[REPORT_STORE_USED] > (1 << 20) / 2);
    assert_true(r.number[REPORT_STORE_USED] <= 1 << 20);
    /* what was given up is not counted */
    assert_true(r.count[REPORT_ACCEPTED].total <= accepted + 20);
    assert_int_equal(r.count[REPORT_ACCEPTED].total % 20, 0);
    assert_int_equal(
        r.count[REPORT_ACCEPTED].total / 20, harness_count(h, ENTRY_ACCEPTED));
    free(b);
}

static void
what_a_batch_gave_up_is_not_counted(void **state)
{
    static struct meter m;
    static const struct entry share = {.kind = ENTRY_SHARE};
    (void)state;
    meter_start(&m, 1, 1);
    meter_entry(&m, &share);
    meter_abort(&m, true);
    assert_int_equal(m.kept[REPORT_SHARED], 0);
    assert_true(m.full);
    meter_entry(&m, &share);
    assert_int_equal(m.kept[REPORT_SHARED], 0);
    meter_commit(&m, 2);
    assert_int_equal(m.kept[REPORT_SHARED], 1);
    assert_false(m.full);
    assert_int_equal(meter_rate(&m, REPORT_SHARED, 1001), 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(queues_credit_and_ages_are_those_of_what_was_pushed),
        harness_test(events_are_counted_once_and_rates_are_of_the_last_minute),
        harness_test(the_checkpoint_has_a_size_and_a_time_also_after_a_restart),
        harness_test(texts_in_force_have_version_hash_and_end),
        harness_test(a_full_store_and_a_jump_of_the_clock_are_ill_health),
        cmocka_unit_test(what_a_batch_gave_up_is_not_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
