/* SPDX-License-Identifier: EUPL-1.2
 *
 * The heart of the broker: what comes in is verified, decided, stored in one
 * transaction per batch, and answered after the commit; what needs a signed
 * head is answered when the keeper has signed. It knows no socket: messages
 * come in by calls and go out by struct core_output, so that tests run it in
 * their own process. Everything from peers and router is hostile. */
#ifndef BROKER_CORE_H
#define BROKER_CORE_H

#include "confirms.h"
#include "await.h"
#include "command.h"
#include "control.h"
#include "cosign.h"
#include "force.h"
#include "index.h"
#include "ledger.h"
#include "mailbox.h"
#include "meter.h"
#include "peer.h"
#include "stale.h"
#include "standing.h"

enum { CORE_PATH = 4096, CORE_SCRATCH = LIMIT_MESSAGE + 8192 };

struct core_config {
    char origin[LIMIT_ORIGIN + 1];
    char signers[CORE_PATH]; /* the allowed_signers file */
    uint64_t redeliver_ms;
    uint64_t reconnect_ms;
    uint64_t window; /* most open shares per receiving connection */
    uint64_t quota;  /* most shares in one mailbox, ... */
    uint64_t quota_bytes;
    uint64_t quota_age_ms; /* ... and the age of the oldest; 0: any */
    uint64_t max_expiry_days;
    bool has_before; /* a ledger that begins goes on for a closed one */
    struct checkpoint before;
};

struct core_head { /* to be signed */
    uint64_t size;
    uint8_t root[32];
    uint64_t old;
    struct slice proof; /* consistency from old to size */
};

struct core_output {
    void *ctx;
    void (*send)(void *ctx, uint64_t peer, struct slice message);
    void (*drop)(void *ctx, uint64_t peer);
    void (*access)(void *ctx, struct slice keys);
    void (*sign)(void *ctx, const struct core_head *head);
    void (*reply)(void *ctx, uint32_t client, uint8_t code, struct slice text);
    /* EVENT is one word-with-hyphens; LINE has names and numbers only */
    void (*log)(void *ctx, const char *event, const char *line);
};

/* A roster or agreement that was not put in force, until one is. */
enum { CORE_REFUSED_TEXT = 400 };
struct core_refused {
    uint64_t time;               /* ms; 0: none was */
    char why[CORE_REFUSED_TEXT]; /* "FILE:LINE:COLUMN: ..." */
};

struct core_later; /* a message that waits for the commit */
struct judge;      /* accept.c's working memory */

struct core {
    struct core_config cfg;
    struct core_output out;
    struct store *store;
    const struct clock *clock;

    struct store_txn *txn; /* of the batch; read-only after its commit */
    uint64_t batch;        /* its number */
    bool dirty;            /* the batch wrote */
    enum dhk_err failed;   /* the batch cannot be committed */
    uint64_t now;          /* broker's time of the batch, ms */
    uint64_t mono;         /* monotonic time of the batch, ms */
    uint64_t wall_base, mono_base; /* where both clocks stood last */
    bool clock_stopped;            /* a jump waits for an operator */
    uint64_t clock_behind; /* ms behind the ledger that one has explained */

    struct ledger ledger;
    struct standing standing;
    struct force force;
    struct seals *seals;
    struct index *index;
    struct courses *courses;
    uint64_t index_pause;  /* monotonic ms: the store was full for a block */
    struct agreement *old; /* another agreement that shares still name */
    uint8_t old_sha256[32];
    struct peers peers;
    struct confirms confirms;
    struct cosigns cosigns;
    struct await_queue waiting; /* for a signed head */
    struct await_queue fresh;   /* the same, of this batch */
    struct core_later *later, **later_end;
    bool pages_wait;      /* some were left for the next batch */
    bool signing;         /* the keeper has a head of ours */
    uint64_t keeper_size; /* of the head that it signed last */
    /* a head that it signed and that this batch could not take any more */
    bool late;
    struct checkpoint late_head;
    uint8_t late_signature[KEY_SIGNATURE];
    bool router_up;
    bool access_due, news_due;
    bool redo_due; /* decide open shares again; nothing is delivered before */
    uint64_t redo_at;    /* the last of them that was */
    struct stale stale;  /* shares to be returned: their case changed */
    bool mail_due;       /* cards changed: return what nobody can open */
    uint64_t again_at;   /* monotonic ms: look at what is late */
    uint64_t synced;     /* monotonic ms: what the journal has went to LMDB */
    uint64_t full_until; /* monotonic ms: the store was full a moment ago */
    uint64_t rejected;   /* messages without any right to an entry */

