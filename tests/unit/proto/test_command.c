/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages between node and broker: each type comes back as it went, and
 * nothing that differs from the one right form is taken. */
#include "command.h"
#include "wiretest.h"

enum { LISTED = 3 };

static const uint64_t indexes[LISTED] = {4, 5, 900};
static const struct slice entries[LISTED] = {{(const uint8_t *)"one", 3},
    {(const uint8_t *)"", 0}, {(const uint8_t *)"three", 5}};

struct named {
    const char *name;
    enum command_type type;
};
static const struct named types[] = {
    {"ask", COMMAND_ASK},
    {"hello", COMMAND_HELLO},
    {"push", COMMAND_PUSH},
    {"credit", COMMAND_CREDIT},
    {"answer", COMMAND_ANSWER},
    {"query", COMMAND_QUERY},
    {"get", COMMAND_GET},
    {"confirm", COMMAND_CONFIRM},
    {"challenge", COMMAND_CHALLENGE},
    {"welcome", COMMAND_WELCOME},
    {"receipt", COMMAND_RECEIPT},
    {"deliver", COMMAND_DELIVER},
    {"answered", COMMAND_ANSWERED},
    {"page", COMMAND_PAGE},
    {"object", COMMAND_OBJECT},
    {"outcomes", COMMAND_OUTCOMES},
    {"news", COMMAND_NEWS},
    {"superseded", COMMAND_SUPERSEDED},
    {"error", COMMAND_ERROR},
    {"withdraw", COMMAND_WITHDRAW},
    {"noted", COMMAND_NOTED},
    {"state", COMMAND_STATE},
    {"notices", COMMAND_NOTICES},
    {"cosign", COMMAND_COSIGN},
    {"show", COMMAND_SHOW},
};
enum { TYPES = sizeof types / sizeof types[0] };

static struct sign_secret *sk;
static struct sign_public pk;

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {7};
    (void)state;
    wiretest_deterministic(1);
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

/* A hello's body must be the one form of what it says. */
static void
check_hello(const struct command_hello *h)
{
    uint8_t mem[1024];
    struct command c;
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(command_hello_issue(&out, 1, h, sk), DHK_OK);
    assert_int_equal(command_decode(&c, sink_done(&out), NULL), DHK_OK);
    assert_true(slice_equal(c.hello.body, h->body));
}

/* Decodes, reads the lists one by one, and encodes what was read. */
static enum dhk_err
again(struct sink *out, struct slice in)
{
    static struct slice list[COMMAND_LIST];
    static uint64_t index[COMMAND_LIST];
    struct command c;
    struct cursor at;
    struct diag diag = {NULL, 0};

    enum dhk_err rc = command_decode(&c, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(c.type, COMMAND_NONE);
        return rc;
    }
    if (c.type == COMMAND_HELLO)
        check_hello(&c.hello);
    command_list(&at, c.list);
    for (size_t i = 0; i < c.list_n; i++)
        list[i] = command_list_next(&at);
    assert_int_equal(cursor_end(&at), DHK_OK);
    command_list(&at, c.indexes);
    for (size_t i = 0; i < c.indexes_n; i++)
        index[i] = command_index_next(&at);
    assert_int_equal(cursor_end(&at), DHK_OK);
    return command_encode(out, &c, index, c.indexes_n, list, c.list_n);
}

static struct command
sample(enum command_type type)
{
    struct command c = {.type = type,
        .number = 300,
        .bytes = slice_str("some bytes"),
        .a = 70000,
        .b = 8,
        .has_entry = true,
        .entry = UINT64_C(5000000000),
        .what = COMMAND_GET_CARD,
        .id = slice_str("0123456789abcdef0123456789abcdef"),
        .origin = slice_str("ledger.example/1"),
        .has_agreement = true,
        .flags = COMMAND_FLAG_CLOSED,
        .error = COMMAND_ERROR_BUSY,
        .proof = slice_str("0123456789abcdef0123456789abcdef"),
        .from = {0, 70000},
        .to = {200, 70001}};
    memset(c.nonce, 3, sizeof c.nonce);
    memset(c.agreement, 4, sizeof c.agreement);
    memset(c.roster, 5, sizeof c.roster);
    return c;
}

static struct slice
encode(uint8_t *mem, size_t cap, enum command_type type)
{
    struct sink out;
    sink_init(&out, mem, cap);
    struct command c = sample(type);
    if (type == COMMAND_HELLO) {
        struct command_hello h = {.origin = c.origin,
            .modes = 3,
            .duties = 7,
            .cursor = {200, 70001}};
        memset(h.card, 1, sizeof h.card);
        memset(h.nonce, 2, sizeof h.nonce);
        assert_int_equal(command_hello_issue(&out, c.number, &h, sk), DHK_OK);
    } else {
        assert_int_equal(
            command_encode(&out, &c, indexes, LISTED, entries, LISTED), DHK_OK);
    }
    return sink_done(&out);
}

