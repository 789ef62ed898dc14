/* SPDX-License-Identifier: EUPL-1.2
 *
 * The index of terms: each block is what its entries make. A block may be
 * missing, for the index lags. */
#include "fsck_impl.h"

#include <stdlib.h>

#include "force.h"
#include "index.h"

struct fsck_indexer {
    struct force force; /* whose the cards are; checked before */
    struct index *index;
    uint64_t of; /* entries when it was loaded */
};

void
fsck_indexer_destroy(struct fsck_indexer **x)
{
    if (*x == NULL)
        return;
    index_destroy(&(*x)->index);
    force_clear(&(*x)->force);
    free(*x);
    *x = NULL;
}

/* What makes blocks, as of the transaction. */
static enum dhk_err
load(struct fsck *f)
{
    if (f->indexer != NULL && f->indexer->of == f->of)
        return DHK_OK;
    fsck_indexer_destroy(&f->indexer);
    f->indexer = calloc(1, sizeof *f->indexer);
    if (f->indexer == NULL)
        return DHK_NOMEM;
    f->indexer->of = f->of;
    enum dhk_err rc = force_load(&f->indexer->force, f->txn);
    return rc == DHK_OK ? index_new(&f->indexer->index, &f->indexer->force)
                        : rc;
}

static enum dhk_err
on_row(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    bool same = false;

    if (key.n != 8)
        return fsck_bad(f, "has a key of another length");
    uint64_t segment = bytes_get_u64(key.p);
    if (segment >= f->of / INDEX_SEGMENT)
        return fsck_bad(f, "is of entries that are not there");
    fsck_at(f, table, key, segment * INDEX_SEGMENT);
    enum dhk_err rc = load(f);
    if (rc == DHK_OK)
        rc = index_again(&same, f->indexer->index, f->txn, segment, value);
    if (rc != DHK_OK)
        return fsck_rc(f, rc);
    return same ? DHK_OK
                : fsck_bad(f, "is not what the entries from this one on make");
}

const struct fsck_check fsck_index = {.name = "index",
    .row = on_row,
    .table = {TABLE_INDEX},
    .tables_n = 1,
    .derived = true};
