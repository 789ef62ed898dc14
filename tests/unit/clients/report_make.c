/* SPDX-License-Identifier: EUPL-1.2
 *
 * Makes what report_make.h says. */
#include "report_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "checkpoint.h"
#include "evaluate.h"
#include "file.h"
#include "seal.h"
#include "statement.h"

enum { CARDS = 16, TEXT = 16384 };

static struct {
    struct evidence *e;
    struct sign_secret *key;
    struct sign_public public;
    struct entry entry;
    uint8_t bytes[LIMIT_ENTRY];
    uint64_t index, time;
    struct agreement *a; /* in force */
    uint8_t sha256[SEAL_HASH];
    struct make_signal signal;
    uint64_t accepted, covert;
    uint8_t id[SEAL_HASH];
    struct {
        const char *partner;
        uint8_t id[SEAL_HASH];
        uint64_t seq;
    } card[CARDS];
    size_t cards_n;
    struct {
        char from[LIMIT_NAME + 1], to[LIMIT_NAME + 1];
    } share[256];
    struct verify_result verified;
} m;

#define ok(call) assert_int_equal((call), DHK_OK)

static struct entry *
fresh(enum entry_kind kind)
{
    memset(&m.entry, 0, sizeof m.entry);
    m.entry.kind = kind;
    m.entry.time = m.time;
    return &m.entry;
}

static uint64_t
put(void)
{
    struct ledgerfile_record record = {
        .type = LEDGERFILE_ENTRY, .index = m.index};
    struct sink out;

    sink_init(&out, m.bytes, sizeof m.bytes);
    ok(entry_encode(&out, &m.entry));
    record.entry = sink_done(&out);
    ok(evidence_record(m.e, &record));
    return m.index++;
}

void
make_begin(bool complete)
{
    struct ledgerfile_record record = {.type = LEDGERFILE_ORIGIN,
        .origin = slice_str("ledger.test/1"),
        .complete = complete};

    memset(&m, 0, sizeof m);
    ok(key_init());
    ok(key_sign_new(&m.key, &m.public));
    ok(evidence_new(&m.e));
    ok(evidence_record(m.e, &record));
    m.time = MAKE_START;
    fresh(ENTRY_GENESIS)->u.genesis.origin = slice_str("ledger.test/1");
    put();
}

void
make_end(void)
{
    evidence_destroy(&m.e);
    agreement_destroy(&m.a);
    key_sign_destroy(&m.key);
}

void
make_at(uint64_t ms)
{
    m.time = ms;
}

static uint64_t
put_text(enum entry_kind kind, struct slice text, uint32_t version)
{
    struct ledgerfile_record record = {
        .type = kind == ENTRY_ROSTER ? LEDGERFILE_ROSTER : LEDGERFILE_AGREEMENT,
        .text = text};
    struct entry_text *t = &fresh(kind)->u.text;

    ok(evidence_record(m.e, &record));
    seal_sha256(t->sha256, text);
    t->version = version;
    t->name = slice_str("proef");
    t->signers_n = 2;
    t->signer[0] =
        (struct entry_signer){slice_str("om"), slice_str("SHA256:om")};
    t->signer[1] = (struct entry_signer){
        slice_str("politie"), slice_str("SHA256:politie")};
    return put();
}

static uint64_t
put_agreement(struct slice text, uint32_t version)
{
    struct findings findings;

    agreement_destroy(&m.a);
    ok(agreement_recorded(&m.a, text, &findings));
    seal_sha256(m.sha256, text);
    return put_text(ENTRY_AGREEMENT, text, version);
}

uint64_t
make_agreement(const char *text, uint32_t version)
{
    return put_agreement(slice_str(text), version);
}

uint64_t
make_shipped(void)
{
    uint8_t *text;
    size_t n;
    uint64_t index;

    ok(file_read(&text, &n, SHIPPED, LIMIT_TEXT));
    index = put_agreement(slice_of(text, n), 1);
    file_free(&text, n);
    return index;
}

