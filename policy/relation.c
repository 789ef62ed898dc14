/* SPDX-License-Identifier: EUPL-1.2
 *
 * The names, types and values in one table, so that nothing about a relation
 * stands in two places. */
#include "relation.h"

#include <string.h>

/* In the order of the codes of ACT_RESTRICT. */
enum { RULE_NAMES = 3 };
static const char *const rule_names[RULE_NAMES] = {
    "afwezig", "van-kracht", "opgeheven"};

enum answer { ANSWER_NO = 0, ANSWER_YES, ANSWER_UNKNOWN };

static enum answer
answer_of(bool is)
{
    return is ? ANSWER_YES : ANSWER_NO;
}

/* --- one function for each that is yes or no; Q has a course --- */

static enum answer
in_case(const struct relation_question *q)
{
    return answer_of(course_is_case(q->course));
}

static enum answer
unanimous(const struct relation_question *q)
{
    return answer_of(course_is_unanimous(q->course));
}

static enum answer
sender_designated(const struct relation_question *q)
{
    return answer_of(course_is_member(q->course, q->sender));
}

static enum answer
recipient_designated(const struct relation_question *q)
{
    return answer_of(course_is_member(q->course, q->recipient));
}

static enum answer
designated(const struct relation_question *q)
{
    return answer_of(course_is_member(q->course, q->sender) &&
                     course_is_member(q->course, q->recipient));
}

static enum answer
consent(const struct relation_question *q)
{
    return answer_of(course_has_consent(q->course, q->sender, q->seconds));
}

static enum answer
embargo(const struct relation_question *q)
{
    return answer_of(course_has_embargo(q->course));
}

static enum answer
admitted(const struct relation_question *q)
{
    return answer_of(
        course_is_admitted(q->course, q->recipient, NULL, q->seconds) ||
        course_is_admitted(q->course, q->sender, NULL, q->seconds));
}

static enum answer
agreed(const struct relation_question *q)
{
    return answer_of(course_is_agreed(q->course, q->recipient));
}

static enum answer
veto(const struct relation_question *q)
{
    if (q->reply_to == NULL) {
        return ANSWER_UNKNOWN;
    }
    return answer_of(course_is_vetoed(q->course, q->reply_to));
}

/* --- and for each choice: the name of its value, NULL when unknown --- */

static const char *
phase(const struct relation_question *q)
{
    return act_phase_name(q->course->phase);
}

static const char *
third_party_rule(const struct relation_question *q)
{
    unsigned code;

    if (q->reply_to == NULL) {
        return NULL;
    }
    code = course_restriction(q->course, q->reply_to);
    return code >= 1 && code <= RULE_NAMES ? rule_names[code - 1] : NULL;
}

static const char *
third_party_rule_name(unsigned i)
{
    return i < RULE_NAMES ? rule_names[i] : NULL;
}

static const char *
phase_name(unsigned i)
{
    return i < ACT_PHASES ? act_phase_name((enum act_phase)i) : NULL;
}

static const struct {
    const char *name;
    bool per_recipient;
    enum answer (*yes_no)(const struct relation_question *q); /* or ... */
    const char *(*choice)(const struct relation_question *q);
    const char *(*value_name)(unsigned i); /* of a choice; NULL: no more */
} relations[RELATIONS] = {
    [RELATION_PHASE] = {"fase", false, NULL, phase, phase_name},
    [RELATION_IN_CASE] = {"in-casus", false, in_case, NULL, NULL},
    [RELATION_UNANIMOUS] = {"eensluidend", false, unanimous, NULL, NULL},
    [RELATION_DESIGNATED] = {"aangewezen", true, designated, NULL, NULL},
    [RELATION_SENDER_DESIGNATED] = {"afzender-aangewezen", false,
        sender_designated, NULL, NULL},
    [RELATION_RECIPIENT_DESIGNATED] = {"ontvanger-aangewezen", true,
        recipient_designated, NULL, NULL},
    [RELATION_CONSENT] = {"bevoegd-gezag-akkoord", false, consent, NULL, NULL},
    [RELATION_EMBARGO] = {"embargo", false, embargo, NULL, NULL},
    [RELATION_ADMITTED] = {"derde-toegelaten", true, admitted, NULL, NULL},
    [RELATION_THIRD_PARTY_RULE] = {"derdenregel", false, NULL, third_party_rule,
        third_party_rule_name},
    [RELATION_AGREED] = {"vetoronde-afgerond", true, agreed, NULL, NULL},
    [RELATION_VETO] = {"veto", false, veto, NULL, NULL},
};

enum relation
relation_by_name(const char *name)
{
    for (unsigned r = RELATION_NONE + 1; r < RELATIONS; r++) {
        if (strcmp(relations[r].name, name) == 0) {
            return (enum relation)r;
        }
    }
    return RELATION_NONE;
}

const char *
relation_name(enum relation r)
{
    return (unsigned)r < RELATIONS ? relations[r].name : NULL;
}

const char *
relation_value_name(enum relation r, unsigned i)
{
    return (unsigned)r < RELATIONS && relations[r].value_name != NULL
               ? relations[r].value_name(i)
               : NULL;
}

static bool
has_value(enum relation r, const char *value)
{
    const char *name;

    for (unsigned i = 0; (name = relation_value_name(r, i)) != NULL; i++) {
        if (strcmp(name, value) == 0) {
            return true;
        }
    }
    return false;
}

bool
relation_fits(enum relation r, const struct agreement_attribute *at)
{
    if (r == RELATION_NONE || (unsigned)r >= RELATIONS) {
        return false;
    }
    if (relations[r].yes_no != NULL) {
        return at->type == ATTRIBUTE_YES_NO;
    }
    if (at->type != ATTRIBUTE_CHOICE) {
        return false;
    }
    for (size_t i = 0; i < at->values_n; i++) {
        if (!has_value(r, at->values[i])) {
            return false;
        }
    }
    return true;
}

bool
relation_is_per_recipient(enum relation r)
{
    return (unsigned)r < RELATIONS && relations[r].per_recipient;
}

static struct value
known(uint32_t v)
{
    return (struct value){.state = VALUE_KNOWN, .v = v};
}

struct value
relation_value(
    const struct agreement_attribute *at, const struct relation_question *q)
{
    static const struct course nothing = {
        .holder = COURSE_NAMES, .transfer_to = COURSE_NAMES};
    const struct value unknown = {.state = VALUE_UNKNOWN};
    enum relation r =
        at->by_broker ? relation_by_name(at->name) : RELATION_NONE;
    struct relation_question of = *q;
    enum answer answer;
    const char *name;
    int i;

    if (of.course == NULL) {
        of.course = &nothing;
    }
    if (!relation_fits(r, at)) {
        return unknown;
    }
    if (relations[r].yes_no != NULL) {
        answer = relations[r].yes_no(&of);
        return answer == ANSWER_UNKNOWN ? unknown : known(answer);
    }
    name = relations[r].choice(&of);
    i = name == NULL ? -1 : agreement_value(at, slice_str(name));
    return i < 0 ? unknown : known((uint32_t)i);
}
