/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signature covers the body's bytes as received. */
#include "confirmation.h"

#include <string.h>

#include "checkpoint.h"
#include "wire.h"

/* the whole without the heads of array and bins, and the signature */
enum { FIELDS = 4, BODY_MAX = LIMIT_CONFIRMATION - 6 - KEY_SIGNATURE };

static const char label_confirmation[] = "driehoek/v1/confirmation";

enum dhk_err
confirmation_decode(
    struct confirmation *out, struct slice bytes, struct diag *diag)
{
    struct confirmation got = {.cursor = 0};
    struct cursor c;

    enum dhk_err rc =
        wire_split(&got.body, got.signature, bytes, LIMIT_CONFIRMATION, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, got.body);
    wire_open(&c, FIELDS);
    got.origin = wire_origin(&c);
    unpack_fixed(&c, got.card, sizeof got.card);
    got.cursor = unpack_uint(&c, INT64_MAX);
    rc = wire_close(&c, diag);
out:
    *out = rc == DHK_OK ? got : (struct confirmation){.cursor = 0};
    return rc;
}

enum dhk_err
confirmation_verify(const struct confirmation *c, const struct sign_public *pk)
{
    return seal_verify(c->signature, label_confirmation, &c->body, 1, pk);
}

enum dhk_err
confirmation_issue(struct sink *out, const struct confirmation *c,
    const struct sign_secret *sk)
{
    uint8_t mem[BODY_MAX];
    struct sink body;

    /* what nobody could read is not signed */
    if (!checkpoint_is_name(c->origin) || c->cursor > INT64_MAX)
        return DHK_FORMAT;
    sink_init(&body, mem, sizeof mem);
    wire_begin(&body, FIELDS);
    pack_str(&body, c->origin);
    pack_bin(&body, slice_of(c->card, sizeof c->card));
    pack_uint(&body, c->cursor);
    must(body.err == DHK_OK);
    wire_sign(out, label_confirmation, &body, sk);
    return out->err;
}
