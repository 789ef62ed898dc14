/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cosigned checkpoints beside an export: which are kept, whose lines count, and
 * what a quorum stands behind. */
#include "tiles_made.h"

#include "key.h"
#include "tilescosigned.h"

enum { PARTNERS = 3, FROM = 1000, UNTIL = 2000 };
static const char *const names[PARTNERS] = {"gemeente", "om", "politie"};

static struct tiles_log made;
static struct sign_secret *witness[PARTNERS];
static struct card cards[PARTNERS];
static struct roster roster = {.origin = TILES_ORIGIN, .quorum = 2};

/* The log's note of SIZE, cosigned by those of WHO (bits) at TIME. */
static void
put(struct tilesdir *d, uint64_t size, unsigned who, uint64_t time)
{
    uint8_t mem[LIMIT_CHECKPOINT];
    struct checkpoint cp = {.origin = TILES_ORIGIN, .size = size};
    struct sink s;
    memset(cp.root, (int)size, sizeof cp.root);
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(checkpoint_sign(&s, &cp, made.sk, &made.pk), DHK_OK);
    for (unsigned i = 0; i < PARTNERS; i++)
        if ((who >> i & 1) != 0)
            assert_int_equal(checkpoint_cosign(&s, &cp, names[i], witness[i],
                                 &cards[i].witness, time),
                DHK_OK);
    assert_int_equal(tilescosigned_put(d, sink_done(&s)), DHK_OK);
}

/* With the cards of the first N. */
static enum dhk_err
count(struct tilescosigned *out, uint64_t *bad, struct tilesdir *d, size_t n)
{
    struct tilescosigned_cards in = {cards, n, NULL, 0};
    uint64_t *sizes = NULL;
    assert_int_equal(tilescosigned_sizes(&sizes, &in.sizes_n, d), DHK_OK);
    in.sizes = sizes;
    for (size_t i = 1; i < in.sizes_n; i++)
        assert_true(sizes[i - 1] < sizes[i]);
    enum dhk_err rc = tilescosigned_count(out, bad, d, &roster, &in);
    free(sizes);
    return rc;
}

static struct tilesdir *
open_new(void **state)
{
    struct tilesdir *d = NULL;
    struct dhk_problem problem = {""};
    assert_int_equal(tilesdir_open(&d, *state, true, &problem), DHK_OK);
    return d;
}

static void
a_quorum_stands_behind_the_smaller_of_its_trees(void **state)
{
    struct tilescosigned c;
    uint64_t bad;
    struct tilesdir *d = open_new(state);
    assert_int_equal(count(&c, &bad, d, PARTNERS), DHK_OK);
    assert_int_equal(c.quorum_size, 0);
    put(d, 9, 1, FROM);
    assert_int_equal(count(&c, &bad, d, PARTNERS), DHK_OK);
    assert_int_equal(c.signatures, 1);
    assert_int_equal(c.quorum_size, 0); /* one is none */
    put(d, 100, 2, FROM + 1);
    assert_int_equal(count(&c, &bad, d, PARTNERS), DHK_OK);
    assert_int_equal(c.quorum_size, 9);
    put(d, 20, 4, FROM + 2);
    assert_int_equal(count(&c, &bad, d, PARTNERS), DHK_OK);
    assert_int_equal(c.quorum_size, 20);
    assert_int_equal(c.by_n, PARTNERS);
    assert_int_equal(c.by[1].size, 100);
    assert_int_equal(c.by[1].time, FROM + 1);
    tilesdir_close(&d);
}

static void
lines_of_one_size_come_together(void **state)
{
    struct tilescosigned c;
    uint64_t bad;
    struct slice first, again;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct tilesdir *d = open_new(state);
    put(d, 9, 1, FROM);
    put(d, 9, 2, FROM);
    assert_int_equal(count(&c, &bad, d, PARTNERS), DHK_OK);
    assert_int_equal(c.signatures, 2);
    assert_int_equal(c.quorum_size, 9);
    assert_int_equal(tilescosigned_read(&first, d, 9), DHK_OK);
    memcpy(mem, first.p, first.n);
    put(d, 9, 3, FROM + 5); /* of each the first stays */
    assert_int_equal(tilescosigned_read(&again, d, 9), DHK_OK);
    assert_true(slice_equal(slice_of(mem, first.n), again));
    put(d, 9, 7, FROM + 5);
    assert_int_equal(count(&c, &bad, d, PARTNERS), DHK_OK);
    assert_int_equal(c.signatures, 3);
    tilesdir_close(&d);
}

static void
a_card_counts_while_it_is_valid(void **state)
{
    struct tilescosigned c;
    uint64_t bad;
    struct tilesdir *d = open_new(state);
    put(d, 9, 1, FROM - 1);
    put(d, 10, 2, UNTIL);
    assert_int_equal(count(&c, &bad, d, PARTNERS), DHK_OK);
    assert_int_equal(c.signatures, 0);
    put(d, 11, 3, UNTIL - 1);
    assert_int_equal(count(&c, &bad, d, PARTNERS), DHK_OK);
    assert_int_equal(c.quorum_size, 11);
    tilesdir_close(&d);
}

static void
a_line_of_nobody_is_found(void **state)
{
    struct tilescosigned c;
    uint64_t bad = 0;
    struct tilesdir *d = open_new(state);
    put(d, 9, 1, FROM);
    put(d, 12, 4, FROM);
    assert_int_equal(count(&c, &bad, d, 2), DHK_AUTH); /* no card of politie */
    assert_int_equal(bad, 12);
    tilesdir_close(&d);
}

static void
another_logs_note_is_found(void **state)
{
    struct tilescosigned c;
    uint64_t bad = 0;
    struct tilesdir *d = open_new(state);
    uint8_t keep = roster.log_key.b[0];
    put(d, 9, 1, FROM);
    roster.log_key.b[0] ^= 1;
    assert_int_equal(count(&c, &bad, d, PARTNERS), DHK_AUTH);
    roster.log_key.b[0] = keep;
    assert_int_equal(bad, 9);
    tilesdir_close(&d);
}

static int
make_keys(void)
{
    if (key_init() != DHK_OK || key_sign_new(&made.sk, &made.pk) != DHK_OK)
        return 1;
    roster.log_key = made.pk;
    roster.cosigners_n = PARTNERS;
    for (size_t i = 0; i < PARTNERS; i++) {
        cards[i] = (struct card){.from = FROM, .until = UNTIL};
        (void)snprintf(
            cards[i].partner, sizeof cards[i].partner, "%s", names[i]);
        (void)snprintf(
            roster.cosigner[i], sizeof roster.cosigner[i], "%s", names[i]);
        if (key_sign_new(&witness[i], &cards[i].witness) != DHK_OK)
            return 1;
    }
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_quorum_stands_behind_the_smaller_of_its_trees),
        scratch_test(lines_of_one_size_come_together),
        scratch_test(a_card_counts_while_it_is_valid),
        scratch_test(a_line_of_nobody_is_found),
        scratch_test(another_logs_note_is_found),
    };
    if (make_keys() != 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < PARTNERS; i++)
        key_sign_destroy(&witness[i]);
    key_sign_destroy(&made.sk);
    return failed;
}
