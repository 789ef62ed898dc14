/* SPDX-License-Identifier: EUPL-1.2 */
#include "core.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accept.h"
#include "catchup.h"
#include "courses.h"
#include "deliver.h"
#include "enact.h"
#include "later.h"
#include "returns.h"
#include "seals.h"
#include "settle.h"
#include "turns.h"

enum {
    CLOCK_JUMP_MS = 5 * 60 * 1000,
    LOG_LINE = 256,
    /* how long what nobody waits for is put off when the store was full: a
     * batch that fails for it would fail everybody's messages, too */
    FULL_PAUSE_MS = 5000,
    SYNC_MS = 500,
    /* entries of one card that serve nobody else: this many at once, and one
     * more in each such time. So the ledger grows by what is shared, not by
     * what a partner that went wrong, or mad, asks for */
    NOTES_AT_ONCE = 256,
    NOTE_MS = 250,
};

void
core_log(struct core *c, const char *format, ...)
{
    char line[LOG_LINE];
    va_list ap;

    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    c->out.log(c->out.ctx, "core", line);
}

void
core_fail(struct core *c, enum dhk_err rc)
{
    if (rc == DHK_OK)
        return;
    /* what is worse than a full store wins */
    if (c->failed == DHK_OK || c->failed == DHK_LIMIT)
        c->failed = rc;
}

enum dhk_err
core_append(struct core *c, struct entry *e, uint64_t *index)
{
    if (standing_reads_only(c)) { /* whatever asked: nothing is written */
        core_fail(c, DHK_STATE);
        return DHK_STATE;
    }
    c->dirty = true;
    enum dhk_err rc = ledger_append(&c->ledger, c->txn, e, c->now, index);
    core_fail(c, rc);
    if (rc == DHK_OK)
        meter_entry(&c->meter, e);
    return rc;
}

bool
core_may_note(struct core *c, uint64_t n)
{
    struct force_card *card = force_card_by_number(&c->force, n);

    if (card == NULL)
        return false;
    if (card->noted < c->mono)
        card->noted = c->mono;
    if (card->noted - c->mono >= (uint64_t)NOTES_AT_ONCE * NOTE_MS)
        return false;
    card->noted += NOTE_MS;
    return true;
}

void
core_send(struct core *c, uint64_t peer, const struct command *cmd)
{
    uint8_t mem[LIMIT_CHECKPOINT + 1024];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    if (command_encode(&out, cmd, NULL, 0, NULL, 0) == DHK_OK)
        c->out.send(c->out.ctx, peer, sink_done(&out));
}

enum dhk_err
core_send_object(struct core *c, uint64_t peer, const struct command *reply,
    const struct slice *item, size_t n)
{
    struct sink out;

    sink_init(&out, c->scratch[0], LIMIT_MESSAGE);
    enum dhk_err rc = command_encode(&out, reply, NULL, 0, item, n);
    if (rc == DHK_OK)
        c->out.send(c->out.ctx, peer, sink_done(&out));
    return rc;
}

void
core_error(
    struct core *c, uint64_t peer, uint64_t number, enum command_error error)
{
    struct command cmd = {
        .type = COMMAND_ERROR, .number = number, .error = error};

    core_send(c, peer, &cmd);
}

const struct agreement *
core_agreement(struct core *c, const uint8_t sha256[32])
{
    struct slice text;
    const struct agreement *now = c->force.agreement;

    if (now != NULL && memcmp(c->force.agreement_text.sha256, sha256, 32) == 0)
        return now;
    if (c->old != NULL && memcmp(c->old_sha256, sha256, 32) == 0)
        return c->old;
    agreement_destroy(&c->old);
    struct findings *findings = calloc(1, sizeof *findings);
    if (findings == NULL || force_text(c->txn, sha256, &text) != DHK_OK ||
        agreement_recorded(&c->old, text, findings) != DHK_OK)
        c->old = NULL;
    free(findings);
    memcpy(c->old_sha256, sha256, 32);
    return c->old;
}

/* --- time --- */

void
core_read_clock(struct core *c)
{
    uint64_t wall = clock_wall_ms(c->clock);
    uint64_t mono = clock_monotonic_ms(c->clock);
    uint64_t passed = mono - c->mono_base, expected = c->wall_base + passed;
    uint64_t jump = wall > expected ? wall - expected : expected - wall;

    if (!c->clock_stopped &&
        (jump > CLOCK_JUMP_MS ||
            wall + c->clock_behind + CLOCK_JUMP_MS < c->ledger.time)) {
        core_log(c, "the clock jumped: nothing is accepted until an operator "
                    "explains it");
        c->clock_stopped = true;
    }
    c->wall_base = wall;
    c->mono_base = mono;
    c->mono = mono;
    /* what a clock says that jumped must not get into the ledger */
    if (c->clock_stopped)
        c->now += passed;
    else if (wall > c->now)
        c->now = wall;
    if (c->ledger.time > c->now)
        c->now = c->ledger.time;
}

