/* SPDX-License-Identifier: EUPL-1.2
 *
 * A list of rows and the proof that all rows of a case are shown: whatever is
 * left out, added, moved, opened or closed, it does not verify. */
#include "wiretest.h"

#include <string.h>

#include "pack.h"
#include "seallist.h"

enum { MOST = 24, CASES = 5, PROOF = 64 * MERKLE_HASH };

struct list {
    struct entry_seal seal;
    struct seallist_row row[MOST];
    uint8_t case_handle[CASES][PART_CASE];
    uint8_t blinded[CASES][SEALLIST_BLINDED];
    size_t n;
};
static struct list made;

/* N rows of up to USED cases; the last of them is none. */
static void
make(struct list *l, size_t n, unsigned used)
{
    static const char *const signals[] = {"zorg", "melding", ""};
    uint8_t random[ENTRY_RANDOM];

    memset(l, 0, sizeof *l);
    l->n = n;
    l->seal = (struct entry_seal){.from = 1000, .until = 2000, .count = n};
    wiretest_fill(l->seal.salt, sizeof l->seal.salt);
    for (size_t i = 0; i < CASES; i++) {
        wiretest_fill(l->case_handle[i], PART_CASE);
        seallist_blind(l->blinded[i], l->seal.salt,
            i == CASES - 1 ? NULL : l->case_handle[i]);
    }
    for (size_t i = 0; i < n; i++) {
        unsigned c = (unsigned)wiretest_below(used);
        struct part_row part = {.code = wiretest_below(300)};
        struct seallist_of of = {.list_salt = l->seal.salt,
            .random = random,
            .blinded = l->blinded[c == used - 1 ? CASES - 1 : c],
            .kind = ENTRY_SHARE,
            .index = 1000 + i};
        strcpy(part.signal, signals[wiretest_below(3)]);
        wiretest_fill(random, sizeof random);
        seallist_row(&l->row[i], &of, &part);
    }
    assert_true(seallist_sort(l->row, n));
    seallist_root(l->seal.root, l->row, n);
}

struct answer {
    struct seallist_proof p;
    struct seallist_shown row[MOST + 2];
    uint8_t mem[PROOF];
};

static void
show_row(struct seallist_shown *s, const struct seallist_row *r, bool open)
{
    memset(s, 0, sizeof *s);
    memcpy(s->blinded, r->blinded, sizeof s->blinded);
    s->open = open;
    if (open) {
        memcpy(s->salt, r->salt, sizeof s->salt);
        s->rest = slice_of(r->rest, r->rest_n);
    } else {
        memcpy(s->inner, r->inner, sizeof s->inner);
    }
}

/* Rows LO..HI-1, with a proof that leads to the root; the first and the last
 * of them open or not. */
static void
show_rows(struct answer *a, const struct list *l, const size_t at[2],
    const bool open[2])
{
    struct sink s;

    a->p.seal = &l->seal;
    a->p.first = at[0];
    a->p.row = a->row;
    a->p.n = at[1] - at[0];
    for (size_t i = 0; i < a->p.n; i++)
        show_row(&a->row[i], &l->row[at[0] + i], true);
    if (a->p.n > 0 && !open[0])
        show_row(&a->row[0], &l->row[at[0]], false);
    if (a->p.n > 0 && !open[1])
        show_row(&a->row[a->p.n - 1], &l->row[at[1] - 1], false);
    sink_init(&s, a->mem, sizeof a->mem);
    assert_int_equal(seallist_prove(&s, l->row, l->n, at[0], a->p.n), DHK_OK);
    a->p.proof = sink_done(&s);
}

/* The right answer about case C. */
static void
show_case(struct answer *a, const struct list *l, size_t c)
{
    size_t at[2];

    memset(a, 0, sizeof *a);
    a->p.has_case = true;
    a->p.case_handle = l->case_handle[c];
    seallist_find(&at[0], &at[1], l->row, l->n, l->blinded[c]);
    bool open[2] = {at[0] == 0, at[1] == l->n};
    at[0] -= at[0] > 0 ? 1 : 0;
    at[1] += at[1] < l->n ? 1 : 0;
    show_rows(a, l, at, open);
}

static void
all_rows_of_a_case_are_proved(void **state)
{
    static struct answer a;
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        make(&made, wiretest_below(MOST + 1), 1 + (unsigned)wiretest_below(4));
        show_case(&a, &made, wiretest_below(CASES - 1));
        assert_int_equal(seallist_verify(&a.p), DHK_OK);
        size_t at[2] = {0, made.n};
        bool open[2] = {true, true};
        memset(&a, 0, sizeof a);
        show_rows(&a, &made, at, open);
        assert_int_equal(seallist_verify(&a.p), DHK_OK);
    }
}

