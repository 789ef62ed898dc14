/* SPDX-License-Identifier: EUPL-1.2
 *
 * The worked examples of proto/PROTOCOL.md: made here, kept in
 * tests/vectors/examples.txt, and found word for word in the document. With
 * DRIEHOEK_MAKE_VECTORS set the file is written anew; copy it into the
 * document then. */
#include "answer.h"
#include "bundle.h"
#include "card.h"
#include "command.h"
#include "confirmation.h"
#include "entry.h"
#include "envelope_make.h"
#include "query.h"
#include "revocation.h"
#include "statement.h"
#include "tree.h"

enum { TEXT_MAX = 32768, WIDTH = 36 };

static char text[TEXT_MAX];
static size_t text_n;

static void
put(const char *s)
{
    size_t n = strlen(s);
    must(text_n + n < sizeof text);
    memcpy(text + text_n, s, n + 1);
    text_n += n;
}

/* "name (N bytes)" and lines of hex. */
static void
show(const char *name, struct slice v)
{
    char line[128];
    (void)snprintf(line, sizeof line, "%s (%zu)\n", name, v.n);
    put(line);
    for (size_t i = 0; i < v.n; i += WIDTH) {
        size_t n = v.n - i < WIDTH ? v.n - i : WIDTH;
        char hex[2 * WIDTH + 1];
        bytes_hex(hex, v.p + i, n);
        put("    ");
        put(hex);
        put("\n");
    }
}

static void
show_bytes(const char *name, const void *p, size_t n)
{
    show(name, slice_of(p, n));
}

struct people {
    struct sign_secret *identity, *sign;
    struct sign_public identity_pk, sign_pk;
    struct make_world world;
    struct card card;
};

static void
show_keys(struct people *p)
{
    uint8_t seed[KEY_SEED];
    memset(seed, 1, sizeof seed);
    assert_int_equal(
        key_sign_from_seed(&p->identity, &p->identity_pk, seed), DHK_OK);
    show_bytes("identity seed", seed, sizeof seed);
    show_bytes("identity public key", p->identity_pk.b, KEY_BYTES);
    memset(seed, 2, sizeof seed);
    assert_int_equal(key_sign_from_seed(&p->sign, &p->sign_pk, seed), DHK_OK);
    show_bytes("signing seed", seed, sizeof seed);
    show_bytes("signing public key", p->sign_pk.b, KEY_BYTES);
    key_dh_scalar(p->world.gemeente.seal, seed);
    show_bytes("recipient's sealing scalar", seed, sizeof seed);
    show_bytes("recipient's sealing key", p->world.gemeente.seal_pk.b, 32);
    key_dh_scalar(p->world.key.own, seed);
    show_bytes("ephemeral scalar", seed, sizeof seed);
    show_bytes("ephemeral public key", p->world.key.pk.b, 32);
}

static void
show_hash(void)
{
    const struct slice parts[] = {slice_str("ab"), slice_of(NULL, 0)};
    uint8_t out[32];
    uint8_t key[32];
    seal_hash(out, "driehoek/v1/example", parts, 2);
    show_bytes("H(\"example\", \"ab\", \"\")", out, sizeof out);
    memset(key, 9, sizeof key);
    seal_keyed_hash(out, key, "driehoek/v1/example", parts, 2);
    show_bytes("the same keyed with 32 bytes 09", out, sizeof out);
}

static void
show_card(struct people *p)
{
    uint8_t mem[LIMIT_CARD];
    struct sink out;
    p->card = (struct card){.partner = "politie",
        .serial = 1,
        .from = 1767225600,
        .until = 1775001600,
        .sign = p->sign_pk};
    memset(p->card.seal.b, 3, KEY_BYTES);
    memset(p->card.curve.b, 4, KEY_BYTES);
    memset(p->card.witness.b, 5, KEY_BYTES);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(card_issue(&out, &p->card, p->identity), DHK_OK);
    show("card", sink_done(&out));
    show_bytes("card id", p->card.id, sizeof p->card.id);
    memcpy(p->world.card, p->card.id, sizeof p->world.card);
}

static void
show_revocation(const struct people *p)
{
    uint8_t mem[LIMIT_REVOCATION];
    struct revocation r = {.origin = slice_str("ledger.example/1"),
        .partner = slice_str("politie"),
        .made = 1772000000};
    struct sink out;
    memcpy(r.card, p->card.id, sizeof r.card);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(revocation_issue(&out, &r, p->identity), DHK_OK);
    show("its revocation by its partner", sink_done(&out));
}

