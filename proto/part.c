/* SPDX-License-Identifier: EUPL-1.2 */
#include "part.h"

#include <string.h>

#include "answer.h"
#include "card.h"
#include "query.h"
#include "statement.h"
#include "withdrawal.h"

static void
put_name(struct part *p, struct slice name)
{
    must(p->names_n < 2);
    if (slice_to_str(name, p->name[p->names_n], sizeof p->name[0]) == DHK_OK)
        p->names_n++;
}

static bool
is_same(const struct part_row *a, const struct part_row *b)
{
    return a->has_case == b->has_case && a->code == b->code &&
           strcmp(a->signal, b->signal) == 0 &&
           memcmp(a->case_handle, b->case_handle, PART_CASE) == 0;
}

static void
put_row(struct part *p, const struct part_row *row)
{
    if (p->full)
        return;
    for (size_t i = 0; i < p->rows_n; i++) {
        if (is_same(&p->row[i], row))
            return;
    }
    p->full = p->rows_n == PART_ROWS;
    if (!p->full)
        p->row[p->rows_n++] = *row;
}

static enum dhk_err
put_plain(struct part *p, struct slice name, uint64_t code)
{
    struct part_row row = {.code = code};

    put_name(p, name);
    put_row(p, &row);
    return DHK_OK;
}

static struct part_row
row_of_share(const struct entry_share *s, uint64_t code)
{
    struct part_row row = {.has_case = true, .code = code};

    memcpy(row.case_handle, s->case_handle, PART_CASE);
    must(slice_to_str(s->kind, row.signal, sizeof row.signal) == DHK_OK);
    return row;
}

static void
put_share(struct part *p, const struct entry_share *s, uint64_t code)
{
    struct part_row row = row_of_share(s, code);

    put_row(p, &row);
}

/* The cases of a bundle's signals are in the shares behind it. */
static enum dhk_err
of_accepted(struct part *p, const struct entry_accepted *a, uint64_t index,
    const struct part_reader *r)
{
    bool shared[LIMIT_BUNDLE] = {false};
    const struct entry_share *s;

    put_name(p, a->sender);
    for (uint64_t i = index + 1;
         (s = r->share(r->ctx, i)) != NULL && s->accepted == index; i++) {
        if (s->position >= a->n)
            return DHK_FORMAT;
        shared[s->position] = true;
        put_share(p, s, ENTRY_CODE_NONE);
    }
    for (size_t i = 0; i < a->n; i++) {
        struct part_row row = {.code = (uint64_t)a->mark[i].code};
        if (shared[i] != (a->mark[i].code == ENTRY_CODE_NONE) ||
            slice_to_str(a->kind[a->mark[i].kind], row.signal,
                sizeof row.signal) != DHK_OK)
            return DHK_FORMAT;
        if (!shared[i])
            put_row(p, &row);
    }
    return DHK_OK;
}

static enum dhk_err
of_share(struct part *p, const struct entry_share *s, uint64_t code)
{
    if (s == NULL)
        return DHK_FORMAT;
    put_name(p, s->sender);
    put_name(p, s->recipient);
    put_share(p, s, code);
    return DHK_OK;
}

static enum dhk_err
of_delivered(struct part *p, const struct entry_delivered *d,
    const struct part_reader *r)
{
    struct answer a;
    enum dhk_err rc = answer_from_body(&a, d->body, d->signature, NULL);

    if (rc != DHK_OK || a.items_n != d->n)
        return DHK_FORMAT;
    put_name(p, d->recipient);
    put_name(p, a.sender);
    for (size_t i = 0; i < d->n; i++) {
        struct part_row row = {.code = (uint64_t)a.item[i].outcome};
        const struct entry_share *s =
            d->index[i] == 0 ? NULL : r->share(r->ctx, d->index[i]);
        if (d->index[i] != 0 && s == NULL)
            return DHK_FORMAT;
        if (s == NULL)
            put_row(p, &row);
        else
            put_share(p, s, row.code);
    }
    return DHK_OK;
}

