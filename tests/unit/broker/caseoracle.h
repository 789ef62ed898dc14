/* SPDX-License-Identifier: EUPL-1.2
 *
 * An oracle for tests with random cases, which reads nothing but the ledger: it
 * makes the courses again, decides every share by the plain evaluator, and
 * knows how each share ended. What it finds wrong fails the test. */
#ifndef TEST_CASEORACLE_H
#define TEST_CASEORACLE_H

#include "casetest.h"

#include "../proto/chance.h"
#include "evaluate.h"

enum { CASES = 3, ENTRIES = 16384, IDS = 64 };

enum state { NOTHING = 0, OPEN, WAITS, LATE, ENDED };

struct seen { /* an entry */
    uint8_t leaf[32];
    uint8_t state; /* of a share */
    bool delivered;
    uint8_t reply_to; /* of a share: 1 + place in id[] */
};
struct world { /* one run */
    struct casetest t;
    struct chance chance;
    struct course course[CASES];
    struct seen seen[ENTRIES];
    uint64_t known; /* entries */
    struct entry entry, share;
    uint8_t id[IDS][32]; /* of signals */
    uint64_t id_share[IDS];
    size_t ids;
    uint8_t replies_to; /* the signal being pushed, as in struct seen */
    struct harness_share held[CASETEST_PEOPLE][64];
    size_t held_n[CASETEST_PEOPLE];
    size_t days;
    size_t count[ENTRY_KINDS];
    size_t changed, acts, denied;
};

/* The handle of the I-th case, and its course. */
void caseoracle_handle(uint8_t out[16], size_t i);
struct course *caseoracle_course(struct world *w, const uint8_t handle[16]);
/* What the share in w->share may have by the courses as they are now. */
void caseoracle_decide(struct world *w, struct decision *out, uint8_t reply_to);
/* It was decided so, and would be now. */
void caseoracle_demand(struct world *w, uint8_t reply_to);
void caseoracle_leaf(struct world *w, uint64_t index, uint8_t out[32]);
/* Reads what the ledger has more. */
void caseoracle_read(struct world *w);

#endif
