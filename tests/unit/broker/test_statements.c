/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is stated about cases, and what a data subject's answer leaves out:
 * each statement once, for whom it may bind; what is covert is in no such
 * answer, and that it was not stands on the ledger. */
#include "harness.h"

#include "statement.h"

enum { DAY = 86400, MAX = 32 };
static const uint8_t handle[16] = {0xca, 5, 0xe};

static struct statement
hold(const struct harness_node *n)
{
    struct statement s = {.origin = slice_str(HARNESS_ORIGIN),
        .what = ACT_HOLD,
        .until = (int64_t)(n->h->wall / 1000) + DAY,
        .made = (int64_t)(n->h->wall / 1000)};

    memcpy(s.card, n->partner->card.id, sizeof s.card);
    memcpy(s.case_handle, handle, sizeof s.case_handle);
    return s;
}

/* Over N's connection, signed by SIGNER. */
static void
send_as(struct harness_node *n, const struct statement *s, const char *signer)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct command c = {.type = COMMAND_STATE, .number = 31};
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    ok(statement_issue(&out, s, harness_find(n->h, signer)->secret.sign));
    c.bytes = sink_done(&out);
    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
}

/* The index of the entry that N's statement got. */
static uint64_t
state(struct harness_node *n, const struct statement *s, struct entry *e)
{
    struct diag diag;

    send_as(n, s, n->partner->name);
    struct receipt *r = harness_receipt(n);
    assert_non_null(r);
    assert_int_equal(r->n, 1);
    uint64_t index = r->index[0];
    ok(entry_decode(e, r->entry[0], &diag));
    assert_int_equal(e->kind, ENTRY_STATED);
    assert_true(slice_equal(e->u.stated.partner, slice_str(n->partner->name)));
    receipt_destroy(&r);
    harness_entry(n->h, index, e); /* the receipt's bytes are gone */
    return index;
}

static void
a_statement_is_recorded_once(void **state_)
{
    struct harness *h = *state_;
    struct harness_node politie, toezicht;
    struct entry e;

    harness_connect(h, &politie, "politie", COMMAND_MODE_SEND);
    harness_connect(h, &toezicht, "toezicht", COMMAND_MODE_QUERY);
    struct statement s = hold(&politie);
    uint64_t first = state(&politie, &s, &e);
    assert_false(e.u.stated.all);
    assert_int_equal(state(&politie, &s, &e), first);
    s.what = ACT_RELEASE;
    s.until = 0;
    assert_int_equal(state(&politie, &s, &e), first + 1);
    s = hold(&toezicht);
    (void)state(&toezicht, &s, &e);
    assert_true(e.u.stated.all);
    assert_int_equal(harness_count(h, ENTRY_STATED), 3);
    /* also after a crash of the broker */
    harness_restart(h);
    harness_connect(h, &toezicht, "toezicht", COMMAND_MODE_QUERY);
    s = hold(&toezicht);
    (void)state(&toezicht, &s, &e);
    assert_int_equal(harness_count(h, ENTRY_STATED), 3);
}

