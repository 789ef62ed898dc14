/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signature covers the body's bytes as received; nothing is encoded
 * again in order to verify. */
#include "revocation.h"

#include <string.h>

#include "envelope.h"
#include "text.h"
#include "wire.h"

/* the whole without the heads of array and bins, and the signature */
enum { FIELDS = 5, BODY_MAX = LIMIT_REVOCATION - 5 - KEY_SIGNATURE };

static const char label_revocation[] = "driehoek/v1/card-revocation";
static const char label_file[] = "DRIEHOEK REVOCATION";

static enum dhk_err
decode_body(struct revocation *r, struct diag *diag)
{
    struct cursor c;

    cursor_init(&c, r->body);
    wire_open(&c, FIELDS);
    r->origin = wire_origin(&c);
    unpack_fixed(&c, r->card, sizeof r->card);
    r->partner = unpack_name(&c);
    r->made = (int64_t)unpack_uint(&c, ENVELOPE_TIME_MAX);
    return wire_close(&c, diag);
}

enum dhk_err
revocation_decode(struct revocation *out, struct slice bytes, struct diag *diag)
{
    struct revocation got = {.made = 0};
    enum dhk_err rc =
        wire_split(&got.body, got.signature, bytes, LIMIT_REVOCATION, diag);

    if (rc == DHK_OK)
        rc = decode_body(&got, diag);
    *out = rc == DHK_OK ? got : (struct revocation){.made = 0};
    return rc;
}

enum dhk_err
revocation_verify(
    const struct revocation *r, const struct sign_public *identity)
{
    return seal_verify(r->signature, label_revocation, &r->body, 1, identity);
}

enum dhk_err
revocation_issue(struct sink *out, const struct revocation *r,
    const struct sign_secret *identity)
{
    uint8_t mem[BODY_MAX];
    struct revocation again = {.made = 0};
    struct sink body;

    if (r->made < 0)
        return DHK_FORMAT;
    sink_init(&body, mem, sizeof mem);
    wire_begin(&body, FIELDS);
    pack_str(&body, r->origin);
    pack_bin(&body, slice_of(r->card, sizeof r->card));
    pack_str(&body, r->partner);
    pack_uint(&body, (uint64_t)r->made);
    if (body.err != DHK_OK)
        return body.err;
    /* what nobody could read is not signed */
    again.body = sink_done(&body);
    enum dhk_err rc = decode_body(&again, NULL);
    if (rc != DHK_OK)
        return rc;
    wire_sign(out, label_revocation, &body, identity);
    return out->err;
}

bool
revocation_is_file(struct slice text)
{
    return text_skip(&text, "-----BEGIN ") && text_skip(&text, label_file);
}

enum dhk_err
revocation_file_encode(struct sink *out, struct slice bytes)
{
    struct revocation r;
    enum dhk_err rc = revocation_decode(&r, bytes, NULL);

    if (rc != DHK_OK)
        return rc;
    text_armor(out, label_file, bytes);
    return out->err;
}

enum dhk_err
revocation_file_decode(struct slice *bytes, uint8_t mem[REVOCATION_FILE_MAX],
    struct slice text, struct diag *diag)
{
    size_t n = 0;
    enum dhk_err rc = DHK_LIMIT;

    *bytes = slice_of(NULL, 0);
    if (text.n <= REVOCATION_FILE_MAX)
        rc = text_unarmor(mem, REVOCATION_FILE_MAX, &n, label_file, text);
    if (rc == DHK_OK)
        *bytes = slice_of(mem, n);
    else if (diag != NULL)
        *diag = (struct diag){"not a file with a revocation", 0};
    return rc;
}
