/* SPDX-License-Identifier: EUPL-1.2
 *
 * A share that the ledger has and that did not come is missing, until the
 * ledger shows that it was not to come: no word of the broker is enough. */
#include "evil_delivery.h"

#include "fetch.h"
#include "gaps.h"
#include "held.h"
#include "merkle.h"
#include "pack.h"
#include "session.h"
#include "withdrawal.h"

enum { LIST = 8192, OTHER = 999 };

/* The share that is kept back, and what the broker says of it. */
static struct {
    struct evil_delivery *d;
    uint8_t share[LIMIT_ENTRY], end[LIMIT_ENTRY], list[LIST];
    struct slice share_entry, end_entry;
    uint64_t share_index, end_index;
    struct command reply;
    unsigned asked;
    uint64_t a, b;
    enum dhk_err rc;
} said;

enum dhk_err __wrap_session_request(struct session *s, struct command *c,
    struct command *reply, int timeout_ms, struct dhk_problem *problem);
bool __wrap_session_is_unanswered(const struct session *s);

enum dhk_err
__wrap_session_request(struct session *s, struct command *c,
    struct command *reply, int timeout_ms, struct dhk_problem *problem)
{
    (void)s;
    (void)timeout_ms;
    (void)problem;
    assert_int_equal(c->type, COMMAND_GET);
    assert_int_equal(c->what, COMMAND_GET_ENDED);
    said.asked++;
    said.a = c->a;
    said.b = c->b;
    *reply = said.reply;
    return said.rc;
}

bool
__wrap_session_is_unanswered(const struct session *s)
{
    (void)s;
    return true;
}

static struct dhk_node *
gemeente(void)
{
    return said.d->ring->partner[RING_GEMEENTE].node;
}

static void
waits(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.pending = true;
}

static void
from_om(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.sender = slice_str("om");
}

static void
to_om(struct share *s, struct entry *e)
{
    (void)s;
    e->u.share.recipient = slice_str("om");
}

/* Share 1 came; 2, with CHANGE, does not. */
static void
keep_back(void (*change)(struct share *s, struct entry *e))
{
    const struct evil how = {.nth = 2, .change = change};

    evil_takes_next(said.d);
    evil_deliver(said.d, &how);
    memcpy(said.share, said.d->share.entry.p, said.d->share.entry.n);
    said.share_entry = slice_of(said.share, said.d->share.entry.n);
    said.share_index = said.d->share.index;
    said.d->index += 10; /* there is room for what ended it */
}

/* It ended by E, which the ledger has if it is PROVED. */
static void
end_by(struct entry *e, bool proved)
{
    struct sink out;
    size_t i = said.d->ledger_n % EVIL_LEDGER;

    said.end_index = said.share_index + 1;
    sink_init(&out, said.end, sizeof said.end);
    ok(entry_encode(&out, e));
    said.end_entry = sink_done(&out);
    if (!proved)
        return;
    said.d->ledger_n++;
    merkle_leaf(said.d->ledger[i].leaf, said.end_entry);
    said.d->ledger[i].index = said.end_index;
}

static void
returned(uint64_t share, bool proved)
{
    struct entry e = {.kind = ENTRY_RETURNED};

    e.u.returned.index = share;
    e.u.returned.code = ENTRY_CODE_CHANGED_CASE;
    end_by(&e, proved);
}

/* What the broker says. */
static void
reply(void)
{
    struct sink out;
    uint8_t number[2][8];

    bytes_put_u64(number[0], said.share_index);
    bytes_put_u64(number[1], said.end_index);
    sink_init(&out, said.list, sizeof said.list);
    pack_array(&out, 4);
    pack_bin(&out, slice_of(number[0], 8));
    pack_bin(&out, said.share_entry);
    pack_bin(&out, slice_of(number[1], 8));
    pack_bin(&out, said.end_entry);
    ok(out.err);
    said.reply = (struct command){.type = COMMAND_OBJECT,
        .what = COMMAND_GET_ENDED,
        .list = sink_done(&out),
        .list_n = 4};
}

