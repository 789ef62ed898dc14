/* SPDX-License-Identifier: EUPL-1.2
 *
 * Makes what ledger_course.h says. */
#include "ledger_course.h"

#include <stdlib.h>
#include <string.h>

#include "../proto/sshsig_make.h"
#include "agreement.h"
#include "answer.h"
#include "card.h"
#include "compiled_hash.h"
#include "merkle.h"
#include "pack.h"

#define ORIGIN "ledger.example.org/1"
enum { WEIGHERS = 3, TEXT = 4096, SHARES = 64, HOUR = 3600 };

static const char agreement_text[] =
    "convenant proef version 1 valid 2026-01-01 until 2036-01-01\n"
    "  timezone \"Europe/Amsterdam\" signed by burger, agent, jurist;\n"
    "party burger, agent, jurist, college, hulp;\n"
    "purpose doel \"Doel\";\n"
    "ground wet \"Wet\";\n"
    "attribute bevoegd-gezag-akkoord : yes-no by broker;\n"
    "attribute aangewezen : yes-no by broker;\n"
    "attribute embargo : yes-no by broker closed;\n"
    "attribute derdenregel : choice afwezig, van-kracht, opgeheven by broker;\n"
    "signal bijdrage with fields feit, raad attributes aangewezen, embargo;\n"
    "signal vraag with fields feit attributes bevoegd-gezag-akkoord;\n"
    "signal advies with fields feit attributes derdenregel;\n"
    "signal bericht with fields feit;\n"
    "permit P1 \"Leden\": from agent to college, hulp signal bijdrage\n"
    "  for doel on wet when aangewezen is yes unless embargo is yes\n"
    "  share feit;\n"
    "permit P2 \"Na akkoord\": from jurist to hulp signal bericht\n"
    "  for doel on wet share feit oblige approval by 2 of burger, agent;\n"
    "permit P3 \"Na instemming\": from jurist to college signal vraag\n"
    "  for doel on wet when bevoegd-gezag-akkoord is yes share feit\n"
    "  oblige approval by 1 of burger, agent;\n"
    "permit P4 \"Opgeheven\": from agent to college signal advies\n"
    "  for doel on wet when derdenregel is opgeheven share feit;\n"
    "permit P6 \"Raad\": from agent to jurist signal bijdrage\n"
    "  for doel on wet share feit, raad;\n"
    "permit P5 \"Een derde\": from jurist to agent signal bericht\n"
    "  for doel on wet share feit oblige approval by 1;\n";

static const char *const names[LEDGER_PARTIES] = {
    "burger", "agent", "jurist", "college", "hulp"};

struct owner {
    struct sign_secret *identity, *signer; /* signer: of texts, a weigher's */
    struct sign_public identity_pk, signer_pk;
    struct card card;
    struct card_secret secret;
    uint8_t bytes[LIMIT_CARD];
    size_t n;
    uint64_t last, seq; /* accepted entry of its card; 0: none */
};
struct put { /* a share that was put */
    uint64_t index;
    uint8_t leaf[32];
    int from, to;
};
struct pair {
    uint64_t nth, last;
};
struct ledger_course {
    bool partial;
    struct ledger_made made;
    struct sign_secret *log;
    struct sign_public log_pk;
    struct owner owner[LEDGER_PARTIES];
    char roster[TEXT];
    struct ledgerfile *file;
    FILE *stream;
    char *mem;
    size_t mem_n;
    struct merkle_frontier tree;
    uint64_t time;
    struct entry entry;
    uint8_t case_handle[16];
    enum ledger_lie lie;
    struct put put[SHARES];
    size_t put_n;
    struct pair pair[LEDGER_PARTIES][LEDGER_PARTIES];
};

static void
ok(enum dhk_err rc)
{
    assert_int_equal(rc, DHK_OK);
}

static struct entry *
fresh(struct ledger_course *c, enum entry_kind kind)
{
    memset(&c->entry, 0, sizeof c->entry);
    c->entry.kind = kind;
    c->entry.time = c->time += 1000;
    key_random(c->entry.random, sizeof c->entry.random);
    return &c->entry;
}

