/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a broker says when a node connects counts only as far as it can be
 * verified: its ledger, what is in force, who has which card. */
#include "fake_line.h"

#include "heads.h"

static struct line line;
static struct dhk_node *node; /* politie's */

static int
begin(void **state)
{
    int rc = ring_new(state);
    struct ring *r = *state;

    line_begin(&line, r);
    node = r->partner[RING_POLITIE].node;
    return rc;
}

static int
end(void **state)
{
    dhk_disconnect(node);
    line_end(&line);
    return ring_end(state);
}

/* Connecting ends with RC and a sentence that has WHY in it. */
static void
connect_ends(line_lie *lie, enum dhk_err rc, const char *why)
{
    struct dhk_problem problem = {""};

    line.lie = lie;
    enum dhk_err got = dhk_connect(node, DHK_SEND, 1, &problem);
    if (got != rc || strstr(problem.text, why) == NULL)
        fail_msg("%d, %s", (int)got, problem.text);
    line.lie = NULL;
    dhk_disconnect(node);
}

static void
an_honest_broker_is_believed(void **state)
{
    (void)state;
    connect_ends(NULL, DHK_OK, "");
}

static void
nobody_there_is_no_error_of_anybodys(void **state)
{
    (void)state;
    line.down = true;
    connect_ends(NULL, DHK_NOTFOUND, "not reachable");
}

static bool
another_ledger(struct line *l, const struct command *c)
{
    struct command challenge = {.type = COMMAND_CHALLENGE,
        .number = c->number,
        .origin = slice_str("ander.example/ledger")};

    if (c->type != COMMAND_ASK)
        return false;
    line_say(l, &challenge);
    return true;
}

static void
a_broker_of_another_ledger_is_refused(void **state)
{
    (void)state;
    connect_ends(another_ledger, DHK_AUTH, "another ledger");
}

static bool
no_welcome(struct line *l, const struct command *c)
{
    struct command error = {.type = COMMAND_ERROR,
        .number = c->number,
        .error = COMMAND_ERROR_CARD};

    if (c->type != COMMAND_HELLO)
        return false;
    line_say(l, &error);
    return true;
}

static void
a_broker_that_refuses_the_card_says_so(void **state)
{
    (void)state;
    connect_ends(no_welcome, DHK_DENIED, "does not know this key card");
}

/* --- what is in force -------------------------------------------------- */

/* Version 2 of the agreement, as the broker serves it. */
static struct {
    char text[RING_TEXT];
    uint8_t hash[SEAL_HASH], said[SEAL_HASH]; /* true, and in the WELCOME */
    struct trust_text *signed_;
    bool misread; /* the broker reads it in another way */
} next;

static void
make_next(struct ring *r, unsigned signers)
{
    char hex[2 * SEAL_HASH + 1];

    bytes_hex(hex, trust_agreement_hash(node->trust), SEAL_HASH);
    ring_agreement(next.text, 2, hex, "# the second\n");
    seal_sha256(next.hash, slice_str(next.text));
    memcpy(next.said, next.hash, sizeof next.said);
    next.signed_ = ring_sign(r, next.text, SSHSIG_NS_AGREEMENT, signers);
}

static bool
serve_next(struct line *l, const struct command *c)
{
    struct command welcome = {
        .type = COMMAND_WELCOME, .number = c->number, .has_agreement = true};
    struct command object = {
        .type = COMMAND_OBJECT, .number = c->number, .what = c->what};
    struct slice list[2 + 2 * QUORUM_SIGNATURES];
    uint8_t compiled[COMPILED_HASH];
    size_t n = 2;

    if (c->type == COMMAND_HELLO) {
        memcpy(welcome.agreement, next.said, sizeof next.said);
        line_say(l, &welcome);
        return true;
    }
    if (c->type != COMMAND_GET || c->what != COMMAND_GET_AGREEMENT)
        return false;
    list[0] = next.signed_->text;
    list[1] = ring_compiled(compiled, list[0]);
    compiled[0] ^= next.misread ? 1 : 0;
    for (size_t i = 0; i < next.signed_->sigs_n; i++) {
        list[n++] = slice_str(next.signed_->sig[i].name);
        list[n++] = next.signed_->sig[i].armor;
    }
    line_give(l, &object, list, n);
    return true;
}