/* --- transactions --- */

static void
batch_begin(struct core *c)
{
    if (c->txn != NULL)
        return;
    c->batch++;
    core_read_clock(c);
    core_fail(c, store_begin(&c->txn, c->store, true));
    bool held = c->force.agreement_holds;
    if (c->txn == NULL)
        return;
    if (force_refresh(&c->force, c->now, false))
        returns_cards_changed(c);
    if (held != c->force.agreement_holds)
        returns_agreement_changed(c);
}

static enum dhk_err
take_signature(struct core *c, struct store_txn *t,
    const struct checkpoint *head, const uint8_t sig[KEY_SIGNATURE])
{
    enum dhk_err rc = ledger_signed(&c->ledger, t, head, sig);

    if (rc == DHK_AUTH)
        core_log(c, "the keeper's signature does not fit our ledger");
    return rc;
}

/* The image in memory after an abort. */
static enum dhk_err
reload(struct core *c)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = store_begin(&t, c->store, false);

    if (rc == DHK_OK)
        rc = ledger_reload(&c->ledger, t);
    if (rc == DHK_OK && c->late)
        rc = take_signature(c, t, &c->late_head, c->late_signature);
    c->late = false;
    courses_forget(c->courses);
    if (rc == DHK_OK)
        rc = force_load(&c->force, t);
    if (rc == DHK_OK)
        rc = seals_load(c, t);
    store_abort(&t);
    if (rc != DHK_OK)
        return rc;
    force_refresh(&c->force, c->now, true);
    returns_cards_changed(c);
    return DHK_OK;
}

static void
send_access(struct core *c)
{
    struct sink keys;

    if (!c->router_up)
        return;
    c->access_due = false;
    sink_init(&keys, c->scratch[0], CORE_SCRATCH);
    for (size_t i = 0; i < c->force.cards_n; i++) {
        if (c->force.card[i]->valid)
            sink_put(&keys, c->force.card[i]->card.curve.b, KEY_BYTES);
    }
    c->out.access(c->out.ctx, sink_done(&keys));
}

/* Gives the keeper our head, one at a time. */
static enum dhk_err
sign_head(struct core *c)
{
    struct core_head head = {.size = c->ledger.size, .old = c->keeper_size};
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    struct sink proof;

    if (c->signing || head.size == head.old || standing_reads_only(c))
        return DHK_OK;
    enum dhk_err rc = ledger_recheck(c->txn, head.old, head.size);
    if (rc == DHK_OK)
        rc = ledger_root(c->txn, head.size, head.root);
    if (rc != DHK_OK)
        return rc;
    sink_init(&proof, mem, sizeof mem);
    rc = ledger_consistency(c->txn, &proof, head.old, head.size);
    if (rc != DHK_OK)
        return rc;
    head.proof = sink_done(&proof);
    c->signing = true;
    c->out.sign(c->out.ctx, &head);
    return DHK_OK;
}

/* The store is full: nothing of this batch happened. */
static enum dhk_err
answer_busy(struct core *c)
{
    core_log(c, "the store is full: nothing new is accepted");
    later_busy(c, "the store is full: nothing was changed");
    for (struct await *a = c->fresh.first; a != NULL; a = a->next)
        await_drop(c, a);
    await_clear(&c->fresh);
    c->news_due = false;
    c->full_until = c->mono + FULL_PAUSE_MS;
    turns_uncount(c);
    return reload(c);
}

/* What may leave once the batch is durable; reads only. */
static enum dhk_err
after_commit(struct core *c)
{
    enum dhk_err rc = store_begin(&c->txn, c->store, false);

    if (rc != DHK_OK)
        return rc;
    /* before the operator hears that a card counts, so that its first
     * connection is not turned away: libzmq does not try again then */
    if (c->access_due)
        send_access(c);
    later_send(c);
    await_move(&c->waiting, &c->fresh);
    if (c->news_due)
        peer_news(c);
    c->news_due = false;
    /* shares do not wait for the head: it is rechecked and signed behind them
     */
    if (!standing_reads_only(c))
        rc = deliver_all(c);
    if (rc == DHK_OK)
        rc = sign_head(c);
    if (rc == DHK_OK)
        await_answer(c);
    store_abort(&c->txn);
    return rc;
}

/* Everybody has been answered: what the journal made durable goes where it
 * belongs, soon enough for who looks at the store from beside. */
static enum dhk_err
sync(struct core *c)
{
    if (c->mono - c->synced < SYNC_MS && !store_should_settle(c->store))
        return DHK_OK;
    c->synced = c->mono;
    return store_settle(c->store);
}