static void
what_nobody_may_state_is_not_recorded(void **state_)
{
    struct harness *h = *state_;
    struct harness_node n;
    struct command garbage = {
        .type = COMMAND_STATE, .number = 31, .bytes = slice_str("because")};

    harness_connect(h, &n, "politie", COMMAND_MODE_SEND);
    struct statement s = hold(&n);
    send_as(&n, &s, "om"); /* another's signature */
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    harness_connect(h, &n, "politie", COMMAND_MODE_SEND);
    memcpy(s.card, harness_find(h, "om")->card.id, sizeof s.card);
    send_as(&n, &s, "om"); /* another's statement */
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    harness_connect(h, &n, "politie", COMMAND_MODE_SEND);
    s = hold(&n);
    s.origin = slice_str("elders.example/ledger");
    send_as(&n, &s, "politie");
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    harness_connect(h, &n, "politie", COMMAND_MODE_SEND);
    s = hold(&n);
    s.made += 2 * DAY; /* a clock ahead of the broker's */
    s.until = s.made + act_longest(ACT_HOLD);
    send_as(&n, &s, "politie");
    assert_int_equal(harness_error(&n), COMMAND_ERROR_MALFORMED);
    harness_connect(h, &n, "politie", COMMAND_MODE_SEND);
    harness_send_command(&n, &garbage, NULL, 0);
    harness_batch(h);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_MALFORMED);
    harness_connect(h, &n, "toezicht", COMMAND_MODE_QUERY);
    s = hold(&n);
    s.what = ACT_DESTROYED;
    s.until = 0;
    send_as(&n, &s, "toezicht"); /* it has no link to destroy */
    assert_int_equal(harness_error(&n), COMMAND_ERROR_ROLE);
    harness_connect(h, &n, "gemeente", COMMAND_MODE_RECEIVE);
    s = hold(&n);
    send_as(&n, &s, "gemeente");
    assert_int_equal(harness_error(&n), COMMAND_ERROR_ROLE);
    assert_int_equal(harness_count(h, ENTRY_STATED), 0);
}

static void
one_card_cannot_fill_the_ledger_with_statements(void **state_)
{
    struct harness *h = *state_;
    struct harness_node n;
    size_t busy = 0;

    harness_connect(h, &n, "politie", COMMAND_MODE_SEND);
    for (int i = 0; i < 400; i++) {
        struct statement s = hold(&n);
        s.until += i;
        send_as(&n, &s, "politie");
        busy += harness_error(&n) == COMMAND_ERROR_BUSY ? 1 : 0;
        harness_forget(h);
    }
    assert_true(busy > 0);
    assert_int_equal(harness_count(h, ENTRY_STATED), 400 - busy);
}

/* --- covert shares --- */

struct shown {
    enum entry_kind kind[MAX];
    uint64_t index[MAX];
    size_t n;
};

static void
ask(struct harness_node *n, enum query_what what, struct shown *out)
{
    struct query q = {.origin = slice_str(HARNESS_ORIGIN),
        .number = ++n->queries,
        .purpose = QUERY_LAWFULNESS,
        .what = what,
        .has_case = true};
    struct command c = {.type = COMMAND_QUERY, .number = 11}, page;
    struct cursor entries, indexes;
    struct diag diag;
    struct entry e;
    uint8_t mem[1024];
    struct sink s;

    memcpy(q.card, n->partner->card.id, CARD_ID);
    memcpy(q.nonce, n->nonce, sizeof q.nonce);
    memcpy(q.case_handle, handle, sizeof q.case_handle);
    sink_init(&s, mem, sizeof mem);
    ok(query_issue(&s, &q, n->partner->secret.sign));
    c.bytes = sink_done(&s);
    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
    assert_true(harness_take(n, COMMAND_PAGE, &page));
    assert_false(page.has_entry);
    *out = (struct shown){.n = page.list_n};
    assert_true(out->n <= MAX);
    command_list(&entries, page.list);
    command_list(&indexes, page.indexes);
    for (size_t i = 0; i < out->n; i++) {
        ok(entry_decode(&e, command_list_next(&entries), &diag));
        out->kind[i] = e.kind;
        out->index[i] = command_index_next(&indexes);
    }
    harness_forget(n->h);
}

static size_t
kinds(const struct shown *r, enum entry_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++)
        n += r->kind[i] == kind ? 1 : 0;
    return n;
}

/* One signal to gemeente and om that is covert for two days, and one that is
 * not; gemeente takes both. */
static void
two_signals(struct harness *h)
{
    struct harness_node politie, gemeente;
    struct harness_share share[4];
    struct harness_signal s = harness_p6;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    s.case_handle = handle;
    assert_int_equal(harness_code(&politie, &s), 0);
    s.covert = h->wall / 1000 + 2 * DAY;
    assert_int_equal(harness_code(&politie, &s), 0);
    assert_int_equal(harness_shares(&gemeente, share, 4), 2);
    harness_answer(&gemeente, &share[0], 1, ANSWER_TAKEN);
    harness_answer(&gemeente, &share[1], 1, ANSWER_TAKEN);
    harness_forget(h);
}