static uint64_t
put(struct ledger_course *c, uint8_t leaf[32])
{
    uint8_t bytes[LIMIT_ENTRY];
    struct sink s;
    struct ledgerfile_record r = {
        .type = LEDGERFILE_ENTRY, .index = c->tree.size};

    sink_init(&s, bytes, sizeof bytes);
    ok(entry_encode(&s, &c->entry));
    r.entry = sink_done(&s);
    merkle_leaf(r.leaf, r.entry);
    ok(ledgerfile_write(c->file, &r));
    ok(merkle_frontier_append(&c->tree, r.leaf, NULL));
    if (leaf != NULL)
        memcpy(leaf, r.leaf, 32);
    return r.index;
}

/* --- who takes part, and by what --- */

static void
make_owner(struct owner *o, int i)
{
    struct sink s;

    ok(key_sign_new(&o->identity, &o->identity_pk));
    ok(key_sign_new(&o->signer, &o->signer_pk));
    ok(card_secret_new(&o->secret, &o->card));
    strcpy(o->card.partner, names[i]);
    o->card.serial = 1;
    o->card.from = LEDGER_NOW - 60;
    o->card.until = LEDGER_NOW + 10 * 86400;
    o->card.receives = true;
    sink_init(&s, o->bytes, sizeof o->bytes);
    ok(card_issue(&s, &o->card, o->identity));
    o->n = s.n;
}

static void
make_roster(struct ledger_course *c)
{
    struct checkpoint_vkey vkey;
    char vkey_text[KEY_VKEY_MAX], curve[KEY_B64], key[KEY_B64];
    uint8_t dh[32] = {9};
    int n;

    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, ORIGIN, &c->log_pk);
    checkpoint_vkey_text(vkey_text, &vkey);
    key_base64(curve, sizeof curve, dh, 32);
    n = snprintf(c->roster, sizeof c->roster,
        "roster proef\nversion 1\nvalid 2026-01-01 until 2036-01-01\n"
        "signed-by burger agent jurist\nledger %s log %s curve %s\n",
        ORIGIN, vkey_text, curve);
    for (size_t p = 0; p < LEDGER_PARTIES; p++) {
        key_base64(key, sizeof key, c->owner[p].identity_pk.b, 32);
        n += snprintf(c->roster + n, sizeof c->roster - (size_t)n,
            "partner %s role partner key %s valid 2026-01-01 until "
            "2036-01-01\n",
            names[p], key);
    }
    (void)snprintf(c->roster + n, sizeof c->roster - (size_t)n,
        "cosigner agent\nquorum 1\n");
}

static void
make_signers(struct ledger_course *c)
{
    struct sink s;

    sink_init(&s, c->made.signers, sizeof c->made.signers - 1);
    for (int i = 0; i < WEIGHERS; i++) {
        struct make how = {
            .sk = c->owner[i].signer, .pk = &c->owner[i].signer_pk};
        make_signer(&s, names[i], "", &how);
    }
    c->made.signers[s.n] = '\0';
}

static void
put_text(struct ledger_course *c, enum ledgerfile_type type, const char *text)
{
    uint8_t blob[512], armor[WEIGHERS][2048];
    struct ledgerfile_record r = {
        .type = type, .text = slice_str(text), .sigs_n = WEIGHERS};

    for (int i = 0; i < WEIGHERS; i++) {
        struct make how = {.sk = c->owner[i].signer,
            .pk = &c->owner[i].signer_pk,
            .namespace_ = type == LEDGERFILE_ROSTER ? "driehoek-roster" : NULL};
        strcpy(r.sig[i].name, names[i]);
        r.sig[i].armor =
            make_armor(armor[i], make_blob(blob, &how, slice_str(text)));
    }
    ok(ledgerfile_write(c->file, &r));
}

static void
compiled_of(uint8_t out[COMPILED_HASH], const char *text)
{
    struct findings *findings = calloc(1, sizeof *findings);
    struct agreement *a = NULL;

    assert_non_null(findings);
    if (agreement_load(&a, slice_str(text), findings) != DHK_OK)
        fail_msg("line %u: %s", findings->list[0].line, findings->list[0].text);
    ok(compiled_hash(out, a, seal_sha256));
    agreement_destroy(&a);
    free(findings);
}

