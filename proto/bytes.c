/* SPDX-License-Identifier: EUPL-1.2
 *
 * No function here trusts the content of what it reads. */
#include "bytes.h"

#include <string.h>

#include "limits.h"

struct slice
slice_str(const char *s)
{
    return slice_of(s, strlen(s));
}

bool
slice_equal(struct slice a, struct slice b)
{
    /* memcmp must not see NULL, even for no bytes */
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int
slice_compare(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

enum dhk_err
slice_to_str(struct slice s, char *dst, size_t cap)
{
    must(cap > 0);
    dst[0] = '\0';
    if (s.n >= cap)
        return DHK_LIMIT;
    if (s.n == 0)
        return DHK_OK;
    if (memchr(s.p, 0, s.n) != NULL)
        return DHK_FORMAT;
    memcpy(dst, s.p, s.n);
    dst[s.n] = '\0';
    return DHK_OK;
}

void
cursor_init(struct cursor *c, struct slice in)
{
    *c = (struct cursor){.left = in, .start = in.p, .err = DHK_OK};
}

size_t
cursor_at(const struct cursor *c)
{
    return c->start == NULL ? 0 : (size_t)(c->left.p - c->start);
}

void
cursor_fail(struct cursor *c, enum dhk_err err, const char *what)
{
    must(err != DHK_OK);
    if (c->err != DHK_OK)
        return;
    c->err = err;
    c->what = what;
}

uint16_t
cursor_u16(struct cursor *c)
{
    struct slice b = cursor_bytes(c, 2);
    return b.n == 2 ? (uint16_t)((unsigned)b.p[0] << 8 | b.p[1]) : 0;
}

uint32_t
cursor_u32(struct cursor *c)
{
    struct slice b = cursor_bytes(c, 4);
    return b.n == 4 ? bytes_get_u32(b.p) : 0;
}

uint64_t
cursor_u64(struct cursor *c)
{
    struct slice b = cursor_bytes(c, 8);
    return b.n == 8 ? bytes_get_u64(b.p) : 0;
}

enum dhk_err
cursor_end(const struct cursor *c)
{
    if (c->err != DHK_OK)
        return c->err;
    return c->left.n == 0 ? DHK_OK : DHK_FORMAT;
}

void
cursor_diag(const struct cursor *c, struct diag *diag)
{
    if (diag == NULL)
        return;
    diag->at = cursor_at(c);
    if (c->err != DHK_OK)
        diag->what = c->what != NULL ? c->what : dhk_strerror(c->err);
    else
        diag->what = c->left.n > 0 ? "trailing bytes" : dhk_strerror(DHK_OK);
}

void
sink_init(struct sink *s, void *mem, size_t cap)
{
    *s = (struct sink){.p = mem, .cap = cap, .err = DHK_OK};
}

void
sink_u16(struct sink *s, uint16_t v)
{
    uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};
    sink_put(s, b, sizeof b);
}

void
sink_u32(struct sink *s, uint32_t v)
{
    uint8_t b[4];
    bytes_put_u32(b, v);
    sink_put(s, b, sizeof b);
}

void
sink_u64(struct sink *s, uint64_t v)
{
    uint8_t b[8];
    bytes_put_u64(b, v);
    sink_put(s, b, sizeof b);
}

struct slice
sink_done(const struct sink *s)
{
    /* Half a message must never be taken for a whole one. */
    return s->err == DHK_OK ? slice_of(s->p, s->n) : slice_of(NULL, 0);
}

/* Length of the well-formed sequence at P (table 3-7 of the Unicode
 * standard), 0 when there is none. */
static size_t
utf8_step(const uint8_t *p, size_t left)
{
    uint8_t first = p[0];
    if (first < 0x80)
        return 1;
    size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || left < n)
        return 0;
    /* The second byte alone excludes long forms, surrogates and what lies
     * beyond U+10FFFF. */
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

/* Whether the eight bytes at P are ASCII, as nearly all text is. */
static bool
is_ascii8(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return (v & 0x8080808080808080) == 0;
}

bool
bytes_is_utf8(struct slice s)
{
    for (size_t i = 0; i < s.n;) {
        if (s.n - i >= 8 && is_ascii8(s.p + i)) {
            i += 8;
            continue;
        }
        if (s.p[i] < 0x80) {
            i++;
            continue;
        }
        size_t step = utf8_step(s.p + i, s.n - i);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

bool
bytes_is_name(struct slice s)
{
    bool dash = true; /* before this byte: none at the start, nor two */

    if (s.n == 0 || s.n > LIMIT_NAME || s.p[0] < 'a')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t ch = s.p[i];
        if ((uint8_t)(ch - 'a') < 26 || (uint8_t)(ch - '0') < 10)
            dash = false;
        else if (ch == '-' && !dash)
            dash = true;
        else
            return false;
    }
    return !dash;
}

void
bytes_hex(char *dst, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        *dst++ = digits[p[i] >> 4];
        *dst++ = digits[p[i] & 15];
    }
    *dst = '\0';
}

/* 16 when CH is no lower-case hex digit. */
static unsigned
hex_digit(uint8_t ch)
{
    if (ch >= '0' && ch <= '9')
        return (unsigned)(ch - '0');
    if (ch >= 'a' && ch <= 'f')
        return (unsigned)(ch - 'a') + 10;
    return 16;
}

enum dhk_err
bytes_unhex(uint8_t *dst, size_t n, struct slice hex)
{
    if (hex.n / 2 != n || hex.n % 2 != 0)
        return DHK_FORMAT;
    for (size_t i = 0; i < n; i++) {
        unsigned high = hex_digit(hex.p[2 * i]);
        unsigned low = hex_digit(hex.p[2 * i + 1]);
        if (high > 15 || low > 15)
            return DHK_FORMAT;
        dst[i] = (uint8_t)(high << 4 | low);
    }
    return DHK_OK;
}

void
bytes_put_u64(uint8_t out[8], uint64_t v)
{
    bytes_put_u32(out, (uint32_t)(v >> 32));
    bytes_put_u32(out + 4, (uint32_t)v);
}

uint64_t
bytes_get_u64(const uint8_t in[8])
{
    return (uint64_t)bytes_get_u32(in) << 32 | bytes_get_u32(in + 4);
}

void
bytes_put_u32(uint8_t out[4], uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (uint8_t)(v >> (24 - 8 * i));
}

uint32_t
bytes_get_u32(const uint8_t in[4])
{
    uint32_t v = 0;
    for (unsigned i = 0; i < 4; i++)
        v = v << 8 | in[i];
    return v;
}
