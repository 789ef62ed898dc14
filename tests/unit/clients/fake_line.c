/* SPDX-License-Identifier: EUPL-1.2
 *
 * The functions of transport.h, with the linker's --wrap. */
#include "fake_line.h"

#include "receipt.h"
#include "transport.h"

enum dhk_err __wrap_transport_open(struct transport **out, const char *endpoint,
    const struct dh_public *broker, const struct dh_secret *own,
    const struct dh_public *own_pk);
void __wrap_transport_close(struct transport **t);
unsigned __wrap_transport_generation(struct transport *t);
bool __wrap_transport_is_connected(struct transport *t);
bool __wrap_transport_is_refused(struct transport *t);
bool __wrap_transport_is_broken(struct transport *t);
enum dhk_err __wrap_transport_send(
    struct transport *t, struct slice message, int timeout_ms);
enum dhk_err __wrap_transport_receive(
    struct transport *t, struct slice *message, int timeout_ms);

static struct line *line;

static void
drop_waiting(struct line *l)
{
    for (; l->first < l->end; l->first++)
        free(l->waiting[l->first % LINE_WAITING].bytes);
}

void
line_begin(struct line *l, struct ring *ring)
{
    memset(l, 0, sizeof *l);
    l->ring = ring;
    tree_grow(&l->tree, 100);
    line = l;
}

void
line_end(struct line *l)
{
    drop_waiting(l);
    for (size_t i = 0; i < l->heard_n; i++)
        free(l->heard[i].bytes);
    line = NULL;
}

void
line_break(struct line *l)
{
    drop_waiting(l);
    l->generation++;
    l->connections++;
}

void
line_give(
    struct line *l, const struct command *c, const struct slice *list, size_t n)
{
    struct line_message *m = &l->waiting[l->end++ % LINE_WAITING];
    struct sink out;

    assert_true(l->end - l->first <= LINE_WAITING);
    m->bytes = malloc(LIMIT_MESSAGE);
    assert_non_null(m->bytes);
    sink_init(&out, m->bytes, LIMIT_MESSAGE);
    ok(command_encode(&out, c, NULL, 0, list, n));
    m->n = out.n;
}

void
line_say(struct line *l, const struct command *c)
{
    line_give(l, c, NULL, 0);
}

/* --- the ledger -------------------------------------------------------- */

struct slice
line_note(struct line *l, uint8_t mem[LIMIT_CHECKPOINT])
{
    struct merkle_reader reader = tree_reader(&l->tree);
    struct checkpoint cp = {.origin = RING_ORIGIN, .size = l->tree.size};
    struct sink out;

    ok(merkle_root(cp.root, cp.size, &reader));
    sink_init(&out, mem, LIMIT_CHECKPOINT);
    ok(checkpoint_sign(&out, &cp, l->ring->log, &l->ring->log_pk));
    return sink_done(&out);
}

void
line_enter(struct line *l, uint64_t index, struct slice entry)
{
    uint8_t leaf[MERKLE_HASH] = {0};

    assert_true(l->tree.size <= index);
    while (l->tree.size < index)
        tree_add(&l->tree, leaf);
    merkle_leaf(leaf, entry);
    tree_add(&l->tree, leaf);
}

void
line_receipt(struct line *l, uint64_t number, const uint64_t *index,
    const struct slice *entry, size_t n)
{
    static uint8_t mem[LIMIT_MESSAGE], proof[TREE_PROOF];
    uint8_t text[LIMIT_CHECKPOINT], leaf[MERKLE_HASH];
    struct merkle_reader reader = tree_reader(&l->tree);
    struct merkle_multi m = {.index = index, .n = n};
    struct command c = {.type = COMMAND_RECEIPT, .number = number};
    struct sink out, hashes;

    for (size_t i = 0; i < n; i++) {
        assert_int_equal(index[i], l->tree.size);
        merkle_leaf(leaf, entry[i]);
        tree_add(&l->tree, leaf);
    }
    m.size = l->tree.size;
    sink_init(&hashes, proof, sizeof proof);
    ok(merkle_multi_prove(&hashes, &m, &reader));
    sink_init(&out, mem, sizeof mem);
    ok(receipt_encode(
        &out, line_note(l, text), index, entry, n, sink_done(&hashes)));
    c.bytes = sink_done(&out);
    line_say(l, &c);
}

/* --- what the broker says by itself ------------------------------------ */

static void
welcome(struct line *l, uint64_t number)
{
    const struct trust *t = l->ring->partner[RING_OM].node->trust;
    struct command c = {.type = COMMAND_WELCOME,
        .number = number,
        .has_agreement = true,
        .has_roster = true};

    memcpy(c.agreement, trust_agreement_hash(t), sizeof c.agreement);
    memcpy(c.roster, trust_roster_hash(t), sizeof c.roster);
    line_say(l, &c);
}

static void
give_inclusion(struct line *l, const struct command *ask)
{
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    uint8_t text[LIMIT_CHECKPOINT], proof[TREE_PROOF];
    struct merkle_reader reader = tree_reader(&l->tree);
    struct merkle_multi m = {.size = l->tree.size, .index = &ask->a, .n = 1};
    struct slice list[2];
    struct sink out;

    if (ask->a >= l->tree.size ||
        memcmp(l->tree.leaf[ask->a], ask->id.p, MERKLE_HASH) != 0) {
        c.type = COMMAND_ERROR;
        c.error = COMMAND_ERROR_NOTFOUND;
        line_say(l, &c);
        return;
    }
    sink_init(&out, proof, sizeof proof);
    ok(merkle_multi_prove(&out, &m, &reader));
    list[0] = line_note(l, text);
    list[1] = sink_done(&out);
    line_give(l, &c, list, 2);
}

