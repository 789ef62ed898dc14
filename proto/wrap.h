/* SPDX-License-Identifier: EUPL-1.2
 *
 * The wrap of one recipient: which fields it may open, their keys, and a
 * counter by which it sees a gap. Both directions, so that they cannot differ.
 *
 *   wrap  = seal_box([ fields:uint, keys:bin32*popcount, counter:uint ])
 *   key   = keyed H("wrap-key", ephemeral, seal key, head-hash, u16be j,
 *           partner, card, psk id, psk), keyed with the X25519 result
 *   aad   = field-slots; all else is bound by the key
 * At least one field and a counter from 1. */
#ifndef PROTO_WRAP_H
#define PROTO_WRAP_H

#include "envelope.h"

struct wrap { /* holds secrets: wipe with wrap_wipe() */
    uint32_t fields;
    uint64_t counter;              /* per (sender's card, partner), from 1 */
    uint8_t key[LIMIT_FIELDS][32]; /* by field index */
};
void wrap_wipe(struct wrap *w);

/* What one's own key and another's agreed on (X25519), kept while it serves:
 * all envelopes of a bundle have one ephemeral key. Holds a secret: wipe with
 * key_wipe(). Starts zeroed. */
struct wrap_agreed {
    bool is_set;
    struct dh_public theirs;
    uint8_t secret[SEAL_KEY];
};
/* OWN agrees with THEIRS, unless A holds that already; A must always be given
 * the same OWN. DHK_AUTH: THEIRS yields an all-zero secret; A is unset. */
DHK_MUST_USE enum dhk_err wrap_agree(struct wrap_agreed *a,
    const struct dh_secret *own, const struct dh_public *theirs);

struct wrap_keys {
    const uint8_t *secret;        /* SEAL_KEY bytes, of the agreement */
    const struct dh_public *seal; /* of the recipient's card */
    struct slice psk_id, psk;     /* empty without a pre-shared key */
};

/* Seals W for recipient R (its j, partner and card) into MEM of LIMIT_WRAP
 * bytes; R->wrap points there then. Of H only head_hash, ephemeral and
 * field_slots are read. */
DHK_MUST_USE enum dhk_err wrap_seal(struct envelope_recipient *r,
    uint8_t mem[LIMIT_WRAP], const struct envelope_header *h,
    const struct wrap *w, const struct wrap_keys *keys);
/* DHK_AUTH when it does not open, DHK_FORMAT when what is inside is not of
 * the form or names a field that the header has no slot for; W is wiped
 * then. */
DHK_MUST_USE enum dhk_err wrap_open(struct wrap *w,
    const struct envelope_header *h, const struct envelope_recipient *r,
    const struct wrap_keys *keys);

#endif
