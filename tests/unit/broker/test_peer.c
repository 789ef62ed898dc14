/* SPDX-License-Identifier: EUPL-1.2
 *
 * Connections: who gets in, what may come when, and what hostile peers, or a
 * hostile router, cannot do. */
#include "harness.h"

enum { ALL = 7 };

static enum peer_state
state_of(const struct harness *h, uint64_t id)
{
    for (size_t i = 0; i < h->core->peers.n; i++) {
        if (h->core->peers.list[i]->id == id)
            return h->core->peers.list[i]->state;
    }
    return PEER_NEW;
}

/* --- hello --- */

static void
nothing_is_done_before_hello(void **state)
{
    struct harness *h = *state;
    struct harness_node n = {.h = h, .partner = &h->partner[0], .peer = 77};
    struct command get = {
        .type = COMMAND_GET, .number = 5, .what = COMMAND_GET_CARDS};

    harness_send_command(&n, &get, NULL, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_STATE);
    harness_ask(h, &n, "politie");
    harness_send_command(&n, &get, NULL, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_STATE);
    /* and that ended it: hello needs a new challenge */
    harness_hello(&n, COMMAND_MODE_SEND, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_STATE);
}

static void
a_hello_from_another_transport_key_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_partner mixed = *harness_find(h, "politie");
    struct harness_node n = {.h = h, .partner = &mixed, .peer = 77};
    struct command c = {.type = COMMAND_ASK, .number = 1};

    /* the router saw om's key, but the hello is politie's */
    mixed.card.curve = harness_find(h, "om")->card.curve;
    harness_send_command(&n, &c, NULL, 0);
    assert_true(harness_take(&n, COMMAND_CHALLENGE, &c));
    memcpy(n.nonce, c.nonce, sizeof n.nonce);
    harness_hello(&n, COMMAND_MODE_SEND, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
}

static void
an_old_nonce_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_node n, m;

    harness_ask(h, &n, "politie");
    harness_ask(h, &m, "politie");
    memcpy(m.nonce, n.nonce, 32);
    harness_hello(&m, COMMAND_MODE_SEND, 0);
    assert_int_equal(harness_error(&m), COMMAND_ERROR_AUTH);
    assert_int_equal(state_of(h, m.peer), PEER_NEW);
}

static void
a_hello_signed_by_another_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_ask(h, &n, "politie");
    struct harness_partner forged = *n.partner;
    forged.secret.sign = harness_find(h, "om")->secret.sign;
    n.partner = &forged;
    harness_hello(&n, COMMAND_MODE_SEND, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
}

static void
roles_bound_what_a_card_may_do(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    const struct {
        const char *name;
        uint32_t modes;
        enum command_error error;
    } cases[] = {
        {"toezicht", COMMAND_MODE_QUERY, COMMAND_ERROR_NONE},
        {"toezicht", COMMAND_MODE_SEND, COMMAND_ERROR_ROLE},
        {"toezicht", COMMAND_MODE_RECEIVE, COMMAND_ERROR_ROLE},
        {"beheer", COMMAND_MODE_QUERY, COMMAND_ERROR_ROLE},
        {"school", COMMAND_MODE_RECEIVE, COMMAND_ERROR_ROLE},
        {"school", COMMAND_MODE_SEND, COMMAND_ERROR_NONE},
        {"gemeente", 15, COMMAND_ERROR_NONE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        harness_ask(h, &n, cases[i].name);
        harness_hello(&n, cases[i].modes, 15);
        assert_int_equal(harness_error(&n), cases[i].error);
    }
}

static void
a_mode_not_asked_for_is_not_had(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &n, "politie", COMMAND_MODE_QUERY);
    harness_seal(&n, b, &harness_p5, 1);
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_ROLE);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 0);
    free(b);
}

static void
the_newer_of_two_receivers_wins(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, first, second;
    struct harness_share share;
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &first, "gemeente", COMMAND_MODE_RECEIVE);
    harness_connect(h, &second, "gemeente", COMMAND_MODE_RECEIVE);
    assert_true(harness_take(&first, COMMAND_SUPERSEDED, &c));
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&first, &share, 1), 0);
    assert_int_equal(harness_shares(&second, &share, 1), 1);
}

static void
a_key_that_changes_under_a_session_ends_it(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct command get = {
        .type = COMMAND_GET, .number = 5, .what = COMMAND_GET_CARDS};

    harness_connect(h, &n, "politie", HARNESS_SEND);
    n.partner = harness_find(h, "om");
    harness_send_command(&n, &get, NULL, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_STATE);
}

static void
a_new_router_ends_every_session(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct command get = {
        .type = COMMAND_GET, .number = 5, .what = COMMAND_GET_CARDS};

    harness_connect(h, &n, "politie", HARNESS_SEND);
    core_router_up(h->core);
    harness_batch(h);
    harness_send_command(&n, &get, NULL, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_STATE);
}

