/* SPDX-License-Identifier: EUPL-1.2
 *
 * The table follows articles 3 to 9 and 11 of the Wet gegevensverwerking
 * persoonsgerichte aanpak radicalisering en terroristische activiteiten ("Wet")
 * and its Besluit. Phases beside those of the law, and terms without an
 * article, are choices; they are marked so. */
#include "act.h"

#include <stddef.h>
#include <string.h>

#define IN(p) (UINT16_C(1) << (ACT_PHASE_##p))
#define PRE (IN(REPORTED) | IN(BROUGHT) | IN(WEIGHED))
#define CASE                                                                   \
    (IN(CASE) | IN(KNOWN) | IN(ENRICHED) | IN(CONFERRED) | IN(PLANNED) |       \
        IN(EXECUTED))
#define OPEN (PRE | CASE)
#define ALL (IN(NONE) | OPEN | IN(REJECTED) | IN(CLOSED) | IN(DESTROYED))
#define BEGUN (ALL & ~IN(NONE))

static const char *const phases[ACT_PHASES] = {"geen", "melding", "aanmelding",
    "weging", "afgewezen", "casus", "bekendheid", "verrijking", "overleg",
    "plan", "uitvoering", "afgesloten", "vernietigd"};

static const char closed[] =
    "a case that was closed, rejected or has not begun takes no part in this "
    "(Wet, articles 5(6) and 6(3))";
/* who holds the file takes part by office: not while the three are voting */
static const char stays[] =
    "the file stays where it is while a case is weighed, and once it is over "
    "(Wet, articles 5(3) and 6(3))";
static const char no_case[] =
    "only a case that mayor, police and prosecutor judged unanimously to be "
    "one (Wet, article 5(3))";

