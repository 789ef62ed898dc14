/* SPDX-License-Identifier: EUPL-1.2
 *
 * Folders of signed statements, one a file with a name of eight digits, in the
 * order in which they were made: brokers/NAME/stated, those that wait for the
 * broker's receipt, and brokers/NAME/refused, those that it does not take. */
#ifndef CLIENTS_STATINGQUEUE_H
#define CLIENTS_STATINGQUEUE_H

#include "node.h"
#include "statement.h"

struct statingqueue_item {
    uint64_t number;
    char path[NODE_PATH];
    uint8_t bytes[LIMIT_STATEMENT];
    size_t n;
    struct statement said; /* borrows from bytes */
};
/* The first of FOLDER after number *NUMBER, which is set to its own.
 * DHK_NOTFOUND: none; DHK_FORMAT: it is damaged, and only number and path are
 * set. One that is gone meanwhile was taken by another process. */
DHK_MUST_USE enum dhk_err statingqueue_next(
    struct statingqueue_item *out, const char *folder, uint64_t *number);
/* Keeps BYTES, durably, as the last of FOLDER, which is made when it is not
 * there; *NUMBER is its own. */
DHK_MUST_USE enum dhk_err statingqueue_add(
    const char *folder, struct slice bytes, uint64_t *number);

#endif
