/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a mailbox holds at most: shares, their bytes, their age. */
#include "harness.h"

enum { SHARES = 256, MINUTE = 60 * 1000, DAY = 24 * 60 * MINUTE };

/* How many shares went back to their senders for CODE. */
static size_t
returned(struct harness *h, enum entry_code code)
{
    struct store_txn *t;
    struct entry e;
    size_t n = 0;

    ok(store_begin(&t, h->store, false));
    for (uint64_t i = 0; i < h->core->ledger.size; i++) {
        ok(ledger_entry(t, i, &e));
        n += e.kind == ENTRY_RETURNED && e.u.returned.code == code ? 1 : 0;
    }
    store_abort(&t);
    return n;
}

static void
bytes_fill_a_mailbox(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, om;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    uint64_t one = harness_mailbox(h, "om")->mail_bytes;
    assert_true(one > 1000);
    h->core->cfg.quota_bytes = 3 * one + one / 2;
    harness_push_many(&politie, &harness_p6, 5);
    assert_int_equal(harness_mailbox(h, "om")->open, 3);
    assert_int_equal(returned(h, ENTRY_CODE_QUOTA), 6); /* om, gemeente */
    /* an answer makes room again */
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&om, share, SHARES), 3);
    harness_answer(&om, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_mailbox(h, "om")->mail_bytes, 2 * one);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    assert_int_equal(harness_mailbox(h, "om")->open, 3);
    /* and what is counted does not depend on having been there */
    harness_restart(h);
    assert_int_equal(harness_mailbox(h, "om")->open, 3);
    assert_int_equal(harness_mailbox(h, "om")->mail_bytes, 3 * one);
}

static void
nothing_more_is_taken_for_who_does_not_collect(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, om;
    struct harness_share share[SHARES];

    h->core->cfg.quota_age_ms = 3 * (uint64_t)DAY;
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    harness_turn(h, 2 * (uint64_t)DAY);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    harness_turn(h, DAY + MINUTE);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    assert_int_equal(returned(h, ENTRY_CODE_QUOTA), 2);
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&om, share, SHARES), 2);
    harness_answer(&om, share, 1, ANSWER_TAKEN); /* the older one */
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    assert_int_equal(harness_mailbox(h, "om")->open, 2);
    assert_int_equal(returned(h, ENTRY_CODE_QUOTA), 3); /* gemeente alone */
    harness_turn(h, 2 * (uint64_t)DAY); /* now the second is too old */
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    assert_int_equal(returned(h, ENTRY_CODE_QUOTA), 5);
}

static void
a_full_mailbox_is_told_once_until_it_has_room(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, om;
    struct harness_share share[SHARES];

    h->core->cfg.quota = 8;
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push_many(&politie, &harness_p6, 7);
    assert_int_equal(h->mailbox_full, 0);
    harness_push_many(&politie, &harness_p6, 5);
    assert_int_equal(h->mailbox_full, 2); /* om, gemeente */
    assert_int_equal(returned(h, ENTRY_CODE_QUOTA), 8);
    /* one place is no room: it would be full again at once */
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&om, share, SHARES), 8);
    harness_answer(&om, share, 1, ANSWER_TAKEN);
    harness_push_many(&politie, &harness_p6, 2);
    assert_int_equal(h->mailbox_full, 2);
    harness_answer(&om, share + 1, 7, ANSWER_TAKEN);
    harness_push_many(&politie, &harness_p6, 9);
    assert_int_equal(h->mailbox_full, 3);
}

static void
a_mailbox_that_is_full_by_age_is_told_once(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;

    h->core->cfg.quota_age_ms = 3 * (uint64_t)DAY;
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    harness_turn(h, 3 * (uint64_t)DAY + MINUTE);
    assert_int_equal(h->mailbox_full, 0);
    harness_push_many(&politie, &harness_p6, 3);
    assert_int_equal(h->mailbox_full, 2); /* om, gemeente */
}

/* P5 now needs an approval before it is delivered. */
static void
demand_approval(struct harness *h)
{
    assert_int_equal(harness_agreement(h, 7,
                         "oblige retain at most 365 days and no onward and log",
                         "oblige retain at most 365 days and no onward and log "
                         "and approval by 1 of om"),
        0);
}

static void
pending_shares_count_too(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];

    demand_approval(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_push_many(&politie, &harness_p5, 120); /* the quota is 100 */
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 0);
    assert_int_equal(harness_mailbox(h, "gemeente")->open, 0);
    assert_int_equal(harness_mailbox(h, "gemeente")->pending, 100);
    assert_int_equal(returned(h, ENTRY_CODE_QUOTA), 20);
    harness_restart(h);
    assert_int_equal(harness_mailbox(h, "gemeente")->open, 0);
    assert_int_equal(harness_mailbox(h, "gemeente")->pending, 100);
    harness_turn(h, 8 * (uint64_t)DAY); /* they expire like any other */
    assert_int_equal(harness_mailbox(h, "gemeente")->pending, 0);
    assert_int_equal(harness_mailbox(h, "gemeente")->mail_bytes, 0);
}

static void
pending_shares_go_back_when_their_card_ends(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;

    demand_approval(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push_many(&politie, &harness_p5, 3);
    struct force_card *card = harness_mailbox(h, "gemeente");
    assert_int_equal(card->pending, 3);
    assert_int_equal(harness_revoke_card(h, card->card.id, 1), 0);
    assert_int_equal(returned(h, ENTRY_CODE_CARD), 3);
    assert_int_equal(card->pending, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(bytes_fill_a_mailbox),
        harness_test(nothing_more_is_taken_for_who_does_not_collect),
        harness_test(a_full_mailbox_is_told_once_until_it_has_room),
        harness_test(a_mailbox_that_is_full_by_age_is_told_once),
        harness_test(pending_shares_count_too),
        harness_test(pending_shares_go_back_when_their_card_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
