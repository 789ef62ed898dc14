/* SPDX-License-Identifier: EUPL-1.2
 *
 * A whole core in the test's own process: real store, keys, roster and the
 * shipped agreement; the test plays operator, keeper, router and every node,
 * and turns the clock. */
#ifndef TEST_HARNESS_H
#define TEST_HARNESS_H

#include "answer.h"
#include "card.h"
#include "core.h"
#include "delivery.h"
#include "query.h"
#include "receipt.h"
#include "report.h"
#include "sealing.h"
#include "scratch.h"

#define HARNESS_ORIGIN "test.voorbeeldstad.nl/ledger"

enum {
    HARNESS_PARTNERS = 20,
    HARNESS_SIGNERS = 3,
    HARNESS_SIGNALS = 48,
    HARNESS_SENT = 4096,
    HARNESS_WINDOW = 64,
};

struct harness_partner {
    const char *name, *role; /* in the next roster */
    struct sign_secret *identity;
    struct sign_public identity_pk;
    struct card card; /* the newest */
    struct card_secret secret;
    uint8_t card_bytes[LIMIT_CARD];
    size_t card_n;
    uint64_t seq, serial;
    uint64_t counter[HARNESS_PARTNERS];
};

struct harness_message { /* what core sent */
    uint64_t peer;
    struct slice bytes;
    bool taken;
};

/* One node's connection. */
struct harness_node {
    struct harness *h;
    struct harness_partner *partner;
    uint64_t peer;
    uint8_t nonce[32];
    uint64_t queries;
    uint64_t cursor[COMMAND_CLASSES]; /* said in the hello */
    uint64_t from[COMMAND_CLASSES];   /* of the first DELIVER looked at */
    uint64_t to[COMMAND_CLASSES];     /* of the last */
};

struct harness {
    char dir[256];
    char store_dir[512], signers_path[512];
    struct store *store;
    struct core *core;
    struct clock clock;
    uint64_t wall, mono;
    size_t map_bytes;

    struct sign_secret *log_secret;
    struct sign_public log_key;
    bool keeper_waits; /* signs only when told to */
    bool sign_pending;
    struct core_head pending;
    bool has_head;
    struct merkle_head head;
    uint8_t head_signature[KEY_SIGNATURE];

    struct sign_secret *signer[HARNESS_SIGNERS];
    struct sign_public signer_pk[HARNESS_SIGNERS];
    struct harness_partner partner[HARNESS_PARTNERS];
    uint8_t agreement[32]; /* hash of the newest that was added */
    struct agreement *parsed;
    unsigned agreement_version, roster_version;
    uint8_t roster[32];
    const char *cosigners; /* lines of the next roster; NULL: two of two */

    struct harness_message sent[HARNESS_SENT];
    size_t sent_n;
    uint64_t dropped; /* peer dropped last */
    size_t drops, access_n;
    uint8_t access[64][32];
    int reply_code; /* -1: none */
    char reply[32768];
    size_t reply_n;
    uint64_t peers;
    size_t mailbox_full; /* lines of the log that say so */
    bool fail_next;      /* the next batch finds the store full */
    enum dhk_err last;   /* of core_batch_end */
    bool damaged;        /* the store is not whole in the end, on purpose */
};

/* setup and teardown; *STATE is a struct harness with roster, agreement and
 * cards of everybody in force. */
int harness_new(void **state);
int harness_end(void **state);
/* The same with nothing in force. */
int harness_new_empty(void **state);

/* Ends the batch, with the keeper's turn and what follows from it. */
void harness_batch(struct harness *h);
/* The keeper signs what it was given, without a batch end. */
void harness_sign(struct harness *h);
/* Throws away what core sent so far. */
void harness_forget(struct harness *h);
/* Closes everything and starts anew from disk. */
void harness_restart(struct harness *h);
enum dhk_err harness_try_restart(struct harness *h, char why[256]);

struct harness_partner *harness_find(struct harness *h, const char *name);

/* --- the operator --- */
struct harness_text {
    enum control_verb verb;
    struct slice text;
    unsigned signers; /* bits: who signs */
    const char *namespace_;
};
/* Sends and returns the exit code. */
int harness_control(struct harness *h, const struct harness_text *t);
/* How the broker stands; R borrows until the next reply. */
void harness_report(struct harness *h, struct report *r);
int harness_roster(struct harness *h, unsigned signers);
/* The shipped agreement with FROM replaced by TO (NULL: nothing), as the next
 * version. */
int harness_agreement(
    struct harness *h, unsigned signers, const char *from, const char *to);
/* A fresh card; it becomes P's newest when added. */
int harness_card(struct harness *h, struct harness_partner *p, bool receives);
int harness_revoke_text(
    struct harness *h, const uint8_t sha256[32], unsigned signers);
int harness_revoke_card(
    struct harness *h, const uint8_t id[32], unsigned signers);

/* --- nodes --- */
#define HARNESS_ALL_DUTIES 15u
/* Connects and says hello; every message before is forgotten. */
void harness_connect(struct harness *h, struct harness_node *n,
    const char *partner, uint32_t modes);
