/* SPDX-License-Identifier: EUPL-1.2
 *
 * Statements about cases: what is issued comes back and verifies with the
 * card's key that made it, and nothing else does. */
#include "statement.h"
#include "wiretest.h"

static struct sign_secret *sk;
static struct sign_public pk;

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {13};
    (void)state;
    wiretest_deterministic(13);
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

/* Encoded again, whoever signed it: the body must be the one form of what it
 * says. */
static enum dhk_err
again(struct sink *out, struct slice in)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct statement s, b;
    struct diag diag = {NULL, 0};
    struct sink made;
    enum dhk_err rc = statement_decode(&s, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(s.origin.n, 0);
        return rc;
    }
    sink_init(&made, mem, sizeof mem);
    assert_int_equal(statement_issue(&made, &s, sk), DHK_OK);
    assert_int_equal(statement_decode(&b, sink_done(&made), NULL), DHK_OK);
    assert_true(slice_equal(s.body, b.body));
    pack_array(out, 2);
    pack_bin(out, s.body);
    pack_bin(out, slice_of(s.signature, sizeof s.signature));
    return out->err;
}

static enum dhk_err
verified(struct sink *out, struct slice in)
{
    struct statement s;
    enum dhk_err rc = statement_decode(&s, in, NULL);
    if (rc == DHK_OK)
        rc = statement_verify(&s, &pk);
    return rc == DHK_OK ? again(out, in) : rc;
}

/* With all that such an act must have, and nothing else. */
static struct statement
sample(enum act what)
{
    const struct act_rule *r = act_rule(what);
    struct statement s = {.origin = slice_str("ledger.example/1"),
        .what = what,
        .made = 1772000000};
    memset(s.card, 5, sizeof s.card);
    memset(s.case_handle, 6, sizeof s.case_handle);
    if ((r->has & ACT_HAS_UNTIL) != 0)
        s.until = s.made + act_longest(what);
    if ((r->has & ACT_HAS_PARTNER) != 0)
        s.partner = slice_str("reclassering");
    if ((r->has & ACT_HAS_ABOUT) != 0)
        s.about = 70001;
    if ((r->has & ACT_HAS_REF) != 0) {
        s.has_ref = true;
        memset(s.ref, 7, sizeof s.ref);
    }
    s.code = r->codes;
    return s;
}

/* With what it may have, too; false: that is nothing. */
static bool
sample_full(struct statement *s, enum act what)
{
    uint8_t has = act_rule(what)->has;

    *s = sample(what);
    if ((has & ACT_MAY_HAVE_ABOUT) != 0)
        s->about = 70001;
    if ((has & ACT_MAY_HAVE_REF) != 0) {
        s->has_ref = true;
        memset(s->ref, 7, sizeof s->ref);
    }
    return (has & (ACT_MAY_HAVE_ABOUT | ACT_MAY_HAVE_REF)) != 0;
}

/* The next act that there is, from ACT on; false: there is no other. */
static bool
next(enum act *act)
{
    unsigned a = *act;

    while (a <= ACT_MAX && act_rule(a)->name == NULL)
        a++;
    *act = (enum act)a;
    return a <= ACT_MAX;
}

static struct slice
issue(uint8_t *mem, const struct statement *s)
{
    struct sink out;
    sink_init(&out, mem, LIMIT_STATEMENT);
    assert_int_equal(statement_issue(&out, s, sk), DHK_OK);
    return sink_done(&out);
}

/* The longest that there is: what has most, and all of that at its longest. */
static struct statement
longest(void)
{
    static char origin[LIMIT_ORIGIN], name[LIMIT_NAME];
    struct statement s = sample(ACT_ADMIT);

    memset(origin, 'o', sizeof origin);
    memset(name, 'n', sizeof name);
    s.origin = slice_of(origin, sizeof origin);
    s.partner = slice_of(name, sizeof name);
    s.until = INT64_C(253402300799);
    s.made = s.until - act_longest(ACT_ADMIT);
    return s;
}

