/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a partner can state about a case, and when, by whom and with what it
 * may be stated: the course that the law gives a case, as data in one table
 * (act.c). Every transition that the table does not have is refused, with the
 * words of the rule that forbids it. Pure. */
#ifndef PROTO_ACT_H
#define PROTO_ACT_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers on the ledger: they do not change. */
enum act {
    ACT_NONE = 0,
    /* the end of what ties the handle to a person */
    ACT_DESTROYED = 1, /* nothing here ties the handle to a person */
    ACT_HOLD = 2,      /* nothing of it is to be destroyed, until then */
    ACT_RELEASE = 3,   /* that hold ends */
    /* the course */
    ACT_REPORT = 16,  /* a report came in: whoever states it holds the file */
    ACT_DROP = 17,    /* the report is not brought forward */
    ACT_BRING = 18,   /* brought forward, to be weighed */
    ACT_ASSIGN = 19,  /* the named partner holds the file from here on; once
                         it is a case: a member */
    ACT_WEIGH = 20,   /* the three are to vote, until then */
    ACT_VOTE = 21,    /* yes or no; scores and reasons are in the signal */
    ACT_INFORM = 22,  /* ask who knows the person */
    ACT_ENRICH = 23,  /* who knows something adds to it */
    ACT_CONFER = 24,  /* the case meeting */
    ACT_PLAN = 25,    /* the plan is made */
    ACT_EXECUTE = 26, /* the plan is executed and watched */
    ACT_REVIEW = 27,  /* reviewed; the next time at the latest then */
    ACT_RHYTHM = 28,  /* reviews at most so many days apart */
    ACT_CLOSE = 29,   /* shielded at once, destroyed at the latest then */
    ACT_LAPSE = 30,   /* the date of the votes passed, and not all are there */
    /* who takes part */
    ACT_DESIGNATE = 32, /* the named partner takes part in this case */
    ACT_RELIEVE = 33,   /* and does not any more */
    ACT_LEAVE = 34,     /* the member itself leaves */
    ACT_RESHARE = 35,   /* asks originators to share again with it */
    ACT_ADMIT = 36,     /* a third party, by its one-case key card */
    ACT_DISMISS = 37,   /* that admission ends */
    ACT_HAND = 38,      /* an extract was sealed to it, from this share */
    /* agreement of those who must agree */
    ACT_CONSENT = 40, /* the competent authority, to police data */
    ACT_REVOKE = 41,  /* and does not any more */
    ACT_APPROVE = 42, /* of a share that waits */
    ACT_DECLINE = 43, /* of a share that waits: it goes back */
    /* weighty reasons */
    ACT_REFUSE = 48,   /* does not share or answer, reviewed then */
    ACT_EMBARGO = 49,  /* nothing of the case is shared on, reviewed then */
    ACT_LIFT = 50,     /* its own embargo and refusals end */
    ACT_RESTRICT = 51, /* the third-party rule of a signal */
    /* to another municipality */
    ACT_TRANSFER = 56, /* items are asked for, to be answered until then */
    ACT_VETO = 57,     /* the originator keeps this item */
    ACT_AGREE = 58,    /* no veto, or no other */
    /* the data subject */
    ACT_POSTPONE = 64, /* is not told yet, reviewed then */
    ACT_TELL = 65,     /* was told */
    ACT_REQUEST = 66,  /* asked for access, to be answered until then */
    ACT_ANSWER = 67,   /* and was answered */
};
enum { ACT_MAX = 67 };

/* Where a case is in its course. Numbers are bits of act_rule.from. */
enum act_phase {
    ACT_PHASE_NONE = 0, /* no course: a handle, and maybe signals */
    ACT_PHASE_REPORTED,
    ACT_PHASE_BROUGHT,
    ACT_PHASE_WEIGHED,
    ACT_PHASE_REJECTED,
    ACT_PHASE_CASE,
    ACT_PHASE_KNOWN,
    ACT_PHASE_ENRICHED,
    ACT_PHASE_CONFERRED,
    ACT_PHASE_PLANNED,
    ACT_PHASE_EXECUTED,
    ACT_PHASE_CLOSED,
    ACT_PHASE_DESTROYED,
};
enum { ACT_PHASES = 13 };
/* The value of the attribute `fase`: "geen", "melding", ... */
const char *act_phase_name(enum act_phase p);

/* Who may state it; one is enough. */
enum {
    ACT_BY_PARTY = 1,   /* any party of the agreement in force */
    ACT_BY_WEIGHER = 2, /* a signatory of it that is a party */
    ACT_BY_HOLDER = 4,  /* who holds the file */
    ACT_BY_MEMBER = 8,  /* who takes part, the three and the holder included */
    ACT_BY_ANYONE = 16, /* of the roster */
};
/* What it must have; what it has no use for it must not have. */
enum {
    ACT_HAS_UNTIL = 1,
    ACT_HAS_PARTNER = 2,
    ACT_HAS_ABOUT = 4,     /* a ledger index */
    ACT_HAS_REF = 8,       /* a signal's id, or a third party's card's */
    ACT_HAS_CODE = 16,     /* from 1 to codes */
    ACT_MAY_HAVE_REF = 32, /* the signal with the words of it */
    ACT_MAY_HAVE_ABOUT = 64,
};
/* How a case goes on. */
enum act_effect {
    ACT_EFFECT_NOTE,    /* stays where it is */
    ACT_EFFECT_MOVE,    /* to act_rule.to */
    ACT_EFFECT_SPECIAL, /* course.c knows */
};

struct act_rule {
    const char *name; /* NULL: no such act. "report", ...: does not change */
    uint16_t from;    /* bits of phases */
    enum act_effect effect;
    enum act_phase to;
    uint8_t by;      /* ACT_BY_... */
    uint8_t has;     /* ACT_HAS_... */
    bool all;        /* takes effect when every weigher has stated the same */
    bool shown;      /* to members; else only to the three, the holder, whom it
                        names and who stated it */
    uint8_t codes;   /* the largest code */
    uint16_t days;   /* the longest term from made on */
    const char *law; /* what allows it; the article */
    const char *forbids; /* a sentence: why not in another phase */
};
/* The rule of ACT; one with name NULL for a number that is none. */
const struct act_rule *act_rule(unsigned act);
/* "report", ...; "unknown". */
const char *act_name(unsigned act);
/* The longest term of ACT from when it was made, in seconds; 0: it has none. */
int64_t act_longest(unsigned act);
/* The act of this name; ACT_NONE. */
enum act act_by_name(const char *name);
/* The name of code CODE of ACT ("yes", "threat-to-investigation", ...); NULL.
 */
const char *act_code_name(unsigned act, unsigned code);
/* The code with that name; 0. */
unsigned act_code(unsigned act, const char *name);

#endif
