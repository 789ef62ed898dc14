/* SPDX-License-Identifier: EUPL-1.2
 *
 * Notices of a withdrawal: shown when the sender signed them for this partner,
 * until they are answered, and once. */
#include "noticing.h"
#include "ring.h"

#include "inbox.h"
#include "merkle.h"
#include "withdrawal.h"

enum { INDEX = 77, SHARE = 70 };

/* What is wrong with a notice; all zero: nothing. */
struct wrong {
    const char *origin, *sender, *recipient;
    int signer; /* whose key; 0: politie's */
    bool untold;
};
struct notice {
    uint8_t mem[LIMIT_ENTRY];
    struct slice bytes;
    uint8_t leaf[32];
};

static struct dhk_node *
gemeente(struct ring *r)
{
    return r->partner[RING_GEMEENTE].node;
}

static void
make(struct ring *r, const struct wrong *how, struct notice *out)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct withdrawal w = {
        .origin = slice_str(how->origin != NULL ? how->origin : RING_ORIGIN),
        .accepted = 69,
        .reason = WITHDRAWAL_WRONG_PERSON,
        .made = 1790000000};
    struct entry *e = calloc(1, sizeof *e);
    struct sink s;

    assert_non_null(e);
    memcpy(w.card, r->partner[RING_POLITIE].card.id, sizeof w.card);
    memset(w.signal, 0xab, sizeof w.signal);
    sink_init(&s, mem, sizeof mem);
    ok(withdrawal_issue(&s, &w, r->partner[how->signer].node->secret.sign));
    ok(withdrawal_decode(&w, sink_done(&s), NULL));
    e->kind = ENTRY_WITHDRAWN;
    e->time = UINT64_C(1790000000000);
    e->u.withdrawn = (struct entry_withdrawn){.share = SHARE,
        .sender = slice_str(how->sender != NULL ? how->sender : "politie"),
        .recipient =
            slice_str(how->recipient != NULL ? how->recipient : "gemeente"),
        .notice = !how->untold,
        .body = w.body};
    memcpy(e->u.withdrawn.signature, w.signature, KEY_SIGNATURE);
    sink_init(&s, out->mem, sizeof out->mem);
    ok(entry_encode(&s, e));
    out->bytes = sink_done(&s);
    merkle_leaf(out->leaf, out->bytes);
    free(e);
}

static void
take(struct ring *r, struct notice *n)
{
    uint64_t index = INDEX;
    const struct outcomes o = {
        .cursor = INDEX, .n = 1, .index = &index, .entry = &n->bytes};
    struct store_txn *t = NULL;

    ok(node_inbox(gemeente(r), NULL));
    ok(inbox_begin(&t, gemeente(r)->inbox, true));
    ok(noticing_take(gemeente(r), t, &o));
    ok(inbox_commit(gemeente(r)->inbox, &t));
}

/* The answer that is ready to N, and its number. */
static enum answer_outcome
answer(struct ring *r, const struct notice *n, uint64_t *number)
{
    struct store_txn *t = NULL;
    struct inbox_item item;
    enum answer_outcome found = ANSWER_NONE;

    *number = 0;
    ok(inbox_begin(&t, gemeente(r)->inbox, false));
    if (inbox_next_answer(t, number, &item) == DHK_OK &&
        memcmp(item.leaf, n->leaf, sizeof item.leaf) == 0)
        found = item.outcome;
    store_abort(&t);
    return found;
}

