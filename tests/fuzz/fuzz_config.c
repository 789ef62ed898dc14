/* SPDX-License-Identifier: EUPL-1.2
 *
 * The broker's configuration as lines: what is accepted is within its bounds,
 * and reads back the same from the lines that the processes are given. */
#include <string.h>

#include "config.h"
#include "fuzz_again.h"

static void
check_bounds(const struct config *c)
{
    must(strncmp(c->endpoint, "tcp://", 6) == 0);
    must(strchr(c->endpoint, '*') == NULL);
    must(strpbrk(c->origin, " +\n") == NULL);
    must(c->store[0] != '\0' && c->signers[0] != '\0');
    must(c->log_key[0] != '\0' && c->curve_key[0] != '\0');
    must(c->map_bytes >= UINT64_C(1) << 20);
    must(c->map_bytes <= UINT64_C(1) << 46);
    must(c->redeliver_ms >= 10 && c->redeliver_ms <= 86400000);
    must(c->window >= 1 && c->window <= 4096);
    must(c->quota_shares >= 1 && c->max_expiry_days >= 1);
    must(c->log_level <= LOG_LEVEL_DEBUG && c->probe_s >= 1);
}

/* The first names, right or wrong: who mistypes is told the nearest. */
static void
check_names(struct slice lines)
{
    const char *nearest = NULL, *none = NULL;
    for (int i = 0; i < 3 && lines.n > 0; i++) {
        const uint8_t *end = memchr(lines.p, '=', lines.n);
        size_t n = end == NULL ? lines.n : (size_t)(end - lines.p);
        if (!config_is_name(slice_of(lines.p, n), &nearest) && nearest != NULL)
            must(config_is_name(slice_str(nearest), &none));
        n += end != NULL;
        lines = slice_of(lines.p + n, lines.n - n);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum config_reader readers[] = {
        CONFIG_PARENT, CONFIG_ROUTER, CONFIG_CORE, CONFIG_KEEPER};
    static struct config c, back;
    struct diag diag = {NULL, 0};
    uint8_t mem[CONFIG_LINES];
    struct sink s;
    check_names(slice_of(data, size));
    if (config_parse(&c, slice_of(data, size), &diag) != DHK_OK) {
        must(diag.what != NULL && diag.at > 0);
        return 0;
    }
    must(diag.what == NULL);
    check_bounds(&c);
    sink_init(&s, mem, sizeof mem);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        s.n = 0;
        must(config_encode(&s, &c, readers[i]) == DHK_OK);
        must(config_parse(&back, sink_done(&s), &diag) == DHK_OK);
    }
    s.n = 0;
    must(config_encode(&s, &c,
             (enum config_reader)(CONFIG_PARENT | CONFIG_ROUTER | CONFIG_CORE |
                                  CONFIG_KEEPER)) == DHK_OK);
    must(config_parse(&back, sink_done(&s), &diag) == DHK_OK);
    must(memcmp(&c, &back, sizeof c) == 0);
    return 0;
}
