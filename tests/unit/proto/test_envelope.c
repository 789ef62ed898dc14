/* SPDX-License-Identifier: EUPL-1.2
 *
 * Envelopes: what is sealed opens for whom it is meant, and what is moved,
 * swapped, flipped, dropped or made twice is found out. */
#include "envelope_make.h"

static struct make_world world;
static struct sealing_plan plan;
static uint8_t mem_a[MAKE_MAX], mem_b[MAKE_MAX];
static struct envelope a, b; /* two envelopes of one plan */
static uint8_t id_a[ENVELOPE_ID], id_b[ENVELOPE_ID];

static int
set_up(void **state)
{
    (void)state;
    wiretest_deterministic(5);
    assert_int_equal(key_init(), DHK_OK);
    make_world(&world);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    make_world_end(&world);
    return 0;
}

static int
seal_both(void **state)
{
    (void)state;
    wiretest_deterministic(5);
    make_plan(&plan, &world);
    assert_int_equal(
        envelope_decode(&a, make_envelope(mem_a, id_a, &plan, &world), NULL),
        DHK_OK);
    assert_int_equal(
        envelope_decode(&b, make_envelope(mem_b, id_b, &plan, &world), NULL),
        DHK_OK);
    return 0;
}

static enum dhk_err
again(struct sink *out, struct slice in)
{
    static struct envelope e;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = envelope_decode(&e, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(e.fields_n, 0);
        return rc;
    }
    envelope_encode(out, &e);
    return out->err;
}

/* Takes only what agrees with the digests of a header that is A's. */
static enum dhk_err
checked(struct sink *out, struct slice in)
{
    static struct envelope e;
    enum dhk_err rc = envelope_decode(&e, in, NULL);
    if (rc == DHK_OK)
        rc = envelope_check(&e);
    if (rc == DHK_OK && memcmp(e.header.id, id_a, ENVELOPE_ID) != 0)
        rc = DHK_AUTH;
    return rc == DHK_OK ? again(out, in) : rc;
}

/* --- the honest way ------------------------------------------------------ */

static void
what_is_sealed_opens_for_its_recipient(void **state)
{
    struct wrap w;
    uint8_t out[FIELD_CIPHERTEXT_MAX];
    struct slice value;
    (void)state;
    assert_int_equal(envelope_check(&a), DHK_OK);
    struct envelope_recipient *r = make_find(&a, "gemeente");
    assert_int_equal(make_unwrap(&w, &a.header, r, &world.gemeente), DHK_OK);
    assert_int_equal(w.fields, 0x09);
    assert_int_equal(w.counter, 7);
    assert_int_equal(a.fields_n, 3);
    assert_int_equal(a.field[2].i, 3);
    assert_int_equal(
        field_open(&value, out, &a.header, &a.field[2], w.key[3]), DHK_OK);
    assert_true(slice_equal(value, slice_str("Zorgen om twee kinderen")));
    assert_int_equal(
        field_open(&value, out, &a.header, &a.field[1], w.key[3]), DHK_AUTH);
    wrap_wipe(&w);
}

static void
the_header_says_what_the_plan_said(void **state)
{
    (void)state;
    const struct envelope_header *h = &a.header;
    assert_memory_equal(h->id, id_a, ENVELOPE_ID);
    assert_true(slice_equal(h->sender, slice_str("politie")));
    assert_true(slice_equal(h->kind, slice_str("zorgsignaal")));
    assert_true(slice_equal(h->purpose, slice_str("persoonsgericht")));
    assert_true(slice_equal(h->ground, slice_str("wpg-20")));
    assert_memory_equal(h->agreement, world.agreement, 32);
    assert_memory_equal(h->card, world.card, 32);
    assert_memory_equal(h->case_handle, world.case_handle, 16);
    assert_false(h->is_reply);
    assert_int_equal(h->created, 1772000000);
    assert_int_equal(h->expires, 1774592000);
    assert_int_equal(h->covert, 1790000000);
    assert_int_equal(h->field_slots.n, MAKE_FIELDS * 32);
    assert_int_equal(h->recipient_slots.n, MAKE_PARTIES * 32);
    assert_int_equal(h->attribute_slots.n, 3 * 32);
}

static void
the_manifest_says_what_the_plan_said(void **state)
{
    static struct manifest m;
    (void)state;
    assert_true(a.has_manifest);
    assert_int_equal(manifest_decode(&m, a.manifest, NULL), DHK_OK);
    assert_int_equal(m.seq, 41);
    assert_int_equal(m.presence, 0x0b);
    assert_false(m.to);
    assert_false(m.has_previous);
    assert_int_equal(m.recipients_n, 2);
    assert_int_equal(m.exclusions_n, 1);
    assert_int_equal(m.exclusion[0].partner.n, 0);
    assert_int_equal(m.exclusion[0].code, MANIFEST_CODE_SOURCE);
    assert_int_equal(manifest_match(&m, &a, NULL), DHK_OK);
}

