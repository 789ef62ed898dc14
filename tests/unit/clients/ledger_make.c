/* SPDX-License-Identifier: EUPL-1.2
 *
 * Makes what ledger_make.h says. */
#include "ledger_maker.h"

#include <stdlib.h>
#include <string.h>

#include "../proto/sshsig_make.h"
#include "agreement.h"
#include "answer.h"
#include "compiled_hash.h"
#include "query.h"
#include "withdrawal.h"

static const char agreement_text[] =
    "convenant proef version 1 valid 2026-01-01 until 2036-01-01\n"
    "  timezone \"Europe/Amsterdam\" signed by om;\n"
    "party om, politie, gemeente;\n"
    "purpose orde \"Orde\";\n"
    "ground wet \"Wet\";\n"
    "signal signaal with fields naam, feit, bron;\n"
    "permit P1 \"Mag\": from politie to gemeente signal signaal\n"
    "  for orde on wet share naam, feit;\n"
    "expect permit by P1: from politie to gemeente signal signaal for orde\n"
    "  on wet shares exactly naam, feit;\n";

/* --- keys and texts --------------------------------------------------------
 */

static void
make_parties(struct maker *m)
{
    static const char *const names[PARTIES] = {
        "politie", "gemeente", "toezicht"};
    for (size_t i = 0; i < PARTIES; i++) {
        struct party *p = &m->party[i];
        struct sink s;
        p->name = names[i];
        ok(key_sign_new(&p->identity, &p->identity_pk));
        ok(card_secret_new(&p->secret, &p->card));
        strcpy(p->card.partner, names[i]);
        p->card.serial = 1;
        p->card.from = LEDGER_NOW - 60;
        p->card.until = LEDGER_NOW + 86400;
        p->card.receives = true;
        bool forged = m->fault == LEDGER_CARD_SIGNATURE && i == GEMEENTE;
        sink_init(&s, p->bytes, sizeof p->bytes);
        ok(card_issue(&s, &p->card, forged ? m->stranger : p->identity));
        p->n = s.n;
    }
}

/* Version I + 1; the second gives gemeente another identity key. */
static void
make_roster(struct maker *m, size_t i)
{
    char hex[65] = "";
    uint8_t before[32];
    struct checkpoint_vkey vkey;
    char vkey_text[KEY_VKEY_MAX];
    char curve[KEY_B64];
    char key[KEY_B64];
    uint8_t dh[32] = {9};
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, ORIGIN, &m->log_pk);
    checkpoint_vkey_text(vkey_text, &vkey);
    key_base64(curve, sizeof curve, dh, 32);
    if (i > 0) {
        seal_sha256(before, slice_str(m->roster[i - 1]));
        bytes_hex(hex, before, sizeof before);
    }
    char *text = m->roster[i];
    int n = snprintf(text, sizeof m->roster[i],
        "roster proef\nversion %zu\nvalid 2026-01-01 until 2036-01-01\n"
        "%s%s%ssigned-by om\nledger %s log %s curve %s\n",
        i + 1, i > 0 ? "supersedes sha256:" : "", hex, i > 0 ? "\n" : "",
        ORIGIN, vkey_text, curve);
    for (size_t p = 0; p < PARTIES; p++) {
        key_base64(key, sizeof key, m->party[p].identity_pk.b, 32);
        n += snprintf(text + n, sizeof m->roster[i] - (size_t)n,
            "partner %s role %s key %s valid 2026-01-01 until 2036-01-01\n",
            m->party[p].name, p == TOEZICHT ? "auditor" : "partner", key);
    }
    (void)snprintf(text + n, sizeof m->roster[i] - (size_t)n,
        "cosigner politie\nquorum 1\n");
}

static void
make_signers(struct maker *m)
{
    struct make how = {.sk = m->om, .pk = &m->om_pk};
    struct sink s;
    sink_init(&s, m->out->signers, sizeof m->out->signers - 1);
    make_signer(&s, "om", "", &how);
    ledger_put_revokers(m, &s);
    m->out->signers[s.n] = '\0';
}

