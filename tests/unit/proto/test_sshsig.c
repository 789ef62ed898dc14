/* SPDX-License-Identifier: EUPL-1.2
 *
 * SSHSIG: signatures by stock ssh-keygen (tests/vectors/sshsig), and FIDO and
 * forged ones made by hand. */
#include "sshsig_make.h"

enum { NOW = 1790000000 };

struct fixture {
    uint8_t text_mem[256];
    struct slice text;
    struct sshsig_signers signers; /* of the vectors */
    struct sign_secret *sk;
    struct sign_public pk;
};

static int
set_up(void **state)
{
    static struct fixture f;
    uint8_t mem[4096];
    f.text =
        vector_read("sshsig/text.convenant", f.text_mem, sizeof f.text_mem);
    struct slice file = vector_read("sshsig/allowed_signers", mem, sizeof mem);
    assert_int_equal(sshsig_signers_parse(&f.signers, file, NULL), DHK_OK);
    assert_int_equal(f.signers.n, 3);
    assert_int_equal(key_sign_new(&f.sk, &f.pk), DHK_OK);
    *state = &f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    key_sign_destroy(&f->sk);
    return 0;
}

static struct sshsig_result
verify(const struct fixture *f, struct slice armor)
{
    struct sshsig_result r;
    sshsig_verify(&r, armor, f->text, SSHSIG_NS_AGREEMENT, &f->signers, NOW);
    if (r.status == SSHSIG_VALID)
        assert_null(r.why);
    else
        assert_non_null(r.why);
    return r;
}

static struct sshsig_result
verify_file(const struct fixture *f, const char *name)
{
    uint8_t mem[4096];
    return verify(f, vector_read(name, mem, sizeof mem));
}

static void
signatures_of_stock_ssh_keygen_verify(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[128];
    struct sshsig_result r = verify_file(f, "sshsig/om.sig");
    assert_int_equal(r.status, SSHSIG_VALID);
    assert_string_equal(f->signers.list[r.signer].principal, "om");
    assert_memory_equal(&r.pk, &f->signers.list[r.signer].pk, sizeof r.pk);
    struct slice expected =
        vector_read("sshsig/om.fingerprint", mem, sizeof mem);
    assert_memory_equal(r.fingerprint, expected.p, 50);
    assert_int_equal(strlen(r.fingerprint), 50);
    r = verify_file(f, "sshsig/politie.sig");
    assert_int_equal(r.status, SSHSIG_VALID);
    r = verify_file(f, "sshsig/politie-sha256.sig");
    assert_int_equal(r.status, SSHSIG_VALID);
}

static void
another_text_is_invalid_and_names_the_signer(void **state)
{
    struct fixture *f = *state;
    struct sshsig_result r = verify_file(f, "sshsig/om-other-text.sig");
    assert_int_equal(r.status, SSHSIG_INVALID);
    assert_int_equal(r.signer, 2);
    assert_string_equal(r.why, "made over other content");
}

static void
another_namespace_is_invalid(void **state)
{
    struct fixture *f = *state;
    struct sshsig_result r = verify_file(f, "sshsig/om-wrong-namespace.sig");
    assert_int_equal(r.status, SSHSIG_INVALID);
    assert_int_equal(r.signer, 2);
    assert_string_equal(r.why, "wrong namespace");
    r = verify_file(f, "sshsig/stranger-wrong-namespace.sig");
    assert_int_equal(r.status, SSHSIG_INVALID);
    assert_int_equal(r.signer, -1);
}

static void
an_unknown_key_is_shown_by_its_fingerprint(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[128];
    struct sshsig_result r = verify_file(f, "sshsig/stranger.sig");
    assert_int_equal(r.status, SSHSIG_UNKNOWN);
    assert_int_equal(r.signer, -1);
    assert_int_equal(strlen(r.fingerprint), 50);
    r = verify_file(f, "sshsig/rsa.sig");
    assert_int_equal(r.status, SSHSIG_INVALID);
    assert_int_equal(r.signer, -1);
    struct slice expected =
        vector_read("sshsig/rsa.fingerprint", mem, sizeof mem);
    assert_memory_equal(r.fingerprint, expected.p, 50);
}