static void
every_type_equals_its_golden_file(void **state)
{
    uint8_t mem[1024];
    (void)state;
    for (size_t i = 0; i < TYPES; i++)
        wiretest_keep("accept", "command", types[i].name,
            encode(mem, sizeof mem, types[i].type));
    wiretest_folder("accept", "command", again);
}

static void
every_type_stands_truncation_flips_and_trailing_bytes(void **state)
{
    uint8_t mem[1024];
    (void)state;
    for (size_t i = 0; i < TYPES; i++)
        wiretest_all(again, encode(mem, sizeof mem, types[i].type));
}

static void
members_arrive_where_the_header_says(void **state)
{
    uint8_t mem[1024];
    struct command c;
    (void)state;
    assert_int_equal(
        command_decode(&c, encode(mem, sizeof mem, COMMAND_PAGE), NULL),
        DHK_OK);
    assert_int_equal(c.number, 300);
    assert_int_equal(c.a, 70000);
    assert_true(slice_equal(c.bytes, slice_str("some bytes")));
    assert_int_equal(c.indexes_n, LISTED);
    assert_int_equal(c.list_n, LISTED);
    assert_int_equal(c.proof.n, 32);
    assert_true(c.has_entry);
    assert_int_equal(c.entry, UINT64_C(5000000000));

    assert_int_equal(
        command_decode(&c, encode(mem, sizeof mem, COMMAND_WELCOME), NULL),
        DHK_OK);
    assert_true(c.has_agreement);
    assert_false(c.has_roster);
    assert_int_equal(c.agreement[31], 4);
    assert_int_equal(c.roster[31], 0);

    assert_int_equal(
        command_decode(&c, encode(mem, sizeof mem, COMMAND_DELIVER), NULL),
        DHK_OK);
    assert_int_equal(c.from[0], 0);
    assert_int_equal(c.from[1], 70000);
    assert_int_equal(c.to[0], 200);
    assert_int_equal(c.to[1], 70001);
}

static void
a_hello_verifies_with_its_key_only(void **state)
{
    uint8_t mem[1024];
    struct command c;
    struct sign_public other = pk;
    (void)state;
    assert_int_equal(
        command_decode(&c, encode(mem, sizeof mem, COMMAND_HELLO), NULL),
        DHK_OK);
    assert_int_equal(c.hello.modes, 3);
    assert_int_equal(c.hello.duties, 7);
    assert_int_equal(c.hello.cursor[0], 200);
    assert_int_equal(c.hello.cursor[1], 70001);
    assert_int_equal(c.hello.card[0], 1);
    assert_int_equal(c.hello.nonce[0], 2);
    assert_true(slice_equal(c.hello.origin, slice_str("ledger.example/1")));
    assert_int_equal(command_hello_verify(&c.hello, &pk), DHK_OK);
    other.b[3] ^= 1;
    assert_int_equal(command_hello_verify(&c.hello, &other), DHK_AUTH);
}

/* A changed body decodes at most; it never verifies. The number in front is
 * not signed. */
