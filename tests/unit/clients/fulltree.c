/* SPDX-License-Identifier: EUPL-1.2
 *
 * The tree: its entries, lists and seals, and its checkpoint. */
#include "fulltree.h"

#include <stdlib.h>

#include "answer.h"

enum { PAST = 1 };

const char *const fulltree_partners[FULLTREE_PARTNERS] = {
    "gemeente", "om", "politie"};
const uint8_t fulltree_cases[FULLTREE_CASES][PART_CASE] = {
    {0xa1, 1}, {0xb2, 2}, {0xc3, 3}};

static void
ok(enum dhk_err rc)
{
    assert_int_equal(rc, DHK_OK);
}

static struct sign_secret *
seeded(struct sign_public *pk, uint8_t seed)
{
    uint8_t bytes[KEY_SEED] = {seed};
    struct sign_secret *sk = NULL;

    ok(key_init());
    ok(key_sign_from_seed(&sk, pk, bytes));
    return sk;
}

/* --- entries --- */

static void
fresh(struct entry *e, const struct fulltree *w, enum entry_kind kind)
{
    memset(e, 0, sizeof *e);
    e->kind = kind;
    e->time = (FULLTREE_TIME + w->tree.size) * 1000;
    memset(e->random, (int)(0x50 + w->tree.size), sizeof e->random);
}

static void
put(struct fulltree *w, const struct entry *e)
{
    uint64_t i = w->tree.size;
    uint8_t leaf[MERKLE_HASH];
    struct sink s;

    assert_true(i < FULLTREE_SIZE);
    sink_init(&s, w->mem[i], sizeof w->mem[i]);
    ok(entry_encode(&s, e));
    w->mem_n[i] = s.n;
    merkle_leaf(leaf, sink_done(&s));
    tree_add(&w->tree, leaf);
}

static void
put_share(struct fulltree *w, const char *to, int of)
{
    static struct entry e;
    struct entry_share *s = &e.u.share;

    fresh(&e, w, ENTRY_SHARE);
    s->accepted = 0;
    s->sender = slice_str("politie");
    s->recipient = slice_str(to);
    s->kind = slice_str(of == 1 ? "melding" : "signaal");
    s->purpose = slice_str("orde");
    s->ground = slice_str("wet");
    memcpy(s->case_handle, fulltree_cases[of], sizeof s->case_handle);
    s->fields = s->wrapped = 3;
    s->rule[0] = slice_str("P1");
    s->rules_n = 1;
    s->expires = FULLTREE_TIME + 1000;
    s->nth = 1;
    put(w, &e);
}

static void
put_taken(struct fulltree *w, const struct sign_secret *sk)
{
    static struct entry e;
    static struct answer a, got;
    uint8_t mem[1024];
    struct sink s;

    memset(&a, 0, sizeof a);
    a.origin = slice_str(FULLTREE_ORIGIN);
    a.sender = slice_str("politie");
    memcpy(a.item[0].entry_hash, w->tree.leaf[FULLTREE_A], MERKLE_HASH);
    a.item[0].outcome = ANSWER_TAKEN;
    a.items_n = 1;
    sink_init(&s, mem, sizeof mem);
    ok(answer_issue(&s, &a, sk));
    ok(answer_decode(&got, sink_done(&s), NULL));
    fresh(&e, w, ENTRY_DELIVERED);
    e.u.delivered.recipient = slice_str("gemeente");
    e.u.delivered.body = got.body;
    memcpy(e.u.delivered.signature, got.signature, KEY_SIGNATURE);
    e.u.delivered.index[0] = FULLTREE_A;
    e.u.delivered.n = 1;
    put(w, &e);
}

static void
put_queried(struct fulltree *w, const char *asker, const struct query *query,
    const struct sign_secret *sk)
{
    static struct entry e;
    uint8_t mem[1024];
    struct sink s;
    struct query got;

    sink_init(&s, mem, sizeof mem);
    ok(query_issue(&s, query, sk));
    ok(query_decode(&got, sink_done(&s), NULL));
    fresh(&e, w, ENTRY_QUERIED);
    e.u.queried.asker = slice_str(asker);
    e.u.queried.body = got.body;
    memcpy(e.u.queried.signature, got.signature, KEY_SIGNATURE);
    put(w, &e);
}

