/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions to the ledger: who sees what, that each question is an entry, and
 * that every page is proved by one signed head. */
#include "harness.h"

#include "table.h"

enum { MAX = 600 };

struct result {
    uint64_t index[MAX];
    enum entry_kind kind[MAX];
    size_t n;
    uint64_t entry; /* of the query */
    size_t pages;
    uint8_t root[32]; /* of the pages' head */
    uint64_t size;
};

static void
send_query(struct harness_node *n, const struct query *q, uint64_t entry,
    uint64_t cursor)
{
    uint8_t mem[1024];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    ok(query_issue(&out, q, n->partner->secret.sign));
    struct command c = {.type = COMMAND_QUERY,
        .number = 11,
        .bytes = sink_done(&out),
        .has_entry = cursor != 0,
        .entry = entry,
        .a = cursor};
    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
}

/* Checks the page's head and its proof, and adds its entries to OUT. */
static void
read_page(struct harness_node *n, const struct command *c, bool proved,
    struct result *out)
{
    struct cursor indexes, entries;
    struct checkpoint cp;
    struct checkpoint_vkey vkey;
    struct diag diag;
    struct entry e;
    uint8_t leaves[MAX][32];
    uint64_t index[MAX];

    checkpoint_vkey_make(
        &vkey, CHECKPOINT_ED25519, HARNESS_ORIGIN, &n->h->log_key);
    ok(checkpoint_open(&cp, c->bytes, &vkey, &diag));
    if (out->pages++ > 0)
        assert_memory_equal(out->root, cp.root, 32);
    memcpy(out->root, cp.root, 32);
    out->size = cp.size;
    assert_true(cp.size > c->a);
    command_list(&indexes, c->indexes);
    command_list(&entries, c->list);
    for (size_t i = 0; i < c->list_n; i++) {
        struct slice bytes = command_list_next(&entries);
        index[i] = command_index_next(&indexes);
        merkle_leaf(leaves[i], bytes);
        ok(entry_decode(&e, bytes, &diag));
        assert_true(out->n < MAX);
        out->index[out->n] = index[i];
        out->kind[out->n++] = e.kind;
    }
    struct merkle_multi m = {.size = cp.size,
        .index = index,
        .n = c->list_n,
        .leaves = leaves[0],
        .proof = c->proof};
    if (proved && c->list_n > 0)
        ok(merkle_multi_verify(&m, cp.root));
}

static struct query
query_of(struct harness_node *n, enum query_what what)
{
    struct query q = {.origin = slice_str(HARNESS_ORIGIN),
        .number = ++n->queries,
        .purpose = QUERY_LAWFULNESS,
        .what = what};

    memcpy(q.card, n->partner->card.id, CARD_ID);
    memcpy(q.nonce, n->nonce, sizeof q.nonce);
    return q;
}

static void
ask(struct harness_node *n, const struct query *q, bool proved,
    struct result *out)
{
    struct command c;
    uint64_t cursor = 0;

    memset(out, 0, sizeof *out);
    do {
        send_query(n, q, out->entry, cursor);
        assert_true(harness_take(n, COMMAND_PAGE, &c));
        read_page(n, &c, proved, out);
        out->entry = c.a;
        cursor = c.has_entry ? c.entry : 0;
    } while (cursor != 0);
}

static size_t
kinds(const struct result *r, enum entry_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++)
        n += r->kind[i] == kind ? 1 : 0;
    return n;
}

/* One signal to gemeente, answered; one to gemeente and om, not answered; one
 * refused; one expired. */
static void
some_history(struct harness *h)
{
    struct harness_node politie, gemeente;
    struct harness_share share[4];
    struct harness_signal stale = harness_p5, brief = harness_p6;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, 4), 1);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    stale.agreement = h->roster;
    assert_int_equal(
        harness_code(&politie, &stale), ENTRY_CODE_STALE_AGREEMENT);
    brief.expires = h->wall / 1000 + 5;
    assert_int_equal(harness_code(&politie, &brief), 0);
    h->wall += 6000;
    h->mono += 6000;
    core_tick(h->core);
    harness_batch(h);
    harness_forget(h);
}

static void
an_auditor_sees_everything(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct result r;

    some_history(h);
    harness_connect(h, &n, "toezicht", COMMAND_MODE_QUERY);
    struct query q = query_of(&n, QUERY_FETCH);
    ask(&n, &q, false, &r);
    assert_int_equal(r.n, r.size);
    for (size_t i = 0; i < r.n; i++)
        assert_int_equal(r.index[i], i);
    assert_int_equal(r.kind[r.entry], ENTRY_QUERIED);
    struct query list = query_of(&n, QUERY_LIST);
    ask(&n, &list, true, &r);
    assert_int_equal(r.n, r.size);
}

