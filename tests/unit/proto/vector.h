/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reads golden files for the tests; VECTORS is the folder tests/vectors. */
#ifndef UNIT_PROTO_VECTOR_H
#define UNIT_PROTO_VECTOR_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bytes.h"

/* The file NAME, in MEM of CAP bytes. */
static inline struct slice
vector_read(const char *name, uint8_t *mem, size_t cap)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", VECTORS, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("cannot open %s", path);
    must(f != NULL);
    size_t n = fread(mem, 1, cap, f);
    (void)fclose(f);
    assert_true(n < cap);
    return slice_of(mem, n);
}

/* BYTES must be what the file NAME holds; with the environment variable
 * DRIEHOEK_MAKE_VECTORS set it is written first. */
static inline void
vector_keep(const char *name, struct slice bytes)
{
    static uint8_t mem[256 * 1024];
    if (getenv("DRIEHOEK_MAKE_VECTORS") != NULL) {
        char full[512];
        (void)snprintf(full, sizeof full, "%s/%s", VECTORS, name);
        FILE *f = fopen(full, "wb");
        if (f == NULL)
            fail_msg("cannot write %s", full);
        must(f != NULL);
        assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
        assert_int_equal(fclose(f), 0);
    }
    struct slice kept = vector_read(name, mem, sizeof mem);
    if (!slice_equal(kept, bytes))
        fail_msg("%s differs from what is made now", name);
}

#endif
