/* SPDX-License-Identifier: EUPL-1.2 */
#include "cosign.h"

#include <string.h>

#include "checkpoint.h"
#include "command.h"
#include "core.h"
#include "peer.h"
#include "table.h"

enum {
    WAIT_MS = 1000,
    /* of one partner, for all of its machines: what comes sooner and is not
     * newer is not looked at */
    AGAIN_MS = 10000,
    FIXED = 8 + 8 + 8 + 2, /* of a row of the store */
    PART = 3,              /* of a cosigner: card, note, proof */
    LIST = 2 + PART * LIMIT_SIGNATORIES,
};

/* --- the store ---------------------------------------------------------- */

static enum dhk_err
decode(struct cosign *out, struct slice key, struct slice value)
{
    struct cursor c;

    *out = (struct cosign){.stored = true};
    if (slice_to_str(key, out->partner, sizeof out->partner) != DHK_OK)
        return DHK_FORMAT;
    cursor_init(&c, value);
    out->card = cursor_u64(&c);
    out->size = cursor_u64(&c);
    out->time = cursor_u64(&c);
    out->note_n = cursor_u16(&c);
    struct slice note = cursor_bytes(&c, out->note_n);
    struct slice line = c.left;
    if (c.err != DHK_OK || note.n > sizeof out->note ||
        line.n > sizeof out->line)
        return DHK_FORMAT;
    out->line_n = line.n;
    memcpy(out->note, note.p, note.n);
    memcpy(out->line, line.p, line.n);
    return DHK_OK;
}

enum dhk_err
cosign_load(struct cosigns *s, struct store_txn *t)
{
    struct slice key, value;
    enum dhk_err rc =
        store_seek(t, TABLE_COSIGN, slice_of(NULL, 0), &key, &value);

    s->n = 0;
    while (rc == DHK_OK && s->n < LIMIT_SIGNATORIES) {
        rc = decode(&s->list[s->n++], key, value);
        if (rc == DHK_OK)
            rc = store_after(t, TABLE_COSIGN, key, &key, &value);
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
put(struct store_txn *t, const struct cosign *g)
{
    uint8_t mem[FIXED + COSIGN_NOTE + COSIGN_LINE];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    sink_u64(&out, g->card);
    sink_u64(&out, g->size);
    sink_u64(&out, g->time);
    sink_u16(&out, (uint16_t)g->note_n);
    sink_put(&out, g->note, g->note_n);
    sink_put(&out, g->line, g->line_n);
    must(out.err == DHK_OK);
    return store_put(t, TABLE_COSIGN, slice_str(g->partner), sink_done(&out));
}

static bool
is_stored(const struct cosigns *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (!s->list[i].stored)
            return false;
    return true;
}

void
cosign_apply(struct core *c)
{
    struct cosigns *s = &c->cosigns;

    if (is_stored(s) || (!c->dirty && c->mono - s->since < WAIT_MS))
        return;
    for (size_t i = 0; i < s->n; i++) {
        if (s->list[i].stored)
            continue;
        core_fail(c, put(c->txn, &s->list[i]));
        c->dirty = true;
    }
}

void
cosign_done(struct core *c)
{
    for (size_t i = 0; i < c->cosigns.n; i++)
        c->cosigns.list[i].stored = true;
}

/* --- what counts now ---------------------------------------------------- */

static bool
is_cosigner(const struct roster *r, const char *partner)
{
    for (size_t i = 0; r != NULL && i < r->cosigners_n; i++)
        if (strcmp(r->cosigner[i], partner) == 0)
            return true;
    return false;
}

/* The card that G was made with, or NULL: it was revoked, or another identity
 * is its partner's by now. That it has expired since changes nothing. */
static const struct force_card *
card_of(const struct core *c, const struct cosign *g)
{
    const struct roster *r = force_roster(&c->force);
    const struct force_card *card = force_card_by_number(&c->force, g->card);
    const struct roster_partner *p =
        r == NULL ? NULL : roster_find(r, slice_str(g->partner));

    if (p == NULL || card == NULL || card->revoked != 0 || !card->verified ||
        !is_cosigner(r, g->partner) ||
        strcmp(card->card.partner, g->partner) != 0 ||
        !key_equal(&card->identity, &p->identity, sizeof p->identity))
        return NULL;
    return card;
}

/* --- taking ------------------------------------------------------------- */

/* The place for PARTNER, who is a cosigner: its own, that of one who is none
 * any more, or a new one. */
static struct cosign *
place(struct core *c, const char *partner)
{
    struct cosigns *s = &c->cosigns;
    const struct roster *r = force_roster(&c->force);
    struct cosign *left = NULL;

    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->list[i].partner, partner) == 0)
            return &s->list[i];
        if (!is_cosigner(r, s->list[i].partner))
            left = &s->list[i];
    }
    if (left != NULL) {
        enum dhk_err rc =
            store_delete(c->txn, TABLE_COSIGN, slice_str(left->partner));
        core_fail(c, rc == DHK_NOTFOUND ? DHK_OK : rc);
        c->dirty = true;
    } else {
        must(s->n < LIMIT_SIGNATORIES); /* a roster has no more cosigners */
        left = &s->list[s->n++];
    }
    *left = (struct cosign){.stored = true};
    memcpy(left->partner, partner, strlen(partner) + 1);
    return left;
}