static bool
is_accepted(const struct fixture *f, struct slice armor)
{
    enum sshsig_status status = verify(f, armor).status;
    return status == SSHSIG_VALID || status == SSHSIG_UNKNOWN;
}

static void
every_truncation_of_a_file_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[4096];
    struct slice armor = vector_read("sshsig/om.sig", mem, sizeof mem);
    /* the final newline may be missing */
    assert_true(is_accepted(f, slice_of(mem, armor.n - 1)));
    for (size_t n = 0; n + 1 < armor.n; n++)
        assert_false(is_accepted(f, slice_of(mem, n)));
}

static void
every_flipped_bit_of_a_file_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[4096];
    struct slice armor = vector_read("sshsig/om.sig", mem, sizeof mem);
    for (size_t i = 0; i < armor.n * 8; i++) {
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(is_accepted(f, armor));
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    assert_true(is_accepted(f, armor));
}

static void
another_armor_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[4096], changed[4096];
    struct slice armor = vector_read("sshsig/om.sig", mem, sizeof mem);
    static const struct {
        size_t at; /* where in the file TEXT is put in */
        const char *text;
    } cases[] = {{0, "\n"}, {0, " "}, {0, "hello\n"}, {29, "\r"}, {29, "\n"},
        {30, "\n"}, {31, "\n"}, {100, "\r"}, {120, "\n"}, {31, " "}, {31, "="},
        {40, "\t"}, {314, "\n"}, {314, "x"}};
    assert_int_equal(armor.n, 314);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sink s;
        sink_init(&s, changed, sizeof changed);
        sink_put(&s, mem, cases[i].at);
        sink_slice(&s, slice_str(cases[i].text));
        sink_put(&s, mem + cases[i].at, armor.n - cases[i].at);
        assert_false(is_accepted(f, sink_done(&s)));
    }
    memset(changed, 'A', sizeof changed);
    assert_false(is_accepted(f, slice_of(changed, sizeof changed)));
}

/* Every truncation and flipped bit of the blob of HOW, whose key is made the
 * only one on the list. */
