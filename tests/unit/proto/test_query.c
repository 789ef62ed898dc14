/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signed queries: what is issued comes back and verifies, nothing else does. */
#include "query.h"
#include "wiretest.h"

static struct sign_secret *sk;
static struct sign_public pk;

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {6};
    (void)state;
    wiretest_deterministic(3);
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
    struct query q, b;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = query_decode(&q, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(q.purpose, QUERY_PURPOSE_NONE);
        return rc;
    }
    assert_int_equal(query_from_body(&b, q.body, q.signature, NULL), DHK_OK);
    assert_int_equal(q.number, b.number);
    if (query_verify(&q, &pk) == DHK_OK)
        return query_issue(out, &q, sk);
    /* a changed body: it must be the one form of what it says */
    uint8_t mem[1024];
    struct sink body;
    sink_init(&body, mem, sizeof mem);
    assert_int_equal(query_issue(&body, &q, sk), DHK_OK);
    assert_int_equal(query_decode(&b, sink_done(&body), NULL), DHK_OK);
    assert_true(slice_equal(q.body, b.body));
    pack_array(out, 2);
    pack_bin(out, q.body);
    pack_bin(out, slice_of(q.signature, sizeof q.signature));
    return out->err;
}

static enum dhk_err
verified(struct sink *out, struct slice in)
{
    struct query q;
    enum dhk_err rc = query_decode(&q, in, NULL);
    if (rc == DHK_OK)
        rc = query_verify(&q, &pk);
    return rc == DHK_OK ? again(out, in) : rc;
}

static struct query
sample(void)
{
    struct query q = {.origin = slice_str("ledger.example/1"),
        .partner = slice_str("gemeente"),
        .number = 4,
        .purpose = QUERY_INTEGRITY,
        .what = QUERY_LIST,
        .from = 10,
        .until = 2000,
        .has_case = true,
        .since = UINT64_C(1772000000000),
        .before = UINT64_C(1773000000000),
        .sender = slice_str("politie"),
        .recipient = slice_str("om"),
        .kind = slice_str("zorgsignaal"),
        .share_purpose = slice_str("openbare-orde"),
        .rule = slice_str("P5"),
        .outcome = slice_str("taken")};
    memset(q.card, 1, sizeof q.card);
    memset(q.nonce, 2, sizeof q.nonce);
    memset(q.case_handle, 3, sizeof q.case_handle);
    return q;
}

static struct slice
issue(uint8_t *mem, size_t cap, const struct query *q)
{
    struct sink out;
    sink_init(&out, mem, cap);
    assert_int_equal(query_issue(&out, q, sk), DHK_OK);
    return sink_done(&out);
}

static void
queries_equal_their_golden_files(void **state)
{
    uint8_t mem[1024];
    struct query q = sample();
    (void)state;
    wiretest_keep("accept", "query", "list", issue(mem, sizeof mem, &q));
    q.what = QUERY_SUBJECT;
    wiretest_keep("accept", "query", "subject", issue(mem, sizeof mem, &q));
    q.partner = slice_of(NULL, 0);
    q.sender = q.recipient = q.kind = q.share_purpose = q.rule = q.outcome =
        q.partner;
    q.has_case = false;
    q.what = QUERY_FETCH;
    q.purpose = QUERY_COURT;
    q.until = q.since = q.before = 0;
    wiretest_keep("accept", "query", "fetch", issue(mem, sizeof mem, &q));
    wiretest_folder("accept", "query", verified);
}

static void
members_come_back(void **state)
{
    uint8_t mem[1024];
    struct query got, q = sample();
    (void)state;
    assert_int_equal(
        query_decode(&got, issue(mem, sizeof mem, &q), NULL), DHK_OK);
    assert_true(slice_equal(got.origin, q.origin));
    assert_true(slice_equal(got.partner, q.partner));
    assert_memory_equal(got.card, q.card, 32);
    assert_memory_equal(got.nonce, q.nonce, 32);
    assert_memory_equal(got.case_handle, q.case_handle, 16);
    assert_true(got.has_case);
    assert_int_equal(got.number, 4);
    assert_int_equal(got.purpose, QUERY_INTEGRITY);
    assert_int_equal(got.what, QUERY_LIST);
    assert_int_equal(got.from, 10);
    assert_int_equal(got.until, 2000);
    assert_int_equal(got.since, q.since);
    assert_int_equal(got.before, q.before);
    assert_true(slice_equal(got.sender, q.sender));
    assert_true(slice_equal(got.recipient, q.recipient));
    assert_true(slice_equal(got.kind, q.kind));
    assert_true(slice_equal(got.share_purpose, q.share_purpose));
    assert_true(slice_equal(got.rule, q.rule));
    assert_true(slice_equal(got.outcome, q.outcome));
}

