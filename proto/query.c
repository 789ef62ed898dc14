/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signature covers the body's bytes as received. */
#include "query.h"

#include <string.h>

#include "answer.h"
#include "entry.h"
#include "wire.h"

static const char label_query[] = "driehoek/v1/query";

enum {
    QUERY_FIELDS = 19,
    BODY_MAX = LIMIT_QUERY,
    BYTES_MAX = LIMIT_QUERY + 80
};

static const char *const purposes[QUERY_PURPOSES] = {
    [QUERY_PURPOSE_NONE] = "none",
    [QUERY_LAWFULNESS] = "lawfulness",
    [QUERY_INTERNAL] = "internal",
    [QUERY_INTEGRITY] = "integrity",
    [QUERY_COURT] = "court",
};

const char *
query_purpose_name(enum query_purpose p)
{
    return (unsigned)p < QUERY_PURPOSES ? purposes[p] : "unknown";
}

enum query_purpose
query_purpose_find(struct slice name)
{
    for (unsigned i = 1; i < QUERY_PURPOSES; i++)
        if (slice_equal(name, slice_str(purposes[i])))
            return (enum query_purpose)i;
    return QUERY_PURPOSE_NONE;
}

bool
query_is_filtered(const struct query *q)
{
    return q->what == QUERY_LIST || q->what == QUERY_SUBJECT;
}

bool
query_is_outcome(struct slice name)
{
    static const enum entry_kind kinds[] = {ENTRY_ACCEPTED, ENTRY_REFUSED,
        ENTRY_RETURNED, ENTRY_EXPIRED, ENTRY_WITHDRAWN, ENTRY_CORRECTED,
        ENTRY_RELEASED};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (slice_equal(name, slice_str(entry_kind_name(kinds[i]))))
            return true;
    for (unsigned i = 1; i < ENTRY_CODES; i++)
        if (slice_equal(name, slice_str(entry_code_name((enum entry_code)i))))
            return true;
    for (unsigned i = 1; i < ANSWER_OUTCOMES; i++)
        if (slice_equal(
                name, slice_str(answer_outcome_name((enum answer_outcome)i))))
            return true;
    return false;
}

enum dhk_err
query_from_body(struct query *out, struct slice body,
    const uint8_t sig[KEY_SIGNATURE], struct diag *diag)
{
    struct query got = {.body = body};
    struct cursor c;

    enum dhk_err rc = wire_size(body, BODY_MAX, diag);
    if (rc != DHK_OK)
        goto out;
    memcpy(got.signature, sig, KEY_SIGNATURE);
    cursor_init(&c, body);
    wire_open(&c, QUERY_FIELDS);
    got.origin = wire_origin(&c);
    unpack_fixed(&c, got.card, sizeof got.card);
    unpack_fixed(&c, got.nonce, sizeof got.nonce);
    got.number = unpack_uint(&c, UINT64_MAX);
    got.purpose = (enum query_purpose)wire_enum(&c, QUERY_COURT);
    got.what = (enum query_what)wire_enum(&c, QUERY_SUBJECT);
    got.from = unpack_uint(&c, INT64_MAX);
    got.until = unpack_uint(&c, INT64_MAX);
    got.partner = wire_maybe_name(&c);
    got.has_case = wire_maybe_fixed(&c, got.case_handle, 16);
    if (c.err == DHK_OK && got.what == QUERY_SUBJECT && !got.has_case)
        cursor_fail(&c, DHK_FORMAT, "a subject's answer without a case");
    got.since = unpack_uint(&c, INT64_MAX);
    got.before = unpack_uint(&c, INT64_MAX);
    got.sender = wire_maybe_name(&c);
    got.recipient = wire_maybe_name(&c);
    got.kind = wire_maybe_name(&c);
    got.share_purpose = wire_maybe_name(&c);
    if (!unpack_nil(&c))
        got.rule = wire_text(&c, LIMIT_RULE_ID);
    got.outcome = wire_maybe_name(&c);
    rc = wire_close(&c, diag);
out:
    *out = rc == DHK_OK ? got : (struct query){.number = 0};
    return rc;
}

enum dhk_err
query_decode(struct query *out, struct slice bytes, struct diag *diag)
{
    struct slice body;
    uint8_t sig[KEY_SIGNATURE];

    *out = (struct query){.number = 0};
    enum dhk_err rc = wire_split(&body, sig, bytes, BYTES_MAX, diag);
    if (rc != DHK_OK)
        return rc;
    return query_from_body(out, body, sig, diag);
}

enum dhk_err
query_verify(const struct query *q, const struct sign_public *pk)
{
    return seal_verify(q->signature, label_query, &q->body, 1, pk);
}

enum dhk_err
query_issue(
    struct sink *out, const struct query *q, const struct sign_secret *sk)
{
    uint8_t mem[BODY_MAX];
    static const uint8_t no_signature[KEY_SIGNATURE];
    struct query again;
    struct sink body;

    sink_init(&body, mem, sizeof mem);
    wire_begin(&body, QUERY_FIELDS);
    pack_str(&body, q->origin);
    pack_bin(&body, slice_of(q->card, sizeof q->card));
    pack_bin(&body, slice_of(q->nonce, sizeof q->nonce));
    pack_uint(&body, q->number);
    pack_uint(&body, (uint64_t)q->purpose);
    pack_uint(&body, (uint64_t)q->what);
    pack_uint(&body, q->from);
    pack_uint(&body, q->until);
    wire_put_maybe_name(&body, q->partner);
    wire_put_maybe(&body, q->has_case, q->case_handle, 16);
    pack_uint(&body, q->since);
    pack_uint(&body, q->before);
    wire_put_maybe_name(&body, q->sender);
    wire_put_maybe_name(&body, q->recipient);
    wire_put_maybe_name(&body, q->kind);
    wire_put_maybe_name(&body, q->share_purpose);
    if (q->rule.n > 0)
        pack_str(&body, q->rule);
    else
        pack_nil(&body);
    wire_put_maybe_name(&body, q->outcome);
    if (body.err != DHK_OK)
        return body.err;
    /* what nobody could read is not signed */
    enum dhk_err rc =
        query_from_body(&again, sink_done(&body), no_signature, NULL);
    if (rc != DHK_OK)
        return rc;
    wire_sign(out, label_query, &body, sk);
    return out->err;
}
