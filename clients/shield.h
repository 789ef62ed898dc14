/* SPDX-License-Identifier: EUPL-1.2
 *
 * Looking behind the shield of a closed case: its label is shown to nobody who
 * works on (Wet, article 6(3)), but lawfulness is still to be judged, and the
 * person still has a right to know (article 14(2); AVG, article 15). So it is
 * shown for the ledger's four purposes, once the ledger has that. */
#ifndef CLIENTS_SHIELD_H
#define CLIENTS_SHIELD_H

#include "driehoek.h"

/* Asks the ledger about HANDLE (32 hex digits) over a connection with
 * DHK_QUERY, so that it has who looked, when and for what PURPOSE. Only after
 * DHK_OK may what is shielded be shown. Errors as dhk_query_open(). */
DHK_MUST_USE enum dhk_err shield_tell(struct dhk_node *node, const char *handle,
    enum dhk_purpose purpose, int timeout_ms, struct dhk_problem *problem);

#endif
