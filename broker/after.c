/* SPDX-License-Identifier: EUPL-1.2
 *
 * For `driehoekd init --after`: the note of the head at which a log was closed,
 * out of its store, for the one that goes on. */
#include <errno.h>
#include <string.h>

#include "exits.h"
#include "host/file.h"
#include "standing.h"
#include "store_job.h"
#include "table.h"

static int
say_err(const char *name, enum dhk_err rc)
{
    return store_job_say(
        EXITS_LOCAL, name, rc == DHK_IO ? strerror(errno) : dhk_strerror(rc));
}

static enum dhk_err
load(struct standing *out, const struct store_job *job)
{
    static const char *const names[TABLES] = TABLE_NAMES;
    struct store_options o = {.tables = names,
        .tables_n = TABLES,
        .map_bytes = job->map_bytes,
        .beside = true};
    struct store *s = NULL;
    struct store_txn *t = NULL;
    enum dhk_err rc = store_open(&s, job->store, &o);

    if (rc == DHK_OK)
        rc = store_begin(&t, s, false);
    if (rc == DHK_OK)
        rc = standing_load(out, t);
    store_abort(&t);
    store_close(&s);
    return rc;
}

int
store_job_after(struct store_job *job)
{
    static struct standing standing;
    const char *target = job->rest[0], *origin = job->rest[1];
    enum dhk_err rc = load(&standing, job);

    if (rc != DHK_OK)
        return say_err(job->store, rc);
    if (!standing.closed)
        return store_job_say(EXITS_NO, "--after",
            "that log is not closed: nothing may go on for it. It is closed "
            "when a restored store turns out to lack what was signed");
    if (strcmp(standing.head.origin, origin) == 0)
        return store_job_say(
            EXITS_USAGE, "--origin", "a new log needs another name");
    rc = file_write(target, slice_of(standing.note, standing.note_n), 0600);
    return rc == DHK_OK ? EXITS_DONE : say_err(target, rc);
}
