/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger's records, replayed under another agreement: what it would have
 * denied, delivered, taken and given, by week, sender, recipient and kind. What
 * the ledger does not say is counted apart, never guessed. Believes what it
 * reads: verify the records with verify.h beside it. */
#ifndef CLIENTS_REPLAY_H
#define CLIENTS_REPLAY_H

#include "agreement.h"
#include "entry.h"
#include "ledgerfile.h"
#include "simulate.h"

enum { REPLAY_FIELDS = 2 * LIMIT_FIELDS, REPLAY_WEEK = 12 };

/* Certain, and at most. */
struct replay_count {
    uint64_t least, most;
};
struct replay_counts {
    uint64_t shares;               /* that were replayed */
    struct replay_count denied;    /* went then, would not now */
    struct replay_count delivered; /* did not go then, would now */
    struct replay_count waiting;   /* went at once, would wait for approval */
    struct replay_count released;  /* waited, would go at once */
    /* fields of signals; also those of what is denied or delivered newly */
    struct replay_count lost, gained;
};
struct replay_fields { /* names, each once; too many: the first */
    const char *name[REPLAY_FIELDS];
    size_t n;
};
struct replay_row {
    char week[REPLAY_WEEK]; /* "2026-W48", local to the new agreement's zone */
    const char *from, *to, *kind; /* borrowed, as all names here */
    struct replay_counts counts;
    struct replay_fields lost, gained; /* that may be */
};
/* One recipient of one signal, for whom something may change. */
struct replay_change {
    uint64_t accepted; /* index of the entry */
    uint64_t share;    /* index of the entry, or 0: there was none */
    uint32_t position;
    uint64_t time; /* ms */
    const char *from, *to, *kind;
    const struct agreement_kind *was, *now; /* of the fields below; now may be
                                               NULL: no such kind */
    struct simulate_outcome outcome;
    bool pending; /* it waited for approval */
};
/* What could not be replayed. */
struct replay_missing {
    uint64_t denied;      /* signals refused because nobody might have them: the
                           * ledger does not tell their purpose and ground */
    uint64_t refused;     /* signals refused for other reasons */
    uint64_t agreements;  /* signals whose agreement is not here */
    uint64_t acceptances; /* shares whose acceptance is not here */
    uint64_t shares;      /* accepted signals none of whose shares is here */
    uint64_t unreadable;  /* signals that do not fit their agreement */
};

struct replay;

/* Replays under NOW, which must outlive it; *OUT is for replay_destroy(). */
DHK_MUST_USE enum dhk_err replay_new(
    struct replay **out, const struct agreement *now);
void replay_destroy(struct replay **r);
/* The next record, in the ledger's order. DHK_FORMAT; DHK_NOTFOUND: the time
 * zone of an agreement is not known on this machine; DHK_NOMEM. */
DHK_MUST_USE enum dhk_err replay_record(
    struct replay *r, const struct ledgerfile_record *record);
/* After the last; then the results are there. */
DHK_MUST_USE enum dhk_err replay_finish(struct replay *r);

struct replay_result {
    char origin[LIMIT_ORIGIN + 1];
    bool complete; /* the whole ledger, not what one partner may see */
    uint64_t entries, signals;
    struct replay_counts counts;
    struct replay_missing missing;
    const struct replay_row *row; /* by week, from, to, kind */
    size_t rows_n;
    const struct replay_change *change; /* in the ledger's order */
    size_t changes_n;
};
/* Borrowed from R. */
void replay_result(struct replay_result *out, const struct replay *r);

#endif
