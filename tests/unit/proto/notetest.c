/* SPDX-License-Identifier: EUPL-1.2 */
#include "notetest.h"

int
notetest_set_up(void **state)
{
    static struct fixture f;
    struct sink s;
    assert_int_equal(key_sign_new(&f.sk, &f.pk), DHK_OK);
    f.cp = (struct checkpoint){.origin = "ledger.example.org/1", .size = 42};
    memset(f.cp.root, 0xa5, sizeof f.cp.root);
    checkpoint_vkey_make(
        &f.vkey, CHECKPOINT_ED25519, "ledger.example.org/1", &f.pk);
    sink_init(&s, f.mem, sizeof f.mem);
    assert_int_equal(checkpoint_sign(&s, &f.cp, f.sk, &f.pk), DHK_OK);
    f.note = sink_done(&s);
    *state = &f;
    return 0;
}

int
notetest_tear_down(void **state)
{
    struct fixture *f = *state;
    key_sign_destroy(&f->sk);
    return 0;
}