/* Every filter at its longest beside the longest origin. */
static void
the_longest_query_fits(void **state)
{
    static const char name[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    char origin[LIMIT_ORIGIN + 1];
    uint8_t mem[1024];
    struct query q = sample();
    (void)state;
    memset(origin, 'o', LIMIT_ORIGIN);
    origin[LIMIT_ORIGIN] = '\0';
    q.origin = slice_str(origin);
    q.partner = q.sender = q.recipient = slice_str(name);
    q.kind = q.share_purpose = q.outcome = slice_str(name);
    q.rule = slice_of(q.kind.p, LIMIT_RULE_ID);
    q.number = q.from = q.until = q.since = q.before = INT64_MAX;
    assert_int_equal(q.partner.n, LIMIT_NAME);
    wiretest_accepts(verified, issue(mem, sizeof mem, &q));
}

static void
every_flipped_bit_fails_to_verify(void **state)
{
    uint8_t mem[1024];
    struct query q = sample();
    (void)state;
    struct slice in = issue(mem, sizeof mem, &q);
    wiretest_all(again, in);
    assert_int_equal(wiretest_flips(verified, in), 0);
}

static void
random_queries_come_back(void **state)
{
    uint8_t mem[1024];
    (void)state;
    for (unsigned round = 0; round < 500; round++) {
        char name[64];
        struct query q = sample();
        q.partner = wiretest_name(name);
        struct slice *filter[] = {&q.partner, &q.sender, &q.recipient, &q.kind,
            &q.share_purpose, &q.rule, &q.outcome};
        for (size_t i = 0; i < sizeof filter / sizeof filter[0]; i++)
            if (wiretest_below(2) == 0)
                filter[i]->n = 0;
        q.has_case = wiretest_below(2) == 0;
        q.number = wiretest_number();
        q.from = wiretest_number() >> 1;
        q.until = wiretest_number() >> 1;
        q.since = wiretest_number() >> 1;
        q.before = wiretest_number() >> 1;
        q.purpose = (enum query_purpose)(1 + wiretest_below(4));
        q.what = (enum query_what)(1 + wiretest_below(4));
        wiretest_accepts(verified, issue(mem, sizeof mem, &q));
    }
}

static void
what_nobody_could_read_is_not_signed(void **state)
{
    uint8_t mem[1024];
    struct sink out;
    struct query q = sample();
    (void)state;
    sink_init(&out, mem, sizeof mem);
    q.purpose = QUERY_PURPOSE_NONE;
    assert_int_equal(query_issue(&out, &q, sk), DHK_FORMAT);
    q = sample();
    q.what = QUERY_WHAT_NONE;
    assert_int_equal(query_issue(&out, &q, sk), DHK_FORMAT);
    q = sample();
    q.partner = slice_str("no name");
    assert_int_equal(query_issue(&out, &q, sk), DHK_FORMAT);
    q = sample();
    q.from = UINT64_MAX;
    assert_int_equal(query_issue(&out, &q, sk), DHK_LIMIT);
    q = sample();
    q.what = QUERY_SUBJECT;
    q.has_case = false;
    assert_int_equal(query_issue(&out, &q, sk), DHK_FORMAT);
    assert_int_equal(out.n, 0);
}

/* A query written by hand and properly signed. */
static void
keep_bad(const char *name, uint64_t version, uint64_t purpose, uint64_t what,
    size_t case_n)
{
    uint8_t mem[1024], body_mem[1024], sig[KEY_SIGNATURE];
    static const uint8_t zeros[64];
    struct sink out, body;
    sink_init(&body, body_mem, sizeof body_mem);
    pack_array(&body, 19);
    pack_uint(&body, version);
    pack_cstr(&body, "ledger.example/1");
    pack_bin(&body, slice_of(zeros, 32));
    pack_bin(&body, slice_of(zeros, 32));
    pack_uint(&body, 1);
    pack_uint(&body, purpose);
    pack_uint(&body, what);
    pack_uint(&body, 0);
    pack_uint(&body, 0);
    pack_nil(&body);
    if (case_n == 0)
        pack_nil(&body);
    else
        pack_bin(&body, slice_of(zeros, case_n));
    pack_uint(&body, 0);
    pack_uint(&body, 0);
    for (int i = 0; i < 6; i++)
        pack_nil(&body);
    struct slice part = sink_done(&body);
    seal_sign(sig, "driehoek/v1/query", &part, 1, sk);
    sink_init(&out, mem, sizeof mem);
    pack_array(&out, 2);
    pack_bin(&out, part);
    pack_bin(&out, slice_of(sig, sizeof sig));
    wiretest_keep("reject", "query", name, sink_done(&out));
}

static void
what_is_wrong_is_refused(void **state)
{
    uint8_t mem[1024];
    struct query q = sample();
    (void)state;
    wiretest_keep_common("query", issue(mem, sizeof mem, &q), 0);
    keep_bad("version-2", 2, 1, 1, 16);
    keep_bad("purpose-0", 1, 0, 1, 16);
    keep_bad("purpose-5", 1, 5, 1, 16);
    keep_bad("what-0", 1, 1, 0, 16);
    keep_bad("what-7", 1, 1, 7, 16);
    keep_bad("subject-without-case", 1, 1, QUERY_SUBJECT, 0);
    keep_bad("case-15-bytes", 1, 1, 1, 15);
    wiretest_folder("reject", "query", again);
}

static void
purposes_are_found_by_name(void **state)
{
    (void)state;
    for (unsigned i = 1; i < QUERY_PURPOSES; i++) {
        const char *name = query_purpose_name((enum query_purpose)i);
        assert_int_equal(query_purpose_find(slice_str(name)), i);
    }
    assert_int_equal(query_purpose_find(slice_str("none")), QUERY_PURPOSE_NONE);
    assert_int_equal(query_purpose_find(slice_str("")), QUERY_PURPOSE_NONE);
}

static void
outcomes_are_of_a_closed_list(void **state)
{
    static const char *const known[] = {"accepted", "refused", "returned",
        "expired", "withdrawn", "corrected", "released", "declined", "denied",
        "quota", "taken", "undecryptable", "deleted"};
    static const char *const unknown[] = {"none", "", "unknown", "share"};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_true(query_is_outcome(slice_str(known[i])));
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        assert_false(query_is_outcome(slice_str(unknown[i])));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_equal_their_golden_files),
        cmocka_unit_test(members_come_back),
        cmocka_unit_test(the_longest_query_fits),
        cmocka_unit_test(every_flipped_bit_fails_to_verify),
        cmocka_unit_test(random_queries_come_back),
        cmocka_unit_test(what_nobody_could_read_is_not_signed),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(purposes_are_found_by_name),
        cmocka_unit_test(outcomes_are_of_a_closed_list),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
