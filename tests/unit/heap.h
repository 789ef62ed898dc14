/* SPDX-License-Identifier: EUPL-1.2
 *
 * Bytes that are allocated now: whether what was needed once is given back. */
#ifndef TESTS_HEAP_H
#define TESTS_HEAP_H

#include <malloc.h>
#include <stddef.h>

#include "sanitized.h"

#ifdef SANITIZED
#include <sanitizer/allocator_interface.h>
#endif

static inline size_t
heap_used(void)
{
#ifdef SANITIZED
    return __sanitizer_get_current_allocated_bytes();
#else
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
#endif
}

#endif
