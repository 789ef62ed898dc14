/* SPDX-License-Identifier: EUPL-1.2 */
#include "withdraw.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "notices.h"
#include "settle.h"
#include "withdrawal.h"
#include "turns.h"

enum { NOTICES_AT_ONCE = 64 };

struct target { /* one share of the signal */
    uint64_t index;
    char recipient[LIMIT_NAME + 1];
    struct mailbox_share share; /* while it is open */
    bool open, answered;
};
struct work {
    struct core *core;
    struct withdrawal said;
    uint8_t body[LIMIT_WITHDRAWAL]; /* its own: the store's does not last */
    char partner[LIMIT_NAME + 1];
    uint64_t by, sender; /* see struct notice */
    uint64_t position;
    struct target target[LIMIT_PARTIES];
    size_t n;
    struct entry entry; /* looked at */
};

static enum dhk_err
keep_name(char out[LIMIT_NAME + 1], struct slice name)
{
    return slice_to_str(name, out, LIMIT_NAME + 1);
}

/* --- what it is about --- */

/* Finds signal ID of W's partner in entry ACCEPTED, which goes to w->entry.
 * DHK_NOTFOUND, and nothing more, for whatever is not there or not its own. */
static enum dhk_err
find_signal(
    struct work *w, uint64_t accepted, const uint8_t id[32], uint64_t *position)
{
    const struct entry_accepted *a = &w->entry.u.accepted;

    if (accepted >= w->core->ledger.size)
        return DHK_NOTFOUND;
    enum dhk_err rc = ledger_entry(w->core->txn, accepted, &w->entry);
    if (rc != DHK_OK)
        return rc;
    if (w->entry.kind != ENTRY_ACCEPTED ||
        !slice_equal(a->sender, slice_str(w->partner)))
        return DHK_NOTFOUND;
    for (size_t i = 0; i < a->n; i++) {
        if (memcmp(a->ids.p + i * 32, id, 32) == 0 &&
            a->mark[i].code == ENTRY_CODE_NONE) {
            *position = i;
            return DHK_OK;
        }
    }
    return DHK_NOTFOUND;
}

static enum dhk_err
find_all(struct work *w)
{
    const struct withdrawal *said = &w->said;
    uint64_t ignored;
    enum dhk_err rc = DHK_OK;

    if (said->is_correction)
        rc = find_signal(
            w, said->replacement_accepted, said->replacement, &ignored);
    if (rc == DHK_OK)
        rc = find_signal(w, said->accepted, said->signal, &w->position);
    if (rc != DHK_OK)
        return rc;
    const struct force_card *card =
        force_card(&w->core->force, w->entry.u.accepted.card);
    if (card == NULL)
        return DHK_FORMAT;
    w->sender = card->number;
    return DHK_OK;
}

/* How the share in w->entry, at INDEX, stands. */
static enum dhk_err
look_at_share(struct work *w, uint64_t index)
{
    struct core *c = w->core;
    const struct entry_share *e = &w->entry.u.share;
    struct target *t = &w->target[w->n];
    uint8_t leaf[32];
    uint64_t late;

    if (w->n == LIMIT_PARTIES)
        return DHK_FORMAT;
    *t = (struct target){.index = index};
    enum dhk_err rc = keep_name(t->recipient, e->recipient);
    if (rc == DHK_OK)
        rc = mailbox_get(c->txn, index, &t->share);
    t->open = rc == DHK_OK;
    if (rc == DHK_NOTFOUND) {
        rc = ledger_leaf(c->txn, index, leaf);
        if (rc == DHK_OK)
            rc = notices_late(
                c->txn, slice_str(t->recipient), leaf, &late, NULL);
        t->answered = rc == DHK_NOTFOUND;
        rc = rc == DHK_NOTFOUND ? DHK_OK : rc;
    }
    w->n++;
    return rc;
}

/* The shares stand right behind the entry that accepted their bundle. */
static enum dhk_err
look_at_shares(struct work *w)
{
    struct core *c = w->core;
    enum dhk_err rc = DHK_OK;

    for (uint64_t i = w->said.accepted + 1; rc == DHK_OK && i < c->ledger.size;
         i++) {
        rc = ledger_entry(c->txn, i, &w->entry);
        if (rc != DHK_OK || w->entry.kind != ENTRY_SHARE ||
            w->entry.u.share.accepted != w->said.accepted)
            break;
        if (w->entry.u.share.position == w->position)
            rc = look_at_share(w, i);
    }
    return rc;
}

/* --- entries and notices --- */

