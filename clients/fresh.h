/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that came a moment ago, kept in memory as far as there is room: to be
 * handed out they need not be read and unlocked, which were just locked and
 * written. What is not here is in the inbox all the same. */
#ifndef CLIENTS_FRESH_H
#define CLIENTS_FRESH_H

#include "parcel.h"

enum { FRESH_SHARES = 512, FRESH_BYTES = 4 * 1024 * 1024 };

struct fresh {
    struct parcel_list kept;   /* in the order of their arrival */
    struct parcel_list coming; /* of a transaction that goes on */
    size_t n, bytes;           /* of both */
};

/* PARCEL, as parcel_encode() made it, came as ARRIVAL, in a transaction. */
void fresh_add(struct fresh *f, uint64_t arrival, struct slice parcel);
/* The transaction was committed; or it was not, or nobody said so. */
void fresh_commit(struct fresh *f);
void fresh_abort(struct fresh *f);
/* The share that came next after arrival AFTER, which is the caller's from now
 * on; NULL: it is not here. */
struct parcel *fresh_take(struct fresh *f, uint64_t after);
void fresh_clear(struct fresh *f);

#endif
