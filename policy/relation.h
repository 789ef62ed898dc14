/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the broker computes: the attributes that an agreement calls `by
 * broker`, by their names and types, from the course of the signal's case.
 * Nobody declares them, so nobody can claim them. Core, the recipient's node
 * and a verifier of the ledger use the same code. Pure. */
#ifndef POLICY_RELATION_H
#define POLICY_RELATION_H

#include "agreement.h"
#include "course.h"
#include "request.h"

/* | name                   | type   | value                                  |
 * |------------------------|--------|----------------------------------------|
 * | fase                   | choice | act_phase_name() of the case; geen     |
 * | in-casus               | yes-no | course_is_case()                       |
 * | eensluidend            | yes-no | course_is_unanimous()                  |
 * | aangewezen             | yes-no | sender and recipient are members       |
 * | afzender-aangewezen    | yes-no | the sender is                          |
 * | ontvanger-aangewezen   | yes-no | the recipient is                       |
 * | bevoegd-gezag-akkoord  | yes-no | course_has_consent() for the sender    |
 * | embargo                | yes-no | course_has_embargo()                   |
 * | derde-toegelaten       | yes-no | an admission at the recipient, or at   |
 * |                        |        | the sender, runs                       |
 * | derdenregel            | choice | afwezig, van-kracht, opgeheven: of the |
 * |                        |        | signal that this one replies to;       |
 * |                        |        | unknown when nothing was stated of it  |
 * | vetoronde-afgerond     | yes-no | course_is_agreed() to the recipient    |
 * | veto                   | yes-no | of the signal that this one replies to;|
 * |                        |        | unknown when it replies to none        |
 */
enum relation {
    RELATION_NONE = 0,
    RELATION_PHASE,
    RELATION_IN_CASE,
    RELATION_UNANIMOUS,
    RELATION_DESIGNATED,
    RELATION_SENDER_DESIGNATED,
    RELATION_RECIPIENT_DESIGNATED,
    RELATION_CONSENT,
    RELATION_EMBARGO,
    RELATION_ADMITTED,
    RELATION_THIRD_PARTY_RULE,
    RELATION_AGREED,
    RELATION_VETO,
};
enum { RELATIONS = 13 };
/* RELATION_NONE: the broker computes nothing of that name. */
enum relation relation_by_name(const char *name);
/* NULL for RELATION_NONE and what is none. */
const char *relation_name(enum relation r);
/* The I-th value that R can have when it is a choice; NULL: no more. */
const char *relation_value_name(enum relation r, unsigned i);
/* Whether AT is of the type of R. A choice may have fewer values than R has:
 * what it does not name is unknown. It may have none beside them. */
bool relation_fits(enum relation r, const struct agreement_attribute *at);
/* Whether its value can differ between recipients of one signal. */
bool relation_is_per_recipient(enum relation r);

struct relation_question {
    const struct course *course; /* NULL: nothing was stated of the case */
    struct slice sender, recipient;
    const uint8_t *reply_to; /* 32 bytes, or NULL */
    int64_t seconds;         /* the broker's time */
};
/* The value of AT, an attribute by broker; unknown when it is none that the
 * broker computes, or when AT does not name the value. */
struct value relation_value(
    const struct agreement_attribute *at, const struct relation_question *q);

#endif
