/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signature covers the body's bytes as received. */
#include "answer.h"

#include <string.h>

#include "wire.h"

static const char label_answer[] = "driehoek/v1/answer";

enum { ANSWER_FIELDS = 5, ITEM_FIELDS = 3, BODY_MAX = 2048, BYTES_MAX = 2176 };

const char *
answer_outcome_name(enum answer_outcome o)
{
    static const char *const names[ANSWER_OUTCOMES] = {
        [ANSWER_NONE] = "none",
        [ANSWER_TAKEN] = "taken",
        [ANSWER_UNDECRYPTABLE] = "undecryptable",
        [ANSWER_OVERSHARED] = "overshared",
        [ANSWER_MALFORMED] = "malformed",
        [ANSWER_BAD_SIGNATURE] = "bad-signature",
        [ANSWER_UNKNOWN_CARD] = "unknown-card",
        [ANSWER_UNKNOWN_AGREEMENT] = "unknown-agreement",
        [ANSWER_BAD_COMMITMENT] = "bad-commitment",
        [ANSWER_REPLAYED] = "replayed",
        [ANSWER_WRONG_LEDGER] = "wrong-ledger",
        [ANSWER_BAD_ENTRY] = "bad-entry",
        [ANSWER_REFUSED_BY_APPLICATION] = "refused-by-application",
        [ANSWER_DELETED] = "deleted",
        [ANSWER_LOCKED] = "locked",
        [ANSWER_USED] = "used",
    };
    return (unsigned)o < ANSWER_OUTCOMES ? names[o] : "unknown";
}

bool
answer_is_of_notice(enum answer_outcome o)
{
    return o == ANSWER_DELETED || o == ANSWER_LOCKED || o == ANSWER_USED;
}

static void
read_item(struct answer *a, size_t i, struct cursor *c)
{
    struct answer_item *item = &a->item[i];
    unpack_array_of(c, ITEM_FIELDS);
    unpack_fixed(c, item->entry_hash, sizeof item->entry_hash);
    uint64_t outcome = unpack_uint(c, UINT64_MAX);
    if (c->err == DHK_OK && (outcome == 0 || outcome >= ANSWER_OUTCOMES))
        cursor_fail(c, DHK_FORMAT, "an outcome that does not exist");
    item->detail = unpack_uint(c, UINT32_MAX);
    if (c->err != DHK_OK)
        return;
    item->outcome = (enum answer_outcome)outcome;
    for (size_t k = 0; k < i; k++)
        if (memcmp(a->item[k].entry_hash, item->entry_hash,
                sizeof item->entry_hash) == 0)
            cursor_fail(c, DHK_FORMAT, "a share answered twice");
}

enum dhk_err
answer_from_body(struct answer *out, struct slice body,
    const uint8_t sig[KEY_SIGNATURE], struct diag *diag)
{
    struct answer got = {.body = body};
    struct cursor c;

    enum dhk_err rc = wire_size(body, BODY_MAX, diag);
    if (rc != DHK_OK)
        goto out;
    memcpy(got.signature, sig, KEY_SIGNATURE);
    cursor_init(&c, body);
    wire_open(&c, ANSWER_FIELDS);
    got.origin = wire_origin(&c);
    unpack_fixed(&c, got.card, sizeof got.card);
    got.sender = unpack_name(&c);
    got.items_n = unpack_array(&c, LIMIT_ANSWER);
    if (c.err == DHK_OK && got.items_n == 0)
        cursor_fail(&c, DHK_FORMAT, "an answer about nothing");
    for (size_t i = 0; i < got.items_n && c.err == DHK_OK; i++)
        read_item(&got, i, &c);
    rc = wire_close(&c, diag);
out:
    *out = rc == DHK_OK ? got : (struct answer){.items_n = 0};
    return rc;
}

enum dhk_err
answer_decode(struct answer *out, struct slice bytes, struct diag *diag)
{
    struct slice body;
    uint8_t sig[KEY_SIGNATURE];

    *out = (struct answer){.items_n = 0};
    enum dhk_err rc = wire_split(&body, sig, bytes, BYTES_MAX, diag);
    if (rc != DHK_OK)
        return rc;
    return answer_from_body(out, body, sig, diag);
}

enum dhk_err
answer_verify(const struct answer *a, const struct sign_public *pk)
{
    return seal_verify(a->signature, label_answer, &a->body, 1, pk);
}

enum dhk_err
answer_issue(
    struct sink *out, const struct answer *a, const struct sign_secret *sk)
{
    uint8_t mem[BODY_MAX];
    static const uint8_t no_signature[KEY_SIGNATURE];
    struct answer again;
    struct sink body;

    if (a->items_n > LIMIT_ANSWER)
        return DHK_LIMIT;
    sink_init(&body, mem, sizeof mem);
    wire_begin(&body, ANSWER_FIELDS);
    pack_str(&body, a->origin);
    pack_bin(&body, slice_of(a->card, sizeof a->card));
    pack_str(&body, a->sender);
    pack_array(&body, a->items_n);
    for (size_t i = 0; i < a->items_n; i++) {
        const struct answer_item *item = &a->item[i];
        pack_array(&body, ITEM_FIELDS);
        pack_bin(&body, slice_of(item->entry_hash, sizeof item->entry_hash));
        pack_uint(&body, (uint64_t)item->outcome);
        pack_uint(&body, item->detail);
    }
    if (body.err != DHK_OK)
        return body.err;
    /* what nobody could read is not signed */
    enum dhk_err rc =
        answer_from_body(&again, sink_done(&body), no_signature, NULL);
    if (rc != DHK_OK)
        return rc;
    wire_sign(out, label_answer, &body, sk);
    return out->err;
}
