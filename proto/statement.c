/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signature covers the body's bytes as received. */
#include "statement.h"

#include <string.h>

#include "envelope.h"
#include "wire.h"

/* the whole without the heads of array and bins, and the signature */
enum {
    FIELDS = 11,
    BODY_MAX = LIMIT_STATEMENT - 6 - KEY_SIGNATURE,
    CODE_MAX = 255
};

static const char label_statement[] = "driehoek/v1/statement";

static void
check_term(
    const struct statement *s, const struct act_rule *r, struct cursor *c)
{
    if ((r->has & ACT_HAS_UNTIL) == 0) {
        if (s->until != 0)
            cursor_fail(c, DHK_FORMAT, "a term of what has none");
    } else if (s->until <= s->made)
        cursor_fail(c, DHK_FORMAT, "a term that ends before it begins");
    else if (s->until - s->made > act_longest(s->what))
        cursor_fail(c, DHK_LIMIT, "a term that is longer than it may be");
}

/* It has what such an act has, and nothing else. */
static void
check_slots(const struct statement *s, struct cursor *c)
{
    const struct act_rule *r = act_rule(s->what);
    unsigned about = s->about != 0, ref = s->has_ref;

    if (r->name == NULL)
        cursor_fail(c, DHK_FORMAT, "there is no such act");
    else if ((s->partner.n != 0) != ((r->has & ACT_HAS_PARTNER) != 0))
        cursor_fail(c, DHK_FORMAT, "a partner is named, or missing");
    else if (about < ((r->has & ACT_HAS_ABOUT) != 0) ||
             about > ((r->has & (ACT_HAS_ABOUT | ACT_MAY_HAVE_ABOUT)) != 0))
        cursor_fail(c, DHK_FORMAT, "an entry is named, or missing");
    else if (ref < ((r->has & ACT_HAS_REF) != 0) ||
             ref > ((r->has & (ACT_HAS_REF | ACT_MAY_HAVE_REF)) != 0))
        cursor_fail(c, DHK_FORMAT, "a signal or card is named, or missing");
    else if (s->code > r->codes || (s->code == 0 && r->codes != 0))
        cursor_fail(c, DHK_FORMAT, "its code is not one of this act");
    else
        check_term(s, r, c);
}

enum dhk_err
statement_from_body(struct statement *out, struct slice body,
    const uint8_t sig[KEY_SIGNATURE], struct diag *diag)
{
    struct statement got = {.body = body};
    struct cursor c;

    enum dhk_err rc = wire_size(body, BODY_MAX, diag);
    if (rc != DHK_OK)
        goto out;
    memcpy(got.signature, sig, KEY_SIGNATURE);
    cursor_init(&c, body);
    wire_open(&c, FIELDS);
    got.origin = wire_origin(&c);
    unpack_fixed(&c, got.card, sizeof got.card);
    unpack_fixed(&c, got.case_handle, sizeof got.case_handle);
    got.what = (enum act)wire_enum(&c, ACT_MAX);
    got.until = (int64_t)unpack_uint(&c, ENVELOPE_TIME_MAX);
    got.made = (int64_t)unpack_uint(&c, ENVELOPE_TIME_MAX);
    got.partner = wire_maybe_name(&c);
    got.about = wire_maybe_index(&c);
    got.has_ref = wire_maybe_fixed(&c, got.ref, sizeof got.ref);
    got.code = (unsigned)unpack_uint(&c, CODE_MAX);
    if (c.err == DHK_OK)
        check_slots(&got, &c);
    rc = wire_close(&c, diag);
out:
    *out = rc == DHK_OK ? got : (struct statement){.made = 0};
    return rc;
}

enum dhk_err
statement_decode(struct statement *out, struct slice bytes, struct diag *diag)
{
    struct slice body;
    uint8_t sig[KEY_SIGNATURE];

    *out = (struct statement){.made = 0};
    enum dhk_err rc = wire_split(&body, sig, bytes, LIMIT_STATEMENT, diag);
    return rc == DHK_OK ? statement_from_body(out, body, sig, diag) : rc;
}

enum dhk_err
statement_verify(const struct statement *s, const struct sign_public *pk)
{
    return seal_verify(s->signature, label_statement, &s->body, 1, pk);
}

enum dhk_err
statement_issue(
    struct sink *out, const struct statement *s, const struct sign_secret *sk)
{
    static const uint8_t no_signature[KEY_SIGNATURE];
    uint8_t mem[BODY_MAX];
    struct statement again;
    struct sink body;

    if (s->made < 0 || s->until < 0)
        return DHK_FORMAT;
    sink_init(&body, mem, sizeof mem);
    wire_begin(&body, FIELDS);
    pack_str(&body, s->origin);
    pack_bin(&body, slice_of(s->card, sizeof s->card));
    pack_bin(&body, slice_of(s->case_handle, sizeof s->case_handle));
    pack_uint(&body, (uint64_t)s->what);
    pack_uint(&body, (uint64_t)s->until);
    pack_uint(&body, (uint64_t)s->made);
    wire_put_maybe_name(&body, s->partner);
    wire_put_maybe_index(&body, s->about);
    wire_put_maybe(&body, s->has_ref, s->ref, sizeof s->ref);
    pack_uint(&body, s->code);
    if (body.err != DHK_OK)
        return body.err;
    /* what nobody could read is not signed */
    enum dhk_err rc =
        statement_from_body(&again, sink_done(&body), no_signature, NULL);
    if (rc != DHK_OK)
        return rc;
    wire_sign(out, label_statement, &body, sk);
    return out->err;
}
