/* SPDX-License-Identifier: EUPL-1.2
 *
 * A third party on an incidental basis: it has no account and no connection,
 * but a key for one case, whose card the weighers admit by its id; and what is
 * sealed to that card, once. Wire forms, canonical msgpack:
 *
 *   card    = [ 1, case:bin16, seal:bin32 (X25519) ]
 *   id      = BLAKE2b-256(label "driehoek/v1/guest-card", card)
 *
 *   extract = [ head:bin, box:bin ]
 *   head    = [ 1, origin:str, desk:name (the partner that made it), id:bin32
 *               (of the card), case:bin16, until:uint (seconds: the admission
 *               ends), share:uint, handed:uint (ledger indexes of the share
 *               and of the statement that it was handed), made:uint,
 *               ephemeral:bin32 ]
 *   key     = keyed BLAKE2b(X25519(ephemeral, seal), label
 *               "driehoek/v1/guest-key", ephemeral, seal, head)
 *   box     = nonce:24 || XChaCha20-Poly1305(key, text || zeros), aad = head
 *
 * The padded length is the smallest of 1,024, 2,048 ... that holds the text.
 * Whoever has the card can make an extract: it proves nothing to others. That
 * it was handed is on the ledger.
 *
 * The file form of a card is its bytes in base64 between the lines
 * "-----BEGIN DRIEHOEK GUEST CARD-----" and "-----END ...". */
#ifndef PROTO_GUEST_H
#define PROTO_GUEST_H

#include "limits.h"
#include "seal.h"

enum {
    GUEST_ID = 32,
    GUEST_CASE = 16,
    GUEST_CARD_FILE_MAX = 512,
    GUEST_TEXT_MIN = 1024, /* of the padded text */
    GUEST_HEAD_MAX = 352,
    GUEST_BOX_MAX = LIMIT_EXTRACT_TEXT + SEAL_LOCKED_EXTRA,
    GUEST_EXTRACT_MAX = GUEST_HEAD_MAX + GUEST_BOX_MAX + 16
};

struct guest_card {
    uint8_t id[GUEST_ID];
    uint8_t case_handle[GUEST_CASE];
    struct dh_public seal;
};
/* Encodes CARD, and fills in its id. DHK_LIMIT. */
DHK_MUST_USE enum dhk_err guest_card_encode(
    struct sink *out, struct guest_card *card);
DHK_MUST_USE enum dhk_err guest_card_decode(
    struct guest_card *out, struct slice bytes, struct diag *diag);
DHK_MUST_USE enum dhk_err guest_card_file_encode(
    struct sink *out, struct guest_card *card);
DHK_MUST_USE enum dhk_err guest_card_file_decode(
    struct guest_card *out, struct slice text, struct diag *diag);

struct guest_extract {
    struct slice head, box;    /* as received; borrowed */
    struct slice origin, desk; /* borrowed from head */
    uint8_t card[GUEST_ID];
    uint8_t case_handle[GUEST_CASE];
    int64_t until, made;
    uint64_t share, handed;
    struct dh_public ephemeral;
};
/* Seals TEXT (UTF-8 without NUL bytes, at most LIMIT_EXTRACT_TEXT) to CARD.
 * Of X head, box, card, case and ephemeral are not read: they are CARD's, and
 * fresh. DHK_AUTH: the card's key yields an all-zero secret; DHK_FORMAT: nobody
 * could read it; DHK_LIMIT. OUT is as before then. */
DHK_MUST_USE enum dhk_err guest_seal(struct sink *out,
    const struct guest_extract *x, const struct guest_card *card,
    struct slice text);
/* Reads what stands outside the box; nothing of it is checked by a key yet. */
DHK_MUST_USE enum dhk_err guest_decode(
    struct guest_extract *out, struct slice bytes, struct diag *diag);
/* Opens X with the key SK of CARD, at NOW (seconds). MEM holds X->box.n bytes,
 * *TEXT points into it; the caller wipes it, after an error it is wiped.
 * DHK_AUTH: it is for another card or case, or was altered. DHK_DENIED: the
 * admission has ended. DHK_FORMAT: what was sealed is no text. */
DHK_MUST_USE enum dhk_err guest_open(struct slice *text, uint8_t *mem,
    const struct guest_extract *x, const struct guest_card *card,
    const struct dh_secret *sk, int64_t now);

#endif
