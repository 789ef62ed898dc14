/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signature covers the body's bytes as received; nothing is encoded
 * again in order to verify. Secrets live in guarded memory only. */
#include "card.h"

#include <string.h>

#include "pack.h"
#include "text.h"

enum { CARD_VERSION = 1, CARD_PARTS = 2, CARD_FIELDS = 10 };

/* where in the 128 bytes of seeds; that of sign comes first */
enum {
    AT_SEAL = KEY_SEED,
    AT_CURVE = 2 * KEY_SEED,
    AT_WITNESS = 3 * KEY_SEED,
};

static const char label_id[] = "driehoek/v1/card-id";
static const char label_card[] = "driehoek/v1/card";
static const char label_file[] = "DRIEHOEK CARD";

/* The two parts of a card, borrowed from its bytes. */
struct parts {
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
};

static enum dhk_err
split(struct parts *out, struct slice bytes, struct diag *diag)
{
    struct cursor c;
    enum dhk_err rc = DHK_LIMIT;

    if (bytes.n > LIMIT_CARD) {
        if (diag != NULL)
            *diag = (struct diag){"card is too long", LIMIT_CARD};
        goto out;
    }
    cursor_init(&c, bytes);
    unpack_array_of(&c, CARD_PARTS);
    out->body = unpack_bin(&c, LIMIT_CARD);
    unpack_fixed(&c, out->signature, sizeof out->signature);
    rc = cursor_end(&c);
    if (rc != DHK_OK)
        cursor_diag(&c, diag);
out:
    return rc;
}

/* What no card may say, whoever made it; NULL when all is well. */
static const char *
objection(const struct card *card)
{
    if (!bytes_is_name(slice_str(card->partner)))
        return "partner is no name";
    if (card->from < 0 || card->until <= card->from)
        return "validity ends before it begins";
    /* one key per purpose */
    if (key_equal(&card->sign, &card->witness, KEY_BYTES))
        return "one key for signing and witnessing";
    if (key_equal(&card->seal, &card->curve, KEY_BYTES))
        return "one key for sealing and transport";
    return NULL;
}

static void
decode_body(struct card *card, struct cursor *c)
{
    unpack_array_of(c, CARD_FIELDS);
    if (unpack_uint(c, UINT64_MAX) != CARD_VERSION)
        cursor_fail(c, DHK_VERSION, "version of the card is not 1");
    struct slice partner = unpack_name(c);
    if (slice_to_str(partner, card->partner, sizeof card->partner) != DHK_OK)
        cursor_fail(c, DHK_FORMAT, "partner is no name");
    card->serial = unpack_uint(c, UINT64_MAX);
    card->from = (int64_t)unpack_uint(c, INT64_MAX);
    card->until = (int64_t)unpack_uint(c, INT64_MAX);
    card->receives = unpack_bool(c);
    unpack_fixed(c, card->sign.b, KEY_BYTES);
    unpack_fixed(c, card->seal.b, KEY_BYTES);
    unpack_fixed(c, card->curve.b, KEY_BYTES);
    unpack_fixed(c, card->witness.b, KEY_BYTES);
}

enum dhk_err
card_decode(struct card *out, struct slice bytes, struct diag *diag)
{
    struct parts parts;
    struct card card = {0};
    struct cursor c;

    *out = (struct card){0};
    enum dhk_err rc = split(&parts, bytes, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, parts.body);
    decode_body(&card, &c);
    if (c.err == DHK_OK && c.left.n == 0) {
        const char *why = objection(&card);
        if (why != NULL)
            cursor_fail(&c, DHK_FORMAT, why);
    }
    rc = cursor_end(&c);
    if (rc != DHK_OK) {
        cursor_diag(&c, diag);
        goto out;
    }
    seal_hash(card.id, label_id, &parts.body, 1);
    *out = card;
out:
    return rc;
}

enum dhk_err
card_verify(struct slice bytes, const struct sign_public *identity)
{
    struct parts parts;
    enum dhk_err rc = split(&parts, bytes, NULL);
    if (rc != DHK_OK)
        return rc;
    return seal_verify(parts.signature, label_card, &parts.body, 1, identity);
}

