/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rows of the outbox: "reply/" || number -> id. Of the inbox: class || index of
 * the share -> locked [ 1, id, sender, kind, case, reply | nil, accepted, end
 * of its retention | 0 ]; rows of before have no such end. The class is 1 of
 * what asks for an answer or is one, else 0: those are looked at often, and are
 * few. */
#include "thread.h"

#include "draft.h"
#include "inbox.h"
#include "inbox_tables.h"
#include "key.h"
#include "outbox.h"
#include "pack.h"
#include "retention.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define REPLY "reply/"
enum {
    NUMBER = 8,
    KEY = 1 + NUMBER, /* of the inbox */
    ID = 32,
    MEMBERS = 8,
    MEMBERS_BEFORE = 7,
    DAY = 86400,
    TAKEN = 2 * ID + 2 * LIMIT_NAME + STATEMENT_CASE + 64,
};

static struct slice
reply_key(uint8_t mem[sizeof REPLY - 1 + NUMBER], uint64_t number)
{
    memcpy(mem, REPLY, sizeof REPLY - 1);
    bytes_put_u64(mem + sizeof REPLY - 1, number);
    return slice_of(mem, sizeof REPLY - 1 + NUMBER);
}

enum dhk_err
thread_sent(struct store_txn *t, uint64_t number, const struct dhk_signal *s)
{
    uint8_t key[sizeof REPLY - 1 + NUMBER], id[ID];
    const char *reply = s->text[DHK_IN_REPLY_TO];

    if (reply == NULL || bytes_unhex(id, sizeof id, slice_str(reply)) != DHK_OK)
        return DHK_OK;
    return outbox_put_named(t, reply_key(key, number), slice_of(id, sizeof id));
}

enum dhk_err
thread_forget_sent(struct store_txn *t, uint64_t number)
{
    uint8_t key[sizeof REPLY - 1 + NUMBER];

    return outbox_drop_named(t, reply_key(key, number));
}

/* --- what was taken --- */

/* 0: there is no such duty. */
static uint64_t
keep_until(const struct dhk_share *s)
{
    if (s->retain_at_most < 0)
        return 0;
    return (uint64_t)s->accepted + (uint64_t)s->retain_at_most * DAY;
}

static enum dhk_err
encode_taken(struct sink *out, const struct dhk_share *s)
{
    uint8_t id[ID], reply[ID], handle[STATEMENT_CASE];
    bool is_reply = s->in_reply_to[0] != '\0';
    enum dhk_err rc = bytes_unhex(id, sizeof id, slice_str(s->id));

    if (rc == DHK_OK)
        rc = bytes_unhex(handle, sizeof handle, slice_str(s->case_handle));
    if (rc == DHK_OK && is_reply)
        rc = bytes_unhex(reply, sizeof reply, slice_str(s->in_reply_to));
    if (rc != DHK_OK)
        return rc;
    wire_begin(out, MEMBERS);
    pack_bin(out, slice_of(id, sizeof id));
    pack_cstr(out, s->sender);
    pack_cstr(out, s->kind);
    pack_bin(out, slice_of(handle, sizeof handle));
    wire_put_maybe(out, is_reply, reply, sizeof reply);
    pack_uint(out, (uint64_t)s->accepted);
    pack_uint(out, keep_until(s));
    return out->err;
}

enum dhk_err
thread_taken(
    struct store_txn *t, const struct dhk_node *node, const struct dhk_share *s)
{
    uint8_t mem[TAKEN], box[TAKEN + SEAL_LOCKED_EXTRA], key[KEY];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    enum dhk_err rc = encode_taken(&out, s);
    if (rc != DHK_OK)
        return rc;
    key[0] = thread_asks(s->kind) || s->in_reply_to[0] != '\0' ? 1 : 0;
    bytes_put_u64(key + 1, s->index);
    seal_locked(box, sink_done(&out), slice_of(key, sizeof key),
        node->store_key, inbox_pool(node->inbox));
    return store_put(t, INBOX_TAKEN, slice_of(key, sizeof key),
        slice_of(box, out.n + SEAL_LOCKED_EXTRA));
}

static enum dhk_err
decode_taken(struct thread_item *out, const struct dhk_node *node,
    struct slice key, struct slice box)
{
    uint8_t plain[TAKEN], id[ID];
    struct cursor c;

