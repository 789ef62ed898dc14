/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker, or a router in its name, that keeps back cards, agreements and
 * proofs: it says that there are none, or gives something else. */
#ifndef UNIT_CLIENTS_WITHHELD_H
#define UNIT_CLIENTS_WITHHELD_H

#include "fake_line.h"

/* What is said instead of an object. */
enum lie {
    HONEST,
    NO_SUCH_THING,
    ANOTHER,  /* one that is all right, but not this one */
    UNSIGNED, /* the right one without its signature, or one of them */
    CUT,      /* one byte is missing */
    NOTHING,  /* an object without content */
    LATER,    /* until the connection is lost: to wait for it takes too long */
};
enum { LIES = LATER };
extern const enum lie lies[LIES]; /* all but HONEST */

struct withheld {
    struct line line;
    struct ring *ring;
    size_t owner; /* of the card that is asked for */
    enum lie about_cards, about_agreements, about_proofs;
    bool none_in_force, busy;                 /* it says */
    uint64_t credit;                          /* that the node gave last */
    size_t asked_cards;                       /* how often */
    size_t confirmed_n, noted_n;              /* CONFIRM and NOTED */
    size_t told_n;                            /* what the node reported */
    char first[RING_TEXT], second[RING_TEXT]; /* of the agreements */
    struct trust_text *roster, *old; /* in force; agreement version 1 */
    struct trust_text *agreement;    /* version 2; NULL: there is none */
};
extern struct withheld broker;

/* BROKER is on NODE's line; the card asked for is OWNER's. */
void withheld_begin(struct ring *r, struct dhk_node *node, size_t owner);
void withheld_end(void);

#endif
