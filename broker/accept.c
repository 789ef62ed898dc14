/* SPDX-License-Identifier: EUPL-1.2 */
#include "accept.h"

#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "core.h"
#include "covert.h"
#include "judge.h"
#include "quota.h"
#include "settle.h"
#include "table.h"
#include "turns.h"

struct judge *
accept_new(void)
{
    return calloc(1, sizeof(struct judge));
}

void
accept_destroy(struct judge **j)
{
    free(*j);
    *j = NULL;
}

/* --- entries --- */

/* Whether core's entry can be written at all. */
static bool
is_short_enough(struct core *c)
{
    c->entry.time = c->now;
    return entry_fits(&c->entry);
}

static uint16_t
kind_index(struct entry_accepted *e, struct slice kind)
{
    for (size_t i = 0; i < e->kinds_n; i++) {
        if (slice_equal(e->kind[i], kind))
            return (uint16_t)i;
    }
    e->kind[e->kinds_n++] = kind;
    return (uint16_t)(e->kinds_n - 1);
}

static void
in_force_hash(const struct core *c, uint8_t out[32])
{
    memset(out, 0, 32);
    if (force_agreement(&c->force) != NULL)
        memcpy(out, c->force.agreement_text.sha256, 32);
}

static void
fill_accepted(struct judge *j)
{
    struct entry *e = &j->core->entry;
    struct entry_accepted *x = &e->u.accepted;

    memset(e, 0, sizeof *e);
    e->kind = ENTRY_ACCEPTED;
    x->sender = slice_str(j->card->card.partner);
    memcpy(x->card, j->card->card.id, CARD_ID);
    in_force_hash(j->core, x->agreement);
    x->ids = j->bundle.statement.ids;
    memcpy(x->signature, j->bundle.statement.signature, KEY_SIGNATURE);
    for (size_t i = 0; i < j->bundle.n; i++) {
        struct judge_signal *s = &j->signal[i];
        x->mark[x->n++] = (struct entry_mark){
            .kind = kind_index(x, s->header.kind),
            .presence = s->presence,
            .seq = s->seq,
            .code = s->code,
            .classes = slice_of(s->classes, s->classes_n),
        };
    }
}

/* The entry before of the same card into *BEFORE, then appends core's entry,
 * which BEFORE is part of. */
static enum dhk_err
append_linked(struct judge *j, uint64_t *before, uint64_t *index)
{
    struct core *c = j->core;
    enum dhk_err rc = chain_card(before, c->txn, j->card->number);

    if (rc == DHK_OK)
        rc = core_append(c, &c->entry, index);
    if (rc == DHK_OK)
        rc = chain_card_set(c->txn, j->card->number, *index);
    core_fail(c, rc);
    return rc;
}

static enum dhk_err
write_accepted(struct judge *j, uint64_t *index)
{
    fill_accepted(j);
    return append_linked(j, &j->core->entry.u.accepted.before, index);
}

/* All signals of the bundle refused for one reason. */
static enum dhk_err
write_refused(struct judge *j, uint64_t *index)
{
    struct entry *e = &j->core->entry;
    struct entry_refused *x = &e->u.refused;

    memset(e, 0, sizeof *e);
    e->kind = ENTRY_REFUSED;
    x->sender = slice_str(j->card->card.partner);
    memcpy(x->card, j->card->card.id, CARD_ID);
    in_force_hash(j->core, x->agreement);
    x->ids = j->bundle.statement.ids;
    memcpy(x->signature, j->bundle.statement.signature, KEY_SIGNATURE);
    x->code = j->signal[0].code;
    for (size_t i = 0; i < j->bundle.n; i++)
        x->seq[x->n++] = j->signal[i].seq;
    x->before = INT64_MAX;
    if (!is_short_enough(j->core))
        x->n = 0; /* numbers of absurd size: the ids say enough */
    return append_linked(j, &x->before, index);
}

static enum dhk_err
fill_share(struct judge *j, size_t position, const struct judge_share *s,
    uint64_t accepted)
{
    struct judge_signal *g = &j->signal[position];
    struct entry *e = &j->core->entry;
    struct entry_share *x = &e->u.share;
    enum dhk_err rc = judge_relations(j, g);

    memset(e, 0, sizeof *e);
    e->kind = ENTRY_SHARE;
    x->accepted = accepted;
    x->position = (uint32_t)position;
    memcpy(x->id, g->header.id, ENVELOPE_ID);
    x->sender = slice_str(j->card->card.partner);
    x->recipient = slice_str(s->card->card.partner);
    memcpy(x->card, s->card->card.id, CARD_ID);
    x->kind = g->header.kind;
    x->purpose = g->header.purpose;
    x->ground = g->header.ground;
    memcpy(x->case_handle, g->header.case_handle, ENVELOPE_CASE);
    memcpy(x->agreement, g->header.agreement, 32);
    x->fields = s->fields;
    x->wrapped = s->wrapped;
    x->expires = g->header.expires;
    x->covert = g->header.covert;
    j->facts.party = s->party;
    if (rc == DHK_OK)
        decide_describe(x, &g->signal, &s->decision, &j->facts);
    return rc;
}

