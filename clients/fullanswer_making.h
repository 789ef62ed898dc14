/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to fullanswer_make.c, which finds what belongs in an answer, and
 * fullanswer_put.c, which takes it out of what came and writes it. */
#ifndef CLIENTS_FULLANSWER_MAKING_H
#define CLIENTS_FULLANSWER_MAKING_H

#include "fullanswer.h"
#include "fullanswer_make.h"
#include "ledgerfile.h"
#include "merkle.h"

enum { FULLANSWER_PAGE = 4096 }; /* most entries of one */

struct fullanswer_kept { /* an entry of a page, until its proof is there */
    uint64_t index;
    uint8_t *bytes;
    size_t n, place;
};
struct fullanswer_place { /* of a list in the file of lists */
    char name[LIMIT_NAME + 1];
    uint64_t seal;
    long at;
    size_t n;
};
struct fullanswer_making {
    const struct fullanswer_make *m;
    struct dhk_problem *problem;
    struct query query;
    FILE *spool, *lists;
    struct ledgerfile *file;
    struct ledgerfile_record *record;
    bool complete;
    uint64_t records;
    struct fullanswer_place *places;
    size_t places_n, places_cap;
    uint64_t question; /* index of its own entry; 0: did not come */
    uint64_t *wanted;  /* entries, sorted after the first turn */
    size_t wanted_n, wanted_cap;
    uint8_t note[LIMIT_CHECKPOINT];
    size_t note_n;
    struct merkle_frontier tree; /* complete: of all entries, with its ... */
    uint8_t (*nodes)[MERKLE_HASH];
    size_t nodes_n, nodes_cap;
    uint64_t *page_index; /* partial: entries since the checkpoint before */
    uint8_t (*page_leaf)[MERKLE_HASH];
    size_t page_n;
    struct fullanswer_kept *kept;
    size_t kept_n, kept_cap;
    bool out_failed;
};

/* For sorting and finding indexes. */
int fullanswer_compare(const void *a, const void *b);
/* The file, of the sorted x->wanted, the spool from its start, and the lists.
 * As fullanswer_make(). */
DHK_MUST_USE enum dhk_err fullanswer_put(struct fullanswer_making *x);

#endif
