/* SPDX-License-Identifier: EUPL-1.2 */
#include "scale_node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "answer.h"
#include "bundle.h"
#include "confirmation.h"
#include "curve.h"
#include "delivery.h"
#include "entry.h"
#include "merkle.h"
#include "sealing.h"
#include "share.h"

enum {
    ASK_AGAIN_MS = 5000,
    RECONNECT_MS = 100,
    RECONNECT_SPREAD_MS = 200,
    RECONNECT_DOUBLINGS = 4,
    FIELDS = 4,
    PRESENT = 15,
    DUTIES = 15,
    WEEK = 7 * 86400,
};

static uint8_t scratch[LIMIT_MESSAGE];

static void
set(void *s, int option, const void *value, size_t n)
{
    if (zmq_setsockopt(s, option, value, n) != 0)
        world_fail("a socket's option");
}

static void
set_int(void *s, int option, int value)
{
    set(s, option, &value, sizeof value);
}

void
node_wake(struct node *n)
{
    struct sign_public pk;

    world_must(key_sign_from_seed(&n->sign, &pk, n->card->seeds), "key");
}

/* As clients/transport.c does. */
void
node_open(struct node *n, void *ctx, const char *endpoint)
{
    uint8_t scalar[KEY_SEED];
    struct card_secret secret;
    uint16_t random;

    key_random(&random, sizeof random);
    int interval = RECONNECT_MS + random % RECONNECT_SPREAD_MS;
    n->socket = zmq_socket(ctx, ZMQ_DEALER);
    if (n->socket == NULL)
        world_fail("no more sockets");
    set_int(n->socket, ZMQ_LINGER, 0);
    set_int(n->socket, ZMQ_IMMEDIATE, 1);
    set_int(n->socket, ZMQ_SNDHWM, CURVE_HWM);
    set_int(n->socket, ZMQ_RCVHWM, CURVE_HWM);
    set_int(n->socket, ZMQ_HANDSHAKE_IVL, CURVE_HANDSHAKE_MS);
    set_int(n->socket, ZMQ_HEARTBEAT_IVL, CURVE_HEARTBEAT_MS);
    set_int(n->socket, ZMQ_HEARTBEAT_TIMEOUT, CURVE_HEARTBEAT_TIMEOUT_MS);
    set_int(n->socket, ZMQ_RECONNECT_IVL, interval);
    set_int(n->socket, ZMQ_RECONNECT_IVL_MAX, interval << RECONNECT_DOUBLINGS);
    world_must(
        card_secret_load(&secret, n->card->seeds, &n->card->card), "card");
    key_dh_scalar(secret.curve, scalar);
    card_secret_destroy(&secret);
    set(n->socket, ZMQ_CURVE_SERVERKEY, n->world->curve_key.b, KEY_BYTES);
    set(n->socket, ZMQ_CURVE_PUBLICKEY, n->card->card.curve.b, KEY_BYTES);
    set(n->socket, ZMQ_CURVE_SECRETKEY, scalar, sizeof scalar);
    key_wipe(scalar, sizeof scalar);
    if (zmq_connect(n->socket, endpoint) != 0)
        world_fail("cannot connect");
    n->state = NODE_NEW;
}

void
node_close(struct node *n)
{
    if (n->socket != NULL)
        (void)zmq_close(n->socket);
    n->socket = NULL;
    for (size_t i = 0; i < n->pending_n; i++)
        free(n->pending[i].bytes);
    n->pending_n = 0;
}

static bool
send_bytes(struct node *n, struct slice bytes)
{
    return zmq_send(n->socket, bytes.p, bytes.n, ZMQ_DONTWAIT) >= 0;
}

static bool
send_command(
    struct node *n, const struct command *c, const struct slice *list, size_t k)
{
    struct sink out;

    sink_init(&out, scratch, sizeof scratch);
    world_must(command_encode(&out, c, NULL, 0, list, k), "command");
    return send_bytes(n, sink_done(&out));
}

/* --- hello --- */

static void
send_pending(struct node *n, const struct node_pending *p)
{
    struct command c = {.type = COMMAND_PUSH,
        .number = p->number,
        .bytes = slice_of(p->bytes, p->n)};

    (void)send_command(n, &c, NULL, 0);
}

static void
ask(struct node *n, uint64_t now)
{
    struct command c = {.type = COMMAND_ASK, .number = ++n->number};

    if (!send_command(n, &c, NULL, 0))
        return; /* not connected yet */
    n->state = NODE_ASKED;
    n->asked_at = now;
    n->asked = c.number;
}

