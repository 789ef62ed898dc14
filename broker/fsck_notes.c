/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signed checkpoints: each by the log's key, of the size that its key says,
 * with the root of that many entries. */
#include "fsck_impl.h"

#include <string.h>

static enum dhk_err
on_row(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    struct checkpoint cp;
    struct diag diag = {NULL, 0};
    uint8_t root[MERKLE_HASH];

    (void)table;
    if (key.n != 8)
        return fsck_bad(f, "has a key of another length");
    uint64_t size = bytes_get_u64(key.p);
    if (size == 0 || size > f->size)
        return fsck_bad(f, "is of more entries than there are");
    fsck_at(f, TABLE_NOTE, key, size - 1);
    if (checkpoint_open(&cp, value, &f->log, &diag) != DHK_OK)
        return fsck_bad(f, "does not verify: %s",
            diag.what != NULL ? diag.what : "not a checkpoint of this log");
    if (cp.size != size)
        return fsck_bad(f, "is of another size");
    enum dhk_err rc = ledger_root(f->txn, size, root);
    if (rc != DHK_OK)
        return fsck_rc(f, rc);
    if (memcmp(root, cp.root, sizeof root) != 0)
        return fsck_bad(f, "signs another root than that of the entries");
    return DHK_OK;
}

const struct fsck_check fsck_notes = {
    .name = "notes", .row = on_row, .table = {TABLE_NOTE}, .tables_n = 1};