static void
the_header_looks_the_same_for_absent_fields(void **state)
{
    static uint8_t mem[MAKE_MAX];
    static struct envelope e;
    uint8_t id[ENVELOPE_ID];
    (void)state;
    plan.presence = 0x01;
    plan.recipients_n = 1;
    plan.recipient[0].fields = 0x01;
    plan.attribute[1] = slice_of(NULL, 0);
    assert_int_equal(
        envelope_decode(&e, make_envelope(mem, id, &plan, &world), NULL),
        DHK_OK);
    assert_int_equal(e.fields_n, 1);
    assert_int_equal(e.recipients_n, 1);
    assert_int_equal(e.attributes_n, 1);
    assert_int_equal(e.header.bytes.n, a.header.bytes.n);
    assert_int_equal(e.header.field_slots.n, a.header.field_slots.n);
    assert_int_equal(e.header.recipient_slots.n, a.header.recipient_slots.n);
    /* random slots, not empty ones */
    for (size_t i = 0; i < MAKE_FIELDS; i++)
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(e.header.field_slots.p + i * 32,
                e.header.field_slots.p + k * 32, 32);
}

static void
recipients_take_every_place(void **state)
{
    static uint8_t mem[MAKE_MAX];
    static struct envelope e;
    uint8_t id[ENVELOPE_ID];
    unsigned seen[MAKE_PARTIES] = {0};
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        assert_int_equal(
            envelope_decode(&e, make_envelope(mem, id, &plan, &world), NULL),
            DHK_OK);
        seen[make_find(&e, "om")->j]++;
    }
    for (size_t j = 0; j < MAKE_PARTIES; j++)
        assert_true(seen[j] > 10);
}

static void
values_of_every_length_come_back(void **state)
{
    static uint8_t mem[FIELD_CIPHERTEXT_MAX], out[FIELD_CIPHERTEXT_MAX];
    static char text[LIMIT_VALUE + 1];
    static const size_t lengths[] = {0, 1, 63, 64, 65, 127, 128, 129, 255, 256,
        257, 8191, 8192, 8193, LIMIT_VALUE - 1, LIMIT_VALUE};
    uint8_t key[32] = {1};
    struct slice value;
    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct envelope_field f = {.i = 2};
        struct slice v = slice_of(text, lengths[i]);
        assert_int_equal(field_seal(&f, mem, &a.header, v, key), DHK_OK);
        assert_int_equal(f.ciphertext.n, field_ciphertext_size(lengths[i]));
        assert_int_equal(field_open(&value, out, &a.header, &f, key), DHK_OK);
        assert_true(slice_equal(value, v));
    }
    assert_int_equal(field_ciphertext_size(0), 64 + SEAL_TAG);
    assert_int_equal(field_ciphertext_size(64), 64 + SEAL_TAG);
    assert_int_equal(field_ciphertext_size(65), 128 + SEAL_TAG);
    assert_int_equal(field_ciphertext_size(256), 256 + SEAL_TAG);
    assert_int_equal(field_ciphertext_size(LIMIT_VALUE), 16384 + SEAL_TAG);
    assert_int_equal(field_ciphertext_size(LIMIT_VALUE + 1), 0);
}

/* --- attacks ------------------------------------------------------------- */

static void
a_ciphertext_under_another_header_is_refused(void **state)
{
    struct wrap w;
    uint8_t out[FIELD_CIPHERTEXT_MAX];
    struct slice value;
    (void)state;
    assert_int_equal(envelope_check_field(&b.header, &a.field[0]), DHK_AUTH);
    assert_int_equal(
        make_unwrap(&w, &a.header, make_find(&a, "gemeente"), &world.gemeente),
        DHK_OK);
    /* even if the digest were not compared */
    assert_int_equal(
        field_open(&value, out, &b.header, &a.field[0], w.key[0]), DHK_AUTH);
    b.field[0] = a.field[0];
    assert_int_equal(envelope_check(&b), DHK_AUTH);
}