static void
a_partner_sees_only_what_it_takes_part_in(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct result r;

    some_history(h);
    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    struct query q = query_of(&n, QUERY_FETCH);
    ask(&n, &q, true, &r);
    assert_int_equal(kinds(&r, ENTRY_ACCEPTED), 3);
    assert_int_equal(kinds(&r, ENTRY_SHARE), 5);
    assert_int_equal(kinds(&r, ENTRY_REFUSED), 1);
    assert_int_equal(kinds(&r, ENTRY_DELIVERED), 1);
    assert_int_equal(kinds(&r, ENTRY_EXPIRED), 1);
    assert_int_equal(kinds(&r, ENTRY_CARD), 1);
    assert_int_equal(kinds(&r, ENTRY_AGREEMENT), 1);
    assert_int_equal(kinds(&r, ENTRY_GENESIS), 1);

    harness_connect(h, &n, "om", COMMAND_MODE_QUERY);
    q = query_of(&n, QUERY_FETCH);
    ask(&n, &q, true, &r);
    assert_int_equal(kinds(&r, ENTRY_ACCEPTED), 0);
    assert_int_equal(kinds(&r, ENTRY_SHARE), 2); /* its own */
    assert_int_equal(kinds(&r, ENTRY_REFUSED), 0);
    assert_int_equal(kinds(&r, ENTRY_DELIVERED), 0);
    assert_int_equal(kinds(&r, ENTRY_EXPIRED), 0);
    assert_int_equal(kinds(&r, ENTRY_CARD), 1);
    assert_int_equal(kinds(&r, ENTRY_QUERIED), 1);

    harness_connect(h, &n, "school", COMMAND_MODE_QUERY);
    q = query_of(&n, QUERY_FETCH);
    ask(&n, &q, true, &r);
    assert_int_equal(kinds(&r, ENTRY_SHARE), 0);
    assert_int_equal(kinds(&r, ENTRY_ACCEPTED), 0);
}

static void
one_cannot_ask_for_anothers_entry(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct result r;
    struct entry e;
    uint64_t refused = 0;

    some_history(h);
    for (uint64_t i = 0; i < h->core->ledger.size; i++) {
        harness_entry(h, i, &e);
        refused = e.kind == ENTRY_REFUSED ? i : refused;
    }
    harness_connect(h, &n, "gemeente", COMMAND_MODE_QUERY);
    for (enum query_what w = QUERY_SHOW; w <= QUERY_PROVE; w++) {
        struct query q = query_of(&n, w);
        q.from = refused;
        ask(&n, &q, true, &r);
        assert_int_equal(r.n, 0);
    }
    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    struct query q = query_of(&n, QUERY_PROVE);
    q.from = refused;
    ask(&n, &q, true, &r);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.index[0], refused);
}

static void
filters_choose_partner_case_and_time(void **state)
{
    struct harness *h = *state;
    struct harness_node n, politie;
    struct result r;
    struct harness_signal s = harness_p5;
    uint8_t other[16] = {9, 9, 9};

    some_history(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    s.case_handle = other;
    assert_int_equal(harness_code(&politie, &s), 0);
    harness_connect(h, &n, "toezicht", COMMAND_MODE_QUERY);
    struct query q = query_of(&n, QUERY_LIST);
    q.partner = slice_str("om");
    ask(&n, &q, true, &r);
    assert_int_equal(kinds(&r, ENTRY_SHARE), 2);
    /* with what only the acceptance tells: what om was not given */
    assert_int_equal(kinds(&r, ENTRY_ACCEPTED), 2);
    q = query_of(&n, QUERY_LIST);
    q.partner = slice_str("wijkteam");
    ask(&n, &q, true, &r);
    assert_int_equal(kinds(&r, ENTRY_ACCEPTED), 0);
    q = query_of(&n, QUERY_LIST);
    q.has_case = true;
    memcpy(q.case_handle, other, 16);
    ask(&n, &q, true, &r);
    assert_int_equal(r.n, 2); /* accepted and share */
    q = query_of(&n, QUERY_LIST);
    q.since = h->wall;
    ask(&n, &q, true, &r);
    assert_true(r.n >= 3 && kinds(&r, ENTRY_CARD) == 0);
    q = query_of(&n, QUERY_LIST);
    q.before = h->wall - 6000;
    ask(&n, &q, true, &r);
    assert_int_equal(r.n, 0);
    q = query_of(&n, QUERY_LIST);
    q.from = 1;
    q.until = 3;
    ask(&n, &q, true, &r);
    assert_int_equal(r.n, 2);
}

static void
a_revoked_card_concerns_its_partner_and_the_revoker(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct result r;
    static const struct {
        const char *partner;
        size_t n;
    } of[] = {{"om", 1}, {"burgemeester", 1}, {"gemeente", 0}};

    assert_int_equal(
        harness_revoke_card(h, harness_find(h, "om")->card.id, 1), 0);
    harness_connect(h, &n, "toezicht", COMMAND_MODE_QUERY);
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        struct query q = query_of(&n, QUERY_LIST);
        q.partner = slice_str(of[i].partner);
        ask(&n, &q, true, &r);
        assert_int_equal(kinds(&r, ENTRY_REVOKED_CARD), of[i].n);
    }
}

