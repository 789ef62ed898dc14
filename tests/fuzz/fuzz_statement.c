/* SPDX-License-Identifier: EUPL-1.2
 *
 * Statements: the body is the one form of what it says. */
#include "statement.h"
#include "fuzz_again.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[KEY_SEED] = {1};
    static struct sign_secret *sk;
    static struct sign_public pk;
    static struct statement a, b;

    if (sk == NULL &&
        (key_init() != DHK_OK || key_sign_from_seed(&sk, &pk, seed) != DHK_OK))
        return 0;
    if (statement_decode(&a, slice_of(data, size), NULL) != DHK_OK)
        return 0;
    (void)!statement_verify(&a, &pk);
    struct sink out = fuzz_sink();
    must(statement_issue(&out, &a, sk) == DHK_OK);
    must(statement_decode(&b, sink_done(&out), NULL) == DHK_OK);
    must(slice_equal(a.body, b.body));
    must(statement_verify(&b, &pk) == DHK_OK);
    return 0;
}
