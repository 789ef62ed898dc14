/* SPDX-License-Identifier: EUPL-1.2
 *
 * The work of driehoekd-store: fsck, backup, restore. */
#ifndef BROKER_STORE_JOB_H
#define BROKER_STORE_JOB_H

#include "fsck.h"

struct store_job {
    const char *store;  /* directory of the store */
    bool snapshot;      /* nobody else can have it open */
    const char *origin; /* that it must have; NULL: any */
    size_t map_bytes;
    bool json;
    char *const *rest;        /* further arguments */
    struct fsck_place *place; /* seen by the process that waits for this one */
};

/* Prints "driehoekd: NAME: WHAT" on standard error; CODE. */
int store_job_say(int code, const char *name, const char *what);
/* Every job returns its exit code; what is wrong was said. */
int store_job_fsck(struct store_job *job);
/* rest: target directory, configuration, signers file, names of both keys. */
int store_job_backup(struct store_job *job);
/* rest: file to write, origin of the new log. */
int store_job_after(struct store_job *job);
/* rest: the backup. */
int store_job_restore(struct store_job *job);
/* The process that did JOB was ended by SIGNAL. */
int store_job_killed(const struct store_job *job, int signal);

/* Looks at all of JOB's store. DHK_OK: *OUT tells what was found; else what is
 * wrong was said and *CODE is the exit code. */
DHK_MUST_USE enum dhk_err store_job_look(
    struct fsck_result *out, int *code, const struct store_job *job);

#endif