static void
every_query_is_an_entry(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct result r;

    harness_connect(h, &n, "toezicht", COMMAND_MODE_QUERY);
    for (size_t i = 1; i <= 3; i++) {
        struct query q = query_of(&n, QUERY_LIST);
        ask(&n, &q, true, &r);
        assert_int_equal(harness_count(h, ENTRY_QUERIED), i);
    }
}

static void
pages_are_of_one_tree_and_leave_nothing_out(void **state)
{
    struct harness *h = *state;
    struct harness_node n, politie;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_signal s[20];
    struct result *r = calloc(1, sizeof *r);
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 20; i++)
        s[i] = harness_p5;
    for (int i = 0; i < 27; i++) {
        harness_seal(&politie, b, s, 20);
        harness_push(&politie, b);
        harness_forget(h);
    }
    harness_connect(h, &n, "toezicht", COMMAND_MODE_QUERY);
    struct query q = query_of(&n, QUERY_FETCH);
    q.until = 560;
    send_query(&n, &q, 0, 0);
    assert_true(harness_take(&n, COMMAND_PAGE, &c));
    read_page(&n, &c, false, r);
    assert_true(c.has_entry);
    /* the ledger grows between two pages */
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    uint64_t size = h->core->ledger.size;
    send_query(&n, &q, c.a, c.entry);
    assert_true(harness_take(&n, COMMAND_PAGE, &c));
    read_page(&n, &c, false, r);
    assert_false(c.has_entry);
    assert_int_equal(r->n, 560);
    assert_int_equal(h->core->ledger.size, size);
    assert_int_equal(harness_count(h, ENTRY_QUERIED), 1);
    free(r);
    free(b);
}

/* A bit flipped on the disk: who asks is told so, who asks for else is served,
 * and so is who sends. */
static void
a_damaged_entry_is_told_and_not_served(void **state)
{
    struct harness *h = *state;
    struct harness_node n, politie;
    struct result r;
    struct store_txn *t;
    uint8_t key[8], copy[LIMIT_ENTRY];
    struct slice value;

    h->damaged = true;
    some_history(h);
    bytes_put_u64(key, 5);
    ok(store_begin(&t, h->store, true));
    ok(store_get(t, TABLE_ENTRY, slice_of(key, 8), &value));
    memcpy(copy, value.p, value.n);
    copy[20] ^= 1; /* its time */
    ok(store_put(t, TABLE_ENTRY, slice_of(key, 8), slice_of(copy, value.n)));
    ok(store_commit(&t));
    harness_connect(h, &n, "toezicht", COMMAND_MODE_QUERY);
    struct query q = query_of(&n, QUERY_FETCH);
    send_query(&n, &q, 0, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_DAMAGED);
    q = query_of(&n, QUERY_FETCH);
    q.from = 6;
    ask(&n, &q, false, &r);
    assert_int_equal(r.index[0], 6);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
}

static void
a_later_page_of_another_query_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct result r;

    some_history(h);
    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    struct query q = query_of(&n, QUERY_LIST);
    ask(&n, &q, true, &r);
    q.from = 1; /* not what was asked */
    send_query(&n, &q, r.entry, 2);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
}

static void
a_query_must_be_ones_own_and_fresh(void **state)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    struct query q = query_of(&n, QUERY_LIST);
    q.nonce[0] ^= 1;
    send_query(&n, &q, 0, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    q = query_of(&n, QUERY_LIST);
    q.origin = slice_str("elders.example/ledger");
    send_query(&n, &q, 0, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    q = query_of(&n, QUERY_LIST);
    struct harness_partner forged = *n.partner;
    forged.secret.sign = harness_find(h, "om")->secret.sign;
    struct harness_node evil = n;
    evil.partner = &forged;
    send_query(&evil, &q, 0, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    q = query_of(&n, QUERY_LIST);
    send_query(&n, &q, 0, 0);
    send_query(&n, &q, 0, 0); /* the same number again */
    assert_int_equal(harness_error(&n), COMMAND_ERROR_STATE);
    assert_int_equal(harness_count(h, ENTRY_QUERIED), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(an_auditor_sees_everything),
        harness_test(a_partner_sees_only_what_it_takes_part_in),
        harness_test(one_cannot_ask_for_anothers_entry),
        harness_test(filters_choose_partner_case_and_time),
        harness_test(a_revoked_card_concerns_its_partner_and_the_revoker),
        harness_test(every_query_is_an_entry),
        harness_test(pages_are_of_one_tree_and_leave_nothing_out),
        harness_test(a_damaged_entry_is_told_and_not_served),
        harness_test(a_later_page_of_another_query_is_refused),
        harness_test(a_query_must_be_ones_own_and_fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
