/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which head counts: the broker shows it, and is believed in nothing. */
#include "../broker/scratch.h"

#include "../proto/tree.h"
#include "../proto/vector.h"

#include "card.h"
#include "command.h"
#include "quorumhead.h"

#include <stdlib.h>

#define ORIGIN "proef.example/ledger"

enum { HEAD = 9, LATER = 14, NOW = 1795000000, DAY = 86400, ITEMS = 64 };
enum { POLITIE, OM, GEMEENTE, SCHOOL, PARTNERS };
static const char *const names[PARTNERS] = {
    "politie", "om", "gemeente", "school"};

struct partner {
    struct sign_secret *identity, *witness;
    struct sign_public identity_pk, witness_pk;
    struct card card;
    uint8_t bytes[LIMIT_CARD];
    size_t n;
};
struct world {
    struct sign_secret *log;
    struct checkpoint_vkey log_key;
    struct partner partner[PARTNERS];
    struct roster *roster;
    struct tree tree, fork;
    /* the list that is shown */
    struct slice item[ITEMS];
    size_t items;
    uint8_t mem[ITEMS][LIMIT_CHECKPOINT];
    size_t mems;
    struct diag diag;
    struct quorumhead head;
    const char *keep; /* name of the golden file of what is read next */
};

/* --- the world ---------------------------------------------------------- */

static struct sign_secret *
seeded(struct sign_public *pk, uint8_t seed)
{
    uint8_t bytes[KEY_SEED] = {seed};
    struct sign_secret *sk = NULL;

    ok(key_sign_from_seed(&sk, pk, bytes));
    return sk;
}

/* A card of W's partner I, valid from NOW - FROM days on. */
static void
make_card(struct world *w, size_t i, int64_t from)
{
    struct partner *p = &w->partner[i];
    struct sink out;

    p->card = (struct card){.serial = 1,
        .from = NOW - from * DAY,
        .until = NOW - from * DAY + 30 * DAY,
        .receives = true,
        .witness = p->witness_pk};
    memcpy(p->card.partner, names[i], strlen(names[i]) + 1);
    memset(p->card.sign.b, 3, KEY_BYTES);
    memset(p->card.seal.b, 4, KEY_BYTES);
    memset(p->card.curve.b, 5, KEY_BYTES);
    sink_init(&out, p->bytes, sizeof p->bytes);
    ok(card_issue(&out, &p->card, p->identity));
    p->n = out.n;
}

/* All four take part, three cosign, two of them are enough. */
static void
make_roster(struct world *w)
{
    char text[4096], vkey[KEY_VKEY_MAX], key[KEY_B64];
    struct sign_public curve;
    struct diag diag;
    size_t n;

    struct sign_secret *unused = seeded(&curve, 99);
    key_sign_destroy(&unused);
    checkpoint_vkey_text(vkey, &w->log_key);
    key_base64(key, sizeof key, curve.b, KEY_BYTES);
    n = (size_t)snprintf(text, sizeof text,
        "roster proef\nversion 1\nvalid 2026-01-01 until 2036-01-01\n"
        "signed-by politie om\nledger " ORIGIN " log %s curve %s\n",
        vkey, key);
    for (size_t i = 0; i < PARTNERS; i++) {
        key_base64(key, sizeof key, w->partner[i].identity_pk.b, KEY_BYTES);
        n += (size_t)snprintf(text + n, sizeof text - n,
            "partner %s role partner key %s\n", names[i], key);
    }
    (void)snprintf(
        text + n, sizeof text - n, "cosigner politie om gemeente\nquorum 2\n");
    ok(roster_parse(&w->roster, slice_str(text), &diag));
}

