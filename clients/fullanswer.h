/* SPDX-License-Identifier: EUPL-1.2
 *
 * A complete answer in a file that stands on its own (PROTOCOL.md, section
 * 17): the entries that were asked for, each with its proof under one
 * checkpoint, and for each seal the proof that its list has no other rows of
 * what was asked for. Reading it checks the form; fullanswer_check() checks
 * what it claims, from nothing but the log's key. Everything in it is
 * untrusted. */
#ifndef CLIENTS_FULLANSWER_H
#define CLIENTS_FULLANSWER_H

#include "checkpoint.h"
#include "query.h"
#include "seallist.h"

#include <stdio.h>

#define FULLANSWER_HEADER "driehoek-answer@v1\n"

enum fullanswer_type {
    FULLANSWER_NONE = 0,
    FULLANSWER_HEAD = 1,
    FULLANSWER_ENTRY = 2,
    FULLANSWER_LIST = 3,
    FULLANSWER_END = 4,
};
enum {
    FULLANSWER_RECORD = 2 * 1024 * 1024, /* most bytes of a record */
    FULLANSWER_FILE = 1 << 30,           /* most of a file */
};

struct fullanswer_record {
    enum fullanswer_type type;
    uint64_t query; /* HEAD: index of the question's own entry */
    struct slice note;
    uint64_t index; /* ENTRY */
    struct slice entry;
    struct slice proof;   /* ENTRY, LIST */
    uint64_t seal, first; /* LIST: index of the seal, place of the first row */
    struct cursor rows;   /* of ROWS_N, checked; for fullanswer_rows() */
    size_t rows_n;
    uint64_t records; /* END: how many stand before it */
};

/* --- reading --- */
struct fullanswer_reader {
    struct cursor file;
    uint64_t records;
    bool ended;
};
/* DHK_VERSION: the first line is another. */
DHK_MUST_USE enum dhk_err fullanswer_open(
    struct fullanswer_reader *r, struct slice file);
/* The next record but END. DHK_NOTFOUND: the end, and all is well; DHK_FORMAT:
 * WHAT says why. Slices borrow from the file. */
DHK_MUST_USE enum dhk_err fullanswer_next(struct fullanswer_record *out,
    struct fullanswer_reader *r, const char **what);
/* The rows of a LIST, into room for rows_n. */
void fullanswer_rows(
    struct seallist_shown *out, const struct fullanswer_record *list);

/* --- writing --- */
/* A record but END of a LIST with these ROWS, to FILE. DHK_IO, DHK_NOMEM. */
DHK_MUST_USE enum dhk_err fullanswer_write(FILE *file,
    const struct fullanswer_record *r, const struct seallist_shown *rows);

/* --- what it proves --- */
struct fullanswer_input {
    /* KEYS_N, of which one that is the log's counts; those of witnesses do
     * not */
    const struct checkpoint_vkey *key;
    size_t keys_n;
    const char *const *partners; /* whose lists must be there when no partner
                                    was asked about; NULL: not known */
    size_t partners_n;
};
struct fullanswer_result {
    char origin[LIMIT_ORIGIN + 1];
    uint64_t size, head_entries; /* of the tree; entries shown */
    uint64_t index, time;        /* of the question's own entry */
    char asker[LIMIT_NAME + 1];
    struct query query; /* borrows from the file */
    uint64_t until;     /* entries 0..until-1 are covered */
    uint64_t lists, seals;
    uint64_t rows;               /* that fit the question */
    uint64_t outside;            /* that fit but for their entry's time */
    uint64_t other;              /* rows that do not, but had to be shown */
    uint64_t kinds[ENTRY_KINDS]; /* of the rows that fit */
};
struct fullanswer_fault {
    char text[256];
};
/* DHK_AUTH: something does not verify or was left out; DHK_FORMAT;
 * DHK_VERSION; DHK_NOMEM. FAULT says what. */
DHK_MUST_USE enum dhk_err fullanswer_check(struct slice file,
    const struct fullanswer_input *in, struct fullanswer_result *out,
    struct fullanswer_fault *fault);
/* Whether such an answer can be given at all: lists tell case, kind and
 * outcome, entries their time, and nothing of the other filters. */
bool fullanswer_can(const struct query *q);
/* Whether a row fits what Q asks for beside its case and partner; of the time
 * it tells nothing. */
bool fullanswer_fits(const struct query *q, const struct seallist_rest *row);

#endif