static void
a_ciphertext_at_another_index_is_refused(void **state)
{
    struct wrap w;
    uint8_t out[FIELD_CIPHERTEXT_MAX];
    struct slice value;
    struct envelope_field moved = a.field[0];
    (void)state;
    moved.i = 3;
    assert_int_equal(envelope_check_field(&a.header, &moved), DHK_AUTH);
    assert_int_equal(
        make_unwrap(&w, &a.header, make_find(&a, "gemeente"), &world.gemeente),
        DHK_OK);
    assert_int_equal(
        field_open(&value, out, &a.header, &moved, w.key[0]), DHK_AUTH);
    moved.i = 31; /* beyond the slots */
    assert_int_equal(envelope_check_field(&a.header, &moved), DHK_AUTH);
}

static void
every_flipped_byte_of_a_ciphertext_is_found(void **state)
{
    struct wrap w;
    static uint8_t copy[FIELD_CIPHERTEXT_MAX], out[FIELD_CIPHERTEXT_MAX];
    struct slice value;
    struct envelope_field f = a.field[0];
    (void)state;
    assert_int_equal(
        make_unwrap(&w, &a.header, make_find(&a, "gemeente"), &world.gemeente),
        DHK_OK);
    memcpy(copy, f.ciphertext.p, f.ciphertext.n);
    f.ciphertext.p = copy;
    for (size_t i = 0; i < f.ciphertext.n; i++) {
        copy[i] ^= 0x40;
        assert_int_equal(envelope_check_field(&a.header, &f), DHK_AUTH);
        assert_int_equal(
            field_open(&value, out, &a.header, &f, w.key[0]), DHK_AUTH);
        assert_int_equal(value.n, 0);
        copy[i] ^= 0x40;
    }
    assert_int_equal(field_open(&value, out, &a.header, &f, w.key[0]), DHK_OK);
}

static void
swapped_wraps_are_refused(void **state)
{
    struct wrap w;
    struct envelope_recipient *g = make_find(&a, "gemeente");
    struct envelope_recipient *o = make_find(&a, "om");
    (void)state;
    struct slice kept = g->wrap;
    g->wrap = o->wrap;
    o->wrap = kept;
    assert_int_equal(envelope_check(&a), DHK_AUTH);
    assert_int_equal(make_unwrap(&w, &a.header, g, &world.gemeente), DHK_AUTH);
    assert_int_equal(make_unwrap(&w, &a.header, o, &world.om), DHK_AUTH);
    assert_int_equal(w.fields, 0);
}

static void
a_wrap_under_another_header_or_slot_is_refused(void **state)
{
    struct wrap w;
    struct envelope_recipient r = *make_find(&a, "gemeente");
    (void)state;
    assert_int_equal(envelope_check_recipient(&b.header, &r), DHK_AUTH);
    assert_int_equal(make_unwrap(&w, &b.header, &r, &world.gemeente), DHK_AUTH);
    r.j = (uint16_t)((r.j + 1) % MAKE_PARTIES);
    assert_int_equal(envelope_check_recipient(&a.header, &r), DHK_AUTH);
    assert_int_equal(make_unwrap(&w, &a.header, &r, &world.gemeente), DHK_AUTH);
}

static void
a_changed_recipient_is_refused(void **state)
{
    struct wrap w;
    struct envelope_recipient r = *make_find(&a, "gemeente");
    (void)state;
    r.partner = slice_str("school");
    assert_int_equal(envelope_check_recipient(&a.header, &r), DHK_AUTH);
    assert_int_equal(make_unwrap(&w, &a.header, &r, &world.gemeente), DHK_AUTH);
    r = *make_find(&a, "gemeente");
    r.card[0] ^= 1;
    assert_int_equal(envelope_check_recipient(&a.header, &r), DHK_AUTH);
    assert_int_equal(make_unwrap(&w, &a.header, &r, &world.gemeente), DHK_AUTH);
    /* another's key */
    r = *make_find(&a, "gemeente");
    assert_int_equal(make_unwrap(&w, &a.header, &r, &world.om), DHK_AUTH);
}

/* A partner who gives another's sealing key out as its own gets a wrap under
 * another key: no two boxes share a key stream. */
static void
one_sealing_key_at_two_recipients_gives_two_wrap_keys(void **state)
{
    static uint8_t mem[MAKE_MAX];
    static struct envelope e;
    struct wrap w;
    uint8_t id[ENVELOPE_ID];
    (void)state;
    plan.recipient[1].seal = plan.recipient[0].seal;
    plan.recipient[1].fields = plan.recipient[0].fields;
    plan.recipient[1].counter = plan.recipient[0].counter;
    assert_int_equal(
        envelope_decode(&e, make_envelope(mem, id, &plan, &world), NULL),
        DHK_OK);
    struct envelope_recipient *g = make_find(&e, "gemeente");
    struct envelope_recipient *o = make_find(&e, "om");
    assert_int_equal(make_unwrap(&w, &e.header, g, &world.gemeente), DHK_OK);
    assert_int_equal(make_unwrap(&w, &e.header, o, &world.gemeente), DHK_OK);
    /* same plaintext; the boxes must differ from the first byte on */
    assert_int_equal(g->wrap.n, o->wrap.n);
    assert_memory_not_equal(g->wrap.p, o->wrap.p, 8);
}

