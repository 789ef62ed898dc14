/* SPDX-License-Identifier: EUPL-1.2
 *
 * The part of driehoek.h that is about cases; it includes this. */
#ifndef DRIEHOEK_CASE_H
#define DRIEHOEK_CASE_H

#ifndef DRIEHOEK_H
#include "driehoek.h"
#endif

/* ---- cases -----------------------------------------------------------------
 * The course that the law gives a case, as driehoek-case(1) tells it. Signed
 * statements move it, and the broker takes those that it allows. Names of acts,
 * phases, roles and codes are those of that manual. Over a connection with
 * DHK_CASES, beside a sender and a receiver of the same node; what was seen is
 * kept, and can be looked at without one. */
struct dhk_act {
    const char *case_handle; /* 32 hex digits */
    const char *act;         /* "report", "vote", "designate", ... */
    /* what such an act has; else 0 or NULL */
    int64_t until;       /* a term or date, seconds since 1970 UTC */
    const char *partner; /* whom it names */
    uint64_t about;      /* ledger index of a share */
    const char *ref;     /* 64 hex digits: a signal's id, or a guest card's */
    const char *code;    /* "yes", a reason, a role, ...; days of a rhythm */
};
/* Checks ACT against the course as it is known, signs it, keeps it durably and
 * sends it. *INDEX (may be NULL) is its ledger entry, or 0 while it waits: what
 * waits goes with the next connection. Errors: DHK_FORMAT (no such act or code,
 * or it has not what such an act has), DHK_DENIED (the course of the case does
 * not have it; PROBLEM is the rule that forbids it; when this node knew,
 * nothing was signed), DHK_NOTFOUND (the broker cannot be asked and nothing is
 * known of the case), DHK_STATE (no valid key card), DHK_AUTH. What the broker
 * refuses later, of statements that waited, dhk_report() tells. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_case_state(struct dhk_node *node,
    const struct dhk_act *act, uint64_t *index, struct dhk_problem *problem);
/* Asks the broker what became of CASE_HANDLE, or (NULL) of every case that this
 * partner takes part in, proves it and keeps it. DHK_NOTFOUND: no answer;
 * DHK_AUTH: something is no statement of who it says; DHK_STATE: not connected.
 */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_case_ask(struct dhk_node *node,
    const char *case_handle, struct dhk_problem *problem);

struct dhk_case_act { /* one statement */
    uint64_t index;   /* its ledger entry; 0: it waits here to be sent */
    int64_t time;     /* seconds, the broker's; of what waits: when made */
    const char *partner, *act; /* who stated what */
    int64_t until;             /* 0: none; and so on, as in struct dhk_act */
    const char *named;         /* partner that it names, or NULL */
    uint64_t about;
    char ref[65];     /* or empty */
    const char *code; /* or NULL */
    bool placed;      /* false: without what this partner is not shown it
                         says nothing of the phase */
    const char *const *missing; /* of "lapse": whose votes were lacking;
                                   NULL-terminated. Else NULL */
};
struct dhk_case_member {
    const char *partner;
    const char *role;     /* "office": mayor, police, prosecutor, the holder */
    int64_t since, until; /* seconds; until 0: takes part now */
};
struct dhk_case_vote {
    const char *partner;
    bool yes;
    int64_t time;
    char signal[65]; /* with scores and reasons, for whom it was shared with */
};
struct dhk_case_proposal { /* waits until every weigher has stated it */
    uint64_t number;       /* of the first such entry; to state it, too */
    const char *act;
    const char *named, *code; /* or NULL */
    char ref[65];
    int64_t until;
    const char *const *by;      /* who stated it; NULL-terminated */
    const char *const *missing; /* weighers that have not */
    bool own;                   /* this partner has */
};
struct dhk_case_guest { /* third party, by its one-case card */
    char card[65];
    const char *desk, *expertise;
    int64_t until; /* its access ends then */
    bool stands;   /* neither over nor dismissed */
};
struct dhk_case_term { /* a date by which something has to be done */
    /* "votes", "review", "refusal-review", "embargo-review", "consent-ends",
     * "guest-ends", "destruction", "transfer-round", "access-request",
     * "notice-review" */
    const char *what;
    int64_t at;
    bool passed;
    bool own;            /* this partner has to do something */
    const char *partner; /* whose it is, or NULL */
    const char *code;    /* of a refusal or embargo */
    uint64_t about;      /* of a refusal: the share; 0: the case */
};
struct dhk_case {
    char case_handle[33];
    const char *phase;       /* "geen", "melding", ... "vernietigd" */
    const char *holder;      /* of the file, or NULL */
    bool is_case;            /* judged unanimously to be one, and not closed */
    bool embargo;            /* stands, as far as this partner is shown any */
    bool takes_part;         /* this partner does: by office, holding the file,
                                as a member; also of the end */
    bool whole;              /* all that members are shown is here */
    bool told;               /* the person was told */
    int64_t asked;           /* when the broker was asked last; 0: never */
    int64_t destroy_by;      /* 0: no such date */
    const char *closed_for;  /* code, or NULL */
    const char *transfer_to; /* municipality that items are asked for, or NULL*/
    const char *const *agreed; /* to that; NULL-terminated */
    size_t unproved; /* entries that nobody vouches for, and left out */
    size_t waiting;  /* statements that are not on the ledger yet */
    const struct dhk_case_act *acts; /* in ledger order, what waits last */
    size_t acts_n;
    const struct dhk_case_member *members;
    size_t members_n;
    const struct dhk_case_vote *votes;
    size_t votes_n;
    /* signatories whose votes are due, or were lacking when it lapsed, by the
     * agreement in force here; NULL-terminated */
    const char *const *votes_missing;
    bool lapsed; /* rejected because votes were lacking after their date */
    const struct dhk_case_proposal *proposals; /* by number */
    size_t proposals_n;
    const struct dhk_case_guest *guests;
    size_t guests_n;
    const struct dhk_case_term *terms; /* the next first */
    size_t terms_n;
    const char *const *destroyed; /* who stated that; NULL-terminated */
};
/* What is known of a case; all empty when nothing is. The caller ends *OUT with
 * dhk_case_end(). Errors: DHK_FORMAT (no handle), DHK_AUTH (what is kept of it
 * is damaged), DHK_IO, DHK_NOMEM. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_case_get(struct dhk_node *node,
    const char *case_handle, const struct dhk_case **out,
    struct dhk_problem *problem);
DHK_EXPORT void dhk_case_end(const struct dhk_case **c);
/* The handles of all cases that this node knows, in malloc()ed memory that the
 * caller free()s. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_case_list(struct dhk_node *node,
    char (**handles)[33], size_t *n, struct dhk_problem *problem);

struct dhk_case_share { /* waits for this partner's approval */
    uint64_t index;     /* for `about` of "approve" and "decline" */
    char case_handle[33];
    char id[65]; /* of the signal */
    char sender[49], recipient[49], kind[49], purpose[49];
    int64_t accepted, expires;
};
/* Asks the broker which shares wait for this partner's approval, in malloc()ed
 * memory that the caller free()s. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_case_waiting(struct dhk_node *node,
    struct dhk_case_share **list, size_t *n, struct dhk_problem *problem);

#endif
