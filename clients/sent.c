/* SPDX-License-Identifier: EUPL-1.2
 *
 * What was pushed, for those who ask. */
#include "sent.h"

#include "counted.h"
#include "outbox.h"
#include "recall.h"

#include <stdlib.h>
#include <string.h>

struct sent { /* the one shown last; NODE->sent owns it */
    struct dhk_sent pub;
    struct record record;
    struct recall recall; /* all zero: not withdrawn */
    struct dhk_outcome outcome[LIMIT_PARTIES];
};

void
sent_destroy(struct sent **s)
{
    free(*s);
    *s = NULL;
}

static void
fill_recall(struct sent *s)
{
    const struct recall *r = &s->recall;
    struct dhk_sent *p = &s->pub;

    if (r->state == RECALL_VOID &&
        (p->state == DHK_ACCEPTED || p->state == DHK_DONE))
        p->not_replaced_with = r->replacement;
    if (r->state != RECALL_WAITING && r->state != RECALL_DONE)
        return;
    p->withdrawn = withdrawal_reason_name(r->reason);
    p->withdrawal_waits = r->state == RECALL_WAITING;
    p->replaced_with = r->replacement;
    if (r->is_correction)
        bytes_hex(p->replaced_by, r->replaced_by, sizeof r->replaced_by);
}

/* That all of its entries are in a ledger that a quorum stands behind. */
static bool
is_counted(const struct dhk_node *node, const struct dhk_sent *p)
{
    uint64_t last = p->index;

    if (p->index == 0 || node->counted == NULL)
        return false;
    for (size_t i = 0; i < p->outcomes_n; i++)
        if (p->outcomes[i].index > last)
            last = p->outcomes[i].index;
    return counted_covers(node->counted, last);
}

static void
fill(struct sent *s, const struct dhk_node *node, uint64_t number)
{
    struct record *r = &s->record;
    struct dhk_sent *p = &s->pub;

    *p = (struct dhk_sent){.number = number,
        .state = r->state,
        .kind = r->kind,
        .pushed = r->pushed,
        .expires = r->expires,
        .index = r->index,
        .outcomes = s->outcome,
        .alarms = r->alarms};
    if (r->has_id)
        bytes_hex(p->id, r->id, sizeof r->id);
    bytes_hex(p->case_handle, r->case_handle, sizeof r->case_handle);
    if (r->why != ENTRY_CODE_NONE && r->state != DHK_WAITING)
        p->why = entry_code_name(r->why);
    for (size_t i = 0; i < r->recipients_n; i++) {
        const struct record_recipient *to = &r->recipient[i];
        const struct recall_share *share = recall_share(&s->recall, to->index);

        if (r->state != DHK_ACCEPTED && r->state != DHK_DONE)
            break;
        s->outcome[p->outcomes_n++] =
            (struct dhk_outcome){to->partner, record_end_name(to), to->index,
                share == NULL ? NULL : recall_share_name(share)};
    }
    fill_recall(s);
    p->counted = is_counted(node, p);
}

enum dhk_err
sent_next(struct dhk_node *node, uint64_t after, const struct dhk_sent **out)
{
    struct store_txn *t = NULL;
    uint64_t number = 0;
    enum dhk_err rc = node_outbox(node, NULL);

    *out = NULL;
    if (rc == DHK_OK && node->sent == NULL) {
        node->sent = calloc(1, sizeof *node->sent);
        rc = node->sent == NULL ? DHK_NOMEM : DHK_OK;
    }
    if (rc == DHK_OK)
        rc = outbox_begin(&t, node->outbox, false);
    if (rc == DHK_OK)
        rc = outbox_next(t, after, &number, &node->sent->record);
    if (rc == DHK_OK) {
        rc = recall_now(t, number, &node->sent->recall);
        if (rc == DHK_NOTFOUND)
            memset(&node->sent->recall, 0, sizeof node->sent->recall);
        rc = rc == DHK_NOTFOUND ? DHK_OK : rc;
    }
    store_abort(&t);
    if (rc != DHK_OK)
        return rc;
    fill(node->sent, node, number);
    *out = &node->sent->pub;
    return DHK_OK;
}

enum dhk_err
sent_cancel(struct dhk_node *node, uint64_t number)
{
    struct store_txn *t = NULL;
    struct record r;
    enum dhk_err rc = node_outbox(node, NULL);

    if (rc == DHK_OK)
        rc = outbox_begin(&t, node->outbox, true);
    if (rc == DHK_OK)
        rc = outbox_get(t, number, &r);
    /* once sealed it may have left, whatever became of it there; what waits for
     * review was refused with a signature, or never left */
    if (rc == DHK_OK && r.state != DHK_REVIEW &&
        (r.state != DHK_WAITING || r.tries > 0))
        rc = DHK_STATE;
    if (rc == DHK_OK) {
        r.state = DHK_CANCELLED;
        rc = outbox_put(t, number, &r);
    }
    if (rc == DHK_OK)
        rc = recall_cancel(t, number);
    if (rc == DHK_OK)
        rc = outbox_unqueue(t, number);
    if (rc == DHK_OK)
        rc = outbox_forget_content(t, number);
    if (rc == DHK_OK)
        return outbox_commit_now(node->outbox, &t);
    store_abort(&t);
    return rc;
}

enum dhk_err
sent_proof(struct dhk_node *node, uint64_t number, char **text)
{
    struct store_txn *t = NULL;
    struct record r;
    struct slice proof;
    enum dhk_err rc = node_outbox(node, NULL);

    *text = NULL;
    if (rc == DHK_OK)
        rc = outbox_begin(&t, node->outbox, false);
    if (rc == DHK_OK)
        rc = outbox_get(t, number, &r);
    if (rc == DHK_OK && r.index == 0)
        rc = DHK_STATE;
    if (rc == DHK_OK)
        rc = outbox_get_proof(t, r.bundle, &proof);
    if (rc == DHK_OK) {
        *text = malloc(proof.n + 1);
        rc = *text == NULL ? DHK_NOMEM : DHK_OK;
    }
    if (rc == DHK_OK) {
        memcpy(*text, proof.p, proof.n);
        (*text)[proof.n] = '\0';
    }
    store_abort(&t);
    return rc;
}