static void
take_challenge(struct node *n, const struct command *c)
{
    struct command_hello h = {.origin = slice_str(n->world->origin),
        .modes = n->modes,
        .duties = DUTIES};
    struct sink out;

    if (c->number != n->asked)
        return;
    memcpy(h.card, n->card->card.id, CARD_ID);
    memcpy(h.nonce, c->nonce, sizeof h.nonce);
    sink_init(&out, scratch, sizeof scratch);
    bool awake = n->sign != NULL;
    if (!awake)
        node_wake(n);
    world_must(command_hello_issue(&out, ++n->number, &h, n->sign), "hello");
    if (!awake)
        key_sign_destroy(&n->sign);
    (void)send_bytes(n, sink_done(&out));
}

static void
take_welcome(struct node *n, const struct command *c)
{
    struct command credit = {
        .type = COMMAND_CREDIT, .number = ++n->number, .a = n->window};

    n->state = NODE_READY;
    n->mail = c->b;
    if (n->window > 0)
        (void)send_command(n, &credit, NULL, 0);
    for (size_t i = 0; i < n->pending_n; i++)
        send_pending(n, &n->pending[i]);
}

/* --- sending --- */

static void
seal(struct node *n, struct sink *all, uint8_t id[ENVELOPE_ID], size_t field,
    struct sealing_key *key)
{
    static uint8_t text[LIMIT_VALUE];
    static struct sealing_plan plan; /* large */
    uint8_t handle[16], actor[16];

    memset(text, 'x', field);
    memset(&plan, 0, sizeof plan);
    key_random(handle, sizeof handle);
    key_random(actor, sizeof actor);
    plan.origin = slice_str(n->world->origin);
    plan.sender = slice_str(n->card->card.partner);
    plan.kind = slice_str("bericht");
    plan.purpose = slice_str("overleg");
    plan.ground = slice_str("grond");
    plan.agreement = n->world->agreement;
    plan.card = n->card->card.id;
    plan.case_handle = handle;
    plan.actor = actor;
    plan.created = (uint64_t)time(NULL);
    plan.expires = plan.created + WEEK;
    plan.seq = ++n->seq;
    plan.to = true;
    plan.fields_n = FIELDS;
    plan.presence = PRESENT;
    for (size_t i = 0; i < FIELDS; i++)
        plan.value[i] = slice_of(text, field);
    plan.parties_n = n->world->parties;
    plan.recipients_n = 1;
    plan.recipient[0] = (struct sealing_recipient){
        .partner = slice_str(n->to->card->card.partner),
        .seal = n->to->card->card.seal,
        .fields = PRESENT,
        .counter = ++n->counter};
    memcpy(plan.recipient[0].card, n->to->card->card.id, CARD_ID);
    world_must(sealing_envelope(all, id, &plan, key), "sealing");
}

bool
node_push(struct node *n, size_t count, size_t field)
{
    static uint8_t mem[LIMIT_BUNDLE_BYTES], bundle[LIMIT_BUNDLE_BYTES];
    struct slice envelope[NODE_BUNDLE];
    struct sink all, out;
    uint8_t ids[ENVELOPE_ID * NODE_BUNDLE];
    struct sealing_key *key = NULL;

    if (n->pending_n == NODE_PENDING || n->state != NODE_READY)
        return false;
    sink_init(&all, mem, sizeof mem);
    world_must(sealing_key_new(&key), "sealing");
    for (size_t i = 0; i < count; i++) {
        size_t at = all.n;
        seal(n, &all, ids + ENVELOPE_ID * i, field, key);
        envelope[i] = slice_of(mem + at, all.n - at);
    }
    sealing_key_destroy(&key);
    sink_init(&out, bundle, sizeof bundle);
    world_must(
        bundle_encode(&out, n->card->card.id, envelope, count, ids, n->sign),
        "bundle");
    struct node_pending *p = &n->pending[n->pending_n++];
    p->number = ++n->number;
    p->n = out.n;
    p->bytes = malloc(out.n);
    if (p->bytes == NULL)
        world_fail("out of memory");
    memcpy(p->bytes, bundle, out.n);
    n->pushed += count;
    send_pending(n, p);
    return true;
}

static struct node_pending *
pending(struct node *n, uint64_t number)
{
    for (size_t i = 0; i < n->pending_n; i++) {
        if (n->pending[i].number == number)
            return &n->pending[i];
    }
    return NULL;
}

static void
take_receipt(struct node *n, const struct command *c)
{
    struct node_pending *p = pending(n, c->number);

    if (p == NULL)
        return;
    free(p->bytes);
    *p = n->pending[--n->pending_n];
    n->receipts++;
}

