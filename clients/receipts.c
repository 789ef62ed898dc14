/* SPDX-License-Identifier: EUPL-1.2
 *
 * A receipt against what was sent. */
#include "receipts.h"

#include "merkle.h"

#include <stdlib.h>
#include <string.h>

static enum dhk_err
wrong(struct dhk_problem *problem, const char *what)
{
    return problem_set(problem, DHK_AUTH,
        "the broker's receipt contradicts what was sent: %s", what);
}

static bool
same_statement(const struct bundle_statement *st, const uint8_t card[32],
    struct slice ids, const uint8_t sig[KEY_SIGNATURE])
{
    return memcmp(st->card, card, sizeof st->card) == 0 &&
           slice_equal(st->ids, ids) &&
           memcmp(st->signature, sig, KEY_SIGNATURE) == 0;
}

static enum dhk_err
apply_refused(const struct entry_refused *e, uint64_t index,
    const struct receipts_sent *sent, struct dhk_problem *problem)
{
    if (!same_statement(sent->statement, e->card, e->ids, e->signature) ||
        !slice_equal(e->sender, slice_str(sent->sender)))
        return wrong(problem, "the refusal is of another bundle");
    for (size_t i = 0; i < sent->n; i++) {
        sent->record[i]->state = DHK_REFUSED;
        sent->record[i]->why = e->code;
        sent->record[i]->index = index;
    }
    return DHK_OK;
}

static enum dhk_err
apply_accepted(const struct entry_accepted *e, uint64_t index,
    const struct receipts_sent *sent, struct dhk_problem *problem)
{
    if (!same_statement(sent->statement, e->card, e->ids, e->signature) ||
        !slice_equal(e->sender, slice_str(sent->sender)) || e->n != sent->n)
        return wrong(problem, "the entry is of another bundle");
    for (size_t i = 0; i < sent->n; i++) {
        struct record *r = sent->record[i];
        const struct entry_mark *m = &e->mark[i];

        if (m->seq != r->seq || m->presence != r->presence ||
            m->kind >= e->kinds_n ||
            !slice_equal(e->kind[m->kind], slice_str(r->kind)))
            return wrong(problem, "number, fields or kind of a signal");
        if (m->code == ENTRY_CODE_NONE &&
            memcmp(e->agreement, r->agreement, sizeof e->agreement) != 0)
            return wrong(problem, "decided by another agreement");
        r->state = m->code == ENTRY_CODE_NONE ? DHK_ACCEPTED : DHK_REFUSED;
        r->why = m->code;
        r->index = index;
    }
    return DHK_OK;
}

static struct record_recipient *
find_recipient(struct record *r, struct slice partner)
{
    for (size_t i = 0; i < r->recipients_n; i++) {
        if (slice_equal(slice_str(r->recipient[i].partner), partner))
            return &r->recipient[i];
    }
    return NULL;
}

static enum dhk_err
apply_share(const struct entry_share *e, uint64_t accepted,
    const struct receipts_sent *sent, struct record_recipient **to,
    struct dhk_problem *problem)
{
    struct record *r;

    if (e->accepted != accepted || e->position >= sent->n ||
        !slice_equal(e->sender, slice_str(sent->sender)))
        return wrong(problem, "a share of another signal");
    r = sent->record[e->position];
    if (r->state != DHK_ACCEPTED || memcmp(e->id, r->id, sizeof r->id) != 0 ||
        memcmp(e->agreement, r->agreement, sizeof r->agreement) != 0 ||
        memcmp(e->case_handle, r->case_handle, sizeof r->case_handle) != 0 ||
        !slice_equal(e->kind, slice_str(r->kind)))
        return wrong(problem, "a share with other particulars");
    *to = find_recipient(r, e->recipient);
    if (*to == NULL || (*to)->end == RECORD_UNSHARED)
        return wrong(problem, "a recipient that was not in the preview");
    if ((*to)->index != 0)
        return wrong(problem, "two shares for one recipient");
    if (memcmp(e->card, (*to)->card, sizeof e->card) != 0 ||
        e->wrapped != (*to)->fields)
        return wrong(problem, "a share for another card or of other fields");
    if ((e->fields & ~(*to)->fields) != 0)
        return wrong(problem, "a field more than in the preview");
    if (e->fields != (*to)->fields && !(*to)->conditional)
        return wrong(problem, "a field less than in the preview, without "
                              "a reason");
    (*to)->end = e->pending ? RECORD_PENDING : RECORD_OPEN;
    return DHK_OK;
}

/* Everybody promised has a share, or a reason why not. */
static enum dhk_err
close_gaps(const struct receipts_sent *sent, struct dhk_problem *problem)
{
    for (size_t i = 0; i < sent->n; i++) {
        struct record *r = sent->record[i];

        for (size_t k = 0; k < r->recipients_n; k++) {
            struct record_recipient *to = &r->recipient[k];

            if (to->index != 0 || to->end == RECORD_UNSHARED ||
                r->state != DHK_ACCEPTED)
                continue;
            if (!to->conditional)
                return wrong(
                    problem, "a recipient of the preview got no share");
            to->end = RECORD_UNSHARED;
        }
        if (r->state == DHK_ACCEPTED && record_is_settled(r))
            r->state = DHK_DONE;
    }
    return DHK_OK;
}

static enum dhk_err
apply_shares(const struct receipt *r, const struct receipts_sent *sent,
    struct entry *e, struct dhk_problem *problem)
{
    struct record_recipient *to = NULL;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 1; rc == DHK_OK && i < r->n; i++) {
        rc = entry_decode(e, r->entry[i], NULL);
        if (rc != DHK_OK || e->kind != ENTRY_SHARE)
            return wrong(problem, "an entry that is no share");
        rc = apply_share(&e->u.share, r->index[0], sent, &to, problem);
        if (rc != DHK_OK)
            return rc;
        must(to != NULL);
        to->index = r->index[i];
        to->nth = e->u.share.nth;
        merkle_leaf(to->leaf, r->entry[i]);
    }
    return close_gaps(sent, problem);
}

enum dhk_err
receipts_apply(const struct receipt *r, const struct receipts_sent *sent,
    struct dhk_problem *problem)
{
    struct entry *e = malloc(sizeof *e);
    enum dhk_err rc = DHK_NOMEM;

    if (e == NULL)
        return problem_set(problem, rc, "out of memory");
    rc = r->n == 0 ? DHK_FORMAT : entry_decode(e, r->entry[0], NULL);
    if (rc == DHK_OK && e->kind == ENTRY_REFUSED && r->n == 1)
        rc = apply_refused(&e->u.refused, r->index[0], sent, problem);
    else if (rc == DHK_OK && e->kind == ENTRY_ACCEPTED) {
        rc = apply_accepted(&e->u.accepted, r->index[0], sent, problem);
        if (rc == DHK_OK)
            rc = apply_shares(r, sent, e, problem);
    } else
        rc = wrong(problem, "neither an acceptance nor a refusal");
    free(e);
    return rc;
}
