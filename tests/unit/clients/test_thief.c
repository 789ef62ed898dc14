/* SPDX-License-Identifier: EUPL-1.2
 *
 * A partner who moves another's ciphertext under a header of its own. It signs
 * that header and makes every digest, commitment and wrap anew, so that all of
 * it holds, with the field's key, which it was given, or without. Sealing is
 * the product's own, with two functions wrapped by the linker. */
#include "evil_delivery.h"

#include "field.h"
#include "wrap.h"

enum thief_mode { HONEST, WITH_KEY, WITHOUT_KEY };

static struct thief {
    enum thief_mode mode;
    uint8_t key[32], commitment[32], ciphertext[FIELD_CIPHERTEXT_MAX];
    size_t n;
} thief;

enum dhk_err __real_field_seal(struct envelope_field *f, uint8_t *mem,
    const struct envelope_header *h, struct slice value, const uint8_t key[32]);
enum dhk_err __wrap_field_seal(struct envelope_field *f, uint8_t *mem,
    const struct envelope_header *h, struct slice value, const uint8_t key[32]);
enum dhk_err __real_wrap_seal(struct envelope_recipient *r,
    uint8_t mem[LIMIT_WRAP], const struct envelope_header *h,
    const struct wrap *w, const struct wrap_keys *keys);
enum dhk_err __wrap_wrap_seal(struct envelope_recipient *r,
    uint8_t mem[LIMIT_WRAP], const struct envelope_header *h,
    const struct wrap *w, const struct wrap_keys *keys);

/* The first field of an honest signal is remembered, and later stolen. */
enum dhk_err
__wrap_field_seal(struct envelope_field *f, uint8_t *mem,
    const struct envelope_header *h, struct slice value, const uint8_t key[32])
{
    bool known = f->i == 0 && thief.mode == WITH_KEY;
    enum dhk_err rc =
        __real_field_seal(f, mem, h, value, known ? thief.key : key);

    if (rc != DHK_OK || f->i != 0)
        return rc;
    if (thief.mode == HONEST) {
        thief.n = f->ciphertext.n;
        memcpy(thief.key, key, sizeof thief.key);
        memcpy(thief.commitment, f->commitment, sizeof thief.commitment);
        memcpy(thief.ciphertext, f->ciphertext.p, thief.n);
        return rc;
    }
    assert_int_equal(f->ciphertext.n, thief.n);
    memcpy(mem, thief.ciphertext, thief.n);
    if (thief.mode == WITHOUT_KEY)
        memcpy(f->commitment, thief.commitment, sizeof f->commitment);
    return rc;
}

enum dhk_err
__wrap_wrap_seal(struct envelope_recipient *r, uint8_t mem[LIMIT_WRAP],
    const struct envelope_header *h, const struct wrap *w,
    const struct wrap_keys *keys)
{
    struct wrap mine = *w;

    if (thief.mode == WITH_KEY)
        memcpy(mine.key[0], thief.key, sizeof mine.key[0]);
    return __real_wrap_seal(r, mem, h, &mine, keys);
}

static void
is_refused(
    struct evil_delivery *d, enum thief_mode mode, enum answer_outcome outcome)
{
    const struct evil honest = {.origin = NULL};
    struct dhk_node *gemeente = d->ring->partner[RING_GEMEENTE].node;
    const struct dhk_share *share = NULL;
    struct inbox_item item;
    uint64_t number;

    thief.mode = HONEST;
    evil_takes_next(d);
    thief.mode = mode;
    evil_deliver(d, &honest); /* by the broker */
    /* signature, digests and commitments hold */
    ok(bundle_verify(
        &d->bundle.statement, &d->ring->partner[RING_POLITIE].card.sign));
    ok(envelope_check(&d->envelope));
    ok(share_check(&d->share));
    evil_take(d);
    assert_int_equal(evil_answer(d, &number, &item), outcome);
    assert_int_not_equal(dhk_receive(gemeente, 0, &share, NULL), DHK_OK);
    thief.mode = HONEST;
    evil_takes_next(d);
}

/* The key and a fresh commitment are right; the ciphertext says itself which
 * header it is of. */
static void
a_ciphertext_moved_by_who_knows_its_key_does_not_open(void **state)
{
    is_refused(*state, WITH_KEY, ANSWER_UNDECRYPTABLE);
}

/* Whoever has not the key can only wrap another. */
static void
a_ciphertext_moved_by_who_does_not_know_its_key_does_not_open(void **state)
{
    is_refused(*state, WITHOUT_KEY, ANSWER_BAD_COMMITMENT);
}

#define evil_test(f) cmocka_unit_test_setup_teardown(f, evil_new, evil_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        evil_test(a_ciphertext_moved_by_who_knows_its_key_does_not_open),
        evil_test(
            a_ciphertext_moved_by_who_does_not_know_its_key_does_not_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