static void
put_text(struct maker *m, enum ledgerfile_type type, const char *text)
{
    bool roster = type == LEDGERFILE_ROSTER;
    bool forged = roster && m->fault == LEDGER_UNSIGNED_ROSTER;
    struct make how = {.sk = forged ? m->stranger : m->om,
        .pk = forged ? &m->stranger_pk : &m->om_pk,
        .namespace_ = roster ? "driehoek-roster" : NULL};
    uint8_t blob[512];
    uint8_t armor[2048];
    struct ledgerfile_record r = {
        .type = type, .text = slice_str(text), .sigs_n = 1};
    strcpy(r.sig[0].name, "om");
    r.sig[0].armor = make_armor(armor, make_blob(blob, &how, slice_str(text)));
    ok(ledgerfile_write(m->file, &r));
}

/* --- entries -----------------------------------------------------------------
 */

struct entry *
ledger_fresh(struct maker *m, enum entry_kind kind)
{
    memset(&m->entry, 0, sizeof m->entry);
    m->entry.kind = kind;
    m->entry.time = m->time += 1000;
    key_random(m->entry.random, sizeof m->entry.random);
    return &m->entry;
}

uint64_t
ledger_put(struct maker *m, uint8_t leaf[32])
{
    uint8_t bytes[LIMIT_ENTRY];
    struct sink s;
    struct ledgerfile_record r = {
        .type = LEDGERFILE_ENTRY, .index = m->tree.size};
    sink_init(&s, bytes, sizeof bytes);
    ok(entry_encode(&s, &m->entry));
    r.entry = sink_done(&s);
    merkle_leaf(r.leaf, r.entry);
    (void)fflush(m->stream);
    m->out->start[r.index] = m->mem_n;
    ok(ledgerfile_write(m->file, &r));
    (void)fflush(m->stream);
    m->out->end[r.index] = m->mem_n;
    ok(merkle_frontier_append(&m->tree, r.leaf, NULL));
    if (leaf != NULL)
        memcpy(leaf, r.leaf, 32);
    m->out->entries = (size_t)m->tree.size;
    return r.index;
}

/* A partial file has one, which needs no proof: every entry is there. */
static void
put_note(struct maker *m, bool last)
{
    uint8_t note[1024];
    struct sink s;
    struct checkpoint *cp = &m->out->head;
    bool forged = m->fault == LEDGER_OTHER_LOG_KEY;
    struct ledgerfile_record r = {.type = LEDGERFILE_CHECKPOINT};
    if (m->partial && !last)
        return;
    strcpy(cp->origin, ORIGIN);
    cp->size = m->tree.size;
    merkle_frontier_root(cp->root, &m->tree);
    sink_init(&s, note, sizeof note);
    ok(checkpoint_sign(&s, cp, forged ? m->stranger : m->log,
        forged ? &m->stranger_pk : &m->log_pk));
    r.note = sink_done(&s);
    ok(ledgerfile_write(m->file, &r));
    m->out->note_sizes[m->out->notes_n++] = cp->size;
}

static struct slice
fingerprint_of(char out[SSHSIG_FINGERPRINT], const struct sign_public *pk)
{
    struct make how = {.pk = pk};
    uint8_t mem[256];
    uint8_t hash[32];
    char base64[KEY_B64];
    seal_sha256(hash, make_key(mem, &how));
    key_base64(base64, sizeof base64, hash, sizeof hash);
    /* without the padding */
    (void)snprintf(out, SSHSIG_FINGERPRINT, "SHA256:%.43s", base64);
    return slice_str(out);
}

static void
compiled_of(uint8_t out[COMPILED_HASH], const char *text)
{
    struct findings *findings = calloc(1, sizeof *findings);
    struct agreement *a = NULL;
    assert_non_null(findings);
    ok(agreement_load(&a, slice_str(text), findings));
    ok(compiled_hash(out, a, seal_sha256));
    agreement_destroy(&a);
    free(findings);
}

