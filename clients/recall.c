/* SPDX-License-Identifier: EUPL-1.2
 *
 * As canonical msgpack:
 *   [ 1, state, reason, replacement, replaced-by | nil, statement,
 *     [ [ share, index, leaf, notice, outcome ] ... ] ] */
#include "recall.h"

#include "outbox.h"
#include "pack.h"

#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, MEMBERS = 7, SHARE_MEMBERS = 5, RECALL_BYTES = 8192 };

static void
encode(struct sink *out, const struct recall *r)
{
    pack_array(out, MEMBERS);
    pack_uint(out, VERSION);
    pack_uint(out, (uint64_t)r->state);
    pack_uint(out, (uint64_t)r->reason);
    pack_uint(out, r->replacement);
    if (r->is_correction)
        pack_bin(out, slice_of(r->replaced_by, sizeof r->replaced_by));
    else
        pack_nil(out);
    pack_bin(out, slice_of(r->statement, r->statement_n));
    pack_array(out, r->n);
    for (size_t i = 0; i < r->n; i++) {
        const struct recall_share *s = &r->share[i];
        pack_array(out, SHARE_MEMBERS);
        pack_uint(out, s->share);
        pack_uint(out, s->index);
        pack_bin(out, slice_of(s->leaf, sizeof s->leaf));
        pack_bool(out, s->notice);
        pack_uint(out, (uint64_t)s->outcome);
    }
}

static enum dhk_err
decode(struct recall *r, struct slice bytes)
{
    struct cursor c;

    memset(r, 0, sizeof *r);
    cursor_init(&c, bytes);
    unpack_array_of(&c, MEMBERS);
    if (unpack_uint(&c, UINT32_MAX) != VERSION)
        cursor_fail(&c, DHK_VERSION, "version of the outbox");
    r->state = (enum recall_state)unpack_uint(&c, RECALL_VOID);
    r->reason = (enum withdrawal_reason)unpack_uint(&c, WITHDRAWAL_REASONS - 1);
    r->replacement = unpack_uint(&c, UINT64_MAX);
    r->is_correction = !unpack_nil(&c);
    if (r->is_correction)
        unpack_fixed(&c, r->replaced_by, sizeof r->replaced_by);
    struct slice statement = unpack_bin(&c, sizeof r->statement);
    if (statement.n > 0)
        memcpy(r->statement, statement.p, statement.n);
    r->statement_n = statement.n;
    r->n = unpack_array(&c, LIMIT_PARTIES);
    for (size_t i = 0; i < r->n && c.err == DHK_OK; i++) {
        struct recall_share *s = &r->share[i];
        unpack_array_of(&c, SHARE_MEMBERS);
        s->share = unpack_uint(&c, INT64_MAX);
        s->index = unpack_uint(&c, INT64_MAX);
        unpack_fixed(&c, s->leaf, sizeof s->leaf);
        s->notice = unpack_bool(&c);
        s->outcome = (enum answer_outcome)unpack_uint(&c, ANSWER_OUTCOMES - 1);
    }
    return cursor_end(&c);
}

enum dhk_err
recall_get(struct store_txn *t, uint64_t number, struct recall *out)
{
    struct slice value;
    enum dhk_err rc = outbox_get_recall(t, number, &value);

    return rc == DHK_OK ? decode(out, value) : rc;
}

enum dhk_err
recall_put(struct store_txn *t, uint64_t number, const struct recall *r)
{
    uint8_t mem[RECALL_BYTES];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    encode(&out, r);
    return out.err == DHK_OK ? outbox_put_recall(t, number, sink_done(&out))
                             : out.err;
}

/* It never left, was refused, or went back from everybody. */
bool
recall_is_lost(const struct record *record)
{
    if (record->state == DHK_WAITING)
        return false;
    if (record->state != DHK_ACCEPTED && record->state != DHK_DONE)
        return true;
    for (size_t i = 0; i < record->recipients_n; i++) {
        enum record_end end = record->recipient[i].end;
        if (end != RECORD_RETURNED && end != RECORD_EXPIRED &&
            end != RECORD_UNSHARED)
            return false;
    }
    return true;
}

bool
recall_is_loose(const struct recall *r)
{
    return r->state == RECALL_WAITING && r->replacement != 0 &&
           r->statement_n == 0;
}

void
recall_give_up(struct recall *r)
{
    r->state = r->n > 0 ? RECALL_DONE : RECALL_VOID;
    if (r->n > 0)
        r->replacement = 0;
}

enum dhk_err
recall_now(struct store_txn *t, uint64_t number, struct recall *out)
{
    struct record *record;
    enum dhk_err rc = recall_get(t, number, out);

    if (rc != DHK_OK || !recall_is_loose(out))
        return rc;
    record = malloc(sizeof *record);
    if (record == NULL)
        return DHK_NOMEM;
    rc = outbox_get(t, out->replacement, record);
    if (rc == DHK_OK && recall_is_lost(record))
        recall_give_up(out);
    free(record);
    return rc;
}

enum dhk_err
recall_cancel(struct store_txn *t, uint64_t replacement)
{
    struct recall r;
    uint64_t number = 0;
    enum dhk_err rc;

    while ((rc = recall_next(t, number, &number, &r)) == DHK_OK) {
        if (!recall_is_loose(&r) || r.replacement != replacement)
            continue;
        recall_give_up(&r);
        rc = recall_put(t, number, &r);
        if (rc != DHK_OK)
            return rc;
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
recall_next(
    struct store_txn *t, uint64_t number, uint64_t *next, struct recall *out)
{
    struct slice value;
    enum dhk_err rc = outbox_next_recall(t, number, next, &value);

    return rc == DHK_OK ? decode(out, value) : rc;
}

const struct recall_share *
recall_share(const struct recall *r, uint64_t share)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->share[i].share == share)
            return &r->share[i];
    }
    return NULL;
}

const char *
recall_share_name(const struct recall_share *s)
{
    if (!s->notice)
        return "not-told";
    return s->outcome == ANSWER_NONE ? "open" : answer_outcome_name(s->outcome);
}

bool
recall_is_over(const struct recall *r)
{
    if (r->state == RECALL_WAITING)
        return false;
    for (size_t i = 0; i < r->n; i++) {
        if (r->share[i].notice && r->share[i].outcome == ANSWER_NONE)
            return false;
    }
    return true;
}
