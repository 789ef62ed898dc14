/* SPDX-License-Identifier: EUPL-1.2
 *
 * Zone files belong to the machine and are trusted as it is, but read with
 * the same bounds as everything else: what is not of the form is no zone. */
#include "zone.h"

#include <string.h>

#include "file.h"

#define ZONE_DIR "/usr/share/zoneinfo"

enum { NAME_MAX_BYTES = 64, FILE_MAX = 256 * 1024, DAY = 86400 };

int64_t
zone_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

int64_t
zone_floor_mod(int64_t a, int64_t b)
{
    return a - zone_floor_div(a, b) * b;
}

/* Both ways by eras of 400 years that begin on 1 March, so that the leap day
 * comes last. */
int64_t
zone_days(int64_t year, unsigned month, unsigned day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = zone_floor_div(y, 400), yoe = y - era * 400;
    int64_t m = (int64_t)month + (month > 2 ? -3 : 9);
    int64_t doy = (153 * m + 2) / 5 + (int64_t)day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct zone_date
zone_date(int64_t days)
{
    int64_t z = days + 719468, era = zone_floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t m = (5 * doy + 2) / 153;
    struct zone_date d = {.month = (unsigned)(m < 10 ? m + 3 : m - 9),
        .day = (unsigned)(doy - (153 * m + 2) / 5 + 1)};
    d.year = yoe + era * 400 + (d.month <= 2);
    return d;
}

/* --- the POSIX rule ---------------------------------------------------- */

struct rule_day {
    char kind; /* 'M', 'J' or 'n' */
    int64_t month, week, day, time;
};

static uint8_t
peek(const struct cursor *c)
{
    return c->left.n > 0 ? c->left.p[0] : 0;
}

static bool
accept(struct cursor *c, uint8_t ch)
{
    if (peek(c) != ch || ch == 0)
        return false;
    (void)cursor_u8(c);
    return true;
}

static int64_t
number(struct cursor *c)
{
    int64_t v = 0;
    unsigned n = 0;
    while (peek(c) >= '0' && peek(c) <= '9' && n++ < 4)
        v = v * 10 + (cursor_u8(c) - '0');
    if (n == 0 || n > 4)
        cursor_fail(c, DHK_FORMAT, "number");
    return v;
}

/* [+-]h[:m[:s]] in seconds. */
static int64_t
time_of(struct cursor *c)
{
    int64_t sign = accept(c, '-') ? -1 : 1, v = 0;
    if (sign == 1)
        (void)accept(c, '+');
    v = number(c) * 3600;
    if (accept(c, ':'))
        v += number(c) * 60;
    if (accept(c, ':'))
        v += number(c);
    return sign * v;
}

static bool
is_alpha(uint8_t ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

static void
abbreviation(struct cursor *c)
{
    size_t n = 0;
    if (accept(c, '<')) {
        while (c->left.n > 0 && peek(c) != '>')
            (void)cursor_u8(c);
        if (!accept(c, '>'))
            cursor_fail(c, DHK_FORMAT, "abbreviation");
        return;
    }
    for (; is_alpha(peek(c)); n++)
        (void)cursor_u8(c);
    if (n < 3)
        cursor_fail(c, DHK_FORMAT, "abbreviation");
}

static void
rule_day(struct rule_day *d, struct cursor *c)
{
    *d = (struct rule_day){.kind = 'n', .time = 7200};
    if (accept(c, 'M')) {
        d->kind = 'M';
        d->month = number(c);
        if (!accept(c, '.'))
            cursor_fail(c, DHK_FORMAT, "month");
        d->week = number(c);
        if (!accept(c, '.'))
            cursor_fail(c, DHK_FORMAT, "week");
        d->day = number(c);
        if (d->month < 1 || d->month > 12 || d->week < 1 || d->week > 5 ||
            d->day > 6)
            cursor_fail(c, DHK_FORMAT, "day of week");
    } else {
        if (accept(c, 'J'))
            d->kind = 'J';
        d->day = number(c);
        if (d->day > 365 || (d->kind == 'J' && d->day < 1))
            cursor_fail(c, DHK_FORMAT, "day of year");
    }
    if (accept(c, '/'))
        d->time = time_of(c);
}

/* Local seconds since 1970 at which D falls in YEAR. */
static int64_t
rule_seconds(const struct rule_day *d, int64_t year)
{
    int64_t day = zone_days(year, 1, 1);
    if (d->kind == 'M') {
        unsigned month = (unsigned)d->month;
        int64_t first = zone_days(year, month, 1);
        int64_t next = month == 12 ? zone_days(year + 1, 1, 1)
                                   : zone_days(year, month + 1, 1);
        /* 1970-01-01 was a Thursday: 4 where Sunday is 0 */
        day =
            first + zone_floor_mod(d->day - (first + 4), 7) + (d->week - 1) * 7;
        if (day >= next)
            day -= 7;
    } else if (d->kind == 'J') {
        /* counts 1 to 365 and never the leap day */
        bool leap = zone_days(year, 3, 1) - zone_days(year, 2, 1) == 29;
        day += d->day - 1 + (leap && d->day >= 60);
    } else {
        day += d->day;
    }
    return day * DAY + d->time;
}

bool
zone_offset_rule(int64_t *out, struct slice rule, int64_t utc)
{
    struct cursor c;
    struct rule_day start, end;
    cursor_init(&c, rule);
    abbreviation(&c);
    int64_t standard = -time_of(&c);
    *out = standard;
    if (c.err == DHK_OK && c.left.n == 0)
        return true;
    abbreviation(&c);
    int64_t summer = standard + 3600;
    if (peek(&c) != ',')
        summer = -time_of(&c);
    if (!accept(&c, ','))
        return false; /* the default rules of POSIX are no one's today */
    rule_day(&start, &c);
    if (!accept(&c, ','))
        return false;
    rule_day(&end, &c);
    if (cursor_end(&c) != DHK_OK)
        return false;
    int64_t year = zone_date(zone_floor_div(utc + standard, DAY)).year;
    int64_t from = rule_seconds(&start, year) - standard;
    int64_t until = rule_seconds(&end, year) - summer;
    bool is_summer =
        from < until ? utc >= from && utc < until : utc >= from || utc < until;
    *out = is_summer ? summer : standard;
    return true;
}

/* --- the zone file ----------------------------------------------------- */

struct tzif {
    uint8_t version;
    uint32_t utc_n, std_n, leap_n, time_n, type_n, char_n;
};

static void
header(struct tzif *h, struct cursor *c)
{
    if (!slice_equal(cursor_bytes(c, 4), slice_str("TZif")))
        cursor_fail(c, DHK_FORMAT, "magic");
    h->version = cursor_u8(c);
    (void)cursor_bytes(c, 15);
    h->utc_n = cursor_u32(c);
    h->std_n = cursor_u32(c);
    h->leap_n = cursor_u32(c);
    h->time_n = cursor_u32(c);
    h->type_n = cursor_u32(c);
    h->char_n = cursor_u32(c);
}

/* Bytes of a data block with times of WIDTH bytes, TIMES and types aside. */
static size_t
tail_bytes(const struct tzif *h, size_t width)
{
    return (size_t)h->char_n + h->leap_n * (width + 4) + h->std_n + h->utc_n;
}

static int64_t
signed_u32(uint32_t v)
{
    return v < 0x80000000U ? (int64_t)v : (int64_t)v - 0x100000000;
}

static int64_t
transition(struct slice times, size_t i)
{
    uint64_t v = bytes_get_u64(times.p + 8 * i);
    return v <= INT64_MAX ? (int64_t)v : -(int64_t)(UINT64_MAX - v) - 1;
}

/* Number of transitions that lie at or before UTC. */
static size_t
passed(struct slice times, size_t n, int64_t utc)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (transition(times, mid) <= utc)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool
zone_offset_in(int64_t *out, struct slice file, int64_t utc)
{
    struct cursor c;
    struct tzif h = {0};
    *out = 0;
    cursor_init(&c, file);
    header(&h, &c);
    (void)cursor_bytes(
        &c, (size_t)h.time_n * 5 + (size_t)h.type_n * 6 + tail_bytes(&h, 4));
    if (c.err != DHK_OK || h.version < '2')
        return false;
    header(&h, &c);
    struct slice times = cursor_bytes(&c, (size_t)h.time_n * 8);
    struct slice indexes = cursor_bytes(&c, h.time_n);
    struct slice types = cursor_bytes(&c, (size_t)h.type_n * 6);
    (void)cursor_bytes(&c, tail_bytes(&h, 8));
    /* zones that count leap seconds are not POSIX time */
    if (c.err != DHK_OK || h.type_n == 0 || h.leap_n != 0 ||
        cursor_u8(&c) != '\n')
        return false;
    struct slice rule = c.left;
    if (rule.n == 0 || rule.p[rule.n - 1] != '\n')
        return false;
    rule.n--;
    size_t at = passed(times, h.time_n, utc);
    if (at == h.time_n && rule.n > 0)
        return zone_offset_rule(out, rule, utc);
    size_t type = at == 0 ? 0 : indexes.p[at - 1];
    if (type >= h.type_n)
        return false;
    *out = signed_u32(bytes_get_u32(types.p + type * 6));
    return true;
}

static bool
is_zone_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > NAME_MAX_BYTES || name[0] == '/')
        return false;
    for (const char *p = name; *p != '\0'; p++) {
        bool digit = *p >= '0' && *p <= '9';
        if (!is_alpha((uint8_t)*p) && !digit && strchr("_+/-", *p) == NULL)
            return false;
    }
    return true;
}

bool
zone_offset(int64_t *out, const char *name, int64_t utc)
{
    char path[sizeof ZONE_DIR + NAME_MAX_BYTES + 2];
    uint8_t *p = NULL;
    size_t n = 0;
    *out = 0;
    if (!is_zone_name(name) ||
        file_path(path, sizeof path, ZONE_DIR, name) != DHK_OK ||
        file_read(&p, &n, path, FILE_MAX) != DHK_OK)
        return false;
    bool ok = zone_offset_in(out, slice_of(p, n), utc);
    file_free(&p, n);
    return ok;
}
