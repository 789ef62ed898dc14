/* SPDX-License-Identifier: EUPL-1.2
 *
 * What bench_ledger measures on: a whole core in this process (harness.h), a
 * ledger of random entries, and beside it a bare LMDB table that gets the same
 * bytes. */
#ifndef BENCH_LEDGER_WORLD_H
#define BENCH_LEDGER_WORLD_H

#include "harness.h"

enum { WORLD_PATTERN = 6000, WORLD_PATTERN_BYTES = 8 * 1024 * 1024 };

struct world {
    struct harness *h;
    /* entries as a broker makes them, to be appended again and again: what
     * they point to is moved along */
    struct entry *entry;
    struct slice *bytes;
    uint8_t *mem;
    size_t n;
    struct store *bare;
    uint64_t bare_n;  /* entries in it */
    uint64_t from;    /* of our ledger: where the entries begin */
    uint64_t bytes_n; /* of our entries, so far */
};

void world_new(struct world *w);
void world_end(struct world *w);
/* Microseconds that appending N entries takes in batches of BATCH, each made
 * durable: as the broker does it, entries, tree and index; and the bare table.
 */
double world_append(struct world *w, uint64_t n, uint64_t batch);
double world_append_bare(struct world *w, uint64_t n, uint64_t batch);
/* The core signs what is there. */
void world_sign(struct world *w);
double world_now(void); /* us */
/* us of the processor: what takes no disk is not slower on a busy machine */
double world_cpu(void);

/* ledger_ask.c: prints how long questions take. */
void world_ask(struct world *w);

#endif
