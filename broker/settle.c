/* SPDX-License-Identifier: EUPL-1.2 */
#include "settle.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "core.h"
#include "notices.h"
#include "quota.h"
#include "redecide.h"
#include "withdraw.h"
#include "turns.h"

/* Shares that are ended in one batch: more would keep everybody waiting, and
 * in the end not fit one transaction. */
enum { AT_ONCE = 4096 };

static int
ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

/* Ends S in the store and for whoever holds it; its sender hears of INDEX. */
static enum dhk_err
close_share(struct core *c, const struct mailbox_share *s, uint64_t index)
{
    struct force_card *card = force_card_by_number(&c->force, s->recipient);

    c->dirty = true;
    enum dhk_err rc = mailbox_close(c->txn, s);
    if (rc == DHK_OK)
        rc = mailbox_tell(c->txn, s->sender, index);
    core_fail(c, rc);
    if (rc != DHK_OK)
        return rc;
    if (card != NULL)
        quota_remove(card, s);
    turns_settled(c, s);
    turns_wake(c, s->sender, COMMAND_MODE_OUTCOMES);
    return DHK_OK;
}

/* The same, when the recipient has not answered. What was due and ran out, its
 * recipient is to miss. */
static enum dhk_err
close_unanswered(
    struct core *c, const struct mailbox_share *s, uint64_t index, bool ran_out)
{
    const struct force_card *card =
        force_card_by_number(&c->force, s->recipient);
    enum dhk_err rc = close_share(c, s, index);

    if (rc == DHK_OK && card == NULL)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = notices_unanswered(c->txn, slice_str(card->card.partner), s->index,
            ran_out && !s->pending ? 0 : index);
    core_fail(c, rc);
    return rc;
}

enum dhk_err
settle_withdrawn(struct core *c, const struct mailbox_share *s, uint64_t index)
{
    return close_unanswered(c, s, index, false);
}

void
settle_return(
    struct core *c, const struct mailbox_share *s, enum entry_code code)
{
    struct entry *e = &c->entry;
    uint64_t index;

    memset(e, 0, sizeof *e);
    e->kind = ENTRY_RETURNED;
    e->u.returned.index = s->index;
    e->u.returned.code = code;
    if (force_agreement(&c->force) != NULL)
        memcpy(e->u.returned.agreement, c->force.agreement_text.sha256, 32);
    if (core_append(c, e, &index) == DHK_OK)
        core_fail(c, close_unanswered(c, s, index, false));
}

/* --- answers --- */

struct answered {
    struct answer answer;
    struct mailbox_share share[LIMIT_ANSWER]; /* the open ones */
    size_t n;
    struct notice notice[LIMIT_ANSWER]; /* the open ones */
    size_t notices_n;
    struct {
        uint64_t index;
        size_t item;
    } late[LIMIT_ANSWER]; /* shares that had ended unanswered */
    size_t late_n;
    size_t held_n; /* of those, the ones that the entry names */
    struct entry entry;
    uint64_t index[LIMIT_ANSWER]; /* of each item; 0: had its end before */
};

/* Whether card N is SENDER's. */
static bool
is_card_of(const struct core *c, uint64_t n, struct slice sender)
{
    const struct force_card *card = force_card_by_number(&c->force, n);

    return card != NULL && slice_equal(slice_str(card->card.partner), sender);
}

/* Item I is about a share that had ended unanswered: its recipient holds it all
 * the same, and the ledger says so. One that waited for approvals is not named:
 * nobody could be given that. */
static enum dhk_err
find_late(struct core *c, struct slice partner, struct answered *out, size_t i)
{
    const uint8_t *leaf = out->answer.item[i].entry_hash;
    struct entry *e = &out->entry;
    uint64_t index;
    enum dhk_err rc = notices_late(c->txn, partner, leaf, &index, NULL);

    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    rc = ledger_entry(c->txn, index, e);
    if (rc == DHK_OK && e->kind != ENTRY_SHARE)
        rc = DHK_FORMAT;
    if (rc != DHK_OK)
        return rc;
    if (!slice_equal(e->u.share.sender, out->answer.sender))
        return DHK_AUTH;
    if (!e->u.share.pending) {
        out->index[i] = index;
        out->held_n++;
    }
    out->late[out->late_n].index = index;
    out->late[out->late_n++].item = i;
    return DHK_OK;
}

/* What item I is about, when it is no open share: an open notice, a share
 * that had ended unanswered, or nothing any more. */
static enum dhk_err
find_other(struct core *c, const struct force_card *card, struct answered *out,
    size_t i)
{
    const struct answer_item *item = &out->answer.item[i];
    struct notice *n = &out->notice[out->notices_n];
    struct slice partner = slice_str(card->card.partner);

    if (!answer_is_of_notice(item->outcome))
        return find_late(c, partner, out, i);
    enum dhk_err rc = notices_find(c->txn, partner, item->entry_hash, n);
    if (rc != DHK_OK) /* answered before */
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    if (!is_card_of(c, n->sender, out->answer.sender))
        return DHK_AUTH;
    out->index[i] = n->index;
    out->notices_n++;
    return DHK_OK;
}

