/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cursors of own cards. */
#include "resume.h"

#include "inbox.h"
#include "inbox_tables.h"

#include <string.h>

#define NAME "resume/"
enum {
    NUMBER = 8,
    PREFIX = sizeof NAME - 1,
    KEY = PREFIX + CARD_ID,
    VALUE = COMMAND_CLASSES * NUMBER,
};

static struct slice
key_of(uint8_t mem[KEY], const uint8_t card[CARD_ID])
{
    memcpy(mem, NAME, PREFIX);
    memcpy(mem + PREFIX, card, CARD_ID);
    return slice_of(mem, KEY);
}

static enum dhk_err
get(struct store_txn *t, struct slice key, uint64_t cursor[COMMAND_CLASSES])
{
    struct slice found;
    enum dhk_err rc = store_get(t, INBOX_COUNTERS, key, &found);

    for (size_t i = 0; i < COMMAND_CLASSES; i++)
        cursor[i] = rc == DHK_OK && found.n == VALUE
                        ? bytes_get_u64(found.p + i * NUMBER)
                        : 0;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

void
resume_get(struct dhk_node *node, uint64_t cursor[COMMAND_CLASSES])
{
    uint8_t mem[KEY];
    struct store_txn *t = NULL;

    memset(cursor, 0, COMMAND_CLASSES * sizeof cursor[0]);
    /* only what is durable is said to be here */
    if (node->inbox == NULL || inbox_keep(node->inbox) != DHK_OK ||
        inbox_begin(&t, node->inbox, false) != DHK_OK)
        return;
    if (get(t, key_of(mem, node->card.id), cursor) != DHK_OK)
        memset(cursor, 0, COMMAND_CLASSES * sizeof cursor[0]);
    store_abort(&t);
}

enum dhk_err
resume_note(struct store_txn *t, const uint8_t card[32],
    const uint64_t from[COMMAND_CLASSES], const uint64_t to[COMMAND_CLASSES])
{
    uint8_t mem[KEY], value[VALUE];
    struct slice key = key_of(mem, card);
    uint64_t cursor[COMMAND_CLASSES];
    bool moves = false;
    enum dhk_err rc = get(t, key, cursor);

    if (rc != DHK_OK)
        return rc;
    for (size_t i = 0; i < COMMAND_CLASSES; i++) {
        bool joins = from[i] <= cursor[i] && from[i] < to[i];

        bytes_put_u64(value + i * NUMBER, joins ? to[i] : cursor[i]);
        moves = moves || (joins && to[i] != cursor[i]);
    }
    return moves ? store_put(t, INBOX_COUNTERS, key, slice_of(value, VALUE))
                 : DHK_OK;
}

enum dhk_err
resume_forget(struct store_txn *t)
{
    uint8_t mem[KEY];
    struct slice at = slice_str(NAME), key, value;
    enum dhk_err rc;

    while ((rc = store_after(t, INBOX_COUNTERS, at, &key, &value)) == DHK_OK &&
           key.n == KEY && memcmp(key.p, NAME, PREFIX) == 0) {
        memcpy(mem, key.p, KEY);
        at = slice_of(mem, KEY);
        rc = store_delete(t, INBOX_COUNTERS, at);
        if (rc != DHK_OK)
            break;
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}
