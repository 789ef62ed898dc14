/* SPDX-License-Identifier: EUPL-1.2 */
#include "quorumtest.h"

#define ORIGIN "proef.example/ledger"

/* --- the world ---------------------------------------------------------- */

struct sign_secret *
quorumtest_seeded(struct sign_public *pk, uint8_t seed)
{
    uint8_t bytes[KEY_SEED] = {seed};
    struct sign_secret *sk = NULL;

    ok(key_sign_from_seed(&sk, pk, bytes));
    return sk;
}

/* A card of W's partner I, valid from NOW - FROM days on. */
void
quorumtest_make_card(struct world *w, size_t i, int64_t from)
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
void
quorumtest_make_roster(struct world *w)
{
    char text[4096], vkey[KEY_VKEY_MAX], key[KEY_B64];
    struct sign_public curve;
    struct diag diag;
    size_t n;

    struct sign_secret *unused = quorumtest_seeded(&curve, 99);
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

int
quorumtest_begin(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    uint8_t leaf[MERKLE_HASH];

    assert_non_null(w);
    ok(key_init());
    w->log = quorumtest_seeded(&w->log_key.pk, 1);
    checkpoint_vkey_make(
        &w->log_key, CHECKPOINT_ED25519, ORIGIN, &w->log_key.pk);
    for (size_t i = 0; i < PARTNERS; i++) {
        struct partner *p = &w->partner[i];
        p->identity = quorumtest_seeded(&p->identity_pk, (uint8_t)(10 + i));
        p->witness = quorumtest_seeded(&p->witness_pk, (uint8_t)(20 + i));
        quorumtest_make_card(w, i, 3);
    }
    quorumtest_make_roster(w);
    tree_grow(&w->tree, LATER);
    tree_grow(&w->fork, HEAD - 1);
    merkle_leaf(leaf, slice_str("another entry"));
    while (w->fork.size < LATER)
        tree_add(&w->fork, leaf);
    *state = w;
    return 0;
}

int
quorumtest_end(void **state)
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

struct checkpoint
quorumtest_head_of(struct tree *t, uint64_t size)
{
    struct checkpoint cp = {.origin = ORIGIN, .size = size};
    struct merkle_reader r = tree_reader(t);

    ok(merkle_root(cp.root, size, &r));
    return cp;
}

/* I's line over CP at TIME. */
void
quorumtest_put_line(struct sink *out, struct world *w, size_t i,
    const struct checkpoint *cp, uint64_t time)
{
    const struct partner *p = &w->partner[i];

    ok(checkpoint_cosign(out, cp, names[i], p->witness, &p->witness_pk, time));
}

struct sink
quorumtest_fresh(struct world *w)
{
    struct sink out;

    assert_true(w->mems < ITEMS);
    sink_init(&out, w->mem[w->mems++], LIMIT_CHECKPOINT);
    return out;
}

struct sink
quorumtest_note(struct world *w, const struct checkpoint *cp)
{
    struct sink out = quorumtest_fresh(w);

    ok(checkpoint_sign(&out, cp, w->log, &w->log_key.pk));
    return out;
}

void
quorumtest_show(struct world *w, struct slice item)
{
    assert_true(w->items < ITEMS);
    w->item[w->items++] = item;
}

/* The first two items: the head, with the lines of those in the bits of WHO. */
void
quorumtest_show_head(struct world *w, unsigned who, uint64_t time)
{
    struct checkpoint cp = quorumtest_head_of(&w->tree, HEAD);
    struct sink out = quorumtest_note(w, &cp);

    w->items = 0;
    for (size_t i = 0; i < PARTNERS; i++)
        if ((who >> i & 1) != 0)
            quorumtest_put_line(&out, w, i, &cp, time);
    quorumtest_show(w, sink_done(&out));
    quorumtest_show(w, slice_of(NULL, 0));
}

void
quorumtest_show_card(struct world *w, size_t i)
{
    struct sink out = quorumtest_fresh(w);

    sink_put(&out, w->partner[i].bytes, w->partner[i].n);
    quorumtest_show(w, sink_done(&out));
}

/* I's part, its line being in the head. */
void
quorumtest_show_part(struct world *w, size_t i)
{
    quorumtest_show_card(w, i);
    quorumtest_show(w, slice_of(NULL, 0));
    quorumtest_show(w, slice_of(NULL, 0));
}

/* I's part, with a head of its own in T. */
void
quorumtest_show_later(struct world *w, size_t i, struct tree *t, uint64_t time)
{
    struct checkpoint cp = quorumtest_head_of(t, LATER);
    struct merkle_reader r = tree_reader(t);
    struct sink out = quorumtest_note(w, &cp), proof = quorumtest_fresh(w);

    quorumtest_put_line(&out, w, i, &cp, time);
    ok(merkle_consistency_prove(&proof, HEAD, LATER, &r));
    quorumtest_show_card(w, i);
    quorumtest_show(w, sink_done(&out));
    quorumtest_show(w, sink_done(&proof));
}

enum dhk_err
quorumtest_read_at(struct world *w, int64_t now)
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

void
quorumtest_counts(struct world *w)
{
    assert_int_equal(quorumtest_read_at(w, NOW), DHK_OK);
    assert_int_equal(w->head.cp.size, HEAD);
}

void
quorumtest_does_not_count(struct world *w, const char *why)
{
    assert_int_equal(quorumtest_read_at(w, NOW), DHK_AUTH);
    assert_non_null(w->diag.what);
    if (strstr(w->diag.what, why) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", why, w->diag.what);
}
