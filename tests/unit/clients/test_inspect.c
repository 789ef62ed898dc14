/* SPDX-License-Identifier: EUPL-1.2
 *
 * A recipient believes neither broker nor network. What its sender or the
 * broker's core made wrong is refused with its code, once the entry is proved
 * to be in the ledger; what may have been changed on the way is not answered,
 * and taken when it comes unaltered. The next share arrives all the same. */
#include "evil_delivery.h"

#include "held.h"

static struct dhk_node *
gemeente(struct evil_delivery *d)
{
    return d->ring->partner[RING_GEMEENTE].node;
}

/* What HOW does is refused with CODE, and does not block the next share. */
static void
is_refused(void **state, const struct evil *how, enum answer_outcome code)
{
    struct evil_delivery *d = *state;
    const struct dhk_share *share = NULL;
    struct inbox_item item;
    uint64_t number;

    evil_deliver(d, how);
    evil_take(d);
    assert_int_equal(evil_answer(d, &number, &item), code);
    assert_string_equal(item.sender, "politie");
    assert_non_null(strstr(d->ring->reported, answer_outcome_name(code)));
    assert_null(strstr(d->ring->reported, "Jan"));
    assert_int_not_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_OK);
    evil_takes_next(d);
}

/* What was delivered last is neither handed out nor answered. */
static void
is_held(struct evil_delivery *d)
{
    const struct dhk_share *share = NULL;
    struct inbox_item item;
    uint64_t number;

    evil_take(d);
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_NONE);
    assert_int_not_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_OK);
    assert_int_equal(held_count(gemeente(d)->held), 1);
}

/* What HOW does may be a router's doing: it is not answered, and does not block
 * the next share. */
static void
is_left(void **state, const struct evil *how)
{
    struct evil_delivery *d = *state;

    evil_deliver(d, how);
    is_held(d);
    assert_non_null(strstr(d->ring->reported, "may have been altered"));
    assert_null(strstr(d->ring->reported, "Jan"));
    evil_takes_next(d);
}

static void
flip_ciphertext(struct share *s, struct entry *e)
{
    static uint8_t copy[LIMIT_VALUE + 64];

    (void)e;
    memcpy(copy, s->field[1].ciphertext.p, s->field[1].ciphertext.n);
    copy[3] ^= 1;
    s->field[1].ciphertext.p = copy;
}

static void
a_flipped_ciphertext_byte_is_left_unanswered(void **state)
{
    const struct evil how = {.change = flip_ciphertext};

    is_left(state, &how);
}

static void
flip_commitment(struct share *s, struct entry *e)
{
    (void)e;
    s->field[0].commitment[0] ^= 1;
}

static void
another_commitment_is_left_unanswered(void **state)
{
    const struct evil how = {.change = flip_commitment};

    is_left(state, &how);
}

static void
swap_wrap(struct share *s, struct entry *e)
{
    static uint8_t other[LIMIT_WRAP];

    (void)e;
    memset(other, 7, sizeof other);
    s->recipient.wrap = slice_of(other, s->recipient.wrap.n);
}

static void
a_swapped_wrap_is_left_unanswered(void **state)
{
    const struct evil how = {.change = swap_wrap};

    is_left(state, &how);
}

static void
a_wrap_for_another_recipient_is_left_unanswered(void **state)
{
    const struct evil how = {.to = "om"};

    is_left(state, &how);
}

static void
drop_field(struct share *s, struct entry *e)
{
    (void)e;
    s->fields_n--;
}

static void
a_dropped_field_is_left_unanswered(void **state)
{
    const struct evil how = {.change = drop_field};

    is_left(state, &how);
}

static void
drop_attribute(struct share *s, struct entry *e)
{
    (void)e;
    s->attributes_n = 0;
}

/* With ernst left out, laag would look like something that may be hoog. */
static void
a_dropped_attribute_is_left_unanswered(void **state)
{
    const struct evil how = {.level = "laag", .change = drop_attribute};

    is_left(state, &how);
}

static void
change_attribute(struct share *s, struct entry *e)
{
    static const uint8_t middel[] = {0xa6, 'm', 'i', 'd', 'd', 'e', 'l'};

    (void)e;
    s->attribute[0].value = slice_of(middel, sizeof middel);
}

static void
a_changed_attribute_is_left_unanswered(void **state)
{
    const struct evil how = {.level = "laag", .change = change_attribute};

    is_left(state, &how);
}

