/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node as witness: what it cosigns and when, and what follows for it from
 * what others cosigned. */
#include "evil_receipt.h"
#include "fake_line.h"

#include "counted.h"
#include "heads.h"

enum { HOUR_MS = 3600 * 1000, PAUSE_MS = 31 * 1000, ALL = 3 };

static struct line line;

/* --- a clock that is turned --------------------------------------------- */

static uint64_t passed_ms;

static uint64_t
wall(void *ctx)
{
    (void)ctx;
    return clock_wall_ms(clock_system()) + passed_ms;
}

static uint64_t
monotonic(void *ctx)
{
    (void)ctx;
    return clock_monotonic_ms(clock_system()) + passed_ms;
}

static const struct clock turned = {wall, monotonic, NULL};

/* --- the broker --------------------------------------------------------- */

static struct {
    struct ring *ring;
    size_t heard, cosigned, asked; /* messages: in all, of a kind */
    uint64_t size;                 /* of what was cosigned last */
    unsigned who;                  /* bits: whose cosignatures are shown */
    uint64_t at; /* size of the head that is shown; 0: newest */
    bool forks;  /* it shows a head of another ledger */
    bool lies;   /* its proof leads nowhere */
} broker;

static void
hear_cosign(const struct command *c)
{
    const struct dhk_node *node = broker.ring->partner[RING_POLITIE].node;
    struct checkpoint_vkey v[2];
    struct slice text;
    struct checkpoint cp;
    uint32_t mask = 0;

    checkpoint_vkey_make(
        &v[0], CHECKPOINT_ED25519, RING_ORIGIN, &broker.ring->log_pk);
    checkpoint_vkey_make(&v[1], CHECKPOINT_COSIGNATURE,
        ring_names[RING_POLITIE], &node->card.witness);
    ok(checkpoint_note_open(&text, &mask, c->bytes, v, 2));
    assert_int_equal(mask, 3);
    ok(checkpoint_open(&cp, c->bytes, &v[0], NULL));
    broker.cosigned++;
    broker.size = cp.size;
}

static uint64_t
shown_size(void)
{
    return broker.at != 0 ? broker.at : line.tree.size;
}

/* The head with the lines of those in BROKER.who. */
static struct slice
shown_head(uint8_t mem[LIMIT_CHECKPOINT])
{
    struct merkle_reader reader = tree_reader(&line.tree);
    struct checkpoint cp = {.origin = RING_ORIGIN, .size = shown_size()};
    struct sink out;

    sink_init(&out, mem, LIMIT_CHECKPOINT);
    ok(merkle_root(cp.root, cp.size, &reader));
    if (broker.forks)
        cp.root[0] ^= 1;
    ok(checkpoint_sign(&out, &cp, broker.ring->log, &broker.ring->log_pk));
    for (size_t i = 0; i < RING_PARTNERS; i++) {
        const struct dhk_node *node = broker.ring->partner[i].node;
        if ((broker.who >> i & 1) != 0)
            ok(checkpoint_cosign(&out, &cp, ring_names[i], node->secret.witness,
                &node->card.witness, wall(NULL) / 1000));
    }
    return sink_done(&out);
}

static void
show(const struct command *c, uint64_t lead)
{
    static uint8_t mem[LIMIT_CHECKPOINT], proof[TREE_PROOF];
    struct command reply = {.type = COMMAND_OBJECT,
        .number = c->number,
        .what = COMMAND_GET_CHECKPOINT};
    struct slice list[2 + 3 * RING_PARTNERS] = {{NULL, 0}};
    struct merkle_reader reader = tree_reader(&line.tree);
    struct sink out;
    size_t n = 2;

    if (broker.who == 0) {
        line_give(&line, &reply, NULL, 0);
        return;
    }
    list[0] = shown_head(mem);
    sink_init(&out, proof, sizeof proof);
    if (lead != 0 && lead != shown_size())
        ok(merkle_consistency_prove(&out,
            lead < shown_size() ? lead : shown_size(),
            lead < shown_size() ? shown_size() : lead, &reader));
    if (broker.lies && out.n > 0)
        proof[0] ^= 1;
    list[1] = sink_done(&out);
    for (size_t i = 0; i < RING_PARTNERS; i++) {
        if ((broker.who >> i & 1) == 0)
            continue;
        list[n] =
            slice_of(broker.ring->partner[i].bytes, broker.ring->partner[i].n);
        n += 3;
    }
    line_give(&line, &reply, list, n);
}

/* With the newest head. */
static void
welcome(const struct command *hello)
{
    const struct trust *t = broker.ring->partner[RING_OM].node->trust;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct command c = {.type = COMMAND_WELCOME,
        .number = hello->number,
        .has_agreement = true,
        .has_roster = true,
        .bytes = line_note(&line, mem)};

    memcpy(c.agreement, trust_agreement_hash(t), sizeof c.agreement);
    memcpy(c.roster, trust_roster_hash(t), sizeof c.roster);
    line_say(&line, &c);
}