struct query
fulltree_query(const char *partner, const uint8_t *case_handle)
{
    struct query q = {.origin = slice_str(FULLTREE_ORIGIN),
        .number = 1,
        .purpose = QUERY_COURT,
        .what = QUERY_ANSWER,
        .until = FULLTREE_RESEALED,
        .partner = slice_str(partner),
        .has_case = case_handle != NULL};

    if (case_handle != NULL)
        memcpy(q.case_handle, case_handle, sizeof q.case_handle);
    return q;
}

/* --- lists --- */

static void
decode(struct entry *out, const struct fulltree *w, uint64_t index)
{
    ok(entry_decode(out, slice_of(w->mem[index], w->mem_n[index]), NULL));
}

static const struct entry_share *
share_at(void *ctx, uint64_t index)
{
    static struct entry e;

    decode(&e, ctx, index);
    return e.kind == ENTRY_SHARE ? &e.u.share : NULL;
}

/* Only the rows of gemeente's first list are ever wrong. */
static void
put_row(struct fulltree_list *l, const struct fulltree *w,
    const struct entry *e, uint64_t index, struct part_row part)
{
    uint8_t blinded[SEALLIST_BLINDED];
    uint8_t random[ENTRY_RANDOM];
    struct seallist_of of = {.list_salt = l->salt,
        .random = random,
        .blinded = blinded,
        .kind = e->kind,
        .index = index};

    memcpy(random, e->random, sizeof random);
    if (index == FULLTREE_B && w->fault == FULLTREE_ROW_CASE)
        memcpy(part.case_handle, fulltree_cases[0], PART_CASE);
    if (index == FULLTREE_A && w->fault == FULLTREE_ROW_KIND)
        strcpy(part.signal, "melding");
    if (index == FULLTREE_A && w->fault == FULLTREE_ROW_SALT)
        random[15] ^= 1;
    if (index == FULLTREE_A && w->fault == FULLTREE_ROW_EVENT)
        of.kind = ENTRY_DELIVERED;
    seallist_blind(blinded, l->salt, part.has_case ? part.case_handle : NULL);
    assert_true(l->n < FULLTREE_ROWS);
    seallist_row(&l->row[l->n++], &of, &part);
}

static bool
is_in(const struct fulltree_list *l, const struct fulltree *w,
    const struct part *p, uint64_t index)
{
    if (index == FULLTREE_OM && w->fault == FULLTREE_ROW_ANOTHER &&
        strcmp(l->name, "gemeente") == 0)
        return true;
    for (size_t i = 0; i < p->names_n; i++)
        if (strcmp(p->name[i], l->name) == 0)
            return true;
    return false;
}

/* A salt that puts case A between B and C. */
static void
find_salt(struct fulltree_list *l, uint64_t seal)
{
    uint8_t a[SEALLIST_BLINDED], b[SEALLIST_BLINDED], c[SEALLIST_BLINDED];

    memset(l->salt, 0, sizeof l->salt);
    l->salt[0] = (uint8_t)seal;
    do {
        l->salt[1]++;
        seallist_blind(a, l->salt, fulltree_cases[0]);
        seallist_blind(b, l->salt, fulltree_cases[1]);
        seallist_blind(c, l->salt, fulltree_cases[2]);
    } while (memcmp(b, a, sizeof a) > 0 || memcmp(a, c, sizeof a) > 0);
}

static void
make_list(
    struct fulltree_list *l, struct fulltree *w, uint64_t from, uint64_t until)
{
    static struct entry e;
    struct part part;
    struct part_reader reader = {share_at, w};

