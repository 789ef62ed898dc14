/* SPDX-License-Identifier: EUPL-1.2
 *
 * The only file that includes msgpack.h, and only to write. Every value is
 * read by head_read(), which is where the shortest form is demanded. */
#include "pack.h"

#include <string.h>

#include <msgpack.h>

#include "limits.h"

/* msgpack-c copies through this; its return value is of no use to us, since
 * the sink remembers. */
static int
to_sink(void *data, const char *buf, size_t len)
{
    struct sink *s = data;
    sink_put(s, buf, len);
    return s->err == DHK_OK ? 0 : -1;
}

static msgpack_packer
packer(struct sink *s)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, s, to_sink);
    return pk;
}

/* msgpack-c cuts longer lengths to 32 bits without a word. */
static bool
length_fits(struct sink *s, size_t n)
{
    if (n > UINT32_MAX && s->err == DHK_OK)
        s->err = DHK_LIMIT;
    return s->err == DHK_OK;
}

void
pack_array(struct sink *s, size_t n)
{
    msgpack_packer pk = packer(s);
    if (length_fits(s, n))
        (void)msgpack_pack_array(&pk, n);
}

void
pack_uint(struct sink *s, uint64_t v)
{
    msgpack_packer pk = packer(s);
    (void)msgpack_pack_uint64(&pk, v);
}

void
pack_bool(struct sink *s, bool v)
{
    msgpack_packer pk = packer(s);
    (void)(v ? msgpack_pack_true(&pk) : msgpack_pack_false(&pk));
}

void
pack_nil(struct sink *s)
{
    msgpack_packer pk = packer(s);
    (void)msgpack_pack_nil(&pk);
}

void
pack_str(struct sink *s, struct slice v)
{
    msgpack_packer pk = packer(s);
    if (!length_fits(s, v.n))
        return;
    if (!bytes_is_utf8(v)) {
        s->err = DHK_FORMAT;
        return;
    }
    if (msgpack_pack_str(&pk, v.n) == 0)
        sink_slice(s, v);
}

void
pack_cstr(struct sink *s, const char *v)
{
    pack_str(s, slice_str(v));
}

void
pack_bin(struct sink *s, struct slice v)
{
    msgpack_packer pk = packer(s);
    if (length_fits(s, v.n) && msgpack_pack_bin(&pk, v.n) == 0)
        sink_slice(s, v);
}

enum { BIN16_HEAD = 3 };

size_t
pack_bin_begin(struct sink *s)
{
    static const uint8_t head[BIN16_HEAD];
    sink_put(s, head, sizeof head);
    return s->n;
}

void
pack_bin_end(struct sink *s, size_t from)
{
    if (s->err != DHK_OK)
        return;
    uint8_t head[8];
    struct sink h;
    size_t n = s->n - from;
    sink_init(&h, head, sizeof head);
    msgpack_packer pk = packer(&h);
    if (!length_fits(s, n) || msgpack_pack_bin(&pk, n) != 0)
        return;
    size_t start = from - BIN16_HEAD;
    if (h.n > BIN16_HEAD) /* the sink grows by the difference */
        sink_put(s, head, h.n - BIN16_HEAD);
    if (s->err != DHK_OK)
        return;
    if (h.n != BIN16_HEAD)
        memmove(s->p + start + h.n, s->p + from, n);
    memcpy(s->p + start, head, h.n);
    s->n = start + h.n + n;
}

/* The first byte, or bytes, of a value. */
struct head {
    enum pack_type type;
    uint64_t v; /* number, truth, length or count */
};

/* By the tag's upper four bits; 0xc and 0xd are told apart below. */
static const uint8_t type_of_high[16] = {PACK_UINT, PACK_UINT, PACK_UINT,
    PACK_UINT, PACK_UINT, PACK_UINT, PACK_UINT, PACK_UINT, PACK_NONE,
    PACK_ARRAY, PACK_STR, PACK_STR, PACK_NONE, PACK_NONE, PACK_NONE, PACK_NONE};
