/* SPDX-License-Identifier: EUPL-1.2
 *
 * Putting signed texts in force. See enact.h. */
#ifndef BROKER_ENACT_TEXT_H
#define BROKER_ENACT_TEXT_H

#include "enact.h"

/* E's text with E's signatures, when they are those of all who must sign and it
 * follows the one before; else nothing changes. Replies. */
void enact_agreement(struct enact *e);
void enact_roster(struct enact *e);

#endif