/* The open share with LEAF of CARD's partner: a share may have been sealed to
 * the card before, and be answered with the one that came after it. */
static enum dhk_err
find_open(struct core *c, struct force_card *card, const uint8_t leaf[32],
    struct mailbox_share *out)
{
    struct slice partner = slice_str(card->card.partner);
    enum dhk_err rc =
        flight_find(&card->flight, c->txn, card->number, leaf, out);

    for (size_t i = 0; rc == DHK_NOTFOUND && i < c->force.cards_n; i++) {
        struct force_card *other = c->force.card[i];

        if (other->open > 0 && other != card &&
            slice_equal(slice_str(other->card.partner), partner))
            rc = flight_find(&other->flight, c->txn, other->number, leaf, out);
    }
    return rc;
}

static enum dhk_err
find_item(
    struct core *c, struct force_card *card, struct answered *out, size_t i)
{
    const struct answer_item *item = &out->answer.item[i];
    struct mailbox_share *s = &out->share[out->n];

    out->index[i] = 0;
    enum dhk_err rc = find_open(c, card, item->entry_hash, s);
    if (rc == DHK_NOTFOUND)
        return find_other(c, card, out, i);
    if (rc != DHK_OK)
        return rc;
    if (answer_is_of_notice(item->outcome))
        return DHK_FORMAT;
    if (!is_card_of(c, s->sender, out->answer.sender))
        return DHK_AUTH;
    out->index[i] = s->index;
    out->n++;
    return DHK_OK;
}

/* Decodes and verifies one answer of P, and finds what it is about. */
static enum dhk_err
read_answer(struct core *c, const struct peer *p, struct slice bytes,
    struct answered *out)
{
    struct force_card *card = force_card_by_number(&c->force, p->card);
    struct diag diag;
    struct answer *a = &out->answer;

    out->n = out->notices_n = out->late_n = out->held_n = 0;
    enum dhk_err rc = answer_decode(a, bytes, &diag);
    if (rc != DHK_OK)
        return DHK_FORMAT;
    if (!slice_equal(a->origin, slice_str(c->cfg.origin)) ||
        !key_equal(a->card, card->card.id, CARD_ID))
        return DHK_AUTH;
    rc = answer_verify(a, &card->card.sign);
    for (size_t i = 0; rc == DHK_OK && i < a->items_n; i++)
        rc = find_item(c, card, out, i);
    return rc;
}

/* Ends notice N of PARTNER; who withdrew hears of INDEX. */
static enum dhk_err
close_notice(struct core *c, struct slice partner, const struct notice *n,
    uint64_t index)
{
    enum dhk_err rc = notices_close(c->txn, partner, n);

    if (rc == DHK_OK)
        rc = mailbox_tell(c->txn, n->sender, index);
    if (rc == DHK_OK && n->by != n->sender)
        rc = mailbox_tell(c->txn, n->by, index);
    core_fail(c, rc);
    turns_wake(c, n->sender, COMMAND_MODE_OUTCOMES);
    turns_wake(c, n->by, COMMAND_MODE_OUTCOMES);
    return rc;
}

static void
write_delivered(struct core *c, const struct peer *p, const struct answered *a)
{
    struct entry *e = &c->entry;
    struct entry_delivered *d = &e->u.delivered;
    struct force_card *card = force_card_by_number(&c->force, p->card);
    uint64_t index;

    memset(e, 0, sizeof *e);
    e->kind = ENTRY_DELIVERED;
    d->recipient = slice_str(card->card.partner);
    d->body = a->answer.body;
    memcpy(d->signature, a->answer.signature, KEY_SIGNATURE);
    d->n = a->answer.items_n;
    memcpy(d->index, a->index, d->n * sizeof d->index[0]);
    if (core_append(c, e, &index) != DHK_OK)
        return;
    for (size_t i = 0; i < a->n; i++) {
        if (close_share(c, &a->share[i], index) != DHK_OK)
            return;
    }
    for (size_t i = 0; i < a->answer.items_n; i++)
        flight_end(&card->flight, a->answer.item[i].entry_hash, a->index[i]);
    for (size_t i = 0; i < a->notices_n; i++) {
        if (close_notice(c, slice_str(card->card.partner), &a->notice[i],
                index) != DHK_OK)
            return;
    }
}

/* Shares that had ended are answered: who withdrew one has its holder told. */
static enum dhk_err
end_late(struct core *c, const struct peer *p, const struct answered *a)
{
    const struct force_card *card = force_card_by_number(&c->force, p->card);
    enum dhk_err rc = DHK_OK;

    for (size_t k = 0; rc == DHK_OK && k < a->late_n; k++) {
        c->dirty = true;
        rc = notices_answered(c->txn, slice_str(card->card.partner),
            a->answer.item[a->late[k].item].entry_hash);
        if (rc == DHK_OK)
            rc = withdraw_late(c, a->late[k].index);
    }
    return rc;
}

