/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who has signed, who is missing, what refuses a text; and revocations. */
#include "quorum.h"

#include "sshsig_make.h"
#include "wiretest.h"

enum { NOW = 1790000000, FILE_MAX = 2048, PEOPLE = 4 };

struct fixture {
    uint8_t text_mem[256];
    struct slice text;
    struct sshsig_signers signers;  /* of the vectors */
    struct sign_secret *sk[PEOPLE]; /* for what is made by hand */
    struct sign_public pk[PEOPLE];
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
    for (size_t i = 0; i < PEOPLE; i++)
        assert_int_equal(key_sign_new(&f.sk[i], &f.pk[i]), DHK_OK);
    *state = &f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < PEOPLE; i++)
        key_sign_destroy(&f->sk[i]);
    return 0;
}

static const char *const all_three[] = {"burgemeester", "politie", "om"};

/* Checks vector files, given by name and ended by NULL, against REQUIRED. */
static struct quorum
check_files(const struct fixture *f, const char *const *files,
    const char *const *required, size_t required_n)
{
    static uint8_t mem[QUORUM_SIGNATURES][FILE_MAX];
    struct quorum_sig sigs[QUORUM_SIGNATURES];
    struct quorum q;
    size_t n = 0;
    for (; files[n] != NULL; n++) {
        char path[256];
        (void)snprintf(path, sizeof path, "sshsig/%s", files[n]);
        sigs[n].armor = vector_read(path, mem[n], FILE_MAX);
        (void)snprintf(
            sigs[n].name, sizeof sigs[n].name, "x.convenant.%s", files[n]);
    }
    assert_int_equal(quorum_check(&q, f->text, sigs, n, SSHSIG_NS_AGREEMENT,
                         &f->signers, required, required_n, NOW),
        DHK_OK);
    assert_int_equal(q.results_n, n);
    return q;
}

static void
all_signatures_fill_the_quorum(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {
        "burgemeester.sig", "politie.sig", "om.sig", NULL};
    struct quorum q = check_files(f, files, all_three, 3);
    assert_int_equal(q.verdict, QUORUM_FULL);
    assert_int_equal(q.valid_n, 3);
    assert_string_equal(q.sentence, "signed by burgemeester, politie, om");
}

static void
the_missing_signatory_is_named(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {
        "burgemeester.sig", "politie.sig", NULL};
    struct quorum q = check_files(f, files, all_three, 3);
    assert_int_equal(q.verdict, QUORUM_MISSING);
    assert_int_equal(q.missing_n, 1);
    assert_string_equal(q.missing[0], "om");
    assert_string_equal(
        q.sentence, "signed by burgemeester, politie; missing: om");
}

static void
no_signature_at_all_fills_nothing(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {NULL};
    struct quorum q = check_files(f, files, all_three, 3);
    assert_int_equal(q.verdict, QUORUM_MISSING);
    assert_string_equal(q.sentence,
        "signed by nobody who may; missing: burgemeester, politie, om");
    q = check_files(f, files, NULL, 0);
    assert_int_equal(q.verdict, QUORUM_MISSING);
}

static void
a_required_principal_without_a_key_is_missing(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {
        "burgemeester.sig", "politie.sig", "om.sig", NULL};
    static const char *const required[] = {"om", "gemeente", "om", "gemeente"};
    struct quorum q = check_files(f, files, required, 4);
    assert_int_equal(q.verdict, QUORUM_MISSING);
    assert_int_equal(q.missing_n, 1);
    assert_string_equal(q.missing[0], "gemeente");
}

static void
a_bad_signature_of_a_known_key_refuses(void **state)
{
    struct fixture *f = *state;
    static const char *const namespace_[] = {
        "burgemeester.sig", "politie.sig", "om-wrong-namespace.sig", NULL};
    struct quorum q = check_files(f, namespace_, all_three, 3);
    assert_int_equal(q.verdict, QUORUM_REFUSED);
    assert_string_equal(q.sentence,
        "refused: x.convenant.om-wrong-namespace.sig does not verify "
        "(wrong namespace)");
    static const char *const other[] = {
        "burgemeester.sig", "politie.sig", "om.sig", "om-other-text.sig", NULL};
    q = check_files(f, other, all_three, 3);
    assert_int_equal(q.verdict, QUORUM_REFUSED);
    assert_string_equal(q.sentence,
        "refused: x.convenant.om-other-text.sig does not verify "
        "(made over other content)");
}

