/* SPDX-License-Identifier: EUPL-1.2
 *
 * A wrong clock: linked into the core and the command with
 * --wrap=clock_system, it is as many seconds off as the file "skew" in the
 * current directory says. Monotonic time is right. */
#include <stdio.h>

#include "host/clock.h"

const struct clock *__real_clock_system(void);
const struct clock *__wrap_clock_system(void);

static uint64_t
wall(void *ctx)
{
    long long off = 0;
    FILE *f = fopen("skew", "r");

    (void)ctx;
    if (f != NULL) {
        if (fscanf(f, "%lld", &off) != 1)
            off = 0;
        (void)fclose(f);
    }
    return clock_wall_ms(__real_clock_system()) + (uint64_t)(off * 1000);
}

static uint64_t
monotonic(void *ctx)
{
    (void)ctx;
    return clock_monotonic_ms(__real_clock_system());
}

const struct clock *
__wrap_clock_system(void)
{
    static const struct clock skewed = {wall, monotonic, NULL};

    return &skewed;
}
