/* SPDX-License-Identifier: EUPL-1.2
 *
 * An entry is copied before it is looked into: what the reader lends goes with
 * the next question to the broker, and an unknown agreement is one. */
#include "question.h"

#include "agreement.h"
#include "answer.h"
#include "card.h"
#include "envelope.h"
#include "fetch.h"
#include "node.h"
#include "pack.h"
#include "query.h"
#include "reader.h"
#include "statement.h"
#include "trust.h"
#include "withdrawal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGREEMENT_MS = 5000, PROOF_BYTES = 32 * 1024, MS = 1000 };

/* An entry with the bytes that it points into. */
struct held {
    struct entry *entry; /* NULL: none */
    uint64_t index;
    uint8_t bytes[LIMIT_ENTRY];
    size_t n;
};

struct name {
    char s[LIMIT_NAME + 1];
};
enum { FACT = 2 * LIMIT_NAME + 2 };

struct dhk_query {
    struct dhk_node *node;
    struct reader *reader;
    bool one;
    struct held now, accepted;
    struct dhk_entry pub;
    /* what pub points to */
    struct name from, to, kind, purpose, ground, partner, code;
    char fact[LIMIT_FACTS][FACT];
    const char *facts[LIMIT_FACTS + 1];
    struct name field[LIMIT_FIELDS], kept[LIMIT_FIELDS];
    struct name rule[LIMIT_RULES_USED];
    const char *fields[LIMIT_FIELDS + 1], *withheld[LIMIT_FIELDS + 1];
    const char *rules[LIMIT_RULES_USED + 1];
};

/* --- asking --- */

static bool
is_time(int64_t seconds)
{
    return seconds >= 0 && (uint64_t)seconds <= ENVELOPE_TIME_MAX;
}

enum dhk_err
question_purpose(enum dhk_purpose purpose, struct dhk_problem *problem)
{
    switch (purpose) {
    case DHK_FOR_LAWFULNESS:
    case DHK_FOR_INTERNAL:
    case DHK_FOR_INTEGRITY:
    case DHK_FOR_COURT:
        return DHK_OK;
    default:
        break;
    }
    return problem_set(problem, DHK_FORMAT,
        "a question to the ledger needs a purpose of the closed list");
}

static enum dhk_err
read_names(struct query *out, const struct dhk_question *in,
    struct dhk_problem *problem)
{
    const struct {
        struct slice *to;
        const char *value, *what;
    } names[] = {{&out->partner, in->partner, "partner"},
        {&out->sender, in->sender, "sender"},
        {&out->recipient, in->recipient, "recipient"},
        {&out->kind, in->kind, "kind"},
        {&out->share_purpose, in->share_purpose, "purpose"},
        {&out->outcome, in->outcome, "outcome"}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].value == NULL)
            continue;
        *names[i].to = slice_str(names[i].value);
        if (!bytes_is_name(*names[i].to))
            return problem_set(
                problem, DHK_FORMAT, "the %s's name is no name", names[i].what);
    }
    if (in->outcome != NULL && !query_is_outcome(out->outcome))
        return problem_set(problem, DHK_FORMAT, "there is no such outcome");
    if (in->rule != NULL)
        out->rule = slice_str(in->rule);
    if (in->rule != NULL && (out->rule.n == 0 || out->rule.n > LIMIT_RULE_ID))
        return problem_set(problem, DHK_FORMAT,
            "the id of a rule has 1 to %d bytes", LIMIT_RULE_ID);
    if (in->from > INT64_MAX)
        return problem_set(problem, DHK_FORMAT, "there is no such entry");
    return DHK_OK;
}

static enum dhk_err
read_question(struct query *out, const struct dhk_question *in,
    struct dhk_problem *problem)
{
    *out = (struct query){.what = in->one ? QUERY_SHOW : QUERY_LIST};
    if (question_purpose(in->purpose, problem) != DHK_OK)
        return DHK_FORMAT;
    out->purpose = (enum query_purpose)in->purpose;
    if (in->one) {
        out->from = in->index;
        return DHK_OK;
    }
    enum dhk_err rc = read_names(out, in, problem);
    if (rc != DHK_OK)
        return rc;
    out->from = in->from;
    out->has_case = in->case_handle != NULL;
    if (out->has_case && bytes_unhex(out->case_handle, sizeof out->case_handle,
                             slice_str(in->case_handle)) != DHK_OK)
        return problem_set(
            problem, DHK_FORMAT, "a case handle has 32 hexadecimal digits");
    if (!is_time(in->since) || !is_time(in->until))
        return problem_set(problem, DHK_FORMAT, "there is no such time");
    out->since = (uint64_t)in->since * MS;
    out->before = (uint64_t)in->until * MS;
    return DHK_OK;
}

