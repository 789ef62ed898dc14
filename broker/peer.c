/* SPDX-License-Identifier: EUPL-1.2 */
#include "peer.h"

#include <string.h>

#include "accept.h"
#include "core.h"
#include "inquire.h"
#include "object.h"
#include "settle.h"
#include "statements.h"
#include "withdraw.h"
#include "turns.h"

/* What a card of this role may be used for. */
static uint32_t
modes_of(const struct core *c, const struct force_card *card)
{
    const struct roster_partner *r =
        force_partner(&c->force, slice_str(card->card.partner), c->now);

    if (r == NULL)
        return 0;
    switch (r->role) {
    case ROSTER_PARTNER:
        return (uint32_t)COMMAND_MODE_SEND | COMMAND_MODE_OUTCOMES |
               COMMAND_MODE_QUERY |
               (card->card.receives ? (uint32_t)COMMAND_MODE_RECEIVE : 0);
    case ROSTER_AUDITOR:
        return COMMAND_MODE_QUERY;
    case ROSTER_OPERATOR:
        break;
    }
    return 0;
}

/* The cards may be new in memory, and know nothing of their sessions. */
static void
count_sessions(struct core *c)
{
    for (size_t i = 0; i < c->force.cards_n; i++)
        c->force.card[i]->sessions = 0;
    for (size_t i = 0; i < c->peers.n; i++) {
        const struct peer *p = c->peers.list[i];
        struct force_card *card = force_card_by_number(&c->force, p->card);
        if (p->state == PEER_READY && card != NULL)
            card->sessions++;
    }
}

void
peer_check_cards(struct core *c)
{
    count_sessions(c);
    for (size_t i = 0; i < c->peers.n; i++) {
        struct peer *p = c->peers.list[i];
        struct force_card *card = force_card_by_number(&c->force, p->card);
        if (p->state != PEER_READY)
            continue;
        bool valid = card != NULL && card->valid;
        if (valid && (p->modes & ~modes_of(c, card)) == 0) {
            peer_listens(card, p); /* the cards may be new in memory */
            continue;
        }
        core_error(
            c, p->id, 0, valid ? COMMAND_ERROR_ROLE : COMMAND_ERROR_CARD);
        c->out.drop(c->out.ctx, p->id);
        peer_close(c, p);
    }
}

static void
fill_in_force(const struct core *c, struct command *cmd)
{
    cmd->has_agreement = force_agreement(&c->force) != NULL;
    cmd->has_roster = force_roster(&c->force) != NULL;
    if (cmd->has_agreement)
        memcpy(cmd->agreement, c->force.agreement_text.sha256, 32);
    if (cmd->has_roster)
        memcpy(cmd->roster, c->force.roster_text.sha256, 32);
}

void
peer_news(struct core *c)
{
    struct command cmd = {.type = COMMAND_NEWS};

    fill_in_force(c, &cmd);
    for (size_t i = 0; i < c->peers.n; i++) {
        if (c->peers.list[i]->state == PEER_READY)
            core_send(c, c->peers.list[i]->id, &cmd);
    }
}

/* --- actions --- */

static void
end_with(struct core *c, struct peer *p, const struct command *cmd,
    enum command_error error)
{
    c->rejected++;
    core_error(c, p->id, cmd->number, error);
    peer_close(c, p);
}

static void
do_ask(struct core *c, struct peer *p, const struct command *cmd)
{
    struct command reply = {.type = COMMAND_CHALLENGE,
        .number = cmd->number,
        .a = c->now,
        .origin = slice_str(c->cfg.origin)};

    peer_close(c, p);
    key_random(p->nonce, sizeof p->nonce);
    p->state = PEER_ASKED;
    memcpy(reply.nonce, p->nonce, sizeof reply.nonce);
    core_send(c, p->id, &reply);
}

