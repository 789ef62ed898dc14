/* SPDX-License-Identifier: EUPL-1.2
 *
 * Bundles, shares and deliveries: one signature over many signals, and what of
 * them one recipient is given. */
#include "bundle.h"
#include "delivery.h"
#include "envelope_make.h"

enum { N = 3 };

static struct make_world world;
static struct sign_secret *sk;
static struct sign_public pk;
static uint8_t env_mem[N][MAKE_MAX], ids[N * ENVELOPE_ID];
static struct slice env[N];
static uint8_t bundle_mem[MAKE_MAX];
static struct slice good;
static struct bundle bundle;
static struct envelope first;

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {9};
    static struct sealing_plan plan;
    struct sink out;
    (void)state;
    wiretest_deterministic(7);
    assert_int_equal(key_init(), DHK_OK);
    make_world(&world);
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    make_plan(&plan, &world);
    for (size_t i = 0; i < N; i++) {
        plan.seq++;
        env[i] =
            make_envelope(env_mem[i], ids + i * ENVELOPE_ID, &plan, &world);
    }
    sink_init(&out, bundle_mem, sizeof bundle_mem);
    assert_int_equal(bundle_encode(&out, world.card, env, N, ids, sk), DHK_OK);
    good = sink_done(&out);
    assert_int_equal(bundle_decode(&bundle, good, NULL), DHK_OK);
    assert_int_equal(envelope_decode(&first, bundle.envelope[0], NULL), DHK_OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    make_world_end(&world);
    key_sign_destroy(&sk);
    return 0;
}

/* --- bundles ------------------------------------------------------------- */

static enum dhk_err
again(struct sink *out, struct slice in)
{
    static struct bundle b;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = bundle_decode(&b, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(b.n, 0);
        return rc;
    }
    pack_array(out, 4);
    pack_uint(out, 1);
    pack_bin(out, slice_of(b.statement.card, 32));
    pack_bin(out, slice_of(b.statement.signature, KEY_SIGNATURE));
    pack_array(out, b.n);
    for (size_t i = 0; i < b.n; i++)
        pack_bin(out, b.envelope[i]);
    return out->err;
}

/* All that a broker does before it looks at the meaning. */
static enum dhk_err
verified(struct sink *out, struct slice in)
{
    static struct bundle b;
    static struct envelope e;
    static struct manifest m;
    enum dhk_err rc = bundle_decode(&b, in, NULL);
    if (rc == DHK_OK)
        rc = bundle_verify(&b.statement, &pk);
    for (size_t i = 0; rc == DHK_OK && i < b.n; i++) {
        rc = envelope_decode(&e, b.envelope[i], NULL);
        if (rc == DHK_OK)
            rc = envelope_check(&e);
        if (rc == DHK_OK && !e.has_manifest)
            rc = DHK_FORMAT;
        if (rc == DHK_OK)
            rc = manifest_decode(&m, e.manifest, NULL);
        if (rc == DHK_OK)
            rc = manifest_match(&m, &e, NULL);
    }
    return rc == DHK_OK ? again(out, in) : rc;
}

static void
a_bundle_equals_its_golden_file(void **state)
{
    (void)state;
    wiretest_keep("accept", "bundle", "three-signals", good);
    wiretest_folder("accept", "bundle", verified);
}

static void
a_bundle_decodes_to_its_ids(void **state)
{
    (void)state;
    assert_int_equal(bundle.n, N);
    assert_memory_equal(bundle.statement.card, world.card, 32);
    assert_true(slice_equal(bundle.statement.ids, slice_of(ids, sizeof ids)));
    for (size_t i = 0; i < N; i++)
        assert_true(slice_equal(bundle.envelope[i], env[i]));
    assert_int_equal(bundle_verify(&bundle.statement, &pk), DHK_OK);
}

static void
every_truncation_and_trailing_byte_is_refused(void **state)
{
    (void)state;
    wiretest_accepts(again, good);
    wiretest_truncations(again, good);
    wiretest_trailing(again, good);
}

static void
every_flipped_bit_of_one_signal_is_found(void **state)
{
    static uint8_t mem[MAKE_MAX];
    struct sink out;
    (void)state;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(bundle_encode(&out, world.card, env, 1, ids, sk), DHK_OK);
    (void)wiretest_flips(again, sink_done(&out));
    assert_int_equal(wiretest_flips(verified, sink_done(&out)), 0);
}

