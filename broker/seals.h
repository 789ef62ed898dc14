/* SPDX-License-Identifier: EUPL-1.2
 *
 * Seals: for each partner the list of what it took part in, committed by a seal
 * entry every day, every SEALS_ENTRIES entries or rows, and on demand
 * (PROTOCOL.md, section 10.6). When that is due the rows are gathered from the
 * ledger, into memory; the store keeps how far each partner is sealed. Works in
 * slices: no batch waits long for it. */
#ifndef BROKER_SEALS_H
#define BROKER_SEALS_H

#include "bytes.h"
#include "err.h"
#include "host/store.h"

struct core;
struct seals;

enum { SEALS_ENTRIES = 8192 }; /* and rows of one partner */

DHK_MUST_USE enum dhk_err seals_new(struct seals **out);
void seals_destroy(struct seals **s);
/* Forgets what waits and reads from T how far partners are sealed: at the
 * start, and after a batch was taken back. */
DHK_MUST_USE enum dhk_err seals_load(struct core *c, struct store_txn *t);

/* Gathers rows of committed entries for some milliseconds, in a transaction of
 * its own. At an entry that cannot be read it says so, and seals no more. */
DHK_MUST_USE enum dhk_err seals_gather(struct core *c);
/* Whether seals_gather() or seals_some() would find work now. */
bool seals_are_due(const struct core *c);
/* Appends seals that are due to the batch, as many as some milliseconds
 * allow. A failure fails the batch. */
void seals_some(struct core *c);
/* Sees to it that NAME's seals reach UNTIL, an index of a committed entry or
 * the number of them; empty: every partner's. DHK_OK: they do, by entries of
 * this batch or before. DHK_STATE: not yet; ask again soon. DHK_NOTFOUND: no
 * such partner. DHK_LIMIT: UNTIL is beyond the ledger. */
DHK_MUST_USE enum dhk_err seals_cover(
    struct core *c, struct slice name, uint64_t until);

#endif
