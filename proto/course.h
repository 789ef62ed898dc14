/* SPDX-License-Identifier: EUPL-1.2
 *
 * The course of one case: what the statements about it amount to, read in the
 * order of the ledger. Core refuses by it what may not be stated, and computes
 * by it what the agreement calls `by broker`; nodes and verifiers make it
 * again from the same entries with the same code. Pure; the rules are in
 * act.c. */
#ifndef PROTO_COURSE_H
#define PROTO_COURSE_H

#include "act.h"
#include "statement.h"

enum {
    COURSE_NAMES = 96,    /* partners that have a part in one case */
    COURSE_WEIGHERS = 16, /* LIMIT_SIGNATORIES */
    COURSE_MEMBERS = 64,
    COURSE_PROPOSALS = 64, /* what some of the weighers have stated */
    COURSE_GUESTS = 16,
    COURSE_TERMS = 64,  /* refusals, embargoes, consents that stand */
    COURSE_ITEMS = 256, /* signals with a third-party rule or a veto */
    /* so that nobody takes the room that others need */
    COURSE_WEIGHERS_NAMES = 32, /* kept for what weighers state */
    COURSE_OWN_PROPOSALS = 8,   /* begun by one weigher, closings apart */
    COURSE_OWN_REFUSALS = 8,
    COURSE_REFUSALS = 32,
    COURSE_RESTRICTIONS = 192
};

/* Why a statement is not taken. */
enum course_verdict {
    COURSE_OK = 0,
    COURSE_PHASE,   /* not in this phase: act_rule()->forbids */
    COURSE_ROLE,    /* not by this partner */
    COURSE_TWICE,   /* it has stated this already */
    COURSE_NOTHING, /* there is no such member, admission, embargo, ... */
    COURSE_TERM,    /* a term that has passed, or is too far */
    COURSE_FULL,    /* more than a course can hold */
    COURSE_OFFICE,  /* who holds the file hands it over first */
    COURSE_EARLY    /* the date of the votes has not passed */
};
enum { COURSE_VERDICTS = 9 };
/* A sentence of what is wrong, and of the rule, into OUT; "" for COURSE_OK. */
enum { COURSE_WHY = 400 };
void course_why(char out[COURSE_WHY], enum course_verdict v, enum act act,
    enum act_phase phase);

/* A statement with what core says of it (STATED). */
struct course_said {
    const struct statement *s;
    struct slice partner;
    unsigned as; /* ACT_BY_PARTY, ACT_BY_WEIGHER: what it was then */
    unsigned of; /* weighers of the agreement in force then */
    /* its hash; what was stated under another one does not count together with
     * it: who weighs may have changed. Zeros: none is in force */
    uint8_t agreement[32];
    uint64_t index; /* of its entry */
    uint64_t time;  /* of its entry, ms */
};

struct course_vote {
    uint8_t name;
    bool yes;
    uint64_t index;
};
struct course_member {
    uint8_t name;
    uint8_t role;  /* a code of ACT_DESIGNATE; 0: by office */
    uint64_t from; /* index since when; until: 0 while it is one */
    uint64_t until;
};
struct course_proposal { /* waits for the others */
    enum act act;
    uint8_t partner; /* COURSE_NAMES: none */
    uint8_t code;
    uint8_t ref[32];
    int64_t until;
    uint8_t by[COURSE_WEIGHERS];
    uint8_t by_n;
    uint64_t index; /* of the first */
};
struct course_guest {
    uint8_t card[32];
    uint8_t desk; /* the partner that hands extracts to it */
    uint8_t code; /* expertise */
    int64_t until;
    uint64_t from, dismissed; /* indexes; dismissed 0: not */
};
struct course_term { /* a refusal or embargo, consent, admission, ... */
    enum act act;
    uint8_t name; /* whose */
    uint8_t code;
    int64_t until;  /* to be reviewed */
    uint64_t about; /* of a refusal; 0: the case */
    uint64_t index;
};
struct course_item {
    uint8_t signal[32];
    enum act act; /* ACT_RESTRICT, ACT_VETO */
    uint8_t by, code;
};

