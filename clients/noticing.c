/* SPDX-License-Identifier: EUPL-1.2 */
#include "noticing.h"

#include "cards.h"
#include "fetch.h"
#include "heads.h"
#include "session.h"
#include "trust.h"

#include "merkle.h"
#include "withdrawal.h"

#include <stdlib.h>
#include <string.h>

enum { PARCEL_MAX = 1024 };

struct work {
    struct entry entry;
    struct withdrawal said;
};

/* Why the notice in BYTES does not count, or NULL. */
static const char *
read_notice(struct work *w, struct slice bytes)
{
    const struct entry_withdrawn *e = &w->entry.u.withdrawn;

    if (entry_decode(&w->entry, bytes, NULL) != DHK_OK ||
        (w->entry.kind != ENTRY_WITHDRAWN && w->entry.kind != ENTRY_CORRECTED))
        return "not of the form";
    if (withdrawal_from_body(&w->said, e->body, e->signature, NULL) != DHK_OK)
        return "its statement is malformed";
    return NULL;
}

enum dhk_err
noticing_fetch_cards(
    struct dhk_node *node, const struct outcomes *o, int timeout_ms)
{
    struct work *w = malloc(sizeof *w);
    enum dhk_err rc = w == NULL ? DHK_NOMEM : DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < o->n; i++) {
        if (read_notice(w, o->entry[i]) != NULL)
            continue;
        rc = fetch_signer(node, w->said.card, timeout_ms);
    }
    free(w);
    return rc;
}

static const char *
check(const struct dhk_node *node, const struct work *w)
{
    const struct entry_withdrawn *e = &w->entry.u.withdrawn;
    const struct card *card = cards_by_id(node->cards, w->said.card);

    if (!e->notice || !slice_equal(e->recipient, slice_str(node->name)))
        return "it is for somebody else";
    if (!slice_equal(
            w->said.origin, slice_str(trust_roster(node->trust)->origin)))
        return "it is for another ledger";
    if (card == NULL || !slice_equal(slice_str(card->partner), e->sender))
        return "its key card is not known, or not the sender's";
    if (withdrawal_verify(&w->said, &card->sign) != DHK_OK)
        return "the sender's signature";
    return NULL;
}

static enum dhk_err
keep(struct dhk_node *node, struct store_txn *t, const struct work *w,
    const struct parcel_notice *notice)
{
    uint8_t mem[PARCEL_MAX];
    struct inbox_item item = {.detail = 0};
    struct seen_mark mark = {.counter = 0};
    struct seen_found found;
    struct sink out;
    bool known;
    enum dhk_err rc;

    merkle_leaf(item.leaf, notice->bytes);
    rc = inbox_knows(t, item.leaf, &known);
    if (rc != DHK_OK || known)
        return rc;
    memcpy(mark.card, item.leaf, sizeof mark.card);
    memcpy(mark.leaf, item.leaf, sizeof mark.leaf);
    memcpy(mark.id, w->said.signal, sizeof mark.id);
    rc = seen_count(t, &mark, &found);
    if (rc == DHK_OK)
        rc = slice_to_str(
            w->entry.u.withdrawn.sender, item.sender, sizeof item.sender);
    if (rc == DHK_OK && found.what != SEEN_FRESH) {
        item.outcome = found.before; /* the broker forgot the answer */
        return inbox_answer(t, &item);
    }
    sink_init(&out, mem, sizeof mem);
    parcel_encode_notice(&out, notice);
    if (rc == DHK_OK)
        rc = out.err;
    return rc == DHK_OK
               ? inbox_add(node->inbox, t, &item, &mark, sink_done(&out))
               : rc;
}

enum dhk_err
noticing_take(
    struct dhk_node *node, struct store_txn *t, const struct outcomes *o)
{
    struct work *w = malloc(sizeof *w);
    enum dhk_err rc = w == NULL ? DHK_NOMEM : DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < o->n; i++) {
        const struct parcel_notice notice = {
            &w->entry, &w->said, o->index[i], o->entry[i]};
        const char *why = read_notice(w, o->entry[i]);
        if (why == NULL)
            why = check(node, w);
        if (why == NULL) {
            rc = keep(node, t, w, &notice);
            continue;
        }
        node_report(node,
            "a withdrawal in ledger entry %llu does not hold: %s; it is kept "
            "as evidence",
            (unsigned long long)o->index[i], why);
        heads_evidence(node->heads, "notice", o->entry[i]);
    }
    free(w);
    return rc;
}
