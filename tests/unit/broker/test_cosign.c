/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cosignatures at the broker: whose are kept, what is shown of them, and what
 * is not. */
#include "harness.h"

enum { LINES = 3, SECONDS = 1795000000 };

/* A head of the ledger in the harness, and one made up. */
struct head {
    uint8_t mem[LIMIT_CHECKPOINT];
    size_t n;
    struct checkpoint cp;
};

static void
newest(struct head *out, struct harness *h)
{
    struct slice note = ledger_note_last(&h->core->ledger);

    memcpy(out->mem, note.p, note.n);
    out->n = note.n;
    ok(checkpoint_open(&out->cp, note, NULL, NULL));
}

static void
made_up(struct head *out, struct harness *h, uint64_t size, uint8_t root)
{
    struct sink note;

    sink_init(&note, out->mem, sizeof out->mem);
    out->cp = (struct checkpoint){.origin = HARNESS_ORIGIN, .size = size};
    memset(out->cp.root, root, sizeof out->cp.root);
    ok(checkpoint_sign(&note, &out->cp, h->log_secret, &h->log_key));
    out->n = note.n;
}

/* N's partner cosigns HEAD at TIME; the answer still comes. */
static void
cosign(struct harness_node *n, const struct head *head, uint64_t time)
{
    const struct harness_partner *p = n->partner;
    struct command c = {.type = COMMAND_COSIGN, .number = 9};
    struct head own = *head;
    struct sink out;

    sink_init(&out, own.mem, sizeof own.mem);
    out.n = own.n;
    ok(checkpoint_cosign(
        &out, &own.cp, p->name, p->secret.witness, &p->card.witness, time));
    c.bytes = sink_done(&out);
    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
}

static void
ask(struct harness_node *n, uint64_t lead)
{
    struct command c = {.type = COMMAND_GET,
        .number = 9,
        .what = COMMAND_GET_CHECKPOINT,
        .a = lead};

    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
}

/* What is shown next to N: how many items. */
static size_t
shown(struct harness_node *n, struct slice item[64])
{
    static struct command c;
    struct cursor list;

    assert_true(harness_take(n, COMMAND_OBJECT, &c));
    assert_int_equal(c.number, 9);
    assert_int_equal(c.what, COMMAND_GET_CHECKPOINT);
    assert_true(c.list_n <= 64);
    command_list(&list, c.list);
    for (size_t i = 0; i < c.list_n; i++)
        item[i] = command_list_next(&list);
    return c.list_n;
}

static struct checkpoint_vkey
witness(struct harness *h, const char *partner)
{
    struct checkpoint_vkey v;

    checkpoint_vkey_make(&v, CHECKPOINT_COSIGNATURE, partner,
        &harness_find(h, partner)->card.witness);
    return v;
}

/* Whose lines are on NOTE: 1 the log's, 2 politie's, 4 gemeente's. */
static unsigned
lines(struct harness *h, struct slice note, struct checkpoint *cp)
{
    struct checkpoint_vkey v[LINES];
    struct slice text;
    uint32_t mask = 0;

    checkpoint_vkey_make(
        &v[0], CHECKPOINT_ED25519, HARNESS_ORIGIN, &h->log_key);
    v[1] = witness(h, "politie");
    v[2] = witness(h, "gemeente");
    ok(checkpoint_note_open(&text, &mask, note, v, LINES));
    ok(checkpoint_open(cp, note, NULL, NULL));
    return mask;
}

static void
is_consistent(
    const struct checkpoint *a, const struct checkpoint *b, struct slice proof)
{
    struct merkle_head old = {.size = a->size}, new = {.size = b->size};

    memcpy(old.root, a->root, sizeof old.root);
    memcpy(new.root, b->root, sizeof new.root);
    ok(merkle_consistency_verify(&old, &new, proof));
}

struct pair {
    struct harness_node politie, gemeente;
    struct head head;
};

