/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which texts come into force at a node, and which never again. */
#include "ring.h"

#include "file.h"
#include "revoked.h"

enum { BOTH = 3, ONLY_POLITIE = 1 };

static struct trust *
trust_of(struct ring *r)
{
    return r->partner[RING_GEMEENTE].node->trust;
}

static enum dhk_err
take(
    struct ring *r, const char *text, unsigned who, struct dhk_problem *problem)
{
    struct trust_text *t = ring_sign(r, text, SSHSIG_NS_AGREEMENT, who);
    enum dhk_err rc = trust_take_agreement(
        trust_of(r), t, node_now(r->partner[RING_GEMEENTE].node), problem);

    ring_sign_end(&t);
    return rc;
}

/* The next version, superseding the one in force. */
static void
next_text(char out[RING_TEXT], struct ring *r, unsigned version)
{
    char hex[2 * SEAL_HASH + 1];

    bytes_hex(hex, trust_agreement_hash(trust_of(r)), SEAL_HASH);
    ring_agreement(out, version, hex, "");
}

static void
a_later_version_needs_every_signature(void **state)
{
    struct ring *r = *state;
    struct dhk_problem problem = {""};
    char text[RING_TEXT];

    next_text(text, r, 2);
    assert_int_equal(take(r, text, ONLY_POLITIE, &problem), DHK_AUTH);
    assert_non_null(strstr(problem.text, "om"));
    assert_int_equal(trust_agreement(trust_of(r))->version, 1);
    ok(take(r, text, BOTH, NULL));
    assert_int_equal(trust_agreement(trust_of(r))->version, 2);
}

static void
a_text_without_a_signature_is_refused(void **state)
{
    struct ring *r = *state;
    char text[RING_TEXT];

    next_text(text, r, 2);
    assert_int_equal(take(r, text, 0, NULL), DHK_AUTH);
}

static void
a_signature_of_another_text_is_refused(void **state)
{
    struct ring *r = *state;
    char text[RING_TEXT];
    struct trust_text *t;

    next_text(text, r, 2);
    t = ring_sign(r, text, SSHSIG_NS_AGREEMENT, BOTH);
    text[strlen(text) - 1] = ' ';
    assert_int_equal(
        trust_take_agreement(trust_of(r), t, 1795000000, NULL), DHK_AUTH);
    ring_sign_end(&t);
}

static void
a_signature_for_rosters_is_none_for_agreements(void **state)
{
    struct ring *r = *state;
    char text[RING_TEXT];
    struct trust_text *t;

    next_text(text, r, 2);
    t = ring_sign(r, text, SSHSIG_NS_ROSTER, BOTH);
    assert_int_equal(
        trust_take_agreement(trust_of(r), t, 1795000000, NULL), DHK_AUTH);
    ring_sign_end(&t);
}

static void
an_older_version_never_comes_back(void **state)
{
    struct ring *r = *state;
    char first[RING_TEXT], second[RING_TEXT];

    ring_agreement(first, 1, NULL, "");
    next_text(second, r, 2);
    ok(take(r, second, BOTH, NULL));
    assert_int_equal(take(r, first, BOTH, NULL), DHK_EXISTS);
    assert_int_equal(trust_agreement(trust_of(r))->version, 2);
}

static void
a_fork_is_refused(void **state)
{
    struct ring *r = *state;
    char text[RING_TEXT];

    ring_agreement(text, 1, NULL, "# another text\n");
    assert_int_equal(take(r, text, BOTH, NULL), DHK_EXISTS);
}

static void
the_next_version_must_name_the_one_before(void **state)
{
    struct ring *r = *state;
    char text[RING_TEXT];

    ring_agreement(text, 2,
        "0000000000000000000000000000000000000000000000000000000000000000", "");
    assert_int_equal(take(r, text, BOTH, NULL), DHK_EXISTS);
}