static const struct act_rule rules[ACT_MAX + 1] = {
    [ACT_DESTROYED] = {"destroyed", ALL, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_ANYONE, 0, false, true, 0, 0, "Wet, article 9; Besluit, 16",
        NULL},
    [ACT_HOLD] = {"hold", ALL, ACT_EFFECT_NOTE, ACT_PHASE_NONE, ACT_BY_ANYONE,
        ACT_HAS_UNTIL, false, true, 0, 1830, "Wet, articles 14 to 16", NULL},
    [ACT_RELEASE] = {"release", ALL, ACT_EFFECT_NOTE, ACT_PHASE_NONE,
        ACT_BY_ANYONE, 0, false, true, 0, 0, "Wet, articles 14 to 16", NULL},

    [ACT_REPORT] = {"report", IN(NONE), ACT_EFFECT_MOVE, ACT_PHASE_REPORTED,
        ACT_BY_PARTY, ACT_MAY_HAVE_REF, false, true, 0, 0, "Wet, article 5(2)",
        "the case has begun already"},
    [ACT_DROP] = {"drop", IN(REPORTED), ACT_EFFECT_MOVE, ACT_PHASE_REJECTED,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, ACT_HAS_CODE | ACT_MAY_HAVE_REF, false,
        true, 4, 0, "Besluit, article 16",
        "only a report that was not brought forward can be dropped; what was "
        "brought forward is voted on (Wet, article 5(3))"},
    [ACT_BRING] = {"bring", IN(NONE) | IN(REPORTED), ACT_EFFECT_MOVE,
        ACT_PHASE_BROUGHT, ACT_BY_PARTY, ACT_MAY_HAVE_REF, false, true, 0, 0,
        "Wet, article 5(1)",
        "it was brought forward already, or is over (Wet, article 5)"},
    [ACT_ASSIGN] = {"assign", IN(REPORTED) | IN(BROUGHT) | CASE,
        ACT_EFFECT_SPECIAL, ACT_PHASE_NONE, ACT_BY_WEIGHER | ACT_BY_HOLDER,
        ACT_HAS_PARTNER, false, true, 0, 0, "Wet, articles 2 and 5(5)", stays},
    [ACT_WEIGH] = {"weigh", IN(BROUGHT), ACT_EFFECT_MOVE, ACT_PHASE_WEIGHED,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, ACT_HAS_UNTIL, false, true, 0, 92,
        "Wet, article 5(3)",
        "only what a participant brought forward is weighed, and once (Wet, "
        "article 5(1) and (3))"},
    [ACT_VOTE] = {"vote", IN(WEIGHED), ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER, ACT_HAS_CODE | ACT_HAS_REF, false, true, 2, 0,
        "Wet, article 5(3)",
        "there is nothing to vote on: votes are given while a case is weighed "
        "(Wet, article 5(3))"},
    /* a choice: the law has no date for the votes, but without all three there
     * is no case, and what is no case is not kept */
    [ACT_LAPSE] = {"lapse", IN(WEIGHED), ACT_EFFECT_MOVE, ACT_PHASE_REJECTED,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, 0, false, true, 0, 0,
        "Wet, article 5(3); Besluit, article 16",
        "only a weighing that lacks votes lapses (Wet, article 5(3))"},
    [ACT_INFORM] = {"inform", IN(CASE), ACT_EFFECT_MOVE, ACT_PHASE_KNOWN,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, 0, false, true, 0, 0,
        "Wet, article 5(4)",
        "participants are asked whether they know somebody after the unanimous "
        "judgement and before anything else (Wet, article 5(3) and (4))"},
    [ACT_ENRICH] = {"enrich", IN(KNOWN), ACT_EFFECT_MOVE, ACT_PHASE_ENRICHED,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, 0, false, true, 0, 0,
        "Wet, article 5(4)",
        "concrete questions come after the question who knows the person "
        "(Wet, article 5(4))"},
    [ACT_CONFER] = {"confer", IN(ENRICHED) | IN(PLANNED) | IN(EXECUTED),
        ACT_EFFECT_MOVE, ACT_PHASE_CONFERRED, ACT_BY_WEIGHER | ACT_BY_HOLDER, 0,
        false, true, 0, 0, "Wet, article 6(1) and (2)",
        "the meeting begins when who takes part was found out, and again when "
        "a plan is to be changed (Wet, articles 5(5) and 6)"},
    [ACT_PLAN] = {"plan", IN(CONFERRED), ACT_EFFECT_MOVE, ACT_PHASE_PLANNED,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, 0, false, true, 0, 0,
        "Wet, article 6(1)",
        "a plan is made by the meeting (Wet, article 6(1))"},
    [ACT_EXECUTE] = {"execute", IN(PLANNED), ACT_EFFECT_MOVE,
        ACT_PHASE_EXECUTED, ACT_BY_WEIGHER | ACT_BY_HOLDER, 0, false, true, 0,
        0, "Wet, article 6(2)",
        "what is executed is a plan (Wet, article 6(2))"},
    [ACT_REVIEW] = {"review", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, ACT_HAS_UNTIL, false, true, 0, 366,
        "Wet, article 6(2)", no_case},
    [ACT_RHYTHM] = {"rhythm", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, ACT_HAS_CODE, false, true, 183, 0,
        "Wet, article 6(2)", no_case},
    [ACT_CLOSE] = {"close", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_CLOSED,
        ACT_BY_WEIGHER, ACT_HAS_UNTIL | ACT_HAS_CODE, true, true, 5, 1830,
        "Wet, articles 6(2), 6(3) and 9", no_case},

    [ACT_DESIGNATE] = {"designate", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER, ACT_HAS_PARTNER | ACT_HAS_CODE, true, true, 5, 0,
        "Wet, article 5(5)", no_case},
    [ACT_RELIEVE] = {"relieve", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER, ACT_HAS_PARTNER, true, true, 0, 0, "Wet, article 5(5)",
        no_case},
    [ACT_LEAVE] = {"leave", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_MEMBER, 0, false, true, 0, 0, "Wet, article 4", no_case},
    [ACT_RESHARE] = {"reshare", CASE, ACT_EFFECT_NOTE, ACT_PHASE_NONE,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, ACT_HAS_PARTNER, false, true, 0, 0,
        "Wet, articles 4 and 5(5)", no_case},
    [ACT_ADMIT] = {"admit", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER,
        ACT_HAS_UNTIL | ACT_HAS_PARTNER | ACT_HAS_REF | ACT_HAS_CODE, true,
        true, 8, 366, "Wet, article 3(3) and (4); Besluit, article 11",
        no_case},
    [ACT_DISMISS] = {"dismiss", BEGUN, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER, ACT_HAS_REF, false, true, 0, 0, "Wet, article 3(3)",
        "the case has not begun"},
    [ACT_HAND] = {"hand", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_PARTY, ACT_HAS_REF | ACT_HAS_ABOUT, false, true, 0, 0,
        "Wet, article 3(4); Besluit, article 11", no_case},

    [ACT_CONSENT] = {"consent", IN(NONE) | OPEN, ACT_EFFECT_SPECIAL,
        ACT_PHASE_NONE, ACT_BY_WEIGHER, ACT_HAS_UNTIL, false, true, 0, 366,
        "Wpg, article 20(4)", closed},
    /* its own, whatever it is by now */
    [ACT_REVOKE] = {"revoke", ALL, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_ANYONE, 0, false, true, 0, 0, "Wpg, article 20(4)", NULL},
    [ACT_APPROVE] = {"approve", IN(NONE) | OPEN, ACT_EFFECT_NOTE,
        ACT_PHASE_NONE, ACT_BY_PARTY, ACT_HAS_ABOUT, false, false, 0, 0,
        "the agreement's approval", closed},
    [ACT_DECLINE] = {"decline", ALL, ACT_EFFECT_NOTE, ACT_PHASE_NONE,
        ACT_BY_PARTY, ACT_HAS_ABOUT | ACT_HAS_CODE, false, false, 6, 0,
        "the agreement's approval", NULL},

    [ACT_REFUSE] = {"refuse", IN(NONE) | OPEN, ACT_EFFECT_SPECIAL,
        ACT_PHASE_NONE, ACT_BY_PARTY,
        ACT_HAS_UNTIL | ACT_HAS_CODE | ACT_MAY_HAVE_ABOUT, false, false, 6, 184,
        "Wet, article 4", closed},
    [ACT_EMBARGO] = {"embargo", OPEN, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER, ACT_HAS_UNTIL | ACT_HAS_CODE, false, false, 6, 184,
        "Wet, article 4", closed},
    [ACT_LIFT] = {"lift", ALL, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_ANYONE, 0, false, false, 0, 0, "Wet, article 4", NULL},
    [ACT_RESTRICT] = {"restrict", ALL, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_PARTY, ACT_HAS_ABOUT | ACT_HAS_REF | ACT_HAS_CODE, false, false,
        3, 0, "Wiv, article 65", NULL},

    [ACT_TRANSFER] = {"transfer", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, ACT_HAS_UNTIL | ACT_HAS_PARTNER, false,
        true, 0, 92, "Wet, article 7", no_case},
    [ACT_VETO] = {"veto", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_PARTY, ACT_HAS_ABOUT | ACT_HAS_REF, false, true, 0, 0,
        "Wet, article 7(2)", no_case},
    [ACT_AGREE] = {"agree", CASE, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_MEMBER, 0, false, true, 0, 0, "Wet, article 7(2)", no_case},

    [ACT_POSTPONE] = {"postpone", BEGUN, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER | ACT_BY_HOLDER,
        ACT_HAS_UNTIL | ACT_HAS_CODE | ACT_MAY_HAVE_REF, false, true, 9, 184,
        "Wet, article 11; UAVG, article 41", "the case has not begun"},
    [ACT_TELL] = {"tell", BEGUN, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_WEIGHER | ACT_BY_HOLDER, 0, false, true, 0, 0,
        "AVG, article 14; Besluit, article 2", "the case has not begun"},
    [ACT_REQUEST] = {"request", ALL, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_PARTY, ACT_HAS_UNTIL, false, true, 0, 92,
        "AVG, articles 12(3) and 15; Besluit, article 2", NULL},
    [ACT_ANSWER] = {"answer", ALL, ACT_EFFECT_SPECIAL, ACT_PHASE_NONE,
        ACT_BY_PARTY, ACT_HAS_CODE, false, true, 3, 0,
        "AVG, article 15; UAVG, article 41", NULL},
};

