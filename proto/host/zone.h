/* SPDX-License-Identifier: EUPL-1.2
 *
 * Time zones of the system's zone files (TZif version 2 and later, RFC 8536)
 * with the POSIX rule for times after the last transition; and days to dates.
 * For clock.c and its test. */
#ifndef HOST_ZONE_H
#define HOST_ZONE_H

#include "bytes.h"

struct zone_date {
    int64_t year;
    unsigned month, day; /* 1.. */
};
struct zone_date zone_date(int64_t days); /* since 1970-01-01 */
int64_t zone_days(int64_t year, unsigned month, unsigned day);
int64_t zone_floor_div(int64_t a, int64_t b);
int64_t zone_floor_mod(int64_t a, int64_t b);

/* Seconds that zone NAME is ahead of UTC at UTC. Reads the file each time.
 * False for a name that is not of [A-Za-z0-9_+/-] or not on this machine. */
bool zone_offset(int64_t *out, const char *name, int64_t utc);
/* The same from the bytes of a zone file. */
bool zone_offset_in(int64_t *out, struct slice file, int64_t utc);
/* The same from a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3. */
bool zone_offset_rule(int64_t *out, struct slice rule, int64_t utc);

#endif
