/* SPDX-License-Identifier: EUPL-1.2
 *
 * A partner's revocation of its own card, and the file that holds it: the body
 * is the one form of what it says. */
#include "fuzz_again.h"
#include "revocation.h"

static void
check_bytes(struct slice in)
{
    static const uint8_t seed[KEY_SEED] = {1};
    static struct sign_secret *sk;
    static struct sign_public pk;
    struct revocation a, b;

    if (sk == NULL &&
        (key_init() != DHK_OK || key_sign_from_seed(&sk, &pk, seed) != DHK_OK))
        return;
    if (revocation_decode(&a, in, NULL) != DHK_OK)
        return;
    (void)!revocation_verify(&a, &pk);
    struct sink out = fuzz_sink();
    must(revocation_issue(&out, &a, sk) == DHK_OK);
    must(revocation_decode(&b, sink_done(&out), NULL) == DHK_OK);
    must(slice_equal(a.body, b.body));
    must(revocation_verify(&b, &pk) == DHK_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t mem[REVOCATION_FILE_MAX];
    struct slice in = slice_of(data, size), bytes;
    struct revocation r;
    struct diag diag = {NULL, 0};

    check_bytes(in);
    if (revocation_file_decode(&bytes, mem, in, &diag) != DHK_OK)
        return 0;
    must(revocation_is_file(in));
    if (revocation_decode(&r, bytes, NULL) != DHK_OK)
        return 0;
    struct sink out = fuzz_sink();
    must(revocation_file_encode(&out, bytes) == DHK_OK);
    fuzz_same(&out, in);
    check_bytes(bytes);
    return 0;
}
