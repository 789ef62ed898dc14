/* SPDX-License-Identifier: EUPL-1.2
 *
 * The keeper signs what continues, and nothing that contradicts. */
#include "scratch.h"

#include "checkpoint.h"
#include "file.h"
#include "keeper.h"
#include "merkle.h"

enum { LEAVES = 64 };
#define ORIGIN "ledger.example/1"

/* A log whose nodes are all kept. */
struct log {
    uint8_t node[LEAVES * 2][MERKLE_HASH];
    uint64_t size;
};

static enum dhk_err
read_node(void *ctx, uint64_t stored, uint8_t hash[MERKLE_HASH])
{
    struct log *l = ctx;
    memcpy(hash, l->node[stored], MERKLE_HASH);
    return DHK_OK;
}

static void
append(struct log *l, const char *text)
{
    struct merkle_nodes nodes;
    struct merkle_reader r = {read_node, l};
    uint8_t leaf[MERKLE_HASH];
    merkle_leaf(leaf, slice_str(text));
    ok(merkle_append(&nodes, l->size, leaf, &r));
    for (size_t i = 0; i < nodes.n; i++)
        memcpy(l->node[nodes.first + i], nodes.hash[i], MERKLE_HASH);
    l->size++;
}

static void
grow(struct log *l, uint64_t size)
{
    char text[32];
    while (l->size < size) {
        (void)snprintf(text, sizeof text, "entry %u", (unsigned)l->size);
        append(l, text);
    }
}

struct fixture {
    struct keeper keeper;
    struct log log;
    char *dir, path[256];
    uint8_t seed[KEY_SEED];
    uint8_t mem[4096]; /* request */
    uint8_t reply[KEEPER_REPLY];
    struct slice request, answer;
};

static int
set_up(void **state)
{
    static struct fixture f;
    void *dir = NULL;
    memset(&f, 0, sizeof f);
    (void)scratch_new(&dir);
    f.dir = dir;
    ok(file_path(f.path, sizeof f.path, f.dir, "head"));
    key_random(f.seed, sizeof f.seed);
    ok(keeper_open(&f.keeper, ORIGIN, f.path, f.seed));
    *state = &f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    void *dir = f->dir;
    keeper_close(&f->keeper);
    return scratch_remove(&dir);
}

static enum process_record
ask(struct fixture *f, enum process_record type, struct slice payload)
{
    enum process_record reply = PROCESS_NONE;
    struct sink out;
    sink_init(&out, f->reply, sizeof f->reply);
    ok(keeper_answer(&f->keeper, &reply, &out, type, payload));
    f->answer = sink_done(&out);
    return reply;
}

/* Asks to sign the log as it is, with a proof from OLD. */
static enum process_record
ask_sign(struct fixture *f, uint64_t old)
{
    struct sink s;
    struct merkle_reader r = {read_node, &f->log};
    uint8_t root[MERKLE_HASH];
    ok(merkle_root(root, f->log.size, &r));
    sink_init(&s, f->mem, sizeof f->mem);
    sink_u64(&s, f->log.size);
    sink_put(&s, root, sizeof root);
    sink_u64(&s, old);
    if (old <= f->log.size)
        ok(merkle_consistency_prove(&s, old, f->log.size, &r));
    f->request = sink_done(&s);
    return ask(f, PROCESS_SIGN, f->request);
}

/* Whether the signature in the answer makes a note of the log. */
static void
expect_note(struct fixture *f)
{
    uint8_t mem[LIMIT_CHECKPOINT];
    struct checkpoint cp = {.origin = ORIGIN, .size = f->log.size}, got;
    struct checkpoint_vkey vkey;
    struct diag diag = {NULL, 0};
    struct cursor c;
    struct sink note;
    cursor_init(&c, f->answer);
    assert_int_equal(cursor_u64(&c), cp.size);
    struct slice root = cursor_bytes(&c, MERKLE_HASH);
    assert_int_equal(root.n, MERKLE_HASH);
    memcpy(cp.root, root.p, root.n);
    struct slice sig = cursor_bytes(&c, KEY_SIGNATURE);
    ok(cursor_end(&c));
    sink_init(&note, mem, sizeof mem);
    ok(checkpoint_assemble(&note, &cp, &f->keeper.pk, sig.p));
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, ORIGIN, &f->keeper.pk);
    ok(checkpoint_open(&got, sink_done(&note), &vkey, &diag));
    assert_int_equal(got.size, cp.size);
}

static void
heads_that_continue_are_signed(void **state)
{
    struct fixture *f = *state;
    static const uint64_t sizes[] = {1, 2, 3, 7, 8, 20, 33, 64};
    uint64_t old = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        grow(&f->log, sizes[i]);
        assert_int_equal(ask_sign(f, old), PROCESS_SIGNED);
        expect_note(f);
        old = sizes[i];
    }
}

static void
the_same_head_gets_the_same_bytes(void **state)
{
    struct fixture *f = *state;
    uint8_t first[KEEPER_REPLY];
    grow(&f->log, 5);
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGNED);
    size_t n = f->answer.n;
    memcpy(first, f->answer.p, n);
    assert_int_equal(ask_sign(f, 5), PROCESS_SIGNED);
    assert_true(slice_equal(f->answer, slice_of(first, n)));
}

