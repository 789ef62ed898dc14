/* SPDX-License-Identifier: EUPL-1.2 */
#include "storetest.h"

void
storetest_put(struct store *s, const char *key, const char *value)
{
    struct store_txn *t = NULL;
    must(store_begin(&t, s, true) == DHK_OK);
    must(store_put(t, 0, slice_str(key), slice_str(value)) == DHK_OK);
    must(store_commit(&t) == DHK_OK);
}

bool
storetest_holds(struct store *s, const char *key, const char *value)
{
    struct store_txn *t = NULL;
    struct slice v;
    must(store_begin(&t, s, false) == DHK_OK);
    enum dhk_err rc = store_get(t, 0, slice_str(key), &v);
    bool same = value == NULL
                    ? rc == DHK_NOTFOUND
                    : rc == DHK_OK && slice_equal(v, slice_str(value));
    store_abort(&t);
    return same;
}