static void
a_notice_is_shown_and_answered(void **state)
{
    struct ring *r = *state;
    const struct wrong none = {.origin = NULL};
    const struct dhk_share *s = NULL;
    struct notice n;
    uint64_t number;

    make(r, &none, &n);
    take(r, &n);
    take(r, &n); /* it comes until it is answered */
    ok(dhk_receive(gemeente(r), 0, &s, NULL));
    assert_string_equal(s->notice, "withdrawn");
    assert_string_equal(s->reason, "wrong-person");
    assert_string_equal(s->sender, "politie");
    assert_int_equal(strspn(s->id, "ab"), 64);
    assert_string_equal(s->replaced_by, "");
    assert_int_equal(s->share, SHARE);
    assert_int_equal(s->index, INDEX);
    assert_int_equal(s->fields_n, 0);
    assert_false(s->again);
    /* it is no share, and "taken" is no answer to it */
    assert_int_equal(dhk_confirm(gemeente(r), &s), DHK_STATE);
    assert_int_equal(dhk_refuse(gemeente(r), &s), DHK_STATE);
    assert_int_equal(answer(r, &n, &number), ANSWER_NONE);
    ok(dhk_answer_notice(gemeente(r), &s, DHK_USED));
    assert_null(s);
    assert_int_equal(answer(r, &n, &number), ANSWER_USED);
    assert_int_not_equal(dhk_receive(gemeente(r), 0, &s, NULL), DHK_OK);
}

static void
it_comes_again_until_then(void **state)
{
    struct ring *r = *state;
    const struct wrong none = {.origin = NULL};
    const struct dhk_share *s = NULL;
    struct notice n;

    make(r, &none, &n);
    take(r, &n);
    ok(dhk_receive(gemeente(r), 0, &s, NULL));
    inbox_close(&gemeente(r)->inbox);
    ok(node_inbox(gemeente(r), NULL));
    ok(dhk_receive(gemeente(r), 0, &s, NULL));
    assert_true(s->again);
    dhk_release(gemeente(r), &s);
    ok(dhk_receive(gemeente(r), 0, &s, NULL));
    ok(dhk_answer_notice(gemeente(r), &s, DHK_LOCKED));
}

static void
a_broker_that_forgot_gets_the_same_answer(void **state)
{
    struct ring *r = *state;
    const struct wrong none = {.origin = NULL};
    const struct dhk_share *s = NULL;
    struct store_txn *t = NULL;
    struct notice n;
    uint64_t number;

    make(r, &none, &n);
    take(r, &n);
    ok(dhk_receive(gemeente(r), 0, &s, NULL));
    ok(dhk_answer_notice(gemeente(r), &s, DHK_LOCKED));
    assert_int_equal(answer(r, &n, &number), ANSWER_LOCKED);
    ok(inbox_begin(&t, gemeente(r)->inbox, true));
    ok(inbox_answered(t, number));
    ok(store_commit(&t));
    assert_int_equal(answer(r, &n, &number), ANSWER_NONE);
    take(r, &n);
    assert_int_not_equal(dhk_receive(gemeente(r), 0, &s, NULL), DHK_OK);
    assert_int_equal(answer(r, &n, &number), ANSWER_LOCKED);
}

static void
what_the_sender_did_not_sign_for_it_is_not_shown(void **state)
{
    struct ring *r = *state;
    const struct wrong cases[] = {
        {.origin = "other.example/ledger"},
        {.sender = "om"},
        {.recipient = "om"},
        {.signer = RING_OM},
        {.untold = true},
    };
    const struct dhk_share *s = NULL;
    struct notice n;
    uint64_t number;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make(r, &cases[i], &n);
        r->reported[0] = '\0';
        take(r, &n);
        assert_non_null(strstr(r->reported, "does not hold"));
        assert_int_not_equal(dhk_receive(gemeente(r), 0, &s, NULL), DHK_OK);
        assert_int_equal(answer(r, &n, &number), ANSWER_NONE);
    }
    make(r, &cases[0], &n);
    n.bytes.n--;
    take(r, &n);
    assert_int_not_equal(dhk_receive(gemeente(r), 0, &s, NULL), DHK_OK);
}

#define ring_test(f) cmocka_unit_test_setup_teardown(f, ring_new, ring_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ring_test(a_notice_is_shown_and_answered),
        ring_test(it_comes_again_until_then),
        ring_test(a_broker_that_forgot_gets_the_same_answer),
        ring_test(what_the_sender_did_not_sign_for_it_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