static bool
serve(struct line *l, const struct command *c)
{
    (void)l;
    broker.heard++;
    if (c->type == COMMAND_HELLO) {
        welcome(c);
        return true;
    }
    if (c->type == COMMAND_COSIGN) {
        hear_cosign(c);
        show(c, broker.size);
        return true;
    }
    if (c->type != COMMAND_GET || c->what != COMMAND_GET_CHECKPOINT)
        return false;
    broker.asked++;
    show(c, c->a);
    return true;
}

static int
begin(void **state)
{
    int rc = receipt_new(state);
    struct evil_receipt *e = *state;

    passed_ms = 0;
    memset(&broker, 0, sizeof broker);
    broker.ring = e->ring;
    line_begin(&line, e->ring);
    line.lie = serve;
    for (size_t i = 0; i < RING_PARTNERS; i++)
        e->ring->partner[i].node->clock = &turned;
    assert_string_equal(e->node->name, "politie");
    return rc;
}

static int
end(void **state)
{
    struct evil_receipt *e = *state;

    dhk_disconnect(e->node);
    line_end(&line);
    return receipt_end(state);
}

static void
grow(void)
{
    uint8_t leaf[MERKLE_HASH] = {9};

    tree_add(&line.tree, leaf);
}

/* The broker takes the bundle that it heard last. */
static void
accept_last(struct evil_receipt *e)
{
    const struct line_message *push = &line.heard[line.heard_n - 1];

    receipt_read(e, slice_of(push->bytes, push->n), line.tree.size);
    size_t n = receipt_write(e);
    line_receipt(&line, push->number, e->index, e->entry, n);
}

static bool
is_counted(struct evil_receipt *e, uint64_t number)
{
    const struct dhk_sent *s = NULL;

    ok(dhk_sent_next(e->node, number - 1, &s));
    assert_int_equal(s->number, number);
    return s->counted;
}

/* --- cosigning ---------------------------------------------------------- */

static void
a_cosigner_cosigns_what_it_proved(void **state)
{
    struct evil_receipt *e = *state;

    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    assert_int_equal(broker.cosigned, 1);
    assert_int_equal(broker.size, line.tree.size);
    assert_int_equal(heads_last(e->node->heads)->size, broker.size);
    /* and keeps it, to compare with others */
    assert_non_null(
        headlist_find(heads_history(e->node->heads), RING_ORIGIN, broker.size));
}

static void
who_is_no_cosigner_says_nothing_more(void **state)
{
    struct evil_receipt *e = *state;
    struct dhk_node *node = e->ring->partner[RING_GEMEENTE].node;

    ok(dhk_connect(node, DHK_RECEIVE, 1000, NULL));
    assert_int_equal(broker.cosigned + broker.asked, 0);
    dhk_disconnect(node);
    ok(dhk_connect(node, DHK_SEND, 1000, NULL));
    assert_int_equal(broker.cosigned + broker.asked, 0);
    dhk_disconnect(node);
}

static void
in_a_long_session_it_cosigns_now_and_then(void **state)
{
    struct evil_receipt *e = *state;

    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    grow();
    for (int i = 0; i < 5; i++)
        ok(dhk_flush(e->node, 0, NULL));
    assert_int_equal(broker.cosigned, 1);
    passed_ms += PAUSE_MS;
    ok(dhk_flush(e->node, 0, NULL));
    ok(dhk_flush(e->node, 0, NULL));
    assert_int_equal(broker.cosigned, 2);
    assert_int_equal(broker.size, line.tree.size);
    /* nothing new: once an hour */
    passed_ms += PAUSE_MS;
    ok(dhk_flush(e->node, 0, NULL));
    assert_int_equal(broker.cosigned, 2);
    passed_ms += HOUR_MS;
    ok(dhk_flush(e->node, 0, NULL));
    assert_int_equal(broker.cosigned, 3);
    /* who receives does so, too */
    dhk_disconnect(e->node);
    ok(dhk_connect(e->node, DHK_RECEIVE, 1000, NULL));
    assert_int_equal(broker.cosigned, 4);
    grow();
    passed_ms += PAUSE_MS;
    const struct dhk_share *share = NULL;
    assert_int_equal(dhk_receive(e->node, 0, &share, NULL), DHK_NOTFOUND);
    assert_int_equal(broker.cosigned, 5);
}

/* --- what counts -------------------------------------------------------- */

static void
a_receipt_is_provisional_until_a_quorum_covers_it(void **state)
{
    struct evil_receipt *e = *state;

    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    broker.who = ALL; /* of what is there by now */
    passed_ms += PAUSE_MS;
    ok(dhk_flush(e->node, 1000, NULL));
    assert_int_equal(counted_head(e->node->counted)->size, line.tree.size);
    broker.who = 1u << RING_POLITIE;
    (void)receipt_push(e, "hoog");
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    accept_last(e);
    ok(dhk_flush(e->node, 1000, NULL));
    assert_false(is_counted(e, 1));
    /* with its accepted entry, and without the share */
    broker.who = ALL;
    broker.at = line.tree.size - 1;
    passed_ms += PAUSE_MS;
    ok(dhk_flush(e->node, 1000, NULL));
    assert_int_equal(counted_head(e->node->counted)->size, broker.at);
    assert_false(is_counted(e, 1));
    broker.at = 0;
    passed_ms += PAUSE_MS;
    ok(dhk_flush(e->node, 1000, NULL));
    assert_true(is_counted(e, 1));
}

