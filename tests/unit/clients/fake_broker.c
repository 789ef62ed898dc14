/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker that lies when it is told to. */
#include "fake_broker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "roster.h"
#include "session.h"
#include "trust.h"

#define ORIGIN "ledger.example.org/1"

static struct roster roster;
static struct checkpoint_vkey vkey;

/* --- what the reader believes ----------------------------------------------
 */

const struct roster *__wrap_trust_roster(const struct trust *t);
const struct checkpoint_vkey *__wrap_trust_log(const struct trust *t);
enum dhk_err __wrap_session_ready(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);
uint64_t __wrap_session_count(struct session *s);
const uint8_t *__wrap_session_nonce(const struct session *s);
enum dhk_err __wrap_session_request(struct session *s, struct command *c,
    struct command *reply, int timeout_ms, struct dhk_problem *problem);

const struct roster *
__wrap_trust_roster(const struct trust *t)
{
    (void)t;
    return &roster;
}

const struct checkpoint_vkey *
__wrap_trust_log(const struct trust *t)
{
    (void)t;
    return &vkey;
}

enum dhk_err
__wrap_session_ready(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    (void)node;
    (void)timeout_ms;
    (void)problem;
    return DHK_OK;
}

uint64_t
__wrap_session_count(struct session *s)
{
    (void)s;
    return 42;
}

static struct fake_broker *
broker_of(const struct session *s)
{
    return (struct fake_broker *)(uintptr_t)s;
}

const uint8_t *
__wrap_session_nonce(const struct session *s)
{
    return broker_of(s)->nonce;
}

const struct checkpoint_vkey *
fake_broker_key(void)
{
    return &vkey;
}

/* --- the broker -------------------------------------------------------------
 */

size_t
fake_broker_text(uint8_t text[TEXT], uint64_t index, bool forked)
{
    int n = snprintf(
        (char *)text, TEXT, "%s %d", forked ? "other" : "entry", (int)index);
    assert_true(n > 0 && n < TEXT);
    return (size_t)n;
}

static void
grow(struct tree *t, bool forked)
{
    uint8_t text[TEXT], leaf[MERKLE_HASH];
    t->size = 0;
    t->stored = 0;
    t->fail_at = UINT64_MAX;
    while (t->size < SIZE) {
        size_t n = fake_broker_text(text, t->size, forked);
        merkle_leaf(leaf, slice_of(text, n));
        tree_add(t, leaf);
    }
}

struct fake_broker *
fake_broker_new(void)
{
    struct fake_broker *b = calloc(1, sizeof *b);
    assert_non_null(b);
    ok(key_init());
    ok(key_sign_new(&b->log, &b->log_pk));
    ok(key_sign_new(&b->stranger, &b->stranger_pk));
    ok(key_sign_new(&b->card, &b->card_pk));
    grow(&b->tree, false);
    grow(&b->other, true);
    b->step = 1;
    b->head = SIZE;
    key_random(b->nonce, sizeof b->nonce);
    memcpy(roster.origin, ORIGIN, sizeof ORIGIN);
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, ORIGIN, &b->log_pk);
    return b;
}

void
fake_broker_destroy(struct fake_broker *b)
{
    key_sign_destroy(&b->log);
    key_sign_destroy(&b->stranger);
    key_sign_destroy(&b->card);
    free(b);
}

static bool
is_now(const struct fake_broker *b, enum fault fault)
{
    return b->fault == fault && b->pages == b->fault_page;
}

static struct tree *
tree_of(struct fake_broker *b)
{
    return b->fault == FAULT_FORK ? &b->other : &b->tree;
}

struct slice
fake_broker_note(struct fake_broker *b, struct sink *out, uint64_t size)
{
    struct checkpoint cp = {.size = size};
    struct merkle_reader reader = tree_reader(tree_of(b));
    bool stranger = is_now(b, FAULT_STRANGER);
    const char *origin =
        is_now(b, FAULT_ORIGIN) ? "ledger.example.org/2" : ORIGIN;
    memcpy(cp.origin, origin, strlen(origin) + 1);
    ok(merkle_root(cp.root, size, &reader));
    ok(checkpoint_sign(out, &cp, stranger ? b->stranger : b->log,
        stranger ? &b->stranger_pk : &b->log_pk));
    return sink_done(out);
}

/* ENCODED in the broker's memory, then read by the node. */
static void
answer(struct fake_broker *b, struct command *reply, struct command *c,
    const uint64_t *index, struct slice *list)
{
    struct sink out;
    size_t n = c->list_n, m = c->indexes_n;
    sink_init(&out, b->mem, sizeof b->mem);
    ok(command_encode(&out, c, index, m, list, n));
    ok(command_decode(reply, sink_done(&out), NULL));
}

static void
give_proof(
    struct fake_broker *b, const struct command *c, struct command *reply)
{
    uint8_t note[LIMIT_CHECKPOINT], proof[LIMIT_PROOF * MERKLE_HASH];
    struct sink n, p;
    struct slice list[2];
    struct merkle_reader reader = tree_reader(tree_of(b));
    struct command object = {
        .type = COMMAND_OBJECT, .what = c->what, .list_n = 2};
    assert_int_equal(c->what, COMMAND_GET_CONSISTENCY);
    b->proofs++;
    sink_init(&n, note, sizeof note);
    sink_init(&p, proof, sizeof proof);
    list[0] = fake_broker_note(b, &n, c->b);
    ok(merkle_consistency_prove(&p, c->a, c->b, &reader));
    if (b->fault == FAULT_PROOF && p.n > 0)
        proof[0] ^= 1;
    list[1] = sink_done(&p);
    answer(b, reply, &object, NULL, list);
}

