/* SPDX-License-Identifier: EUPL-1.2
 *
 * One signal on the wire: a header, which is signed and hashed as the exact
 * bytes received and never re-encoded, and openings of the slots whose digests
 * the header lists. What a slot holds is readable only with its opening; an
 * absent or withheld slot tells nothing. All slices borrow from the decoded
 * bytes. Layout in PROTOCOL.md; H(l, ...) is seal_hash with label
 * "driehoek/v1/" l.
 *
 *   envelope = [ header:bin, manifest, fields, recipients, attributes ]
 *   header   = [ 1, suite, origin:str, agreement:bin32, sender:name,
 *                card:bin32, kind:name, purpose:name, ground:name,
 *                case:bin16, in-reply-to:bin32|nil, created:uint,
 *                expires:uint, actor:bin16, nonce:bin16, ephemeral:bin32,
 *                field-slots:bin32*n, recipient-slots:bin32*p,
 *                attribute-slots:bin32*a, manifest-slot:bin32 ]
 *   head      = the header's bytes up to (not with) field-slots
 *   head-hash = H("head", head);   id = H("signal", header)
 *   manifest  = [ salt:bin16, bytes:bin ]        slot H("slot-manifest",
 *                nonce, salt, bytes)
 *   field     = [ i, commitment:bin32, ciphertext:bin ]   slot H("slot-field",
 *                nonce, u16be i, commitment, ciphertext)
 *   recipient = [ j, salt:bin16, partner:name, card:bin32, wrap:bin ]  slot
 *                H("slot-recipient", nonce, u16be j, salt, partner, card, wrap)
 *   attribute = [ k, salt:bin16, value ]         slot H("slot-attribute",
 *                nonce, u16be k, salt, value bytes); value = nil (unknown) |
 *                bool | uint | str
 * Openings are listed by strictly ascending index. */
#ifndef PROTO_ENVELOPE_H
#define PROTO_ENVELOPE_H

#include "seal.h"
#include "limits.h"

enum {
    ENVELOPE_VERSION = 1,
    ENVELOPE_SUITE = 1, /* X25519, XChaCha20-Poly1305, BLAKE2b, Ed25519 */
    ENVELOPE_ID = 32,
    ENVELOPE_CASE = 16,
    ENVELOPE_SALT = 16,
    ENVELOPE_WRAP_KEYS = 32,
};

struct envelope_header {
    struct slice bytes; /* the whole header */
    struct slice head;  /* up to the slots */
    uint8_t id[ENVELOPE_ID];
    uint8_t head_hash[32];
    struct slice origin, sender, kind, purpose, ground;
    uint8_t agreement[32];
    uint8_t card[32];
    uint8_t case_handle[ENVELOPE_CASE];
    bool is_reply;
    uint8_t reply_to[ENVELOPE_ID];
    uint64_t created, expires; /* seconds since 1970 UTC, by the sender */
    uint8_t actor[16];
    uint8_t nonce[16];
    struct dh_public ephemeral;
    struct slice field_slots, recipient_slots, attribute_slots;
    uint8_t manifest_slot[32];
};

struct envelope_field {
    uint16_t i;
    uint8_t commitment[32];
    struct slice ciphertext;
};
struct envelope_recipient {
    uint16_t j;
    uint8_t salt[ENVELOPE_SALT];
    struct slice partner;
    uint8_t card[32];
    struct slice wrap;
};
struct envelope_attribute {
    uint16_t k;
    uint8_t salt[ENVELOPE_SALT];
    struct slice value; /* one canonical msgpack value */
};

/* About 20 KiB: on the heap, or static in a process. */
struct envelope {
    struct slice bytes; /* the whole envelope */
    struct envelope_header header;
    bool has_manifest;
    uint8_t manifest_salt[ENVELOPE_SALT];
    struct slice manifest;
    struct envelope_field field[LIMIT_FIELDS];
    size_t fields_n;
    struct envelope_recipient recipient[LIMIT_PARTIES];
    size_t recipients_n;
    struct envelope_attribute attribute[LIMIT_ATTRIBUTES];
    size_t attributes_n;
};

DHK_MUST_USE enum dhk_err envelope_header_decode(
    struct envelope_header *out, struct slice bytes, struct diag *diag);
/* Decodes; digests are not compared yet. */
DHK_MUST_USE enum dhk_err envelope_decode(
    struct envelope *out, struct slice bytes, struct diag *diag);
/* Every opening has the digest that the header lists at its index. DHK_AUTH
 * otherwise. The manifest is compared when has_manifest. */
DHK_MUST_USE enum dhk_err envelope_check(const struct envelope *e);
/* The single comparisons, for openings that travel outside an envelope. */
DHK_MUST_USE enum dhk_err envelope_check_field(
    const struct envelope_header *h, const struct envelope_field *f);
DHK_MUST_USE enum dhk_err envelope_check_recipient(
    const struct envelope_header *h, const struct envelope_recipient *r);
DHK_MUST_USE enum dhk_err envelope_check_attribute(
    const struct envelope_header *h, const struct envelope_attribute *a);

/* Codecs of single openings, for shares. */
void envelope_field_encode(struct sink *out, const struct envelope_field *f);
void envelope_field_decode(struct envelope_field *out, struct cursor *c);
void envelope_recipient_encode(
    struct sink *out, const struct envelope_recipient *r);