static void
blob_is_tight(struct fixture *f, const struct make *how)
{
    uint8_t mem[512], armor[2048];
    struct slice blob = make_blob(mem, how, f->text);
    assert_true(is_accepted(f, make_armor(armor, blob)));
    for (size_t n = 0; n < blob.n; n++)
        assert_false(is_accepted(f, make_armor(armor, slice_of(mem, n))));
    for (size_t i = 0; i < blob.n * 8; i++) {
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(is_accepted(f, make_armor(armor, blob)));
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

static void
every_flipped_bit_of_a_blob_is_refused(void **state)
{
    struct fixture *f = *state;
    struct make how = {.sk = f->sk, .pk = &f->pk};
    blob_is_tight(f, &how);
    how.application = "ssh:";
    how.flags = 0x05;
    blob_is_tight(f, &how);
}

/* The status of HOW when its key is on the list for principal `om`. */
static struct sshsig_result
verify_made(const struct fixture *f, const struct make *how,
    const char *options, int64_t now)
{
    uint8_t list_mem[1024], mem[512], armor[2048];
    struct sshsig_signers signers;
    struct sshsig_result r;
    struct sink list;
    struct make honest = {
        .sk = how->sk, .pk = how->pk, .application = how->application};
    sink_init(&list, list_mem, sizeof list_mem);
    make_signer(&list, "om", options, &honest);
    assert_int_equal(
        sshsig_signers_parse(&signers, sink_done(&list), NULL), DHK_OK);
    struct slice blob = make_blob(mem, how, f->text);
    sshsig_verify(&r, make_armor(armor, blob), f->text, SSHSIG_NS_AGREEMENT,
        &signers, now);
    return r;
}

static void
a_security_key_must_have_been_touched(void **state)
{
    struct fixture *f = *state;
    struct make how = {.sk = f->sk, .pk = &f->pk, .application = "ssh:"};
    for (unsigned flags = 0; flags < 256; flags++) {
        how.flags = (uint8_t)flags;
        struct sshsig_result r = verify_made(f, &how, "", NOW);
        assert_int_equal(r.status, flags & 1 ? SSHSIG_VALID : SSHSIG_INVALID);
    }
}

/* The status of HOW when the key of LISTED is the only one on the list. */
static enum sshsig_status
verify_as(
    const struct fixture *f, const struct make *listed, const struct make *how)
{
    uint8_t list_mem[1024], mem[512], armor[2048];
    struct sshsig_signers signers;
    struct sshsig_result r;
    struct sink list;
    sink_init(&list, list_mem, sizeof list_mem);
    make_signer(&list, "om", "", listed);
    assert_int_equal(
        sshsig_signers_parse(&signers, sink_done(&list), NULL), DHK_OK);
    struct slice blob = make_blob(mem, how, f->text);
    sshsig_verify(&r, make_armor(armor, blob), f->text, SSHSIG_NS_AGREEMENT,
        &signers, NOW);
    return r.status;
}

static void
a_security_key_of_another_application_is_another_key(void **state)
{
    struct fixture *f = *state;
    struct make keys[4];
    static const char *const applications[] = {"ssh:", "ssh:web", "", NULL};
    for (size_t i = 0; i < 4; i++)
        keys[i] = (struct make){.sk = f->sk,
            .pk = &f->pk,
            .application = applications[i],
            .flags = 1};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            assert_int_equal(verify_as(f, &keys[i], &keys[j]),
                i == j ? SSHSIG_VALID : SSHSIG_UNKNOWN);
}

static void
signed_nonsense_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct make good = {.sk = f->sk, .pk = &f->pk};
    assert_int_equal(verify_made(f, &good, "", NOW).status, SSHSIG_VALID);
    struct make bad[11];
    for (size_t i = 0; i < 11; i++)
        bad[i] = good;
    bad[0].reserved = "x";
    bad[1].hash = "sha384";
    bad[2].hash = "";
    bad[3].type_in_signature = MAKE_SK;
    bad[4].trailing_in_blob = true;
    bad[5].trailing_in_signature = true;
    bad[6].trailing_in_key = true;
    bad[7].version = 2;
    bad[8].namespace_ = "";
    bad[9].namespace_ = "driehoek-convenant2";
    /* OpenSSH does not look at it: a second file for one signature */
    bad[10].reserved = "x";
    bad[10].reserved_unsigned = true;
    for (size_t i = 0; i < 11; i++)
        assert_int_equal(
            verify_made(f, &bad[i], "", NOW).status, SSHSIG_INVALID);
}

static void
namespaces_and_times_of_the_list_are_kept(void **state)
{
    struct fixture *f = *state;
    const struct make how = {.sk = f->sk, .pk = &f->pk};
    static const struct {
        const char *options;
        int64_t now;
        enum sshsig_status expected;
    } cases[] = {
        {"", NOW, SSHSIG_VALID},
        {"namespaces=\"driehoek-convenant\"", NOW, SSHSIG_VALID},
        {"namespaces=\"file,driehoek-convenant\"", NOW, SSHSIG_VALID},
        {"namespaces=\"driehoek-roster\"", NOW, SSHSIG_OUTSIDE},
        {"namespaces=\"driehoek-convenan\"", NOW, SSHSIG_OUTSIDE},
        {"namespaces=\"driehoek-convenant2\"", NOW, SSHSIG_OUTSIDE},
        {"valid-after=\"20260101\"", 1767225600, SSHSIG_VALID},
        {"valid-after=\"20260101\"", 1767225599, SSHSIG_OUTSIDE},
        {"valid-after=\"20260101Z\"", 1767225599, SSHSIG_OUTSIDE},
        {"valid-before=\"20260101\"", 1767225600, SSHSIG_VALID},
        {"valid-before=\"20260101\"", 1767225601, SSHSIG_OUTSIDE},
        {"valid-before=\"202601010001\"", 1767225660, SSHSIG_VALID},
        {"valid-before=\"202601010001\"", 1767225661, SSHSIG_OUTSIDE},
        {"valid-before=\"20260101000102Z\"", 1767225662, SSHSIG_VALID},
        {"valid-before=\"20260101000102Z\"", 1767225663, SSHSIG_OUTSIDE},
        {"valid-after=\"20240229\",valid-before=\"20280229\"", NOW,
            SSHSIG_VALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sshsig_result r =
            verify_made(f, &how, cases[i].options, cases[i].now);
        assert_int_equal(r.status, cases[i].expected);
        assert_int_equal(r.signer, 0);
    }
}

static void
one_good_line_of_several_for_a_key_is_enough(void **state)
{
    struct fixture *f = *state;
    const struct make how = {.sk = f->sk, .pk = &f->pk};
    uint8_t list_mem[1024], mem[512], armor[2048];
    struct sshsig_signers signers;
    struct sshsig_result r;
    struct sink list;
    sink_init(&list, list_mem, sizeof list_mem);
    make_signer(&list, "om", "namespaces=\"driehoek-roster\"", &how);
    make_signer(&list, "om", "namespaces=\"driehoek-convenant\"", &how);
    assert_int_equal(
        sshsig_signers_parse(&signers, sink_done(&list), NULL), DHK_OK);
    struct slice blob = make_blob(mem, &how, f->text);
    sshsig_verify(&r, make_armor(armor, blob), f->text, SSHSIG_NS_AGREEMENT,
        &signers, NOW);
    assert_int_equal(r.status, SSHSIG_VALID);
    assert_int_equal(r.signer, 1);
}

#define KEY_A                                                                  \
    "AAAAC3NzaC1lZDI1NTE5AAAAIIiP9dHFu1tQl7qxU9R1RIUPMjYpDsrd5j/CBgkF1GXL"

static const char *const doubtful[] = {
    "om,politie ssh-ed25519 " KEY_A "\n",
    "om* ssh-ed25519 " KEY_A "\n",
    "o? ssh-ed25519 " KEY_A "\n",
    "!om ssh-ed25519 " KEY_A "\n",
    "\"om\" ssh-ed25519 " KEY_A "\n",
    "om@example.org ssh-ed25519 " KEY_A "\n",
    "om cert-authority ssh-ed25519 " KEY_A "\n",
    "om cert-authority,namespaces=\"a\" ssh-ed25519 " KEY_A "\n",
    "om namespaces=\"driehoek-*\" ssh-ed25519 " KEY_A "\n",
    "om namespaces=\"\" ssh-ed25519 " KEY_A "\n",
    "om namespaces=\"a,\" ssh-ed25519 " KEY_A "\n",
    "om namespaces=\",a\" ssh-ed25519 " KEY_A "\n",
    "om namespaces=\"a b\" ssh-ed25519 " KEY_A "\n",
    "om namespaces=\"a\\\"b\" ssh-ed25519 " KEY_A "\n",
    "om namespaces=a ssh-ed25519 " KEY_A "\n",
    "om namespaces=\"a ssh-ed25519 " KEY_A "\n",
    "om namespaces=\"a\",namespaces=\"b\" ssh-ed25519 " KEY_A "\n",
    "om namespaces=\"a\"valid-after=\"20260101\" ssh-ed25519 " KEY_A "\n",
    "om namespaces=\"a\", ssh-ed25519 " KEY_A "\n",
    "om =\"a\" ssh-ed25519 " KEY_A "\n",
    "om valid-after=\"20260101\",valid-after=\"20260102\" "
    "ssh-ed25519 " KEY_A "\n",
    "om no-touch-required=\"x\" ssh-ed25519 " KEY_A "\n",
    "om valid-after=\"2026\" ssh-ed25519 " KEY_A "\n",
    "om valid-after=\"20261301\" ssh-ed25519 " KEY_A "\n",
    "om valid-after=\"20260229\" ssh-ed25519 " KEY_A "\n",
    "om valid-after=\"2026010124\" ssh-ed25519 " KEY_A "\n",
    "om valid-after=\"202601012400\" ssh-ed25519 " KEY_A "\n",
    "om valid-after=\"20260101+1\" ssh-ed25519 " KEY_A "\n",
    "om valid-after=\"20260101ZZ\" ssh-ed25519 " KEY_A "\n",
    "om valid-after=\"20270101\",valid-before=\"20260101\" "
    "ssh-ed25519 " KEY_A "\n",
    "om\n",
    "om ssh-ed25519\n",
    "om " KEY_A "\n",
    "om ssh-ed2551 " KEY_A "\n",
    "om ssh-ed25519-cert-v01@openssh.com " KEY_A "\n",
    "om sk-ssh-ed25519@openssh.com " KEY_A "\n",
    "om ssh-ed25519 AAAA\n",
    "om ssh-ed25519 " KEY_A "AAAA\n",
    "om ssh-ed25519 " KEY_A "=\n",
    "om ssh-rsa AAAA\n",
    "om namespaces=\"driehoek-convenant\" ssh-rsa AAAA\n",
    "om namespaces=\"git,driehoek-roster\" ssh-rsa AAAA\n",
    "om ssh-ed25519 " KEY_A " com\x01ment\n",
    "om ssh-ed25519 " KEY_A "\r\n",
    "om ssh-ed25519 " KEY_A " com\xffment\n",
};

static void
lists_in_doubt_are_refused(void **state)
{
    (void)state;
    static struct sshsig_signers out;
    char text[512];
    for (size_t i = 0; i < sizeof doubtful / sizeof doubtful[0]; i++) {
        struct diag diag = {NULL, 0};
        (void)snprintf(text, sizeof text, "# who\n\n%s", doubtful[i]);
        enum dhk_err rc = sshsig_signers_parse(&out, slice_str(text), &diag);
        if (rc != DHK_FORMAT || diag.at != 3)
            print_message("not refused: %s", doubtful[i]);
        assert_int_equal(rc, DHK_FORMAT);
        assert_int_equal(diag.at, 3);
        assert_non_null(diag.what);
        assert_int_equal(out.n, 0);
    }
}

static void
keys_for_other_uses_are_skipped(void **state)
{
    (void)state;
    static struct sshsig_signers out;
    static const char text[] =
        "# comment\n"
        " \t\n"
        "om namespaces=\"git\" ssh-rsa AAAA a comment\n"
        "\tpolitie \t ssh-ed25519   " KEY_A "\tcomment \xc3\xa9\n"
        "om ssh-ed25519 " KEY_A;
    assert_int_equal(sshsig_signers_parse(&out, slice_str(text), NULL), DHK_OK);
    assert_int_equal(out.n, 2);
    assert_string_equal(out.list[0].principal, "politie");
    assert_int_equal(out.list[0].line, 4);
    assert_string_equal(out.list[1].principal, "om");
    assert_int_equal(out.list[1].line, 5);
}

/* Parses a list of N lines for P principals. */
static enum dhk_err
parse_many(unsigned n, unsigned p)
{
    static struct sshsig_signers out;
    static uint8_t mem[2 * LIMIT_SIGNERS_FILE];
    struct sink s;
    char line[160];
    sink_init(&s, mem, sizeof mem);
    for (unsigned i = 0; i < n; i++) {
        (void)snprintf(line, sizeof line, "p%u ssh-ed25519 " KEY_A "\n", i % p);
        sink_slice(&s, slice_str(line));
    }
    return sshsig_signers_parse(&out, sink_done(&s), NULL);
}

static void
too_long_lists_are_refused(void **state)
{
    (void)state;
    assert_int_equal(parse_many(64, 16), DHK_OK);
    assert_int_equal(parse_many(65, 16), DHK_LIMIT);
    assert_int_equal(parse_many(17, 17), DHK_LIMIT);
    assert_int_equal(parse_many(1000, 1), DHK_LIMIT);
}

/* The longest that the ledger keeps; one of another kind would not fit. */
static void
a_signature_loses_its_armor_and_gets_it_back(void **state)
{
    (void)state;
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct sshsig_signers signers;
    struct sshsig_result result;
    char application[128];
    uint8_t blob[LIMIT_SSHSIG_BLOB + 1] = {0}, made[512] = {0}, armor[2048];
    uint8_t mem[SSHSIG_ARMOR_MAX], text[1024];
    struct slice message = slice_str("driehoek-revocation\n");
    struct sink line;
    size_t n = 0;
    memset(application, 'a', sizeof application - 1);
    application[sizeof application - 1] = '\0';
    memcpy(application, "ssh:", 4);
    assert_int_equal(key_sign_new(&sk, &pk), DHK_OK);
    struct make how = {.sk = sk,
        .pk = &pk,
        .namespace_ = SSHSIG_NS_REVOKE,
        .application = application,
        .flags = 1};
    struct slice whole = make_blob(made, &how, message);
    assert_int_equal(
        sshsig_unarmor(blob, &n, make_armor(armor, whole)), DHK_OK);
    assert_int_equal(n, 351);
    assert_memory_equal(blob, whole.p, n);
    sink_init(&line, text, sizeof text);
    make_signer(&line, "om", "", &how);
    assert_int_equal(
        sshsig_signers_parse(&signers, sink_done(&line), NULL), DHK_OK);
    sshsig_verify(&result, sshsig_armor(mem, slice_of(blob, n)), message,
        SSHSIG_NS_REVOKE, &signers, 1);
    assert_int_equal(result.status, SSHSIG_VALID);
    memset(blob, 0, sizeof blob);
    assert_true(sshsig_armor(mem, slice_of(blob, LIMIT_SSHSIG_BLOB)).n > 0);
    assert_int_not_equal(
        sshsig_unarmor(
            blob, &n, make_armor(armor, slice_of(made, LIMIT_SSHSIG_BLOB + 1))),
        DHK_OK);
    key_sign_destroy(&sk);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_of_stock_ssh_keygen_verify),
        cmocka_unit_test(another_text_is_invalid_and_names_the_signer),
        cmocka_unit_test(another_namespace_is_invalid),
        cmocka_unit_test(an_unknown_key_is_shown_by_its_fingerprint),
        cmocka_unit_test(every_truncation_of_a_file_is_refused),
        cmocka_unit_test(every_flipped_bit_of_a_file_is_refused),
        cmocka_unit_test(another_armor_is_refused),
        cmocka_unit_test(every_flipped_bit_of_a_blob_is_refused),
        cmocka_unit_test(a_security_key_must_have_been_touched),
        cmocka_unit_test(a_security_key_of_another_application_is_another_key),
        cmocka_unit_test(signed_nonsense_is_refused),
        cmocka_unit_test(namespaces_and_times_of_the_list_are_kept),
        cmocka_unit_test(one_good_line_of_several_for_a_key_is_enough),
        cmocka_unit_test(lists_in_doubt_are_refused),
        cmocka_unit_test(keys_for_other_uses_are_skipped),
        cmocka_unit_test(too_long_lists_are_refused),
        cmocka_unit_test(a_signature_loses_its_armor_and_gets_it_back),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
