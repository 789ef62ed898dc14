/* SPDX-License-Identifier: EUPL-1.2
 *
 * The operator's requests: what decodes has one encoding. */
#include <stdlib.h>

#include "control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct control_request r;
    struct sink s;
    if (control_decode(&r, slice_of(data, size)) != DHK_OK)
        return 0;
    must(r.files_n <= CONTROL_FILES);
    uint8_t *mem = malloc(size);
    if (mem == NULL)
        return 0;
    sink_init(&s, mem, size);
    must(control_encode(&s, &r) == DHK_OK);
    must(slice_equal(sink_done(&s), slice_of(data, size)));
    free(mem);
    return 0;
}