static void
encode_body(struct sink *out, const struct card *card)
{
    pack_array(out, CARD_FIELDS);
    pack_uint(out, CARD_VERSION);
    pack_cstr(out, card->partner);
    pack_uint(out, card->serial);
    pack_uint(out, (uint64_t)card->from);
    pack_uint(out, (uint64_t)card->until);
    pack_bool(out, card->receives);
    pack_bin(out, slice_of(card->sign.b, KEY_BYTES));
    pack_bin(out, slice_of(card->seal.b, KEY_BYTES));
    pack_bin(out, slice_of(card->curve.b, KEY_BYTES));
    pack_bin(out, slice_of(card->witness.b, KEY_BYTES));
}

enum dhk_err
card_issue(
    struct sink *out, struct card *card, const struct sign_secret *identity)
{
    uint8_t mem[LIMIT_CARD];
    uint8_t signature[KEY_SIGNATURE];
    struct sink body;

    if (objection(card) != NULL)
        return DHK_FORMAT;
    sink_init(&body, mem, sizeof mem);
    encode_body(&body, card);
    must(body.err == DHK_OK);
    struct slice signed_part = sink_done(&body);
    seal_hash(card->id, label_id, &signed_part, 1);
    seal_sign(signature, label_card, &signed_part, 1, identity);

    pack_array(out, CARD_PARTS);
    pack_bin(out, signed_part);
    pack_bin(out, slice_of(signature, sizeof signature));
    return out->err;
}

enum dhk_err
card_file_encode(struct sink *out, struct slice bytes)
{
    struct card card;
    enum dhk_err rc = card_decode(&card, bytes, NULL);
    if (rc != DHK_OK)
        return rc;
    text_armor(out, label_file, bytes);
    return out->err;
}

enum dhk_err
card_file_decode(struct slice *bytes, uint8_t mem[CARD_FILE_MAX],
    struct slice text, struct diag *diag)
{
    size_t n = 0;
    *bytes = slice_of(NULL, 0);
    enum dhk_err rc = text.n > CARD_FILE_MAX ? DHK_LIMIT
                                             : text_unarmor(mem, CARD_FILE_MAX,
                                                   &n, label_file, text);
    if (rc != DHK_OK) {
        if (diag != NULL)
            *diag = (struct diag){"not a key card file", 0};
        return rc;
    }
    *bytes = slice_of(mem, n);
    return DHK_OK;
}

enum dhk_err
card_secret_new(struct card_secret *out, struct card *card)
{
    *out = (struct card_secret){0};
    enum dhk_err rc = key_sign_new(&out->sign, &card->sign);
    if (rc == DHK_OK)
        rc = key_dh_new(&out->seal, &card->seal);
    if (rc == DHK_OK)
        rc = key_dh_new(&out->curve, &card->curve);
    if (rc == DHK_OK)
        rc = key_sign_new(&out->witness, &card->witness);
    if (rc != DHK_OK)
        card_secret_destroy(out);
    return rc;
}

void
card_secret_seeds(const struct card_secret *s, uint8_t seeds[128])
{
    key_sign_seed(s->sign, seeds);
    key_dh_scalar(s->seal, seeds + AT_SEAL);
    key_dh_scalar(s->curve, seeds + AT_CURVE);
    key_sign_seed(s->witness, seeds + AT_WITNESS);
}

enum dhk_err
card_secret_load(
    struct card_secret *out, const uint8_t seeds[128], const struct card *card)
{
    struct card own = {0};
    *out = (struct card_secret){0};
    enum dhk_err rc = key_sign_from_seed(&out->sign, &own.sign, seeds);
    if (rc == DHK_OK)
        rc = key_dh_from_seed(&out->seal, &own.seal, seeds + AT_SEAL);
    if (rc == DHK_OK)
        rc = key_dh_from_seed(&out->curve, &own.curve, seeds + AT_CURVE);
    if (rc == DHK_OK)
        rc =
            key_sign_from_seed(&out->witness, &own.witness, seeds + AT_WITNESS);
    if (rc == DHK_OK &&
        (!key_equal(&own.sign, &card->sign, KEY_BYTES) ||
            !key_equal(&own.seal, &card->seal, KEY_BYTES) ||
            !key_equal(&own.curve, &card->curve, KEY_BYTES) ||
            !key_equal(&own.witness, &card->witness, KEY_BYTES)))
        rc = DHK_AUTH;
    if (rc != DHK_OK)
        card_secret_destroy(out);
    return rc;
}

void
card_secret_destroy(struct card_secret *s)
{
    if (s == NULL)
        return;
    key_sign_destroy(&s->sign);
    key_dh_destroy(&s->seal);
    key_dh_destroy(&s->curve);
    key_sign_destroy(&s->witness);
}