/* The broker says so, and the third share comes; what is missing then. */
static uint64_t
missing(void)
{
    const struct evil honest = {.nth = 3};
    const struct dhk_share *s = NULL;
    struct store_txn *t = NULL;
    uint64_t n;

    reply();
    evil_deliver(said.d, &honest);
    evil_fetch(said.d); /* the ledger is this one's */
    ok(inbox_begin(&t, gemeente()->inbox, true));
    ok(gaps_close(gemeente(), t, said.d->delivery, NULL));
    ok(store_commit(&t));
    evil_take(said.d);
    ok(dhk_receive(gemeente(), 0, &s, NULL));
    n = s->missing;
    ok(dhk_confirm(gemeente(), &s));
    return n;
}

static void
what_went_back_is_not_missing(void **state)
{
    (void)state;
    keep_back(NULL);
    returned(said.share_index, true);
    assert_int_equal(missing(), 0);
    assert_int_equal(said.asked, 1);
    assert_int_equal(said.a, said.d->entry.u.share.before);
    assert_int_equal(said.b, 1);
}

static void
what_is_not_proved_is_missing(void **state)
{
    (void)state;
    keep_back(NULL);
    returned(said.share_index, false);
    assert_int_equal(missing(), 1);
}

static void
the_end_of_another_share_ends_nothing(void **state)
{
    (void)state;
    keep_back(NULL);
    returned(OTHER, true);
    assert_int_equal(missing(), 1);
}

static void
what_ran_out_is_missing(void **state)
{
    struct entry e = {.kind = ENTRY_EXPIRED};

    (void)state;
    keep_back(NULL);
    e.u.expired.n = 1;
    e.u.expired.index[0] = said.share_index;
    end_by(&e, true);
    assert_int_equal(missing(), 1);
}

static void
what_waits_is_not_missing(void **state)
{
    (void)state;
    keep_back(waits);
    assert_int_equal(missing(), 0);
}

static void
what_does_not_wait_is_missing(void **state)
{
    (void)state;
    keep_back(NULL);
    assert_int_equal(missing(), 1);
}

static void
who_says_that_it_waits_must_show_it(void **state)
{
    (void)state;
    keep_back(waits);
    said.share_index++; /* where the ledger has another entry */
    assert_int_equal(missing(), 1);
}

static void
shares_of_others_explain_nothing(void **state)
{
    (void)state;
    keep_back(from_om);
    returned(said.share_index, true);
    assert_int_equal(missing(), 1);
}

static void
shares_for_others_explain_nothing(void **state)
{
    (void)state;
    keep_back(to_om);
    returned(said.share_index, true);
    assert_int_equal(missing(), 1);
}

static void
silence_explains_nothing_and_is_not_waited_for_twice(void **state)
{
    (void)state;
    keep_back(NULL);
    said.rc = DHK_NOTFOUND;
    assert_int_equal(missing(), 1);
    assert_true(held_is_silent(gemeente()->held));
}

static void
nobody_is_asked_when_nothing_is_missing(void **state)
{
    struct store_txn *t = NULL;
    const struct evil next = {.origin = NULL};

    (void)state;
    evil_takes_next(said.d);
    evil_deliver(said.d, &next);
    ok(inbox_begin(&t, gemeente()->inbox, true));
    ok(gaps_close(gemeente(), t, said.d->delivery, NULL));
    ok(store_commit(&t));
    assert_int_equal(said.asked, 0);
}

/* --- what waits in the inbox --- */

/* By the key of partner SIGNER. */
static void
withdrawn_by(unsigned signer, uint64_t share, bool proved)
{
    const struct ring_partner *politie = &said.d->ring->partner[RING_POLITIE];
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct withdrawal w = {.origin = slice_str(RING_ORIGIN),
        .accepted = 69,
        .reason = WITHDRAWAL_WRONG_PERSON,
        .made = 1790000000};
    struct entry e = {.kind = ENTRY_WITHDRAWN};
    struct sink s;

    memcpy(w.card, politie->card.id, sizeof w.card);
    memcpy(w.signal, said.d->entry.u.share.id, sizeof w.signal);
    sink_init(&s, mem, sizeof mem);
    ok(withdrawal_issue(
        &s, &w, said.d->ring->partner[signer].node->secret.sign));
    ok(withdrawal_decode(&w, sink_done(&s), NULL));
    e.u.withdrawn = (struct entry_withdrawn){.share = share,
        .sender = slice_str("politie"),
        .recipient = slice_str("gemeente"),
        .body = w.body};
    memcpy(e.u.withdrawn.signature, w.signature, KEY_SIGNATURE);
    end_by(&e, proved);
}

