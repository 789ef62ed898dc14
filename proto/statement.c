/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signature covers the body's bytes as received. */
#include "statement.h"

#include <string.h>

#include "envelope.h"
#include "wire.h"

/* the whole without the heads of array and bins, and the signature */
enum { FIELDS = 7, BODY_MAX = LIMIT_STATEMENT - 6 - KEY_SIGNATURE };

static const char label_statement[] = "driehoek/v1/statement";

const char *
statement_what_name(enum statement_what w)
{
    static const char *const names[STATEMENT_WHATS] = {
        [STATEMENT_NONE] = "none",
        [STATEMENT_DESTROYED] = "destroyed",
        [STATEMENT_HOLD] = "hold",
        [STATEMENT_RELEASE] = "release",
    };
    return (unsigned)w < STATEMENT_WHATS ? names[w] : "unknown";
}

static void
check_term(const struct statement *s, struct cursor *c)
{
    bool hold = s->what == STATEMENT_HOLD;

    if (c->err != DHK_OK)
        return;
    if (!hold && s->until != 0)
        cursor_fail(c, DHK_FORMAT, "a term of what has none");
    if (hold && s->until <= s->made)
        cursor_fail(c, DHK_FORMAT, "a hold that ends before it begins");
    if (hold && s->until - s->made > STATEMENT_HOLD_MAX)
        cursor_fail(c, DHK_LIMIT, "a hold of more than five years");
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
    got.what = (enum statement_what)wire_enum(&c, STATEMENT_WHATS - 1);
    got.until = (int64_t)unpack_uint(&c, ENVELOPE_TIME_MAX);
    got.made = (int64_t)unpack_uint(&c, ENVELOPE_TIME_MAX);
    check_term(&got, &c);
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