void
make_revoked(const char *text, const char *by)
{
    struct entry_revoked *r = &fresh(ENTRY_REVOKED_TEXT)->u.revoked;

    seal_sha256(r->id, slice_str(text));
    r->by = slice_str(by);
    r->sshsig = slice_str("signature");
    put();
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

    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, "ledger.test/1", &m.public);
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
    assert_non_null(m.e->roster);
}

/* The place of PARTNER's newest card; one of zeros when it has none. */
static size_t
card_of(const char *partner)
{
    for (size_t i = m.cards_n; i-- > 0;) {
        if (strcmp(m.card[i].partner, partner) == 0)
            return i;
    }
    assert_true(m.cards_n < CARDS);
    m.card[m.cards_n].partner = partner;
    return m.cards_n++;
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
    card.serial = m.cards_n + 1;
    card.from = (int64_t)(MAKE_START / 1000);
    card.until = card.from + 86400;
    sink_init(&out, bytes, sizeof bytes);
    ok(card_issue(&out, &card, m.key));
    card_secret_destroy(&secret);
    fresh(ENTRY_CARD)->u.card.card = sink_done(&out);
    put();
    assert_true(m.cards_n < CARDS);
    m.card[m.cards_n].partner = partner;
    memcpy(m.card[m.cards_n].id, card.id, SEAL_HASH);
    return m.card[m.cards_n++].id;
}

/* --- signals --- */

static const struct agreement_kind *
kind_of(const char *name)
{
    int i = agreement_kind(m.a, slice_str(name));

    assert_true(i >= 0);
    return &m.a->kinds[i];
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
           strcmp(m.a->attributes[k->attributes[i]].name, word) != 0)
        i++;
    assert_true(i < k->attributes_n);
    at = &m.a->attributes[k->attributes[i]];
    v = at->type == ATTRIBUTE_YES_NO   ? strcmp(value, "yes") == 0
        : at->type == ATTRIBUTE_NUMBER ? atoi(value)
                                       : agreement_value(at, slice_str(value));
    assert_true(v >= 0);
    classes[i] = (uint8_t)evaluate_class(m.a, (uint16_t)(k - m.a->kinds), i,
        (struct value){VALUE_KNOWN, (uint32_t)v});
}

uint64_t
make_accepted(const struct make_signal *signal)
{
    struct entry_accepted *a = &fresh(ENTRY_ACCEPTED)->u.accepted;
    uint8_t classes[LIMIT_ATTRIBUTES] = {0};
    size_t card = card_of(signal->from);
    char text[512];
    char *save = NULL;

    m.signal = *signal;
    memset(m.id, (int)m.index, sizeof m.id);
    a->sender = slice_str(signal->from);
    memcpy(a->card, m.card[card].id, sizeof a->card);
    memcpy(a->agreement, m.sha256, sizeof a->agreement);
    a->ids = slice_of(m.id, sizeof m.id);
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
            .seq = ++m.card[card].seq,
            .code = signal->code,
            .classes = slice_of(classes, kind_of(signal->kind)->attributes_n)};
    m.accepted = put();
    return m.accepted;
}

