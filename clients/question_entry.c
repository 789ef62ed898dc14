/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an entry says, as applications are given it. */
#include "question_inside.h"

#include "agreement.h"
#include "answer.h"
#include "card.h"
#include "pack.h"
#include "query.h"
#include "statement.h"
#include "withdrawal.h"

#include <stdio.h>
#include <stdlib.h>

enum { MS = 1000 };

/* TEXT in MEM, or NULL when there is none. */
static const char *
put(struct question_name *mem, struct slice text)
{
    if (text.n == 0 || slice_to_str(text, mem->s, sizeof mem->s) != DHK_OK)
        return NULL;
    return mem->s;
}

/* The names of the fields in MASK; numbers where KIND is not known. */
static const char *const *
put_fields(const char **list, struct question_name *mem, uint32_t mask,
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
put_fact(char out[QUESTION_FACT], const struct entry_fact *f)
{
    struct question_name name, text = {"unknown"};
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
    (void)snprintf(out, QUESTION_FACT, "%s=%s", name.s, text.s);
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

void
question_put(struct dhk_query *q)
{
    const struct entry *e = q->now.entry;

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
