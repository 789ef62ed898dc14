/* SPDX-License-Identifier: EUPL-1.2
 *
 * Envelopes with their manifest, and all that a recipient would try on them:
 * no input opens with keys that its maker does not have. */
#include "envelope.h"
#include "field.h"
#include "fuzz_again.h"
#include "manifest.h"
#include "wrap.h"

static void
try_manifest(const struct envelope *e)
{
    static struct manifest m;
    if (!e->has_manifest || manifest_decode(&m, e->manifest, NULL) != DHK_OK)
        return;
    struct sink out = fuzz_sink();
    manifest_encode(&out, &m);
    fuzz_same(&out, e->manifest);
    (void)!manifest_match(&m, e, NULL);
}

static void
try_open(const struct envelope *e, const struct dh_secret *sk,
    const struct dh_public *pk)
{
    static uint8_t plain[FIELD_CIPHERTEXT_MAX];
    struct wrap_agreed agreed = {.is_set = false};
    const struct wrap_keys keys = {.secret = agreed.secret, .seal = pk};
    static struct wrap w;
    struct slice value;
    if (wrap_agree(&agreed, sk, &e->header.ephemeral) != DHK_OK)
        return;
    for (size_t i = 0; i < e->recipients_n; i++)
        (void)!wrap_open(&w, &e->header, &e->recipient[i], &keys);
    for (size_t i = 0; i < e->fields_n; i++)
        (void)!field_open(&value, plain, &e->header, &e->field[i], pk->b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[KEY_SEED] = {1};
    static struct dh_secret *sk;
    static struct dh_public pk;
    static struct envelope e;
    struct slice in = slice_of(data, size);

    if (sk == NULL &&
        (key_init() != DHK_OK || key_dh_from_seed(&sk, &pk, seed) != DHK_OK))
        return 0;
    if (envelope_decode(&e, in, NULL) != DHK_OK)
        return 0;
    struct sink out = fuzz_sink();
    envelope_encode(&out, &e);
    fuzz_same(&out, in);
    (void)!envelope_check(&e);
    try_manifest(&e);
    try_open(&e, sk, &pk);
    return 0;
}