static const char *const drop[] = {
    "does-not-fit-aim", "no-behaviour", "unreliable", "handled-elsewhere"};
static const char *const vote[] = {"yes", "no"};
static const char *const close_[] = {
    "goal-reached", "no-risk", "transferred", "deceased", "moved"};
static const char *const role[] = {
    "participant", "chair", "executor", "adviser", "child-protection"};
static const char *const expertise[] = {"mental-health-care", "youth-care",
    "school", "prison", "asylum", "extremism", "child-returnees", "other"};
static const char *const weighty[] = {"investigation", "safety-of-person",
    "safety-of-source", "professional-secrecy", "state-security",
    "third-persons"};
static const char *const third[] = {"absent", "in-force", "lifted"};
/* the interests of article 41(1) UAVG, in short */
static const char *const uavg[] = {"national-security", "defence",
    "public-safety", "criminal-law", "public-interest", "independent-courts",
    "professional-ethics", "supervision", "rights-of-others"};
static const char *const access[] = {"granted", "granted-in-part", "refused"};

static const struct {
    enum act act;
    const char *const *name;
} codes[] = {
    {ACT_DROP, drop},
    {ACT_VOTE, vote},
    {ACT_CLOSE, close_},
    {ACT_DESIGNATE, role},
    {ACT_ADMIT, expertise},
    {ACT_DECLINE, weighty},
    {ACT_REFUSE, weighty},
    {ACT_EMBARGO, weighty},
    {ACT_RESTRICT, third},
    {ACT_POSTPONE, uavg},
    {ACT_ANSWER, access},
};

const struct act_rule *
act_rule(unsigned act)
{
    return &rules[act <= ACT_MAX ? act : ACT_NONE];
}

const char *
act_name(unsigned act)
{
    const char *name = act_rule(act)->name;

    return name != NULL ? name : "unknown";
}

int64_t
act_longest(unsigned act)
{
    return (int64_t)act_rule(act)->days * 86400;
}

enum act
act_by_name(const char *name)
{
    for (unsigned a = 1; a <= ACT_MAX; a++) {
        if (rules[a].name != NULL && strcmp(rules[a].name, name) == 0)
            return (enum act)a;
    }
    return ACT_NONE;
}

const char *
act_phase_name(enum act_phase p)
{
    return (unsigned)p < ACT_PHASES ? phases[p] : "unknown";
}

const char *
act_code_name(unsigned act, unsigned code)
{
    if (code == 0 || code > act_rule(act)->codes)
        return NULL;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].act == act)
            return codes[i].name[code - 1];
    }
    return NULL;
}

unsigned
act_code(unsigned act, const char *name)
{
    for (unsigned code = 1; code <= act_rule(act)->codes; code++) {
        const char *is = act_code_name(act, code);
        if (is != NULL && strcmp(is, name) == 0)
            return code;
    }
    return 0;
}