static int
begin(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    uint8_t leaf[MERKLE_HASH];

    assert_non_null(w);
    ok(key_init());
    w->log = seeded(&w->log_key.pk, 1);
    checkpoint_vkey_make(
        &w->log_key, CHECKPOINT_ED25519, ORIGIN, &w->log_key.pk);
    for (size_t i = 0; i < PARTNERS; i++) {
        struct partner *p = &w->partner[i];
        p->identity = seeded(&p->identity_pk, (uint8_t)(10 + i));
        p->witness = seeded(&p->witness_pk, (uint8_t)(20 + i));
        make_card(w, i, 3);
    }
    make_roster(w);
    tree_grow(&w->tree, LATER);
    tree_grow(&w->fork, HEAD - 1);
    merkle_leaf(leaf, slice_str("another entry"));
    while (w->fork.size < LATER)
        tree_add(&w->fork, leaf);
    *state = w;
    return 0;
}

static int
end(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < PARTNERS; i++) {
        key_sign_destroy(&w->partner[i].identity);
        key_sign_destroy(&w->partner[i].witness);
    }
    key_sign_destroy(&w->log);
    roster_destroy(&w->roster);
    free(w);
    return 0;
}

/* --- what is shown ------------------------------------------------------ */

static struct checkpoint
head_of(struct tree *t, uint64_t size)
{
    struct checkpoint cp = {.origin = ORIGIN, .size = size};
    struct merkle_reader r = tree_reader(t);

    ok(merkle_root(cp.root, size, &r));
    return cp;
}

/* I's line over CP at TIME. */
static void
put_line(struct sink *out, struct world *w, size_t i,
    const struct checkpoint *cp, uint64_t time)
{
    const struct partner *p = &w->partner[i];

    ok(checkpoint_cosign(out, cp, names[i], p->witness, &p->witness_pk, time));
}

static struct sink
fresh(struct world *w)
{
    struct sink out;

    assert_true(w->mems < ITEMS);
    sink_init(&out, w->mem[w->mems++], LIMIT_CHECKPOINT);
    return out;
}

static struct sink
note(struct world *w, const struct checkpoint *cp)
{
    struct sink out = fresh(w);

    ok(checkpoint_sign(&out, cp, w->log, &w->log_key.pk));
    return out;
}

static void
show(struct world *w, struct slice item)
{
    assert_true(w->items < ITEMS);
    w->item[w->items++] = item;
}

/* The first two items: the head, with the lines of those in the bits of WHO. */
static void
show_head(struct world *w, unsigned who, uint64_t time)
{
    struct checkpoint cp = head_of(&w->tree, HEAD);
    struct sink out = note(w, &cp);

    w->items = 0;
    for (size_t i = 0; i < PARTNERS; i++)
        if ((who >> i & 1) != 0)
            put_line(&out, w, i, &cp, time);
    show(w, sink_done(&out));
    show(w, slice_of(NULL, 0));
}

static void
show_card(struct world *w, size_t i)
{
    struct sink out = fresh(w);

    sink_put(&out, w->partner[i].bytes, w->partner[i].n);
    show(w, sink_done(&out));
}

/* I's part, its line being in the head. */
static void
show_part(struct world *w, size_t i)
{
    show_card(w, i);
    show(w, slice_of(NULL, 0));
    show(w, slice_of(NULL, 0));
}

/* I's part, with a head of its own in T. */
static void
show_later(struct world *w, size_t i, struct tree *t, uint64_t time)
{
    struct checkpoint cp = head_of(t, LATER);
    struct merkle_reader r = tree_reader(t);
    struct sink out = note(w, &cp), proof = fresh(w);

    put_line(&out, w, i, &cp, time);
    ok(merkle_consistency_prove(&proof, HEAD, LATER, &r));
    show_card(w, i);
    show(w, sink_done(&out));
    show(w, sink_done(&proof));
}

static enum dhk_err
read_at(struct world *w, int64_t now)
{
    static uint8_t mem[LIMIT_MESSAGE];
    struct command c = {
        .type = COMMAND_OBJECT, .number = 1, .what = COMMAND_GET_CHECKPOINT};
    const struct quorumhead_by by = {w->roster, &w->log_key, now};
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    ok(command_encode(&out, &c, NULL, 0, w->item, w->items));
    ok(command_decode(&c, sink_done(&out), NULL));
    w->mems = 0;
    if (w->keep != NULL)
        vector_keep(w->keep, sink_done(&out));
    w->keep = NULL;
    return quorumhead_read(&w->head, &c, &by, &w->diag);
}