/* Core's entry, a share, as the next one of its sender to its recipient. */
static enum dhk_err
append_share(struct core *c, uint64_t *index)
{
    struct entry_share *x = &c->entry.u.share;
    struct chain_pair pair;
    enum dhk_err rc = chain_shares(&pair, c->txn, x->sender, x->recipient);

    x->before = pair.last;
    x->nth = ++pair.nth;
    if (rc == DHK_OK)
        rc = core_append(c, &c->entry, index);
    pair.last = *index;
    if (rc == DHK_OK)
        rc = chain_shares_set(c->txn, x->sender, x->recipient, &pair);
    core_fail(c, rc);
    return rc;
}

static enum dhk_err
write_share(struct judge *j, size_t position, const struct judge_share *s,
    uint64_t accepted)
{
    const struct judge_signal *g = &j->signal[position];
    struct core *c = j->core;
    struct mailbox_share m = {
        .recipient = s->card->number,
        .sender = j->card->number,
        .accepted = accepted,
        .expires = g->header.expires,
        .bytes = (uint32_t)j->bundle.envelope[position].n,
        .position = (uint16_t)position,
        .urgent = g->signal.urgent,
        .pending = s->decision.verdict == VERDICT_PENDING,
    };

    enum dhk_err rc = fill_share(j, position, s, accepted);
    if (rc == DHK_OK)
        rc = append_share(c, &m.index);
    if (rc == DHK_OK)
        rc = covert_note(c->txn, &c->entry.u.share, m.index);
    if (rc != DHK_OK) {
        core_fail(c, rc);
        return rc;
    }
    bool full = quota_is_full(c, s->card, &m);
    if (full)
        j->full[j->full_n++] = m.index;
    quota_note(c, s->card, &m, full);
    rc = mailbox_add(c->txn, &m);
    if (rc == DHK_OK)
        quota_add(s->card, &m);
    core_fail(c, rc);
    return rc;
}

static enum dhk_err
write_shares(struct judge *j, uint64_t accepted)
{
    enum dhk_err rc =
        mailbox_keep(j->core->txn, accepted, j->bundle.bytes, j->shares_n);

    core_fail(j->core, rc);
    for (size_t i = 0; i < j->bundle.n; i++) {
        const struct judge_signal *s = &j->signal[i];
        for (size_t k = 0; rc == DHK_OK && k < s->shares_n; k++)
            rc = write_share(j, i, &j->share[s->shares_from + k], accepted);
    }
    return rc;
}

/* --- the bundle --- */

/* What is wrong with a bundle that gets no entry. */
static void
reject(struct judge *j, enum dhk_err rc)
{
    struct core *c = j->core;
    enum command_error error = COMMAND_ERROR_MALFORMED;

    if (rc == DHK_AUTH)
        error = COMMAND_ERROR_AUTH;
    else if (rc == DHK_LIMIT)
        error = COMMAND_ERROR_LIMIT;
    else if (rc == DHK_STATE)
        error = COMMAND_ERROR_STATE;
    c->rejected++;
    core_error(c, j->peer->id, j->number, error);
    if (error != COMMAND_ERROR_LIMIT)
        peer_close(c, j->peer);
}

static enum dhk_err
read_bundle(struct judge *j, struct slice bytes)
{
    struct diag diag;

    if (bytes.n > LIMIT_BUNDLE_BYTES)
        return DHK_LIMIT;
    enum dhk_err rc = bundle_decode(&j->bundle, bytes, &diag);
    if (rc != DHK_OK)
        return rc == DHK_AUTH ? rc : DHK_FORMAT;
    if (!key_equal(j->bundle.statement.card, j->card->card.id, CARD_ID))
        return DHK_AUTH;
    rc = bundle_verify(&j->bundle.statement, &j->card->card.sign);
    for (size_t i = 0; rc == DHK_OK && i < j->bundle.n; i++)
        rc = judge_signal(j, i);
    return rc;
}

