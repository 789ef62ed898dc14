/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading requests from a ledger; see ledgercases.h. The shares of a bundle
 * follow the entry that accepted it, before the next one is accepted. */
#include "ledgercases.h"

#include <stdlib.h>
#include <string.h>

#include "caselog.h"
#include "facts.h"

enum dhk_err
ledgercases_init(
    struct ledgercases *l, const struct agreement *a, struct slice text)
{
    memset(l, 0, sizeof *l);
    l->agreement = a;
    seal_sha256(l->sha256, text);
    l->entry = malloc(sizeof *l->entry);
    l->bundle = malloc(sizeof *l->bundle);
    return l->entry == NULL || l->bundle == NULL ? DHK_NOMEM
                                                 : caselog_new(&l->cases);
}

void
ledgercases_done(struct ledgercases *l)
{
    free(l->list);
    free(l->entry);
    free(l->bundle);
    caselog_destroy(&l->cases);
    memset(l, 0, sizeof *l);
}

static enum dhk_err
take_bundle(struct ledgercases *l, uint64_t index, struct slice bytes)
{
    if (bytes.n > sizeof l->bytes)
        return DHK_FORMAT;
    memcpy(l->bytes, bytes.p, bytes.n);
    l->bytes_n = bytes.n;
    l->bundle_index = index;
    return entry_decode(l->bundle, slice_of(l->bytes, bytes.n), NULL);
}

static enum dhk_err
keep(struct ledgercases *l, const struct request *req)
{
    struct request *list = facts_grow(l->list, l->n, &l->cap, sizeof *list);
    if (list == NULL)
        return DHK_NOMEM;
    l->list = list;
    l->list[l->n++] = *req;
    return DHK_OK;
}

/* What the record believes of a case; see ledgercases.h. */
static enum dhk_err
take_stated(struct ledgercases *l, uint64_t index)
{
    const struct caselog_said said = {
        .index = index, .time = l->entry->time, .e = &l->entry->u.stated};
    enum course_verdict ignored;
    enum act_phase phase;
    return caselog_add(l->cases, &said, &ignored, &phase);
}

static enum dhk_err
take_share(struct ledgercases *l)
{
    const struct entry_share *s = &l->entry->u.share;
    const struct entry_accepted *a = &l->bundle->u.accepted;
    struct facts_asked asked = {.a = l->agreement,
        .s = s,
        .has_course = l->complete,
        .time = l->entry->time};
    struct request req;
    enum dhk_err rc;
    if (memcmp(s->agreement, l->sha256, sizeof l->sha256) != 0) {
        l->others++;
        return DHK_OK;
    }
    if (l->bytes_n == 0 || s->accepted != l->bundle_index ||
        s->position >= a->n) {
        l->unclear++;
        return DHK_OK;
    }
    asked.classes = a->mark[s->position].classes;
    rc = caselog_find(&asked.course, l->cases, s->case_handle);
    if (rc != DHK_OK)
        return rc;
    if (!facts_request(&req, &asked)) {
        l->unclear++;
        return DHK_OK;
    }
    return keep(l, &req);
}

enum dhk_err
ledgercases_record(
    struct ledgercases *l, const struct ledgerfile_record *record)
{
    if (record->type == LEDGERFILE_ORIGIN)
        l->complete = record->complete;
    if (record->type != LEDGERFILE_ENTRY)
        return DHK_OK;
    enum dhk_err rc = entry_decode(l->entry, record->entry, NULL);
    if (rc != DHK_OK)
        return rc;
    if (l->entry->kind == ENTRY_ACCEPTED)
        return take_bundle(l, record->index, record->entry);
    if (l->entry->kind == ENTRY_STATED)
        return take_stated(l, record->index);
    return l->entry->kind == ENTRY_SHARE ? take_share(l) : DHK_OK;
}
