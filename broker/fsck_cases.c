/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cases: their covert shares, and the statements about them. */
#include "fsck_impl.h"

#include <string.h>

#include "statement.h"

enum { HANDLE = 16, COVERT_KEY = HANDLE + 8, STATED_KEY = HANDLE + SEAL_HASH };

static enum dhk_err
on_share(struct fsck *f, uint64_t index)
{
    const struct entry_share *s = &f->entry.u.share;
    uint8_t key[COVERT_KEY];
    struct slice value;

    if (s->covert == 0)
        return DHK_OK;
    memcpy(key, s->case_handle, HANDLE);
    bytes_put_u64(key + HANDLE, index);
    return fsck_get(f, TABLE_COVERT, slice_of(key, sizeof key), &value);
}

/* Key of the statement in E. */
static enum dhk_err
key_of(struct fsck *f, uint8_t key[STATED_KEY], const struct entry_stated *e)
{
    struct statement s;

    if (statement_from_body(&s, e->body, e->signature, NULL) != DHK_OK)
        return fsck_bad(f, "holds no statement");
    memcpy(key, s.case_handle, HANDLE);
    seal_sha256(key + HANDLE, e->body);
    return DHK_OK;
}

static enum dhk_err
on_entry(struct fsck *f, uint64_t index)
{
    uint8_t key[STATED_KEY];
    struct slice value;

    if (f->entry.kind == ENTRY_SHARE)
        return on_share(f, index);
    if (f->entry.kind != ENTRY_STATED)
        return DHK_OK;
    enum dhk_err rc = key_of(f, key, &f->entry.u.stated);
    return rc == DHK_OK
               ? fsck_get(f, TABLE_STATED, slice_of(key, sizeof key), &value)
               : rc;
}

/* case | index of the share -> nothing */
static enum dhk_err
on_covert(struct fsck *f, struct slice key)
{
    if (key.n != COVERT_KEY)
        return fsck_bad(f, "has a key of another length");
    uint64_t index = bytes_get_u64(key.p + HANDLE);
    fsck_at(f, TABLE_COVERT, key, index);
    enum dhk_err rc = fsck_other(f, index, ENTRY_SHARE);
    const struct entry_share *s = &f->other.u.share;
    if (rc == DHK_OK &&
        (s->covert == 0 || memcmp(s->case_handle, key.p, HANDLE) != 0))
        rc = fsck_bad(f, "its entry is no covert share of this case");
    return rc;
}

/* case | hash of the statement -> index */
static enum dhk_err
on_row(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    uint8_t again[STATED_KEY];

    if (table == TABLE_COVERT)
        return on_covert(f, key);
    if (key.n != STATED_KEY || value.n != 8)
        return fsck_bad(f, "is of no known form");
    uint64_t index = bytes_get_u64(value.p);
    fsck_at(f, table, key, index);
    enum dhk_err rc = fsck_other(f, index, ENTRY_STATED);
    if (rc == DHK_OK)
        rc = key_of(f, again, &f->other.u.stated);
    if (rc == DHK_OK && memcmp(again, key.p, STATED_KEY) != 0)
        rc = fsck_bad(f, "its entry holds another statement");
    return rc;
}

const struct fsck_check fsck_cases = {.name = "cases",
    .entry = on_entry,
    .row = on_row,
    .table = {TABLE_COVERT, TABLE_STATED},
    .tables_n = 2,
    .derived = true};
