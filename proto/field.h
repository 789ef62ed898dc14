/* SPDX-License-Identifier: EUPL-1.2
 *
 * The value of one field: padding, single-use key, key commitment, box.
 *
 *   K_i        = 32 random bytes, used for this box only
 *   commitment = H("key-commit", nonce, u16be i, K_i)
 *   ciphertext = seal_box(value || zeros) under K_i
 *   aad        = head-hash || u16be i
 * The padded length is the smallest of 64, 128 .. 16384 that holds the value.
 * A value has no NUL bytes, so the zeros need no mark in front. */
#ifndef PROTO_FIELD_H
#define PROTO_FIELD_H

#include "envelope.h"

enum { FIELD_BLOCK_MIN = 64, FIELD_CIPHERTEXT_MAX = LIMIT_VALUE + SEAL_TAG };

/* Bytes of ciphertext for a value of N bytes; 0 over LIMIT_VALUE. */
size_t field_ciphertext_size(size_t n);

/* Seals VALUE (UTF-8 without NUL bytes) under KEY into MEM of
 * field_ciphertext_size() bytes and fills F but for F->i, which is read. Of H
 * only head_hash and nonce are read. */
DHK_MUST_USE enum dhk_err field_seal(struct envelope_field *f, uint8_t *mem,
    const struct envelope_header *h, struct slice value, const uint8_t key[32]);
/* Whether F's commitment is to KEY. */
bool field_commits(const struct envelope_header *h,
    const struct envelope_field *f, const uint8_t key[32]);
/* Opens F with KEY: DHK_AUTH when the commitment or the tag does not hold,
 * DHK_FORMAT when the padding or the text is wrong. OUT holds at least
 * F->ciphertext.n bytes, *VALUE points into it; after an error OUT is wiped.
 * The caller wipes it otherwise. */
DHK_MUST_USE enum dhk_err field_open(struct slice *value, uint8_t *out,
    const struct envelope_header *h, const struct envelope_field *f,
    const uint8_t key[32]);

#endif
