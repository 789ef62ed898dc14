/* SPDX-License-Identifier: EUPL-1.2
 *
 * The clock, a parameter of core and node so that tests can turn it; the
 * shipped programs always pass clock_system(). */
#ifndef HOST_CLOCK_H
#define HOST_CLOCK_H

#include <stdint.h>

struct clock {
    uint64_t (*wall_ms)(void *ctx);      /* since 1970 UTC */
    uint64_t (*monotonic_ms)(void *ctx); /* since some start */
    void *ctx;
};

const struct clock *clock_system(void);
uint64_t clock_wall_ms(const struct clock *c);
uint64_t clock_monotonic_ms(const struct clock *c);
/* Minute of the local week (Monday 00:00 = 0) of WALL_MS in the IANA zone
 * ZONE, and the local day number since 1970-01-01. Returns false when the
 * zone is not known on this machine. Safe beside other threads: it does not
 * touch the TZ environment. */
_Bool clock_local(
    const char *zone, uint64_t wall_ms, unsigned *minute, int64_t *day);
/* "2026-11-23T19:12:30Z" of SECONDS; OUT holds 21 bytes. */
void clock_text(char out[21], int64_t seconds);
/* Accepts YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ. */
_Bool clock_parse(int64_t *seconds, const char *text);

#endif
