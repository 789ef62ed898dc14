/* SPDX-License-Identifier: EUPL-1.2
 *
 * A small ring of real nodes for the tests: two signatories, three partners
 * with keys, cards and directories of their own, a signed roster and a signed
 * agreement in force. No broker: a test plays it. */
#ifndef UNIT_CLIENTS_RING_H
#define UNIT_CLIENTS_RING_H

#include "../broker/scratch.h"

#include "texts.h"
#include "cards.h"
#include "compiled_hash.h"
#include "enroll.h"
#include "entry.h"
#include "node.h"
#include "trust.h"

enum { RING_POLITIE = 0, RING_OM, RING_GEMEENTE, RING_PARTNERS };
enum { RING_SIGNERS = 2, RING_TEXT = 8192 };
#define RING_ORIGIN "proef.example/ledger"

struct ring_partner {
    struct dhk_node *node;
    struct card card;
    uint8_t bytes[LIMIT_CARD]; /* of the card */
    size_t n;
};
struct ring {
    char dir[256];
    struct sign_secret *signer[RING_SIGNERS]; /* of politie and om */
    struct sign_public signer_pk[RING_SIGNERS];
    struct sign_secret *log;
    struct sign_public log_pk;
    struct dh_public curve;
    char signers[2048], roster[RING_TEXT];
    struct ring_partner partner[RING_PARTNERS];
    char reported[512]; /* by the nodes, last */
};

/* The agreement's text, of VERSION; EXTRA rules at its end. */
void ring_agreement(char out[RING_TEXT], unsigned version,
    const char *supersedes, const char *extra);
extern const char *const ring_names[RING_PARTNERS];

/* setup and teardown */
int ring_new(void **state);
int ring_end(void **state);

/* TEXT with the signatures of the signers in the bits of WHO. */
struct trust_text *ring_sign(const struct ring *r, const char *text,
    const char *namespace_, unsigned who);
void ring_sign_end(struct trust_text **t);
/* The compiled hash of an agreement; zeros for another text. */
struct slice ring_compiled(uint8_t out[COMPILED_HASH], struct slice text);
/* Puts TEXT in force at every node. */
void ring_in_force(struct ring *r, const char *text);
/* DIR/NAME */
const char *ring_path(char out[512], const struct ring *r, const char *name);
/* A signal of kind melding with three fields, attribute ernst LEVEL. */
struct dhk_signal *ring_signal(const char *level);

#endif