void
ledger_put_in_force(struct maker *m, enum entry_kind kind, const char *text)
{
    char fingerprint[SSHSIG_FINGERPRINT];
    char other[SSHSIG_FINGERPRINT];
    const char *in_file = text;
    bool roster = kind == ENTRY_ROSTER;
    if (roster && m->fault == LEDGER_OTHER_TEXT)
        in_file = agreement_text;
    if (!roster || m->fault != LEDGER_NO_ROSTER_TEXT)
        put_text(m, roster ? LEDGERFILE_ROSTER : LEDGERFILE_AGREEMENT, in_file);
    struct entry_text *t = &ledger_fresh(m, kind)->u.text;
    seal_sha256(t->sha256, slice_str(text));
    if (!roster)
        compiled_of(t->compiled, text);
    if (m->fault == LEDGER_OTHER_MEANING)
        t->compiled[31] ^= 1;
    t->version = text == m->roster[1] ? 2 : 1;
    t->name = slice_str("proef");
    t->signer[0].principal = slice_str("om");
    t->signer[0].fingerprint = fingerprint_of(fingerprint, &m->om_pk);
    t->signers_n = 1;
    if (m->fault == LEDGER_OTHER_FINGERPRINT)
        t->signer[0].fingerprint = slice_str("SHA256:x");
    if (m->fault == LEDGER_CLAIMED_SIGNER && !roster)
        t->signer[t->signers_n++] = (struct entry_signer){
            slice_str("gast"), fingerprint_of(other, &m->guest_pk)};
    (void)ledger_put(m, NULL);
}

void
ledger_put_accepted(struct maker *m)
{
    struct party *from = &m->party[POLITIE];
    struct party *signer =
        &m->party[m->fault == LEDGER_SENDER_SIGNATURE ? GEMEENTE : POLITIE];
    if (m->fault == LEDGER_REVOKED_CARD)
        ledger_put_revoked_card(m);
    struct entry_accepted *a = &ledger_fresh(m, ENTRY_ACCEPTED)->u.accepted;
    key_random(m->ids, sizeof m->ids);
    a->sender =
        slice_str(m->fault == LEDGER_FOREIGN_CARD ? "gemeente" : "politie");
    memcpy(a->card, from->card.id, 32);
    seal_sha256(a->agreement, slice_str(agreement_text));
    a->ids = slice_of(m->ids, 32);
    struct slice parts[2] = {slice_of(a->card, 32), a->ids};
    seal_sign(
        a->signature, "driehoek/v1/bundle", parts, 2, signer->secret.sign);
    a->kind[0] = slice_str("signaal");
    a->kinds_n = 1;
    a->mark[0] = (struct entry_mark){.presence = 7, .seq = 1};
    if (m->fault == LEDGER_SHARE_PRESENCE)
        a->mark[0].presence = 1;
    a->n = 1;
    a->before = m->last;
    if (m->fault == LEDGER_LINK_BROKEN)
        a->before = 2;
    memcpy(m->accepted_random, m->entry.random, sizeof m->accepted_random);
    m->last = ledger_put(m, NULL);
}

static void
put_share(struct maker *m)
{
    struct entry_share *s = &ledger_fresh(m, ENTRY_SHARE)->u.share;
    uint64_t accepted = m->tree.size - 1;
    m->accepted_index = accepted;
    s->accepted = m->fault == LEDGER_SHARE_POINTS ? 0 : accepted;
    memcpy(s->id, m->ids, 32);
    if (m->fault == LEDGER_SHARE_ID)
        s->id[0] ^= 1;
    s->sender = slice_str("politie");
    s->recipient = slice_str("gemeente");
    memcpy(s->card, m->party[GEMEENTE].card.id, 32);
    s->kind = slice_str("signaal");
    s->purpose = slice_str("orde");
    s->ground = slice_str("wet");
    key_random(s->case_handle, sizeof s->case_handle);
    seal_sha256(s->agreement, slice_str(agreement_text));
    s->fields = m->fault == LEDGER_NOT_PERMITTED ? 7 : 3;
    s->wrapped = s->fields;
    s->rule[0] = slice_str(m->fault == LEDGER_OTHER_RULE ? "P2" : "P1");
    s->rules_n = 1;
    s->expires = LEDGER_NOW + 1000;
    memcpy(m->case_handle, s->case_handle, sizeof m->case_handle);
    s->covert = ledger_covert(m);
    s->nth = 1;
    if (m->fault == LEDGER_SHARE_SKIPPED) {
        s->nth = 2;
        s->before = 3;
    }
    m->share_index = ledger_put(m, m->share_leaf);
}