static void
what_is_no_signature_refuses(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {
        "burgemeester.sig", "politie.sig", "om.sig", "text.convenant", NULL};
    struct quorum q = check_files(f, files, all_three, 3);
    assert_int_equal(q.verdict, QUORUM_REFUSED);
    assert_string_equal(q.sentence,
        "refused: x.convenant.text.convenant does not verify "
        "(not an SSH signature)");
}

static void
unknown_keys_are_shown_and_ignored(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {"stranger.sig", "burgemeester.sig",
        "stranger-wrong-namespace.sig", "politie.sig", "rsa.sig", "om.sig",
        NULL};
    uint8_t mem[128];
    struct quorum q = check_files(f, files, all_three, 3);
    assert_int_equal(q.verdict, QUORUM_FULL);
    assert_int_equal(q.valid_n, 3);
    assert_non_null(strstr(q.sentence, "; ignored: x.convenant.stranger.sig "
                                       "(unknown key SHA256:"));
    struct slice rsa = vector_read("sshsig/rsa.fingerprint", mem, sizeof mem);
    mem[rsa.n - 1] = '\0';
    assert_non_null(strstr(q.sentence, (const char *)mem));
    static const char *const strangers[] = {"stranger.sig", NULL};
    q = check_files(f, strangers, NULL, 0);
    assert_int_equal(q.verdict, QUORUM_MISSING);
}

static void
one_key_counts_once(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {
        "politie.sig", "politie-sha256.sig", NULL};
    struct quorum q = check_files(f, files, &all_three[1], 1);
    assert_int_equal(q.verdict, QUORUM_REFUSED);
    assert_string_equal(q.sentence,
        "refused: x.convenant.politie-sha256.sig does not verify "
        "(the same key has signed twice)");
}

static void
one_valid_signature_revokes(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {"politie.sig", NULL};
    struct quorum q = check_files(f, files, NULL, 0);
    assert_int_equal(q.verdict, QUORUM_FULL);
    assert_string_equal(q.sentence, "signed by politie");
}

/* A line of a list and whether its key signs, by the number of the key. */
struct line {
    const char *principal;
    const char *options;
    size_t key;
    bool signs;
    const char *application;
};

static struct quorum
check_lines(const struct fixture *f, const struct line *lines, size_t n,
    const char *const *required, size_t required_n)
{
    static uint8_t armor[8][2048];
    uint8_t list_mem[4096], blob[512];
    struct sshsig_signers signers;
    struct quorum_sig sigs[8];
    struct quorum q;
    struct sink list;
    size_t sigs_n = 0;
    sink_init(&list, list_mem, sizeof list_mem);
    for (size_t i = 0; i < n; i++) {
        struct make how = {.sk = f->sk[lines[i].key],
            .pk = &f->pk[lines[i].key],
            .application = lines[i].application,
            .flags = 1};
        make_signer(&list, lines[i].principal, lines[i].options, &how);
        if (!lines[i].signs)
            continue;
        sigs[sigs_n].armor =
            make_armor(armor[sigs_n], make_blob(blob, &how, f->text));
        (void)snprintf(sigs[sigs_n].name, sizeof sigs[sigs_n].name, "%s.sig",
            lines[i].principal);
        sigs_n++;
    }
    assert_int_equal(
        sshsig_signers_parse(&signers, sink_done(&list), NULL), DHK_OK);
    assert_int_equal(
        quorum_check(&q, f->text, sigs, sigs_n, SSHSIG_NS_AGREEMENT, &signers,
            required, required_n, NOW),
        DHK_OK);
    return q;
}

