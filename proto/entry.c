/* SPDX-License-Identifier: EUPL-1.2
 *
 * The head of every entry, and the kinds that are not about signals. What is
 * written is read once more, so that no entry ever stands on the ledger that
 * auditors could not read. */
#include "entry.h"

#include <string.h>

#include "entry_kinds.h"

enum { HEAD_FIELDS = 3, FINGERPRINT_MAX = 64 };

/* Elements after the head, by kind; 0: no such kind. */
static size_t
fields_of(uint64_t kind)
{
    static const uint8_t fields[] = {
        [ENTRY_GENESIS] = 3,
        [ENTRY_ACCEPTED] = 8,
        [ENTRY_SHARE] = 22,
        [ENTRY_REFUSED] = 8,
        [ENTRY_DELIVERED] = 4,
        [ENTRY_RETURNED] = 3,
        [ENTRY_EXPIRED] = 1,
        [ENTRY_WITHDRAWN] = 6,
        [ENTRY_CORRECTED] = 6,
        [ENTRY_AGREEMENT] = 5,
        [ENTRY_ROSTER] = 4,
        [ENTRY_REVOKED_TEXT] = 3,
        [ENTRY_CARD] = 1,
        [ENTRY_REVOKED_CARD] = 4,
        [ENTRY_QUERIED] = 3,
        [ENTRY_OPERATOR] = 1,
        [ENTRY_SEAL] = 7,
        [ENTRY_HELD] = 2,
        [ENTRY_STATED] = 7,
        [ENTRY_RELEASED] = 2,
    };
    return kind < sizeof fields ? fields[kind] : 0;
}

static void
read_genesis(struct entry_genesis *g, struct cursor *c)
{
    g->origin = wire_origin(c);
    unpack_fixed(c, g->log_key.b, KEY_BYTES);
    g->has_before = !unpack_nil(c);
    if (!g->has_before)
        return;
    unpack_array_of(c, 3);
    g->before.origin = wire_origin(c);
    g->before.size = unpack_uint(c, INT64_MAX);
    unpack_fixed(c, g->before.root, sizeof g->before.root);
    if (c->err == DHK_OK && slice_equal(g->before.origin, g->origin))
        cursor_fail(c, DHK_FORMAT, "a log that goes on with itself");
    if (c->err == DHK_OK && g->before.size == 0)
        cursor_fail(c, DHK_FORMAT, "a log before it that had nothing");
}

static void
read_returned(struct entry_returned *r, struct cursor *c)
{
    r->index = unpack_uint(c, INT64_MAX);
    r->code = (enum entry_code)wire_enum(c, ENTRY_CODES - 1);
    unpack_fixed(c, r->agreement, sizeof r->agreement);
}

static void
read_expired(struct entry_expired *e, struct cursor *c)
{
    e->n = unpack_array(c, ENTRY_EXPIRED_MAX);
    if (c->err == DHK_OK && e->n == 0)
        cursor_fail(c, DHK_FORMAT, "nothing expired");
    for (size_t i = 0; i < e->n && c->err == DHK_OK; i++) {
        e->index[i] = unpack_uint(c, INT64_MAX);
        if (i > 0 && e->index[i] <= e->index[i - 1])
            cursor_fail(c, DHK_FORMAT, "indexes do not ascend");
    }
}

static void
read_text(struct entry_text *t, bool agreement, struct cursor *c)
{
    unpack_fixed(c, t->sha256, sizeof t->sha256);
    if (agreement)
        unpack_fixed(c, t->compiled, sizeof t->compiled);
    t->version = (uint32_t)unpack_uint(c, UINT32_MAX);
    if (c->err == DHK_OK && t->version == 0)
        cursor_fail(c, DHK_FORMAT, "version 0");
    t->name = wire_text(c, LIMIT_NAME);
    t->signers_n = unpack_array(c, ENTRY_SIGNERS);
    if (c->err == DHK_OK && t->signers_n == 0)
        cursor_fail(c, DHK_FORMAT, "signed by nobody");
    for (size_t i = 0; i < t->signers_n && c->err == DHK_OK; i++) {
        unpack_array_of(c, 2);
        t->signer[i].principal = unpack_name(c);
        t->signer[i].fingerprint = wire_text(c, FINGERPRINT_MAX);
    }
}

static void
read_revoked(struct entry_revoked *r, bool card, struct cursor *c)
{
    unpack_fixed(c, r->id, sizeof r->id);
    r->by = unpack_name(c);
    bool own = card && !unpack_nil(c);
    if (own)
        r->own = unpack_bin(c, LIMIT_REVOCATION);
    if (!own)
        r->sshsig = unpack_bin(c, LIMIT_SSHSIG_BLOB);
    else if (!unpack_nil(c))
        cursor_fail(c, DHK_FORMAT, "a revocation by two");
    if (c->err == DHK_OK && r->own.n + r->sshsig.n == 0)
        cursor_fail(c, DHK_FORMAT, "an empty revocation");
}

