/* SPDX-License-Identifier: EUPL-1.2
 *
 * The text by which a signatory revokes: what is accepted has one form. */
#include <string.h>

#include "fuzz_again.h"
#include "quorum.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct quorum_revocation r;
    struct diag diag = {NULL, 0};
    char hex[65];
    struct sink out = fuzz_sink();

    if (quorum_revocation_parse(&r, slice_of(data, size), &diag) != DHK_OK) {
        must(diag.what != NULL);
        return 0;
    }
    bytes_hex(hex, r.id, sizeof r.id);
    sink_slice(&out, slice_str("driehoek-revocation\n"));
    sink_slice(&out,
        slice_str(r.what == QUORUM_REVOKES_TEXT ? "text sha256:" : "card "));
    sink_slice(&out, slice_str(hex));
    sink_slice(&out, slice_str("\n"));
    must(out.err == DHK_OK && size >= out.n);
    must(memcmp(out.p, data, out.n) == 0);
    /* nothing more, or one line that ends */
    must(size == out.n ||
         (memcmp(data + out.n, "reason ", 7) == 0 &&
             memchr(data + out.n, '\n', size - out.n) == data + size - 1));
    return 0;
}
