/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inbox's answers. */
#include "inbox.h"
#include "inbox_tables.h"

#include "pack.h"

#include <string.h>

enum { NUMBER = INBOX_NUMBER, HASH = 32, ANSWER_BYTES = 160 };

enum dhk_err
inbox_put_answer(struct store_txn *t, const struct inbox_item *item)
{
    uint8_t key[NUMBER], mem[ANSWER_BYTES];
    uint64_t number;
    struct sink out;
    enum dhk_err rc = inbox_draw(t, "answer", &number);

    if (rc != DHK_OK)
        return rc;
    sink_init(&out, mem, sizeof mem);
    pack_array(&out, 4);
    pack_cstr(&out, item->sender);
    pack_bin(&out, slice_of(item->leaf, HASH));
    pack_uint(&out, item->outcome);
    pack_uint(&out, item->detail);
    if (out.err != DHK_OK)
        return out.err;
    return store_put(
        t, INBOX_ANSWERS, inbox_number(key, number), sink_done(&out));
}

static enum dhk_err
read_answer(struct inbox_item *item, struct slice value)
{
    struct cursor c;

    cursor_init(&c, value);
    unpack_array_of(&c, 4);
    if (slice_to_str(unpack_name(&c), item->sender, sizeof item->sender) !=
        DHK_OK)
        cursor_fail(&c, DHK_FORMAT, "sender of an answer");
    unpack_fixed(&c, item->leaf, HASH);
    item->outcome = (enum answer_outcome)unpack_uint(&c, ANSWER_OUTCOMES - 1);
    item->detail = unpack_uint(&c, UINT64_MAX);
    return cursor_end(&c);
}

enum dhk_err
inbox_next_answer(struct store_txn *t, uint64_t *after, struct inbox_item *item)
{
    uint8_t key[NUMBER];
    struct slice found, value;
    enum dhk_err rc = store_after(
        t, INBOX_ANSWERS, inbox_number(key, *after), &found, &value);

    if (rc != DHK_OK)
        return rc;
    *after = bytes_get_u64(found.p);
    return read_answer(item, value);
}

enum dhk_err
inbox_answered(struct store_txn *t, uint64_t number)
{
    uint8_t key[NUMBER];
    struct slice value;
    struct inbox_item item;
    enum dhk_err rc =
        store_get(t, INBOX_ANSWERS, inbox_number(key, number), &value);

    if (rc == DHK_OK)
        rc = read_answer(&item, value);
    if (rc == DHK_OK)
        rc = store_delete(t, INBOX_LEAVES, slice_of(item.leaf, HASH));
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        rc = store_delete(t, INBOX_ANSWERS, inbox_number(key, number));
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}