static enum dhk_err
of_expired(
    struct part *p, const struct entry_expired *e, const struct part_reader *r)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct entry_share *s = r->share(r->ctx, e->index[i]);
        if (s == NULL)
            return DHK_FORMAT;
        if (i == 0) /* all are of one sender */
            put_name(p, s->sender);
        put_share(p, s, ENTRY_CODE_NONE);
    }
    return DHK_OK;
}

static enum dhk_err
of_withdrawn(struct part *p, const struct entry_withdrawn *e,
    const struct part_reader *r)
{
    struct withdrawal w;
    const struct entry_share *s = r->share(r->ctx, e->share);

    if (s == NULL ||
        withdrawal_from_body(&w, e->body, e->signature, NULL) != DHK_OK)
        return DHK_FORMAT;
    put_name(p, e->sender);
    if (e->notice)
        put_name(p, e->recipient);
    put_share(p, s, (uint64_t)w.reason);
    return DHK_OK;
}

static enum dhk_err
of_card(struct part *p, struct slice bytes)
{
    struct card card;

    if (card_decode(&card, bytes, NULL) != DHK_OK)
        return DHK_FORMAT;
    return put_plain(p, slice_str(card.partner), 0);
}

static enum dhk_err
of_queried(struct part *p, const struct entry_queried *q)
{
    struct query query;

    if (query_from_body(&query, q->body, q->signature, NULL) != DHK_OK)
        return DHK_FORMAT;
    return put_plain(p, q->asker, (uint64_t)query.purpose);
}

static enum dhk_err
of_stated(struct part *p, const struct entry_stated *e)
{
    struct statement s;
    struct part_row row = {.has_case = true};

    if (e->all) /* everybody may see it: it is in nobody's list */
        return DHK_OK;
    if (statement_from_body(&s, e->body, e->signature, NULL) != DHK_OK)
        return DHK_FORMAT;
    put_name(p, e->partner);
    memcpy(row.case_handle, s.case_handle, PART_CASE);
    row.code = (uint64_t)s.what;
    put_row(p, &row);
    return DHK_OK;
}

static enum dhk_err
rows_of(struct part *out, const struct entry *e, uint64_t index,
    const struct part_reader *r)
{
    switch (e->kind) {
    case ENTRY_ACCEPTED:
        return of_accepted(out, &e->u.accepted, index, r);
    case ENTRY_SHARE:
        return of_share(out, &e->u.share, ENTRY_CODE_NONE);
    case ENTRY_REFUSED:
        return put_plain(out, e->u.refused.sender, (uint64_t)e->u.refused.code);
    case ENTRY_DELIVERED:
        return of_delivered(out, &e->u.delivered, r);
    case ENTRY_RETURNED:
        return of_share(out, r->share(r->ctx, e->u.returned.index),
            (uint64_t)e->u.returned.code);
    case ENTRY_RELEASED:
        return of_share(
            out, r->share(r->ctx, e->u.released.share), ENTRY_CODE_NONE);
    case ENTRY_EXPIRED:
        return of_expired(out, &e->u.expired, r);
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        return of_withdrawn(out, &e->u.withdrawn, r);
    case ENTRY_CARD:
        return of_card(out, e->u.card.card);
    case ENTRY_QUERIED:
        return of_queried(out, &e->u.queried);
    case ENTRY_STATED:
        return of_stated(out, &e->u.stated);
    case ENTRY_NONE: /* of all, of auditors, or of the list itself */
    case ENTRY_GENESIS:
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
    case ENTRY_REVOKED_TEXT:
    case ENTRY_REVOKED_CARD:
    case ENTRY_OPERATOR:
    case ENTRY_SEAL:
    case ENTRY_HELD:
        break;
    }
    return DHK_OK;
}

enum dhk_err
part_of(struct part *out, const struct entry *e, uint64_t index,
    const struct part_reader *r)
{
    out->names_n = out->rows_n = 0;
    out->full = false;
    enum dhk_err rc = rows_of(out, e, index, r);

    return out->full ? DHK_FORMAT : rc;
}
