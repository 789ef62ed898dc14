/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signed answers: what is issued comes back and verifies, nothing else does. */
#include "answer.h"
#include "wiretest.h"

static struct sign_secret *sk;
static struct sign_public pk;

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {8};
    (void)state;
    wiretest_deterministic(2);
    assert_int_equal(key_init(), DHK_OK);
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    key_sign_destroy(&sk);
    return 0;
}

static enum dhk_err
again(struct sink *out, struct slice in)
{
    struct answer a, b;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = answer_decode(&a, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(a.items_n, 0);
        return rc;
    }
    assert_int_equal(answer_from_body(&b, a.body, a.signature, NULL), DHK_OK);
    assert_memory_equal(&a.item, &b.item, sizeof a.item);
    if (answer_verify(&a, &pk) == DHK_OK)
        return answer_issue(out, &a, sk);
    /* a changed body: it must be the one form of what it says */
    uint8_t mem[4096];
    struct sink body;
    sink_init(&body, mem, sizeof mem);
    assert_int_equal(answer_issue(&body, &a, sk), DHK_OK);
    assert_int_equal(answer_decode(&b, sink_done(&body), NULL), DHK_OK);
    assert_true(slice_equal(a.body, b.body));
    pack_array(out, 2);
    pack_bin(out, a.body);
    pack_bin(out, slice_of(a.signature, sizeof a.signature));
    return out->err;
}

/* Refuses whatever does not verify. */
static enum dhk_err
verified(struct sink *out, struct slice in)
{
    struct answer a;
    enum dhk_err rc = answer_decode(&a, in, NULL);
    if (rc == DHK_OK)
        rc = answer_verify(&a, &pk);
    return rc == DHK_OK ? again(out, in) : rc;
}

static struct answer
sample(size_t n)
{
    struct answer a = {.origin = slice_str("ledger.example/1"),
        .sender = slice_str("politie"),
        .items_n = n};
    memset(a.card, 9, sizeof a.card);
    for (size_t i = 0; i < n; i++) {
        a.item[i].entry_hash[0] = (uint8_t)i;
        a.item[i].outcome = (enum answer_outcome)(1 + i % 15);
        a.item[i].detail = i * 100;
    }
    return a;
}

static struct slice
issue(uint8_t *mem, size_t cap, const struct answer *a)
{
    struct sink out;
    sink_init(&out, mem, cap);
    assert_int_equal(answer_issue(&out, a, sk), DHK_OK);
    return sink_done(&out);
}

static void
answers_equal_their_golden_files(void **state)
{
    uint8_t mem[4096];
    (void)state;
    struct answer one = sample(1), full = sample(LIMIT_ANSWER);
    wiretest_keep("accept", "answer", "one", issue(mem, sizeof mem, &one));
    wiretest_keep("accept", "answer", "full", issue(mem, sizeof mem, &full));
    wiretest_folder("accept", "answer", verified);
}

static void
every_flipped_bit_fails_to_verify(void **state)
{
    uint8_t mem[4096];
    (void)state;
    struct answer a = sample(3);
    struct slice in = issue(mem, sizeof mem, &a);
    wiretest_all(again, in);
    assert_int_equal(wiretest_flips(verified, in), 0);
}

static void
members_come_back(void **state)
{
    uint8_t mem[4096];
    struct answer got, a = sample(2);
    (void)state;
    assert_int_equal(
        answer_decode(&got, issue(mem, sizeof mem, &a), NULL), DHK_OK);
    assert_true(slice_equal(got.origin, a.origin));
    assert_true(slice_equal(got.sender, a.sender));
    assert_memory_equal(got.card, a.card, sizeof a.card);
    assert_int_equal(got.items_n, 2);
    assert_int_equal(got.item[1].outcome, ANSWER_UNDECRYPTABLE);
    assert_int_equal(got.item[1].detail, 100);
}

static void
random_answers_come_back(void **state)
{
    uint8_t mem[4096];
    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        char name[64];
        struct answer a = sample(1 + wiretest_below(LIMIT_ANSWER));
        a.sender = wiretest_name(name);
        for (size_t i = 0; i < a.items_n; i++) {
            wiretest_fill(a.item[i].entry_hash, 32);
            a.item[i].detail = wiretest_number() & UINT32_MAX;
        }
        wiretest_accepts(verified, issue(mem, sizeof mem, &a));
    }
}

