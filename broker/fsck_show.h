/* SPDX-License-Identifier: EUPL-1.2
 *
 * What fsck found, for a person and as JSON; and how far it is. */
#ifndef BROKER_FSCK_SHOW_H
#define BROKER_FSCK_SHOW_H

#include "fsck.h"

/* Returns the exit code: 0 whole; 4 the ledger is damaged; 1 it is whole, but
 * what is derived from it is not. NAME is the store's, for a person. */
int fsck_show(const struct fsck_result *r, const char *name, bool json);
/* The same when the process that looked was ended by SIGNAL at PLACE. */
int fsck_show_killed(
    const struct fsck_place *place, const char *name, int signal, bool json);
/* A bar on a terminal's standard error; nothing elsewhere. */
void fsck_show_progress(
    void *ctx, const char *what, uint64_t done, uint64_t of);
void fsck_show_progress_end(void);

#endif
