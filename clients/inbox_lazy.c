/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inbox's note that its application keeps the shares: while it stands
 * there, the last rows may be lost with the process. */
#include "inbox_tables.h"
#include "resume.h"
#include "seen.h"

#define LAZY "kept by the application"

enum dhk_err
inbox_note_lazy(struct store *store, bool lazy)
{
    struct store_txn *t = NULL;
    struct slice found;
    enum dhk_err rc = store_begin(&t, store, true);

    if (rc == DHK_OK)
        rc = store_get(t, INBOX_COUNTERS, slice_str(LAZY), &found);
    if (rc == DHK_OK)
        rc = resume_forget(t);
    if (rc == DHK_OK)
        rc = seen_lapse(t);
    else if (rc == DHK_NOTFOUND)
        rc = DHK_OK;
    if (rc == DHK_OK && lazy)
        rc = store_put(t, INBOX_COUNTERS, slice_str(LAZY), slice_of(NULL, 0));
    else if (rc == DHK_OK)
        rc = store_delete(t, INBOX_COUNTERS, slice_str(LAZY));
    if (rc != DHK_OK) { /* there was nothing to note */
        store_abort(&t);
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    }
    rc = store_commit(&t);
    return rc == DHK_OK ? store_sync(store) : rc;
}

void
inbox_end_lazy(struct store *store)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = store_begin(&t, store, true);

    if (rc == DHK_OK)
        rc = store_delete(t, INBOX_COUNTERS, slice_str(LAZY));
    if (rc == DHK_OK)
        rc = store_commit(&t);
    else
        store_abort(&t);
    if (rc == DHK_OK)
        rc = store_sync(store);
    (void)rc;
}
