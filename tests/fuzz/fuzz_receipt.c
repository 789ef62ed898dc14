/* SPDX-License-Identifier: EUPL-1.2
 *
 * Receipts; none verifies for a log whose key the input's maker lacks. */
#include "fuzz_again.h"
#include "receipt.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[KEY_SEED] = {1};
    static struct sign_secret *sk;
    static struct sign_public pk;
    static struct checkpoint_vkey vkey;
    struct slice in = slice_of(data, size);
    struct receipt *r = NULL;

    if (sk == NULL &&
        (key_init() != DHK_OK || key_sign_from_seed(&sk, &pk, seed) != DHK_OK))
        return 0;
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, "ledger.example/1", &pk);
    if (receipt_decode(&r, in, NULL) != DHK_OK)
        return 0;
    struct sink out = fuzz_sink();
    must(receipt_encode(&out, r->note, r->index, r->entry, r->n, r->proof) ==
         DHK_OK);
    fuzz_same(&out, in);
    must(receipt_verify(r, &vkey, NULL) != DHK_OK);
    /* the form of the note without its signature, and the tree */
    (void)!receipt_verify(r, NULL, NULL);
    receipt_destroy(&r);
    return 0;
}
