/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of course.h share. */
#ifndef PROTO_COURSE_IMPL_H
#define PROTO_COURSE_IMPL_H

#include "course.h"

enum { COURSE_DAY = 86400, COURSE_MS = 1000 };

/* The place of NAME among those who are members now, or COURSE_MEMBERS. */
uint8_t course_member_at(const struct course *c, uint8_t name);
/* Whether NAME's vote counts. */
bool course_has_voted(const struct course *c, uint8_t name);
/* The place of the admission of CARD that was not dismissed, or
 * COURSE_GUESTS. */
uint8_t course_guest_at(const struct course *c, const uint8_t card[32]);
/* The place of the term, or COURSE_TERMS. ABOUT 0: of the case. */
uint8_t course_term_at(
    const struct course *c, uint8_t name, enum act act, uint64_t about);
/* The place of what was last said of SIGNAL, or COURSE_ITEMS. */
uint16_t course_item_at(
    const struct course *c, const uint8_t signal[32], enum act act);
/* The place of the proposal that S states, too, or COURSE_PROPOSALS. */
uint8_t course_proposal_at(const struct course *c, const struct statement *s);

/* Whether the votes and proposals in C count together with SAID. */
bool course_counts(const struct course *c, const struct course_said *said);
/* Whether the course keeps the name of who states ACT. */
bool course_keeps_name(enum act act);
/* Whether P, which NAME's SAID does not state, remains when SAID is applied:
 * its date has not passed, and somebody stated it whose last word of this it
 * is. */
bool course_proposal_remains(const struct course *c,
    const struct course_proposal *p, const struct course_said *said,
    uint8_t name);
/* Whether NAME stated P, and states something else of the same now. */
bool course_proposal_is_replaced(const struct course *c,
    const struct course_proposal *p, const struct statement *s, uint8_t name);
/* Where the admission SAID goes; COURSE_GUESTS: there is no room. */
uint8_t course_guest_place(
    const struct course *c, const struct course_said *said);

/* The number of NAME, new or known; COURSE_NAMES for an empty one, and where
 * there is no room. */
uint8_t course_name_in(struct course *c, struct slice name);
/* What was stated under another agreement, by who weighed then, is stated again
 * or does not count: to be called before SAID is counted. */
void course_begin_again(struct course *c, const struct course_said *said);
/* Adds NAME to the proposal that SAID is; true when now all have stated it: it
 * is none any more. */
bool course_propose(
    struct course *c, const struct course_said *said, uint8_t name);
/* Drops what waits about the end of PARTNER's membership, or, when it is not
 * NULL, about CARD's admission: it is settled now. */
void course_settle(struct course *c, uint8_t partner, const uint8_t *card);

#endif
