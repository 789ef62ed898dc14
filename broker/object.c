/* SPDX-License-Identifier: EUPL-1.2 */
#include "object.h"

#include <string.h>

#include "casebook.h"
#include "core.h"
#include "ended.h"
#include "looks.h"
#include "quorum.h"

enum { LIST_MAX = 2 + 2 * CONTROL_FILES };

struct list {
    struct slice item[LIST_MAX];
    size_t n;
};

/* A text with its signatures, an agreement's compiled hash, in MEM, between
 * them: the one in force when no id is given. */
static enum dhk_err
get_text(struct core *c, const struct command *cmd, uint8_t mem[COMPILED_HASH],
    struct list *out)
{
    bool agreement = cmd->what == COMMAND_GET_AGREEMENT;
    bool holds = agreement ? force_agreement(&c->force) != NULL
                           : force_roster(&c->force) != NULL;
    const uint8_t *id = agreement ? c->force.agreement_text.sha256
                                  : c->force.roster_text.sha256;
    enum dhk_err rc;

    if (cmd->id.n == 32)
        id = cmd->id.p;
    else if (cmd->id.n != 0)
        return DHK_FORMAT;
    else if (!holds)
        return DHK_NOTFOUND;
    rc = force_text(c->txn, id, &out->item[0]);
    if (rc != DHK_OK)
        return rc;
    out->n = 1;
    if (agreement) {
        rc = force_compiled(c->txn, id, mem);
        if (rc != DHK_OK)
            return rc;
        out->item[out->n++] = slice_of(mem, COMPILED_HASH);
    }
    for (size_t i = 0; out->n + 1 < LIST_MAX; i++) {
        rc = force_signature(
            c->txn, id, i, &out->item[out->n], &out->item[out->n + 1]);
        if (rc != DHK_OK)
            return rc == DHK_NOTFOUND ? DHK_OK : rc;
        out->n += 2;
    }
    return DHK_OK;
}

/* What ended the agreement; MEM keeps it. */
struct revocation_mem {
    uint8_t text[QUORUM_REVOCATION_TEXT];
    uint8_t armor[SSHSIG_ARMOR_MAX];
};

static enum dhk_err
get_revocation(struct core *c, struct revocation_mem *mem, struct list *out)
{
    const struct force_text *text = &c->force.agreement_text;
    struct quorum_revocation r = {.what = QUORUM_REVOKES_TEXT};

    if (!text->known || !text->revoked)
        return DHK_NOTFOUND;
    enum dhk_err rc = ledger_entry(c->txn, text->entry, &c->entry);
    if (rc != DHK_OK)
        return rc;
    if (c->entry.kind != ENTRY_REVOKED_TEXT)
        return DHK_NOTFOUND;
    memcpy(r.id, c->entry.u.revoked.id, sizeof r.id);
    out->item[out->n++] = quorum_revocation_text(mem->text, &r);
    out->item[out->n++] = c->entry.u.revoked.by;
    out->item[out->n++] = sshsig_armor(mem->armor, c->entry.u.revoked.sshsig);
    return DHK_OK;
}

static enum dhk_err
get_card(struct core *c, const struct command *cmd, struct list *out)
{
    const struct force_card *card =
        cmd->id.n == CARD_ID ? force_card(&c->force, cmd->id.p) : NULL;

    if (card == NULL)
        return cmd->id.n == CARD_ID ? DHK_NOTFOUND : DHK_FORMAT;
    out->item[out->n++] = slice_of(card->bytes, card->bytes_n);
    return DHK_OK;
}

/* The current receiving cards of the agreement's parties. */
static enum dhk_err
get_cards(struct core *c, struct list *out)
{
    const struct agreement *a = force_agreement(&c->force);

    for (size_t i = 0; a != NULL && i < a->parties_n; i++) {
        const struct force_card *card = c->force.receiving[i];
        if (card != NULL)
            out->item[out->n++] = slice_of(card->bytes, card->bytes_n);
    }
    return DHK_OK;
}

static enum dhk_err
get_consistency(struct core *c, const struct command *cmd, struct sink *proof,
    struct list *out)
{
    uint64_t size = cmd->b == 0 ? c->ledger.note_size : cmd->b;
    enum dhk_err rc = ledger_note(&c->ledger, c->txn, &size, &out->item[0]);

    if (rc != DHK_OK)
        return rc;
    if (cmd->b != 0 && size != cmd->b)
        return DHK_NOTFOUND;
    if (cmd->a > size)
        return DHK_NOTFOUND;
    rc = ledger_consistency(c->txn, proof, cmd->a, size);
    if (rc != DHK_OK)
        return rc;
    out->item[1] = sink_done(proof);
    out->n = 2;
    return DHK_OK;
}