static void
counts(struct world *w)
{
    assert_int_equal(read_at(w, NOW), DHK_OK);
    assert_int_equal(w->head.cp.size, HEAD);
}

static void
does_not_count(struct world *w, const char *why)
{
    assert_int_equal(read_at(w, NOW), DHK_AUTH);
    assert_non_null(w->diag.what);
    if (strstr(w->diag.what, why) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", why, w->diag.what);
}

/* --- tests -------------------------------------------------------------- */

static void
a_quorum_on_one_head_counts(void **state)
{
    struct world *w = *state;
    struct checkpoint cp;

    show_head(w, 1 << POLITIE | 1 << OM, NOW - 60);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->keep = "accept/quorumhead/one-head.bin";
    counts(w);
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
    assert_int_equal(read_at(w, NOW), DHK_NOTFOUND);
}

static void
who_cosigned_a_later_head_counts(void **state)
{
    struct world *w = *state;

    show_head(w, 1 << POLITIE, NOW - 60);
    show_later(w, GEMEENTE, &w->tree, NOW - 10);
    show_part(w, POLITIE);
    w->keep = "accept/quorumhead/a-later-head.bin";
    counts(w);
    assert_int_equal(w->head.seen_n, 2);
    assert_int_equal(w->head.time, NOW - 60);
}

/* It counts since enough of them stand behind it. */
static void
the_time_is_that_of_the_quorum(void **state)
{
    struct world *w = *state;

    show_head(w, 1 << POLITIE, NOW - 3 * 3600);
    show_part(w, POLITIE);
    show_later(w, GEMEENTE, &w->tree, NOW - 50);
    show_later(w, OM, &w->tree, NOW - 40);
    counts(w);
    assert_int_equal(w->head.by_n, 3);
    assert_int_equal(w->head.time, NOW - 50);
    /* a clock that is ahead makes nothing newer than now */
    show_head(w, 1 << POLITIE | 1 << OM, NOW + 3600);
    show_part(w, POLITIE);
    show_part(w, OM);
    counts(w);
    assert_int_equal(w->head.time, NOW);
}

static void
one_is_too_few(void **state)
{
    struct world *w = *state;

    show_head(w, 1 << POLITIE | 1 << OM, NOW);
    show_part(w, POLITIE);
    w->keep = "reject/quorumhead/too-few.bin";
    does_not_count(w, "too few");
    show_head(w, 0, NOW);
    w->keep = "reject/quorumhead/nobody.bin";
    does_not_count(w, "too few");
}

static void
who_is_no_cosigner_does_not_count(void **state)
{
    struct world *w = *state;

    show_head(w, 1 << POLITIE | 1 << SCHOOL, NOW);
    show_part(w, SCHOOL);
    show_part(w, POLITIE);
    w->keep = "reject/quorumhead/no-cosigner.bin";
    does_not_count(w, "no cosigner");
}

/* Each partner once, with however many cards; each key once, under however
 * many names. */
static void
nobody_counts_twice(void **state)
{
    struct world *w = *state;

    show_head(w, 1 << POLITIE, NOW);
    show_part(w, POLITIE);
    show_part(w, POLITIE);
    w->keep = "reject/quorumhead/twice.bin";
    does_not_count(w, "signed already");
    /* another card, with another key */
    show_head(w, 1 << POLITIE, NOW);
    show_part(w, POLITIE);
    struct partner first = w->partner[POLITIE];
    w->partner[POLITIE].witness = w->partner[SCHOOL].witness;
    w->partner[POLITIE].witness_pk = w->partner[SCHOOL].witness_pk;
    make_card(w, POLITIE, 2);
    show_later(w, POLITIE, &w->tree, NOW);
    w->keep = "reject/quorumhead/two-cards.bin";
    does_not_count(w, "signed already");
    w->partner[POLITIE] = first;
    /* om's identity vouches for politie's key */
    struct sign_secret *own = w->partner[OM].witness;
    w->partner[OM].witness = first.witness;
    w->partner[OM].witness_pk = first.witness_pk;
    make_card(w, OM, 3);
    show_head(w, 1 << POLITIE | 1 << OM, NOW);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->keep = "reject/quorumhead/one-key.bin";
    does_not_count(w, "signed already");
    w->partner[OM].witness = own;
}

static void
a_forged_card_does_not_count(void **state)
{
    struct world *w = *state;
    struct sign_secret *own = w->partner[OM].identity;

    /* the broker makes a card for om and cosigns with it */
    w->partner[OM].identity = w->partner[SCHOOL].identity;
    make_card(w, OM, 3);
    show_head(w, 1 << POLITIE | 1 << OM, NOW);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->keep = "reject/quorumhead/forged-card.bin";
    does_not_count(w, "roster does not allow");
    w->partner[OM].identity = own;
    /* one that lasts longer than the roster allows */
    struct partner *p = &w->partner[OM];
    struct sink out;
    p->card.until += 365 * DAY;
    sink_init(&out, p->bytes, sizeof p->bytes);
    ok(card_issue(&out, &p->card, p->identity));
    p->n = out.n;
    show_head(w, 1 << POLITIE | 1 << OM, NOW);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->keep = "reject/quorumhead/card-too-long.bin";
    does_not_count(w, "roster does not allow");
}

static void
a_card_must_have_been_valid_then(void **state)
{
    struct world *w = *state;

    show_head(w, 1 << POLITIE | 1 << OM, NOW - 4 * DAY);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->keep = "reject/quorumhead/card-not-valid.bin";
    does_not_count(w, "not valid then");
    /* not that it still is */
    show_head(w, 1 << POLITIE | 1 << OM, NOW - DAY);
    show_part(w, POLITIE);
    show_part(w, OM);
    assert_int_equal(read_at(w, NOW + 60 * DAY), DHK_OK);
}

static void
a_line_of_another_head_or_name_does_not_count(void **state)
{
    struct world *w = *state;
    struct checkpoint cp = head_of(&w->tree, HEAD);
    struct checkpoint other = head_of(&w->tree, LATER);
    struct sink out;

    /* over another size */
    show_head(w, 1 << POLITIE, NOW);
    out = note(w, &cp);
    put_line(&out, w, POLITIE, &cp, NOW);
    put_line(&out, w, OM, &other, NOW);
    w->item[0] = sink_done(&out);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->keep = "reject/quorumhead/other-size.bin";
    does_not_count(w, "does not verify");
    /* over another root */
    show_head(w, 1 << POLITIE, NOW);
    other = head_of(&w->fork, HEAD);
    out = note(w, &cp);
    put_line(&out, w, POLITIE, &cp, NOW);
    put_line(&out, w, OM, &other, NOW);
    w->item[0] = sink_done(&out);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->keep = "reject/quorumhead/other-root.bin";
    does_not_count(w, "does not verify");
    /* not there */
    show_head(w, 1 << POLITIE, NOW);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->keep = "reject/quorumhead/no-line.bin";
    does_not_count(w, "not there");
}

/* The broker shows others another ledger, and their cosignatures of that. */
static void
a_head_of_another_view_does_not_count(void **state)
{
    struct world *w = *state;

    show_head(w, 1 << POLITIE, NOW);
    show_part(w, POLITIE);
    show_later(w, OM, &w->fork, NOW);
    w->keep = "reject/quorumhead/other-view.bin";
    does_not_count(w, "does not extend");
    /* who compares is given it all the same */
    assert_int_equal(w->head.seen_n, 2);
}

static void
what_the_log_did_not_sign_does_not_count(void **state)
{
    struct world *w = *state;
    struct sign_secret *own = w->log;
    struct checkpoint_vkey key = w->log_key;

    show_head(w, 1 << POLITIE | 1 << OM, NOW);
    show_part(w, POLITIE);
    w->log = w->partner[SCHOOL].identity;
    w->log_key.pk = w->partner[SCHOOL].identity_pk;
    show_later(w, GEMEENTE, &w->tree, NOW);
    struct slice later[3] = {w->item[5], w->item[6], w->item[7]};
    show_head(w, 1 << POLITIE | 1 << OM, NOW);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->log = own;
    w->log_key = key;
    assert_int_equal(read_at(w, NOW), DHK_AUTH);
    show_head(w, 1 << POLITIE, NOW);
    show_part(w, POLITIE);
    for (size_t i = 0; i < 3; i++)
        show(w, later[i]);
    w->keep = "reject/quorumhead/not-of-the-log.bin";
    does_not_count(w, "the log did not sign");
}

static void
lines_of_strangers_are_not_kept(void **state)
{
    struct world *w = *state;
    struct sink out;

    show_head(w, 1 << POLITIE | 1 << OM | 1 << SCHOOL, NOW);
    show_part(w, POLITIE);
    show_part(w, OM);
    counts(w);
    out = fresh(w);
    sink_put(&out, w->head.note, w->head.note_n);
    assert_null(memmem(out.p, out.n, "school", 6));
}

static void
what_has_another_form_is_refused(void **state)
{
    struct world *w = *state;

    show_head(w, 1 << POLITIE | 1 << OM, NOW);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->items--;
    assert_int_equal(read_at(w, NOW), DHK_FORMAT);
    w->items = 1;
    assert_int_equal(read_at(w, NOW), DHK_FORMAT);
    w->items = 2;
    w->item[0] = slice_str("no note\n");
    assert_int_equal(read_at(w, NOW), DHK_FORMAT);
    show_head(w, 1, NOW);
    for (size_t i = 0; i <= LIMIT_SIGNATORIES; i++)
        show_part(w, POLITIE);
    assert_int_equal(read_at(w, NOW), DHK_FORMAT);
    /* a proof that leads nowhere */
    show_head(w, 1 << POLITIE | 1 << OM, NOW);
    show_part(w, POLITIE);
    show_part(w, OM);
    w->item[7] = slice_str("0123456789abcdef0123456789abcdef");
    w->keep = "reject/quorumhead/proof-without-head.bin";
    does_not_count(w, "a proof without a head");
}

/* Whatever one bit is changed, no more counts than before. */
static void
a_flipped_bit_makes_nothing_count(void **state)
{
    struct world *w = *state;
    static uint8_t copy[ITEMS][LIMIT_CHECKPOINT];

    show_head(w, 1 << POLITIE, NOW - 60);
    show_part(w, POLITIE);
    show_later(w, GEMEENTE, &w->tree, NOW - 10);
    counts(w);
    for (size_t i = 0; i < w->items; i++) {
        if (w->item[i].n == 0)
            continue;
        memcpy(copy[i], w->item[i].p, w->item[i].n);
        w->item[i].p = copy[i];
        for (size_t at = i % 7; at < w->item[i].n; at += 7) {
            copy[i][at] ^= (uint8_t)(1 << at % 8);
            assert_int_not_equal(read_at(w, NOW), DHK_OK);
            copy[i][at] ^= (uint8_t)(1 << at % 8);
        }
    }
    counts(w);
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

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
        world_test(a_forged_card_does_not_count),
        world_test(a_card_must_have_been_valid_then),
        world_test(a_line_of_another_head_or_name_does_not_count),
        world_test(a_head_of_another_view_does_not_count),
        world_test(what_the_log_did_not_sign_does_not_count),
        world_test(lines_of_strangers_are_not_kept),
        world_test(what_has_another_form_is_refused),
        world_test(a_flipped_bit_makes_nothing_count),
    };

    return cmocka_run_group_tests_name("quorumhead", tests, NULL, NULL);
}
