/* SPDX-License-Identifier: EUPL-1.2 */
#include "store_job.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "exits.h"
#include "fsck_show.h"
#include "host/file.h"
#include "limits.h"
#include "table.h"

enum { PATH_CAP = 4096 };

int
store_job_say(int code, const char *name, const char *what)
{
    fsck_show_progress_end();
    (void)fprintf(stderr, "driehoekd: %s: %s\n", name, what);
    return code;
}

static int
say_err(const char *name, enum dhk_err rc)
{
    if (rc == DHK_IO)
        return store_job_say(EXITS_LOCAL, name, strerror(errno));
    if (rc == DHK_FORMAT || rc == DHK_VERSION || rc == DHK_NOTFOUND)
        return store_job_say(
            EXITS_INVALID, name, "is no store of this program's version");
    return store_job_say(EXITS_LOCAL, name, dhk_strerror(rc));
}

/* keeper.head of the store, if there is one. */
static enum dhk_err
read_keeper(uint8_t **note, size_t *n, const char *store)
{
    char path[PATH_CAP];
    enum dhk_err rc = file_path(path, sizeof path, store, "keeper.head");

    *note = NULL;
    *n = 0;
    if (rc == DHK_OK)
        rc = file_read(note, n, path, LIMIT_CHECKPOINT);
    return rc == DHK_IO && errno == ENOENT ? DHK_OK : rc;
}

enum dhk_err
store_job_look(struct fsck_result *out, int *code, const struct store_job *job)
{
    static const char *const names[TABLES] = TABLE_NAMES;
    struct store_options o = {.tables = names,
        .tables_n = TABLES,
        .map_bytes = job->map_bytes,
        .beside = !job->snapshot,
        .snapshot = job->snapshot};
    struct store *store = NULL;
    uint8_t *note = NULL;
    size_t n = 0;
    /* before the store is opened: it is never ahead of that */
    enum dhk_err rc = read_keeper(&note, &n, job->store);

    if (rc == DHK_OK)
        rc = store_open(&store, job->store, &o);
    if (rc == DHK_OK) {
        struct fsck_options fsck = {.origin = job->origin,
            .keeper_note = slice_of(note, n),
            .place = job->place,
            .progress = fsck_show_progress};
        rc = fsck_run(out, store, &fsck);
    }
    if (rc != DHK_OK)
        *code = say_err(job->store, rc);
    store_close(&store);
    file_free(&note, n);
    return rc;
}

int
store_job_fsck(struct store_job *job)
{
    static struct fsck_result r;
    int code = EXITS_LOCAL;

    if (store_job_look(&r, &code, job) != DHK_OK)
        return code;
    return fsck_show(&r, job->store, job->json);
}

int
store_job_killed(const struct store_job *job, int signal)
{
    return fsck_show_killed(job->place, job->store, signal, job->json);
}