/* Whoever can name the hash of an entry knows it, and learns of the others
 * nothing but hashes. */
static enum dhk_err
ask_inclusion(struct core *c, struct peer *p, const struct command *cmd)
{
    uint8_t leaf[MERKLE_HASH];

    if (cmd->id.n != MERKLE_HASH)
        return DHK_FORMAT;
    if (cmd->a >= c->ledger.size)
        return DHK_NOTFOUND;
    enum dhk_err rc = ledger_leaf(c->txn, cmd->a, leaf);
    if (rc == DHK_OK && memcmp(leaf, cmd->id.p, sizeof leaf) != 0)
        rc = DHK_NOTFOUND;
    return rc == DHK_OK ? await_inclusion(c, p, cmd->number, cmd->a) : rc;
}

enum dhk_err
object_inclusion(struct core *c, const struct await *a)
{
    struct command reply = {.type = COMMAND_OBJECT,
        .number = a->number,
        .what = COMMAND_GET_INCLUSION};
    struct slice list[2] = {ledger_note_last(&c->ledger)};
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    struct sink proof;

    sink_init(&proof, mem, sizeof mem);
    enum dhk_err rc =
        ledger_prove(c->txn, &proof, c->ledger.note_size, &a->entry, 1);
    if (rc != DHK_OK)
        return rc;
    list[1] = sink_done(&proof);
    return core_send_object(c, a->peer, &reply, list, 2);
}

/* What may look at very many rows. */
static enum dhk_err
look(struct core *c, const struct peer *p, const struct command *cmd)
{
    if (!looks_may(c, p->card))
        return DHK_LIMIT;
    return cmd->what == COMMAND_GET_ENDED ? ended_get(c, p, cmd)
                                          : casebook_get(c, p, cmd);
}

static void
turn_down(
    struct core *c, struct peer *p, const struct command *cmd, enum dhk_err rc)
{
    /* too many wait for a head, or it had too much looked at: later */
    bool busy = rc == DHK_LIMIT && cmd->what >= COMMAND_GET_INCLUSION &&
                cmd->what != COMMAND_GET_CHECKPOINT;

    if (rc == DHK_DENIED) {
        c->rejected++;
        core_error(c, p->id, cmd->number, COMMAND_ERROR_ROLE);
        peer_close(c, p);
    } else if (rc == DHK_NOTFOUND || rc == DHK_FORMAT || rc == DHK_LIMIT)
        core_error(c, p->id, cmd->number,
            busy                 ? COMMAND_ERROR_BUSY
            : rc == DHK_NOTFOUND ? COMMAND_ERROR_NOTFOUND
            : rc == DHK_LIMIT    ? COMMAND_ERROR_LIMIT
                                 : COMMAND_ERROR_MALFORMED);
    else
        core_fail(c, rc);
}

void
object_get(struct core *c, struct peer *p, const struct command *cmd)
{
    struct command reply = {
        .type = COMMAND_OBJECT, .number = cmd->number, .what = cmd->what};
    struct list list = {.n = 0};
    struct revocation_mem revocation;
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH], compiled[COMPILED_HASH];
    struct sink proof;
    enum dhk_err rc = DHK_FORMAT;

    sink_init(&proof, mem, sizeof mem);
    switch (cmd->what) {
    case COMMAND_GET_AGREEMENT:
    case COMMAND_GET_ROSTER:
        rc = get_text(c, cmd, compiled, &list);
        break;
    case COMMAND_GET_CARD:
        rc = get_card(c, cmd, &list);
        break;
    case COMMAND_GET_CARDS:
        rc = get_cards(c, &list);
        break;
    case COMMAND_GET_CONSISTENCY:
        rc = get_consistency(c, cmd, &proof, &list);
        break;
    case COMMAND_GET_REVOCATION:
        rc = get_revocation(c, &revocation, &list);
        break;
    case COMMAND_GET_INCLUSION: /* replied to when a head covers it */
        rc = ask_inclusion(c, p, cmd);
        if (rc == DHK_OK)
            return;
        break;
    case COMMAND_GET_CHECKPOINT:
        rc = cosign_show(c, p, cmd->number, cmd->a);
        if (rc == DHK_OK)
            return;
        break;
    case COMMAND_GET_COURSE:
    case COMMAND_GET_CASES:
    case COMMAND_GET_WAITING:
    case COMMAND_GET_ENDED:
        rc = look(c, p, cmd);
        if (rc == DHK_OK)
            return;
        break;
    case COMMAND_GET_NONE:
        break;
    }
    if (rc == DHK_OK)
        rc = core_send_object(c, p->id, &reply, list.item, list.n);
    if (rc != DHK_OK)
        turn_down(c, p, cmd, rc);
}