static void
statements_equal_their_golden_files(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    char name[64];
    struct statement s;
    (void)state;
    for (enum act a = ACT_NONE; next(&a); a = (enum act)(a + 1)) {
        s = sample(a);
        wiretest_keep("accept", "statement", act_name(a), issue(mem, &s));
        if (!sample_full(&s, a))
            continue;
        (void)snprintf(name, sizeof name, "%s-full", act_name(a));
        wiretest_keep("accept", "statement", name, issue(mem, &s));
    }
    s = longest();
    wiretest_keep("accept", "statement", "longest", issue(mem, &s));
    wiretest_folder("accept", "statement", verified);
}

static void
the_longest_fills_the_limit(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct statement s = longest();
    struct slice most = issue(mem, &s);
    (void)state;
    assert_int_equal(most.n, LIMIT_STATEMENT);
    for (enum act a = ACT_NONE; next(&a); a = (enum act)(a + 1)) {
        (void)sample_full(&s, a);
        s.origin = longest().origin;
        if (s.partner.n != 0)
            s.partner = longest().partner;
        if (s.about != 0)
            s.about = INT64_MAX;
        s.made = longest().made - act_longest(ACT_HOLD);
        if (s.until != 0)
            s.until = s.made + act_longest(a);
        assert_true(issue(mem, &s).n <= LIMIT_STATEMENT);
    }
}

static void
compare(const struct statement *got, const struct statement *s)
{
    assert_true(slice_equal(got->origin, s->origin));
    assert_memory_equal(got->card, s->card, 32);
    assert_memory_equal(got->case_handle, s->case_handle, STATEMENT_CASE);
    assert_int_equal(got->what, s->what);
    assert_int_equal(got->until, s->until);
    assert_int_equal(got->made, s->made);
    assert_true(slice_equal(got->partner, s->partner));
    assert_int_equal(got->about, s->about);
    assert_int_equal(got->has_ref, s->has_ref);
    assert_memory_equal(got->ref, s->ref, sizeof s->ref);
    assert_int_equal(got->code, s->code);
}

static void
members_come_back(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct statement got, s;
    (void)state;
    for (enum act a = ACT_NONE; next(&a); a = (enum act)(a + 1)) {
        for (int full = 0; full < 2; full++) {
            s = sample(a);
            if (full == 1)
                (void)sample_full(&s, a);
            assert_int_equal(
                statement_decode(&got, issue(mem, &s), NULL), DHK_OK);
            assert_int_equal(statement_verify(&got, &pk), DHK_OK);
            compare(&got, &s);
        }
    }
}

static void
every_truncation_and_every_flipped_bit_is_refused(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    (void)state;
    for (enum act a = ACT_NONE; next(&a); a = (enum act)(a + 1)) {
        struct statement s = sample(a);
        struct slice in = issue(mem, &s);
        wiretest_all(again, in);
        assert_int_equal(wiretest_flips(verified, in), 0);
    }
}

/* --- what it has no use for, and what it lacks -------------------------- */

static void
refused(const struct statement *s, enum dhk_err expected, const char *what)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    if (statement_issue(&out, s, sk) != expected)
        fail_msg("%s with %s", act_name(s->what), what);
    assert_int_equal(out.n, 0);
}

/* Each slot turned over. Issuing decodes what it made: one code refuses. */
static void
each_slot_is_there_when_the_act_has_it(void **state)
{
    struct statement s;
    (void)state;
    for (enum act a = ACT_NONE; next(&a); a = (enum act)(a + 1)) {
        const struct act_rule *r = act_rule(a);
        s = sample(a);
        s.partner = slice_str(s.partner.n == 0 ? "om" : "");
        refused(&s, DHK_FORMAT, "or without a partner");
        s = sample(a);
        s.about = s.about == 0;
        if ((r->has & ACT_MAY_HAVE_ABOUT) == 0)
            refused(&s, DHK_FORMAT, "or without an entry");
        s = sample(a);
        s.has_ref = !s.has_ref;
        if ((r->has & ACT_MAY_HAVE_REF) == 0)
            refused(&s, DHK_FORMAT, "or without a reference");
    }
}

static void
each_code_is_one_of_the_act(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct statement s;
    (void)state;
    for (enum act a = ACT_NONE; next(&a); a = (enum act)(a + 1)) {
        const struct act_rule *r = act_rule(a);
        s = sample(a);
        for (s.code = 1; s.code <= r->codes; s.code++)
            (void)issue(mem, &s);
        refused(&s, DHK_FORMAT, "a code too large");
        s.code = 256;
        refused(&s, DHK_LIMIT, "a code of nothing");
        s.code = 0;
        if (r->codes != 0)
            refused(&s, DHK_FORMAT, "no code");
    }
}

