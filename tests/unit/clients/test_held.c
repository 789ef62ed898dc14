/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker, or a router in its name, that keeps back what a recipient needs to
 * judge a share: nobody signs that there is no such card or agreement, so the
 * share is not answered. It keeps back no other, and is taken when the right
 * one comes. */
#include "evil_delivery.h"
#include "evil_receipt.h"
#include "fake_line.h"

#include "held.h"
#include "withdrawal.h"

enum { PLENTY = 512 };

/* What is said instead of an object. */
enum lie {
    HONEST,
    NO_SUCH_THING,
    ANOTHER,  /* one that is all right, but not this one */
    UNSIGNED, /* the right one without its signature, or one of them */
    CUT,      /* one byte is missing */
    NOTHING,  /* an object without content */
    LATER,    /* until the connection is lost: to wait for it takes too long */
};
static const enum lie lies[] = {
    NO_SUCH_THING, ANOTHER, UNSIGNED, CUT, NOTHING, LATER};

static struct line line;
static struct evil_delivery *delivery;
static struct ring *ring;
static size_t owner; /* of the card that is asked for */
static enum lie about_cards, about_agreements;
static bool none_in_force, busy;        /* the broker says so, or nothing */
static uint64_t credit;                 /* that the node gave last */
static size_t asked_cards;              /* how often */
static struct trust_text *roster, *old; /* in force; agreement version 1 */
static struct trust_text *agreement;    /* version 2 */
static size_t told_n, confirmed_n, noted_n;
static char first[RING_TEXT], second[RING_TEXT]; /* of the agreements */

static struct dhk_node *
gemeente(void)
{
    return delivery->ring->partner[RING_GEMEENTE].node;
}

static void
say_error(const struct command *ask, enum command_error error)
{
    const struct command c = {
        .type = COMMAND_ERROR, .number = ask->number, .error = error};

    line_say(&line, &c);
}

static void
give_card(const struct command *ask)
{
    const struct ring_partner *p = &ring->partner[owner];
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    uint8_t mem[LIMIT_CARD];
    struct slice card = slice_of(mem, p->n);

    asked_cards++;
    memcpy(mem, p->bytes, p->n);
    if (about_cards == UNSIGNED)
        mem[p->n - 1] ^= 1;
    else if (about_cards == CUT)
        card.n--;
    else if (about_cards == ANOTHER)
        card = slice_of(ring->partner[RING_OM].bytes, ring->partner[RING_OM].n);
    if (about_cards == NO_SUCH_THING)
        say_error(ask, COMMAND_ERROR_NOTFOUND);
    else if (about_cards == LATER)
        say_error(ask, COMMAND_ERROR_BUSY);
    else
        line_give(&line, &c, &card, about_cards == NOTHING ? 0 : 1);
}

static void
give_text(const struct command *ask, const struct trust_text *t, enum lie lie)
{
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    struct slice list[5] = {t->text};

    if (lie == ANOTHER)
        list[0] = roster->text;
    if (lie == CUT)
        list[0].n--;
    for (size_t i = 0; i < t->sigs_n; i++) {
        list[1 + 2 * i] = slice_str(t->sig[i].name);
        list[2 + 2 * i] = t->sig[i].armor;
    }
    if (lie == NO_SUCH_THING)
        say_error(ask, COMMAND_ERROR_NOTFOUND);
    else if (lie == LATER)
        say_error(ask, COMMAND_ERROR_BUSY);
    else
        line_give(&line, &c, list,
            lie == NOTHING ? 0 : (lie == UNSIGNED ? 3 : 1 + 2 * t->sigs_n));
}

/* The newest one is kept back together with its text. */
static void
give_agreement(const struct command *ask)
{
    uint8_t hash[SEAL_HASH];

    seal_sha256(hash, old->text);
    if (none_in_force && ask->id.n == 0)
        say_error(ask, COMMAND_ERROR_NOTFOUND);
    else if (about_agreements != HONEST && ask->id.n == 0)
        give_text(ask, old, HONEST);
    else if (slice_equal(ask->id, slice_of(hash, sizeof hash)))
        give_text(ask, old, HONEST);
    else
        give_text(ask, agreement == NULL ? old : agreement, about_agreements);
}

