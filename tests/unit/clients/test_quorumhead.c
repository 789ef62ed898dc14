/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which head counts: the broker shows it, and is believed in nothing. */
#include "quorumtest.h"

/* --- tests -------------------------------------------------------------- */

static void
a_quorum_on_one_head_counts(void **state)
{
    struct world *w = *state;
    struct checkpoint cp;

    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW - 60);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->keep = "accept/quorumhead/one-head.bin";
    quorumtest_counts(w);
    assert_int_equal(w->head.time, NOW - 60);
    assert_int_equal(w->head.by_n, 2);
    assert_string_equal(w->head.by[0], "politie");
    /* what is kept is the same head with the same lines */
    assert_true(
        slice_equal(slice_of(w->head.note, w->head.note_n), w->item[0]));
    ok(checkpoint_open(
        &cp, slice_of(w->head.note, w->head.note_n), &w->log_key, NULL));
}

static void
none_is_shown_yet(void **state)
{
    struct world *w = *state;

    w->items = 0;
    assert_int_equal(quorumtest_read_at(w, NOW), DHK_NOTFOUND);
}

static void
who_cosigned_a_later_head_counts(void **state)
{
    struct world *w = *state;

    quorumtest_show_head(w, 1 << POLITIE, NOW - 60);
    quorumtest_show_later(w, GEMEENTE, &w->tree, NOW - 10);
    quorumtest_show_part(w, POLITIE);
    w->keep = "accept/quorumhead/a-later-head.bin";
    quorumtest_counts(w);
    assert_int_equal(w->head.seen_n, 2);
    assert_int_equal(w->head.time, NOW - 60);
}

/* It quorumtest_counts since enough of them stand behind it. */
static void
the_time_is_that_of_the_quorum(void **state)
{
    struct world *w = *state;

    quorumtest_show_head(w, 1 << POLITIE, NOW - 3 * 3600);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_later(w, GEMEENTE, &w->tree, NOW - 50);
    quorumtest_show_later(w, OM, &w->tree, NOW - 40);
    quorumtest_counts(w);
    assert_int_equal(w->head.by_n, 3);
    assert_int_equal(w->head.time, NOW - 50);
    /* a clock that is ahead makes nothing newer than now */
    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW + 3600);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    quorumtest_counts(w);
    assert_int_equal(w->head.time, NOW);
}

static void
one_is_too_few(void **state)
{
    struct world *w = *state;

    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW);
    quorumtest_show_part(w, POLITIE);
    w->keep = "reject/quorumhead/too-few.bin";
    quorumtest_does_not_count(w, "too few");
    quorumtest_show_head(w, 0, NOW);
    w->keep = "reject/quorumhead/nobody.bin";
    quorumtest_does_not_count(w, "too few");
}

static void
who_is_no_cosigner_does_not_count(void **state)
{
    struct world *w = *state;

    quorumtest_show_head(w, 1 << POLITIE | 1 << SCHOOL, NOW);
    quorumtest_show_part(w, SCHOOL);
    quorumtest_show_part(w, POLITIE);
    w->keep = "reject/quorumhead/no-cosigner.bin";
    quorumtest_does_not_count(w, "no cosigner");
}

/* Each partner once, with however many cards; each key once, under however
 * many names. */
static void
nobody_counts_twice(void **state)
{
    struct world *w = *state;

    quorumtest_show_head(w, 1 << POLITIE, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, POLITIE);
    w->keep = "reject/quorumhead/twice.bin";
    quorumtest_does_not_count(w, "signed already");
    /* another card, with another key */
    quorumtest_show_head(w, 1 << POLITIE, NOW);
    quorumtest_show_part(w, POLITIE);
    struct partner first = w->partner[POLITIE];
    w->partner[POLITIE].witness = w->partner[SCHOOL].witness;
    w->partner[POLITIE].witness_pk = w->partner[SCHOOL].witness_pk;
    quorumtest_make_card(w, POLITIE, 2);
    quorumtest_show_later(w, POLITIE, &w->tree, NOW);
    w->keep = "reject/quorumhead/two-cards.bin";
    quorumtest_does_not_count(w, "signed already");
    w->partner[POLITIE] = first;
    /* om's identity vouches for politie's key */
    struct sign_secret *own = w->partner[OM].witness;
    w->partner[OM].witness = first.witness;
    w->partner[OM].witness_pk = first.witness_pk;
    quorumtest_make_card(w, OM, 3);
    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->keep = "reject/quorumhead/one-key.bin";
    quorumtest_does_not_count(w, "signed already");
    w->partner[OM].witness = own;
}

static void
a_card_must_have_been_valid_then(void **state)
{
    struct world *w = *state;

    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW - 4 * DAY);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->keep = "reject/quorumhead/card-not-valid.bin";
    quorumtest_does_not_count(w, "not valid then");
    /* not that it still is */
    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW - DAY);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    assert_int_equal(quorumtest_read_at(w, NOW + 60 * DAY), DHK_OK);
}

#define world_test(f)                                                          \
    cmocka_unit_test_setup_teardown(f, quorumtest_begin, quorumtest_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(a_quorum_on_one_head_counts),
        world_test(none_is_shown_yet),
        world_test(who_cosigned_a_later_head_counts),
        world_test(the_time_is_that_of_the_quorum),
        world_test(one_is_too_few),
        world_test(who_is_no_cosigner_does_not_count),
        world_test(nobody_counts_twice),
        world_test(a_card_must_have_been_valid_then),
    };

    return cmocka_run_group_tests_name("quorumhead", tests, NULL, NULL);
}
