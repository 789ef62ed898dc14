/* SPDX-License-Identifier: EUPL-1.2
 *
 * The nodes of the tests: connections, signals, shares and answers. */
#include "harness.h"

#include "decide.h"
#include "field.h"
#include "pack.h"
#include "statement.h"
#include "wrap.h"

const struct harness_signal harness_p5 = {
    .kind = "politiesignaal",
    .purpose = "openbare-orde",
    .ground = "wpg-16-1-b",
    .to = {"gemeente"},
};
const struct harness_signal harness_p6 = {
    .kind = "politiebericht",
    .purpose = "weging",
    .ground = "pga-5-1-wpg-20",
    .to = {"gemeente", "om"},
};

enum { WEEK = 7 * 24 * 3600, CASE = 7, PRESENT = 15 };

/* --- connections --- */

uint8_t *
harness_copy(struct slice bytes)
{
    uint8_t *copy = malloc(bytes.n > 0 ? bytes.n : 1);

    assert_non_null(copy);
    memcpy(copy, bytes.p, bytes.n);
    return copy;
}

void
harness_send(struct harness_node *n, struct slice message)
{
    core_message(n->h->core, n->peer, n->partner->card.curve.b, message);
}

void
harness_send_command(struct harness_node *n, const struct command *c,
    const struct slice *list, size_t list_n)
{
    static uint8_t mem[LIMIT_MESSAGE];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    ok(command_encode(&out, c, NULL, 0, list, list_n));
    uint8_t *message = harness_copy(sink_done(&out));
    harness_send(n, slice_of(message, out.n));
    free(message);
}

bool
harness_take(struct harness_node *n, enum command_type type, struct command *c)
{
    struct diag diag;

    for (size_t i = 0; i < n->h->sent_n; i++) {
        struct harness_message *m = &n->h->sent[i];
        if (m->taken || m->peer != n->peer)
            continue;
        ok(command_decode(c, m->bytes, &diag));
        if (c->type == type) {
            m->taken = true;
            return true;
        }
    }
    return false;
}

enum command_error
harness_error(struct harness_node *n)
{
    struct command c;

    return harness_take(n, COMMAND_ERROR, &c) ? c.error : COMMAND_ERROR_NONE;
}

void
harness_ask(struct harness *h, struct harness_node *n, const char *partner)
{
    struct command c = {.type = COMMAND_ASK, .number = 1};

    *n = (struct harness_node){
        .h = h, .partner = harness_find(h, partner), .peer = ++h->peers};
    harness_send_command(n, &c, NULL, 0);
    assert_true(harness_take(n, COMMAND_CHALLENGE, &c));
    assert_true(slice_equal(c.origin, slice_str(HARNESS_ORIGIN)));
    memcpy(n->nonce, c.nonce, sizeof n->nonce);
}

void
harness_hello(struct harness_node *n, uint32_t modes, uint32_t duties)
{
    uint8_t mem[512];
    struct sink out;
    struct command_hello hello = {
        .origin = slice_str(HARNESS_ORIGIN), .modes = modes, .duties = duties};

    memcpy(hello.card, n->partner->card.id, CARD_ID);
    memcpy(hello.nonce, n->nonce, sizeof hello.nonce);
    memcpy(hello.cursor, n->cursor, sizeof hello.cursor);
    sink_init(&out, mem, sizeof mem);
    ok(command_hello_issue(&out, 2, &hello, n->partner->secret.sign));
    harness_send(n, sink_done(&out));
}

void
harness_connect(struct harness *h, struct harness_node *n, const char *partner,
    uint32_t modes)
{
    struct command c;

    harness_ask(h, n, partner);
    harness_hello(n, modes, HARNESS_ALL_DUTIES);
    assert_true(harness_take(n, COMMAND_WELCOME, &c));
    if ((modes & COMMAND_MODE_RECEIVE) != 0)
        harness_credit(n, HARNESS_WINDOW);
    else
        harness_batch(h);
}

