/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to replay.c: what came out, counted. */
#ifndef CLIENTS_REPLAY_ROWS_H
#define CLIENTS_REPLAY_ROWS_H

#include "replay.h"

struct replay_rows {
    struct replay_row *list; /* owned */
    size_t n, cap;
    struct replay_change *changes; /* owned */
    size_t changes_n, changes_cap;
    struct replay_counts counts; /* of all */
};

/* Counts what C says, which goes among the changes when it is one. SHARED: it
 * went then. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err replay_rows_add(struct replay_rows *r,
    const char *week, const struct replay_change *c, bool shared);
void replay_rows_done(struct replay_rows *r);

/* The ISO week of local day DAY since 1970-01-01, "2026-W48". */
void replay_rows_week(char out[REPLAY_WEEK], int64_t day);

#endif
