/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signed checkpoints: each by the log's key, of the size that its key says,
 * with the root of that many entries; and the cosigners' lines under them. */
#include "fsck_impl.h"

#include <string.h>

/* NOTE is the log's, of SIZE entries, with their root; then it is *CP. */
static enum dhk_err
check_note(
    struct fsck *f, struct checkpoint *cp, struct slice note, uint64_t size)
{
    struct diag diag = {NULL, 0};
    uint8_t root[MERKLE_HASH];

    if (size == 0 || size > f->size)
        return fsck_bad(f, "is of more entries than there are");
    if (checkpoint_open(cp, note, &f->log, &diag) != DHK_OK)
        return fsck_bad(f, "does not verify: %s",
            diag.what != NULL ? diag.what : "not a checkpoint of this log");
    if (cp->size != size)
        return fsck_bad(f, "is of another size");
    enum dhk_err rc = ledger_root(f->txn, size, root);
    if (rc != DHK_OK)
        return fsck_rc(f, rc);
    if (memcmp(root, cp->root, sizeof root) != 0)
        return fsck_bad(f, "signs another root than that of the entries");
    return DHK_OK;
}

static enum dhk_err
on_note(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    struct checkpoint cp;

    if (key.n != 8)
        return fsck_bad(f, "has a key of another length");
    uint64_t size = bytes_get_u64(key.p);
    fsck_at(f, table, key, size == 0 ? FSCK_NO_ENTRY : size - 1);
    return check_note(f, &cp, value, size);
}

const struct fsck_check fsck_notes = {
    .name = "notes", .row = on_note, .table = {TABLE_NOTE}, .tables_n = 1};

/* partner -> N(card) | size | time | u16 length | note | line */
static enum dhk_err
on_cosigned(
    struct fsck *f, enum table table, struct slice key, struct slice value)
{
    struct checkpoint cp;
    struct checkpoint_vkey vkey;
    struct cursor c;
    uint64_t time = 0;

    (void)table;
    cursor_init(&c, value);
    const struct fsck_card *card = fsck_card_by_number(f, cursor_u64(&c));
    uint64_t size = cursor_u64(&c), said = cursor_u64(&c);
    struct slice note = cursor_bytes(&c, cursor_u16(&c));
    if (c.err != DHK_OK)
        return fsck_bad(f, "is of no known form");
    if (card == NULL || !slice_equal(slice_str(card->partner), key))
        return fsck_bad(f, "is made with no card of this partner");
    enum dhk_err rc = check_note(f, &cp, note, size);
    if (rc != DHK_OK)
        return rc;
    checkpoint_vkey_make(
        &vkey, CHECKPOINT_COSIGNATURE, card->partner, &card->witness);
    return checkpoint_cosigned(&time, c.left, &cp, &vkey) == DHK_OK &&
                   time == said
               ? DHK_OK
               : fsck_bad(f, "the cosignature does not verify");
}

const struct fsck_check fsck_cosigned = {.name = "cosigned",
    .row = on_cosigned,
    .table = {TABLE_COSIGN},
    .tables_n = 1};