static void
a_flipped_bit_in_a_hello_never_verifies(void **state)
{
    uint8_t mem[1024];
    struct command c;
    (void)state;
    struct slice in = encode(mem, sizeof mem, COMMAND_HELLO);
    for (size_t i = 6 * 8; i < in.n * 8; i++) {
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
        if (command_decode(&c, in, NULL) == DHK_OK)
            assert_int_equal(command_hello_verify(&c.hello, &pk), DHK_AUTH);
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

static void
an_unmodelled_hello_is_not_signed(void **state)
{
    uint8_t mem[1024];
    struct sink out;
    struct command_hello h = {.origin = slice_str("has space"), .modes = 1};
    (void)state;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(command_hello_issue(&out, 1, &h, sk), DHK_FORMAT);
    h.origin = slice_str("ledger.example");
    h.modes = 16;
    assert_int_equal(command_hello_issue(&out, 1, &h, sk), DHK_FORMAT);
    h.modes = 0;
    assert_int_equal(command_hello_issue(&out, 1, &h, sk), DHK_FORMAT);
    assert_int_equal(out.n, 0);
}

static void
keep_bad(const char *name, struct command c, const uint64_t *at, size_t n)
{
    uint8_t mem[1024];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(command_encode(&out, &c, at, n, entries, LISTED), DHK_OK);
    wiretest_keep("reject", "command", name, sink_done(&out));
}

static void
what_is_wrong_is_refused(void **state)
{
    uint8_t mem[1024];
    static const uint64_t descending[LISTED] = {5, 5, 900};
    struct command c;
    struct sink out;
    (void)state;

    wiretest_keep_common("command", encode(mem, sizeof mem, COMMAND_CREDIT), 1);
    c = sample(COMMAND_PAGE);
    keep_bad("page-indexes-not-ascending", c, descending, LISTED);
    keep_bad("page-index-missing", c, indexes, LISTED - 1);
    c.proof.n = 31;
    keep_bad("page-proof-not-whole-hashes", c, indexes, LISTED);
    c = sample(COMMAND_GET);
    c.id.n = 31;
    keep_bad("get-id-31-bytes", c, indexes, LISTED);
    c.id.n = 15;
    keep_bad("get-id-15-bytes", c, indexes, LISTED);
    c.id.n = 32;
    c.what = COMMAND_GET_NONE;
    keep_bad("get-what-0", c, indexes, LISTED);
    c.what = (enum command_get)(COMMAND_GET_ENDED + 1);
    keep_bad("get-what-unknown", c, indexes, LISTED);
    c = sample(COMMAND_ERROR);
    c.error = COMMAND_ERROR_NONE;
    keep_bad("error-0", c, indexes, LISTED);
    c.error = (enum command_error)(COMMAND_ERROR_COURSE + 1);
    keep_bad("error-unknown", c, indexes, LISTED);
    c = sample(COMMAND_CHALLENGE);
    c.origin = slice_str("two words");
    keep_bad("challenge-origin-with-space", c, indexes, LISTED);
    c = sample(COMMAND_WELCOME);
    c.flags = 4;
    keep_bad("welcome-flag-unknown", c, indexes, LISTED);
    c = sample(COMMAND_DELIVER);
    c.to[1] = c.from[1] - 1;
    keep_bad("deliver-goes-backwards", c, indexes, LISTED);

    sink_init(&out, mem, sizeof mem);
    pack_array(&out, 3);
    pack_uint(&out, 1);
    pack_uint(&out, 64);
    pack_uint(&out, 1);
    wiretest_keep("reject", "command", "type-unknown", sink_done(&out));
    sink_init(&out, mem, sizeof mem);
    pack_array(&out, 4);
    pack_uint(&out, 1);
    pack_uint(&out, COMMAND_ANSWER);
    pack_uint(&out, 1);
    pack_array(&out, 0);
    wiretest_keep(
        "reject", "command", "answer-without-answers", sink_done(&out));
    wiretest_folder("reject", "command", again);
}

static void
another_version_is_told_apart(void **state)
{
    static const uint8_t two[] = {0x92, 2, 0xc0};
    struct command c;
    (void)state;
    assert_int_equal(
        command_decode(&c, slice_of(two, sizeof two), NULL), DHK_VERSION);
}

static void
a_message_over_the_limit_is_refused_unread(void **state)
{
    uint8_t *big = calloc(1, LIMIT_MESSAGE + 1);
    struct command c;
    (void)state;
    assert_non_null(big);
    assert_int_equal(
        command_decode(&c, slice_of(big, LIMIT_MESSAGE + 1), NULL), DHK_LIMIT);
    free(big);
}

static void
random_values_come_back(void **state)
{
    static uint8_t mem[8192];
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        struct command c = sample(types[wiretest_below(TYPES)].type);
        struct sink out;
        if (c.type == COMMAND_HELLO)
            continue;
        c.number = wiretest_number();
        c.a = wiretest_number();
        c.b = wiretest_number();
        c.from[1] = wiretest_number();
        c.to[1] = c.from[1] | wiretest_number();
        c.has_entry = wiretest_below(2) == 0;
        c.entry = wiretest_number();
        c.has_roster = wiretest_below(2) == 0;
        c.has_agreement = wiretest_below(2) == 0;
        c.id.n = wiretest_below(3) * 16;
        c.what = (enum command_get)(1 + wiretest_below(COMMAND_GET_ENDED));
        c.error =
            (enum command_error)(1 + wiretest_below(COMMAND_ERROR_COURSE));
        sink_init(&out, mem, sizeof mem);
        size_t n = 1 + wiretest_below(LISTED);
        assert_int_equal(
            command_encode(&out, &c, indexes, n, entries, n), DHK_OK);
        wiretest_accepts(again, sink_done(&out));
    }
}

static void
a_full_sink_is_a_limit(void **state)
{
    uint8_t mem[8];
    struct sink out;
    struct command c = sample(COMMAND_WELCOME);
    (void)state;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(command_encode(&out, &c, NULL, 0, NULL, 0), DHK_LIMIT);
    assert_int_equal(sink_done(&out).n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_equals_its_golden_file),
        cmocka_unit_test(every_type_stands_truncation_flips_and_trailing_bytes),
        cmocka_unit_test(members_arrive_where_the_header_says),
        cmocka_unit_test(a_hello_verifies_with_its_key_only),
        cmocka_unit_test(a_flipped_bit_in_a_hello_never_verifies),
        cmocka_unit_test(an_unmodelled_hello_is_not_signed),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(another_version_is_told_apart),
        cmocka_unit_test(a_message_over_the_limit_is_refused_unread),
        cmocka_unit_test(random_values_come_back),
        cmocka_unit_test(a_full_sink_is_a_limit),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
