/* SPDX-License-Identifier: EUPL-1.2
 *
 * One sealing key after the other in the same place: no two bundles share a
 * pair, and of one that is spent nothing is left. */
#include "envelope_make.h"

static struct make_world world;
static struct sealing_plan plan;
static uint8_t mem[MAKE_MAX];
static struct envelope e;

static int
set_up(void **state)
{
    (void)state;
    assert_int_equal(key_init(), DHK_OK);
    make_world(&world);
    make_plan(&plan, &world);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    make_world_end(&world);
    return 0;
}

/* Seals with K, and the municipality opens it; the pair goes to *PK. */
static void
seal(struct sealing_key *k, struct dh_public *pk)
{
    uint8_t id[ENVELOPE_ID];
    struct sink out;
    struct wrap w;

    sink_init(&out, mem, sizeof mem);
    assert_int_equal(sealing_envelope(&out, id, &plan, k), DHK_OK);
    assert_int_equal(envelope_decode(&e, sink_done(&out), NULL), DHK_OK);
    assert_int_equal(
        make_unwrap(&w, &e.header, make_find(&e, "gemeente"), &world.gemeente),
        DHK_OK);
    *pk = e.header.ephemeral;
}

static bool
is_zero(const void *p, size_t n)
{
    const uint8_t *b = p;

    while (n > 0 && b[n - 1] == 0)
        n--;
    return n == 0;
}

static void
each_bundle_has_a_pair_of_its_own(void **state)
{
    struct sealing_key *k = NULL;
    struct dh_public pk[4];

    (void)state;
    assert_int_equal(sealing_key_new(&k), DHK_OK);
    for (size_t i = 0; i < 4; i++) {
        struct dh_public same;
        sealing_key_begin(k);
        seal(k, &pk[i]);
        seal(k, &same);
        assert_memory_equal(&same, &pk[i], sizeof same);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(&pk[j], &pk[i], sizeof pk[i]);
        if (i == 0) /* the others: prepared, and given up before they ended */
            sealing_key_spend(k);
        if (i == 0)
            sealing_key_prepare(k);
    }
    sealing_key_destroy(&k);
}

static void
of_a_spent_one_nothing_is_left(void **state)
{
    struct sealing_key *k = NULL;
    struct dh_public pk;
    uint8_t scalar[KEY_SEED];

    (void)state;
    assert_int_equal(sealing_key_new(&k), DHK_OK);
    seal(k, &pk);
    size_t n = k->agreed_n;
    assert_int_equal(n, plan.recipients_n);
    sealing_key_spend(k);
    key_dh_scalar(k->own, scalar);
    assert_true(is_zero(scalar, sizeof scalar));
    assert_true(is_zero(&k->pool, sizeof k->pool));
    assert_int_equal(k->agreed_n, n);
    for (size_t i = 0; i < LIMIT_PARTIES; i++) {
        assert_false(k->agreed[i].is_set);
        assert_true(is_zero(k->agreed[i].secret, sizeof k->agreed[i].secret));
    }
    sealing_key_destroy(&k);
}

/* What was prepared is used as it is, and who is no recipient any more is
 * forgotten. */
static void
what_is_prepared_serves_the_next_bundle(void **state)
{
    struct sealing_key *k = NULL;
    struct dh_public pk, ready;

    (void)state;
    assert_int_equal(sealing_key_new(&k), DHK_OK);
    seal(k, &pk);
    sealing_key_prepare(k); /* not spent: nothing */
    assert_memory_equal(&k->pk, &pk, sizeof pk);
    sealing_key_spend(k);
    sealing_key_prepare(k);
    ready = k->pk;
    for (size_t i = 0; i < k->agreed_n; i++)
        assert_true(k->agreed[i].is_set);
    sealing_key_begin(k);
    plan.recipients_n = 1;
    seal(k, &pk);
    assert_memory_equal(&pk, &ready, sizeof pk);
    sealing_key_spend(k);
    assert_int_equal(k->agreed_n, 1);
    make_plan(&plan, &world);
    sealing_key_destroy(&k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bundle_has_a_pair_of_its_own),
        cmocka_unit_test(of_a_spent_one_nothing_is_left),
        cmocka_unit_test(what_is_prepared_serves_the_next_bundle),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
