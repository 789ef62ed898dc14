/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signature covers the body's bytes as received. */
#include "withdrawal.h"

#include <string.h>

#include "envelope.h"
#include "wire.h"

/* the whole without the heads of array and bins, and the signature */
enum { FIELDS = 9, BODY_MAX = LIMIT_WITHDRAWAL - 6 - KEY_SIGNATURE };

static const char label_withdrawal[] = "driehoek/v1/withdrawal";

static const char *const names[WITHDRAWAL_REASONS] = {
    [WITHDRAWAL_NONE] = "none",
    [WITHDRAWAL_INCORRECT] = "incorrect",
    [WITHDRAWAL_WRONG_PERSON] = "wrong-person",
    [WITHDRAWAL_WRONG_RECIPIENT] = "wrong-recipient",
    [WITHDRAWAL_NO_GROUND] = "no-ground",
    [WITHDRAWAL_OBJECTION] = "objection",
    [WITHDRAWAL_ORDERED] = "ordered",
    [WITHDRAWAL_OUTDATED] = "outdated",
};

const char *
withdrawal_reason_name(enum withdrawal_reason r)
{
    return (unsigned)r < WITHDRAWAL_REASONS ? names[r] : "unknown";
}

enum withdrawal_reason
withdrawal_reason_of(struct slice name)
{
    for (unsigned i = 1; i < WITHDRAWAL_REASONS; i++) {
        if (slice_equal(name, slice_str(names[i])))
            return (enum withdrawal_reason)i;
    }
    return WITHDRAWAL_NONE;
}

static void
read_replacement(struct withdrawal *w, struct cursor *c)
{
    w->is_correction = !unpack_nil(c);
    if (!w->is_correction)
        return;
    unpack_array_of(c, 2);
    unpack_fixed(c, w->replacement, sizeof w->replacement);
    w->replacement_accepted = unpack_uint(c, INT64_MAX);
    if (c->err == DHK_OK &&
        memcmp(w->replacement, w->signal, sizeof w->signal) == 0)
        cursor_fail(c, DHK_FORMAT, "a signal that replaces itself");
}

enum dhk_err
withdrawal_from_body(struct withdrawal *out, struct slice body,
    const uint8_t sig[KEY_SIGNATURE], struct diag *diag)
{
    struct withdrawal got = {.body = body};
    struct cursor c;

    enum dhk_err rc = wire_size(body, BODY_MAX, diag);
    if (rc != DHK_OK)
        goto out;
    memcpy(got.signature, sig, KEY_SIGNATURE);
    cursor_init(&c, body);
    wire_open(&c, FIELDS);
    got.origin = wire_origin(&c);
    unpack_fixed(&c, got.card, sizeof got.card);
    unpack_fixed(&c, got.signal, sizeof got.signal);
    got.accepted = unpack_uint(&c, INT64_MAX);
    got.reason = (enum withdrawal_reason)wire_enum(&c, WITHDRAWAL_REASONS - 1);
    read_replacement(&got, &c);
    unpack_fixed(&c, got.nonce, sizeof got.nonce);
    got.made = (int64_t)unpack_uint(&c, ENVELOPE_TIME_MAX);
    rc = wire_close(&c, diag);
out:
    *out = rc == DHK_OK ? got : (struct withdrawal){.made = 0};
    return rc;
}

enum dhk_err
withdrawal_decode(struct withdrawal *out, struct slice bytes, struct diag *diag)
{
    struct slice body;
    uint8_t sig[KEY_SIGNATURE];

    *out = (struct withdrawal){.made = 0};
    enum dhk_err rc = wire_split(&body, sig, bytes, LIMIT_WITHDRAWAL, diag);
    return rc == DHK_OK ? withdrawal_from_body(out, body, sig, diag) : rc;
}

enum dhk_err
withdrawal_verify(const struct withdrawal *w, const struct sign_public *pk)
{
    return seal_verify(w->signature, label_withdrawal, &w->body, 1, pk);
}

enum dhk_err
withdrawal_issue(
    struct sink *out, const struct withdrawal *w, const struct sign_secret *sk)
{
    static const uint8_t no_signature[KEY_SIGNATURE];
    uint8_t mem[BODY_MAX];
    struct withdrawal again;
    struct sink body;

    if (w->made < 0)
        return DHK_FORMAT;
    sink_init(&body, mem, sizeof mem);
    wire_begin(&body, FIELDS);
    pack_str(&body, w->origin);
    pack_bin(&body, slice_of(w->card, sizeof w->card));
    pack_bin(&body, slice_of(w->signal, sizeof w->signal));
    pack_uint(&body, w->accepted);
    pack_uint(&body, (uint64_t)w->reason);
    if (w->is_correction) {
        pack_array(&body, 2);
        pack_bin(&body, slice_of(w->replacement, sizeof w->replacement));
        pack_uint(&body, w->replacement_accepted);
    } else {
        pack_nil(&body);
    }
    pack_bin(&body, slice_of(w->nonce, sizeof w->nonce));
    pack_uint(&body, (uint64_t)w->made);
    if (body.err != DHK_OK)
        return body.err;
    /* what nobody could read is not signed */
    enum dhk_err rc =
        withdrawal_from_body(&again, sink_done(&body), no_signature, NULL);
    if (rc != DHK_OK)
        return rc;
    wire_sign(out, label_withdrawal, &body, sk);
    return out->err;
}
