/* SPDX-License-Identifier: EUPL-1.2
 *
 * Ledger entries of every kind. */
#include "entry.h"
#include "fuzz_again.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct entry e;
    struct slice in = slice_of(data, size);
    if (entry_decode(&e, in, NULL) != DHK_OK)
        return 0;
    struct sink out = fuzz_sink();
    must(entry_encode(&out, &e) == DHK_OK);
    fuzz_same(&out, in);
    return 0;
}