static void
each_term_is_within_what_the_act_may_have(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct statement s;
    (void)state;
    for (enum act a = ACT_NONE; next(&a); a = (enum act)(a + 1)) {
        s = sample(a);
        if ((act_rule(a)->has & ACT_HAS_UNTIL) == 0) {
            s.until = s.made + 1;
            refused(&s, DHK_FORMAT, "a term");
            continue;
        }
        s.until++;
        refused(&s, DHK_LIMIT, "a term too long");
        s.until = s.made;
        refused(&s, DHK_FORMAT, "no time");
        s.until = 0;
        refused(&s, DHK_FORMAT, "no term");
        s.until = s.made + 1;
        (void)issue(mem, &s);
    }
}

/* What a careless program could sign with a real card. */
struct forged {
    const char *name;         /* of the vector */
    uint64_t fields, version; /* 0: 11, as it should be; 1 */
    const char *origin;       /* NULL: "o" */
    size_t case_n;            /* 0: 16 */
    uint64_t what, until, made;
    const char *partner;
    uint64_t about;
    size_t ref_n;
    uint64_t code;
    const char *label; /* NULL: its own */
    enum dhk_err expected;
};

static void
forge_body(struct sink *body, const struct forged *how)
{
    static const uint8_t zeros[32], card[32] = {5}, handle[32] = {6};
    const uint64_t fields = how->fields != 0 ? how->fields : 11;

    pack_array(body, fields);
    pack_uint(body, how->version);
    pack_cstr(body, how->origin != NULL ? how->origin : "o");
    pack_bin(body, slice_of(card, 32));
    pack_bin(body, slice_of(handle, how->case_n != 0 ? how->case_n : 16));
    pack_uint(body, how->what);
    pack_uint(body, how->until);
    pack_uint(body, how->made);
    if (fields < 11)
        return;
    if (how->partner != NULL)
        pack_cstr(body, how->partner);
    else
        pack_nil(body);
    if (how->about != 0)
        pack_uint(body, how->about - 1);
    else
        pack_nil(body);
    if (how->ref_n != 0)
        pack_bin(body, slice_of(zeros, how->ref_n));
    else
        pack_nil(body);
    pack_uint(body, how->code);
    if (fields > 11)
        pack_cstr(body, "because");
}

static struct slice
forge(uint8_t *mem, const struct forged *how)
{
    uint8_t body_mem[LIMIT_STATEMENT], sig[KEY_SIGNATURE];
    struct sink body, out;
    sink_init(&body, body_mem, sizeof body_mem);
    forge_body(&body, how);
    struct slice signed_part = sink_done(&body);
    seal_sign(sig, how->label != NULL ? how->label : "driehoek/v1/statement",
        &signed_part, 1, sk);
    sink_init(&out, mem, LIMIT_STATEMENT);
    pack_array(&out, 2);
    pack_bin(&out, signed_part);
    pack_bin(&out, slice_of(sig, sizeof sig));
    return sink_done(&out);
}

/* `about` is one more than what is written. */
#define F(n, ...)                                                              \
    {                                                                          \
        .name = n, .version = 1, .made = 9, __VA_ARGS__                        \
    }