/* About 30 KiB: on the heap or static. Names are numbers into name[]. */
struct course {
    uint8_t case_handle[STATEMENT_CASE];
    enum act_phase phase;
    uint64_t last; /* index of the last statement that was applied */
    uint64_t acts;
    char name[COURSE_NAMES][LIMIT_NAME + 1];
    uint8_t names_n;
    uint8_t holder; /* COURSE_NAMES: none */
    int64_t vote_by;
    bool lapsed; /* rejected because votes were lacking after that */
    /* the agreement under which the votes and proposals were stated */
    uint8_t under[32];
    uint8_t under_of; /* how many weighers it had */
    struct course_vote vote[COURSE_WEIGHERS];
    uint8_t votes_n;
    struct course_member member[COURSE_MEMBERS];
    uint8_t members_n;
    struct course_proposal proposal[COURSE_PROPOSALS];
    uint8_t proposals_n;
    struct course_guest guest[COURSE_GUESTS];
    uint8_t guests_n;
    struct course_term term[COURSE_TERMS];
    uint8_t terms_n;
    struct course_item item[COURSE_ITEMS];
    uint16_t items_n;
    int64_t review_by; /* 0: none */
    uint16_t rhythm;   /* days; 0: none */
    int64_t destroy_by;
    uint8_t close_code;
    uint64_t closed; /* index of what ended it: closed, rejected, dropped */
    /* a transfer that was asked for: to whom, by when, who agreed */
    uint8_t transfer_to;
    int64_t transfer_by;
    uint64_t transfer; /* index; 0: none */
    uint64_t agreed;   /* bits of member[] */
    /* the data subject */
    int64_t postponed; /* to be reviewed then; 0: not postponed */
    uint8_t postponed_code;
    bool told;
    int64_t requested;    /* to be answered by then; 0: nothing open */
    uint8_t requested_by; /* the first that asked since; COURSE_NAMES: none */
    /* bits of name[]: who ever held the file, voted, was a member or a desk;
     * and who of these destroyed its link since */
    uint64_t part[2];
    uint64_t destroyed[2];
};

void course_begin(struct course *c, const uint8_t case_handle[STATEMENT_CASE]);
/* What would become of SAID, without applying it. */
enum course_verdict course_check(
    const struct course *c, const struct course_said *said);
/* Applies SAID; anything but COURSE_OK leaves C as it was. */
enum course_verdict course_apply(
    struct course *c, const struct course_said *said);

/* The number of NAME in C, or COURSE_NAMES. */
uint8_t course_name(const struct course *c, struct slice name);
/* In the phases from the unanimous judgement to the closing. */
bool course_is_case(const struct course *c);
/* Whether NAME takes part now: designated, or by office. Nobody does in what
 * is no case (any more). */
bool course_is_member(const struct course *c, struct slice name);
bool course_is_holder(const struct course *c, struct slice name);
/* Has to do with the case so that it sees what members are shown: holder, has
 * voted, member (also when that ended with the case). */
bool course_takes_part(const struct course *c, struct slice name);
/* A weigher other than SENDER consented, and at SECONDS the term of that was
 * not over. What it was then counts: it can revoke that, whatever it is now. */
bool course_has_consent(
    const struct course *c, struct slice sender, int64_t seconds);
/* Somebody's embargo stands. It ends by being lifted, not by its term. */
bool course_has_embargo(const struct course *c);
/* The code of the last ACT_RESTRICT about SIGNAL; 0: there is none. */
unsigned course_restriction(const struct course *c, const uint8_t signal[32]);
bool course_is_vetoed(const struct course *c, const uint8_t signal[32]);
/* A transfer to TO was asked for, and all who are members have agreed since;
 * there are some. */
bool course_is_agreed(const struct course *c, struct slice to);
/* An admission at DESK stands at SECONDS, of a case that is not over; CARD (may
 * be NULL): this one's. */
bool course_is_admitted(const struct course *c, struct slice desk,
    const uint8_t *card, int64_t seconds);
/* All votes that are due were given and were yes. */
bool course_is_unanimous(const struct course *c);
/* NAME, who took part, has stated destroyed since. */
bool course_is_destroyed_by(const struct course *c, struct slice name);

#endif
