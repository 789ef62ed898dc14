/* SPDX-License-Identifier: EUPL-1.2
 *
 * The compiled hash: what an agreement means, apart from how its text says it.
 * Two texts that differ in comments, titles or the order of conditions have one
 * hash; two readers of one text that disagree about any decision have two. It
 * is the same on every machine, because it is taken of numbers in a fixed order
 * and size, never of the table as it lies in memory. PROTOCOL.md, section 2.3,
 * has the bytes. */
#ifndef POLICY_COMPILED_HASH_H
#define POLICY_COMPILED_HASH_H

#include "agreement.h"

enum { COMPILED_HASH = 32 };

/* Of A, which was loaded. SHA256 is plain SHA-256. Errors: DHK_NOMEM. */
DHK_MUST_USE enum dhk_err compiled_hash(uint8_t out[COMPILED_HASH],
    const struct agreement *a,
    void (*sha256)(uint8_t out[COMPILED_HASH], struct slice bytes));

#endif
