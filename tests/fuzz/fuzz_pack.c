/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whatever is accepted must be what packing gives for what it means. */
#include "pack.h"

#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH_MAX = LIMIT_DEPTH + 1 };

/* Writes what it reads, at most DEPTH deep. */
static void
copy_value(struct cursor *c, struct sink *out, unsigned depth)
{
    size_t n = 0;
    must(depth > 0);
    switch (unpack_peek(c)) {
    case PACK_UINT:
        pack_uint(out, unpack_uint(c, UINT64_MAX));
        break;
    case PACK_BOOL:
        pack_bool(out, unpack_bool(c));
        break;
    case PACK_NIL:
        must(unpack_nil(c));
        pack_nil(out);
        break;
    case PACK_STR:
        pack_str(out, unpack_str(c, SIZE_MAX));
        break;
    case PACK_BIN:
        pack_bin(out, unpack_bin(c, SIZE_MAX));
        break;
    case PACK_ARRAY:
        n = unpack_array(c, LIMIT_ELEMENTS);
        pack_array(out, n);
        for (size_t i = 0; i < n; i++)
            copy_value(c, out, depth - 1);
        break;
    case PACK_NONE:
        must(false); /* it was accepted */
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t mem[LIMIT_RECORD_PART];
    struct slice in = slice_of(data, size);
    struct diag diag = {.what = NULL};
    struct cursor c;
    struct sink out;
    if (size > sizeof mem)
        return 0;
    if (pack_check(in, &diag) != DHK_OK) {
        must(diag.what != NULL && diag.at <= size);
        return 0;
    }
    cursor_init(&c, in);
    sink_init(&out, mem, sizeof mem);
    copy_value(&c, &out, DEPTH_MAX + 1);
    must(cursor_end(&c) == DHK_OK);
    must(slice_equal(sink_done(&out), in));
    return 0;
}
