/* SPDX-License-Identifier: EUPL-1.2
 *
 * Makes a ledger for reports, entry by entry, in words of an agreement; nothing
 * of it is signed. Its entries follow one another from index 0. */
#ifndef UNIT_CLIENTS_REPORT_MAKE_H
#define UNIT_CLIENTS_REPORT_MAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report.h"

/* 2026-01-01T00:00:00Z, and a day */
#define MAKE_START UINT64_C(1767225600000)
#define MAKE_DAY UINT64_C(86400000)

struct make_signal {
    const char *from, *kind, *purpose, *ground;
    const char *fields;     /* names of those that have a value */
    const char *attributes; /* "ernst=hoog noodzakelijk=yes"; others unknown */
    uint8_t case_byte;      /* sixteen of it are the handle */
    enum entry_code code;
};

/* An empty ledger of all partners, or of one. */
void make_begin(bool complete);
void make_end(void);
/* For cmocka: all partners, and reports.convenant in force; the end of that. */
int make_set_up(void **state);
int make_tear_down(void **state);
/* The time of the entries that follow. */
void make_at(uint64_t ms);
/* Puts reports.convenant, or TEXT, in force, signed by politie and om. */
uint64_t make_agreed(void);
uint64_t make_agreement(const char *text, uint32_t version);
void make_revoked(const char *text, const char *by);
void make_roster(void); /* politie, gemeente and om; toezicht is an auditor */
/* A card of PARTNER, which it uses from then on; its id. */
const uint8_t *make_card(const char *partner);
/* A bundle of one signal; and a share of the last one. */
uint64_t make_accepted(const struct make_signal *signal);
uint64_t make_share(const char *to, const char *fields, const char *rules);
/* A signal about case MAKE_CASE of these fields, and the share of it. */
enum { MAKE_CASE = 0xa1 };
uint64_t make_sent(const char *from, const char *to, const char *kind,
    const char *purpose, const char *fields);
/* As make_share(), of which the sender had sealed these fields only. */
uint64_t make_sealed(const char *to, const char *fields, const char *rules);
/* Until when shares that follow are covert (seconds; 0: not). */
void make_covert(uint64_t until);
void make_answer(uint64_t share, enum answer_outcome outcome, uint64_t detail);
void make_returned(uint64_t share, enum entry_code code);
void make_expired(uint64_t share);
void make_refused(const char *from, enum entry_code code, uint64_t seq);
uint64_t make_withdrawn(uint64_t share, bool told, bool correction);
void make_query(const char *asker, enum query_purpose purpose,
    enum query_what what, uint8_t case_byte);
void make_destroyed(const char *partner, uint8_t case_byte);

/* What PARTNER states of a case; one of gemeente, politie and om does so as one
 * of three weighers, toezicht as an auditor. */
struct make_said {
    const char *by;
    enum act what;
    uint8_t case_byte;
    unsigned days; /* until then, from now on */
    const char *partner;
    uint64_t about;
    uint8_t ref_byte;   /* 32 of it; 0: none, or */
    uint64_t ref_share; /* the id of the signal of this share */
    unsigned code;
};
uint64_t make_stated(const struct make_said *said);
/* The same by all three; the index of the last. */
uint64_t make_by_all(const struct make_said *said);
/* A case that was brought and voted for by all three without signals, and is
 * in the meeting when IN_MEETING. */
void make_case(uint8_t case_byte, bool in_meeting);
/* A share that waited goes on, for N statements. */
void make_released(uint64_t share, const uint64_t *stated, size_t n);
/* What the broker states in shares that follow: "fase=overleg veto=yes". */
void make_facts(const char *facts);
/* Shares that follow wait for an approval. */
void make_pending(bool pending);
void make_operator(void);

/* No more entries follow. */
void make_done(void);
/* What was made; the report NAME of it, in English. */
const struct evidence *make_evidence(void);
json_t *make_report(const char *name, const struct report_ask *ask);
void make_build(
    struct report *out, const char *name, const struct report_ask *ask);

/* "a b; c d": those cells of the rows of TABLE; lists are "x,y", a case is the
 * first two of its digits, null is "-". Static. */
const char *make_rows(json_t *report, const char *table, const char *keys);
const char *make_fact(json_t *report, const char *key);

#endif
