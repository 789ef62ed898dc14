/* SPDX-License-Identifier: EUPL-1.2
 *
 * Heads that do not count, whatever the broker shows with them. */
#include "quorumtest.h"

static void
a_forged_card_does_not_count(void **state)
{
    struct world *w = *state;
    struct sign_secret *own = w->partner[OM].identity;

    /* the broker makes a card for om and cosigns with it */
    w->partner[OM].identity = w->partner[SCHOOL].identity;
    quorumtest_make_card(w, OM, 3);
    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->keep = "reject/quorumhead/forged-card.bin";
    quorumtest_does_not_count(w, "roster does not allow");
    w->partner[OM].identity = own;
    /* one that lasts longer than the roster allows */
    struct partner *p = &w->partner[OM];
    struct sink out;
    p->card.until += 365 * DAY;
    sink_init(&out, p->bytes, sizeof p->bytes);
    ok(card_issue(&out, &p->card, p->identity));
    p->n = out.n;
    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->keep = "reject/quorumhead/card-too-long.bin";
    quorumtest_does_not_count(w, "roster does not allow");
}

static void
a_line_of_another_head_or_name_does_not_count(void **state)
{
    struct world *w = *state;
    struct checkpoint cp = quorumtest_head_of(&w->tree, HEAD);
    struct checkpoint other = quorumtest_head_of(&w->tree, LATER);
    struct sink out;

    /* over another size */
    quorumtest_show_head(w, 1 << POLITIE, NOW);
    out = quorumtest_note(w, &cp);
    quorumtest_put_line(&out, w, POLITIE, &cp, NOW);
    quorumtest_put_line(&out, w, OM, &other, NOW);
    w->item[0] = sink_done(&out);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->keep = "reject/quorumhead/other-size.bin";
    quorumtest_does_not_count(w, "does not verify");
    /* over another root */
    quorumtest_show_head(w, 1 << POLITIE, NOW);
    other = quorumtest_head_of(&w->fork, HEAD);
    out = quorumtest_note(w, &cp);
    quorumtest_put_line(&out, w, POLITIE, &cp, NOW);
    quorumtest_put_line(&out, w, OM, &other, NOW);
    w->item[0] = sink_done(&out);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->keep = "reject/quorumhead/other-root.bin";
    quorumtest_does_not_count(w, "does not verify");
    /* not there */
    quorumtest_show_head(w, 1 << POLITIE, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->keep = "reject/quorumhead/no-line.bin";
    quorumtest_does_not_count(w, "not there");
}

/* The broker shows others another ledger, and their cosignatures of that. */
static void
a_head_of_another_view_does_not_count(void **state)
{
    struct world *w = *state;

    quorumtest_show_head(w, 1 << POLITIE, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_later(w, OM, &w->fork, NOW);
    w->keep = "reject/quorumhead/other-view.bin";
    quorumtest_does_not_count(w, "does not extend");
    /* who compares is given it all the same */
    assert_int_equal(w->head.seen_n, 2);
}

static void
what_the_log_did_not_sign_does_not_count(void **state)
{
    struct world *w = *state;
    struct sign_secret *own = w->log;
    struct checkpoint_vkey key = w->log_key;

    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW);
    quorumtest_show_part(w, POLITIE);
    w->log = w->partner[SCHOOL].identity;
    w->log_key.pk = w->partner[SCHOOL].identity_pk;
    quorumtest_show_later(w, GEMEENTE, &w->tree, NOW);
    struct slice later[3] = {w->item[5], w->item[6], w->item[7]};
    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->log = own;
    w->log_key = key;
    assert_int_equal(quorumtest_read_at(w, NOW), DHK_AUTH);
    quorumtest_show_head(w, 1 << POLITIE, NOW);
    quorumtest_show_part(w, POLITIE);
    for (size_t i = 0; i < 3; i++)
        quorumtest_show(w, later[i]);
    w->keep = "reject/quorumhead/not-of-the-log.bin";
    quorumtest_does_not_count(w, "the log did not sign");
}

static void
lines_of_strangers_are_not_kept(void **state)
{
    struct world *w = *state;
    struct sink out;

    quorumtest_show_head(w, 1 << POLITIE | 1 << OM | 1 << SCHOOL, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    quorumtest_counts(w);
    out = quorumtest_fresh(w);
    sink_put(&out, w->head.note, w->head.note_n);
    assert_null(memmem(out.p, out.n, "school", 6));
}

static void
what_has_another_form_is_refused(void **state)
{
    struct world *w = *state;

    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->items--;
    assert_int_equal(quorumtest_read_at(w, NOW), DHK_FORMAT);
    w->items = 1;
    assert_int_equal(quorumtest_read_at(w, NOW), DHK_FORMAT);
    w->items = 2;
    w->item[0] = slice_str("no quorumtest_note\n");
    assert_int_equal(quorumtest_read_at(w, NOW), DHK_FORMAT);
    quorumtest_show_head(w, 1, NOW);
    for (size_t i = 0; i <= LIMIT_SIGNATORIES; i++)
        quorumtest_show_part(w, POLITIE);
    assert_int_equal(quorumtest_read_at(w, NOW), DHK_FORMAT);
    /* a proof that leads nowhere */
    quorumtest_show_head(w, 1 << POLITIE | 1 << OM, NOW);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_part(w, OM);
    w->item[7] = slice_str("0123456789abcdef0123456789abcdef");
    w->keep = "reject/quorumhead/proof-without-head.bin";
    quorumtest_does_not_count(w, "a proof without a head");
}

/* Whatever one bit is changed, no more quorumtest_counts than before. */
static void
a_flipped_bit_makes_nothing_count(void **state)
{
    struct world *w = *state;
    static uint8_t copy[ITEMS][LIMIT_CHECKPOINT];

    quorumtest_show_head(w, 1 << POLITIE, NOW - 60);
    quorumtest_show_part(w, POLITIE);
    quorumtest_show_later(w, GEMEENTE, &w->tree, NOW - 10);
    quorumtest_counts(w);
    for (size_t i = 0; i < w->items; i++) {
        if (w->item[i].n == 0)
            continue;
        memcpy(copy[i], w->item[i].p, w->item[i].n);
        w->item[i].p = copy[i];
        for (size_t at = i % 7; at < w->item[i].n; at += 7) {
            copy[i][at] ^= (uint8_t)(1 << at % 8);
            assert_int_not_equal(quorumtest_read_at(w, NOW), DHK_OK);
            copy[i][at] ^= (uint8_t)(1 << at % 8);
        }
    }
    quorumtest_counts(w);
}

#define world_test(f)                                                          \
    cmocka_unit_test_setup_teardown(f, quorumtest_begin, quorumtest_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(a_forged_card_does_not_count),
        world_test(a_line_of_another_head_or_name_does_not_count),
        world_test(a_head_of_another_view_does_not_count),
        world_test(what_the_log_did_not_sign_does_not_count),
        world_test(lines_of_strangers_are_not_kept),
        world_test(what_has_another_form_is_refused),
        world_test(a_flipped_bit_makes_nothing_count),
    };

    return cmocka_run_group_tests_name("quorumhead", tests, NULL, NULL);
}