static bool
keeps_back(struct line *l, const struct command *c)
{
    (void)l;
    if (c->type == COMMAND_CREDIT)
        credit = c->a;
    confirmed_n += c->type == COMMAND_CONFIRM ? 1 : 0;
    noted_n += c->type == COMMAND_NOTED ? 1 : 0;
    if (c->type != COMMAND_GET)
        return false;
    if (busy) {
        say_error(c, COMMAND_ERROR_BUSY);
        return true;
    }
    if (c->what == COMMAND_GET_CARD)
        give_card(c);
    else if (c->what == COMMAND_GET_ROSTER)
        give_text(c, roster, HONEST);
    else if (c->what == COMMAND_GET_AGREEMENT)
        give_agreement(c);
    else
        return false;
    return true;
}

static void
count_tale(void *ctx, const char *sentence)
{
    (void)ctx;
    assert_null(strstr(sentence, "Jan"));
    told_n++;
}

static void
begin(struct ring *r, size_t sender)
{
    ring = r;
    owner = sender;
    about_cards = about_agreements = HONEST;
    none_in_force = busy = false;
    asked_cards = told_n = confirmed_n = noted_n = 0;
    agreement = NULL;
    ring_agreement(first, 1, NULL, "");
    old = ring_sign(r, first, SSHSIG_NS_AGREEMENT, 3);
    roster = ring_sign(r, r->roster, SSHSIG_NS_ROSTER, 3);
    line_begin(&line, r);
    line.lie = keeps_back;
}

static void
end(void)
{
    line_end(&line);
    ring_sign_end(&roster);
    ring_sign_end(&old);
    if (agreement != NULL)
        ring_sign_end(&agreement);
}

static int
held_setup(void **state)
{
    int rc = evil_new(state);

    delivery = *state;
    begin(delivery->ring, RING_POLITIE);
    dhk_report(gemeente(), count_tale, NULL);
    ok(dhk_connect(gemeente(), DHK_RECEIVE, 1000, NULL));
    return rc;
}

static int
held_teardown(void **state)
{
    dhk_disconnect(gemeente());
    end();
    return evil_end(state);
}

static void
say_delivery(struct slice bytes)
{
    struct command c = {.type = COMMAND_DELIVER, .bytes = bytes};

    line_say(&line, &c);
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

/* What was delivered last is not answered, and its window is given again. */
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
    assert_int_equal(credit, PLENTY + 1);
    assert_int_equal(line.heard_n, 0);
}

static void
is_taken_after_all(void)
{
    say_delivery(delivery->delivery);
    receives(delivery->share.index);
    receives_nothing();
    assert_int_equal(credit, PLENTY);
}

static void
a_card_that_is_kept_back_refuses_nothing(void **state)
{
    const struct evil honest = {.origin = NULL};
    size_t asked;

    (void)state;
    evil_deliver(delivery, &honest);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        about_cards = lies[i];
        cards_clear(gemeente()->cards);
        asked = asked_cards;
        is_held();
        is_held();
        assert_true(asked_cards > asked + 1); /* each time */
        assert_int_equal(told_n, 1);          /* once */
    }
    about_cards = HONEST;
    is_taken_after_all();
}

static void
what_does_not_come_again_is_not_waited_for(void **state)
{
    const struct evil honest = {.origin = NULL};

    (void)state;
    about_cards = NO_SUCH_THING;
    cards_clear(gemeente()->cards);
    evil_deliver(delivery, &honest);
    is_held();
    for (size_t i = 0; i < 2; i++) {
        dhk_disconnect(gemeente());
        ok(dhk_connect(gemeente(), DHK_RECEIVE, 1000, NULL));
        receives_nothing();
        assert_int_equal(credit, PLENTY + 1 - i);
    }
}