static void
a_text_outside_its_validity_is_refused(void **state)
{
    struct ring *r = *state;
    struct trust_text *t;
    char text[RING_TEXT];
    const int64_t year_2040 = 2208988800;

    next_text(text, r, 2);
    t = ring_sign(r, text, SSHSIG_NS_AGREEMENT, BOTH);
    assert_int_equal(
        trust_take_agreement(trust_of(r), t, year_2040, NULL), DHK_STATE);
    ring_sign_end(&t);
}

static void
after_an_end_nothing_is_in_force_until_the_next(void **state)
{
    struct ring *r = *state;
    char text[RING_TEXT];

    next_text(text, r, 2);
    ok(trust_agreement_ended(trust_of(r), NULL));
    assert_null(trust_agreement(trust_of(r)));
    ok(take(r, text, BOTH, NULL));
    assert_int_equal(trust_agreement(trust_of(r))->version, 2);
}

static enum dhk_err
end_it(struct ring *r, const uint8_t hash[SEAL_HASH], const char *namespace_,
    unsigned who)
{
    struct quorum_revocation what = {.what = QUORUM_REVOKES_TEXT};
    uint8_t mem[QUORUM_REVOCATION_TEXT + 1] = {0};
    struct revoked revoked;

    memcpy(what.id, hash, SEAL_HASH);
    struct slice text = quorum_revocation_text(mem, &what);
    assert_int_equal(text.n, strlen((char *)mem));
    struct trust_text *t = ring_sign(r, (char *)mem, namespace_, who);
    enum dhk_err rc = trust_agreement_revoked(&revoked, trust_of(r), t,
        node_now(r->partner[RING_GEMEENTE].node), NULL);
    if (rc == DHK_OK)
        assert_string_equal(revoked.by, who == ONLY_POLITIE ? "politie" : "om");
    ring_sign_end(&t);
    return rc;
}

static void
what_one_signatory_revoked_never_comes_back(void **state)
{
    struct ring *r = *state;
    struct trust *again = NULL;
    uint8_t hash[SEAL_HASH];
    char first[RING_TEXT], second[RING_TEXT];

    ring_agreement(first, 1, NULL, "");
    next_text(second, r, 2);
    memcpy(hash, trust_agreement_hash(trust_of(r)), SEAL_HASH);
    ok(end_it(r, hash, SSHSIG_NS_REVOKE, ONLY_POLITIE));
    assert_null(trust_agreement(trust_of(r)));
    assert_int_equal(take(r, first, BOTH, NULL), DHK_EXISTS);
    /* nor for the node that starts anew */
    ok(trust_open(&again, r->partner[RING_GEMEENTE].node->broker_dir, NULL));
    assert_true(trust_is_revoked(again));
    assert_null(trust_agreement(again));
    struct trust_text *t = ring_sign(r, first, SSHSIG_NS_AGREEMENT, BOTH);
    assert_int_equal(
        trust_take_agreement(again, t, 1795000000, NULL), DHK_EXISTS);
    ring_sign_end(&t);
    trust_destroy(&again);
    ok(take(r, second, BOTH, NULL));
    assert_false(trust_is_revoked(trust_of(r)));
    assert_int_equal(trust_agreement(trust_of(r))->version, 2);
}

static void
nobody_else_revokes(void **state)
{
    struct ring *r = *state;
    uint8_t hash[SEAL_HASH], other[SEAL_HASH] = {1};

    memcpy(hash, trust_agreement_hash(trust_of(r)), SEAL_HASH);
    assert_int_equal(end_it(r, hash, SSHSIG_NS_REVOKE, 0), DHK_AUTH);
    assert_int_equal(end_it(r, hash, SSHSIG_NS_AGREEMENT, BOTH), DHK_AUTH);
    assert_int_equal(end_it(r, other, SSHSIG_NS_REVOKE, BOTH), DHK_NOTFOUND);
    assert_int_equal(
        end_it(r, trust_roster_hash(trust_of(r)), SSHSIG_NS_REVOKE, BOTH),
        DHK_AUTH);
    assert_non_null(trust_agreement(trust_of(r)));
    assert_false(trust_is_revoked(trust_of(r)));
    /* what the broker alone says is not for good */
    char first[RING_TEXT];
    ring_agreement(first, 1, NULL, "");
    ok(trust_agreement_ended(trust_of(r), NULL));
    ok(take(r, first, BOTH, NULL));
}