static void
openings_of_another_envelope_are_refused(void **state)
{
    (void)state;
    assert_int_equal(
        envelope_check_attribute(&b.header, &a.attribute[0]), DHK_AUTH);
    struct envelope_attribute moved = a.attribute[0];
    moved.k = 1;
    assert_int_equal(envelope_check_attribute(&a.header, &moved), DHK_AUTH);
    moved = a.attribute[0];
    moved.value = slice_of("\xc2", 1);
    assert_int_equal(envelope_check_attribute(&a.header, &moved), DHK_AUTH);
    a.manifest = b.manifest;
    assert_int_equal(envelope_check(&a), DHK_AUTH);
}

static void
a_dropped_or_added_opening_does_not_match_the_manifest(void **state)
{
    static struct manifest m;
    struct diag diag = {NULL, 0};
    (void)state;
    assert_int_equal(manifest_decode(&m, a.manifest, NULL), DHK_OK);
    a.fields_n--;
    assert_int_equal(envelope_check(&a), DHK_OK); /* all that is there holds */
    assert_int_equal(manifest_match(&m, &a, &diag), DHK_FORMAT);
    assert_non_null(diag.what);
    a.fields_n++;
    assert_int_equal(manifest_match(&m, &a, NULL), DHK_OK);
    a.recipients_n--;
    assert_int_equal(manifest_match(&m, &a, NULL), DHK_FORMAT);
    a.recipients_n++;
    a.recipient[0].card[5] ^= 1;
    assert_int_equal(manifest_match(&m, &a, NULL), DHK_FORMAT);
    a.recipient[0].card[5] ^= 1;
    m.recipient[0].fields |= 0x10;
    assert_int_equal(manifest_match(&m, &a, NULL), DHK_FORMAT);
}

/* A box that opens with two keys is of no use: the commitment is to one. */
static void
a_second_key_for_one_ciphertext_is_refused(void **state)
{
    struct wrap w;
    uint8_t out[FIELD_CIPHERTEXT_MAX], mem[FIELD_CIPHERTEXT_MAX];
    struct slice value;
    (void)state;
    assert_int_equal(
        make_unwrap(&w, &a.header, make_find(&a, "gemeente"), &world.gemeente),
        DHK_OK);
    uint8_t second[32];
    memcpy(second, w.key[0], sizeof second);
    second[0] ^= 1;
    assert_true(field_commits(&a.header, &a.field[0], w.key[0]));
    assert_false(field_commits(&a.header, &a.field[0], second));
    /* the ciphertext is really made with the second key */
    struct envelope_field f = {.i = 0};
    assert_int_equal(
        field_seal(&f, mem, &a.header, slice_str("anders"), second), DHK_OK);
    memcpy(f.commitment, a.field[0].commitment, sizeof f.commitment);
    assert_int_equal(field_open(&value, out, &a.header, &f, second), DHK_AUTH);
    assert_int_equal(
        field_open(&value, out, &a.header, &f, w.key[0]), DHK_AUTH);
}

static void
an_all_zero_agreement_of_keys_is_refused(void **state)
{
    struct sink out;
    uint8_t id[ENVELOPE_ID];
    struct wrap w;
    (void)state;
    sink_init(&out, mem_b, MAKE_MAX);
    memset(&plan.recipient[1].seal, 0, sizeof plan.recipient[1].seal);
    assert_int_equal(sealing_envelope(&out, id, &plan, &world.key), DHK_AUTH);
    assert_int_equal(out.n, 0);
    /* and the recipient refuses an ephemeral key of small order */
    struct envelope_header h = a.header;
    memset(&h.ephemeral, 0, sizeof h.ephemeral);
    assert_int_equal(
        make_unwrap(&w, &h, make_find(&a, "gemeente"), &world.gemeente),
        DHK_AUTH);
}