static void
put_in_force(struct ledger_course *c, enum entry_kind kind, const char *text)
{
    char fingerprint[WEIGHERS][SSHSIG_FINGERPRINT], base64[KEY_B64];
    bool roster = kind == ENTRY_ROSTER;
    struct entry_text *t = &fresh(c, kind)->u.text;

    put_text(c, roster ? LEDGERFILE_ROSTER : LEDGERFILE_AGREEMENT, text);
    seal_sha256(t->sha256, slice_str(text));
    if (!roster)
        compiled_of(t->compiled, text);
    t->version = 1;
    t->name = slice_str("proef");
    for (int i = 0; i < WEIGHERS; i++) {
        struct make how = {.pk = &c->owner[i].signer_pk};
        uint8_t mem[256], hash[32];
        seal_sha256(hash, make_key(mem, &how));
        key_base64(base64, sizeof base64, hash, sizeof hash);
        (void)snprintf(fingerprint[i], sizeof fingerprint[i], "SHA256:%.43s",
            base64); /* without the padding */
        t->signer[t->signers_n++] = (struct entry_signer){
            slice_str(names[i]), slice_str(fingerprint[i])};
    }
    (void)put(c, NULL);
}

struct ledger_course *
ledger_course_new(bool partial)
{
    struct ledger_course *c = calloc(1, sizeof *c);
    struct ledgerfile_record origin = {.type = LEDGERFILE_ORIGIN,
        .origin = slice_str(ORIGIN),
        .complete = !partial};

    assert_non_null(c);
    c->partial = partial;
    c->time = (uint64_t)LEDGER_NOW * 1000;
    ok(key_sign_new(&c->log, &c->log_pk));
    for (int i = 0; i < LEDGER_PARTIES; i++)
        make_owner(&c->owner[i], i);
    make_roster(c);
    make_signers(c);
    key_random(c->case_handle, sizeof c->case_handle);
    c->stream = open_memstream(&c->mem, &c->mem_n);
    assert_non_null(c->stream);
    ok(ledgerfile_create(&c->file, c->stream));
    ok(ledgerfile_write(c->file, &origin));
    struct entry_genesis *g = &fresh(c, ENTRY_GENESIS)->u.genesis;
    g->origin = slice_str(ORIGIN);
    g->log_key = c->log_pk;
    (void)put(c, NULL);
    put_in_force(c, ENTRY_ROSTER, c->roster);
    put_in_force(c, ENTRY_AGREEMENT, agreement_text);
    for (int i = 0; i < LEDGER_PARTIES; i++) {
        fresh(c, ENTRY_CARD)->u.card.card =
            slice_of(c->owner[i].bytes, c->owner[i].n);
        (void)put(c, NULL);
    }
    return c;
}

static void
put_note(struct ledger_course *c)
{
    uint8_t note[1024];
    struct sink s;
    struct checkpoint *cp = &c->made.head;
    struct ledgerfile_record r = {.type = LEDGERFILE_CHECKPOINT};

    strcpy(cp->origin, ORIGIN);
    cp->size = c->tree.size;
    merkle_frontier_root(cp->root, &c->tree);
    sink_init(&s, note, sizeof note);
    ok(checkpoint_sign(&s, cp, c->log, &c->log_pk));
    r.note = sink_done(&s);
    ok(ledgerfile_write(c->file, &r));
}

void
ledger_course_end(struct ledger_course **out, struct ledger_made *made)
{
    struct ledger_course *c = *out;

    put_note(c);
    ok(ledgerfile_finish(c->file));
    (void)fclose(c->stream);
    *made = c->made;
    made->bytes = (uint8_t *)c->mem;
    made->n = c->mem_n;
    made->entries = (size_t)c->tree.size;
    ledgerfile_destroy(&c->file);
    for (int i = 0; i < LEDGER_PARTIES; i++) {
        key_sign_destroy(&c->owner[i].identity);
        key_sign_destroy(&c->owner[i].signer);
        card_secret_destroy(&c->owner[i].secret);
    }
    key_sign_destroy(&c->log);
    free(c);
    *out = NULL;
}

/* --- what is stated --- */

void
ledger_lie(struct ledger_course *c, enum ledger_lie lie)
{
    c->lie = lie;
}

void
ledger_later(struct ledger_course *c, uint64_t seconds)
{
    c->time += seconds * 1000;
}

void
ledger_other_case(struct ledger_course *c)
{
    key_random(c->case_handle, sizeof c->case_handle);
}