static void
another_order_number_or_signer_does_not_verify(void **state)
{
    struct bundle_statement st = bundle.statement;
    uint8_t moved[sizeof ids];
    struct sign_public other = pk;
    (void)state;
    memcpy(moved, ids + ENVELOPE_ID, sizeof ids - ENVELOPE_ID);
    memcpy(moved + sizeof ids - ENVELOPE_ID, ids, ENVELOPE_ID);
    st.ids = slice_of(moved, sizeof moved);
    assert_int_equal(bundle_verify(&st, &pk), DHK_AUTH);
    st.ids = slice_of(ids, sizeof ids - ENVELOPE_ID);
    assert_int_equal(bundle_verify(&st, &pk), DHK_AUTH);
    st = bundle.statement;
    st.card[0] ^= 1;
    assert_int_equal(bundle_verify(&st, &pk), DHK_AUTH);
    other.b[1] ^= 1;
    assert_int_equal(bundle_verify(&bundle.statement, &other), DHK_AUTH);
}

static void
keep_bad(const char *name, const uint8_t card[32], const struct slice *list,
    size_t n)
{
    static uint8_t mem[MAKE_MAX];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(bundle_encode(&out, card, list, n, ids, sk), DHK_OK);
    wiretest_keep("reject", "bundle", name, sink_done(&out));
}

static void
bundles_that_are_wrong_are_refused(void **state)
{
    static uint8_t mem[MAKE_MAX];
    const struct slice twice[] = {env[0], env[0]};
    const struct slice not_one[] = {slice_of("\x01", 1)};
    const uint8_t card[32] = {1};
    struct sink out;
    (void)state;
    wiretest_keep_common("bundle", good, 1);
    keep_bad("another-card", card, env, 1);
    keep_bad("one-signal-twice", world.card, twice, 2);
    keep_bad("not-an-envelope", world.card, not_one, 1);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(
        bundle_encode(&out, world.card, env, 0, ids, sk), DHK_LIMIT);
    pack_array(&out, 4);
    pack_uint(&out, 1);
    pack_bin(&out, slice_of(world.card, 32));
    pack_bin(&out, slice_of(bundle.statement.signature, KEY_SIGNATURE));
    pack_array(&out, 0);
    wiretest_keep("reject", "bundle", "no-signals", sink_done(&out));
    wiretest_folder("reject", "bundle", again);
}

static void
a_bundle_over_the_limit_is_refused(void **state)
{
    static uint8_t mem[4 * MAKE_MAX];
    static struct slice many[LIMIT_BUNDLE + 1];
    static uint8_t many_ids[(LIMIT_BUNDLE + 1) * ENVELOPE_ID];
    static struct bundle b;
    struct sink out;
    (void)state;
    for (size_t i = 0; i <= LIMIT_BUNDLE; i++)
        many[i] = env[i % N];
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(
        bundle_encode(&out, world.card, many, LIMIT_BUNDLE + 1, many_ids, sk),
        DHK_LIMIT);
    assert_int_equal(
        bundle_decode(&b, slice_of(mem, LIMIT_BUNDLE_BYTES + 1), NULL),
        DHK_LIMIT);
}

/* --- shares -------------------------------------------------------------- */

static struct slice
make_share(uint8_t *mem, const char *partner, uint32_t fields)
{
    struct share s;
    struct sink out;
    share_select(&s, &first, make_find(&first, partner), fields, 0x01);
    s.index = 812;
    s.entry = slice_str("the share's ledger entry");
    sink_init(&out, mem, MAKE_MAX);
    share_encode(&out, &s);
    assert_int_equal(out.err, DHK_OK);
    return sink_done(&out);
}

/* The same, as one that waited for two approvals. */
static struct slice
make_released(uint8_t *mem)
{
    static uint8_t other[MAKE_MAX];
    struct share s;
    struct sink out;
    assert_int_equal(
        share_decode(&s, make_share(other, "gemeente", 0x09), NULL), DHK_OK);
    s.has_release = true;
    s.released = slice_str("the entry that let it go");
    s.stated[s.stated_n++] = slice_str("one approval");
    s.stated[s.stated_n++] = slice_str("another");
    sink_init(&out, mem, MAKE_MAX);
    share_encode(&out, &s);
    assert_int_equal(out.err, DHK_OK);
    return sink_done(&out);
}

static enum dhk_err
share_again(struct sink *out, struct slice in)
{
    struct share s;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = share_decode(&s, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(s.fields_n, 0);
        return rc;
    }
    share_encode(out, &s);
    return out->err;
}

