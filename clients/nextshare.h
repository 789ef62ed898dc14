/* SPDX-License-Identifier: EUPL-1.2
 *
 * The next share for the application. One that has waited in the inbox may have
 * been withdrawn meanwhile: then its content is handed out to nobody any more.
 * It is answered as taken, for this node had it, and perhaps its application,
 * before a process ended; so the broker sends the notice of the withdrawal. */
#ifndef CLIENTS_NEXTSHARE_H
#define CLIENTS_NEXTSHARE_H

#include "node.h"
#include "parcel.h"

/* The application asks for one: when it took long over the last, what is in the
 * inbox now has waited. */
DHK_MUST_USE enum dhk_err nextshare_begin(struct dhk_node *node);
/* *OUT belongs to the inbox: inbox_next(). DHK_NOTFOUND: the inbox has none.
 * DHK_STATE: the ledger contradicts itself; else only this machine's errors.
 * Where the broker does not answer, or proves nothing, a share is handed out.
 */
DHK_MUST_USE enum dhk_err nextshare_take(
    struct dhk_node *node, struct parcel **out, struct dhk_problem *problem);

#endif
