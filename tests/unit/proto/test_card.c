/* SPDX-License-Identifier: EUPL-1.2
 *
 * Key cards: what is issued decodes and verifies, and nothing else does. */
#include <string.h>

#include "card.h"
#include "pack.h"
#include "vector.h"

struct fixture {
    struct sign_secret *identity;
    struct sign_public identity_pk;
    struct card_secret secret;
    struct card card;
    uint8_t mem[LIMIT_CARD];
    struct slice bytes;
};

static int
set_up(void **state)
{
    static struct fixture f;
    struct sink out;
    memset(&f, 0, sizeof f);
    assert_int_equal(key_sign_new(&f.identity, &f.identity_pk), DHK_OK);
    f.card = (struct card){.partner = "gemeente",
        .serial = 7,
        .from = 1767225600,
        .until = 1775001600,
        .receives = true};
    assert_int_equal(card_secret_new(&f.secret, &f.card), DHK_OK);
    sink_init(&out, f.mem, sizeof f.mem);
    assert_int_equal(card_issue(&out, &f.card, f.identity), DHK_OK);
    f.bytes = sink_done(&out);
    *state = &f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    card_secret_destroy(&f->secret);
    key_sign_destroy(&f->identity);
    return 0;
}

/* DHK_OK when BYTES is a card of the fixture's identity. */
static enum dhk_err
check(const struct fixture *f, struct slice bytes)
{
    struct card card;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = card_decode(&card, bytes, &diag);
    if (rc != DHK_OK)
        assert_non_null(diag.what);
    return rc != DHK_OK ? rc : card_verify(bytes, &f->identity_pk);
}

static void
an_issued_card_decodes_to_itself(void **state)
{
    struct fixture *f = *state;
    struct card got;
    assert_int_equal(card_decode(&got, f->bytes, NULL), DHK_OK);
    assert_int_equal(card_verify(f->bytes, &f->identity_pk), DHK_OK);
    assert_string_equal(got.partner, "gemeente");
    assert_memory_equal(got.id, f->card.id, CARD_ID);
    assert_int_equal(got.serial, 7);
    assert_int_equal(got.from, f->card.from);
    assert_int_equal(got.until, f->card.until);
    assert_true(got.receives);
    assert_memory_equal(&got.sign, &f->card.sign, KEY_BYTES);
    assert_memory_equal(&got.seal, &f->card.seal, KEY_BYTES);
    assert_memory_equal(&got.curve, &f->card.curve, KEY_BYTES);
    assert_memory_equal(&got.witness, &f->card.witness, KEY_BYTES);
}

static void
another_identity_does_not_verify(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(card_verify(f->bytes, &f->card.sign), DHK_AUTH);
}

static void
every_truncation_is_refused(void **state)
{
    struct fixture *f = *state;
    for (size_t n = 0; n < f->bytes.n; n++)
        assert_int_not_equal(check(f, slice_of(f->bytes.p, n)), DHK_OK);
}

static void
trailing_bytes_are_refused(void **state)
{
    struct fixture *f = *state;
    f->mem[f->bytes.n] = 0;
    assert_int_equal(
        check(f, slice_of(f->bytes.p, f->bytes.n + 1)), DHK_FORMAT);
    assert_int_equal(
        card_verify(slice_of(f->bytes.p, f->bytes.n + 1), &f->identity_pk),
        DHK_FORMAT);
}

