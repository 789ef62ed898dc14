/* SPDX-License-Identifier: EUPL-1.2
 *
 * A recipient that is not shown what it needs to judge a share: nobody signs
 * that there is no such card or agreement, so the share is not answered. It
 * keeps back no other, and is taken when the right one comes. */
#include "evil_delivery.h"
#include "withheld.h"

#include "held.h"
#include "resume.h"

enum { PLENTY = 512, CURSOR = 9 };

static struct evil_delivery *delivery;

static struct dhk_node *
gemeente(void)
{
    return delivery->ring->partner[RING_GEMEENTE].node;
}

static int
held_setup(void **state)
{
    int rc = evil_new(state);

    delivery = *state;
    withheld_begin(delivery->ring, gemeente(), RING_POLITIE);
    ok(dhk_connect(gemeente(), DHK_RECEIVE, 1000, NULL));
    return rc;
}

static int
held_teardown(void **state)
{
    dhk_disconnect(gemeente());
    withheld_end();
    return evil_end(state);
}

static void
say_delivery(struct slice bytes)
{
    struct command c = {
        .type = COMMAND_DELIVER, .to = {0, CURSOR}, .bytes = bytes};

    line_say(&broker.line, &c);
}

static void
receives_nothing(void)
{
    const struct dhk_share *share = NULL;
    struct dhk_problem problem = {""};
    enum dhk_err rc = dhk_receive(gemeente(), 0, &share, &problem);

    if (rc != DHK_NOTFOUND)
        fail_msg("%d: %s", rc, problem.text);
}

static void
receives(uint64_t index)
{
    const struct dhk_share *share = NULL;
    struct dhk_problem problem = {""};

    if (dhk_receive(gemeente(), 0, &share, &problem) != DHK_OK)
        fail_msg("%s", problem.text);
    assert_int_equal(share->index, index);
    ok(dhk_confirm(gemeente(), &share));
}

/* Up to where a hello would say that all is held. */
static uint64_t
cursor(void)
{
    uint64_t said[COMMAND_CLASSES];

    resume_get(gemeente(), said);
    return said[1];
}

/* What was delivered last is not answered, and its window is given again; a
 * hello does not say that it is here. */
static void
is_held(void)
{
    struct inbox_item item;
    uint64_t number;

    say_delivery(delivery->delivery);
    receives_nothing();
    assert_int_equal(evil_answer(delivery, &number, &item), ANSWER_NONE);
    assert_int_equal(held_count(gemeente()->held), 1);
    receives_nothing();
    assert_int_equal(broker.credit, PLENTY + 1);
    assert_int_equal(cursor(), 0);
    assert_int_equal(broker.line.heard_n, 0);
}

static void
is_taken_after_all(void)
{
    say_delivery(delivery->delivery);
    receives(delivery->share.index);
    receives_nothing();
    assert_int_equal(broker.credit, PLENTY);
    assert_int_equal(cursor(), CURSOR);
}

static void
a_card_that_is_kept_back_refuses_nothing(void **state)
{
    const struct evil honest = {.origin = NULL};
    size_t asked;

    (void)state;
    evil_deliver(delivery, &honest);
    for (size_t i = 0; i < LIES; i++) {
        broker.about_cards = lies[i];
        cards_clear(gemeente()->cards);
        asked = broker.asked_cards;
        is_held();
        is_held();
        assert_true(broker.asked_cards > asked + 1); /* each time */
        assert_int_equal(broker.told_n, 1);          /* once */
    }
    broker.about_cards = HONEST;
    is_taken_after_all();
}

static void
what_does_not_come_again_is_not_waited_for(void **state)
{
    const struct evil honest = {.origin = NULL};

    (void)state;
    broker.about_cards = NO_SUCH_THING;
    cards_clear(gemeente()->cards);
    evil_deliver(delivery, &honest);
    is_held();
    for (size_t i = 0; i < 2; i++) {
        dhk_disconnect(gemeente());
        ok(dhk_connect(gemeente(), DHK_RECEIVE, 1000, NULL));
        receives_nothing();
        assert_int_equal(broker.credit, PLENTY + 1 - i);
    }
}

/* Two deliveries that come together ask once. */
static void
a_card_is_asked_for_once_in_a_round(void **state)
{
    const struct evil honest = {.origin = NULL};

    (void)state;
    broker.about_cards = NO_SUCH_THING;
    cards_clear(gemeente()->cards);
    evil_deliver(delivery, &honest);
    say_delivery(delivery->delivery);
    evil_deliver(delivery, &honest);
    say_delivery(delivery->delivery);
    receives_nothing();
    assert_int_equal(broker.asked_cards, 1);
    assert_int_equal(held_count(gemeente()->held), 2);
}

/* It may come to nothing. */
static void
no_answer_is_reported_the_second_time(void **state)
{
    const struct evil honest = {.origin = NULL};

    (void)state;
    broker.about_cards = LATER;
    cards_clear(gemeente()->cards);
    evil_deliver(delivery, &honest);
    say_delivery(delivery->delivery);
    receives_nothing();
    assert_int_equal(broker.told_n, 0);
    say_delivery(delivery->delivery);
    receives_nothing();
    receives_nothing();
    say_delivery(delivery->delivery);
    receives_nothing();
    assert_int_equal(broker.told_n, 1);
}