/* The entries of signals that all came before. */
static void
answer_again(struct judge *j)
{
    struct await_range range[LIMIT_BUNDLE];
    size_t n = 0;

    for (size_t i = 0; i < j->bundle.n; i++) {
        uint64_t from = j->signal[i].before;
        size_t at = 0;
        while (at < n && range[at].from < from)
            at++;
        if (at < n && range[at].from == from)
            continue;
        memmove(&range[at + 1], &range[at], (n - at) * sizeof range[0]);
        range[at] = (struct await_range){.from = from};
        n++;
    }
    for (size_t i = 0; i < n; i++)
        core_fail(j->core, await_extent(j->core, &range[i]));
    if (await_receipt(j->core, j->peer, j->number, range, n) != DHK_OK)
        core_error(j->core, j->peer->id, j->number, COMMAND_ERROR_BUSY);
}

static bool
one_code(const struct judge *j)
{
    for (size_t i = 1; i < j->bundle.n; i++) {
        if (j->signal[i].code != j->signal[0].code)
            return false;
    }
    return true;
}

/* Shares for full mailboxes go back at once. */
static void
return_full(struct judge *j)
{
    struct mailbox_share s;

    for (size_t i = 0; i < j->full_n; i++) {
        enum dhk_err rc = mailbox_get(j->core->txn, j->full[i], &s);
        core_fail(j->core, rc);
        if (rc == DHK_OK)
            settle_return(j->core, &s, ENTRY_CODE_QUOTA);
    }
}

static void
record(struct judge *j)
{
    struct core *c = j->core;
    struct await_range range = {.n = 1};
    /* several reasons in one bundle need an item for each signal */
    bool refused = j->accepted_n == 0 && one_code(j);
    enum dhk_err rc = refused ? write_refused(j, &range.from)
                              : write_accepted(j, &range.from);

    if (rc == DHK_OK && j->shares_n > 0)
        rc = write_shares(j, range.from);
    range.n += j->shares_n;
    for (size_t i = 0; rc == DHK_OK && i < j->bundle.n; i++)
        rc = judge_note(j, &j->signal[i], range.from);
    core_fail(c, rc);
    if (rc == DHK_OK)
        return_full(j);
    if (c->failed != DHK_OK)
        return;
    for (size_t i = 0; i < j->shares_n; i++)
        turns_wake(c, j->share[i].card->number, COMMAND_MODE_RECEIVE);
    if (await_receipt(c, j->peer, j->number, &range, 1) != DHK_OK)
        core_fail(c, DHK_NOMEM);
}

/* Whether every entry that the bundle needs has the length for one: its
 * accepted entry and those of its shares. */
static bool
fits(struct judge *j)
{
    uint64_t accepted = j->core->ledger.size;

    fill_accepted(j);
    j->core->entry.u.accepted.before = INT64_MAX;
    if (!is_short_enough(j->core))
        return false;
    for (size_t i = 0; i < j->bundle.n; i++) {
        const struct judge_signal *s = &j->signal[i];
        for (size_t k = 0; k < s->shares_n; k++) {
            if (fill_share(j, i, &j->share[s->shares_from + k], accepted) !=
                DHK_OK)
                return false;
            j->core->entry.u.share.nth = INT64_MAX;
            j->core->entry.u.share.before = INT64_MAX;
            if (!is_short_enough(j->core))
                return false;
        }
    }
    return true;
}

void
accept_push(
    struct core *c, struct peer *p, uint64_t number, struct slice bundle)
{
    struct judge *j = c->judge;

    j->core = c;
    j->peer = p;
    j->card = force_card_by_number(&c->force, p->card);
    j->number = number;
    j->known_n = j->accepted_n = j->shares_n = j->full_n = 0;
    enum dhk_err rc = read_bundle(j, bundle);
    if (c->failed != DHK_OK)
        return;
    if (rc == DHK_OK && j->known_n != 0 && j->known_n != j->bundle.n)
        rc = DHK_STATE;
    if (rc == DHK_OK && j->known_n == 0 && !fits(j))
        rc = DHK_LIMIT;
    if (rc != DHK_OK)
        reject(j, rc);
    else if (j->known_n != 0)
        answer_again(j);
    else if (c->clock_stopped)
        core_error(c, p->id, number, COMMAND_ERROR_CLOCK);
    else if (c->waiting.n + c->fresh.n >= AWAIT_MAX ||
             (j->accepted_n == 0 && !core_may_note(c, p->card)))
        core_error(c, p->id, number, COMMAND_ERROR_BUSY);
    else
        record(j);
}