static void
withdrawn(uint64_t share, bool proved)
{
    withdrawn_by(RING_POLITIE, share, proved);
}

/* Whether the share that came, as its entry says, was withdrawn. */
static bool
is_withdrawn(void)
{
    const struct entry_share *e = &said.d->entry.u.share;
    struct dhk_share s = {.index = said.share_index};
    bool is = true;

    bytes_hex(s.id, e->id, sizeof e->id);
    s.sender = "politie";
    reply();
    evil_fetch(said.d); /* the ledger is this one's */
    ok(gaps_withdrawn(gemeente(), &s, &is, NULL));
    return is;
}

static void
a_proved_withdrawal_counts(void **state)
{
    (void)state;
    keep_back(NULL);
    withdrawn(said.share_index, true);
    assert_true(is_withdrawn());
    assert_int_equal(said.a, said.share_index);
    assert_int_equal(said.b, 1);
}

static void
without_a_proof_it_does_not(void **state)
{
    (void)state;
    keep_back(NULL);
    withdrawn(said.share_index, false);
    assert_false(is_withdrawn());
}

static void
nor_does_that_of_another_share(void **state)
{
    (void)state;
    keep_back(NULL);
    withdrawn(OTHER, true);
    assert_false(is_withdrawn());
}

static void
nor_of_a_share_that_is_not_shown(void **state)
{
    (void)state;
    keep_back(NULL);
    said.share_index++; /* where the ledger has another entry */
    withdrawn(said.share_index, true);
    assert_false(is_withdrawn());
}

static void
nor_of_anothers_share(void **state)
{
    (void)state;
    keep_back(to_om);
    withdrawn(said.share_index, true);
    assert_false(is_withdrawn());
}

static void
nor_of_another_signal(void **state)
{
    (void)state;
    keep_back(NULL);
    withdrawn(said.share_index, true);
    said.d->entry.u.share.id[0] ^= 1; /* that came */
    assert_false(is_withdrawn());
}

static void
nor_what_its_sender_did_not_sign(void **state)
{
    (void)state;
    keep_back(NULL);
    withdrawn_by(RING_GEMEENTE, said.share_index, true);
    assert_false(is_withdrawn());
}

static void
nor_another_end(void **state)
{
    (void)state;
    keep_back(NULL);
    returned(said.share_index, true);
    assert_false(is_withdrawn());
}

static void
nor_silence_which_is_not_waited_for_twice(void **state)
{
    (void)state;
    keep_back(NULL);
    withdrawn(said.share_index, true);
    said.rc = DHK_NOTFOUND;
    assert_false(is_withdrawn());
    assert_true(held_is_silent(gemeente()->held));
}

static int
begin(void **state)
{
    memset(&said, 0, sizeof said);
    int rc = evil_new(state);
    said.d = *state;
    return rc;
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, evil_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_went_back_is_not_missing),
        T(what_is_not_proved_is_missing),
        T(the_end_of_another_share_ends_nothing),
        T(what_ran_out_is_missing),
        T(what_waits_is_not_missing),
        T(what_does_not_wait_is_missing),
        T(who_says_that_it_waits_must_show_it),
        T(shares_of_others_explain_nothing),
        T(shares_for_others_explain_nothing),
        T(silence_explains_nothing_and_is_not_waited_for_twice),
        T(nobody_is_asked_when_nothing_is_missing),
        T(a_proved_withdrawal_counts),
        T(without_a_proof_it_does_not),
        T(nor_does_that_of_another_share),
        T(nor_of_a_share_that_is_not_shown),
        T(nor_of_anothers_share),
        T(nor_of_another_signal),
        T(nor_what_its_sender_did_not_sign),
        T(nor_another_end),
        T(nor_silence_which_is_not_waited_for_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