static void
a_new_agreement_that_all_signed_comes_into_force(void **state)
{
    make_next(*state, 3);
    connect_ends(serve_next, DHK_OK, "");
    assert_memory_equal(
        trust_agreement_hash(node->trust), next.hash, SEAL_HASH);
    ring_sign_end(&next.signed_);
}

static void
keeps_what_it_had(struct ring *r, enum dhk_err rc, const char *why)
{
    uint8_t before[SEAL_HASH];

    memcpy(before, trust_agreement_hash(node->trust), sizeof before);
    connect_ends(serve_next, rc, why);
    assert_memory_equal(trust_agreement_hash(node->trust), before, SEAL_HASH);
    ring_sign_end(&next.signed_);
    (void)r;
}

static void
an_agreement_that_not_all_signed_does_not(void **state)
{
    make_next(*state, 1);
    keeps_what_it_had(*state, DHK_AUTH, "om");
    make_next(*state, 0);
    keeps_what_it_had(*state, DHK_AUTH, "missing: politie, om");
}

static void
another_text_than_was_announced_is_refused(void **state)
{
    make_next(*state, 3);
    next.said[0] ^= 1;
    keeps_what_it_had(*state, DHK_AUTH, "another text");
}

static void
an_agreement_that_the_broker_reads_in_another_way_is_refused(void **state)
{
    make_next(*state, 3);
    next.misread = true;
    keeps_what_it_had(*state, DHK_STATE, "means something else");
    next.misread = false;
}

static bool
nothing_in_force(struct line *l, const struct command *c)
{
    struct command welcome = {.type = COMMAND_WELCOME, .number = c->number};

    if (c->type != COMMAND_HELLO)
        return false;
    line_say(l, &welcome);
    return true;
}

static void
when_nothing_is_in_force_nothing_is_sent(void **state)
{
    struct dhk_signal *s = ring_signal("hoog");
    uint64_t number = 0;

    (void)state;
    connect_ends(nothing_in_force, DHK_OK, "");
    assert_int_equal(dhk_push(node, s, &number, NULL), DHK_STATE);
    dhk_signal_destroy(&s);
}

/* --- cards ------------------------------------------------------------- */

static bool
give_bad_cards(struct line *l, const struct command *c)
{
    static uint8_t flipped[LIMIT_CARD];
    const struct ring_partner *p = l->ring->partner;
    struct command object = {
        .type = COMMAND_OBJECT, .number = c->number, .what = c->what};
    struct slice list[2];

    if (c->type != COMMAND_GET || c->what != COMMAND_GET_CARDS)
        return false;
    /* gemeente's with a bit flipped in its signature, and om's as it is */
    memcpy(flipped, p[RING_GEMEENTE].bytes, p[RING_GEMEENTE].n);
    flipped[p[RING_GEMEENTE].n - 1] ^= 1;
    list[0] = slice_of(flipped, p[RING_GEMEENTE].n);
    list[1] = slice_of(p[RING_OM].bytes, p[RING_OM].n);
    line_give(l, &object, list, 2);
    return true;
}

static void
a_card_that_its_partner_did_not_sign_is_left_out(void **state)
{
    struct ring *r = *state;

    connect_ends(give_bad_cards, DHK_OK, "");
    assert_null(cards_receiving(node->cards, slice_str("gemeente")));
    assert_non_null(cards_receiving(node->cards, slice_str("om")));
    assert_non_null(strstr(r->reported, "key card"));
}

static bool
give_something_else(struct line *l, const struct command *c)
{
    struct command object = {
        .type = COMMAND_OBJECT, .number = c->number, .what = COMMAND_GET_CARD};

    if (c->type != COMMAND_GET || c->what != COMMAND_GET_CARDS)
        return false;
    line_give(l, &object, NULL, 0);
    return true;
}

static void
another_thing_than_was_asked_for_is_refused(void **state)
{
    (void)state;
    connect_ends(give_something_else, DHK_FORMAT, "another thing");
}

/* --- the ledger -------------------------------------------------------- */

