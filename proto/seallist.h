/* SPDX-License-Identifier: EUPL-1.2
 *
 * The list that a seal commits: the rows of what one partner took part in,
 * blinded, sorted, under one root; and the proof that all rows of a case are
 * shown, by the rows left and right of them, which tell nothing else
 * (PROTOCOL.md, section 10.6). Pure. */
#ifndef PROTO_SEALLIST_H
#define PROTO_SEALLIST_H

#include "entry.h"
#include "merkle.h"
#include "part.h"

enum {
    SEALLIST_ROWS = 16384, /* most of one list */
    SEALLIST_BLINDED = 32,
    SEALLIST_SALT = 16,
    SEALLIST_REST = 80, /* more than any */
};

/* What a row says beside its case. */
struct seallist_rest {
    enum entry_kind kind;
    struct slice signal; /* kind of the signal; may be empty */
    uint64_t code;
    uint64_t index; /* of the entry */
};
/* One row with all that who has the entry knows of it. */
struct seallist_row {
    uint8_t blinded[SEALLIST_BLINDED];
    uint8_t inner[MERKLE_HASH];
    uint8_t salt[SEALLIST_SALT];
    uint8_t rest_n;
    uint8_t rest[SEALLIST_REST];
};

/* The blinded case; CASE NULL: of rows without one. */
void seallist_blind(uint8_t out[SEALLIST_BLINDED],
    const uint8_t list_salt[ENTRY_SALT], const uint8_t *case_handle);
DHK_MUST_USE enum dhk_err seallist_rest_decode(
    struct seallist_rest *out, struct slice bytes);
/* inner of REST under SALT. */
void seallist_inner(uint8_t out[MERKLE_HASH], const uint8_t salt[SEALLIST_SALT],
    struct slice rest);
/* The row that PART of entry INDEX, of KIND and with these RANDOM bytes, has in
 * the list of this salt. BLINDED is the part's case, blinded. */
struct seallist_of {
    const uint8_t *list_salt;
    const uint8_t *random;
    const uint8_t *blinded;
    enum entry_kind kind;
    uint64_t index;
};
void seallist_row(struct seallist_row *out, const struct seallist_of *of,
    const struct part_row *part);
void seallist_leaf(uint8_t out[MERKLE_HASH],
    const uint8_t blinded[SEALLIST_BLINDED], const uint8_t inner[MERKLE_HASH]);

/* Puts rows in order; false: one is there twice, or there are too many. */
DHK_MUST_USE bool seallist_sort(struct seallist_row *rows, size_t n);
/* Of sorted rows. */
void seallist_root(
    uint8_t out[MERKLE_HASH], const struct seallist_row *rows, size_t n);
/* The rows from *LO up to *HI are those of the case BLINDED. */
void seallist_find(size_t *lo, size_t *hi, const struct seallist_row *rows,
    size_t n, const uint8_t blinded[SEALLIST_BLINDED]);

/* --- proofs --- */

/* A row as it is shown: closed, that is blinded and inner only, or open. */
struct seallist_shown {
    uint8_t blinded[SEALLIST_BLINDED];
    bool open;
    uint8_t inner[MERKLE_HASH];  /* closed */
    uint8_t salt[SEALLIST_SALT]; /* open */
    struct slice rest;
};
/* The hashes that lead from the leaves FIRST.. FIRST+SHOWN-1 of the sorted ROWS
 * to their root; none where all are shown. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err seallist_prove(struct sink *out,
    const struct seallist_row *rows, size_t n, size_t first, size_t shown);

struct seallist_proof {
    const struct entry_seal *seal;
    bool has_case; /* all rows of CASE are shown; else all rows */
    const uint8_t *case_handle;
    uint64_t first; /* place of the first row shown */
    const struct seallist_shown *row;
    size_t n;
    struct slice proof;
};
/* Whether the rows of P, in order, are all of the case, each open, with the
 * closed rows of other cases left and right of them unless the list begins or
 * ends there; and whether they are in the list that the seal commits. Whole
 * lists have open rows only. DHK_FORMAT: not of that form (rest malformed, out
 * of order, a neighbour missing, open or of the case itself, another number of
 * rows or hashes); DHK_AUTH: not what the seal commits; DHK_NOMEM. */
DHK_MUST_USE enum dhk_err seallist_verify(const struct seallist_proof *p);

#endif
