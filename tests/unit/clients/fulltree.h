/* SPDX-License-Identifier: EUPL-1.2
 *
 * A small signed tree with two seals for each of three partners, and the
 * complete answers of it, made by hand from the pure functions; to be altered
 * before they are written. The same bytes in every run. */
#ifndef UNIT_CLIENTS_FULLTREE_H
#define UNIT_CLIENTS_FULLTREE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../proto/tree.h"

#include "fullanswer.h"

#define FULLTREE_ORIGIN "proef.example/ledger"

/* What the log seals, or signs, though it is not so. */
enum fulltree_fault {
    FULLTREE_TRUE = 0,
    FULLTREE_LATE,        /* the first seal begins behind entry 0 */
    FULLTREE_GAP,         /* the second begins behind the end of the first */
    FULLTREE_UNLINKED,    /* the second names another partner's seal before */
    FULLTREE_AHEAD,       /* a seal covers entries behind itself */
    FULLTREE_ROW_CASE,    /* a row has the case of another share */
    FULLTREE_ROW_KIND,    /* a row is of another kind of signal */
    FULLTREE_ROW_ANOTHER, /* a row is of a share of other partners */
    FULLTREE_ROW_SALT,    /* a row is salted with another entry's bytes */
    FULLTREE_ROW_EVENT,   /* a row says taken of a share */
    FULLTREE_UNSORTED,    /* the first list's first and last row swapped */
    FULLTREE_OTHER_KEY,   /* the checkpoint is signed by a stranger */
};
enum {
    FULLTREE_TIME = 1795000000
}; /* of entry 0, seconds; then each one more */
/* The entries: shares of the police, an answer, seals, the question. */
enum {
    FULLTREE_A = 1,         /* to gemeente, case A */
    FULLTREE_B = 2,         /* to gemeente, case B */
    FULLTREE_OM = 3,        /* to om, case A */
    FULLTREE_C = 4,         /* to gemeente, case C */
    FULLTREE_TAKEN = 5,     /* by gemeente, of A */
    FULLTREE_SEALED = 6,    /* entries 0 up to here; of gemeente, om, politie */
    FULLTREE_AGAIN = 9,     /* to gemeente, case A */
    FULLTREE_ASKED = 10,    /* gemeente, of another answer before */
    FULLTREE_RESEALED = 11, /* entries 6 up to here */
    FULLTREE_QUESTION = 14,
    FULLTREE_SIZE = 15,
};
enum {
    FULLTREE_PARTNERS = 3,
    FULLTREE_LISTS = 2 * FULLTREE_PARTNERS,
    FULLTREE_CASES = 3,
    FULLTREE_ROWS = 16,
    FULLTREE_RECORDS = 40,
    FULLTREE_PROOF = 16 * MERKLE_HASH,
};
extern const char *const fulltree_partners[FULLTREE_PARTNERS]; /* sorted */
extern const uint8_t fulltree_cases[FULLTREE_CASES][PART_CASE];

struct fulltree_list {
    const char *name;
    uint64_t seal;
    uint8_t salt[ENTRY_SALT];
    struct seallist_row row[FULLTREE_ROWS];
    size_t n;
};
struct fulltree {
    enum fulltree_fault fault;
    const char *asker;
    struct query query; /* what the last entry asks */
    struct checkpoint_vkey key;
    struct tree tree;
    uint8_t mem[FULLTREE_SIZE][LIMIT_ENTRY];
    size_t mem_n[FULLTREE_SIZE];
    /* of each partner the first, then the second; by partner */
    struct fulltree_list list[FULLTREE_LISTS];
    uint8_t note[LIMIT_CHECKPOINT];
    size_t note_n;
};

/* For the QUERIED by ASKER. */
void fulltree_make(struct fulltree *w, enum fulltree_fault fault,
    const char *asker, const struct query *query);
/* Signs the tree of the first SIZE entries as W's note. */
void fulltree_sign(struct fulltree *w, uint64_t size);
/* The question for a complete answer about PARTNER (may be empty) and a case,
 * or all (NULL). */
struct query fulltree_query(const char *partner, const uint8_t *case_handle);

struct fulltree_record {
    struct fullanswer_record r;
    struct seallist_shown row[FULLTREE_ROWS];
};
struct fulltree_answer {
    struct fulltree_record rec[FULLTREE_RECORDS];
    size_t n;
    uint64_t more; /* records that END says there are beside these */
    uint8_t pool[FULLTREE_RECORDS][FULLTREE_PROOF];
    size_t pool_n;
};
/* The right answer of W; points into W. */
void fulltree_answer(struct fulltree_answer *a, const struct fulltree *w);
/* The entry of W with its proof, as a record by itself. */
void fulltree_entry(struct fulltree_record *out, struct fulltree_answer *a,
    const struct fulltree *w, uint64_t index);
/* The rows FIRST..END-1 of W's list NTH, OPEN from LO up to HI. */
struct fulltree_run {
    size_t nth, first, lo, hi, end;
};
void fulltree_shown(struct fulltree_record *out, struct fulltree_answer *a,
    const struct fulltree *w, const struct fulltree_run *run);
/* Where the record of entry INDEX is, or of the list that this seal commits. */
size_t fulltree_find(
    const struct fulltree_answer *a, enum fullanswer_type type, uint64_t index);
void fulltree_drop(struct fulltree_answer *a, size_t at);
/* REC may be one of A's. */
void fulltree_insert(
    struct fulltree_answer *a, size_t at, const struct fulltree_record *rec);
/* The size of the file; free() its BYTES. */
size_t fulltree_write(uint8_t **bytes, const struct fulltree_answer *a);

enum fulltree_about {
    FULLTREE_CASE,       /* A, of gemeente */
    FULLTREE_EVERYTHING, /* of gemeente */
    FULLTREE_EVERYBODY,  /* case A */
    FULLTREE_TIMES,      /* of gemeente, from the entry TAKEN to before AGAIN */
    FULLTREE_OUTCOME,    /* taken, of gemeente */
};
/* W and its right answer. */
void fulltree_ask(struct fulltree *w, struct fulltree_answer *a,
    enum fulltree_about about, enum fulltree_fault fault);
/* With W's key and all partners. */
DHK_MUST_USE enum dhk_err fulltree_check(struct fullanswer_result *out,
    struct fullanswer_fault *fault, const struct fulltree *w,
    struct slice file);
/* A is refused, and the reason has WHY in it; kept as a golden file. */
void fulltree_refused(const struct fulltree *w, const struct fulltree_answer *a,
    const char *why, const char *name);

#endif
