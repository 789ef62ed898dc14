/* SPDX-License-Identifier: EUPL-1.2
 *
 * One DELIVER message: fetches what is needed to judge its shares, judges
 * them, and keeps shares within a transaction of the inbox. Refusals go to
 * proving.h; what may have been altered on its way is left unanswered. */
#ifndef CLIENTS_DELIVERING_H
#define CLIENTS_DELIVERING_H

#include "inbox.h"

/* What BYTES needs. Agreements of all deliveries first: with one of them a new
 * roster may come, which makes every card be fetched anew. What is not to be
 * had now is met again by delivering_take(), which leaves those shares
 * unanswered. Errors: this machine's, and those of session_ready() but for
 * DHK_NOTFOUND. */
DHK_MUST_USE enum dhk_err delivering_fetch_agreements(
    struct dhk_node *node, struct slice bytes, struct dhk_problem *problem);
DHK_MUST_USE enum dhk_err delivering_fetch_cards(
    struct dhk_node *node, struct slice bytes, struct dhk_problem *problem);
/* Within T; proving_ask() or proving_forget() must follow. Only this machine's
 * errors are returned. */
DHK_MUST_USE enum dhk_err delivering_take(
    struct dhk_node *node, struct store_txn *t, struct slice bytes);

#endif