static void
a_forbidden_share_is_refused(void **state)
{
    const struct evil how = {.level = "laag"};

    is_refused(state, &how, ANSWER_OVERSHARED);
}

static void
share_all(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.fields = 15;
}

static void
an_entry_that_names_more_fields_is_left_unanswered(void **state)
{
    const struct evil how = {.wrapped = 15, .change = share_all};

    is_left(state, &how);
}

static struct evil_delivery *oversharing;

static void
deliver_all(struct share *s, struct entry *e)
{
    share_select(
        s, &oversharing->envelope, &oversharing->envelope.recipient[0], 15, 1);
    s->position = 0;
    s->index = oversharing->index + 1;
    e->u.share.fields = 15;
}

/* Sender and broker together: the sealed field, its key and the entry are all
 * in order, and still the agreement does not permit it. */
static void
a_field_too_many_is_refused_by_the_own_agreement(void **state)
{
    const struct evil how = {.wrapped = 15, .change = deliver_all};
    struct evil_delivery *d = *state;
    struct inbox_item item;
    uint64_t number;

    oversharing = d;
    evil_deliver(d, &how);
    evil_take(d);
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_OVERSHARED);
    assert_int_equal(item.detail, 8);
    is_refused(state, &how, ANSWER_OVERSHARED);
}

static void
other_id(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.id[0] ^= 1;
}

static void
an_invented_entry_is_left_unanswered(void **state)
{
    const struct evil how = {.change = other_id};

    is_left(state, &how);
}

static void
other_wrapped(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.wrapped = 15;
}

static void
an_entry_that_says_that_more_was_sealed_is_refused(void **state)
{
    const struct evil how = {.change = other_wrapped};

    is_refused(state, &how, ANSWER_BAD_ENTRY);
}

static void
a_signal_outside_the_signed_ids_is_left_unanswered(void **state)
{
    const struct evil how = {.other_statement = true};

    is_left(state, &how);
}

static void
other_case(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.case_handle[5] ^= 1;
}

static void
an_entry_of_another_case_is_refused(void **state)
{
    const struct evil how = {.change = other_case};

    is_refused(state, &how, ANSWER_BAD_ENTRY);
}

static void
less_duties(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.duties.at_most = 3650;
}

static void
weaker_duties_are_refused(void **state)
{
    const struct evil how = {.change = less_duties};

    is_refused(state, &how, ANSWER_BAD_ENTRY);
}

static void
no_log(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.duties.log = false;
}

static void
onward_free(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.duties.onward[e->u.share.duties.onward_n++] = slice_str("om");
}

static void
a_duty_left_out_is_refused(void **state)
{
    const struct evil first = {.change = no_log};
    const struct evil second = {.change = onward_free};

    is_refused(state, &first, ANSWER_BAD_ENTRY);
    is_refused(state, &second, ANSWER_BAD_ENTRY);
}

static void
pending(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.pending = true;
}

/* The release may have been left out; see test_release.c. */
static void
a_share_that_waits_for_approval_is_left_unanswered(void **state)
{
    const struct evil how = {.change = pending};

    is_left(state, &how);
}

static void
a_signature_of_another_card_is_left_unanswered(void **state)
{
    const struct evil how = {.other_signer = true};

    is_left(state, &how);
}

static void
a_card_that_was_not_valid_then_is_refused(void **state)
{
    const struct evil how = {.old_card_time = true};

    is_refused(state, &how, ANSWER_UNKNOWN_CARD);
}

/* What was held is taken when it is delivered again. */
static void
is_taken_after_all(struct evil_delivery *d)
{
    const struct dhk_share *share = NULL;

    evil_take(d);
    ok(dhk_receive(gemeente(d), 0, &share, NULL));
    assert_int_equal(share->index, d->share.index);
    ok(dhk_confirm(gemeente(d), &share));
    assert_int_equal(held_count(gemeente(d)->held), 0);
}

static void
a_share_of_an_unknown_card_waits_for_it(void **state)
{
    struct evil_delivery *d = *state;
    struct ring_partner *p = &d->ring->partner[RING_POLITIE];
    const struct evil honest = {.origin = NULL};

    evil_deliver(d, &honest);
    cards_clear(gemeente(d)->cards);
    is_held(d);
    assert_non_null(strstr(d->ring->reported, "from politie"));
    assert_null(strstr(d->ring->reported, "Jan"));
    d->ring->reported[0] = '\0';
    is_held(d);
    assert_string_equal(d->ring->reported, ""); /* once */
    ok(cards_take(gemeente(d)->cards, slice_of(p->bytes, p->n),
        trust_roster(gemeente(d)->trust), false));
    is_taken_after_all(d);
    evil_takes_next(d);
}