/* Any other run of rows, with the end ones open or closed, has a good proof of
 * its own; only the run of the case with its neighbours is taken. */
static void
no_other_run_of_rows_is_taken_for_the_case(void **state)
{
    static struct answer right, a;
    size_t taken = 0, tried = 0;
    (void)state;
    for (unsigned round = 0; round < 40; round++) {
        make(&made, wiretest_below(12), 1 + (unsigned)wiretest_below(4));
        size_t c = wiretest_below(CASES - 1);
        show_case(&right, &made, c);
        for (size_t i = 0; i < (made.n + 1) * (made.n + 1) * 4; i++) {
            size_t at[2] = {i / 4 / (made.n + 1), i / 4 % (made.n + 1)};
            bool open[2] = {(i & 1) != 0, (i & 2) != 0};
            if (at[0] > at[1])
                continue;
            memset(&a, 0, sizeof a);
            a.p.has_case = true;
            a.p.case_handle = made.case_handle[c];
            show_rows(&a, &made, at, open);
            bool same = a.p.first == right.p.first && a.p.n == right.p.n;
            for (size_t k = 0; same && k < a.p.n; k++)
                same = a.row[k].open == right.row[k].open;
            tried++;
            taken += seallist_verify(&a.p) == DHK_OK ? 1 : 0;
            if (!same && a.p.n > 0)
                assert_int_not_equal(seallist_verify(&a.p), DHK_OK);
            else if (same)
                assert_int_equal(seallist_verify(&a.p), DHK_OK);
        }
    }
    assert_true(tried > 1000 && taken > 0);
}

/* --- one thing wrong --- */

static void
leave_out(struct answer *a, size_t i)
{
    memmove(&a->row[i], &a->row[i + 1], (a->p.n - i - 1) * sizeof a->row[0]);
    a->p.n--;
}

static void
twice(struct answer *a, size_t i)
{
    memmove(&a->row[i + 1], &a->row[i], (a->p.n - i) * sizeof a->row[0]);
    a->p.n++;
}

static void
swap(struct answer *a, size_t i)
{
    struct seallist_shown row = a->row[i];
    size_t other = i == 0 ? a->p.n - 1 : i - 1;

    a->row[i] = a->row[other];
    a->row[other] = row;
}

static void
flip_blinded(struct answer *a, size_t i)
{
    a->row[i].blinded[wiretest_below(SEALLIST_BLINDED)] ^= 1;
}

static void
flip_row(struct answer *a, size_t i)
{
    if (a->row[i].open)
        a->row[i].salt[wiretest_below(SEALLIST_SALT)] ^= 1;
    else
        a->row[i].inner[wiretest_below(MERKLE_HASH)] ^= 1;
}

static void
move_on(struct answer *a, size_t i)
{
    (void)i;
    a->p.first++;
}

static void
move_back(struct answer *a, size_t i)
{
    (void)i;
    a->p.first--;
}

static void
shorter_proof(struct answer *a, size_t i)
{
    (void)i;
    if (a->p.proof.n > 0)
        a->p.proof.n -= MERKLE_HASH;
    else
        a->p.proof = slice_of(a->mem, MERKLE_HASH);
}

static void
whole_list(struct answer *a, size_t i)
{
    (void)i;
    a->p.has_case = false;
    if (a->p.first == 0 && a->p.n == a->p.seal->count)
        a->p.n--; /* else it would be */
}

/* Another entry, or outcome, than that of the list. */
static void
other_rest(struct answer *a, size_t i)
{
    static uint8_t rest[SEALLIST_REST];
    struct slice *r = &a->row[i].rest;

    if (!a->row[i].open) {
        flip_row(a, i);
        return;
    }
    memcpy(rest, r->p, r->n);
    rest[r->n - 1] ^= 1;
    *r = slice_of(rest, r->n);
}

static void
one_thing_wrong_is_refused(void **state)
{
    static void (*const spoil[])(struct answer * a, size_t i) = {leave_out,
        twice, swap, flip_blinded, flip_row, move_on, move_back, shorter_proof,
        whole_list, other_rest};
    static struct answer a;
    (void)state;
    for (unsigned round = 0; round < 4000; round++) {
        make(&made, 2 + wiretest_below(MOST - 1),
            1 + (unsigned)wiretest_below(4));
        show_case(&a, &made, wiretest_below(CASES - 1));
        size_t how = round % (sizeof spoil / sizeof spoil[0]);
        if (how == 2 && a.p.n < 2)
            continue;
        spoil[how](&a, wiretest_below((unsigned)a.p.n));
        if (seallist_verify(&a.p) == DHK_OK)
            fail_msg("spoilt in way %zu, it was taken", how);
    }
}

