/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoekd-keeper: the process around keeper.c. Holds the log key and nothing
 * else; has no socket but the links to its parent and to core. */
#include <errno.h>
#include <poll.h>

#include "child.h"
#include "clock.h"
#include "file.h"
#include "keeper.h"

/* the head is written at most this often, and when core asks for nothing */
enum { SAVE_EVERY_MS = 500 };

struct process {
    struct child child;
    struct keeper keeper;
    struct process_link *core;
    uint64_t saved_at;
    bool stop;
};

static enum dhk_err
begin(struct process *p)
{
    char path[512];
    void *seed = NULL;
    enum dhk_err rc = child_begin(&p->child, "keeper");
    if (rc != DHK_OK)
        return rc;
    seed = key_secret_new(KEY_SEED);
    rc = seed == NULL ? DHK_NOMEM : child_secret(&p->child, seed);
    if (rc == DHK_OK)
        rc = file_mkdir(p->child.cfg.store);
    if (rc == DHK_OK)
        rc = file_path(path, sizeof path, p->child.cfg.store, "keeper.head");
    /* it is written often, so that a kill may well come between */
    if (rc == DHK_OK)
        file_remove_unfinished(
            path, (int64_t)(clock_wall_ms(clock_system()) / 1000));
    if (rc == DHK_OK)
        rc = keeper_open(&p->keeper, p->child.cfg.origin, path, seed);
    key_secret_destroy(&seed);
    if (rc == DHK_OK)
        rc = process_link_new(&p->core, PROCESS_FD_CORE, PROCESS_MAX_KEEPER);
    if (rc == DHK_OK)
        rc = child_ready(&p->child, slice_of(NULL, 0));
    return rc;
}

/* Answers all that waits. DHK_IO: core is gone. */
static enum dhk_err
serve(struct process *p)
{
    for (;;) {
        enum process_record type = PROCESS_NONE, reply = PROCESS_NONE;
        struct slice payload;
        uint8_t mem[KEEPER_REPLY];
        struct sink out;
        enum dhk_err rc = process_receive(p->core, &type, &payload, false);
        if (rc != DHK_OK)
            return rc == DHK_NOTFOUND ? DHK_OK : rc;
        sink_init(&out, mem, sizeof mem);
        rc = keeper_answer(&p->keeper, &reply, &out, type, payload);
        if (rc == DHK_OK)
            rc = process_send(
                p->core, reply, slice_of(NULL, 0), sink_done(&out));
        if (rc != DHK_OK)
            return rc;
        if (reply == PROCESS_SIGN_REFUSED)
            log_event(&p->child.log, LOG_LEVEL_ERROR, "sign-refused",
                "signed-size=%llu", (unsigned long long)p->keeper.head.size);
    }
}

static int
wait_ms(const struct process *p)
{
    if (!p->keeper.dirty)
        return -1;
    uint64_t now = clock_monotonic_ms(clock_system());
    uint64_t due = p->saved_at + SAVE_EVERY_MS;
    return now >= due ? 0 : (int)(due - now);
}

/* Core is gone, in order or not: what follows is the parent's affair. */
static enum dhk_err
core_left(struct process *p)
{
    process_link_destroy(&p->core);
    return keeper_save(&p->keeper);
}

static enum dhk_err
turn(struct process *p)
{
    struct pollfd fds[2] = {
        {.fd = PROCESS_FD_PARENT, .events = POLLIN},
        {.fd = p->core == NULL ? -1 : PROCESS_FD_CORE, .events = POLLIN},
    };
    int n = poll(fds, 2, wait_ms(p));
    if (n < 0)
        return errno == EINTR ? DHK_OK : DHK_IO;
    if (n == 0) {
        p->saved_at = clock_monotonic_ms(clock_system());
        return keeper_save(&p->keeper);
    }
    enum dhk_err rc = child_parent(&p->child, &p->stop);
    if (rc != DHK_OK || fds[1].revents == 0)
        return rc;
    rc = serve(p);
    return rc == DHK_IO ? core_left(p) : rc;
}

int
main(void)
{
    static struct process p;
    enum dhk_err rc = begin(&p);
    bool begun = rc == DHK_OK;
    while (rc == DHK_OK && !p.stop)
        rc = turn(&p);
    if (begun) {
        enum dhk_err saved = keeper_save(&p.keeper);
        rc = rc == DHK_OK ? saved : rc;
    }
    if (rc != DHK_OK && p.child.parent != NULL)
        log_event(&p.child.log, LOG_LEVEL_ERROR, "keeper-stops", "why=\"%s\"",
            !begun && rc == DHK_AUTH
                ? "keeper.head is of another origin or log.key"
                : dhk_strerror(rc));
    keeper_close(&p.keeper);
    process_link_destroy(&p.core);
    child_end(&p.child);
    return rc == DHK_OK ? 0 : 1;
}
