/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signals, shares and refusals; see evidence.h. */
#include "evidence_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate.h"
#include "facts.h"
#include "pack.h"

const struct evidence_signal *
evidence_signal(const struct evidence *e, uint64_t index, uint32_t position)
{
    size_t low = 0;
    size_t high = e->signals_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct evidence_signal *x = &e->signals[middle];
        if (x->index < index || (x->index == index && x->position < position))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == e->signals_n || e->signals[low].index != index ||
        e->signals[low].position != position)
        return NULL;
    return &e->signals[low];
}

static const struct evidence_text *
find_text(const struct evidence *e, const uint8_t hash[SEAL_HASH])
{
    for (size_t i = e->agreements_n; i-- > 0;) {
        if (memcmp(e->agreements[i]->sha256, hash, SEAL_HASH) == 0)
            return e->agreements[i];
    }
    return NULL;
}

void *
evidence_keep(struct evidence *e, size_t n)
{
    struct evidence_bytes *bytes = malloc(sizeof *bytes + n + 1);

    if (bytes == NULL)
        return NULL;
    bytes->next = e->inside->bytes;
    e->inside->bytes = bytes;
    return bytes->b;
}

/* A copy of every signal's classes, one after the other; NULL: no memory. */
static const uint8_t *
keep_classes(struct evidence *e, const struct entry_accepted *a)
{
    size_t n = 0;
    uint8_t *bytes;

    for (size_t i = 0; i < a->n; i++)
        n += a->mark[i].classes.n;
    bytes = evidence_keep(e, n);
    if (bytes == NULL)
        return NULL;
    n = 0;
    for (size_t i = 0; i < a->n; i++) {
        struct slice classes = a->mark[i].classes;
        if (classes.n > 0)
            memcpy(bytes + n, classes.p, classes.n);
        n += classes.n;
    }
    return bytes;
}

static enum dhk_err
keep_signal(struct evidence *e, const struct evidence_signal *signal)
{
    struct evidence_signal *list =
        evidence_grow(e->signals, e->signals_n, &e->signals_cap, sizeof *list);

    if (list == NULL || signal->from == NULL || signal->kind == NULL)
        return DHK_NOMEM;
    e->signals = list;
    e->signals[e->signals_n++] = *signal;
    return DHK_OK;
}

enum dhk_err
evidence_accepted(struct evidence *e, uint64_t index, const struct entry *entry)
{
    const struct entry_accepted *a = &entry->u.accepted;
    const uint8_t *classes = keep_classes(e, a);
    enum dhk_err rc = classes == NULL ? DHK_NOMEM : DHK_OK;
    struct evidence_signal x = {.index = index,
        .time = entry->time,
        .from = evidence_intern(e, a->sender),
        .text = find_text(e, a->agreement)};

    memcpy(x.card, a->card, sizeof x.card);
    for (size_t i = 0; rc == DHK_OK && i < a->n; i++) {
        const struct entry_mark *mark = &a->mark[i];
        if (mark->kind >= a->kinds_n || a->ids.n < (i + 1) * SEAL_HASH)
            return DHK_FORMAT;
        x.position = (uint32_t)i;
        x.kind = evidence_intern(e, a->kind[mark->kind]);
        memcpy(x.id, a->ids.p + i * SEAL_HASH, SEAL_HASH);
        x.presence = mark->presence;
        x.seq = mark->seq;
        x.code = mark->code;
        x.classes = classes;
        x.classes_n = mark->classes.n;
        classes += mark->classes.n;
        rc = keep_signal(e, &x);
    }
    return rc;
}

/* Names and rules of S; false: no memory. */
static bool
put_names(
    struct evidence *e, struct evidence_share *out, const struct entry_share *s)
{
    out->from = evidence_intern(e, s->sender);
    out->to = evidence_intern(e, s->recipient);
    out->kind = evidence_intern(e, s->kind);
    out->purpose = evidence_intern(e, s->purpose);
    out->ground = evidence_intern(e, s->ground);
    out->rules_n = s->rules_n;
    for (size_t i = 0; i < s->rules_n; i++) {
        out->rule[i] = evidence_intern(e, s->rule[i]);
        if (out->rule[i] == NULL)
            return false;
    }
    return out->from != NULL && out->to != NULL && out->kind != NULL &&
           out->purpose != NULL && out->ground != NULL;
}

/* VALUE as a word of E; NULL: no memory. */
static const char *
fact_value(struct evidence *e, struct slice value)
{
    struct cursor c;
    char number[24];

    cursor_init(&c, value);
    switch (unpack_peek(&c)) {
    case PACK_BOOL:
        return unpack_bool(&c) ? "yes" : "no";
    case PACK_UINT:
        (void)snprintf(number, sizeof number, "%llu",
            (unsigned long long)unpack_uint(&c, UINT64_MAX));
        return evidence_intern(e, slice_str(number));
    case PACK_STR:
        return evidence_intern(e, unpack_str(&c, LIMIT_NAME));
    case PACK_NIL:
    case PACK_NONE:
    case PACK_BIN:
    case PACK_ARRAY:
        break;
    }
    return "unknown";
}