/* Tells the sender's cards of entry INDEX. */
static enum dhk_err
tell_sender(struct work *w, uint64_t index, bool first_knows)
{
    struct core *c = w->core;
    enum dhk_err rc = DHK_OK;

    if (!first_knows)
        rc = mailbox_tell(c->txn, w->sender, index);
    if (rc == DHK_OK && w->by != w->sender)
        rc = mailbox_tell(c->txn, w->by, index);
    turns_wake(c, w->sender, COMMAND_MODE_OUTCOMES);
    turns_wake(c, w->by, COMMAND_MODE_OUTCOMES);
    return rc;
}

static enum dhk_err
notify(struct work *w, const struct target *t, uint64_t index)
{
    struct core *c = w->core;
    const struct notice n = {.index = index, .by = w->by, .sender = w->sender};
    const struct force_card *card =
        force_receiving(&c->force, slice_str(t->recipient));
    struct peer *p =
        card == NULL ? NULL : peer_with(c, card->number, COMMAND_MODE_RECEIVE);

    if (p != NULL) {
        p->notices = true;
        turns_mark(c, p);
    }
    return notices_add(c->txn, slice_str(t->recipient), &n);
}

static enum dhk_err
write_entry(struct work *w, const struct target *t, uint64_t *index)
{
    struct core *c = w->core;
    struct entry *e = &c->entry;
    struct entry_withdrawn *x = &e->u.withdrawn;

    memset(e, 0, sizeof *e);
    e->kind = w->said.is_correction ? ENTRY_CORRECTED : ENTRY_WITHDRAWN;
    x->share = t->index;
    x->sender = slice_str(w->partner);
    x->recipient = slice_str(t->recipient);
    x->notice = t->answered;
    x->body = w->said.body;
    memcpy(x->signature, w->said.signature, KEY_SIGNATURE);
    enum dhk_err rc = core_append(c, e, index);
    if (rc == DHK_OK && t->open)
        rc = settle_withdrawn(c, &t->share, *index);
    if (rc == DHK_OK && t->answered)
        rc = notify(w, t, *index);
    return rc == DHK_OK ? tell_sender(w, *index, t->open) : rc;
}

static enum dhk_err
record(struct work *w, struct notices_span *span)
{
    enum dhk_err rc = look_at_shares(w);

    *span = (struct notices_span){.n = w->n};
    if (rc == DHK_OK && w->n == 0)
        rc = DHK_FORMAT; /* what was accepted was shared with somebody */
    for (size_t i = 0; rc == DHK_OK && i < w->n; i++) {
        uint64_t index = 0;
        rc = write_entry(w, &w->target[i], &index);
        if (i == 0)
            span->first = index;
    }
    if (rc == DHK_OK)
        rc =
            notices_withdraw(w->core->txn, w->said.accepted, w->position, span);
    return rc;
}

/* --- the message --- */

/* Decodes and verifies what P, a session of the partner, sent. */
static enum dhk_err
read_withdrawal(struct work *w, const struct peer *p, struct slice bytes)
{
    const struct force *f = &w->core->force;
    const struct force_card *own = force_card_by_number(f, p->card);
    struct diag diag;

    if (withdrawal_decode(&w->said, bytes, &diag) != DHK_OK)
        return DHK_FORMAT;
    const struct force_card *card = force_card(f, w->said.card);
    if (card == NULL || !card->valid ||
        strcmp(card->card.partner, own->card.partner) != 0 ||
        !slice_equal(w->said.origin, slice_str(w->core->cfg.origin)))
        return DHK_AUTH;
    memcpy(w->partner, own->card.partner, sizeof w->partner);
    w->by = p->card;
    return withdrawal_verify(&w->said, &card->card.sign);
}

static void
reject(struct core *c, struct peer *p, uint64_t number, enum dhk_err rc)
{
    if (rc == DHK_NOTFOUND) {
        core_error(c, p->id, number, COMMAND_ERROR_NOTFOUND);
        return;
    }
    c->rejected++;
    core_error(c, p->id, number,
        rc == DHK_AUTH ? COMMAND_ERROR_AUTH : COMMAND_ERROR_MALFORMED);
    peer_close(c, p);
}

void
withdraw_take(struct core *c, struct peer *p, const struct command *cmd)
{
    struct await_range range;
    struct notices_span span;
    struct work *w = calloc(1, sizeof *w);
    enum dhk_err rc = DHK_NOMEM, broken = DHK_NOMEM;

    if (w == NULL)
        goto out;
    w->core = c;
    broken = DHK_OK;
    rc = read_withdrawal(w, p, cmd->bytes);
    if (rc == DHK_OK) {
        rc = find_all(w);
        broken = rc == DHK_NOTFOUND ? DHK_OK : rc;
    }
    if (rc != DHK_OK)
        goto out;
    if (c->waiting.n + c->fresh.n >= AWAIT_MAX) {
        core_error(c, p->id, cmd->number, COMMAND_ERROR_BUSY);
        goto out;
    }
    rc = notices_withdrawn(c->txn, w->said.accepted, w->position, &span);
    if (rc == DHK_NOTFOUND)
        rc = record(w, &span);
    range = (struct await_range){.from = span.first, .n = span.n};
    if (rc == DHK_OK)
        rc = await_receipt(c, p, cmd->number, &range, 1);
    broken = rc;
out:
    free(w);
    core_fail(c, broken);
    if (rc != DHK_OK && broken == DHK_OK)
        reject(c, p, cmd->number, rc);
}

