/* SPDX-License-Identifier: EUPL-1.2
 *
 * Borrowed bytes, and the one place with a bounds check for reading and one
 * for writing: cursor_bytes() and sink_put(). These are inline, for every
 * byte on the wire passes here. Errors are sticky: after the first failure
 * reads yield zero and writes do nothing, so that callers check once, at the
 * end. */
#ifndef PROTO_BYTES_H
#define PROTO_BYTES_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes; never owns, never outlives what it points into. */
struct slice {
    const uint8_t *p;
    size_t n;
};

/* A reading position. */
struct cursor {
    struct slice left;    /* what has not been read */
    const uint8_t *start; /* for cursor_at() */
    enum dhk_err err;     /* sticky */
    const char *what;     /* static text of the first failure, or NULL */
};

/* A bounded writing position over memory of the caller's. */
struct sink {
    uint8_t *p;
    size_t cap;
    size_t n;         /* bytes written */
    enum dhk_err err; /* sticky; DHK_LIMIT when full */
};

/* Slice of a NUL-terminated string, without the NUL. */
struct slice slice_str(const char *s);
static inline struct slice
slice_of(const void *p, size_t n)
{
    return (struct slice){.p = p, .n = n};
}
bool slice_equal(struct slice a, struct slice b);
/* memcmp order, the shorter first on a tie. */
int slice_compare(struct slice a, struct slice b);
/* Copies into DST of CAP bytes with a NUL; DHK_LIMIT when it does not fit,
 * DHK_FORMAT when it holds a NUL. */
DHK_MUST_USE enum dhk_err slice_to_str(struct slice s, char *dst, size_t cap);

void cursor_init(struct cursor *c, struct slice in);
/* Offset of the next unread byte from the start. */
size_t cursor_at(const struct cursor *c);
/* Records the first failure. */
void cursor_fail(struct cursor *c, enum dhk_err err, const char *what);
/* The single bounds check: N bytes, or an empty slice and DHK_FORMAT. */
static inline struct slice
cursor_bytes(struct cursor *c, size_t n)
{
    if (c->err == DHK_OK && n > c->left.n)
        cursor_fail(c, DHK_FORMAT, "ends too early");
    if (c->err != DHK_OK)
        return slice_of(NULL, 0);
    struct slice got = slice_of(c->left.p, n);
    if (n > 0) {
        c->left.p += n;
        c->left.n -= n;
    }
    return got;
}
static inline uint8_t
cursor_u8(struct cursor *c)
{
    struct slice b = cursor_bytes(c, 1);
    return b.n == 1 ? b.p[0] : 0;
}
uint16_t cursor_u16(struct cursor *c); /* big-endian */
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
/* The sticky error, or DHK_FORMAT when bytes are left over. */
DHK_MUST_USE enum dhk_err cursor_end(const struct cursor *c);
/* Fills DIAG (may be NULL) from a failed cursor. */
void cursor_diag(const struct cursor *c, struct diag *diag);

void sink_init(struct sink *s, void *mem, size_t cap);
static inline void
sink_put(struct sink *s, const void *p, size_t n)
{
    if (s->err == DHK_OK && n > s->cap - s->n)
        s->err = DHK_LIMIT;
    if (s->err != DHK_OK || n == 0)
        return;
    memcpy(s->p + s->n, p, n);
    s->n += n;
}
static inline void
sink_slice(struct sink *s, struct slice in)
{
    sink_put(s, in.p, in.n);
}
static inline void
sink_u8(struct sink *s, uint8_t v)
{
    sink_put(s, &v, 1);
}
void sink_u16(struct sink *s, uint16_t v); /* big-endian */
void sink_u32(struct sink *s, uint32_t v);
void sink_u64(struct sink *s, uint64_t v);
/* What was written, or an empty slice after an error. */
struct slice sink_done(const struct sink *s);

/* Whether S is well-formed UTF-8 (RFC 3629: no surrogates, shortest form). */
bool bytes_is_utf8(struct slice s);
/* Whether S is a name of the agreement language:
 * [a-z][a-z0-9]*(-[a-z0-9]+)*, 1..LIMIT_NAME bytes. */
bool bytes_is_name(struct slice s);
/* Lower-case hex with a NUL; DST holds 2 * N + 1 bytes. */
void bytes_hex(char *dst, const uint8_t *p, size_t n);
/* Exactly 2 * N lower-case hex digits into DST. */
DHK_MUST_USE enum dhk_err bytes_unhex(uint8_t *dst, size_t n, struct slice hex);

void bytes_put_u64(uint8_t out[8], uint64_t v); /* big-endian */
uint64_t bytes_get_u64(const uint8_t in[8]);
void bytes_put_u32(uint8_t out[4], uint32_t v);
uint32_t bytes_get_u32(const uint8_t in[4]);

#endif