enum dhk_err
question_open(struct dhk_query **out, struct dhk_node *node,
    const struct dhk_question *question, int timeout_ms,
    struct dhk_problem *problem)
{
    struct query query;
    struct dhk_query *q = NULL;
    enum dhk_err rc = read_question(&query, question, problem);

    *out = NULL;
    if (rc != DHK_OK)
        return rc;
    q = calloc(1, sizeof *q);
    if (q == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    q->node = node;
    q->one = question->one;
    rc = reader_open(&q->reader, node, &query, timeout_ms, problem);
    if (rc != DHK_OK)
        question_close(&q);
    *out = q;
    return rc;
}

void
question_close(struct dhk_query **q)
{
    if (*q == NULL)
        return;
    reader_close(&(*q)->reader);
    free((*q)->now.entry);
    free((*q)->accepted.entry);
    free(*q);
    *q = NULL;
}

const struct agreement *
question_agreement(struct dhk_node *node, const uint8_t hash[32])
{
    struct dhk_problem ignored;
    const struct agreement *a;

    if (node == NULL || node->trust == NULL)
        return NULL;
    a = trust_agreement_by_hash(node->trust, hash);
    if (a != NULL || node->session == NULL ||
        fetch_agreement(node, hash, AGREEMENT_MS, &ignored) != DHK_OK)
        return a;
    return trust_agreement_by_hash(node->trust, hash);
}

/* --- what an entry says --- */

/* TEXT in MEM, or NULL when there is none. */
static const char *
put(struct name *mem, struct slice text)
{
    if (text.n == 0 || slice_to_str(text, mem->s, sizeof mem->s) != DHK_OK)
        return NULL;
    return mem->s;
}

/* The names of the fields in MASK; numbers where KIND is not known. */
static const char *const *
put_fields(const char **list, struct name *mem, uint32_t mask,
    const struct agreement_kind *kind)
{
    size_t n = 0;

    for (size_t i = 0; i < LIMIT_FIELDS; i++) {
        if ((mask & (UINT32_C(1) << i)) == 0)
            continue;
        if (kind != NULL && i < kind->fields_n)
            (void)snprintf(
                mem[n].s, sizeof mem[n].s, "%s", kind->fields[i].name);
        else
            (void)snprintf(mem[n].s, sizeof mem[n].s, "%zu", i);
        list[n] = mem[n].s;
        n++;
    }
    list[n] = NULL;
    return list;
}

/* "name=value" of F, a fact of the broker's. */
static void
put_fact(char out[FACT], const struct entry_fact *f)
{
    struct name name, text = {"unknown"};
    struct cursor c;

    cursor_init(&c, f->value);
    switch (unpack_peek(&c)) {
    case PACK_BOOL:
        (void)snprintf(
            text.s, sizeof text.s, "%s", unpack_bool(&c) ? "yes" : "no");
        break;
    case PACK_UINT:
        (void)snprintf(
            text.s, sizeof text.s, "%u", (unsigned)unpack_uint(&c, UINT32_MAX));
        break;
    case PACK_STR:
        (void)put(&text, unpack_str(&c, LIMIT_NAME));
        break;
    case PACK_NONE:
    case PACK_NIL:
    case PACK_BIN:
    case PACK_ARRAY:
        break;
    }
    if (put(&name, f->attribute) == NULL)
        name.s[0] = '\0';
    (void)snprintf(out, FACT, "%s=%s", name.s, text.s);
}

static void
put_facts(struct dhk_query *q, const struct entry_share *s)
{
    for (size_t i = 0; i < s->facts_n; i++) {
        put_fact(q->fact[i], &s->fact[i]);
        q->facts[i] = q->fact[i];
    }
    q->facts[s->facts_n] = NULL;
    q->pub.facts = q->facts;
    q->pub.pending = s->pending;
}

static void
put_share(struct dhk_query *q, const struct entry_share *s)
{
    struct dhk_entry *pub = &q->pub;
    const struct entry_accepted *a =
        q->accepted.entry == NULL ? NULL : &q->accepted.entry->u.accepted;
    const struct agreement *agreement =
        question_agreement(q->node, s->agreement);
    int i = agreement == NULL ? -1 : agreement_kind(agreement, s->kind);
    const struct agreement_kind *kind = i < 0 ? NULL : &agreement->kinds[i];
    size_t n = 0;

    pub->from = put(&q->from, s->sender);
    pub->to = put(&q->to, s->recipient);
    pub->kind = put(&q->kind, s->kind);
    pub->purpose = put(&q->purpose, s->purpose);
    pub->ground = put(&q->ground, s->ground);
    bytes_hex(pub->case_handle, s->case_handle, sizeof s->case_handle);
    bytes_hex(pub->id, s->id, sizeof s->id);
    pub->fields = put_fields(q->fields, q->field, s->fields, kind);
    if (a != NULL && q->accepted.index == s->accepted && s->position < a->n)
        pub->withheld = put_fields(q->withheld, q->kept,
            a->mark[s->position].presence & ~s->fields, kind);
    for (; n < s->rules_n; n++)
        q->rules[n] = put(&q->rule[n], s->rule[n]);
    q->rules[n] = NULL;
    pub->rules = q->rules;
    put_facts(q, s);
}

static void
put_delivered(struct dhk_query *q, const struct entry_delivered *d)
{
    struct answer *a = calloc(1, sizeof *a);

    if (a != NULL && answer_from_body(a, d->body, d->signature, NULL) == DHK_OK)
        q->pub.from = put(&q->from, a->sender);
    q->pub.to = put(&q->to, d->recipient);
    free(a);
}

static void
put_queried(struct dhk_query *q, const struct entry_queried *e)
{
    struct query query;

    q->pub.from = put(&q->from, e->asker);
    if (query_from_body(&query, e->body, e->signature, NULL) != DHK_OK)
        return;
    q->pub.purpose = query_purpose_name(query.purpose);
    q->pub.kind = put(&q->kind, query.kind);
    if (query.has_case)
        bytes_hex(
            q->pub.case_handle, query.case_handle, sizeof query.case_handle);
}

static void
put_card(struct dhk_query *q, struct slice bytes)
{
    struct card card;

    if (card_decode(&card, bytes, NULL) == DHK_OK)
        q->pub.from = put(&q->from, slice_str(card.partner));
}

static void
put_withdrawn(struct dhk_query *q, const struct entry_withdrawn *e)
{
    struct withdrawal w;

    q->pub.from = put(&q->from, e->sender);
    q->pub.to = put(&q->to, e->recipient);
    q->pub.share = e->share;
    if (withdrawal_from_body(&w, e->body, e->signature, NULL) == DHK_OK)
        bytes_hex(q->pub.id, w.signal, sizeof w.signal);
}

static void
put_stated(struct dhk_query *q, const struct entry_stated *e)
{
    struct statement s;

    q->pub.from = put(&q->from, e->partner);
    if (statement_from_body(&s, e->body, e->signature, NULL) != DHK_OK)
        return;
    bytes_hex(q->pub.case_handle, s.case_handle, sizeof s.case_handle);
    q->pub.stated = act_name(s.what);
    q->pub.partner = put(&q->partner, s.partner);
    q->pub.code = act_code_name(s.what, s.code);
    if (q->pub.code == NULL && s.code != 0) {
        (void)snprintf(q->code.s, sizeof q->code.s, "%u", s.code);
        q->pub.code = q->code.s;
    }
    q->pub.until = s.until;
    q->pub.about = s.about;
    if (s.has_ref)
        bytes_hex(q->pub.ref, s.ref, sizeof s.ref);
}

static void
put_released(struct dhk_query *q, const struct entry_released *r)
{
    q->pub.share = r->share;
    q->pub.approvals = r->index;
    q->pub.approvals_n = r->n;
}

static void
put_entry(struct dhk_query *q, const struct entry *e)
{
    q->pub = (struct dhk_entry){.index = q->now.index,
        .time = (int64_t)(e->time / MS),
        .event = entry_kind_name(e->kind),
        .bytes = q->now.bytes,
        .n = q->now.n};
    switch (e->kind) {
    case ENTRY_ACCEPTED:
        q->pub.from = put(&q->from, e->u.accepted.sender);
        break;
    case ENTRY_SHARE:
        put_share(q, &e->u.share);
        break;
    case ENTRY_REFUSED:
        q->pub.from = put(&q->from, e->u.refused.sender);
        break;
    case ENTRY_DELIVERED:
        put_delivered(q, &e->u.delivered);
        break;
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        put_withdrawn(q, &e->u.withdrawn);
        break;
    case ENTRY_CARD:
        put_card(q, e->u.card.card);
        break;
    case ENTRY_REVOKED_TEXT:
    case ENTRY_REVOKED_CARD:
        q->pub.from = put(&q->from, e->u.revoked.by);
        break;
    case ENTRY_QUERIED:
        put_queried(q, &e->u.queried);
        break;
    case ENTRY_SEAL:
        q->pub.from = put(&q->from, e->u.seal.partner);
        break;
    case ENTRY_STATED:
        put_stated(q, &e->u.stated);
        break;
    case ENTRY_RELEASED:
        put_released(q, &e->u.released);
        break;
    case ENTRY_RETURNED:
        q->pub.share = e->u.returned.index;
        q->pub.code = entry_code_name(e->u.returned.code);
        break;
    case ENTRY_HELD:
    case ENTRY_GENESIS:
    case ENTRY_EXPIRED:
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
    case ENTRY_OPERATOR:
    case ENTRY_NONE:
        break;
    }
}

/* --- the next one --- */

static enum dhk_err
hold(struct held *h, uint64_t index, struct slice bytes)
{
    if (bytes.n > sizeof h->bytes)
        return DHK_LIMIT;
    if (h->entry == NULL)
        h->entry = malloc(sizeof *h->entry);
    if (h->entry == NULL)
        return DHK_NOMEM;
    memcpy(h->bytes, bytes.p, bytes.n);
    h->n = bytes.n;
    h->index = index;
    return entry_decode(h->entry, slice_of(h->bytes, h->n), NULL);
}

enum dhk_err
question_next(struct dhk_query *q, const struct dhk_entry **out,
    struct dhk_problem *problem)
{
    struct slice bytes;
    uint64_t index = 0;
    enum dhk_err rc = reader_next(q->reader, &index, &bytes, problem);