#define NO .expected = DHK_FORMAT
static const struct forged forgeries[] = {
    {.name = "version-0", .what = 1, .made = 9, .expected = DHK_VERSION},
    F("seven-elements", .fields = 7, .what = 1, NO),
    F("free-text", .fields = 12, .what = 1, NO),
    F("no-origin", .origin = "", .what = 1, NO),
    F("case-of-32-bytes", .case_n = 32, .what = 1, NO),
    F("what-0", NO),
    F("what-4", .what = 4, NO),
    F("what-68", .what = 68, NO),
    F("destroyed-until", .what = 1, .until = 10, NO),
    F("destroyed-partner", .what = 1, .partner = "om", NO),
    F("destroyed-about", .what = 1, .about = 5, NO),
    F("destroyed-about-0", .what = 1, .about = 1, NO),
    F("destroyed-ref", .what = 1, .ref_n = 32, NO),
    F("destroyed-code", .what = 1, .code = 1, NO),
    F("release-until", .what = 3, .until = 10, NO),
    F("hold-without-end", .what = 2, NO),
    F("hold-of-no-time", .what = 2, .until = 9, NO),
    F("hold-too-long", .what = 2, .until = 10 + 1830 * UINT64_C(86400),
        .expected = DHK_LIMIT),
    {.name = "time-too-late",
        .version = 1,
        .what = 1,
        .made = UINT64_C(253402300800),
        .expected = DHK_LIMIT},
    F("assign-nobody", .what = 19, NO),
    F("assign-empty", .what = 19, .partner = "", NO),
    F("assign-upper-case", .what = 19, .partner = "Om", NO),
    F("vote-without-signal", .what = 21, .code = 1, NO),
    F("vote-signal-of-16-bytes", .what = 21, .code = 1, .ref_n = 16, NO),
    F("vote-code-0", .what = 21, .ref_n = 32, NO),
    F("vote-code-3", .what = 21, .ref_n = 32, .code = 3, NO),
    F("vote-code-256", .what = 21, .ref_n = 32, .code = 256,
        .expected = DHK_LIMIT),
    F("approve-nothing", .what = 42, NO),
    F("approve-the-genesis", .what = 42, .about = 1, NO),
    F("other-label", .what = 1, .label = "driehoek/v1/answer",
        .expected = DHK_AUTH),
};

static void
signed_nonsense_is_refused(void **state)
{
    static const struct forged good[] = {
        F("", .what = 1),
        F("", .what = 2, .until = 9 + 1830 * UINT64_C(86400)),
        F("", .what = 19, .partner = "om"),
        F("", .what = 21, .code = 2, .ref_n = 32),
        F("", .what = 42, .about = 2),
    };
    uint8_t mem[LIMIT_STATEMENT];
    struct statement s = sample(ACT_HOLD);
    (void)state;
    wiretest_keep_common("statement", issue(mem, &s), 4);
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        const struct forged *f = &forgeries[i];
        struct slice in = forge(mem, f);
        wiretest_keep("reject", "statement", f->name, in);
        enum dhk_err rc = statement_decode(&s, in, NULL);
        if (rc == DHK_OK)
            rc = statement_verify(&s, &pk);
        if (rc != f->expected)
            fail_msg("%s: %d", f->name, rc);
    }
    wiretest_folder("reject", "statement", verified);
    /* nothing else is wrong with the forger's */
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(wiretest_is_same(verified, forge(mem, &good[i])));
}

static void
nonsense_is_not_issued(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct sink out;
    struct statement s = sample(ACT_DESTROYED);
    (void)state;
    sink_init(&out, mem, sizeof mem);
    s.what = ACT_NONE;
    assert_int_equal(statement_issue(&out, &s, sk), DHK_FORMAT);
    s = sample(ACT_HOLD);
    s.until = 0;
    assert_int_equal(statement_issue(&out, &s, sk), DHK_FORMAT);
    s = sample(ACT_RELEASE);
    s.made = -1;
    assert_int_equal(statement_issue(&out, &s, sk), DHK_FORMAT);
    assert_int_equal(out.n, 0);
}

static void
another_card_does_not_verify(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct sign_secret *other = NULL;
    struct sign_public other_pk;
    struct statement got, s = sample(ACT_DESTROYED);
    (void)state;
    assert_int_equal(key_sign_new(&other, &other_pk), DHK_OK);
    key_sign_destroy(&other);
    assert_int_equal(statement_decode(&got, issue(mem, &s), NULL), DHK_OK);
    assert_int_equal(statement_verify(&got, &other_pk), DHK_AUTH);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_equal_their_golden_files),
        cmocka_unit_test(the_longest_fills_the_limit),
        cmocka_unit_test(members_come_back),
        cmocka_unit_test(every_truncation_and_every_flipped_bit_is_refused),
        cmocka_unit_test(each_slot_is_there_when_the_act_has_it),
        cmocka_unit_test(each_code_is_one_of_the_act),
        cmocka_unit_test(each_term_is_within_what_the_act_may_have),
        cmocka_unit_test(signed_nonsense_is_refused),
        cmocka_unit_test(nonsense_is_not_issued),
        cmocka_unit_test(another_card_does_not_verify),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
