/* SPDX-License-Identifier: EUPL-1.2
 *
 * Key files without a passphrase, for Argon2id is too slow to be fuzzed: a
 * wrapped one must be refused before it is run. What opens must be written
 * again in the same way. */
#include "keyfile.h"

#include <stdlib.h>

#include "key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct slice none;
    struct slice text = slice_of(data, size);
    struct keyfile head;
    struct keyfile kf;
    struct keyfile_secret secret;
    struct diag diag = {.what = NULL};
    if (key_init() != DHK_OK)
        abort();
    enum dhk_err peeked = keyfile_peek(&head, text, &diag);
    must(peeked == DHK_OK || (diag.what != NULL && diag.at <= size));
    enum dhk_err rc = keyfile_decode(&kf, &secret, text, none, &diag);
    must(peeked == DHK_OK || rc != DHK_OK);
    must(peeked != DHK_OK || !head.wrapped || rc != DHK_OK);
    if (rc != DHK_OK) {
        must(secret.n == 0 && kf.purpose[0] == '\0');
        return 0;
    }
    char mem[KEYFILE_MAX];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    struct slice plain = slice_of(secret.b, secret.n);
    must(keyfile_encode(&out, &kf, plain, none) == DHK_OK);
    must(slice_equal(sink_done(&out), text));
    return 0;
}
