/* SPDX-License-Identifier: EUPL-1.2
 *
 * Bundles down to their envelopes, as the broker reads them. */
#include "bundle.h"
#include "fuzz_again.h"
#include "pack.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sign_public nobody = {.b = {1}};
    static struct bundle b;
    static struct envelope e;
    struct slice in = slice_of(data, size);

    fuzz_ready();
    if (bundle_decode(&b, in, NULL) != DHK_OK)
        return 0;
    (void)!bundle_verify(&b.statement, &nobody);
    struct sink out = fuzz_sink();
    pack_array(&out, 4);
    pack_uint(&out, 1);
    pack_bin(&out, slice_of(b.statement.card, sizeof b.statement.card));
    pack_bin(&out, slice_of(b.statement.signature, KEY_SIGNATURE));
    pack_array(&out, b.n);
    for (size_t i = 0; i < b.n; i++)
        pack_bin(&out, b.envelope[i]);
    fuzz_same(&out, in);
    for (size_t i = 0; i < b.n; i++)
        if (envelope_decode(&e, b.envelope[i], NULL) == DHK_OK)
            (void)!envelope_check(&e);
    return 0;
}