/* Two deliveries that come together ask once. */
static void
a_card_is_asked_for_once_in_a_round(void **state)
{
    const struct evil honest = {.origin = NULL};

    (void)state;
    about_cards = NO_SUCH_THING;
    cards_clear(gemeente()->cards);
    evil_deliver(delivery, &honest);
    say_delivery(delivery->delivery);
    evil_deliver(delivery, &honest);
    say_delivery(delivery->delivery);
    receives_nothing();
    assert_int_equal(asked_cards, 1);
    assert_int_equal(held_count(gemeente()->held), 2);
}

/* It may come to nothing. */
static void
no_answer_is_reported_the_second_time(void **state)
{
    const struct evil honest = {.origin = NULL};

    (void)state;
    about_cards = LATER;
    cards_clear(gemeente()->cards);
    evil_deliver(delivery, &honest);
    say_delivery(delivery->delivery);
    receives_nothing();
    assert_int_equal(told_n, 0);
    say_delivery(delivery->delivery);
    receives_nothing();
    receives_nothing();
    say_delivery(delivery->delivery);
    receives_nothing();
    assert_int_equal(told_n, 1);
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
    ring_agreement(second, 2, hex, "");
    agreement = ring_sign(ring, second, SSHSIG_NS_AGREEMENT, 3);
    ok(trust_take_agreement(
        politie->trust, agreement, node_now(politie), NULL));
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
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        about_agreements = lies[i];
        is_held();
        assert_int_equal(told_n, 1);
    }
    /* what comes behind it is taken */
    about_agreements = NO_SUCH_THING;
    say_delivery(delivery->delivery);
    say_delivery(before);
    receives(index);
    about_agreements = HONEST;
    is_taken_after_all();
}

/* "No agreement is in force", says somebody. */
static void
the_end_of_an_agreement_that_nobody_signed_refuses_nothing(void **state)
{
    const struct evil honest = {.origin = NULL};
    struct command news = {.type = COMMAND_NEWS};

    (void)state;
    evil_deliver(delivery, &honest);
    none_in_force = true;
    line_say(&line, &news);
    receives_nothing();
    receives_nothing();
    assert_null(trust_agreement(gemeente()->trust));
    is_held();
    assert_int_equal(told_n, 1);
    none_in_force = false;
    is_taken_after_all();
}

static void
no_answer_ends_no_agreement(void **state)
{
    const struct command news = {.type = COMMAND_NEWS};

    (void)state;
    busy = true;
    line_say(&line, &news);
    receives_nothing();
    receives_nothing();
    assert_non_null(trust_agreement(gemeente()->trust));
}

/* --- outcomes and notices ---------------------------------------------- */

/* Gives ENTRY, with INDEX, in a message of TYPE. */
static void
say_entry(enum command_type type, uint64_t index, struct slice entry)
{
    const struct command c = {.type = type, .a = index};
    struct line_message *m = &line.waiting[line.end++ % LINE_WAITING];
    struct sink out;

    m->bytes = malloc(LIMIT_MESSAGE);
    assert_non_null(m->bytes);
    sink_init(&out, m->bytes, LIMIT_MESSAGE);
    ok(command_encode(&out, &c, &index, 1, &entry, 1));
    m->n = out.n;
}

/* What the sender is shown of gemeente's share. */
static const char *
shown(struct evil_receipt *e)
{
    const struct dhk_sent *s = NULL;
    size_t i = 0;

    ok(dhk_sent_next(e->node, 0, &s));
    while (strcmp(s->outcomes[i].partner, "gemeente") != 0)
        i++;
    return s->outcomes[i].outcome;
}

