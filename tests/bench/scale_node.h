/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node of the protocol and nothing more: no outbox, no inbox, nothing is
 * verified that the broker says. What it costs is small beside what the broker
 * does, and thousands fit one process. */
#ifndef BENCH_SCALE_NODE_H
#define BENCH_SCALE_NODE_H

#include "command.h"
#include "scale_world.h"

enum { NODE_BUNDLE = 32, NODE_PENDING = 64 };

enum node_state { NODE_NEW, NODE_ASKED, NODE_READY };
struct node_pending { /* a bundle without a receipt */
    uint64_t number;
    size_t n;
    uint8_t *bytes;
};
struct node {
    const struct world *world;
    struct world_card *card;
    struct sign_secret *sign; /* while it is active */
    void *socket;
    enum node_state state;
    uint64_t asked_at; /* ms */
    uint64_t asked;    /* number of the last question; others are too late */
    uint32_t modes;
    uint64_t window;
    uint64_t number; /* of messages */
    /* sending */
    struct node *to; /* who receives what it sends */
    uint64_t seq, counter;
    struct node_pending pending[NODE_PENDING];
    size_t pending_n;
    uint64_t receipts; /* of bundles */
    uint64_t answered; /* with an outcome */
    uint64_t pushed, before;
    /* receiving */
    uint64_t received;
    uint64_t mail; /* shares that waited at the hello */
};

/* Loads NODE's signing key. */
void node_wake(struct node *n);
/* Connects NODE in CTX to ENDPOINT, in the background. */
void node_open(struct node *n, void *ctx, const char *endpoint);
void node_close(struct node *n);
/* Says what is due and takes what came; how many messages. NOW in ms. */
size_t node_turn(struct node *n, uint64_t now);
/* Seals COUNT signals with FIELD bytes in each of four fields, and pushes them
 * as one bundle; false when too many wait for a receipt. */
bool node_push(struct node *n, size_t count, size_t field);

#endif