static void
read_queried(struct entry_queried *q, struct cursor *c)
{
    q->asker = unpack_name(c);
    q->body = unpack_bin(c, LIMIT_QUERY);
    unpack_fixed(c, q->signature, sizeof q->signature);
}

static void
read_seal(struct entry_seal *s, struct cursor *c)
{
    s->partner = unpack_name(c);
    s->from = unpack_uint(c, INT64_MAX);
    s->until = unpack_uint(c, INT64_MAX);
    s->count = unpack_uint(c, INT64_MAX);
    unpack_fixed(c, s->root, sizeof s->root);
    unpack_fixed(c, s->salt, sizeof s->salt);
    s->before = wire_maybe_index(c);
    if (c->err == DHK_OK && s->until <= s->from)
        cursor_fail(c, DHK_FORMAT, "a seal over nothing");
    if (c->err == DHK_OK && (s->from == 0) != (s->before == 0))
        cursor_fail(c, DHK_FORMAT, "only the first seal begins at 0");
}

static void
read_kind(struct entry *e, struct cursor *c)
{
    switch (e->kind) {
    case ENTRY_GENESIS:
        read_genesis(&e->u.genesis, c);
        break;
    case ENTRY_ACCEPTED:
        entry_signal_read_accepted(&e->u.accepted, c);
        break;
    case ENTRY_SHARE:
        entry_share_read(&e->u.share, c);
        break;
    case ENTRY_REFUSED:
        entry_signal_read_refused(&e->u.refused, c);
        break;
    case ENTRY_DELIVERED:
        entry_signal_read_delivered(&e->u.delivered, c);
        break;
    case ENTRY_RETURNED:
        read_returned(&e->u.returned, c);
        break;
    case ENTRY_EXPIRED:
        read_expired(&e->u.expired, c);
        break;
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        entry_withdrawn_read(&e->u.withdrawn, e->kind, c);
        break;
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
        read_text(&e->u.text, e->kind == ENTRY_AGREEMENT, c);
        break;
    case ENTRY_CARD:
        e->u.card.card = unpack_bin(c, LIMIT_CARD);
        break;
    case ENTRY_REVOKED_TEXT:
    case ENTRY_REVOKED_CARD:
        read_revoked(&e->u.revoked, e->kind == ENTRY_REVOKED_CARD, c);
        break;
    case ENTRY_QUERIED:
        read_queried(&e->u.queried, c);
        break;
    case ENTRY_OPERATOR:
        e->u.operator_code =
            (enum entry_operator_code)wire_enum(c, ENTRY_OPERATOR_CLOCK);
        break;
    case ENTRY_SEAL:
        read_seal(&e->u.seal, c);
        break;
    case ENTRY_HELD:
    case ENTRY_STATED:
    case ENTRY_RELEASED:
        entry_case_read(e, c);
        break;
    case ENTRY_NONE:
        cursor_fail(c, DHK_FORMAT, "a kind that does not exist");
        break;
    }
}

