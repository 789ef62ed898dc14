/* SPDX-License-Identifier: EUPL-1.2
 *
 * The outbox's memory of one signal, as canonical msgpack. */
#include "record.h"

#include "answer.h"
#include "pack.h"

#include <stddef.h>
#include <string.h>

enum { VERSION = 2, MEMBERS = 19, RECIPIENT_MEMBERS = 8 };
/* without the card that it was sealed with, which came last */
enum { OLD_VERSION = 1, OLD_MEMBERS = 18 };

static void
encode_recipient(struct sink *out, const struct record_recipient *r)
{
    pack_array(out, RECIPIENT_MEMBERS);
    pack_cstr(out, r->partner);
    pack_bin(out, slice_of(r->card, sizeof r->card));
    pack_uint(out, r->fields);
    pack_bool(out, r->conditional);
    pack_uint(out, r->index);
    pack_bin(out, slice_of(r->leaf, r->index == 0 ? 0 : sizeof r->leaf));
    pack_uint(out, r->end);
    pack_uint(out, r->code);
}

void
record_encode(struct sink *out, const struct record *r)
{
    pack_array(out, MEMBERS);
    pack_uint(out, VERSION);
    pack_uint(out, r->state);
    pack_cstr(out, r->kind);
    pack_bin(out, slice_of(r->case_handle, sizeof r->case_handle));
    pack_uint(out, (uint64_t)r->pushed);
    pack_uint(out, (uint64_t)r->expires);
    pack_bin(out, slice_of(r->promise, sizeof r->promise));
    pack_bin(out, slice_of(r->agreement, sizeof r->agreement));
    pack_uint(out, r->why);
    pack_uint(out, r->tries);
    pack_uint(out, r->alarms);
    pack_bin(out, slice_of(r->id, r->has_id ? sizeof r->id : 0));
    pack_uint(out, r->bundle);
    pack_uint(out, r->position);
    pack_uint(out, r->seq);
    pack_uint(out, r->presence);
    pack_uint(out, r->index);
    pack_array(out, r->recipients_n);
    for (size_t i = 0; i < r->recipients_n; i++)
        encode_recipient(out, &r->recipient[i]);
    pack_bin(out, slice_of(r->from, r->has_id ? sizeof r->from : 0));
}

static void
take_name(char dst[LIMIT_NAME + 1], struct cursor *c)
{
    if (slice_to_str(unpack_name(c), dst, LIMIT_NAME + 1) != DHK_OK)
        cursor_fail(c, DHK_FORMAT, "a name of the outbox");
}

/* A hash, or nothing; whether it was there. */
static bool
take_maybe(uint8_t dst[32], struct cursor *c)
{
    struct slice s = unpack_bin(c, 32);

    if (s.n != 0 && s.n != 32)
        cursor_fail(c, DHK_FORMAT, "a hash of the outbox");
    if (s.n == 32)
        memcpy(dst, s.p, 32);
    return s.n == 32;
}

static void
decode_recipient(struct record_recipient *r, struct cursor *c)
{
    memset(r, 0, sizeof *r);
    unpack_array_of(c, RECIPIENT_MEMBERS);
    take_name(r->partner, c);
    unpack_fixed(c, r->card, sizeof r->card);
    r->fields = (uint32_t)unpack_uint(c, UINT32_MAX);
    r->conditional = unpack_bool(c);
    r->index = unpack_uint(c, UINT64_MAX);
    (void)take_maybe(r->leaf, c);
    r->end = (enum record_end)unpack_uint(c, RECORD_ENDS - 1);
    r->code = (uint32_t)unpack_uint(c, UINT32_MAX);
}

void
record_clear(struct record *r)
{
    memset(r, 0, offsetof(struct record, recipient));
}

void
record_copy(struct record *out, const struct record *r)
{
    memcpy(out, r,
        offsetof(struct record, recipient) +
            r->recipients_n * sizeof r->recipient[0]);
}

enum dhk_err
record_decode(struct record *out, struct slice bytes)
{
    struct cursor c;
    size_t members;
    uint64_t version;

    record_clear(out);
    cursor_init(&c, bytes);
    members = unpack_array(&c, MEMBERS);
    version = unpack_uint(&c, UINT32_MAX);
    if (version != VERSION && version != OLD_VERSION)
        cursor_fail(&c, DHK_VERSION, "version of the outbox");
    else if (members != (version == VERSION ? MEMBERS : OLD_MEMBERS))
        cursor_fail(&c, DHK_FORMAT, "a row of the outbox");
    out->state = (enum dhk_state)unpack_uint(&c, DHK_CANCELLED);
    take_name(out->kind, &c);
    unpack_fixed(&c, out->case_handle, sizeof out->case_handle);
    out->pushed = (int64_t)unpack_uint(&c, INT64_MAX);
    out->expires = (int64_t)unpack_uint(&c, INT64_MAX);
    unpack_fixed(&c, out->promise, sizeof out->promise);
    unpack_fixed(&c, out->agreement, sizeof out->agreement);
    out->why = (enum entry_code)unpack_uint(&c, ENTRY_CODES - 1);
    out->tries = (uint32_t)unpack_uint(&c, UINT32_MAX);
    out->alarms = (uint32_t)unpack_uint(&c, UINT32_MAX);
    out->has_id = take_maybe(out->id, &c);
    out->bundle = unpack_uint(&c, UINT64_MAX);
    out->position = (uint32_t)unpack_uint(&c, UINT32_MAX);
    out->seq = unpack_uint(&c, UINT64_MAX);
    out->presence = (uint32_t)unpack_uint(&c, UINT32_MAX);
    out->index = unpack_uint(&c, UINT64_MAX);
    out->recipients_n = unpack_array(&c, LIMIT_PARTIES);
    for (size_t i = 0; i < out->recipients_n; i++)
        decode_recipient(&out->recipient[i], &c);
    if (version == VERSION)
        (void)take_maybe(out->from, &c);
    return cursor_end(&c);
}

const char *
record_end_name(const struct record_recipient *r)
{
    const char *name = NULL;

    switch (r->end) {
    case RECORD_NONE:
    case RECORD_OPEN:
        return "open";
    case RECORD_PENDING:
        return "pending";
    case RECORD_ANSWERED:
        name = answer_outcome_name((enum answer_outcome)r->code);
        return name != NULL ? name : "open";
    case RECORD_RETURNED:
        name = entry_code_name((enum entry_code)r->code);
        return name != NULL ? name : "returned";
    case RECORD_EXPIRED:
        return "expired";
    case RECORD_UNSHARED:
        return "not-shared";
    case RECORD_WITHDRAWN:
        return "withdrawn";
    }
    return "open";
}

const uint8_t *
record_card(const struct record *r, const uint8_t own[32])
{
    static const uint8_t none[sizeof r->from];

    return memcmp(r->from, none, sizeof none) == 0 ? own : r->from;
}

bool
record_is_settled(const struct record *r)
{
    for (size_t i = 0; i < r->recipients_n; i++) {
        if (r->recipient[i].end <= RECORD_PENDING)
            return false;
    }
    return true;
}