static void
show_wrap(struct people *p, const struct envelope *e)
{
    static uint8_t plain[FIELD_CIPHERTEXT_MAX];
    const struct envelope_recipient *r = &e->recipient[0];
    uint8_t dh[32];
    struct slice value;
    struct wrap w;
    assert_int_equal(
        seal_dh(dh, p->world.gemeente.seal, &e->header.ephemeral), DHK_OK);
    show_bytes("X25519 result", dh, sizeof dh);
    assert_int_equal(
        make_unwrap(&w, &e->header, r, &p->world.gemeente), DHK_OK);
    show_bytes("K_0, from the wrap", w.key[0], 32);
    assert_int_equal(w.fields, 1);
    assert_int_equal(w.counter, 7);
    assert_int_equal(
        field_open(&value, plain, &e->header, &e->field[0], w.key[0]), DHK_OK);
    show("value of field 0", value);
}

static struct slice
show_envelope(struct people *p, uint8_t *mem, uint8_t id[ENVELOPE_ID])
{
    static struct sealing_plan plan;
    static struct envelope e;
    make_plan(&plan, &p->world);
    plan.fields_n = 2;
    plan.presence = 1;
    plan.parties_n = 2;
    plan.recipients_n = 1;
    plan.recipient[0].fields = 1;
    plan.attributes_n = 1;
    plan.exclusions_n = 0;
    plan.value[0] = slice_str("Overlast");
    struct slice bytes = make_envelope(mem, id, &plan, &p->world);
    assert_int_equal(envelope_decode(&e, bytes, NULL), DHK_OK);
    show("head", e.header.head);
    show_bytes("head-hash", e.header.head_hash, 32);
    show("header", e.header.bytes);
    show_bytes("id", e.header.id, ENVELOPE_ID);
    show("manifest bytes", e.manifest);
    show_bytes("manifest salt", e.manifest_salt, ENVELOPE_SALT);
    show_bytes("commitment of field 0", e.field[0].commitment, 32);
    show("ciphertext of field 0", e.field[0].ciphertext);
    show_bytes("slot of the recipient", &e.recipient[0].j, 1);
    show_bytes("salt of the recipient", e.recipient[0].salt, ENVELOPE_SALT);
    show("wrap", e.recipient[0].wrap);
    show_bytes("salt of attribute 0", e.attribute[0].salt, ENVELOPE_SALT);
    show("value of attribute 0", e.attribute[0].value);
    show_wrap(p, &e);
    show("envelope", bytes);
    return bytes;
}

static void
show_bundle(struct people *p, struct slice envelope, const uint8_t *id)
{
    static uint8_t mem[MAKE_MAX];
    static struct bundle b;
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(
        bundle_encode(&out, p->card.id, &envelope, 1, id, p->sign), DHK_OK);
    assert_int_equal(bundle_decode(&b, sink_done(&out), NULL), DHK_OK);
    assert_int_equal(bundle_verify(&b.statement, &p->sign_pk), DHK_OK);
    sink_init(&out, mem, sizeof mem);
    bundle_statement_encode(&out, &b.statement);
    show("statement", sink_done(&out));
}

static void
show_signed(struct people *p, const uint8_t *leaf)
{
    uint8_t mem[1024];
    static struct answer a;
    struct query q = {.origin = slice_str("ledger.example/1"),
        .number = 1,
        .purpose = QUERY_LAWFULNESS,
        .what = QUERY_SHOW,
        .from = 2,
        .until = 3};
    struct command_hello h = {.origin = slice_str("ledger.example/1"),
        .modes = COMMAND_MODE_RECEIVE,
        .duties = 15,
        .cursor = {0, 2}};
    struct confirmation c = {
        .origin = slice_str("ledger.example/1"), .cursor = 3};
    struct statement s = {.origin = slice_str("ledger.example/1"),
        .what = ACT_HOLD,
        .until = 1790000000,
        .made = 1772000000};
    struct sink out;

    a = (struct answer){.origin = slice_str("ledger.example/1"),
        .sender = slice_str("politie"),
        .items_n = 1};
    memcpy(a.card, p->card.id, 32);
    memcpy(a.item[0].entry_hash, leaf, 32);
    a.item[0].outcome = ANSWER_TAKEN;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(answer_issue(&out, &a, p->sign), DHK_OK);
    show("answer", sink_done(&out));
    memcpy(q.card, p->card.id, 32);
    memset(q.nonce, 6, sizeof q.nonce);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(query_issue(&out, &q, p->sign), DHK_OK);
    show("query", sink_done(&out));
    memcpy(h.card, p->card.id, 32);
    memset(h.nonce, 6, sizeof h.nonce);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(command_hello_issue(&out, 2, &h, p->sign), DHK_OK);
    show("HELLO", sink_done(&out));
    memcpy(c.card, p->card.id, 32);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(confirmation_issue(&out, &c, p->sign), DHK_OK);
    show("confirmation", sink_done(&out));
    memcpy(s.card, p->card.id, 32);
    memcpy(s.case_handle, p->world.case_handle, 16);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(statement_issue(&out, &s, p->sign), DHK_OK);
    show("hold", sink_done(&out));
    s.what = ACT_DESIGNATE;
    s.until = 0;
    s.partner = slice_str("reclassering");
    s.code = 3;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(statement_issue(&out, &s, p->sign), DHK_OK);
    show("designation", sink_done(&out));
}

