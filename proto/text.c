/* SPDX-License-Identifier: EUPL-1.2
 *
 * Nothing here keeps state beyond the caller's struct text, and nothing
 * trusts a length that it did not count itself. */
#include "text.h"

#include <string.h>

#include "key.h"
#include "limits.h"

enum { ARMOR_WIDTH = 64, ARMOR_WIDTH_MAX = 76, DAY_SECONDS = 86400 };

void
text_init(struct text *t, struct slice all)
{
    *t = (struct text){.rest = all};
}

bool
text_line(struct slice *line, struct text *t)
{
    *line = slice_of(NULL, 0);
    if (t->rest.n == 0)
        return false;
    const uint8_t *newline = memchr(t->rest.p, '\n', t->rest.n);
    t->ended = newline != NULL;
    size_t n = t->ended ? (size_t)(newline - t->rest.p) : t->rest.n;
    *line = slice_of(t->rest.p, n);
    t->rest.p += n + t->ended;
    t->rest.n -= n + t->ended;
    t->line++;
    return true;
}

static bool
is_blank(uint8_t ch)
{
    return ch == ' ' || ch == '\t';
}

struct slice
text_word(struct slice *rest)
{
    while (rest->n > 0 && is_blank(rest->p[0]))
        *rest = slice_of(rest->p + 1, rest->n - 1);
    struct slice word = slice_of(rest->p, 0);
    while (word.n < rest->n && !is_blank(rest->p[word.n]))
        word.n++;
    if (word.n > 0)
        *rest = slice_of(rest->p + word.n, rest->n - word.n);
    return word;
}

bool
text_is(struct slice s, const char *word)
{
    return slice_equal(s, slice_str(word));
}

bool
text_skip(struct slice *s, const char *prefix)
{
    size_t n = strlen(prefix);
    if (s->n < n || memcmp(s->p, prefix, n) != 0)
        return false;
    *s = slice_of(s->p + n, s->n - n);
    return true;
}

bool
text_is_plain(struct slice s, bool tabs)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\t' && tabs)
            continue;
        if (s.p[i] < 0x20 || s.p[i] == 0x7f)
            return false;
        /* U+0080 to U+009F: control characters of two bytes */
        if (s.p[i] == 0xc2 && i + 1 < s.n && s.p[i + 1] < 0xa0)
            return false;
    }
    return bytes_is_utf8(s);
}

bool
text_is_blank(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\n')
            return false;
    }
    return true;
}

bool
text_is_endpoint(uint64_t *port, struct slice s)
{
    struct slice rest = s;

    *port = 0;
    if (!text_skip(&rest, "tcp://") || rest.n < 3)
        return false;
    size_t colon = rest.n;
    while (colon > 0 && rest.p[colon - 1] != ':')
        colon--;
    if (colon < 2)
        return false;
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] <= ' ' || rest.p[i] == '*' || rest.p[i] == ';')
            return false;
    }
    return text_uint(port, slice_of(rest.p + colon, rest.n - colon), 65535) ==
           DHK_OK;
}

enum dhk_err
text_uint(uint64_t *out, struct slice digits, uint64_t max)
{
    uint64_t v = 0;
    *out = 0;
    if (digits.n == 0 || (digits.n > 1 && digits.p[0] == '0'))
        return DHK_FORMAT;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return DHK_FORMAT;
        uint64_t digit = (uint64_t)(digits.p[i] - '0');
        if (v > (UINT64_MAX - digit) / 10)
            return DHK_LIMIT;
        v = v * 10 + digit;
    }
    if (v > max)
        return DHK_LIMIT;
    *out = v;
    return DHK_OK;
}

enum dhk_err
text_digits(unsigned *out, struct slice digits)
{
    unsigned v = 0;
    *out = 0;
    if (digits.n == 0 || digits.n > 9)
        return DHK_FORMAT;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return DHK_FORMAT;
        v = v * 10 + (unsigned)(digits.p[i] - '0');
    }
    *out = v;
    return DHK_OK;
}

void
text_put_uint(struct sink *out, uint64_t v)
{
    char digits[20]; /* of 2^64 - 1 */
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    sink_put(out, digits + at, sizeof digits - at);
}

static bool
is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