/* What the broker stated of S; false: no memory. */
static bool
put_facts(
    struct evidence *e, struct evidence_share *out, const struct entry_share *s)
{
    struct evidence_fact *list = NULL;

    if (s->facts_n > 0)
        list = evidence_keep(e, s->facts_n * sizeof *list);
    for (size_t i = 0; list != NULL && i < s->facts_n; i++) {
        list[i].attribute = evidence_intern(e, s->fact[i].attribute);
        list[i].value = fact_value(e, s->fact[i].value);
        if (list[i].attribute == NULL || list[i].value == NULL)
            return false;
    }
    out->fact = list;
    out->facts_n = list == NULL ? 0 : s->facts_n;
    return list != NULL || s->facts_n == 0;
}

/* What its agreement permits of it, decided again. */
static enum dhk_err
decide(const struct evidence *e, struct evidence_share *out,
    const struct entry_share *s)
{
    const struct evidence_signal *signal =
        evidence_signal(e, s->accepted, s->position);
    struct facts_asked asked = {
        .s = s, .has_course = e->complete, .time = out->time};
    struct request req;
    struct decision d;
    enum dhk_err rc =
        caselog_find(&asked.course, e->inside->cases, s->case_handle);

    if (rc != DHK_OK || signal == NULL || out->text == NULL ||
        out->in_text == NULL)
        return rc;
    asked.a = out->text->agreement;
    asked.classes = slice_of(signal->classes, signal->classes_n);
    if (!facts_request(&req, &asked))
        return DHK_OK;
    evaluate(&d, out->text->agreement, &req);
    out->is_decided = d.verdict != VERDICT_DENY;
    out->permitted = d.fields;
    return DHK_OK;
}

enum dhk_err
evidence_shared(struct evidence *e, uint64_t index, const struct entry *entry)
{
    const struct entry_share *s = &entry->u.share;
    struct evidence_share *out;
    struct evidence_share *list =
        evidence_grow(e->shares, e->shares_n, &e->shares_cap, sizeof *list);
    int kind;

    if (list == NULL)
        return DHK_NOMEM;
    e->shares = list;
    out = &list[e->shares_n];
    *out = (struct evidence_share){.index = index,
        .time = entry->time,
        .accepted = s->accepted,
        .position = s->position,
        .text = find_text(e, s->agreement),
        .fields = s->fields,
        .wrapped = s->wrapped,
        .has_at_most = s->duties.has_at_most,
        .at_most = s->duties.at_most,
        .approvals_n = s->duties.approvals_n,
        .pending = s->pending,
        .expires = s->expires,
        .covert = s->covert};
    memcpy(out->case_handle, s->case_handle, sizeof out->case_handle);
    memcpy(out->id, s->id, sizeof out->id);
    memcpy(out->card, s->card, sizeof out->card);
    if (!put_names(e, out, s) || !put_facts(e, out, s))
        return DHK_NOMEM;
    if (out->text != NULL && out->text->agreement != NULL) {
        kind = agreement_kind(out->text->agreement, s->kind);
        if (kind >= 0)
            out->in_text = &out->text->agreement->kinds[kind];
    }
    e->shares_n++;
    return decide(e, out, s);
}

static enum dhk_err
keep_numbers(struct evidence *e, const struct entry_refused *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct evidence_number *list = evidence_grow(
            e->numbers, e->numbers_n, &e->numbers_cap, sizeof *list);
        if (list == NULL)
            return DHK_NOMEM;
        e->numbers = list;
        memcpy(list[e->numbers_n].card, r->card, SEAL_HASH);
        list[e->numbers_n++].seq = r->seq[i];
    }
    return DHK_OK;
}

enum dhk_err
evidence_refused(struct evidence *e, uint64_t index, const struct entry *entry)
{
    const struct entry_refused *r = &entry->u.refused;
    struct evidence_refusal *list = evidence_grow(
        e->refusals, e->refusals_n, &e->refusals_cap, sizeof *list);

    if (list == NULL)
        return DHK_NOMEM;
    e->refusals = list;
    list += e->refusals_n;
    *list = (struct evidence_refusal){.index = index,
        .time = entry->time,
        .from = evidence_intern(e, r->sender),
        .code = r->code,
        .n = r->ids.n / SEAL_HASH};
    memcpy(list->card, r->card, sizeof list->card);
    if (list->from == NULL)
        return DHK_NOMEM;
    e->refusals_n++;
    return keep_numbers(e, r);
}
