/* SPDX-License-Identifier: EUPL-1.2
 *
 * The rule of every wire decoder: what decodes encodes to the same bytes. */
#ifndef FUZZ_AGAIN_H
#define FUZZ_AGAIN_H

#include "key.h"

enum { FUZZ_AGAIN_MAX = 2 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* key_init(), which is slow, once. */
static inline void
fuzz_ready(void)
{
    static bool ready;
    if (ready)
        return;
    must(key_init() == DHK_OK);
    ready = true;
}

/* A sink over memory that is large enough for everything. */
static inline struct sink
fuzz_sink(void)
{
    static uint8_t mem[FUZZ_AGAIN_MAX];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    return out;
}

static inline void
fuzz_same(const struct sink *out, struct slice in)
{
    must(out->err == DHK_OK);
    must(slice_equal(sink_done(out), in));
}

#endif