static void
a_wrap_needs_its_pre_shared_key(void **state)
{
    static uint8_t mem[MAKE_MAX];
    static struct envelope e;
    struct wrap w;
    uint8_t id[ENVELOPE_ID];
    (void)state;
    plan.recipient[0].psk_id = slice_str("2026");
    plan.recipient[0].psk = slice_str("thirty-two bytes agreed in person");
    assert_int_equal(
        envelope_decode(&e, make_envelope(mem, id, &plan, &world), NULL),
        DHK_OK);
    const struct envelope_recipient *r = make_find(&e, "gemeente");
    struct wrap_agreed agreed = {.is_set = false};
    assert_int_equal(
        wrap_agree(&agreed, world.gemeente.seal, &e.header.ephemeral), DHK_OK);
    struct wrap_keys keys = {.secret = agreed.secret,
        .seal = &world.gemeente.seal_pk,
        .psk_id = plan.recipient[0].psk_id,
        .psk = plan.recipient[0].psk};
    assert_int_equal(wrap_open(&w, &e.header, r, &keys), DHK_OK);
    keys.psk = slice_str("another one");
    assert_int_equal(wrap_open(&w, &e.header, r, &keys), DHK_AUTH);
    keys.psk = plan.recipient[0].psk;
    keys.psk_id = slice_str("2025");
    assert_int_equal(wrap_open(&w, &e.header, r, &keys), DHK_AUTH);
    assert_int_equal(make_unwrap(&w, &e.header, r, &world.gemeente), DHK_AUTH);
    /* and one that nobody asked for is not ignored */
    keys.psk_id = slice_str("2026");
    assert_int_equal(
        wrap_open(&w, &a.header, make_find(&a, "gemeente"), &keys), DHK_AUTH);
}

/* The longest number of a wrap is the last thing in it: change what a sender
 * could have put there. */
static enum dhk_err
open_made(const void *plain, size_t n)
{
    struct wrap w;
    uint8_t mem[LIMIT_WRAP], dh[32], key[32];
    struct envelope_recipient r = {.j = 1, .partner = slice_str("gemeente")};
    const uint8_t j[2] = {0, 1};
    const struct slice key_parts[] = {slice_of(a.header.ephemeral.b, 32),
        slice_of(world.gemeente.seal_pk.b, 32),
        slice_of(a.header.head_hash, 32), slice_of(j, 2), r.partner,
        slice_of(r.card, 32), slice_of(NULL, 0), slice_of(NULL, 0)};
    assert_int_equal(
        seal_dh(dh, world.key.own, &world.gemeente.seal_pk), DHK_OK);
    seal_keyed_hash(key, dh, "driehoek/v1/wrap-key", key_parts, 8);
    seal_box(mem, slice_of(plain, n), a.header.field_slots, key);
    r.wrap = slice_of(mem, n + SEAL_TAG);
    enum dhk_err rc = make_unwrap(&w, &a.header, &r, &world.gemeente);
    if (rc != DHK_OK)
        assert_int_equal(w.fields, 0);
    return rc;
}

static void
a_wrap_of_another_form_is_refused(void **state)
{
    uint8_t mem[256];
    static const uint8_t key[64];
    static const struct {
        uint64_t fields;
        size_t keys;
        uint64_t counter;
        enum dhk_err expect;
    } cases[] = {
        {1, 32, 1, DHK_OK}, {0x10, 32, 9, DHK_OK}, {3, 64, 1, DHK_OK},
        {1, 64, 1, DHK_FORMAT},    /* more keys than fields */
        {3, 32, 1, DHK_FORMAT},    /* fewer */
        {1, 31, 1, DHK_FORMAT},    /* half a key */
        {0, 0, 1, DHK_FORMAT},     /* nothing */
        {0x20, 32, 1, DHK_FORMAT}, /* a field without a slot */
        {1, 32, 0, DHK_FORMAT},    /* counter 0 */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sink s;
        sink_init(&s, mem, sizeof mem);
        pack_array(&s, 3);
        pack_uint(&s, cases[i].fields);
        pack_bin(&s, slice_of(key, cases[i].keys));
        pack_uint(&s, cases[i].counter);
        assert_int_equal(open_made(mem, s.n), cases[i].expect);
        if (cases[i].expect == DHK_OK) {
            mem[s.n] = 0;
            assert_int_equal(open_made(mem, s.n + 1), DHK_FORMAT);
        }
    }
}

/* A field whose sender did not pad as it should. */
static enum dhk_err
open_padded(const char *text, size_t n, size_t size)
{
    static uint8_t plain[32768], mem[32768 + SEAL_TAG], out[sizeof mem];
    static const uint8_t key[32] = {5};
    const uint8_t i[2] = {0, 0};
    uint8_t aad[34] = {0};
    struct envelope_field f = {.i = 0};
    struct slice value;
    const struct slice commit_parts[] = {
        slice_of(a.header.nonce, 16), slice_of(i, 2), slice_of(key, 32)};
    memset(plain, 0, sizeof plain);
    memcpy(plain, text, n);
    seal_hash(f.commitment, "driehoek/v1/key-commit", commit_parts, 3);
    memcpy(aad, a.header.head_hash, 32);
    seal_box(mem, slice_of(plain, size), slice_of(aad, sizeof aad), key);
    f.ciphertext = slice_of(mem, size + SEAL_TAG);
    return field_open(&value, out, &a.header, &f, key);
}