static void
what_is_covert_is_held_back_and_the_ledger_says_so(void **state_)
{
    struct harness *h = *state_;
    struct harness_node n;
    struct shown r;
    struct entry e;
    uint64_t at = 0;

    two_signals(h);
    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    ask(&n, QUERY_SUBJECT, &r);
    assert_int_equal(kinds(&r, ENTRY_SHARE), 2); /* of one signal */
    assert_int_equal(kinds(&r, ENTRY_DELIVERED), 1);
    assert_int_equal(r.n, 3); /* no acceptance */
    assert_int_equal(harness_count(h, ENTRY_HELD), 1);
    while (harness_entry(h, at, &e), e.kind != ENTRY_HELD)
        at++;
    assert_int_equal(e.u.held.n, 2);
    assert_int_equal(e.u.held.query, at - 1);
    harness_entry(h, e.u.held.index[1], &e);
    assert_true(e.u.share.covert != 0);
    /* the ordinary list has everything, but not to a partner that it was held
     * back */
    ask(&n, QUERY_LIST, &r);
    assert_int_equal(kinds(&r, ENTRY_SHARE), 4);
    assert_int_equal(kinds(&r, ENTRY_HELD), 0);
    harness_connect(h, &n, "om", COMMAND_MODE_QUERY);
    ask(&n, QUERY_SUBJECT, &r); /* of its own two, one is covert */
    assert_int_equal(kinds(&r, ENTRY_SHARE), 1);
    assert_int_equal(harness_count(h, ENTRY_HELD), 2);
    harness_connect(h, &n, "school", COMMAND_MODE_QUERY);
    ask(&n, QUERY_SUBJECT, &r); /* who has nothing, nothing is held back from */
    assert_int_equal(r.n, 0);
    assert_int_equal(harness_count(h, ENTRY_HELD), 2);
    harness_connect(h, &n, "toezicht", COMMAND_MODE_QUERY);
    ask(&n, QUERY_LIST, &r);
    assert_int_equal(kinds(&r, ENTRY_HELD), 2);
    ask(&n, QUERY_SUBJECT, &r);
    assert_int_equal(kinds(&r, ENTRY_SHARE), 2);
    assert_int_equal(harness_count(h, ENTRY_HELD), 3);
}

static void
after_its_term_it_is_in_the_answer(void **state_)
{
    struct harness *h = *state_;
    struct harness_node n;
    struct shown r;

    two_signals(h);
    h->wall += UINT64_C(1000) * (2 * DAY - 60);
    h->mono += UINT64_C(1000) * (2 * DAY - 60);
    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    ask(&n, QUERY_SUBJECT, &r);
    assert_int_equal(kinds(&r, ENTRY_SHARE), 2);
    assert_int_equal(harness_count(h, ENTRY_HELD), 1);
    h->wall += 61000;
    h->mono += 61000;
    ask(&n, QUERY_SUBJECT, &r);
    assert_int_equal(kinds(&r, ENTRY_SHARE), 4);
    assert_int_equal(harness_count(h, ENTRY_HELD), 1);
}

static void
nothing_is_covert_for_longer_than_five_years(void **state_)
{
    struct harness *h = *state_;
    struct harness_node n;
    struct harness_signal s = harness_p5;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    s.covert = h->wall / 1000 + UINT64_C(1832) * DAY;
    assert_int_equal(harness_code(&n, &s), ENTRY_CODE_EXPIRED);
    s.covert = h->wall / 1000 + UINT64_C(1830) * DAY;
    assert_int_equal(harness_code(&n, &s), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(a_statement_is_recorded_once),
        harness_test(what_nobody_may_state_is_not_recorded),
        harness_test(one_card_cannot_fill_the_ledger_with_statements),
        harness_test(what_is_covert_is_held_back_and_the_ledger_says_so),
        harness_test(after_its_term_it_is_in_the_answer),
        harness_test(nothing_is_covert_for_longer_than_five_years),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