static void
another_number_of_rows_or_another_root_is_refused(void **state)
{
    static struct answer a;
    (void)state;
    for (unsigned round = 0; round < 500; round++) {
        make(&made, wiretest_below(MOST + 1), 1 + (unsigned)wiretest_below(4));
        size_t at[2] = {0, made.n};
        bool open[2] = {true, true};
        memset(&a, 0, sizeof a);
        show_rows(&a, &made, at, open);
        made.seal.count++;
        assert_int_equal(seallist_verify(&a.p), DHK_FORMAT);
        made.seal.count = made.n;
        show_case(&a, &made, wiretest_below(CASES - 1));
        made.seal.root[wiretest_below(32)] ^= 1;
        assert_int_equal(seallist_verify(&a.p), DHK_AUTH);
        made.seal.count = UINT64_MAX;
        assert_int_not_equal(seallist_verify(&a.p), DHK_OK);
    }
}

static void
a_row_of_another_period_is_refused(void **state)
{
    static struct answer a;
    (void)state;
    make(&made, 9, 1);
    memset(&a, 0, sizeof a);
    size_t at[2] = {0, made.n};
    bool open[2] = {true, true};
    show_rows(&a, &made, at, open);
    made.seal.from = 1001;
    assert_int_equal(seallist_verify(&a.p), DHK_FORMAT);
    made.seal.from = 1000;
    made.seal.until = 1008;
    assert_int_equal(seallist_verify(&a.p), DHK_FORMAT);
    made.seal.until = 1009;
    assert_int_equal(seallist_verify(&a.p), DHK_OK);
}

static void
a_row_that_is_there_twice_is_no_list(void **state)
{
    (void)state;
    make(&made, 9, 3);
    made.row[8] = made.row[3];
    assert_false(seallist_sort(made.row, 9));
    assert_false(seallist_sort(made.row, SEALLIST_ROWS + 1));
}

static void
one_entry_looks_different_in_every_list_and_case(void **state)
{
    struct seallist_row row[4];
    uint8_t salt[2][ENTRY_SALT] = {{1}, {2}}, random[ENTRY_RANDOM] = {3};
    uint8_t handle[2][PART_CASE] = {{4}, {5}}, blinded[SEALLIST_BLINDED];
    struct part_row part = {.code = 1};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct seallist_of of = {
            salt[i / 2], random, blinded, ENTRY_DELIVERED, 7};
        seallist_blind(blinded, salt[i / 2], handle[i % 2]);
        seallist_row(&row[i], &of, &part);
        for (size_t k = 0; k < i; k++) {
            assert_memory_not_equal(row[i].blinded, row[k].blinded, 32);
            assert_memory_not_equal(row[i].inner, row[k].inner, 32);
            assert_memory_not_equal(row[i].salt, row[k].salt, 16);
        }
    }
}

/* What the rest must look like. */
static void
a_malformed_rest_is_refused(void **state)
{
    uint8_t mem[SEALLIST_REST + 40];
    struct seallist_rest rest;
    struct sink s;
    (void)state;
    make(&made, 1, 1);
    for (size_t n = 0; n < made.row[0].rest_n; n++)
        assert_int_not_equal(
            seallist_rest_decode(&rest, slice_of(made.row[0].rest, n)), DHK_OK);
    assert_int_equal(seallist_rest_decode(
                         &rest, slice_of(made.row[0].rest, made.row[0].rest_n)),
        DHK_OK);
    assert_int_equal(rest.index, 1000);
    assert_int_equal(rest.kind, ENTRY_SHARE);
    sink_init(&s, mem, sizeof mem);
    pack_array(&s, 4);
    pack_uint(&s, ENTRY_KINDS);
    pack_cstr(&s, "");
    pack_uint(&s, 0);
    pack_uint(&s, 0);
    assert_int_not_equal(seallist_rest_decode(&rest, sink_done(&s)), DHK_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rows_of_a_case_are_proved),
        cmocka_unit_test(no_other_run_of_rows_is_taken_for_the_case),
        cmocka_unit_test(one_thing_wrong_is_refused),
        cmocka_unit_test(another_number_of_rows_or_another_root_is_refused),
        cmocka_unit_test(a_row_of_another_period_is_refused),
        cmocka_unit_test(a_row_that_is_there_twice_is_no_list),
        cmocka_unit_test(one_entry_looks_different_in_every_list_and_case),
        cmocka_unit_test(a_malformed_rest_is_refused),
    };

    return cmocka_run_group_tests_name("seallist", tests, NULL, NULL);
}
