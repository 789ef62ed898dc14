/* SPDX-License-Identifier: EUPL-1.2
 *
 * tlog-proof files: what is written comes back, and nothing else is read. */
#include <string.h>

#include "checkpoint.h"
#include "vector.h"

struct fixture {
    uint8_t mem[LIMIT_CHECKPOINT];
    struct slice note; /* of size 42, in mem */
};

static int
set_up(void **state)
{
    static struct fixture f;
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct sink s;
    struct checkpoint cp = {.origin = "ledger.example.org/1", .size = 42};
    assert_int_equal(key_sign_new(&sk, &pk), DHK_OK);
    sink_init(&s, f.mem, sizeof f.mem);
    assert_int_equal(checkpoint_sign(&s, &cp, sk, &pk), DHK_OK);
    key_sign_destroy(&sk);
    f.note = sink_done(&s);
    *state = &f;
    return 0;
}

static void
make_proof(struct checkpoint_proof *p, const struct fixture *f)
{
    memset(p, 0, sizeof *p);
    p->has_extra = true;
    p->extra_n = LIMIT_ENTRY;
    memset(p->extra, 0x5a, p->extra_n);
    p->index = 41;
    p->hashes_n = 3;
    memset(p->hash, 0xc3, sizeof p->hash[0] * 3);
    p->note = f->note;
}

static void
a_proof_file_comes_back_as_it_was(void **state)
{
    struct fixture *f = *state;
    static struct checkpoint_proof p, got;
    static uint8_t mem[128 * 1024];
    struct sink s;
    make_proof(&p, f);
    for (int extra = 0; extra < 2; extra++) {
        p.has_extra = extra == 1;
        p.extra_n = extra == 1 ? LIMIT_ENTRY : 0;
        sink_init(&s, mem, sizeof mem);
        assert_int_equal(checkpoint_proof_encode(&s, &p), DHK_OK);
        assert_int_equal(
            checkpoint_proof_decode(&got, sink_done(&s), NULL), DHK_OK);
        assert_int_equal(got.has_extra, p.has_extra);
        assert_int_equal(got.extra_n, p.extra_n);
        if (p.has_extra)
            assert_memory_equal(got.extra, p.extra, p.extra_n);
        assert_int_equal(got.index, 41);
        assert_int_equal(got.hashes_n, 3);
        assert_memory_equal(got.hash, p.hash, sizeof p.hash);
        assert_true(slice_equal(got.note, f->note));
        /* with its signature, and not one byte less */
        for (size_t n = 0; n < s.n; n++)
            assert_int_not_equal(
                checkpoint_proof_decode(&got, slice_of(mem, n), NULL), DHK_OK);
    }
}

static void
proofs_over_the_limits_are_not_written(void **state)
{
    struct fixture *f = *state;
    static struct checkpoint_proof p;
    static uint8_t mem[128 * 1024];
    struct sink s;
    make_proof(&p, f);
    sink_init(&s, mem, sizeof mem);
    p.hashes_n = LIMIT_PROOF + 1;
    assert_int_equal(checkpoint_proof_encode(&s, &p), DHK_LIMIT);
    p.hashes_n = 0;
    p.index = UINT64_MAX;
    assert_int_equal(checkpoint_proof_encode(&s, &p), DHK_FORMAT);
    p.index = 0;
    p.extra_n = 0;
    assert_int_equal(checkpoint_proof_encode(&s, &p), DHK_FORMAT);
    assert_int_equal(s.n, 0);
}

#define HASH "w8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8M="
#define HEAD "c2sp.org/tlog-proof@v1\n"

static void
malformed_proof_files_are_refused(void **state)
{
    struct fixture *f = *state;
    static struct checkpoint_proof got;
    static const struct {
        const char *text; /* before the note */
        bool good;
    } cases[] = {
        {HEAD "index 41\n" HASH "\n\n", true},
        {HEAD "index 0\n\n", true},
        {HEAD "extra AA==\nindex 0\n\n", true},
        {HEAD "index 42\n\n", false}, /* the size is 42 */
        {HEAD "index 9223372036854775808\n\n", false},
        {HEAD "index 01\n\n", false},
        {HEAD "index \n\n", false},
        {HEAD "Index 1\n\n", false},
        {HEAD "\n", false},
        {HEAD "index 1\nextra AA==\n\n", false},
        {HEAD "extra AA==\nextra AA==\nindex 1\n\n", false},
        {HEAD "extra \nindex 1\n\n", false},
        {HEAD "extra AB==\nindex 1\n\n", false},
        {HEAD "index 1\n" HASH "A\n\n", false},
        {HEAD "index 1\nAAAA\n\n", false},
        {HEAD "index 1\n" HASH "\n", false},
        {HEAD "index 1\n\n\n", false},
        {"c2sp.org/tlog-proof@v2\nindex 1\n\n", false},
        {"\n" HEAD "index 1\n\n", false},
    };
    static uint8_t mem[128 * 1024];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sink s;
        struct diag diag = {NULL, 0};
        sink_init(&s, mem, sizeof mem);
        sink_slice(&s, slice_str(cases[i].text));
        sink_slice(&s, f->note);
        enum dhk_err rc = checkpoint_proof_decode(&got, sink_done(&s), &diag);
        if ((rc == DHK_OK) != cases[i].good)
            print_message("case %zu: %s", i, cases[i].text);
        assert_int_equal(rc, cases[i].good ? DHK_OK : DHK_FORMAT);
        assert_int_equal(diag.what == NULL, cases[i].good);
    }
    /* sixty-three hashes are the most, and an entry's bytes have a limit */
    struct sink s;
    for (unsigned n = 63; n <= 64; n++) {
        sink_init(&s, mem, sizeof mem);
        sink_slice(&s, slice_str(HEAD "index 1\n"));
        for (unsigned i = 0; i < n; i++)
            sink_slice(&s, slice_str(HASH "\n"));
        sink_slice(&s, slice_str("\n"));
        sink_slice(&s, f->note);
        assert_int_equal(checkpoint_proof_decode(&got, sink_done(&s), NULL),
            n == 63 ? DHK_OK : DHK_FORMAT);
    }
    for (unsigned over = 0; over <= 1; over++) {
        sink_init(&s, mem, sizeof mem);
        sink_slice(&s, slice_str(HEAD "extra "));
        for (unsigned i = 0; i < CHECKPOINT_EXTRA / 3 + over; i++)
            sink_slice(&s, slice_str("AAAA"));
        sink_slice(&s, slice_str("\nindex 1\n\n"));
        sink_slice(&s, f->note);
        assert_int_equal(checkpoint_proof_decode(&got, sink_done(&s), NULL),
            over == 0 ? DHK_OK : DHK_FORMAT);
        assert_int_equal(got.extra_n, over == 0 ? CHECKPOINT_EXTRA : 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_file_comes_back_as_it_was),
        cmocka_unit_test(proofs_over_the_limits_are_not_written),
        cmocka_unit_test(malformed_proof_files_are_refused),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