    *out = (struct thread_item){.sent = false};
    if (key.n != KEY || box.n < SEAL_LOCKED_EXTRA ||
        box.n > TAKEN + SEAL_LOCKED_EXTRA)
        return DHK_FORMAT;
    enum dhk_err rc = seal_unlocked(plain, box, key, node->store_key);
    if (rc != DHK_OK)
        return rc;
    cursor_init(&c, slice_of(plain, box.n - SEAL_LOCKED_EXTRA));
    struct cursor look = c;
    bool before = unpack_array(&look, MEMBERS) == MEMBERS_BEFORE;
    wire_open(&c, before ? MEMBERS_BEFORE : MEMBERS);
    unpack_fixed(&c, id, sizeof id);
    bytes_hex(out->id, id, sizeof id);
    rc = slice_to_str(unpack_name(&c), out->sender, sizeof out->sender);
    if (rc == DHK_OK)
        rc = slice_to_str(unpack_name(&c), out->kind, sizeof out->kind);
    unpack_fixed(&c, out->case_handle, sizeof out->case_handle);
    if (wire_maybe_fixed(&c, id, sizeof id))
        bytes_hex(out->in_reply_to, id, sizeof id);
    out->time = (int64_t)unpack_uint(&c, INT64_MAX);
    out->keep_until = before ? 0 : (int64_t)unpack_uint(&c, INT64_MAX);
    out->index = bytes_get_u64(key.p + 1);
    return rc == DHK_OK ? cursor_end(&c) : rc;
}