void
settle_answer(struct core *c, struct peer *p, const struct command *cmd)
{
    struct cursor list;
    struct command reply = {.type = COMMAND_ANSWERED, .number = cmd->number};
    struct answered *a = malloc(sizeof *a);
    enum dhk_err rc = a == NULL ? DHK_NOMEM : DHK_OK;

    core_fail(c, rc);
    command_list(&list, cmd->list);
    for (size_t i = 0; rc == DHK_OK && i < cmd->list_n; i++) {
        rc = read_answer(c, p, command_list_next(&list), a);
        if (rc == DHK_OK && a->n + a->notices_n + a->held_n > 0)
            write_delivered(c, p, a);
        if (rc == DHK_OK)
            rc = end_late(c, p, a);
        if (rc == DHK_OK)
            reply.a += a->answer.items_n;
    }
    free(a);
    if (rc == DHK_FORMAT || rc == DHK_AUTH) {
        c->rejected++;
        core_error(c, p->id, cmd->number,
            rc == DHK_AUTH ? COMMAND_ERROR_AUTH : COMMAND_ERROR_MALFORMED);
        peer_close(c, p);
        return;
    }
    core_fail(c, rc);
    if (c->failed != DHK_OK)
        return;
    p->progress = c->mono;
    turns_mark(c, p);
    core_send_later(c, p, &reply);
}

/* --- time --- */

/* The first due shares of one sender, as many as one entry may name. */
static size_t
gather_expired(struct core *c, struct mailbox_share *out, size_t max)
{
    struct mailbox_share s = {0};
    uint64_t now = c->now / 1000;
    size_t n = 0;
    enum dhk_err rc = DHK_OK;

    while (n < max) {
        rc = mailbox_due(c->txn, now, &s);
        if (rc != DHK_OK || (n > 0 && s.sender != out[0].sender))
            break;
        out[n++] = s;
    }
    if (rc != DHK_NOTFOUND)
        core_fail(c, rc);
    return n;
}

void
settle_expired(struct core *c)
{
    struct mailbox_share due[ENTRY_EXPIRED_MAX];
    uint64_t index;
    size_t n, all = 0;

    if (c->clock_stopped)
        return; /* a clock that jumped must not end anything */
    while (all < AT_ONCE && c->failed == DHK_OK &&
           (n = gather_expired(c, due, ENTRY_EXPIRED_MAX)) > 0) {
        struct entry *e = &c->entry;
        memset(e, 0, sizeof *e);
        e->kind = ENTRY_EXPIRED;
        for (size_t i = 0; i < n; i++)
            e->u.expired.index[i] = due[i].index;
        e->u.expired.n = n;
        qsort(e->u.expired.index, n, sizeof e->u.expired.index[0], ascending);
        if (core_append(c, e, &index) != DHK_OK)
            return;
        for (size_t i = 0; i < n; i++)
            core_fail(c, close_unanswered(c, &due[i], index, true));
        all += n;
    }
}

/* --- what an agreement or a card takes away --- */

bool
settle_changed(struct core *c, uint64_t *at)
{
    struct mailbox_share s;
    struct redecide *r = redecide_new(c);
    enum dhk_err rc = r == NULL ? DHK_NOMEM : DHK_OK;

    for (size_t n = 0; rc == DHK_OK && c->failed == DHK_OK && n < AT_ONCE;
         n++) {
        rc = mailbox_walk(c->txn, *at, &s);
        if (rc != DHK_OK)
            break;
        *at = s.index;
        enum entry_code code = redecide_code(r, &s);
        if (code != ENTRY_CODE_NONE)
            settle_return(c, &s, code);
    }
    if (rc != DHK_NOTFOUND)
        core_fail(c, rc);
    redecide_destroy(&r);
    return rc == DHK_NOTFOUND;
}

/* The next share in any class of the mailbox of card N. */
static enum dhk_err
next_of_card(struct core *c, uint64_t n, struct mailbox_share *s)
{
    struct mailbox_at at = {.place = 0};
    enum dhk_err rc = DHK_NOTFOUND;

    for (unsigned i = 0; rc == DHK_NOTFOUND && i < MAILBOX_ALL; i++)
        rc = mailbox_next(c->txn, n, i, 0, &at);
    return rc == DHK_OK ? mailbox_get(c->txn, at.index, s) : rc;
}

bool
settle_card(struct core *c, uint64_t n, enum entry_code code)
{
    struct mailbox_share s;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; c->failed == DHK_OK && i < AT_ONCE; i++) {
        rc = next_of_card(c, n, &s);
        if (rc != DHK_OK)
            break;
        settle_return(c, &s, code);
    }
    if (rc != DHK_NOTFOUND)
        core_fail(c, rc);
    return rc == DHK_NOTFOUND;
}
