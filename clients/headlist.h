/* SPDX-License-Identifier: EUPL-1.2
 *
 * A list of heads of one or more ledgers, as a text that people can send each
 * other:
 *
 *   driehoek-heads@v1
 *   (blank line)
 *   note (C2SP signed-note)
 *   (blank line)
 *   note ...
 *
 * A single note alone, as every C2SP log serves its checkpoint, is read as
 * well. Reading checks the form only. */
#ifndef CLIENTS_HEADLIST_H
#define CLIENTS_HEADLIST_H

#include "checkpoint.h"

#include <stdio.h>

enum {
    HEADLIST_MAX = 256,
    HEADLIST_BYTES = 2 * 1024 * 1024, /* of the text */
};
struct headlist_item {
    struct checkpoint cp;
    uint8_t *note; /* owned */
    size_t n;
    bool cosigned; /* has more lines than one */
};
struct headlist {
    struct headlist_item *list; /* owned; in the order of the text */
    size_t n;
};

void headlist_done(struct headlist *l);
/* A copy of NOTE at the end; of one head twice, the note with more signatures
 * is kept. When there are HEADLIST_MAX, room is made first: by the oldest that
 * nobody but the log signed, else by every second of the older half.
 * DHK_FORMAT: it is no checkpoint. */
DHK_MUST_USE enum dhk_err headlist_add(struct headlist *l, struct slice note);
/* Adds what TEXT lists. DHK_LIMIT, DHK_FORMAT with DIAG.at = line number. */
DHK_MUST_USE enum dhk_err headlist_parse(
    struct headlist *l, struct slice text, struct diag *diag);
/* Writes the text. */
void headlist_put(struct sink *out, const struct headlist *l);
/* Bytes that headlist_put() writes. */
size_t headlist_size(const struct headlist *l);
/* One of ORIGIN and SIZE, or NULL. */
const struct headlist_item *headlist_find(
    const struct headlist *l, const char *origin, uint64_t size);

#endif