struct shown {
    uint64_t index[SIZE];
    uint8_t text[SIZE][TEXT];
    struct slice entry[SIZE];
    uint8_t leaf[SIZE][MERKLE_HASH];
    size_t n;
    uint64_t next; /* 0: none */
};

static void
fill(struct fake_broker *b, struct shown *pg, uint64_t from)
{
    uint64_t end = b->until != 0 && b->until < b->head ? b->until : b->head;
    if (is_now(b, FAULT_CUT))
        end = from + 2;
    for (uint64_t i = from; i < end; i++) {
        if (pg->n == PAGE) {
            pg->next = i;
            return;
        }
        if (b->step == 0 || i % b->step != 0 ||
            ((is_now(b, FAULT_LEFT_OUT) || is_now(b, FAULT_MIXED)) &&
                i == from + 1))
            continue;
        pg->index[pg->n] = i;
        size_t n = fake_broker_text(pg->text[pg->n], i, b->fault == FAULT_FORK);
        merkle_leaf(pg->leaf[pg->n], slice_of(pg->text[pg->n], n));
        if (is_now(b, FAULT_ENTRY) && pg->n == 1)
            pg->text[pg->n][0] ^= 1;
        pg->entry[pg->n] = slice_of(pg->text[pg->n], n);
        pg->n++;
    }
}

static void
check_query(struct fake_broker *b, const struct command *c)
{
    struct query q;
    assert_true(c->bytes.n <= sizeof b->query_bytes);
    assert_int_equal(c->has_entry, b->pages > 0);
    if (b->pages > 0) {
        assert_int_equal(c->entry, OWN);
        assert_true(
            slice_equal(c->bytes, slice_of(b->query_bytes, c->bytes.n)));
        return;
    }
    memcpy(b->query_bytes, c->bytes.p, c->bytes.n);
    ok(query_decode(&q, slice_of(b->query_bytes, c->bytes.n), NULL));
    ok(query_verify(&q, &b->card_pk));
    assert_memory_equal(q.nonce, b->nonce, sizeof q.nonce);
    assert_int_equal(q.number, 42);
    assert_true(slice_equal(q.origin, slice_str(ORIGIN)));
    b->query = q;
}

static void
give_page(struct fake_broker *b, const struct command *c, struct command *reply)
{
    struct shown *pg = calloc(1, sizeof *pg);
    uint8_t note[LIMIT_CHECKPOINT], proof[LIMIT_PROOF * MERKLE_HASH];
    struct sink n, p;
    struct merkle_reader reader = tree_reader(tree_of(b));
    assert_non_null(pg);
    check_query(b, c);
    if (is_now(b, FAULT_AGAIN))
        fill(b, pg, 0);
    else
        fill(b, pg, c->a > b->query.from ? c->a : b->query.from);
    sink_init(&n, note, sizeof note);
    sink_init(&p, proof, sizeof proof);
    const struct merkle_multi m = {
        .size = b->head, .index = pg->index, .n = pg->n, .leaves = pg->leaf[0]};
    if (pg->n > 0 && (!b->whole || is_now(b, FAULT_MIXED)))
        ok(merkle_multi_prove(&p, &m, &reader));
    if (is_now(b, FAULT_PLACE))
        pg->index[pg->n - 1]++;
    if (is_now(b, FAULT_STAY))
        pg->next = c->a;
    if (is_now(b, FAULT_AGAIN))
        pg->next = c->a + PAGE;
    if (b->fault == FAULT_LOOP)
        pg->next = PAGE;
    if (is_now(b, FAULT_FAR))
        pg->next = b->head;
    if (is_now(b, FAULT_OVERLAP))
        pg->next = pg->index[pg->n - 1];
    struct command page = {.type = COMMAND_PAGE,
        .a = is_now(b, FAULT_OTHER_OWN) ? OWN - 1 : OWN,
        .bytes = fake_broker_note(b, &n, b->head),
        .has_entry = pg->next != 0,
        .entry = pg->next,
        .indexes_n = pg->n,
        .list_n = pg->n,
        .proof = sink_done(&p)};
    if (is_now(b, FAULT_OBJECT))
        page = (struct command){.type = COMMAND_ANSWERED};
    answer(b, reply, &page, pg->index, pg->entry);
    b->pages++;
    free(pg);
}

enum dhk_err
__wrap_session_request(struct session *s, struct command *c,
    struct command *reply, int timeout_ms, struct dhk_problem *problem)
{
    struct fake_broker *b = broker_of(s);
    (void)timeout_ms;
    (void)problem;
    if (c->type != COMMAND_QUERY) {
        give_proof(b, c, reply);
        return DHK_OK;
    }
    if (is_now(b, FAULT_SILENT))
        return DHK_NOTFOUND;
    if (is_now(b, FAULT_LOST))
        return DHK_STATE;
    give_page(b, c, reply);
    return DHK_OK;
}