static void
take_outcomes(struct node *n, const struct command *c)
{
    static struct entry e;
    struct confirmation said = {
        .origin = slice_str(n->world->origin), .cursor = c->a};
    struct command confirm = {.type = COMMAND_CONFIRM, .number = ++n->number};
    uint8_t mem[LIMIT_CONFIRMATION];
    struct sink out;
    struct cursor list;
    struct diag diag;

    command_list(&list, c->list);
    for (size_t i = 0; i < c->list_n; i++) {
        world_must(
            entry_decode(&e, command_list_next(&list), &diag), "outcome");
        if (e.kind == ENTRY_DELIVERED)
            n->answered += e.u.delivered.n;
        else
            world_fail("a share was not taken");
    }
    memcpy(said.card, n->card->card.id, CARD_ID);
    sink_init(&out, mem, sizeof mem);
    bool awake = n->sign != NULL;
    if (!awake)
        node_wake(n);
    world_must(confirmation_issue(&out, &said, n->sign), "confirmation");
    if (!awake)
        key_sign_destroy(&n->sign);
    confirm.bytes = sink_done(&out);
    (void)send_command(n, &confirm, NULL, 0);
}

static void
take_error(struct node *n, const struct command *c)
{
    struct node_pending *p = pending(n, c->number);

    if (c->error == COMMAND_ERROR_BUSY && p != NULL)
        send_pending(n, p);
    else if (c->error == COMMAND_ERROR_STATE ||
             (c->error == COMMAND_ERROR_AUTH && n->state == NODE_ASKED))
        n->state = NODE_NEW; /* asked twice: one of the hellos was late */
    else if (c->error != COMMAND_ERROR_BUSY)
        world_fail(command_error_name(c->error));
}

/* --- receiving --- */

struct answering {
    struct node *node;
    struct answer answer;
    char sender[LIMIT_NAME + 1];
};

static void
flush(struct answering *a)
{
    struct command c = {.type = COMMAND_ANSWER, .number = ++a->node->number};
    uint8_t mem[8192];
    struct sink out;

    if (a->answer.items_n == 0)
        return;
    a->answer.origin = slice_str(a->node->world->origin);
    a->answer.sender = slice_str(a->sender);
    memcpy(a->answer.card, a->node->card->card.id, CARD_ID);
    sink_init(&out, mem, sizeof mem);
    world_must(answer_issue(&out, &a->answer, a->node->sign), "answer");
    struct slice list = sink_done(&out);
    (void)send_command(a->node, &c, &list, 1);
    a->node->received += a->answer.items_n;
    a->answer.items_n = 0;
}

static void
take_share(struct answering *a, struct slice bytes)
{
    static struct share s;
    static struct entry e;
    struct diag diag;

    world_must(share_decode(&s, bytes, &diag), "share");
    world_must(entry_decode(&e, s.entry, &diag), "share");
    if (a->answer.items_n == LIMIT_ANSWER ||
        !slice_equal(e.u.share.sender, slice_str(a->sender)))
        flush(a);
    world_must(
        slice_to_str(e.u.share.sender, a->sender, sizeof a->sender), "sender");
    struct answer_item *item = &a->answer.item[a->answer.items_n++];
    merkle_leaf(item->entry_hash, s.entry);
    item->outcome = ANSWER_TAKEN;
    item->detail = 0;
}

static void
take_delivery(struct node *n, const struct command *c)
{
    static struct answering a;
    struct delivery d;
    struct bundle_statement st;
    struct slice bytes;
    struct diag diag;

    a.node = n;
    a.answer.items_n = 0;
    world_must(delivery_decode(&d, c->bytes, &diag), "delivery");
    while (delivery_group_next(&d, &st)) {
        while (delivery_share_next(&d, &bytes))
            take_share(&a, bytes);
    }
    flush(&a);
}

static void
take(struct node *n, const struct command *c)
{
    static void (*const takes[])(struct node *, const struct command *) = {
        [COMMAND_CHALLENGE] = take_challenge,
        [COMMAND_WELCOME] = take_welcome,
        [COMMAND_RECEIPT] = take_receipt,
        [COMMAND_DELIVER] = take_delivery,
        [COMMAND_OUTCOMES] = take_outcomes,
        [COMMAND_ERROR] = take_error,
    };

    if (c->type < sizeof takes / sizeof takes[0] && takes[c->type] != NULL)
        takes[c->type](n, c);
}

size_t
node_turn(struct node *n, uint64_t now)
{
    static uint8_t mem[LIMIT_MESSAGE + 1];
    struct command c;
    struct diag diag;
    size_t taken = 0;
    int got;

    if (n->state == NODE_NEW ||
        (n->state == NODE_ASKED && now - n->asked_at > ASK_AGAIN_MS))
        ask(n, now);
    while ((got = zmq_recv(n->socket, mem, sizeof mem, ZMQ_DONTWAIT)) >= 0) {
        world_must(
            command_decode(&c, slice_of(mem, (size_t)got), &diag), "message");
        take(n, &c);
        taken++;
    }
    return taken;
}
