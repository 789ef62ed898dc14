/* SPDX-License-Identifier: EUPL-1.2 */
#include "deliver.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "decide.h"
#include "delivery.h"
#include "evaluate.h"
#include "pack.h"
#include "redecide.h"
#include "stale.h"
#include "withdraw.h"
#include "turns.h"

enum {
    MESSAGE_BYTES = 512 * 1024, /* a delivery is sent when it is longer */
    MESSAGES_AT_ONCE = 8,
    OUTCOMES_AT_ONCE = 128,
    /* open shares of one recipient: they lie in the router's memory when it
     * does not read */
    OPEN_BYTES = 8 * 1024 * 1024,
    /* between looks at what is late: at every connection, so not more often
     * than redelivery needs */
    AGAIN_MS = 20,
    AGAIN_MAX_MS = 1000,
    AGAIN_PART = 32,
};

struct work { /* one delivery being written */
    struct core *core;
    struct peer *peer;
    struct bundle bundle;
    struct envelope envelope;
    struct share share;
    struct entry entry;
    uint64_t accepted;  /* bundle of the group being written; 0: none */
    struct sink groups; /* whole groups */
    struct sink group;  /* shares of the one being written */
    size_t groups_n, group_n;
    size_t sent;        /* shares, to this peer */
    struct entry other; /* beside that of the share */
    struct redecide *redecide;
};

/* Duty types of a share that its recipient's client must know. */
static uint32_t
duties_of(const struct entry_duties *d)
{
    return (d->has_at_most || d->has_at_least ? (uint32_t)COMMAND_DUTY_RETAIN
                                              : 0) |
           (d->onward_limited ? (uint32_t)COMMAND_DUTY_ONWARD : 0) |
           (d->notify_n > 0 ? (uint32_t)COMMAND_DUTY_NOTIFY : 0) |
           (d->log ? (uint32_t)COMMAND_DUTY_LOG : 0);
}

/* The attributes that E's recipient is shown. */
static enum dhk_err
opened(struct core *c, const struct entry_share *e, uint32_t *out)
{
    const struct agreement *a = core_agreement(c, e->agreement);

    if (a == NULL)
        return DHK_FORMAT;
    int sender = agreement_party(a, e->sender);
    int recipient = agreement_party(a, e->recipient);
    int kind = agreement_kind(a, e->kind);
    if (sender < 0 || recipient < 0 || kind < 0)
        return DHK_FORMAT;
    *out = evaluate_opened(
        a, (uint16_t)sender, (uint16_t)recipient, (uint16_t)kind);
    return DHK_OK;
}

static const struct envelope_recipient *
opening_for(const struct envelope *e, struct slice partner)
{
    for (size_t i = 0; i < e->recipients_n; i++) {
        if (slice_equal(e->recipient[i].partner, partner))
            return &e->recipient[i];
    }
    return NULL;
}

/* Ends the group being written. */
static void
end_group(struct work *w)
{
    if (w->group_n > 0) {
        delivery_group(&w->groups, &w->bundle.statement, w->group_n);
        sink_slice(&w->groups, sink_done(&w->group));
        w->groups_n++;
    }
    w->group_n = 0;
    w->group.n = 0;
    w->accepted = 0;
}