static void
begin(struct pair *p, struct harness *h)
{
    harness_connect(h, &p->politie, "politie", HARNESS_SEND);
    harness_connect(h, &p->gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    newest(&p->head, h);
}

/* Both cosign the head that is there. */
static void
begin_cosigned(struct pair *p, struct harness *h)
{
    struct slice item[64];

    begin(p, h);
    cosign(&p->politie, &p->head, SECONDS);
    assert_int_equal(shown(&p->politie, item), 0);
    cosign(&p->gemeente, &p->head, SECONDS);
    assert_int_equal(shown(&p->gemeente, item), 2 + 3 * 2);
}

static void
a_head_that_all_cosign_is_one_note(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct slice item[64];
    struct checkpoint cp;

    begin_cosigned(&p, h);
    ask(&p.politie, 0);
    assert_int_equal(shown(&p.politie, item), 2 + 3 * 2);
    assert_int_equal(lines(h, item[0], &cp), 7);
    assert_int_equal(cp.size, p.head.cp.size);
    assert_int_equal(item[1].n, 0);
    for (size_t i = 0; i < 2; i++) {
        struct card card;
        ok(card_decode(&card, item[2 + 3 * i], NULL));
        assert_int_equal(item[3 + 3 * i].n, 0);
        assert_int_equal(item[4 + 3 * i].n, 0);
    }
}

static void
who_cosigns_later_stands_behind_what_was_before(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct head later;
    struct slice item[64];
    struct checkpoint cp, other;

    begin(&p, h);
    cosign(&p.politie, &p.head, SECONDS);
    assert_int_equal(shown(&p.politie, item), 0);
    assert_int_equal(harness_code(&p.politie, &harness_p5), 0);
    newest(&later, h);
    assert_true(later.cp.size > p.head.cp.size);
    cosign(&p.gemeente, &later, SECONDS + 5);
    assert_int_equal(shown(&p.gemeente, item), 2 + 3 * 2);
    assert_int_equal(lines(h, item[0], &cp), 3);
    assert_int_equal(cp.size, p.head.cp.size);
    is_consistent(&cp, &later.cp, item[1]); /* to what gemeente has */
    /* the largest first */
    assert_int_equal(lines(h, item[3], &other), 5);
    assert_int_equal(other.size, later.cp.size);
    is_consistent(&cp, &other, item[4]);
    assert_int_equal(item[6].n, 0);
    ask(&p.politie, cp.size - 1); /* and from what somebody else has */
    assert_int_equal(shown(&p.politie, item), 2 + 3 * 2);
    assert_true(item[1].n > 0);
    ask(&p.politie, later.cp.size + 1);
    assert_int_equal(harness_error(&p.politie), COMMAND_ERROR_NOTFOUND);
}

static void
who_is_no_cosigner_is_told_so_and_stays(void **state)
{
    struct harness *h = *state;
    struct harness_node om;
    struct pair p;
    struct slice item[64];

    begin_cosigned(&p, h);
    harness_connect(h, &om, "om", HARNESS_SEND);
    cosign(&om, &p.head, SECONDS);
    assert_int_equal(harness_error(&om), COMMAND_ERROR_NOTFOUND);
    ask(&om, 0); /* but may know */
    assert_int_equal(shown(&om, item), 2 + 3 * 2);
}

static void
what_does_not_verify_ends_the_session(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct head other;
    struct harness_partner mixed;

    begin(&p, h);
    /* by the key of another */
    mixed = *p.politie.partner;
    mixed.secret.witness = harness_find(h, "gemeente")->secret.witness;
    p.politie.partner = &mixed;
    cosign(&p.politie, &p.head, SECONDS);
    assert_int_equal(harness_error(&p.politie), COMMAND_ERROR_AUTH);
    ask(&p.politie, 0);
    assert_int_equal(harness_error(&p.politie), COMMAND_ERROR_STATE);
    /* over a head that the log did not sign */
    other = p.head;
    uint8_t *middle = &other.mem[other.n - 40];
    *middle = *middle == 'A' ? 'B' : 'A';
    cosign(&p.gemeente, &other, SECONDS);
    assert_int_equal(harness_error(&p.gemeente), COMMAND_ERROR_AUTH);
    /* no note at all */
    struct command c = {
        .type = COMMAND_COSIGN, .number = 9, .bytes = slice_str("no note\n")};
    harness_connect(h, &p.gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_send_command(&p.gemeente, &c, NULL, 0);
    assert_int_equal(harness_error(&p.gemeente), COMMAND_ERROR_MALFORMED);
}

static void
a_note_without_ones_own_line_is_none(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct command c = {.type = COMMAND_COSIGN, .number = 9};

    begin(&p, h);
    c.bytes = slice_of(p.head.mem, p.head.n);
    harness_send_command(&p.politie, &c, NULL, 0);
    assert_int_equal(harness_error(&p.politie), COMMAND_ERROR_AUTH);
}

/* The key was stolen, or the store is not what it was. */
static void
a_head_of_another_ledger_is_not_kept(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct head other;
    struct slice item[64];

    begin(&p, h);
    made_up(&other, h, p.head.cp.size, 7);
    cosign(&p.politie, &other, SECONDS);
    assert_int_equal(harness_error(&p.politie), COMMAND_ERROR_NOTFOUND);
    made_up(&other, h, p.head.cp.size + 100, 7);
    cosign(&p.politie, &other, SECONDS);
    assert_int_equal(harness_error(&p.politie), COMMAND_ERROR_NOTFOUND);
    made_up(&other, h, 0, 7);
    cosign(&p.politie, &other, SECONDS);
    assert_int_equal(harness_error(&p.politie), COMMAND_ERROR_NOTFOUND);
    cosign(&p.gemeente, &p.head, SECONDS);
    assert_int_equal(shown(&p.gemeente, item), 0);
}

/* What others wrote under a note is not passed on. */
static void
only_known_lines_are_kept(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct slice item[64];
    struct sink out;

    begin(&p, h);
    sink_init(&out, p.head.mem, sizeof p.head.mem);
    out.n = p.head.n;
    sink_slice(&out, slice_str("\xe2\x80\x94 elsewhere AAAAAAAA\n"));
    p.head.n = out.n;
    cosign(&p.politie, &p.head, SECONDS);
    assert_int_equal(shown(&p.politie, item), 0);
    cosign(&p.gemeente, &p.head, SECONDS);
    assert_int_equal(shown(&p.gemeente, item), 2 + 3 * 2);
    assert_null(memmem(item[0].p, item[0].n, "elsewhere", 9));
}

static void
a_revoked_card_counts_no_more(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct slice item[64];

    begin_cosigned(&p, h);
    assert_int_equal(harness_revoke_card(h, p.gemeente.partner->card.id, 1), 0);
    ask(&p.politie, 0);
    assert_int_equal(shown(&p.politie, item), 0);
}

static void
a_card_that_expired_counted_then(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct slice item[64];

    begin_cosigned(&p, h);
    struct force_card *card =
        force_card(&h->core->force, p.gemeente.partner->card.id);
    card->card.until = (int64_t)(h->wall / 1000) - 1;
    force_refresh(&h->core->force, h->wall, true);
    assert_false(card->valid);
    ask(&p.politie, 0);
    assert_int_equal(shown(&p.politie, item), 2 + 3 * 2);
}

static void
who_left_the_cosigners_counts_no_more(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct slice item[64];
    struct checkpoint cp;

    begin_cosigned(&p, h);
    h->cosigners = "cosigner om politie\nquorum 2\n";
    assert_int_equal(harness_roster(h, 7), 0);
    ask(&p.politie, 0);
    assert_int_equal(shown(&p.politie, item), 0);
    h->cosigners = "cosigner politie\nquorum 1\n";
    assert_int_equal(harness_roster(h, 7), 0);
    ask(&p.politie, 0);
    assert_int_equal(shown(&p.politie, item), 2 + 3);
    assert_int_equal(lines(h, item[0], &cp), 3);
}

static void
an_older_head_or_time_changes_nothing(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct head later;
    struct slice item[64];
    struct checkpoint cp;

    begin_cosigned(&p, h);
    assert_int_equal(harness_code(&p.politie, &harness_p5), 0);
    newest(&later, h);
    cosign(&p.politie, &later, SECONDS + 5);
    assert_int_equal(shown(&p.politie, item), 2 + 3 * 2);
    harness_pass(h, 60000);
    cosign(&p.politie, &p.head, SECONDS + 6);
    assert_int_equal(shown(&p.politie, item), 2 + 3 * 2);
    lines(h, item[3], &cp);
    assert_int_equal(cp.size, later.cp.size);
    /* of the same size the later time is kept */
    cosign(&p.gemeente, &later, SECONDS + 90);
    assert_int_equal(shown(&p.gemeente, item), 2 + 3 * 2);
    harness_pass(h, 60000);
    cosign(&p.gemeente, &later, SECONDS + 30);
    assert_int_equal(shown(&p.gemeente, item), 2 + 3 * 2);
    struct checkpoint_vkey v = witness(h, "gemeente");
    struct slice line;
    uint64_t time;
    ok(checkpoint_line(&time, &line, item[0], &v));
    assert_int_equal(time, SECONDS + 90);
}

/* One witness, whatever names it goes by. */
static void
one_key_of_two_partners_counts_once(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct slice item[64];

    begin_cosigned(&p, h);
    struct force_card *card =
        force_card(&h->core->force, p.gemeente.partner->card.id);
    card->card.witness = p.politie.partner->card.witness;
    ask(&p.politie, 0);
    assert_int_equal(shown(&p.politie, item), 0);
}

/* Nobody waits for them on the disk. */
static void
they_are_stored_with_something_else_or_after_a_second(void **state)
{
    struct harness *h = *state;
    struct pair p;
    struct slice item[64];

    begin_cosigned(&p, h);
    assert_false(h->core->cosigns.list[0].stored);
    harness_pass(h, 900);
    harness_batch(h);
    assert_false(h->core->cosigns.list[0].stored);
    harness_pass(h, 200);
    core_tick(h->core);
    harness_batch(h);
    assert_true(h->core->cosigns.list[0].stored);
    harness_restart(h);
    harness_connect(h, &p.politie, "politie", HARNESS_SEND);
    ask(&p.politie, 0);
    assert_int_equal(shown(&p.politie, item), 2 + 3 * 2);
}

static void
a_full_store_loses_none_of_them(void **state)
{
    struct harness *h = *state;
    struct pair p;

    begin_cosigned(&p, h);
    harness_pass(h, 2000);
    h->fail_next = true;
    core_tick(h->core);
    harness_batch(h);
    assert_false(h->core->cosigns.list[0].stored);
    harness_pass(h, 10000);
    core_tick(h->core);
    harness_batch(h);
    assert_true(h->core->cosigns.list[0].stored);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(a_head_that_all_cosign_is_one_note),
        harness_test(who_cosigns_later_stands_behind_what_was_before),
        harness_test(who_is_no_cosigner_is_told_so_and_stays),
        harness_test(what_does_not_verify_ends_the_session),
        harness_test(a_note_without_ones_own_line_is_none),
        harness_test(a_head_of_another_ledger_is_not_kept),
        harness_test(only_known_lines_are_kept),
        harness_test(a_revoked_card_counts_no_more),
        harness_test(a_card_that_expired_counted_then),
        harness_test(who_left_the_cosigners_counts_no_more),
        harness_test(an_older_head_or_time_changes_nothing),
        harness_test(one_key_of_two_partners_counts_once),
        harness_test(they_are_stored_with_something_else_or_after_a_second),
        harness_test(a_full_store_loses_none_of_them),
    };

    return cmocka_run_group_tests_name("cosign", tests, NULL, NULL);
}
