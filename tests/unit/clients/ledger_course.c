/* SPDX-License-Identifier: EUPL-1.2
 *
 * Makes what ledger_course.h says. */
#include "ledger_courser.h"

#include <stdlib.h>
#include <string.h>

#include "../proto/sshsig_make.h"
#include "agreement.h"
#include "compiled_hash.h"

enum { HOUR = 3600 };

const char ledger_course_text[] =
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

const char *const ledger_course_names[LEDGER_PARTIES] = {
    "burger", "agent", "jurist", "college", "hulp"};

struct entry *
ledger_course_fresh(struct ledger_course *c, enum entry_kind kind)
{
    memset(&c->entry, 0, sizeof c->entry);
    c->entry.kind = kind;
    c->entry.time = c->time += 1000;
    key_random(c->entry.random, sizeof c->entry.random);
    return &c->entry;
}

uint64_t
ledger_course_put(struct ledger_course *c, uint8_t leaf[32])
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
    strcpy(o->card.partner, ledger_course_names[i]);
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
            ledger_course_names[p], key);
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
        make_signer(&s, ledger_course_names[i], "", &how);
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
        strcpy(r.sig[i].name, ledger_course_names[i]);
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
    struct entry_text *t = &ledger_course_fresh(c, kind)->u.text;

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
            slice_str(ledger_course_names[i]), slice_str(fingerprint[i])};
    }
    (void)ledger_course_put(c, NULL);
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
    struct entry_genesis *g = &ledger_course_fresh(c, ENTRY_GENESIS)->u.genesis;
    g->origin = slice_str(ORIGIN);
    g->log_key = c->log_pk;
    (void)ledger_course_put(c, NULL);
    put_in_force(c, ENTRY_ROSTER, c->roster);
    put_in_force(c, ENTRY_AGREEMENT, ledger_course_text);
    for (int i = 0; i < LEDGER_PARTIES; i++) {
        ledger_course_fresh(c, ENTRY_CARD)->u.card.card =
            slice_of(c->owner[i].bytes, c->owner[i].n);
        (void)ledger_course_put(c, NULL);
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
ledger_case(struct ledger_course *c, uint32_t number)
{
    memset(c->case_handle, 0x5a, sizeof c->case_handle);
    bytes_put_u32(c->case_handle, number);
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
    seal_sha256(e->agreement, slice_str(ledger_course_text));
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
    struct entry_stated *e = &ledger_course_fresh(c, ENTRY_STATED)->u.stated;
    e->partner = slice_str(ledger_course_names[who]);
    e->body = signed_.body;
    memcpy(e->signature, signed_.signature, sizeof e->signature);
    put_role(c, e, who);
    c->lie = LIE_NONE;
    return ledger_course_put(c, NULL);
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
    const struct statement said = {.what = ACT_DESIGNATE,
        .code = 1,
        .partner = slice_str(ledger_course_names[who])};

    for (int by = 0; by < WEIGHERS; by++)
        (void)ledger_state(c, by, &said);
}