static enum dhk_err
begin_group(struct work *w, uint64_t accepted)
{
    struct slice bytes;

    end_group(w);
    enum dhk_err rc = mailbox_bundle(w->core->txn, accepted, &bytes);
    if (rc == DHK_OK)
        rc = ledger_entry(w->core->txn, accepted, &w->entry);
    if (rc == DHK_OK && w->entry.kind != ENTRY_ACCEPTED)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = bundle_split(&w->bundle, bytes, w->entry.u.accepted.ids);
    if (rc == DHK_OK)
        w->accepted = accepted;
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

/* S is on its way: its recipient may answer. */
static enum dhk_err
note(struct work *w, const struct mailbox_share *s)
{
    struct force_card *card =
        force_card_by_number(&w->core->force, w->peer->card);
    uint8_t leaf[MERKLE_HASH];
    enum dhk_err rc = ledger_leaf(w->core->txn, s->index, leaf);

    if (rc == DHK_OK && card != NULL)
        rc = flight_note(&card->flight, w->core->txn, leaf, s->index);
    return rc;
}

/* The entries that let S go, for who must see that it was approved. */
static enum dhk_err
add_release(struct work *w, const struct mailbox_share *s)
{
    const struct entry_released *r = &w->other.u.released;
    struct store_txn *t = w->core->txn;
    struct share *x = &w->share;

    if (s->released == 0)
        return DHK_OK;
    enum dhk_err rc = ledger_entry(t, s->released, &w->other);
    if (rc == DHK_OK &&
        (w->other.kind != ENTRY_RELEASED || r->share != s->index))
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = ledger_bytes_again(t, s->released, &x->released);
    x->has_release = true;
    for (; rc == DHK_OK && x->stated_n < r->n; x->stated_n++)
        rc = ledger_bytes(t, r->index[x->stated_n], &x->stated[x->stated_n]);
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

/* What becomes of a share that is next. */
enum fate {
    FATE_SENT,
    FATE_SKIPPED, /* the client does not know a duty, or has had it before and
                     may not any more */
    FATE_STALE,   /* it goes back */
};

/* Reads the entry of S, and finds out. */
static enum dhk_err
look_at(struct work *w, const struct mailbox_share *s, enum fate *fate)
{
    const struct entry_share *e = &w->entry.u.share;
    const struct force_card *card =
        force_card_by_number(&w->core->force, w->peer->card);
    bool sent =
        card != NULL && mailbox_place(s) <= card->sent[mailbox_class(s)];
    bool stale = false;
    enum dhk_err rc = ledger_entry(w->core->txn, s->index, &w->entry);

    *fate = FATE_SENT;
    if (rc == DHK_OK && w->entry.kind != ENTRY_SHARE)
        rc = DHK_FORMAT;
    if (rc != DHK_OK)
        return rc;
    if ((duties_of(&e->duties) & ~w->peer->duties) != 0)
        *fate = FATE_SKIPPED;
    else
        rc = stale_look(w->core, &w->redecide, s, &w->entry, &stale);
    /* that it went back would not be true if the recipient has it: it answers,
     * or the share expires; but nothing is sent to who may not have it now */
    if (stale)
        *fate = sent ? FATE_SKIPPED : FATE_STALE;
    return rc;
}

/* Appends share S, if that is its fate. */
static enum dhk_err
add_share(struct work *w, const struct mailbox_share *s, enum fate *fate)
{
    const struct entry_share *e = &w->entry.u.share;
    uint32_t attributes;
    struct diag diag;
    enum dhk_err rc = DHK_OK;

    *fate = FATE_SKIPPED;
    if (w->accepted != s->accepted)
        rc = begin_group(w, s->accepted);
    if (rc == DHK_OK)
        rc = look_at(w, s, fate);
    if (rc != DHK_OK || *fate != FATE_SENT)
        return rc;
    if (s->position >= w->bundle.n)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = envelope_parse(
            &w->envelope, w->bundle.envelope[s->position], &diag);
    if (rc == DHK_OK)
        rc = opened(w->core, e, &attributes);
    if (rc != DHK_OK)
        return rc;
    const struct envelope_recipient *r =
        opening_for(&w->envelope, e->recipient);
    if (r == NULL)
        return DHK_FORMAT;
    share_select(&w->share, &w->envelope, r, e->fields, attributes);
    w->share.position = s->position;
    w->share.index = s->index;
    rc = ledger_bytes_again(w->core->txn, s->index, &w->share.entry);
    if (rc == DHK_OK)
        rc = add_release(w, s);
    if (rc != DHK_OK)
        return rc;
    size_t before = w->group.n, from = pack_bin_begin(&w->group);
    share_encode(&w->group, &w->share);
    pack_bin_end(&w->group, from);
    w->peer->open_bytes += w->group.n - before;
    w->group_n++;
    return w->group.err == DHK_OK ? note(w, s) : w->group.err;
}

static void
send_message(struct work *w)
{
    struct sink body, out;
    struct command cmd = {.type = COMMAND_DELIVER};
    struct peer *p = w->peer;
    size_t cap = CORE_SCRATCH + 64;

    end_group(w);
    if (w->groups_n == 0)
        return;
    uint8_t *mem = malloc(2 * cap);
    if (mem == NULL)
        return;
    sink_init(&body, mem, cap);
    delivery_begin(&body, w->groups_n);
    sink_slice(&body, sink_done(&w->groups));
    cmd.bytes = sink_done(&body);
    for (unsigned i = 0; i < MAILBOX_CLASSES; i++) {
        cmd.from[i] = p->said[i];
        p->said[i] = cmd.to[i] = p->gap[i] ? p->said[i] : p->cursor[i];
    }
    sink_init(&out, mem + cap, cap);
    if (command_encode(&out, &cmd, NULL, 0, NULL, 0) == DHK_OK)
        w->core->out.send(w->core->out.ctx, p->id, sink_done(&out));
    free(mem);
    w->groups.n = 0;
    w->groups_n = 0;
}

/* The share to send next: urgent ones first, then by age. */
static enum dhk_err
next_share(struct work *w, struct mailbox_share *s, unsigned *class_)
{
    struct peer *p = w->peer;
    struct mailbox_at at;
    enum dhk_err rc = DHK_NOTFOUND;

    for (*class_ = 0; *class_ < MAILBOX_CLASSES; (*class_)++) {
        rc = mailbox_next(
            w->core->txn, p->card, *class_, p->cursor[*class_], &at);
        if (rc != DHK_NOTFOUND)
            break;
    }
    if (rc != DHK_OK)
        return rc;
    rc = mailbox_get(w->core->txn, at.index, s);
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

/* S, of CLASS, was next: P's cursor moves on, and what its card was sent
 * without anything left out. */
static void
move_on(struct work *w, const struct mailbox_share *s, unsigned class_,
    enum fate fate)
{
    struct peer *p = w->peer;
    struct force_card *card = force_card_by_number(&w->core->force, p->card);
    bool sent = fate == FATE_SENT;

    if (sent && card != NULL && p->cursor[class_] <= card->sent[class_] &&
        card->sent[class_] < mailbox_place(s))
        card->sent[class_] = mailbox_place(s);
    p->cursor[class_] = mailbox_place(s);
    p->gap[class_] = p->gap[class_] || !sent;
    p->open += sent ? 1 : 0;
    w->sent += sent ? 1 : 0;
}

static bool
has_credit(const struct peer *p)
{
    return p->open < p->window && p->open_bytes < OPEN_BYTES;
}

static enum dhk_err
deliver_to(struct work *w)
{
    struct peer *p = w->peer;
    struct mailbox_share s;
    unsigned class_;
    size_t messages = 0;
    enum dhk_err rc = DHK_OK;
    enum fate fate = FATE_SENT;

    while (has_credit(p) && messages < MESSAGES_AT_ONCE) {
        rc = next_share(w, &s, &class_);
        if (rc == DHK_OK)
            rc = add_share(w, &s, &fate);
        if (rc == DHK_OK && fate == FATE_STALE && !stale_note(w->core, &s))
            turns_mark(w->core, p);
        if (rc != DHK_OK || fate == FATE_STALE)
            break;
        move_on(w, &s, class_, fate);
        if (w->groups.n + w->group.n > MESSAGE_BYTES) {
            send_message(w);
            messages++;
        }
    }
    send_message(w);
    if (w->sent > 0)
        p->progress = w->core->mono;
    /* more than fits now: go on in the next batch */
    if (rc == DHK_OK && has_credit(p) && fate != FATE_STALE)
        turns_mark(w->core, p);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* --- outcomes --- */

static enum dhk_err
tell(struct core *c, struct peer *p)
{
    uint64_t index[OUTCOMES_AT_ONCE];
    struct slice entry[OUTCOMES_AT_ONCE];
    struct command cmd = {.type = COMMAND_OUTCOMES};
    struct sink out;
    size_t n = 0;
    enum dhk_err rc = DHK_OK;

    /* one message at a time: confirming a later one would give up an earlier
     * one that was lost */
    if (p->told != p->confirmed && !p->tell_again)
        return DHK_OK;
    p->told = p->confirmed;
    p->tell_again = false;
    while (n < OUTCOMES_AT_ONCE) {
        rc = mailbox_told(c->txn, p->card, p->told, &index[n]);
        if (rc == DHK_OK)
            rc = ledger_bytes(c->txn, index[n], &entry[n]);
        if (rc != DHK_OK)
            break;
        p->told = index[n++];
    }
    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    if (n == 0)
        return DHK_OK;
    p->told_at = c->mono;
    cmd.a = p->told;
    sink_init(&out, c->scratch[0], CORE_SCRATCH);
    if (command_encode(&out, &cmd, index, n, entry, n) == DHK_OK)
        c->out.send(c->out.ctx, p->id, sink_done(&out));
    return DHK_OK;
}

static enum dhk_err
serve(struct work *w, struct peer *p)
{
    struct core *c = w->core;
    enum dhk_err rc = DHK_OK;

    w->peer = p;
    w->sent = 0;
    sink_init(&w->groups, c->scratch[0], CORE_SCRATCH);
    sink_init(&w->group, c->scratch[1], CORE_SCRATCH);
    if ((p->modes & COMMAND_MODE_RECEIVE) != 0 && !c->redo_due &&
        p->hold == 0 && force_agreement(&c->force) != NULL)
        rc = deliver_to(w);
    if (rc == DHK_OK && p->notices)
        rc = withdraw_tell(c, p);
    if (rc == DHK_OK && (p->modes & COMMAND_MODE_OUTCOMES) != 0)
        rc = tell(c, p);
    return rc;
}

enum dhk_err
deliver_all(struct core *c)
{
    size_t n = c->peers.work_n;
    struct work *w = NULL;
    enum dhk_err rc = DHK_OK;

    if (n == 0)
        return DHK_OK;
    w = calloc(1, sizeof *w);
    if (w == NULL)
        return DHK_NOMEM;
    w->core = c;
    /* who has more to get is marked again, behind those N: the next batch's */
    for (; rc == DHK_OK && n > 0 && c->peers.work_first != NULL; n--) {
        struct peer *p = c->peers.work_first;

        turns_unmark(c, p);
        if (p->state == PEER_READY)
            rc = serve(w, p);
    }
    redecide_destroy(&w->redecide);
    free(w);
    return rc;
}

/* --- again --- */

/* Whether the oldest share that P was sent is still the one that it was when
 * it was last looked at: others may get through while its message is lost. */
static bool
is_stuck(struct core *c, struct peer *p)
{
    bool stuck = false;

    if (c->mono - p->looked < c->cfg.redeliver_ms)
        return false;
    p->looked = c->mono;
    for (unsigned i = 0; i < MAILBOX_CLASSES; i++) {
        struct mailbox_at first = {.place = 0};
        enum dhk_err rc = mailbox_next(c->txn, p->card, i, 0, &first);
        if (rc != DHK_NOTFOUND)
            core_fail(c, rc);
        stuck = stuck || (first.place != 0 && first.place == p->oldest[i] &&
                             first.place <= p->cursor[i]);
        p->oldest[i] = first.place;
    }
    return stuck;
}

static void
redeliver_to(struct core *c, struct peer *p)
{
    bool late = c->mono - p->told_at >= c->cfg.redeliver_ms;

    if (p->hold != 0 && c->mono >= p->hold) {
        p->hold = 0;
        turns_mark(c, p);
    }
    if (p->told != p->confirmed && late) {
        p->tell_again = true; /* a confirmation on its way still counts */
        turns_mark(c, p);
    }
    withdraw_tell_again(c, p);
    if (p->open == 0 ||
        (c->mono - p->progress < c->cfg.redeliver_ms && !is_stuck(c, p)))
        return;
    turns_deliver_anew(c, p);
}

static uint64_t
again_ms(const struct core *c)
{
    uint64_t ms = c->cfg.redeliver_ms / AGAIN_PART;

    if (c->cfg.reconnect_ms > 0 || ms < AGAIN_MS)
        return AGAIN_MS;
    return ms < AGAIN_MAX_MS ? ms : AGAIN_MAX_MS;
}

void
deliver_again(struct core *c)
{
    /* nothing is late by less, and there may be many connections */
    if (c->mono < c->again_at)
        return;
    c->again_at = c->mono + again_ms(c);
    for (size_t i = 0; i < c->peers.n; i++) {
        if (c->peers.list[i]->state == PEER_READY)
            redeliver_to(c, c->peers.list[i]);
    }
}
