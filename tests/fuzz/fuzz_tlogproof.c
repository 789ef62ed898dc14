/* SPDX-License-Identifier: EUPL-1.2
 *
 * Proof files: each value has one text only. */
#include "checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct checkpoint_proof proof;
    static uint8_t mem[128 * 1024];
    struct slice in = slice_of(data, size);
    struct sink s;
    if (key_init() != DHK_OK ||
        checkpoint_proof_decode(&proof, in, NULL) != DHK_OK)
        return 0;
    sink_init(&s, mem, sizeof mem);
    if (proof.extra_n > LIMIT_ENTRY) /* of others; we write none */
        return 0;
    must(checkpoint_proof_encode(&s, &proof) == DHK_OK);
    must(slice_equal(sink_done(&s), in));
    return 0;
}