static void
after_a_day_without_a_quorum_nothing_is_sent(void **state)
{
    struct evil_receipt *e = *state;
    struct dhk_problem problem = {""};

    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    passed_ms += 23ull * HOUR_MS;
    (void)receipt_push(e, "hoog");
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    assert_int_equal(line.heard_n, 1);
    accept_last(e);
    ok(dhk_flush(e->node, 1000, NULL));
    passed_ms += HOUR_MS;
    (void)receipt_push(e, "hoog");
    assert_int_equal(dhk_flush(e->node, 1000, &problem), DHK_NOTFOUND);
    assert_non_null(strstr(problem.text, "24 hours"));
    assert_non_null(strstr(problem.text, "2 of the roster's 2"));
    assert_int_equal(line.heard_n, 1);
    /* the next connection is no first one */
    dhk_disconnect(e->node);
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    assert_int_equal(dhk_flush(e->node, 0, &problem), DHK_NOTFOUND);
    assert_int_equal(line.heard_n, 1);
    broker.who = ALL;
    passed_ms += PAUSE_MS;
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    assert_int_equal(line.heard_n, 2);
}

/* A head that others cosigned days ago is no sign that they see this one. */
static void
an_old_quorum_is_none(void **state)
{
    struct evil_receipt *e = *state;

    broker.who = ALL;
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    broker.who = 0;
    passed_ms += 25ull * HOUR_MS;
    (void)receipt_push(e, "hoog");
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    assert_int_equal(line.heard_n, 0);
}

static void
too_few_are_told(void **state)
{
    struct evil_receipt *e = *state;

    broker.who = 1u << RING_POLITIE | 1u << RING_GEMEENTE;
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    assert_null(counted_head(e->node->counted));
    assert_non_null(strstr(e->ring->reported, "no cosigner"));
}

/* --- two views ---------------------------------------------------------- */

static void
two_heads_of_one_size_stop_for_good(void **state)
{
    struct evil_receipt *e = *state;
    struct ring *r = e->ring;
    struct dhk_problem problem = {""};
    char dir[512];

    broker.who = ALL;
    broker.forks = true;
    assert_int_equal(dhk_connect(e->node, DHK_SEND, 1000, &problem), DHK_STATE);
    assert_non_null(strstr(problem.text, "STOP"));
    broker.forks = false;
    broker.heard = 0;
    assert_int_equal(dhk_connect(e->node, DHK_SEND, 1000, &problem), DHK_STATE);
    assert_int_equal(broker.heard, 2); /* only whether the log is closed */
    /* another process, too */
    node_close(&e->node);
    ok(node_open(&e->node, ring_path(dir, r, "politie"), NULL, 0, NULL));
    r->partner[RING_POLITIE].node = e->node;
    assert_true(heads_is_stopped(e->node->heads));
    assert_int_equal(
        dhk_connect(e->node, DHK_QUERY, 1000, &problem), DHK_STATE);
    assert_non_null(strstr(problem.text, "contradict"));
}

/* Whether it counts or not. */
static void
what_too_few_cosigned_is_compared_too(void **state)
{
    struct evil_receipt *e = *state;

    broker.who = 1u << RING_POLITIE;
    broker.forks = true;
    assert_int_equal(dhk_connect(e->node, DHK_SEND, 1000, NULL), DHK_STATE);
    assert_true(heads_is_stopped(e->node->heads));
}

static void
a_proof_that_leads_nowhere_is_evidence(void **state)
{
    struct evil_receipt *e = *state;
    struct dhk_problem problem = {""};

    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    broker.who = ALL;
    broker.lies = true;
    passed_ms += PAUSE_MS;
    grow(); /* behind what the node has: it asks, and the proof is wrong */
    line.lie = serve;
    e->node->cosign_ms = UINT64_MAX;
    assert_int_equal(dhk_flush(e->node, 1000, &problem), DHK_STATE);
    assert_non_null(strstr(problem.text, "contradicts"));
    assert_false(heads_is_stopped(e->node->heads)); /* a router could do it */
    assert_null(counted_head(e->node->counted));
}

#define witness_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        witness_test(a_cosigner_cosigns_what_it_proved),
        witness_test(who_is_no_cosigner_says_nothing_more),
        witness_test(in_a_long_session_it_cosigns_now_and_then),
        witness_test(a_receipt_is_provisional_until_a_quorum_covers_it),
        witness_test(after_a_day_without_a_quorum_nothing_is_sent),
        witness_test(an_old_quorum_is_none),
        witness_test(too_few_are_told),
        witness_test(two_heads_of_one_size_stop_for_good),
        witness_test(what_too_few_cosigned_is_compared_too),
        witness_test(a_proof_that_leads_nowhere_is_evidence),
    };

    return cmocka_run_group_tests_name("witness", tests, NULL, NULL);
}