    *out = NULL;
    if (rc == DHK_NOTFOUND && q->one && q->now.entry == NULL)
        return problem_set(problem, rc,
            "the ledger has no such entry, or none that this node may see");
    if (rc != DHK_OK)
        return rc;
    rc = hold(&q->now, index, bytes);
    if (rc == DHK_OK && q->now.entry->kind == ENTRY_ACCEPTED)
        rc = hold(&q->accepted, index, bytes);
    if (rc != DHK_OK)
        return problem_set(
            problem, rc, "an entry of the ledger: %s", dhk_strerror(rc));
    put_entry(q, q->now.entry);
    *out = &q->pub;
    return DHK_OK;
}

enum dhk_err
question_proof(const struct dhk_query *q, char **text)
{
    struct sink out;
    char *mem;
    enum dhk_err rc;

    *text = NULL;
    if (q->now.entry == NULL || reader_page(q->reader) == NULL)
        return DHK_STATE;
    mem = malloc(PROOF_BYTES);
    if (mem == NULL)
        return DHK_NOMEM;
    sink_init(&out, (uint8_t *)mem, PROOF_BYTES - 1);
    rc = receipt_proof(&out, reader_page(q->reader), reader_place(q->reader));
    mem[out.n] = '\0';
    if (rc != DHK_OK) {
        free(mem);
        return rc;
    }
    *text = mem;
    return DHK_OK;
}

const struct entry *
question_entry(const struct dhk_query *q)
{
    return q->now.entry;
}

const struct entry_accepted *
question_accepted(const struct dhk_query *q, uint64_t *index)
{
    *index = q->accepted.index;
    return q->accepted.entry == NULL ? NULL : &q->accepted.entry->u.accepted;
}
