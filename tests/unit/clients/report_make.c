/* SPDX-License-Identifier: EUPL-1.2
 *
 * Makes what report_make.h says. */
#include "report_make_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "checkpoint.h"
#include "evaluate.h"
#include "file.h"
#include "pack.h"
#include "seal.h"

struct making making;

struct entry *
make_fresh(enum entry_kind kind)
{
    memset(&making.entry, 0, sizeof making.entry);
    making.entry.kind = kind;
    making.entry.time = making.time;
    return &making.entry;
}

uint64_t
make_put(void)
{
    struct ledgerfile_record record = {
        .type = LEDGERFILE_ENTRY, .index = making.index};
    struct sink out;

    sink_init(&out, making.bytes, sizeof making.bytes);
    ok(entry_encode(&out, &making.entry));
    record.entry = sink_done(&out);
    ok(evidence_record(making.e, &record));
    return making.index++;
}

void
make_begin(bool complete)
{
    struct ledgerfile_record record = {.type = LEDGERFILE_ORIGIN,
        .origin = slice_str("ledger.test/1"),
        .complete = complete};

    memset(&making, 0, sizeof making);
    ok(key_init());
    ok(key_sign_new(&making.key, &making.public));
    ok(evidence_new(&making.e));
    ok(evidence_record(making.e, &record));
    making.time = MAKE_START;
    make_fresh(ENTRY_GENESIS)->u.genesis.origin = slice_str("ledger.test/1");
    make_put();
}

void
make_end(void)
{
    evidence_destroy(&making.e);
    agreement_destroy(&making.a);
    key_sign_destroy(&making.key);
}

int
make_set_up(void **state)
{
    (void)state;
    make_begin(true);
    make_agreed();
    return 0;
}

int
make_tear_down(void **state)
{
    (void)state;
    make_end();
    return 0;
}

void
make_at(uint64_t ms)
{
    making.time = ms;
}

static uint64_t
put_text(enum entry_kind kind, struct slice text, uint32_t version)
{
    struct ledgerfile_record record = {
        .type = kind == ENTRY_ROSTER ? LEDGERFILE_ROSTER : LEDGERFILE_AGREEMENT,
        .text = text};
    struct entry_text *t = &make_fresh(kind)->u.text;

    ok(evidence_record(making.e, &record));
    seal_sha256(t->sha256, text);
    t->version = version;
    t->name = slice_str("proef");
    t->signers_n = 2;
    t->signer[0] =
        (struct entry_signer){slice_str("om"), slice_str("SHA256:om")};
    t->signer[1] = (struct entry_signer){
        slice_str("politie"), slice_str("SHA256:politie")};
    return make_put();
}

static uint64_t
put_agreement(struct slice text, uint32_t version)
{
    struct findings findings;

    agreement_destroy(&making.a);
    ok(agreement_recorded(&making.a, text, &findings));
    seal_sha256(making.sha256, text);
    return put_text(ENTRY_AGREEMENT, text, version);
}

uint64_t
make_agreement(const char *text, uint32_t version)
{
    return put_agreement(slice_str(text), version);
}

uint64_t
make_agreed(void)
{
    uint8_t *text;
    size_t n;
    uint64_t index;

    ok(file_read(&text, &n, AGREEMENT, LIMIT_TEXT));
    index = put_agreement(slice_of(text, n), 1);
    file_free(&text, n);
    return index;
}

void
make_revoked(const char *text, const char *by)
{
    struct entry_revoked *r = &make_fresh(ENTRY_REVOKED_TEXT)->u.revoked;

    seal_sha256(r->id, slice_str(text));
    r->by = slice_str(by);
    r->sshsig = slice_str("signature");
    make_put();
}