static void
a_share_for_a_second_broker_is_refused(void **state)
{
    const struct evil how = {.origin = "ander.example/ledger"};

    is_refused(state, &how, ANSWER_WRONG_LEDGER);
}

static void
a_share_under_an_agreement_without_signatures_waits_for_them(void **state)
{
    struct evil_delivery *d = *state;
    struct dhk_node *politie = d->ring->partner[RING_POLITIE].node;
    char text[RING_TEXT], hex[2 * SEAL_HASH + 1];
    const struct evil honest = {.origin = NULL};
    struct trust_text *t;

    bytes_hex(hex, trust_agreement_hash(politie->trust), SEAL_HASH);
    ring_agreement(text, 2, hex, "");
    t = ring_sign(d->ring, text, SSHSIG_NS_AGREEMENT, 3);
    ok(trust_take_agreement(politie->trust, t, node_now(politie), NULL));
    evil_deliver(d, &honest); /* made under version 2 */
    is_held(d);
    assert_non_null(strstr(d->ring->reported, "its agreement"));
    ok(trust_take_agreement(
        gemeente(d)->trust, t, node_now(gemeente(d)), NULL));
    ring_sign_end(&t);
    is_taken_after_all(d);
}

/* That none is in force any more is the broker's word. */
static void
a_share_waits_while_no_agreement_is_in_force(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    char text[RING_TEXT];

    ok(trust_agreement_ended(gemeente(d)->trust, NULL));
    evil_deliver(d, &honest);
    is_held(d);
    ring_agreement(text, 1, NULL, "");
    ring_in_force(d->ring, text);
    is_taken_after_all(d);
}

/* A share made under an older agreement counts only while the one in force
 * permits it as well. */
static void
an_older_agreement_does_not_widen(void **state)
{
    struct evil_delivery *d = *state;
    char text[RING_TEXT], hex[2 * SEAL_HASH + 1];
    const struct evil how = {.level = "middel"};
    struct trust_text *t;
    struct inbox_item item;
    uint64_t number;

    evil_deliver(d, &how);
    bytes_hex(hex, trust_agreement_hash(gemeente(d)->trust), SEAL_HASH);
    ring_agreement(text, 2, hex, "");
    memcpy(strstr(text, "at least middel"), "at least hoog  ", 15);
    t = ring_sign(d->ring, text, SSHSIG_NS_AGREEMENT, 3);
    ok(trust_take_agreement(
        gemeente(d)->trust, t, node_now(gemeente(d)), NULL));
    ring_sign_end(&t);
    evil_take(d);
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_OVERSHARED);
}

#define evil_test(f) cmocka_unit_test_setup_teardown(f, evil_new, evil_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        evil_test(a_flipped_ciphertext_byte_is_left_unanswered),
        evil_test(another_commitment_is_left_unanswered),
        evil_test(a_swapped_wrap_is_left_unanswered),
        evil_test(a_wrap_for_another_recipient_is_left_unanswered),
        evil_test(a_dropped_field_is_left_unanswered),
        evil_test(a_dropped_attribute_is_left_unanswered),
        evil_test(a_changed_attribute_is_left_unanswered),
        evil_test(a_forbidden_share_is_refused),
        evil_test(an_entry_that_names_more_fields_is_left_unanswered),
        evil_test(a_field_too_many_is_refused_by_the_own_agreement),
        evil_test(an_invented_entry_is_left_unanswered),
        evil_test(an_entry_that_says_that_more_was_sealed_is_refused),
        evil_test(a_signal_outside_the_signed_ids_is_left_unanswered),
        evil_test(an_entry_of_another_case_is_refused),
        evil_test(weaker_duties_are_refused),
        evil_test(a_duty_left_out_is_refused),
        evil_test(a_share_that_waits_for_approval_is_left_unanswered),
        evil_test(a_signature_of_another_card_is_left_unanswered),
        evil_test(a_card_that_was_not_valid_then_is_refused),
        evil_test(a_share_of_an_unknown_card_waits_for_it),
        evil_test(a_share_for_a_second_broker_is_refused),
        evil_test(a_share_under_an_agreement_without_signatures_waits_for_them),
        evil_test(a_share_waits_while_no_agreement_is_in_force),
        evil_test(an_older_agreement_does_not_widen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
