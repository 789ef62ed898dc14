/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a ledger tells, read once and joined: each share with its acceptance,
 * its agreement and what became of it; refusals, withdrawals, questions, key
 * cards and signed texts. The reports are made of it. Believes what it reads:
 * verify the records with verify.h beside it. */
#ifndef CLIENTS_EVIDENCE_H
#define CLIENTS_EVIDENCE_H

#include "agreement.h"
#include "answer.h"
#include "course.h"
#include "entry.h"
#include "ledgerfile.h"
#include "query.h"
#include "roster.h"
#include "statement.h"
#include "withdrawal.h"

/* Names are borrowed from the evidence and equal by pointer when they are the
 * same name; times are ms since 1970 UTC; an index is that of the entry. */

enum evidence_end {
    EVIDENCE_OPEN = 0, /* no outcome yet */
    EVIDENCE_ANSWERED, /* by its recipient: see answer */
    EVIDENCE_RETURNED, /* to its sender: see code */
    EVIDENCE_EXPIRED,
    EVIDENCE_WITHDRAWN, /* before its recipient answered */
};

struct evidence_text { /* an agreement or roster that was in force */
    uint64_t index, time;
    uint64_t end_index, end_time; /* of what ended it; 0: in force still */
    const char *revoked_by;       /* NULL: another version followed */
    const char *name;
    uint32_t version;
    uint8_t sha256[SEAL_HASH];
    struct entry_signer signer[ENTRY_SIGNERS]; /* of interned names */
    size_t signers_n;
    struct agreement *agreement; /* owned; NULL: a roster, or unreadable */
    uint8_t *text;               /* owned */
    size_t text_n;
};

struct evidence_signal { /* one signal of an accepted bundle */
    uint64_t index, time;
    uint32_t position;
    const char *from, *kind;
    uint8_t id[SEAL_HASH], card[SEAL_HASH];
    const struct evidence_text *text; /* its agreement; NULL: not here */
    uint32_t presence;
    uint64_t seq;
    enum entry_code code; /* refused for some recipient, or all */
    const uint8_t *classes;
    size_t classes_n;
};

struct evidence_fact {             /* what the broker stated of an attribute */
    const char *attribute, *value; /* "yes", "overleg", "12", "unknown" */
};

enum { /* how a case stood when a share of it was accepted */
    EVIDENCE_FROM_MEMBER = 1, /* its sender took part in the case */
    EVIDENCE_TO_MEMBER = 2,   /* its recipient did */
    EVIDENCE_CONSENT = 4,     /* the competent authority's, to its sender */
    EVIDENCE_EMBARGO = 8,
    EVIDENCE_ADMITTED = 16, /* a third party, at its recipient */
    EVIDENCE_AGREED = 32,   /* all members, to a transfer to its recipient */
};

struct evidence_share {
    uint64_t index, time;
    uint64_t accepted;
    uint32_t position;
    const struct evidence_signal *signal; /* NULL: its acceptance is not here */
    const char *from, *to, *kind, *purpose, *ground;
    uint8_t case_handle[16], id[SEAL_HASH], card[SEAL_HASH];
    const struct evidence_text *text;
    const struct agreement_kind *in_text; /* its kind there; NULL: unknown */
    uint32_t fields, wrapped;
    bool is_decided;    /* the ledger tells what its agreement permits: */
    uint32_t permitted; /* of all that its kind has */
    const char *rule[LIMIT_RULES_USED];
    size_t rules_n;
    bool has_at_most;
    uint32_t at_most; /* days */
    size_t approvals_n;
    bool pending;
    const struct evidence_fact *fact;
    size_t facts_n;
    /* of a whole ledger only, after evidence_finish(): */
    bool has_course; /* something had been stated of its case */
    enum act_phase phase;
    unsigned stood;   /* EVIDENCE_FROM_MEMBER... */
    size_t release;   /* what ended its waiting, from 1; 0: nothing did */
    uint64_t expires; /* seconds */
    uint64_t covert;  /* seconds; 0: it has no such term */
    enum evidence_end end;
    enum answer_outcome answer;
    uint64_t missing; /* shares that its recipient missed when it came */
    enum entry_code code;
    uint64_t end_index, end_time;
    size_t recall; /* its withdrawal, from 1; 0: none */
};

