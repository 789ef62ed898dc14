/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions to the ledger, signed and with a purpose, page by page. Every page
 * is verified before an entry of it is handed out: the checkpoint's signature,
 * that every entry is in its tree and was asked for, and that the tree extends
 * what this node saw before. Whether entries were left out shows only where
 * all are owed: to an auditor that fetches the ledger from its beginning. */
#ifndef CLIENTS_READER_H
#define CLIENTS_READER_H

#include "merkle.h"
#include "node.h"
#include "query.h"
#include "receipt.h"

struct reader;

/* Asks Q (purpose, what and filters; the rest is filled in) over a session of
 * mode DHK_QUERY. Errors: DHK_DENIED (the role or the broker refuses),
 * DHK_NOTFOUND (no such entry, or no answer in time), DHK_AUTH, DHK_STATE. */
DHK_MUST_USE enum dhk_err reader_open(struct reader **out,
    struct dhk_node *node, const struct query *q, int timeout_ms,
    struct dhk_problem *problem);
/* The same where the entries before q->from are known already, as BEFORE, and
 * all others are owed (an auditor's QUERY_FETCH): the pages must go on from
 * them to the signed tree. BEFORE NULL: as reader_open(). */
struct reader_after {
    const struct query *q;
    const struct merkle_frontier *before; /* of q->from entries */
    int timeout_ms;
};
DHK_MUST_USE enum dhk_err reader_open_after(struct reader **out,
    struct dhk_node *node, const struct reader_after *after,
    struct dhk_problem *problem);
void reader_close(struct reader **r);
/* The next entry; BYTES borrows until the next call. DHK_NOTFOUND: no more;
 * DHK_IO: no answer in time to a question for a further page. */
DHK_MUST_USE enum dhk_err reader_next(struct reader *r, uint64_t *index,
    struct slice *bytes, struct dhk_problem *problem);
/* Of the page that the last entry came from: its verified content (note,
 * checkpoint, indexes, entries; receipt_proof() gives a tlog-proof, but not of
 * a complete ledger, which has no proofs; NULL before the first entry) and the
 * index of the entry that the question itself became. */
const struct receipt *reader_page(const struct reader *r);
uint64_t reader_own_index(const struct reader *r);
/* Place of the last entry in reader_page(). */
size_t reader_place(const struct reader *r);

#endif
