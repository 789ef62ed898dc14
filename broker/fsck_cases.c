/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cases: their covert shares, and the statements about them, of which a course
 * can be made that has every one of them. */
#include "fsck_impl.h"

#include <stdlib.h>
#include <string.h>

#include "casebook.h"
#include "courses.h"

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

/* --- courses --- */

struct statements { /* of one case, as this transaction has them */
    const uint8_t *handle;
    uint64_t *index;
    size_t n, cap;
    bool no_memory;
};

static bool
add_statement(void *ctx, struct slice key, struct slice value)
{
    struct statements *s = ctx;

    if (key.n != STATED_KEY || value.n != 8 ||
        memcmp(key.p, s->handle, HANDLE) != 0)
        return false;
    if (s->n == s->cap) {
        size_t cap = s->cap == 0 ? 64 : 2 * s->cap;
        uint64_t *more = realloc(s->index, cap * sizeof *more);
        s->no_memory = more == NULL;
        if (more == NULL)
            return false;
        s->index = more;
        s->cap = cap;
    }
    s->index[s->n++] = bytes_get_u64(value.p);
    return true;
}

static int
ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

static enum dhk_err
replay(struct fsck *f, struct course *course, const struct statements *all)
{
    struct course_said said;
    struct statement s;
    enum dhk_err rc = DHK_OK;

    course_begin(course, all->handle);
    for (size_t i = 0; rc == DHK_OK && i < all->n; i++) {
        fsck_at(f, TABLE_STATED, slice_of(all->handle, HANDLE), all->index[i]);
        rc = fsck_other(f, all->index[i], ENTRY_STATED);
        if (rc == DHK_OK)
            rc = fsck_rc(f, courses_read(&said, &s, &f->other, all->index[i]));
        if (rc == DHK_OK && course_apply(course, &said) != COURSE_OK)
            rc = fsck_bad(f, "the course of its case does not have it");
    }
    return rc;
}

/* The case's last statement is where partners look for it. */
static enum dhk_err
check_last(struct fsck *f, const uint8_t *handle, uint64_t last)
{
    uint8_t mem[CASEBOOK_KEY];
    struct slice value, key = casebook_key(mem, slice_of(NULL, 0), handle);

    fsck_at(f, TABLE_LAST, key, last);
    enum dhk_err rc = fsck_get(f, TABLE_LAST, key, &value);
    if (rc == DHK_OK && (value.n != 8 || bytes_get_u64(value.p) != last))
        rc = fsck_bad(f, "is not the last statement about its case");
    return rc;
}

/* All that was stated of the case that KEY begins with. */
static enum dhk_err
check_course(struct fsck *f, struct slice key)
{
    uint8_t handle[HANDLE];
    struct statements all = {.handle = handle};
    struct course *course = malloc(sizeof *course);

    memcpy(handle, key.p, HANDLE);
    enum dhk_err rc = course == NULL
                          ? DHK_NOMEM
                          : store_each(f->txn, TABLE_STATED,
                                slice_of(handle, HANDLE), add_statement, &all);
    if (rc == DHK_OK && all.no_memory)
        rc = DHK_NOMEM;
    if (all.n > 1)
        qsort(all.index, all.n, sizeof *all.index, ascending);
    rc = fsck_rc(f, rc);
    if (rc == DHK_OK)
        rc = replay(f, course, &all);
    if (rc == DHK_OK && all.n > 0)
        rc = check_last(f, handle, all.index[all.n - 1]);
    free(all.index);
    free(course);
    return rc;
}

/* partner | case -> index of the last statement that concerns it */
enum dhk_err
fsck_cases_row(struct fsck *f, struct slice key, struct slice value)
{
    uint8_t again[STATED_KEY];

    if (key.n < 2 + HANDLE || key.n > CASEBOOK_KEY || value.n != 8 ||
        key.p[key.n - HANDLE - 1] != 0)
        return fsck_bad(f, "is of no known form");
    uint64_t index = bytes_get_u64(value.p);
    fsck_at(f, TABLE_LAST, key, index);
    enum dhk_err rc = fsck_other(f, index, ENTRY_STATED);
    if (rc == DHK_OK)
        rc = key_of(f, again, &f->other.u.stated);
    if (rc == DHK_OK && memcmp(again, key.p + key.n - HANDLE, HANDLE) != 0)
        rc = fsck_bad(f, "its entry is about another case");
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
    /* the first of its case */
    if (rc == DHK_OK &&
        (!f->has_case || memcmp(f->case_handle, key.p, HANDLE) != 0)) {
        memcpy(f->case_handle, key.p, HANDLE);
        f->has_case = true;
        rc = check_course(f, slice_of(f->case_handle, HANDLE));
    }
    return rc;
}

const struct fsck_check fsck_cases = {.name = "cases",
    .entry = on_entry,
    .row = on_row,
    .table = {TABLE_COVERT, TABLE_STATED},
    .tables_n = 2,
    .derived = true};