static void
give(struct line *l, const struct command *ask)
{
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    struct slice list[RING_PARTNERS];
    uint8_t text[LIMIT_CHECKPOINT], proof[TREE_PROOF];
    struct merkle_reader reader = tree_reader(&l->tree);
    struct sink out;

    if (ask->what == COMMAND_GET_CARDS) {
        if (l->early != NULL)
            line_say(l, l->early);
        for (size_t i = 0; i < RING_PARTNERS; i++)
            list[i] =
                slice_of(l->ring->partner[i].bytes, l->ring->partner[i].n);
        line_give(l, &c, list, RING_PARTNERS);
        return;
    }
    if (ask->what == COMMAND_GET_REVOCATION) { /* nobody has signed one */
        c.type = COMMAND_ERROR;
        c.error = COMMAND_ERROR_NOTFOUND;
        line_say(l, &c);
        return;
    }
    if (ask->what == COMMAND_GET_INCLUSION) {
        give_inclusion(l, ask);
        return;
    }
    if (ask->what == COMMAND_GET_CHECKPOINT || /* nobody has cosigned one, */
        ask->what == COMMAND_GET_ENDED) { /* and no share ended otherwise */
        line_give(l, &c, NULL, 0);
        return;
    }
    assert_int_equal(ask->what, COMMAND_GET_CONSISTENCY);
    assert_true(ask->b <= l->tree.size);
    sink_init(&out, proof, sizeof proof);
    ok(merkle_consistency_prove(
        &out, ask->a, ask->b == 0 ? l->tree.size : ask->b, &reader));
    list[0] = line_note(l, text);
    list[1] = sink_done(&out);
    line_give(l, &c, list, 2);
}

static void
hear(struct line *l, const struct command *c, struct slice message)
{
    struct line_message *m = &l->heard[l->heard_n++];
    struct slice bytes = c->type == COMMAND_PUSH ? c->bytes : message;

    assert_true(l->heard_n <= LINE_HEARD);
    *m = (struct line_message){.type = c->type,
        .number = c->number,
        .connection = l->connections,
        .bytes = malloc(bytes.n),
        .n = bytes.n};
    assert_non_null(m->bytes);
    memcpy(m->bytes, bytes.p, bytes.n);
}

static void
answer(struct line *l, struct slice message)
{
    struct command c, challenge = {.type = COMMAND_CHALLENGE,
                          .origin = slice_str(RING_ORIGIN)};
    struct command none = {
        .type = COMMAND_OBJECT, .what = COMMAND_GET_CHECKPOINT};

    ok(command_decode(&c, message, NULL));
    challenge.number = c.number;
    challenge.a = (uint64_t)node_now(l->ring->partner[RING_OM].node) * 1000;
    if (c.type == COMMAND_HELLO)
        memcpy(l->cursor, c.hello.cursor, sizeof l->cursor);
    if (l->lie != NULL && l->lie(l, &c))
        return;
    if (c.type == COMMAND_ASK)
        line_say(l, &challenge);
    else if (c.type == COMMAND_HELLO)
        welcome(l, c.number);
    else if (c.type == COMMAND_GET)
        give(l, &c);
    else if (c.type == COMMAND_COSIGN) {
        none.number = c.number;
        line_give(l, &none, NULL, 0);
    } else if (c.type == COMMAND_PUSH || c.type == COMMAND_ANSWER)
        hear(l, &c, message);
}

/* --- the transport ----------------------------------------------------- */

enum dhk_err
__wrap_transport_open(struct transport **out, const char *endpoint,
    const struct dh_public *broker, const struct dh_secret *own,
    const struct dh_public *own_pk)
{
    (void)endpoint;
    (void)broker;
    (void)own;
    (void)own_pk;
    must(line != NULL);
    line->refused = line->refuses;
    line->generation = line->refused ? 0 : 1;
    line->connections++;
    *out = (struct transport *)line;
    return DHK_OK;
}

void
__wrap_transport_close(struct transport **t)
{
    if (*t != NULL)
        drop_waiting(line);
    *t = NULL;
}

unsigned
__wrap_transport_generation(struct transport *t)
{
    (void)t;
    return line->generation;
}

bool
__wrap_transport_is_connected(struct transport *t)
{
    (void)t;
    return !line->down && !line->refused;
}

bool
__wrap_transport_is_broken(struct transport *t)
{
    (void)t;
    return false;
}

bool
__wrap_transport_is_refused(struct transport *t)
{
    (void)t;
    return line->refused;
}

enum dhk_err
__wrap_transport_send(struct transport *t, struct slice message, int timeout_ms)
{
    (void)t;
    (void)timeout_ms;
    if (line->down || line->refused)
        return DHK_NOTFOUND;
    answer(line, message);
    return DHK_OK;
}

enum dhk_err
__wrap_transport_receive(
    struct transport *t, struct slice *message, int timeout_ms)
{
    static uint8_t mem[LIMIT_MESSAGE];
    struct line_message *m = &line->waiting[line->first % LINE_WAITING];

    (void)t;
    (void)timeout_ms;
    if (line->down || line->first == line->end)
        return DHK_NOTFOUND;
    memcpy(mem, m->bytes, m->n);
    *message = slice_of(mem, m->n);
    free(m->bytes);
    line->first++;
    return DHK_OK;
}
