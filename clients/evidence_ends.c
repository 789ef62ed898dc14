/* SPDX-License-Identifier: EUPL-1.2
 *
 * What becomes of shares and of withdrawals; see evidence.h. */
#include "evidence_inside.h"

#include <stdlib.h>
#include <string.h>

struct evidence_share *
evidence_share(struct evidence *e, uint64_t index)
{
    size_t low = 0;
    size_t high = e->shares_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (e->shares[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->shares_n && e->shares[low].index == index ? &e->shares[low]
                                                              : NULL;
}

const struct evidence_share *
evidence_share_at(const struct evidence *e, uint64_t index)
{
    return evidence_share((struct evidence *)(uintptr_t)e, index);
}

static struct evidence_recall *
find_recall(struct evidence *e, uint64_t index)
{
    size_t low = 0;
    size_t high = e->recalls_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (e->recalls[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->recalls_n && e->recalls[low].index == index
               ? &e->recalls[low]
               : NULL;
}

/* The first end counts, but for an answer: what ended before it came, its
 * recipient holds all the same. A share that is not here has no end. */
static void
end_share(struct evidence *e, uint64_t share, const struct evidence_share *how)
{
    struct evidence_share *s = evidence_share(e, share);

    if (s == NULL ||
        (s->end != EVIDENCE_OPEN &&
            (s->end == EVIDENCE_ANSWERED || how->end != EVIDENCE_ANSWERED)))
        return;
    s->end = how->end;
    s->answer = how->answer;
    s->missing = how->missing;
    s->code = how->code;
    s->end_index = how->end_index;
    s->end_time = how->end_time;
}

static void
take_answer(struct evidence *e, uint64_t index, uint64_t time,
    const struct answer_item *item, uint64_t about)
{
    struct evidence_recall *recall = find_recall(e, about);
    struct evidence_share how = {.end = EVIDENCE_ANSWERED,
        .answer = item->outcome,
        .missing = item->outcome == ANSWER_TAKEN ? item->detail : 0,
        .end_index = index,
        .end_time = time};

    if (recall == NULL) {
        end_share(e, about, &how);
    } else if (recall->answer == ANSWER_NONE) {
        recall->answer = item->outcome;
        recall->answer_index = index;
        recall->answer_time = time;
    }
}

static enum dhk_err
take_delivered(struct evidence *e, uint64_t index, const struct entry *entry)
{
    const struct entry_delivered *d = &entry->u.delivered;
    struct answer *a = &e->inside->answer;
    struct evidence_answer *list =
        evidence_grow(e->answers, e->answers_n, &e->answers_cap, sizeof *list);

    if (list == NULL)
        return DHK_NOMEM;
    e->answers = list;
    if (answer_from_body(a, d->body, d->signature, NULL) != DHK_OK)
        return DHK_FORMAT;
    list += e->answers_n;
    *list = (struct evidence_answer){.index = index,
        .time = entry->time,
        .from = evidence_intern(e, a->sender),
        .to = evidence_intern(e, d->recipient),
        .n = d->n};
    memcpy(list->card, a->card, sizeof list->card);
    if (list->from == NULL || list->to == NULL)
        return DHK_NOMEM;
    e->answers_n++;
    for (size_t i = 0; i < d->n && i < a->items_n; i++) {
        if (d->index[i] != 0)
            take_answer(e, index, entry->time, &a->item[i], d->index[i]);
    }
    return DHK_OK;
}

static enum dhk_err
take_withdrawn(struct evidence *e, uint64_t index, const struct entry *entry)
{
    const struct entry_withdrawn *w = &entry->u.withdrawn;
    struct evidence_share *share = evidence_share(e, w->share);
    struct evidence_share how = {
        .end = EVIDENCE_WITHDRAWN, .end_index = index, .end_time = entry->time};
    struct withdrawal said;
    struct evidence_recall *list =
        evidence_grow(e->recalls, e->recalls_n, &e->recalls_cap, sizeof *list);

    if (list == NULL)
        return DHK_NOMEM;
    e->recalls = list;
    if (withdrawal_from_body(&said, w->body, w->signature, NULL) != DHK_OK)
        return DHK_FORMAT;
    list += e->recalls_n;
    *list = (struct evidence_recall){.index = index,
        .time = entry->time,
        .share = share == NULL ? 0 : (size_t)(share - e->shares) + 1,
        .share_index = w->share,
        .from = evidence_intern(e, w->sender),
        .to = evidence_intern(e, w->recipient),
        .told = w->notice,
        .correction = said.is_correction,
        .reason = said.reason};
    memcpy(list->card, said.card, sizeof list->card);
    if (list->from == NULL || list->to == NULL)
        return DHK_NOMEM;
    e->recalls_n++;
    if (share != NULL && share->recall == 0)
        share->recall = e->recalls_n;
    if (!w->notice)
        end_share(e, w->share, &how);
    return DHK_OK;
}

enum dhk_err
evidence_ended(struct evidence *e, uint64_t index, const struct entry *entry)
{
    struct evidence_share how = {.end_index = index, .end_time = entry->time};

    if (entry->kind == ENTRY_DELIVERED)
        return take_delivered(e, index, entry);
    if (entry->kind == ENTRY_WITHDRAWN || entry->kind == ENTRY_CORRECTED)
        return take_withdrawn(e, index, entry);
    if (entry->kind == ENTRY_RETURNED) {
        how.end = EVIDENCE_RETURNED;
        how.code = entry->u.returned.code;
        end_share(e, entry->u.returned.index, &how);
        return DHK_OK;
    }
    how.end = EVIDENCE_EXPIRED;
    for (size_t i = 0; i < entry->u.expired.n; i++)
        end_share(e, entry->u.expired.index[i], &how);
    return DHK_OK;
}