static const uint8_t type_of_wide[32] = {[0x00] = PACK_NIL,
    [0x02] = PACK_BOOL,
    [0x03] = PACK_BOOL,
    [0x04] = PACK_BIN,
    [0x05] = PACK_BIN,
    [0x06] = PACK_BIN,
    [0x0c] = PACK_UINT,
    [0x0d] = PACK_UINT,
    [0x0e] = PACK_UINT,
    [0x0f] = PACK_UINT,
    [0x19] = PACK_STR,
    [0x1a] = PACK_STR,
    [0x1b] = PACK_STR,
    [0x1c] = PACK_ARRAY,
    [0x1d] = PACK_ARRAY};
_Static_assert(PACK_NONE == 0, "what the tables leave out");

static enum pack_type
tag_type(uint8_t tag)
{
    bool is_wide = (tag & 0xe0) == 0xc0;
    return (enum pack_type)(
        is_wide ? type_of_wide[tag & 0x1f] : type_of_high[tag >> 4]);
}

/* A big-endian number of N bytes that has no shorter form: what half the
 * bytes, or a tag that holds it (less than LEAST), would do, must not be
 * written so. */
static uint64_t
wide(struct cursor *c, size_t n, uint64_t least)
{
    struct slice b = cursor_bytes(c, n);
    uint64_t v = 0;
    for (size_t i = 0; i < b.n; i++)
        v = v << 8 | b.p[i];
    if (c->err == DHK_OK && v < least)
        cursor_fail(c, DHK_FORMAT, "not the shortest form");
    return v;
}

/* What follows TAG, one of those from 0xc0 to 0xdf; 0 when nothing does. */
static uint64_t
head_number(struct cursor *c, uint8_t tag)
{
    switch (tag) {
    case 0xc3: /* true */
        return 1;
    case 0xcc:
        return wide(c, 1, 0x80);
    case 0xcd:
        return wide(c, 2, 0x100);
    case 0xce:
        return wide(c, 4, 0x10000);
    case 0xcf:
        return wide(c, 8, 0x100000000);
    case 0xc4: /* binary has no form within the tag */
        return wide(c, 1, 0);
    case 0xd9:
        return wide(c, 1, 0x20);
    case 0xdc:
        return wide(c, 2, 0x10);
    case 0xc5:
    case 0xda:
        return wide(c, 2, 0x100);
    case 0xc6:
    case 0xdb:
    case 0xdd:
        return wide(c, 4, 0x10000);
    default:
        return 0;
    }
}

/* The head of one value, which leaves the cursor at its content. What a head
 * declares is bounded by what is left. */
static struct head
head_read(struct cursor *c)
{
    struct head h = {.type = PACK_NONE, .v = 0};
    uint8_t tag = cursor_u8(c);
    if (c->err != DHK_OK)
        return h;
    h.type = tag_type(tag);
    if (tag <= 0x7f)
        h.v = tag;
    else if (tag <= 0x9f)
        h.v = tag & 0x0f;
    else if (tag <= 0xbf)
        h.v = tag & 0x1f;
    else
        h.v = head_number(c, tag);
    if (h.type == PACK_NONE)
        cursor_fail(c, DHK_FORMAT, "a type that is not allowed");
    if (h.v > c->left.n && h.type != PACK_UINT && h.type != PACK_BOOL)
        cursor_fail(c, DHK_FORMAT, "declares more than there is");
    if (c->err != DHK_OK)
        h = (struct head){.type = PACK_NONE, .v = 0};
    return h;
}

/* The number in a head of type WANTED, at most MAX; otherwise 0 and failed. */
static uint64_t
head_of(struct cursor *c, enum pack_type wanted, uint64_t max, const char *what)
{
    if (c->err == DHK_OK && c->left.n > 0 && unpack_peek(c) != wanted)
        cursor_fail(c, DHK_FORMAT, what);
    struct head h = head_read(c);
    if (c->err == DHK_OK && h.v > max)
        cursor_fail(c, DHK_LIMIT, "over its limit");
    return c->err == DHK_OK ? h.v : 0;
}

enum pack_type
unpack_peek(const struct cursor *c)
{
    if (c->err != DHK_OK || c->left.n == 0)
        return PACK_NONE;
    return tag_type(c->left.p[0]);
}

size_t
unpack_array(struct cursor *c, size_t max)
{
    return head_of(c, PACK_ARRAY, max, "not an array");
}

void
unpack_array_of(struct cursor *c, size_t n)
{
    size_t got = head_of(c, PACK_ARRAY, SIZE_MAX, "not an array");
    if (c->err == DHK_OK && got != n)
        cursor_fail(c, DHK_FORMAT, "wrong number of elements");
}