static void
one_key_for_two_signatories_refuses(void **state)
{
    struct fixture *f = *state;
    static const char *const required[] = {"om", "politie"};
    const struct line once[] = {
        {"om", "", 0, true, NULL}, {"politie", "", 0, false, NULL}};
    struct quorum q = check_lines(f, once, 2, required, 1);
    assert_int_equal(q.verdict, QUORUM_REFUSED);
    assert_string_equal(q.sentence, "refused: om.sig does not verify "
                                    "(one key is listed for two signatories)");
    const struct line twice[] = {
        {"om", "", 0, true, NULL}, {"politie", "", 0, true, "ssh:"}};
    q = check_lines(f, twice, 2, required, 2);
    assert_int_equal(q.verdict, QUORUM_REFUSED);
}

static void
two_keys_of_one_principal_count_once(void **state)
{
    struct fixture *f = *state;
    static const char *const required[] = {"om", "politie"};
    const struct line lines[] = {{"om", "", 0, true, NULL},
        {"om", "", 1, true, "ssh:"}, {"politie", "", 2, false, NULL}};
    struct quorum q = check_lines(f, lines, 3, required, 2);
    assert_int_equal(q.verdict, QUORUM_MISSING);
    assert_int_equal(q.valid_n, 1);
    assert_string_equal(q.sentence, "signed by om; missing: politie");
}

static void
a_key_outside_its_time_does_not_count(void **state)
{
    struct fixture *f = *state;
    static const char *const required[] = {"om", "politie"};
    const struct line lines[] = {{"om", "", 0, true, NULL},
        {"politie", "valid-before=\"20260101\"", 1, true, NULL}};
    struct quorum q = check_lines(f, lines, 2, required, 2);
    assert_int_equal(q.verdict, QUORUM_MISSING);
    assert_string_equal(q.sentence,
        "signed by om; missing: politie; ignored: politie.sig "
        "(key not valid at this time)");
}

static void
too_many_signatures_are_refused(void **state)
{
    struct fixture *f = *state;
    static struct quorum_sig sigs[QUORUM_SIGNATURES + 1];
    struct quorum q;
    assert_int_equal(quorum_check(&q, f->text, sigs, QUORUM_SIGNATURES + 1,
                         SSHSIG_NS_AGREEMENT, &f->signers, NULL, 0, NOW),
        DHK_LIMIT);
    assert_int_equal(q.verdict, QUORUM_REFUSED);
}

static void
a_hostile_file_name_does_not_reach_the_terminal(void **state)
{
    struct fixture *f = *state;
    struct quorum_sig sig = {.name = "a\033[2Jb\n", .armor = {NULL, 0}};
    struct quorum q;
    assert_int_equal(quorum_check(&q, f->text, &sig, 1, SSHSIG_NS_AGREEMENT,
                         &f->signers, NULL, 0, NOW),
        DHK_OK);
    assert_string_equal(
        q.sentence, "refused: a?[2Jb? does not verify (not an SSH signature)");
}

static void
a_long_sentence_is_cut(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {"stranger.sig", "stranger.sig",
        "stranger.sig", "stranger.sig", "stranger.sig", "stranger.sig",
        "stranger.sig", "stranger.sig", NULL};
    struct quorum q = check_files(f, files, all_three, 3);
    assert_int_equal(strlen(q.sentence), sizeof q.sentence - 1);
}

static void
everybody_on_the_list_for_the_namespace_must_sign_first(void **state)
{
    struct fixture *f = *state;
    const char *out[LIMIT_SIGNATORIES];
    size_t n = quorum_principals(
        out, LIMIT_SIGNATORIES, &f->signers, SSHSIG_NS_REVOKE);
    assert_int_equal(n, 3);
    assert_string_equal(out[0], "burgemeester");
    n = quorum_principals(
        out, LIMIT_SIGNATORIES, &f->signers, SSHSIG_NS_ROSTER);
    assert_int_equal(n, 0);
}

