/* SPDX-License-Identifier: EUPL-1.2
 *
 * Names of tiles and entry bundles: each value has one text only. The first
 * byte says which of the two the rest is. */
#include "tiles.h"

#include "fuzz_again.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sink again = fuzz_sink();
    struct cursor c;
    struct tiles_at at;
    char path[TILES_PATH];
    if (size == 0)
        return 0;
    struct slice in = slice_of(data + 1, size - 1);
    if (data[0] % 2 == 0) {
        if (tiles_path_parse(&at, in) != DHK_OK)
            return 0;
        tiles_path(path, &at);
        must(slice_equal(slice_str(path), in));
        return 0;
    }
    cursor_init(&c, in);
    while (c.err == DHK_OK && c.left.n > 0) {
        struct slice entry = tiles_bundle_next(&c);
        if (c.err == DHK_OK)
            must(tiles_bundle_put(&again, entry) == DHK_OK);
    }
    if (cursor_end(&c) == DHK_OK)
        fuzz_same(&again, in);
    return 0;
}
