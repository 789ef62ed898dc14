/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inbox's tables, for the files that work on them. */
#ifndef CLIENTS_INBOX_TABLES_H
#define CLIENTS_INBOX_TABLES_H

#include "inbox.h"
#include "store.h"

enum { INBOX_NUMBER = 8 }; /* bytes of a key that is a number */

enum inbox_table {
    INBOX_SHARES = 0, /* arrival -> [ leaf, sender, missing, card, counter,
                   locked parcel ] */
    INBOX_LEAVES,     /* leaf -> nothing, of open and answered shares */
    INBOX_ANSWERS,    /* number -> [ sender, leaf, outcome, detail ] */
    INBOX_SEEN,    /* card || counter -> id || leaf, and the outcome as one byte
                when it was answered with another than taken */
    INBOX_SENDERS, /* sender -> its highest share, the lapse then, and which
                      before it are accounted for: seen.c */
    INBOX_COUNTERS, /* name -> number; resume/ || own card -> two */
    INBOX_TAKEN,    /* class || index of a share -> locked: thread.c */
    INBOX_TABLES,
};

/* Whoever opens the store names all of them, in this order. */
#define INBOX_NAMES                                                            \
    {                                                                          \
        "shares", "leaves", "answers", "seen", "senders", "counters", "taken"  \
    }
#define INBOX_MAP_BYTES ((size_t)16 << 30)

/* For reading its tables beside the process that has it open. DHK_NOTFOUND:
 * nothing came yet. */
DHK_MUST_USE enum dhk_err inbox_beside(
    struct store **out, const struct dhk_node *node);

/* Of the inbox alone: NUMBER as a key in MEM; the next value of the counter
 * NAME, from 1; a row of INBOX_ANSWERS. */
struct slice inbox_number(uint8_t mem[INBOX_NUMBER], uint64_t number);
DHK_MUST_USE enum dhk_err inbox_draw(
    struct store_txn *t, const char *name, uint64_t *value);
DHK_MUST_USE enum dhk_err inbox_put_answer(
    struct store_txn *t, const struct inbox_item *item);

/* Of the inbox alone: notes durably whether the application keeps the shares
 * from now on. When it did before, what was noted last may be missing. */
DHK_MUST_USE enum dhk_err inbox_note_lazy(struct store *store, bool lazy);
/* Nothing is lost any more once this is durable; when it fails, the next one
 * to open the inbox believes that something was. */
void inbox_end_lazy(struct store *store);

#endif
