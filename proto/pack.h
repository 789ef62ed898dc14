/* SPDX-License-Identifier: EUPL-1.2
 *
 * Strict canonical msgpack over cursor and sink. Only these types exist on
 * the wire: unsigned integer, bool, nil, UTF-8 string, binary, array; each in
 * its shortest form; no maps, floats, extensions or negative numbers. Thus
 * one value has exactly one encoding. Reading walks the bytes itself (a
 * declared count is never trusted); msgpack-c writes, and serves the tests as
 * a second opinion. Errors are sticky in the cursor or sink. */
#ifndef PROTO_PACK_H
#define PROTO_PACK_H

#include "bytes.h"

enum pack_type {
    PACK_NONE = 0, /* end of input, error, or a type that is not allowed */
    PACK_UINT,
    PACK_BOOL,
    PACK_NIL,
    PACK_STR,
    PACK_BIN,
    PACK_ARRAY,
};

/* Writing. */
void pack_array(struct sink *s, size_t n);
void pack_uint(struct sink *s, uint64_t v);
void pack_bool(struct sink *s, bool v);
void pack_nil(struct sink *s);
void pack_str(struct sink *s, struct slice v);
void pack_cstr(struct sink *s, const char *v);
void pack_bin(struct sink *s, struct slice v);
/* What is written between the two becomes the content of a bin; FROM is what
 * pack_bin_begin() returned. Costs no copy from 256 to 65,535 bytes. */
size_t pack_bin_begin(struct sink *s);
void pack_bin_end(struct sink *s, size_t from);

/* Reading. Each returns zero, false or an empty slice after a failure. */
enum pack_type unpack_peek(const struct cursor *c);
/* Number of elements; at most MAX and at most the bytes left. */
size_t unpack_array(struct cursor *c, size_t max);
/* Fails with DHK_FORMAT unless the array has exactly N elements. */
void unpack_array_of(struct cursor *c, size_t n);
/* DHK_LIMIT over MAX. */
uint64_t unpack_uint(struct cursor *c, uint64_t max);
bool unpack_bool(struct cursor *c);
/* Consumes a nil and returns true, else leaves the cursor alone. */
bool unpack_nil(struct cursor *c);
/* UTF-8, at most MAX bytes; borrowed from the input. */
struct slice unpack_str(struct cursor *c, size_t max);
/* A name of the agreement language (bytes_is_name). */
struct slice unpack_name(struct cursor *c);
struct slice unpack_bin(struct cursor *c, size_t max);
/* Exactly N bytes copied to DST (zeroed on failure). */
void unpack_fixed(struct cursor *c, void *dst, size_t n);
/* Skips one whole value of any allowed type, checked to LIMIT_DEPTH, and
 * returns its bytes. */
struct slice unpack_raw(struct cursor *c);
/* Whether IN is exactly one canonical value. */
DHK_MUST_USE enum dhk_err pack_check(struct slice in, struct diag *diag);

#endif
