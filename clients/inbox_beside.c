/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inbox for who only looks, beside the process that works with it. */
#include "inbox.h"

#include "inbox_tables.h"

#include <errno.h>

enum dhk_err
inbox_beside(struct store **out, const struct dhk_node *node)
{
    static const char *const tables[INBOX_TABLES] = INBOX_NAMES;
    const struct store_options options = {.tables = tables,
        .tables_n = INBOX_TABLES,
        .map_bytes = INBOX_MAP_BYTES,
        .beside = true};
    char path[NODE_PATH];
    enum dhk_err rc = node_path(path, node->broker_dir, "inbox");

    *out = NULL;
    if (rc == DHK_OK)
        rc = store_open(out, path, &options);
    return rc == DHK_IO && errno == ENOENT ? DHK_NOTFOUND : rc;
}

enum dhk_err
inbox_count(const struct dhk_node *node, uint64_t *n)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    enum dhk_err rc = inbox_beside(&s, node);

    *n = 0;
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = store_begin(&t, s, false);
    if (rc == DHK_OK)
        rc = store_count(t, INBOX_SHARES, n);
    store_abort(&t);
    store_close(&s);
    return rc;
}