static void
put_role(struct ledger_course *c, struct entry_stated *e, int who)
{
    e->as = who < WEIGHERS ? ACT_BY_PARTY | ACT_BY_WEIGHER : ACT_BY_PARTY;
    e->of = WEIGHERS;
    seal_sha256(e->agreement, slice_str(agreement_text));
    if (c->lie == LIE_AS)
        e->as = ACT_BY_PARTY | ACT_BY_WEIGHER;
    if (c->lie == LIE_OF)
        e->of = 1;
    if (c->lie == LIE_AGREEMENT)
        e->agreement[0] ^= 1;
}

uint64_t
ledger_state(struct ledger_course *c, int who, const struct statement *what)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct statement said = *what, signed_;
    struct owner *o = &c->owner[who];
    struct sink s;

    if (c->lie == LIE_CARD_TIME)
        c->time = ((uint64_t)o->card.until + HOUR) * 1000;
    said.origin = slice_str(ORIGIN);
    said.made = (int64_t)(c->time / 1000);
    memcpy(said.card, o->card.id, sizeof said.card);
    memcpy(said.case_handle, c->case_handle, sizeof said.case_handle);
    if (said.until == 0 && act_longest(said.what) != 0)
        said.until = LEDGER_NOW + LEDGER_TERM; /* all alike */
    sink_init(&s, mem, sizeof mem);
    ok(statement_issue(
        &s, &said, c->lie == LIE_SIGNATURE ? c->log : o->secret.sign));
    ok(statement_decode(&signed_, sink_done(&s), NULL));
    struct entry_stated *e = &fresh(c, ENTRY_STATED)->u.stated;
    e->partner = slice_str(names[who]);
    e->body = signed_.body;
    memcpy(e->signature, signed_.signature, sizeof e->signature);
    put_role(c, e, who);
    c->lie = LIE_NONE;
    return put(c, NULL);
}

uint64_t
ledger_act(struct ledger_course *c, int who, enum act what, unsigned code)
{
    const struct statement said = {
        .what = what, .code = code, .has_ref = what == ACT_VOTE};

    return ledger_state(c, who, &said);
}

void
ledger_judge(struct ledger_course *c)
{
    (void)ledger_act(c, COLLEGE, ACT_REPORT, 0);
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    (void)ledger_act(c, BURGER, ACT_WEIGH, 0);
    for (int who = 0; who < WEIGHERS; who++)
        (void)ledger_act(c, who, ACT_VOTE, 1);
}

void
ledger_designate(struct ledger_course *c, int who)
{
    const struct statement said = {
        .what = ACT_DESIGNATE, .code = 1, .partner = slice_str(names[who])};

    for (int by = 0; by < WEIGHERS; by++)
        (void)ledger_state(c, by, &said);
}

/* --- what is shared --- */

static void
put_accepted(struct ledger_course *c, struct ledger_share *s, size_t classes)
{
    static const uint8_t unknown[8];
    struct owner *o = &c->owner[s->from];
    struct entry_accepted *a = &fresh(c, ENTRY_ACCEPTED)->u.accepted;

    key_random(s->id, sizeof s->id);
    a->sender = slice_str(names[s->from]);
    memcpy(a->card, o->card.id, 32);
    seal_sha256(a->agreement, slice_str(agreement_text));
    a->ids = slice_of(s->id, 32);
    struct slice parts[2] = {slice_of(a->card, 32), a->ids};
    seal_sign(a->signature, "driehoek/v1/bundle", parts, 2, o->secret.sign);
    a->kind[0] = slice_str(s->kind);
    a->kinds_n = 1;
    a->mark[0] = (struct entry_mark){
        .presence = 3, .seq = ++o->seq, .classes = slice_of(unknown, classes)};
    if (strcmp(s->kind, "bijdrage") != 0)
        a->mark[0].presence = 1;
    a->n = 1;
    a->before = o->last;
    o->last = put(c, NULL);
}

static struct slice
fact_value(uint8_t mem[64], const char *value)
{
    struct sink s;

    sink_init(&s, mem, 64);
    if (value == NULL)
        pack_nil(&s);
    else if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
        pack_bool(&s, value[0] == 'y');
    else
        pack_cstr(&s, value);
    return sink_done(&s);
}