void envelope_recipient_decode(
    struct envelope_recipient *out, struct cursor *c);
void envelope_attribute_encode(
    struct sink *out, const struct envelope_attribute *a);
void envelope_attribute_decode(
    struct envelope_attribute *out, struct cursor *c);

/* --- the manifest: for the broker only --------------------------------
 *   manifest = [ seq:uint, presence:uint, to:bool, previous:bin32|nil,
 *                [ [ j, partner:name, card:bin32, fields:uint ] ... ],
 *                [ [ partner:name|nil, fields:uint, code:uint ] ... ] ]
 * recipients by strictly ascending j; exclusions in the sender's order: a nil
 * partner means every recipient; fields 0 means the whole share. */
enum envelope_code { /* why a sender excludes; closed list */
    ENVELOPE_CODE_NONE = 0,
    ENVELOPE_CODE_INVESTIGATION = 1, /* running investigation (embargo) */
    ENVELOPE_CODE_SAFETY = 2,        /* safety of a person */
    ENVELOPE_CODE_SECRECY = 3,       /* professional secrecy */
    ENVELOPE_CODE_SOURCE = 4,        /* protection of a source */
    ENVELOPE_CODE_NECESSITY = 5,     /* not necessary for the purpose */
    ENVELOPE_CODE_THIRD_PARTY = 6,   /* a third party's data or rule */
};
enum { ENVELOPE_CODES = 7 };
/* "investigation" etc.; NULL out of range. */
const char *envelope_code_name(enum envelope_code code);
enum envelope_code envelope_code_find(struct slice name); /* NONE: unknown */

struct manifest_recipient {
    uint16_t j;
    struct slice partner;
    uint8_t card[32];
    uint32_t fields;
};
struct manifest_exclusion {
    struct slice partner; /* empty: every recipient */
    uint32_t fields;      /* 0: the whole share */
    enum envelope_code code;
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
DHK_MUST_USE enum dhk_err envelope_manifest_decode(
    struct manifest *out, struct slice bytes, struct diag *diag);

/* --- sealing (sender) ------------------------------------------------- */
struct envelope_plan_recipient {
    struct slice partner;
    uint8_t card[32];
    struct dh_public seal; /* of that card */
    uint32_t fields;       /* bitmap it may open */
    uint64_t counter;      /* per (own card, partner), from 1 */
    struct slice psk_id, psk; /* empty without a pre-shared key */
};
struct envelope_plan {
    struct slice origin, sender, kind, purpose, ground;
    const uint8_t *agreement; /* 32 */
    const uint8_t *card;      /* 32, own */
    const uint8_t *case_handle; /* 16 */
    const uint8_t *reply_to;    /* 32 or NULL */
    const uint8_t *actor;       /* 16 */
    uint64_t created, expires;
    uint64_t seq;
    const uint8_t *previous; /* 32 or NULL */
    bool to;
    size_t fields_n;          /* of the kind */
    uint32_t presence;        /* which have a value */
    struct slice value[LIMIT_FIELDS]; /* UTF-8, at most LIMIT_VALUE */
    size_t parties_n;         /* recipient slots, of the agreement */
    struct envelope_plan_recipient recipient[LIMIT_PARTIES];
    size_t recipients_n;
    size_t attributes_n;      /* of the kind */
    struct slice attribute[LIMIT_ATTRIBUTES]; /* value; empty: slot random */
    struct manifest_exclusion exclusion[LIMIT_EXCLUSIONS];
    size_t exclusions_n;
};
/* Seals into OUT (an encoded envelope) and gives its id. EPHEMERAL is the
 * bundle's, destroyed by the caller after the last envelope. Values are
 * padded to 2^k - 1 usable bytes (at least 63). Errors: DHK_LIMIT, DHK_AUTH
 * (a recipient's key yields an all-zero secret), DHK_FORMAT (plan does not
 * hold together: a field shared that is not present, two recipients with one
 * name, ...). */
DHK_MUST_USE enum dhk_err envelope_seal(struct sink *out,
    uint8_t id[ENVELOPE_ID], const struct envelope_plan *plan,
    const struct dh_secret *ephemeral, const struct dh_public *ephemeral_pk);

/* --- opening (recipient) ----------------------------------------------
 *   wrap = seal_box([ fields:uint, keys:bin32*popcount, counter:uint ])
 *   key  = keyed H("wrap-key"; DH, ephemeral, seal key, head-hash, psk id, psk)
 *          keyed with DH
 *   aad  = label, head-hash, field-slots, u16be j, partner, card */
struct envelope_wrap {
    uint32_t fields;
    uint64_t counter;
    uint8_t key[ENVELOPE_WRAP_KEYS][32]; /* by field index */
};
DHK_MUST_USE enum dhk_err envelope_unwrap(struct envelope_wrap *out,
    const struct envelope_header *h, const struct envelope_recipient *r,
    const struct dh_secret *seal, const struct dh_public *seal_pk,
    struct slice psk_id, struct slice psk);
/* Opens one field with its key: DHK_AUTH when the commitment or the tag does
 * not hold. OUT holds at least F->ciphertext.n bytes; *VALUE points into it. */
DHK_MUST_USE enum dhk_err envelope_open_field(struct slice *value,
    uint8_t *out, const struct envelope_header *h,
    const struct envelope_field *f, const uint8_t key[32]);

#endif