static void
another_history_is_refused(void **state)
{
    struct fixture *f = *state;
    grow(&f->log, 5);
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGNED);
    /* the last entry is another one */
    f->log.size = 4;
    append(&f->log, "forged");
    assert_int_equal(ask_sign(f, 5), PROCESS_SIGN_REFUSED);
    grow(&f->log, 9);
    assert_int_equal(ask_sign(f, 5), PROCESS_SIGN_REFUSED);
    assert_int_equal(f->keeper.head.size, 5);
}

static void
a_ledger_that_shrank_is_refused(void **state)
{
    struct fixture *f = *state;
    grow(&f->log, 5);
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGNED);
    f->log.size = 0;
    grow(&f->log, 3);
    assert_int_equal(ask_sign(f, 5), PROCESS_SIGN_REFUSED);
    assert_int_equal(ask_sign(f, 3), PROCESS_SIGN_REFUSED);
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGN_REFUSED);
}

static void
a_proof_from_elsewhere_is_refused(void **state)
{
    struct fixture *f = *state;
    grow(&f->log, 5);
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGNED);
    grow(&f->log, 9);
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGN_REFUSED);
    assert_int_equal(ask_sign(f, 4), PROCESS_SIGN_REFUSED);
    assert_int_equal(ask_sign(f, 5), PROCESS_SIGNED);
}

static void
a_proof_with_a_flipped_bit_is_refused(void **state)
{
    struct fixture *f = *state;
    grow(&f->log, 5);
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGNED);
    grow(&f->log, 11);
    struct keeper before = f->keeper;
    assert_int_equal(ask_sign(f, 5), PROCESS_SIGNED);
    struct slice request = f->request;
    f->keeper = before;
    assert_int_equal(ask(f, PROCESS_SIGN, request), PROCESS_SIGNED);
    /* not the size: hashes bind a tree's shape along their path only, and who
     * counts the entries sees a lie about the rest */
    for (size_t i = 64; i < request.n * 8; i++) {
        f->keeper = before;
        f->mem[i / 8] ^= (uint8_t)(1U << (i % 8));
        assert_int_equal(ask(f, PROCESS_SIGN, request), PROCESS_SIGN_REFUSED);
        f->mem[i / 8] ^= (uint8_t)(1U << (i % 8));
    }
    f->keeper = before;
}

static void
records_of_another_form_are_refused(void **state)
{
    struct fixture *f = *state;
    enum process_record reply = PROCESS_NONE;
    struct sink out;
    uint8_t junk[48] = {0};
    sink_init(&out, f->reply, sizeof f->reply);
    for (size_t n = 0; n < 48; n++)
        assert_int_equal(keeper_answer(&f->keeper, &reply, &out, PROCESS_SIGN,
                             slice_of(junk, n)),
            DHK_FORMAT);
    assert_int_equal(keeper_answer(&f->keeper, &reply, &out, PROCESS_HEAD_ASK,
                         slice_of(junk, 1)),
        DHK_FORMAT);
    assert_int_equal(keeper_answer(&f->keeper, &reply, &out, PROCESS_SECRET,
                         slice_of(junk, 0)),
        DHK_FORMAT);
}

static void
the_head_outlives_the_process(void **state)
{
    struct fixture *f = *state;
    uint8_t before[KEEPER_REPLY];
    assert_int_equal(ask(f, PROCESS_HEAD_ASK, slice_of(NULL, 0)), PROCESS_HEAD);
    assert_int_equal(f->answer.p[40], 0);
    grow(&f->log, 6);
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGNED);
    ok(keeper_save(&f->keeper));
    assert_int_equal(ask(f, PROCESS_HEAD_ASK, slice_of(NULL, 0)), PROCESS_HEAD);
    size_t n = f->answer.n;
    memcpy(before, f->answer.p, n);
    assert_int_equal(before[40], 1);
    keeper_close(&f->keeper);
    ok(keeper_open(&f->keeper, ORIGIN, f->path, f->seed));
    assert_int_equal(ask(f, PROCESS_HEAD_ASK, slice_of(NULL, 0)), PROCESS_HEAD);
    assert_true(slice_equal(f->answer, slice_of(before, n)));
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGN_REFUSED);
    grow(&f->log, 7);
    assert_int_equal(ask_sign(f, 6), PROCESS_SIGNED);
}

static void
a_head_file_of_another_key_or_log_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t other[KEY_SEED] = {1};
    struct keeper k;
    grow(&f->log, 6);
    assert_int_equal(ask_sign(f, 0), PROCESS_SIGNED);
    ok(keeper_save(&f->keeper));
    assert_int_equal(keeper_open(&k, ORIGIN, f->path, other), DHK_AUTH);
    assert_int_equal(keeper_open(&k, "other", f->path, f->seed), DHK_AUTH);
    ok(file_write(f->path, slice_str("nonsense"), 0600));
    assert_int_equal(keeper_open(&k, ORIGIN, f->path, f->seed), DHK_AUTH);
}

#define keeper_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        keeper_test(heads_that_continue_are_signed),
        keeper_test(the_same_head_gets_the_same_bytes),
        keeper_test(another_history_is_refused),
        keeper_test(a_ledger_that_shrank_is_refused),
        keeper_test(a_proof_from_elsewhere_is_refused),
        keeper_test(a_proof_with_a_flipped_bit_is_refused),
        keeper_test(records_of_another_form_are_refused),
        keeper_test(the_head_outlives_the_process),
        keeper_test(a_head_file_of_another_key_or_log_is_refused),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