void
harness_resume(struct harness *h, struct harness_node *n, const char *partner,
    const uint64_t cursor[COMMAND_CLASSES])
{
    uint64_t upto[COMMAND_CLASSES] = {cursor[0], cursor[1]}; /* may be N's */
    struct command c;

    harness_ask(h, n, partner);
    memcpy(n->cursor, upto, sizeof upto);
    harness_hello(n, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    assert_true(harness_take(n, COMMAND_WELCOME, &c));
    harness_credit(n, HARNESS_WINDOW);
}

void
harness_credit(struct harness_node *n, uint64_t window)
{
    struct command c = {.type = COMMAND_CREDIT, .number = 3, .a = window};

    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
}

/* --- signals --- */

struct sealing { /* one signal on its way */
    struct harness *h;
    const struct harness_signal *s;
    struct decide_signal words;
    struct sealing_plan plan;
    uint8_t case_handle[16], actor[16];
    uint8_t value[LIMIT_ATTRIBUTES][64];
    const struct agreement_kind *kind;
};

/* An attribute's value: yes or no, the second name, or the smallest number. */
static void
put_attribute(struct sealing *x, size_t k)
{
    const struct agreement_attribute *at =
        &x->h->parsed->attributes[x->kind->attributes[k]];
    struct sink out;
    bool no = (x->s->no >> k & 1) != 0;

    if (at->by_broker) { /* nobody's to declare */
        x->words.relations |= UINT32_C(1) << k;
        return;
    }
    x->words.attribute[k] = (struct value){VALUE_KNOWN, no ? 0 : 1};
    sink_init(&out, x->value[k], sizeof x->value[k]);
    if (at->type == ATTRIBUTE_YES_NO)
        pack_bool(&out, !no);
    else if (at->type == ATTRIBUTE_NUMBER)
        pack_uint(&out, at->min);
    else
        pack_cstr(&out, at->values[x->s->level != 0 ? x->s->level
                                   : no             ? 0
                                                    : 1]);
    if (!(k == 0 && x->s->skip_attribute))
        x->plan.attribute[k] = sink_done(&out);
}

static void
put_recipient(struct sealing *x, const char *name, uint32_t fields)
{
    struct sealing_recipient *r = &x->plan.recipient[x->plan.recipients_n];
    struct harness_partner *to = harness_find(x->h, name);
    int party = agreement_party(x->h->parsed, slice_str(name));
    struct decision d;

    assert_true(party >= 0);
    if (x->words.relations != 0)
        decide_widest(&d, &x->words, (uint16_t)party);
    else
        decide_for(&d, &x->words, (uint16_t)party);
    r->partner = slice_str(name);
    memcpy(r->card, to->card.id, CARD_ID);
    if (x->s->recipient_card != NULL)
        memcpy(r->card, x->s->recipient_card, CARD_ID);
    r->seal = to->card.seal;
    r->fields = (fields != 0 ? fields : d.fields) & x->plan.presence;
    if (r->fields != 0)
        x->plan.recipients_n++;
}

static struct slice
word(const char *other, const char *usual)
{
    return slice_str(other != NULL ? other : usual);
}

static void
fill_plan(struct sealing *x, struct harness_partner *from)
{
    struct sealing_plan *p = &x->plan;
    const struct harness_signal *s = x->s;

    memset(x->case_handle, CASE, sizeof x->case_handle);
    p->origin = word(s->origin, HARNESS_ORIGIN);
    p->sender = word(s->sender, from->name);
    p->kind = slice_str(s->kind);
    p->purpose = slice_str(s->purpose);
    p->ground = slice_str(s->ground);
    p->agreement = s->agreement != NULL ? s->agreement : x->h->agreement;
    p->card = from->card.id;
    p->case_handle = s->case_handle != NULL ? s->case_handle : x->case_handle;
    p->actor = x->actor;
    p->created = x->h->wall / 1000;
    p->expires = s->expires != 0 ? s->expires : p->created + WEEK;
    p->covert = s->covert;
    p->reply_to = s->reply_to;
    p->seq = s->seq != 0 ? s->seq : ++from->seq;
    p->to = s->named;
    p->fields_n = x->kind->fields_n;
    p->presence = s->presence != 0 ? s->presence : PRESENT;
    for (size_t i = 0; i < p->fields_n; i++) {
        if ((p->presence >> i & 1) != 0)
            p->value[i] = slice_str("een waarde");
    }
    p->parties_n = x->h->parsed->parties_n;
    p->attributes_n = x->kind->attributes_n - s->attributes_less;
    if (s->exclusion.code != MANIFEST_CODE_NONE)
        p->exclusion[p->exclusions_n++] = s->exclusion;
}

static void
seal_one(struct harness_node *n, const struct harness_signal *s,
    struct sink *out, uint8_t id[32])
{
    struct sealing *x = calloc(1, sizeof *x);
    struct sealing_key *key = NULL;
    int kind = agreement_kind(n->h->parsed, slice_str(s->kind));

    assert_non_null(x);
    x->h = n->h;
    x->s = s;
    /* of an unknown word some other slots will do */
    x->kind = &n->h->parsed->kinds[kind < 0 ? 0 : kind];
    x->words.agreement = n->h->parsed;
    x->words.sender =
        (uint16_t)agreement_party(n->h->parsed, slice_str(n->partner->name));
    x->words.kind = (uint16_t)(kind < 0 ? 0 : kind);
    x->words.purpose =
        (uint16_t)agreement_purpose(n->h->parsed, slice_str(s->purpose));
    x->words.ground =
        (uint16_t)agreement_ground(n->h->parsed, slice_str(s->ground));
    fill_plan(x, n->partner);
    for (size_t k = 0; k < x->plan.attributes_n; k++)
        put_attribute(x, k);
    for (size_t i = 0; i < 4 && s->to[i] != NULL; i++)
        put_recipient(x, s->to[i], s->fields[i]);
    for (size_t i = 0; i < x->plan.recipients_n; i++)
        x->plan.recipient[i].counter = ++n->partner->counter[i];
    ok(sealing_key_new(&key));
    ok(sealing_envelope(out, id, &x->plan, key));
    sealing_key_destroy(&key);
    free(x);
}

void
harness_seal(struct harness_node *n, struct harness_bundle *out,
    const struct harness_signal *signals, size_t n_signals)
{
    struct slice envelope[HARNESS_SIGNALS];
    uint8_t *mem = malloc(LIMIT_BUNDLE_BYTES);
    struct sink all, sink;

    assert_non_null(mem);
    assert_true(n_signals <= HARNESS_SIGNALS);
    sink_init(&all, mem, LIMIT_BUNDLE_BYTES);
    for (size_t i = 0; i < n_signals; i++) {
        size_t at = all.n;
        seal_one(n, &signals[i], &all, out->id[i]);
        envelope[i] = slice_of(mem + at, all.n - at);
    }
    out->n = n_signals;
    sink_init(&sink, out->mem, sizeof out->mem);
    ok(bundle_encode(&sink, n->partner->card.id, envelope, n_signals,
        out->id[0], n->partner->secret.sign));
    out->bytes = sink_done(&sink);
    free(mem);
}

void
harness_push(struct harness_node *n, const struct harness_bundle *b)
{
    struct command c = {.type = COMMAND_PUSH, .number = 7, .bytes = b->bytes};

    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
}

struct receipt *
harness_receipt(struct harness_node *n)
{
    struct command c;
    struct receipt *r = NULL;
    struct checkpoint_vkey vkey;
    struct diag diag;

    if (!harness_take(n, COMMAND_RECEIPT, &c))
        return NULL;
    checkpoint_vkey_make(
        &vkey, CHECKPOINT_ED25519, HARNESS_ORIGIN, &n->h->log_key);
    ok(receipt_decode(&r, c.bytes, &diag));
    ok(receipt_verify(r, &vkey, &diag));
    return r;
}

enum entry_code
harness_code(struct harness_node *n, const struct harness_signal *s)
{
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct entry e;
    struct diag diag;

    assert_non_null(b);
    harness_seal(n, b, s, 1);
    harness_push(n, b);
    struct receipt *r = harness_receipt(n);
    assert_non_null(r);
    ok(entry_decode(&e, r->entry[0], &diag));
    enum entry_code code = ENTRY_CODE_NONE;
    if (e.kind == ENTRY_REFUSED)
        code = e.u.refused.code;
    else
        assert_int_equal(e.kind, ENTRY_ACCEPTED);
    receipt_destroy(&r);
    free(b);
    return code;
}

/* --- shares --- */

static bool
opens(struct harness_node *n, const struct bundle_statement *st,
    const struct share *s, const struct entry_share *e)
{
    struct harness *h = n->h;
    uint8_t mem[FIELD_CIPHERTEXT_MAX];
    struct slice value;
    struct wrap w;
    struct wrap_agreed agreed = {.is_set = false};
    struct wrap_keys keys = {
        .secret = agreed.secret, .seal = &n->partner->card.seal};
    char sender[LIMIT_NAME + 1];

    ok(slice_to_str(e->sender, sender, sizeof sender));
    if (bundle_verify(st, &harness_find(h, sender)->card.sign) != DHK_OK ||
        share_check(s) != DHK_OK ||
        memcmp(st->ids.p + 32 * s->position, s->header.id, 32) != 0 ||
        wrap_agree(&agreed, n->partner->secret.seal, &s->header.ephemeral) !=
            DHK_OK ||
        wrap_open(&w, &s->header, &s->recipient, &keys) != DHK_OK)
        return false;
    for (size_t i = 0; i < s->fields_n; i++) {
        if (field_open(&value, mem, &s->header, &s->field[i],
                w.key[s->field[i].i]) != DHK_OK ||
            !slice_equal(value, slice_str("een waarde")))
            return false;
    }
    return (share_fields(s) & ~w.fields) == 0 && share_fields(s) == e->fields;
}

/* The approvals that came with S, whose entry is E. */
static size_t
approvals_of(const struct share *s, const struct entry_share *e)
{
    static struct entry x;
    struct statement said;

    assert_int_equal(s->has_release, e->pending);
    if (!s->has_release)
        return 0;
    ok(entry_decode(&x, s->released, NULL));
    assert_int_equal(x.kind, ENTRY_RELEASED);
    assert_int_equal(x.u.released.share, s->index);
    assert_int_equal(x.u.released.n, s->stated_n);
    for (size_t i = 0; i < s->stated_n; i++) {
        ok(entry_decode(&x, s->stated[i], NULL));
        assert_int_equal(x.kind, ENTRY_STATED);
        ok(statement_from_body(
            &said, x.u.stated.body, x.u.stated.signature, NULL));
        assert_int_equal(said.what, ACT_APPROVE);
        assert_int_equal(said.about, s->index);
    }
    return s->stated_n;
}

static void
read_share(struct harness_node *n, const struct bundle_statement *st,
    struct slice bytes, struct harness_share *out)
{
    struct share *s = calloc(1, sizeof *s);
    struct entry e;
    struct diag diag;

    assert_non_null(s);
    memset(out, 0, sizeof *out);
    ok(share_decode(s, bytes, &diag));
    ok(entry_decode(&e, s->entry, &diag));
    assert_int_equal(e.kind, ENTRY_SHARE);
    out->index = s->index;
    merkle_leaf(out->leaf, s->entry);
    memcpy(out->id, s->header.id, 32);
    out->fields = share_fields(s);
    for (size_t i = 0; i < s->attributes_n; i++)
        out->attributes |= UINT32_C(1) << s->attribute[i].k;
    ok(slice_to_str(e.u.share.sender, out->sender, sizeof out->sender));
    out->approvals = approvals_of(s, &e.u.share);
    out->opens = opens(n, st, s, &e.u.share);
    free(s);
}

size_t
harness_shares(struct harness_node *n, struct harness_share *out, size_t max)
{
    struct command c;
    struct delivery d;
    struct bundle_statement st;
    struct slice bytes;
    struct diag diag;
    const uint64_t zero[COMMAND_CLASSES] = {0, 0};
    size_t found = 0;

    while (harness_take(n, COMMAND_DELIVER, &c)) {
        ok(delivery_decode(&d, c.bytes, &diag));
        if (found == 0)
            memcpy(n->from, c.from, sizeof c.from);
        else if (memcmp(c.from, zero, sizeof zero) != 0)
            assert_memory_equal(c.from, n->to, sizeof c.from);
        memcpy(n->to, c.to, sizeof c.to);
        while (delivery_group_next(&d, &st)) {
            while (delivery_share_next(&d, &bytes)) {
                assert_true(found < max);
                read_share(n, &st, bytes, &out[found++]);
            }
        }
    }
    return found;
}

void
harness_answer(struct harness_node *n, const struct harness_share *shares,
    size_t count, enum answer_outcome outcome)
{
    struct answer *a = calloc(1, sizeof *a);
    uint8_t mem[4096];
    struct sink out;
    struct command c = {.type = COMMAND_ANSWER, .number = 9};

    assert_non_null(a);
    a->origin = slice_str(HARNESS_ORIGIN);
    a->sender = slice_str(shares[0].sender);
    memcpy(a->card, n->partner->card.id, CARD_ID);
    for (size_t i = 0; i < count; i++) {
        memcpy(a->item[i].entry_hash, shares[i].leaf, 32);
        a->item[i].outcome = outcome;
    }
    a->items_n = count;
    sink_init(&out, mem, sizeof mem);
    ok(answer_issue(&out, a, n->partner->secret.sign));
    struct slice list = sink_done(&out);
    harness_send_command(n, &c, &list, 1);
    harness_batch(n->h);
    free(a);
}
