/* SPDX-License-Identifier: EUPL-1.2
 *
 * The manifest of an envelope, which only the broker is shown: what the sender
 * put into the other slots, so that nothing can be stripped unseen.
 *
 *   manifest = [ seq:uint, presence:uint, to:bool, previous:bin32|nil,
 *                [ [ j, partner:name, card:bin32, fields:uint ] ... ],
 *                [ [ partner:name|nil, fields:uint, code:uint ] ... ] ]
 * Recipients by strictly ascending j, each partner once, each with at least
 * one field. Exclusions in the sender's order: a nil partner means every
 * recipient, fields 0 the whole share (not both). */
#ifndef PROTO_MANIFEST_H
#define PROTO_MANIFEST_H

#include "envelope.h"

/* Why a sender excludes. Closed list. */
enum manifest_code {
    MANIFEST_CODE_NONE = 0,
    MANIFEST_CODE_INVESTIGATION = 1, /* running investigation (embargo) */
    MANIFEST_CODE_SAFETY = 2,        /* safety of a person */
    MANIFEST_CODE_SECRECY = 3,       /* professional secrecy */
    MANIFEST_CODE_SOURCE = 4,        /* protection of a source */
    MANIFEST_CODE_NECESSITY = 5,     /* not necessary for the purpose */
    MANIFEST_CODE_THIRD_PARTY = 6,   /* a third party's data or rule */
};
enum { MANIFEST_CODES = 7 };
/* "investigation" etc.; NULL out of range. */
const char *manifest_code_name(enum manifest_code code);
enum manifest_code manifest_code_find(struct slice name); /* NONE: unknown */

struct manifest_recipient {
    uint16_t j;
    struct slice partner;
    uint8_t card[32];
    uint32_t fields;
};
struct manifest_exclusion {
    struct slice partner; /* empty: every recipient */
    uint32_t fields;      /* 0: the whole share */
    enum manifest_code code;
};
struct manifest {
    uint64_t seq;      /* of the card; strictly increasing */
    uint32_t presence; /* fields that have a value */
    bool to;           /* the sender named recipients */
    bool has_previous;
    uint8_t previous[ENVELOPE_ID]; /* the card's signal before this one */
    struct manifest_recipient recipient[LIMIT_PARTIES];
    size_t recipients_n;
    struct manifest_exclusion exclusion[LIMIT_EXCLUSIONS];
    size_t exclusions_n;
};
/* DHK_LIMIT in OUT over LIMIT_MANIFEST. */
void manifest_encode(struct sink *out, const struct manifest *m);
DHK_MUST_USE enum dhk_err manifest_decode(
    struct manifest *out, struct slice bytes, struct diag *diag);
/* Whether the openings of E are those that M lists, none missing and none
 * more: field openings are the presence bitmap; recipient openings have the
 * same j, partner and card; every recipient's fields are present ones.
 * DHK_FORMAT otherwise. Digests are envelope_check()'s business. */
DHK_MUST_USE enum dhk_err manifest_match(
    const struct manifest *m, const struct envelope *e, struct diag *diag);

#endif