static void
show_entry(const struct people *p, const uint8_t *id, uint8_t leaf[32])
{
    static struct entry e;
    uint8_t mem[LIMIT_ENTRY];
    struct sink out;
    e = (struct entry){.kind = ENTRY_SHARE, .time = UINT64_C(1772000001000)};
    memset(e.random, 8, sizeof e.random);
    struct entry_share *s = &e.u.share;
    s->accepted = 1;
    memcpy(s->id, id, 32);
    s->sender = slice_str("politie");
    s->recipient = slice_str("gemeente");
    memcpy(s->card, p->world.gemeente.card, 32);
    s->kind = slice_str("zorgsignaal");
    s->purpose = slice_str("persoonsgericht");
    s->ground = slice_str("wpg-20");
    memcpy(s->case_handle, p->world.case_handle, 16);
    memcpy(s->agreement, p->world.agreement, 32);
    s->fields = s->wrapped = 1;
    s->rule[0] = slice_str("r5");
    s->rules_n = 1;
    s->duties.has_at_most = true;
    s->duties.at_most = 365;
    s->duties.onward_limited = true;
    s->expires = 1774592000;
    s->nth = 1;
    s->covert = 1790000000;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(entry_encode(&out, &e), DHK_OK);
    show("share entry", sink_done(&out));
    merkle_leaf(leaf, sink_done(&out));
    show_bytes("its leaf hash", leaf, 32);
}

/* Entries "0" to "4"; 1 and 3 are wanted. */
static void
show_multi(void)
{
    static struct tree t;
    static const uint64_t index[] = {1, 3};
    struct merkle_reader r = tree_reader(&t);
    struct merkle_multi m = {.size = 5, .index = index, .n = 2};
    uint8_t mem[1024], leaf[32], leaves[64], root[32];
    struct sink out;
    t.fail_at = UINT64_MAX;
    for (unsigned i = 0; i < 5; i++) {
        char digit[2] = {(char)('0' + i), 0};
        merkle_leaf(leaf, slice_str(digit));
        tree_add(&t, leaf);
        if (i % 2 == 1)
            memcpy(leaves + i / 2 * 32, leaf, 32);
    }
    assert_int_equal(merkle_root(root, 5, &r), DHK_OK);
    show_bytes("root of five entries \"0\" to \"4\"", root, 32);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(merkle_multi_prove(&out, &m, &r), DHK_OK);
    m.leaves = leaves;
    m.proof = sink_done(&out);
    assert_int_equal(merkle_multi_verify(&m, root), DHK_OK);
    show("multi-proof of 1 and 3", m.proof);
}

static void
make_text(void)
{
    static struct people p;
    static uint8_t mem[MAKE_MAX];
    uint8_t id[ENVELOPE_ID], leaf[32];
    make_world(&p.world);
    show_hash();
    show_keys(&p);
    show_card(&p);
    show_revocation(&p);
    struct slice envelope = show_envelope(&p, mem, id);
    show_bundle(&p, envelope, id);
    show_entry(&p, id, leaf);
    show_signed(&p, leaf);
    show_multi();
    key_sign_destroy(&p.identity);
    key_sign_destroy(&p.sign);
    make_world_end(&p.world);
}

static int
set_up(void **state)
{
    (void)state;
    wiretest_deterministic(8);
    assert_int_equal(key_init(), DHK_OK);
    make_text();
    return 0;
}

static void
the_examples_equal_their_file(void **state)
{
    static uint8_t mem[TEXT_MAX];
    (void)state;
    if (getenv("DRIEHOEK_MAKE_VECTORS") != NULL) {
        FILE *f = fopen(VECTORS "/examples.txt", "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(text, 1, text_n, f), text_n);
        assert_int_equal(fclose(f), 0);
    }
    struct slice kept = vector_read("examples.txt", mem, sizeof mem);
    assert_true(slice_equal(kept, slice_of(text, text_n)));
}

static void
the_document_holds_the_examples(void **state)
{
    static char doc[256 * 1024];
    (void)state;
    struct slice in =
        vector_read("../../proto/PROTOCOL.md", (uint8_t *)doc, sizeof doc - 1);
    doc[in.n] = '\0';
    assert_non_null(strstr(doc, text));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_equal_their_file),
        cmocka_unit_test(the_document_holds_the_examples),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