/* Puts version 2 in force at the sender and makes a share under it; another
 * one, under version 1, is in MEM before. */
static struct slice
deliver_both(uint8_t *mem, uint64_t *index)
{
    const struct evil honest = {.origin = NULL};
    struct dhk_node *politie = delivery->ring->partner[RING_POLITIE].node;
    char hex[2 * SEAL_HASH + 1];
    struct slice before;

    evil_deliver(delivery, &honest);
    *index = delivery->share.index;
    before = slice_of(mem, delivery->delivery.n);
    memcpy(mem, delivery->delivery.p, before.n);
    bytes_hex(hex, trust_agreement_hash(politie->trust), SEAL_HASH);
    ring_agreement(broker.second, 2, hex, "");
    broker.agreement =
        ring_sign(broker.ring, broker.second, SSHSIG_NS_AGREEMENT, 3);
    ok(trust_take_agreement(
        politie->trust, broker.agreement, node_now(politie), NULL));
    evil_deliver(delivery, &honest);
    return before;
}

static void
an_agreement_that_is_kept_back_refuses_nothing(void **state)
{
    static uint8_t mem[EVIL_BYTES];
    uint64_t index;
    struct slice before = deliver_both(mem, &index);

    (void)state;
    for (size_t i = 0; i < LIES; i++) {
        broker.about_agreements = lies[i];
        is_held();
        assert_int_equal(broker.told_n, 1);
    }
    /* what comes behind it is taken */
    broker.about_agreements = NO_SUCH_THING;
    say_delivery(delivery->delivery);
    say_delivery(before);
    receives(index);
    broker.about_agreements = HONEST;
    is_taken_after_all();
}

/* "No broker.agreement is in force", says somebody. */
static void
the_end_of_an_agreement_that_nobody_signed_refuses_nothing(void **state)
{
    const struct evil honest = {.origin = NULL};
    struct command news = {.type = COMMAND_NEWS};

    (void)state;
    evil_deliver(delivery, &honest);
    broker.none_in_force = true;
    line_say(&broker.line, &news);
    receives_nothing();
    receives_nothing();
    assert_null(trust_agreement(gemeente()->trust));
    is_held();
    assert_int_equal(broker.told_n, 1);
    broker.none_in_force = false;
    is_taken_after_all();
}

static void
no_answer_ends_no_agreement(void **state)
{
    const struct command news = {.type = COMMAND_NEWS};

    (void)state;
    broker.busy = true;
    line_say(&broker.line, &news);
    receives_nothing();
    receives_nothing();
    assert_non_null(trust_agreement(gemeente()->trust));
}

static void
weaken(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.duties.at_most = 3650;
}

/* How many ANSWER came. */
static size_t
answers(void)
{
    size_t n = 0;

    for (size_t i = 0; i < broker.line.heard_n; i++)
        n += broker.line.heard[i].type == COMMAND_ANSWER ? 1 : 0;
    return n;
}

/* By its entry it would be refused; so that is to be the ledger's. */
static void
a_proof_that_is_kept_back_refuses_nothing(void **state)
{
    const struct evil how = {.change = weaken};
    struct inbox_item item;
    uint64_t number;

    (void)state;
    delivery->index = broker.line.tree.size;
    evil_deliver(delivery, &how);
    line_enter(&broker.line, delivery->share.index, delivery->share.entry);
    for (size_t i = 0; i < LIES; i++) {
        broker.about_proofs = lies[i];
        is_held();
        is_held();
        assert_int_equal(broker.told_n, 1);
    }
    broker.about_proofs = HONEST;
    say_delivery(delivery->delivery);
    receives_nothing();
    receives_nothing();
    assert_int_equal(evil_answer(delivery, &number, &item), ANSWER_BAD_ENTRY);
    assert_int_equal(answers(), 1);
    assert_int_equal(broker.credit, PLENTY);
}

/* What somebody on the way made of an entry is in no ledger. */
static void
an_entry_that_is_not_in_the_ledger_refuses_nothing(void **state)
{
    const struct evil honest = {.origin = NULL};
    const struct evil how = {.change = weaken};
    struct slice real;
    uint8_t mem[LIMIT_ENTRY];

    (void)state;
    delivery->index = broker.line.tree.size;
    evil_deliver(delivery, &honest);
    real = slice_of(mem, delivery->share.entry.n);
    memcpy(mem, delivery->share.entry.p, real.n);
    line_enter(&broker.line, delivery->share.index, real);
    delivery->index -= 2;
    evil_deliver(delivery, &how);
    is_held();
    assert_int_equal(broker.told_n, 1);
}

#define held_test(f)                                                           \
    cmocka_unit_test_setup_teardown(f, held_setup, held_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        held_test(a_card_that_is_kept_back_refuses_nothing),
        held_test(what_does_not_come_again_is_not_waited_for),
        held_test(a_card_is_asked_for_once_in_a_round),
        held_test(no_answer_is_reported_the_second_time),
        held_test(an_agreement_that_is_kept_back_refuses_nothing),
        held_test(the_end_of_an_agreement_that_nobody_signed_refuses_nothing),
        held_test(no_answer_ends_no_agreement),
        held_test(a_proof_that_is_kept_back_refuses_nothing),
        held_test(an_entry_that_is_not_in_the_ledger_refuses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