static enum command_error
not_ours(struct core *c, const char *partner, uint64_t size)
{
    core_log(c,
        "partner %s shows a head of %llu entries that our key signed and that "
        "is not of this ledger: the log shows two views, or its store is not "
        "the one that it was",
        partner, (unsigned long long)size);
    return COMMAND_ERROR_NOTFOUND;
}

/* Whether NOTE, which is well-formed and of CP, is signed by the log and is a
 * head of ours: G gets it with the log's line alone. */
static enum command_error
check_head(struct core *c, struct cosign *g, const struct checkpoint *cp,
    struct slice note)
{
    const char *partner = g->partner;
    struct checkpoint_vkey log;
    uint8_t root[MERKLE_HASH];
    struct sink plain;

    checkpoint_vkey_make(
        &log, CHECKPOINT_ED25519, c->ledger.origin, &c->ledger.log_key);
    sink_init(&plain, g->note, sizeof g->note);
    if (checkpoint_plain(&plain, note, &log) != DHK_OK)
        return COMMAND_ERROR_AUTH;
    g->note_n = plain.n;
    if (cp->size == 0 || cp->size > c->ledger.size)
        return not_ours(c, partner, cp->size);
    enum dhk_err rc = ledger_root(c->txn, cp->size, root);
    core_fail(c, rc);
    if (rc == DHK_OK && memcmp(root, cp->root, sizeof root) != 0)
        return not_ours(c, partner, cp->size);
    return rc == DHK_OK ? COMMAND_ERROR_NONE : COMMAND_ERROR_BUSY;
}

/* Whether what is kept of G's partner is as good as CP at TIME. */
static bool
is_kept(const struct core *c, const struct cosign *g,
    const struct checkpoint *cp, uint64_t time)
{
    return card_of(c, g) != NULL &&
           (cp->size < g->size || (cp->size == g->size && time <= g->time));
}

/* NOTE's checkpoint is *CP. */
static enum command_error
take(struct core *c, struct checkpoint *cp, const struct force_card *card,
    struct slice note)
{
    const char *partner = card->card.partner;
    struct cosign fresh = {.card = card->number, .taken = c->mono};
    struct checkpoint_vkey witness;
    struct slice own;

    if (!is_cosigner(force_roster(&c->force), partner))
        return COMMAND_ERROR_NOTFOUND;
    if (checkpoint_open(cp, note, NULL, NULL) != DHK_OK)
        return COMMAND_ERROR_MALFORMED;
    struct cosign *g = place(c, partner);
    if (is_kept(c, g, cp, g->time) && g->taken != 0 &&
        c->mono - g->taken < AGAIN_MS)
        return COMMAND_ERROR_NONE;
    memcpy(fresh.partner, partner, strlen(partner) + 1);
    enum command_error error = check_head(c, &fresh, cp, note);
    if (error != COMMAND_ERROR_NONE)
        return error;
    checkpoint_vkey_make(
        &witness, CHECKPOINT_COSIGNATURE, partner, &card->card.witness);
    if (checkpoint_line(&fresh.time, &own, note, &witness) != DHK_OK ||
        own.n > sizeof fresh.line)
        return COMMAND_ERROR_AUTH;
    if (is_kept(c, g, cp, fresh.time))
        return COMMAND_ERROR_NONE;
    if (is_stored(&c->cosigns))
        c->cosigns.since = c->mono;
    fresh.size = cp->size;
    fresh.line_n = own.n;
    memcpy(fresh.line, own.p, own.n);
    *g = fresh;
    return COMMAND_ERROR_NONE;
}

