/* SPDX-License-Identifier: EUPL-1.2
 *
 * A key card carried in: signed by its partner's identity key of the roster
 * in force, within the dates that the roster allows, with keys of its own. */
#ifndef BROKER_ENACT_CARD_H
#define BROKER_ENACT_CARD_H

struct enact;

/* The card of E's first file, as bytes or in its text form. */
void enact_card_add(struct enact *e);

#endif
