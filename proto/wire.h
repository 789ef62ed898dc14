/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the binary formats have in common: the version in front, a body with
 * its signature, origins, lists of hashes. Errors are sticky in the cursor. */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

#include "pack.h"
#include "seal.h"

enum { WIRE_VERSION = 1, WIRE_HASH = 32 };

/* An array of N elements of which the first is the version (it counts). The
 * version is looked at first: what another version holds is not known. */
void wire_begin(struct sink *out, size_t n);
void wire_open(struct cursor *c, size_t n);
/* The cursor's verdict over the whole input, with DIAG filled on failure. */
DHK_MUST_USE enum dhk_err wire_close(const struct cursor *c, struct diag *diag);
/* Fails with DHK_LIMIT and fills DIAG when BYTES is longer than MAX. */
DHK_MUST_USE enum dhk_err wire_size(
    struct slice bytes, size_t max, struct diag *diag);

/* [ body:bin, signature:bin64 ] */
void wire_sign(struct sink *out, const char *label, const struct sink *body,
    const struct sign_secret *sk);
DHK_MUST_USE enum dhk_err wire_split(struct slice *body,
    uint8_t sig[KEY_SIGNATURE], struct slice bytes, size_t max,
    struct diag *diag);

/* A ledger's origin: see checkpoint_is_name(). */
struct slice wire_origin(struct cursor *c);
/* A bin of MIN to MAX hashes of 32 bytes. */
struct slice wire_hashes(struct cursor *c, size_t min, size_t max);
/* nil, or a bin of exactly N bytes copied to DST (zeroed for nil). */
bool wire_maybe_fixed(struct cursor *c, void *dst, size_t n);
void wire_put_maybe(struct sink *out, bool has, const void *p, size_t n);
/* nil, which yields an empty slice, or a name. */
struct slice wire_maybe_name(struct cursor *c);
void wire_put_maybe_name(struct sink *out, struct slice name);
/* nil, which yields 0, or an index above 0 and below 2^63. */
uint64_t wire_maybe_index(struct cursor *c);
void wire_put_maybe_index(struct sink *out, uint64_t index);
/* A code from 1 to MAX: zero is what an unset enum holds. */
unsigned wire_enum(struct cursor *c, unsigned max);
/* A string of 1 to MAX bytes. */
struct slice wire_text(struct cursor *c, size_t max);
/* One attribute value, whole: nil (unknown), bool, a number below 2^32, or a
 * string of 1 to LIMIT_NAME bytes. */
struct slice wire_value(struct cursor *c);
/* A bitmap of at most 32 bits, none at or above BITS. */
uint32_t wire_bitmap(struct cursor *c, size_t bits);

#endif