enum dhk_err
entry_decode(struct entry *out, struct slice bytes, struct diag *diag)
{
    struct cursor c;

    /* about 5 KiB: filled in place, and emptied again when it fails */
    memset(out, 0, sizeof *out);
    enum dhk_err rc = wire_size(bytes, LIMIT_ENTRY, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    size_t n = unpack_array(&c, LIMIT_ELEMENTS);
    unpack_fixed(&c, out->random, sizeof out->random);
    uint64_t kind = unpack_uint(&c, UINT64_MAX);
    if (c.err == DHK_OK && fields_of(kind) == 0)
        cursor_fail(&c, DHK_FORMAT, "a kind that does not exist");
    if (c.err == DHK_OK && n != HEAD_FIELDS + fields_of(kind))
        cursor_fail(&c, DHK_FORMAT, "wrong number of elements");
    out->time = unpack_uint(&c, INT64_MAX);
    if (c.err == DHK_OK) {
        out->kind = (enum entry_kind)kind;
        read_kind(out, &c);
    }
    rc = wire_close(&c, diag);
out:
    if (rc != DHK_OK)
        memset(out, 0, sizeof *out);
    return rc;
}

static void
write_genesis(struct sink *out, const struct entry_genesis *g)
{
    pack_str(out, g->origin);
    pack_bin(out, slice_of(g->log_key.b, KEY_BYTES));
    if (!g->has_before) {
        pack_nil(out);
        return;
    }
    pack_array(out, 3);
    pack_str(out, g->before.origin);
    pack_uint(out, g->before.size);
    pack_bin(out, slice_of(g->before.root, sizeof g->before.root));
}

static void
write_text(struct sink *out, const struct entry_text *t, bool agreement)
{
    pack_bin(out, slice_of(t->sha256, sizeof t->sha256));
    if (agreement)
        pack_bin(out, slice_of(t->compiled, sizeof t->compiled));
    pack_uint(out, t->version);
    pack_str(out, t->name);
    pack_array(out, t->signers_n);
    for (size_t i = 0; i < t->signers_n; i++) {
        pack_array(out, 2);
        pack_str(out, t->signer[i].principal);
        pack_str(out, t->signer[i].fingerprint);
    }
}

static void
write_revoked(struct sink *out, const struct entry_revoked *r, bool card)
{
    pack_bin(out, slice_of(r->id, sizeof r->id));
    pack_str(out, r->by);
    if (card)
        wire_put_maybe(out, r->own.n > 0, r->own.p, r->own.n);
    /* what is missing is refused when it is read again */
    wire_put_maybe(out, r->sshsig.n > 0, r->sshsig.p, r->sshsig.n);
}

static void
write_expired(struct sink *out, const struct entry_expired *e)
{
    pack_array(out, e->n);
    for (size_t i = 0; i < e->n; i++)
        pack_uint(out, e->index[i]);
}

static void
write_seal(struct sink *out, const struct entry_seal *s)
{
    pack_str(out, s->partner);
    pack_uint(out, s->from);
    pack_uint(out, s->until);
    pack_uint(out, s->count);
    pack_bin(out, slice_of(s->root, sizeof s->root));
    pack_bin(out, slice_of(s->salt, sizeof s->salt));
    wire_put_maybe_index(out, s->before);
}

static void
write_kind(struct sink *out, const struct entry *e)
{
    switch (e->kind) {
    case ENTRY_GENESIS:
        write_genesis(out, &e->u.genesis);
        break;
    case ENTRY_ACCEPTED:
        entry_signal_write_accepted(out, &e->u.accepted);
        break;
    case ENTRY_SHARE:
        entry_share_write(out, &e->u.share);
        break;
    case ENTRY_REFUSED:
        entry_signal_write_refused(out, &e->u.refused);
        break;
    case ENTRY_DELIVERED:
        entry_signal_write_delivered(out, &e->u.delivered);
        break;
    case ENTRY_RETURNED:
        pack_uint(out, e->u.returned.index);
        pack_uint(out, (uint64_t)e->u.returned.code);
        pack_bin(out, slice_of(e->u.returned.agreement, WIRE_HASH));
        break;
    case ENTRY_EXPIRED:
        write_expired(out, &e->u.expired);
        break;
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        entry_withdrawn_write(out, &e->u.withdrawn);
        break;
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
        write_text(out, &e->u.text, e->kind == ENTRY_AGREEMENT);
        break;
    case ENTRY_CARD:
        pack_bin(out, e->u.card.card);
        break;
    case ENTRY_REVOKED_TEXT:
    case ENTRY_REVOKED_CARD:
        write_revoked(out, &e->u.revoked, e->kind == ENTRY_REVOKED_CARD);
        break;
    case ENTRY_QUERIED:
        pack_str(out, e->u.queried.asker);
        pack_bin(out, e->u.queried.body);
        pack_bin(out, slice_of(e->u.queried.signature, KEY_SIGNATURE));
        break;
    case ENTRY_OPERATOR:
        pack_uint(out, (uint64_t)e->u.operator_code);
        break;
    case ENTRY_SEAL:
        write_seal(out, &e->u.seal);
        break;
    case ENTRY_HELD:
    case ENTRY_STATED:
    case ENTRY_RELEASED:
        entry_case_write(out, e);
        break;
    case ENTRY_NONE:
        break;
    }
}

static enum dhk_err
write_entry(struct sink *s, const struct entry *e)
{
    if (fields_of((uint64_t)e->kind) == 0)
        return DHK_FORMAT;
    pack_array(s, HEAD_FIELDS + fields_of((uint64_t)e->kind));
    pack_bin(s, slice_of(e->random, sizeof e->random));
    pack_uint(s, (uint64_t)e->kind);
    pack_uint(s, e->time);
    write_kind(s, e);
    return s->err;
}

bool
entry_fits(const struct entry *e)
{
    uint8_t mem[LIMIT_ENTRY];
    struct sink s;

    sink_init(&s, mem, sizeof mem);
    return write_entry(&s, e) == DHK_OK;
}

enum dhk_err
entry_encode(struct sink *out, const struct entry *e)
{
    uint8_t mem[LIMIT_ENTRY];
    struct entry again;
    struct sink s;

    sink_init(&s, mem, sizeof mem);
    enum dhk_err written = write_entry(&s, e);
    if (written != DHK_OK)
        return written;
    enum dhk_err rc = entry_decode(&again, sink_done(&s), NULL);
    if (rc != DHK_OK)
        return rc;
    sink_slice(out, sink_done(&s));
    return out->err;
}