void
make_roster(void)
{
    static const char *const names[] = {"politie role partner",
        "gemeente role partner", "om role partner", "toezicht role auditor"};
    struct checkpoint_vkey vkey;
    char vkey_text[KEY_VKEY_MAX];
    char key[KEY_B64];
    char text[2048];
    uint8_t bytes[KEY_BYTES] = {9};
    int n;

    checkpoint_vkey_make(
        &vkey, CHECKPOINT_ED25519, "ledger.test/1", &making.public);
    checkpoint_vkey_text(vkey_text, &vkey);
    key_base64(key, sizeof key, bytes, sizeof bytes);
    n = snprintf(text, sizeof text,
        "roster proef\nversion 1\nvalid 2026-01-01 until 2036-01-01\n"
        "signed-by om politie\nledger ledger.test/1 log %s curve %s\n",
        vkey_text, key);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bytes[0] = (uint8_t)(i + 1);
        key_base64(key, sizeof key, bytes, sizeof bytes);
        n += snprintf(text + n, sizeof text - (size_t)n,
            "partner %s key %s valid 2026-01-01 until 2036-01-01\n", names[i],
            key);
    }
    (void)snprintf(
        text + n, sizeof text - (size_t)n, "cosigner om\nquorum 1\n");
    put_text(ENTRY_ROSTER, slice_str(text), 1);
    assert_non_null(making.e->roster);
}

size_t
make_card_of(const char *partner)
{
    for (size_t i = making.cards_n; i-- > 0;) {
        if (strcmp(making.card[i].partner, partner) == 0)
            return i;
    }
    assert_true(making.cards_n < MAKE_CARDS);
    making.card[making.cards_n].partner = partner;
    return making.cards_n++;
}

const uint8_t *
make_card(const char *partner)
{
    struct card card;
    struct card_secret secret;
    uint8_t bytes[LIMIT_CARD];
    struct sink out;

    memset(&card, 0, sizeof card);
    ok(card_secret_new(&secret, &card));
    (void)snprintf(card.partner, sizeof card.partner, "%s", partner);
    card.serial = making.cards_n + 1;
    card.from = (int64_t)(MAKE_START / 1000);
    card.until = card.from + 86400;
    sink_init(&out, bytes, sizeof bytes);
    ok(card_issue(&out, &card, making.key));
    card_secret_destroy(&secret);
    make_fresh(ENTRY_CARD)->u.card.card = sink_done(&out);
    make_put();
    assert_true(making.cards_n < MAKE_CARDS);
    making.card[making.cards_n].partner = partner;
    memcpy(making.card[making.cards_n].id, card.id, SEAL_HASH);
    return making.card[making.cards_n++].id;
}

/* --- signals --- */

static const struct agreement_kind *
kind_of(const char *name)
{
    int i = agreement_kind(making.a, slice_str(name));

    assert_true(i >= 0);
    return &making.a->kinds[i];
}

static uint32_t
fields_of(const char *kind, const char *names)
{
    char text[512];
    uint32_t fields = 0;
    char *save = NULL;

    (void)snprintf(text, sizeof text, "%s", names);
    for (char *word = strtok_r(text, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save)) {
        int i = agreement_field(kind_of(kind), slice_str(word));
        assert_true(i >= 0);
        fields |= UINT32_C(1) << i;
    }
    return fields;
}

/* The class of one attribute, of "name=value". */
static void
put_class(uint8_t *classes, const char *kind, char *word)
{
    char *value = strchr(word, '=');
    const struct agreement_kind *k = kind_of(kind);
    size_t i = 0;
    const struct agreement_attribute *at;
    int v;

    *value++ = '\0';
    while (i < k->attributes_n &&
           strcmp(making.a->attributes[k->attributes[i]].name, word) != 0)
        i++;
    assert_true(i < k->attributes_n);
    at = &making.a->attributes[k->attributes[i]];
    v = at->type == ATTRIBUTE_YES_NO   ? strcmp(value, "yes") == 0
        : at->type == ATTRIBUTE_NUMBER ? atoi(value)
                                       : agreement_value(at, slice_str(value));
    assert_true(v >= 0);
    classes[i] =
        (uint8_t)evaluate_class(making.a, (uint16_t)(k - making.a->kinds), i,
            (struct value){VALUE_KNOWN, (uint32_t)v});
}

uint64_t
make_accepted(const struct make_signal *signal)
{
    struct entry_accepted *a = &make_fresh(ENTRY_ACCEPTED)->u.accepted;
    uint8_t classes[LIMIT_ATTRIBUTES] = {0};
    size_t card = make_card_of(signal->from);
    char text[512];
    char *save = NULL;

    making.signal = *signal;
    memset(making.id, (int)making.index, sizeof making.id);
    a->sender = slice_str(signal->from);
    memcpy(a->card, making.card[card].id, sizeof a->card);
    memcpy(a->agreement, making.sha256, sizeof a->agreement);
    a->ids = slice_of(making.id, sizeof making.id);
    a->kind[0] = slice_str(signal->kind);
    a->kinds_n = 1;
    a->n = 1;
    (void)snprintf(text, sizeof text, "%s",
        signal->attributes == NULL ? "" : signal->attributes);
    for (char *word = strtok_r(text, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save))
        put_class(classes, signal->kind, word);
    a->mark[0] =
        (struct entry_mark){.presence = fields_of(signal->kind, signal->fields),
            .seq = ++making.card[card].seq,
            .code = signal->code,
            .classes = slice_of(classes, kind_of(signal->kind)->attributes_n)};
    making.accepted = make_put();
    return making.accepted;
}

