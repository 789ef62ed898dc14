/* SPDX-License-Identifier: EUPL-1.2 */
#include "statements.h"

#include <string.h>

#include "about.h"
#include "approve.h"
#include "casebook.h"
#include "core.h"
#include "courses.h"
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

/* Into the ledger, and where it is looked for; its index goes into SAID. */
static enum dhk_err
append(struct core *c, struct course_said *said, bool all)
{
    const struct statement *s = said->s;
    struct entry *e = &c->entry;
    uint8_t key[KEY], value[8];

    memset(e, 0, sizeof *e);
    e->kind = ENTRY_STATED;
    e->u.stated = (struct entry_stated){.partner = said->partner,
        .all = all,
        .body = s->body,
        .as = said->as,
        .of = said->of};
    memcpy(e->u.stated.signature, s->signature, KEY_SIGNATURE);
    memcpy(e->u.stated.agreement, said->agreement, sizeof said->agreement);
    enum dhk_err rc = core_append(c, e, &said->index);
    if (rc != DHK_OK)
        return rc;
    said->time = e->time;
    key_of(key, s);
    bytes_put_u64(value, said->index);
    rc = store_put(c->txn, TABLE_STATED, slice_of(key, sizeof key),
        slice_of(value, sizeof value));
    if (rc == DHK_OK)
        rc = courses_said(c, said);
    return rc == DHK_OK ? casebook_note(c, said) : rc;
}

/* The same, and what comes of it for SHARE, which it is about. */
static enum dhk_err
record(struct core *c, struct course_said *said, bool all,
    const struct mailbox_share *share)
{
    enum dhk_err rc = append(c, said, all);
    const struct mailbox_approval a = {said->index, said->partner};

    if (rc == DHK_OK && said->s->what == ACT_APPROVE)
        rc = approve_take(c, share, &a);
    if (rc == DHK_OK && said->s->what == ACT_DECLINE)
        approve_decline(c, share);
    return rc;
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

/* Records SAID, unless the course of its case does not have it. */
static enum command_error
take_new(struct core *c, const struct peer *p, struct course_said *said,
    bool auditor)
{
    struct mailbox_share share = {.index = 0};
    enum course_verdict verdict;
    enum dhk_err rc = courses_check(c, said, &verdict);

    if (rc == DHK_OK && verdict == COURSE_OK)
        rc = about_check(c, said->s, said->partner, &share);
    if (rc == DHK_NOTFOUND || (rc == DHK_OK && verdict != COURSE_OK))
        return COMMAND_ERROR_COURSE;
    if (rc == DHK_OK && !core_may_note(c, p->card))
        return COMMAND_ERROR_BUSY;
    if (rc == DHK_OK)
        rc = record(c, said, auditor, &share);
    core_fail(c, rc);
    return COMMAND_ERROR_NONE;
}

static enum command_error
take(struct core *c, struct peer *p, const struct command *cmd)
{
    const struct force_card *own = force_card_by_number(&c->force, p->card);
    struct slice partner = slice_str(own->card.partner);
    const struct roster_partner *r = force_partner(&c->force, partner, c->now);
    bool auditor = r != NULL && r->role == ROSTER_AUDITOR;
    struct await_range range = {.n = 1};
    struct statement s;
    enum command_error error = read_statement(c, &s, own, cmd->bytes);

    /* it has no link of its own, nor a part in any case */
    if (error == COMMAND_ERROR_NONE && auditor && s.what != ACT_HOLD &&
        s.what != ACT_RELEASE)
        error = COMMAND_ERROR_ROLE;
    if (error != COMMAND_ERROR_NONE)
        return error;
    if (c->waiting.n + c->fresh.n >= AWAIT_MAX)
        return COMMAND_ERROR_BUSY;
    enum dhk_err rc = find(c, &s, &range.from);
    if (rc == DHK_NOTFOUND) {
        struct course_said said = {.s = &s, .partner = partner, .time = c->now};
        if (!auditor)
            courses_role(c, &said);
        error = take_new(c, p, &said, auditor);
        range.from = said.index;
        rc = c->failed;
    }
    if (rc == DHK_OK && error == COMMAND_ERROR_NONE)
        rc = await_receipt(c, p, cmd->number, &range, 1);
    core_fail(c, rc);
    return error;
}

void
statements_take(struct core *c, struct peer *p, const struct command *cmd)
{
    enum command_error error = take(c, p, cmd);

    if (error == COMMAND_ERROR_NONE)
        return;
    core_error(c, p->id, cmd->number, error);
    if (error == COMMAND_ERROR_BUSY || error == COMMAND_ERROR_COURSE)
        return;
    c->rejected++;
    peer_close(c, p);
}
