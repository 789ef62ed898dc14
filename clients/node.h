/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node directory: whose it is, its card's keys, and the broker that it is
 * joined to. Everything in it is of mode 0600 or 0700.
 *
 *   node.conf                   name = politie ; broker = NAME (the default)
 *   identity.key identity.pub   may be moved away: it signs cards only
 *   cards/SERIAL.key .card      daily keys
 *   store.key                   locks what outbox, inbox and cases keep
 *   cases/HANDLE                locked labels
 *   brokers/NAME/               see trust.h, heads.h, outbox.h, inbox.h
 */
#ifndef CLIENTS_NODE_H
#define CLIENTS_NODE_H

#include "err.h"
#include "bytes.h"
#include "card.h"
#include "clock.h"
#include "limits.h"
#include "problem.h"

struct trust;
struct cards;
struct counted;
struct heads;
struct held;
struct proving;
struct session;
struct outbox;
struct inbox;
struct sent;

enum { NODE_PATH = 4096, NODE_ENDPOINT = 256, NODE_CARDS_MAX = 256 };

struct dhk_node {
    char dir[NODE_PATH];
    char name[LIMIT_NAME + 1];
    char broker[LIMIT_NAME + 1]; /* empty: not joined to one */
    char broker_dir[NODE_PATH];
    char endpoint[NODE_ENDPOINT];
    const struct clock *clock;
    bool has_card;    /* a valid card is there, and its secrets are loaded */
    struct card card; /* the newest valid one */
    struct card_secret secret;
    uint8_t
        *passphrase; /* of the cards' key files, in guarded memory; or NULL */
    size_t passphrase_n;
    bool application_keeps;  /* outbox and inbox: see struct dhk_options */
    uint8_t *store_key;      /* SEAL_KEY bytes of guarded memory */
    struct trust *trust;     /* NULL: not joined */
    struct cards *cards;     /* other partners' */
    struct heads *heads;     /* checkpoints seen */
    struct counted *counted; /* the newest that a quorum stands behind */
    struct held *held;       /* shares that stay unanswered */
    struct proving *proving; /* refusals that wait for a proof */
    struct session *session; /* NULL: not connected */
    unsigned hellos;         /* said so far, of all sessions */
    uint64_t confirm;        /* outcomes up to here, once durable; 0: none */
    uint64_t consistency_ms; /* monotonic: when the sender asks next */
    uint64_t cosign_ms;      /* the same: when this node cosigns next, ... */
    uint64_t counted_ms;     /* ... and asks for a head that counts */
    uint64_t cosigned;       /* size of the head that it cosigned last, ... */
    int64_t cosigned_at;     /* ... and when, in seconds */
    bool told_uncounted;     /* that a head does not count */
    struct outbox *outbox;   /* opened when first needed */
    struct inbox *inbox;
    struct sealer *sealer;
    void (*report)(void *ctx, const char *sentence);
    void *report_ctx;
    struct sent *sent; /* what dhk_sent_next() showed last */
};

/* Flags of node_open(). */
enum {
    NODE_LOCKED = 1,   /* leave the card's secrets alone: no passphrase needed;
                          connecting and sealing are impossible */
    NODE_UNJOINED = 2, /* fine when no broker is there yet */
};
DHK_MUST_USE enum dhk_err node_open(struct dhk_node **out, const char *dir,
    const struct dhk_options *options, unsigned flags,
    struct dhk_problem *problem);
void node_close(struct dhk_node **node);

/* Seconds since 1970 by the node's clock. */
int64_t node_now(const struct dhk_node *node);
/* PATH (NODE_PATH bytes) = DIR/NAME. */
DHK_MUST_USE enum dhk_err node_path(
    char *path, const char *dir, const char *name);
/* Where a folder FOLDER of the broker's has the file of a case, by its handle
 * of 16 bytes; MAKE: the folder, too. Errors as file_mkdir(). */
DHK_MUST_USE enum dhk_err node_case_path(char *path,
    const struct dhk_node *node, const char *folder, const uint8_t *handle,
    bool make);
/* The value of NAME in a file of "name = value" lines; DHK_NOTFOUND. */
DHK_MUST_USE enum dhk_err node_setting(
    char *value, size_t cap, const char *path, const char *name);
/* The node's report function, when there is one. */
void node_report(const struct dhk_node *node, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Works with the card ID from now on, while it is valid: what was sealed with
 * it and has no receipt yet can only be sent by it. DHK_NOTFOUND: it is not
 * here, or not valid any more. */
DHK_MUST_USE enum dhk_err node_use_card(struct dhk_node *node,
    const uint8_t id[CARD_ID], struct dhk_problem *problem);

/* The outbox or inbox of the joined broker, opened when it is not yet.
 * DHK_EXISTS: another process works with it (tried for a second). */
DHK_MUST_USE enum dhk_err node_outbox(
    struct dhk_node *node, struct dhk_problem *problem);
DHK_MUST_USE enum dhk_err node_inbox(
    struct dhk_node *node, struct dhk_problem *problem);

#endif