/* The same, saying that N holds what came up to CURSOR. */
void harness_resume(struct harness *h, struct harness_node *n,
    const char *partner, const uint64_t cursor[COMMAND_CLASSES]);
/* Only asks, for a hello of one's own making. */
void harness_ask(
    struct harness *h, struct harness_node *n, const char *partner);
void harness_hello(struct harness_node *n, uint32_t modes, uint32_t duties);
/* To be freed; just as long, so that a sanitizer sees who reads behind it, or
 * later. */
uint8_t *harness_copy(struct slice bytes);
/* Sends without ending the batch. */
void harness_send(struct harness_node *n, struct slice message);
void harness_send_command(struct harness_node *n, const struct command *c,
    const struct slice *list, size_t list_n);
void harness_credit(struct harness_node *n, uint64_t window);
/* The next message of TYPE to N; false when there is none. C borrows. */
bool harness_take(
    struct harness_node *n, enum command_type type, struct command *c);
/* The code of the next ERROR to N, or NONE. */
enum command_error harness_error(struct harness_node *n);

/* --- signals --- */
struct harness_signal {
    const char *kind, *purpose, *ground;
    const char *to[4];  /* recipients, NULL-ended */
    uint32_t fields[4]; /* wrapped for each; 0: what is permitted */
    uint32_t presence;  /* 0: the first four fields */
    uint32_t no;        /* attributes that are answered no, not yes */
    unsigned level;     /* of a level; 0: the second, or the first for no */
    bool named;         /* manifest's `to` */
    uint64_t seq;       /* 0: the next */
    uint64_t expires;   /* 0: in a week */
    uint64_t covert;
    const char *sender, *origin; /* NULL: as it should be */
    const uint8_t *agreement;
    const uint8_t *case_handle;
    const uint8_t *reply_to;
    const uint8_t *recipient_card; /* in place of every recipient's */
    struct manifest_exclusion exclusion;
    size_t attributes_less; /* slots fewer than the kind has */
    bool skip_attribute;    /* the first is not opened */
};
/* The police signal of rule P5 and its kind, to be changed by tests. */
extern const struct harness_signal harness_p5;
/* P6, to gemeente and om. */
extern const struct harness_signal harness_p6;

struct harness_bundle {
    uint8_t mem[LIMIT_BUNDLE_BYTES];
    struct slice bytes;
    size_t n;
    uint8_t id[HARNESS_SIGNALS][32];
};
void harness_seal(struct harness_node *n, struct harness_bundle *out,
    const struct harness_signal *signals, size_t n_signals);
/* Pushes and ends the batch. */
void harness_push(struct harness_node *n, const struct harness_bundle *b);
/* The receipt that came for the last push; verified; NULL: none came. */
struct receipt *harness_receipt(struct harness_node *n);
/* Seals one signal, pushes it, and returns the code of its decision. */
enum entry_code harness_code(
    struct harness_node *n, const struct harness_signal *s);

/* --- shares --- */
struct harness_share {
    uint64_t index;
    uint8_t leaf[32];
    uint8_t id[32];
    uint32_t fields, attributes;
    char sender[LIMIT_NAME + 1];
    size_t approvals; /* that came with it */
    bool opens;       /* signature, digests, wrap and every field are good */
};
/* Every share delivered to N since it was last looked; how many. */
size_t harness_shares(
    struct harness_node *n, struct harness_share *out, size_t max);
/* Answers SHARES as OUTCOME, and ends the batch. */
void harness_answer(struct harness_node *n, const struct harness_share *shares,
    size_t count, enum answer_outcome outcome);
/* Confirms the outcomes up to CURSOR, without ending the batch. */
void harness_confirm(struct harness_node *n, uint64_t cursor);
/* Reads entry INDEX from the store. */
void harness_entry(struct harness *h, uint64_t index, struct entry *out);
/* How many entries of KIND the ledger has. */
size_t harness_count(struct harness *h, enum entry_kind kind);

extern const char *const harness_signatories[HARNESS_SIGNERS];

/* --- what most tests need --- */

enum { HARNESS_SEND = COMMAND_MODE_SEND | COMMAND_MODE_OUTCOMES };
/* MS pass, on both clocks; and core does what is due then. */
void harness_pass(struct harness *h, uint64_t ms);
void harness_turn(struct harness *h, uint64_t ms);
/* The kind of the entry that the next OUTCOMES to N names last, which is *E;
 * ENTRY_NONE: none came. */
enum entry_kind harness_outcome(struct harness_node *n, struct entry *e);

/* The receiving card of partner NAME, and what waits for it. */
struct force_card *harness_mailbox(struct harness *h, const char *name);

/* Pushes COUNT of S in bundles of twenty; their receipts still come. */
void harness_push_many(
    struct harness_node *n, const struct harness_signal *s, size_t count);

#define harness_test(f)                                                        \
    cmocka_unit_test_setup_teardown(f, harness_new, harness_end)
#define harness_test_empty(f)                                                  \
    cmocka_unit_test_setup_teardown(f, harness_new_empty, harness_end)

#endif