/* The commonest forms are read at once; all others, and whatever is wrong, go
 * the long way, which says what it is. */
uint64_t
unpack_uint(struct cursor *c, uint64_t max)
{
    if (c->err == DHK_OK && c->left.n > 0 && c->left.p[0] <= 0x7f &&
        c->left.p[0] <= max)
        return cursor_u8(c);
    return head_of(c, PACK_UINT, max, "not an unsigned integer");
}

bool
unpack_bool(struct cursor *c)
{
    return head_of(c, PACK_BOOL, 1, "not a boolean") == 1;
}

bool
unpack_nil(struct cursor *c)
{
    if (unpack_peek(c) != PACK_NIL)
        return false;
    return cursor_bytes(c, 1).n == 1;
}

struct slice
unpack_str(struct cursor *c, size_t max)
{
    size_t n = head_of(c, PACK_STR, max, "not a string");
    struct slice got = cursor_bytes(c, n);
    if (bytes_is_utf8(got))
        return got;
    cursor_fail(c, DHK_FORMAT, "not UTF-8");
    return slice_of(NULL, 0);
}

struct slice
unpack_name(struct cursor *c)
{
    size_t n = head_of(c, PACK_STR, LIMIT_NAME, "not a string");
    struct slice got = cursor_bytes(c, n);
    if (c->err == DHK_OK && bytes_is_name(got)) /* and so UTF-8 */
        return got;
    cursor_fail(c, DHK_FORMAT, "not a name");
    return slice_of(NULL, 0);
}

struct slice
unpack_bin(struct cursor *c, size_t max)
{
    size_t n = head_of(c, PACK_BIN, max, "not binary");
    return cursor_bytes(c, n);
}

void
unpack_fixed(struct cursor *c, void *dst, size_t n)
{
    if (c->err == DHK_OK && n < 256 && c->left.n >= n + 2 &&
        c->left.p[0] == 0xc4 && c->left.p[1] == n) {
        memcpy(dst, cursor_bytes(c, n + 2).p + 2, n);
        return;
    }
    struct slice got = unpack_bin(c, SIZE_MAX);
    if (c->err == DHK_OK && got.n != n)
        cursor_fail(c, DHK_FORMAT, "wrong length");
    if (c->err != DHK_OK)
        memset(dst, 0, n);
    else if (n > 0)
        memcpy(dst, got.p, n);
}

/* Skips one value, or only the head when it is an array; returns the number
 * of elements that follow. */
static uint64_t
skip_one(struct cursor *c)
{
    enum pack_type type = unpack_peek(c);
    if (type == PACK_ARRAY)
        return unpack_array(c, LIMIT_ELEMENTS);
    if (type == PACK_STR)
        (void)unpack_str(c, SIZE_MAX);
    else if (type == PACK_BIN)
        (void)unpack_bin(c, SIZE_MAX);
    else
        (void)head_read(c);
    return 0;
}

/* Walks one value with a stack of the elements still to come, so that nesting
 * costs no stack of ours. */
static void
skip_value(struct cursor *c)
{
    uint64_t to_come[LIMIT_DEPTH] = {0};
    size_t depth = 0;
    do {
        bool array = unpack_peek(c) == PACK_ARRAY;
        if (array && depth == LIMIT_DEPTH)
            cursor_fail(c, DHK_LIMIT, "nested too deep");
        uint64_t n = skip_one(c);
        if (array && c->err == DHK_OK)
            to_come[depth++] = n;
        while (depth > 0 && to_come[depth - 1] == 0)
            depth--;
        if (depth > 0)
            to_come[depth - 1]--;
        else
            return;
    } while (c->err == DHK_OK);
}

struct slice
unpack_raw(struct cursor *c)
{
    struct slice before = c->left;
    skip_value(c);
    if (c->err != DHK_OK)
        return slice_of(NULL, 0);
    return slice_of(before.p, before.n - c->left.n);
}

enum dhk_err
pack_check(struct slice in, struct diag *diag)
{
    struct cursor c;
    cursor_init(&c, in);
    (void)unpack_raw(&c);
    enum dhk_err rc = cursor_end(&c);
    if (rc != DHK_OK)
        cursor_diag(&c, diag);
    return rc;
}
