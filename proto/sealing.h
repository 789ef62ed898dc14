/* SPDX-License-Identifier: EUPL-1.2
 *
 * Makes envelopes, at the sender: draws nonce, keys, salts and slots, seals
 * every field and every recipient's wrap, and shuffles the recipients. */
#ifndef PROTO_SEALING_H
#define PROTO_SEALING_H

#include "manifest.h"
#include "wrap.h"

struct sealing_recipient {
    struct slice partner;
    uint8_t card[32];
    struct dh_public seal;    /* of that card */
    uint32_t fields;          /* bitmap it may open */
    uint64_t counter;         /* per (own card, partner), from 1 */
    struct slice psk_id, psk; /* empty without a pre-shared key */
};
struct sealing_plan {
    struct slice origin, sender, kind, purpose, ground;
    const uint8_t *agreement;   /* 32 */
    const uint8_t *card;        /* 32, own */
    const uint8_t *case_handle; /* 16 */
    const uint8_t *reply_to;    /* 32 or NULL */
    const uint8_t *actor;       /* 16 */
    uint64_t created, expires, covert;
    uint64_t seq;
    const uint8_t *previous; /* 32 or NULL */
    bool to;
    size_t fields_n;                  /* of the kind */
    uint32_t presence;                /* which have a value */
    struct slice value[LIMIT_FIELDS]; /* UTF-8, at most LIMIT_VALUE */
    size_t parties_n;                 /* recipient slots, of the agreement */
    struct sealing_recipient recipient[LIMIT_PARTIES];
    size_t recipients_n;
    size_t attributes_n;                      /* of the kind */
    struct slice attribute[LIMIT_ATTRIBUTES]; /* a msgpack value; empty: slot
                                                 random */
    struct manifest_exclusion exclusion[LIMIT_EXCLUSIONS];
    size_t exclusions_n;
};
/* The ephemeral key of one bundle, and what it agreed on with each recipient:
 * the agreement is the dearest step, and paid once for all envelopes. */
struct sealing_key {
    struct dh_secret *own;
    struct dh_public pk;
    struct wrap_agreed agreed[LIMIT_PARTIES];
    bool used[LIMIT_PARTIES]; /* in this bundle */
    size_t agreed_n;
    enum { SEALING_READY, SEALING_USED, SEALING_SPENT } state;
    struct key_pool pool;
};
DHK_MUST_USE enum dhk_err sealing_key_new(struct sealing_key **out);
void sealing_key_destroy(struct sealing_key **k); /* wipes */
/* For the next bundle: a pair that this process sealed no envelope with, and
 * salts that are drawn from now on. (A fork after sealing_key_prepare() leaves
 * the pair to both: their wraps stay apart by each envelope's nonce.) */
void sealing_key_begin(struct sealing_key *k);
/* No more envelopes: wipes all that is secret, and keeps whom it was agreed
 * with. */
void sealing_key_spend(struct sealing_key *k);
/* The next pair, and what it agrees on with who got the last bundle, while
 * nobody waits; of a key that was not spent nothing changes. */
void sealing_key_prepare(struct sealing_key *k);

/* Seals into OUT (an encoded envelope) and gives its id. KEY is the bundle's,
 * spent or destroyed by the caller after the last envelope. Errors:
 * DHK_LIMIT; DHK_AUTH (a recipient's key yields an all-zero secret);
 * DHK_FORMAT (the plan does not hold together: a field shared that is not
 * present, two recipients with one name, ...). OUT is as before then. */
DHK_MUST_USE enum dhk_err sealing_envelope(struct sink *out,
    uint8_t id[ENVELOPE_ID], const struct sealing_plan *plan,
    struct sealing_key *key);

#endif
