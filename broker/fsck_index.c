/* SPDX-License-Identifier: EUPL-1.2
 *
 * The index: each block is made again from the entries of its segment. */
#include "fsck_impl.h"

#include <stdlib.h>

#include "force.h"
#include "index.h"

/* FORCE and IX are made for each block: there is one for thousands of entries,
 * and a card that it names may have come since the last. */
static enum dhk_err
remake(struct fsck *f, uint64_t segment, struct slice stored, bool *same)
{
    struct force *force = calloc(1, sizeof *force);
    struct index *ix = NULL;
    struct slice block;
    enum dhk_err rc = force == NULL ? DHK_NOMEM : force_load(force, f->txn);

    if (rc == DHK_OK)
        rc = index_new(&ix, force);
    if (rc == DHK_OK)
        rc = index_remake(ix, f->txn, segment, f->size, &block);
    if (rc == DHK_OK)
        *same = slice_equal(block, stored);
    index_destroy(&ix);
    if (force != NULL)
        force_clear(force);
    free(force);
    return rc;
}

static enum dhk_err
on_row(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    bool same = false;

    (void)table;
    if (key.n != 8)
        return fsck_bad(f, "has a key of another length");
    enum dhk_err rc = remake(f, bytes_get_u64(key.p), value, &same);
    if (rc == DHK_NOTFOUND)
        return fsck_bad(f, "is of entries that are not there");
    if (rc != DHK_OK)
        return fsck_rc(f, rc);
    return same ? DHK_OK : fsck_bad(f, "does not say what its entries do");
}

const struct fsck_check fsck_index = {.name = "index",
    .row = on_row,
    .table = {TABLE_INDEX},
    .tables_n = 1,
    .derived = true};
