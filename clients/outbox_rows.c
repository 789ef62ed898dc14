/* SPDX-License-Identifier: EUPL-1.2
 *
 * The rows of the outbox's tables. */
#include "outbox.h"

#include "outbox_tables.h"

#include "pack.h"

#include <stdlib.h>

/* --- by number --- */

enum dhk_err
outbox_row_put(struct store_txn *t, enum outbox_table table, uint64_t number,
    struct slice value)
{
    uint8_t key[OUTBOX_NUMBER];

    bytes_put_u64(key, number);
    return store_put(t, table, slice_of(key, sizeof key), value);
}

enum dhk_err
outbox_row_get(struct store_txn *t, enum outbox_table table, uint64_t number,
    struct slice *value)
{
    uint8_t key[OUTBOX_NUMBER];

    bytes_put_u64(key, number);
    return store_get(t, table, slice_of(key, sizeof key), value);
}

enum dhk_err
outbox_row_drop(struct store_txn *t, enum outbox_table table, uint64_t number)
{
    uint8_t key[OUTBOX_NUMBER];
    enum dhk_err rc;

    bytes_put_u64(key, number);
    rc = store_delete(t, table, slice_of(key, sizeof key));
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
outbox_row_after(struct store_txn *t, enum outbox_table table, uint64_t number,
    uint64_t *found, struct slice *value)
{
    uint8_t key[OUTBOX_NUMBER];
    struct slice at;
    enum dhk_err rc;

    bytes_put_u64(key, number);
    rc = store_after(t, table, slice_of(key, sizeof key), &at, value);
    if (rc == DHK_OK && at.n != OUTBOX_NUMBER)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        *found = bytes_get_u64(at.p);
    return rc;
}

/* --- signals --- */

enum dhk_err
outbox_get(struct store_txn *t, uint64_t number, struct record *r)
{
    struct slice value;
    enum dhk_err rc = outbox_row_get(t, OUTBOX_SIGNALS, number, &value);

    return rc == DHK_OK ? record_decode(r, value) : rc;
}

enum dhk_err
outbox_put(struct store_txn *t, uint64_t number, const struct record *r)
{
    uint8_t mem[RECORD_BYTES];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    record_encode(&out, r);
    return out.err != DHK_OK
               ? out.err
               : outbox_row_put(t, OUTBOX_SIGNALS, number, sink_done(&out));
}

enum dhk_err
outbox_next(
    struct store_txn *t, uint64_t number, uint64_t *next, struct record *r)
{
    struct slice value;
    enum dhk_err rc = outbox_row_after(t, OUTBOX_SIGNALS, number, next, &value);

    return rc == DHK_OK ? record_decode(r, value) : rc;
}

enum dhk_err
outbox_forget_content(struct store_txn *t, uint64_t number)
{
    return outbox_row_drop(t, OUTBOX_CONTENT, number);
}

enum dhk_err
outbox_queue(struct store_txn *t, uint64_t number)
{
    return outbox_row_put(t, OUTBOX_QUEUE, number, slice_of(NULL, 0));
}

enum dhk_err
outbox_unqueue(struct store_txn *t, uint64_t number)
{
    return outbox_row_drop(t, OUTBOX_QUEUE, number);
}

enum dhk_err
outbox_queued(struct store_txn *t, uint64_t number, uint64_t *next)
{
    struct slice value;

    return outbox_row_after(t, OUTBOX_QUEUE, number, next, &value);
}

/* --- bundles --- */

enum dhk_err
outbox_keep_bundle(struct store_txn *t, uint64_t bundle,
    const uint64_t *numbers, size_t n, struct slice bytes)
{
    size_t cap = bytes.n + 16 * LIMIT_BUNDLE;
    uint8_t *mem = malloc(cap);
    struct sink out;
    enum dhk_err rc;

    if (mem == NULL)
        return DHK_NOMEM;
    sink_init(&out, mem, cap);
    pack_array(&out, 2);
    pack_array(&out, n);
    for (size_t i = 0; i < n; i++)
        pack_uint(&out, numbers[i]);
    pack_bin(&out, bytes);
    rc = out.err != DHK_OK
             ? out.err
             : outbox_row_put(t, OUTBOX_BUNDLES, bundle, sink_done(&out));
    free(mem);
    return rc;
}

enum dhk_err
outbox_bundle(struct store_txn *t, uint64_t bundle, uint64_t *numbers,
    size_t *n, struct slice *bytes)
{
    struct cursor c;
    struct slice value;
    enum dhk_err rc = outbox_row_get(t, OUTBOX_BUNDLES, bundle, &value);

    if (rc != DHK_OK)
        return rc;
    cursor_init(&c, value);
    unpack_array_of(&c, 2);
    *n = unpack_array(&c, LIMIT_BUNDLE);
    for (size_t i = 0; i < *n; i++)
        numbers[i] = unpack_uint(&c, UINT64_MAX);
    *bytes = unpack_bin(&c, LIMIT_BUNDLE_BYTES);
    return cursor_end(&c);
}

enum dhk_err
outbox_drop_bundle(struct store_txn *t, uint64_t bundle)
{
    return outbox_row_drop(t, OUTBOX_BUNDLES, bundle);
}

enum dhk_err
outbox_put_proof(struct store_txn *t, uint64_t bundle, struct slice text)
{
    return outbox_row_put(t, OUTBOX_PROOFS, bundle, text);
}

enum dhk_err
outbox_get_proof(struct store_txn *t, uint64_t bundle, struct slice *text)
{
    return outbox_row_get(t, OUTBOX_PROOFS, bundle, text);
}

enum dhk_err
outbox_put_share(struct store_txn *t, uint64_t index, uint64_t number)
{
    uint8_t value[OUTBOX_NUMBER];

    bytes_put_u64(value, number);
    return outbox_row_put(
        t, OUTBOX_SHARES, index, slice_of(value, sizeof value));
}

enum dhk_err
outbox_get_share(struct store_txn *t, uint64_t index, uint64_t *number)
{
    struct slice value;
    enum dhk_err rc = outbox_row_get(t, OUTBOX_SHARES, index, &value);

    if (rc == DHK_OK && value.n != OUTBOX_NUMBER)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        *number = bytes_get_u64(value.p);
    return rc;
}

enum dhk_err
outbox_put_early(struct store_txn *t, uint64_t index, struct slice entry)
{
    return outbox_row_put(t, OUTBOX_EARLY, index, entry);
}

enum dhk_err
outbox_get_early(struct store_txn *t, uint64_t index, struct slice *entry)
{
    return outbox_row_get(t, OUTBOX_EARLY, index, entry);
}

enum dhk_err
outbox_drop_early(struct store_txn *t, uint64_t index)
{
    return outbox_row_drop(t, OUTBOX_EARLY, index);
}

enum dhk_err
outbox_get_recall(struct store_txn *t, uint64_t number, struct slice *value)
{
    return outbox_row_get(t, OUTBOX_RECALLS, number, value);
}

enum dhk_err
outbox_put_recall(struct store_txn *t, uint64_t number, struct slice value)
{
    return outbox_row_put(t, OUTBOX_RECALLS, number, value);
}

enum dhk_err
outbox_next_recall(
    struct store_txn *t, uint64_t number, uint64_t *next, struct slice *value)
{
    uint8_t from[OUTBOX_NUMBER];
    struct slice key;

    bytes_put_u64(from, number);
    enum dhk_err rc = store_after(
        t, OUTBOX_RECALLS, slice_of(from, sizeof from), &key, value);
    if (rc == DHK_OK)
        *next = bytes_get_u64(key.p);
    return rc;
}

/* --- counters --- */

enum dhk_err
outbox_put_count(struct store_txn *t, const char *name, uint64_t value)
{
    uint8_t mem[OUTBOX_NUMBER];

    bytes_put_u64(mem, value);
    return store_put(
        t, OUTBOX_COUNTERS, slice_str(name), slice_of(mem, sizeof mem));
}

enum dhk_err
outbox_get_count(struct store_txn *t, const char *name, uint64_t *value)
{
    struct slice found;
    enum dhk_err rc = store_get(t, OUTBOX_COUNTERS, slice_str(name), &found);

    *value = 0;
    if (rc == DHK_OK && found.n != OUTBOX_NUMBER)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        *value = bytes_get_u64(found.p);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
outbox_next_count(struct store_txn *t, const char *name, uint64_t *value)
{
    enum dhk_err rc = outbox_get_count(t, name, value);

    if (rc != DHK_OK)
        return rc;
    (*value)++;
    return outbox_put_count(t, name, *value);
}

enum dhk_err
outbox_get_named(struct store_txn *t, struct slice name, struct slice *value)
{
    return store_get(t, OUTBOX_COUNTERS, name, value);
}

enum dhk_err
outbox_put_named(struct store_txn *t, struct slice name, struct slice value)
{
    return store_put(t, OUTBOX_COUNTERS, name, value);
}

enum dhk_err
outbox_drop_named(struct store_txn *t, struct slice name)
{
    enum dhk_err rc = store_delete(t, OUTBOX_COUNTERS, name);

    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
outbox_next_named(struct store_txn *t, struct slice after, struct slice *name,
    struct slice *value)
{
    return store_after(t, OUTBOX_COUNTERS, after, name, value);
}