/* --- an answer that came late --- */

/* The statement that withdrew it, from entry FIRST. */
static enum dhk_err
load_statement(struct work *w, uint64_t first)
{
    const struct entry_withdrawn *x = &w->entry.u.withdrawn;
    struct diag diag;
    enum dhk_err rc = ledger_entry(w->core->txn, first, &w->entry);

    if (rc != DHK_OK)
        return rc;
    if ((w->entry.kind != ENTRY_WITHDRAWN &&
            w->entry.kind != ENTRY_CORRECTED) ||
        x->body.n > sizeof w->body)
        return DHK_FORMAT;
    memcpy(w->body, x->body.p, x->body.n);
    rc = keep_name(w->partner, x->sender);
    if (rc == DHK_OK)
        rc = withdrawal_from_body(
            &w->said, slice_of(w->body, x->body.n), x->signature, &diag);
    if (rc != DHK_OK)
        return rc;
    const struct force_card *card = force_card(&w->core->force, w->said.card);
    w->by = card == NULL ? w->sender : card->number;
    return DHK_OK;
}

enum dhk_err
withdraw_late(struct core *c, uint64_t share)
{
    struct notices_span span;
    struct target t = {.index = share, .answered = true};
    struct work *w = calloc(1, sizeof *w);
    const struct force_card *card;
    uint64_t accepted, index;

    if (w == NULL)
        return DHK_NOMEM;
    w->core = c;
    enum dhk_err rc = ledger_entry(c->txn, share, &w->entry);
    if (rc == DHK_OK && w->entry.kind != ENTRY_SHARE)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = keep_name(t.recipient, w->entry.u.share.recipient);
    if (rc == DHK_OK) {
        accepted = w->entry.u.share.accepted;
        rc = notices_withdrawn(
            c->txn, accepted, w->entry.u.share.position, &span);
    }
    if (rc == DHK_OK)
        rc = ledger_entry(c->txn, accepted, &w->entry);
    if (rc == DHK_OK) {
        card = force_card(&c->force, w->entry.u.accepted.card);
        w->sender = card == NULL ? 0 : card->number;
        rc = load_statement(w, span.first);
    }
    if (rc == DHK_OK)
        rc = write_entry(w, &t, &index);
    free(w);
    return rc == DHK_NOTFOUND ? DHK_OK : rc; /* not withdrawn: nothing to do */
}

/* --- to the recipient --- */

enum dhk_err
withdraw_tell(struct core *c, struct peer *p)
{
    const struct force_card *card = force_card_by_number(&c->force, p->card);
    uint64_t index[NOTICES_AT_ONCE];
    struct slice entry[NOTICES_AT_ONCE];
    struct command cmd = {.type = COMMAND_NOTICES};
    struct notice n;
    struct sink out;
    size_t i = 0;
    enum dhk_err rc = DHK_OK;

    p->notices = false;
    if ((p->noticed != p->noted && !p->notice_again) || card == NULL ||
        force_receiving(&c->force, slice_str(card->card.partner)) != card)
        return DHK_OK;
    p->noticed = p->noted;
    p->notice_again = false;
    while (i < NOTICES_AT_ONCE) {
        rc =
            notices_next(c->txn, slice_str(card->card.partner), p->noticed, &n);
        if (rc == DHK_OK)
            rc = ledger_bytes(c->txn, n.index, &entry[i]);
        if (rc != DHK_OK)
            break;
        index[i++] = n.index;
        p->noticed = n.index;
    }
    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    if (i == 0)
        return DHK_OK;
    p->noticed_at = c->mono;
    cmd.a = p->noticed;
    sink_init(&out, c->scratch[0], CORE_SCRATCH);
    if (command_encode(&out, &cmd, index, i, entry, i) == DHK_OK)
        c->out.send(c->out.ctx, p->id, sink_done(&out));
    return DHK_OK;
}

void
withdraw_tell_again(struct core *c, struct peer *p)
{
    if (p->noticed == p->noted || c->mono - p->noticed_at < c->cfg.redeliver_ms)
        return;
    p->notice_again = p->notices = true;
    turns_mark(c, p);
}

void
withdraw_noted(struct core *c, struct peer *p, const struct command *cmd)
{
    /* nobody notes what it was not told */
    uint64_t cursor = cmd->a < p->noticed ? cmd->a : p->noticed;

    if (cursor > p->noted)
        p->noted = cursor;
    p->notices = true;
    turns_mark(c, p);
}