static void
wrong_padding_is_refused(void **state)
{
    (void)state;
    assert_int_equal(open_padded("abc", 3, 64), DHK_OK);
    assert_int_equal(open_padded("", 0, 64), DHK_OK);
    assert_int_equal(open_padded("abc", 3, 128), DHK_FORMAT);
    assert_int_equal(open_padded("", 0, 128), DHK_FORMAT);
    assert_int_equal(open_padded("abc", 3, 32), DHK_FORMAT);
    assert_int_equal(open_padded("abc", 3, 65), DHK_FORMAT);
    assert_int_equal(open_padded("abc\0\0\1", 6, 64), DHK_FORMAT);
    assert_int_equal(open_padded("a\0c", 3, 64), DHK_FORMAT);  /* NUL */
    assert_int_equal(open_padded("a\xff", 2, 64), DHK_FORMAT); /* UTF-8 */
}

/* --- plans --------------------------------------------------------------- */

static enum dhk_err
try_plan(void)
{
    struct sink out;
    uint8_t id[ENVELOPE_ID];
    sink_init(&out, mem_b, MAKE_MAX);
    enum dhk_err rc = sealing_envelope(&out, id, &plan, &world.key);
    if (rc != DHK_OK)
        assert_int_equal(out.n, 0);
    return rc;
}

static void
plans_that_do_not_hold_together_are_refused(void **state)
{
    static char big[LIMIT_VALUE + 1];
    (void)state;
    assert_int_equal(try_plan(), DHK_OK);
    make_plan(&plan, &world);
    plan.recipient[0].fields = 0x05; /* field 2 is absent */
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.recipient[0].fields = 0;
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.recipient[0].counter = 0;
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.recipient[1].partner = plan.recipient[0].partner;
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.recipients_n = 0;
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.parties_n = 1;
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.presence |= 1u << MAKE_FIELDS;
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.attribute[0] = slice_of("\xcc\x01", 2); /* not the shortest form */
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.sender = slice_str("Politie");
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.seq = 0;
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.recipient[0].psk = slice_str("without an id");
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    memset(big, 'x', sizeof big);
    plan.value[0] = slice_of(big, sizeof big);
    assert_int_equal(try_plan(), DHK_LIMIT);
    make_plan(&plan, &world);
    plan.value[0] = slice_of("a\0b", 3);
    assert_int_equal(try_plan(), DHK_FORMAT);
    make_plan(&plan, &world);
    plan.expires = ENVELOPE_TIME_MAX + 1;
    assert_int_equal(try_plan(), DHK_LIMIT);
}

/* --- bytes --------------------------------------------------------------- */

static void
envelopes_equal_their_golden_files(void **state)
{
    static uint8_t mem[MAKE_MAX];
    struct sink out;
    (void)state;
    wiretest_keep("accept", "envelope", "two-recipients", a.bytes);
    wiretest_keep("accept", "header", "two-recipients", a.header.bytes);
    wiretest_keep("accept", "manifest", "two-recipients", a.manifest);
    a.has_manifest = false;
    a.fields_n = 1;
    a.recipients_n = a.attributes_n = 0;
    sink_init(&out, mem, sizeof mem);
    envelope_encode(&out, &a);
    wiretest_keep("accept", "envelope", "openings-withheld", sink_done(&out));
    plan.reply_to = id_a;
    plan.previous = id_a;
    plan.to = true;
    plan.exclusion[0].partner = slice_str("school");
    plan.exclusion[0].fields = 0;
    struct slice reply = make_envelope(mem_b, id_b, &plan, &world);
    wiretest_keep("accept", "envelope", "reply", reply);
    assert_int_equal(envelope_decode(&b, reply, NULL), DHK_OK);
    assert_true(b.header.is_reply);
    assert_memory_equal(b.header.reply_to, id_a, ENVELOPE_ID);
    wiretest_folder("accept", "envelope", again);
}

static void
every_flipped_bit_is_found(void **state)
{
    (void)state;
    struct slice in = a.bytes;
    wiretest_accepts(checked, in);
    wiretest_truncations(again, in);
    wiretest_trailing(again, in);
    (void)wiretest_flips(again, in);
    assert_int_equal(wiretest_flips(checked, in), 0);
}