/* INDEX: of the share that the answer ends; 0: it had its end before. */
static void
put_delivered(struct maker *m, uint64_t index)
{
    uint8_t mem[4096];
    struct sink s;
    struct answer *a = calloc(1, sizeof *a);
    struct answer *signed_ = calloc(1, sizeof *signed_);
    struct party *to = &m->party[GEMEENTE];
    assert_true(a != NULL && signed_ != NULL);
    a->origin = slice_str(ORIGIN);
    a->sender = slice_str("politie");
    memcpy(a->card, to->card.id, 32);
    memcpy(a->item[0].entry_hash, m->share_leaf, 32);
    if (m->fault == LEDGER_ANSWER_HASH)
        a->item[0].entry_hash[31] ^= 1;
    a->item[0].outcome = m->outcome;
    a->items_n = 1;
    sink_init(&s, mem, sizeof mem);
    ok(answer_issue(&s, a,
        m->fault == LEDGER_ANSWER_SIGNATURE ? m->party[POLITIE].secret.sign
                                            : to->secret.sign));
    ok(answer_decode(signed_, sink_done(&s), NULL));
    struct entry_delivered *d = &ledger_fresh(m, ENTRY_DELIVERED)->u.delivered;
    d->recipient = slice_str("gemeente");
    d->body = signed_->body;
    memcpy(d->signature, signed_->signature, sizeof d->signature);
    d->index[0] = index;
    d->n = 1;
    (void)ledger_put(m, NULL);
    free(a);
    free(signed_);
}

/* The sender takes the signal back. */
static void
put_withdrawn(struct maker *m, bool notice)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct sink s;
    struct withdrawal signed_;
    struct withdrawal w = {.origin = slice_str(ORIGIN),
        .accepted = m->accepted_index,
        .reason = WITHDRAWAL_INCORRECT,
        .made = LEDGER_NOW};
    const struct party *signer =
        &m->party[m->fault == LEDGER_WITHDRAWAL_SIGNATURE ? GEMEENTE : POLITIE];
    memcpy(w.card, m->party[POLITIE].card.id, sizeof w.card);
    memcpy(w.signal, m->ids, sizeof w.signal);
    if (m->fault == LEDGER_WITHDRAWN_ELSEWHERE)
        w.origin = slice_str("ledger.example.org/2");
    if (m->fault == LEDGER_WITHDRAWN_ANOTHER)
        w.signal[0] ^= 1;
    if (m->fault == LEDGER_REPLACED_BY_NOTHING) {
        w.is_correction = true;
        w.replacement_accepted = m->accepted_index;
    }
    sink_init(&s, mem, sizeof mem);
    ok(withdrawal_issue(&s, &w, signer->secret.sign));
    ok(withdrawal_decode(&signed_, sink_done(&s), NULL));
    struct entry_withdrawn *e =
        &ledger_fresh(m, w.is_correction ? ENTRY_CORRECTED : ENTRY_WITHDRAWN)
             ->u.withdrawn;
    e->share = m->share_index;
    e->sender = slice_str("politie");
    e->recipient = slice_str("gemeente");
    e->notice = notice;
    e->body = signed_.body;
    memcpy(e->signature, signed_.signature, sizeof e->signature);
    uint64_t index = ledger_put(m, m->share_leaf);
    if (!notice)
        return;
    m->outcome =
        m->fault == LEDGER_NOTICE_TAKEN ? ANSWER_TAKEN : ANSWER_DELETED;
    put_delivered(m, index);
}

/* The share's end, and what follows from it. */
static void
put_answers(struct maker *m)
{
    bool open =
        m->fault == LEDGER_WITHDRAWN_OPEN || m->fault == LEDGER_TOLD_UNANSWERED;
    m->outcome = ANSWER_TAKEN;
    if (!open)
        put_delivered(m, m->share_index);
    if (m->fault == LEDGER_ANSWER_TWICE)
        put_delivered(m, m->share_index);
    if (m->fault == LEDGER_ANSWER_REPEATED)
        put_delivered(m, 0);
    if (m->fault == LEDGER_WITHDRAWN_OPEN)
        put_withdrawn(m, false);
    if (m->fault >= LEDGER_WITHDRAWAL_SIGNATURE &&
        m->fault != LEDGER_ANSWER_REPEATED && m->fault != LEDGER_CASE &&
        m->fault != LEDGER_SEALED)
        put_withdrawn(m, m->fault != LEDGER_WITHDRAWN_UNTOLD);
    if (m->fault == LEDGER_WITHDRAWN_TWICE)
        put_withdrawn(m, true);
}

