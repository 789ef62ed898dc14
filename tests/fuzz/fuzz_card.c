/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cards and revocations of them, as bytes and as files; what decodes has one
 * file form only. */
#include "revocation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode(struct slice bytes)
{
    static const struct sign_public nobody = {.b = {1}};
    uint8_t text[CARD_FILE_MAX], mem[CARD_FILE_MAX];
    struct card card;
    struct slice again;
    struct sink s;
    must(card_verify(bytes, &nobody) != DHK_OK);
    if (card_decode(&card, bytes, NULL) != DHK_OK)
        return;
    must(card.from < card.until);
    sink_init(&s, text, sizeof text);
    must(card_file_encode(&s, bytes) == DHK_OK);
    must(card_file_decode(&again, mem, sink_done(&s), NULL) == DHK_OK);
    must(slice_equal(again, bytes));
}

static void
decode_revocation(struct slice bytes)
{
    static const struct sign_public nobody = {.b = {1}};
    uint8_t text[REVOCATION_FILE_MAX], mem[REVOCATION_FILE_MAX];
    struct revocation r;
    struct slice again;
    struct sink s;
    if (revocation_decode(&r, bytes, NULL) != DHK_OK)
        return;
    must(r.made >= 0 && r.origin.n > 0 && r.partner.n > 0);
    must(revocation_verify(&r, &nobody) != DHK_OK);
    sink_init(&s, text, sizeof text);
    must(revocation_file_encode(&s, bytes) == DHK_OK);
    must(revocation_is_file(sink_done(&s)));
    must(revocation_file_decode(&again, mem, sink_done(&s), NULL) == DHK_OK);
    must(slice_equal(again, bytes));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t mem[CARD_FILE_MAX];
    struct slice bytes;
    if (key_init() != DHK_OK)
        return 0;
    decode(slice_of(data, size));
    if (card_file_decode(&bytes, mem, slice_of(data, size), NULL) == DHK_OK)
        decode(bytes);
    decode_revocation(slice_of(data, size));
    if (revocation_file_decode(&bytes, mem, slice_of(data, size), NULL) ==
        DHK_OK)
        decode_revocation(bytes);
    return 0;
}
