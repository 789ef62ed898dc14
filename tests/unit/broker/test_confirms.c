/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a router could say in a sender's name: that outcomes are kept which the
 * sender never saw. Only the sender's own signature makes core forget them. */
#include "harness.h"

#include "confirmation.h"

/* One share is taken; the cursor with which politie is told of it. */
static uint64_t
told(struct harness *h, struct harness_node *politie)
{
    struct harness_node gemeente;
    struct harness_share share;
    struct command c;

    harness_connect(h, politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    harness_answer(&gemeente, &share, 1, ANSWER_TAKEN);
    assert_true(harness_take(politie, COMMAND_OUTCOMES, &c));
    assert_int_equal(c.list_n, 1);
    return c.a;
}

struct words { /* a confirmation, as somebody makes it */
    const char *origin, *card, *signer;
    uint64_t cursor;
};

static size_t
say(struct harness *h, uint8_t mem[LIMIT_CONFIRMATION], const struct words *w)
{
    struct confirmation said = {
        .origin = slice_str(w->origin), .cursor = w->cursor};
    struct sink out;

    memcpy(said.card, harness_find(h, w->card)->card.id, sizeof said.card);
    sink_init(&out, mem, LIMIT_CONFIRMATION);
    ok(confirmation_issue(
        &out, &said, harness_find(h, w->signer)->secret.sign));
    return out.n;
}

static void
confirm(struct harness_node *n, struct slice bytes)
{
    struct command c = {.type = COMMAND_CONFIRM, .number = 4, .bytes = bytes};

    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
}

/* It ends the session in which it came, and the next one is told. */
static void
changes_nothing(struct harness_node *politie, struct slice bytes)
{
    struct harness *h = politie->h;
    uint64_t rejected = h->core->rejected;
    enum command_error e;
    struct command c;

    confirm(politie, bytes);
    e = harness_error(politie);
    assert_true(e == COMMAND_ERROR_AUTH || e == COMMAND_ERROR_MALFORMED);
    assert_int_equal(h->core->rejected, rejected + 1);
    harness_turn(h, 1100); /* when what was confirmed would be forgotten */
    harness_connect(h, politie, "politie", HARNESS_SEND);
    assert_true(harness_take(politie, COMMAND_OUTCOMES, &c));
    assert_int_equal(c.list_n, 1);
}

static void
is_confirmed(struct harness_node *politie, uint64_t cursor)
{
    struct harness *h = politie->h;
    struct command c;

    harness_confirm(politie, cursor);
    harness_batch(h);
    assert_int_equal(harness_error(politie), COMMAND_ERROR_NONE);
    harness_connect(h, politie, "politie", HARNESS_SEND);
    assert_false(harness_take(politie, COMMAND_OUTCOMES, &c));
}

static void
nobody_confirms_in_anothers_name(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    uint64_t cursor = told(h, &politie);
    uint8_t mem[LIMIT_CONFIRMATION];
    const struct words wrong[] = {
        {HARNESS_ORIGIN, "politie", "om", cursor},
        {HARNESS_ORIGIN, "om", "om", cursor}, /* whole, of another card */
        {"ander.example/ledger", "politie", "politie", cursor},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        changes_nothing(&politie, slice_of(mem, say(h, mem, &wrong[i])));
    is_confirmed(&politie, cursor);
}

static void
an_altered_confirmation_changes_nothing(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    const struct words good = {
        HARNESS_ORIGIN, "politie", "politie", told(h, &politie)};
    uint8_t mem[LIMIT_CONFIRMATION];
    size_t n = say(h, mem, &good);

    for (size_t i = 0; i < n; i++) {
        mem[i] ^= (uint8_t)(1 << i % 8);
        changes_nothing(&politie, slice_of(mem, n));
        mem[i] ^= (uint8_t)(1 << i % 8);
        changes_nothing(&politie, slice_of(mem, i));
    }
    is_confirmed(&politie, good.cursor);
}

/* It says what is so already: what came since is told. */
static void
an_old_confirmation_played_again_does_no_harm(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, again;
    const struct words old = {
        HARNESS_ORIGIN, "politie", "politie", told(h, &politie)};
    uint8_t mem[LIMIT_CONFIRMATION];
    struct slice bytes = slice_of(mem, say(h, mem, &old));
    struct command c;

    confirm(&politie, bytes);
    harness_turn(h, 1100);
    assert_true(told(h, &again) > old.cursor);
    for (int i = 0; i < 2; i++) {
        confirm(&again, bytes);
        assert_int_equal(harness_error(&again), COMMAND_ERROR_NONE);
        harness_turn(h, 1100);
        harness_connect(h, &again, "politie", HARNESS_SEND);
        assert_true(harness_take(&again, COMMAND_OUTCOMES, &c));
        assert_int_equal(c.list_n, 1);
    }
    is_confirmed(&again, c.a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(nobody_confirms_in_anothers_name),
        harness_test(an_altered_confirmation_changes_nothing),
        harness_test(an_old_confirmation_played_again_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
