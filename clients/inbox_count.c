/* SPDX-License-Identifier: EUPL-1.2
 *
 * How much of the inbox waits, for who only looks. */
#include "inbox.h"

#include "inbox_tables.h"

#include <errno.h>

enum dhk_err
inbox_count(const struct dhk_node *node, uint64_t *n)
{
    static const char *const tables[INBOX_TABLES] = INBOX_NAMES;
    const struct store_options options = {.tables = tables,
        .tables_n = INBOX_TABLES,
        .map_bytes = INBOX_MAP_BYTES,
        .beside = true};
    char path[NODE_PATH];
    struct store *s = NULL;
    struct store_txn *t = NULL;
    enum dhk_err rc = node_path(path, node->broker_dir, "inbox");

    *n = 0;
    if (rc == DHK_OK)
        rc = store_open(&s, path, &options);
    if (rc == DHK_NOTFOUND || (rc == DHK_IO && errno == ENOENT))
        return DHK_OK; /* nothing came yet */
    if (rc == DHK_OK)
        rc = store_begin(&t, s, false);
    if (rc == DHK_OK)
        rc = store_count(t, INBOX_SHARES, n);
    store_abort(&t);
    store_close(&s);
    return rc;
}