/* The newer of two connections with one card and mode wins. */
static void
supersede(struct core *c, const struct peer *winner)
{
    const uint32_t modes[] = {COMMAND_MODE_RECEIVE, COMMAND_MODE_OUTCOMES};
    struct command cmd = {.type = COMMAND_SUPERSEDED};

    for (size_t i = 0; i < 2; i++) {
        struct peer *p = peer_with(c, winner->card, modes[i]);
        if (p == NULL || (winner->modes & modes[i]) == 0)
            continue;
        core_send(c, p->id, &cmd);
        p->modes &= ~modes[i];
        if (p->modes == 0)
            peer_close(c, p);
    }
}

static bool
listens(const struct core *c, const struct peer *p)
{
    return peer_with(c, p->card, COMMAND_MODE_RECEIVE) == p ||
           peer_with(c, p->card, COMMAND_MODE_OUTCOMES) == p;
}

/* Ends the longest silent session of a card that has too many; not those that
 * listen, who may well have been silent for long. */
static void
limit_sessions(struct core *c, struct force_card *card)
{
    struct peer *oldest = NULL;

    if (card->sessions < PEER_CARD_MAX)
        return; /* so that not every hello looks at every connection */
    for (size_t i = 0; i < c->peers.n; i++) {
        struct peer *p = c->peers.list[i];
        if (p->state != PEER_READY || p->card != card->number)
            continue;
        if (!listens(c, p) && (oldest == NULL || p->seen < oldest->seen))
            oldest = p;
    }
    if (oldest == NULL)
        return;
    core_error(c, oldest->id, 0, COMMAND_ERROR_STATE);
    peer_close(c, oldest);
}

static enum command_error
check_hello(const struct core *c, const struct peer *p,
    const struct command_hello *h, struct force_card **card)
{
    if (!slice_equal(h->origin, slice_str(c->cfg.origin)) ||
        !key_equal(h->nonce, p->nonce, sizeof p->nonce))
        return COMMAND_ERROR_AUTH;
    *card = force_card(&c->force, h->card);
    if (*card == NULL || !(*card)->valid)
        return COMMAND_ERROR_CARD;
    /* the router says which transport key it saw; the card must name it */
    if (!key_equal((*card)->card.curve.b, p->transport, KEY_BYTES) ||
        command_hello_verify(h, &(*card)->card.sign) != DHK_OK)
        return COMMAND_ERROR_AUTH;
    if ((h->modes & ~modes_of(c, *card)) != 0)
        return COMMAND_ERROR_ROLE;
    return COMMAND_ERROR_NONE;
}

static void
do_hello(struct core *c, struct peer *p, const struct command *cmd)
{
    struct force_card *card;
    struct command reply = {.type = COMMAND_WELCOME,
        .number = cmd->number,
        .a = c->now,
        .bytes = ledger_note_last(&c->ledger)};
    enum command_error error = check_hello(c, p, &cmd->hello, &card);

    if (error != COMMAND_ERROR_NONE) {
        end_with(c, p, cmd, error);
        return;
    }
    p->card = card->number;
    p->modes = cmd->hello.modes;
    p->duties = cmd->hello.duties;
    supersede(c, p);
    limit_sessions(c, card);
    p->state = PEER_READY;
    if ((p->modes & COMMAND_MODE_OUTCOMES) != 0)
        confirms_hurry(c);
    card->sessions++;
    reply.b = (p->modes & COMMAND_MODE_RECEIVE) != 0 ? card->open : 0;
    peer_listens(card, p);
    p->notices = (p->modes & COMMAND_MODE_RECEIVE) != 0;
    turns_resume(c, p, cmd->hello.cursor);
    if (c->cfg.reconnect_ms > 0)
        p->hold = c->mono + c->cfg.reconnect_ms;
    fill_in_force(c, &reply);
    standing_tell(c, &reply);
    core_send(c, p->id, &reply);
}

static void
do_push(struct core *c, struct peer *p, const struct command *cmd)
{
    accept_push(c, p, cmd->number, cmd->bytes);
}

static void
do_credit(struct core *c, struct peer *p, const struct command *cmd)
{
    p->window = cmd->a < c->cfg.window ? cmd->a : c->cfg.window;
    turns_mark(c, p);
}

/* --- the table --- */

