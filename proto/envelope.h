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
 *                expires:uint, covert:uint, actor:bin16, nonce:bin16,
 *                ephemeral:bin32, field-slots:bin32*n, recipient-slots:bin32*p,
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
 * A withheld manifest is nil. Openings are listed by strictly ascending index;
 * a ciphertext is 64, 128 .. 16384 bytes and the tag long. The manifest's bytes
 * are read by manifest.h, a wrap by wrap.h, a ciphertext by field.h; sealing.h
 * makes envelopes. Times are seconds up to ENVELOPE_TIME_MAX. */
#ifndef PROTO_ENVELOPE_H
#define PROTO_ENVELOPE_H

#include "seal.h"
#include "limits.h"

enum {
    ENVELOPE_VERSION = 1,
    ENVELOPE_SUITE = 1, /* X25519, ChaCha20-Poly1305, BLAKE2b, Ed25519 */
    ENVELOPE_ID = 32,
    ENVELOPE_CASE = 16,
    ENVELOPE_SALT = 16,
};

/* A signal is covert for at most so many seconds: five years, for no longer
 * does the law have the records themselves kept. A day is left for clocks. */
#define ENVELOPE_COVERT_MAX (UINT64_C(1831) * 86400)

/* The end of the year 9999: milliseconds fit an int64_t too. */
#define ENVELOPE_TIME_MAX UINT64_C(253402300799)

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
    uint64_t covert; /* until then it is in no subject's answer; 0: it is */
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
/* The same without the hashes of it: id and head_hash stay zero. For who needs
 * neither, or has the id already; a header is hashed as long as it is. */
DHK_MUST_USE enum dhk_err envelope_header_parse(
    struct envelope_header *out, struct slice bytes, struct diag *diag);
void envelope_header_id(
    uint8_t id[ENVELOPE_ID], const struct envelope_header *h);
/* Only the agreement that a header names, whatever else it holds; zeros when
 * it cannot be read. */
void envelope_header_agreement(uint8_t agreement[32], struct slice header);
/* From the header's bytes and the openings of E; E->bytes is not read. */
void envelope_encode(struct sink *out, const struct envelope *e);
/* Decodes; digests are not compared yet. */
DHK_MUST_USE enum dhk_err envelope_decode(
    struct envelope *out, struct slice bytes, struct diag *diag);
/* The same; id and head_hash stay zero. */
DHK_MUST_USE enum dhk_err envelope_parse(
    struct envelope *out, struct slice bytes, struct diag *diag);
/* Every opening has the digest that the header lists at its index. DHK_AUTH
 * otherwise. The manifest is compared when has_manifest. */
DHK_MUST_USE enum dhk_err envelope_check(const struct envelope *e);
/* What the digests are made of, for whoever makes envelopes. */
void envelope_digest_field(
    uint8_t out[32], const uint8_t nonce[16], const struct envelope_field *f);
void envelope_digest_recipient(uint8_t out[32], const uint8_t nonce[16],
    const struct envelope_recipient *r);
void envelope_digest_attribute(uint8_t out[32], const uint8_t nonce[16],
    const struct envelope_attribute *a);
void envelope_digest_manifest(uint8_t out[32], const uint8_t nonce[16],
    const uint8_t salt[ENVELOPE_SALT], struct slice manifest);
/* The single comparisons, for openings that travel outside an envelope. */
DHK_MUST_USE enum dhk_err envelope_check_field(
    const struct envelope_header *h, const struct envelope_field *f);
DHK_MUST_USE enum dhk_err envelope_check_recipient(
    const struct envelope_header *h, const struct envelope_recipient *r);
DHK_MUST_USE enum dhk_err envelope_check_attribute(
    const struct envelope_header *h, const struct envelope_attribute *a);

/* Codecs of openings, for shares. The lists are bounded by what H has slots
 * for, strictly ascending; the number of openings is returned. */
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
void envelope_fields_encode(
    struct sink *out, const struct envelope_field *field, size_t n);
size_t envelope_fields_decode(struct envelope_field field[LIMIT_FIELDS],
    const struct envelope_header *h, struct cursor *c);
void envelope_attributes_encode(
    struct sink *out, const struct envelope_attribute *attribute, size_t n);
size_t envelope_attributes_decode(
    struct envelope_attribute attribute[LIMIT_ATTRIBUTES],
    const struct envelope_header *h, struct cursor *c);

#endif