static void
every_flipped_bit_is_refused(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < f->bytes.n * 8; i++) {
        f->mem[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_int_not_equal(check(f, f->bytes), DHK_OK);
        f->mem[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    assert_int_equal(check(f, f->bytes), DHK_OK);
}

/* What a forger, or a careless program, could sign with a real identity. */
struct forged {
    uint64_t fields, version, from, until;
    const char *partner;
    bool one_sign, one_dh, trailing;
    enum dhk_err expected;
};

static struct slice
forge(uint8_t *mem, const struct fixture *f, const struct forged *how)
{
    uint8_t body_mem[LIMIT_CARD];
    uint8_t sig[KEY_SIGNATURE];
    struct sink body, out;
    const struct card *c = &f->card;
    sink_init(&body, body_mem, sizeof body_mem);
    pack_array(&body, how->fields);
    pack_uint(&body, how->version);
    pack_cstr(&body, how->partner);
    pack_uint(&body, c->serial);
    pack_uint(&body, how->from);
    pack_uint(&body, how->until);
    pack_bool(&body, true);
    pack_bin(&body, slice_of(c->sign.b, KEY_BYTES));
    pack_bin(&body, slice_of(c->seal.b, KEY_BYTES));
    pack_bin(&body, slice_of((how->one_dh ? &c->seal : &c->curve)->b, 32));
    pack_bin(&body, slice_of((how->one_sign ? &c->sign : &c->witness)->b, 32));
    if (how->fields == 11 || how->trailing)
        pack_nil(&body);
    struct slice signed_part = sink_done(&body);
    seal_sign(sig, "driehoek/v1/card", &signed_part, 1, f->identity);
    sink_init(&out, mem, LIMIT_CARD);
    pack_array(&out, 2);
    pack_bin(&out, signed_part);
    pack_bin(&out, slice_of(sig, sizeof sig));
    return sink_done(&out);
}

static void
signed_nonsense_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[LIMIT_CARD];
    static const struct forged cases[] = {
        {10, 1, 5, 9, "om", false, false, false, DHK_OK},
        {10, 2, 5, 9, "om", false, false, false, DHK_VERSION},
        {10, 0, 5, 9, "om", false, false, false, DHK_VERSION},
        {11, 1, 5, 9, "om", false, false, false, DHK_FORMAT},
        {9, 1, 5, 9, "om", false, false, false, DHK_FORMAT},
        {10, 1, 5, 9, "om", false, false, true, DHK_FORMAT},
        {10, 1, 9, 9, "om", false, false, false, DHK_FORMAT},
        {10, 1, 9, 5, "om", false, false, false, DHK_FORMAT},
        {10, 1, 5, UINT64_MAX, "om", false, false, false, DHK_LIMIT},
        {10, 1, 5, 9, "Om", false, false, false, DHK_FORMAT},
        {10, 1, 5, 9, "", false, false, false, DHK_FORMAT},
        {10, 1, 5, 9, "om", true, false, false, DHK_FORMAT},
        {10, 1, 5, 9, "om", false, true, false, DHK_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(check(f, forge(mem, f, &cases[i])), cases[i].expected);
}

static void
nonsense_is_not_issued(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[LIMIT_CARD];
    struct sink out;
    struct card card = f->card;
    card.until = card.from;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(card_issue(&out, &card, f->identity), DHK_FORMAT);
    card = f->card;
    card.partner[0] = '\0';
    assert_int_equal(card_issue(&out, &card, f->identity), DHK_FORMAT);
    assert_int_equal(out.n, 0);
    sink_init(&out, mem, 100);
    assert_int_equal(card_issue(&out, &f->card, f->identity), DHK_LIMIT);
}

static void
a_file_gives_the_same_bytes(void **state)
{
    struct fixture *f = *state;
    uint8_t text[CARD_FILE_MAX];
    uint8_t mem[CARD_FILE_MAX];
    struct sink out;
    struct slice got;
    struct diag diag = {NULL, 0};
    sink_init(&out, text, sizeof text);
    assert_int_equal(card_file_encode(&out, f->bytes), DHK_OK);
    struct slice file = sink_done(&out);
    assert_memory_equal(file.p, "-----BEGIN DRIEHOEK CARD-----\n", 30);
    assert_int_equal(card_file_decode(&got, mem, file, &diag), DHK_OK);
    assert_true(slice_equal(got, f->bytes));
    /* all but the final newline counts */
    for (size_t n = 0; n + 1 < file.n; n++)
        assert_int_not_equal(
            card_file_decode(&got, mem, slice_of(text, n), &diag), DHK_OK);
    text[file.n] = ' ';
    assert_int_not_equal(
        card_file_decode(&got, mem, slice_of(text, file.n + 1), &diag), DHK_OK);
    assert_non_null(diag.what);
}

static void
every_flipped_bit_of_a_file_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t text[CARD_FILE_MAX];
    uint8_t mem[CARD_FILE_MAX];
    struct sink out;
    struct slice got;
    sink_init(&out, text, sizeof text);
    assert_int_equal(card_file_encode(&out, f->bytes), DHK_OK);
    for (size_t i = 0; i < out.n * 8; i++) {
        text[i / 8] ^= (uint8_t)(1 << i % 8);
        bool accepted = card_file_decode(
                            &got, mem, slice_of(text, out.n), NULL) == DHK_OK &&
                        check(f, got) == DHK_OK;
        assert_false(accepted);
        text[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

static void
secrets_come_back_from_their_seeds(void **state)
{
    struct fixture *f = *state;
    struct card_secret loaded;
    uint8_t seeds[128], again[128];
    card_secret_seeds(&f->secret, seeds);
    assert_int_equal(card_secret_load(&loaded, seeds, &f->card), DHK_OK);
    card_secret_seeds(&loaded, again);
    assert_memory_equal(seeds, again, sizeof seeds);
    card_secret_destroy(&loaded);
    card_secret_destroy(&loaded);
    assert_null(loaded.sign);
}

static void
seeds_of_another_card_are_refused(void **state)
{
    struct fixture *f = *state;
    struct card_secret loaded;
    uint8_t seeds[128];
    for (size_t part = 0; part < 4; part++) {
        card_secret_seeds(&f->secret, seeds);
        seeds[part * 32 + 5] ^= 1;
        assert_int_equal(card_secret_load(&loaded, seeds, &f->card), DHK_AUTH);
        assert_null(loaded.sign);
    }
}

static void
a_second_implementation_makes_the_same_card(void **state)
{
    (void)state;
    uint8_t mem[LIMIT_CARD], id[64], pk[64], file[CARD_FILE_MAX];
    uint8_t out_mem[CARD_FILE_MAX], seeds[128], seed[32];
    struct card card, own = {.partner = "gemeente",
                          .serial = 7,
                          .from = 1767225600,
                          .until = 1775001600,
                          .receives = true};
    struct card_secret secret;
    struct sign_secret *identity = NULL;
    struct sign_public identity_pk;
    struct sink out;
    struct slice bytes = vector_read("accept/card/card.bin", mem, sizeof mem);
    assert_int_equal(card_decode(&card, bytes, NULL), DHK_OK);
    (void)vector_read("accept/card/id.bin", id, sizeof id);
    assert_memory_equal(card.id, id, CARD_ID);
    /* the same from the seeds */
    memset(seed, 1, sizeof seed);
    for (size_t i = 0; i < sizeof seeds; i++)
        seeds[i] = (uint8_t)(2 + i / 32);
    assert_int_equal(key_sign_from_seed(&identity, &identity_pk, seed), DHK_OK);
    (void)vector_read("accept/card/identity.bin", pk, sizeof pk);
    assert_memory_equal(&identity_pk, pk, KEY_BYTES);
    assert_int_equal(card_verify(bytes, &identity_pk), DHK_OK);
    assert_int_equal(card_secret_load(&secret, seeds, &card), DHK_OK);
    card_secret_destroy(&secret);
    own.sign = card.sign;
    own.seal = card.seal;
    own.curve = card.curve;
    own.witness = card.witness;
    sink_init(&out, out_mem, sizeof out_mem);
    assert_int_equal(card_issue(&out, &own, identity), DHK_OK);
    assert_true(slice_equal(sink_done(&out), bytes));
    key_sign_destroy(&identity);
    /* and as a file */
    sink_init(&out, out_mem, sizeof out_mem);
    assert_int_equal(card_file_encode(&out, bytes), DHK_OK);
    assert_true(slice_equal(sink_done(&out),
        vector_read("accept/card/card.txt", file, sizeof file)));
}

static void
vectors_to_reject_are_rejected(void **state)
{
    (void)state;
    static const char *const names[] = {"trailing-byte",
        "trailing-byte-in-body", "version-2", "long-integer", "long-string",
        "name-upper-case", "until-before-from", "until-is-from",
        "receives-is-a-number", "signing-key-witnesses",
        "sealing-key-transports", "key-of-31-bytes", "other-label",
        "other-identity"};
    struct sign_public identity;
    uint8_t mem[LIMIT_CARD];
    (void)vector_read("accept/card/identity.bin", mem, sizeof mem);
    memcpy(identity.b, mem, KEY_BYTES);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        struct card card;
        (void)snprintf(path, sizeof path, "reject/card/%s.bin", names[i]);
        struct slice bytes = vector_read(path, mem, sizeof mem);
        enum dhk_err rc = card_decode(&card, bytes, NULL);
        if (rc == DHK_OK)
            rc = card_verify(bytes, &identity);
        if (rc == DHK_OK)
            print_message("accepted: %s\n", path);
        assert_int_not_equal(rc, DHK_OK);
        /* only a wrong signature is left to card_verify() */
        bool signature = strncmp(names[i], "other-", 6) == 0;
        assert_int_equal(rc == DHK_AUTH, signature);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_issued_card_decodes_to_itself),
        cmocka_unit_test(a_second_implementation_makes_the_same_card),
        cmocka_unit_test(vectors_to_reject_are_rejected),
        cmocka_unit_test(another_identity_does_not_verify),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(trailing_bytes_are_refused),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(signed_nonsense_is_refused),
        cmocka_unit_test(nonsense_is_not_issued),
        cmocka_unit_test(a_file_gives_the_same_bytes),
        cmocka_unit_test(every_flipped_bit_of_a_file_is_refused),
        cmocka_unit_test(secrets_come_back_from_their_seeds),
        cmocka_unit_test(seeds_of_another_card_are_refused),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