static void
put_all(struct maker *m)
{
    struct ledgerfile_record origin = {.type = LEDGERFILE_ORIGIN,
        .origin = slice_str(ORIGIN),
        .complete = !m->partial};
    ok(ledgerfile_create(&m->file, m->stream));
    ok(ledgerfile_write(m->file, &origin));
    struct entry_genesis *g = &ledger_fresh(m, ENTRY_GENESIS)->u.genesis;
    g->origin = slice_str(ORIGIN);
    g->log_key = m->log_pk;
    g->has_before = true;
    g->before.origin = slice_str(LEDGER_BEFORE);
    g->before.size = LEDGER_BEFORE_SIZE;
    memset(g->before.root, 8, sizeof g->before.root);
    (void)ledger_put(m, NULL);
    put_note(m, false);
    ledger_put_in_force(m, ENTRY_ROSTER, m->roster[0]);
    ledger_put_in_force(m, ENTRY_AGREEMENT, agreement_text);
    for (size_t i = 0; i < PARTIES; i++) {
        ledger_fresh(m, ENTRY_CARD)->u.card.card =
            slice_of(m->party[i].bytes, m->party[i].n);
        uint64_t index = ledger_put(m, NULL);
        if (i != POLITIE)
            continue;
        m->card_index = index;
        memcpy(m->card_random, m->entry.random, sizeof m->card_random);
    }
    ledger_put_seal(m);
    put_note(m, false);
    ledger_put_accepted(m);
    put_share(m);
    ledger_put_seal_between(m);
    put_note(m, false);
    put_answers(m);
    ledger_put_queried(m, QUERY_FETCH);
    ledger_put_seal(m);
    ledger_put_case(m);
    key_sign_destroy(&m->party[GEMEENTE].identity);
    ok(key_sign_new(
        &m->party[GEMEENTE].identity, &m->party[GEMEENTE].identity_pk));
    make_roster(m, 1);
    ledger_put_in_force(m, ENTRY_ROSTER, m->roster[1]);
    ledger_put_ends(m);
    if (m->fault != LEDGER_UNSIGNED_END)
        put_note(m, true);
    ok(ledgerfile_finish(m->file));
}

static void
make(struct ledger_made *out, enum ledger_fault fault, bool partial)
{
    struct maker *m = calloc(1, sizeof *m);
    assert_non_null(m);
    memset(out, 0, sizeof *out);
    m->fault = fault;
    m->partial = partial;
    m->out = out;
    m->time = (uint64_t)LEDGER_NOW * 1000;
    ok(key_sign_new(&m->om, &m->om_pk));
    ok(key_sign_new(&m->fido, &m->fido_pk));
    ok(key_sign_new(&m->guest, &m->guest_pk));
    ok(key_sign_new(&m->log, &m->log_pk));
    ok(key_sign_new(&m->stranger, &m->stranger_pk));
    make_parties(m);
    make_roster(m, 0);
    m->agreement = agreement_text;
    make_signers(m);
    m->stream = open_memstream(&m->mem, &m->mem_n);
    assert_non_null(m->stream);
    put_all(m);
    (void)fclose(m->stream);
    out->bytes = (uint8_t *)m->mem;
    out->n = m->mem_n;
    ledgerfile_destroy(&m->file);
    for (size_t i = 0; i < PARTIES; i++) {
        key_sign_destroy(&m->party[i].identity);
        card_secret_destroy(&m->party[i].secret);
    }
    key_sign_destroy(&m->om);
    key_sign_destroy(&m->fido);
    key_sign_destroy(&m->guest);
    key_sign_destroy(&m->log);
    key_sign_destroy(&m->stranger);
    free(m);
}

void
ledger_make(struct ledger_made *out, enum ledger_fault fault)
{
    make(out, fault, false);
}

void
ledger_make_partial(struct ledger_made *out, enum ledger_fault fault)
{
    make(out, fault, true);
}