    find_salt(l, w->tree.size);
    l->n = 0;
    for (uint64_t i = from; i < until; i++) {
        decode(&e, w, i);
        ok(part_of(&part, &e, i, &reader));
        for (size_t j = 0; is_in(l, w, &part, i) && j < part.rows_n; j++)
            put_row(l, w, &e, i, part.row[j]);
    }
    assert_true(seallist_sort(l->row, l->n));
    if (l == w->list && w->fault == FULLTREE_UNSORTED) {
        struct seallist_row row = l->row[0];
        l->row[0] = l->row[l->n - 1];
        l->row[l->n - 1] = row;
    }
}

/* Seals the lists from FROM up to now; those before are at BEFORE. */
static void
put_seals(struct fulltree *w, uint64_t from, uint64_t before)
{
    static struct entry e;
    uint64_t until = w->tree.size;

    for (size_t i = 0; i < FULLTREE_PARTNERS; i++) {
        struct fulltree_list *l = &w->list[2 * i + (before != 0)];
        struct entry_seal *s = &e.u.seal;
        l->name = fulltree_partners[i];
        l->seal = w->tree.size;
        uint64_t begin = from;
        if (i == 0 && w->fault == (before == 0 ? FULLTREE_LATE : FULLTREE_GAP))
            begin++;
        make_list(l, w, begin, until);
        fresh(&e, w, ENTRY_SEAL);
        *s = (struct entry_seal){.partner = slice_str(l->name),
            .from = begin,
            .until = until,
            .count = l->n,
            .before = before == 0 ? 0 : before + i};
        memcpy(s->salt, l->salt, sizeof s->salt);
        seallist_root(s->root, l->row, l->n);
        if (begin == 1) /* as if there were one before */
            s->before = 1;
        if (before != 0 && i == 0 && w->fault == FULLTREE_UNLINKED)
            s->before++;
        if (before != 0 && i == 0 && w->fault == FULLTREE_AHEAD)
            s->until = FULLTREE_SIZE;
        put(w, &e);
    }
}

/* --- the tree --- */

void
fulltree_sign(struct fulltree *w, uint64_t size)
{
    struct checkpoint cp = {.origin = FULLTREE_ORIGIN, .size = size};
    struct merkle_reader r = tree_reader(&w->tree);
    struct sign_public pk, stranger_pk;
    struct sign_secret *log = seeded(&pk, 1),
                       *stranger = seeded(&stranger_pk, 9);
    bool other = w->fault == FULLTREE_OTHER_KEY;
    struct sink s;

    ok(merkle_root(cp.root, size, &r));
    checkpoint_vkey_make(&w->key, CHECKPOINT_ED25519, FULLTREE_ORIGIN, &pk);
    sink_init(&s, w->note, sizeof w->note);
    ok(checkpoint_sign(
        &s, &cp, other ? stranger : log, other ? &stranger_pk : &pk));
    w->note_n = s.n;
    key_sign_destroy(&log);
    key_sign_destroy(&stranger);
}

void
fulltree_make(struct fulltree *w, enum fulltree_fault fault, const char *asker,
    const struct query *query)
{
    static struct entry e;
    struct sign_public pk;
    struct sign_secret *card = seeded(&pk, 2);
    struct query past = fulltree_query("gemeente", NULL);

    memset(w, 0, sizeof *w);
    w->tree.fail_at = UINT64_MAX;
    w->fault = fault;
    w->asker = asker;
    w->query = *query;
    fresh(&e, w, ENTRY_OPERATOR);
    e.u.operator_code = ENTRY_OPERATOR_CLOCK;
    put(w, &e);
    put_share(w, "gemeente", 0);
    put_share(w, "gemeente", 1);
    put_share(w, "om", 0);
    put_share(w, "gemeente", 2);
    put_taken(w, card);
    assert_int_equal(w->tree.size, FULLTREE_SEALED);
    put_seals(w, 0, 0);
    put_share(w, "gemeente", 0);
    past.until = PAST;
    put_queried(w, "gemeente", &past, card);
    assert_int_equal(w->tree.size, FULLTREE_RESEALED);
    put_seals(w, FULLTREE_SEALED, FULLTREE_SEALED);
    put_queried(w, asker, query, card);
    key_sign_destroy(&card);
    fulltree_sign(w, FULLTREE_SIZE);
}
