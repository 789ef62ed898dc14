/* SPDX-License-Identifier: EUPL-1.2
 *
 * The text by which a signatory revokes: what is accepted has one form. */
#include "bytes.h"
#include "quorum.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct quorum_revocation r;
    struct diag diag = {NULL, 0};
    uint8_t mem[QUORUM_REVOCATION_TEXT];

    if (quorum_revocation_parse(&r, slice_of(data, size), &diag) != DHK_OK) {
        must(diag.what != NULL);
        return 0;
    }
    must(slice_equal(quorum_revocation_text(mem, &r), slice_of(data, size)));
    return 0;
}