/* NOW 0: whenever its retention ends. */
static enum dhk_err
forget(struct store_txn *t, const struct dhk_node *node, const char *handle,
    int64_t now)
{
    uint8_t bytes[STATEMENT_CASE], last[KEY] = {0};
    struct slice key, value;
    struct thread_item item;
    enum dhk_err rc = bytes_unhex(bytes, sizeof bytes, slice_str(handle));

    while (rc == DHK_OK &&
           (rc = store_after(t, INBOX_TAKEN, slice_of(last, sizeof last), &key,
                &value)) == DHK_OK) {
        if (key.n != KEY)
            return DHK_FORMAT;
        memcpy(last, key.p, sizeof last);
        rc = decode_taken(&item, node, key, value);
        if (rc == DHK_OK &&
            memcmp(item.case_handle, bytes, sizeof bytes) == 0 &&
            (now == 0 || retention_is_over(&item, now)))
            rc = store_delete(t, INBOX_TAKEN, slice_of(last, sizeof last));
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
thread_forget_taken(
    struct store_txn *t, const struct dhk_node *node, const char *handle)
{
    return forget(t, node, handle, 0);
}

enum dhk_err
thread_forget_passed(struct store_txn *t, const struct dhk_node *node,
    const char *handle, int64_t now)
{
    return forget(t, node, handle, now);
}

/* --- reading --- */

static enum dhk_err
append(struct thread *th, const struct thread_item *item)
{
    struct thread_item *more;

    if ((th->n & (th->n - 1)) == 0) { /* doubles */
        more = reallocarray(th->item, th->n == 0 ? 1 : 2 * th->n, sizeof *more);
        if (more == NULL)
            return DHK_NOMEM;
        th->item = more;
    }
    th->item[th->n++] = *item;
    return DHK_OK;
}

static bool
is_of(const uint8_t case_handle[STATEMENT_CASE], const uint8_t *handle)
{
    return handle == NULL || memcmp(case_handle, handle, STATEMENT_CASE) == 0;
}

static enum dhk_err
fill_recipients(struct thread_item *item, const struct record *r)
{
    item->recipient = calloc(r->recipients_n + 1, sizeof *item->recipient);
    if (item->recipient == NULL)
        return DHK_NOMEM;
    item->recipients_n = r->recipients_n;
    for (size_t i = 0; i < r->recipients_n; i++) {
        struct thread_recipient *to = &item->recipient[i];
        memcpy(to->partner, r->recipient[i].partner, sizeof to->partner);
        to->outcome = record_end_name(&r->recipient[i]);
        to->index = r->recipient[i].index;
        to->taken = r->recipient[i].end == RECORD_ANSWERED &&
                    strcmp(to->outcome, "taken") == 0;
    }
    return DHK_OK;
}

static enum dhk_err
add_sent(struct thread *th, const struct dhk_node *node, struct store_txn *t,
    uint64_t number, const struct record *r)
{
    uint8_t key[sizeof REPLY - 1 + NUMBER];
    struct thread_item item = {
        .sent = true, .number = number, .index = r->index, .time = r->pushed};
    struct slice reply;
    enum dhk_err rc = fill_recipients(&item, r);

    if (rc == DHK_OK)
        rc = outbox_get_named(t, reply_key(key, number), &reply);
    if (rc == DHK_OK && reply.n == ID)
        bytes_hex(item.in_reply_to, reply.p, ID);
    if (r->has_id)
        bytes_hex(item.id, r->id, sizeof r->id);
    memcpy(item.kind, r->kind, sizeof item.kind);
    memcpy(item.sender, node->name, sizeof item.sender);
    memcpy(item.case_handle, r->case_handle, sizeof item.case_handle);
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        rc = append(th, &item);
    if (rc != DHK_OK)
        free(item.recipient);
    return rc;
}

static enum dhk_err
read_sent(struct thread *th, const struct dhk_node *node, const uint8_t *handle)
{
    struct outbox *o = NULL;
    struct store_txn *t = NULL;
    struct record *r = malloc(sizeof *r);
    uint64_t number = 0;
    enum dhk_err rc = r == NULL ? DHK_NOMEM : outbox_peek(&o, node);

    if (rc == DHK_OK)
        rc = outbox_begin(&t, o, false);
    while (
        rc == DHK_OK && (rc = outbox_next(t, number, &number, r)) == DHK_OK) {
        if (is_of(r->case_handle, handle))
            rc = add_sent(th, node, t, number, r);
    }
    store_abort(&t);
    outbox_close(&o);
    free(r);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* From class FROM on, of HANDLE, or with NULL of all cases. */
static enum dhk_err
read_rows(struct thread *th, const struct dhk_node *node, struct store_txn *t,
    uint8_t from, const uint8_t *handle)
{
    uint8_t last[KEY] = {from};
    struct slice key, value;
    struct thread_item item;
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK &&
           (rc = store_after(t, INBOX_TAKEN, slice_of(last, sizeof last), &key,
                &value)) == DHK_OK) {
        rc = decode_taken(&item, node, key, value);
        if (rc == DHK_OK)
            memcpy(last, key.p, sizeof last);
        if (rc == DHK_OK && is_of(item.case_handle, handle))
            rc = append(th, &item);
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
read_taken(struct thread *th, const struct dhk_node *node, uint8_t from,
    const uint8_t *handle)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    enum dhk_err rc = inbox_beside(&s, node);

    /* nothing came yet, or it came before this was kept */
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = store_begin(&t, s, false);
    if (rc == DHK_OK)
        rc = read_rows(th, node, t, from, handle);
    store_abort(&t);
    store_close(&s);
    return rc;
}

/* What was answered, by whatever signal. */
static enum dhk_err
read_replies(struct thread *th, const struct dhk_node *node)
{
    struct outbox *o = NULL;
    struct store_txn *t = NULL;
    struct slice name = slice_str(REPLY), value;
    uint8_t last[sizeof REPLY - 1 + NUMBER];
    enum dhk_err rc = outbox_peek(&o, node);

    if (rc == DHK_OK)
        rc = outbox_begin(&t, o, false);
    while (rc == DHK_OK &&
           (rc = outbox_next_named(t, name, &name, &value)) == DHK_OK &&
           name.n == sizeof last &&
           memcmp(name.p, REPLY, sizeof REPLY - 1) == 0) {
        struct thread_item item = {.sent = true};
        memcpy(last, name.p, sizeof last);
        name = slice_of(last, sizeof last);
        if (value.n == ID)
            bytes_hex(item.in_reply_to, value.p, ID);
        rc = append(th, &item);
    }
    store_abort(&t);
    outbox_close(&o);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
read_both(struct thread *out, const struct dhk_node *node,
    const uint8_t *handle, enum dhk_err rc, struct dhk_problem *problem)
{
    if (rc != DHK_OK)
        return problem_file(problem, rc, "outbox");
    rc = read_taken(out, node, handle == NULL ? 1 : 0, handle);
    return rc == DHK_OK ? rc : problem_file(problem, rc, "inbox");
}

enum dhk_err
thread_read(struct thread *out, const struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], struct dhk_problem *problem)
{
    *out = (struct thread){.n = 0};
    enum dhk_err rc = read_sent(out, node, handle);
    return read_both(out, node, handle, rc, problem);
}

enum dhk_err
thread_read_open(struct thread *out, const struct dhk_node *node, bool sent,
    struct dhk_problem *problem)
{
    *out = (struct thread){.n = 0};
    enum dhk_err rc =
        sent ? read_sent(out, node, NULL) : read_replies(out, node);
    return read_both(out, node, NULL, rc, problem);
}

enum dhk_err
thread_read_taken(struct thread *out, const struct dhk_node *node,
    struct dhk_problem *problem)
{
    *out = (struct thread){.n = 0};
    enum dhk_err rc = read_taken(out, node, 0, NULL);
    return rc == DHK_OK ? rc : problem_file(problem, rc, "inbox");
}

void
thread_clear(struct thread *th)
{
    for (size_t i = 0; i < th->n; i++)
        free(th->item[i].recipient);
    free(th->item);
    *th = (struct thread){.n = 0};
}