struct evidence_number { /* one that a signal of a card had */
    uint8_t card[SEAL_HASH];
    uint64_t seq;
};

struct evidence_at {
    uint64_t index, time;
};

struct evidence_refusal { /* signals that the broker took none of */
    uint64_t index, time;
    const char *from;
    uint8_t card[SEAL_HASH];
    enum entry_code code;
    size_t n; /* signals */
};

struct evidence_recall { /* of one share */
    uint64_t index, time;
    size_t share; /* from 1; 0: not here */
    uint64_t share_index;
    const char *from, *to;
    bool told; /* its recipient had it, and is told */
    bool correction;
    enum withdrawal_reason reason;
    uint8_t card[SEAL_HASH];
    enum answer_outcome answer; /* ANSWER_NONE: none yet */
    uint64_t answer_index, answer_time;
};

struct evidence_query {
    uint64_t index, time;
    const char *asker, *partner; /* partner NULL: any */
    enum query_purpose purpose;
    enum query_what what;
    bool has_case;
    uint8_t case_handle[16], card[SEAL_HASH];
    uint64_t from, until, since, before;
};

struct evidence_card {
    uint64_t index, time;
    uint8_t id[SEAL_HASH];
    const char *partner;
    uint64_t serial;
    int64_t from, until;                  /* seconds */
    uint64_t revoked_index, revoked_time; /* 0: not */
    const char *revoked_by;
};

struct evidence_answer { /* one delivered entry */
    uint64_t index, time;
    const char *from, *to;
    uint8_t card[SEAL_HASH];
    size_t n;
};

struct evidence_stated { /* of a case */
    uint64_t index, time;
    const char *by;
    bool all; /* an auditor's: it binds everybody */
    enum act what;
    int64_t until, made; /* seconds; until 0: none */
    const char *partner; /* whom it names; NULL: nobody */
    uint64_t about;      /* 0: no entry */
    bool has_ref;
    uint8_t ref[32];
    unsigned code;
    unsigned as, of; /* as in entry.h */
    uint8_t agreement[SEAL_HASH];
    uint8_t case_handle[16], card[SEAL_HASH];
    /* after evidence_finish(): */
    bool taken; /* the course of its case had it */
    /* of a whole ledger only: */
    bool took_effect;     /* nobody else had to state it too */
    enum act_phase phase; /* of the case, behind it */
};

struct evidence_release { /* a share that waited goes on */
    uint64_t index, time;
    uint64_t share; /* its index */
    const char *by[LIMIT_APPROVALS];
    size_t n;
};

struct evidence_operator {
    uint64_t index, time;
    enum entry_operator_code code;
};

struct evidence_case { /* something was shared or stated of it */
    uint8_t handle[16];
    const size_t *share; /* into the shares, in the ledger's order */
    size_t n;
    const size_t *stated; /* into the statements, in the ledger's order */
    size_t stated_n;
    bool has_dissent; /* some vote was no */
};

enum { EVIDENCE_KINDS = 64 };

