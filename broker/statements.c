/* SPDX-License-Identifier: EUPL-1.2 */
#include "statements.h"

#include <string.h>

#include "core.h"
#include "statement.h"
#include "table.h"

enum { KEY = STATEMENT_CASE + SEAL_HASH, DAY = 86400 };

static void
key_of(uint8_t key[KEY], const struct statement *s)
{
    memcpy(key, s->case_handle, STATEMENT_CASE);
    seal_sha256(key + STATEMENT_CASE, s->body);
}

/* The entry that has this very statement; DHK_NOTFOUND. */
static enum dhk_err
find(struct core *c, const struct statement *s, uint64_t *index)
{
    uint8_t key[KEY];
    struct slice value;

    key_of(key, s);
    enum dhk_err rc =
        store_get(c->txn, TABLE_STATED, slice_of(key, sizeof key), &value);
    if (rc == DHK_OK && value.n != 8)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        *index = bytes_get_u64(value.p);
    return rc;
}

static enum dhk_err
record(struct core *c, const struct statement *s, struct slice partner,
    bool all, uint64_t *index)
{
    struct entry *e = &c->entry;
    uint8_t key[KEY], value[8];

    memset(e, 0, sizeof *e);
    e->kind = ENTRY_STATED;
    e->u.stated.partner = partner;
    e->u.stated.all = all;
    e->u.stated.body = s->body;
    memcpy(e->u.stated.signature, s->signature, KEY_SIGNATURE);
    enum dhk_err rc = core_append(c, e, index);
    if (rc != DHK_OK)
        return rc;
    key_of(key, s);
    bytes_put_u64(value, *index);
    return store_put(c->txn, TABLE_STATED, slice_of(key, sizeof key),
        slice_of(value, sizeof value));
}

/* What P, a session of OWN's partner, sent. */
static enum command_error
read_statement(const struct core *c, struct statement *s,
    const struct force_card *own, struct slice bytes)
{
    struct diag diag;

    if (statement_decode(s, bytes, &diag) != DHK_OK)
        return COMMAND_ERROR_MALFORMED;
    const struct force_card *card = force_card(&c->force, s->card);
    if (card == NULL || !card->valid ||
        strcmp(card->card.partner, own->card.partner) != 0 ||
        !slice_equal(s->origin, slice_str(c->cfg.origin)) ||
        statement_verify(s, &card->card.sign) != DHK_OK)
        return COMMAND_ERROR_AUTH;
    /* a clock far ahead makes no hold that outlives the longest one */
    if (s->until > (int64_t)(c->now / 1000) + act_longest(ACT_HOLD) + DAY)
        return COMMAND_ERROR_MALFORMED;
    return COMMAND_ERROR_NONE;
}

static enum command_error
take(struct core *c, struct peer *p, const struct command *cmd)
{
    const struct force_card *own = force_card_by_number(&c->force, p->card);
    const struct roster_partner *r =
        force_partner(&c->force, slice_str(own->card.partner), c->now);
    bool auditor = r != NULL && r->role == ROSTER_AUDITOR;
    struct await_range range = {.n = 1};
    struct statement s;
    enum command_error error = read_statement(c, &s, own, cmd->bytes);

    if (error == COMMAND_ERROR_NONE && auditor && s.what == ACT_DESTROYED)
        error = COMMAND_ERROR_ROLE; /* it has no link of its own */
    if (error == COMMAND_ERROR_NONE && s.what > ACT_RELEASE)
        error = COMMAND_ERROR_COURSE;
    if (error != COMMAND_ERROR_NONE)
        return error;
    if (c->waiting.n + c->fresh.n >= AWAIT_MAX)
        return COMMAND_ERROR_BUSY;
    enum dhk_err rc = find(c, &s, &range.from);
    if (rc == DHK_NOTFOUND && !core_may_note(c, p->card))
        return COMMAND_ERROR_BUSY;
    if (rc == DHK_NOTFOUND)
        rc = record(c, &s, slice_str(own->card.partner), auditor, &range.from);
    if (rc == DHK_OK)
        rc = await_receipt(c, p, cmd->number, &range, 1);
    core_fail(c, rc);
    return COMMAND_ERROR_NONE;
}

void
statements_take(struct core *c, struct peer *p, const struct command *cmd)
{
    enum command_error error = take(c, p, cmd);

    if (error == COMMAND_ERROR_NONE)
        return;
    core_error(c, p->id, cmd->number, error);
    if (error == COMMAND_ERROR_BUSY)
        return;
    c->rejected++;
    peer_close(c, p);
}