static bool
with_note(struct line *l, const struct command *c)
{
    const struct trust *t = node->trust;
    struct command welcome = {.type = COMMAND_WELCOME,
        .number = c->number,
        .has_agreement = true,
        .has_roster = true};
    uint8_t mem[LIMIT_CHECKPOINT];

    if (c->type != COMMAND_HELLO)
        return false;
    memcpy(welcome.agreement, trust_agreement_hash(t), SEAL_HASH);
    memcpy(welcome.roster, trust_roster_hash(t), SEAL_HASH);
    welcome.bytes = line_note(l, mem);
    line_say(l, &welcome);
    return true;
}

static void
a_ledger_that_grew_is_followed(void **state)
{
    uint8_t leaf[MERKLE_HASH] = {1};

    (void)state;
    connect_ends(with_note, DHK_OK, "");
    assert_int_equal(heads_last(node->heads)->size, 100);
    tree_add(&line.tree, leaf);
    connect_ends(with_note, DHK_OK, "");
    assert_int_equal(heads_last(node->heads)->size, 101);
}

/* The log did not keep the note that was seen last, and grows. */
static bool
with_another_note(struct line *l, const struct command *c)
{
    struct command error = {.type = COMMAND_ERROR,
        .number = c->number,
        .error = COMMAND_ERROR_NOTFOUND};
    uint8_t leaf[MERKLE_HASH] = {3};

    if (c->type != COMMAND_GET || c->what != COMMAND_GET_CONSISTENCY ||
        c->b != 101)
        return with_note(l, c);
    tree_add(&l->tree, leaf);
    line_say(l, &error);
    return true;
}

/* What was not proved on the connection before is proved by way of a note that
 * is newer than the welcome's: that contradicts nothing. */
static void
one_that_grew_after_the_welcome_is_followed(void **state)
{
    uint8_t leaf[MERKLE_HASH] = {1}, mem[LIMIT_CHECKPOINT];

    (void)state;
    connect_ends(with_note, DHK_OK, "");
    tree_add(&line.tree, leaf);
    ok(heads_saw(node->heads, line_note(&line, mem), NULL));
    tree_add(&line.tree, leaf);
    connect_ends(with_another_note, DHK_OK, "");
    assert_int_equal(line.tree.size, 103);
    assert_int_equal(heads_last(node->heads)->size, 103);
}

/* Seen with 100 entries; then the log signs another one of SIZE. */
static void
rewrite(uint64_t size)
{
    uint8_t leaf[MERKLE_HASH] = {1};

    connect_ends(with_note, DHK_OK, "");
    tree_grow(&line.tree, size < 100 ? size : 99);
    while (line.tree.size < size)
        tree_add(&line.tree, leaf);
    connect_ends(with_note, DHK_STATE, "");
    assert_int_equal(heads_last(node->heads)->size, 100);
}

static void
a_ledger_that_was_rewritten_is_not(void **state)
{
    (void)state;
    rewrite(100);
}

static void
a_longer_one_that_was_rewritten_is_not_either(void **state)
{
    (void)state;
    rewrite(120);
}

static void
nor_is_one_that_went_back(void **state)
{
    (void)state;
    rewrite(50);
}

#define session_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        session_test(an_honest_broker_is_believed),
        session_test(nobody_there_is_no_error_of_anybodys),
        session_test(a_broker_of_another_ledger_is_refused),
        session_test(a_broker_that_refuses_the_card_says_so),
        session_test(a_new_agreement_that_all_signed_comes_into_force),
        session_test(an_agreement_that_not_all_signed_does_not),
        session_test(another_text_than_was_announced_is_refused),
        session_test(
            an_agreement_that_the_broker_reads_in_another_way_is_refused),
        session_test(when_nothing_is_in_force_nothing_is_sent),
        session_test(a_card_that_its_partner_did_not_sign_is_left_out),
        session_test(another_thing_than_was_asked_for_is_refused),
        session_test(a_ledger_that_grew_is_followed),
        session_test(one_that_grew_after_the_welcome_is_followed),
        session_test(a_ledger_that_was_rewritten_is_not),
        session_test(a_longer_one_that_was_rewritten_is_not_either),
        session_test(nor_is_one_that_went_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