/* One fact of "name=value", its bytes into OUT. */
static void
put_fact(struct entry_fact *fact, char *word, struct sink *out)
{
    char *value = strchr(word, '=');
    size_t at = out->n;

    *value++ = '\0';
    fact->attribute = slice_str(word);
    if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
        pack_bool(out, value[0] == 'y');
    else
        pack_str(out, slice_str(value));
    fact->value = slice_of(out->p + at, out->n - at);
}

/* All that make_facts() said. */
static void
put_facts(struct entry_share *s)
{
    static char text[256];
    static uint8_t bytes[256];
    struct sink out;
    char *save = NULL;

    (void)snprintf(
        text, sizeof text, "%s", making.facts == NULL ? "" : making.facts);
    sink_init(&out, bytes, sizeof bytes);
    for (char *word = strtok_r(text, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save))
        put_fact(&s->fact[s->facts_n++], word, &out);
}

static uint64_t
put_share(
    const char *to, const char *fields, uint32_t wrapped, const char *rules)
{
    struct entry_share *s = &make_fresh(ENTRY_SHARE)->u.share;
    char text[128];
    char *save = NULL;

    s->accepted = making.accepted;
    memcpy(s->id, making.id, sizeof s->id);
    s->sender = slice_str(making.signal.from);
    s->recipient = slice_str(to);
    memcpy(s->card, making.card[make_card_of(to)].id, sizeof s->card);
    s->kind = slice_str(making.signal.kind);
    s->purpose = slice_str(making.signal.purpose);
    s->ground = slice_str(making.signal.ground);
    memset(s->case_handle, making.signal.case_byte, sizeof s->case_handle);
    memcpy(s->agreement, making.sha256, sizeof s->agreement);
    s->fields = fields_of(making.signal.kind, fields);
    s->wrapped = wrapped == 0 ? s->fields : wrapped;
    s->nth = 1;
    s->covert = making.covert;
    s->duties.has_at_most = true;
    s->duties.at_most = 30;
    (void)snprintf(text, sizeof text, "%s", rules);
    for (char *word = strtok_r(text, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save))
        s->rule[s->rules_n++] = slice_str(word);
    put_facts(s);
    s->pending = making.pending;
    assert_true(making.index < MAKE_SHARES);
    memcpy(making.share[making.index].id, making.id, SEAL_HASH);
    (void)snprintf(
        making.share[making.index].from, LIMIT_NAME, "%s", making.signal.from);
    (void)snprintf(making.share[making.index].to, LIMIT_NAME, "%s", to);
    return make_put();
}

uint64_t
make_share(const char *to, const char *fields, const char *rules)
{
    return put_share(to, fields, UINT32_MAX >> 1, rules);
}

uint64_t
make_sealed(const char *to, const char *fields, const char *rules)
{
    return put_share(to, fields, 0, rules);
}

uint64_t
make_sent(const char *from, const char *to, const char *kind,
    const char *purpose, const char *fields)
{
    static const char *const grounds[][2] = {{"duiding", "pga-6-1"},
        {"overdracht", "pga-7"}, {"openbare-orde", "wiv-62"},
        {"rechten", "besluit-2"}, {"weging", "pga-5-1"}};
    struct make_signal s = {.from = from,
        .kind = kind,
        .purpose = purpose,
        .ground = "pga-6-1",
        .fields = fields,
        .case_byte = MAKE_CASE};

    for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++) {
        if (strcmp(grounds[i][0], purpose) == 0)
            s.ground = grounds[i][1];
    }
    make_accepted(&s);
    return make_share(to, fields, "P17");
}

void
make_covert(uint64_t until)
{
    making.covert = until;
}

void
make_facts(const char *facts)
{
    making.facts = facts;
}

void
make_pending(bool pending)
{
    making.pending = pending;
}