static void
an_older_agreement_can_be_kept_and_is_not_in_force(void **state)
{
    struct ring *r = *state;
    char first[RING_TEXT], second[RING_TEXT];
    uint8_t hash[SEAL_HASH];
    struct trust *late = NULL;
    struct trust_text *t;

    /* a node that joins late, when version 2 is in force */
    ring_agreement(first, 1, NULL, "");
    seal_sha256(hash, slice_str(first));
    next_text(second, r, 2);
    ok(trust_new(&late, slice_str(r->signers), NULL, NULL));
    t = ring_sign(r, second, SSHSIG_NS_AGREEMENT, BOTH);
    ok(trust_take_agreement(late, t, 1795000000, NULL));
    ring_sign_end(&t);
    t = ring_sign(r, first, SSHSIG_NS_AGREEMENT, ONLY_POLITIE);
    assert_int_equal(trust_keep_agreement(late, t, 1795000000, NULL), DHK_AUTH);
    assert_null(trust_agreement_by_hash(late, hash));
    ring_sign_end(&t);
    t = ring_sign(r, first, SSHSIG_NS_AGREEMENT, BOTH);
    ok(trust_keep_agreement(late, t, 1795000000, NULL));
    assert_non_null(trust_agreement_by_hash(late, hash));
    assert_int_equal(trust_agreement(late)->version, 2);
    ring_sign_end(&t);
    trust_destroy(&late);
}

static void
what_is_in_force_is_read_again(void **state)
{
    struct ring *r = *state;
    struct trust *again = NULL;
    const char *dir = r->partner[RING_GEMEENTE].node->broker_dir;

    ok(trust_open(&again, dir, NULL));
    assert_memory_equal(trust_agreement_hash(again),
        trust_agreement_hash(trust_of(r)), SEAL_HASH);
    assert_string_equal(trust_roster(again)->origin, RING_ORIGIN);
    trust_destroy(&again);
}

static void
an_altered_text_in_a_file_is_refused(void **state)
{
    struct ring *r = *state;
    struct trust *again = NULL;
    const char *dir = r->partner[RING_GEMEENTE].node->broker_dir;
    char hex[2 * SEAL_HASH + 1], path[NODE_PATH + 128];

    bytes_hex(hex, trust_agreement_hash(trust_of(r)), SEAL_HASH);
    (void)snprintf(path, sizeof path, "%s/agreements/%s.convenant", dir, hex);
    ok(file_write(path, slice_str("convenant"), 0600));
    assert_int_equal(trust_open(&again, dir, NULL), DHK_AUTH);
    assert_null(again);
}

#define ring_test(f) cmocka_unit_test_setup_teardown(f, ring_new, ring_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ring_test(a_later_version_needs_every_signature),
        ring_test(a_text_without_a_signature_is_refused),
        ring_test(a_signature_of_another_text_is_refused),
        ring_test(a_signature_for_rosters_is_none_for_agreements),
        ring_test(an_older_version_never_comes_back),
        ring_test(a_fork_is_refused),
        ring_test(the_next_version_must_name_the_one_before),
        ring_test(a_text_outside_its_validity_is_refused),
        ring_test(after_an_end_nothing_is_in_force_until_the_next),
        ring_test(what_one_signatory_revoked_never_comes_back),
        ring_test(nobody_else_revokes),
        ring_test(an_older_agreement_can_be_kept_and_is_not_in_force),
        ring_test(what_is_in_force_is_read_again),
        ring_test(an_altered_text_in_a_file_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
