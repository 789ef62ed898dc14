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

#endif