struct rule {
    void (*action)(struct core *, struct peer *, const struct command *);
    uint32_t mode;    /* one of these; 0: any */
    bool memory_only; /* done also while the store is full */
};

enum { COMMANDS = COMMAND_SHOW + 1 };

static const struct rule rules[PEER_STATES][COMMANDS] =
    {
        [PEER_NEW] = {[COMMAND_ASK] = {do_ask, 0, false}},
        [PEER_ASKED] =
            {
                [COMMAND_ASK] = {do_ask, 0, false},
                [COMMAND_HELLO] = {do_hello, 0, false},
            },
        [PEER_READY] =
            {
                [COMMAND_ASK] = {do_ask, 0, false},
                [COMMAND_PUSH] = {do_push, COMMAND_MODE_SEND, false},
                [COMMAND_CREDIT] = {do_credit, COMMAND_MODE_RECEIVE, true},
                [COMMAND_ANSWER] = {settle_answer, COMMAND_MODE_RECEIVE, false},
                [COMMAND_QUERY] = {inquire_query, COMMAND_MODE_QUERY, false},
                [COMMAND_GET] = {object_get, 0, false},
                [COMMAND_CONFIRM] = {confirms_take, COMMAND_MODE_OUTCOMES,
                    false},
                [COMMAND_WITHDRAW] = {withdraw_take, COMMAND_MODE_SEND, false},
                [COMMAND_NOTED] = {withdraw_noted, COMMAND_MODE_RECEIVE, true},
                [COMMAND_SHOW] = {standing_show, 0, false},
                [COMMAND_COSIGN] = {cosign_take, 0, false},
                [COMMAND_STATE] = {statements_take, STATEMENTS_MODES, false},
            },
};

static enum command_error
check_session(const struct core *c, const struct peer *p)
{
    const struct force_card *card;

    if (p->state != PEER_READY)
        return COMMAND_ERROR_NONE;
    card = force_card_by_number(&c->force, p->card);
    if (card == NULL || !card->valid ||
        !key_equal(card->card.curve.b, p->transport, KEY_BYTES))
        return COMMAND_ERROR_CARD;
    return COMMAND_ERROR_NONE;
}

/* What the table says. A batch that cannot be committed is answered "busy"
 * by core, but for the message that found out and those after it. */
static void
act(struct core *c, struct peer *p, const struct command *cmd)
{
    const struct rule *rule = (size_t)cmd->type < COMMANDS
                                  ? &rules[p->state][cmd->type]
                                  : &rules[PEER_NEW][0];
    if (rule->action == NULL) {
        end_with(c, p, cmd, COMMAND_ERROR_STATE);
        return;
    }
    if (rule->mode != 0 && (p->modes & rule->mode) == 0) {
        end_with(c, p, cmd, COMMAND_ERROR_ROLE);
        return;
    }
    if (!standing_takes(c, cmd->type)) {
        core_error(c, p->id, cmd->number, COMMAND_ERROR_BUSY);
        return;
    }
    if (c->failed == DHK_OK || rule->memory_only)
        rule->action(c, p, cmd);
    if (c->failed != DHK_OK && !rule->memory_only)
        core_error(c, p->id, cmd->number, COMMAND_ERROR_BUSY);
}

void
peer_message(struct core *c, uint64_t id, const uint8_t transport[32],
    struct slice message)
{
    struct command cmd;
    struct diag diag;
    struct peer *p = peer_get(c, id, transport);

    if (p == NULL)
        return;
    if (!key_equal(p->transport, transport, sizeof p->transport)) {
        memcpy(p->transport, transport, sizeof p->transport);
        peer_close(c, p);
    }
    p->seen = c->mono;
    if (message.n > LIMIT_MESSAGE ||
        command_decode(&cmd, message, &diag) != DHK_OK) {
        cmd.number = 0;
        end_with(c, p, &cmd, COMMAND_ERROR_MALFORMED);
        return;
    }
    enum command_error error = check_session(c, p);
    if (error != COMMAND_ERROR_NONE) {
        end_with(c, p, &cmd, error);
        c->out.drop(c->out.ctx, id);
        return;
    }
    act(c, p, &cmd);
}
