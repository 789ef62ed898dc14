/* SPDX-License-Identifier: EUPL-1.2
 *
 * Local time is read from the zone files of the system (TZif, RFC 8536) by
 * zone.c; nothing here depends on the TZ environment. */
#include "clock.h"

#include <string.h>
#include <time.h>

#include "text.h"
#include "zone.h"

enum { DAY = 86400, WEEK_DAYS = 7, DAY_MINUTES = 1440 };

static uint64_t
read_clock(clockid_t which)
{
    struct timespec ts = {0, 0};
    must(clock_gettime(which, &ts) == 0);
    return ts.tv_sec < 0
               ? 0
               : (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static uint64_t
system_wall(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_REALTIME);
}

static uint64_t
system_monotonic(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_MONOTONIC);
}

const struct clock *
clock_system(void)
{
    static const struct clock system = {system_wall, system_monotonic, NULL};
    return &system;
}

uint64_t
clock_wall_ms(const struct clock *c)
{
    return c->wall_ms(c->ctx);
}

uint64_t
clock_monotonic_ms(const struct clock *c)
{
    return c->monotonic_ms(c->ctx);
}

_Bool
clock_local(const char *zone, uint64_t wall_ms, unsigned *minute, int64_t *day)
{
    int64_t utc = (int64_t)(wall_ms / 1000), offset = 0;
    *minute = 0;
    *day = 0;
    if (!zone_offset(&offset, zone, utc))
        return false;
    int64_t local = utc + offset;
    int64_t d = zone_floor_div(local, DAY);
    /* 1970-01-01 was a Thursday */
    int64_t weekday = zone_floor_mod(d + 3, WEEK_DAYS);
    *minute = (unsigned)(weekday * DAY_MINUTES + (local - d * DAY) / 60);
    *day = d;
    return true;
}

static void
put_digits(char *out, unsigned v, unsigned n)
{
    while (n-- > 0) {
        out[n] = (char)('0' + v % 10);
        v /= 10;
    }
}

void
clock_text(char out[21], int64_t seconds)
{
    int64_t first = -62167219200, last = 253402300799; /* years 0 to 9999 */
    if (seconds < first)
        seconds = first;
    if (seconds > last)
        seconds = last;
    int64_t days = zone_floor_div(seconds, DAY);
    unsigned rest = (unsigned)(seconds - days * DAY);
    struct zone_date date = zone_date(days);
    memcpy(out, "0000-00-00T00:00:00Z", 21);
    put_digits(out, (unsigned)date.year, 4);
    put_digits(out + 5, date.month, 2);
    put_digits(out + 8, date.day, 2);
    put_digits(out + 11, rest / 3600, 2);
    put_digits(out + 14, rest / 60 % 60, 2);
    put_digits(out + 17, rest % 60, 2);
}

_Bool
clock_parse(int64_t *seconds, const char *text)
{
    struct slice s = slice_str(text);
    unsigned hour = 0, minute = 0, second = 0;
    int64_t day = 0;
    *seconds = 0;
    if (s.n != 10 && s.n != 20)
        return false;
    if (text_date(&day, slice_of(s.p, 10)) != DHK_OK)
        return false;
    if (s.n == 20) {
        if (text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
            text[19] != 'Z')
            return false;
        if (text_digits(&hour, slice_of(s.p + 11, 2)) != DHK_OK ||
            text_digits(&minute, slice_of(s.p + 14, 2)) != DHK_OK ||
            text_digits(&second, slice_of(s.p + 17, 2)) != DHK_OK)
            return false;
        if (hour > 23 || minute > 59 || second > 59)
            return false;
    }
    *seconds = day + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    return true;
}
