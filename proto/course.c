/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a course is asked. What may be stated is in course_check.c, what it
 * amounts to in course_apply.c. */
#include "course_impl.h"

#include <stdio.h>
#include <string.h>

void
course_begin(struct course *c, const uint8_t case_handle[STATEMENT_CASE])
{
    memset(c, 0, sizeof *c);
    memcpy(c->case_handle, case_handle, STATEMENT_CASE);
    c->holder = c->transfer_to = c->requested_by = COURSE_NAMES;
}

/* --- places --- */

uint8_t
course_name(const struct course *c, struct slice name)
{
    for (uint8_t i = 0; i < c->names_n; i++) {
        if (slice_equal(name, slice_str(c->name[i])))
            return i;
    }
    return COURSE_NAMES;
}

uint8_t
course_member_at(const struct course *c, uint8_t name)
{
    for (uint8_t i = 0; i < c->members_n; i++) {
        if (c->member[i].name == name && c->member[i].until == 0)
            return i;
    }
    return COURSE_MEMBERS;
}

bool
course_has_voted(const struct course *c, uint8_t name)
{
    for (uint8_t i = 0; i < c->votes_n; i++) {
        if (c->vote[i].name == name)
            return true;
    }
    return false;
}

uint8_t
course_guest_at(const struct course *c, const uint8_t card[32])
{
    for (uint8_t i = 0; i < c->guests_n; i++) {
        if (memcmp(c->guest[i].card, card, 32) == 0 &&
            c->guest[i].dismissed == 0)
            return i;
    }
    return COURSE_GUESTS;
}

uint8_t
course_term_at(
    const struct course *c, uint8_t name, enum act act, uint64_t about)
{
    for (uint8_t i = 0; i < c->terms_n; i++) {
        const struct course_term *t = &c->term[i];
        if (t->name == name && t->act == act && t->about == about)
            return i;
    }
    return COURSE_TERMS;
}

uint16_t
course_item_at(const struct course *c, const uint8_t signal[32], enum act act)
{
    for (uint16_t i = 0; i < c->items_n; i++) {
        if (c->item[i].act == act && memcmp(c->item[i].signal, signal, 32) == 0)
            return i;
    }
    return COURSE_ITEMS;
}

/* --- questions --- */

bool
course_is_case(const struct course *c)
{
    return c->phase >= ACT_PHASE_CASE && c->phase <= ACT_PHASE_EXECUTED;
}

bool
course_is_member(const struct course *c, struct slice name)
{
    return course_is_case(c) &&
           course_member_at(c, course_name(c, name)) != COURSE_MEMBERS;
}

bool
course_is_holder(const struct course *c, struct slice name)
{
    uint8_t n = course_name(c, name);
    return n != COURSE_NAMES && n == c->holder;
}

bool
course_takes_part(const struct course *c, struct slice name)
{
    uint8_t n = course_name(c, name);

    return n != COURSE_NAMES && (n == c->holder || course_has_voted(c, n) ||
                                    course_member_at(c, n) != COURSE_MEMBERS);
}

bool
course_has_consent(const struct course *c, struct slice sender, int64_t seconds)
{
    uint8_t own = course_name(c, sender);

    for (uint8_t i = 0; i < c->terms_n; i++) {
        const struct course_term *t = &c->term[i];
        if (t->act == ACT_CONSENT && t->name != own && seconds < t->until)
            return true;
    }
    return false;
}

bool
course_has_embargo(const struct course *c)
{
    for (uint8_t i = 0; i < c->terms_n; i++) {
        if (c->term[i].act == ACT_EMBARGO)
            return true;
    }
    return false;
}

unsigned
course_restriction(const struct course *c, const uint8_t signal[32])
{
    uint16_t at = course_item_at(c, signal, ACT_RESTRICT);
    return at == COURSE_ITEMS ? 0 : c->item[at].code;
}

bool
course_is_vetoed(const struct course *c, const uint8_t signal[32])
{
    return course_item_at(c, signal, ACT_VETO) != COURSE_ITEMS;
}

bool
course_is_agreed(const struct course *c, struct slice to)
{
    bool agreed = false;

    if (c->transfer == 0 || course_name(c, to) != c->transfer_to)
        return false;
    for (uint8_t i = 0; i < c->members_n; i++) {
        if (c->member[i].until != 0)
            continue;
        agreed = (c->agreed >> i & 1) != 0;
        if (!agreed)
            break;
    }
    return agreed;
}

bool
course_is_admitted(const struct course *c, struct slice desk,
    const uint8_t *card, int64_t seconds)
{
    uint8_t at = course_name(c, desk);

    if (!course_is_case(c))
        return false;
    for (uint8_t i = 0; i < c->guests_n; i++) {
        const struct course_guest *g = &c->guest[i];
        if (g->desk == at && g->dismissed == 0 && seconds < g->until &&
            (card == NULL || memcmp(card, g->card, sizeof g->card) == 0))
            return true;
    }
    return false;
}

bool
course_is_unanimous(const struct course *c)
{
    for (uint8_t i = 0; i < c->votes_n; i++) {
        if (!c->vote[i].yes)
            return false;
    }
    return c->votes_n > 0 && c->phase > ACT_PHASE_WEIGHED && !c->lapsed;
}

bool
course_is_destroyed_by(const struct course *c, struct slice name)
{
    uint8_t n = course_name(c, name);
    return n != COURSE_NAMES && (c->destroyed[n / 64] >> n % 64 & 1) != 0;
}

void
course_why(char out[COURSE_WHY], enum course_verdict v, enum act act,
    enum act_phase phase)
{
    const struct act_rule *r = act_rule(act);
    static const char *const what[COURSE_VERDICTS] = {
        [COURSE_ROLE] = "this partner may not state it",
        [COURSE_TWICE] = "it has been stated already",
        [COURSE_NOTHING] = "there is nothing that it could be about",
        [COURSE_TERM] = "its date has passed, or is too far away",
        [COURSE_FULL] = "the case has more on record than a case may",
        [COURSE_OFFICE] = "the file is assigned to another member first",
        [COURSE_EARLY] = "the date of the votes has not passed",
    };

    out[0] = '\0';
    if (v == COURSE_PHASE)
        (void)snprintf(out, COURSE_WHY, "'%s' in phase '%s': %s", act_name(act),
            act_phase_name(phase),
            r->forbids != NULL ? r->forbids : "there is no such act");
    else if (v != COURSE_OK && (unsigned)v < COURSE_VERDICTS)
        (void)snprintf(out, COURSE_WHY, "'%s': %s (%s)", act_name(act), what[v],
            r->law != NULL ? r->law : "no law");
}
