/* SPDX-License-Identifier: EUPL-1.2
 *
 * `driehoekd fsck`, `backup` and `restore`: what is the parent's part. The
 * store is looked at by driehoekd-store, which this process becomes. */
#ifndef BROKER_UPKEEP_H
#define BROKER_UPKEEP_H

#include <stdbool.h>

/* A file that a backup has, and no broker's directory. */
#define UPKEEP_BACKUP_MARK "backup"

struct upkeep {
    const char *verb;  /* fsck, backup, restore */
    const char *dir;   /* the broker's; for fsck also a backup */
    const char *other; /* target of a backup; the backup to restore */
    bool json;
};
/* Returns the exit code; what is wrong was said on standard error. */
int upkeep(const struct upkeep *u);
/* Writes the note of the head at which the log of the broker in DIR was closed
 * to FILE, for a log named ORIGIN that goes on. Returns the exit code. */
int upkeep_after(const char *dir, const char *file, const char *origin);

#endif