static void
a_card_revoked_in_mid_session_is_cut_off(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, &harness_p5, 1);
    assert_int_equal(harness_revoke_card(h, n.partner->card.id, 4), 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_CARD);
    assert_int_equal(h->dropped, n.peer);
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_STATE);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 0);
    free(b);
}

static void
a_card_that_expires_in_mid_session_is_cut_off(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);
    uint64_t days = (uint64_t)60 * 24 * 3600 * 1000;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    h->wall += days;
    h->mono += days;
    harness_seal(&n, b, &harness_p5, 1);
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_CARD);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 0);
    free(b);
}

/* --- what anybody may fetch --- */

static size_t
get(struct harness_node *n, enum command_get what, struct slice id,
    struct command *c)
{
    struct command ask = {
        .type = COMMAND_GET, .number = 5, .what = what, .id = id};

    harness_send_command(n, &ask, NULL, 0);
    harness_batch(n->h);
    return harness_take(n, COMMAND_OBJECT, c) ? c->list_n : 0;
}

static void
texts_cards_and_proofs_are_served(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct command c;
    struct cursor list;
    struct checkpoint cp;
    struct checkpoint_vkey vkey;
    struct diag diag;
    struct merkle_head old = h->head;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&n, &harness_p5), 0);
    assert_int_equal(get(&n, COMMAND_GET_AGREEMENT, slice_of(NULL, 0), &c), 8);
    uint8_t hash[32];
    command_list(&list, c.list);
    seal_sha256(hash, command_list_next(&list));
    assert_memory_equal(hash, h->agreement, 32);
    uint8_t compiled[COMPILED_HASH];
    ok(compiled_hash(compiled, h->parsed, seal_sha256));
    assert_true(slice_equal(
        command_list_next(&list), slice_of(compiled, sizeof compiled)));
    assert_int_equal(
        get(&n, COMMAND_GET_ROSTER, slice_of(h->roster, 32), &c), 7);
    assert_int_equal(
        get(&n, COMMAND_GET_CARD, slice_of(n.partner->card.id, 32), &c), 1);
    assert_int_equal(get(&n, COMMAND_GET_CARDS, slice_of(NULL, 0), &c), 4);
    assert_int_equal(get(&n, COMMAND_GET_CARD, slice_of(hash, 32), &c), 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_NOTFOUND);
    struct command ask = {.type = COMMAND_GET,
        .number = 6,
        .what = COMMAND_GET_CONSISTENCY,
        .a = old.size};
    harness_send_command(&n, &ask, NULL, 0);
    assert_true(harness_take(&n, COMMAND_OBJECT, &c));
    command_list(&list, c.list);
    checkpoint_vkey_make(
        &vkey, CHECKPOINT_ED25519, HARNESS_ORIGIN, &h->log_key);
    ok(checkpoint_open(&cp, command_list_next(&list), &vkey, &diag));
    struct merkle_head now = {.size = cp.size};
    memcpy(now.root, cp.root, 32);
    ok(merkle_consistency_verify(&old, &now, command_list_next(&list)));
}

/* Asks whether entry INDEX is the one with hash LEAF. */
static void
ask_inclusion(struct harness_node *n, uint64_t index, const uint8_t leaf[32])
{
    struct command ask = {.type = COMMAND_GET,
        .number = 8,
        .what = COMMAND_GET_INCLUSION,
        .id = slice_of(leaf, leaf == NULL ? 0 : MERKLE_HASH),
        .a = index};

    harness_send_command(n, &ask, NULL, 0);
    harness_batch(n->h);
}

static void
is_proved(struct harness_node *n, const struct harness_share *s)
{
    struct command c;
    struct cursor list;
    struct checkpoint cp;
    struct checkpoint_vkey vkey;
    struct merkle_multi m = {.index = &s->index, .n = 1, .leaves = s->leaf};

    assert_true(harness_take(n, COMMAND_OBJECT, &c));
    assert_int_equal(c.what, COMMAND_GET_INCLUSION);
    command_list(&list, c.list);
    checkpoint_vkey_make(
        &vkey, CHECKPOINT_ED25519, HARNESS_ORIGIN, &n->h->log_key);
    ok(checkpoint_open(&cp, command_list_next(&list), &vkey, NULL));
    m.size = cp.size;
    m.proof = command_list_next(&list);
    ok(merkle_multi_verify(&m, cp.root));
}

static void
that_an_entry_is_in_the_ledger_is_proved(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;
    uint8_t other[32];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    ask_inclusion(&gemeente, share.index, share.leaf);
    is_proved(&gemeente, &share);
    memcpy(other, share.leaf, sizeof other);
    other[31] ^= 1;
    ask_inclusion(&gemeente, share.index, other);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_NOTFOUND);
    ask_inclusion(&gemeente, share.index - 1, share.leaf);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_NOTFOUND);
    ask_inclusion(&gemeente, UINT64_MAX, share.leaf);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_NOTFOUND);
    ask_inclusion(&gemeente, share.index, NULL);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_MALFORMED);
}

