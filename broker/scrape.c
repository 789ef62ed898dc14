/* SPDX-License-Identifier: EUPL-1.2 */
#include "scrape.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control.h"
#include "listener.h"
#include "spawn.h"

enum {
    AGAIN_MS = 1000,   /* pause before it is started again */
    PATIENCE_MS = 200, /* until it takes what it asked for */
    SPACE_MS = 500,    /* at least, between two of its questions */
};
/* its exit code when core cannot be asked */
static const uint8_t none[] = {3};

enum dhk_err
scrape_open(struct scrape *s, const struct config *cfg, const struct log *log)
{
    struct slice where = slice_str(cfg->metrics);
    *s = (struct scrape){.cfg = cfg, .log = log, .listener = -1};
    if (where.n == 0)
        return DHK_OK;
    enum dhk_err rc = listener_open(&s->listener, where);
    if (rc != DHK_OK)
        log_event(log, LOG_LEVEL_ERROR, "metrics-failed",
            "listen=%s why=\"%s\"", cfg->metrics,
            rc == DHK_EXISTS ? "the path is taken by no socket"
            : rc == DHK_IO   ? strerror(errno)
                             : dhk_strerror(rc));
    s->start_at = 1;
    return rc;
}

static void
forget(struct scrape *s, uint64_t now)
{
    process_link_destroy(&s->link);
    s->pid = 0;
    s->asked = false;
    s->start_at = now + AGAIN_MS;
}

/* Ends one that does what it should not; its death is told by SIGCHLD. */
static void
end(struct scrape *s)
{
    if (s->pid > 0)
        (void)kill(s->pid, SIGKILL);
    process_link_destroy(&s->link);
}

void
scrape_close(struct scrape *s)
{
    end(s);
    if (s->pid > 0)
        (void)waitpid(s->pid, NULL, 0);
    s->pid = 0;
    s->start_at = 0;
    if (s->listener < 0)
        return;
    (void)close(s->listener);
    s->listener = -1;
    if (strncmp(s->cfg->metrics, "unix:", 5) == 0)
        (void)unlink(s->cfg->metrics + 5);
}

/* --- starting --------------------------------------------------------- */

static enum dhk_err
send_settings(struct scrape *s)
{
    char mem[CONFIG_LINES];
    struct sink lines;
    sink_init(&lines, mem, sizeof mem);
    enum dhk_err rc = config_encode(&lines, s->cfg, CONFIG_METRICS);
    return rc != DHK_OK ? rc
                        : process_send(s->link, PROCESS_CONFIG,
                              slice_of(NULL, 0), sink_done(&lines));
}

static enum dhk_err
start(struct scrape *s)
{
    char path[SPAWN_PATH];
    int pair[2];
    struct spawn spawn = {.path = path, .out = -1, .fds_n = 2};
    enum dhk_err rc = spawn_find(path, "driehoekd-metrics");
    if (rc == DHK_OK)
        rc = process_pair(pair);
    if (rc != DHK_OK)
        return rc;
    spawn.fd[0] = pair[1];
    spawn.fd[1] = s->listener;
    rc = spawn_start(&s->pid, &spawn);
    (void)close(pair[1]);
    if (rc != DHK_OK) {
        s->pid = 0;
        (void)close(pair[0]);
        return rc;
    }
    s->start_at = 0;
    rc = process_link_new(&s->link, pair[0], PROCESS_MAX_PARENT);
    if (rc != DHK_OK)
        return rc;
    process_link_patience(s->link, PATIENCE_MS);
    return send_settings(s);
}

/* --- reports ---------------------------------------------------------- */

static void
send_report(struct scrape *s, struct slice reply)
{
    s->asked = false;
    if (s->link != NULL && process_send(s->link, PROCESS_REPORT,
                               slice_of(NULL, 0), reply) != DHK_OK)
        end(s);
}

void
scrape_reply(struct scrape *s, struct slice reply)
{
    if (s->asked)
        send_report(s, reply);
}

void
scrape_lost(struct scrape *s)
{
    if (s->asked)
        send_report(s, slice_of(none, sizeof none));
}

static void
listen_to(struct scrape *s, uint64_t now, vigil_ask *ask, void *ctx)
{
    static const uint8_t status[] = {CONTROL_STATUS, 0, 0};
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    enum dhk_err rc = process_receive(s->link, &type, &payload, false);
    if (rc == DHK_NOTFOUND)
        return;
    /* it is to hold back by itself; one that does not was taken over */
    if (rc != DHK_OK || type != PROCESS_REPORT_ASK || payload.n > 0 ||
        s->asked || now - s->asked_at < SPACE_MS) {
        end(s);
        return;
    }
    s->asked_at = now;
    s->asked = ask(ctx, SCRAPE_ID, slice_of(status, sizeof status));
    if (!s->asked)
        send_report(s, slice_of(none, sizeof none));
}

/* --- the loop --------------------------------------------------------- */

struct pollfd
scrape_poll(const struct scrape *s)
{
    return (struct pollfd){
        .fd = s->link == NULL ? -1 : process_link_fd(s->link),
        .events = POLLIN};
}

bool
scrape_died(struct scrape *s, pid_t pid, uint64_t now)
{
    if (s->pid == 0 || s->pid != pid)
        return false;
    log_event(s->log, LOG_LEVEL_WARN, "part-died", "%s", "part=metrics");
    forget(s, now);
    return true;
}

void
scrape_turn(struct scrape *s, const struct pollfd *fd, uint64_t now,
    vigil_ask *ask, void *ctx)
{
    if (s->link != NULL && fd->revents != 0)
        listen_to(s, now, ask, ctx);
    if (s->listener < 0 || s->start_at == 0 || now < s->start_at)
        return;
    if (start(s) == DHK_OK)
        return;
    log_event(s->log, LOG_LEVEL_WARN, "metrics-not-started", "%s", "");
    end(s);
    s->start_at = now + AGAIN_MS;
}
