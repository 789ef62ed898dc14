/* SPDX-License-Identifier: EUPL-1.2
 *
 * After a card was renewed: what was sealed to the one before still waits for
 * that one at the broker, and nobody else can open it. */
#ifndef CLIENTS_DRAIN_H
#define CLIENTS_DRAIN_H

#include "node.h"

/* NODE is connected for receiving with its newest card. Fetches, for each
 * earlier card that is valid and whose secrets are here, what waits for it into
 * the inbox, and connects with the newest again (MODES as before). Done at each
 * call until nothing waits for that card any more. */
DHK_MUST_USE enum dhk_err drain_earlier_cards(struct dhk_node *node,
    unsigned modes, int timeout_ms, struct dhk_problem *problem);

#endif