/* A few at a time, so that nobody keeps receipts waiting. */
static void
a_proof_waits_for_a_signed_head(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_share share;
    struct command c;

    assert_non_null(b);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    h->keeper_waits = true;
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&politie, b);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    for (size_t i = 0; i < PEER_PAGES; i++)
        ask_inclusion(&gemeente, share.index, share.leaf);
    assert_false(harness_take(&gemeente, COMMAND_OBJECT, &c));
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_NONE);
    ask_inclusion(&gemeente, share.index, share.leaf);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_BUSY);
    h->keeper_waits = false;
    harness_sign(h);
    harness_batch(h);
    for (size_t i = 0; i < PEER_PAGES; i++)
        is_proved(&gemeente, &share);
    assert_false(harness_take(&gemeente, COMMAND_OBJECT, &c));
    ask_inclusion(&gemeente, share.index, share.leaf);
    is_proved(&gemeente, &share);
    free(b);
}

static void
news_of_a_new_agreement_reach_everybody(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct command c;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), 0);
    assert_true(harness_take(&n, COMMAND_NEWS, &c));
    assert_true(c.has_agreement);
    assert_memory_equal(c.agreement, h->agreement, 32);
    assert_int_equal(harness_revoke_text(h, h->agreement, 1), 0);
    assert_true(harness_take(&n, COMMAND_NEWS, &c));
    assert_false(c.has_agreement);
}

/* --- garbage --- */

static void
garbage_is_answered_and_forgotten(void **state)
{
    struct harness *h = *state;
    uint64_t size = h->core->ledger.size;
    uint8_t bytes[200];

    for (size_t i = 0; i < 2000; i++) {
        struct harness_node n = {
            .h = h, .partner = &h->partner[i % 9], .peer = 1000 + i % 50};
        key_random(bytes, sizeof bytes);
        if (i % 2 == 0)
            bytes[0] = 0x93; /* an array: a little further in */
        harness_send(&n, slice_of(bytes, i % sizeof bytes));
        if (i % 100 == 0) {
            harness_batch(h);
            ok(h->last);
            harness_forget(h);
        }
    }
    assert_int_equal(h->core->ledger.size, size);
    assert_true(h->core->rejected >= 1900);
}

static void
every_prefix_of_a_push_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);
    uint8_t *mem = malloc(LIMIT_BUNDLE_BYTES);
    struct sink out;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, &harness_p5, 1);
    struct command push = {
        .type = COMMAND_PUSH, .number = 7, .bytes = b->bytes};
    sink_init(&out, mem, LIMIT_BUNDLE_BYTES);
    ok(command_encode(&out, &push, NULL, 0, NULL, 0));
    for (size_t i = 0; i < out.n; i += 7) {
        harness_connect(h, &n, "politie", COMMAND_MODE_SEND);
        harness_send(&n, slice_of(mem, i));
        harness_batch(h);
        ok(h->last);
        assert_int_equal(harness_error(&n), COMMAND_ERROR_MALFORMED);
        harness_forget(h);
    }
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 0);
    free(mem);
    free(b);
}

static void
more_peers_than_there_is_room_for_push_out_strangers(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct command ask = {.type = COMMAND_ASK, .number = 1};

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (uint64_t i = 0; i < PEER_MAX + 10; i++) {
        struct harness_node n = {
            .h = h, .partner = &h->partner[1], .peer = 5000 + i};
        harness_send_command(&n, &ask, NULL, 0);
        if (i % 1000 == 0)
            harness_forget(h);
    }
    assert_int_equal(h->core->peers.n, PEER_MAX);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(nothing_is_done_before_hello),
        harness_test(a_hello_from_another_transport_key_is_refused),
        harness_test(an_old_nonce_is_refused),
        harness_test(a_hello_signed_by_another_is_refused),
        harness_test(roles_bound_what_a_card_may_do),
        harness_test(a_mode_not_asked_for_is_not_had),
        harness_test(the_newer_of_two_receivers_wins),
        harness_test(a_key_that_changes_under_a_session_ends_it),
        harness_test(a_new_router_ends_every_session),
        harness_test(a_card_revoked_in_mid_session_is_cut_off),
        harness_test(a_card_that_expires_in_mid_session_is_cut_off),
        harness_test(texts_cards_and_proofs_are_served),
        harness_test(that_an_entry_is_in_the_ledger_is_proved),
        harness_test(a_proof_waits_for_a_signed_head),
        harness_test(news_of_a_new_agreement_reach_everybody),
        harness_test(garbage_is_answered_and_forgotten),
        harness_test(every_prefix_of_a_push_is_refused),
        harness_test(more_peers_than_there_is_room_for_push_out_strangers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