static void
the_union_has_everybody_once(void **state)
{
    (void)state;
    static const char *const b[] = {"om", "school", "politie", "school"};
    const char *out[7];
    size_t n = quorum_union(out, 7, all_three, 3, b, 4);
    assert_int_equal(n, 4);
    assert_string_equal(out[2], "om");
    assert_string_equal(out[3], "school");
}

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void
revocations_name_a_text_or_a_card(void **state)
{
    (void)state;
    uint8_t mem[QUORUM_REVOCATION_TEXT];
    struct quorum_revocation r;
    assert_int_equal(
        quorum_revocation_parse(
            &r, slice_str("driehoek-revocation\ntext sha256:" HEX "\n"), NULL),
        DHK_OK);
    assert_int_equal(r.what, QUORUM_REVOKES_TEXT);
    assert_int_equal(r.id[1], 0x11);
    assert_true(slice_equal(quorum_revocation_text(mem, &r),
        slice_str("driehoek-revocation\ntext sha256:" HEX "\n")));
    assert_int_equal(
        quorum_revocation_parse(
            &r, slice_str("driehoek-revocation\ncard " HEX "\n"), NULL),
        DHK_OK);
    assert_int_equal(r.what, QUORUM_REVOKES_CARD);
    assert_int_equal(r.id[31], 0xff);
    assert_true(slice_equal(quorum_revocation_text(mem, &r),
        slice_str("driehoek-revocation\ncard " HEX "\n")));
}

static void
malformed_revocations_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "driehoek-revocation",
        "driehoek-revocation\n",
        "driehoek-revocation\ncard " HEX,
        "driehoek-revocation\r\ncard " HEX "\r\n",
        "driehoek-revocation\ncard " HEX "00\n",
        "driehoek-revocation\ncard sha256:" HEX "\n",
        "driehoek-revocation\ntext " HEX "\n",
        "driehoek-revocation\ncard  " HEX "\n",
        "driehoek-revocation\ncard " HEX " \n",
        "driehoek-revocation\n\ncard " HEX "\n",
        " driehoek-revocation\ncard " HEX "\n",
        "driehoek-revocation\ncard " HEX "\n\n",
        "driehoek-revocation\ncard " HEX "\nreason x\n",
        "driehoek-revocation\ncard " HEX "\ncard " HEX "\n",
        "driehoek-convenant\ncard " HEX "\n",
    };
    struct quorum_revocation r;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct diag diag = {NULL, 0};
        enum dhk_err rc = quorum_revocation_parse(&r, slice_str(bad[i]), &diag);
        if (rc != DHK_FORMAT)
            print_message("not refused: %s\n", bad[i]);
        assert_int_equal(rc, DHK_FORMAT);
        assert_non_null(diag.what);
        assert_int_equal(r.what, 0);
    }
}

/* What is taken is handed back as it is: only whether it is taken counts. */
static enum dhk_err
revocation(struct sink *out, struct slice text)
{
    struct quorum_revocation r;
    enum dhk_err rc = quorum_revocation_parse(&r, text, NULL);
    sink_slice(out, text);
    return rc;
}

static void
golden_revocations_are_taken_or_refused_as_their_folder_says(void **state)
{
    (void)state;
    wiretest_folder("accept", "revoketext", revocation);
    wiretest_folder("reject", "revoketext", revocation);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_signatures_fill_the_quorum),
        cmocka_unit_test(the_missing_signatory_is_named),
        cmocka_unit_test(no_signature_at_all_fills_nothing),
        cmocka_unit_test(a_required_principal_without_a_key_is_missing),
        cmocka_unit_test(a_bad_signature_of_a_known_key_refuses),
        cmocka_unit_test(what_is_no_signature_refuses),
        cmocka_unit_test(unknown_keys_are_shown_and_ignored),
        cmocka_unit_test(one_key_counts_once),
        cmocka_unit_test(one_valid_signature_revokes),
        cmocka_unit_test(one_key_for_two_signatories_refuses),
        cmocka_unit_test(two_keys_of_one_principal_count_once),
        cmocka_unit_test(a_key_outside_its_time_does_not_count),
        cmocka_unit_test(too_many_signatures_are_refused),
        cmocka_unit_test(a_hostile_file_name_does_not_reach_the_terminal),
        cmocka_unit_test(a_long_sentence_is_cut),
        cmocka_unit_test(
            everybody_on_the_list_for_the_namespace_must_sign_first),
        cmocka_unit_test(the_union_has_everybody_once),
        cmocka_unit_test(revocations_name_a_text_or_a_card),
        cmocka_unit_test(malformed_revocations_are_refused),
        cmocka_unit_test(
            golden_revocations_are_taken_or_refused_as_their_folder_says),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
