/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading the ledger's records; see evidence.h. */
#include "evidence_inside.h"

#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "revocation.h"

void *
evidence_grow(void *list, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap == 0 ? 64 : *cap * 2;
    void *p;

    if (n < *cap)
        return list;
    p = reallocarray(list, more, size);
    if (p != NULL)
        *cap = more;
    return p;
}

/* Room for one more in LIST of evidence E; returns DHK_NOMEM for want of it. */
#define GROW(e, list)                                                          \
    do {                                                                       \
        void *grown_ = evidence_grow(                                          \
            (e)->list, (e)->list##_n, &(e)->list##_cap, sizeof *(e)->list);    \
        if (grown_ == NULL)                                                    \
            return DHK_NOMEM;                                                  \
        (e)->list = grown_;                                                    \
    } while (0)

static size_t
bucket_of(struct slice text)
{
    uint32_t h = UINT32_C(2166136261);

    for (size_t i = 0; i < text.n; i++)
        h = (h ^ text.p[i]) * UINT32_C(16777619);
    return h % EVIDENCE_BUCKETS;
}

const char *
evidence_intern(struct evidence *e, struct slice text)
{
    struct evidence_word **bucket = &e->inside->bucket[bucket_of(text)];
    struct evidence_word *word;

    for (word = *bucket; word != NULL; word = word->next) {
        if (slice_equal(slice_str(word->text), text))
            return word->text;
    }
    word = malloc(sizeof *word + text.n + 1);
    if (word == NULL)
        return NULL;
    if (text.n > 0)
        memcpy(word->text, text.p, text.n);
    word->text[text.n] = '\0';
    word->next = *bucket;
    *bucket = word;
    return word->text;
}

const char *
evidence_name(const struct evidence *e, const char *name)
{
    const struct evidence_word *word =
        e->inside->bucket[bucket_of(slice_str(name))];

    while (word != NULL && strcmp(word->text, name) != 0)
        word = word->next;
    return word == NULL ? NULL : word->text;
}

enum dhk_err
evidence_new(struct evidence **out)
{
    struct evidence *e = calloc(1, sizeof *e);

    *out = e;
    if (e == NULL)
        return DHK_NOMEM;
    e->inside = calloc(1, sizeof *e->inside);
    if (e->inside == NULL)
        return DHK_NOMEM;
    e->inside->entry = malloc(sizeof *e->inside->entry);
    return e->inside->entry == NULL ? DHK_NOMEM
                                    : caselog_new(&e->inside->cases);
}

static void
free_text(struct evidence_text *t)
{
    if (t == NULL)
        return;
    agreement_destroy(&t->agreement);
    free(t->text);
    free(t);
}

static void
free_inside(struct evidence_inside *inside)
{
    if (inside == NULL)
        return;
    for (size_t i = 0; i < EVIDENCE_BUCKETS; i++) {
        while (inside->bucket[i] != NULL) {
            struct evidence_word *next = inside->bucket[i]->next;
            free(inside->bucket[i]);
            inside->bucket[i] = next;
        }
    }
    while (inside->bytes != NULL) {
        struct evidence_bytes *next = inside->bytes->next;
        free(inside->bytes);
        inside->bytes = next;
    }
    free_text(inside->pending);
    free(inside->entry);
    caselog_destroy(&inside->cases);
    free(inside->shares_by_case);
    free(inside->stated_by_case);
    free(inside);
}

void
evidence_destroy(struct evidence **out)
{
    struct evidence *e = *out;

    if (e == NULL)
        return;
    for (size_t i = 0; i < e->agreements_n; i++)
        free_text(e->agreements[i]);
    for (size_t i = 0; i < e->rosters_n; i++)
        free_text(e->rosters[i]);
    free(e->agreements);
    free(e->rosters);
    free(e->signals);
    free(e->shares);
    free(e->refusals);
    free(e->numbers);
    free(e->at);
    free(e->recalls);
    free(e->queries);
    free(e->cards);
    free(e->answers);
    free(e->operators);
    free(e->stated);
    free(e->releases);
    free(e->cases);
    roster_destroy(&e->roster);
    free_inside(e->inside);
    free(e);
    *out = NULL;
}

/* --- texts --- */

static enum dhk_err
read_text(struct evidence *e, const struct ledgerfile_record *record)
{
    struct evidence_text *t = calloc(1, sizeof *t);
    struct findings *findings = malloc(sizeof *findings);
    enum dhk_err rc = DHK_NOMEM;

    free_text(e->inside->pending);
    e->inside->pending = t;
    if (t != NULL && findings != NULL)
        t->text = malloc(record->text.n + 1);
    if (t != NULL && t->text != NULL) {
        memcpy(t->text, record->text.p, record->text.n);
        t->text_n = record->text.n;
        seal_sha256(t->sha256, record->text);
        rc = DHK_OK;
        if (record->type == LEDGERFILE_AGREEMENT)
            rc = agreement_recorded(&t->agreement, record->text, findings);
    }
    free(findings);
    return rc == DHK_NOMEM ? rc : DHK_OK;
}

static enum dhk_err
fill_text(struct evidence *e, struct evidence_text *t, uint64_t index,
    const struct entry *entry)
{
    const struct entry_text *said = &entry->u.text;

    t->index = index;
    t->time = entry->time;
    t->version = said->version;
    t->name = evidence_intern(e, said->name);
    t->signers_n = said->signers_n;
    for (size_t i = 0; i < said->signers_n; i++) {
        const char *who = evidence_intern(e, said->signer[i].principal);
        const char *key = evidence_intern(e, said->signer[i].fingerprint);
        if (who == NULL || key == NULL)
            return DHK_NOMEM;
        t->signer[i] = (struct entry_signer){slice_str(who), slice_str(key)};
    }
    return t->name == NULL ? DHK_NOMEM : DHK_OK;
}

static void
end_text(struct evidence_text *t, uint64_t index, uint64_t time)
{
    if (t->end_index != 0)
        return;
    t->end_index = index;
    t->end_time = time;
}

static enum dhk_err
take_text(struct evidence *e, uint64_t index, const struct entry *entry)
{
    struct evidence_text *t = e->inside->pending;
    struct evidence_text **list;
    enum dhk_err rc;

    if (t == NULL ||
        memcmp(t->sha256, entry->u.text.sha256, sizeof t->sha256) != 0)
        return DHK_FORMAT;
    rc = fill_text(e, t, index, entry);
    if (rc != DHK_OK)
        return rc;
    if (entry->kind == ENTRY_AGREEMENT)
        GROW(e, agreements);
    else
        GROW(e, rosters);
    e->inside->pending = NULL;
    list = entry->kind == ENTRY_AGREEMENT ? &e->agreements[e->agreements_n]
                                          : &e->rosters[e->rosters_n];
    *list = t;
    if (entry->kind == ENTRY_AGREEMENT) {
        if (e->agreements_n++ > 0)
            end_text(list[-1], index, entry->time);
        return DHK_OK;
    }
    if (e->rosters_n++ > 0)
        end_text(list[-1], index, entry->time);
    roster_destroy(&e->roster);
    rc = roster_parse(&e->roster, slice_of(t->text, t->text_n), NULL);
    return rc == DHK_NOMEM ? rc : DHK_OK;
}

static enum dhk_err
revoke_text(struct evidence *e, uint64_t index, const struct entry *entry)
{
    const struct entry_revoked *r = &entry->u.revoked;
    const char *by = evidence_intern(e, r->by);

    if (by == NULL)
        return DHK_NOMEM;
    for (size_t i = 0; i < e->agreements_n + e->rosters_n; i++) {
        struct evidence_text *t = i < e->agreements_n
                                      ? e->agreements[i]
                                      : e->rosters[i - e->agreements_n];
        if (memcmp(t->sha256, r->id, sizeof r->id) != 0 || t->end_index != 0)
            continue;
        end_text(t, index, entry->time);
        t->revoked_by = by;
    }
    return DHK_OK;
}

/* --- cards and questions --- */

static enum dhk_err
take_card(struct evidence *e, uint64_t index, const struct entry *entry)
{
    struct card card;
    struct evidence_card *out;

    if (card_decode(&card, entry->u.card.card, NULL) != DHK_OK)
        return DHK_FORMAT;
    GROW(e, cards);
    out = &e->cards[e->cards_n];
    *out = (struct evidence_card){.index = index,
        .time = entry->time,
        .serial = card.serial,
        .from = card.from,
        .until = card.until,
        .partner = evidence_intern(e, slice_str(card.partner))};
    memcpy(out->id, card.id, sizeof out->id);
    if (out->partner == NULL)
        return DHK_NOMEM;
    e->cards_n++;
    return DHK_OK;
}

static enum dhk_err
revoke_card(struct evidence *e, uint64_t index, const struct entry *entry)
{
    const char *by = evidence_intern(e, entry->u.revoked.by);

    if (by == NULL)
        return DHK_NOMEM;
    for (size_t i = 0; i < e->cards_n; i++) {
        struct evidence_card *c = &e->cards[i];
        if (c->revoked_index != 0 ||
            memcmp(c->id, entry->u.revoked.id, sizeof c->id) != 0)
            continue;
        c->revoked_index = index;
        c->revoked_time = entry->time;
        c->revoked_by = by;
    }
    return DHK_OK;
}

static enum dhk_err
take_query(struct evidence *e, uint64_t index, const struct entry *entry)
{
    const struct entry_queried *q = &entry->u.queried;
    struct query query;
    struct evidence_query *out;

    if (query_from_body(&query, q->body, q->signature, NULL) != DHK_OK)
        return DHK_FORMAT;
    GROW(e, queries);
    out = &e->queries[e->queries_n];
    *out = (struct evidence_query){.index = index,
        .time = entry->time,
        .asker = evidence_intern(e, q->asker),
        .purpose = query.purpose,
        .what = query.what,
        .has_case = query.has_case,
        .from = query.from,
        .until = query.until,
        .since = query.since,
        .before = query.before};
    memcpy(out->case_handle, query.case_handle, sizeof out->case_handle);
    memcpy(out->card, query.card, sizeof out->card);
    if (query.partner.n > 0)
        out->partner = evidence_intern(e, query.partner);
    if (out->asker == NULL || (query.partner.n > 0 && out->partner == NULL))
        return DHK_NOMEM;
    e->queries_n++;
    return DHK_OK;
}

static enum dhk_err
take_operator(struct evidence *e, uint64_t index, const struct entry *entry)
{
    GROW(e, operators);
    e->operators[e->operators_n++] =
        (struct evidence_operator){index, entry->time, entry->u.operator_code};
    return DHK_OK;
}

/* --- the records --- */

/* Kinds that say nothing for a report are counted only. */
static enum dhk_err
join_entry(struct evidence *e, uint64_t index, const struct entry *entry)
{
    switch ((int)entry->kind) {
    case ENTRY_ACCEPTED:
        return evidence_accepted(e, index, entry);
    case ENTRY_SHARE:
        return evidence_shared(e, index, entry);
    case ENTRY_REFUSED:
        return evidence_refused(e, index, entry);
    case ENTRY_DELIVERED:
    case ENTRY_RETURNED:
    case ENTRY_EXPIRED:
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        return evidence_ended(e, index, entry);
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
        return take_text(e, index, entry);
    case ENTRY_REVOKED_TEXT:
        return revoke_text(e, index, entry);
    case ENTRY_CARD:
        return take_card(e, index, entry);
    case ENTRY_REVOKED_CARD:
        return revoke_card(e, index, entry);
    case ENTRY_QUERIED:
        return take_query(e, index, entry);
    case ENTRY_OPERATOR:
        return take_operator(e, index, entry);
    case ENTRY_STATED:
        return evidence_said_of_case(e, index, entry);
    case ENTRY_RELEASED:
        return evidence_released(e, index, entry);
    default:
        return DHK_OK;
    }
}

static enum dhk_err
take_entry(struct evidence *e, const struct ledgerfile_record *record)
{
    struct entry *entry = e->inside->entry;
    enum dhk_err rc = entry_decode(entry, record->entry, NULL);

    if (rc != DHK_OK)
        return rc;
    GROW(e, at);
    e->at[e->at_n++] = (struct evidence_at){record->index, entry->time};
    if (e->entries++ == 0)
        e->first_time = entry->time;
    e->last_time = entry->time;
    if ((size_t)entry->kind < EVIDENCE_KINDS)
        e->kinds[entry->kind]++;
    return join_entry(e, record->index, entry);
}

enum dhk_err
evidence_record(struct evidence *e, const struct ledgerfile_record *record)
{
    switch (record->type) {
    case LEDGERFILE_ORIGIN:
        e->complete = record->complete;
        return slice_to_str(record->origin, e->origin, sizeof e->origin);
    case LEDGERFILE_ROSTER:
    case LEDGERFILE_AGREEMENT:
        return read_text(e, record);
    case LEDGERFILE_ENTRY:
        return take_entry(e, record);
    case LEDGERFILE_NONE:
    case LEDGERFILE_CHECKPOINT:
    case LEDGERFILE_END:
        break;
    }
    return DHK_OK;
}

enum dhk_err
evidence_finish(struct evidence *e)
{
    for (size_t i = 0; i < e->shares_n; i++)
        e->shares[i].signal =
            evidence_signal(e, e->shares[i].accepted, e->shares[i].position);
    return evidence_join_cases(e);
}