    struct meter meter;
    struct core_refused agreement_refused, roster_refused;

    struct judge *judge;
    struct entry entry;  /* being written */
    uint8_t *scratch[2]; /* CORE_SCRATCH bytes each */
};

/* What the keeper says of itself. */
struct core_keeper {
    struct slice origin;
    struct sign_public key;
    bool has_head;
    uint64_t size;
    uint8_t root[32];
    uint8_t signature[KEY_SIGNATURE];
};

/* Opens the ledger and everything in force in STORE, which is the caller's as
 * CLOCK and OUT are. DHK_STATE: the store is older than what the keeper
 * signed, or contradicts it; WHY says so. */
DHK_MUST_USE enum dhk_err core_new(struct core **out,
    const struct core_config *cfg, const struct core_output *output,
    struct store *store, const struct clock *clock);
/* Must follow core_new(), once. WHY (256 bytes) gets a sentence on failure. */
DHK_MUST_USE enum dhk_err core_start(
    struct core *c, const struct core_keeper *keeper, char why[256]);
void core_destroy(struct core **c);

/* The parts of a batch, in any number and order. */
void core_router_up(struct core *c);
void core_message(struct core *c, uint64_t peer, const uint8_t transport[32],
    struct slice message);
/* The connection of PEER, who may be unknown, has ended. */
void core_gone(struct core *c, uint64_t peer);
void core_control(struct core *c, uint32_t client, struct slice request);
void core_signed(
    struct core *c, const struct checkpoint *head, const uint8_t sig[64]);
/* What time alone does: expiry, redelivery, keys that became invalid. */
void core_tick(struct core *c);
/* Whether the next batch should begin without waiting. */
bool core_is_busy(const struct core *c);
/* Commits and sends. DHK_OK also when the store was full: then the batch was
 * answered "busy". Anything else is fatal: exit without another word. */
DHK_MUST_USE enum dhk_err core_batch_end(struct core *c);

/* --- for the other modules of core ------------------------------------- */

/* Appends E; a failure fails the batch. */
DHK_MUST_USE enum dhk_err core_append(
    struct core *c, struct entry *e, uint64_t *index);
/* Sets now and mono, and stops acceptance when the clock jumped: then time
 * goes on as if it had not. */
void core_read_clock(struct core *c);
/* Notes that the batch cannot be committed, unless RC is DHK_OK. */
void core_fail(struct core *c, enum dhk_err rc);
/* Whether card N may cause one more entry that serves nobody else, a refusal
 * or a query; counts it. */
DHK_MUST_USE bool core_may_note(struct core *c, uint64_t n);
/* Sends at once / after the commit. */
void core_send(struct core *c, uint64_t peer, const struct command *cmd);
/* REPLY, an OBJECT, with N items, of at most LIMIT_MESSAGE bytes in all; they
 * are not in c->scratch[0]. At once. Errors of command_encode(). */
DHK_MUST_USE enum dhk_err core_send_object(struct core *c, uint64_t peer,
    const struct command *reply, const struct slice *item, size_t n);
void core_send_later(
    struct core *c, const struct peer *p, const struct command *cmd);
void core_error(
    struct core *c, uint64_t peer, uint64_t number, enum command_error error);
/* The reply to an operator, after the commit. */
void core_reply(
    struct core *c, uint32_t client, uint8_t code, const char *text);
void core_reply_bytes(
    struct core *c, uint32_t client, uint8_t code, struct slice bytes);
/* The agreement with this hash, in force or not; NULL if it cannot be had. */
const struct agreement *core_agreement(
    struct core *c, const uint8_t sha256[32]);
void core_log(struct core *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