enum dhk_err
core_batch_end(struct core *c)
{
    batch_begin(c);
    struct returns returned;
    returns_some(c, &returned);
    if (c->failed == DHK_OK)
        confirms_apply(c);
    if (c->failed == DHK_OK)
        cosign_apply(c);
    if (!standing_reads_only(c))
        seals_some(c);
    if (c->failed == DHK_OK && c->dirty)
        core_fail(c, ledger_flush(&c->ledger, c->txn));
    enum dhk_err rc = c->failed;
    bool wrote = c->dirty;
    if (rc == DHK_OK && wrote)
        rc = store_commit(&c->txn);
    else
        store_abort(&c->txn);
    if (rc != DHK_OK) {
        meter_abort(&c->meter, rc == DHK_LIMIT);
    } else if (wrote) {
        meter_commit(&c->meter, c->now);
        confirms_done(c);
        cosign_done(c);
    }
    meter_turn(&c->meter, c->mono);
    c->failed = DHK_OK;
    c->dirty = false;
    if (rc == DHK_OK)
        returns_noted(c, &returned);
    if (rc == DHK_LIMIT)
        rc = answer_busy(c);
    if (rc == DHK_OK)
        rc = after_commit(c);
    if (rc == DHK_OK)
        rc = catchup_turn(c);
    if (rc == DHK_OK)
        rc = seals_gather(c);
    return rc == DHK_OK ? sync(c) : rc;
}

/* --- the parts of a batch --- */

void
core_router_up(struct core *c)
{
    batch_begin(c);
    peer_clear(c);
    c->router_up = true;
    c->access_due = true;
}

void
core_message(struct core *c, uint64_t peer, const uint8_t transport[32],
    struct slice message)
{
    batch_begin(c);
    if (c->txn != NULL)
        peer_message(c, peer, transport, message);
}

void
core_gone(struct core *c, uint64_t peer)
{
    peer_gone(c, peer);
}

void
core_control(struct core *c, uint32_t client, struct slice request)
{
    batch_begin(c);
    if (c->txn != NULL)
        enact_control(c, client, request);
}

void
core_signed(struct core *c, const struct checkpoint *head,
    const uint8_t sig[KEY_SIGNATURE])
{
    batch_begin(c);
    c->signing = false;
    if (c->txn == NULL)
        return;
    c->keeper_size = head->size;
    c->meter.signed_ = c->now;
    enum dhk_err rc = take_signature(c, c->txn, head, sig);
    if (rc == DHK_LIMIT) {
        /* the store is full: this transaction reads no more, but the keeper
         * signs no head twice */
        c->late = true;
        c->late_head = *head;
        memcpy(c->late_signature, sig, sizeof c->late_signature);
    }
    core_fail(c, rc);
}

void
core_tick(struct core *c)
{
    batch_begin(c);
    if (c->txn == NULL)
        return;
    if (standing_reads_only(c))
        return;
    if (c->mono >= c->full_until)
        settle_expired(c);
    deliver_again(c);
}

bool
core_is_busy(const struct core *c)
{
    if (standing_reads_only(c))
        return c->pages_wait;
    if ((c->redo_due || c->mail_due || c->stale.n > 0) &&
        c->mono >= c->full_until)
        return true;
    return c->pages_wait || c->peers.work_first != NULL || catchup_is_due(c) ||
           seals_are_due(c);
}

/* --- life --- */

enum dhk_err
core_new(struct core **out, const struct core_config *cfg,
    const struct core_output *output, struct store *store,
    const struct clock *clock)
{
    struct core *c = calloc(1, sizeof *c);

    *out = NULL;
    if (c == NULL)
        return DHK_NOMEM;
    c->cfg = *cfg;
    c->out = *output;
    c->store = store;
    c->clock = clock;
    c->later_end = &c->later;
    await_init(&c->waiting);
    await_init(&c->fresh);
    c->scratch[0] = malloc(CORE_SCRATCH);
    c->scratch[1] = malloc(CORE_SCRATCH);
    c->judge = accept_new();
    if (c->scratch[0] == NULL || c->scratch[1] == NULL || c->judge == NULL ||
        index_new(&c->index, &c->force) != DHK_OK ||
        courses_new(&c->courses) != DHK_OK || seals_new(&c->seals) != DHK_OK) {
        core_destroy(&c);
        return DHK_NOMEM;
    }
    *out = c;
    return DHK_OK;
}

void
core_destroy(struct core **c)
{
    if (*c == NULL)
        return;
    store_abort(&(*c)->txn);
    later_clear(*c);
    await_clear(&(*c)->waiting);
    await_clear(&(*c)->fresh);
    peer_clear(*c);
    force_clear(&(*c)->force);
    agreement_destroy(&(*c)->old);
    accept_destroy(&(*c)->judge);
    index_destroy(&(*c)->index);
    courses_destroy(&(*c)->courses);
    seals_destroy(&(*c)->seals);
    free((*c)->scratch[0]);
    free((*c)->scratch[1]);
    free((*c)->peers.list);
    free(*c);
    *c = NULL;
}
