/* SPDX-License-Identifier: EUPL-1.2
 *
 * A list of heads from another node: what is read comes back as it was
 * written. */
#include "fuzz_again.h"
#include "headlist.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct headlist l = {NULL, 0}, again = {NULL, 0};
    struct diag diag = {NULL, 0};
    struct sink out;

    fuzz_ready();
    if (headlist_parse(&l, slice_of(data, size), &diag) != DHK_OK) {
        must(diag.what != NULL);
        headlist_done(&l);
        return 0;
    }
    must(l.n > 0 && l.n <= HEADLIST_MAX);
    out = fuzz_sink();
    headlist_put(&out, &l);
    must(out.err == DHK_OK && out.n == headlist_size(&l));
    must(out.n > HEADLIST_BYTES ||
         headlist_parse(&again, sink_done(&out), &diag) == DHK_OK);
    must(out.n > HEADLIST_BYTES || again.n == l.n);
    headlist_done(&l);
    headlist_done(&again);
    return 0;
}