enum dhk_err
text_day(int64_t *out, unsigned year, unsigned month, unsigned day)
{
    static const unsigned lengths[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    *out = 0;
    if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1)
        return DHK_FORMAT;
    unsigned length = lengths[month - 1] + (month == 2 && is_leap(year));
    if (day > length)
        return DHK_FORMAT;
    unsigned past = year - 1;
    unsigned days = past * 365 + past / 4 - past / 100 + past / 400;
    days -= 719162; /* days of the years 1 to 1969 */
    for (unsigned m = 1; m < month; m++)
        days += lengths[m - 1] + (m == 2 && is_leap(year));
    *out = (int64_t)(days + day - 1) * DAY_SECONDS;
    return DHK_OK;
}

enum dhk_err
text_date(int64_t *out, struct slice date)
{
    unsigned year = 0, month = 0, day = 0;
    *out = 0;
    if (date.n != 10 || date.p[4] != '-' || date.p[7] != '-')
        return DHK_FORMAT;
    if (text_digits(&year, slice_of(date.p, 4)) != DHK_OK ||
        text_digits(&month, slice_of(date.p + 5, 2)) != DHK_OK ||
        text_digits(&day, slice_of(date.p + 8, 2)) != DHK_OK)
        return DHK_FORMAT;
    return text_day(out, year, month, day);
}

enum dhk_err
text_unbase64(void *out, size_t cap, size_t *out_n, struct slice base64)
{
    *out_n = 0;
    for (size_t i = 0; i < base64.n; i++)
        if (base64.p[i] > 0x7f)
            return DHK_FORMAT;
    return key_unbase64(out, cap, out_n, base64);
}

static void
armor_border(struct sink *out, const char *kind, const char *label)
{
    sink_slice(out, slice_str("-----"));
    sink_slice(out, slice_str(kind));
    sink_slice(out, slice_str(" "));
    sink_slice(out, slice_str(label));
    sink_slice(out, slice_str("-----"));
}

void
text_armor(struct sink *out, const char *label, struct slice bytes)
{
    /* 48 bytes make one line of base64, so no line but the last is padded */
    enum { LINE_BYTES = ARMOR_WIDTH / 4 * 3 };
    armor_border(out, "BEGIN", label);
    sink_u8(out, '\n');
    for (size_t i = 0; i < bytes.n; i += LINE_BYTES) {
        char line[ARMOR_WIDTH + 1];
        size_t n = bytes.n - i < LINE_BYTES ? bytes.n - i : LINE_BYTES;
        key_base64(line, sizeof line, bytes.p + i, n);
        sink_slice(out, slice_str(line));
        sink_u8(out, '\n');
    }
    armor_border(out, "END", label);
    sink_u8(out, '\n');
}

/* Whether LINE is the BEGIN or END line of LABEL. */
static bool
is_border(struct slice line, const char *kind, const char *label)
{
    uint8_t mem[80];
    struct sink expected;
    sink_init(&expected, mem, sizeof mem);
    armor_border(&expected, kind, label);
    must(expected.err == DHK_OK);
    return slice_equal(line, sink_done(&expected));
}

enum dhk_err
text_unarmor(uint8_t *out, size_t cap, size_t *out_n, const char *label,
    struct slice armored)
{
    uint8_t base64[LIMIT_SSHSIG];
    struct sink body;
    struct text t;
    struct slice line;
    size_t width = 0; /* of the first line */
    size_t last = 0;  /* width of the line before */

    *out_n = 0;
    if (armored.n > LIMIT_SSHSIG)
        return DHK_LIMIT;
    sink_init(&body, base64, sizeof base64);
    text_init(&t, armored);
    if (!text_line(&line, &t) || !is_border(line, "BEGIN", label))
        return DHK_FORMAT;
    while (text_line(&line, &t) && !is_border(line, "END", label)) {
        if (width == 0)
            last = width = line.n;
        /* only the last line may be shorter */
        if (line.n == 0 || line.n > ARMOR_WIDTH_MAX || line.n > width ||
            last != width)
            return DHK_FORMAT;
        last = line.n;
        sink_slice(&body, line);
    }
    if (!is_border(line, "END", label) || t.rest.n > 0 || body.n == 0)
        return DHK_FORMAT;
    return text_unbase64(out, cap, out_n, sink_done(&body));
}