struct evidence {
    char origin[LIMIT_ORIGIN + 1];
    bool complete; /* the whole ledger, not what one partner may see */
    uint64_t entries;
    uint64_t first_time, last_time;
    uint64_t kinds[EVIDENCE_KINDS];  /* entries by enum entry_kind */
    struct evidence_signal *signals; /* all by index */
    size_t signals_n, signals_cap;
    struct evidence_share *shares;
    size_t shares_n, shares_cap;
    struct evidence_refusal *refusals;
    size_t refusals_n, refusals_cap;
    struct evidence_number *numbers; /* of signals refused */
    size_t numbers_n, numbers_cap;
    struct evidence_at *at; /* every entry */
    size_t at_n, at_cap;
    struct evidence_recall *recalls;
    size_t recalls_n, recalls_cap;
    struct evidence_query *queries;
    size_t queries_n, queries_cap;
    struct evidence_card *cards;
    size_t cards_n, cards_cap;
    struct evidence_answer *answers;
    size_t answers_n, answers_cap;
    struct evidence_stated *stated;
    size_t stated_n, stated_cap;
    struct evidence_release *releases;
    size_t releases_n, releases_cap;
    struct evidence_operator *operators;
    size_t operators_n, operators_cap;
    struct evidence_text **agreements, **rosters;
    size_t agreements_n, agreements_cap, rosters_n, rosters_cap;
    struct evidence_case *cases; /* by handle; after evidence_finish() */
    size_t cases_n;
    struct roster *roster;          /* the last; NULL: none */
    struct evidence_inside *inside; /* private to evidence*.c */
};

/* *OUT is for evidence_destroy(), also after an error. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err evidence_new(struct evidence **out);
void evidence_destroy(struct evidence **e);
/* The next record, in the ledger's order. DHK_FORMAT, DHK_NOMEM. */
DHK_MUST_USE enum dhk_err evidence_record(
    struct evidence *e, const struct ledgerfile_record *record);
/* After the last one: joins. */
DHK_MUST_USE enum dhk_err evidence_finish(struct evidence *e);

/* The share at INDEX, or NULL. */
const struct evidence_share *evidence_share_at(
    const struct evidence *e, uint64_t index);
/* --- evidence_cases.c --- */

/* The case with HANDLE, or NULL: nothing was shared or stated of it. */
const struct evidence_case *evidence_case(
    const struct evidence *e, const uint8_t handle[16]);
/* A vote that is not yes. */
bool evidence_is_dissent(const struct evidence_stated *s);
/* What the statements about C until TIME (ms), it included, amount to: of a
 * whole ledger the course that core had. */
void evidence_course(struct course *out, const struct evidence *e,
    const struct evidence_case *c, uint64_t time);

/* --- evidence_words.c: what it says in words of its agreement --- */

/* The fields that had a value; false when the acceptance is not here. */
bool evidence_present(uint32_t *out, const struct evidence_share *s);
/* The letters a..h of categories that FIELDS of S have, as bits 0..7; bit 8:
 * some field is of a special category; bit 9: of none. */
uint32_t evidence_categories(const struct evidence_share *s, uint32_t fields);
/* Those of FIELDS that are of a special category. */
uint32_t evidence_special(const struct evidence_share *s, uint32_t fields);

enum evidence_said {
    EVIDENCE_NOT_ASKED = 0, /* its kind has no such attribute */
    EVIDENCE_UNKNOWN,       /* the sender left it open */
    EVIDENCE_UNTOLD,        /* its acceptance or agreement is not here */
    EVIDENCE_SAID,
};
enum { EVIDENCE_VALUE = 256 };
/* What the sender declared, or the broker stated, of attribute NAME, in OUT: a
 * value, or all that it may be ("afwezig of opgeheven" is "afwezig|opgeheven"),
 * for the ledger has classes of values only. */
enum evidence_said evidence_attribute(
    char out[EVIDENCE_VALUE], const struct evidence_share *s, const char *name);
/* Whether it was declared, and certainly as VALUE. */
bool evidence_declares(
    const struct evidence_share *s, const char *name, const char *value);
/* NAME as it is known here (equal by pointer), or NULL: nothing has it. */
const char *evidence_name(const struct evidence *e, const char *name);
/* Whether NAME is that of an auditor by the last roster. */
bool evidence_is_auditor(const struct evidence *e, const char *name);
/* The agreement that was in force at TIME, or NULL. */
const struct evidence_text *evidence_in_force(
    const struct evidence *e, uint64_t time);

#endif
