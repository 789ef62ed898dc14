/* SPDX-License-Identifier: EUPL-1.2
 *
 * What core counts: a few additions for each entry, and nothing that is not
 * committed. Rates are the difference to a sample of a minute ago. */
#ifndef BROKER_METER_H
#define BROKER_METER_H

#include "entry.h"
#include "report.h"

enum { METER_SAMPLES = 13, METER_SAMPLE_MS = 5000 };

struct meter_sample {
    uint64_t at; /* monotonic ms */
    uint64_t total[REPORT_EVENTS];
};
struct meter {
    uint64_t total[REPORT_EVENTS]; /* with the batch that is being made */
    uint64_t kept[REPORT_EVENTS];  /* as of the last commit */
    uint64_t commits;
    uint64_t started, committed, signed_; /* wall ms; 0: not since the start */
    bool full; /* the last batch did not fit the store */
    struct meter_sample sample[METER_SAMPLES];
    size_t samples; /* taken in all; the newest is at (samples - 1) % 13 */
};

void meter_start(struct meter *m, uint64_t wall, uint64_t mono);
/* E was appended. */
void meter_entry(struct meter *m, const struct entry *e);
/* The batch is durable / was given up, because the store is full or not. */
void meter_commit(struct meter *m, uint64_t wall);
void meter_abort(struct meter *m, bool full);
/* Time passes. */
void meter_turn(struct meter *m, uint64_t mono);
/* Thousandths of an event per second, up to MONO. */
uint64_t meter_rate(const struct meter *m, enum report_event e, uint64_t mono);

#endif