static void
an_outcome_is_not_confirmed_while_its_signers_card_is_kept_back(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY];
    struct slice entry;

    (void)receipt_push(e, "hoog");
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    receipt_read(
        e, slice_of(line.heard[0].bytes, line.heard[0].n), line.tree.size);
    line_receipt(
        &line, line.heard[0].number, e->index, e->entry, receipt_write(e));
    ok(dhk_flush(e->node, 1000, NULL));
    entry = receipt_answer(e, mem, ANSWER_TAKEN, 0, RING_GEMEENTE);
    cards_clear(e->node->cards);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        /* a wrong signature may be that of an earlier identity key */
        if (lies[i] == UNSIGNED)
            continue;
        about_cards = lies[i];
        say_entry(COMMAND_OUTCOMES, 200, entry);
        ok(dhk_flush(e->node, 0, NULL));
        assert_int_equal(confirmed_n, 0);
        assert_int_equal(told_n, 1);
        assert_string_equal(shown(e), "open");
    }
    about_cards = HONEST;
    ok(dhk_flush(e->node, 0, NULL)); /* a session again */
    say_entry(COMMAND_OUTCOMES, 200, entry);
    ok(dhk_flush(e->node, 0, NULL));
    assert_int_equal(confirmed_n, 1);
    assert_int_equal(told_n, 1);
    assert_string_equal(shown(e), "taken");
}

static int
outcome_setup(void **state)
{
    int rc = receipt_new(state);
    struct evil_receipt *e = *state;

    begin(e->ring, RING_GEMEENTE);
    dhk_report(e->node, count_tale, NULL);
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    return rc;
}

static int
outcome_teardown(void **state)
{
    struct evil_receipt *e = *state;

    dhk_disconnect(e->node);
    end();
    return receipt_end(state);
}

/* Of a signal that politie withdrew, for gemeente. */
static struct slice
make_notice(uint8_t mem[LIMIT_ENTRY])
{
    struct withdrawal w = {.origin = slice_str(RING_ORIGIN),
        .accepted = 69,
        .reason = WITHDRAWAL_WRONG_PERSON,
        .made = 1790000000};
    struct entry *e = calloc(1, sizeof *e);
    uint8_t said[LIMIT_WITHDRAWAL];
    struct sink s;

    assert_non_null(e);
    memcpy(w.card, ring->partner[RING_POLITIE].card.id, sizeof w.card);
    sink_init(&s, said, sizeof said);
    ok(withdrawal_issue(&s, &w, ring->partner[RING_POLITIE].node->secret.sign));
    ok(withdrawal_decode(&w, sink_done(&s), NULL));
    e->kind = ENTRY_WITHDRAWN;
    e->u.withdrawn = (struct entry_withdrawn){.share = 70,
        .sender = slice_str("politie"),
        .recipient = slice_str("gemeente"),
        .notice = true,
        .body = w.body};
    memcpy(e->u.withdrawn.signature, w.signature, KEY_SIGNATURE);
    sink_init(&s, mem, LIMIT_ENTRY);
    ok(entry_encode(&s, e));
    free(e);
    return sink_done(&s);
}

static void
a_notice_is_not_noted_while_its_signers_card_is_kept_back(void **state)
{
    uint8_t mem[LIMIT_ENTRY];
    struct slice notice = make_notice(mem);
    const struct dhk_share *share = NULL;

    (void)state;
    about_cards = NO_SUCH_THING;
    cards_clear(gemeente()->cards);
    for (size_t i = 0; i < 2; i++) {
        say_entry(COMMAND_NOTICES, 77, notice);
        receives_nothing();
        assert_int_equal(noted_n, 0);
        assert_int_equal(told_n, 1);
    }
    about_cards = HONEST;
    say_entry(COMMAND_NOTICES, 77, notice);
    ok(dhk_receive(gemeente(), 0, &share, NULL));
    assert_string_equal(share->notice, "withdrawn");
    assert_int_equal(noted_n, 1);
    dhk_release(gemeente(), &share);
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
        held_test(a_notice_is_not_noted_while_its_signers_card_is_kept_back),
        cmocka_unit_test_setup_teardown(
            an_outcome_is_not_confirmed_while_its_signers_card_is_kept_back,
            outcome_setup, outcome_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