static uint64_t
put_share(
    const char *to, const char *fields, uint32_t wrapped, const char *rules)
{
    struct entry_share *s = &fresh(ENTRY_SHARE)->u.share;
    char text[128];
    char *save = NULL;

    s->accepted = m.accepted;
    memcpy(s->id, m.id, sizeof s->id);
    s->sender = slice_str(m.signal.from);
    s->recipient = slice_str(to);
    memcpy(s->card, m.card[card_of(to)].id, sizeof s->card);
    s->kind = slice_str(m.signal.kind);
    s->purpose = slice_str(m.signal.purpose);
    s->ground = slice_str(m.signal.ground);
    memset(s->case_handle, m.signal.case_byte, sizeof s->case_handle);
    memcpy(s->agreement, m.sha256, sizeof s->agreement);
    s->fields = fields_of(m.signal.kind, fields);
    s->wrapped = wrapped == 0 ? s->fields : wrapped;
    s->nth = 1;
    s->covert = m.covert;
    s->duties.has_at_most = true;
    s->duties.at_most = 30;
    (void)snprintf(text, sizeof text, "%s", rules);
    for (char *word = strtok_r(text, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save))
        s->rule[s->rules_n++] = slice_str(word);
    assert_true(m.index < sizeof m.share / sizeof m.share[0]);
    (void)snprintf(m.share[m.index].from, LIMIT_NAME, "%s", m.signal.from);
    (void)snprintf(m.share[m.index].to, LIMIT_NAME, "%s", to);
    return put();
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

void
make_covert(uint64_t until)
{
    m.covert = until;
}

/* --- ends --- */

void
make_answer(uint64_t share, enum answer_outcome outcome, uint64_t detail)
{
    struct answer a = {.items_n = 1};
    struct answer read;
    uint8_t bytes[1024];
    struct sink out;
    struct entry_delivered *d = &fresh(ENTRY_DELIVERED)->u.delivered;

    a.origin = slice_str("ledger.test/1");
    a.sender = slice_str(m.share[share].from);
    memcpy(a.card, m.card[card_of(m.share[share].to)].id, sizeof a.card);
    a.item[0] = (struct answer_item){.outcome = outcome, .detail = detail};
    sink_init(&out, bytes, sizeof bytes);
    ok(answer_issue(&out, &a, m.key));
    ok(answer_decode(&read, sink_done(&out), NULL));
    d->recipient = slice_str(m.share[share].to);
    d->body = read.body;
    d->index[0] = share;
    d->n = 1;
    put();
}

void
make_returned(uint64_t share, enum entry_code code)
{
    struct entry_returned *r = &fresh(ENTRY_RETURNED)->u.returned;

    r->index = share;
    r->code = code;
    put();
}

void
make_expired(uint64_t share)
{
    struct entry_expired *e = &fresh(ENTRY_EXPIRED)->u.expired;

    e->index[0] = share;
    e->n = 1;
    put();
}

void
make_refused(const char *from, enum entry_code code, uint64_t seq)
{
    static const uint8_t id[SEAL_HASH] = {7};
    struct entry_refused *r = &fresh(ENTRY_REFUSED)->u.refused;

    r->sender = slice_str(from);
    memcpy(r->card, m.card[card_of(from)].id, sizeof r->card);
    r->ids = slice_of(id, sizeof id);
    r->code = code;
    r->seq[0] = seq;
    r->n = 1;
    put();
}

uint64_t
make_withdrawn(uint64_t share, bool told, bool correction)
{
    struct withdrawal w = {.reason = WITHDRAWAL_INCORRECT,
        .accepted = 1,
        .is_correction = correction,
        .replacement_accepted = 2,
        .made = (int64_t)(m.time / 1000)};
    struct withdrawal read;
    uint8_t bytes[LIMIT_WITHDRAWAL];
    struct sink out;
    uint64_t index = m.index;
    struct entry_withdrawn *e =
        &fresh(correction ? ENTRY_CORRECTED : ENTRY_WITHDRAWN)->u.withdrawn;

    w.origin = slice_str("ledger.test/1");
    memset(w.signal, 1, sizeof w.signal);
    memset(w.replacement, 2, sizeof w.replacement);
    memcpy(w.card, m.card[card_of(m.share[share].from)].id, sizeof w.card);
    sink_init(&out, bytes, sizeof bytes);
    ok(withdrawal_issue(&out, &w, m.key));
    ok(withdrawal_decode(&read, sink_done(&out), NULL));
    e->share = share;
    e->sender = slice_str(m.share[share].from);
    e->recipient = slice_str(m.share[share].to);
    e->notice = told;
    e->body = read.body;
    memcpy(&m.share[index], &m.share[share], sizeof m.share[0]);
    return put();
}

void
make_query(const char *asker, enum query_purpose purpose, enum query_what what,
    uint8_t case_byte)
{
    struct query q = {.purpose = purpose, .what = what, .number = 1};
    struct query read;
    uint8_t bytes[1024];
    struct sink out;
    struct entry_queried *e = &fresh(ENTRY_QUERIED)->u.queried;

    q.origin = slice_str("ledger.test/1");
    q.has_case = case_byte != 0;
    memset(q.case_handle, case_byte, sizeof q.case_handle);
    memcpy(q.card, m.card[card_of(asker)].id, sizeof q.card);
    sink_init(&out, bytes, sizeof bytes);
    ok(query_issue(&out, &q, m.key));
    ok(query_decode(&read, sink_done(&out), NULL));
    e->asker = slice_str(asker);
    e->body = read.body;
    put();
}

void
make_destroyed(const char *partner, uint8_t case_byte)
{
    struct statement x = {
        .what = ACT_DESTROYED, .made = (int64_t)(m.time / 1000)};
    struct statement read;
    uint8_t bytes[1024];
    struct sink out;
    struct entry_stated *e = &fresh(ENTRY_STATED)->u.stated;

    x.origin = slice_str("ledger.test/1");
    memset(x.case_handle, case_byte, sizeof x.case_handle);
    memcpy(x.card, m.card[card_of(partner)].id, sizeof x.card);
    sink_init(&out, bytes, sizeof bytes);
    ok(statement_issue(&out, &x, m.key));
    ok(statement_decode(&read, sink_done(&out), NULL));
    e->partner = slice_str(partner);
    e->body = read.body;
    put();
}

void
make_operator(void)
{
    fresh(ENTRY_OPERATOR)->u.operator_code = ENTRY_OPERATOR_CLOCK;
    put();
}

/* --- what comes of it --- */

void
make_done(void)
{
    ok(evidence_finish(m.e));
    m.verified.complete = m.e->complete;
    m.verified.head.size = m.index;
}

const struct evidence *
make_evidence(void)
{
    return m.e;
}

void
make_build(struct report *out, const char *name, const struct report_ask *ask)
{
    const struct report_spec *spec = report_find(name);

    assert_non_null(spec);
    report_build(out, spec, m.e, &m.verified, ask);
}

json_t *
make_report(const char *name, const struct report_ask *ask)
{
    static struct report_ask none = {.smallest = REPORT_K, .lang = RENDER_EN};
    struct report report;
    json_t *json;

    make_build(&report, name, ask == NULL ? &none : ask);
    json = report_json(&report);
    report_done(&report);
    return json;
}

static void
put_value(char *out, const json_t *value, const char *key)
{
    size_t n = strlen(out);

    if (json_is_string(value))
        (void)snprintf(out + n, TEXT - n, "%.*s",
            strcmp(key, "case") == 0 ? 2 : 1000, json_string_value(value));
    else if (json_is_integer(value))
        (void)snprintf(out + n, TEXT - n, "%d", (int)json_integer_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(
            out + n, TEXT - n, "%s", json_is_true(value) ? "yes" : "no");
    else if (!json_is_array(value) || json_array_size(value) == 0)
        (void)snprintf(out + n, TEXT - n, "-");
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value);
         i++) {
        if (i > 0)
            strcat(out, ",");
        put_value(out, json_array_get(value, i), key);
    }
}

const char *
make_rows(json_t *report, const char *table, const char *keys)
{
    static char out[TEXT];
    const json_t *rows = json_object_get(report, table);

    out[0] = '\0';
    assert_true(json_is_array(rows));
    for (size_t i = 0; i < json_array_size(rows); i++) {
        char text[512];
        char *save = NULL;
        (void)snprintf(text, sizeof text, "%s", keys);
        strcat(out, i > 0 ? "; " : "");
        for (char *key = strtok_r(text, " ", &save); key != NULL;
             key = strtok_r(NULL, " ", &save)) {
            const json_t *value = json_object_get(json_array_get(rows, i), key);
            if (key != text)
                strcat(out, " ");
            put_value(out, value, key);
        }
    }
    return out;
}

const char *
make_fact(json_t *report, const char *key)
{
    static char out[TEXT];
    const json_t *value =
        json_object_get(json_object_get(report, "facts"), key);

    out[0] = '\0';
    assert_non_null(value);
    put_value(out, value, key);
    return out;
}