void
cosign_take(struct core *c, struct peer *p, const struct command *cmd)
{
    const struct force_card *card = force_card_by_number(&c->force, p->card);
    struct checkpoint cp = {.size = 0};
    enum command_error error =
        card == NULL ? COMMAND_ERROR_CARD : take(c, &cp, card, cmd->bytes);

    if (error == COMMAND_ERROR_NONE &&
        cosign_show(c, p, cmd->number, cp.size) != DHK_OK)
        error = COMMAND_ERROR_NOTFOUND;
    if (error == COMMAND_ERROR_NONE)
        return;
    core_error(c, p->id, cmd->number, error);
    if (error != COMMAND_ERROR_NOTFOUND && error != COMMAND_ERROR_BUSY) {
        c->rejected++;
        peer_close(c, p);
    }
}

/* --- showing ------------------------------------------------------------ */

struct pick {
    const struct cosign *given;
    const struct force_card *card;
};

/* Two partners with one witness key are one witness: a cosignature does not
 * name who made it. */
static bool
is_twice(const struct pick *list, size_t n, const struct force_card *card)
{
    for (size_t i = 0; i < n; i++)
        if (key_equal(&list[i].card->card.witness, &card->card.witness,
                sizeof card->card.witness))
            return true;
    return false;
}

/* Those that count, the largest first. */
static size_t
pick_all(struct pick list[LIMIT_SIGNATORIES], const struct core *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->cosigns.n; i++) {
        struct pick one = {&c->cosigns.list[i], NULL};
        size_t at = n;

        /* a store that was put back may have fewer entries */
        one.card = one.given->size == 0 || one.given->size > c->ledger.size
                       ? NULL
                       : card_of(c, one.given);
        if (one.card == NULL || is_twice(list, n, one.card))
            continue;
        for (; at > 0 && list[at - 1].given->size < one.given->size; at--)
            list[at] = list[at - 1];
        list[at] = one;
        n++;
    }
    return n;
}

/* What is sent, in core's second scratch memory. */
struct shown {
    struct sink mem;
    struct slice item[LIST];
    size_t n;
};

/* What was put into MEM since START is one item. */
static void
end_item(struct shown *s, size_t start)
{
    s->item[s->n++] = slice_of(s->mem.p + start, s->mem.n - start);
}

static enum dhk_err
put_proof(struct core *c, struct shown *s, uint64_t one, uint64_t other)
{
    size_t start = s->mem.n;
    enum dhk_err rc = DHK_OK;

    if (one != 0 && other != 0 && one != other)
        rc = ledger_consistency(c->txn, &s->mem, one < other ? one : other,
            one < other ? other : one);
    end_item(s, start);
    return rc;
}

/* The head with every cosignature on that very head. */
static void
put_head(struct shown *s, const struct pick *list, size_t n, size_t head)
{
    const struct cosign *g = list[head].given;
    size_t start = s->mem.n;

    sink_put(&s->mem, g->note, g->note_n);
    for (size_t i = 0; i < n; i++)
        if (list[i].given->size == g->size)
            sink_put(&s->mem, list[i].given->line, list[i].given->line_n);
    end_item(s, start);
}

static enum dhk_err
put_part(struct core *c, struct shown *s, const struct pick *one, uint64_t head)
{
    const struct cosign *g = one->given;
    size_t start;

    s->item[s->n++] = slice_of(one->card->bytes, one->card->bytes_n);
    start = s->mem.n;
    if (g->size != head) {
        sink_put(&s->mem, g->note, g->note_n);
        sink_put(&s->mem, g->line, g->line_n);
    }
    end_item(s, start);
    return put_proof(c, s, head, g->size);
}

static enum dhk_err
fill(struct core *c, struct shown *s, uint64_t lead)
{
    const struct roster *r = force_roster(&c->force);
    struct pick list[LIMIT_SIGNATORIES];
    size_t n = pick_all(list, c);

    if (r == NULL || r->quorum == 0 || n < r->quorum)
        return DHK_OK; /* the grammar has no quorum of nobody */
    uint64_t size = list[r->quorum - 1].given->size;
    put_head(s, list, n, r->quorum - 1);
    enum dhk_err rc = put_proof(c, s, size, lead);
    for (size_t i = 0; rc == DHK_OK && i < n && list[i].given->size >= size;
         i++)
        rc = put_part(c, s, &list[i], size);
    return rc;
}

enum dhk_err
cosign_show(
    struct core *c, const struct peer *p, uint64_t number, uint64_t lead)
{
    struct command reply = {.type = COMMAND_OBJECT,
        .number = number,
        .what = COMMAND_GET_CHECKPOINT};
    struct shown shown = {.n = 0};

    if (lead > c->ledger.size)
        return DHK_NOTFOUND;
    sink_init(&shown.mem, c->scratch[1], CORE_SCRATCH);
    enum dhk_err rc = fill(c, &shown, lead);
    return rc == DHK_OK
               ? core_send_object(c, p->id, &reply, shown.item, shown.n)
               : rc;
}
