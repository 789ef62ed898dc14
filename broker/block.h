/* SPDX-License-Identifier: EUPL-1.2
 *
 * The bytes of one block of the index: index.h has the format. Pure. */
#ifndef BROKER_BLOCK_H
#define BROKER_BLOCK_H

#include "bytes.h"
#include "term.h"

/* A pair is a term's hash and the place of an entry in its segment. */
enum { BLOCK_PLACE_BITS = 16 };
uint32_t block_hash(const struct term *term);
static inline uint64_t
block_pair(uint32_t hash, uint32_t place)
{
    return (uint64_t)hash << BLOCK_PLACE_BITS | place;
}

/* The block of segment SEGMENT from N pairs, places ascending, which are
 * sorted by the way; WHOLE: of none. malloc()ed. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err block_make(
    uint8_t **out, size_t *out_n, uint64_t segment, uint64_t *pair, size_t n);
DHK_MUST_USE enum dhk_err block_make_whole(
    uint8_t **out, size_t *out_n, uint64_t segment);

/* Whether it is what block_make() made for SEGMENT, bit for bit. */
bool block_is_good(struct slice block, uint64_t segment);
/* Sets *LIST to the places that have HASH, or to nothing; borrowed. False:
 * every entry of the segment may have it. */
bool block_find(struct slice block, uint32_t hash, struct slice *list);
/* Takes the next place from *LIST, which comes after PLACE unless it is the
 * FIRST; false: there is none. */
bool block_next(struct slice *list, uint32_t *place, bool first);

#endif