static void
a_share_holds_what_was_selected_and_opens(void **state)
{
    static uint8_t mem[MAKE_MAX], plain[FIELD_CIPHERTEXT_MAX];
    struct share s;
    struct wrap w;
    struct slice value;
    (void)state;
    struct slice in = make_share(mem, "gemeente", 0x09);
    wiretest_keep("accept", "share", "gemeente", in);
    assert_int_equal(share_decode(&s, in, NULL), DHK_OK);
    assert_int_equal(share_check(&s), DHK_OK);
    assert_int_equal(share_fields(&s), 0x09);
    assert_int_equal(s.attributes_n, 1);
    assert_int_equal(s.attribute[0].k, 0);
    assert_int_equal(s.index, 812);
    assert_memory_equal(s.header.id, ids, ENVELOPE_ID);
    assert_int_equal(
        make_unwrap(&w, &s.header, &s.recipient, &world.gemeente), DHK_OK);
    assert_int_equal(
        field_open(&value, plain, &s.header, &s.field[1], w.key[3]), DHK_OK);
    assert_true(slice_equal(value, slice_str("Zorgen om twee kinderen")));
    assert_false(s.has_release);
    wiretest_keep("accept", "share", "released", make_released(mem));
    wiretest_folder("accept", "share", share_again);
}

static void
a_share_brings_what_let_it_go(void **state)
{
    static uint8_t mem[MAKE_MAX];
    struct share s;
    (void)state;
    assert_int_equal(share_decode(&s, make_released(mem), NULL), DHK_OK);
    assert_int_equal(share_check(&s), DHK_OK);
    assert_true(s.has_release);
    assert_true(slice_equal(s.released, slice_str("the entry that let it go")));
    assert_int_equal(s.stated_n, 2);
    assert_true(slice_equal(s.stated[0], slice_str("one approval")));
    assert_true(slice_equal(s.stated[1], slice_str("another")));
}

static void
a_share_stands_truncation_flips_and_trailing_bytes(void **state)
{
    static uint8_t mem[MAKE_MAX];
    (void)state;
    wiretest_all(share_again, make_share(mem, "gemeente", 0x09));
    wiretest_all(share_again, make_released(mem));
}

static void
a_share_of_another_signal_fails_its_digests(void **state)
{
    static struct envelope second;
    struct share s;
    (void)state;
    assert_int_equal(
        envelope_decode(&second, bundle.envelope[1], NULL), DHK_OK);
    share_select(&s, &first, make_find(&first, "gemeente"), 0x09, 1);
    assert_int_equal(share_check(&s), DHK_OK);
    s.field[0] = second.field[0];
    assert_int_equal(share_check(&s), DHK_AUTH);
    share_select(&s, &first, make_find(&second, "gemeente"), 0x09, 1);
    assert_int_equal(share_check(&s), DHK_AUTH);
    share_select(&s, &first, make_find(&first, "gemeente"), 0x09, 1);
    s.attribute[0] = second.attribute[0];
    assert_int_equal(share_check(&s), DHK_AUTH);
}

static void
keep_bad_share(const char *name, const struct share *s)
{
    static uint8_t mem[MAKE_MAX];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    share_encode(&out, s);
    wiretest_keep("reject", "share", name, sink_done(&out));
}

static void
shares_that_are_wrong_are_refused(void **state)
{
    static uint8_t mem[MAKE_MAX];
    struct share s, bad;
    (void)state;
    struct slice in = make_share(mem, "gemeente", 0x09);
    wiretest_keep_common("share", in, 0);
    assert_int_equal(share_decode(&s, in, NULL), DHK_OK);
    bad = s;
    bad.position = LIMIT_BUNDLE;
    keep_bad_share("position-48", &bad);
    bad = s;
    bad.recipient.j = MAKE_PARTIES;
    keep_bad_share("recipient-without-slot", &bad);
    bad = s;
    bad.field[1].i = bad.field[0].i;
    keep_bad_share("field-twice", &bad);
    bad = s;
    bad.header.bytes.n--;
    keep_bad_share("header-cut", &bad);
    bad = s;
    bad.has_release = true;
    keep_bad_share("released-by-nobody", &bad);
    wiretest_folder("reject", "share", share_again);
}

/* --- deliveries ---------------------------------------------------------- */