static void
fill_share(struct entry_share *e, const struct ledger_share *s)
{
    e->sender = slice_str(names[s->from]);
    e->recipient = slice_str(names[s->to]);
    memcpy(e->id, s->id, 32);
    e->kind = slice_str(s->kind);
    e->purpose = slice_str("doel");
    e->ground = slice_str("wet");
    seal_sha256(e->agreement, slice_str(agreement_text));
    e->fields = e->wrapped = s->fields == 0 ? 1 : s->fields;
    e->rule[0] = slice_str(s->rule);
    e->rules_n = 1;
    e->pending = s->count != 0 && !s->at_once;
    if (s->count != 0) {
        struct entry_approval *x = &e->duties.approval[0];
        e->duties.approvals_n = 1;
        x->count = (uint16_t)s->count;
        for (size_t i = 0; i < s->of_n; i++)
            x->of[x->of_n++] = slice_str(names[s->of[i]]);
    }
}

uint64_t
ledger_put_share(struct ledger_course *c, struct ledger_share *s)
{
    static uint8_t mem[4][64];
    struct pair *pair = &c->pair[s->from][s->to];
    struct put *p = &c->put[c->put_n++];

    assert_true(c->put_n <= SHARES);
    put_accepted(c, s,
        strcmp(s->kind, "bijdrage") == 0  ? 2
        : strcmp(s->kind, "bericht") == 0 ? 0
                                          : 1);
    struct entry_share *e = &fresh(c, ENTRY_SHARE)->u.share;
    fill_share(e, s);
    e->accepted = c->tree.size - 1;
    memcpy(e->card, c->owner[s->to].card.id, 32);
    memcpy(e->case_handle, c->case_handle, sizeof e->case_handle);
    e->expires = LEDGER_NOW + 86400;
    for (; e->facts_n < 4 && s->fact[e->facts_n].name != NULL; e->facts_n++)
        e->fact[e->facts_n] =
            (struct entry_fact){slice_str(s->fact[e->facts_n].name),
                fact_value(mem[e->facts_n], s->fact[e->facts_n].value)};
    e->nth = ++pair->nth;
    e->before = pair->last;
    *p = (struct put){.from = s->from, .to = s->to};
    p->index = pair->last = put(c, p->leaf);
    return p->index;
}

void
ledger_take_share(struct ledger_course *c, uint64_t share)
{
    uint8_t mem[4096];
    struct sink s;
    struct answer *a = calloc(1, sizeof *a);
    struct answer *signed_ = calloc(1, sizeof *signed_);
    const struct put *p = c->put;

    while (p->index != share)
        p++;
    assert_true(a != NULL && signed_ != NULL);
    a->origin = slice_str(ORIGIN);
    a->sender = slice_str(names[p->from]);
    memcpy(a->card, c->owner[p->to].card.id, 32);
    memcpy(a->item[0].entry_hash, p->leaf, 32);
    a->item[0].outcome = ANSWER_TAKEN;
    a->items_n = 1;
    sink_init(&s, mem, sizeof mem);
    ok(answer_issue(&s, a, c->owner[p->to].secret.sign));
    ok(answer_decode(signed_, sink_done(&s), NULL));
    struct entry_delivered *d = &fresh(c, ENTRY_DELIVERED)->u.delivered;
    d->recipient = slice_str(names[p->to]);
    d->body = signed_->body;
    memcpy(d->signature, signed_->signature, sizeof d->signature);
    d->index[0] = share;
    d->n = 1;
    (void)put(c, NULL);
    free(a);
    free(signed_);
}

void
ledger_release(
    struct ledger_course *c, uint64_t share, const uint64_t *stated, size_t n)
{
    struct entry_released *r = &fresh(c, ENTRY_RELEASED)->u.released;

    r->share = share;
    r->n = n;
    memcpy(r->index, stated, n * sizeof *stated);
    (void)put(c, NULL);
}

void
ledger_return(struct ledger_course *c, uint64_t share, enum entry_code code)
{
    struct entry_returned *r = &fresh(c, ENTRY_RETURNED)->u.returned;

    r->index = share;
    r->code = code;
    seal_sha256(r->agreement, slice_str(agreement_text));
    (void)put(c, NULL);
}

void
ledger_expire(struct ledger_course *c, uint64_t share)
{
    c->time = ((uint64_t)LEDGER_NOW + 2 * 86400) * 1000;
    struct entry_expired *x = &fresh(c, ENTRY_EXPIRED)->u.expired;

    x->index[0] = share;
    x->n = 1;
    (void)put(c, NULL);
}