static enum dhk_err
header_again(struct sink *out, struct slice in)
{
    struct envelope_header h;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = envelope_header_decode(&h, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        return rc;
    }
    sink_slice(out, h.head);
    pack_bin(out, h.field_slots);
    pack_bin(out, h.recipient_slots);
    pack_bin(out, h.attribute_slots);
    pack_bin(out, slice_of(h.manifest_slot, 32));
    return out->err;
}

static enum dhk_err
manifest_again(struct sink *out, struct slice in)
{
    static struct manifest m;
    enum dhk_err rc = manifest_decode(&m, in, NULL);
    if (rc == DHK_OK)
        manifest_encode(out, &m);
    return rc != DHK_OK ? rc : out->err;
}

static void
headers_and_manifests_stand_truncation_and_flips(void **state)
{
    (void)state;
    wiretest_all(header_again, a.header.bytes);
    wiretest_all(manifest_again, a.manifest);
}

/* The good header with one piece replaced by another of its length. */
static void
keep_bad_header(const char *name, size_t at, const char *bytes, size_t n)
{
    static uint8_t mem[LIMIT_HEADER];
    memcpy(mem, a.header.bytes.p, a.header.bytes.n);
    memcpy(mem + at, bytes, n);
    wiretest_keep("reject", "header", name, slice_of(mem, a.header.bytes.n));
}

static void
keep_bad_manifest(const char *name, const struct manifest *m)
{
    static uint8_t mem[LIMIT_MANIFEST];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    manifest_encode(&out, m);
    wiretest_keep("reject", "manifest", name, sink_done(&out));
}

static void
keep_bad_envelope(const char *name, const struct envelope *e)
{
    static uint8_t mem[MAKE_MAX];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    envelope_encode(&out, e);
    wiretest_keep("reject", "envelope", name, sink_done(&out));
}

static void
headers_that_are_wrong_are_refused(void **state)
{
    struct envelope_header h;
    (void)state;
    /* dc 00 15 | version | suite | ... */
    assert_int_equal(a.header.bytes.p[3], 1);
    wiretest_keep_common("header", a.header.bytes, 3);
    keep_bad_header("suite-2", 4, "\x02", 1);
    keep_bad_header("suite-0", 4, "\x00", 1);
    /* the origin follows: b0 "ledger.example/1" */
    keep_bad_header("origin-with-space", 6, "le ger", 6);
    keep_bad_header("origin-with-plus", 6, "le+ger", 6);
    keep_bad_header("slots-33-bytes", a.header.head.n, "\xc4\x9f", 2);
    wiretest_folder("reject", "header", header_again);
    static uint8_t mem[LIMIT_HEADER];
    memcpy(mem, a.header.bytes.p, a.header.bytes.n);
    mem[4] = 2;
    assert_int_equal(
        envelope_header_decode(&h, slice_of(mem, a.header.bytes.n), NULL),
        DHK_VERSION);
}

static void
manifests_that_are_wrong_are_refused(void **state)
{
    static struct manifest m, good;
    (void)state;
    assert_int_equal(manifest_decode(&good, a.manifest, NULL), DHK_OK);
    wiretest_keep_common("manifest", a.manifest, 0);
    m = good;
    m.seq = 0;
    keep_bad_manifest("sequence-0", &m);
    m = good;
    m.recipient[1].j = m.recipient[0].j;
    keep_bad_manifest("slot-twice", &m);
    m = good;
    m.recipient[1].partner = m.recipient[0].partner;
    keep_bad_manifest("partner-twice", &m);
    m = good;
    m.recipient[0].fields = 0;
    keep_bad_manifest("recipient-without-field", &m);
    m = good;
    m.exclusion[0].fields = 0;
    keep_bad_manifest("exclusion-of-everything", &m);
    m = good;
    m.exclusion[0].code = MANIFEST_CODE_NONE;
    keep_bad_manifest("exclusion-code-0", &m);
    m = good;
    m.exclusion[0].code = (enum manifest_code)MANIFEST_CODES;
    keep_bad_manifest("exclusion-code-7", &m);
    wiretest_folder("reject", "manifest", manifest_again);
}