static void
the_longest_answer_has_room(void **state)
{
    uint8_t mem[4096];
    char origin[LIMIT_ORIGIN], name[LIMIT_NAME];
    (void)state;
    memset(origin, 'o', sizeof origin);
    memset(name, 'n', sizeof name);
    struct answer a = sample(LIMIT_ANSWER);
    a.origin = slice_of(origin, sizeof origin);
    a.sender = slice_of(name, sizeof name);
    for (size_t i = 0; i < a.items_n; i++)
        a.item[i].detail = UINT32_MAX;
    wiretest_accepts(verified, issue(mem, sizeof mem, &a));
}

static void
what_nobody_could_read_is_not_signed(void **state)
{
    uint8_t mem[4096];
    struct sink out;
    struct answer a;
    (void)state;
    sink_init(&out, mem, sizeof mem);
    a = sample(0);
    assert_int_equal(answer_issue(&out, &a, sk), DHK_FORMAT);
    a = sample(2);
    a.item[1].entry_hash[0] = a.item[0].entry_hash[0];
    assert_int_equal(answer_issue(&out, &a, sk), DHK_FORMAT);
    a = sample(2);
    a.item[0].outcome = ANSWER_NONE;
    assert_int_equal(answer_issue(&out, &a, sk), DHK_FORMAT);
    a = sample(2);
    a.item[0].detail = UINT64_C(1) << 32;
    assert_int_equal(answer_issue(&out, &a, sk), DHK_LIMIT);
    a = sample(2);
    a.sender = slice_str("Politie");
    assert_int_equal(answer_issue(&out, &a, sk), DHK_FORMAT);
    a = sample(2);
    a.items_n = LIMIT_ANSWER + 1;
    assert_int_equal(answer_issue(&out, &a, sk), DHK_LIMIT);
    assert_int_equal(out.n, 0);
}

/* An answer of N items, written by hand and properly signed. */
static void
keep_bad(const char *name, uint64_t version, uint64_t outcome, size_t n)
{
    uint8_t mem[4096], body_mem[4096], sig[KEY_SIGNATURE];
    struct sink out, body;
    uint8_t hash[32] = {0};
    sink_init(&body, body_mem, sizeof body_mem);
    pack_array(&body, 5);
    pack_uint(&body, version);
    pack_cstr(&body, "ledger.example/1");
    pack_bin(&body, slice_of(hash, sizeof hash));
    pack_cstr(&body, "politie");
    pack_array(&body, n);
    for (size_t i = 0; i < n; i++) {
        hash[0] = (uint8_t)(i / 2);
        pack_array(&body, 3);
        pack_bin(&body, slice_of(hash, sizeof hash));
        pack_uint(&body, outcome);
        pack_uint(&body, 0);
    }
    struct slice part = sink_done(&body);
    seal_sign(sig, "driehoek/v1/answer", &part, 1, sk);
    sink_init(&out, mem, sizeof mem);
    pack_array(&out, 2);
    pack_bin(&out, part);
    pack_bin(&out, slice_of(sig, sizeof sig));
    wiretest_keep("reject", "answer", name, sink_done(&out));
}

static void
what_is_wrong_is_refused(void **state)
{
    uint8_t mem[4096];
    (void)state;
    struct answer a = sample(1);
    wiretest_keep_common("answer", issue(mem, sizeof mem, &a), 0);
    keep_bad("version-2", 2, 1, 1);
    keep_bad("no-items", 1, 1, 0);
    keep_bad("outcome-0", 1, 0, 1);
    keep_bad("outcome-16", 1, 16, 1);
    keep_bad("one-share-twice", 1, 1, 2);
    keep_bad("too-many-items", 1, 1, LIMIT_ANSWER + 1);
    wiretest_folder("reject", "answer", again);
}

static void
outcomes_have_distinct_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ANSWER_OUTCOMES; i++)
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(answer_outcome_name((enum answer_outcome)i),
                answer_outcome_name((enum answer_outcome)k));
    assert_string_equal(
        answer_outcome_name((enum answer_outcome)99), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_equal_their_golden_files),
        cmocka_unit_test(every_flipped_bit_fails_to_verify),
        cmocka_unit_test(members_come_back),
        cmocka_unit_test(random_answers_come_back),
        cmocka_unit_test(the_longest_answer_has_room),
        cmocka_unit_test(what_nobody_could_read_is_not_signed),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(outcomes_have_distinct_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