static struct slice
make_delivery(uint8_t *mem)
{
    static uint8_t share_mem[MAKE_MAX];
    struct sink out;
    sink_init(&out, mem, MAKE_MAX);
    delivery_begin(&out, 2);
    delivery_group(&out, &bundle.statement, 2);
    pack_bin(&out, make_share(share_mem, "gemeente", 0x09));
    pack_bin(&out, make_share(share_mem, "gemeente", 0x01));
    delivery_group(&out, &bundle.statement, 1);
    pack_bin(&out, make_share(share_mem, "om", 0x02));
    assert_int_equal(out.err, DHK_OK);
    return sink_done(&out);
}

static enum dhk_err
delivery_again(struct sink *out, struct slice in)
{
    struct bundle_statement st[8];
    struct slice share[32];
    size_t count[8] = {0}, groups = 0, n = 0;
    struct delivery d;
    enum dhk_err rc = delivery_decode(&d, in, NULL);
    if (rc != DHK_OK)
        return rc;
    while (delivery_group_next(&d, &st[groups])) {
        while (delivery_share_next(&d, &share[n])) {
            must(n < 31);
            count[groups]++;
            n++;
        }
        must(groups < 7);
        groups++;
    }
    delivery_begin(out, groups);
    n = 0;
    for (size_t g = 0; g < groups; g++) {
        delivery_group(out, &st[g], count[g]);
        for (size_t i = 0; i < count[g]; i++)
            pack_bin(out, share[n++]);
    }
    return out->err;
}

static void
a_delivery_comes_back(void **state)
{
    static uint8_t mem[MAKE_MAX];
    (void)state;
    struct slice in = make_delivery(mem);
    wiretest_keep("accept", "delivery", "two-groups", in);
    wiretest_folder("accept", "delivery", delivery_again);
    wiretest_truncations(delivery_again, in);
    wiretest_trailing(delivery_again, in);
    (void)wiretest_flips(delivery_again, slice_of(in.p, in.n));
}

static void
unread_shares_are_skipped(void **state)
{
    static uint8_t mem[MAKE_MAX];
    struct bundle_statement st;
    struct delivery d;
    struct slice share;
    struct share s;
    (void)state;
    assert_int_equal(delivery_decode(&d, make_delivery(mem), NULL), DHK_OK);
    assert_true(delivery_group_next(&d, &st));
    assert_int_equal(bundle_verify(&st, &pk), DHK_OK);
    assert_true(delivery_group_next(&d, &st));
    assert_true(delivery_share_next(&d, &share));
    assert_int_equal(share_decode(&s, share, NULL), DHK_OK);
    assert_true(slice_equal(s.recipient.partner, slice_str("om")));
    assert_false(delivery_share_next(&d, &share));
    assert_false(delivery_group_next(&d, &st));
}

static void
deliveries_that_are_wrong_are_refused(void **state)
{
    static uint8_t mem[MAKE_MAX];
    struct sink out;
    (void)state;
    wiretest_keep_common("delivery", make_delivery(mem), 1);
    sink_init(&out, mem, sizeof mem);
    delivery_begin(&out, 0);
    wiretest_keep("reject", "delivery", "no-groups", sink_done(&out));
    sink_init(&out, mem, sizeof mem);
    delivery_begin(&out, 1);
    delivery_group(&out, &bundle.statement, 0);
    wiretest_keep(
        "reject", "delivery", "group-without-shares", sink_done(&out));
    wiretest_folder("reject", "delivery", delivery_again);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_equals_its_golden_file),
        cmocka_unit_test(a_bundle_decodes_to_its_ids),
        cmocka_unit_test(every_truncation_and_trailing_byte_is_refused),
        cmocka_unit_test(every_flipped_bit_of_one_signal_is_found),
        cmocka_unit_test(another_order_number_or_signer_does_not_verify),
        cmocka_unit_test(bundles_that_are_wrong_are_refused),
        cmocka_unit_test(a_bundle_over_the_limit_is_refused),
        cmocka_unit_test(a_share_holds_what_was_selected_and_opens),
        cmocka_unit_test(a_share_brings_what_let_it_go),
        cmocka_unit_test(a_share_stands_truncation_flips_and_trailing_bytes),
        cmocka_unit_test(a_share_of_another_signal_fails_its_digests),
        cmocka_unit_test(shares_that_are_wrong_are_refused),
        cmocka_unit_test(a_delivery_comes_back),
        cmocka_unit_test(unread_shares_are_skipped),
        cmocka_unit_test(deliveries_that_are_wrong_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