static void
envelopes_that_are_wrong_are_refused(void **state)
{
    static struct envelope e;
    (void)state;
    wiretest_keep_common("envelope", a.bytes, 0);
    e = a;
    e.field[1].i = e.field[0].i;
    keep_bad_envelope("field-twice", &e);
    e = a;
    e.field[2].i = MAKE_FIELDS;
    keep_bad_envelope("field-without-slot", &e);
    e = a;
    e.field[0].ciphertext.n--;
    keep_bad_envelope("ciphertext-79-bytes", &e);
    e = a;
    e.field[0].ciphertext.n += 16;
    keep_bad_envelope("ciphertext-96-bytes", &e);
    e = a;
    e.recipient[1].j = MAKE_PARTIES;
    keep_bad_envelope("recipient-without-slot", &e);
    e = a;
    e.recipient[0].partner = slice_str("-gemeente");
    keep_bad_envelope("recipient-no-name", &e);
    e = a;
    e.recipient[0].wrap.n = SEAL_TAG;
    keep_bad_envelope("wrap-only-a-tag", &e);
    e = a;
    e.attribute[0].value = slice_of("\xc4\x00", 2);
    keep_bad_envelope("attribute-binary", &e);
    e = a;
    e.attribute[0].value = slice_of("\xcf\0\0\0\1\0\0\0\0", 9);
    keep_bad_envelope("attribute-over-32-bits", &e);
    e = a;
    e.attribute[0].value = slice_of("\xa0", 1);
    keep_bad_envelope("attribute-empty-text", &e);
    wiretest_folder("reject", "envelope", again);
}

static void
random_envelopes_come_back(void **state)
{
    static uint8_t mem[MAKE_MAX];
    static char text[700];
    uint8_t id[ENVELOPE_ID];
    (void)state;
    memset(text, 'y', sizeof text);
    for (unsigned round = 0; round < 60; round++) {
        char names[2][64];
        make_plan(&plan, &world);
        plan.kind = wiretest_name(names[0]);
        plan.purpose = wiretest_name(names[1]);
        plan.fields_n = 1 + wiretest_below(LIMIT_FIELDS);
        plan.presence = (uint32_t)wiretest_number() | 1;
        if (plan.fields_n < 32)
            plan.presence &= (UINT32_C(1) << plan.fields_n) - 1;
        for (size_t i = 0; i < plan.fields_n; i++)
            plan.value[i] = slice_of(text, wiretest_below(sizeof text));
        plan.parties_n = 2 + wiretest_below(LIMIT_PARTIES - 1);
        plan.recipient[0].fields = plan.presence;
        plan.recipient[0].counter = 1 + (wiretest_number() >> 1);
        plan.recipient[1].fields = 1;
        plan.attributes_n = 2 + wiretest_below(LIMIT_ATTRIBUTES - 1);
        plan.exclusions_n = 0;
        plan.seq = 1 + (wiretest_number() >> 2);
        wiretest_accepts(again, make_envelope(mem, id, &plan, &world));
        assert_int_equal(
            envelope_decode(&b, slice_of(mem, sizeof mem), NULL), DHK_FORMAT);
    }
}

static void
codes_are_found_by_name(void **state)
{
    (void)state;
    for (unsigned i = 1; i < MANIFEST_CODES; i++) {
        const char *name = manifest_code_name((enum manifest_code)i);
        assert_int_equal(manifest_code_find(slice_str(name)), i);
    }
    assert_null(manifest_code_name((enum manifest_code)MANIFEST_CODES));
    assert_int_equal(
        manifest_code_find(slice_str("weighty")), MANIFEST_CODE_NONE);
}

#define TEST(f) cmocka_unit_test_setup(f, seal_both)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_sealed_opens_for_its_recipient),
        TEST(the_header_says_what_the_plan_said),
        TEST(the_manifest_says_what_the_plan_said),
        TEST(the_header_looks_the_same_for_absent_fields),
        TEST(recipients_take_every_place),
        TEST(values_of_every_length_come_back),
        TEST(a_ciphertext_under_another_header_is_refused),
        TEST(a_ciphertext_at_another_index_is_refused),
        TEST(every_flipped_byte_of_a_ciphertext_is_found),
        TEST(swapped_wraps_are_refused),
        TEST(a_wrap_under_another_header_or_slot_is_refused),
        TEST(a_changed_recipient_is_refused),
        TEST(one_sealing_key_at_two_recipients_gives_two_wrap_keys),
        TEST(openings_of_another_envelope_are_refused),
        TEST(a_dropped_or_added_opening_does_not_match_the_manifest),
        TEST(a_second_key_for_one_ciphertext_is_refused),
        TEST(an_all_zero_agreement_of_keys_is_refused),
        TEST(a_wrap_needs_its_pre_shared_key),
        TEST(a_wrap_of_another_form_is_refused),
        TEST(wrong_padding_is_refused),
        TEST(plans_that_do_not_hold_together_are_refused),
        TEST(envelopes_equal_their_golden_files),
        TEST(every_flipped_bit_is_found),
        TEST(headers_and_manifests_stand_truncation_and_flips),
        TEST(headers_that_are_wrong_are_refused),
        TEST(manifests_that_are_wrong_are_refused),
        TEST(envelopes_that_are_wrong_are_refused),
        TEST(random_envelopes_come_back),
        TEST(codes_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
